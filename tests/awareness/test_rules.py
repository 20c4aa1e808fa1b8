"""Rules in words give the right date in every year from 1900 to 2100."""

from calendar import monthrange
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.awareness import parse_rule
from scheduler.awareness.rules import MONTHS, WEEKDAYS, EasterOffset, FixedDate, NearDate, NthWeekday, WholeMonth

YEARS = st.integers(1900, 2100)
WEEKDAY = st.sampled_from(WEEKDAYS)
MONTH = st.sampled_from(MONTHS)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("18 march", FixedDate(3, 18)),
        ("18 March", FixedDate(3, 18)),
        (" 1  jan ", FixedDate(1, 1)),
        ("2nd tuesday of february", NthWeekday(2, 1, 2)),
        ("first thu of mar", NthWeekday(1, 3, 3)),
        ("last saturday of june", NthWeekday(-1, 5, 6)),
        ("monday on or after 10 november", NearDate(0, 11, 10)),
        ("monday on or before 20 june", NearDate(0, 6, 20, before=True)),
        ("easter", EasterOffset(0)),
        ("easter - 21 days", EasterOffset(-21)),
        ("easter +1 day", EasterOffset(1)),
        ("easter – 21 days", EasterOffset(-21)),
        ("october", WholeMonth(10)),
    ],
)
def test_a_rule_is_read_from_words(text: str, expected: object):
    assert parse_rule(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("31 february", "February has no day 31; its last is 29"),
        ("31 april", "April has no day 31; its last is 30"),
        ("0 may", "May has no day 0"),
        ("29 february", "29 February is not in every year"),
        ("18 marhc", 'unknown month "marhc"; expected one of January'),
        ("18 ma", 'unknown month "ma"'),
        ("6th monday of may", 'no month has a "6th" of a weekday; expected "1st", "2nd", "3rd", "4th" or "last"'),
        ("5th monday of may", "a month does not always have a 5th of each weekday"),
        ("2nd tusday of may", 'unknown weekday "tusday"; expected one of Monday'),
        ("monday on or after 31 june", "June has no day 31"),
        ("easter - 200 days", "-200 days from Easter may fall into another year"),
        ("easter + 300 days", "300 days from Easter may fall into another year"),
        ("every other week", "no rule for a date"),
        ("", "no rule for a date"),
    ],
)
def test_a_rule_that_cannot_be_says_why(text: str, expected: str):
    with pytest.raises(ValueError, match="^" + expected.replace(";", ".")):
        parse_rule(text)


@given(year=YEARS, month=st.integers(1, 12), day=st.integers(1, 28))
def test_a_fixed_date_is_the_same_every_year(year: int, month: int, day: int):
    assert parse_rule(f"{day} {MONTHS[month - 1]}").start(year) == date(year, month, day)


@given(year=YEARS, nth=st.sampled_from(["1st", "2nd", "3rd", "4th", "last"]), weekday=WEEKDAY, month=MONTH)
def test_the_nth_weekday_is_the_nth_when_counted(year: int, nth: str, weekday: str, month: str):
    start = parse_rule(f"{nth} {weekday} of {month}").start(year)

    such_days = [day for day in _month(year, MONTHS.index(month) + 1) if day.weekday() == WEEKDAYS.index(weekday)]
    assert start == such_days[-1 if nth == "last" else int(nth[0]) - 1]


@given(year=YEARS, weekday=WEEKDAY, month=MONTH, day=st.integers(1, 28), side=st.sampled_from(["after", "before"]))
def test_a_weekday_near_a_date_is_less_than_a_week_from_it(year: int, weekday: str, month: str, day: int, side: str):
    start = parse_rule(f"{weekday} on or {side} {day} {month}").start(year)

    away = (start - date(year, MONTHS.index(month) + 1, day)).days
    assert start.weekday() == WEEKDAYS.index(weekday)
    assert away in (range(7) if side == "after" else range(-6, 1))


@given(year=YEARS, month=MONTH)
def test_a_month_lasts_from_its_first_day_to_its_last(year: int, month: str):
    rule = parse_rule(month)

    end = rule.start(year) + timedelta(days=rule.length(year) - 1)
    assert rule.start(year).day == 1
    assert (end + timedelta(days=1)).day == 1
    assert end.month == MONTHS.index(month) + 1


@given(year=YEARS)
def test_easter_is_the_sunday_after_the_paschal_full_moon(year: int):
    easter = parse_rule("easter").start(year)

    assert easter.weekday() == 6
    assert date(year, 3, 22) <= easter <= date(year, 4, 25)
    assert easter == _easter_of_gauss(year)


@given(year=YEARS, offset=st.integers(-80, 200))
def test_an_offset_from_easter_stays_in_its_year(year: int, offset: int):
    sign = "-" if offset < 0 else "+"

    start = parse_rule(f"easter {sign} {abs(offset)} days").start(year)

    assert start.year == year
    assert start - parse_rule("easter").start(year) == timedelta(days=offset)


def _month(year: int, month: int) -> list[date]:
    return [date(year, month, day) for day in range(1, monthrange(year, month)[1] + 1)]


def _easter_of_gauss(year: int) -> date:
    """Gauss's rule with the constants for 1900-2099, and its two exceptions; 2100 by its own constants."""
    m, n = (24, 5) if year < 2100 else (24, 6)
    a, b, c = year % 19, year % 4, year % 7
    d = (19 * a + m) % 30
    e = (2 * b + 4 * c + 6 * d + n) % 7
    if d + e < 10:
        return date(year, 3, 22 + d + e)
    day = d + e - 9
    if day == 26 or (day == 25 and d == 28 and e == 6 and a > 10):
        day -= 7
    return date(year, 4, day)
