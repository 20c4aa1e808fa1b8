"""The daemon and what runs beside its publisher: neither a slow companion nor a broken one keeps a post from its fate."""

import asyncio
import logging
import os
import signal
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from scheduler.config import Publishing
from scheduler.errors import OutcomeUnknown
from scheduler.platforms.contract import Doubt, Finding, Verdict
from scheduler.posts.book import Book
from scheduler.posts.holds import hold
from scheduler.posts.status import HoldScope
from scheduler.posts.tables import Daemon as DaemonLine
from scheduler.publishing import daemon as daemon_module
from scheduler.publishing.companion import Companion, Running, tick
from scheduler.publishing.daemon import Daemon
from scheduler.publishing.hold_file import HoldFile
from scheduler.publishing.rereading import Reread, Rereader
from tests.builders.posts import NOON, attempts_in, get, make_post
from tests.builders.publishing import FakeAdapter, HeldClock

WITHIN = 10.0  # seconds; each of these takes a moment


@asynccontextmanager
async def _running(
    book: Book,
    clock: HeldClock,
    adapter: FakeAdapter,
    *companions: Companion,
    drain: float = 5.0,
    reread: Rereader | None = None,
    hold_file: Path | None = None,
) -> AsyncIterator[Running]:
    """A daemon in this process; told to stop at the end, and waited for."""
    begun: asyncio.Future[Running] = asyncio.get_running_loop().create_future()

    async def see(running: Running) -> None:
        begun.set_result(running)

    limits = Publishing(drain=timedelta(seconds=drain))
    beside, places = (see, *companions), {"force-x": "outbox"}
    daemon = Daemon(
        book,
        {"force-x": adapter},
        limits,
        clock,
        companions=beside,
        places=places,
        hold_file=hold_file,
        reread=reread,
    )
    run = asyncio.create_task(daemon.run())
    async with asyncio.timeout(WITHIN):
        yield await begun
        if not run.done():
            os.kill(os.getpid(), signal.SIGTERM)
        await run


async def _until(is_so: Callable[[], bool]) -> None:
    while not is_so():
        await asyncio.sleep(0.01)


def _stopped(book: Book) -> bool:
    with book.reading() as session:
        line = session.get(DaemonLine, 1)
    return line is not None and line.stopped_at is not None


async def test_told_to_stop_it_calls_nobody_any_more_though_a_companion_goes_on(
    book: Book, clock: HeldClock, adapter: FakeAdapter
) -> None:
    answered = asyncio.Event()

    async def ask(_running: Running) -> None:
        await answered.wait()

    post = make_post(book, scheduled_at=NOON + timedelta(seconds=5))
    async with _running(book, clock, adapter, ask) as running:
        os.kill(os.getpid(), signal.SIGTERM)
        await _until(lambda: running.publisher.stopping)
        clock.advance(timedelta(seconds=5))
        await running.publisher.publish_due()
        ended_before_the_answer = _stopped(book)
        answered.set()

    assert (adapter.sent, get(book, post.id or 0).status) == ([], "approved")
    assert (ended_before_the_answer, _stopped(book)) == (False, True)


async def test_a_companion_that_does_not_end_is_given_up(book: Book, clock: HeldClock, adapter: FakeAdapter) -> None:
    given_up = []

    async def hang(_running: Running) -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            given_up.append(True)
            raise

    async with _running(book, clock, adapter, hang, drain=0.05):
        pass

    assert given_up == [True]
    assert _stopped(book)


async def test_a_companion_that_stumbles_begins_anew_and_publishing_goes_on_to_its_drain(
    book: Book,
    clock: HeldClock,
    adapter: FakeAdapter,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(daemon_module, "BEGIN_AGAIN", 0.01)
    tries = []

    async def stumble(running: Running) -> None:
        tries.append(True)
        if len(tries) < 3:
            raise ValueError("no such key")
        await running.stop.wait()

    adapter.gate = asyncio.Event()
    post = make_post(book)
    with caplog.at_level(logging.ERROR, "redletter.daemon"):
        async with _running(book, clock, adapter, stumble) as running:
            await _until(lambda: len(tries) == 3 and len(adapter.sent) == 1)
            os.kill(os.getpid(), signal.SIGTERM)
            await _until(lambda: running.publisher.stopping)
            adapter.gate.set()

    assert get(book, post.id or 0).status == "published"
    assert caplog.text.count("ValueError: no such key") == 2
    assert _stopped(book)


async def test_of_a_clock_that_is_set_back_by_more_than_a_minute_the_book_is_told(
    book: Book, clock: HeldClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    adapter, ahead = FakeAdapter([OutcomeUnknown("the answer was lost")]), [0.0]
    monkeypatch.setattr(
        daemon_module,
        "time",
        SimpleNamespace(monotonic=time.monotonic, time=lambda: time.time() + ahead[0]),
    )
    post = make_post(book)
    async with _running(book, clock, adapter):
        await _until(lambda: get(book, post.id or 0).status == "unconfirmed")
        ahead[0] = -61.0
        await _until(lambda: attempts_in(book)[0].retry_at is not None)

    assert attempts_in(book)[0].retry_at == clock.now()


async def test_a_time_out_that_was_read_again_is_how_long_a_post_in_doubt_waits_for_its_platform(
    book: Book, clock: HeldClock
) -> None:
    class NeverSeen(FakeAdapter):
        finds_by_words = False

        async def find(self, doubts: Sequence[Doubt], taken: Callable[[str], bool]) -> Sequence[Finding]:
            clock.advance(timedelta(seconds=2))
            return [Finding(Verdict.NOT_SEEN) for _ in doubts]

    adapter = NeverSeen([OutcomeUnknown("the answer was lost")])
    reread = Reread({"force-x": adapter}, Publishing(timeout=timedelta(seconds=1)), {})
    async with _running(book, clock, adapter, reread=lambda _now: reread) as running:
        os.kill(os.getpid(), signal.SIGHUP)
        await _until(lambda: running.publisher._limits is reread.limits)
        post = make_post(book)
        running.publisher.nudge()
        await _until(lambda: get(book, post.id or 0).status == "unconfirmed")
        for _ in range(2):
            clock.advance(timedelta(seconds=2))
            running.publisher.doubts.set()
            await _until(lambda: get(book, post.id or 0).asks > 0)
        await _until(lambda: get(book, post.id or 0).status == "published")


async def test_where_an_account_is_after_config_was_read_again_stands_in_the_audit_trail(
    book: Book, clock: HeldClock
) -> None:
    adapter = FakeAdapter()
    reread = Reread({"force-x": adapter}, Publishing(), {}, {"force-x": "bluesky (handle force.example)"})
    async with _running(book, clock, adapter, reread=lambda _now: reread):
        os.kill(os.getpid(), signal.SIGHUP)
        await _until(lambda: "bluesky (handle force.example)" in _places(book))

    assert _places(book) == ["outbox", "bluesky (handle force.example)"]


async def test_a_workspace_that_is_back_lets_out_at_once_what_was_due(
    book: Book, clock: HeldClock, adapter: FakeAdapter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("WAKE_EVERY", "BEAT_EVERY"):
        monkeypatch.setattr(daemon_module, name, WITHIN * 10)
    post, workspace = make_post(book), tmp_path / "workspace"
    path = workspace / "HOLD"

    async with _running(book, clock, adapter, HoldFile(path), hold_file=path):
        await asyncio.sleep(0.6)  # in which the daemon writes what it writes at its start, which would wake it, too
        sent_without = len(adapter.sent)
        workspace.mkdir()
        await _until(lambda: get(book, post.id or 0).status == "published")

    assert (sent_without, len(adapter.sent)) == (0, 1)


async def test_a_beat_of_its_own_wakes_nobody_and_what_another_process_does_wakes_all(
    book: Book, clock: HeldClock, adapter: FakeAdapter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(daemon_module, "BEAT_EVERY", 0.05)
    monkeypatch.setattr(daemon_module, "LOOK_EVERY", 0.02)

    def beaten() -> datetime:
        with book.reading() as session:
            line = session.get(DaemonLine, 1)
        assert line is not None
        return line.turned_at

    async with _running(book, clock, adapter) as running:
        await asyncio.sleep(0.3)
        change, before = running.changes.next(), beaten()
        await _until(lambda: beaten() > before)
        await asyncio.sleep(0.2)
        woken_by_beats = change.is_set()
        with book.writing() as connection:
            hold(connection, HoldScope.ALL, "", "grief", who="kim", now=clock.now())
        await _until(change.is_set)

    assert not woken_by_beats


async def test_those_who_look_equally_often_wake_the_process_together() -> None:
    stop, woken = asyncio.Event(), []

    async def look(after: float) -> None:
        await asyncio.sleep(after)
        await tick(stop, 0.5)
        woken.append(asyncio.get_running_loop().time())

    await tick(stop, 0.5)
    await asyncio.gather(look(0.0), look(0.1), look(0.2))

    assert max(woken) - min(woken) < 0.05


def _places(book: Book) -> list[str]:
    with book.reading() as session:
        query = "SELECT detail FROM audit WHERE what = 'place of account force-x' ORDER BY id"
        return list(session.connection().exec_driver_sql(query).scalars())


async def test_a_damaged_sign_of_life_of_the_daemon_before_keeps_nothing_back(
    book: Book, clock: HeldClock, adapter: FakeAdapter
) -> None:
    post = make_post(book)
    with book.writing() as connection:
        connection.exec_driver_sql(
            "INSERT INTO daemon (id, name, started_at, turned_at) VALUES (1, 'host:1', '{', '{')"
        )

    async with _running(book, clock, adapter) as running:
        await _until(lambda: get(book, post.id or 0).status == "published")

    assert running.before is None
