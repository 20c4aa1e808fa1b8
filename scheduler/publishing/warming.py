"""Loads what an account's calls need well before its next post is due, and not sooner: a resting daemon stays small."""

import asyncio
import gc
import logging
from collections.abc import Mapping
from datetime import datetime, timedelta

from scheduler.errors import BookError
from scheduler.platforms.contract import Adapter
from scheduler.posts.book import Book, saying_what_failed
from scheduler.posts.queue import accounts_due
from scheduler.publishing.companion import Running, until_any

log = logging.getLogger("redletter.daemon")

# More than the hour by which a clock most often leaps: what is due in that hour goes out at once then.
AHEAD = timedelta(hours=2)
_LOOK_EVERY = 60.0  # seconds between two looks where nothing has changed
_MAY_LIE_ABOUT = (
    10_000  # objects that refer to each other, until Python looks for such (else at 700): a megabyte or two
)


class WarmUp:
    """A companion of the daemon."""

    def __init__(self) -> None:
        self._warm: set[int] = set()

    async def __call__(self, running: Running) -> None:
        while not running.stop.is_set():
            change = running.changes.next()
            await self.now(running.book, running.adapters, running.clock.now())
            await until_any(running.stop, change, seconds=_LOOK_EVERY)

    async def now(self, book: Book, adapters: Mapping[str, Adapter], now: datetime) -> None:
        """Warms up the adapters that have a post due within the next hours; in a thread, since imports take a while."""
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
