"""A campaign says itself which day it is on: a day of its own, or a known one with what it knows better."""

from datetime import date
from pathlib import Path

import pytest

from scheduler.awareness import Calendar, DateStatus, EnteredDate, Kind, Terms
from scheduler.campaigns import (
    Campaign,
    day_of,
    doubt_about,
    load_campaign,
    next_occurrence,
    occurrence_in,
    unknown_names,
)
from scheduler.errors import CalendarError, CampaignError
from tests.builders.awareness import make_day
from tests.builders.campaigns import LEAST, SLOT, campaign
from tests.builders.tomlfile import write

CALENDAR = Calendar(
    [
        make_day("2nd sunday of november", id="remembrance-sunday", name="Remembrance Sunday", certain=True),
        make_day(
            id="internet-day",
            name="Internet Day",
            former_names=("Web Day",),
            names={"cy": "Diwrnod y Rhyngrwyd"},
            hashtags=("ID{yy}",),
            dates={2026: EnteredDate(date(2026, 2, 10), date(2026, 2, 10))},
        ),
        make_day(
            "1st monday of june",
            id="harbour-week",
            name="Harbour Week",
            days=7,
            changed={2026: Terms(None, 5)},
            organiser="Harbour Trust",
            url="https://harbour.example",
        ),
    ]
)


def on(folder: Path, day: str, keys: str = "") -> Campaign:
    text = f'id = "ours"\ntitle = "Ours"\nday = {day}\naccounts = ["team-x"]\n{keys}\n{SLOT}'
    return load_campaign(write(folder, text, "ours.toml"), "ours.toml")


@pytest.mark.parametrize(
    "name", ["internet-day", "Internet Day", "web day", "Diwrnod y Rhyngrwyd", "diwrnod y rhyngrwyd"]
)
def test_every_name_finds_the_day(tmp_path: Path, name: str):
    assert day_of(on(tmp_path, f'"{name}"'), CALENDAR).id == "internet-day"


@pytest.mark.parametrize(
    ("day", "year", "start", "end"),
    [
        ('{ name = "Open Day", rule = "2nd saturday of may", days = 2 }', 2027, date(2027, 5, 8), date(2027, 5, 9)),
        ('{ name = "Open Day", date = "18 march", days = 3 }', 2028, date(2028, 3, 18), date(2028, 3, 20)),
        ('{ name = "Open Day", date = 2027-03-18, days = 3 }', 2027, date(2027, 3, 18), date(2027, 3, 20)),
        ('{ name = "Open Week", rule = "week containing 18 march" }', 2027, date(2027, 3, 15), date(2027, 3, 21)),
        ('{ name = "Open Month", rule = "november" }', 2027, date(2027, 11, 1), date(2027, 11, 30)),
        (
            '{ name = "After", rule = "7 days after remembrance-sunday" }',
            2027,
            date(2027, 11, 21),
            date(2027, 11, 21),
        ),
        ('{ name = "Open Day", dates.2027 = "2027-05-10..2027-05-16" }', 2027, date(2027, 5, 10), date(2027, 5, 16)),
        (
            '{ name = "X", rule = "1 may", changed.2027 = { rule = "2 may", days = 2 } }',
            2027,
            date(2027, 5, 2),
            date(2027, 5, 3),
        ),
        (
            '{ id = "internet-day", dates.2027 = "2027-02-09" }', 2027, date(2027, 2, 9), date(2027, 2, 9),
        ),
        ('{ id = "internet-day", date = "2027-02-09" }', 2027, date(2027, 2, 9), date(2027, 2, 9)),
        ('{ id = "internet-day", dates.2027 = "2027-02-09" }', 2026, date(2026, 2, 10), date(2026, 2, 10)),
        ('{ id = "harbour-week", days = 2 }', 2025, date(2025, 6, 2), date(2025, 6, 3)),
        ('{ id = "harbour-week", rule = "1 july" }', 2027, date(2027, 7, 1), date(2027, 7, 5)),
        ('{ id = "harbour-week", changed.2026 = { rule = "2 july" } }', 2027, date(2027, 7, 2), date(2027, 7, 6)),
    ],
)  # fmt: skip
def test_the_day_is_when_the_campaign_says(tmp_path: Path, day: str, year: int, start: date, end: date):
    occurrence = occurrence_in(on(tmp_path, day), CALENDAR, year)

    assert (occurrence.start, occurrence.end) == (start, end)


def test_a_day_of_ones_own_may_say_all_that_a_calendar_says(tmp_path: Path):
    day = (
        '{ name = "Open Day", aliases = ["Doors Open"], names.cy = "Diwrnod Agored", rule = "18 march", kind = "week", '
        'hashtags = ["Open{yy}"], themes.2027 = "Boats", sensitive = true, organiser = "Trust" }'
    )

    occurrence = occurrence_in(on(tmp_path, day), CALENDAR, 2027)

    assert (occurrence.day.id, occurrence.kind, occurrence.theme) == ("ours", Kind.WEEK, "Boats")
    assert (occurrence.hashtags, occurrence.day.name_in("cy")) == (("Open27",), "Diwrnod Agored")
    assert occurrence.day.sensitive


def test_what_a_campaign_says_of_a_known_day_leaves_the_rest_as_it_is(tmp_path: Path):
    occurrence = occurrence_in(on(tmp_path, '{ id = "internet-day", dates.2027 = "2027-02-09" }'), CALENDAR, 2027)

    assert (occurrence.day.id, occurrence.day.name) == ("internet-day", "Internet Day")
    assert (occurrence.status, occurrence.hashtags) == (DateStatus.CONFIRMED, ("ID27",))
    assert 2027 not in CALENDAR.find("internet-day").dates


@pytest.mark.parametrize(
    ("day", "problems"),
    [
        ('{ id = "x" }', []),
        ('{ date = "18 march" }', ["ours.toml:3: day: needs a name"]),
        ('{ name = "X" }', ['ours.toml:3: day: needs a date ("18 march", "2027-03-18"), a rule']),
        ('{ name = "X", date = "1 may", rule = "2 may" }', ["ours.toml:3: day.rule: stands beside `date`"]),
        ('{ name = "X", rule = "6th monday of may" }', ['ours.toml:3: day.rule: no month has a "6th"']),
        (
            '{ name = "X", rule = "31 february", days = 0, hashtags = ["a b"], dates.27 = "2027-01-01", nam = "y" }',
            [
                "ours.toml:3: day.dates.27: expected a year from 1900",
                "ours.toml:3: day.days: expected 1 or more",
                "ours.toml:3: day.hashtags 1: expected letters and digits",
                "ours.toml:3: day.rule: February has no day 31",
                'ours.toml:3: day: unknown key "nam"; did you mean "name"?',
            ],
        ),
        (
            '{ name = "X", dates.2027 = "2028-01-01", first_year = 2027, last_year = 2026 }',
            ["ours.toml:3: day.dates.2027: begins in 2028, not in 2027", "ours.toml:3: day.last_year: is before"],
        ),
        ('{ name = "X", date = "9999-12-31", days = 2 }', ["ours.toml:3: day.date: expected a year from 1900 to 2100"]),
        (
            '{ name = "X", date = 2027-05-01T10:00:00 }',
            ['ours.toml:3: day.date: expected a date such as "18 march" or "2027-03-18", found a date with a time'],
        ),
        (
            '{ name = 3, days = 0, dates.2027 = "2028-01-01", last_year = 2026, first_year = 2027 }',
            [
                "ours.toml:3: day.dates.2027: begins in 2028, not in 2027",
                "ours.toml:3: day.days: expected 1 or more",
                "ours.toml:3: day.last_year: is before",
                "ours.toml:3: day.name: expected text, found a number",
            ],
        ),
        ('{ name = " ", date = "1 may" }', ["ours.toml:3: day.name: is empty"]),
        ('{ name = "X", dates.2027 = "2027-02-30" }', ["ours.toml:3: day.dates.2027: there is no day 2027-02-30"]),
        ('{ name = "X", dates = "2027-02-03" }', ["ours.toml:3: day.dates: expected a table of dates by year"]),
    ],
)
def test_mistakes_in_a_day_are_told_with_line_and_key_all_at_once(tmp_path: Path, day: str, problems: list[str]):
    try:
        on(tmp_path, day)
    except CampaignError as error:
        found = sorted(str(problem) for problem in error.problems)
    else:
        found = []

    assert len(found) == len(problems)
    assert all(one.startswith(other) for one, other in zip(found, problems, strict=True)), found


def test_a_day_in_a_table_of_its_own_has_the_lines_of_its_keys(tmp_path: Path):
    text = f'id = "ours"\ntitle = "Ours"\naccounts = ["team-x"]\n[day]\nname = "X"\nrule = "31 june"\n{SLOT}'

    with pytest.raises(CampaignError, match=r"^ours\.toml:6: day\.rule: June has no day 31"):
        load_campaign(write(tmp_path, text, "ours.toml"), "ours.toml")


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ('{ id = "intrenet-day", dates.2027 = "2027-02-09" }', 'unknown awareness day "intrenet-day"; did you mean'),
        (
            '{ name = "X", rule = "1 day after rembrance-sunday" }',
            'no awareness day has the id "rembrance-sunday"; did',
        ),
        ('{ name = "X", rule = "1 day after ours" }', 'no awareness day has the id "ours"'),
        ('{ name = "X", rule = "60 days after remembrance-sunday" }', "may fall into another year; expected a rule"),
        (
            '{ id = "harbour-week", changed.2030 = { rule = "50 days before internet-day" } }',
            "may fall into another year",
        ),
    ],
)
def test_a_day_that_nobody_knows_is_a_problem_and_no_crash(tmp_path: Path, day: str, expected: str):
    loaded = on(tmp_path, day)

    (problem,) = unknown_names(loaded, CALENDAR, ["team-x"])

    assert (problem.line, problem.message.startswith(expected)) == (3, True)
    with pytest.raises(CalendarError):
        occurrence_in(loaded, CALENDAR, 2027)


@pytest.mark.parametrize("years", ["", "years = [2027]"])
def test_a_day_that_is_not_announced_yet_names_both_ways_out(tmp_path: Path, years: str):
    loaded = on(tmp_path, '"Web Day"', years)
    expected = (
        'the date of "Internet Day" in 2027 is announced by its organiser and not known here yet; once it is, write it into '
        'the campaign: day = { id = "internet-day", dates.2027 = "2027-MM-DD" }, or for all campaigns into days.toml: '
        '[[day]] id = "internet-day" and dates.2027 = "2027-MM-DD"'
    )

    for ask in (
        lambda: occurrence_in(loaded, CALENDAR, 2027),
        lambda: next_occurrence(loaded, CALENDAR, date(2027, 1, 1)),
    ):
        with pytest.raises(CalendarError) as caught:
            ask()
        assert str(caught.value) == expected


def test_both_ways_out_lead_out(tmp_path: Path):
    here = on(tmp_path, '{ id = "internet-day", dates.2027 = "2027-02-09" }')

    assert next_occurrence(here, CALENDAR, date(2027, 1, 1)).start == date(2027, 2, 9)


def test_a_campaign_that_is_called_like_its_day_describes_none(tmp_path: Path):
    loaded = campaign(
        tmp_path, least=LEAST.replace("white-ribbon-day", "internet-day").replace("open-day", "internet-day")
    )

    with pytest.raises(
        CalendarError, match=r'into the campaign: day = \{ id = "internet-day", dates\.2028 = "2028-MM-DD" \}'
    ):
        occurrence_in(loaded, CALENDAR, 2028)


def test_a_day_of_ones_own_is_dated_where_it_is_described(tmp_path: Path):
    loaded = on(tmp_path, '{ name = "Open Day", dates.2027 = "2027-05-01" }')

    with pytest.raises(CalendarError, match=r'dates\.2028 = "2028-MM-DD" in the table of its `day`$'):
        occurrence_in(loaded, CALENDAR, 2028)


@pytest.mark.parametrize(
    ("day", "year", "expected"),
    [
        ('"remembrance-sunday"', 2027, None),
        ('"internet-day"', 2026, None),
        (
            '"harbour-week"',
            2025,
            "the date of Harbour Week 2025 is computed (the first Monday of June) and may be another: "
            "ask Harbour Trust (https://harbour.example) before anything goes out",
        ),
        (
            '{ id = "internet-day", dates.2027 = "2027-02-09 unchecked" }',
            2027,
            "the date of Internet Day 2027 is entered without a source and may be another: "
            "ask its organiser before anything goes out",
        ),
    ],
)
def test_a_date_that_may_be_another_says_why_and_whom_to_ask(tmp_path: Path, day: str, year: int, expected: str | None):
    assert doubt_about(CALENDAR, occurrence_in(on(tmp_path, day), CALENDAR, year)) == expected
