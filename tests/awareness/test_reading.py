"""Calendar files: a workspace's own days add to those that ship, and bad data is refused with file and line."""

from datetime import date
from pathlib import Path

import pytest

from scheduler.awareness import DateStatus, load_calendar
from scheduler.errors import CalendarError
from tests.builders.awareness import own_calendar


def test_an_own_day_is_added(tmp_path: Path):
    calendar = own_calendar(tmp_path, '[[day]]\nid = "open-day"\nname = "Open Day"\nrule = "2nd saturday of may"')

    assert calendar.occurrence(calendar.find("open day"), 2027).start == date(2027, 5, 8)
    assert calendar.find("white-ribbon-day")


def test_a_date_is_added_to_a_day_that_ships(tmp_path: Path):
    shipped = load_calendar().find("safer-internet-day")

    calendar = own_calendar(tmp_path, '[[day]]\nid = "safer-internet-day"\ndates.2027 = "2027-02-09"')

    day = calendar.find("safer-internet-day")
    assert calendar.occurrence(day, 2027).start == date(2027, 2, 9)
    assert calendar.occurrence(day, 2027).status is DateStatus.CONFIRMED
    assert calendar.occurrence(day, 2024).start == date(2024, 2, 6)
    assert (day.name, day.aliases) == (shipped.name, shipped.aliases)


def test_a_key_of_a_day_that_ships_is_replaced(tmp_path: Path):
    calendar = own_calendar(
        tmp_path, '[[day]]\nid = "white-ribbon-day"\nrule = "20 november"\nhashtags = ["Ribbon{yy}"]'
    )

    occurrence = calendar.occurrence(calendar.find("white-ribbon-day"), 2027)

    assert (occurrence.start, occurrence.hashtags) == (date(2027, 11, 20), ("Ribbon27",))


def test_without_an_own_file_the_shipped_days_are_there(tmp_path: Path):
    assert load_calendar(tmp_path / "days.toml").days == load_calendar().days


def test_every_form_of_an_entered_date_is_read(tmp_path: Path):
    calendar = own_calendar(
        tmp_path,
        """
        [[day]]
        id = "open-day"
        name = "Open Day"
        [day.dates]
        2024 = "2024-05-06"
        2025 = "2025-05-05..2025-05-09"
        2026 = "2026-05-04 .. 2026-05-08 unchecked"
        2027 = "did not take place"
        2028 = 2028-05-01
        """,
    )
    day = calendar.find("open-day")

    listed = [
        (each.start.day, each.end.day, each.status.value)
        for each in map(calendar.occurrence, [day] * 3, (2024, 2025, 2026))
    ]
    assert listed == [(6, 6, "confirmed"), (5, 9, "confirmed"), (4, 8, "computed")]
    assert day.dates[2027] is None
    assert calendar.occurrence(day, 2028).start == date(2028, 5, 1)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('id = "a"\nname = "A"\nrule = "31 february"', "4: day 1.rule: February has no day 31"),
        ('id = "a"\nname = "A"\nrule = "6th monday of may"', '4: day 1.rule: no month has a "6th"'),
        ('id = "a"\nname = "A"\nrule = "someday"', '4: day 1.rule: no rule for a date: "someday"; expected'),
        ('id = "a"\nname = "A"\nrule = 3', "4: day 1.rule: expected text, found a number"),
        ('id = "a"\nname = "A"\ndates.2027 = "2027-02-31"', "4: day 1.dates.2027: there is no day 2027-02-31"),
        ('id = "a"\nname = "A"\ndates.2027 = "2028-02-01"', "4: day 1.dates.2027: begins in 2028, not in 2027"),
        ('id = "a"\nname = "A"\ndates.2027 = "2027-02-05..2027-02-01"', "4: day 1.dates.2027: ends before it begins"),
        (
            'id = "a"\nname = "A"\ndates.2027 = "2027-02-05..2029-02-01"',
            "4: day 1.dates.2027: lasts longer than a year",
        ),
        ('id = "a"\nname = "A"\ndates.2027 = "in May"', '4: day 1.dates.2027: expected "2025-04-07", '),
        ('id = "a"\nname = "A"\ndates.2027 = 5', '4: day 1.dates.2027: expected a date such as "2025-04-07"'),
        (
            'id = "a"\nname = "A"\ndates.next = "2027-02-01"',
            '4: day 1.dates.next: expected a year from 1900 to 2100, found "next"',
        ),
        ('id = "a"\nname = "A"\ndates.1066 = "1066-10-14"', "4: day 1.dates.1066: expected a year from 1900"),
        ('id = "a"\nname = "A"\ndays = 0', "4: day 1.days: expected 1 or more"),
        ('id = "a"\nname = "A"\nfirst_year = 2020\nlast_year = 2010', "5: day 1.last_year: is before first_year, 2020"),
        ('id = "A day"\nname = "A"', "2: day 1.id: expected small letters"),
        ('id = "a"\nnane = "A"', '3: day 1: unknown key "nane"; did you mean "name"?'),
        ('name = "A"', "1: day 1.id: is missing"),
        (
            'id = "white-ribon-day"\nrule = "1 may"',
            '1: day 1.name: is missing, and the calendar has no day "white-ribon-day" yet; did you mean "white-ribbon-day"?',
        ),
        ('id = "a"\nname = "A"\n[[day]]\nid = "a"\nname = "B"', '5: day 2.id: "a" is the id of day 1 too'),
        (
            'id = "a"\nname = "White Ribbon Day"',
            '1: day 1: "White Ribbon Day" is a name of the day "white-ribbon-day" too',
        ),
        ('id = "a"\nname = "A"\naliases = ["CSE Day"]', '1: day 1: "CSE Day" is a name of the day "child-exploitation'),
        ('id = "a"\nname = "A"\nchecked = "last week"', "4: day 1.checked: "),
        ('id = "a"\nname = “A”', "3: “ is a curly quotation mark"),
    ],
)
def test_bad_data_is_refused_with_file_and_line(tmp_path: Path, text: str, expected: str):
    with pytest.raises(CalendarError) as error:
        own_calendar(tmp_path, "[[day]]\n" + text)

    assert str(error.value).startswith(f"days.toml:{expected}")


def test_all_problems_come_at_once(tmp_path: Path):
    text = (
        '[[day]]\nid = "a"\nname = "A"\nrule = "31 may 2"\ndays = "x"\n[[day]]\nid = "b"\nname = 3\ndates.2020 = "?"\n'
    )

    with pytest.raises(CalendarError) as error:
        own_calendar(tmp_path, text)

    assert [problem.line for problem in error.value.problems] == [4, 5, 8, 9]
