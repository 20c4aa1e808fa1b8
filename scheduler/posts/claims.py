"""The hot path: due posts are claimed with their attempts, outcomes are recorded, and a crash is read back from both.

Everything here works on many posts in one transaction and touches rows only through an index. Between its statuses a
post moves as the table in `status` says: its version is compared with what this transaction read, its status in the
UPDATE itself, and a move that does not find all of its posts undoes the whole transaction.
"""

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Connection, TextClause, bindparam, text

from scheduler.errors import BookError, PostRefused
from scheduler.platforms.contract import Payload, Receipt
from scheduler.platforms.message import Message
from scheduler.posts.holds import active_holds, hold
from scheduler.posts.status import MOVES, HoldScope, Move, Outcome
from scheduler.posts.tables import decode_message, digest_of, stored_time

DAEMON = "redletter"  # the name that the audit trail gives to what nobody did by hand


@dataclass(frozen=True, slots=True)
class LastAttempt:
    """The last attempt at a post: its number, its part, and the key and payload it went with.

    since_approval: it was made for the approval that stands. outcome: None or unknown while nobody knows it.
    """

    number: int
    part: int
    key: str
    payload_sha256: str
    started_at: datetime
    since_approval: bool
    outcome: Outcome | None

    @property
    def leaves_doubt(self) -> bool:
        return self.outcome in (None, Outcome.UNKNOWN)


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
    SELECT id, version, campaign, slot, account, message_json, scheduled_at, next_try_at, expires_at, tries,
        approved_digest, approved_at
    FROM posts
    WHERE status = 'approved' AND next_try_at <= :now AND (expires_at IS NULL OR expires_at >= :now)
"""


def claim_due(
    connection: Connection, now: datetime, places: Mapping[str, int], total: int, prepare: Prepare
) -> tuple[list[Claimed], list[Told]]:
    """Claims due posts and writes their attempts; returns them, and those refused before any call could be made.

    places: free places by account; an account that is not named gets none. total: free places of all. Holds are read
    in this very transaction, the last moment before the calls: what is held now is not claimed.
    """
    rows = _find_due(connection, now, places, total)
    attempts, receipts = _past_of(connection, rows)
    ready: list[tuple[DuePost, Payload, str]] = []
    refused: list[Told] = []
    for row in rows:
        try:
            post = _due_post(row, attempts.get(row.id), receipts.get(row.id, ()))
            ready.append((post, *prepare(post)))
        except PostRefused as refusal:
            refused.append(Told(row.id, row.campaign, row.slot, row.account, refusal.detail))
    _move_together(connection, Move.CLAIM, [post.id for post, _, _ in ready], now)
    for told in refused:
        _move_together(connection, Move.CLAIM, [told.id], now)
        _move_together(connection, Move.REFUSE, [told.id], now, note=told.why)
    return _write_attempts(connection, ready, now), refused


def _find_due(connection: Connection, now: datetime, places: Mapping[str, int], total: int) -> Sequence[Any]:
    holds = active_holds(connection)
    free = {account: left for account, left in places.items() if left > 0 and account not in holds.accounts}
    if holds.everything or total <= 0 or not free:
        return []
    rows = _due_rows(connection, now, holds.campaigns, total)
    chosen = _within_places(rows, free, total)
    if len(chosen) < total and len(rows) == total:
        # The head of the queue belongs to accounts that are full, held or unknown: look behind it, account by account.
        rows = [
            row
            for account, left in free.items()
            for row in _due_rows(connection, now, holds.campaigns, min(left, total), account)
        ]
        chosen = _within_places(sorted(rows, key=lambda row: (row.next_try_at, row.id)), free, total)
    return chosen


def _due_rows(
    connection: Connection, now: datetime, held_campaigns: Collection[str], limit: int, account: str | None = None
) -> Sequence[Any]:
    query, values = _DUE, {"now": stored_time(now), "limit": limit, "held": sorted(held_campaigns)}
    if account is not None:
        query += " AND account = :account"
        values["account"] = account
    return connection.execute(
        _without_held(query, held_campaigns, " ORDER BY next_try_at, id LIMIT :limit"), values
    ).all()


def _without_held(query: str, held_campaigns: Collection[str], end: str) -> TextClause:
    if not held_campaigns:
        return text(query + end)
    return text(query + " AND campaign NOT IN :held" + end).bindparams(bindparam("held", expanding=True))


def _within_places(rows: Iterable[Any], free: Mapping[str, int], total: int) -> list[Any]:
    left = dict(free)
    chosen: list[Any] = []
    for row in rows:
        if left.get(row.account, 0) > 0 and len(chosen) < total:
            left[row.account] -= 1
            chosen.append(row)
    return chosen


def _due_post(row: Any, last: LastAttempt | None, receipts: Sequence[Receipt]) -> DuePost:
    """Reads one row; raises PostRefused for one that is damaged or is not what was approved."""
    try:
        scheduled_at = datetime.fromisoformat(row.scheduled_at)
        if digest_of(row.message_json, row.account, scheduled_at) != row.approved_digest:
            raise PostRefused("what is in the book is not what was approved: look at it and approve it again")
        return DuePost(
            id=row.id,
            version=row.version,
            campaign=row.campaign,
            slot=row.slot,
            account=row.account,
            message=decode_message(row.message_json),
            scheduled_at=scheduled_at,
            expires_at=datetime.fromisoformat(row.expires_at) if row.expires_at else None,
            tries=row.tries,
            earlier=tuple(receipts),
            last_attempt=last,
        )
    except (ValueError, TypeError, KeyError) as error:
        raise PostRefused(f"what is in the book cannot be read: {type(error).__name__}: {error}") from error


def _past_of(
    connection: Connection, rows: Sequence[Any]
) -> tuple[dict[int, LastAttempt], dict[int, tuple[Receipt, ...]]]:
    if not rows:
        return {}, {}
    of_these: BindParameter[list[int]] = bindparam("ids", [row.id for row in rows], expanding=True)
    attempts = connection.execute(
        text(
            "SELECT post_id, number, part, key, payload_sha256, started_at, outcome FROM attempts"
            " WHERE post_id IN :ids ORDER BY post_id, number"
        ).bindparams(of_these)
    ).all()
    if not attempts:
        return {}, {}
    approved_at = {row.id: row.approved_at or "" for row in rows}
    last = {
        row.post_id: LastAttempt(
            row.number,
            row.part,
            row.key,
            row.payload_sha256,
            datetime.fromisoformat(row.started_at),
            since_approval=row.started_at >= approved_at[row.post_id],
            outcome=Outcome(row.outcome) if row.outcome else None,
        )
        for row in attempts
    }
    receipts: dict[int, tuple[Receipt, ...]] = {}
    found = connection.execute(
        text(
            "SELECT post_id, platform_id, url, reply_to_json FROM receipts WHERE post_id IN :ids ORDER BY post_id, part"
        ).bindparams(of_these)
    )
    for row in found:
        reply_to = json.loads(row.reply_to_json) if row.reply_to_json else None
        receipts[row.post_id] = (*receipts.get(row.post_id, ()), Receipt(row.platform_id, row.url, reply_to))
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
    """Moves posts as their outcomes say; those with nothing to say of their own go in one statement."""
    alike = [one for one in finished if one.next_try_at is None and one.detail is None]
    if alike:
        versions = {one.claimed.post.id: one.claimed.post.version + 1 for one in alike}
        _move_together(connection, move, list(versions), max(one.finished_at for one in alike), versions=versions)
    for one in finished:
        if one.next_try_at is None and one.detail is None:
            continue
        post = one.claimed.post
        _move_together(
            connection, move, [post.id], one.finished_at, note=one.detail, versions={post.id: post.version + 1}
        )
        connection.execute(
            text(
                "UPDATE posts SET note = :note, tries = tries + :tried, next_try_at = COALESCE(:next_try_at, next_try_at)"
                " WHERE id = :id"
            ),
            {
                "id": post.id,
                "note": one.detail,
                "tried": 1 if move is Move.RETRY_LATER else 0,
                "next_try_at": _stored(one.next_try_at),
            },
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
    open_accounts = set(accounts) - holds.accounts
    if holds.everything or not open_accounts:
        return None
    query = "SELECT account, next_try_at FROM posts WHERE status = 'approved'"
    end = " ORDER BY next_try_at LIMIT 1"
    values: dict[str, Any] = {"held": sorted(holds.campaigns)}
    first = connection.execute(_without_held(query, holds.campaigns, end), values).first()
    if first is None or first.account in open_accounts:
        return datetime.fromisoformat(first.next_try_at) if first else None
    # The head of the queue waits for something else: ask account by account.
    of_one = _without_held(query + " AND account = :account", holds.campaigns, end)
    found = [connection.execute(of_one, {**values, "account": account}).first() for account in sorted(open_accounts)]
    return min((datetime.fromisoformat(row.next_try_at) for row in found if row), default=None)


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
    if account in active_holds(connection).accounts:
        return False
    hold(connection, HoldScope.ACCOUNT, account, reason, who=DAEMON, now=now)
    return True


def _move_together(
    connection: Connection,
    move: Move,
    ids: Sequence[int],
    now: datetime,
    note: str | None = None,
    versions: Mapping[int, int] | None = None,
) -> None:
    """One move of many posts. versions: what each must still have; without them, this transaction has just read them."""
    if not ids:
        return
    allowed, target = MOVES[move]
    of_these: BindParameter[list[int]] = bindparam("ids", list(ids), expanding=True)
    before = connection.execute(
        text("SELECT id, status, version FROM posts WHERE id IN :ids").bindparams(of_these)
    ).all()
    as_expected = [
        row for row in before if row.status in allowed and (versions is None or versions[row.id] == row.version)
    ]
    if len(as_expected) != len(ids):
        raise BookError(f"{len(ids) - len(as_expected)} posts are no longer where the publisher left them in the book")
    moved = connection.execute(
        text(
            "UPDATE posts SET status = :target, version = version + 1, updated_at = :now,"
            " note = CASE WHEN :is_out THEN NULL ELSE COALESCE(:note, note) END"
            " WHERE id IN :ids AND status IN :allowed"
        ).bindparams(of_these, bindparam("allowed", sorted(allowed), expanding=True)),
        # What is out needs no remark of an earlier try.
        {"target": target.value, "now": stored_time(now), "note": note, "is_out": move is Move.PUBLISH},
    )
    if moved.rowcount != len(ids):
        raise BookError(f"{len(ids) - moved.rowcount} posts moved while the publisher was moving them")
    for status in {row.status for row in before}:
        of_status = [row.id for row in before if row.status == status]
        connection.execute(
            text(
                "INSERT INTO audit (at, who, what, post_id, from_status, to_status, version, detail)"
                " SELECT :now, :who, :what, id, :status, status, version, :note FROM posts WHERE id IN :ids"
            ).bindparams(bindparam("ids", of_status, expanding=True)),
            {"now": stored_time(now), "who": DAEMON, "what": move.value, "status": status, "note": note},
        )


def _stored(moment: datetime | None) -> str | None:
    return stored_time(moment) if moment is not None else None
