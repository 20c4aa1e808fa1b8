"""What people and previews ask of the book."""

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlmodel import Session, col, exists, func, select
from sqlmodel.sql.expression import SelectOfScalar

from scheduler.config import LATE
from scheduler.errors import BookError, MoveNotAllowed
from scheduler.posts.articles import kept_text, open_changes
from scheduler.posts.difference import changed_paragraphs
from scheduler.posts.holds import active_holds
from scheduler.posts.status import MOVES, ChangeKind, HoldScope, Move, PostStatus
from scheduler.posts.tables import (
    POSTS,
    Attempt,
    AuditEntry,
    Daemon,
    Hold,
    Post,
    PostReceipt,
    SourceChange,
    decode_message,
    kept_time,
    split_topics,
    stored_time,
)

log = logging.getLogger("redletter.book")

RESTORE = "stop the daemon, then put a backup in its place: redletter restore FILE"


def find_posts(
    session: Session,
    *,
    campaigns: Sequence[str] = (),
    statuses: Sequence[PostStatus] = (),
    accounts: Sequence[str] = (),
) -> list[Post]:
    """Returns posts in order of their hour; an empty filter lets everything through."""
    query = select(Post)
    if campaigns:
        query = query.where(col(Post.campaign).in_(campaigns))
    if statuses:
        query = query.where(col(Post.status).in_([status.value for status in statuses]))
    if accounts:
        query = query.where(col(Post.account).in_(accounts))
    found, damaged = read_posts(session, query.order_by(col(Post.scheduled_at), col(Post.account), col(Post.id)))
    whole = []
    for post in found:
        try:
            post.message  # noqa: B018 (words that cannot be read must be found here)
        except UNREADABLE as error:
            damaged.append(Damaged(post.id or 0, post.status, error))
        else:
            whole.append(post)
    _tell(damaged)
    return whole


@dataclass(frozen=True, slots=True)
class Damaged:
    """A post whose row in the book cannot be read, and why."""

    id: int
    status: str
    error: Exception

    def __str__(self) -> str:
        return said_of_damaged(self.id, self.error)


UNREADABLE = (ValueError, TypeError, KeyError, LookupError)  # what reading a damaged row ends in


def said_of_damaged(post_id: int, error: Exception) -> str:
    what = " ".join(str(error).split()) or type(error).__name__
    return f"post {post_id} is damaged in the book and cannot be read ({what})"


def read_posts(session: Session, query: SelectOfScalar[Post]) -> tuple[list[Post], list[Damaged]]:
    """Returns the posts of a query, and beside them those that cannot be read: one must not hide the others."""
    try:
        return list(session.exec(query)), []
    except UNREADABLE:
        rows = session.connection().execute(query.with_only_columns(POSTS.c.id, POSTS.c.status)).all()
    found, damaged = [], []
    for row in rows:
        try:
            post = session.get(Post, row.id)
        except UNREADABLE as error:
            damaged.append(Damaged(row.id, row.status, error))
        else:
            found += [post] if post else []
    return found, damaged


def _tell(damaged: Iterable[Damaged]) -> None:
    for each in damaged:
        log.warning("%s; it is left out: redletter status says what to do", each)


def get_post(session: Session, post_id: int) -> Post:
    """Returns the post; raises MoveNotAllowed when there is none of this id, BookError when it cannot be read."""
    try:
        post = session.get(Post, post_id)
    except UNREADABLE as error:
        raise BookError(f"{said_of_damaged(post_id, error)}; {RESTORE}") from error
    if post is None:
        raise MoveNotAllowed(f"there is no post {post_id}; `redletter posts` lists them")
    return post


def receipts_of(session: Session, posts: Sequence[Post]) -> Mapping[int, list[PostReceipt]]:
    """Returns each post's receipts in the order of its parts."""
    ids = [post.id for post in posts if post.id is not None]
    found: dict[int, list[PostReceipt]] = {}
    for start in range(0, len(ids), 500):
        query = select(PostReceipt).where(col(PostReceipt.post_id).in_(ids[start : start + 500]))
        for receipt in session.exec(query.order_by(col(PostReceipt.post_id), col(PostReceipt.part))):
            found.setdefault(receipt.post_id, []).append(receipt)
    return found


def attempts_of(session: Session, posts: Sequence[Post]) -> Mapping[int, list[Attempt]]:
    """Returns each post's attempts, oldest first."""
    ids = [post.id for post in posts if post.id is not None]
    found: dict[int, list[Attempt]] = {}
    for start in range(0, len(ids), 500):
        query = select(Attempt).where(col(Attempt.post_id).in_(ids[start : start + 500]))
        for attempt in session.exec(query.order_by(col(Attempt.post_id), col(Attempt.number))):
            found.setdefault(attempt.post_id, []).append(attempt)
    return found


def last_changes(session: Session, posts: Sequence[Post]) -> Mapping[int, datetime]:
    """Returns when anything of each post last changed: its words, its status, or what it follows its campaign in."""
    changed = {post.id: post.updated_at for post in posts if post.id is not None}
    ids = list(changed)
    for start in range(0, len(ids), 500):
        query = select(AuditEntry.post_id, func.max(AuditEntry.at)).group_by(col(AuditEntry.post_id))
        for post_id, at in session.exec(query.where(col(AuditEntry.post_id).in_(ids[start : start + 500]))):
            if post_id is not None:
                changed[post_id] = max(changed[post_id], at)
    return changed


def history_of(session: Session, post_id: int) -> tuple[list[AuditEntry], list[Attempt]]:
    """Returns the post's audit trail and its attempts, oldest first."""
    trail = session.exec(select(AuditEntry).where(AuditEntry.post_id == post_id).order_by(col(AuditEntry.id)))
    attempts = session.exec(select(Attempt).where(Attempt.post_id == post_id).order_by(col(Attempt.number)))
    return list(trail), list(attempts)


def changes_of(session: Session, post_id: int) -> list[SourceChange]:
    """Returns what became of a post's articles that nobody has decided about yet, the newest of each, oldest first.

    Of words that changed elsewhere, `was` and `now` are the paragraphs of the article that did.
    """
    ids = [row.id for row in open_changes(session.connection(), post_id)]
    found = list(session.exec(select(SourceChange).where(col(SourceChange.id).in_(ids)).order_by(col(SourceChange.id))))
    for change in found:
        if change.kind == ChangeKind.ELSEWHERE:
            texts = (
                kept_text(session.connection(), change.source, sha) for sha in (change.was_sha256, change.now_sha256)
            )
            change.was, change.now = changed_paragraphs(*(each or "" for each in texts))
    return found


@dataclass(frozen=True, slots=True)
class Standing:
    """How the book stands at one moment; what `redletter status` says.

    troubles: posts that need a person. overdue: approved, and their hour was more than a minute ago, whether they are held
    or tried again later. unapproved: drafts whose hour is near, or has come. next_post: the approved one that
    goes out next, due already or not; what is held beyond its hour waits for a word and is not next.
    """

    counts: Mapping[str, int]
    troubles: Sequence[Post]
    overdue: Sequence[Post]
    unapproved: Sequence[Post]
    holds: Sequence[Hold]
    daemon: Daemon | None
    next_post: Post | None
    waiting_accounts: Sequence[str]
    damaged: Sequence[Damaged] = ()


def standing(session: Session, now: datetime, unapproved: timedelta, *, held_by_file: bool = False) -> Standing:
    """Returns how things stand.

    unapproved: so long before its hour a draft needs a person's yes. held_by_file: a file keeps everything back.
    """
    counts = dict(session.exec(select(Post.status, func.count()).group_by(Post.status)).all())
    bad = [status.value for status in (PostStatus.FAILED, PostStatus.MISSED, PostStatus.UNCONFIRMED, PostStatus.HELD)]
    approved = select(Post).where(Post.status == PostStatus.APPROVED.value)
    by_hour = col(Post.scheduled_at)
    troubles, _ = read_posts(session, select(Post).where(col(Post.status).in_(bad)).order_by(by_hour))
    overdue, _ = read_posts(session, approved.where(Post.scheduled_at < now - timedelta(minutes=1)).order_by(by_hour))
    drafts = select(Post).where(Post.status == PostStatus.DRAFT.value, Post.scheduled_at <= now + unapproved)
    unapproved_drafts, _ = read_posts(session, drafts.order_by(by_hour))
    return Standing(
        counts=counts,
        troubles=troubles,
        overdue=overdue,
        unapproved=unapproved_drafts,
        holds=standing_holds(session),
        daemon=session.get(Daemon, 1),
        next_post=_next_post(session, now, held_by_file=held_by_file),
        waiting_accounts=list(
            session.exec(select(Post.account).where(Post.status == PostStatus.APPROVED.value).distinct())
        ),
        damaged=list(_damaged(session)),
    )


_OVER = (PostStatus.PUBLISHED, PostStatus.REJECTED, PostStatus.CANCELLED)
_TIMES = ("scheduled_at", "next_try_at", "expires_at", "approved_at", "created_at", "updated_at", "latest_at")


def _damaged(session: Session) -> Iterator[Damaged]:
    """Yields the posts that still concern somebody and cannot be read, whatever hour they seem to have."""
    rows = session.connection().execute(
        text(
            f"SELECT id, status, message_json, {', '.join(_TIMES)} FROM posts"
            f" WHERE status IN ({', '.join(repr(status.value) for status in PostStatus if status not in _OVER)}) ORDER BY id"
        )
    )
    for row in rows:
        try:
            for name in _TIMES:
                if (moment := getattr(row, name)) is not None:
                    kept_time(moment)
            decode_message(row.message_json)
        except UNREADABLE as error:
            yield Damaged(row.id, row.status, error)


def _next_post(session: Session, now: datetime, *, held_by_file: bool) -> Post | None:
    not_held, values = active_holds(session.connection()).sql()
    may_go = "1 = 0" if held_by_file else f"1 = 1{not_held}"
    found = session.connection().execute(
        text(
            f"SELECT id FROM posts WHERE status = 'approved' AND (next_try_at > :now OR ({may_go}))"
            " ORDER BY next_try_at, id LIMIT 1"
        ),
        {**({} if held_by_file else values), "now": stored_time(now)},
    )
    post_id = found.scalar()
    try:
        return session.get(Post, post_id) if post_id is not None else None
    except UNREADABLE:
        return None


def paced_accounts(session: Session, pace: timedelta, now: datetime) -> frozenset[str]:
    """Returns the accounts with late posts of which one went out a moment ago: the others wait their turn.

    pace: how far apart late posts of one account go out, at most.
    """
    late_before = now - LATE
    waiting = select(Post.account).where(Post.status == PostStatus.APPROVED.value, Post.scheduled_at <= late_before)
    sent = select(Post.id).where(
        Post.status == PostStatus.PUBLISHED.value,
        Post.updated_at > now - 2 * pace,
        # Of the same backlog, so that the index finds the days among a million posts.
        Post.scheduled_at > late_before - timedelta(days=2),
        Post.scheduled_at <= late_before,
    )
    accounts = session.exec(waiting.distinct()).all()
    return frozenset(each for each in accounts if session.exec(sent.where(Post.account == each).limit(1)).first())


def moved_since(session: Session, move: Move, since: datetime) -> list[Post]:
    """Returns the posts that a move brought where they still are, not before `since`, in order of their hour."""
    moved = exists().where(
        col(AuditEntry.post_id) == col(Post.id), col(AuditEntry.what) == move.value, col(AuditEntry.at) >= since
    )
    query = select(Post).where(Post.status == MOVES[move][1].value, moved)
    return list(session.exec(query.order_by(col(Post.scheduled_at), col(Post.account), col(Post.id))))


def standing_holds(session: Session) -> list[Hold]:
    """Returns all holds that stand, oldest first."""
    return list(session.exec(select(Hold).where(col(Hold.lifted_at).is_(None)).order_by(col(Hold.id))))


def find_hold(session: Session, scope: HoldScope, name: str) -> Hold | None:
    """Returns the hold of this reach, as long as it stands."""
    query = select(Hold).where(Hold.scope == scope.value, Hold.name == name, col(Hold.lifted_at).is_(None))
    return session.exec(query).first()


def topics_with_posts(session: Session) -> list[str]:
    """Returns all topics that a post in the book has."""
    return sorted({topic for kept in session.exec(select(Post.topics).distinct()) for topic in split_topics(kept)})


def campaigns_with_posts(session: Session) -> list[str]:
    """Returns the ids of all campaigns that have a post in the book."""
    return list(session.exec(select(Post.campaign).distinct().order_by(col(Post.campaign))))


def accounts_with_posts(session: Session) -> list[str]:
    """Returns the names of all accounts that have a post in the book."""
    return list(session.exec(select(Post.account).distinct().order_by(col(Post.account))))


@dataclass(frozen=True, slots=True)
class Kept:
    """What the book holds against a rehearsal: posts of some days and occurrences, and the holds that stand now."""

    posts: Sequence[Post] = ()
    holds: Sequence[Hold] = ()


def kept_between(
    session: Session,
    start: datetime,
    end: datetime,
    *,
    campaigns: Sequence[str] = (),
    occurrences: Iterable[tuple[str, str]] = (),
) -> Kept:
    """Returns the posts from `start` to `end`, and besides all of these occurrences, pairs of campaign and year.

    campaigns: their ids; an empty filter lets everything through.
    """
    # Named one by one, the statuses let the index of status and hour find the days among a million posts.
    query = select(Post).where(col(Post.status).in_([status.value for status in PostStatus]))
    query = query.where(Post.scheduled_at >= start, Post.scheduled_at <= end)
    if campaigns:
        query = query.where(col(Post.campaign).in_(campaigns))
    queries = [query]
    for campaign, occurrence in occurrences:
        queries.append(select(Post).where(Post.campaign == campaign, Post.occurrence == occurrence))
    found: dict[int | None, Post] = {}
    for each in queries:
        posts, damaged = read_posts(session, each)
        found |= {post.id: post for post in posts}
        _tell(damaged)
    holds = select(Hold).where(col(Hold.lifted_at).is_(None)).order_by(col(Hold.id))
    return Kept(sorted(found.values(), key=lambda post: (post.scheduled_at, post.id or 0)), list(session.exec(holds)))
