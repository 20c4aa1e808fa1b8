"""The days of a year as JSON for programs and as a table for people."""

from datetime import date

from scheduler.awareness import Calendar, EnteredDate, days_json, days_lines, load_calendar
from tests.builders.awareness import make_day

CALENDAR = Calendar(
    [
        make_day("18 march", aliases=("Doors' Day",), nations=("UK",), hashtags=("Open{yy}",)),
        make_day(id="road-week", name="Road Week", dates={2027: EnteredDate(date(2027, 5, 31), date(2027, 6, 6))}),
        make_day(id="late-day", name="Late Day", hashtags=("Late{yyyy}",)),
    ]
)


def test_the_json_has_exactly_the_keys_that_are_promised():
    assert days_json(CALENDAR, 2027) == [
        {
            "id": "open-day",
            "name": "Open Day",
            "aliases": ["Doors' Day"],
            "start": "2027-03-18",
            "end": "2027-03-18",
            "status": "fixed",
            "nations": ["UK"],
            "hashtags": ["Open27"],
        },
        {
            "id": "road-week",
            "name": "Road Week",
            "aliases": [],
            "start": "2027-05-31",
            "end": "2027-06-06",
            "status": "confirmed",
            "nations": [],
            "hashtags": [],
        },
        {
            "id": "late-day",
            "name": "Late Day",
            "aliases": [],
            "start": None,
            "end": None,
            "status": "announced",
            "nations": [],
            "hashtags": ["Late2027"],
        },
    ]


def test_the_table_says_when_which_and_how_sure():
    assert list(days_lines(CALENDAR, 2027)) == [
        "2027             day         status     id",
        "Thu 18 Mar       Open Day    fixed      open-day",
        "31 May -  6 Jun  Road Week   confirmed  road-week",
        "not announced    Late Day    announced  late-day",
    ]


def test_no_line_is_wider_than_the_terminal():
    calendar = load_calendar()

    for width in (50, 80, 100, 160, 200):
        assert max(len(line) for line in days_lines(calendar, 2027, width)) <= width


def test_a_name_that_is_cut_says_so():
    lines = list(days_lines(load_calendar(), 2027, 60))

    assert any("…" in line for line in lines)
    assert not any("…" in line for line in days_lines(load_calendar(), 2027, 200))


def test_the_table_of_an_empty_calendar_is_its_heading():
    assert list(days_lines(Calendar([]), 2027)) == ["2027             day         status     id"]
