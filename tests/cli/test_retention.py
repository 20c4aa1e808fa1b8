"""`redletter retention`: it shows, asks, and removes."""

from datetime import UTC, datetime

import pytest

from tests.builders.workspaces import Desk


@pytest.fixture
def old(planned: Desk) -> Desk:
    """Its drafts are of 2027, and now it is 2035."""
    planned.replace("config.toml", "[accounts.press-x]", '[retention]\nkeep = "7 years"\n\n[accounts.press-x]')
    planned.now = datetime(2035, 6, 1, tzinfo=UTC)
    return planned


def test_it_shows_what_would_go_and_removes_nothing(old: Desk) -> None:
    said = old.done("retention")

    assert said.lines[1].split() == ["4", "2027-03-11", "2027-03-18", "2027", "harbour"]
    assert said.lines[-1] == "4 posts older than 2028-06-01, which is 7 years ago."
    assert len(old.posts()) == 4


def test_it_removes_what_it_showed(old: Desk) -> None:
    said = old.done("retention", "--remove", "--yes")

    assert "Removed 4 posts." in said.out
    assert old.posts() == []


def test_it_asks_first(old: Desk) -> None:
    old.interactive = True

    said = old.type("retention", "--remove", answers="n\n")

    assert said.code == 1
    assert "Nothing was removed." in said.err
    assert len(old.posts()) == 4


def test_nothing_is_old_before_its_time(old: Desk) -> None:
    old.now = datetime(2034, 3, 1, tzinfo=UTC)

    assert old.done("retention", "--remove", "--yes").lines == [
        "Nothing is older than 2027-03-01, which is 7 years ago."
    ]


def test_without_a_policy_everything_is_kept(planned: Desk) -> None:
    shown, refused = planned.done("retention"), planned.type("retention", "--remove")

    assert "Everything is kept" in shown.out
    assert refused.code == 1
    assert "[retention]" in refused.err
