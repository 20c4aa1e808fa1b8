"""The daemon keeps to the policy by itself, through the one writer, and not by a clock that cannot be right."""

import asyncio
import logging
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from scheduler.posts.book import Book
from scheduler.posts.queue import sweep_late
from scheduler.posts.retention import LEAP, steady_since
from scheduler.posts.tables import Daemon
from scheduler.posts.writer import Writer
from scheduler.publishing.daily_retention import DAY, DailyRetention
from scheduler.tomlfile import parse_period
from tests.builders.posts import NOON, make_post, posts_in
from tests.builders.publishing import HeldClock

KEEP = parse_period("7 years")
YEARS_LATER = datetime.fromisoformat("2034-06-01T00:00:00+00:00")
LEAPT = datetime.fromisoformat("2044-01-01T00:00:00+00:00")


async def _days(book: Book, clock: HeldClock, number: int = 3, *, alive: datetime | None = None) -> list[float]:
    """Runs for so many pauses, each of which passes at once; returns how long they were.

    alive: when the daemon before was last alive; None when there was none.
    """
    waited: list[float] = []
    stop, writer = asyncio.Event(), Writer(book)

    async def pause(seconds: float) -> None:
        clock.advance(timedelta(seconds=seconds))
        waited.append(seconds)
        if len(waited) == number:
            stop.set()

    before = alive and Daemon(name="one", started_at=alive, turned_at=alive)
    running: Any = SimpleNamespace(book=book, writer=writer, clock=clock, stop=stop, pause=pause, before=before)
    await DailyRetention(KEEP, first_after=1.0)(running)
    writer.close()
    return waited


def _published(book: Book, **of_draft: Any) -> None:
    post = make_post(book, **of_draft)
    with book.writing() as connection:
        connection.exec_driver_sql("UPDATE posts SET status = 'published' WHERE id = ?", (post.id,))


def _slots(book: Book) -> list[str]:
    return [post.slot for post in posts_in(book)]


async def test_what_is_too_old_goes_and_the_rest_stays(book: Book) -> None:
    _published(book, slot="old")
    _published(book, slot="young", scheduled_at=NOON + timedelta(days=300))
    with book.writing() as connection:
        steady_since(connection, None, YEARS_LATER - LEAP)

    waited = await _days(book, HeldClock(YEARS_LATER), alive=YEARS_LATER - timedelta(days=3))

    assert _slots(book) == ["young"]
    assert waited == [1.0, DAY, DAY]


@pytest.mark.parametrize(
    "alive", [None, NOON, LEAPT + timedelta(days=400)], ids=["never", "years ago", "in the future"]
)
async def test_after_a_leap_of_the_clock_nothing_is_removed_by_itself(
    book: Book, alive: datetime | None, caplog: pytest.LogCaptureFixture
) -> None:
    _published(book, slot="old")
    make_post(book, slot="next", scheduled_at=NOON + timedelta(days=30))
    with book.writing() as connection:
        steady_since(connection, None, NOON - timedelta(days=30))
        sweep_late(connection, LEAPT)  # the audit trail has entries of the new time before anybody looks

    with caplog.at_level(logging.WARNING, "redletter.retention"):
        await _days(book, HeldClock(LEAPT), alive=alive)

    assert _slots(book) == ["old", "next"]
    assert "if the clock is right, say redletter retention --remove" in caplog.text


async def test_nor_by_the_next_daemon_until_the_clock_has_gone_on_for_days(book: Book) -> None:
    _published(book)
    clock = HeldClock(LEAPT)

    await _days(book, clock, alive=NOON)
    await _days(book, clock, 3, alive=clock.now())
    after_four_days = _slots(book)
    await _days(book, clock, 6, alive=clock.now())

    assert (after_four_days, _slots(book)) == (["on-the-day"], [])


async def test_nor_when_it_stops_before_its_first_look(book: Book) -> None:
    _published(book)
    with book.writing() as connection:
        steady_since(connection, None, NOON)

    await _days(book, HeldClock(LEAPT), 1, alive=NOON)
    await _days(book, HeldClock(LEAPT), alive=LEAPT)

    assert _slots(book) == ["on-the-day"]


async def test_a_clock_that_leaps_while_it_runs_is_not_believed_either(book: Book) -> None:
    _published(book)
    clock = LeapingClock(NOON + timedelta(days=30), leaps_to=LEAPT, after=timedelta(days=2))
    with book.writing() as connection:
        steady_since(connection, None, NOON)

    await _days(book, clock, 6, alive=clock.now())

    assert clock.now() > LEAPT
    assert _slots(book) == ["on-the-day"]


class LeapingClock(HeldClock):
    """Leaps once, when so much time has passed."""

    def __init__(self, now: datetime, *, leaps_to: datetime, after: timedelta) -> None:
        super().__init__(now)
        self._leaps_to, self._leaps_at = leaps_to, now + after

    def advance(self, by: timedelta) -> None:
        super().advance(by)
        if self._leaps_at <= self.moment < self._leaps_to:
            self.moment = self._leaps_to
