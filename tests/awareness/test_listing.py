"""Days as JSON for programs and as a table for people."""

from collections.abc import Iterable
from datetime import date

import pytest

from scheduler.awareness import AwarenessDay, Calendar, EnteredDate, days_json, days_lines, load_calendar
from scheduler.awareness.listing import away_words, dates_words
from tests.builders.awareness import make_day

TODAY = date(2027, 3, 15)
DOORS = make_day("18 march", aliases=("Doors' Day",), nations=("UK",), hashtags=("Open{yy}",))
ROAD = make_day(
    id="road-week",
    name="Road Week",
    former_names=("Tar Week",),
    names={"cy": "Wythnos y Ffyrdd"},
    dates={
        2026: EnteredDate(date(2026, 5, 4), date(2026, 5, 8)),
        2027: EnteredDate(date(2027, 5, 31), date(2027, 6, 6)),
    },
    organiser="Road Trust",
    url="https://road.example",
    themes={2027: "Slow Down"},
    topics=("roads",),
    sensitive=True,
    source="road.example",
    checked="2027-01",
    note="Ask them.",
)
LATE = make_day(
    id="late-day",
    name="Late Day",
    hashtags=("Late{yyyy}",),
    dates={2025: EnteredDate(date(2025, 3, 7), date(2025, 3, 7))},
)


def lines_of(days: Iterable[AwarenessDay], width: int = 80, year: int = 2027) -> list[str]:
    calendar = Calendar(days)
    return list(days_lines(calendar, calendar.in_year(year), str(year), TODAY, width, year))


def test_the_json_has_exactly_the_keys_that_are_promised():
    calendar = Calendar([DOORS, ROAD, LATE])

    doors, road, late = days_json(calendar, calendar.in_year(2027))

    assert road == {
        "id": "road-week",
        "name": "Road Week",
        "aliases": [],
        "former_names": ["Tar Week"],
        "names": {"cy": "Wythnos y Ffyrdd"},
        "nations": [],
        "organiser": "Road Trust",
        "url": "https://road.example",
        "hashtags": [],
        "topics": ["roads"],
        "sensitive": True,
        "rule": "announced every year",
        "source": "road.example",
        "checked": "2027-01",
        "note": "Ask them.",
        "year": 2027,
        "start": "2027-05-31",
        "end": "2027-06-06",
        "status": "confirmed",
        "kind": "week",
        "theme": "Slow Down",
    }
    assert list(doors) == list(late) == list(road)
    assert (doors["rule"], doors["hashtags"], doors["aliases"]) == ("18 March", ["Open27"], ["Doors' Day"])
    assert (late["start"], late["end"], late["status"], late["year"]) == (None, None, "announced", 2027)


def test_a_wide_table_has_a_line_for_each_day_and_those_not_announced_last_with_what_to_do():
    assert lines_of([LATE, DOORS, ROAD], width=100) == [
        "2027",
        "",
        "Thu 18 Mar              in 3 days      Open Day   fixed      open-day",
        "Mon 31 May - Sun 6 Jun  in 11 weeks  ! Road Week  confirmed  road-week",
        "",
        "Not announced yet, with the last date that is known:",
        "",
        "Fri 7 Mar 2025  2027: not known    Late Day    late-day",
        "",
        "! sensitive: about death, abuse or violence: no cheerful post",
        "Not announced: the organiser names the date every year; once it is known, write it into days.toml,",
        '  as in: [[day]] id = "late-day" and dates.2027 = "2027-MM-DD"',
    ]


def test_a_narrow_table_stacks_what_has_no_room_side_by_side():
    assert lines_of([DOORS, ROAD], width=60)[2:6] == [
        "Thu 18 Mar                Open Day",
        "in 3 days, fixed          open-day",
        "Mon 31 May - Sun 6 Jun  ! Road Week",
        "in 11 weeks, confirmed    road-week",
    ]


@pytest.mark.parametrize("width", [50, 60, 80, 100, 120, 160, 200])
def test_the_calendar_that_ships_fits_every_terminal_and_each_id_can_be_copied(width: int):
    calendar = load_calendar()
    days = calendar.in_year(2027)

    lines = list(days_lines(calendar, days, "2027", TODAY, width, 2027))

    assert max(map(len, lines)) <= width
    assert {each.day.id for each in days} <= {word for line in lines for word in line.split()}


def test_an_id_is_whole_even_where_the_terminal_is_narrower():
    day = make_day("18 march", id="-".join(["long"] * 20), name="Long Day")

    assert day.id in [line.strip() for line in lines_of([day], width=60)]


def test_a_name_without_a_letter_is_a_day_all_the_same():
    assert "open-day" in lines_of([make_day("18 march", name=" ")], width=30)[-1]


def test_a_list_without_days_is_its_heading():
    assert lines_of([]) == ["2027"]


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        ("2027-03-18", "2027-03-18", "Thu 18 Mar"),
        ("2027-05-10", "2027-05-16", "Mon 10 - Sun 16 May"),
        ("2027-11-25", "2027-12-10", "Thu 25 Nov - Fri 10 Dec"),
        ("2027-10-01", "2027-10-31", "October"),
        ("2028-02-01", "2028-02-29", "February 2028"),
        ("2027-10-01", "2027-10-30", "Fri 1 - Sat 30 Oct"),
        ("2028-01-04", "2028-01-04", "Tue 4 Jan 2028"),
        ("2027-12-20", "2028-01-03", "Mon 20 Dec 2027 - Mon 3 Jan 2028"),
    ],
)
def test_dates_are_written_with_weekdays_and_with_the_year_where_it_is_another_one(start: str, end: str, words: str):
    entered = EnteredDate(date.fromisoformat(start), date.fromisoformat(end))
    calendar = Calendar([make_day(dates={entered.start.year: entered})])

    assert dates_words(calendar.occurrence(calendar.days[0], entered.start.year), 2027) == words


@pytest.mark.parametrize(
    ("today", "words"),
    [
        ("2027-03-18", "now"),
        ("2027-03-20", "now"),
        ("2027-03-17", "tomorrow"),
        ("2027-03-16", "in 2 days"),
        ("2027-02-16", "in 30 days"),
        ("2027-02-15", "in 4 weeks"),
        ("2026-03-18", "in 12 months"),
        ("2024-03-18", "in 3 years"),
        ("2027-03-21", "1 day ago"),
    ],
)
def test_how_far_away_a_day_is(today: str, words: str):
    calendar = Calendar([make_day("18 march", days=3)])

    assert away_words(calendar.occurrence(calendar.days[0], 2027), date.fromisoformat(today)) == words
