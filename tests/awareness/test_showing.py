"""All that is known of one day, as lines and as JSON."""

from datetime import date

import pytest

from scheduler.awareness import Calendar, EnteredDate
from scheduler.awareness.reading import own_keys
from scheduler.awareness.showing import show_json, show_lines
from tests.builders.awareness import make_day, own_calendar

TODAY = date(2027, 3, 15)
ALL = """\
[[day]]
id = "road-week"
name = "Road Week"
aliases = ["Tarmac Week"]
former_names = ["Tar Week"]
names.cy = "Wythnos y Ffyrdd"
rule = "1 june"
days = 7
first_year = 2015
changed.2024 = { rule = "1st monday of june", hashtags = ["Roads{yy}"] }
dates.2028 = "2028-06-06..2028-06-08"
dates.2029 = "did not take place"
nations = ["UK", "Ireland"]
organiser = "Road Trust"
url = "https://road.example"
themes.2028 = "Slow Down"
topics = ["roads"]
sensitive = true
source = "road.example"
checked = "2027-01"
note = "Ask them."
"""


@pytest.fixture
def calendar(tmp_path) -> Calendar:
    return own_calendar(tmp_path, ALL)


def test_all_that_is_known_is_shown(calendar: Calendar):
    lines = list(show_lines(calendar, calendar.find("road-week"), TODAY, 80, ["rule", "dates.2028"]))

    assert lines == [
        "Road Week",
        "road-week",
        "! sensitive: about death, abuse or violence: no cheerful post",
        "",
        "also        Tarmac Week",
        "formerly    Tar Week",
        "Welsh       Wythnos y Ffyrdd",
        "date        1 June, for 7 days, 2015 to 2023",
        "            the first Monday of June, for 7 days (a rule that may have",
        "            exceptions), since 2024",
        "held in     UK, Ireland",
        "held by     Road Trust",
        "address     https://road.example",
        "topics      roads",
        "source      road.example; checked 2027-01",
        "note        Ask them.",
        "days.toml   your own gives rule, dates.2028",
        "",
        "2027  Mon 7 - Sun 13 Jun   computed   7 days   #Roads27",
        "2028  Tue 6 - Thu 8 Jun    confirmed  3 days   #Roads28  “Slow Down”",
        "2029  does not take place",
        "2030  Mon 3 - Sun 9 Jun    computed   7 days   #Roads30",
        "2031  Mon 2 - Sun 8 Jun    computed   7 days   #Roads31",
    ]


@pytest.mark.parametrize("width", [50, 60, 120])
def test_no_line_is_wider_than_the_terminal(calendar: Calendar, width: int):
    lines = show_lines(calendar, calendar.find("road-week"), TODAY, width)

    assert max(map(len, lines)) <= width


def test_the_years_begin_with_the_one_that_is_not_over():
    calendar = Calendar([make_day("14 march"), make_day("15 march", id="now", name="Now")])

    over, now = ([line[:4] for line in show_lines(calendar, day, TODAY)][-5:] for day in calendar.days)

    assert over == ["2028", "2029", "2030", "2031", "2032"]
    assert now == ["2027", "2028", "2029", "2030", "2031"]


def test_of_a_day_not_announced_the_last_date_is_shown_and_what_to_do():
    dates = {2025: EnteredDate(date(2025, 4, 7), date(2025, 4, 11))}
    calendar = Calendar([make_day(dates=dates)])

    lines = list(show_lines(calendar, calendar.days[0], TODAY))

    assert "2027  not announced yet" in lines
    assert " ".join(lines[-3:]).endswith(
        "The last date that is known: Mon 7 - Fri 11 Apr 2025. The next: once it is known, write it into days.toml, as in: "
        '[[day]] id = "open-day" and dates.2027 = "2027-MM-DD..2027-MM-DD"'
    )


def test_before_its_first_and_after_its_last_year_there_is_none():
    calendar = Calendar([make_day("18 march", first_year=2028, last_year=2029)])

    lines = list(show_lines(calendar, calendar.days[0], TODAY))

    assert lines[-5:] == [
        "2027  not held yet",
        "2028  Sat 18 Mar    fixed      1 day",
        "2029  Sun 18 Mar    fixed      1 day",
        "2030  held no more",
        "2031  held no more",
    ]
    assert "date        18 March, 2028 to 2029" in lines


def test_a_day_without_a_source_says_so():
    calendar = Calendar([make_day("18 march")])

    assert "source      none: unchecked" in list(show_lines(calendar, calendar.days[0], TODAY))


def test_the_json_has_all_of_it_too(calendar: Calendar):
    shown = show_json(calendar, calendar.find("road-week"), TODAY, ["rule"])

    assert list(shown) == [
        "id",
        "name",
        "aliases",
        "former_names",
        "names",
        "nations",
        "organiser",
        "url",
        "hashtags",
        "topics",
        "sensitive",
        "rule",
        "source",
        "checked",
        "note",
        "first_year",
        "last_year",
        "changed",
        "own_keys",
        "years",
    ]
    assert shown["rule"] == "the first Monday of June"
    assert shown["changed"] == [
        {"from": 2024, "rule": "the first Monday of June", "days": 7, "hashtags": ["Roads24"]},
    ]
    assert shown["own_keys"] == ["rule"]
    assert [year["status"] for year in shown["years"]] == ["computed", "confirmed", None, "computed", "computed"]
    assert shown["years"][1] == {
        "year": 2028,
        "start": "2028-06-06",
        "end": "2028-06-08",
        "status": "confirmed",
        "kind": "week",
        "theme": "Slow Down",
        "hashtags": ["Roads28"],
    }
    assert list(shown["years"][2]) == list(shown["years"][1])


def test_the_keys_of_ones_own_file_are_told_apart(tmp_path):
    own_calendar(tmp_path, '[[day]]\nid = "white-ribbon-day"\ndates.2027 = "2027-11-24"\nsource = "Them"\n')

    assert own_keys(tmp_path / "days.toml", "white-ribbon-day") == ["dates.2027", "source"]
    assert own_keys(tmp_path / "days.toml", "anti-slavery-day") == []
    assert own_keys(tmp_path / "none.toml", "anti-slavery-day") == []
