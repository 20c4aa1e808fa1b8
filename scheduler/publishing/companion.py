"""What runs beside the publisher on the daemon's event loop: asking about posts in doubt, alarms, health."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from scheduler.platforms.contract import Adapter
from scheduler.posts.book import Book
from scheduler.posts.tables import Daemon
from scheduler.posts.writer import Writer
from scheduler.publishing.clock import Clock
from scheduler.publishing.publisher import Publisher


class Changes:
    """Wakes those who wait for it when something new stands in the audit trail, or the workspace can be looked into again."""

    def __init__(self) -> None:
        self._next = asyncio.Event()

    def next(self) -> asyncio.Event:
        """Returns what is set at the next change; ask for it before you look, and none is missed."""
        return self._next

    def tell(self) -> None:
        self._next.set()
        self._next = asyncio.Event()


@dataclass(frozen=True, slots=True)
class Running:
    """The daemon that publishes, as its companions see it.

    adapters: as they are now; when the config is read again they change, so copy them before you await in between.
    stop: set when it is told to stop. before: what the last daemon left as its line in the book; None when none ever ran.
    changes: what others, and this daemon, have moved or held, told at most a quarter of a second later.
    """

    book: Book
    writer: Writer
    publisher: Publisher
    adapters: Mapping[str, Adapter]
    clock: Clock
    stop: asyncio.Event
    before: Daemon | None = None
    changes: Changes = field(default_factory=Changes)

    async def pause(self, seconds: float) -> None:
        """Waits so long, but not when told to stop."""
        await pause(self.stop, seconds)


Companion = Callable[[Running], Awaitable[None]]
"""Runs until `stop` is set, and then ends by itself, or is given up. One that raises is logged and begins anew."""


async def tick(stop: asyncio.Event, every: float) -> None:
    """Waits for the next of moments that lie so many seconds apart, but not when told to stop.

    Those who look equally often wake a resting daemon together, and not one after the other.
    """
    now = asyncio.get_running_loop().time()
    try:
        async with asyncio.timeout_at((now // every + 1) * every):
            await stop.wait()
    except TimeoutError:
        pass


async def until_any(*events: asyncio.Event, seconds: float | None = None) -> None:
    """Waits until one of them is set, and no longer than so many seconds."""
    waiting = [asyncio.create_task(event.wait()) for event in events]
    try:
        await asyncio.wait(waiting, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in waiting:
            task.cancel()


async def pause(stop: asyncio.Event, seconds: float) -> None:
    """Waits so long, but not when told to stop."""
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        pass
