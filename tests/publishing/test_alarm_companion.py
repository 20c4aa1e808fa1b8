"""Beside the publisher, the watch tells what becomes of the book and of the daemon itself."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from sqlmodel import select

from scheduler.config import Alarms
from scheduler.posts.alarms import due_between, look, undelivered
from scheduler.posts.book import Book
from scheduler.posts.moves import make_move
from scheduler.posts.status import Move
from scheduler.posts.tables import Alarm, Daemon, Post
from scheduler.posts.writer import Writer
from scheduler.publishing.alarms import watch
from scheduler.publishing.alarms.watch import AlarmWatch
from scheduler.publishing.companion import Running
from scheduler.publishing.publisher import Publisher
from tests.builders.alarms import LONDON, FakeChannel, fail, standing
from tests.builders.posts import NOON, make_post
from tests.builders.publishing import HeldClock


@pytest.fixture(autouse=True)
def _fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "LOOK_EVERY", 0.02)
    monkeypatch.setattr(watch, "SETTLE", 0.0)
    monkeypatch.setattr(watch, "TROUBLE_LASTS", 0.1)


@asynccontextmanager
async def watched(
    book: Book,
    publisher: Publisher,
    before: Daemon | None = None,
    alarms: Alarms = Alarms(gather=timedelta(seconds=1)),  # noqa: B008 (frozen)
) -> AsyncIterator[tuple[FakeChannel, asyncio.Event]]:
    mail, writer, stop = FakeChannel(), Writer(book), asyncio.Event()
    running = Running(book, writer, publisher, {}, HeldClock(NOON), stop, before)
    watching = AlarmWatch(alarms, {"mail": mail}, LONDON, book.path.parent / "HOLD", timedelta(minutes=1))
    task = asyncio.ensure_future(watching(running))
    try:
        yield mail, stop
    finally:
        stop.set()
        await task
        writer.close()


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.01)


async def test_trouble_with_the_book_is_told_once_and_written_down_when_it_is_over(
    book: Book, publisher: Publisher
) -> None:
    def written() -> list[tuple[str, bool]]:
        with book.reading() as session:
            return [(alarm.kind, alarm.cleared_at is not None) for alarm in session.exec(select(Alarm))]

    publisher.trouble = "the disk is full"
    async with watched(book, publisher) as (mail, _):
        await until(lambda: bool(mail.taken))
        await asyncio.sleep(0.2)
        while_full = written()
        publisher.trouble, publisher.turned_at = None, datetime.now(UTC)
        await until(lambda: written() == [("book", True)])

    (message,) = mail.taken
    assert message.title == "Redletter: nothing can be published"
    assert ": the disk is full" in message.body
    assert while_full == []


async def test_a_book_that_somebody_has_locked_keeps_no_alarm_waiting(book: Book, publisher: Publisher) -> None:
    with closing(sqlite3.connect(book.path, isolation_level=None)) as other:
        async with watched(book, publisher) as (mail, _):
            other.execute("BEGIN IMMEDIATE")
            publisher.trouble = "database is locked"
            async with asyncio.timeout(4):  # one write would wait for five seconds
                while not mail.taken:
                    await asyncio.sleep(0.01)
            other.execute("ROLLBACK")

    assert [message.title for message in mail.taken] == ["Redletter: nothing can be published"]


async def test_trouble_that_is_over_soon_is_told_to_nobody(
    book: Book, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "TROUBLE_LASTS", 5.0)
    publisher.trouble = "locked"
    async with watched(book, publisher) as (mail, _):
        await asyncio.sleep(0.04)
        publisher.trouble, publisher.turned_at = None, datetime.now(UTC)
        await asyncio.sleep(0.3)

    assert mail.taken == []


async def test_a_publishing_loop_that_stands_still_is_told(book: Book, publisher: Publisher) -> None:
    publisher.turned_at = datetime.now(UTC) - timedelta(seconds=30)
    async with watched(book, publisher) as (mail, _):
        await until(lambda: bool(mail.taken))

    assert "the publishing loop stands still, though its process is there" in mail.taken[0].body


@pytest.mark.parametrize("stumbling", ["look", "make_digest"])
async def test_a_watch_that_stumbles_again_and_again_is_told_once_and_is_over_when_it_looks_again(
    book: Book, publisher: Publisher, monkeypatch: pytest.MonkeyPatch, stumbling: str
) -> None:
    def stumble(*_arguments: object) -> None:
        raise ZeroDivisionError("a defect of ours")

    async with watched(book, publisher, alarms=Alarms(gather=timedelta(seconds=1), digest=time(1))) as (mail, _):
        with monkeypatch.context() as broken:
            broken.setattr(watch, stumbling, stumble)
            await until(lambda: "watch" in standing(book))
            await asyncio.sleep(0.2)
        await until(lambda: "watch" not in standing(book))

    told = [message for message in mail.taken if message.title == "Redletter: alarms may be missing"]
    assert len(told) == 1
    assert "and alarms may be missing: ZeroDivisionError: a defect of ours\n  -> look yourself: redl" in told[0].body


async def test_while_nothing_happens_the_book_is_looked_at_seldom_and_at_once_when_something_does(
    book: Book, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = []

    def count_looks(*arguments: Any) -> Any:
        looks.append(arguments)
        return look(*arguments)

    monkeypatch.setattr(watch, "look", count_looks)
    monkeypatch.setattr(watch, "AT_REST", 1000)
    writer, stop = Writer(book), asyncio.Event()
    running = Running(book, writer, publisher, {}, HeldClock(NOON), stop)
    watching = AlarmWatch(Alarms(), {}, LONDON, book.path.parent / "HOLD", timedelta(minutes=1))
    task = asyncio.ensure_future(watching(running))
    await until(lambda: len(looks) == 1)
    await asyncio.sleep(0.3)
    at_rest = len(looks)
    running.changes.tell()
    await until(lambda: len(looks) == 2)
    stop.set()
    await task
    writer.close()

    assert at_rest == 1


async def test_a_watch_that_stumbles_once_is_told_to_nobody(
    book: Book, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = []

    def stumble_once(*arguments: Any) -> Any:
        looks.append(arguments)
        if len(looks) == 1:
            raise ZeroDivisionError("a defect of ours")
        return look(*arguments)

    monkeypatch.setattr(watch, "look", stumble_once)
    async with watched(book, publisher) as (mail, _):
        await until(lambda: len(looks) > 20)

    assert mail.taken == []


@pytest.mark.parametrize(
    ("stopped", "ago", "told"),
    [
        (False, timedelta(seconds=30), "the daemon ended without being told to"),
        (
            True,
            timedelta(minutes=6),
            "no daemon was running from Thu 18 Mar 2027 11:54 to Thu 18 Mar 2027 12:00; 1 post",
        ),
        (True, timedelta(minutes=4), None),
        (True, timedelta(seconds=1), None),
    ],
)
async def test_what_the_daemon_before_left_is_told(
    book: Book, publisher: Publisher, stopped: bool, ago: timedelta, told: str | None
) -> None:
    make_post(book, scheduled_at=NOON - timedelta(seconds=1))
    before = Daemon(name="host:1", started_at=NOON, turned_at=NOON - ago, stopped_at=NOON - ago if stopped else None)
    async with watched(book, publisher, before) as (mail, _):
        await asyncio.sleep(0.3)

    bodies = [message.body for message in mail.taken if "was not publishing" in message.title]
    assert len(bodies) == (1 if told else 0)
    assert all(told in body for body in bodies if told)


async def test_a_daemon_that_was_away_while_nothing_was_due_is_told_to_nobody(book: Book, publisher: Publisher) -> None:
    before = Daemon(name="host:1", started_at=NOON, turned_at=NOON, stopped_at=NOON - timedelta(days=3))
    async with watched(book, publisher, before) as (mail, _):
        await asyncio.sleep(0.1)

    assert mail.taken == []


async def test_told_to_stop_at_once_it_still_tells_of_the_one_before(
    book: Book, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "SETTLE", 60.0)
    before = Daemon(name="host:1", started_at=NOON, turned_at=NOON)
    async with watched(book, publisher, before) as (mail, stop):
        stop.set()

    assert [message.title for message in mail.taken] == ["Redletter: the daemon was not publishing"]


async def test_a_channel_that_hangs_does_not_keep_the_daemon_from_ending(
    book: Book, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "LAST_ROUND", 0.2)
    make_post(book, scheduled_at=NOON + timedelta(minutes=30))
    async with asyncio.timeout(10), watched(book, publisher) as (mail, _):
        mail.gate = asyncio.Event()

    with book.reading() as session:
        (letter,) = undelivered(session, NOON)
    assert "1 post is to go out within the next hour" in letter.message.body


async def test_posts_that_wait_for_a_word_keep_no_daemon_from_being_stopped(book: Book, publisher: Publisher) -> None:
    set_aside(book, make_post(book, scheduled_at=NOON + timedelta(minutes=30)), NOON - timedelta(hours=3))
    async with watched(book, publisher) as (mail, _):
        pass

    assert [message.title for message in mail.taken] == ["Redletter: a post waits for a word"]


@pytest.mark.parametrize(
    ("held_ago", "were_due"),
    [(timedelta(minutes=1), 1), (timedelta(hours=3), 0)],
    ids=["found late by this daemon", "held before the last one ended"],
)
def test_what_was_held_before_a_daemon_ended_was_not_due_without_it(
    book: Book, held_ago: timedelta, were_due: int
) -> None:
    set_aside(book, make_post(book, scheduled_at=NOON - timedelta(minutes=30)), NOON - held_ago)

    with book.reading() as session:
        assert due_between(session, NOON - timedelta(hours=1), NOON) == were_due


def set_aside(book: Book, post: Post, now: datetime) -> None:
    with book.writing() as connection:
        make_move(connection, Move.SET_ASIDE, post.id or 0, post.version, who="sam", now=now)


async def test_a_defect_in_a_look_does_not_end_the_watch(
    book: Book, publisher: Publisher, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    calls = [0]

    def bad_once(*arguments: Any) -> Any:
        calls[0] += 1
        if calls[0] == 1:
            raise KeyError("defect")
        return look(*arguments)

    monkeypatch.setattr(watch, "look", bad_once)
    fail(book, make_post(book).id)
    async with watched(book, publisher) as (mail, _):
        await until(lambda: standing(book) == ["failed"])

    assert "the watch stumbled; it goes on" in caplog.messages
    assert [message.title for message in mail.taken] == ["Redletter: a post failed"]
