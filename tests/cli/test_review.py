"""The commands of review."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scheduler.config import load_config
from scheduler.drafting.draft import Draft
from scheduler.platforms import ACCOUNT_KEYS
from scheduler.posts.book import Book, open_book
from scheduler.posts.claims import Pace, claim_due
from scheduler.posts.queue import recover
from tests.builders.posts import make_draft, save
from tests.builders.workspaces import NOW, THE_DAY, Desk


def status_of(desk: Desk, *ids: int) -> list[str]:
    return [desk.json("show", post)["status"] for post in ids]


def book_of(desk: Desk) -> Book:
    return open_book(load_config(desk.folder, ACCOUNT_KEYS).database, desk.folder, create=True)


def test_posts_are_shown_then_asked_about_then_approved(planned: Desk) -> None:
    planned.interactive = True

    said = planned.done("approve", 1, 2, answers="y\n")

    assert said.out.index("press-x on X") < said.out.index("Approve these 2 posts? [y/N]")
    assert "Approved: 2 posts, by kim." in said.lines
    assert status_of(planned, 1, 2, 3) == ["approved", "approved", "draft"]


@pytest.mark.parametrize(("answers", "why"), [("n\n", "no"), ("\n", "nothing is no"), ("", "the end of the input")])
def test_without_a_yes_nothing_is_changed(planned: Desk, answers: str, why: str) -> None:
    planned.interactive = True

    said = planned.type("approve", "--campaign", "harbour", answers=answers)

    assert said.code == 1, why
    assert said.err.endswith("Nothing was changed.\n")
    assert status_of(planned, 1, 2, 3, 4) == ["draft"] * 4


def test_where_nobody_can_be_asked_a_yes_is_needed(planned: Desk) -> None:
    said = planned.type("approve", 1, answers="y\n")

    assert said.code == 1
    assert "nobody can be asked" in said.err
    assert "--yes" in said.err
    assert status_of(planned, 1) == ["draft"]


def test_a_whole_campaign_is_approved_with_yes(planned: Desk) -> None:
    said = planned.done("approve", "--campaign", "harbour", "--yes")

    assert "  post 1, version 1: Thu 11 Mar 2027 10:00, press-x, a-week-to-go" in said.lines
    assert "┌" not in said.out
    assert status_of(planned, 1, 2, 3, 4) == ["approved"] * 4


def test_an_approval_with_yes_shows_what_a_post_is_warned_of(planned: Desk) -> None:
    planned.done("reschedule", 1, "+1h")

    said = planned.done("approve", 1, "--yes")

    assert any(line.startswith("    warning: ") for line in said.lines)


def test_approval_names_the_version_that_was_looked_at(planned: Desk) -> None:
    planned.done("edit", 1, "--text", "Other words.")

    said = planned.type("approve", 1, "--version", 1, "--yes")

    assert said.code == 1
    assert "post 1 has changed since you looked: it is version 2 now, not 1" in said.err
    assert status_of(planned, 1) == ["draft"]
    planned.done("approve", 1, "--version", 2, "--yes")


def test_what_changes_while_a_person_thinks_is_not_approved(planned: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    planned.interactive = True

    def thinks(*_: object, **__: object) -> bool:
        planned.interactive = False
        planned.done("edit", 1, "--text", "Other words.", name="noor")
        return True

    monkeypatch.setattr("scheduler.cli.door.click.confirm", thinks)
    said = planned.type("approve", 1, 2)

    assert said.code == 1
    assert "post 1 has changed since you looked" in said.err
    assert status_of(planned, 1, 2) == ["draft", "draft"]


def test_a_named_post_whose_hour_has_passed_is_refused_without_asking(planned: Desk) -> None:
    planned.now = datetime(2027, 3, 12, tzinfo=UTC)
    planned.interactive = True

    said = planned.type("approve", 1, 3, answers="")

    assert said.code == 1
    assert "post 1: its hour has passed" in said.err
    assert "redletter reschedule 1" in said.err
    assert status_of(planned, 1, 3) == ["draft", "draft"]


def test_of_a_campaign_what_has_passed_is_listed_and_the_rest_approved(planned: Desk) -> None:
    planned.now = datetime(2027, 3, 12, tzinfo=UTC)

    said = planned.type("approve", "--campaign", "harbour", "--yes")

    assert said.code == 1
    assert "Not approved, for their hour has passed: 2 posts." in said.err
    assert "redletter reschedule 2 WHEN" in said.err
    assert status_of(planned, 1, 2, 3, 4) == ["draft", "draft", "approved", "approved"]


def test_a_campaign_without_drafts_has_nothing_to_approve(planned: Desk) -> None:
    planned.done("approve", "--campaign", "harbour", "--yes")

    assert "nothing to approve" in planned.done("approve", "--campaign", "harbour", "--yes").out


@pytest.mark.parametrize(
    "words",
    [
        ["approve"],
        ["approve", "1", "--campaign", "harbour"],
        ["approve", "1", "2", "--version", "1"],
        ["edit", "1", "--text", "a", "--text-file", "-"],
        ["resolve", "1"],
        ["resolve", "1", "--published", "https://x.example/1", "--not-published"],
        ["resolve", "1", "--published", "yes"],
        ["reject"],
        ["show", "one"],
    ],
)
def test_wrong_usage_is_exit_code_2_and_changes_nothing(planned: Desk, words: list[str]) -> None:
    before = planned.posts()

    said = planned.type(*words)

    assert said.code == 2
    assert "Usage: redletter" in said.err
    assert planned.posts() == before


def test_an_unknown_campaign_gets_a_guess(planned: Desk) -> None:
    said = planned.type("approve", "--campaign", "harber", "--yes")

    assert (said.code, said.err) == (1, 'unknown campaign "harber"; did you mean "harbour"?\n')


def test_new_words_make_a_draft_and_void_an_approval(planned: Desk) -> None:
    planned.done("approve", 1, "--yes")

    said = planned.done("edit", 1, "--text", "Croeso “bawb” 🎈")

    post = planned.json("show", 1)
    assert post["parts"][0]["text"] == "Croeso “bawb” 🎈"
    assert (post["status"], post["approved_by"], post["edited_by"]) == ("draft", None, "kim")
    assert "it was approved and needs approval again" in said.out


def test_words_come_from_a_file_or_through_a_pipe(planned: Desk) -> None:
    words = planned.write("new.txt", "From a file.\n")

    planned.done("edit", 1, "--text-file", words)
    planned.done("edit", 2, "--text-file", "-", answers="Through\na pipe.\n")

    assert planned.json("show", 1)["parts"][0]["text"] == "From a file."
    assert planned.json("show", 2)["parts"][0]["text"] == "Through\na pipe."


def test_the_same_words_change_nothing(planned: Desk) -> None:
    text = planned.json("show", 1)["parts"][0]["text"]

    said = planned.done("edit", 1, "--text", text)

    assert said.lines == ["Post 1 is unchanged."]
    assert planned.json("show", 1)["version"] == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x" * 281, "post 1, press-x: the text has 281 of 280 characters: 1 too many; nothing was changed"),
        (" \n ", "post 1, press-x: the text is empty; nothing was changed"),
    ],
)
def test_words_that_do_not_fit_are_refused(planned: Desk, text: str, expected: str) -> None:
    said = planned.type("edit", 1, "--text", text)

    assert (said.code, said.err.strip()) == (1, expected)
    assert planned.json("show", 1)["version"] == 1


def with_editor(desk: Desk, program: str) -> None:
    """Makes the editor a small program that has the file it is given as `file`."""
    lines = (
        f"#!{sys.executable}",
        "import os, pathlib, sys",
        "file = pathlib.Path(sys.argv[1])",
        program,
        "os.utime(file, (2e9, 2e9))",  # an editor takes long enough for the time of its file to differ
    )
    script = desk.write("editor", "\n".join(lines))
    script.chmod(0o755)
    desk.environment = {"VISUAL": str(script), "EDITOR": ""}


def test_the_editor_gets_the_text_and_what_it_saves_is_taken(planned: Desk) -> None:
    with_editor(planned, "file.write_text(file.read_text().replace('Today is', 'It is') + '\\n')")

    planned.done("edit", 3)

    assert planned.json("show", 3)["parts"][0]["text"] == "It is Harbour Open Day. #Harbour27"


def test_an_editor_that_changes_nothing_changes_nothing(planned: Desk) -> None:
    with_editor(planned, "pass")

    assert planned.done("edit", 3).lines == ["Post 3 is unchanged."]


def test_words_that_do_not_fit_are_kept_in_a_file(
    planned: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with_editor(planned, "file.write_text('words ' * 90)")

    said = planned.type("edit", 3)

    assert said.code == 1
    assert "too many; nothing was changed" in said.err
    kept = Path(said.err.strip().rpartition("Your text is kept: ")[2])
    assert kept.read_text(encoding="utf-8").startswith("words words ")
    assert planned.json("show", 3)["version"] == 1


def test_words_are_kept_when_somebody_else_was_faster(
    planned: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    faster = (
        f"import subprocess; subprocess.run([sys.executable, '-m', 'scheduler', '--workspace', {str(planned.folder)!r}"
    )
    with_editor(planned, f"{faster}, 'reject', '3'], check=True, stdout=subprocess.DEVNULL); file.write_text('Mine.')")

    said = planned.type("edit", 3)

    assert said.code == 1
    assert "post 3 has changed since you looked" in said.err
    assert Path(said.err.strip().rpartition("Your text is kept: ")[2]).read_text(encoding="utf-8") == "Mine."


def test_a_post_that_cannot_be_edited_opens_no_editor(planned: Desk) -> None:
    planned.done("reject", 3)
    with_editor(planned, "file.write_text('Mine.'); pathlib.Path(sys.argv[0] + '-was-here').touch()")

    said = planned.type("edit", 3)

    assert (said.code, said.err) == (1, "post 3 is rejected and cannot be edited any more; nothing was changed\n")
    assert not (planned.folder / "editor-was-here").exists()


def test_a_person_may_edit_again_until_it_fits(planned: Desk) -> None:
    planned.interactive = True
    with_editor(planned, "file.write_text('Short.' if 'words' in file.read_text() else 'words ' * 90)")

    said = planned.done("edit", 3, answers="y\n")

    assert "Edit it again?" in said.out
    assert planned.json("show", 3)["parts"][0]["text"] == "Short."


def test_without_terminal_and_editor_the_text_must_be_given(planned: Desk) -> None:
    planned.environment = {"VISUAL": "", "EDITOR": ""}

    said = planned.type("edit", 3)

    assert said.code == 1
    assert "--text" in said.err


def test_a_thread_is_edited_part_by_part(desk: Desk) -> None:
    book = book_of(desk)
    thread: Draft = make_draft(parts=("One.", "Two."), account="press-x", scheduled_at=THE_DAY)
    save(book, thread, now=NOW)
    book.close()
    with_editor(desk, "file.write_text(file.read_text().replace('Two', '2'))")

    desk.done("edit", 1)
    refused = desk.type("edit", 1, "--text", "One alone.")

    assert [part["text"] for part in desk.json("show", 1)["parts"]] == ["One.", "2."]
    assert refused.code == 1
    assert "post 1 has 2 parts, and the text has 1" in refused.err


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("2027-03-20 09:30", "2027-03-20T09:30:00+00:00"),
        ("2027-04-20 09:30", "2027-04-20T09:30:00+01:00"),
        ("8:15", "2027-03-11T08:15:00+00:00"),
        ("+30m", "2027-03-11T10:30:00+00:00"),
        ("+1d", "2027-03-12T10:00:00+00:00"),
        ("+21d", "2027-04-01T10:00:00+01:00"),  # the clocks went forward: a day later is the same hour on the wall
        ("+505h", "2027-04-01T12:00:00+01:00"),  # and an hour is an hour
    ],
)
def test_a_post_is_given_another_hour(planned: Desk, when: str, expected: str) -> None:
    planned.done("approve", 1, "--yes")

    said = planned.done("reschedule", 1, when)

    post = planned.json("show", 1)
    assert (post["scheduled_at"], post["status"]) == (expected, "draft")
    assert "needs approval again" in said.out


@pytest.mark.parametrize(
    ("when", "expected", "note"),
    [
        ("2027-03-28 01:30", "2027-03-28T02:30:00+01:00", "there is no 01:30 on 28 March 2027; moved to 02:30"),
        ("2027-10-31 01:30", "2027-10-31T01:30:00+01:00", "01:30 comes twice on 31 October 2027; the first is meant"),
    ],
)
def test_an_hour_that_the_clocks_skip_or_repeat_is_said(planned: Desk, when: str, expected: str, note: str) -> None:
    said = planned.done("reschedule", 1, when)

    assert planned.json("show", 1)["scheduled_at"] == expected
    assert note in said.err


@pytest.mark.parametrize(
    ("when", "why"),
    [
        ("tomorrow", "no hour"),
        ("2027-02-30 09:00", "no such day"),
        ("25:00", "no such time"),
        ("+soon", "no length"),
        ("2027-02-01 09:00", "has passed"),
    ],
)
def test_what_is_no_hour_to_come_is_refused(planned: Desk, when: str, why: str) -> None:
    said = planned.type("reschedule", 1, when)

    assert said.code == 1, why
    assert len(said.err.splitlines()) == 1
    assert planned.json("show", 1)["version"] == 1


def test_a_move_is_kept_by_the_clock_of_the_post_and_in_no_doubt(planned: Desk) -> None:
    planned.done("reschedule", 1, "2027-10-31 01:30")

    moved = planned.json("show", 1)["history"][-1]

    assert moved["detail"] == "from Thursday 11 March 2027, 10:00 GMT to Sunday 31 October 2027, 01:30 BST"


def test_an_hour_that_has_passed_is_said_on_the_clock_of_the_post(planned: Desk) -> None:
    planned.now = datetime(2027, 6, 1, 12, 0, tzinfo=UTC)

    said = planned.type("reschedule", 1, "2027-06-01 12:30")

    assert said.err == "post 1: Tuesday 1 June 2027, 12:30 has passed; choose an hour to come\n"


def test_posts_are_rejected_and_planning_does_not_bring_them_back(planned: Desk) -> None:
    planned.done("reject", 1, 2, "--reason", "out of date")
    planned.done("plan")

    assert status_of(planned, 1, 2) == ["rejected", "rejected"]
    assert planned.json("show", 1)["history"][-1]["detail"] == "out of date"


def test_an_approved_post_is_cancelled(planned: Desk) -> None:
    planned.done("approve", 1, "--yes")

    planned.done("cancel", 1, "--reason", "the gates stay closed")

    assert status_of(planned, 1) == ["cancelled"]


def test_all_are_moved_or_none(planned: Desk) -> None:
    planned.done("approve", 1, "--yes")

    said = planned.type("cancel", 1, 2)

    assert said.code == 1
    assert "post 2 is draft, and cancel is for posts that are approved or held; nothing was changed" in said.err
    assert status_of(planned, 1, 2) == ["approved", "draft"]


def lose_sight_of(desk: Desk, post: int) -> None:
    """Leaves the post as a daemon does that dies between call and answer."""
    desk.done("approve", post, "--yes")
    adapters = {"press-x": 1, "press-bluesky": 1}
    book = book_of(desk)
    from scheduler.platforms.contract import Payload

    with book.writing() as connection:
        due = datetime(2027, 3, 18, 9, 0, 5, tzinfo=UTC)
        claim_due(connection, due, adapters, 2, Pace(due, {}), lambda _: Payload("POST", "/", "key", {}, {}))
        recover(connection, due)
    book.close()


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--published", "https://x.example/1"], "published"),
        (["--not-published"], "draft"),
    ],
)
def test_a_person_settles_what_nobody_knows(planned: Desk, words: list[str], expected: str) -> None:
    lose_sight_of(planned, 3)
    assert status_of(planned, 3) == ["unconfirmed"]

    planned.done("resolve", 3, *words, name="sam")

    assert status_of(planned, 3) == [expected]
    assert planned.json("show", 3)["history"][-1]["who"] == "sam"


def test_several_posts_that_are_not_out_are_settled_together(planned: Desk) -> None:
    lose_sight_of(planned, 3)
    lose_sight_of(planned, 4)

    said = planned.done("resolve", 3, 4, "--not-published")

    assert said.lines[:2] == ["Post 3 is a draft again, says kim.", "Post 4 is a draft again, says kim."]
    assert status_of(planned, 3, 4) == ["draft", "draft"]


def test_of_several_posts_all_that_stands_in_the_way_is_said_and_none_is_settled(planned: Desk) -> None:
    lose_sight_of(planned, 3)

    said = planned.type("resolve", 3, 1, 77, 2, "--not-published")

    assert said.code == 1
    assert [words for words in ("post 1 is draft", "post 2 is draft", "no post 77") if words not in said.err] == []
    assert said.err.count("nothing was changed") == 1
    assert status_of(planned, 3) == ["unconfirmed"]


def test_an_address_is_that_of_one_post(planned: Desk) -> None:
    lose_sight_of(planned, 3)
    lose_sight_of(planned, 4)

    said = planned.type("resolve", 3, 4, "--published", "https://x.example/1")

    assert said.code == 2
    assert "--published is the address of one post" in said.err
    assert status_of(planned, 3, 4) == ["unconfirmed", "unconfirmed"]


def test_only_an_unconfirmed_post_can_be_resolved(planned: Desk) -> None:
    said = planned.type("resolve", 1, "--not-published")

    assert said.code == 1
    assert "post 1 is draft" in said.err
