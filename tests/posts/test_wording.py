"""What is said of lengths of time, to people."""

from datetime import timedelta

import pytest

from scheduler.posts.wording import ago


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (timedelta(seconds=-30), "0 seconds"),
        (timedelta(seconds=1.9), "1 second"),
        (timedelta(seconds=119), "119 seconds"),
        (timedelta(minutes=2), "2 minutes"),
        (timedelta(minutes=119), "119 minutes"),
        (timedelta(hours=30), "30 hours"),
    ],
)
def test_a_length_of_time_is_said_in_the_unit_that_people_think_in(length: timedelta, said: str) -> None:
    assert ago(length) == said
