"""`redletter backup` and `redletter restore`: what they say, and what they refuse."""

from datetime import timedelta

import pytest

from scheduler.cli.backup import restored_lines
from scheduler.posts.restoring import Restored
from tests.builders.workspaces import THE_DAY, Desk


@pytest.fixture
def approved(planned: Desk) -> Desk:
    planned.done("approve", "--campaign", "harbour", "--yes")
    return planned


def test_a_backup_says_what_it_holds_and_where_it_is(planned: Desk) -> None:
    said = planned.done("backup", planned.folder / "monday.db")

    assert said.out.startswith(f"Backed up 4 posts to {planned.folder}/monday.db (0.2 MB)")


def test_a_file_that_is_there_needs_force(planned: Desk) -> None:
    planned.done("backup", planned.folder / "monday.db")

    refused = planned.type("backup", planned.folder / "monday.db")
    planned.done("backup", planned.folder / "monday.db", "--force")

    assert refused.code == 1
    assert "say --force" in refused.err


def test_restoring_says_what_a_person_must_look_at(approved: Desk) -> None:
    approved.done("backup", approved.folder / "monday.db")
    approved.now = THE_DAY - timedelta(hours=1)

    said = approved.done("restore", approved.folder / "monday.db", "--yes")

    assert "Restored 4 posts." in said.out
    assert "Not out, and set aside until somebody says so: 2 posts: 1, 2" in said.out
    assert "2 posts approved in the backup for an hour to come will go out at their hours." in said.out
    assert "redletter.db.before-restore-20270318T080000Z" in said.out
    assert [post["status"] for post in approved.posts()] == ["held", "held", "approved", "approved"]


def test_where_nothing_can_be_compared_it_says_what_is_not_known(approved: Desk) -> None:
    approved.done("backup", approved.folder / "monday.db")
    (approved.folder / "redletter.db").unlink()

    approved.now = THE_DAY - timedelta(hours=1)

    said = approved.done("restore", approved.folder / "monday.db", "--yes")

    assert "The book that was there is lost, damaged or older" in said.out
    assert "Perhaps out, the backup does not know: 2 posts: 1, 2" in said.out
    assert [post["status"] for post in approved.posts()] == ["unconfirmed", "unconfirmed", "approved", "approved"]
    assert approved.done("resolve", 1, "--not-published").lines == ["Post 1 is a draft again, says kim."]


def test_on_a_terminal_what_to_do_is_folded_below_its_own_first_word(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setattr("scheduler.cli.output.width", lambda: 80)

    said = list(restored_lines(Restored(4, None, compared=False, unconfirmed=(1,))))

    assert max(map(len, said)) <= 80
    first = next(index for index, line in enumerate(said) if line.startswith("  -> look"))
    assert said[first + 1].startswith("     ")


def test_it_asks_first_and_silence_changes_nothing(approved: Desk) -> None:
    approved.done("backup", approved.folder / "monday.db")
    approved.done("cancel", 1)
    approved.interactive = True

    said = approved.type("restore", approved.folder / "monday.db", answers="n\n")

    assert said.code == 1
    assert "with 4 posts in the place of" in said.out
    assert approved.posts()[0]["status"] == "cancelled"


def test_where_nobody_can_be_asked_it_wants_yes(approved: Desk) -> None:
    approved.done("backup", approved.folder / "monday.db")

    said = approved.type("restore", approved.folder / "monday.db")

    assert said.code == 1
    assert "say --yes" in said.err


def test_restoring_says_what_the_book_before_knew_better() -> None:
    said = "\n".join(restored_lines(Restored(4, None, compared=True, published=(1, 2), warned=(3,))))

    assert "Published since the backup, as the book before says, and so they stay: 2 posts: 1, 2" in said
    assert (
        "Tried or out in part since, and not approved in the backup: 1 post: 3\n  -> redletter show POST says more"
        in said
    )
