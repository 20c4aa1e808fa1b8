"""A companion of the daemon: once a day it removes what is older than the policy keeps."""

import asyncio
import logging
from datetime import datetime

from scheduler.errors import BookError
from scheduler.posts.articles import forget, unused_texts
from scheduler.posts.batches import DAEMON
from scheduler.posts.book import Book
from scheduler.posts.retention import LEAP, Removed, batches_of_old_posts, remove, steady_since
from scheduler.posts.tables import Daemon
from scheduler.publishing.companion import Running
from scheduler.tomlfile import Period

log = logging.getLogger("redletter.retention")

FIRST_AFTER = 60.0  # seconds: what is due at the start goes out first
DAY = 86_400.0
AGAIN_AFTER = 3600.0  # seconds, when the book could not be used


class DailyRetention:
    """Removes through the one writer, batch by batch, so that publishing waits for a few posts at most.

    A clock that leapt makes everything look old, so it has to go on evenly for some days before anything is removed.
    """

    def __init__(self, keep: Period, first_after: float = FIRST_AFTER) -> None:
        self._keep = keep
        self._first_after = first_after
        self._seen: datetime | None = None

    async def __call__(self, running: Running) -> None:
        self._seen = self._seen or _last_sign_of_life(running.before)
        is_start = True
        while not running.stop.is_set():
            try:
                # At the start, too: this daemon's own signs of life are about to be written over those of the last one.
                since = await self._steady_since(running)
                if not is_start:
                    await self._remove(running, since)
            except BookError as error:
                log.warning("what is too old could not be removed and will be later: %s", error)
                await running.pause(AGAIN_AFTER)
            else:
                await running.pause(self._first_after if is_start else DAY)
            is_start = False

    async def _steady_since(self, running: Running) -> datetime:
        now, seen = running.clock.now(), self._seen
        since = await running.writer.write(lambda book: steady_since(book, seen, now))
        self._seen = now
        return since

    async def _remove(self, running: Running, since: datetime) -> None:
        now = running.clock.now()
        before = self._keep.before(now)
        batches, unused = await asyncio.to_thread(_look, running.book, before)
        if (batches or unused) and now - since < LEAP:
            log.warning(
                "nothing old is removed before %s, for the clock of this machine is known to go on evenly only since %s;"
                " if the clock is right, say redletter retention --remove",
                f"{since + LEAP:%Y-%m-%d}",
                f"{since:%Y-%m-%d}",
            )
            return
        removed = Removed()
        for batch in batches:
            if running.stop.is_set():
                break
            removed = await running.writer.write(
                lambda book: remove(book, batch, before, removed, who=DAEMON, now=now)  # noqa: B023 (awaited at once)
            )
            await asyncio.sleep(0.01)  # other writers take their turn
        if removed.posts:
            log.info("removed %d posts older than %s", removed.posts, f"{before:%Y-%m-%d}")
            _, unused = await asyncio.to_thread(_look, running.book, before)
        if unused and not running.stop.is_set():
            texts = await running.writer.write(lambda book: forget(book, unused, before))
            log.info("removed %d texts of articles that no post was taken from", texts)


def _look(book: Book, before: datetime) -> tuple[list[list[int]], list[tuple[str, str]]]:
    with book.reading() as session:
        return batches_of_old_posts(session.connection(), before), unused_texts(session.connection(), before)


def _last_sign_of_life(before: Daemon | None) -> datetime | None:
    return max(before.turned_at, before.stopped_at or before.turned_at) if before else None
