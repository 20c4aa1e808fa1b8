"""`redletter days check`: one's own days, the campaigns that use days, and the calendar that ships."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from scheduler.cli.door import Door
from scheduler.cli.main import cli
from tests.builders.workspaces import Desk

FINE = '[[day]]\nid = "harbour-day"\nname = "Harbour Day"\nrule = "18 march"\nsource = "us"\nchecked = "2027-01"\n'


def campaign_of(day: str) -> str:
    return (
        f'id = "other"\ntitle = "Other"\nday = "{day}"\naccounts = ["press-x"]\n'
        '[[slot]]\nid = "on-the-day"\nwhen = "09:00"\ntext = "Today"\n'
    )


def test_it_says_what_it_looked_at(desk: Desk) -> None:
    desk.write("days.toml", FINE)

    lines = desk.done("days", "check").lines

    assert lines[:2] == ["days.toml: 1 day", "campaigns: 1 campaign"]
    assert lines[2].startswith("calendar.toml, which ships: ")
    assert len(lines) == 3


def test_all_problems_come_at_once_with_file_line_and_key(desk: Desk) -> None:
    desk.write("days.toml", '[[day]]\nid = "a"\nname = "A"\nrule = "31 february"\n[[day]]\nid = "b"\ncolour = "red"\n')

    said = desk.type("days", "check")

    assert said.code == 1
    assert said.err.splitlines() == [
        "days.toml:4: day 1.rule: February has no day 31; its last is 29",
        'days.toml:7: day 2: unknown key "colour"',
    ]
    assert said.lines[0] == "days.toml: 2 problems"


def test_doubts_are_warnings_and_no_failure(desk: Desk) -> None:
    desk.write("days.toml", FINE + 'dates.2027 = "2027-03-17"\n')

    said = desk.done("days", "check")

    assert said.lines[0] == "days.toml: 1 day, 1 warning"
    assert said.lines[1] == (
        "  warning: days.toml:7: day 1.dates.2027: Wednesday 17 March 2027 is entered, but 18 March is Thursday 18 March 2027"
    )


def test_what_is_doubtful_in_the_calendar_that_ships_is_counted_and_shown_when_asked_for(desk: Desk) -> None:
    counted = desk.done("days", "check")
    shown = desk.done("days", "check", "--all")

    assert counted.lines[-1].endswith(" warnings (redletter days check --all shows them)")
    assert "calendar.toml:" not in counted.out
    assert "  warning: calendar.toml:" in shown.out


def test_a_campaign_whose_day_nobody_knows_or_has_announced_is_told(desk: Desk) -> None:
    desk.write("days.toml", FINE + '[[day]]\nid = "late-day"\nname = "Late Day"\nnote = "unchecked"\n')
    desk.write("campaigns/late.toml", campaign_of("late-day"))
    desk.write("campaigns/unknown.toml", campaign_of("habour-day"))

    said = desk.done("days", "check")

    assert "campaigns: 3 campaigns, 2 warnings" in said.lines
    assert 'campaigns/late.toml:3: day: the date of "Late Day" in 2027' in said.out
    assert 'campaigns/unknown.toml:3: day: unknown awareness day "habour-day"; did you mean "harbour-day"?' in said.out


def test_a_campaign_that_cannot_be_read_is_named(desk: Desk) -> None:
    desk.write("campaigns/broken.toml", "id = 3\n")

    assert "campaigns/broken.toml: cannot be read; redletter check says why" in desk.done("days", "check").out


def test_another_file_can_be_checked(desk: Desk, tmp_path: Path) -> None:
    desk.write("days.toml", '[[day]]\nid = "a"\ncolour = "red"\n')
    fine, broken = tmp_path / "fine.toml", tmp_path / "broken.toml"
    fine.write_text(FINE, encoding="utf-8")
    broken.write_text("day = 3\n", encoding="utf-8")

    assert desk.done("days", "check", fine).lines[0] == "fine.toml: 1 day"
    assert desk.type("days", "check", broken).code == 1
    assert desk.type("days", "check", tmp_path / "none.toml").code == 2


def test_without_a_workspace_the_calendar_that_ships_is_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    ended = CliRunner().invoke(cli, ["days", "check"], obj=Door())

    assert ended.exit_code == 0
    assert ended.stdout.splitlines()[0] == "days.toml: no workspace here"
    assert ended.stdout.splitlines()[1].startswith("calendar.toml, which ships: ")


def test_the_json_has_the_same(desk: Desk) -> None:
    desk.write("days.toml", FINE + 'dates.2027 = "2027-03-17"\n')

    found = desk.json("days", "check")

    assert list(found) == ["looked_at", "problems", "warnings"]
    assert [each["name"] for each in found["looked_at"]] == ["days.toml", "campaigns", "calendar.toml, which ships"]
    assert found["problems"] == []
    assert found["warnings"][0] == {
        "file": "days.toml",
        "line": 7,
        "key": "day 1.dates.2027",
        "message": "Wednesday 17 March 2027 is entered, but 18 March is Thursday 18 March 2027",
    }
