"""A connection knows whether a request can have left, and ends a call at its deadline."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import cast

import aiohttp
import pytest

from scheduler.errors import OutcomeUnknown, TemporaryFailure
from scheduler.platforms.connection import Connection
from scheduler.platforms.deadlines import Deadlines


@dataclass
class Server:
    """Takes what comes and says `answers`, one piece for each request, or nothing when there is none left."""

    answers: list[bytes] = field(default_factory=list)
    received: bytes = b""
    port: int = 0
    serving: set[asyncio.Task[None]] = field(default_factory=set)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.serving.add(cast("asyncio.Task[None]", asyncio.current_task()))
        while piece := await reader.read(65536):
            self.received += piece
            if self.answers:
                writer.write(self.answers.pop(0))
        writer.close()
        await writer.wait_closed()


@asynccontextmanager
async def serving(*answers: bytes) -> AsyncIterator[Server]:
    server = Server(list(answers))
    async with await asyncio.start_server(server.serve, "127.0.0.1", 0) as listening:
        server.port = listening.sockets[0].getsockname()[1]
        yield server
        await asyncio.gather(*server.serving)


@asynccontextmanager
async def connected(server: Server, seconds: float) -> AsyncIterator[Connection]:
    connection = Connection(f"http://127.0.0.1:{server.port}", seconds)
    yield connection
    await connection.close()


async def test_no_byte_leaves_before_the_body_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_arguments: object) -> None:
        raise OSError("something broke")

    monkeypatch.setattr(aiohttp.BytesPayload, "write_with_length", fail)
    with socket.create_server(("127.0.0.1", 0)) as server:
        connection = Connection(f"http://127.0.0.1:{server.getsockname()[1]}", 5.0)
        with pytest.raises(OutcomeUnknown, match="Can not write request body"):
            await connection.call("POST", "/", body=b"{}", headers={}, posts=True)
        await connection.close()
        with server.accept()[0] as accepted:
            received = await asyncio.to_thread(accepted.recv, 1000)

    assert received == b""


async def test_what_fails_before_the_body_is_begun_has_sent_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_arguments: object, **_settings: object) -> None:
        raise OSError("something broke")

    monkeypatch.setattr(aiohttp.TCPConnector, "connect", fail)
    async with serving() as server, connected(server, 5.0) as connection:
        with pytest.raises(TemporaryFailure, match="something broke"):
            await connection.call("POST", "/", body=b"{}", headers={}, posts=True)


async def test_a_question_that_fails_on_its_way_may_have_been_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_arguments: object, **_settings: object) -> None:
        raise OSError("something broke")

    monkeypatch.setattr(aiohttp.TCPConnector, "connect", fail)
    async with serving() as server, connected(server, 5.0) as connection:
        with pytest.raises(OutcomeUnknown, match="something broke"):
            await connection.call("GET", "/", headers={})


async def test_a_server_that_says_nothing_is_given_up_at_the_deadline() -> None:
    async with serving() as server, connected(server, 0.05) as connection:
        with pytest.raises(OutcomeUnknown, match=r"no answer within 0\.05 s"):
            await connection.call("POST", "/", body=b"{}", headers={}, posts=True)

        this = asyncio.current_task()
        assert this is not None
        assert this.cancelling() == 0


async def test_a_way_that_never_opens_is_given_up_and_nothing_was_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    async def hang(*_arguments: object, **_settings: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(aiohttp.TCPConnector, "connect", hang)
    async with serving() as server, connected(server, 0.05) as connection:
        with pytest.raises(TemporaryFailure, match=r"no answer within 0\.05 s"):
            await connection.call("POST", "/", body=b"{}", headers={}, posts=True)


async def test_an_answer_whose_body_never_ends_keeps_its_status() -> None:
    half = b"HTTP/1.1 201 Created\r\nContent-Length: 100\r\n\r\n{"
    async with serving(half) as server, connected(server, 0.1) as connection:
        answer = await connection.call("POST", "/", body=b"{}", headers={}, posts=True)

    assert (answer.status, answer.body, answer.whole) == (201, b"{", False)


async def test_the_calls_after_a_late_one_have_their_own_time() -> None:
    whole = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
    async with serving() as server, connected(server, 0.1) as connection:
        with pytest.raises(OutcomeUnknown):
            await connection.call("POST", "/", body=b"{}", headers={}, posts=True)
        server.answers.append(whole)
        answer = await connection.call("POST", "/", body=b"{}", headers={}, posts=True)
        with pytest.raises(OutcomeUnknown):
            await connection.call("POST", "/", body=b"{}", headers={}, posts=True)

    assert answer.whole


async def test_a_call_that_somebody_gives_up_is_not_taken_for_a_late_one() -> None:
    async with serving() as server, connected(server, 5.0) as connection:
        call = asyncio.create_task(connection.call("POST", "/", body=b"{}", headers={}, posts=True))
        while not server.received:
            await asyncio.sleep(0)
        call.cancel()

        with pytest.raises(asyncio.CancelledError):
            await call


async def test_a_deadline_that_comes_with_another_cancellation_leaves_that_one_standing() -> None:
    deadlines = Deadlines(60.0)
    heard = []

    async def wait_for_ever() -> None:
        deadline = deadlines.begin()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            heard.append(deadline.has_passed())
            raise

    waiting = asyncio.create_task(wait_for_ever())
    await asyncio.sleep(0)
    next(iter(deadlines.under_way)).come()
    waiting.cancel()
    await asyncio.wait([waiting])
    deadlines.close()

    assert heard == [False]
    assert waiting.cancelled()


@pytest.mark.parametrize("unfit", [b'{"id": "\\ud83d"}', b'{"id": "\\u0000"}', '{"id": "\0"}'.encode("utf-16")])
async def test_what_no_book_can_hold_is_replaced_however_it_is_written(unfit: bytes) -> None:
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(unfit), unfit)
    async with serving(answer) as server, connected(server, 5.0) as connection:
        heard = await connection.call("POST", "/", body=b"{}", headers={}, posts=True)

    assert set(heard.fields().values()) <= {"\ufffd"}
