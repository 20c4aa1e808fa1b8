"""Lengths of time as people write them."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.tomlfile import parse_duration, parse_period


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("30s", timedelta(seconds=30)),
        ("90m", timedelta(minutes=90)),
        ("2h", timedelta(hours=2)),
        ("1d", timedelta(days=1)),
        ("1d 12h", timedelta(hours=36)),
        (" 1h30m ", timedelta(minutes=90)),
    ],
)
def test_a_length_of_time_is_read(text: str, expected: timedelta):
    assert parse_duration(text) == expected


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "nothing"),
        ("2", "no unit"),
        ("2 hours", "a word for the unit"),
        ("-2h", "below zero"),
        ("0h", "zero"),
        ("1.5h", "a fraction"),
        ("30m 1h", "small before large"),
        ("٢h", "digits that are not ours"),
        ("99999999d", "more than a calendar holds"),
    ],
)
def test_what_is_no_length_of_time_says_what_was_expected(text: str, reason: str):
    with pytest.raises(ValueError, match="expected a length of time"):
        parse_duration(text)


@given(days=st.integers(0, 400), hours=st.integers(0, 99), minutes=st.integers(0, 999), seconds=st.integers(1, 9999))
def test_the_parts_of_a_length_add_up(days: int, hours: int, minutes: int, seconds: int):
    length = parse_duration(f"{days}d {hours}h {minutes}m {seconds}s")

    assert length == timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


@pytest.mark.parametrize(
    ("text", "moment", "before"),
    [
        ("7 years", datetime(2034, 3, 18, 12, tzinfo=UTC), datetime(2027, 3, 18, 12, tzinfo=UTC)),
        ("1 year", datetime(2028, 2, 29, tzinfo=UTC), datetime(2027, 2, 28, tzinfo=UTC)),
        ("18 months", datetime(2028, 8, 31, tzinfo=UTC), datetime(2027, 2, 28, tzinfo=UTC)),
        ("90days", datetime(2027, 3, 31, tzinfo=UTC), datetime(2026, 12, 31, tzinfo=UTC)),
    ],
)
def test_a_length_of_the_calendar_is_read(text: str, moment: datetime, before: datetime):
    assert parse_period(text).before(moment) == before


@pytest.mark.parametrize("text", ["7 years", "1 year", "18 months", "90 days"])
def test_a_length_of_the_calendar_is_said_as_it_was_written(text: str):
    assert str(parse_period(text)) == text


@pytest.mark.parametrize("text", ["", "7", "7y", "0 years", "-1 day", "1.5 years", "101 years", "1 year 6 months"])
def test_what_is_no_length_of_the_calendar_says_what_was_expected(text: str):
    with pytest.raises(ValueError, match="expected"):
        parse_period(text)
