"""`redletter init`: a workspace that runs at once, whenever and wherever it is made."""

import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scheduler.cli.init import example_folder
from tests.builders.workspaces import NOW, Desk


def made(folder: Path, now: datetime = NOW) -> Desk:
    """A new workspace, and a person in front of it."""
    Desk(folder.parent, now).done("init", folder)
    return Desk(folder, now)


@pytest.fixture
def new(tmp_path: Path) -> Desk:
    return made(tmp_path / "campaigns of ours")


def test_a_new_workspace_has_an_example_of_everything(new: Desk) -> None:
    files = set(new.files())

    assert {"config.toml", ".gitignore", "templates/README.md", "templates/thank-you/default.j2"} <= files
    assert {path.name for path in (new.folder / "campaigns").iterdir()} == {
        path.name for path in (example_folder() / "campaigns").glob("*.toml")
    }
    assert any((new.folder / "articles").iterdir())


def test_the_config_is_readable_by_its_owner_alone(new: Desk) -> None:
    assert stat.S_IMODE((new.folder / "config.toml").stat().st_mode) == 0o600
    assert new.done("check").err == ""


def test_the_config_is_introduced_as_ones_own(new: Desk) -> None:
    first = (new.folder / "config.toml").read_text(encoding="utf-8").splitlines()[0]

    assert first == "# The configuration of this workspace: where the book is, who speaks, and through which accounts."


def test_the_example_runs_at_once(new: Desk) -> None:
    new.done("preview")
    new.done("plan")
    new.done("approve", "--campaign", "child-exploitation", "--yes")
    new.done("run", "--speed", 3600, "--until-done")

    statuses = {post["status"] for post in new.posts() if post["campaign"] == "child-exploitation"}
    assert statuses == {"published"}


@pytest.mark.parametrize(
    ("now", "why"),
    [
        (datetime(2026, 11, 22, tzinfo=UTC), "long before"),
        (datetime(2027, 3, 15, tzinfo=UTC), "one slot has passed already: the next year is whole"),
        (datetime(2027, 12, 24, tzinfo=UTC), "after both"),
        (datetime(2031, 6, 1, tzinfo=UTC), "years later"),
    ],
)
def test_whenever_it_is_made_every_post_of_the_example_lies_ahead(tmp_path: Path, now: datetime, why: str) -> None:
    desk = made(tmp_path / "new", now)

    planned = desk.json("plan")

    assert planned["past"] == [], why
    assert len(planned["created"]) > 10
    assert {one["campaign"] for one in planned["created"]} == {"child-exploitation", "white-ribbon"}


def test_the_example_says_when_its_articles_are_of_another_year(tmp_path: Path) -> None:
    desk = made(tmp_path / "new", datetime(2031, 6, 1, tzinfo=UTC))

    campaign = (desk.folder / "campaigns/child-exploitation.toml").read_text(encoding="utf-8")

    assert "= [2032]  # the example's articles speak of 2027" in campaign


def test_the_template_of_ones_own_works(new: Desk) -> None:
    new.replace("campaigns/white-ribbon.toml", 'template = "announcement"', 'template = "thank-you"')

    texts = [post["parts"][0]["text"] for post in new.json("preview", "white-ribbon")["posts"]]

    assert sum(text.startswith("Thank you to everyone who marked") for text in texts) == 2


@pytest.mark.parametrize("there", ["config.toml", "campaigns/white-ribbon.toml", ".gitignore"])
def test_nothing_is_ever_written_over(tmp_path: Path, there: str) -> None:
    desk = Desk(tmp_path / "old")
    desk.write(there, "mine")
    before = desk.files()

    said = Desk(tmp_path).type("init", desk.folder)

    assert said.code == 1
    assert f"has {there} already; nothing was written over" in said.err
    assert desk.files() == before


def test_a_folder_with_other_things_in_it_is_no_obstacle(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "old")
    desk.write("notes.txt", "mine")

    Desk(tmp_path).done("init", desk.folder)

    assert (desk.folder / "notes.txt").read_text() == "mine"


def test_what_comes_next_is_said(tmp_path: Path) -> None:
    said = Desk(tmp_path).done("init", tmp_path / "new")

    assert f"Made a workspace: {tmp_path / 'new'}" in said.lines
    assert f"  cd {tmp_path / 'new'}" in said.lines
    assert "redletter preview child-exploitation" in said.out
