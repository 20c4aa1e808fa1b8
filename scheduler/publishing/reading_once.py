"""How a rehearsal looks at articles and campaign files: once, before its first post goes out.

Its clock runs so fast that hours would pass while a file is looked at again, and posts would be missed that nothing is
wrong with. So what changes meanwhile changes nothing, and that is said at the end.
"""

import asyncio
import logging
from collections.abc import Callable, Hashable

from scheduler.errors import BookError
from scheduler.posts.articles import watched
from scheduler.publishing.companion import Running
from scheduler.publishing.source_watch import SourceWatch

log = logging.getLogger("redletter.articles")


class ReadingOnce:
    """Looks once, and says at the end what has changed since.

    state: how a file stands; stamp: changes when a campaign file does.
    """

    def __init__(self, watch: SourceWatch, state: Callable[[str], str], stamp: Callable[[], Hashable]) -> None:
        self._watch = watch
        self._state = state
        self._stamp = stamp
        self._files: dict[str, str] = {}
        self._campaigns: Hashable = None

    async def before_the_first(self, running: Running) -> None:
        log.info("rehearsal: articles and campaign files are read now, and not again while it runs")
        try:
            self._files = await asyncio.to_thread(self._states_of_all, running)
        except BookError as error:
            log.warning("what changes while the rehearsal runs will not be said: %s", error)
        self._campaigns = await asyncio.to_thread(self._stamp)
        await self._watch.before_the_first(running)

    async def at_the_end(self, running: Running) -> None:
        """A companion: says which files the rehearsal did not show as they are now."""
        await running.stop.wait()
        for name in await asyncio.to_thread(self._changed):
            log.warning("%s changed while the rehearsal ran, which went by what it said at the start", name)

    def _changed(self) -> list[str]:
        changed = [name for name, before in self._files.items() if self._state(name) != before]
        return [*changed, "a campaign file"] if self._stamp() != self._campaigns else changed

    def _states_of_all(self, running: Running) -> dict[str, str]:
        with running.book.reading() as session:
            files = [each.source for each in watched(session.connection()) if "://" not in each.source]
        return {name: self._state(name) for name in files}
