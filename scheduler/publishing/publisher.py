"""The publisher drains the book of due posts: claim as many as there are places, call, record, claim again."""

import asyncio
import logging
import sqlite3
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from sqlalchemy import Connection

from scheduler.config import LATE, Publishing, redact
from scheduler.errors import BookError, OutcomeUnknown, PostRefused, PublishError, TemporaryFailure
from scheduler.faultpoints import reached
from scheduler.platforms.contract import Adapter, Payload
from scheduler.posts.book import Book, saying_what_failed
from scheduler.posts.claims import (
    Claimed,
    Claims,
    DuePost,
    Finished,
    LastLook,
    Pace,
    Unseen,
    claim_due,
    hold_account,
    record,
)
from scheduler.posts.doubts import is_said_by_another, is_taken
from scheduler.posts.holds import HoldWatch
from scheduler.posts.places import note_places
from scheduler.posts.queue import TooLate, next_due, next_expiry, sweep_late
from scheduler.posts.status import Move, Outcome
from scheduler.posts.writer import Writer
from scheduler.publishing.clock import Clock
from scheduler.publishing.hold_file import may_be_there
from scheduler.publishing.outcomes import accepted, not_accepted, not_its_own, refused_as_known, withdrawn
from scheduler.publishing.telling import tell_claims, tell_finished, tell_held, tell_too_late

log = logging.getLogger("redletter.publisher")

KEY_LIFE = timedelta(hours=1)  # as long as Mastodon remembers one
_COMPARED_WITH = timedelta(days=30)  # no platform that refuses words as known compares them with older ones

_UNREAD = timedelta(seconds=5)  # until the next try where the holds could not be looked at
_TROUBLE_PAUSE = 0.5  # seconds between two looks at a book that cannot be written
_BREATH = 0.05  # seconds before the next turn when something is due that this one did not get
# So many outcomes and claims at most in one turn. Short turns give a free place its next post soon, and spread the answers
# of a burst; long ones cost less for each post, which counts when more waits for the book than for the platforms.
_SHORT_TURN, _LONG_TURN = 32, 128
# So often the event loop goes round between two short turns: the calls just begun get out, and what was answered meanwhile
# is read to its end, before the writer wants Python's lock for the next turn.
_ROUNDS = 8
_HEAD_START = 0.002  # seconds that calls just begun have to get out before the book is asked what is due next


@dataclass(frozen=True, slots=True)
class _Recorded:
    """Outcomes as they were written down, and the accounts that are held from now on because of them."""

    finished: Sequence[Finished]
    newly_held: Sequence[str]


@dataclass(frozen=True, slots=True)
class _Exchange:
    """What one transaction gave. moved: the accounts whose calls go elsewhere now, and where."""

    claims: Claims
    too_late: TooLate
    recorded: _Recorded
    adapters: Mapping[str, Adapter]
    moved: Mapping[str, str] = field(default_factory=dict)


class Publisher:
    """Publishes what is due, on one event loop.

    Nothing is called that is not in the book first, and no outcome is dropped: while the book cannot be written, the
    calls stop and the outcomes wait here.
    paces: how far apart late posts of an account go out, where it is not as `limits` has it. places: where the trail says
    that each account's calls go. hold_file: while it is there, nothing goes out. last_look: says before each claim what is
    to be looked at first; `unseen` gathers that until somebody takes it, and `to_look` is set.
    draining: a drain has been handed out and has not ended. stopping: nothing is claimed any more. doubts: set when the
    outcome of a post became unknown. turned_at: when the loop last knew how things stand, by the machine's clock.
    trouble: why it does not, for a person; None when it does.
    """

    def __init__(
        self,
        book: Book,
        writer: Writer,
        adapters: Mapping[str, Adapter],
        limits: Publishing,
        clock: Clock,
        random: Random,
        on_idle: Callable[[], None],
        *,
        paces: Mapping[str, timedelta] | None = None,
        places: Mapping[str, str] | None = None,
        hold_file: Path | None = None,
        last_look: LastLook | None = None,
    ) -> None:
        self._book = book
        self._writer = writer
        self._last_look = last_look
        self._adapters = adapters
        self._limits = limits
        self._paces = paces or {}
        self._noted_places = dict(places or {})
        self._clock = clock
        self._random = random
        self._on_idle = on_idle
        self._hold_file = hold_file
        self._holds = HoldWatch(book.path)
        self._calls: dict[asyncio.Task[None], float] = {}
        self._busy: Counter[str] = Counter()
        self._paused_until: dict[str, datetime] = {}
        self._next_late: dict[str, datetime] = {}
        self._finished: list[Finished] = []
        self._batch, self._just_begun = _SHORT_TURN, 0
        self._looked_at = clock.now()
        self._changed = asyncio.Event()
        self.stopping = False
        self.draining = False
        self.doubts = asyncio.Event()
        self.unseen = Unseen()
        self.to_look = asyncio.Event()
        self.turned_at = datetime.now(UTC)
        self.trouble: str | None = None
        self._trouble_is_in_writing = False

    def use(
        self, adapters: Mapping[str, Adapter], limits: Publishing, paces: Mapping[str, timedelta] | None = None
    ) -> None:
        """Goes on with other adapters and limits; calls under way end with those they began with."""
        self._adapters, self._limits, self._paces = adapters, limits, paces or {}
        self.nudge()

    def pause_account(self, account: str, until: datetime) -> None:
        """Makes no call of this account before `until`: its platform asked for it."""
        self._paused_until[account] = max(until, self._paused_until.get(account, until))

    def clock_jumped(self, by: timedelta) -> None:
        """The wall clock was set: what was counted in its time moves with it."""
        self._paused_until = {account: until + by for account, until in self._paused_until.items()}
        self._next_late = {account: until + by for account, until in self._next_late.items()}

    def next_wake(self) -> datetime | None:
        """Returns when something can be done next, by the publisher's clock; None when nothing waits.

        A post whose account has no free place waits for a call to end, and not for a moment. Raises BookError.
        """
        now = self._clock.now()
        if self._finished:
            return now
        with saying_what_failed(self._book.path), self._book.engine.connect() as connection:
            moments = [next_expiry(connection, now)]
            if not self._may_be_held_by_file():
                moments += self._next_calls(connection, now)
        self.is_well(wrote=False)
        return min((moment for moment in moments if moment is not None), default=None)

    def _next_calls(self, connection: Connection, now: datetime) -> list[datetime | None]:
        free = (
            [account for account, left in self._places(now, self._adapters).items() if left > 0]
            if self._free_places() > 0
            else ()
        )
        pace = self._pace(now)
        moments = [next_due(connection, free, pace, now)]
        for account, until in self._paused_until.items():
            if until > now:
                due = next_due(connection, [account], pace, now)
                moments.append(max(due, until) if due else None)
        return moments

    def nudge(self) -> None:
        """Something may have changed: look again now."""
        self._changed.set()

    async def publish_due(self) -> None:
        """Publishes until nothing is due and nothing is under way; raises nothing."""
        self.draining = True
        try:
            exhausted = False
            while True:
                self._changed.clear()
                if self._finished or not (exhausted or self.stopping):
                    exhausted = await self._turn()
                    await self._let_calls_go()
                if not self._calls and not self._finished and (self.stopping or not self._is_due()):
                    return
                # What was exhausted may have changed after a wait: another post came due, a place came free.
                if exhausted or self._free_places() <= 0 or self.stopping:
                    await self._wait()
                    exhausted = False
        except Exception:
            log.exception("the publishing loop stumbled; it goes on")
            await asyncio.sleep(_TROUBLE_PAUSE)
        finally:
            self.draining = False
            self._on_idle()

    async def stop(self, within: timedelta) -> bool:
        """Claims nothing more and waits for the calls under way; returns whether all of them ended in time.

        A call that did not is given up, and written down as one of which nobody knows what came.
        """
        self.stopping = True
        self.nudge()
        try:
            async with asyncio.timeout(within.total_seconds()):
                await self._ended()
        except TimeoutError:
            for call in self._calls:
                call.cancel()
        else:
            return True
        try:
            async with asyncio.timeout(_TROUBLE_PAUSE * 4):
                await self._ended()
        except TimeoutError:
            log.error("some outcomes could not be written down; their posts will be unconfirmed at the next start")
        return False

    async def _ended(self) -> None:
        while self._calls or self._finished or self.draining:
            if not self.draining:
                await self.publish_due()
            await asyncio.sleep(0.01)

    def close(self) -> None:
        """Gives back its own way to the book."""
        self._holds.close()

    async def _turn(self) -> bool:
        """One transaction: outcomes in, claims out; returns whether nothing else is due that has a place."""
        self._batch = self._next_batch()
        finished, self._finished = self._finished[: self._batch], self._finished[self._batch :]
        try:
            exchange = await self._writer.write(lambda book: self._exchange(book, finished))
        except Exception as error:
            self._finished = finished + self._finished
            await self._stumbled(error)
            return True
        if finished:
            reached("record-committed")
        if exchange.claims.claimed:
            reached("claim-committed")
        self.is_well(wrote=True)
        self._noted_places.update(exchange.moved)
        for claimed in exchange.claims.claimed:
            self._start(claimed, exchange.adapters[claimed.post.account])
        self._just_begun = len(exchange.claims.claimed)
        now = self._clock.now()
        for account in exchange.claims.late_accounts:
            self._next_late[account] = now + self._paces.get(account, self._limits.pace)
        await asyncio.sleep(0)  # the calls get out before anything is said of the others
        self._tell(exchange)
        return exchange.claims.exhausted

    def _next_batch(self) -> int:
        """Twice as many as before while more outcomes wait here than calls of earlier turns wait for an answer."""
        of_earlier_turns = len(self._calls) - self._just_begun
        return min(self._batch * 2, _LONG_TURN) if len(self._finished) > of_earlier_turns else _SHORT_TURN

    async def _let_calls_go(self) -> None:
        if self._just_begun and self._batch == _SHORT_TURN:
            for _ in range(_ROUNDS):
                await asyncio.sleep(0)

    def _tell(self, exchange: _Exchange) -> None:
        finished = exchange.recorded.finished
        tell_finished(finished)
        tell_claims(exchange.claims)
        tell_too_late(exchange.too_late)
        tell_held(exchange.recorded.newly_held)
        in_doubt = exchange.claims.doubted or exchange.too_late.doubted
        if exchange.claims.unseen:
            self.unseen |= exchange.claims.unseen
            self.to_look.set()
        if in_doubt or any(one.move is Move.LOSE_SIGHT for one in finished):
            self.doubts.set()

    async def _stumbled(self, error: Exception) -> None:
        """Nothing of the exchange was kept. Outcomes must not wait for whatever stands in the way of claiming."""
        if not isinstance(error, BookError):
            log.exception("the publishing loop stumbled; it goes on", exc_info=error)
        self.is_in_trouble(redact(str(error) or type(error).__name__), writing=True)
        finished, self._finished = self._finished, []
        try:
            recorded = await self._writer.write(lambda book: self._record(book, finished))
        except Exception:
            self._finished = finished + self._finished
        else:
            self._tell(_Exchange(Claims(), TooLate(), recorded, self._adapters))
        await asyncio.sleep(_TROUBLE_PAUSE)

    def _record(self, book: Connection, finished: Sequence[Finished]) -> _Recorded:
        finished = [_refused_if_anothers(book, one) for one in _each_its_own(book, finished)]
        record(book, finished)
        newly_held = [
            one.claimed.post.account
            for one in finished
            if one.move is Move.HOLD_BACK
            and hold_account(book, one.claimed.post.account, one.detail or "", one.finished_at)
        ]
        return _Recorded(finished, newly_held)

    def _exchange(self, book: Connection, finished: Sequence[Finished]) -> _Exchange:
        now, adapters = self._clock.now(), self._adapters  # these, should they be exchanged meanwhile
        self._looked_at = now
        recorded = self._record(book, finished)
        too_late = sweep_late(book, now)
        if self.stopping or self._may_be_held_by_file():
            return _Exchange(Claims(), too_late, recorded, adapters)
        if moved := self._moved(adapters):
            note_places(book, moved, now)
        claims = claim_due(
            book,
            now,
            self._places(now, adapters),
            min(self._free_places(), self._batch),
            self._pace(now),
            lambda post: self._prepare(post, adapters[post.account]),
            self._last_look,
        )
        return _Exchange(claims, too_late, recorded, adapters, moved)

    def _moved(self, adapters: Mapping[str, Adapter]) -> dict[str, str]:
        places = {name: place for name, adapter in adapters.items() if (place := adapter.place) is not None}
        return {name: place for name, place in places.items() if place != self._noted_places.get(name)}

    def _places(self, now: datetime, adapters: Mapping[str, Adapter]) -> dict[str, int]:
        return {
            account: self._limits.per_account - self._busy[account]
            for account in adapters
            if self._paused_until.get(account, now) <= now
        }

    def _free_places(self) -> int:
        return self._limits.at_once - len(self._calls)

    def _pace(self, now: datetime) -> Pace:
        return Pace(now - LATE, self._next_late)

    def _may_be_held_by_file(self) -> bool:
        return self._hold_file is not None and may_be_there(self._hold_file)

    def _prepare(self, post: DuePost, adapter: Adapter) -> Payload:
        try:
            payload = self._repeated(post, adapter)
            if payload is None:
                key = adapter.new_key(self._clock.now(), self._random)
                payload = adapter.payload(post.message, key, post.earlier)
            payload.sha256  # noqa: B018 (what cannot be written as JSON must be found here)
        except Exception as error:
            raise PostRefused(f"no request could be made of this post: {error}") from error
        return payload

    def _repeated(self, post: DuePost, adapter: Adapter) -> Payload | None:
        """The same words again under the same key: a platform that honours keys cannot make two posts of them.

        That must be so while an attempt is in doubt. Without a doubt it is so for an hour: a key may carry the time of its
        attempt, which an old and certain failure should not lend to a new try.
        """
        if post.past.attempts and post.past.attempts[-1].outcome is Outcome.DUPLICATE:
            return None
        if doubt := post.past.doubt:
            return adapter.payload(post.message, doubt.key, post.earlier)
        if not post.past.attempts:
            return None
        last = post.past.attempts[-1]
        first_with_key = next(each for each in post.past.attempts if each.key == last.key)
        is_fresh = self._clock.now() - first_with_key.started_at < KEY_LIFE
        # Whoever says that an attempt is not out may be wrong, person or platform: for that hour its key guards it.
        is_fresh = is_fresh and (last.since_approval or last.outcome is Outcome.ABSENT)
        if not is_fresh:
            return None
        payload = adapter.payload(post.message, last.key, post.earlier)
        return payload if payload.sha256 == last.payload_sha256 else None

    def _start(self, claimed: Claimed, adapter: Adapter) -> None:
        self._busy[claimed.post.account] += 1
        call = asyncio.create_task(self._call(claimed, adapter))
        # The adapter has its own time-out; this one is for an adapter that forgets it.
        limit = self._limits.timeout.total_seconds() * 2 + 5
        self._calls[call] = asyncio.get_running_loop().time() + limit
        call.add_done_callback(self._calls.__delitem__)

    async def _call(self, claimed: Claimed, adapter: Adapter) -> None:
        account = claimed.post.account
        try:
            finished = await self._attempt(claimed, adapter)
        except PublishError as error:
            finished = not_accepted(claimed, error, self._clock.now(), self._random)
        except asyncio.CancelledError:
            given_up = OutcomeUnknown("the call was given up before the platform's answer came")
            finished = not_accepted(claimed, given_up, self._clock.now(), self._random)
        except Exception as error:
            log.exception("the adapter of %s failed in a way it should not", account)
            unknown = OutcomeUnknown(redact(f"{type(error).__name__}: {error}"))
            finished = not_accepted(claimed, unknown, self._clock.now(), self._random)
        finally:
            self._busy[account] -= 1
        if finished.retry_at is not None:
            self.pause_account(account, finished.retry_at)
        self._finished.append(finished)
        if not self._changed.is_set():
            self._changed.set()

    async def _attempt(self, claimed: Claimed, adapter: Adapter) -> Finished:
        place = self._noted_places.get(claimed.post.account)  # for which it was claimed
        try:
            await adapter.get_ready(claimed.payload)
        except asyncio.CancelledError:
            if not_now := self._not_now(claimed):
                return not_now
            raise TemporaryFailure("its platform could not be reached before the call was given up") from None
        # The last moment before the call: from here on nothing can be taken back.
        if not_now := self._not_now(claimed):
            return not_now
        if adapter.place not in (None, place):
            # The next turn notes it, and asks about what is in doubt where the account was.
            return withdrawn(claimed, "the address of its account was read anew before the call", self._clock.now())
        reached("call-begun")
        receipt = await adapter.send(claimed.payload)
        return accepted(claimed, receipt, self._clock.now())

    def _not_now(self, claimed: Claimed) -> Finished | None:
        """Returns the withdrawal of a call that must not be made now, after all."""
        now, post = self._clock.now(), claimed.post
        if self.stopping:
            return withdrawn(claimed, "the daemon was told to stop before the call was made", now)
        if now < post.scheduled_at:
            return withdrawn(claimed, "the clock was set back to before its hour", now, again_at=post.scheduled_at)
        if post.expires_at is not None and post.expires_at <= now:
            return withdrawn(claimed, "its time to go out ended before the call was made", now)
        try:
            held = self._may_be_held_by_file() or self._holds.look().reach(post.account, post.campaign, post.topics)
        except sqlite3.Error as error:
            self._holds.close()
            self.is_in_trouble(f"{self._book.path}: {error}", writing=False)
            return withdrawn(
                claimed, "the book could not be read before the call was made", now, again_at=now + _UNREAD
            )
        return withdrawn(claimed, "a hold came before the call was made", now) if held else None

    def _is_due(self) -> bool:
        try:
            moment = self.next_wake()
        except BookError as error:
            self.is_in_trouble(str(error), writing=False)
            return False
        return moment is not None and moment <= self._clock.now()

    async def _wait(self) -> None:
        """Waits for calls to end or for a nudge, and at most until the next post is due."""
        if not self._finished:
            await self._sleep()
        await asyncio.sleep(0)  # so that what ends in the same moment is written down together
        self._give_up_what_hangs()

    async def _sleep(self) -> None:
        seconds = 1.0
        if self._calls:
            await asyncio.sleep(_HEAD_START)
        if self._free_places() > 0 and not self.stopping:
            try:
                moment = self.next_wake()
            except BookError:
                moment = None
            if moment is not None and self._looked_at < moment <= self._clock.now():
                return  # it came due since the last turn, which therefore did not see it
            if moment is not None:
                until = (self._clock.real_time_of(moment) - datetime.now(UTC)).total_seconds()
                seconds = min(seconds, until if until > 0 else _BREATH)
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._changed.wait()

    def _give_up_what_hangs(self) -> None:
        now = asyncio.get_running_loop().time()
        first = next(iter(self._calls.values()), now)
        if first < now:  # they stand in the order in which they began
            for call, limit in self._calls.items():
                if limit < now:
                    call.cancel()

    def is_well(self, *, wrote: bool) -> None:
        """The book answered; a reading says nothing about a book that could not be written, nor the other way round."""
        if self.trouble is not None:
            if self._trouble_is_in_writing is not wrote:
                return
            log.warning("the book can be used again; publishing goes on")
            self.trouble = None
        self.turned_at = datetime.now(UTC)

    def is_in_trouble(self, trouble: str, *, writing: bool) -> None:
        """The book did not answer: it is said once, and the calls stop until it does."""
        if self.trouble is None:
            log.error("nothing goes out until this is mended: %s", trouble)
        self.trouble = trouble
        self._trouble_is_in_writing = writing


def _each_its_own(book: Connection, finished: Sequence[Finished]) -> Sequence[Finished]:
    """A repeat that brought the receipt of another post (one with the same words) has put nothing out."""
    repeats = [one for one in finished if one.receipt is not None and one.claimed.post.past.was_in_doubt]
    if not repeats:
        return finished
    known = {_named(one) for one in finished if one not in repeats}
    anothers = []
    for one in repeats:
        named = _named(one)
        if named in known or is_taken(book, *named):
            anothers.append(one)
        known.add(named)
    return [not_its_own(one.claimed, one.finished_at) if one in anothers else one for one in finished]


def _refused_if_anothers(book: Connection, one: Finished) -> Finished:
    """Said a second time that its platform has these words, that is so because of another post, where there is one."""
    if one.outcome is not Outcome.DUPLICATE or not one.claimed.post.past.was_duplicate:
        return one
    account, _, words = _named(one)
    since = one.finished_at - _COMPARED_WITH
    return refused_as_known(one) if is_said_by_another(book, one.claimed.post.id, account, words, since) else one


def _named(one: Finished) -> tuple[str, str, str]:
    """Returns the account, what its platform calls the part that is out ("" where none is), and its words."""
    post = one.claimed.post
    words = post.message.parts[len(post.earlier)].text
    return post.account, one.receipt.platform_id if one.receipt else "", words
