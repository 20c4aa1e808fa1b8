"""An outbound HTTP proxy on the loopback address, such as stands before the network of an office."""

import asyncio
import contextlib
import threading
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import pytest


class OutboundProxy:
    """Opens ways (CONNECT), and passes on requests for http addresses, from a thread of its own until it is closed.

    says: what it answers instead, "" for closing without a word, and None for what it is there for; is_silent: it takes what
    comes and says nothing; wants: the "user:password" that it must be shown; hosts: names that only it knows, with the port
    of this machine that each stands for. asked: the first line of each request; heads: all before each body.
    """

    def __init__(
        self,
        says: str | None = None,
        *,
        is_silent: bool = False,
        wants: str | None = None,
        hosts: Mapping[str, int] | None = None,
    ) -> None:
        self.says = says
        self.is_silent = is_silent
        self.asked: list[str] = []
        self.heads: list[str] = []
        self._wants = f"Basic {b64encode(wants.encode()).decode()}" if wants else None
        self._hosts = hosts or {}
        self._serving: set[asyncio.Task[None]] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        starting = asyncio.start_server(self._serve, "127.0.0.1", 0)
        self._server = asyncio.run_coroutine_threadsafe(starting, self._loop).result()
        self.port: int = self._server.sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"

    def url_with(self, credentials: str) -> str:
        return f"http://{credentials}@127.0.0.1:{self.port}"

    def close(self) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _end(self) -> None:
        self._server.close()
        for task in self._serving:
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._serving.add(task)
        try:
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
                await self._answer((await reader.readuntil(b"\r\n\r\n")).decode(), reader, writer)
        finally:
            writer.transport.abort() if self.is_silent else writer.close()
            self._serving.discard(task)

    async def _answer(self, head: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        method, target, _ = head.partition("\r\n")[0].split(" ")
        self.heads.append(head)
        self.asked.append(head.partition("\r\n")[0])
        if self.is_silent:
            await asyncio.Event().wait()
        if self._wants and f"Proxy-Authorization: {self._wants}\r\n" not in head:
            writer.write(
                b"HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n"
            )
            return
        if self.says is not None:
            writer.write(self.says.encode("latin-1"))
            await writer.drain()
            return
        address = urlsplit(target if method != "CONNECT" else f"//{target}")
        host, port = address.hostname or "", address.port or 80
        to = ("127.0.0.1", self._hosts[host]) if host in self._hosts else (host, port)
        there, onward = await asyncio.open_connection(*to)
        if method == "CONNECT":
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        else:
            onward.write(head.replace(f"{address.scheme}://{address.netloc}", "", 1).encode())
        await asyncio.gather(_pass_on(reader, onward), _pass_on(there, writer))


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while piece := await reader.read(65536):
            writer.write(piece)
            await writer.drain()
    finally:
        writer.close()


@contextlib.contextmanager
def named_in(environment: pytest.MonkeyPatch, *, shown: str = "") -> Iterator[Callable[..., OutboundProxy]]:
    """Yields what starts proxies, the last of which the environment names for every call.

    shown: the "user:password" in its address, unless a start says another.
    """
    started: list[OutboundProxy] = []

    def start(says: str | None = None, *, shown: str = shown, **ways: Any) -> OutboundProxy:
        proxy = OutboundProxy(says, **ways)
        started.append(proxy)
        environment.setenv("ALL_PROXY", proxy.url_with(shown) if shown else proxy.url)
        environment.setenv("NO_PROXY", "")  # else the servers of a test would be called directly
        return proxy

    try:
        yield start
    finally:
        for proxy in started:
            proxy.close()
