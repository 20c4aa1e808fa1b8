"""Loads what calls need before they are made: at the start what nearly all accounts share, the rest minutes before a post is due.

A clock that leaps leaves no minutes before, so what is left for then must be little; all of it at the start would be more
memory than a resting daemon may take.
"""

import asyncio
import gc
import logging
from collections.abc import Mapping
from datetime import datetime, timedelta

from scheduler.errors import BookError
from scheduler.platforms.connection import Connection
from scheduler.platforms.contract import Adapter
from scheduler.posts.book import Book, saying_what_failed
from scheduler.posts.queue import accounts_due
from scheduler.publishing.companion import Running

log = logging.getLogger("redletter.daemon")

AHEAD = timedelta(minutes=5)
_LOOK_EVERY = 2.0  # seconds
_MAY_LIE_ABOUT = (
    10_000  # objects that refer to each other, until Python looks for such (else at 700): a megabyte or two
)


class WarmUp:
    """A companion of the daemon."""

    def __init__(self) -> None:
        self._warm: set[int] = set()

    async def __call__(self, running: Running) -> None:
        if any(adapter.platform != "outbox" for adapter in running.adapters.values()):
            await asyncio.to_thread(Connection.warm_up)  # X and the rest cost as much again, and are left for later
        while not running.stop.is_set():
            await self.now(running.book, running.adapters, running.clock.now())
            await running.pause(_LOOK_EVERY)

    async def now(self, book: Book, adapters: Mapping[str, Adapter], now: datetime) -> None:
        """Warms up the adapters that have a post due within the next minutes; in a thread, since imports take a while."""
        cold = {name: adapter for name, adapter in adapters.items() if id(adapter) not in self._warm}
        if not cold:
            return
        try:
            with saying_what_failed(book.path), book.engine.connect() as connection:
                due = accounts_due(connection, now + AHEAD)
        except BookError:
            return  # the publisher says it
        for name in cold.keys() & due:
            self._warm.add(id(cold[name]))
            try:
                await asyncio.to_thread(cold[name].warm_up)
            except Exception:
                log.exception("what the account %s needs could not be loaded", name)
        if cold.keys() & due:
            # What was loaded stays: looking through it, and at every few calls of a burst, costs a fifth of a burst's time.
            gc.collect()
            gc.freeze()
            gc.set_threshold(_MAY_LIE_ABOUT)
