"""The queue between two claims: when something comes due next, what has become too late, what a dead daemon left behind."""

from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, text

from scheduler.posts.batches import Step, move_together, run
from scheduler.posts.claims import Pace, record_attempts
from scheduler.posts.holds import ActiveHolds, Told, active_holds, said_of
from scheduler.posts.status import Move, Outcome, PostStatus, WhenLate
from scheduler.posts.tables import MAY_BE_OUT, kept_time, split_topics, stored_time
from scheduler.posts.what_is_out import parts_out, said_out


@dataclass(frozen=True, slots=True)
class TooLate:
    """Posts whose time to go out ended before they could: missed, or set aside for a person to say.

    doubted: those that may be out by an attempt of which nobody knows what came, and are to be asked about first.
    """

    missed: tuple[Told, ...] = ()
    set_aside: tuple[Told, ...] = ()
    doubted: tuple[Told, ...] = ()


@dataclass(frozen=True, slots=True)
class Recovered:
    """What a start found of the daemon before it: released (never attempted), unconfirmed (attempted, no outcome).

    paused: until when a platform asked not to be tried, by account.
    """

    released: tuple[Told, ...]
    unconfirmed: tuple[Told, ...]
    paused: Mapping[str, datetime]


class _Late(NamedTuple):
    id: int
    version: int
    campaign: str
    slot: str
    account: str
    topics: str
    when_late: str
    may_be_out: bool
    has_begun: bool


# In this order, so that it goes by the index of what expires next. The rest comes with the next look.
_LATE = f"""
    SELECT {", ".join(_Late._fields[:-2])}, {MAY_BE_OUT}, EXISTS (SELECT 1 FROM receipts WHERE post_id = posts.id)
    FROM posts
    WHERE status = 'approved' AND expires_at <= :now ORDER BY expires_at LIMIT 1000
"""


def sweep_late(connection: Connection, now: datetime) -> TooLate:
    """Moves every approved post whose time ended, whatever its account: to missed, or to held for a person to say.

    Held are those whose campaign wants a word, and those that a hold kept back: on resume they are kept, moved or dropped.
    What may be out becomes neither: it is unconfirmed until its platform has said that it is not.
    """
    found = run(connection, _LATE, {"now": stored_time(now)}).fetchall()
    if not found:
        return TooLate()
    rows = [_Late(*row) for row in found]
    holds = active_holds(connection)
    too_late: dict[Move, list[Told]] = {Move.MISS: [], Move.SET_ASIDE: [], Move.DOUBT_AGAIN: []}
    for row in rows:
        move, why = _when_late(row, holds)
        if row.has_begun:
            why = _after_parts(connection, row.id, why)
        too_late[move].append(Told(row.id, row.campaign, row.slot, row.account, why))
    versions = {row.id: row.version for row in rows}
    for move, told_of in too_late.items():
        ask_at = now if move is Move.DOUBT_AGAIN else None
        steps = [Step(told.id, versions[told.id], told.why, ask_at) for told in told_of]
        move_together(connection, move, PostStatus.APPROVED, steps, now)
    return TooLate(*map(tuple, too_late.values()))


def _when_late(row: _Late, holds: ActiveHolds) -> tuple[Move, str]:
    if row.may_be_out:
        return Move.DOUBT_AGAIN, "its time to go out ended, and an attempt of which nobody knows may have put it out"
    if keeping_back := _keeping_back(holds, row):
        return Move.SET_ASIDE, f"its time to go out ended while {keeping_back} was held"
    if WhenLate(row.when_late) is WhenLate.HOLD:
        return Move.SET_ASIDE, "late, and its campaign wants a word first"
    return Move.MISS, "too late: its time to go out ended before it could"


def _after_parts(connection: Connection, post_id: int, why: str) -> str:
    """Says first what is out already of a thread that ends here."""
    message_json = connection.execute(text("SELECT message_json FROM posts WHERE id = :id"), {"id": post_id}).scalar()
    return f"{said_out(str(message_json), parts_out(connection, post_id))}; {why}"


def _keeping_back(holds: ActiveHolds, row: _Late) -> str | None:
    """Names a hold that reaches the post."""
    topics = split_topics(row.topics)
    reaching = (hold for hold in holds.holds if hold.reaches(row.account, row.campaign, topics))
    return next((said_of(hold.scope, hold.name) for hold in reaching), None)


def recover(connection: Connection, now: datetime) -> Recovered:
    """Decides what a dead daemon left as publishing: an attempt without an outcome is unconfirmed, the rest is released.

    Only the one daemon that has the book may call this.
    """
    rows = connection.execute(
        text(
            "SELECT id, version, campaign, slot, account,"
            " (SELECT max(number) FROM attempts WHERE post_id = posts.id AND outcome IS NULL) AS open_attempt"
            " FROM posts WHERE status = 'publishing'"
        )
    ).all()
    doubtful = [row for row in rows if row.open_attempt is not None]
    untouched = [row for row in rows if row.open_attempt is None]
    why = "the daemon stopped before the platform's answer was written down"
    if doubtful:
        record_attempts(connection, [(row.id, row.open_attempt, Outcome.UNKNOWN, why, now, None) for row in doubtful])
    lost = [Step(row.id, row.version, why, next_try_at=now) for row in doubtful]
    move_together(connection, Move.LOSE_SIGHT, PostStatus.PUBLISHING, lost, now)
    move_together(
        connection, Move.RELEASE, PostStatus.PUBLISHING, [Step(row.id, row.version) for row in untouched], now
    )
    return Recovered(
        released=tuple(
            Told(row.id, row.campaign, row.slot, row.account, "claimed, never attempted") for row in untouched
        ),
        unconfirmed=tuple(Told(row.id, row.campaign, row.slot, row.account, why) for row in doubtful),
        paused=_paused(connection, now),
    )


def _paused(connection: Connection, now: datetime) -> dict[str, datetime]:
    """Returns until when platforms asked not to be tried, by account, whatever became of the posts.

    An account that somebody has resumed since is tried at once: what was the trouble is mended.
    """
    found = connection.execute(
        text(
            "SELECT account, finished_at, retry_at FROM attempts JOIN posts ON id = post_id"
            " WHERE outcome = 'temporary' AND retry_at > :now AND NOT EXISTS (SELECT 1 FROM holds"
            "  WHERE scope = 'account' AND name = account AND lifted_at >= finished_at)"
        ),
        {"now": stored_time(now)},
    )
    paused: dict[str, datetime] = {}
    for row in found:
        with suppress(ValueError):  # one that is damaged keeps no daemon from beginning
            retry_at = kept_time(row.retry_at)
            # By a clock that was ahead it was said for longer than it was meant.
            until = min(retry_at, now + (retry_at - kept_time(row.finished_at)))
            paused[row.account] = max(until, paused.get(row.account, until))
    return paused


_NEXT = "SELECT account, next_try_at FROM posts WHERE status = 'approved'"
_FIRST = " ORDER BY next_try_at LIMIT 1"


def next_due(connection: Connection, accounts: Collection[str], pace: Pace, now: datetime) -> datetime | None:
    """Returns when the next post of these accounts may go out, leaving out what is held; None when there is none."""
    holds = active_holds(connection)
    open_accounts = set(accounts) - holds.accounts
    if holds.everything or not open_accounts:
        return None
    not_held, values = holds.sql()
    waiting = pace.waiting(now) & open_accounts
    moments = [
        moment
        for account in waiting
        for moment in _next_of_paced(
            connection, account, pace, f"{_NEXT}{not_held} AND account = :account", values, now
        )
    ]
    unpaced = open_accounts - waiting
    first = connection.execute(text(_NEXT + not_held + _FIRST), values).first()
    if first is not None and first.account in unpaced:
        moments.append(_moment(first.next_try_at, now))
    elif first is not None:
        # The head of the queue waits for something else: ask account by account.
        of_one = text(f"{_NEXT}{not_held} AND account = :account{_FIRST}")
        found = [connection.execute(of_one, {**values, "account": account}).first() for account in sorted(unpaced)]
        moments += [_moment(row.next_try_at, now) for row in found if row]
    return min((moment for moment in moments if moment is not None), default=None)


def _next_of_paced(
    connection: Connection, account: str, pace: Pace, query: str, values: Mapping[str, Any], now: datetime
) -> list[datetime | None]:
    """Of an account that has just sent a late post: when its next one is due that is not late, and when its next late one."""
    values = {**values, "account": account, "late_before": stored_time(pace.late_before)}
    begun = "EXISTS (SELECT 1 FROM receipts WHERE post_id = posts.id)"
    on_time = connection.execute(text(f"{query} AND (scheduled_at >= :late_before OR {begun}){_FIRST}"), values).first()
    late = connection.execute(text(f"{query} AND scheduled_at < :late_before AND NOT {begun}{_FIRST}"), values).first()
    moments = [_moment(on_time.next_try_at, now)] if on_time else []
    if late and (due := _moment(late.next_try_at, now)):
        moments.append(max(due, pace.not_before[account]))
    return moments


def _moment(kept: str, now: datetime) -> datetime | None:
    """Reads when something is to happen. What is damaged has come, or never comes, as the book sorts it: the claim decides."""
    try:
        return kept_time(kept)
    except ValueError:
        return _LONG_AGO if kept <= stored_time(now) else None


_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def accounts_due(connection: Connection, before: datetime) -> frozenset[str]:
    """Returns the accounts that have an approved post due before this moment, or one in doubt."""
    found = connection.execute(
        text(
            "SELECT DISTINCT account FROM posts WHERE status = 'approved' AND next_try_at <= :before"
            " UNION SELECT DISTINCT account FROM posts WHERE status = 'unconfirmed' AND next_try_at <= :before"
        ),
        {"before": stored_time(before)},
    )
    return frozenset(found.scalars())


def next_expiry(connection: Connection, now: datetime) -> datetime | None:
    """Returns when the next approved post will be too late, whatever keeps it; None when none ever will."""
    found = connection.execute(
        text(
            "SELECT expires_at FROM posts WHERE status = 'approved' AND expires_at IS NOT NULL ORDER BY expires_at LIMIT 1"
        )
    ).scalar()
    return None if found is None else _moment(found, now)
