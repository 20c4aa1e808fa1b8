"""The publisher drains the book of due posts: claim as many as there are places, call, record, claim again."""

import asyncio
import hashlib
import json
import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from random import Random

from sqlalchemy import Connection

from scheduler.config import Publishing, redact
from scheduler.errors import BookError, OutcomeUnknown, PostRefused, PublishError
from scheduler.platforms.contract import Adapter, Payload
from scheduler.posts.book import Book, saying_what_failed
from scheduler.posts.claims import (
    Claimed,
    DuePost,
    Finished,
    LastAttempt,
    Told,
    claim_due,
    hold_account,
    next_due,
    next_expiry,
    record,
    sweep_missed,
)
from scheduler.posts.status import Move
from scheduler.posts.writer import Writer
from scheduler.publishing.clock import Clock
from scheduler.publishing.outcomes import accepted, not_accepted

log = logging.getLogger("redletter.publisher")

KEY_LIFE = timedelta(hours=1)  # as long as Mastodon remembers one

_TROUBLE_PAUSE = 0.5  # seconds between two looks at a book that cannot be written


class Publisher:
    """Publishes what is due, on one event loop.

    Nothing is called that is not in the book first, and no outcome is dropped: while the book cannot be written, the
    calls stop and the outcomes wait here.
    draining: a drain has been handed out and has not ended. stopping: nothing is claimed any more.
    turned_at: when the loop last knew how things stand, by the
    machine's clock. trouble: why it does not, for a person; None when it does.
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
    ) -> None:
        self._book = book
        self._writer = writer
        self._adapters = adapters
        self._limits = limits
        self._clock = clock
        self._random = random
        self._on_idle = on_idle
        self._calls: set[asyncio.Task[None]] = set()
        self._busy: Counter[str] = Counter()
        self._paused_until: dict[str, datetime] = {}
        self._finished: list[Finished] = []
        self._changed = asyncio.Event()
        self.stopping = False
        self.draining = False
        self.turned_at = datetime.now(UTC)
        self.trouble: str | None = None
        self._trouble_is_in_writing = False

    def next_wake(self) -> datetime | None:
        """Returns when something can be done next, by the publisher's clock; None when nothing waits.

        A post whose account has no free place waits for a call to end, and not for a moment. Raises BookError.
        """
        now = self._clock.now()
        if self._finished:
            return now
        free = {account for account, left in self._places(now).items() if left > 0} if self._free_places() > 0 else ()
        paused = {account: until for account, until in self._paused_until.items() if until > now}
        with saying_what_failed(self._book.path), self._book.engine.connect() as connection:
            moments = [next_due(connection, free), next_expiry(connection)]
            for account, until in paused.items():
                due = next_due(connection, [account])
                moments.append(max(due, until) if due else None)
        self.is_well(wrote=False)
        return min((moment for moment in moments if moment is not None), default=None)

    def nudge(self) -> None:
        """Something may have changed: look again now."""
        self._changed.set()

    async def publish_due(self) -> None:
        """Publishes until nothing is due and nothing is under way; raises nothing."""
        self.draining = True
        try:
            while True:
                self._changed.clear()
                claimed_all = await self._turn()
                if not self._calls and not self._finished and (self.stopping or not self._is_due()):
                    return
                if not claimed_all:
                    await self._wait()
        except Exception:
            log.exception("the publishing loop stumbled; it goes on")
            await asyncio.sleep(_TROUBLE_PAUSE)
        finally:
            self.draining = False
            self._on_idle()

    async def stop(self, within: timedelta) -> bool:
        """Claims nothing more and waits for the calls under way; returns whether all of them were recorded in time."""
        self.stopping = True
        self.nudge()
        try:
            async with asyncio.timeout(within.total_seconds()):
                while self._calls or self._finished or self.draining:
                    if not self.draining:
                        await self.publish_due()
                    await asyncio.sleep(0.01)
        except TimeoutError:
            for call in self._calls:
                call.cancel()
            return False
        return True

    async def _turn(self) -> bool:
        """One transaction: outcomes in, claims out; returns whether more may be due than was claimed."""
        if not self._finished and (self.stopping or not self._is_due()):
            return False
        finished, self._finished = self._finished, []
        try:
            claimed, refused, missed, newly_held = await self._writer.write(lambda book: self._exchange(book, finished))
        except Exception as error:
            self._finished = finished + self._finished
            await self._stumbled(error)
            return False
        self.is_well(wrote=True)
        _tell(finished, refused, missed, newly_held)
        for one in claimed:
            self._start(one)
        return bool(claimed) and self._free_places() > 0

    async def _stumbled(self, error: Exception) -> None:
        """Nothing of the exchange was kept. Outcomes must not wait for whatever stands in the way of claiming."""
        if not isinstance(error, BookError):
            log.exception("the publishing loop stumbled; it goes on", exc_info=error)
        self.is_in_trouble(redact(str(error) or type(error).__name__), writing=True)
        finished, self._finished = self._finished, []
        try:
            newly_held = await self._writer.write(lambda book: self._record(book, finished))
        except Exception:
            self._finished = finished + self._finished
        else:
            _tell(finished, (), (), newly_held)
        await asyncio.sleep(_TROUBLE_PAUSE)

    def _record(self, book: Connection, finished: Sequence[Finished]) -> list[str]:
        """Writes outcomes down; returns the accounts that are held from now on because of them."""
        record(book, finished)
        return [
            one.claimed.post.account
            for one in finished
            if one.move is Move.HOLD_BACK
            and hold_account(book, one.claimed.post.account, one.detail or "", one.finished_at)
        ]

    def _exchange(
        self, book: Connection, finished: Sequence[Finished]
    ) -> tuple[list[Claimed], list[Told], list[Told], list[str]]:
        now = self._clock.now()
        newly_held = self._record(book, finished)
        missed = sweep_missed(book, now)
        if self.stopping:
            return [], [], missed, newly_held
        claimed, refused = claim_due(book, now, self._places(now), self._free_places(), self._prepare)
        return claimed, refused, missed, newly_held

    def _places(self, now: datetime) -> dict[str, int]:
        return {
            account: self._limits.per_account - self._busy[account]
            for account in self._adapters
            if self._paused_until.get(account, now) <= now
        }

    def _free_places(self) -> int:
        return self._limits.at_once - len(self._calls)

    def _prepare(self, post: DuePost) -> tuple[Payload, str]:
        adapter = self._adapters[post.account]
        last = post.last_attempt
        try:
            if last is not None and last.part == len(post.earlier) and self._may_reuse_key(last):
                # The same words again under the same key: a platform that honours keys cannot make two posts of it.
                payload = adapter.payload(post.message, last.key, post.earlier)
                if sha256_of(payload) == last.payload_sha256:
                    return payload, last.payload_sha256
            key = adapter.new_key(self._clock.now(), self._random)
            payload = adapter.payload(post.message, key, post.earlier)
            return payload, sha256_of(payload)
        except Exception as error:
            raise PostRefused(f"no request could be made of this post: {error}") from error

    def _may_reuse_key(self, last: LastAttempt) -> bool:
        """A key may carry the time of its attempt, which an old and certain failure should not lend to a new try."""
        is_fresh = last.since_approval and self._clock.now() - last.started_at < KEY_LIFE
        return is_fresh or last.leaves_doubt

    def _start(self, claimed: Claimed) -> None:
        self._busy[claimed.post.account] += 1
        call = asyncio.create_task(self._call(claimed))
        self._calls.add(call)
        call.add_done_callback(self._calls.discard)

    async def _call(self, claimed: Claimed) -> None:
        account = claimed.post.account
        try:
            # The adapter has its own time-out; this one is for an adapter that forgets it.
            async with asyncio.timeout(self._limits.timeout.total_seconds() * 2 + 5):
                receipt = await self._adapters[account].send(claimed.payload)
            finished = accepted(claimed, receipt, self._clock.now())
        except PublishError as error:
            finished = not_accepted(claimed, error, self._clock.now(), self._random)
        except Exception as error:
            log.exception("the adapter of %s failed in a way it should not", account)
            unknown = OutcomeUnknown(redact(f"{type(error).__name__}: {error}"))
            finished = not_accepted(claimed, unknown, self._clock.now(), self._random)
        finally:
            self._busy[account] -= 1
        if finished.retry_at is not None:
            self._paused_until[account] = max(finished.retry_at, self._paused_until.get(account, finished.retry_at))
        self._finished.append(finished)
        self._changed.set()

    def _is_due(self) -> bool:
        try:
            moment = self.next_wake()
        except BookError as error:
            self.is_in_trouble(str(error), writing=False)
            return False
        return moment is not None and moment <= self._clock.now()

    async def _wait(self) -> None:
        """Waits for a call to end or for a nudge, and at most until the next post is due."""
        seconds = 1.0
        if self._free_places() > 0:
            try:
                moment = self.next_wake()
            except BookError:
                moment = None
            if moment is not None:
                until = (self._clock.real_time_of(moment) - datetime.now(UTC)).total_seconds()
                seconds = min(seconds, max(until, 0.001))
        try:
            async with asyncio.timeout(seconds):
                await self._changed.wait()
        except TimeoutError:
            pass

    def is_well(self, *, wrote: bool) -> None:
        """The book answered; a reading says nothing about a book that could not be written."""
        if self.trouble is not None:
            if self._trouble_is_in_writing and not wrote:
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


def sha256_of(payload: Payload) -> str:
    """Returns the SHA-256 of the exact request, credentials apart."""
    exact = [payload.method, payload.path, payload.key, dict(payload.body), dict(payload.headers)]
    return hashlib.sha256(json.dumps(exact, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _tell(
    finished: Sequence[Finished], refused: Sequence[Told], missed: Sequence[Told], newly_held: Sequence[str]
) -> None:
    for one in finished:
        post = one.claimed.post
        where = f"post={post.id} campaign={post.campaign} slot={post.slot} account={post.account} attempt={one.claimed.number}"
        if one.receipt is not None:
            log.info(
                "%s %s %s", "published" if one.move is Move.PUBLISH else "part is out", where, one.receipt.url or ""
            )
        elif one.move is Move.RETRY_LATER:
            wait = (one.next_try_at - one.finished_at).total_seconds() if one.next_try_at else 0
            log.warning("try again in %.0f s: %s: %s", wait, where, one.detail)
        else:
            log.error("%s: %s: %s", _SAID.get(one.move, one.move.value), where, one.detail)
    for told in refused:
        log.error(
            "failed: post=%s campaign=%s slot=%s account=%s: %s",
            told.id,
            told.campaign,
            told.slot,
            told.account,
            told.why,
        )
    for told in missed:
        log.error(
            "missed: post=%s campaign=%s slot=%s account=%s: %s",
            told.id,
            told.campaign,
            told.slot,
            told.account,
            told.why,
        )
    for account in newly_held:
        log.error(
            "account %s is held: its credentials were refused; mend them, then: redletter resume --account %s",
            account,
            account,
        )


_SAID = {
    Move.REFUSE: "failed",
    Move.MISS: "missed",
    Move.LOSE_SIGHT: "unconfirmed, look whether it is out",
    Move.HOLD_BACK: "credentials refused",
}
