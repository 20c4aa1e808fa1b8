"""The one table from what a platform said to what becomes of the post, and how long to wait before the next try."""

from datetime import datetime, timedelta
from random import Random

from scheduler.errors import (
    CredentialsRefused,
    DuplicateRefused,
    OutcomeUnknown,
    PostRefused,
    PublishError,
    TemporaryFailure,
)
from scheduler.platforms.contract import Receipt
from scheduler.posts.claims import Claimed, Finished
from scheduler.posts.status import Move, Outcome, WhenLate
from scheduler.posts.what_is_out import said_parts

TABLE: dict[type[PublishError], tuple[Outcome, Move]] = {
    TemporaryFailure: (Outcome.TEMPORARY, Move.RETRY_LATER),
    PostRefused: (Outcome.REFUSED, Move.REFUSE),
    CredentialsRefused: (Outcome.CREDENTIALS, Move.HOLD_BACK),
    OutcomeUnknown: (Outcome.UNKNOWN, Move.LOSE_SIGHT),
}

# How long to wait after the first, second, … temporary failure; the last one repeats until the post is too late.
WAITS = tuple(timedelta(seconds=seconds) for seconds in (20, 60, 120, 300, 600, 1200, 1800))
# How soon the platform is asked about a post of which nobody knows whether it is out.
FIRST_QUESTION = timedelta(seconds=2)
JITTER = 0.2  # up to a fifth more, so that posts that failed together do not come back together


def accepted(claimed: Claimed, receipt: Receipt, now: datetime) -> Finished:
    """The platform took this part: the post is published, or goes on with its next part."""
    is_last = len(claimed.post.earlier) + 1 >= len(claimed.post.message.parts)
    move = Move.PUBLISH if is_last else Move.CONTINUE
    return Finished(claimed, Outcome.ACCEPTED, move, now, receipt=receipt, next_try_at=None if is_last else now)


def not_its_own(claimed: Claimed, now: datetime) -> Finished:
    """The platform answered a repeated key with what another post has put out: it is asked once more, then goes under a new key."""
    detail = "its platform answered with the receipt of another post, so this one is not out"
    return Finished(claimed, Outcome.DUPLICATE, Move.LOSE_SIGHT, now, detail=detail, next_try_at=now)


def refused_as_known(one: Finished) -> Finished:
    """The platform refused the words twice, was asked in between, and another post says them: this one is not out."""
    detail = _after_parts(one.claimed, one.detail or "")
    return Finished(one.claimed, Outcome.REFUSED, Move.REFUSE, one.finished_at, detail=detail)


def withdrawn(claimed: Claimed, why: str, now: datetime, again_at: datetime | None = None) -> Finished:
    """The call was never made: the post waits on as if it had not been claimed, or until `again_at`."""
    return Finished(claimed, Outcome.WITHDRAWN, Move.WITHDRAW, now, detail=why, next_try_at=again_at)


def not_accepted(claimed: Claimed, error: PublishError, now: datetime, random: Random) -> Finished:
    """What the error means for the post, by the table; a try that would come too late makes it missed.

    While an earlier attempt is in doubt it ends as neither failed nor missed: its platform is asked first.
    """
    outcome, move = _what_follows(claimed, error)
    if move is Move.LOSE_SIGHT:
        ask_at = now + FIRST_QUESTION
        return Finished(claimed, outcome, move, now, detail=error.detail, next_try_at=ask_at)
    if not isinstance(error, TemporaryFailure):
        detail = _after_parts(claimed, error.detail) if move is Move.REFUSE else error.detail
        return Finished(claimed, outcome, move, now, detail=detail)
    next_try_at = now + wait_after(claimed.post.tries, random)
    if error.retry_at is not None:
        next_try_at = max(next_try_at, error.retry_at)
    expires_at = claimed.post.expires_at
    if expires_at is not None and next_try_at >= expires_at:
        last_chance = expires_at - timedelta(seconds=1)
        may_try = error.retry_at is None or error.retry_at <= last_chance
        if may_try and last_chance - now >= WAITS[0]:
            return Finished(
                claimed, outcome, move, now, detail=error.detail, retry_at=error.retry_at, next_try_at=last_chance
            )
        detail = f"too late for another try; the last one: {error.detail}"
        if claimed.post.past.doubt:
            ask_at = max(now + FIRST_QUESTION, error.retry_at or now)
            return Finished(
                claimed, outcome, Move.LOSE_SIGHT, now, detail=detail, retry_at=error.retry_at, next_try_at=ask_at
            )
        too_late = Move.SET_ASIDE if claimed.post.when_late is WhenLate.HOLD else Move.MISS
        detail = _after_parts(claimed, detail)
        return Finished(claimed, outcome, too_late, now, detail=detail, retry_at=error.retry_at)
    return Finished(claimed, outcome, move, now, detail=error.detail, retry_at=error.retry_at, next_try_at=next_try_at)


def _after_parts(claimed: Claimed, why: str) -> str:
    """Says first what is out already of a thread that ends here."""
    out = [receipt.url or receipt.platform_id for receipt in claimed.post.earlier]
    return f"{said_parts(len(claimed.post.message.parts), out)}; {why}" if out else why


def _what_follows(claimed: Claimed, error: PublishError) -> tuple[Outcome, Move]:
    past = claimed.post.past
    if isinstance(error, DuplicateRefused) and past.may_be_known:
        # The platform has these words already: most likely from the attempt of which nobody knew what came.
        return Outcome.DUPLICATE, Move.LOSE_SIGHT
    if isinstance(error, PostRefused) and past.doubt and past.attempts[-1].outcome is not Outcome.REFUSED:
        # A proxy may have refused it, before a platform that has it already. Refused again under the same key after the
        # platform was asked, it is not out.
        return Outcome.REFUSED, Move.LOSE_SIGHT
    return next(row for kind, row in TABLE.items() if isinstance(error, kind))


def wait_after(tries: int, random: Random) -> timedelta:
    """How long to wait when `tries` temporary failures came before this one."""
    wait = WAITS[min(tries, len(WAITS) - 1)]
    return wait * (1 + JITTER * random.random())
