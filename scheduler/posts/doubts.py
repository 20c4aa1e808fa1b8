"""Posts in doubt: those whose call was made and of which nobody knows whether they are out, and how a question settles them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, text

from scheduler.platforms.contract import Receipt
from scheduler.platforms.message import Message
from scheduler.posts.batches import Step, encode_rows, move_together, rows_as
from scheduler.posts.claims import receipts_of, record_attempts, write_receipts
from scheduler.posts.holds import ActiveHold, Told
from scheduler.posts.places import made_elsewhere
from scheduler.posts.status import HoldScope, Move, Outcome, PostStatus
from scheduler.posts.tables import decode_message, kept_time, split_topics, stored_time


@dataclass(frozen=True, slots=True)
class InDoubt:
    """A post in doubt with the attempt that left it so.

    number, key: of that attempt. started_at: of the first attempt at this part that left doubt; unknown: how many did since
    a person approved it.
    duplicates: at how many of these its platform said that it has the words; was_duplicate: at the last one, it did.
    repeatable_until: after it no attempt that left doubt may be repeated under its key, as far as that is known by now.
    asks: how often the platform was asked since. earlier: receipts of the parts before. elsewhere: why its platform cannot
    be asked, where its account is another one by now. is_restored: a backup does not know whether any attempt was made, so
    there is none: `number` is 0, and `started_at` is the moment of the backup.
    """

    id: int
    version: int
    campaign: str
    slot: str
    account: str
    topics: tuple[str, ...]
    message: Message
    scheduled_at: datetime
    expires_at: datetime | None
    asks: int
    number: int
    key: str
    started_at: datetime
    unknown: int
    duplicates: int
    was_duplicate: bool
    repeatable_until: datetime | None
    earlier: tuple[Receipt, ...]
    elsewhere: str = ""
    is_restored: bool = False

    def may_repeat(self, now: datetime) -> bool:
        """Returns whether the call may be made once more; else only what its platform shows can settle it."""
        if self.is_restored:
            return False
        ends = (self.expires_at, self.repeatable_until)
        return not self.was_duplicate and all(end is None or now < end for end in ends)

    @property
    def is_last_part(self) -> bool:
        return len(self.earlier) + 1 >= len(self.message.parts)

    def told(self, why: str) -> Told:
        return Told(self.id, self.campaign, self.slot, self.account, why)


@dataclass(frozen=True, slots=True)
class Settled:
    """What becomes of a post in doubt: out with a receipt, or (None) not out. again_at: when its next part or try may go.

    Of what is not out: is_certain when its attempts have put nothing out for sure; else it may be repeated under its key
    alone, and no longer than `repeatable_until` (None: without an end).
    """

    post: InDoubt
    receipt: Receipt | None
    why: str
    again_at: datetime
    repeatable_until: datetime | None = None
    is_certain: bool = False


@dataclass(frozen=True, slots=True)
class StillOpen:
    """A post that stays in doubt: when to ask next, and what a person should know meanwhile."""

    post: InDoubt
    ask_at: datetime
    note: str


_OPEN_AT_PART = (
    "FROM attempts AS every WHERE every.post_id = posts.id AND every.part = attempts.part"
    " AND every.outcome IN ('unknown', 'duplicate', 'absent')"
)

_SINCE_APPROVAL = "AND every.started_at >= coalesce(posts.approved_at, '')"

_WAS_DUPLICATE = (
    "(SELECT outcome = 'duplicate' FROM attempts AS every WHERE every.post_id = posts.id"
    " AND every.part = attempts.part ORDER BY number DESC LIMIT 1)"
)


def posts_in_doubt(
    connection: Connection, now: datetime, accounts: Collection[str], limit: int = 100
) -> tuple[list[InDoubt], list[StillOpen]]:
    """Returns posts of these accounts that are to be asked about now, those that have waited longest first.

    Beside them those that cannot be read: they are a question for a person, and must not stand in the way of the others.
    """
    of_these: BindParameter[list[str]] = bindparam("accounts", sorted(accounts), expanding=True)
    rows = connection.execute(
        text(
            "SELECT posts.id, posts.version, campaign, slot, account, topics, message_json, scheduled_at, expires_at,"
            f" asks, number, key, part, (SELECT min(started_at) {_OPEN_AT_PART}) AS first_started_at,"
            f" (SELECT count(*) {_OPEN_AT_PART} {_SINCE_APPROVAL}) AS unknown, {_WAS_DUPLICATE} AS was_duplicate,"
            f" (SELECT count(*) {_OPEN_AT_PART} {_SINCE_APPROVAL} AND every.outcome = 'duplicate') AS duplicates,"
            f" (SELECT min(retry_at) {_OPEN_AT_PART}) AS repeatable_until"
            " FROM posts JOIN attempts ON post_id = posts.id AND number ="
            "  (SELECT max(number) FROM attempts AS last WHERE last.post_id = posts.id"
            "   AND last.outcome IN ('unknown', 'duplicate'))"
            " WHERE status = 'unconfirmed' AND next_try_at <= :now AND account IN :accounts"
            " ORDER BY next_try_at, posts.id LIMIT :limit"
        ).bindparams(of_these),
        {"now": stored_time(now), "limit": limit},
    ).all()
    return _read(connection, rows, now)


def _read(connection: Connection, rows: Sequence[Any], now: datetime) -> tuple[list[InDoubt], list[StillOpen]]:
    receipts = receipts_of(connection, [row.id for row in rows]) if rows else {}
    elsewhere = made_elsewhere(connection, [row.id for row in rows])
    readable, unreadable = [], []
    for row in rows:
        try:
            post = _in_doubt(row, decode_message(row.message_json), receipts.get(row.id, ()))
            readable.append(replace(post, elsewhere=elsewhere.get(row.id, "")))
        except (ValueError, TypeError, KeyError) as error:
            note = f"what is in the book cannot be read ({type(error).__name__}): look whether it is out"
            unreadable.append(StillOpen(_unreadable(row, now), now + timedelta(days=1), note))
    return readable, unreadable


def restored_in_doubt(
    connection: Connection, now: datetime, accounts: Collection[str], limit: int = 100
) -> tuple[list[InDoubt], list[StillOpen]]:
    """Returns the same of posts that may have gone out since a backup that was restored: no attempt says whether they did."""
    since = connection.execute(
        text(
            "SELECT at FROM audit WHERE id < (SELECT max(id) FROM audit WHERE post_id IS NULL AND what = 'restore')"
            " ORDER BY id DESC LIMIT 1"
        )
    ).scalar()
    of_these: BindParameter[list[str]] = bindparam("accounts", sorted(accounts), expanding=True)
    rows = connection.execute(
        text(
            "SELECT id, version, campaign, slot, account, topics, message_json, scheduled_at, expires_at, asks,"
            " 0 AS number, '' AS key, coalesce(:since, created_at) AS first_started_at, 0 AS unknown, 0 AS duplicates,"
            " 0 AS was_duplicate, NULL AS repeatable_until FROM posts"
            f" WHERE status = 'unconfirmed' AND next_try_at <= :now AND account IN :accounts AND NOT {_CAN_BE_ASKED}"
            " ORDER BY next_try_at, id LIMIT :limit"
        ).bindparams(of_these),
        {"now": stored_time(now), "limit": limit, "since": since},
    ).all()
    return _read(connection, rows, now)


def _in_doubt(row: Any, message: Message, earlier: tuple[Receipt, ...]) -> InDoubt:
    return InDoubt(
        row.id,
        row.version,
        row.campaign,
        row.slot,
        row.account,
        split_topics(row.topics),
        message,
        kept_time(row.scheduled_at),
        kept_time(row.expires_at) if row.expires_at else None,
        row.asks,
        row.number,
        row.key,
        kept_time(row.first_started_at),
        row.unknown,
        row.duplicates,
        bool(row.was_duplicate),
        kept_time(row.repeatable_until) if row.repeatable_until else None,
        earlier,
        is_restored=row.number == 0,
    )


def _unreadable(row: Any, now: datetime) -> InDoubt:
    """Returns what names a damaged post, and nothing of what it holds."""
    named = (row.id, row.version, row.campaign, row.slot, row.account)
    return InDoubt(
        *named, (), Message(()), now, None, row.asks, row.number, row.key, now, row.unknown, 0, False, None, ()
    )


# What a backup does not know has no attempt in doubt: its platform can be asked by its words alone.
_CAN_BE_ASKED = (
    "EXISTS (SELECT 1 FROM attempts WHERE post_id = posts.id AND attempts.outcome IN ('unknown', 'duplicate'))"
)


def ask_account_later(connection: Connection, account: str, until: datetime) -> None:
    """Lets its platform be asked about no post of an account before `until`: it said so of one, and means all."""
    connection.execute(
        text(
            "UPDATE posts SET next_try_at = :until"
            " WHERE status = 'unconfirmed' AND next_try_at < :until AND account = :account"
        ),
        {"until": stored_time(until), "account": account},
    )


def next_question(connection: Connection, accounts: Collection[str]) -> datetime | None:
    """Returns when the platform of one of these accounts is to be asked next; None when nothing is in doubt."""
    of_these: BindParameter[list[str]] = bindparam("accounts", sorted(accounts), expanding=True)
    found = connection.execute(
        text(
            f"SELECT next_try_at FROM posts WHERE status = 'unconfirmed' AND account IN :accounts AND {_CAN_BE_ASKED}"
            " ORDER BY next_try_at LIMIT 1"
        ).bindparams(of_these)
    ).scalar()
    try:
        return kept_time(found) if found else None
    except ValueError:  # it is damaged, and comes with the next look, or never
        return None


# Some part of the post has just these words, whatever else it says.
_SAYS_SO = (
    "CASE WHEN json_valid(message_json) THEN EXISTS (SELECT 1 FROM json_each(message_json, '$.parts')"
    " WHERE json_extract(value, '$.text') = :words) END"
)


def is_taken(connection: Connection, account: str, platform_id: str, words: str | None = None) -> bool:
    """Returns whether a post of this account has this receipt already, by its id or by the address that a person gave.

    words: only a post that says the same counts; a webhook's receiver may have one name for everything that it takes.
    """
    found = connection.execute(
        text(
            "SELECT 1 FROM receipts JOIN posts ON id = post_id WHERE account = :account AND (platform_id = :platform_id"
            " OR (platform_id >= 'http' AND platform_id < 'httq' AND platform_id LIKE '%/' || :last))"
            f" AND (:words IS NULL OR {_SAYS_SO})"
        ),
        {"platform_id": platform_id, "account": account, "last": platform_id.rpartition("/")[2], "words": words},
    ).first()
    return found is not None


def is_said_by_another(connection: Connection, post_id: int, account: str, words: str, since: datetime) -> bool:
    """Returns whether another post of this account, due at `since` or later, is out and says the same."""
    found = connection.execute(
        text(
            "SELECT 1 FROM posts WHERE status = 'published' AND scheduled_at >= :since AND account = :account"
            f" AND id <> :id AND {_SAYS_SO} LIMIT 1"
        ),
        {"id": post_id, "account": account, "words": words, "since": stored_time(since)},
    ).first()
    return found is not None


def next_questions_soon(connection: Connection, before: datetime) -> bool:
    """Returns whether a post is in doubt that its platform is asked about before this moment."""
    found = connection.execute(
        text(f"SELECT 1 FROM posts WHERE status = 'unconfirmed' AND next_try_at <= :before AND {_CAN_BE_ASKED}"),
        {"before": stored_time(before)},
    ).first()
    return found is not None


def ask_sooner(connection: Connection, latest: datetime) -> None:
    """After a clock was set back: nothing is asked later than this."""
    connection.execute(
        text("UPDATE posts SET next_try_at = :latest WHERE status = 'unconfirmed' AND next_try_at > :latest"),
        {"latest": stored_time(latest)},
    )


def forget_keys(connection: Connection, now: datetime) -> None:
    """After a clock was set back: nobody can tell for how long a platform still knows the key of an attempt in doubt, so
    none is repeated under its key any more.
    """
    connection.execute(
        text(
            "UPDATE attempts SET retry_at = :now WHERE outcome = 'unknown' AND post_id IN"
            " (SELECT id FROM posts WHERE status IN ('approved', 'held', 'unconfirmed'))"
        ),
        {"now": stored_time(now)},
    )


def settle(connection: Connection, settled: Sequence[Settled], now: datetime) -> None:
    """Writes down what the platforms said. What is not out goes back to the queue, also when it is too late by now.

    A post that somebody has resolved meanwhile stays as it is.
    """
    current = _still_in_doubt(connection, [one.post for one in settled])
    settled = [one for one in settled if one.post.id in current]
    anothers = [
        one for one in settled if one.receipt is not None and _may_be_anothers(connection, one.post, one.receipt)
    ]
    why = "what its platform shows may be another post with the same words; it is asked again"
    ask_again(connection, [StillOpen(one.post, now + _ANOTHERS_WAIT, why) for one in anothers])
    settled = [one for one in settled if one not in anothers]
    found = [(one.post, one.receipt) for one in settled if one.receipt is not None]
    # Nobody knows of the next part of such a thread either: it is asked about, and not sent.
    _ask_on(connection, [one for one in settled if one.post.is_restored and not one.post.is_last_part], now)
    settled = [one for one in settled if not one.post.is_restored or one.post.is_last_part]
    if found:
        why = "found when the platform was asked"
        record_attempts(connection, [(post.id, post.number, Outcome.ACCEPTED, why, now, None) for post, _ in found])
        write_receipts(connection, [(post.id, len(post.earlier), receipt, now) for post, receipt in found])
    _end_doubts(connection, settled)
    holds = _holds_since(connection, [one.post for one in settled if one.receipt is None])
    moves = {one.post.id: _move(one, holds) for one in settled}
    for move in set(moves.values()):
        steps = [
            Step(one.post.id, one.post.version, _WAITS_FOR_A_WORD if move is Move.SET_ASIDE else one.why, one.again_at)
            for one in settled
            if moves[one.post.id] is move
        ]
        move_together(connection, move, PostStatus.UNCONFIRMED, steps, now)


def _ask_on(connection: Connection, begun: Sequence[Settled], now: datetime) -> None:
    note = "a part of it is out, as its platform says; the next is asked about"
    ask_again(connection, [StillOpen(one.post, now, note) for one in begun])


_ANOTHERS_WAIT = timedelta(seconds=2)


def _may_be_anothers(connection: Connection, post: InDoubt, receipt: Receipt) -> bool:
    """While the platform was asked, a post with the same words may have gone out, or be on its way still."""
    if is_taken(connection, post.account, receipt.platform_id):
        return True
    under_way = connection.execute(
        text(f"SELECT 1 FROM posts WHERE status = 'publishing' AND account = :account AND {_SAYS_SO}"),
        {"account": post.account, "words": post.message.parts[len(post.earlier)].text},
    ).first()
    return under_way is not None


_WAITS_FOR_A_WORD = "its platform was asked: it is not out; its hour passed under a hold that was lifted since"


def _end_doubts(connection: Connection, settled: Sequence[Settled]) -> None:
    """Notes of what is not out how long its key makes a repeat safe, or that its attempts are no doubt any more."""
    rows = [
        (
            one.post.id,
            len(one.post.earlier),
            Outcome.ABSENT if one.is_certain else Outcome.UNKNOWN,
            stored_time(one.repeatable_until) if one.repeatable_until else None,
        )
        for one in settled
        if one.receipt is None
    ]
    if rows:
        connection.execute(
            text(
                "UPDATE attempts SET outcome = batch.outcome, retry_at = batch.until"
                f" FROM {rows_as('post_id', 'part', 'outcome', 'until')}"
                " WHERE attempts.post_id = batch.post_id AND attempts.part = batch.part AND attempts.outcome = 'unknown'"
            ),
            {"rows": encode_rows(rows)},
        )


def _holds_since(connection: Connection, posts: Sequence[InDoubt]) -> Sequence[tuple[ActiveHold, datetime]]:
    """Returns the holds that were lifted since the first of these posts was due, with when that was."""
    if not posts:
        return ()
    first = min(post.scheduled_at for post in posts)
    found = connection.execute(
        text("SELECT scope, name, except_topics, lifted_at FROM holds WHERE lifted_at >= :first"),
        {"first": stored_time(first)},
    )
    return [
        (
            ActiveHold(HoldScope(row.scope), row.name, frozenset(split_topics(row.except_topics))),
            kept_time(row.lifted_at),
        )
        for row in found
    ]


def _move(one: Settled, holds: Sequence[tuple[ActiveHold, datetime]]) -> Move:
    post = one.post
    if one.receipt is not None:
        return Move.CONFIRM if post.is_last_part else Move.CONFIRM_PART
    for hold, lifted_at in holds:
        if lifted_at >= post.scheduled_at and hold.reaches(post.account, post.campaign, post.topics):
            return Move.SET_ASIDE  # on resume it was not listed, so it does not go by itself
    return Move.TRY_AGAIN


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
