"""Asks the platforms about posts of which nobody knows whether they are out, before anything else of these posts is tried."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby
from operator import add
from random import Random

from sqlalchemy import Connection

from scheduler.config import redact
from scheduler.errors import BookError, CredentialsRefused, PublishError, TemporaryFailure
from scheduler.faultpoints import reached
from scheduler.platforms.contract import Adapter, Doubt, Finding, Inquirer, Verdict
from scheduler.posts.book import Book, saying_what_failed
from scheduler.posts.claims import hold_account
from scheduler.posts.doubts import (
    InDoubt,
    Settled,
    StillOpen,
    ask_account_later,
    ask_again,
    is_taken,
    next_question,
    next_questions_soon,
    posts_in_doubt,
    restored_in_doubt,
    settle,
)
from scheduler.publishing.companion import Running, until_any
from scheduler.publishing.telling import tell_held, tell_post

log = logging.getLogger("redletter.reconcile")

# How long to wait after the first, second, … question without an answer that settles it; the last one repeats.
WAITS = tuple(timedelta(seconds=seconds) for seconds in (2, 5, 10, 20, 30, 60, 300, 900, 3600))
# Where the platform cannot be asked at all: somebody may mend that.
UNANSWERED_WAIT = timedelta(hours=1)
# After so many doubtful attempts at one part, none of which the platform shows, a person looks.
MANY = 8

_LONGEST_SLEEP = 60.0  # seconds
_TROUBLE_PAUSE = 1.0  # seconds
_SOON = timedelta(minutes=2)


def time_to_settle(timeout: timedelta) -> timedelta:
    """Returns how long a platform may still be at work on a call, by the time-out of a call.

    Twice that time: one for which we would have waited, had the daemon not been killed, and one for a platform that does
    what it was asked though we gave up. Where keys are not honoured, what shows up after it is a second post.
    """
    return 2 * timeout


class Reconcile:
    """A companion of the daemon.

    settle_after: so long after the first question, by steady time, a post that the platform does not show is not out: a
    platform that was slow has had time to finish. See `time_to_settle`.
    """

    def __init__(self, settle_after: timedelta) -> None:
        self.settle_after = settle_after
        self._first_asked: dict[tuple[int, int], float] = {}

    async def __call__(self, running: Running) -> None:
        while not running.stop.is_set():
            change = running.changes.next()  # a person may have brought a post into doubt
            try:
                await self.ask_about_all(running)
                seconds = _until_next(running)
            except BookError as error:
                log.debug("the posts in doubt cannot be read or written: %s", error)  # the publisher says it
                seconds = _TROUBLE_PAUSE
            except Exception:
                log.exception("asking about posts in doubt stumbled; it goes on")
                seconds = _TROUBLE_PAUSE
            await until_any(running.stop, running.publisher.doubts, change, seconds=seconds)
            running.publisher.doubts.clear()

    async def ask_about_all(self, running: Running) -> None:
        """Asks about everything that is to be asked about now, all accounts at once."""
        running.publisher.doubts.clear()
        while not running.stop.is_set():
            with saying_what_failed(running.book.path), running.book.engine.connect() as connection:
                doubts = (connection, running.clock.now(), running.adapters)
                posts, unreadable = map(add, posts_in_doubt(*doubts), restored_in_doubt(*doubts))
            if unreadable:
                await running.writer.write(lambda book: ask_again(book, unreadable))  # noqa: B023 (awaited at once)
            if not posts:
                return
            posts.sort(key=lambda post: post.account)
            by_account = [list(of_one) for _, of_one in groupby(posts, key=lambda post: post.account)]
            asked = await asyncio.gather(
                *(self._ask_account(running, of_one) for of_one in by_account), return_exceptions=True
            )
            for stumbled in asked:
                if isinstance(stumbled, BaseException):
                    raise stumbled

    async def _ask_account(self, running: Running, posts: Sequence[InDoubt]) -> None:
        account = posts[0].account
        adapter = running.adapters[account]
        reached("inquiry-begun")
        try:
            findings = await _find(running, adapter, posts)
        except CredentialsRefused as error:
            detail = error.detail
            newly_held = await running.writer.write(
                lambda book: hold_account(book, account, detail, running.clock.now())
            )
            tell_held([account] if newly_held else ())
            findings = [Finding(Verdict.UNANSWERED, detail=detail) for _ in posts]
        except PublishError as error:
            await self._ask_later(running, posts, error)
            return
        reached("inquiry-answered")
        await self._write_down(running, posts, findings)
        reached("inquiry-committed")

    async def _ask_later(self, running: Running, posts: Sequence[InDoubt], error: PublishError) -> None:
        now = running.clock.now()
        not_before = error.retry_at if isinstance(error, TemporaryFailure) else None
        still_open = [_not_answered(post, now, error.detail, not_before) for post in posts]
        await running.writer.write(lambda book: _leave_open(book, still_open, not_before))

    async def _write_down(self, running: Running, posts: Sequence[InDoubt], findings: Sequence[Finding]) -> None:
        now = running.clock.now()
        settled, still_open, not_answered = [], [], []
        for post, finding in zip(posts, findings, strict=True):
            if finding.verdict is Verdict.LATER:
                not_answered.append(_not_answered(post, now, finding.detail, finding.ask_at))
                continue
            decision = self._decide(running, post, finding)
            if isinstance(decision, Settled):
                settled.append(decision)
            else:
                still_open.append(decision)

        not_before = max((finding.ask_at for finding in findings if finding.ask_at is not None), default=None)

        def write(book: Connection) -> None:
            settle(book, settled, now)
            _leave_open(book, still_open + not_answered, not_before)

        await running.writer.write(write)
        _tell(settled, still_open)
        if settled:
            running.publisher.nudge()

    def _decide(self, running: Running, post: InDoubt, finding: Finding) -> Settled | StillOpen:
        now = running.clock.now()
        if finding.verdict is Verdict.OUT and finding.receipt is not None:
            return Settled(post, finding.receipt, "its platform was asked: it is out", now)
        if finding.verdict is Verdict.UNANSWERED or post.is_restored:
            return StillOpen(post, now + UNANSWERED_WAIT, f"{_QUESTION}; {finding.detail or _not_shown(post)}")
        not_out = "its platform was asked: it is not out, so it is tried again"
        if finding.verdict is Verdict.REPEATABLE:
            again_at = now if post.unknown <= 1 else now + _wait_after(post.unknown - 2)
            return Settled(post, None, not_out, again_at, repeatable_until=finding.until)
        left = self._left_to_settle(post, running.clock.steady())
        if left > timedelta(0):
            ask_at = now + min(_wait_after(post.asks), left)
            return StillOpen(post, ask_at, "its platform does not show it yet and is asked again")
        if why := _does_not_fit(post):
            return StillOpen(post, now + UNANSWERED_WAIT, f"{_QUESTION}; {why}")
        return Settled(post, None, not_out, now, is_certain=True)

    def _left_to_settle(self, post: InDoubt, steady: float) -> timedelta:
        """A clock that was set must not shorten it: by steady time, and so from the first question of this daemon on."""
        first = self._first_asked.setdefault((post.id, post.number), steady)
        return self.settle_after - timedelta(seconds=steady - first)


def _leave_open(book: Connection, posts: Sequence[StillOpen], not_before: datetime | None) -> None:
    """Writes down when posts of one account are asked about next; before `not_before` none of them is."""
    ask_again(book, posts)
    if not_before is not None and posts:
        ask_account_later(book, posts[0].post.account, not_before)


def _not_answered(post: InDoubt, now: datetime, why: str, not_before: datetime | None) -> StillOpen:
    note = f"{_QUESTION}; its platform was asked and did not answer yet: {why}"
    return StillOpen(post, max(now + _wait_after(post.asks), not_before or now), note)


def _does_not_fit(post: InDoubt) -> str | None:
    """Says why a post that its platform does not show may be out all the same."""
    if post.unknown >= MANY:
        return f"{post.unknown} attempts in a row were left open, and its platform shows none of them"
    if post.duplicates > 1:
        return "its platform twice took it for one that it has, and shows none of these words that is not another's"
    return None


def _not_shown(restored: InDoubt) -> str:
    """Says what its platform shows: no proof, for somebody may have changed the words since the backup."""
    words = f"the words of part {len(restored.earlier) + 1}" if len(restored.message.parts) > 1 else "these words"
    since = f"{restored.started_at:%-d %B %Y, %H:%M} UTC"
    return f"restored from a backup, and its platform shows no post with {words} since {since}"


_QUESTION = "is it out? look, and say so with redletter resolve"


async def _find(running: Running, adapter: Adapter, posts: Sequence[InDoubt]) -> Sequence[Finding]:
    if not isinstance(adapter, Inquirer):
        return [Finding(Verdict.UNANSWERED, detail=f"{adapter.platform} cannot be asked") for _ in posts]
    now = running.clock.now()
    doubts = [_doubt(adapter, post, now) for post in posts]
    asked = [doubt for doubt in doubts if isinstance(doubt, Doubt)]
    try:
        answers = iter(await adapter.find(asked, _taken(running.book, posts[0].account)) if asked else ())
    except PublishError:
        raise
    except Exception as error:
        log.exception("the adapter of %s could not ask", posts[0].account)
        raise TemporaryFailure(redact(f"{type(error).__name__}: {error}")) from error
    return [doubt if isinstance(doubt, Finding) else next(answers) for doubt in doubts]


def _doubt(adapter: Inquirer, post: InDoubt, now: datetime) -> Doubt | Finding:
    """Makes the question; one that cannot be made, as when the account has another platform by now, is for a person."""
    if post.elsewhere:
        return Finding(Verdict.UNANSWERED, detail=post.elsewhere)
    if post.is_restored and not adapter.finds_by_words:
        return Finding(
            Verdict.UNANSWERED,
            detail=f"restored from a backup without the attempt by which {adapter.platform} knows it",
        )
    try:
        key = adapter.new_key(now, Random()) if post.is_restored else post.key  # noqa: S311 (it is never sent)
        payload = adapter.payload(post.message, key, post.earlier)
    except Exception as error:
        return Finding(Verdict.UNANSWERED, detail=redact(f"{adapter.platform} cannot be asked about it: {error}"))
    return Doubt(payload, post.started_at, post.earlier, post.may_repeat(now))


def _taken(book: Book, account: str) -> Callable[[str], bool]:
    def taken(platform_id: str) -> bool:
        with saying_what_failed(book.path), book.engine.connect() as connection:
            return is_taken(connection, account, platform_id)

    return taken


def _wait_after(asks: int) -> timedelta:
    return WAITS[min(asks, len(WAITS) - 1)]


def _until_next(running: Running) -> float:
    with saying_what_failed(running.book.path), running.book.engine.connect() as connection:
        moment = next_question(connection, running.adapters)
    if moment is None:
        return _LONGEST_SLEEP
    seconds = (running.clock.real_time_of(moment) - datetime.now(UTC)).total_seconds()
    return min(max(seconds, 0.01), _LONGEST_SLEEP)


def has_questions(book: Book, now: datetime) -> bool:
    """Returns whether a post is in doubt that the platform is asked about soon: then it may still go out."""
    with saying_what_failed(book.path), book.engine.connect() as connection:
        return next_questions_soon(connection, now + _SOON)


def _tell(settled: Iterable[Settled], still_open: Iterable[StillOpen]) -> None:
    for one in settled:
        if one.receipt is None:
            tell_post(logging.WARNING, "not out, back in the queue", one.post.told(one.why))
            continue
        where = {
            "post": one.post.id, "campaign": one.post.campaign, "slot": one.post.slot,
            "account": one.post.account, "attempt": one.post.number, "url": one.receipt.url or "",
        }  # fmt: skip
        log.info("published, as its platform says", extra=where)
    for open_one in still_open:
        level = logging.ERROR if open_one.note.startswith(_QUESTION) else logging.DEBUG
        tell_post(level, "unconfirmed", open_one.post.told(open_one.note))
