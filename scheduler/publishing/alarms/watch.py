"""The watch looks at the book every few seconds, raises what a person must be told, and hands it to the mailroom.

It looks from a thread of its own accord, whatever the publisher does: what it watches for is also that nothing happens.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from scheduler.config import Alarms, redact
from scheduler.errors import BookError
from scheduler.posts.alarms import (
    GONE_BY,
    Limits,
    Look,
    Message,
    Raised,
    due_between,
    has_message,
    in_common,
    keep_raised,
    look,
    open_keys,
    untold,
)
from scheduler.posts.book import Book
from scheduler.posts.heartbeat import turned_lately
from scheduler.posts.needs import Need
from scheduler.posts.tables import Daemon
from scheduler.posts.wording import count, local_hour
from scheduler.publishing.alarms.channels import Channel
from scheduler.publishing.alarms.digest import digest_key, is_time, make_digest
from scheduler.publishing.alarms.mailroom import Clock, Mailroom, Write
from scheduler.publishing.alarms.notices import URGENT, message_about
from scheduler.publishing.companion import Running, until_any
from scheduler.publishing.hold_file import is_there
from scheduler.publishing.publisher import Publisher

log = logging.getLogger("redletter.alarms")

LOOK_EVERY = 5.0  # seconds, while things happen
AT_REST = 3  # times as many, while nothing does
WRITE_WITHIN = 7.0  # seconds; a book that is locked gives up after five
SETTLE = 3.0  # seconds that a daemon which has just begun may take to publish, or to give up, what came due before it
TROUBLE_LASTS = 60.0  # seconds that the book may be in trouble, or a loop stand still or stumble, before it is told
AWAY = timedelta(minutes=5)  # so long no daemon may publish after a clean stop before it is told
SOON = timedelta(hours=1)  # a daemon that is stopped with a post due this soon is told
LAST_ROUND = 10.0  # seconds in which a daemon that stops may still deliver

# Alarms of these kinds are not about posts in the book: whoever turns the watch says which of them stand.
_FROM_OUTSIDE = ("book", "daemon", "watch")


@dataclass(frozen=True, slots=True)
class _Found:
    """What one look gave. standing: keys of open alarms that are not about posts; untold: open, and in no message yet."""

    look: Look
    standing: frozenset[str]
    untold: Sequence[Raised]


class Watch:
    """Raises what is new, clears what is over, and tells it.

    What could not be written stays in memory, is told all the same, and is written as soon as it can be.
    is_at_rest: the last turn found nothing that is new, untold, unwritten, or wrong with the book or the daemon.
    hold_file: while it is there, nothing is expected to go out. zone: by whose clocks the digest has its hour. pace: how
    far apart late posts of one account go out, at most.
    """

    def __init__(
        self,
        alarms: Alarms,
        mailroom: Mailroom,
        book: Book,
        write: Write,
        clock: Clock,
        *,
        zone: ZoneInfo,
        hold_file: Path,
        has_channels: bool,
        pace: timedelta,
    ) -> None:
        self._alarms = alarms
        self._mailroom = mailroom
        self._book = book
        self._write = write
        self._clock = clock
        self._zone = zone
        self._hold_file = hold_file
        self._has_channels = has_channels
        self._pace = pace
        self._ahead: dict[str, Raised] = {}
        self.is_at_rest = False
        self._last_told: datetime | None = None

    async def turn(
        self,
        standing: Sequence[Need] = (),
        *,
        gone_by: Sequence[Need] = (),
        publishes: bool = True,
        at_once: bool = False,
    ) -> None:
        """Looks once, and tells what is to be told now.

        standing: what is wrong now with the book or the daemon; gone_by: what has happened, to be told once. publishes:
        whether a daemon does. at_once: gather nothing any longer.
        """
        now = self._clock.now()
        try:
            found = await asyncio.to_thread(self._look, now, publishes)
        except BookError:
            found = None
        new = self._raise([*standing, *gone_by], found, now)
        for each in in_common(new):
            # Whoever looks from outside says what was found, too.
            log.log(logging.WARNING if publishes else logging.INFO, "alarm: %s", each.need.said)
        over = self._over(standing, found)
        is_quiet = not (standing or self._ahead or new or over)
        await self._keep(over, now)
        untold = [each for each in found.untold if each.need.key not in over] if found else []
        await self._tell({each.need.key: each for each in (*untold, *self._ahead.values(), *new)}, now, at_once=at_once)
        await self._mailroom.write_down()
        await self._mailroom.take_over()
        self.is_at_rest = is_quiet and found is not None and not (found.standing or untold)

    async def send_digest(self) -> None:
        """Sends the digest of this day when its hour has come, once."""
        now = self._clock.now()
        if not self._has_channels or not is_time(now, self._alarms.digest, self._zone):
            return
        key = digest_key(now.astimezone(self._zone).date())
        if key in self._mailroom.message_keys:
            return
        try:
            message = await asyncio.to_thread(self._new_digest, key, now)
        except BookError:
            return  # the next turn tries again, all day
        if message is not None:
            await self._mailroom.post(message)

    def _new_digest(self, key: str, now: datetime) -> Message | None:
        with self._book.reading() as session:
            if has_message(session, key):
                return None
        return make_digest(self._book, now, self._zone)

    def _look(self, now: datetime, publishes: bool) -> _Found:
        limits = Limits(
            self._alarms.unapproved,
            self._alarms.silence,
            self._pace,
            held_by_file=is_there(self._hold_file),
            is_published_from=publishes,
        )
        with self._book.reading() as session:
            return _Found(look(session, limits, now), open_keys(session, _FROM_OUTSIDE), untold(session, now))

    def _raise(self, needs: Sequence[Need], found: _Found | None, now: datetime) -> list[Raised]:
        """Returns what was not raised before. What cannot be looked up counts as new only when this process has not raised it."""
        raised_before = (found.standing if found else frozenset()) | self._mailroom.known_keys | self._ahead.keys()
        every = [*needs, *(found.look.new if found else ())]
        new = [Raised(need, now) for need in every if need.key not in raised_before]
        if found:
            standing = {need.key for need in every}
            self._ahead = {key: each for key, each in self._ahead.items() if key in standing}
        self._ahead |= {each.need.key: each for each in new}
        return new

    def _over(self, standing: Sequence[Need], found: _Found | None) -> frozenset[str]:
        if found is None:
            return frozenset()
        return found.look.over | (found.standing - {need.key for need in standing})

    async def _keep(self, over: frozenset[str], now: datetime) -> None:
        if not self._ahead and not over:
            return
        ahead = list(self._ahead.values())
        try:
            await self._write(lambda connection: keep_raised(connection, ahead, over, now))
        except BookError:
            return
        self._ahead.clear()

    async def _tell(self, candidates: Mapping[str, Raised], now: datetime, *, at_once: bool) -> None:
        known = self._mailroom.known_keys
        waiting = [each for key, each in candidates.items() if key not in known]
        if not waiting or not self._has_channels or not (at_once or self._is_time_to_tell(waiting, now)):
            return
        self._last_told = now
        for each in waiting:
            self._ahead.pop(each.need.key, None)
        await self._mailroom.post(message_about(waiting, now))

    def _is_time_to_tell(self, waiting: Sequence[Raised], now: datetime) -> bool:
        # A clock that was set back must not keep anything from being told.
        gather = self._alarms.gather
        if self._last_told is not None and timedelta(0) <= now - self._last_told < gather:
            return False
        return any(each.need.kind in URGENT or not timedelta(0) <= now - each.at < gather for each in waiting)


@dataclass(slots=True)
class AlarmWatch:
    """A companion of the daemon: watches, and delivers, until the daemon stops.

    zone: of the workspace; hold_file, pace: see `Watch`.
    """

    alarms: Alarms
    channels: Mapping[str, Channel]
    zone: ZoneInfo
    hold_file: Path
    pace: timedelta
    _trouble_since: tuple[float, datetime] | None = field(default=None, init=False)
    _stumbles_since: tuple[float, datetime] | None = field(default=None, init=False)
    _stumbling: Need | None = field(default=None, init=False)

    async def __call__(self, running: Running) -> None:
        write = _without_waiting(running)
        mailroom = Mailroom(self.channels, running.book, write, running.clock)
        watch = Watch(
            self.alarms,
            mailroom,
            running.book,
            write,
            running.clock,
            zone=self.zone,
            hold_file=self.hold_file,
            has_channels=bool(self.channels),
            pace=self.pace,
        )
        await mailroom.forget_channels()
        delivering = asyncio.create_task(mailroom.run(running.stop))
        gone_by = self._what_happened_before(running)
        await running.pause(SETTLE)
        while not running.stop.is_set():
            change = running.changes.next()
            try:
                await watch.turn(self._standing(running.publisher), gone_by=gone_by)
                gone_by = ()
                await watch.send_digest()
            except Exception as error:
                log.exception("the watch stumbled; it goes on")
                await self._tell_of_stumbling(error, mailroom, running.clock.now())
            else:
                self._stumbles_since = self._stumbling = None
            await running.pause(LOOK_EVERY)
            if watch.is_at_rest and self._trouble_since is None and self._stumbles_since is None:
                await until_any(running.stop, change, seconds=(AT_REST - 1) * LOOK_EVERY)
        await self._tell_the_end(running, watch, mailroom, delivering, gone_by)

    async def _tell_of_stumbling(self, error: Exception, mailroom: Mailroom, now: datetime) -> None:
        """Tells once that nobody may be told of anything: past the turn of the watch, which is what cannot be relied on."""
        since = self._stumbles_since = self._stumbles_since or (time.monotonic(), datetime.now(UTC))
        if self._stumbling is not None or time.monotonic() - since[0] < TROUBLE_LASTS:
            return
        when = local_hour(since[1], str(self.zone))
        why = redact(f"{type(error).__name__}: {error}")
        said = f"the watch over the book stumbles since {when}, and alarms may be missing: {why}"
        answer = "look yourself: redletter status; what stumbles is in the log of the daemon"
        self._stumbling = Need(f"stumbles:{since[1].isoformat()}", "watch", said, answer)
        with suppress(Exception):  # it is on its way all the same: what stumbles may be the writing down
            await mailroom.post(message_about([Raised(self._stumbling, now)], now))

    def _standing(self, publisher: Publisher) -> Sequence[Need]:
        """Says what keeps posts from going out, or people from being told, once it has lasted long enough."""
        stumbling = (self._stumbling,) if self._stumbling else ()
        return (*stumbling, *self._trouble_of(publisher))

    def _trouble_of(self, publisher: Publisher) -> Sequence[Need]:
        now = datetime.now(UTC)
        is_still = not turned_lately(publisher.turned_at, now)
        if publisher.trouble is None and not is_still:
            self._trouble_since = None
            return ()
        # By the steady clock: a machine that has just woken up has a loop that is about to turn.
        since = self._trouble_since = self._trouble_since or (time.monotonic(), now)
        if time.monotonic() - since[0] < TROUBLE_LASTS:
            return ()
        when = local_hour(since[1], str(self.zone))
        if publisher.trouble is None:
            said = f"nothing goes out since {when}: the publishing loop stands still, though its process is there"
            return (Need(f"still:{since[1].isoformat()}", "daemon", said, "stop the daemon, then redletter run"),)
        said = f"nothing goes out since {when}: {publisher.trouble}"
        answer = "mend it; the daemon goes on by itself, and redletter status says how it stands"
        return (Need(f"book:{since[1].isoformat()}", "book", said, answer),)

    def _what_happened_before(self, running: Running) -> Sequence[Need]:
        """Says that the daemon before this one was killed, or that nobody published while posts were due."""
        before, now = running.before, running.clock.now()
        if before is None:
            return ()
        since = before.stopped_at or before.turned_at
        due = self._due_between(running.book, since, now)
        if before.stopped_at is not None and (due == 0 or now - since <= AWAY):
            return ()
        return (_gone_by(before, since, due, now, str(self.zone)),)

    async def _tell_the_end(
        self,
        running: Running,
        watch: Watch,
        mailroom: Mailroom,
        delivering: asyncio.Task[None],
        untold: Sequence[Need],
    ) -> None:
        now = running.clock.now()
        due = await asyncio.to_thread(self._due_between, running.book, now, now + SOON)
        waits = f"{count(due, 'post is', 'posts are')} to go out within the next hour"
        said = f"the daemon was told to stop, {local_hour(now, str(self.zone))}, and {waits}"
        ends = (Need(f"stopped:{now.isoformat()}", GONE_BY, said, "redletter run"),) if due else ()
        try:
            async with asyncio.timeout(LAST_ROUND):
                await watch.turn(self._standing(running.publisher), gone_by=[*untold, *ends], at_once=True)
                await delivering
                await mailroom.deliver_due()
        except TimeoutError:
            log.warning("what could not be delivered before the end is delivered after the next start")
        except Exception:
            log.exception("the end could not be told")
        finally:
            delivering.cancel()

    def _due_between(self, book: Book, start: datetime, end: datetime) -> int:
        try:
            with book.reading() as session:
                return due_between(session, start, end)
        except BookError:
            return 0


def _without_waiting(running: Running) -> Write:
    """Returns how to write to the book without waiting for one that is in trouble: what is to be told must not wait."""

    async def write(work: Callable[[Connection], Any]) -> Any:
        if running.publisher.trouble is not None:
            raise BookError(running.publisher.trouble)
        try:
            async with asyncio.timeout(WRITE_WITHIN):
                return await running.writer.write(work)
        except TimeoutError:
            raise BookError("the book could not be written in time") from None

    return write


def _gone_by(before: Daemon, since: datetime, due: int, now: datetime, zone: str) -> Need:
    start, end = local_hour(since, zone), local_hour(now, zone)
    if before.stopped_at is None:
        what = f"the daemon ended without being told to (killed, or the machine went down), {start}; it runs again since {end}"
    else:
        what = f"no daemon was running from {start} to {end}"
    were_due = f"; {count(due, 'post was', 'posts were')} due meanwhile" if due else ""
    return Need(f"gone:{since.isoformat()}", GONE_BY, what + were_due, "redletter status")
