"""A connection knows whether a request can have left, reads whatever comes back, and ends a call at its deadline."""

import asyncio
import contextlib
import gc
import gzip
import shutil
import socket
import ssl
import struct
import subprocess
import weakref
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.errors import OutcomeUnknown, TemporaryFailure
from scheduler.platforms.answer import Answer
from scheduler.platforms.connection import Connection
from scheduler.platforms.server import Server as PlatformServer
from scheduler.platforms.server import tls_context

_AT_ONCE = 1 << 30


@dataclass
class Server:
    """Takes what comes and says `answers`, one for each request, or nothing when there is none left.

    ending: each answer is the last of its connection; resetting: and that ends badly. at_a_time: bytes in one write.
    """

    answers: list[bytes] = field(default_factory=list)
    ending: bool = False
    resetting: bool = False
    at_a_time: int = _AT_ONCE
    pieces: list[bytes] = field(default_factory=list)
    connections: int = 0
    port: int = 0
    serving: set[asyncio.Task[None]] = field(default_factory=set)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.serving.add(cast("asyncio.Task[None]", asyncio.current_task()))
        self.connections += 1
        with contextlib.suppress(ConnectionError):  # whoever calls may have heard enough
            while piece := await reader.read(65536):
                self.pieces.append(piece)
                if self.answers:
                    await self._say(writer, self.answers.pop(0))
                    if self.ending:
                        break
        if self.resetting:
            unsent = struct.pack("ii", 1, 0)  # to linger for no time is to reset
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, unsent)
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()

    async def _say(self, writer: asyncio.StreamWriter, answer: bytes) -> None:
        for start in range(0, len(answer), self.at_a_time):
            writer.write(answer[start : start + self.at_a_time])
            await writer.drain()
            await asyncio.sleep(0)


@asynccontextmanager
async def serving(
    *answers: bytes,
    ending: bool = False,
    resetting: bool = False,
    at_a_time: int = _AT_ONCE,
    tls: ssl.SSLContext | None = None,
) -> AsyncIterator[Server]:
    server = Server(list(answers), ending or resetting, resetting, at_a_time)
    async with await asyncio.start_server(server.serve, "127.0.0.1", 0, ssl=tls) as listening:
        server.port = listening.sockets[0].getsockname()[1]
        yield server
        await asyncio.gather(*server.serving)


@asynccontextmanager
async def hearing_little(
    says: bytes, *, ends: bool = False, tls: ssl.SSLContext | None = None
) -> AsyncIterator[Server]:
    """Serves who answers at the beginning of a request, and reads no more of it."""
    server, is_over = Server(), asyncio.Event()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server.connections += 1
        await reader.readexactly(10)
        writer.write(says)
        if ends:
            writer.write_eof()
        await is_over.wait()
        writer.transport.abort()

    async with await asyncio.start_server(answer, "127.0.0.1", 0, ssl=tls) as listening:
        server.port = listening.sockets[0].getsockname()[1]
        yield server
        is_over.set()


@pytest.fixture
def tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ssl.SSLContext]:
    """What "localhost" serves by, trusted here."""
    certificate = make_certificate(tmp_path, "localhost")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    tls_context.cache_clear()
    yield context
    tls_context.cache_clear()


@asynccontextmanager
async def connected(server: Server, seconds: float) -> AsyncIterator[Connection]:
    connection = Connection(f"http://127.0.0.1:{server.port}", seconds)
    yield connection
    await connection.close()


def make_certificate(folder: Path, name: str) -> Path:
    """Makes a certificate that nobody signed but itself, with its key in the same file."""
    if shutil.which("openssl") is None:
        pytest.skip("there is no openssl here to make a certificate with")
    path = folder / "certificate.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={name}"]
    subprocess.run(
        [*command, "-addext", f"subjectAltName=DNS:{name}", "-keyout", str(path), "-out", str(folder / "public.pem")],
        check=True,
        capture_output=True,
    )
    path.write_bytes(path.read_bytes() + (folder / "public.pem").read_bytes())
    return path


def answered(body: bytes = b"{}", status: str = "200 OK", *headers: str) -> bytes:
    said = "".join(f"{header}\r\n" for header in (f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers))
    return said.encode() + b"\r\n" + body


async def post(connection: Connection, body: bytes = b"{}", **headers: str) -> Answer:
    return await connection.call("POST", "/posts", body=body, headers=headers, posts=True)


async def test_a_request_is_one_piece_with_all_that_a_server_needs() -> None:
    async with serving(answered()) as server, connected(server, 5.0) as connection:
        await connection.call(
            "POST", "/a b/é?q=%20#there", body=b'{"text": "\xc3\xa9"}', headers={"Idempotency-Key": "k"}
        )

    assert server.pieces == [
        b"POST /a%%20b/%%C3%%A9?q=%%20 HTTP/1.1\r\n"
        b"Host: 127.0.0.1:%d\r\nUser-Agent: Redletter\r\nAccept: */*\r\nAccept-Encoding: identity\r\n"
        b"Idempotency-Key: k\r\nContent-Type: application/json\r\nContent-Length: 14\r\n\r\n"
        b'{"text": "\xc3\xa9"}' % server.port
    ]


async def test_a_question_has_no_body_and_what_is_given_as_fields_is_written_as_json() -> None:
    async with serving(*[answered()] * 3) as server, connected(server, 5.0) as connection:
        await connection.call("GET", "/?a=b", headers={})
        await connection.call("POST", "", body={"a": 1}, headers={})
        await connection.call("POST", "?token=a", headers={})

    question, answer, empty = server.pieces
    assert question.startswith(b"GET /?a=b HTTP/1.1\r\n")
    assert b"content-" not in question.lower()
    assert answer.startswith(b"POST / HTTP/1.1\r\n")
    assert answer.endswith(b'\r\n\r\n{"a": 1}')
    assert empty.startswith(b"POST /?token=a HTTP/1.1\r\n")
    assert empty.endswith(b"\r\nContent-Length: 0\r\n\r\n")


@pytest.mark.parametrize("value", ["token\r\nX-Other: 1", "token\n", "\rtoken"])
async def test_a_header_cannot_become_two(value: str) -> None:
    async with serving(answered()) as server, connected(server, 5.0) as connection:
        with pytest.raises(TemporaryFailure, match="line break"):
            await post(connection, authorization=value)

    assert server.pieces == []


async def test_one_way_serves_call_after_call() -> None:
    async with serving(*[answered()] * 3) as server, connected(server, 5.0) as connection:
        for _ in range(3):
            assert (await post(connection)).whole

    assert server.connections == 1


async def test_calls_at_once_have_a_way_each_and_share_one_question_for_the_address(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = []
    loop = asyncio.get_running_loop()
    look_up = loop.getaddrinfo

    async def count(*question: Any, **settings: Any) -> Any:
        asked.append(question)
        return await look_up(*question, **settings)

    monkeypatch.setattr(loop, "getaddrinfo", count)
    async with serving(*[answered()] * 20) as server, connected(server, 5.0) as connection:
        answers = await asyncio.gather(*[post(connection) for _ in range(20)])

    assert all(answer.whole for answer in answers)
    assert server.connections == 20
    assert asked == [("127.0.0.1", server.port)]


async def test_a_way_that_was_opened_ahead_is_the_one_that_the_next_call_takes() -> None:
    async with serving(answered(), answered()) as server, connected(server, 5.0) as connection:
        await connection.get_ready()
        await post(connection)
        await connection.get_ready()
        await post(connection)

        assert server.connections == 1


async def test_a_way_that_cannot_be_opened_ahead_means_that_nothing_was_sent() -> None:
    async with serving() as server:
        pass
    async with connected(server, 5.0) as connection:
        with pytest.raises(TemporaryFailure, match="cannot be reached"):
            await connection.get_ready()


async def test_a_way_that_the_server_closed_is_not_taken_again() -> None:
    closing = answered(b"{}", "200 OK", "Connection: close")
    async with serving(closing, closing) as server, connected(server, 5.0) as connection:
        await post(connection)
        await post(connection)

    assert server.connections == 2


@pytest.mark.parametrize("kept", [1, 5])
async def test_a_server_that_closes_kept_ways_without_a_word_loses_one_call_and_not_every_second(kept: int) -> None:
    server, all_asked = Server(), asyncio.Event()

    async def answer_once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server.connections += 1
        server.serving.add(cast("asyncio.Task[None]", asyncio.current_task()))
        await reader.read(65536)
        if server.connections == kept:
            all_asked.set()
        await all_asked.wait()
        writer.write(answered())
        await reader.read(65536)
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()

    async with await asyncio.start_server(answer_once, "127.0.0.1", 0) as listening:
        server.port = listening.sockets[0].getsockname()[1]
        async with connected(server, 5.0) as connection:
            await asyncio.gather(*(post(connection) for _ in range(kept)))
            with pytest.raises(OutcomeUnknown):
                await post(connection)
            for _ in range(kept + 2):
                await post(connection)
        await asyncio.gather(*server.serving)

    assert server.connections == kept + kept + 2


@pytest.mark.parametrize(
    ("said", "ends"),
    [(answered(b"{}", "413 Too Large"), False), (b"HTTP/1.0 413 Too Large\r\n\r\n{}", True)],
    ids=["and would go on", "and ends"],
)
async def test_what_nobody_reads_of_a_request_keeps_no_answer_back_and_stands_before_no_other(
    said: bytes, ends: bool
) -> None:
    async with hearing_little(said, ends=ends) as server, connected(server, 5.0) as connection:
        answers = [await post(connection, b"x" * 8_000_000), await post(connection)]

    assert [(answer.status, answer.whole) for answer in answers] == [(413, True)] * 2
    assert server.connections == 2


async def test_by_tls_too_what_nobody_reads_of_a_request_stands_before_no_other(tls: ssl.SSLContext) -> None:
    async with hearing_little(answered(b"{}", "413 Too Large"), tls=tls) as server:
        connection = Connection(f"https://localhost:{server.port}", 5.0)
        answers = [await post(connection, b"x" * 8_000_000), await post(connection)]
        await connection.close()

    assert [(answer.status, answer.whole) for answer in answers] == [(413, True)] * 2
    assert server.connections == 2


async def test_a_way_that_was_long_idle_is_not_trusted_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scheduler.platforms.server._IDLE_SECONDS", 0.0)
    async with serving(answered(), answered()) as server, connected(server, 5.0) as connection:
        await post(connection)
        await post(connection)

    assert server.connections == 2


async def test_a_way_that_says_something_unasked_is_not_taken_again() -> None:
    twice = answered() + answered(b'{"id": "of another call"}')
    async with serving(twice, answered(b'{"id": "own"}')) as server, connected(server, 5.0) as connection:
        first, second = await post(connection), await post(connection)

    assert first.fields() == {}
    assert second.fields() == {"id": "own"}


async def test_nobody_there_means_that_nothing_was_sent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    connection = Connection(f"http://127.0.0.1:{port}", 5.0)
    for method in ("POST", "GET"):
        with pytest.raises(TemporaryFailure, match="cannot be reached"):
            await connection.call(method, "/", headers={}, posts=method == "POST")
    await connection.close()


async def test_a_name_that_nobody_knows_means_that_nothing_was_sent_and_is_looked_up_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    known = False
    loop = asyncio.get_running_loop()
    look_up = loop.getaddrinfo

    async def answer(_host: str, port: int, **settings: Any) -> Any:
        if not known:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return await look_up("127.0.0.1", port, **settings)

    monkeypatch.setattr(loop, "getaddrinfo", answer)
    async with serving(answered()) as server:
        connection = Connection(f"http://platform.example:{server.port}", 5.0)
        with pytest.raises(TemporaryFailure, match="not known"):
            await post(connection)
        known = True
        assert (await post(connection)).whole
        await connection.close()

    assert b"Host: platform.example:%d\r\n" % server.port in server.pieces[0]


async def test_a_way_that_never_opens_is_given_up_and_nothing_was_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    async def hang(*_arguments: object, **_settings: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", hang)
    connection = Connection("http://127.0.0.1:1", 0.05)
    with pytest.raises(TemporaryFailure, match=r"no answer within 0\.05 s"):
        await post(connection)
    await connection.close()


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"HTTP/1.1 200",
        b"HTTP/1.1 200 OK\r\nContent-Le",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n",
        b"HTTP/1.1 000 None\r\nContent-Length: 2\r\n\r\n{}",
        b"HTTP/1.1 099 None\r\n\r\n{}",
        b"\x16\x03\x01\x02\x00",
        b"HTTP/1.1 200 OK\r\n" + b"X-Long: " + b"x" * 1_200_000,
    ],
)
async def test_an_answer_of_which_no_status_could_be_read_leaves_the_call_in_doubt(
    said: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    async with serving(said, ending=True) as server, connected(server, 5.0) as connection:
        with pytest.raises(OutcomeUnknown, match="its answer was lost"):
            await post(connection)

    assert not caplog.messages


async def test_who_only_says_that_an_answer_will_come_is_not_heard_for_ever() -> None:
    async with serving(b"HTTP/1.1 100 Continue\r\n\r\n" * 60_000) as server, connected(server, 5.0) as connection:
        with pytest.raises(OutcomeUnknown, match="does not end"):
            await post(connection)


@pytest.mark.parametrize(
    ("said", "status", "body", "whole"),
    [
        (b'HTTP/1.1 201 Created\r\nContent-Length: 9\r\n\r\n{"id":', 201, b'{"id":', False),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n", 200, b"{}", False),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\nzz\r\n", 200, b"{}", False),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1\r\n}\r\n0\r\n\r\n", 200, b"{}", True),
        (b"HTTP/1.1 200 OK\r\n\r\n{}", 200, b"{}", True),
        (b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n{}", 200, b"{}", True),
        (b"HTTP/1.1 204 No Content\r\n\r\n", 204, b"", True),
        (b"HTTP/1.1 200 OK\nContent-Length: 2\n\n{}", 200, b"{}", True),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2  \r\n{}\r\n0\r\n\r\n", 200, b"{}", True),
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nA: b\r\n\r\n" + answered(b"[]"), 200, b"[]", True),
        (b"HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n", 302, b"", True),
        (answered(gzip.compress(b"{}", mtime=0), "200 OK", "Content-Encoding: gzip"), 200, b"{}", True),
        (answered(gzip.compress(b"{}", mtime=0)[:-9], "200 OK", "Content-Encoding: gzip"), 200, b"{}", False),
        (answered(b"{}", "200 OK", "Content-Encoding: utf-8"), 200, b"{}", True),
        (b"HTTP/1.1 204 No Content\r\nContent-Encoding: gzip\r\n\r\n", 204, b"", True),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;a=b\r\n\x08\x1d\r\n0\r\nContent-Encoding: gzip\r\n\r\n",
            200,
            b"\x08\x1d",
            True,
        ),
        (answered(b"{}", "200 OK", "X-Folded: a", "  b", "X-Strange: \x01"), 200, b"{}", True),
        (answered(b"{}", "200 OK", "Upgrade: h2", "Connection: Upgrade"), 200, b"{}", True),
        (b"HTTP/1.1 500 Oops\r\nContent-Length: 2000000\r\n\r\n" + b"x" * 2_000_000, 500, b"x" * 1_000_000, False),
    ],
)
@pytest.mark.parametrize("at_a_time", [1_000_000, 7])
async def test_an_answer_is_what_was_read_of_it(
    said: bytes, status: int, body: bytes, whole: bool, at_a_time: int
) -> None:
    at_a_time = at_a_time if len(said) < 1000 else 1_000_000
    async with (
        serving(said, ending=True, at_a_time=at_a_time) as server,
        connected(server, 5.0) as connection,
    ):
        answer = await post(connection)

    assert (answer.status, answer.body, answer.whole) == (status, body, whole)


async def test_a_compressed_answer_cannot_fill_the_memory() -> None:
    bomb = answered(gzip.compress(b"x" * 50_000_000), "200 OK", "Content-Encoding: gzip")
    async with serving(bomb) as server, connected(server, 5.0) as connection:
        answer = await post(connection)

    assert len(answer.body) <= 1_000_000
    assert not answer.whole


async def test_a_way_that_is_lost_before_anything_was_sent_by_it_means_that_nothing_was_sent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    loop = asyncio.get_running_loop()
    create_connection = loop.create_connection

    async def create_and_lose(*arguments: Any, **settings: Any) -> Any:
        transport, wire = await create_connection(*arguments, **settings)
        while transport.get_extra_info("socket").fileno() >= 0:  # until the server's end was seen
            await asyncio.sleep(0)
        return transport, wire

    monkeypatch.setattr(loop, "create_connection", create_and_lose)
    async with await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0) as listening:
        connection = Connection(f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}", 5.0)
        with pytest.raises(TemporaryFailure, match="the connection was closed"):
            await post(connection)
        await asyncio.wait_for(connection.close(), 5.0)


async def test_a_call_whose_way_opens_after_the_connection_was_given_back_sends_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    loop = asyncio.get_running_loop()
    create_connection = loop.create_connection
    opening, given_back = asyncio.Event(), asyncio.Event()

    async def create_later(*arguments: Any, **settings: Any) -> Any:
        opening.set()
        await given_back.wait()
        return await create_connection(*arguments, **settings)

    monkeypatch.setattr(loop, "create_connection", create_later)
    async with serving(answered()) as server, connected(server, 5.0) as connection:
        call = asyncio.create_task(post(connection))
        await opening.wait()
        await connection.close()
        given_back.set()
        with pytest.raises(TemporaryFailure):
            await call

    assert server.pieces == []


async def test_a_connection_that_is_reset_leaves_the_call_in_doubt() -> None:
    async with serving(b"", resetting=True) as server, connected(server, 5.0) as connection:
        with pytest.raises(OutcomeUnknown, match="reset"):
            await post(connection)


async def test_headers_are_known_by_their_names_in_small_letters_and_the_first_of_two_counts() -> None:
    said = answered(b"{}", "429 Slow", "Retry-After: 7", "retry-after: 9", "X-Name: Caf\xe9")
    async with serving(said) as server, connected(server, 5.0) as connection:
        answer = await post(connection)

    assert answer.headers["retry-after"] == "7"


@given(said=st.binary(max_size=300) | st.binary(max_size=200).map(lambda noise: answered()[:30] + noise))
def test_whatever_a_server_says_is_an_answer_or_a_doubt(said: bytes) -> None:
    async def hear() -> None:
        async with serving(said, ending=True) as server, connected(server, 5.0) as connection:
            with contextlib.suppress(OutcomeUnknown):
                await post(connection)

    asyncio.run(hear())


async def test_a_server_is_called_by_tls_and_must_be_who_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = make_certificate(tmp_path, "localhost")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    async with serving(answered(), tls=context) as server:
        stranger = Connection(f"https://localhost:{server.port}", 5.0)
        with pytest.raises(TemporaryFailure, match=r"(?i)certificate verify failed"):
            await post(stranger)
        await stranger.close()
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        tls_context.cache_clear()
        known = Connection(f"https://localhost:{server.port}", 5.0)
        assert (await post(known)).whole
        await known.close()
        elsewhere = Connection(f"https://127.0.0.1:{server.port}", 5.0)
        with pytest.raises(TemporaryFailure, match=r"(?i)mismatch|not valid for"):
            await post(elsewhere)
        await elsewhere.close()
    tls_context.cache_clear()

    assert len(server.pieces) == 1


async def test_a_server_that_says_nothing_is_given_up_at_the_deadline() -> None:
    async with serving() as server, connected(server, 0.05) as connection:
        with pytest.raises(OutcomeUnknown, match=r"no answer within 0\.05 s"):
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


async def test_a_call_with_less_time_left_than_one_before_it_ends_before_it() -> None:
    async with serving() as listening:
        server = PlatformServer(f"http://127.0.0.1:{listening.port}", 5.0)
        request, now = server.request("POST", "/", {}, b"{}"), asyncio.get_running_loop().time()
        longer = asyncio.create_task(server.call(await server.way(), request, now + 60, posts=True))
        await asyncio.sleep(0)
        async with asyncio.timeout(5):
            with pytest.raises(TimeoutError):
                await server.call(await server.way(), request, now + 0.05, posts=True)
        await server.close()
        with pytest.raises(ConnectionError):
            await longer


async def test_what_was_closed_does_not_wait_to_be_looked_for() -> None:
    async with serving(answered(b"{}", "200 OK", "Connection: close")) as listening:
        server = PlatformServer(f"http://127.0.0.1:{listening.port}", 5.0)
        gc.disable()
        try:
            wire = await server.way()
            known = weakref.ref(wire)
            await server.call(
                wire, server.request("POST", "/", {}, b"{}"), asyncio.get_running_loop().time() + 5, posts=True
            )
            await server.close()
            del wire
            assert known() is None
        finally:
            gc.enable()


def test_whom_this_machine_trusts_is_read_before_the_first_call() -> None:
    tls_context.cache_clear()

    Connection.warm_up()

    assert tls_context.cache_info().currsize == 1


async def test_a_call_that_somebody_gives_up_is_not_taken_for_a_late_one() -> None:
    async with serving() as server, connected(server, 5.0) as connection:
        call = asyncio.create_task(connection.call("POST", "/", body=b"{}", headers={}, posts=True))
        while not server.pieces:
            await asyncio.sleep(0)
        call.cancel()

        with pytest.raises(asyncio.CancelledError):
            await call


@pytest.mark.parametrize("unfit", [b'{"id": "\\ud83d"}', b'{"id": "\\u0000"}', '{"id": "\0"}'.encode("utf-16")])
async def test_what_no_book_can_hold_is_replaced_however_it_is_written(unfit: bytes) -> None:
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(unfit), unfit)
    async with serving(answer) as server, connected(server, 5.0) as connection:
        heard = await connection.call("POST", "/", body=b"{}", headers={}, posts=True)

    assert set(heard.fields().values()) <= {"\ufffd"}
