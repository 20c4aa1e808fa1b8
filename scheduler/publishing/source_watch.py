"""A companion of the daemon: looks again at the articles of unsent posts, and holds what their owners no longer say.

A file is looked at every few seconds, and right before a post goes out; a web address now and then, and once in the last
hour before.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from scheduler.config import MOST_OFTEN
from scheduler.drafting.draft import Elected
from scheduler.errors import ArticleError, ArticleGone, ArticleUnclear, BookError
from scheduler.posts.alarms import keep_standing
from scheduler.posts.articles import (
    Reading,
    Watched,
    embargoes,
    keep_unchanged,
    keep_unreached,
    out_of_reach,
    unsent_occurrences,
    validators,
    watched,
)
from scheduler.posts.book import Book
from scheduler.posts.claims import Unseen
from scheduler.posts.holds import Told
from scheduler.posts.needs import CAMPAIGN_FILE, of_campaign_file
from scheduler.posts.wording import count
from scheduler.publishing.aside import Aside
from scheduler.publishing.companion import Running, until_any
from scheduler.publishing.telling import tell_post

if TYPE_CHECKING:
    from scheduler.posts.comparing import Reread
    from scheduler.posts.freshness import Following

log = logging.getLogger("redletter.articles")

LOOK_EVERY = 10.0  # seconds between two looks at files, and at what is to be asked of servers
LAST_HOUR = timedelta(hours=1)
AGAIN_AFTER = 2.0  # seconds: what would hold posts is looked at twice, for a file may be half written at this moment
TRY_AGAIN = timedelta(minutes=5)  # until a server is asked again that did not answer
AT_ONCE = 4  # servers that are asked at the same time
FIRST_WITHIN = 15.0  # seconds that publishing waits at the start for the articles of what goes out next
LAST_LOOK_WITHIN = 30.0  # seconds that a post waits for a file that does not come to rest
STATES_WITHIN = 0.05  # seconds that a claim, which has locked the book, waits for the disk
JUST_NOW = 5.0  # seconds: so old may a look be where the disk does not answer a claim in time
HANGS_AFTER = 20.0  # seconds until a file counts as one that cannot be reached
PAGE_HANGS_AFTER = 60.0  # a page has its own time-outs
TERMS_HANG_AFTER = 300.0  # of all campaigns together, once it is known that their folder is there
LONG = 50_000  # characters of an article that is compared before the book is locked
READ_TOGETHER = 64  # files that are read, and then written about
WRITTEN_TOGETHER = 64  # looks that one transaction follows at most, and no further one after so many seconds:
WRITES_FOR = 0.03

_CAMPAIGNS = "campaigns/*.toml"  # stands for all of them, and for the file of one's own days
_NEVER_READ = object()
_HANGS = "does not answer; is the disk that it is on still there?"

Look = Callable[[str, str | None], Reading | None]
"""Reads a source again; None when it is as it was when it had this validator. Raises ArticleError."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What the campaigns say.

    embargoes: see `freshness.Embargoes`; elected: by campaign, of each that could be read; unchecked: those that hold what
    nobody could look at. files: of the campaigns; unreadable: why they cannot be read, by file; unread: the same by
    campaign, of those among `unchecked`.
    """

    embargoes: dict[tuple[str, str], datetime | None] = field(default_factory=dict)
    elected: dict[str, Elected] = field(default_factory=dict)
    unchecked: frozenset[str] = frozenset()
    files: dict[str, str] = field(default_factory=dict)
    unreadable: dict[str, str] = field(default_factory=dict)
    unread: dict[str, str] = field(default_factory=dict)

    def after(self, before: "Terms") -> "Terms":
        """Returns these terms, in which a campaign that cannot be read any more holds as it said when it could be."""
        files = before.files | self.files
        lost = before.unchecked - self.elected.keys() - self.unread.keys()
        gone = "there is no such file any more"
        why = {name: self.unreadable.get(files[name], f"{files[name]}: {gone}") for name in lost}
        return replace(self, unchecked=self.unchecked | lost, files=files, unread=why | self.unread)

    def unanswered(self) -> "Terms":
        """Returns these terms where the disk that the campaigns are on does not answer."""
        return replace(self, unread=dict.fromkeys(self.unchecked, f"campaigns: {_HANGS}"))


@dataclass(frozen=True, slots=True)
class _Found:
    """What a look found; all None: the source is as it was. reread: what of a long text takes its time, worked out."""

    reading: Reading | None = None
    reread: "Reread | None" = field(default=None, compare=False)
    gone: str | None = None
    unclear: str | None = None
    unreached: str | None = None

    def is_settled(self, sha256: str | None) -> bool:
        """Whether nothing follows from it that a person would have to undo. sha256: of the text that it had before."""
        is_same = self.reading is not None and self.reading.article.sha256 == sha256
        return is_same or self.unreached is not None or self == _Found()

    @property
    def mark(self) -> tuple[str | None, ...]:
        """What two looks must have in common."""
        return self.reading.article.sha256 if self.reading else None, self.gone, self.unclear

    @property
    def concerns_posts(self) -> bool:
        return any(each is not None for each in (self.reading, self.gone, self.unclear))


@dataclass(frozen=True, slots=True)
class _Look:
    """One look at a source. state: how a file stood right before it; "" of a page, and of what does not answer."""

    each: Watched
    found: _Found
    state: str = ""


class SourceWatch:
    """Looks at the sources of what has not gone out.

    look: reads a source again; state: how a file stands, as its validator says it, or otherwise where it cannot be read.
    terms: reads what the campaigns say of these occurrences; stamp: changes when they may say something else.
    every: how often a web address is asked. once: before the first post goes out, the articles of all posts are looked at
    and not only those of the next hour, and a single time: a clock that runs fast leaves no time for more.
    """

    def __init__(
        self,
        look: Look,
        state: Callable[[str], str],
        terms: Callable[[Iterable[tuple[str, str]]], Terms],
        stamp: Callable[[], Hashable],
        every: timedelta,
        once: bool = False,
    ) -> None:
        self._once = once
        self._look = look
        self._state = state
        self._read_terms = terms
        self._stamp = stamp
        self._every = every
        self._aside = Aside()
        self._terms = Terms()
        self._terms_of: tuple[Hashable, list[tuple[str, str]]] | None = None
        self._why_no_terms: str | None = None
        self._tried: dict[str, tuple[float, datetime]] = {}
        self._states: dict[str, str] = {}  # of files, when they were looked at
        self._looked: dict[str, float] = {}  # when that was, by the machine
        self._tried_in_vain: dict[str, float] = {}  # when they were looked at and did not come to rest
        self._looking: set[str] = set()
        self._last_answer = 0.0
        self._held_at = -JUST_NOW  # when what nobody could look at was held last, by the machine
        self._wanted: set[str] = set()  # pages that posts wait for
        self._waiting_since: dict[str, float] = {}
        self._given_up: set[str] = set()
        self._damaged: set[str] = set()  # of these the book does not know what was found last

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
            await until_any(running.stop, publisher.to_look)
            if publisher.to_look.is_set() and not running.stop.is_set():
                publisher.to_look.clear()
                unseen, publisher.unseen = publisher.unseen, Unseen()
                await self._settle(running, unseen)
                publisher.nudge()

    async def _settle(self, running: Running, unseen: Unseen) -> None:
        try:
            if unseen.campaigns or unseen.unread:
                await self._follow_terms(running, anew=True)
            known = await asyncio.to_thread(_watched, running.book)
            # Pages take their time, and are left to the next turn: nobody else is to wait for them.
            asked = {name for name in unseen.articles | unseen.overdue if "://" not in name}
            await self._look_at(running, [each for each in known if each.source in asked])
            await self._hold_unchecked(running)  # before the publisher asks again
        except BookError as error:
            log.warning("the articles could not be looked at and will be later: %s", error)

    def unseen(self, connection: Connection, articles: Collection[str]) -> Unseen:
        """Says what has changed since it was looked at; a `LastLook`, for the thread that claims.

        What does not come to rest keeps a post back for some seconds only: it goes out, as where a server does not answer;
        that of a campaign which holds what nobody could look at waits on.
        """
        try:
            return self._unseen(connection, articles)
        except Exception:  # a defect here must not keep back what was approved, but where its campaign holds
            log.exception("what goes out could not be compared with its articles in a way that should not be")
            return Unseen(unread=self._terms.unchecked)

    def _unseen(self, connection: Connection, articles: Collection[str]) -> Unseen:
        files = {name for name in articles if "://" not in name}
        states = self._aside.ask_now(self._state_or_stamp, [_CAMPAIGNS, *sorted(files)], STATES_WITHIN)
        kept = validators(connection, files)
        changed = {name for name in files if self._may_differ(name, states, kept.get(name), self._states.get(name))}
        said = self._terms_of[0] if self._terms_of else _NEVER_READ
        campaigns = self._may_differ(_CAMPAIGNS, states, said)
        waiting = {*changed, *([_CAMPAIGNS] if campaigns else [])}
        given_up = {name for name in waiting if self._has_waited(name)}
        for name in self._waiting_since.keys() & ({*files, _CAMPAIGNS} - waiting):
            del self._waiting_since[name]
            self._tried_in_vain.pop(name, None)
            self._given_up.discard(name)
        unseen = Unseen(frozenset(changed - given_up), campaigns and _CAMPAIGNS not in given_up)
        return unseen | self._for_the_patient(connection, articles, given_up) if self._terms.unchecked else unseen

    def _for_the_patient(self, connection: Connection, articles: Collection[str], given_up: Collection[str]) -> Unseen:
        """Says what else is to be looked at before a campaign goes on that holds what nobody could look at."""
        patient = self._terms.unchecked
        self._wanted |= {name for name in articles if "://" in name and not self._is_fresh(name)}
        overdue = {name for name in articles if name in given_up or name in self._wanted}
        unread = patient if _CAMPAIGNS in given_up else frozenset(self._terms.unread)
        # What has just been held leaves only what a person let go.
        if time.monotonic() - self._held_at < JUST_NOW and _CAMPAIGNS not in given_up:
            unread = frozenset()
        else:
            overdue |= out_of_reach(connection, articles)
        return Unseen(overdue=frozenset(overdue), patient=patient, unread=unread)

    def _is_fresh(self, page: str) -> bool:
        """Whether a page was looked at in the last hour; some minutes more, for a post may not go out at its very hour."""
        looked = self._looked.get(page)
        return looked is not None and time.monotonic() - looked < (LAST_HOUR + TRY_AGAIN).total_seconds()

    def _state_or_stamp(self, name: str) -> Hashable:
        return self._stamp() if name == _CAMPAIGNS else self._state(name)

    def _may_differ(self, name: str, states: Mapping[str, Hashable], *known: Hashable) -> bool:
        """Whether something is not as it was looked at. Where the disk did not answer, a look that has just ended counts."""
        if name in states:
            return states[name] not in known
        return time.monotonic() - self._looked.get(name, -JUST_NOW) >= JUST_NOW

    def _has_waited(self, name: str) -> bool:
        """Whether posts have waited too long for this; it has not begun while others are looked at that stand before it."""
        now = time.monotonic()
        since = self._waiting_since.setdefault(name, now)
        if max(self._looked.get(name, 0.0), self._tried_in_vain.get(name, 0.0)) < since:
            since = max(since, self._last_answer)
        if now - since < LAST_LOOK_WITHIN:
            return False
        if name not in self._given_up:
            but = ', but for campaigns with if_unreachable = "hold"' if self._terms.unchecked else ""
            what = "the campaign files" if name == _CAMPAIGNS else name
            log.warning("%s could not be looked at in time, and what waits for that goes out%s", what, but)
            self._given_up.add(name)
        return True

    async def before_the_first(self, running: Running) -> None:
        """Looks at the articles of what goes out soon, before anything does; gives up after some seconds."""
        try:
            async with asyncio.timeout(FIRST_WITHIN):
                await self.turn(running, within=None if self._once else LAST_HOUR)
        except TimeoutError:
            log.warning("some articles could not be looked at before the first post goes out; they will be later")
        except BookError as error:
            log.warning("the articles could not be looked at and will be later: %s", error)
        except Exception:  # a defect here must not keep back what was approved
            log.exception("the articles could not be looked at in a way that should not be")

    async def turn(self, running: Running, within: timedelta | None = None) -> None:
        """Looks at whatever is due. within: only at the sources of approved posts that go out so soon."""
        await self._follow_terms(running, anew=False)  # first: a server may take its time
        now = running.clock.now()
        known = await asyncio.to_thread(_watched, running.book)
        self._say_what_is_damaged(known)
        self._remember_looks_before(known, now)
        soon = [each for each in known if within is None or (each.next_post_at and each.next_post_at <= now + within)]
        due = [
            each
            for each in soon
            if each.source in self._wanted or is_due(each, now, self._every, self._tried_at(each.source, now))
        ]
        pages = [each for each in due if "://" in each.source]
        free = asyncio.Semaphore(AT_ONCE)

        async def look(page: Watched) -> bool:
            async with free:
                return not running.stop.is_set() and await self._look_at(running, [page])

        files = [each for each in due if "://" not in each.source]
        looks = [self._look_at(running, await self._changed(running, files, now)), *(look(page) for page in pages)]
        were_read = await asyncio.gather(*looks)
        if not running.stop.is_set():
            await self._follow_terms(running, anew=any(were_read))  # what was read may state an embargo

    async def _changed(self, running: Running, files: Sequence[Watched], now: datetime) -> list[Watched]:
        """Returns the files that are worth a look: to ask how one stands costs a hundredth of it."""
        names = [each.source for each in files]
        states = await self._aside.ask(self._state, names, running.stop, HANGS_AFTER)
        return [
            each
            for each in files
            if self._is_news(each, now) or states.get(each.source) is None or states[each.source] != _validator(each)
        ]

    def _tried_at(self, source: str, now: datetime) -> datetime | None:
        steady, at = self._tried.get(source, (0.0, None))
        # However fast the clock of a rehearsal runs, a server is not asked more often than this.
        return now if at and time.monotonic() - steady < MOST_OFTEN.total_seconds() else at

    async def _look_at(self, running: Running, sources: Sequence[Watched]) -> bool:
        """Looks at files, or at one page, and follows what it found; returns whether any text was read anew."""
        mine = [each for each in sources if each.source not in self._looking]
        names = {each.source for each in mine}
        self._looking |= names
        try:
            return await self._look_twice(running, mine)
        finally:
            self._looking -= names

    async def _look_twice(self, running: Running, sources: Sequence[Watched]) -> bool:
        doubtful: dict[str, tuple[Watched, tuple[str | None, ...]]] = {}
        was_read = False
        for some in _together(sources):
            looks = await self._find_all(running, some)
            settled = [look for look in looks if self._once or look.found.is_settled(look.each.sha256)]
            doubtful |= {look.each.source: (look.each, look.found.mark) for look in looks if look not in settled}
            was_read |= await self._follow_all(running, settled)
        if doubtful:
            await running.pause(AGAIN_AFTER)
        for some in _together([each for each, _ in doubtful.values()]):
            again = await self._find_all(running, some)
            # What has changed meanwhile is left to the next look, which will see how it is then.
            alike = [look for look in again if look.found.mark == doubtful[look.each.source][1]]
            was_read |= await self._follow_all(running, alike)
            self._tried_in_vain |= {look.each.source: time.monotonic() for look in again if look not in alike}
        return was_read

    async def _find_all(self, running: Running, sources: Sequence[Watched]) -> list[_Look]:
        """Reads them all; what does not answer cannot be reached."""
        by_name = {each.source: each for each in sources}
        for name in by_name:
            if "://" in name:
                self._tried[name] = (time.monotonic(), running.clock.now())
        within = PAGE_HANGS_AFTER if all("://" in name for name in by_name) else HANGS_AFTER
        looks = await self._aside.ask(lambda name: self._find(by_name[name]), by_name, running.stop, within)
        if running.stop.is_set():
            return []
        hangs = _Found(unreached=_HANGS)
        return [looks.get(name) or _Look(each, hangs) for name, each in by_name.items()]

    async def _follow_all(self, running: Running, looks: Sequence[_Look]) -> bool:
        now = running.clock.now()
        left = [look for look in looks if look.found != _Found() or self._is_news(look.each, now)]
        self._remember(look for look in looks if look not in left)
        while left and not running.stop.is_set():
            number, held = await running.writer.write(partial(_follow, left=left, terms=self._terms, now=now))
            for told in held:
                tell_post(logging.WARNING, "held", told)
            self._remember(left[:number])
            left = left[number:]
        return any(look.found.reading is not None for look in looks)

    def _remember(self, looks: Iterable[_Look]) -> None:
        for look in looks:
            self._states[look.each.source] = look.state
            self._looked[look.each.source] = self._last_answer = time.monotonic()
            self._wanted.discard(look.each.source)

    def _remember_looks_before(self, known: Iterable[Watched], now: datetime) -> None:
        """Takes over how long ago the daemon before this one looked at pages."""
        for each in known:
            if "://" in each.source and each.looked_at and each.source not in self._looked:
                self._looked[each.source] = time.monotonic() - max(now - each.looked_at, timedelta()).total_seconds()

    def _say_what_is_damaged(self, known: Iterable[Watched]) -> None:
        damaged = {each.source for each in known if each.is_damaged}
        for source in sorted(damaged - self._damaged):
            log.warning(
                "what the book has of the last look at the article %s is damaged; it is looked at again", source
            )
        self._damaged = damaged

    def _is_news(self, each: Watched, now: datetime) -> bool:
        """Whether it is worth a write that a source is as it was."""
        was_well = each.looked_at is not None and not each.unreached_since and not each.gone_since
        return "://" in each.source or not was_well or now - (each.looked_at or now) >= self._every

    def _find(self, each: Watched) -> _Look:
        """Looks at one source, in a thread beside the event loop."""
        try:
            state = self._state(each.source) if "://" not in each.source else ""
            return _Look(each, self._found(each), state)
        except Exception as error:
            log.exception("an article could not be looked at in a way that should not be")
            return _Look(each, _Found(unreached=f"{type(error).__name__}: {error}"))
        finally:
            self._last_answer = time.monotonic()

    def _found(self, each: Watched) -> _Found:
        try:
            reading = self._look(each.source, _validator(each))
            is_long = reading is not None and len(reading.article.text) > LONG
            return _Found(reading, _worked_out(reading) if reading and is_long else None)
        except ArticleGone as error:
            return _Found(gone=_said(error))
        except ArticleUnclear as error:
            return _Found(unclear=_said(error))
        except ArticleError as error:
            return _Found(unreached=_said(error))

    async def _follow_terms(self, running: Running, *, anew: bool) -> None:
        pairs = await asyncio.to_thread(_occurrences, running.book)
        stamps = await self._aside.ask(lambda _: self._stamp(), [_CAMPAIGNS], running.stop, HANGS_AFTER)
        read: dict[str, Terms] = {}
        is_news = anew or bool(self._terms.unread) or (stamps.get(_CAMPAIGNS), pairs) != self._terms_of
        if _CAMPAIGNS in stamps and is_news:
            read = await self._terms_now(pairs, running)
        if running.stop.is_set():
            return
        for terms in read.values():
            await self._use(running, terms.after(self._terms))
            self._terms_of = (stamps[_CAMPAIGNS], pairs)
        if is_news and not read:
            self._terms = self._terms.unanswered()
        await self._hold_unchecked(running)
        self._looked[_CAMPAIGNS] = self._last_answer = time.monotonic()

    async def _terms_now(self, pairs: Iterable[tuple[str, str]], running: Running) -> dict[str, Terms]:
        """Returns them under the name of the campaigns; nothing when their folder does not answer, or fails."""
        try:
            read = await self._aside.ask(
                lambda _: self._read_terms(pairs), [_CAMPAIGNS], running.stop, TERMS_HANG_AFTER
            )
        except OSError as error:  # articles may lie elsewhere, and are looked at all the same
            why = f"campaigns: {error.strerror or error}"
            if why != self._why_no_terms:
                log.warning("what the campaigns say now is not known, and it counts what they said before: %s", why)
            self._why_no_terms = why
            return {}
        self._why_no_terms = None
        return read

    async def _use(self, running: Running, terms: Terms) -> None:
        self._say_what_cannot_be_read(terms)
        self._terms = terms
        now = running.clock.now()

        def hold_and_raise(book: Connection) -> Sequence[Told]:
            if not self._once:  # a rehearsal tells nobody
                _raise_unreadable(book, terms, now)
            return _terms_held(book, terms, now)

        for told in await running.writer.write(hold_and_raise):
            tell_post(logging.WARNING, "held", told)

    def _say_what_cannot_be_read(self, terms: Terms) -> None:
        for file, why in terms.unreadable.items():
            if self._terms.unreadable.get(file) != why:
                log.warning("what the campaign says now is not known, and it counts what it said before: %s", why)

    async def _hold_unchecked(self, running: Running) -> None:
        if self._terms.unchecked:
            for told in await running.writer.write(lambda book: _unchecked(book, self._terms, running.clock.now())):
                tell_post(logging.WARNING, "held", told)
        self._held_at = time.monotonic()


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


def _validator(each: Watched) -> str | None:
    """Returns by what a source says that nothing follows from looking at it; None where it is to be read in any case."""
    return None if each.is_behind or each.gone_since or each.sha256 is None else each.validator


def _together(sources: Sequence[Watched]) -> list[Sequence[Watched]]:
    return [sources[start : start + READ_TOGETHER] for start in range(0, len(sources), READ_TOGETHER)]


def _follow(book: Connection, left: Sequence[_Look], terms: Terms, now: datetime) -> tuple[int, list[Told]]:
    """Writes down what the first of these looks found, for some milliseconds; returns of how many, and what is held."""
    # What reads and compares articles is for the daemon that has found a change, and not for one that rests.
    from scheduler.posts.freshness import Following

    some = left[:WRITTEN_TOGETHER]
    following = Following(book, [look.each.source for look in some if look.found.concerns_posts], now)
    stated = embargoes(book)
    began = time.perf_counter()  # only now: whatever the former cost, it should serve several
    held: list[Told] = []
    number = 0
    for look in some:
        number += 1
        held += _follow_one(book, following, look.each, look.found, now)
        if time.perf_counter() - began >= WRITES_FOR:
            break
    following.finish()
    if embargoes(book) != stated:
        # At once, for after this transaction what was read counts as looked at.
        held += _terms_held(book, terms, now)
    elif terms.unchecked and any(look.found.unreached for look in some[:number]):
        held += _unchecked(book, terms, now)
    return number, held


def _worked_out(reading: Reading) -> "Reread":
    """Works out what else would keep the book locked for a second."""
    from scheduler.posts.comparing import Reread

    reread = Reread(reading.article)
    _ = reread.words, reread.excerpts
    return reread


def _follow_one(
    book: Connection, following: "Following", each: Watched, found: _Found, now: datetime
) -> Sequence[Told]:
    if found.unreached is not None:
        if keep_unreached(book, each.source, found.unreached, now):
            log.warning("the article %s cannot be looked at: %s", each.source, found.unreached)
        return ()
    if found.gone is not None:
        return following.withdrawal(each.source, found.gone).held
    if found.unclear is not None:
        return following.withdrawal(each.source, found.unclear, "cannot be read any more").held
    if each.unreached_since or each.gone_since:
        log.warning("the article %s is there again", each.source)
    if found.reading is None:
        keep_unchanged(book, each.source, now)
        return ()
    followed = following.reading(found.reading, found.reread)
    if followed.said:
        posts_standing = count(len(followed.standing), "unsent post")
        stand = f"; the words of {posts_standing} stand as they stood" if followed.standing else ""
        log.warning("the article %s%s", followed.said, stand)
    return followed.held


def _terms_held(book: Connection, terms: Terms, now: datetime) -> Sequence[Told]:
    from scheduler.posts.freshness import follow_embargoes, follow_pre_election

    held = (*follow_embargoes(book, terms.embargoes, now), *follow_pre_election(book, terms.elected, now))
    return (*held, *_unchecked(book, terms, now))


def _raise_unreadable(book: Connection, terms: Terms, now: datetime) -> None:
    """Raises an alarm for each campaign file that cannot be read, and ends those of files that can be again.

    Where posts wait for it; and, while any post waits, where its id cannot be read and was not before: it may be theirs. One
    that is being written for the first time, and says its id, alarms nobody.
    """
    waiting = {campaign for campaign, _ in unsent_occurrences(book)}
    awaited = {file for campaign, file in terms.files.items() if campaign in waiting}
    of_nobody = terms.unreadable.keys() - terms.files.values() if waiting else set()
    holding = {file for campaign, file in terms.files.items() if campaign in terms.unchecked}
    needs = [
        of_campaign_file(file, why, holds=file in holding if file in awaited else None)
        for file, why in terms.unreadable.items()
        if file in awaited | of_nobody
    ]
    keep_standing(book, CAMPAIGN_FILE, needs, now)


def _unchecked(book: Connection, terms: Terms, now: datetime) -> Sequence[Told]:
    from scheduler.posts.freshness import hold_unchecked

    return hold_unchecked(book, terms.unchecked, now, unread=terms.unread)


def _watched(book: Book) -> list[Watched]:
    with book.reading() as session:
        return watched(session.connection())


def _occurrences(book: Book) -> list[tuple[str, str]]:
    with book.reading() as session:
        return unsent_occurrences(session.connection())


def _said(error: ArticleError) -> str:
    return "; ".join(problem.message for problem in error.problems)
