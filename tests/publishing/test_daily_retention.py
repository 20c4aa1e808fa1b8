"""The daemon keeps to the policy by itself, through the one writer, and not by a clock that cannot be right."""

import asyncio
import logging
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from scheduler.posts.book import Book
from scheduler.posts.writer import Writer
from scheduler.publishing.daily_retention import DAY, DailyRetention
from scheduler.tomlfile import parse_period
from tests.builders.posts import NOON, make_post, posts_in
from tests.builders.publishing import HeldClock


async def _three_days(book: Book, now: datetime) -> list[float]:
    """Lets each day pass at once; returns for how long it would have waited each time."""
    waited: list[float] = []
    stop, writer = asyncio.Event(), Writer(book)

    async def pause(seconds: float) -> None:
        waited.append(seconds)
        if len(waited) == 3:
            stop.set()

    running: Any = SimpleNamespace(book=book, writer=writer, clock=HeldClock(now), stop=stop, pause=pause)
    await DailyRetention(parse_period("7 years"), first_after=1.0)(running)
    writer.close()
    return waited


async def test_what_is_too_old_goes_and_the_rest_stays(book: Book) -> None:
    make_post(book, slot="old")
    make_post(book, slot="young", scheduled_at=NOON + timedelta(days=300))
    with book.writing() as connection:
        connection.exec_driver_sql("UPDATE posts SET status = 'published'")
        connection.exec_driver_sql(
            "INSERT INTO audit (at, who, what) VALUES ('2034-05-01T00:00:00+00:00', 'kim', 'hold')"
        )

    waited = await _three_days(book, datetime.fromisoformat("2034-06-01T00:00:00+00:00"))

    assert [post.slot for post in posts_in(book)] == ["young"]
    assert waited == [1.0, DAY, DAY]


async def test_a_clock_that_leapt_over_years_removes_nothing_by_itself(
    book: Book, caplog: pytest.LogCaptureFixture
) -> None:
    make_post(book)
    with book.writing() as connection:
        connection.exec_driver_sql("UPDATE posts SET status = 'published'")

    with caplog.at_level(logging.WARNING, "redletter.retention"):
        await _three_days(book, datetime.fromisoformat("2044-01-01T00:00:00+00:00"))

    assert len(posts_in(book)) == 1
    assert "if the clock is right, say redletter retention --remove" in caplog.text
