"""The hot path: due posts are claimed with their attempts, outcomes are recorded, and a crash is read back from both.

Everything here works on many posts in one transaction and touches rows only through an index. Between its statuses a
post moves as the table in `status` says; the compare-and-set is the status and version in each WHERE.
"""

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, text

from scheduler.errors import BookError, PostRefused
from scheduler.platforms.contract import Payload, Receipt
from scheduler.platforms.message import Message
from scheduler.posts.holds import active_holds
from scheduler.posts.status import MOVES, HoldScope, Move, Outcome, PostStatus
from scheduler.posts.tables import decode_message, digest_of, stored_time

DAEMON = "redletter"  # the name that the audit trail gives to what nobody did by hand


@dataclass(frozen=True, slots=True)
class LastAttempt:
    """The last attempt at a post: its number, its part, and the key and payload it went with."""

    number: int
    part: int
    key: str
    payload_sha256: str


@dataclass(frozen=True, slots=True)
class DuePost:
    """A post whose next part may go out. earlier: receipts of the parts before it."""

    id: int
    version: int
    campaign: str
    slot: str
    account: str
    message: Message
    scheduled_at: datetime
    expires_at: datetime | None
    tries: int
    earlier: tuple[Receipt, ...]
    last_attempt: LastAttempt | None


@dataclass(frozen=True, slots=True)
class Claimed:
    """A post that is ours, with its attempt in the book: now the call may start."""

    post: DuePost
    number: int
    payload: Payload


@dataclass(frozen=True, slots=True)
class Finished:
    """What came of one claimed post, and the move that follows from it.

    receipt: when it was accepted. retry_at: as the platform named it. next_try_at: for a move back to approved.
    """

    claimed: Claimed
    outcome: Outcome
    move: Move
    finished_at: datetime
    detail: str | None = None
    receipt: Receipt | None = None
    retry_at: datetime | None = None
    next_try_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """A post about which a person must be told, and why."""

    id: int
    campaign: str
    slot: str
    account: str
    why: str


@dataclass(frozen=True, slots=True)
class Recovered:
    """What a start found of the daemon before it: released (never attempted), unconfirmed (attempted, no outcome)."""

    released: tuple[Told, ...]
    unconfirmed: tuple[Told, ...]


Prepare = Callable[[DuePost], tuple[Payload, str]]
"""Gives the payload of a post's next part and that payload's SHA-256; raises PostRefused when there can be none."""

_DUE = """
    SELECT id, version, campaign, slot, account, message_json, scheduled_at, next_try_at, expires_at, tries, approved_digest
    FROM posts
    WHERE status = 'approved' AND account = :account AND next_try_at <= :now
        AND (expires_at IS NULL OR expires_at >= :now)
"""


def claim_due(
    connection: Connection, now: datetime, places: Mapping[str, int], total: int, prepare: Prepare
) -> tuple[list[Claimed], list[Told]]:
    """Claims due posts and writes their attempts; returns them, and those refused before any call could be made.

    places: free places by account; an account that is not named gets none. total: free places of all. Holds are read
    in this very transaction, the last moment before the calls: what is held now is not claimed.
    """
    ready: list[tuple[DuePost, Payload, str]] = []
    refused: list[Told] = []
    for post, is_as_approved in _find_due(connection, now, places, total):
        try:
            if not is_as_approved:
                raise PostRefused("what is in the book is not what was approved: look at it and approve it again")
            ready.append((post, *prepare(post)))
        except PostRefused as refusal:
            refused.append(Told(post.id, post.campaign, post.slot, post.account, refusal.detail))
    _move_together(connection, Move.CLAIM, [post.id for post, _, _ in ready], now)
    for told in refused:
        _move_together(connection, Move.CLAIM, [told.id], now)
        _move_together(connection, Move.REFUSE, [told.id], now, note=told.why)
    return _write_attempts(connection, ready, now), refused


def _find_due(
    connection: Connection, now: datetime, places: Mapping[str, int], total: int
) -> list[tuple[DuePost, bool]]:
    holds = active_holds(connection)
    if holds.everything or total <= 0:
        return []
    query, extra = _DUE, {}
    if holds.campaigns:
        query += " AND campaign NOT IN :held"
        extra["held"] = sorted(holds.campaigns)
    statement = text(query + " ORDER BY next_try_at, id LIMIT :free")
    if holds.campaigns:
        statement = statement.bindparams(bindparam("held", expanding=True))
    rows = list(
        chain.from_iterable(
            connection.execute(
                statement, {"account": account, "now": stored_time(now), "free": min(free, total), **extra}
            ).all()
            for account, free in places.items()
            if free > 0 and account not in holds.accounts
        )
    )
    rows.sort(key=lambda row: (row.next_try_at, row.id))
    rows = rows[:total]
    attempts, receipts = _past_of(connection, [row.id for row in rows])
    return [(_due_post(row, attempts.get(row.id), receipts.get(row.id, ())), _is_as_approved(row)) for row in rows]


def _is_as_approved(row: Any) -> bool:
    scheduled_at = datetime.fromisoformat(row.scheduled_at)
    return bool(digest_of(row.message_json, row.account, scheduled_at) == row.approved_digest)


def _due_post(row: Any, last: LastAttempt | None, receipts: Sequence[Receipt]) -> DuePost:
    return DuePost(
        id=row.id,
        version=row.version,
        campaign=row.campaign,
        slot=row.slot,
        account=row.account,
        message=decode_message(row.message_json),
        scheduled_at=datetime.fromisoformat(row.scheduled_at),
        expires_at=datetime.fromisoformat(row.expires_at) if row.expires_at else None,
        tries=row.tries,
        earlier=tuple(receipts),
        last_attempt=last,
    )


def _past_of(
    connection: Connection, ids: Sequence[int]
) -> tuple[dict[int, LastAttempt], dict[int, tuple[Receipt, ...]]]:
    if not ids:
        return {}, {}
    of_these: BindParameter[list[int]] = bindparam("ids", expanding=True)
    attempts = connection.execute(
        text(
            "SELECT post_id, number, part, key, payload_sha256 FROM attempts WHERE post_id IN :ids ORDER BY post_id, number"
        ).bindparams(of_these),
        {"ids": list(ids)},
    ).all()
    if not attempts:
        return {}, {}
    receipts: dict[int, tuple[Receipt, ...]] = {}
    found = connection.execute(
        text(
            "SELECT post_id, platform_id, url, reply_to_json FROM receipts WHERE post_id IN :ids ORDER BY post_id, part"
        ).bindparams(of_these),
        {"ids": list(ids)},
    )
    for row in found:
        reply_to = json.loads(row.reply_to_json) if row.reply_to_json else None
        receipts[row.post_id] = (*receipts.get(row.post_id, ()), Receipt(row.platform_id, row.url, reply_to))
    last = {row.post_id: LastAttempt(row.number, row.part, row.key, row.payload_sha256) for row in attempts}
    return last, receipts


def _write_attempts(
    connection: Connection, ready: Sequence[tuple[DuePost, Payload, str]], now: datetime
) -> list[Claimed]:
    claimed, rows = [], []
    for post, payload, payload_sha256 in ready:
        number = post.last_attempt.number + 1 if post.last_attempt else 1
        claimed.append(Claimed(post, number, payload))
        rows.append(
            {
                "post_id": post.id,
                "number": number,
                "part": len(post.earlier),
                "version": post.version + 1,
                "key": payload.key,
                "payload_sha256": payload_sha256,
                "started_at": stored_time(now),
            }
        )
    if rows:
        connection.execute(
            text(
                "INSERT INTO attempts (post_id, number, part, version, key, payload_sha256, started_at)"
                " VALUES (:post_id, :number, :part, :version, :key, :payload_sha256, :started_at)"
            ),
            rows,
        )
    return claimed


def record(connection: Connection, finished: Sequence[Finished]) -> None:
    """Writes outcomes, receipts and the moves that follow; raises BookError when a post is no longer where we left it."""
    if not finished:
        return
    connection.execute(
        text(
            "UPDATE attempts SET outcome = :outcome, detail = :detail, finished_at = :finished_at, retry_at = :retry_at"
            " WHERE post_id = :post_id AND number = :number"
        ),
        [
            {
                "outcome": one.outcome.value,
                "detail": one.detail,
                "finished_at": stored_time(one.finished_at),
                "retry_at": _stored(one.retry_at),
                "post_id": one.claimed.post.id,
                "number": one.claimed.number,
            }
            for one in finished
        ],
    )
    receipts = [_receipt_row(one, one.receipt) for one in finished if one.receipt is not None]
    if receipts:
        connection.execute(
            text(
                "INSERT INTO receipts (post_id, part, platform_id, url, reply_to_json, received_at)"
                " VALUES (:post_id, :part, :platform_id, :url, :reply_to_json, :received_at)"
            ),
            receipts,
        )
    for move in {one.move for one in finished}:
        _record_move(connection, move, [one for one in finished if one.move is move])


def _receipt_row(one: Finished, receipt: Receipt) -> dict[str, Any]:
    return {
        "post_id": one.claimed.post.id,
        "part": len(one.claimed.post.earlier),
        "platform_id": receipt.platform_id,
        "url": receipt.url,
        "reply_to_json": json.dumps(dict(receipt.reply_to)) if receipt.reply_to else None,
        "received_at": stored_time(one.finished_at),
    }


def _record_move(connection: Connection, move: Move, finished: Sequence[Finished]) -> None:
    target = MOVES[move][1].value
    rows = [
        {
            "id": one.claimed.post.id,
            "version": one.claimed.post.version + 1,
            "now": stored_time(one.finished_at),
            "next_try_at": _stored(one.next_try_at),
            "tried": 1 if move is Move.RETRY_LATER else 0,
            "note": one.detail,
        }
        for one in finished
    ]
    moved = connection.execute(
        text(
            f"UPDATE posts SET status = '{target}', version = version + 1, updated_at = :now, note = :note,"  # noqa: S608 (an enum's value)
            " tries = tries + :tried, next_try_at = COALESCE(:next_try_at, next_try_at)"
            " WHERE id = :id AND version = :version AND status = 'publishing'"
        ),
        rows,
    )
    if moved.rowcount != len(rows):
        raise BookError(f"{len(rows) - moved.rowcount} posts are no longer where the publisher left them in the book")
    _audit_together(
        connection,
        [
            _audit_row(
                one.claimed.post.id,
                move,
                PostStatus.PUBLISHING,
                one.claimed.post.version + 2,
                one.finished_at,
                one.detail,
            )
            for one in finished
        ],
    )


def sweep_missed(connection: Connection, now: datetime) -> list[Told]:
    """Moves every approved post that is too late to missed, whatever its account; returns them."""
    rows = connection.execute(
        text(
            "SELECT id, campaign, slot, account, scheduled_at FROM posts WHERE status = 'approved' AND expires_at < :now"
        ),
        {"now": stored_time(now)},
    ).all()
    why = "too late: its time to go out ended before it could"
    _move_together(connection, Move.MISS, [row.id for row in rows], now, note=why)
    return [Told(row.id, row.campaign, row.slot, row.account, why) for row in rows]


def recover(connection: Connection, now: datetime) -> Recovered:
    """Decides what a dead daemon left as publishing: an attempt without an outcome is unconfirmed, the rest is released.

    Only the one daemon that has the book may call this.
    """
    rows = connection.execute(
        text(
            "SELECT id, campaign, slot, account,"
            " EXISTS (SELECT 1 FROM attempts WHERE post_id = posts.id AND outcome IS NULL) AS in_doubt"
            " FROM posts WHERE status = 'publishing'"
        )
    ).all()
    doubtful = [row for row in rows if row.in_doubt]
    untouched = [row for row in rows if not row.in_doubt]
    why = "the daemon stopped before the platform's answer was written down; look whether it is out"
    connection.execute(
        text("UPDATE attempts SET outcome = :outcome, detail = :why, finished_at = :now WHERE outcome IS NULL"),
        {"outcome": Outcome.UNKNOWN.value, "why": why, "now": stored_time(now)},
    )
    _move_together(connection, Move.LOSE_SIGHT, [row.id for row in doubtful], now, note=why)
    _move_together(connection, Move.RELEASE, [row.id for row in untouched], now)
    return Recovered(
        released=tuple(
            Told(row.id, row.campaign, row.slot, row.account, "claimed, never attempted") for row in untouched
        ),
        unconfirmed=tuple(Told(row.id, row.campaign, row.slot, row.account, why) for row in doubtful),
    )


def next_due(connection: Connection, accounts: Collection[str]) -> datetime | None:
    """Returns when the next post of these accounts may go out, leaving out what is held; None when there is none."""
    holds = active_holds(connection)
    open_accounts = sorted(set(accounts) - holds.accounts)
    if holds.everything or not open_accounts:
        return None
    query = "SELECT next_try_at FROM posts WHERE status = 'approved' AND account = :account"
    if holds.campaigns:
        query += " AND campaign NOT IN :held"
    statement = text(query + " ORDER BY next_try_at LIMIT 1")
    if holds.campaigns:
        statement = statement.bindparams(bindparam("held", sorted(holds.campaigns), expanding=True))
    found = [connection.execute(statement, {"account": account}).scalar() for account in open_accounts]
    return min((datetime.fromisoformat(moment) for moment in found if moment), default=None)


def next_expiry(connection: Connection) -> datetime | None:
    """Returns when the next approved post will be too late, whatever keeps it; None when none ever will."""
    found = connection.execute(
        text(
            "SELECT expires_at FROM posts WHERE status = 'approved' AND expires_at IS NOT NULL ORDER BY expires_at LIMIT 1"
        )
    ).scalar()
    return datetime.fromisoformat(found) if found else None


def hold_account(connection: Connection, account: str, reason: str, now: datetime) -> bool:
    """Holds an account whose credentials were refused; returns False when it is held already."""
    from scheduler.posts.holds import hold

    if account in active_holds(connection).accounts:
        return False
    hold(connection, HoldScope.ACCOUNT, account, reason, who=DAEMON, now=now)
    return True


def _move_together(
    connection: Connection, move: Move, ids: Sequence[int], now: datetime, note: str | None = None
) -> None:
    """One move of many posts that this transaction has just read, so that their versions cannot have changed."""
    if not ids:
        return
    allowed, target = MOVES[move]
    before = connection.execute(
        text("SELECT id, status, version FROM posts WHERE id IN :ids").bindparams(bindparam("ids", expanding=True)),
        {"ids": list(ids)},
    ).all()
    moved = connection.execute(
        text(
            f"UPDATE posts SET status = '{target.value}', version = version + 1, updated_at = :now,"  # noqa: S608 (an enum's value)
            " note = COALESCE(:note, note) WHERE id IN :ids AND status IN :allowed"
        ).bindparams(bindparam("ids", expanding=True), bindparam("allowed", expanding=True)),
        {"ids": list(ids), "allowed": sorted(allowed), "now": stored_time(now), "note": note},
    )
    if moved.rowcount != len(ids):
        raise BookError(f"{len(ids) - moved.rowcount} posts are no longer where the publisher found them in the book")
    _audit_together(
        connection, [_audit_row(row.id, move, PostStatus(row.status), row.version + 1, now, note) for row in before]
    )


def _audit_row(
    post_id: int, move: Move, from_status: PostStatus, version: int, now: datetime, detail: str | None
) -> dict[str, Any]:
    return {
        "at": stored_time(now),
        "who": DAEMON,
        "what": move.value,
        "post_id": post_id,
        "from_status": from_status.value,
        "to_status": MOVES[move][1].value,
        "version": version,
        "detail": detail,
    }


def _audit_together(connection: Connection, rows: Iterable[dict[str, Any]]) -> None:
    connection.execute(
        text(
            "INSERT INTO audit (at, who, what, post_id, from_status, to_status, version, detail)"
            " VALUES (:at, :who, :what, :post_id, :from_status, :to_status, :version, :detail)"
        ),
        list(rows),
    )


def _stored(moment: datetime | None) -> str | None:
    return stored_time(moment) if moment is not None else None
