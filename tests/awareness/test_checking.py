"""What is doubtful in a file of days, though it can be read."""

from datetime import date
from pathlib import Path

import pytest

from scheduler.awareness.checking import doubts
from scheduler.errors import CalendarError
from scheduler.tomlfile import read_toml
from tests.builders.awareness import own_calendar

TODAY = date(2027, 3, 15)
SOURCE = 'source = "road.example"\nchecked = "2027-01"\n'
HEAD = '[[day]]\nid = "road-week"\nname = "Road Week"\n'
EARLIER = "".join(
    f'dates.{year} = "{monday}..{sunday}"\n'
    for year, monday, sunday in (
        (2023, "2023-06-05", "2023-06-11"),
        (2024, "2024-06-03", "2024-06-09"),
        (2025, "2025-06-02", "2025-06-08"),
        (2026, "2026-06-01", "2026-06-07"),
    )
)


def said_of(folder: Path, text: str) -> list[str]:
    calendar = own_calendar(folder, text)
    return [str(each) for each in doubts(calendar, read_toml(folder / "days.toml", CalendarError, "days.toml"), TODAY)]


@pytest.mark.parametrize(
    "text",
    [
        HEAD + SOURCE + EARLIER,
        HEAD + SOURCE + EARLIER + 'dates.2027 = "2027-06-07..2027-06-13"\n',
        HEAD + SOURCE + EARLIER + 'dates.2027 = "did not take place"\n',
        HEAD + SOURCE + 'rule = "1st monday of june"\ndays = 7\n' + EARLIER,
        HEAD + SOURCE + 'rule = "18 march"\ndates.2027 = "2027-03-18"\n',
        HEAD + 'rule = "18 march"\nnote = "unchecked: it is ours"\n',  # says so itself
        '[[day]]\nid = "white-ribbon-day"\nhashtags = ["Ribbon{yy}"]\n',  # says nothing of dates
    ],
)
def test_a_file_without_doubts(tmp_path: Path, text: str):
    assert said_of(tmp_path, text) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            'rule = "2nd tuesday of february"\ndates.2027 = "2027-02-08"\n',
            "days.toml:7: day 1.dates.2027: Monday 8 February 2027 is entered, but the second Tuesday of February is Tuesday 9 "
            "February 2027",
        ),
        (
            'rule = "week containing 20 june"\ndates.2027 = "2027-06-14..2027-06-18"\n',
            "days.toml:7: day 1.dates.2027: lasts 5 days, but by its rule 7 days",
        ),
        (
            EARLIER + 'dates.2027 = "2027-06-06..2027-06-12"\n',
            "days.toml:10: day 1.dates.2027: begins on Sunday 6 June 2027, but in other years on a Monday",
        ),
        (
            EARLIER + 'dates.2027 = "2027-06-07..2027-06-11"\n',
            "days.toml:10: day 1.dates.2027: lasts 5 days, but in other years 7 days",
        ),
        (
            EARLIER + 'dates.2027 = "2027-09-06..2027-09-12"\n',
            "days.toml:10: day 1.dates.2027: begins on Monday 6 September 2027, far from its dates of other years",
        ),
        (
            'dates.2025 = "2025-06-02"\n',
            "days.toml:1: day 1.dates: has no date of 2026, which was announced: enter it, or when it did not take place",
        ),
        (
            'dates.2026 = "2026-06-02 unchecked"\n',
            "days.toml:6: day 1.dates.2026: is unchecked, and over: a source must state it by now",
        ),
    ],
)
def test_a_date_that_looks_wrong_or_is_missing_is_told(tmp_path: Path, text: str, said: str):
    (found,) = said_of(tmp_path, HEAD + SOURCE + text)

    assert found.replace("days.toml:6: day 1.dates: has", "days.toml:1: day 1.dates: has") == said


def test_a_rule_that_was_changed_to_announced_is_asked_for_its_dates(tmp_path: Path):
    text = HEAD + SOURCE + 'rule = "1 june"\nchanged.2026 = { rule = "announced" }\n'

    (found,) = said_of(tmp_path, text)

    assert "has no date of 2026, which was announced" in found


def test_one_odd_year_among_few_is_no_doubt(tmp_path: Path):
    text = HEAD + SOURCE + 'dates.2025 = "2025-06-02"\ndates.2026 = "2026-06-01"\ndates.2027 = "2027-06-02"\n'

    assert said_of(tmp_path, text) == []


def test_the_turn_of_the_year_is_near(tmp_path: Path):
    text = HEAD + SOURCE + 'dates.2025 = "2025-12-29"\ndates.2026 = "2026-12-28"\ndates.2027 = "2027-01-04"\n'

    assert said_of(tmp_path, text) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('rule = "18 march"\nchecked = "2027-01"\n', ["day 1.source: is missing: say who states it"]),
        ('rule = "18 march"\nsource = "a"\n', ["day 1.checked: is missing: say when its source was read, as in"]),
        (
            'rule = "18 march"\nsource = "a"\nchecked = "2025-02"\n',
            ["day 1.checked: was checked more than two years ago"],
        ),
        ('rule = "18 march"\nsource = "a"\nchecked = "2025-03"\n', []),
        ('rule = "18 march"\nsource = "a"\nchecked = "2027-04"\n', ["day 1.checked: lies ahead: 2027-04"]),
        ('rule = "18 march"\n', ["day 1.source: is missing", "day 1.checked: is missing"]),
    ],
)
def test_sources_are_asked_for_and_renewed(tmp_path: Path, text: str, said: list[str]):
    found = said_of(tmp_path, HEAD + text)

    assert len(found) == len(said)
    assert all(expected in each for each, expected in zip(found, said, strict=True))


def test_a_date_added_to_a_day_that_ships_needs_a_source_of_its_own(tmp_path: Path):
    found = said_of(tmp_path, '[[day]]\nid = "white-ribbon-day"\ndates.2027 = "2027-11-25"\n')

    assert [each.split(": ")[1] for each in found] == ["day 1.source", "day 1.checked"]
