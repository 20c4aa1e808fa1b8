"""A companion of the daemon: looks again at the articles of unsent posts, and holds what their owners no longer say.

A file is looked at every few seconds, and right before a post goes out; a web address now and then, and once in the last
hour before.
"""

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from scheduler.config import MOST_OFTEN
from scheduler.drafting.draft import Elected
from scheduler.errors import ArticleError, ArticleGone, ArticleUnclear, BookError
from scheduler.posts.articles import (
    Reading,
    Watched,
    keep_unchanged,
    keep_unreached,
    unsent_occurrences,
    validators,
    watched,
)
from scheduler.posts.book import Book
from scheduler.posts.claims import Unseen
from scheduler.posts.holds import Told
from scheduler.posts.wording import count
from scheduler.publishing.companion import Running
from scheduler.publishing.telling import tell_post

log = logging.getLogger("redletter.articles")

LOOK_EVERY = 10.0  # seconds between two looks at files, and at what is to be asked of servers
LAST_HOUR = timedelta(hours=1)
AGAIN_AFTER = 2.0  # seconds: what would hold posts is looked at twice, for a file may be half written at this moment
TRY_AGAIN = timedelta(minutes=5)  # until a server is asked again that did not answer
AT_ONCE = 4  # servers that are asked at the same time
FIRST_WITHIN = 15.0  # seconds that publishing waits at the start for the articles of what goes out next
LAST_LOOK_WITHIN = 30.0  # seconds that a post waits for a file that does not come to rest

_CAMPAIGNS = "what the campaigns say"  # no file has this name

Look = Callable[[str, str | None], Reading | None]
"""Reads a source again; None when it is as it was when it had this validator. Raises ArticleError."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What the campaigns say.

    embargoes: see `freshness.Embargoes`; elected: by campaign; unchecked: those that hold what nobody could look at.
    """

    embargoes: dict[tuple[str, str], datetime | None] = field(default_factory=dict)
    elected: dict[str, Elected] = field(default_factory=dict)
    unchecked: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Found:
    """What a look found; all None: the source is as it was."""

    reading: Reading | None = None
    gone: str | None = None
    unclear: str | None = None
    unreached: str | None = None

    def is_settled(self, sha256: str | None) -> bool:
        """Whether nothing follows from it that a person would have to undo. sha256: of the text that it had before."""
        is_same = self.reading is not None and self.reading.article.sha256 == sha256
        return is_same or self.unreached is not None or self == _Found()

    def is_like(self, other: "_Found") -> bool:
        texts = [found.reading.article.sha256 if found.reading else None for found in (self, other)]
        return texts[0] == texts[1] and (self.gone, self.unclear) == (other.gone, other.unclear)


class SourceWatch:
    """Looks at the sources of what has not gone out.

    look: reads a source again; state: how a file stands, as its validator says it, or otherwise where it cannot be read.
    terms: reads what the campaigns say of these occurrences; stamp: changes when they may say something else.
    every: how often a web address is asked. first: before the first post goes out, the articles are looked at of what goes
    out so soon; None for all: a clock that leaps leaves no time for it later.
    """

    def __init__(
        self,
        look: Look,
        state: Callable[[str], str],
        terms: Callable[[Iterable[tuple[str, str]]], Terms],
        stamp: Callable[[], Hashable],
        every: timedelta,
        first: timedelta | None = LAST_HOUR,
    ) -> None:
        self._first = first
        self._look = look
        self._state = state
        self._read_terms = terms
        self._stamp = stamp
        self._every = every
        self._terms = Terms()
        self._terms_of: tuple[Hashable, list[tuple[str, str]]] | None = None
        self._tried: dict[str, tuple[float, datetime]] = {}
        self._states: dict[str, str] = {}  # of files, when they were looked at
        self._waiting_since: dict[str, float] = {}

    async def __call__(self, running: Running) -> None:
        while not running.stop.is_set():
            try:
                await self.turn(running)
            except BookError as error:
                log.warning("the articles could not be looked at and will be later: %s", error)
            await running.pause(LOOK_EVERY)

    async def on_demand(self, running: Running) -> None:
        """A companion: looks at once at what posts wait for that are about to go out."""
        publisher = running.publisher
        while not running.stop.is_set():
            waiting = [asyncio.create_task(event.wait()) for event in (running.stop, publisher.to_look)]
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            for task in waiting:
                task.cancel()
            if publisher.to_look.is_set() and not running.stop.is_set():
                publisher.to_look.clear()
                await self._settle(running, publisher.unseen)
                publisher.nudge()

    async def _settle(self, running: Running, unseen: Unseen) -> None:
        try:
            if unseen.campaigns:
                await self._follow_terms(running, anew=True)
            known = await asyncio.to_thread(_watched, running.book)
            await asyncio.gather(*(self._look_at(running, each) for each in known if each.source in unseen.articles))
            await self._hold_unchecked(running)  # before the publisher asks again
        except BookError as error:
            log.warning("the articles could not be looked at and will be later: %s", error)

    def unseen(self, connection: Connection, articles: Collection[str]) -> Unseen:
        """Says which files have changed since they were looked at; a `LastLook`, for the thread that claims.

        What does not come to rest keeps a post back for some seconds only: it goes out, as where a server does not answer.
        """
        try:
            return self._unseen(connection, articles)
        except Exception:  # a defect here must not keep back what was approved
            log.exception("what goes out could not be compared with its articles in a way that should not be")
            return Unseen()

    def _unseen(self, connection: Connection, articles: Collection[str]) -> Unseen:
        files = {name: self._state(name) for name in articles if "://" not in name}
        kept = validators(connection, files)
        changed = {name for name, state in files.items() if state not in (kept.get(name), self._states.get(name))}
        campaigns = self._terms_of is not None and self._stamp() != self._terms_of[0]
        waiting = {*changed, *([_CAMPAIGNS] if campaigns else [])}
        given_up = {name for name in waiting if self._has_waited(name)}
        for name in self._waiting_since.keys() & ({*files, _CAMPAIGNS} - waiting):
            del self._waiting_since[name]
        return Unseen(frozenset(changed - given_up), campaigns and _CAMPAIGNS not in given_up)

    def _has_waited(self, name: str) -> bool:
        since = self._waiting_since.setdefault(name, time.monotonic())
        if time.monotonic() - since < LAST_LOOK_WITHIN:
            return False
        if since:
            log.warning("%s could not be looked at in time, and what waits for that goes out", name)
            self._waiting_since[name] = 0.0
        return True

    async def before_the_first(self, running: Running) -> None:
        """Looks at the articles of what goes out soon, before anything does; gives up after some seconds."""
        try:
            async with asyncio.timeout(FIRST_WITHIN):
                await self.turn(running, within=self._first)
        except TimeoutError:
            log.warning("some articles could not be looked at before the first post goes out; they will be later")
        except BookError as error:
            log.warning("the articles could not be looked at and will be later: %s", error)

    async def turn(self, running: Running, within: timedelta | None = None) -> None:
        """Looks at whatever is due. within: only at the sources of approved posts that go out so soon."""
        await self._follow_terms(running, anew=False)  # first: a server may take its time
        now = running.clock.now()
        known = await asyncio.to_thread(_watched, running.book)
        soon = [each for each in known if within is None or (each.next_post_at and each.next_post_at <= now + within)]
        due = [each for each in soon if is_due(each, now, self._every, self._tried_at(each.source, now))]
        free = asyncio.Semaphore(AT_ONCE)

        async def look(each: Watched) -> bool:
            async with free:
                return not running.stop.is_set() and await self._look_at(running, each)

        were_read = await asyncio.gather(*(look(each) for each in due))
        if not running.stop.is_set():
            await self._follow_terms(running, anew=any(were_read))  # what was read may state an embargo

    def _tried_at(self, source: str, now: datetime) -> datetime | None:
        steady, at = self._tried.get(source, (0.0, None))
        # However fast the clock of a rehearsal runs, a server is not asked more often than this.
        return now if at and time.monotonic() - steady < MOST_OFTEN.total_seconds() else at

    async def _look_at(self, running: Running, each: Watched) -> bool:
        """Looks at one source and follows what it found; returns whether its text was read anew."""
        if "://" in each.source:
            self._tried[each.source] = (time.monotonic(), running.clock.now())
        state = self._state(each.source) if "://" not in each.source else ""
        validator = None if each.is_behind or each.gone_since or each.sha256 is None else each.validator
        found = await _aside(lambda: self._find(each.source, validator), running.stop)
        if not found.is_settled(each.sha256):
            await running.pause(AGAIN_AFTER)
            state = self._state(each.source) if "://" not in each.source else ""
            again = await _aside(lambda: self._find(each.source, validator), running.stop)
            if not again.is_like(found):
                return False  # the next look will see how it is then
        if running.stop.is_set():
            return False
        now = running.clock.now()
        if found != _Found() or self._is_news(each, now):
            for told in await running.writer.write(lambda book: _follow(book, each, found, now)):
                tell_post(logging.WARNING, "held", told)
        self._states[each.source] = state
        return found.reading is not None

    def _is_news(self, each: Watched, now: datetime) -> bool:
        """Whether it is worth a write that a source is as it was."""
        was_well = each.looked_at is not None and not each.unreached_since and not each.gone_since
        return "://" in each.source or not was_well or now - (each.looked_at or now) >= self._every

    def _find(self, source: str, validator: str | None) -> _Found:
        try:
            return _Found(self._look(source, validator))
        except ArticleGone as error:
            return _Found(gone=_said(error))
        except ArticleUnclear as error:
            return _Found(unclear=_said(error))
        except ArticleError as error:
            return _Found(unreached=_said(error))

    async def _follow_terms(self, running: Running, *, anew: bool) -> None:
        stamp = await asyncio.to_thread(self._stamp)
        pairs = await asyncio.to_thread(_occurrences, running.book)
        if anew or (stamp, pairs) != self._terms_of:
            self._terms = await asyncio.to_thread(self._read_terms, pairs)
            for told in await running.writer.write(lambda book: _terms_held(book, self._terms, running.clock.now())):
                tell_post(logging.WARNING, "held", told)
            self._terms_of = (stamp, pairs)
        await self._hold_unchecked(running)

    async def _hold_unchecked(self, running: Running) -> None:
        if self._terms.unchecked:
            for told in await running.writer.write(lambda book: _unchecked(book, self._terms, running.clock.now())):
                tell_post(logging.WARNING, "held", told)


def is_due(each: Watched, now: datetime, every: timedelta, tried_at: datetime | None) -> bool:
    """Whether a source is to be looked at now. tried_at: when it was asked last, whatever came of it."""
    if "://" not in each.source:
        return True
    if tried_at is not None and tried_at <= now < tried_at + (TRY_AGAIN if each.unreached_since else MOST_OFTEN):
        return False
    seen = each.looked_at
    if seen is None or seen > now or each.is_behind or each.unreached_since or now - seen >= every:
        return True
    goes_out = max(each.next_post_at, now) if each.next_post_at else None
    return goes_out is not None and goes_out <= now + LAST_HOUR and seen < goes_out - LAST_HOUR


def _follow(book: Connection, each: Watched, found: _Found, now: datetime) -> Sequence[Told]:
    # What reads and compares articles is for the daemon that has found a change, and not for one that rests.
    from scheduler.posts.freshness import follow_reading, follow_withdrawal

    if found.unreached is not None:
        if keep_unreached(book, each.source, found.unreached, now):
            log.warning("the article %s cannot be looked at: %s", each.source, found.unreached)
        return ()
    if found.gone is not None:
        return follow_withdrawal(book, each.source, found.gone, now).held
    if found.unclear is not None:
        return follow_withdrawal(book, each.source, found.unclear, now, what="cannot be read any more").held
    if each.unreached_since or each.gone_since:
        log.warning("the article %s is there again", each.source)
    if found.reading is None:
        keep_unchanged(book, each.source, now)
        return ()
    followed = follow_reading(book, found.reading, now)
    if followed.said:
        posts = count(len(followed.standing), "unsent post")
        stand = f"; the words of {posts} stand as they stood" if followed.standing else ""
        log.warning("the article %s%s", followed.said, stand)
    return followed.held


def _terms_held(book: Connection, terms: Terms, now: datetime) -> Sequence[Told]:
    from scheduler.posts.freshness import follow_embargoes, follow_pre_election

    return (*follow_embargoes(book, terms.embargoes, now), *follow_pre_election(book, terms.elected, now))


def _unchecked(book: Connection, terms: Terms, now: datetime) -> Sequence[Told]:
    from scheduler.posts.freshness import hold_unchecked

    return hold_unchecked(book, terms.unchecked, now)


def _watched(book: Book) -> list[Watched]:
    with book.reading() as session:
        return watched(session.connection())


def _occurrences(book: Book) -> list[tuple[str, str]]:
    with book.reading() as session:
        return unsent_occurrences(session.connection())


def _said(error: ArticleError) -> str:
    return "; ".join(problem.message for problem in error.problems)


async def _aside(work: Callable[[], _Found], stop: asyncio.Event) -> _Found:
    """Runs it in a thread that nobody waits for at the end: a server may take its time, and a daemon must not."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[_Found] = loop.create_future()

    def tell(found: _Found) -> None:
        if not done.done():
            done.set_result(found)

    def run() -> None:
        try:
            found = work()
        except Exception as error:
            log.exception("an article could not be looked at in a way that should not be")
            found = _Found(unreached=f"{type(error).__name__}: {error}")
        with suppress(RuntimeError):  # the daemon has ended meanwhile
            loop.call_soon_threadsafe(tell, found)

    threading.Thread(target=run, name="redletter-article", daemon=True).start()
    stopped = asyncio.ensure_future(stop.wait())
    either: set[asyncio.Future[Any]] = {done, stopped}
    try:
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
    finally:
        stopped.cancel()
    return done.result() if done.done() else _Found()
