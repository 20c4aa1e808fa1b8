"""Calendar files: a workspace's own days add to those that ship, and bad data is refused with file and line."""

from datetime import date
from pathlib import Path

import pytest

from scheduler.awareness import DateStatus, Unannounced, load_calendar
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


def test_what_an_own_file_says_of_every_year_outdoes_what_changed_in_one(tmp_path: Path):
    tags = own_calendar(tmp_path, '[[day]]\nid = "child-exploitation-awareness-day"\nhashtags = ["Ours{yy}"]')
    rule = own_calendar(tmp_path, '[[day]]\nid = "volunteers-week"\nrule = "10 june"\nchanged.2029 = { days = 3 }')

    assert tags.find("child-exploitation-awareness-day").hashtags_in(2027) == ("Ours27",)
    starts = [rule.occurrence(rule.find("volunteers-week"), year) for year in (2027, 2029)]
    assert [(each.start, each.days) for each in starts] == [(date(2027, 6, 10), 7), (date(2029, 6, 10), 3)]


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
        (
            'id = "a"\nname = "A"\nfirst_year = 2020\ndates.2019 = "2019-05-05"',
            "5: day 1.dates.2019: is not after first_year, 2020",
        ),
        (
            'id = "a"\nname = "A"\nlast_year = 2020\nthemes.2021 = "Water"',
            "5: day 1.themes.2021: is after last_year, 2020",
        ),
        (
            'id = "a"\nname = "A"\nchanged.2024 = { days = 5 }\nchanged.2020 = { days = 7 }',
            "5: day 1.changed.2020: stands below changed.2024; write the years in their order",
        ),
        (
            'id = "a"\nname = "A"\nchanged.2024 = { rule = "31 june" }',
            "4: day 1.changed.2024.rule: June has no day 31",
        ),
        (
            'id = "fathers-day"\nrule = "1 january"',
            '1: day 1: the day "mens-health-week" counts from it, and may fall into another year now',
        ),
        (
            'id = "a"\nname = "A"\nchanged.2024 = { rul = "1 june" }',
            '4: day 1.changed.2024: unknown key "rul"; did you',
        ),
        ('id = "a"\nname = "A"\nchanged.soon = { days = 5 }', "4: day 1.changed.soon: expected a year from 1900"),
        (
            'id = "a"\nname = "A"\nrule = "1 day after white-ribon-day"',
            '4: day 1.rule: no awareness day has the id "white-ribon-day"; did you mean "white-ribbon-day"?',
        ),
        (
            'id = "a"\nname = "A"\nrule = "1 day after a"',
            "4: day 1.rule: goes round in a circle: a counts from a",
        ),
        (
            'id = "a"\nname = "A"\nrule = "1 day after b"\n[[day]]\nid = "b"\nname = "B"\n'
            'rule = "monday before c"\n[[day]]\nid = "c"\nname = "C"\nchanged.2020 = { rule = "week containing a" }',
            "4: day 1.rule: goes round in a circle: a counts from b counts from c counts from a",
        ),
        (
            'id = "a"\nname = "A"\nnations = ["wales"]',
            '4: day 1.nations 1: unknown nation "wales"; did you mean "Wales"?',
        ),
        ('id = "a"\nname = "A"\nkind = "fortnight"', '4: day 1.kind: expected "day", "week", "month" or "period"'),
        ('id = "a"\nname = "A"\nurl = "charity"', "4: day 1.url: expected a web address"),
        ('id = "a"\nname = "A"\nnames.Welsh = "B"', "4: day 1.names.Welsh: expected the code of a language"),
        ('id = "a"\nname = "A"\nhashtags = ["two words"]', "4: day 1.hashtags 1: expected letters and digits"),
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
            '3: day 1.name: "White Ribbon Day" is a name of the day "white-ribbon-day" too',
        ),
        (
            'id = "a"\nname = "A"\naliases = ["AA", "CSE Day"]',
            '4: day 1.aliases 2: "CSE Day" is a name of the day "child-exploitation',
        ),
        (
            'id = "a"\nname = "A"\nnames.cy = "Dydd Gwyl Dewi"',
            '4: day 1.names.cy: "Dydd Gwyl Dewi" is a name of the day "st-davids-day" too',
        ),
        (
            'id = "a"\nname = "A"\nchecked = "last week"',
            '4: day 1.checked: expected a year and a month, as in "2027-01", found "last week"',
        ),
        (
            'id = "a"\nname = "A"\ndates.2027 = 2027-03-18T10:00:00',
            '4: day 1.dates.2027: expected a date such as "2025-04-07" or "2025-04-07..2025-04-11", found a date with a time',
        ),
        ('id = "a"\nname = "A"\ndates.02027 = "2027-03-18"', "4: day 1.dates.02027: expected a year from 1900"),
        (
            'id = "a"\nname = "A"\nrule = "100 days after remembrance-sunday"',
            "4: day 1.rule: may fall into another year; expected a rule whose first day is always in one year",
        ),
        (
            'id = "a"\nname = "A"\nrule = "1 may"\nchanged.2027 = { rule = "40 days before burns-night" }',
            "5: day 1.changed.2027.rule: may fall into another year",
        ),
        (
            'id = "a"\nname = "A"\nrule = "week containing b"\n[[day]]\nid = "b"\nname = "B"\ndates.2029 = "2029-01-03"',
            "4: day 1.rule: may fall into another year",
        ),
        ('id = "a"\nname = “A”', "3: “ is a curly quotation mark"),
    ],
)
def test_bad_data_is_refused_with_file_and_line(tmp_path: Path, text: str, expected: str):
    with pytest.raises(CalendarError) as error:
        own_calendar(tmp_path, "[[day]]\n" + text)

    assert str(error.value).startswith(f"days.toml:{expected}")


def test_changes_of_an_own_file_are_added_to_the_day(tmp_path: Path):
    calendar = own_calendar(
        tmp_path,
        """
        [[day]]
        id = "open-week"
        name = "Open Week"
        names.cy = "Wythnos Agored"
        former_names = ["Doors Open Week"]
        rule = "1 june"
        days = 7
        hashtags = ["OpenWeek"]
        changed.2024 = { rule = "1st monday of june", hashtags = ["OpenWeek{yy}"] }
        changed.2030 = { rule = "announced" }
        themes.2025 = "Bridges"
        sensitive = true
        """,
    )
    day = calendar.find("wythnos agored")

    assert calendar.find("doors open week") is day
    assert calendar.occurrence(day, 2023).hashtags == ("OpenWeek",)
    assert [calendar.occurrence(day, year).start.isoformat() for year in (2023, 2024)] == ["2023-06-01", "2024-06-03"]
    assert calendar.occurrence(day, 2029).end == date(2029, 6, 10)
    assert calendar.occurrence(day, 2029).hashtags == ("OpenWeek29",)
    assert calendar.occurrence(day, 2025).theme == "Bridges"
    assert calendar.dated(day, 2030) == Unannounced(day, 2030)
    assert (day.name_in("cy-GB"), day.name_in("cy"), day.name_in("fr")) == ("Wythnos Agored",) * 2 + ("Open Week",)


def test_a_circle_that_an_own_file_closes_is_found(tmp_path: Path):
    text = """
        [[day]]
        id = "first"
        name = "First"
        rule = "1 day after second"
        [[day]]
        id = "second"
        name = "Second"
        rule = "1 day after first"
        """

    with pytest.raises(CalendarError) as error:
        own_calendar(tmp_path, text)

    assert [problem.line for problem in error.value.problems] == [5, 9]


def test_all_problems_come_at_once(tmp_path: Path):
    text = (
        '[[day]]\nid = "a"\nname = "A"\nrule = "31 may 2"\ndays = "x"\n[[day]]\nid = "b"\nname = 3\ndates.2020 = "?"\n'
    )

    with pytest.raises(CalendarError) as error:
        own_calendar(tmp_path, text)

    assert [problem.line for problem in error.value.problems] == [4, 5, 8, 9]


def test_what_does_not_go_together_is_said_of_a_day_that_has_other_problems(tmp_path: Path):
    text = (
        '[[day]]\nid = "a"\nname = 3\ndates.2026 = "?"\ndates.2027 = "2028-01-02"\nchanged.2030 = { days = 0 }\n'
        'changed.2029 = { days = 3 }\nchanged.2028 = { days = 2 }\nthemes.soon = "Water"\nnames = "cy"\n'
    )

    with pytest.raises(CalendarError) as error:
        own_calendar(tmp_path, text)

    assert [problem.line for problem in error.value.problems] == [3, 4, 5, 6, 8, 9, 10]


def test_days_that_count_from_a_circle_of_others_end(tmp_path: Path):
    text = "".join(
        f'[[day]]\nid = "{day}"\nname = "{day}"\nrule = "1 day after {other}"\n' for day, other in ("xy", "yz", "zy")
    )

    with pytest.raises(CalendarError) as error:
        own_calendar(tmp_path, text)

    assert [problem.line for problem in error.value.problems] == [8, 12]


def test_problems_of_every_kind_come_at_once(tmp_path: Path):
    text = (
        '[[day]]\nid = "a"\nname = "A"\nrule = "31 may 2"\n'  # no rule
        '[[day]]\nid = "b"\nname = "B"\ndates.2027 = "2026-01-01"\n'  # another year
        '[[day]]\nid = "c"\nname = "C"\nrule = "7 days after d"\n'  # a reference to nothing
        '[[day]]\nid = "e"\nname = "White Ribbon Day"\nrule = "1 may"\n'  # another day's name
        '[[day]]\nid = "f"\nname = "F"\nrule = "7 days after a"\n'  # all right but for what it leans on
    )

    with pytest.raises(CalendarError) as error:
        own_calendar(tmp_path, text)

    assert [problem.line for problem in error.value.problems] == [4, 8, 12, 15]
