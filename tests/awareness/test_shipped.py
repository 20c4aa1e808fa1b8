"""The calendar that ships: its dates are those that sources state, and every day says where it comes from."""

import re
from datetime import date

import pytest

from scheduler.awareness import Calendar, DateStatus, Occurrence, load_calendar


@pytest.fixture(scope="module")
def calendar() -> Calendar:
    return load_calendar()


def test_at_least_a_hundred_days_ship(calendar: Calendar):
    assert len(calendar.days) >= 100


@pytest.mark.parametrize(
    "name",
    [
        "child-exploitation-awareness-day",
        "National CSE Awareness Day",
        "national child sexual exploitation awareness day",
        "National Child Exploitation Awareness Day",
        "Child Exploitation Awareness Day",
        "CEA Day",
        "cse day",
    ],
)
def test_child_exploitation_awareness_day_is_found_by_its_old_and_new_names(calendar: Calendar, name: str):
    occurrence = calendar.occurrence(calendar.find(name), 2027)

    assert occurrence.day.id == "child-exploitation-awareness-day"
    assert (occurrence.start, occurrence.end) == (date(2027, 3, 18), date(2027, 3, 18))
    assert occurrence.status is DateStatus.FIXED
    assert "CEADay27" in occurrence.hashtags


# One line for each occurrence whose date a source states; never one that was computed.
STATED = [
    ("national cse awareness day", "2015-03-18", "2015-03-18"),
    ("national cse awareness day", "2018-03-18", "2018-03-18"),
    ("national cse awareness day", "2025-03-18", "2025-03-18"),
    ("safer-internet-day", "2022-02-08", "2022-02-08"),
    ("safer-internet-day", "2024-02-06", "2024-02-06"),
    ("time-to-talk-day", "2022-02-03", "2022-02-03"),
    ("time-to-talk-day", "2023-02-02", "2023-02-02"),
    ("time-to-talk-day", "2025-02-06", "2025-02-06"),
    ("childrens-mental-health-week", "2024-02-05", "2024-02-11"),
    ("childrens-mental-health-week", "2026-02-09", "2026-02-15"),
    ("sexual-abuse-and-sexual-violence-awareness-week", "2016-02-01", "2016-02-07"),
    ("sexual-abuse-and-sexual-violence-awareness-week", "2017-02-06", "2017-02-12"),
    ("sexual-abuse-and-sexual-violence-awareness-week", "2024-02-05", "2024-02-11"),
    ("national-apprenticeship-week", "2018-03-05", "2018-03-09"),
    ("national-apprenticeship-week", "2020-02-03", "2020-02-07"),
    ("national-apprenticeship-week", "2021-02-08", "2021-02-14"),
    ("world-book-day", "2018-03-01", "2018-03-01"),
    ("world-book-day", "2021-03-04", "2021-03-04"),
    ("no-smoking-day", "2021-03-10", "2021-03-10"),
    ("no-smoking-day", "2023-03-08", "2023-03-08"),
    ("mothering-sunday", "2021-03-14", "2021-03-14"),
    ("stalking awareness week", "2017-04-24", "2017-04-28"),
    ("stalking awareness week", "2025-04-07", "2025-04-11"),
    ("mental-health-awareness-week", "2018-05-14", "2018-05-20"),
    ("mental-health-awareness-week", "2019-05-13", "2019-05-19"),
    ("mental-health-awareness-week", "2020-05-18", "2020-05-24"),
    ("mental-health-awareness-week", "2024-05-13", "2024-05-19"),
    ("mental-health-awareness-week", "2025-05-12", "2025-05-18"),
    ("dementia-action-week", "2025-05-19", "2025-05-25"),
    ("volunteers-week", "2025-06-02", "2025-06-08"),
    ("carers-week", "2024-06-10", "2024-06-16"),
    ("refugee-week", "2013-06-17", "2013-06-23"),
    ("armed-forces-day", "2022-06-25", "2022-06-25"),
    ("asb-awareness-week", "2022-07-18", "2022-07-22"),
    ("hate crime awareness week", "2015-10-10", "2015-10-17"),
    ("hate crime awareness week", "2016-10-08", "2016-10-15"),
    ("hate crime awareness week", "2019-10-12", "2019-10-19"),
    ("hate crime awareness week", "2023-10-14", "2023-10-21"),
    ("national-stress-awareness-day", "2022-11-02", "2022-11-02"),
    ("national-personal-safety-day", "2024-11-05", "2024-11-05"),
    ("road-safety-week", "2022-11-14", "2022-11-20"),
    ("road-safety-week", "2023-11-19", "2023-11-25"),
    ("safeguarding-adults-week", "2019-11-18", "2019-11-24"),
    ("safeguarding-adults-week", "2024-11-18", "2024-11-22"),
    ("16-days-of-activism", "2024-11-25", "2024-12-10"),
    ("giving-tuesday", "2020-12-01", "2020-12-01"),
]


@pytest.mark.parametrize(("name", "start", "end"), STATED)
def test_a_date_is_the_one_that_a_source_states(calendar: Calendar, name: str, start: str, end: str):
    occurrence = calendar.occurrence(calendar.find(name), int(start[:4]))

    assert (occurrence.start.isoformat(), occurrence.end.isoformat()) == (start, end)


@pytest.mark.parametrize("year", [2018, 2019, 2020, 2021, 2022, 2024, 2025])
def test_the_rule_of_anti_bullying_week_fits_the_mondays_that_sources_state(calendar: Calendar, year: int):
    mondays = {2018: 12, 2019: 11, 2020: 16, 2021: 15, 2022: 14, 2024: 11, 2025: 10}

    assert calendar.occurrence(calendar.find("anti-bullying-week"), year).start == date(year, 11, mondays[year])


def test_entered_dates_that_follow_a_rule_agree_with_it(calendar: Calendar):
    """Only where organisers broke their own rule do both differ, and each such year is known."""
    broken = [
        (day.id, year)
        for day in calendar.days
        for year, entered in day.dates.items()
        if (rule := day.terms_in(year).rule) and entered and rule.start(year) != entered.start
    ]

    assert broken == [("mental-health-awareness-week", 2020)]


def test_every_day_has_a_source_or_says_that_it_is_unchecked(calendar: Calendar):
    for day in calendar.days:
        checked = day.source and re.fullmatch(r"20\d\d-\d\d", day.checked or "")
        assert checked or (day.note or "").startswith("unchecked"), day.id


def test_a_confirmed_date_has_a_source(calendar: Calendar):
    for day in calendar.days:
        if any(entered and entered.checked for entered in day.dates.values()):
            assert day.source, day.id


def test_a_day_has_a_rule_or_at_least_one_date(calendar: Calendar):
    assert all(day.terms.rule or day.dates for day in calendar.days)


def test_every_day_can_be_dated_or_is_unannounced_in_every_year(calendar: Calendar):
    for year in range(1900, 2101):
        for each in calendar.in_year(year):
            if isinstance(each, Occurrence):
                assert each.start.year == year
                assert each.start <= each.end


def test_hashtags_are_words_without_a_hash(calendar: Calendar):
    for day in calendar.days:
        assert all(re.fullmatch(r"\w+", hashtag) for hashtag in day.hashtags_in(2027)), day.id
