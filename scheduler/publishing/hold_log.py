"""Says in the daemon's log that a hold began or ended, whoever made it."""

import asyncio
import logging
from collections.abc import Mapping

from scheduler.errors import BookError
from scheduler.posts.batches import DAEMON
from scheduler.posts.book import Book
from scheduler.posts.holds import reach_of
from scheduler.posts.queries import standing_holds
from scheduler.posts.tables import Hold
from scheduler.publishing.companion import Running, until_any
from scheduler.publishing.hold_file import HELD_BY

log = logging.getLogger("redletter.hold")


class HoldLog:
    """A companion of the daemon. What stands already when it begins is said, too."""

    async def __call__(self, running: Running) -> None:
        known: Mapping[int, Hold] = {}
        while not running.stop.is_set():
            change = running.changes.next()
            known = await asyncio.to_thread(_tell, running.book, known)
            await until_any(running.stop, change)


def _tell(book: Book, known: Mapping[int, Hold]) -> Mapping[int, Hold]:
    """Returns the holds that stand now, by their ids; a book that cannot be read is the publisher's to speak of."""
    try:
        with book.reading() as session:
            holds = {hold.id or 0: hold for hold in standing_holds(session)}
            ended = [session.get(Hold, each) for each in known.keys() - holds.keys()]
    except BookError:
        return known
    # What a hold takes the place of ends first: the last line says how things stand.
    for hold in filter(None, ended):
        if hold.held_by != HELD_BY or hold.lifted_by != HELD_BY:
            log.warning("%s is not held any more, by %s", reach_of(hold), hold.lifted_by)
    for hold in (each for number, each in holds.items() if number not in known):
        # The file and a refused account have a line of their own, which says more.
        if hold.held_by not in (HELD_BY, DAEMON):
            log.warning("%s is held by %s: %s", reach_of(hold), hold.held_by, hold.reason)
    return holds
