"""The hot path: due posts are claimed with their attempts, and what came of them is recorded.

Everything here works on many posts in one transaction and touches rows only through an index. A move that does not find
all of its posts undoes the whole transaction.
"""

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, Connection, bindparam, text

from scheduler.errors import PostRefused
from scheduler.faultpoints import reached
from scheduler.platforms.contract import Payload, Receipt
from scheduler.platforms.message import Message
from scheduler.posts.batches import DAEMON, Step, as_json, encode_rows, fetch, move_together, rows_as, run
from scheduler.posts.holds import ActiveHolds, Told, active_holds, hold
from scheduler.posts.places import made_elsewhere
from scheduler.posts.pre_election import in_the_way, note_of, of_sources
from scheduler.posts.status import HoldScope, Move, Outcome, PostStatus, WhenLate
from scheduler.posts.tables import decode_message, digest_of_kept, kept_time, split_topics, stored_time
from scheduler.posts.wording import EMBARGO_NOTE


@dataclass(frozen=True, slots=True)
class PastAttempt:
    """An attempt at the part that is to go out now, and the key and payload it went with.

    since_approval: it was made for the approval that stands. repeatable_until: of one that is in doubt, as its platform
    was understood; None while that has no end.
    """

    number: int
    key: str
    payload_sha256: str
    started_at: datetime
    since_approval: bool
    outcome: Outcome | None
    repeatable_until: datetime | None


@dataclass(frozen=True, slots=True)
class Past:
    """The attempts at the part that is to go out now, oldest first; number: of the post's last attempt at any part."""

    number: int = 0
    attempts: tuple[PastAttempt, ...] = ()

    @property
    def doubt(self) -> PastAttempt | None:
        """The first attempt of which nobody knows what came: whatever was tried after it, this part may be out by it."""
        return next((each for each in self.attempts if each.outcome in (None, Outcome.UNKNOWN)), None)

    @property
    def may_be_known(self) -> bool:
        """Whether the platform may have these words by an attempt of ours: since a person approved them, one left doubt."""
        absent = any(each.since_approval and each.outcome is Outcome.ABSENT for each in self.attempts)
        return absent or self.doubt is not None

    @property
    def was_duplicate(self) -> bool:
        """Whether the platform said before, since a person approved them, that it has these words."""
        return any(each.since_approval and each.outcome is Outcome.DUPLICATE for each in self.attempts)

    @property
    def was_in_doubt(self) -> bool:
        return any(each.outcome in (None, Outcome.UNKNOWN, Outcome.ABSENT) for each in self.attempts)


@dataclass(frozen=True, slots=True)
class DuePost:
    """A post whose next part may go out. earlier: receipts of the parts before it."""

    id: int
    version: int
    campaign: str
    slot: str
    account: str
    topics: tuple[str, ...]
    message: Message
    scheduled_at: datetime
    expires_at: datetime | None
    when_late: WhenLate
    tries: int
    earlier: tuple[Receipt, ...]
    past: Past


@dataclass(frozen=True, slots=True)
class Claimed:
    """A post that is ours, with its attempt in the book: now the call may start."""

    post: DuePost
    number: int
    payload: Payload


@dataclass(frozen=True, slots=True)
class Finished:
    """What came of one claimed post, and the move that follows from it.

    receipt: when it was accepted. retry_at: as the platform named it. next_try_at: when it is tried, or asked about, next.
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
class Pace:
    """How a backlog goes out: one late post of an account at a time.

    late_before: a post whose hour was before this is late. not_before: when the next late post of an account may go;
    an account that is not named may send one at once.
    """

    late_before: datetime
    not_before: Mapping[str, datetime]

    def waiting(self, now: datetime) -> frozenset[str]:
        """Returns the accounts of which no late post may go now."""
        return frozenset(account for account, moment in self.not_before.items() if moment > now)


@dataclass(frozen=True, slots=True)
class Unseen:
    """What has changed and was not looked at since.

    articles: files; campaigns: what their files say of all posts. overdue: files that nobody could look at in time; only
    the posts of the `patient` campaigns go on waiting for them. unread: those of which nobody can read the file.
    """

    articles: frozenset[str] = frozenset()
    campaigns: bool = False
    overdue: frozenset[str] = frozenset()
    patient: frozenset[str] = frozenset()
    unread: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.articles or self.overdue or self.unread) or self.campaigns

    def __or__(self, other: "Unseen") -> "Unseen":
        return Unseen(
            self.articles | other.articles,
            self.campaigns or other.campaigns,
            self.overdue | other.overdue,
            self.patient | other.patient,
            self.unread | other.unread,
        )

    def keeps_back(self, campaign: str, article: str | None) -> bool:
        """Whether a post of this campaign and article waits until somebody looked."""
        if self.campaigns or campaign in self.unread or article in self.articles:
            return True
        return campaign in self.patient and article in self.overdue


@dataclass(frozen=True, slots=True)
class Claims:
    """What one look at the queue gave.

    claimed: to be called now. refused: no call could be made of them. doubted: to be asked about before they are tried
    again. held: by an embargo, or for what an elected person says in them. unseen: what must be looked at before some posts
    may go out, which wait for that. late_accounts: those that have sent a late post now.
    exhausted: nothing else is due that has a free place.
    """

    claimed: tuple[Claimed, ...] = ()
    refused: tuple[Told, ...] = ()
    doubted: tuple[Told, ...] = ()
    held: tuple[Told, ...] = ()
    unseen: Unseen | None = None
    late_accounts: frozenset[str] = frozenset()
    exhausted: bool = True


LastLook = Callable[[Connection, Collection[str]], Unseen]
"""Says, of the articles that posts were taken from, what must be looked at before they may go out.

It is asked while the book is locked for writing, so it answers in milliseconds, also where a disk does not.
"""

A_LOOK = timedelta(seconds=1)  # by so much a post waits for it

Prepare = Callable[[DuePost], Payload]
"""Gives the payload of a post's next part; raises PostRefused when there can be none."""


class _Row(NamedTuple):
    id: int
    version: int
    campaign: str
    slot: str
    account: str
    topics: str
    message_json: str
    scheduled_at: str
    next_try_at: str
    expires_at: str | None
    when_late: str
    tries: int
    approved_digest: str | None
    approved_at: str | None
    embargo_until: str | None
    time_zone: str
    article: str | None
    elected: str | None
    attempts: int | None
    parts_out: int


_ATTEMPTS = "(SELECT max(number) FROM attempts WHERE post_id = id)"
# Drafting takes all that a post has of one article; to look at each of its sources costs a burst a tenth of its time.
_ARTICLE = "CASE WHEN json_valid(sources_json) THEN json_extract(sources_json, '$[0].article') END"
_ELECTED = "CASE WHEN instr(sources_json, '\"pre_election\"') THEN sources_json END"
_PARTS_OUT = f"CASE WHEN {_ATTEMPTS} IS NULL THEN 0 ELSE (SELECT count(*) FROM receipts WHERE post_id = id) END"
_COLUMNS = (*_Row._fields[:-4], _ARTICLE, _ELECTED, _ATTEMPTS, _PARTS_OUT)

_DUE = """
    SELECT * FROM posts
    WHERE status = 'approved' AND next_try_at <= :now AND (expires_at IS NULL OR expires_at > :now)
"""
# Of a thread that has begun, the rest follows without a pause.
_NOT_LATE = "(scheduled_at >= :late_before OR EXISTS (SELECT 1 FROM receipts WHERE post_id = posts.id))"


def claim_due(
    connection: Connection,
    now: datetime,
    places: Mapping[str, int],
    total: int,
    pace: Pace,
    prepare: Prepare,
    last_look: LastLook | None = None,
) -> Claims:
    """Claims due posts and writes their attempts.

    places: free places by account; an account that is not named gets none. total: free places of all. Holds are read
    in this very transaction: what is held now is not claimed.
    """
    reached("claim-begun")
    rows, exhausted = _find_due(connection, now, places, total, pace)
    if not rows:
        return Claims(exhausted=exhausted)
    rows, unseen = _wait_for_a_look(connection, rows, now, last_look) if last_look else (rows, None)
    past = _past_of(connection, [row for row in rows if row.attempts is not None])
    rows, doubted = _doubt_again(connection, rows, past, now)
    rows, embargoed = _hold_embargoed(connection, rows, now)
    rows, silent = _hold_silent(connection, rows, now)
    ready: list[tuple[DuePost, Payload]] = []
    refused: list[Told] = []
    for row in rows:
        try:
            post = _due_post(row, *past.get(row.id, (Past(), ())))
            ready.append((post, prepare(post)))
        except PostRefused as refusal:
            refused.append(Told(row.id, row.campaign, row.slot, row.account, refusal.detail))
    _claim(connection, rows, {told.id: told.why for told in refused}, now)
    reached("claim-moved")
    claimed = _write_attempts(connection, ready, now)
    reached("claim-written")
    late_before = stored_time(pace.late_before)
    late = {row.account for row in rows if _is_late(row, late_before)}
    return Claims(tuple(claimed), tuple(refused), doubted, (*embargoed, *silent), unseen, frozenset(late), exhausted)


def _doubt_again(
    connection: Connection,
    rows: list[_Row],
    past: Mapping[int, tuple[Past, tuple[Receipt, ...]]],
    now: datetime,
) -> tuple[list[_Row], tuple[Told, ...]]:
    """Leaves out what could be out by an old attempt that cannot be repeated: that is asked first.

    For its platform has forgotten its key by now, or its account is another one.
    """
    doubts = {post_id: of_one.doubt for post_id, (of_one, _) in past.items() if of_one.doubt}
    why = {
        post_id: "an old attempt may have put it out, and it is too late to repeat that one safely"
        for post_id, doubt in doubts.items()
        if doubt and doubt.repeatable_until and doubt.repeatable_until <= now
    }
    why |= {
        post_id: f"an old attempt may have put it out: {said}"
        for post_id, said in made_elsewhere(connection, doubts).items()
    }
    if not why:
        return rows, ()
    steps = [Step(row.id, row.version, why[row.id], next_try_at=now) for row in rows if row.id in why]
    move_together(connection, Move.DOUBT_AGAIN, PostStatus.APPROVED, steps, now)
    told = tuple(Told(row.id, row.campaign, row.slot, row.account, why[row.id]) for row in rows if row.id in why)
    return [row for row in rows if row.id not in why], told


def _hold_embargoed(connection: Connection, rows: list[_Row], now: datetime) -> tuple[list[_Row], tuple[Told, ...]]:
    """Leaves out what its embargo stops, whoever approved it for this hour: a person says what becomes of it."""
    moment = stored_time(now)
    early = [row for row in rows if row.embargo_until is not None and row.embargo_until > moment]
    if not early:
        return rows, ()
    why = f"{EMBARGO_NOTE}, which has not ended"
    steps = [Step(row.id, row.version, why) for row in early]
    move_together(connection, Move.SET_ASIDE, PostStatus.APPROVED, steps, now)
    told = tuple(Told(row.id, row.campaign, row.slot, row.account, why) for row in early)
    return [row for row in rows if row not in early], told


def _hold_silent(connection: Connection, rows: list[_Row], now: datetime) -> tuple[list[_Row], tuple[Told, ...]]:
    """Leaves out what quotes an elected person and would go out in the pre-election period, though its hour was before."""
    why = {
        row.id: note_of(found)
        for row in rows
        if row.elected and (found := in_the_way(connection, row.id, of_sources(row.elected), now, row.time_zone))
    }
    silent = [row for row in rows if row.id in why]
    steps = [Step(row.id, row.version, why[row.id]) for row in silent]
    move_together(connection, Move.SET_ASIDE, PostStatus.APPROVED, steps, now)
    told = tuple(Told(row.id, row.campaign, row.slot, row.account, why[row.id]) for row in silent)
    return [row for row in rows if row.id not in why], told


def _wait_for_a_look(
    connection: Connection, rows: list[_Row], now: datetime, last_look: LastLook
) -> tuple[list[_Row], Unseen]:
    """Leaves out what must not go out before somebody looked: each file is looked at once, however many posts it has."""
    unseen = last_look(connection, {row.article for row in rows if row.article})
    waiting = [row for row in rows if unseen.keeps_back(row.campaign, row.article)]
    if not waiting:
        return rows, Unseen()
    connection.execute(
        text(f"UPDATE posts SET next_try_at = :later WHERE id IN (SELECT id FROM {rows_as('id')})"),
        {"rows": encode_rows([(row.id,) for row in waiting]), "later": stored_time(now + A_LOOK)},
    )
    return [row for row in rows if row not in waiting], unseen


def _find_due(
    connection: Connection, now: datetime, places: Mapping[str, int], total: int, pace: Pace
) -> tuple[list[_Row], bool]:
    holds = active_holds(connection)
    free = {account: left for account, left in places.items() if left > 0 and account not in holds.accounts}
    if holds.everything or total <= 0 or not free:
        return [], True
    waiting = pace.waiting(now)
    late_before = stored_time(pace.late_before)
    rows = _due_rows(connection, now, holds, pace, total)
    chosen = _within_places(rows, free, total, waiting, late_before)
    if len(rows) == total > len(chosen):
        # The head of the queue belongs to accounts that are full, held, paced or unknown: look behind it, one by one.
        rows = [
            row
            for account, left in free.items()
            for row in _due_rows(
                connection, now, holds, pace, min(left, total), account, without_late=account in waiting
            )
        ]
        rows.sort(key=lambda row: (row.next_try_at, row.id))
        chosen = _within_places(rows, free, total, waiting, late_before)
    return chosen, len(chosen) < total


def _due_rows(
    connection: Connection,
    now: datetime,
    holds: ActiveHolds,
    pace: Pace,
    limit: int,
    account: str | None = None,
    *,
    without_late: bool = False,
) -> list[_Row]:
    not_held, values = holds.sql()
    query = _DUE + not_held
    values |= {"now": stored_time(now), "limit": limit}
    if account is not None:
        query += " AND account = :account"
        values["account"] = account
    if without_late:
        query += f" AND {_NOT_LATE}"
        values["late_before"] = stored_time(pace.late_before)
    return [_Row(*row) for row in fetch(connection, _COLUMNS, query + " ORDER BY next_try_at, id LIMIT :limit", values)]


def _is_late(row: _Row, late_before: str) -> bool:
    return row.scheduled_at < late_before and row.parts_out == 0


def _within_places(
    rows: Iterable[_Row], free: Mapping[str, int], total: int, waiting: frozenset[str], late_before: str
) -> list[_Row]:
    left, had_a_late_one = dict(free), set(waiting)
    chosen: list[_Row] = []
    for row in rows:
        if len(chosen) >= total:
            break
        if left.get(row.account, 0) <= 0:
            continue
        if _is_late(row, late_before):
            if row.account in had_a_late_one:
                continue
            had_a_late_one.add(row.account)
        left[row.account] -= 1
        chosen.append(row)
    return chosen


def _due_post(row: _Row, past: Past, receipts: tuple[Receipt, ...]) -> DuePost:
    """Reads one row; raises PostRefused for one that is damaged or is not what was approved."""
    if digest_of_kept(row.message_json, row.account, row.scheduled_at) != row.approved_digest:
        raise PostRefused("what is in the book is not what was approved: look at it and approve it again")
    try:
        return DuePost(
            id=row.id,
            version=row.version,
            campaign=row.campaign,
            slot=row.slot,
            account=row.account,
            topics=split_topics(row.topics),
            message=decode_message(row.message_json),
            scheduled_at=kept_time(row.scheduled_at),
            expires_at=kept_time(row.expires_at) if row.expires_at else None,
            when_late=WhenLate(row.when_late),
            tries=row.tries,
            earlier=receipts,
            past=past,
        )
    except (ValueError, TypeError, KeyError) as error:
        raise PostRefused(f"what is in the book cannot be read: {type(error).__name__}: {error}") from error


def _past_of(connection: Connection, rows: Sequence[_Row]) -> dict[int, tuple[Past, tuple[Receipt, ...]]]:
    if not rows:
        return {}
    receipts = receipts_of(connection, [row.id for row in rows])
    found = connection.execute(
        text(
            "SELECT post_id, number, part, key, payload_sha256, started_at, outcome, retry_at FROM attempts"
            f" JOIN {rows_as('id')} ON post_id = batch.id ORDER BY post_id, number"
        ),
        {"rows": encode_rows([(row.id,) for row in rows])},
    ).all()
    attempts: dict[int, list[Any]] = {}
    for attempt in found:
        attempts.setdefault(attempt.post_id, []).append(attempt)
    past = {}
    for row in rows:
        earlier = receipts.get(row.id, ())
        of_this_part = [each for each in attempts.get(row.id, ()) if each.part == len(earlier)]
        read = tuple(_past_attempt(each, row.approved_at or "") for each in of_this_part)
        past[row.id] = (Past(row.attempts or 0, read), earlier)
    return past


def _past_attempt(row: Any, approved_at: str) -> PastAttempt:
    in_doubt = row.outcome in (None, Outcome.UNKNOWN)
    return PastAttempt(
        row.number,
        row.key,
        row.payload_sha256,
        _moment(row.started_at),
        since_approval=row.started_at >= approved_at,
        outcome=Outcome(row.outcome) if row.outcome else None,
        repeatable_until=_moment(row.retry_at) if in_doubt and row.retry_at else None,
    )


def _moment(kept: str) -> datetime:
    """Reads a moment of an attempt; one that is damaged was long ago: no key is safe by it, and no other post waits for it."""
    try:
        return kept_time(kept)
    except ValueError:
        return datetime(1970, 1, 1, tzinfo=UTC)


def receipts_of(connection: Connection, ids: Sequence[int]) -> dict[int, tuple[Receipt, ...]]:
    """Returns the receipts of the parts that are out, in their order, by post."""
    of_these: BindParameter[list[int]] = bindparam("ids", list(ids), expanding=True)
    receipts: dict[int, tuple[Receipt, ...]] = {}
    found = connection.execute(
        text(
            "SELECT post_id, platform_id, url, reply_to_json FROM receipts WHERE post_id IN :ids ORDER BY post_id, part"
        ).bindparams(of_these)
    )
    for row in found:
        reply_to = json.loads(row.reply_to_json) if row.reply_to_json else None
        receipts[row.post_id] = (*receipts.get(row.post_id, ()), Receipt(row.platform_id, row.url, reply_to))
    return receipts


def _claim(connection: Connection, rows: Sequence[_Row], refused: Mapping[int, str], now: datetime) -> None:
    move_together(connection, Move.CLAIM, PostStatus.APPROVED, [Step(row.id, row.version) for row in rows], now)
    refusals = [Step(row.id, row.version + 1, refused[row.id]) for row in rows if row.id in refused]
    move_together(connection, Move.REFUSE, PostStatus.PUBLISHING, refusals, now)


_ATTEMPT = ("post_id", "number", "part", "version", "key", "payload_sha256")
_WRITE_ATTEMPTS = (
    f"INSERT INTO attempts ({', '.join(_ATTEMPT)}, started_at)"
    f" SELECT {', '.join(f'batch.{column}' for column in _ATTEMPT)}, :now FROM {rows_as(*_ATTEMPT)}"
)


def _write_attempts(connection: Connection, ready: Sequence[tuple[DuePost, Payload]], now: datetime) -> list[Claimed]:
    claimed, rows = [], []
    for post, payload in ready:
        number = post.past.number + 1
        claimed.append(Claimed(post, number, payload))
        rows.append((post.id, number, len(post.earlier), post.version + 1, payload.key, payload.sha256))
    if rows:
        run(connection, _WRITE_ATTEMPTS, {"rows": encode_rows(rows), "now": stored_time(now)})
    return claimed


_RECORD_ATTEMPTS = (
    "UPDATE attempts SET outcome = batch.outcome, detail = batch.detail, finished_at = batch.finished_at,"
    " retry_at = batch.retry_at"
    f" FROM {rows_as('post_id', 'number', 'outcome', 'detail', 'finished_at', 'retry_at')}"
    " WHERE attempts.post_id = batch.post_id AND attempts.number = batch.number"
)
_RECEIPT = ("post_id", "part", "platform_id", "url", "reply_to_json", "received_at")
_WRITE_RECEIPTS = (
    f"INSERT INTO receipts ({', '.join(_RECEIPT)})"
    f" SELECT {', '.join(f'batch.{column}' for column in _RECEIPT)} FROM {rows_as(*_RECEIPT)}"
)


def record(connection: Connection, finished: Sequence[Finished]) -> None:
    """Writes outcomes, receipts and the moves that follow; raises BookError when a post is no longer where we left it."""
    if not finished:
        return
    reached("record-begun")
    record_attempts(
        connection,
        [
            (one.claimed.post.id, one.claimed.number, one.outcome, one.detail, one.finished_at, one.retry_at)
            for one in finished
        ],
    )
    _end_doubts(connection, [one.claimed.post.id for one in finished if one.move is Move.REFUSE])
    write_receipts(
        connection,
        [
            (one.claimed.post.id, len(one.claimed.post.earlier), one.receipt, one.finished_at)
            for one in finished
            if one.receipt is not None
        ],
    )
    reached("record-moved")
    for move in {one.move for one in finished}:
        moved = [one for one in finished if one.move is move]
        steps = [Step(one.claimed.post.id, one.claimed.post.version + 1, one.detail, one.next_try_at) for one in moved]
        tries = 1 if move is Move.RETRY_LATER else 0
        move_together(connection, move, PostStatus.PUBLISHING, steps, moved[-1].finished_at, tries=tries)
    reached("record-written")


def _end_doubts(connection: Connection, refused: Sequence[int]) -> None:
    """What is refused for good has put nothing out before."""
    if refused:
        connection.execute(
            text(
                "UPDATE attempts SET outcome = 'absent', retry_at = NULL"
                f" WHERE outcome = 'unknown' AND post_id IN (SELECT id FROM {rows_as('id')})"
            ),
            {"rows": encode_rows([(post_id,) for post_id in refused])},
        )


def record_attempts(
    connection: Connection, rows: Sequence[tuple[int, int, Outcome, str | None, datetime, datetime | None]]
) -> None:
    """Writes outcomes: post, number, outcome, detail, when it was known, when the platform may be tried again."""
    values = [
        (post_id, number, outcome, detail, stored_time(at), stored_time(retry_at) if retry_at else None)
        for post_id, number, outcome, detail, at, retry_at in rows
    ]
    run(connection, _RECORD_ATTEMPTS, {"rows": encode_rows(values)})


def write_receipts(connection: Connection, rows: Sequence[tuple[int, int, Receipt, datetime]]) -> None:
    """Writes receipts: post, index of its part, receipt, when it was received."""
    values = [
        (
            post_id,
            part,
            receipt.platform_id,
            receipt.url,
            as_json(dict(receipt.reply_to)) if receipt.reply_to else None,
            stored_time(at),
        )
        for post_id, part, receipt, at in rows
    ]
    if values:
        run(connection, _WRITE_RECEIPTS, {"rows": encode_rows(values)})


def hold_account(connection: Connection, account: str, reason: str, now: datetime) -> bool:
    """Holds an account whose credentials were refused; returns False when it is held already."""
    if account in active_holds(connection).accounts:
        return False
    hold(connection, HoldScope.ACCOUNT, account, reason, who=DAEMON, now=now)
    return True
