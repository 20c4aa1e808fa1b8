"""The ways to one server: opened when there is no free one, kept for a moment, each call ended at its deadline."""

import asyncio
import socket
import ssl
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from urllib.parse import quote, urlsplit

from aiohappyeyeballs import AddrInfoType, start_connection

from scheduler.faultpoints import reached
from scheduler.platforms.answer import Answer
from scheduler.platforms.wire import Wire
from scheduler.proxy import NoWay, Proxy, proxy_for

# Shorter than any server's own: a connection that the server is just closing would swallow a post and leave us unsure.
_IDLE_SECONDS = 3.0
# A server that closes kept ways without a word is not met by one again for so long: what it closes may hold a post.
_DISTRUST_SECONDS = 60.0
_ADDRESS_SECONDS = 10.0  # for which a name is looked up once, however many ways are opened
_NEXT_ADDRESS_AFTER = 0.25  # seconds after which another address is tried beside the first (RFC 8305, section 5)


class Server:
    """One server and the open ways to it, through the proxy that the environment names for it, if it names one.

    base_url: without a slash at its end; seconds: of one call from start to end. Raises NoWay where what is named is none.
    """

    def __init__(self, base_url: str, seconds: float) -> None:
        parts = urlsplit(base_url)
        self._is_secure = parts.scheme == "https"
        self._host = parts.hostname or ""
        self._port = parts.port or (443 if self._is_secure else 80)
        self._prefix = parts.path
        # For http too the proxy opens a way, and passes on no request: its own refusal is then never taken for the
        # platform's, and comes before anything was sent. (http is for servers on this machine alone, as in tests.)
        self.proxy = proxy_for(base_url)
        self._head = (
            f"Host: {_in_ascii(parts.netloc)}\r\nUser-Agent: Redletter\r\nAccept: */*\r\nAccept-Encoding: identity\r\n"
        )
        self._seconds = seconds
        self._open: set[Wire] = set()
        self._free: list[tuple[Wire, float]] = []  # with when each came free; the last is taken first
        self._deadlines: dict[Wire, float] = {}
        # One timer for many calls: one for each call, set and taken back, would be a tenth of what the call costs.
        self._next_deadline: asyncio.TimerHandle | None = None
        self._next_clearing: asyncio.TimerHandle | None = None
        self._addresses: asyncio.Task[Sequence[AddrInfoType]] | None = None
        self._looked_up_at = 0.0
        self._is_closed = False
        self._keeps_nothing_before = 0.0

    def request(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None) -> bytes:
        """Returns a request as it is written; raises ValueError where a header has a line break in it."""
        said = "".join([f"{name}: {value}\r\n" for name, value in headers.items()])
        if said.count("\r") != len(headers) or said.count("\n") != len(headers):
            raise ValueError("a header has a line break in it")
        if body is not None:
            said += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        elif method != "GET":
            said += "Content-Length: 0\r\n"
        head = f"{method} {_target(self._prefix + path)} HTTP/1.1\r\n{self._head}{said}\r\n".encode()
        return head + body if body else head

    async def get_ready(self) -> None:
        """Opens a way where none is free, for the call that is made next; raises as `way` does."""
        if not self._has_free_way():
            self._keep(await self._new_way())

    async def way(self) -> Wire:
        """Returns a way that is free; raises OSError when none can be opened, or not in time."""
        return self._free.pop()[0] if self._has_free_way() else await self._new_way()

    def _has_free_way(self) -> bool:
        oldest = asyncio.get_running_loop().time() - _IDLE_SECONDS
        while self._free:
            wire, since = self._free[-1]
            if wire.is_free and since > oldest:
                return True
            self._free.pop()
            if not wire.is_free:
                self._distrust()
            wire.close()
        return False

    def _distrust(self) -> None:
        """Keeps no way for a while, nor those that were kept; what was opened for the call that is next stays."""
        self._keeps_nothing_before = asyncio.get_running_loop().time() + _DISTRUST_SECONDS
        for wire, _ in self._free:
            if wire.is_kept:
                wire.close()
        self._free = [(wire, since) for wire, since in self._free if not wire.is_kept]

    async def _new_way(self) -> Wire:
        async with asyncio.timeout(self._seconds):
            wire = await self._open_way()
        if self._is_closed:
            wire.close()
        if not wire.is_free:
            raise ConnectionError("the connection was closed")
        return wire

    async def call(self, wire: Wire, request: bytes, ends_at: float, *, posts: bool) -> Answer:
        """Sends a request by a way that is free and returns the answer; raises OSError when nothing of one was read.

        ends_at: when it is given up, by the event loop's clock.
        """
        loop = asyncio.get_running_loop()
        waiting = wire.send(request)
        if posts:
            reached("request-sent")
        self._deadlines[wire] = ends_at
        next_deadline = self._next_deadline
        if next_deadline is None or ends_at < next_deadline.when():  # which is so after a way that took long to open
            if next_deadline is not None:
                next_deadline.cancel()
            self._next_deadline = loop.call_at(ends_at, self._end_late_calls, loop)
        try:
            answer = await waiting
        except BaseException as error:  # cancelled, mostly
            if wire.is_kept and isinstance(error, ConnectionError):
                self._distrust()
            wire.close()
            raise
        finally:
            del self._deadlines[wire]
        if wire.is_free:
            if loop.time() < self._keeps_nothing_before:
                wire.close()
            else:
                wire.is_kept = True
                self._keep(wire)
        return answer

    def _keep(self, wire: Wire) -> None:
        loop = asyncio.get_running_loop()
        self._free.append((wire, loop.time()))
        if self._next_clearing is None:
            self._next_clearing = loop.call_later(_IDLE_SECONDS, self._close_idle, loop)

    async def close(self) -> None:
        self._is_closed = True
        for timer in (self._next_deadline, self._next_clearing):
            if timer is not None:
                timer.cancel()
        for wire in self._open:
            wire.close()
        while self._open:
            await asyncio.sleep(0)

    async def _open_way(self) -> Wire:
        loop = asyncio.get_running_loop()
        tls, name = (tls_context(), self._host) if self._is_secure else (None, None)
        addresses = await self._look_up(loop)
        try:
            ready = await start_connection(addresses, happy_eyeballs_delay=_NEXT_ADDRESS_AFTER, interleave=1)
            if self.proxy is not None:
                await self._get_through(self.proxy, ready, loop)
            _, wire = await loop.create_connection(lambda: Wire(self._open), sock=ready, ssl=tls, server_hostname=name)
        except OSError:
            self._addresses = None  # it may have moved
            raise
        return wire

    async def _get_through(self, proxy: Proxy, ready: socket.socket, loop: asyncio.AbstractEventLoop) -> None:
        """Has the proxy open a way to the server, by which nothing was sent yet; raises OSError when it does not."""
        said = b""
        try:
            await loop.sock_sendall(ready, proxy.way_to(self._host, self._port))
            while not proxy.has_opened(said):
                piece = await loop.sock_recv(ready, 4096)
                if not piece:
                    raise NoWay("it closed the connection")
                said += piece
        except BaseException:
            ready.close()
            raise

    async def _look_up(self, loop: asyncio.AbstractEventLoop) -> Sequence[AddrInfoType]:
        """Returns the addresses of the server, or of the proxy before it; many that ask at once have one answer."""
        if self._addresses is None or loop.time() - self._looked_up_at > _ADDRESS_SECONDS:
            self._looked_up_at = loop.time()
            self._addresses = loop.create_task(self._ask_for_addresses(loop))
        asked = self._addresses
        try:
            return await asyncio.shield(asked)
        except OSError:
            if self._addresses is asked:
                self._addresses = None
            raise

    async def _ask_for_addresses(self, loop: asyncio.AbstractEventLoop) -> Sequence[AddrInfoType]:
        host, port = (self.proxy.host, self.proxy.port) if self.proxy else (self._host, self._port)
        return await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)

    def _end_late_calls(self, loop: asyncio.AbstractEventLoop) -> None:
        now = loop.time()
        for wire in [wire for wire, ends_at in self._deadlines.items() if ends_at <= now]:
            wire.give_up(TimeoutError())
        later = min((ends_at for ends_at in self._deadlines.values() if ends_at > now), default=None)
        self._next_deadline = loop.call_at(later, self._end_late_calls, loop) if later is not None else None

    def _close_idle(self, loop: asyncio.AbstractEventLoop) -> None:
        oldest = loop.time() - _IDLE_SECONDS
        while self._free and self._free[0][1] <= oldest:
            self._free.pop(0)[0].close()
        self._next_clearing = (
            loop.call_at(self._free[0][1] + _IDLE_SECONDS, self._close_idle, loop) if self._free else None
        )


@cache
def tls_context() -> ssl.SSLContext:
    """Returns what TLS is spoken with: to read whom this machine trusts takes 20 ms the first time."""
    context = ssl.create_default_context()
    context.set_alpn_protocols(["http/1.1"])
    return context


def _in_ascii(netloc: str) -> str:
    host, colon, port = netloc.rpartition(":") if netloc.rpartition(":")[2].isdecimal() else (netloc, "", "")
    return (host if host.isascii() else host.encode("idna").decode()) + colon + port


@lru_cache(maxsize=256)
def _target(path: str) -> str:
    """Returns what stands for a path and its question in a request line; what is quoted already stays."""
    target = quote(path.partition("#")[0], safe="!$%&'()*+,/:;=?@[]~")
    return target if target.startswith("/") else f"/{target}"
