"""`redletter posts` and `redletter show`."""

import pytest

from scheduler.errors import PostRefused
from scheduler.posts.book import open_book
from tests.builders.workspaces import Desk

SAVED_KEYS = [
    "campaign",
    "occurrence",
    "slot",
    "account",
    "platform",
    "scheduled_at",
    "parts",
    "late",
    "expires_at",
    "embargo_until",
    "topics",
    "warnings",
    "id",
    "status",
    "version",
    "receipts",
]
SHOWN_KEYS = [
    *SAVED_KEYS,
    "note",
    "approved_by",
    "approved_at",
    "edited_by",
    "sources",
    "history",
    "attempts",
    "changes",
]


def test_posts_as_json_have_a_shape_that_stays(planned: Desk) -> None:
    posts = planned.json("posts")

    assert list(posts) == ["posts"]
    assert all(list(post) == SAVED_KEYS for post in posts["posts"])
    assert [post["scheduled_at"][:10] for post in posts["posts"]] == ["2027-03-11"] * 2 + ["2027-03-18"] * 2


def test_posts_are_listed_under_their_campaign_and_counted(planned: Desk) -> None:
    planned.done("approve", 1, "--yes")

    lines = planned.done("posts").lines

    assert lines[0] == "Harbour Open Day (harbour, 2027)"
    assert lines[1].split() == ["Post", "Status", "Hour", "Account", "Slot", "Text"]
    assert any(line.startswith("1     approved  Thu 11 Mar 10:00  press-x") for line in lines)
    assert lines[-1] == "4 posts: 3 draft, 1 approved"


def test_a_narrow_terminal_goes_without_the_text(planned: Desk) -> None:
    planned.environment = {"COLUMNS": "80"}

    lines = planned.done("posts").lines

    assert lines[1].split()[-1] == "Slot"
    assert max(map(len, lines)) <= 80


@pytest.mark.parametrize(
    ("options", "ids"),
    [
        (["--status", "approved"], [1]),
        (["--status", "approved", "--status", "draft"], [1, 2, 3, 4]),
        (["--account", "press-x"], [1, 3]),
        (["harbour"], [1, 2, 3, 4]),
        (["--status", "published"], []),
    ],
)
def test_the_list_can_be_narrowed(planned: Desk, options: list[str], ids: list[int]) -> None:
    planned.done("approve", 1, "--yes")

    assert sorted(post["id"] for post in planned.json("posts", *options)["posts"]) == ids


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["harber"], 'unknown campaign "harber"; did you mean "harbour"?'),
        (["--account", "press-y"], 'unknown account "press-y"; did you mean "press-x"?'),
    ],
)
def test_an_unknown_name_gets_a_guess(planned: Desk, words: list[str], expected: str) -> None:
    said = planned.type("posts", *words)

    assert (said.code, said.err.strip()) == (1, expected)


def test_a_list_of_nothing_says_so(planned: Desk) -> None:
    assert planned.done("posts", "--status", "missed").lines == ["No such posts."]


def test_a_post_is_shown_with_its_whole_history(planned: Desk) -> None:
    planned.done("edit", 3, "--text", "Come today.", name="noor")
    planned.done("approve", 3, "--yes", name="sam")

    out = planned.done("show", 3).out

    assert "Post 3 of harbour 2027, version 3: approved by sam on Mon  1 Mar 2027 12:00" in out
    assert "│ Come today." in out
    assert "May go out until Thu 18 Mar 2027 11:00; later it is missed." in out
    trail = [line.split()[2:4] for line in out.splitlines() if line.startswith("2027-03-01 12:00:00")]
    assert trail == [["kim", "plan"], ["noor", "edit"], ["sam", "approve"]]
    assert "    before: Today is Harbour Open Day. #Harbour27" in out


def test_a_shown_post_as_json_has_a_shape_that_stays(planned: Desk) -> None:
    post = planned.json("show", 1)

    assert list(post) == SHOWN_KEYS
    assert post["sources"][0]["article"] == "articles/gates.md"
    assert list(post["history"][0]) == ["at", "who", "what", "from", "to", "version", "detail"]


def test_attempts_and_receipts_are_shown(planned: Desk) -> None:
    planned.done("approve", 1, "--yes")
    planned.done("run", "--speed", 3600, "--until-done")

    shown, lines = planned.json("show", 1), planned.done("show", 1).lines

    assert [attempt["outcome"] for attempt in shown["attempts"]] == ["accepted"]
    assert list(shown["attempts"][0]) == ["number", "part", "started_at", "finished_at", "outcome", "detail"]
    (receipt,) = shown["receipts"]
    assert list(receipt) == ["part", "platform_id", "url"]
    assert f"Out: {receipt['url']}" in lines
    assert any("attempt 1  part 1  accepted" in line for line in lines)


def test_what_a_platform_said_is_shown_in_full(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    why = "this text is a duplicate " * 12
    desk.done("plan")
    desk.done("approve", 1, "--yes")

    async def refuse(*_: object) -> None:
        raise PostRefused(why)

    monkeypatch.setattr("scheduler.platforms.outbox.Outbox.send", refuse)
    desk.done("run", "--speed", 3600, "--until-done")

    assert "".join(why.split()) in "".join(desk.done("show", 1).out.split())


def test_there_is_no_such_post(planned: Desk) -> None:
    said = planned.type("show", 99)

    assert (said.code, said.err) == (1, "there is no post 99; `redletter posts` lists them\n")


def test_a_post_whose_account_is_gone_can_still_be_shown(desk: Desk) -> None:
    desk.done("plan")
    desk.replace("config.toml", "[accounts.press-bluesky]", "[accounts.other]")

    (part,) = desk.json("show", 2)["parts"]

    assert part["limit"] == 300


def test_hours_are_those_of_the_campaigns_own_zone(desk: Desk) -> None:
    desk.replace("campaigns/harbour.toml", "years = [2027]", 'years = [2027]\ntime_zone = "Europe/Paris"')

    planned = desk.done("plan")

    assert desk.posts()[0]["scheduled_at"] == "2027-03-11T10:00:00+01:00"
    heading = "Harbour Open Day (harbour, 2027), by the clocks of Europe/Paris"
    assert planned.lines[0] == desk.done("posts").lines[0] == heading
    assert "Post 1 of harbour 2027, by the clocks of Europe/Paris, version 1: draft" in desk.done("show", 1).lines


def test_a_post_whose_time_zone_is_damaged_is_shown_by_the_clock_of_utc_and_given_no_hour(planned: Desk) -> None:
    book = open_book("sqlite:///redletter.db", planned.folder)
    with book.writing() as connection:
        connection.exec_driver_sql(
            "UPDATE posts SET time_zone = 'US/Pacific-New', latest_at = scheduled_at WHERE id = 1"
        )
    book.close()

    said = [planned.type(*words) for words in (["posts"], ["show", 1], ["show", 1, "--json"], ["preview", "--saved"])]
    exported = planned.type("export", planned.folder / "out")
    moved = planned.type("reschedule", 1, "12:00")

    assert [each.code for each in (*said, exported)] == [0, 0, 0, 0, 0]
    assert "which this machine does not know" in moved.err


def test_a_damaged_row_hides_no_other(planned: Desk) -> None:
    book = open_book("sqlite:///redletter.db", planned.folder)
    with book.writing() as connection:
        connection.exec_driver_sql("UPDATE posts SET status = 'failed', scheduled_at = 'noon' WHERE id = 1")
    book.close()

    listed, status, shown = planned.type("posts"), planned.type("status"), planned.type("show", 1)
    exported = planned.type("export", planned.folder / "out")

    assert listed.code == 0
    assert "3 posts: 3 draft" in listed.out
    assert "post 1 is damaged in the book" in listed.err
    assert "! post 1 needs a person (damaged), and its row in the book is damaged" in status.out
    assert (shown.code, shown.err.count("\n")) == (1, 1)
    assert "redletter restore FILE" in shown.err
    assert exported.code == 1
    assert "would not be whole" in exported.err
    assert not (planned.folder / "out").exists()
