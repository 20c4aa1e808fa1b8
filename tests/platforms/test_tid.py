"""Record keys carry a time, and sort by it."""

import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.platforms.tid import make_tid, microseconds_of, time_of_tid

# The form that https://atproto.com/specs/tid demands.
FORM = re.compile("[234567abcdefghij][234567abcdefghijklmnopqrstuvwxyz]{12}")
MICROSECONDS = st.integers(min_value=0, max_value=2**53 - 1)  # to the year 2255
CLOCKS = st.integers(min_value=0, max_value=1023)


@given(MICROSECONDS, CLOCKS)
def test_a_tid_gives_its_time_back(microseconds, clock):
    tid = make_tid(microseconds, clock)

    assert FORM.fullmatch(tid)
    assert microseconds_of(time_of_tid(tid)) == microseconds


@given(st.tuples(MICROSECONDS, CLOCKS), st.tuples(MICROSECONDS, CLOCKS))
def test_tids_sort_by_time_then_clock(first, second):
    assert (make_tid(*first) < make_tid(*second)) == (first < second)


def test_the_first_tid_and_the_one_that_the_specification_shows():
    assert make_tid(0, 0) == "2222222222222"
    assert microseconds_of(time_of_tid("3jzfcijpj2z2a")) == 1_688_137_381_887_007


def test_the_hour_is_the_same_in_every_time_zone():
    moment = datetime(2027, 3, 28, 9, 0, tzinfo=timezone(timedelta(hours=1)))

    assert time_of_tid(make_tid(microseconds_of(moment), 5)) == datetime(2027, 3, 28, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "campaign-42", "2222222222221", "z222222222222", "22222222222222"])
def test_what_is_no_tid_is_refused(text):
    with pytest.raises(ValueError, match="not a record key"):
        time_of_tid(text)
