"""The heartbeat file, the ping and /healthz speak of the loop that publishes, and not only of the process."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scheduler.posts.book import Book
from scheduler.posts.writer import Writer
from scheduler.publishing import health
from scheduler.publishing.companion import Companion, Running
from scheduler.publishing.health import HealthPage, HeartbeatFile, Ping, can_publish
from scheduler.publishing.publisher import Publisher
from tests.builders.alarms import secret_in
from tests.builders.mailbox import Mailbox
from tests.builders.posts import NOON, make_post
from tests.builders.publishing import HeldClock


def free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def accompanied(
    companion: Companion, book: Book, publisher: Publisher, clock: HeldClock
) -> AsyncIterator[Running]:
    writer = Writer(book)
    running = Running(book, writer, publisher, {}, clock, asyncio.Event())
    task = asyncio.ensure_future(companion(running))
    try:
        yield running
    finally:
        running.stop.set()
        await task
        writer.close()


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.01)


async def get(port: int, request: str = "GET /healthz HTTP/1.1") -> tuple[int, dict[str, object]]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"{request}\r\nHost: 127.0.0.1\r\n\r\n".encode())
    answer = await reader.read()
    writer.close()
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(body)


@pytest.mark.parametrize(
    ("ago", "trouble", "expected"),
    [
        (timedelta(seconds=14), None, True),
        (timedelta(seconds=16), None, False),
        (timedelta(seconds=-16), None, False),
        (timedelta(0), "the disk is full", False),
    ],
)
async def test_the_loop_can_publish_when_it_turned_a_moment_ago_and_has_no_trouble(
    publisher: Publisher, ago: timedelta, trouble: str | None, expected: bool
) -> None:
    now = datetime.now(UTC)
    publisher.turned_at, publisher.trouble = now - ago, trouble

    assert can_publish(publisher, now) is expected


async def test_healthz_answers_200_while_the_loop_turns_and_503_when_it_does_not(
    book: Book, publisher: Publisher, clock: HeldClock
) -> None:
    make_post(book, scheduled_at=NOON - timedelta(minutes=10))
    port = free_port()
    async with accompanied(HealthPage(port), book, publisher, clock):
        await _opened(port)
        publisher.turned_at = datetime.now(UTC)
        well = await get(port)
        publisher.trouble = "the disk is full"
        in_trouble = await get(port)
        publisher.trouble, publisher.turned_at = None, datetime.now(UTC) - timedelta(minutes=1)
        still = await get(port)

    assert well[0] == 200
    assert well[1] == {
        "status": "publishing",
        "turned_at": well[1]["turned_at"],
        "trouble": None,
        "overdue": 1,
        "alarms": 0,
        "undelivered": 0,
    }
    assert (in_trouble[0], in_trouble[1]["status"], in_trouble[1]["trouble"]) == (
        503,
        "not publishing",
        "the disk is full",
    )
    assert (still[0], still[1]["status"]) == (503, "not publishing")


@pytest.mark.parametrize(
    ("request_line", "status"),
    [
        ("POST /healthz HTTP/1.1", 405),
        ("HEAD /healthz HTTP/1.1", 405),
        ("GET / HTTP/1.1", 404),
        ("GET /healthz?x=1 HTTP/1.1", 200),
        ("nonsense", 404),
    ],
)
async def test_healthz_is_all_there_is(
    book: Book, publisher: Publisher, clock: HeldClock, request_line: str, status: int
) -> None:
    port = free_port()
    async with accompanied(HealthPage(port), book, publisher, clock):
        await _opened(port)
        publisher.turned_at = datetime.now(UTC)

        assert (await get(port, request_line))[0] == status


async def test_healthz_answers_though_the_book_cannot_be_read(
    book: Book, publisher: Publisher, clock: HeldClock
) -> None:
    with book.writing() as connection:
        connection.exec_driver_sql("ALTER TABLE posts RENAME TO lost")
    port = free_port()
    async with accompanied(HealthPage(port), book, publisher, clock):
        await _opened(port)

        assert (await get(port))[1]["overdue"] is None


async def test_a_port_that_is_taken_is_said_once_and_tried_again(
    book: Book,
    publisher: Publisher,
    clock: HeldClock,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(health, "OPEN_AGAIN", 0.01)
    other = Mailbox()
    async with accompanied(HealthPage(other.port), book, publisher, clock):
        await until(lambda: bool(caplog.records))
        await asyncio.sleep(0.1)
        said = list(caplog.messages)
        other.close()
        await _opened(other.port)

    assert len(said) == 1
    assert f"/healthz cannot be served on port {other.port}, publishing goes on without" in said[0]


async def test_the_heartbeat_file_grows_old_when_the_loop_does_not_turn(
    book: Book, publisher: Publisher, clock: HeldClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "BEAT_EVERY", 0.01)
    path = tmp_path / "heartbeat"
    async with accompanied(HeartbeatFile(path), book, publisher, clock):
        await until(path.exists)
        written = datetime.fromisoformat(path.read_text().strip())
        publisher.trouble = "the disk is full"
        await asyncio.sleep(0.1)
        path.unlink()
        await asyncio.sleep(0.1)
        in_trouble = path.exists()
        publisher.trouble, publisher.turned_at = None, datetime.now(UTC)
        await until(path.exists)

    assert abs(datetime.now(UTC) - written) < timedelta(seconds=30)
    assert not in_trouble


async def test_a_heartbeat_file_that_cannot_be_written_is_said_once(
    book: Book,
    publisher: Publisher,
    clock: HeldClock,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(health, "BEAT_EVERY", 0.01)
    async with accompanied(HeartbeatFile(tmp_path / "missing" / "heartbeat"), book, publisher, clock):
        await until(lambda: bool(caplog.records))
        await asyncio.sleep(0.1)

    assert len(caplog.records) == 1
    assert "cannot be written" in caplog.text


async def test_the_ping_stays_away_while_the_loop_does_not_turn_and_its_failures_are_said_once(
    book: Book,
    publisher: Publisher,
    clock: HeldClock,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(health, "PING_EVERY", 0.01)
    mailbox = Mailbox()
    mailbox.answers = [500, 500, 500]
    async with accompanied(Ping(secret_in(tmp_path, mailbox.url)), book, publisher, clock):
        await until(lambda: len(mailbox.calls) >= 6)
        publisher.trouble = "the disk is full"
        await asyncio.sleep(0.1)
        before = len(mailbox.calls)
        await asyncio.sleep(0.1)
        after = len(mailbox.calls)
    mailbox.close()

    assert after == before
    assert caplog.messages == [
        "the ping of the dead-man's switch does not come through: it answered 500",
        "the ping of the dead-man's switch comes through again",
    ]


async def _opened(port: int) -> None:
    async with asyncio.timeout(10):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.01)
                continue
            writer.close()
            return
