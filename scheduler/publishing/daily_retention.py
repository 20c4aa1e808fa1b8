"""A companion of the daemon: once a day it removes what is older than the policy keeps."""

import asyncio
import logging
from datetime import datetime, timedelta

from scheduler.errors import BookError
from scheduler.posts.batches import DAEMON
from scheduler.posts.retention import Removed, batches_of_old_posts, last_sign_of_life, remove
from scheduler.publishing.companion import Running
from scheduler.tomlfile import Period

log = logging.getLogger("redletter.retention")

FIRST_AFTER = 60.0  # seconds: what is due at the start goes out first
DAY = 86_400.0
AGAIN_AFTER = 3600.0  # seconds, when the book could not be used
# A book in which nothing happened for so long belongs to a machine whose clock was set wrongly, more likely than not.
QUIET = timedelta(days=366)


class DailyRetention:
    """Removes through the one writer, batch by batch, so that publishing waits for a few posts at most."""

    def __init__(self, keep: Period, first_after: float = FIRST_AFTER) -> None:
        self._keep = keep
        self._first_after = first_after

    async def __call__(self, running: Running) -> None:
        await running.pause(self._first_after)
        while not running.stop.is_set():
            try:
                await self._remove(running)
            except BookError as error:
                log.warning("what is too old could not be removed and will be later: %s", error)
                await running.pause(AGAIN_AFTER)
            else:
                await running.pause(DAY)

    async def _remove(self, running: Running) -> None:
        now = running.clock.now()
        before = self._keep.before(now)
        batches = await asyncio.to_thread(self._look, running, before, now)
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

    def _look(self, running: Running, before: datetime, now: datetime) -> list[list[int]]:
        with running.book.reading() as session:
            batches = batches_of_old_posts(session.connection(), before)
            newest = last_sign_of_life(session.connection())
        if batches and newest is not None and now - newest > QUIET:
            log.warning(
                "nothing old is removed: by the clock of this machine nothing happened in the book since %s;"
                " if the clock is right, say redletter retention --remove",
                f"{newest:%Y-%m-%d}",
            )
            return []
        return batches
