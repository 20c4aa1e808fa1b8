"""Posts in doubt: those whose call was made and of which nobody knows whether they are out, and how a question settles them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BindParameter, Connection, bindparam, text

from scheduler.platforms.contract import Receipt
from scheduler.platforms.message import Message
from scheduler.posts.batches import Step, encode_rows, move_together, rows_as
from scheduler.posts.claims import receipts_of, record_attempts, write_receipts
from scheduler.posts.holds import Told
from scheduler.posts.status import Move, Outcome, PostStatus
from scheduler.posts.tables import decode_message, stored_time


@dataclass(frozen=True, slots=True)
class InDoubt:
    """A post in doubt with the attempt that left it so.

    number, key, started_at: of that attempt; since: when its outcome became unknown. unknown: how many attempts at this
    very part have left doubt. asks: how often the platform was asked since. earlier: receipts of the parts before.
    """

    id: int
    version: int
    campaign: str
    slot: str
    account: str
    message: Message
    expires_at: datetime | None
    asks: int
    number: int
    key: str
    started_at: datetime
    since: datetime
    unknown: int
    earlier: tuple[Receipt, ...]

    @property
    def is_last_part(self) -> bool:
        return len(self.earlier) + 1 >= len(self.message.parts)

    def told(self, why: str) -> Told:
        return Told(self.id, self.campaign, self.slot, self.account, why)


@dataclass(frozen=True, slots=True)
class Settled:
    """What becomes of a post in doubt: out with a receipt, or (None) not out. again_at: when its next part or try may go."""

    post: InDoubt
    receipt: Receipt | None
    why: str
    again_at: datetime


@dataclass(frozen=True, slots=True)
class StillOpen:
    """A post that stays in doubt: when to ask next, and what a person should know meanwhile."""

    post: InDoubt
    ask_at: datetime
    note: str


def posts_in_doubt(connection: Connection, now: datetime, accounts: Collection[str], limit: int = 100) -> list[InDoubt]:
    """Returns posts of these accounts that are to be asked about now, those that have waited longest first."""
    of_these: BindParameter[list[str]] = bindparam("accounts", sorted(accounts), expanding=True)
    rows = connection.execute(
        text(
            "SELECT posts.id, posts.version, campaign, slot, account, message_json, expires_at, asks,"
            " number, key, part, started_at, finished_at,"
            " (SELECT count(*) FROM attempts AS every WHERE every.post_id = posts.id AND every.part = attempts.part"
            "  AND every.outcome = 'unknown') AS unknown"
            " FROM posts JOIN attempts ON post_id = posts.id"
            "  AND number = (SELECT max(number) FROM attempts AS last WHERE last.post_id = posts.id)"
            " WHERE status = 'unconfirmed' AND next_try_at <= :now AND account IN :accounts"
            " ORDER BY next_try_at, posts.id LIMIT :limit"
        ).bindparams(of_these),
        {"now": stored_time(now), "limit": limit},
    ).all()
    receipts = receipts_of(connection, [row.id for row in rows]) if rows else {}
    return [
        InDoubt(
            row.id,
            row.version,
            row.campaign,
            row.slot,
            row.account,
            decode_message(row.message_json),
            datetime.fromisoformat(row.expires_at) if row.expires_at else None,
            row.asks,
            row.number,
            row.key,
            datetime.fromisoformat(row.started_at),
            datetime.fromisoformat(row.finished_at or row.started_at),
            row.unknown,
            receipts.get(row.id, ()),
        )
        for row in rows
    ]


def next_question(connection: Connection, accounts: Collection[str]) -> datetime | None:
    """Returns when the platform of one of these accounts is to be asked next; None when nothing is in doubt."""
    of_these: BindParameter[list[str]] = bindparam("accounts", sorted(accounts), expanding=True)
    found = connection.execute(
        text(
            "SELECT next_try_at FROM posts WHERE status = 'unconfirmed' AND account IN :accounts"
            " ORDER BY next_try_at LIMIT 1"
        ).bindparams(of_these)
    ).scalar()
    return datetime.fromisoformat(found) if found else None


def is_taken(connection: Connection, account: str, platform_id: str) -> bool:
    """Returns whether a post of this account has this receipt already."""
    found = connection.execute(
        text(
            "SELECT 1 FROM receipts JOIN posts ON id = post_id WHERE platform_id = :platform_id AND account = :account"
        ),
        {"platform_id": platform_id, "account": account},
    ).first()
    return found is not None


def settle(connection: Connection, settled: Sequence[Settled], now: datetime) -> None:
    """Writes down what the platforms said. What is not out goes back to the queue, also when it is too late by now.

    A post that somebody has resolved meanwhile stays as it is.
    """
    current = _still_in_doubt(connection, [one.post for one in settled])
    settled = [one for one in settled if one.post.id in current]
    found = [(one.post, one.receipt) for one in settled if one.receipt is not None]
    if found:
        why = "found when the platform was asked"
        record_attempts(connection, [(post.id, post.number, Outcome.ACCEPTED, why, now, None) for post, _ in found])
        write_receipts(connection, [(post.id, len(post.earlier), receipt, now) for post, receipt in found])
    for move in {_move(one) for one in settled}:
        steps = [Step(one.post.id, one.post.version, one.why, one.again_at) for one in settled if _move(one) is move]
        move_together(connection, move, PostStatus.UNCONFIRMED, steps, now)


def _move(one: Settled) -> Move:
    if one.receipt is None:
        return Move.TRY_AGAIN
    return Move.CONFIRM if one.post.is_last_part else Move.CONFIRM_PART


def _still_in_doubt(connection: Connection, posts: Sequence[InDoubt]) -> set[int]:
    found = connection.execute(
        text(
            f"SELECT posts.id FROM posts JOIN {rows_as('id', 'version')}"
            " ON posts.id = batch.id AND posts.version = batch.version WHERE status = 'unconfirmed'"
        ),
        {"rows": encode_rows([(post.id, post.version) for post in posts])},
    )
    return set(found.scalars())


def ask_again(connection: Connection, still_open: Sequence[StillOpen]) -> None:
    """Writes down when to ask next. No move: the post stays in doubt; what somebody has resolved meanwhile stays."""
    rows = [(one.post.id, one.post.version, stored_time(one.ask_at), one.note) for one in still_open]
    if not rows:
        return
    connection.execute(
        text(
            "UPDATE posts SET next_try_at = batch.ask_at, note = batch.note, asks = posts.asks + 1"
            f" FROM {rows_as('id', 'version', 'ask_at', 'note')}"
            " WHERE posts.id = batch.id AND posts.version = batch.version AND status = 'unconfirmed'"
        ),
        {"rows": encode_rows(rows)},
    )
