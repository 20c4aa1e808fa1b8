"""An hour on the wall becomes a moment in UTC, right at both clock changes and on any machine."""

import os
import subprocess
import sys
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.campaigns.when import Each, When, at, parse_slot_when, parse_time, parse_when

LONDON = ZoneInfo("Europe/London")
ZONES = ["Europe/London", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia", "UTC"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("09:00", When(0, time(9))),
        ("-7d 10:00", When(-7, time(10))),
        ("+1d 12:00", When(1, time(12))),
        ("00:00", When(0, time(0))),
        ("23:59", When(0, time(23, 59))),
        (" +14d  08:30 ", When(14, time(8, 30))),
        ("−7d 10:00", When(-7, time(10))),  # the minus sign of a word processor
    ],
)
def test_an_hour_is_read(text: str, expected: When):
    assert parse_when(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "9:00",
        "9am",
        "24:00",
        "09:60",
        "09.00",
        "7d 10:00",
        "-7 10:00",
        "-7d",
        "09:00 -7d",
        "-7d10:00",
        "٠٩:٠٠",
        "09:00:00",
    ],
)
def test_what_is_no_hour_says_what_was_expected(text: str):
    with pytest.raises(ValueError, match="expected an hour"):
        parse_when(text)


@pytest.mark.parametrize(
    ("text", "weekdays", "written"),
    [
        ("each day 10:00", range(7), "each day 10:00"),
        ("Each  Weekday 09:00", range(5), "each weekday 09:00"),
        ("on each weekday of the week at 09:00", range(5), "each weekday 09:00"),
        ("each monday 09:00", [0], "each monday 09:00"),
        ("each fri and mon 09:00", [0, 4], "each monday and friday 09:00"),
        ("each sunday, tuesday, and saturday 09:00", [1, 5, 6], "each tuesday, saturday and sunday 09:00"),
        ("each monday,tuesday 09:00", [0, 1], "each monday and tuesday 09:00"),
    ],
)
def test_the_days_of_a_span_are_read(text: str, weekdays: Iterable[int], written: str):
    each = parse_slot_when(text)

    assert isinstance(each, Each)
    assert each.weekdays == frozenset(weekdays)
    assert str(each) == written
    assert parse_slot_when(written) == each


def test_a_slot_of_one_day_is_read_as_ever():
    assert parse_slot_when("-7d 10:00") == When(-7, time(10))


@pytest.mark.parametrize("text", ["", "24:00", "17", "5pm", "17:5"])
def test_what_is_no_time_of_day_says_what_was_expected(text: str):
    with pytest.raises(ValueError, match=r'expected an hour from "00:00" to "23:59", found'):
        parse_time(text)


@given(days=st.integers(-999, 999), hour=st.times().map(lambda it: it.replace(second=0, microsecond=0)))
def test_an_hour_is_written_as_it_is_read(days: int, hour: time):
    when = When(days, hour)

    assert parse_when(str(when)) == when


@pytest.mark.parametrize(
    ("day", "when", "expected"),
    [
        pytest.param(date(2027, 3, 18), "09:00", datetime(2027, 3, 18, 9, tzinfo=UTC), id="winter"),
        pytest.param(date(2027, 7, 1), "09:00", datetime(2027, 7, 1, 8, tzinfo=UTC), id="summer"),
        pytest.param(date(2027, 3, 18), "-7d 10:00", datetime(2027, 3, 11, 10, tzinfo=UTC), id="a week before"),
        pytest.param(
            date(2027, 3, 27), "+1d 12:00", datetime(2027, 3, 28, 11, tzinfo=UTC), id="over the change: 12 on the wall"
        ),
        pytest.param(date(2027, 1, 1), "-1d 23:59", datetime(2026, 12, 31, 23, 59, tzinfo=UTC), id="over the year"),
    ],
)
def test_wall_time_becomes_utc(day: date, when: str, expected: datetime):
    moment, note = at(day, parse_when(when), LONDON)

    assert (moment, note) == (expected, None)
    assert moment.tzinfo is UTC


def test_a_time_that_the_clocks_skip_moves_forward_and_says_so():
    moment, note = at(date(2026, 3, 29), parse_when("01:30"), LONDON)

    assert moment == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert note == "the clocks go forward: there is no 01:30 on 29 March 2026; moved to 02:30"


def test_a_time_moves_by_as_much_as_the_clocks_skip():
    moment, note = at(date(2026, 10, 4), parse_when("02:10"), ZoneInfo("Australia/Lord_Howe"))

    assert moment.astimezone(ZoneInfo("Australia/Lord_Howe")).time() == time(2, 40)
    assert note is not None
    assert "moved to 02:40" in note


def test_a_time_that_comes_twice_means_the_first_and_says_so():
    moment, note = at(date(2026, 10, 25), parse_when("01:30"), LONDON)

    assert moment == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert note == "the clocks go back: 01:30 comes twice on 25 October 2026; the first is meant"


@pytest.mark.parametrize("hour", ["00:59", "02:00"])
def test_the_edges_of_the_skipped_hour_exist(hour: str):
    assert at(date(2026, 3, 29), parse_when(hour), LONDON)[1] is None


@pytest.mark.parametrize("hour", ["00:59", "02:00"])
def test_the_edges_of_the_repeated_hour_come_once(hour: str):
    assert at(date(2026, 10, 25), parse_when(hour), LONDON)[1] is None


@given(
    day=st.dates(date(2020, 1, 2), date(2037, 1, 1)),
    days=st.integers(-30, 30),
    hour=st.integers(0, 23),
    minute=st.integers(0, 59),
    zone=st.sampled_from(ZONES),
)
def test_the_wall_shows_the_hour_unless_the_note_says_otherwise(
    day: date, days: int, hour: int, minute: int, zone: str
):
    when = When(days, time(hour, minute))

    moment, note = at(day, when, ZoneInfo(zone))

    wall = datetime.combine(day + timedelta(days=days), when.time)
    shown = moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    if note is None or "twice" in note:
        assert shown == wall
    else:
        assert shown > wall
        assert f"moved to {shown:%H:%M}" in note


@pytest.mark.parametrize("machine", ["UTC", "America/New_York", "Asia/Tokyo", "Europe/London", ""])
def test_the_time_zone_of_the_machine_does_not_matter(machine: str):
    code = (
        "from datetime import date; from zoneinfo import ZoneInfo; from scheduler.campaigns.when import at, parse_when\n"
        "for day in (date(2026, 3, 29), date(2026, 7, 1), date(2026, 10, 25)):\n"
        "    print(at(day, parse_when('01:30'), ZoneInfo('Europe/London'))[0].isoformat())"
    )

    done = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | {"TZ": machine}, capture_output=True, text=True, check=True
    )

    assert done.stdout.split() == [
        "2026-03-29T01:30:00+00:00",
        "2026-07-01T00:30:00+00:00",
        "2026-10-25T00:30:00+00:00",
    ]
