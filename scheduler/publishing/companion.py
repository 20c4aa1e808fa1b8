"""What runs beside the publisher on the daemon's event loop: asking about posts in doubt, alarms, health."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from scheduler.platforms.contract import Adapter
from scheduler.posts.book import Book
from scheduler.posts.tables import Daemon
from scheduler.posts.writer import Writer
from scheduler.publishing.clock import Clock
from scheduler.publishing.publisher import Publisher


@dataclass(frozen=True, slots=True)
class Running:
    """The daemon that publishes, as its companions see it.

    adapters: as they are now; when the config is read again they change, so copy them before you await in between.
    stop: set when it is told to stop. before: what the last daemon left as its line in the book; None when none ever ran.
    """

    book: Book
    writer: Writer
    publisher: Publisher
    adapters: Mapping[str, Adapter]
    clock: Clock
    stop: asyncio.Event
    before: Daemon | None = None

    async def pause(self, seconds: float) -> None:
        """Waits so long, but not when told to stop."""
        await pause(self.stop, seconds)


Companion = Callable[[Running], Awaitable[None]]
"""Runs until `stop` is set, and then ends by itself, or is given up. One that raises is logged and begins anew."""


async def pause(stop: asyncio.Event, seconds: float) -> None:
    """Waits so long, but not when told to stop."""
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        pass
