"""The posts table as APScheduler sees it."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from sqlite3 import connect

import pytest
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from scheduler.posts.book import Book
from scheduler.publishing.clock import FastClock
from scheduler.publishing.job_store import PUBLISH_DUE, PostsJobStore
from scheduler.publishing.publisher import Publisher
from tests.builders.posts import NOON, make_post, posts_in
from tests.builders.publishing import FakeAdapter, HeldClock


@pytest.fixture
async def scheduler(publisher: Publisher, book: Book, clock: HeldClock) -> AsyncIterator[AsyncIOScheduler]:
    scheduler = AsyncIOScheduler(timezone=UTC)
    scheduler.add_jobstore(PostsJobStore(publisher, book, clock), "posts")
    publisher._on_idle = scheduler.wakeup
    scheduler.start()
    yield scheduler
    scheduler.shutdown(wait=False)
    await asyncio.sleep(0)


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.005)


async def test_apscheduler_publishes_what_is_due_and_then_what_comes_due(
    scheduler: AsyncIOScheduler, book: Book, adapter: FakeAdapter, clock: HeldClock
) -> None:
    make_post(book, "first", slot="first")
    make_post(book, "second", slot="second", scheduled_at=NOON + timedelta(milliseconds=50))
    scheduler.wakeup()
    await _until(lambda: len(adapter.sent) == 1)
    clock.advance(timedelta(milliseconds=50))

    await _until(lambda: [post.status for post in posts_in(book)] == ["published", "published"])

    assert [payload.body["text"] for payload in adapter.sent] == ["first", "second"]


async def test_every_queued_post_is_a_job_that_can_be_looked_up(scheduler: AsyncIOScheduler, book: Book) -> None:
    post = make_post(book, scheduled_at=NOON + timedelta(hours=1))

    (job,) = scheduler.get_jobs("posts")

    assert (job.id, job.next_run_time) == (f"post-{post.id}", NOON + timedelta(hours=1))
    assert scheduler.get_job(f"post-{post.id}", "posts") is not None
    assert scheduler.get_job("post-99", "posts") is None


async def test_the_store_never_raises_when_the_book_is_broken(
    publisher: Publisher, book: Book, clock: HeldClock, caplog: pytest.LogCaptureFixture
) -> None:
    store = PostsJobStore(publisher, book, clock)
    with closing(connect(book.path)) as raw:
        raw.execute("ALTER TABLE posts RENAME TO lost")

    with caplog.at_level(logging.ERROR):
        wake = store.get_next_run_time()
        due, jobs = store.get_due_jobs(NOON), store.get_all_jobs()

    assert (due, jobs) == ([], [])
    assert wake is not None
    assert wake > datetime.now(UTC)
    assert "not a book of this version" in (publisher.trouble or "")


async def test_one_wake_asks_the_book_once(
    publisher: Publisher, book: Book, clock: HeldClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_post(book, scheduled_at=NOON + timedelta(hours=1))
    store, asked, ask = PostsJobStore(publisher, book, clock), [], publisher.next_wake

    def count_questions() -> datetime | None:
        asked.append(clock.now())
        return ask()

    monkeypatch.setattr(publisher, "next_wake", count_questions)

    for _ in range(3):
        due, wake = store.get_due_jobs(NOON), store.get_next_run_time()

    assert (due, wake is not None) == ([], True)
    assert len(asked) == 3


async def test_nothing_is_due_for_apscheduler_while_a_drain_is_under_way(
    publisher: Publisher, book: Book, clock: HeldClock
) -> None:
    make_post(book)
    store = PostsJobStore(publisher, book, clock)
    store.start(AsyncIOScheduler(timezone=UTC), "posts")

    handed_out = [job.id for job in store.get_due_jobs(NOON)]
    again, wake = store.get_due_jobs(NOON), store.get_next_run_time()

    assert handed_out == [PUBLISH_DUE]
    assert (again, wake) == ([], None)


async def test_the_moment_that_was_foreseen_is_believed_once_without_asking_the_book_again(
    publisher: Publisher, book: Book, clock: HeldClock
) -> None:
    make_post(book, scheduled_at=NOON + timedelta(hours=1))
    store = PostsJobStore(publisher, book, clock)
    store.start(AsyncIOScheduler(timezone=UTC), "posts")
    store.get_next_run_time()
    before = store.get_due_jobs(NOON)
    store.get_next_run_time()
    clock.advance(timedelta(hours=1))
    with closing(connect(book.path)) as raw:
        raw.execute("UPDATE posts SET status = 'cancelled'")
        raw.commit()

    handed_out = [job.id for job in store.get_due_jobs(NOON)]
    await publisher.publish_due()
    again = store.get_due_jobs(NOON)

    assert (before, handed_out, again) == ([], [PUBLISH_DUE], [])
    assert publisher.trouble is None


async def test_apscheduler_is_woken_a_moment_early_and_nothing_goes_out_before_its_hour(
    publisher: Publisher, book: Book, adapter: FakeAdapter, clock: HeldClock
) -> None:
    make_post(book, scheduled_at=NOON + timedelta(milliseconds=1))
    store = PostsJobStore(publisher, book, clock)
    store.start(AsyncIOScheduler(timezone=UTC), "posts")

    handed_out = [job.id for job in store.get_due_jobs(NOON)]
    await publisher.publish_due()
    sent_early = len(adapter.sent)
    clock.advance(timedelta(milliseconds=1))
    await publisher.publish_due()

    assert (handed_out, sent_early, len(adapter.sent)) == ([PUBLISH_DUE], 0, 1)


async def test_a_fast_clock_is_told_to_apscheduler_in_real_time(book: Book, publisher: Publisher) -> None:
    make_post(book, scheduled_at=NOON + timedelta(hours=1))
    clock = FastClock(NOON, speed=36_000)
    publisher._clock = clock
    store = PostsJobStore(publisher, book, clock)

    wake = store.get_next_run_time()

    assert wake is not None
    assert wake - datetime.now(UTC) <= timedelta(seconds=0.26)
    assert clock.now() > NOON + timedelta(seconds=3600 - 36_000 / 4 - 1)
