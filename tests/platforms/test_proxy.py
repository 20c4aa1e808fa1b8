"""Calls go through the proxy that the environment names; where it opens no way, nothing was sent, and it is said why."""

import asyncio
import socket
import ssl
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest

from scheduler.config import redact
from scheduler.errors import OutcomeUnknown, TemporaryFailure
from scheduler.platforms import PLATFORMS
from scheduler.platforms.connection import Connection
from scheduler.platforms.server import tls_context
from scheduler.proxy import NoWay, Proxy, proxy_for
from tests.builders.platforms import make_message, publish
from tests.builders.proxy import OutboundProxy, named_in
from tests.platforms.test_connection import answered, connected, make_certificate, post, serving

NOW = datetime(2027, 3, 18, 9, 0, tzinfo=UTC)


@pytest.fixture
def proxy_that(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., OutboundProxy]]:
    """Starts proxies, and names the last of them in the environment for every call."""
    with named_in(monkeypatch) as start:
        yield start


async def test_a_platform_that_only_the_proxy_knows_is_called_by_tls_and_must_be_who_it_says(
    proxy_that: Callable[..., OutboundProxy], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = make_certificate(tmp_path, "platform.example")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    tls_context.cache_clear()
    async with serving(answered(), answered(), tls=context) as server:
        proxy = proxy_that(hosts={"platform.example": server.port, "other.example": server.port})
        platform, other = Connection("https://platform.example", 5.0), Connection("https://other.example", 5.0)
        assert (await post(platform)).whole
        assert (await post(platform)).whole
        with pytest.raises(TemporaryFailure, match=rf"through the proxy {proxy.url}: .*(?i:mismatch|not valid for)"):
            await post(other)
        await platform.close()
        await other.close()
    tls_context.cache_clear()

    assert proxy.asked == ["CONNECT platform.example:443 HTTP/1.1", "CONNECT other.example:443 HTTP/1.1"]
    assert len(server.pieces) == 2
    assert server.pieces[0].startswith(b"POST /posts HTTP/1.1\r\nHost: platform.example\r\n")


async def test_the_way_through_is_opened_ahead_of_the_call(proxy_that: Callable[..., OutboundProxy]) -> None:
    proxy = proxy_that()
    async with serving(answered()) as server, connected(server, 5.0) as connection:
        await connection.get_ready()
        opened = list(proxy.asked)
        await post(connection)

    assert opened == proxy.asked == [f"CONNECT 127.0.0.1:{server.port} HTTP/1.1"]
    assert server.connections == 1


async def test_a_proxy_is_shown_its_credentials_and_the_platform_never(
    proxy_that: Callable[..., OutboundProxy],
) -> None:
    proxy = proxy_that(wants="press office:p4ss@wörd", shown="press%20office:p4ss%40w%C3%B6rd")
    async with serving(answered()) as server, connected(server, 5.0) as connection:
        await post(connection)

    shown = proxy.heads[0].partition("Basic ")[2].partition("\r\n")[0]
    assert len(proxy.asked) == 1
    assert b"Proxy-" not in server.pieces[0]
    assert redact(f"p4ss@wörd {shown} p4ss%40w%C3%B6rd") == "[secret] [secret] [secret]"


@pytest.mark.parametrize(
    ("says", "why"),
    [
        ("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno", "it answered 403 Forbidden"),
        ("HTTP/1.1 403 Not\x1b[31m by\tpolicy\n\n", r"it answered 403 Not\[31m by policy"),
        ("HTTP/1.0 502 Bad Gateway\r\n\r\n", "it answered 502 Bad Gateway"),
        ("HTTP/1.1 503\r\n\r\n", "it answered 503"),
        ("HTTP/1.1 504 Gateway Timeout\r\n", "it answered 504 Gateway Timeout"),
        ("HTTP/1.1 302 Found\r\nLocation: https://login.example/\r\n\r\n", "it answered 302 Found"),
        ("HTTP/1.1 101 Switching Protocols\r\n\r\n", "it answered 101"),
        ("HTTP/1.1 407 Show yourself\r\n\r\n", "it answered 407 Show yourself: it wants a user name and a password"),
        ("HTTP/1.0 401 Unauthorized\r\n\r\n", "it answered 401 Unauthorized: it wants a user name and a password"),
        ("", "it closed the connection"),
        ("HTTP/1.1 200 OK\r\nVia: a", "it closed the connection"),
        ("SSH-2.0-OpenSSH_9.2\r\n", "not by HTTP"),
        ("HTTP/1.1 999999\r\n\r\n", "not by HTTP"),
        ("\x15\x03\x01\x00\x02\x02", "not by HTTP"),
        ("HTTP/1.1 200 OK\r\n\r\nwelcome", "it said more"),
        ("HTTP/1.1 200 OK\r\n" + "A: b\r\n" * 20_000, "does not end"),
    ],
)
async def test_a_proxy_that_opens_no_way_means_that_nothing_was_sent(
    proxy_that: Callable[..., OutboundProxy], says: str, why: str
) -> None:
    proxy = proxy_that(says)
    async with serving() as server, connected(server, 5.0) as connection:
        for call in (connection.get_ready(), post(connection)):
            with pytest.raises(TemporaryFailure, match=f"cannot be reached through the proxy {proxy.url}: .*{why}"):
                await call

    assert server.connections == 0


async def test_a_way_is_open_whatever_headers_and_line_ends_say_so(proxy_that: Callable[..., OutboundProxy]) -> None:
    said = b"HTTP/1.0 201 Fine\nContent-Length: 7\n\n"
    proxy = Proxy("proxy.example", 3128)

    for end in range(len(said)):
        assert not proxy.has_opened(said[:end])
    assert proxy.has_opened(said)


async def test_a_proxy_that_wants_other_credentials_says_so_without_those_it_was_shown(
    proxy_that: Callable[..., OutboundProxy], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    proxy_that(wants="press:n3w-pass", shown="press:0ld-pass")
    async with serving() as server, connected(server, 5.0) as connection:
        with pytest.raises(TemporaryFailure, match=r"answered 407 .*: it wants other credentials") as refused:
            await post(connection)

    assert "0ld-pass" not in f"{refused.value} {refused.value.__cause__!r} {caplog.text} {connection!r}"
    assert server.connections == 0


async def test_a_proxy_that_is_silent_is_given_up_in_time_and_nothing_was_sent(
    proxy_that: Callable[..., OutboundProxy],
) -> None:
    proxy = proxy_that(is_silent=True)
    async with serving() as server, connected(server, 0.2) as connection:
        with pytest.raises(TemporaryFailure, match=rf"through the proxy {proxy.url}: no answer within 0\.2 s"):
            await post(connection)

    assert proxy.asked
    assert server.connections == 0


async def test_a_proxy_that_is_not_there_means_that_nothing_was_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        address = f"http://127.0.0.1:{closed.getsockname()[1]}"
    monkeypatch.setenv("ALL_PROXY", address)
    monkeypatch.setenv("NO_PROXY", "")
    async with serving() as server, connected(server, 5.0) as connection:
        with pytest.raises(
            TemporaryFailure, match=f"cannot be reached through the proxy {address}: .*Connect call failed"
        ):
            await post(connection)

    assert server.connections == 0


async def test_what_is_lost_once_the_way_is_open_is_in_doubt(proxy_that: Callable[..., OutboundProxy]) -> None:
    proxy_that()
    async with serving(b"", ending=True) as server, connected(server, 5.0) as connection:
        with pytest.raises(OutcomeUnknown, match="its answer was lost"):
            await post(connection)

    assert len(server.pieces) == 1


async def test_a_call_that_is_given_up_while_the_proxy_thinks_leaves_no_socket_open(
    proxy_that: Callable[..., OutboundProxy],
) -> None:
    proxy = proxy_that(is_silent=True)
    async with serving() as server, connected(server, 5.0) as connection:
        call = asyncio.create_task(connection.get_ready())
        while not proxy.asked:
            await asyncio.sleep(0)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call  # a socket left open would be a ResourceWarning, which is an error here


@pytest.mark.parametrize("platform", [name for name in PLATFORMS if name != "outbox"])
async def test_every_platform_is_reached_through_the_proxy(
    platform: str, proxy_that: Callable[..., OutboundProxy], fake, adapter_of
) -> None:
    proxy = proxy_that()
    adapter = adapter_of(platform)
    await publish(adapter, adapter.payload(make_message(), adapter.new_key(NOW, Random(1))))

    assert len(fake.accepted) == 1
    assert set(proxy.asked) == {f"CONNECT {fake.address.removeprefix('http://')} HTTP/1.1"}


@pytest.mark.parametrize("platform", [name for name in PLATFORMS if name != "outbox"])
async def test_for_every_platform_a_proxy_that_refuses_is_no_more_than_a_delay(
    platform: str, proxy_that: Callable[..., OutboundProxy], fake, adapter_of
) -> None:
    proxy_that("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")
    adapter = adapter_of(platform)
    payload = adapter.payload(make_message(), adapter.new_key(NOW, Random(1)))
    with pytest.raises(TemporaryFailure, match="it answered 407"):
        await adapter.get_ready(payload)
    with pytest.raises(TemporaryFailure):
        await adapter.send(payload)

    assert fake.accepted == []


def where(proxy: Proxy | None) -> str | None:
    return str(proxy) if proxy else None


@pytest.mark.parametrize(
    ("variables", "url", "goes"),
    [
        ({}, "https://social.example", None),
        ({"HTTPS_PROXY": "http://a.example:3128"}, "https://social.example", "http://a.example:3128"),
        ({"https_proxy": "a.example:3128/"}, "https://social.example", "http://a.example:3128"),
        ({"HTTPS_PROXY": "http://a.example"}, "https://social.example", "http://a.example:80"),
        ({"HTTPS_PROXY": "http://[2001:db8::1]:8080"}, "https://social.example", "http://[2001:db8::1]:8080"),
        ({"HTTPS_PROXY": "http://a.example:1"}, "http://social.example", None),
        ({"HTTP_PROXY": "http://a.example:1"}, "http://social.example", "http://a.example:1"),
        ({"HTTP_PROXY": "http://a.example:1", "REQUEST_METHOD": "GET"}, "http://social.example", None),
        ({"http_proxy": "http://a.example:1", "REQUEST_METHOD": "GET"}, "http://social.example", "http://a.example:1"),
        ({"ALL_PROXY": "http://a.example:1"}, "http://127.0.0.1:80", None),
        ({"ALL_PROXY": "http://a.example:1"}, "http://[::1]:80", None),
        ({"ALL_PROXY": "http://a.example:1"}, "https://localhost", None),
        ({"ALL_PROXY": "http://a.example:1", "NO_PROXY": ""}, "http://127.0.0.1:80", "http://a.example:1"),
        ({"ALL_PROXY": "http://a.example:1", "no_proxy": "social.example"}, "https://localhost", "http://a.example:1"),
        ({"ALL_PROXY": "http://a.example:1"}, "http://127.0.0.1.example:80", "http://a.example:1"),
        ({"ALL_PROXY": "http://a.example:1"}, "https://social.example", "http://a.example:1"),
        (
            {"ALL_PROXY": "socks5://a.example:1", "HTTPS_PROXY": "b.example:2"},
            "https://c.example",
            "http://b.example:2",
        ),
        ({"HTTPS_PROXY": "a.example:1", "https_proxy": "b.example:2"}, "https://c.example", "http://b.example:2"),
        ({"HTTPS_PROXY": "a.example:1", "https_proxy": ""}, "https://c.example", None),
        ({"ALL_PROXY": "a.example:1", "NO_PROXY": "social.example"}, "https://social.example", None),
        ({"ALL_PROXY": "a.example:1", "NO_PROXY": ".example, x.org"}, "https://social.example", None),
        ({"ALL_PROXY": "a.example:1", "NO_PROXY": "social.example:443"}, "https://social.example", None),
        ({"ALL_PROXY": "a.example:1", "no_proxy": "127.0.0.1,localhost,::1"}, "http://[::1]:8080", None),
        ({"ALL_PROXY": "a.example:1", "no_proxy": "[::1]"}, "http://[::1]:8080", None),
        ({"ALL_PROXY": "a.example:1", "NO_PROXY": "*"}, "https://social.example", None),
        ({"ALL_PROXY": "a.example:1", "NO_PROXY": "other.example"}, "https://social.example", "http://a.example:1"),
    ],
)
def test_which_proxy_it_is_follows_the_rules_that_every_tool_shares(
    variables: dict[str, str], url: str, goes: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    assert where(proxy_for(url)) == goes


@pytest.mark.parametrize(
    "address",
    ["socks5://a.example:1080", "https://a.example:3128", "http://", "http://a.example:port", "http://[a", " "]
    + [f"http://press:hunter2{sign}token@a.example:3128" for sign in "/?#"]
    + ["http://press:22/hunter2@a.example:3128"],
)
async def test_what_is_no_address_of_a_proxy_is_said_and_never_gone_past(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", address)
    monkeypatch.setenv("NO_PROXY", "")
    async with serving(answered()) as server, connected(server, 5.0) as connection:
        with pytest.raises(TemporaryFailure, match="HTTP_PROXY in the environment is not the address") as refused:
            await post(connection)

    assert "hunter2" not in str(refused.value)
    assert server.connections == 0


def test_a_password_is_no_part_of_what_is_shown_of_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://press:hunter2@a.example:3128")

    proxy = proxy_for("https://social.example")

    assert proxy is not None
    assert proxy.headers == {"Proxy-Authorization": "Basic cHJlc3M6aHVudGVyMg=="}
    assert f"{proxy} {proxy!r}" == "http://a.example:3128 Proxy(host='a.example', port=3128)"
    with pytest.raises(NoWay) as refused:
        proxy.has_opened(b"HTTP/1.1 403 Not with hunter2 or cHJlc3M6aHVudGVyMg==\r\n\r\n")
    assert str(refused.value) == "it answered 403 Not with [secret] or [secret]"


def test_without_a_proxy_nothing_is_loaded_to_look_for_one() -> None:
    code = (
        "import sys; from scheduler.platforms.server import Server; Server('https://social.example', 5.0);"
        "print('urllib.request' in sys.modules)"
    )

    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout

    assert printed.strip() == "False"
