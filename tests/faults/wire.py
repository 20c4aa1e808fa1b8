"""The wire between the daemon and its platforms: it can refuse, reset, swallow what is said, or lose the answers."""

import asyncio
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from enum import Enum
from urllib.parse import urlsplit

from tests.crash.platforms import loop_in_thread


class State(Enum):
    """How the wire is: RESET breaks connections before a word was read, SILENT swallows what is said either way, ONE_WAY
    swallows the answers."""

    WHOLE = "whole"
    RESET = "reset"
    SILENT = "silent"
    ONE_WAY = "one way"


class Wire:
    """Carries bytes between a port on loopback and `upstream`; its state may be changed at any time."""

    def __init__(self, upstream: str, loop: asyncio.AbstractEventLoop) -> None:
        address = urlsplit(upstream)
        self._upstream = (address.hostname, address.port)
        self._loop = loop
        self._server: asyncio.Server | None = None
        self.state = State.WHOLE
        self.port = 0
        self.lay()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def lay(self) -> None:
        """Takes connections from now on, always on the same port."""
        self._server = asyncio.run_coroutine_threadsafe(
            asyncio.start_server(self._carry, "127.0.0.1", self.port), self._loop
        ).result()
        self.port = self._server.sockets[0].getsockname()[1]

    def pull_out(self) -> None:
        """Refuses connections from now on."""
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result()

    async def _close(self) -> None:
        if self._server is not None:
            self._server.close()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.state is State.RESET:
            writer.transport.abort()
            return
        upstream_reader, upstream_writer = await asyncio.open_connection(*self._upstream)
        await asyncio.gather(
            self._copy(reader, upstream_writer, swallowed_by=(State.SILENT,)),
            self._copy(upstream_reader, writer, swallowed_by=(State.SILENT, State.ONE_WAY)),
        )

    async def _copy(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, swallowed_by: Collection[State]
    ) -> None:
        with suppress(ConnectionError):
            while said := await reader.read(65536):
                if self.state not in swallowed_by:
                    writer.write(said)
                    await writer.drain()
        writer.close()


@contextmanager
def wired(upstream: str) -> Iterator[Wire]:
    """Lays a wire to `upstream`, served from a thread."""
    with loop_in_thread() as loop:
        wire = Wire(upstream, loop)
        try:
            yield wire
        finally:
            wire.pull_out()
