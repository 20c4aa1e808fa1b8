"""Removes posts that are older than the policy keeps: only what is over, whole, and in transactions of a few milliseconds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import BindParameter, Connection, bindparam, text

from scheduler.posts.batches import DAEMON
from scheduler.posts.moves import write_audit
from scheduler.posts.status import PostStatus
from scheduler.posts.tables import kept_time, stored_time

# By so much a clock leaps that nobody lived through; and so long it must go on evenly before it is believed again. Whoever
# works with posts sees within days that their hours are wrong.
LEAP = timedelta(days=7)
_WAITS = "retention waits for the clock"

BATCH = 25  # posts in one transaction: publishing waits for no more than that

_OVER = (PostStatus.PUBLISHED, PostStatus.FAILED, PostStatus.MISSED, PostStatus.REJECTED, PostStatus.CANCELLED)

# A draft is over when its hour is: such a one can no longer be approved. Old is a post of which nothing younger is known.
_OLD = f"""
    FROM posts WHERE status IN ({", ".join(f"'{status.value}'" for status in (*_OVER, PostStatus.DRAFT))})
    AND max(scheduled_at, next_try_at, created_at, updated_at, coalesce(approved_at, ''), coalesce(expires_at, ''),
        coalesce(latest_at, '')) < :before
    AND NOT EXISTS (SELECT 1 FROM attempts WHERE post_id = posts.id
        AND max(started_at, coalesce(finished_at, ''), coalesce(retry_at, '')) >= :before)
    AND NOT EXISTS (SELECT 1 FROM receipts WHERE post_id = posts.id AND received_at >= :before)
    AND NOT EXISTS (SELECT 1 FROM audit WHERE post_id = posts.id AND at >= :before)
    AND NOT EXISTS (SELECT 1 FROM alarms WHERE post_id = posts.id
        AND max(raised_at, coalesce(cleared_at, '')) >= :before)
"""


@dataclass(frozen=True, slots=True)
class OldPosts:
    """The posts of one campaign occurrence that would go: how many, and the hours of the first and the last."""

    campaign: str
    occurrence: str
    posts: int
    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True)
class Removed:
    """What one run has removed so far. line: the id of its entry in the audit trail, None while there is nothing to say."""

    posts: int = 0
    line: int | None = None


def old_posts(connection: Connection, before: datetime) -> list[OldPosts]:
    """Returns what is over and of which nothing is known since `before`; changes nothing."""
    rows = connection.execute(
        text(
            "SELECT campaign, occurrence, count(*) AS posts, min(scheduled_at) AS first, max(scheduled_at) AS last"
            f" {_OLD} GROUP BY campaign, occurrence ORDER BY first, campaign"
        ),
        {"before": stored_time(before)},
    )
    return [
        OldPosts(row.campaign, row.occurrence, row.posts, kept_time(row.first), kept_time(row.last)) for row in rows
    ]


def batches_of_old_posts(connection: Connection, before: datetime) -> list[list[int]]:
    """Returns the ids of what `remove` may remove, as many together as one transaction takes."""
    query = text(f"SELECT id {_OLD} ORDER BY scheduled_at, id")
    ids = list(connection.execute(query, {"before": stored_time(before)}).scalars())
    return [ids[start : start + BATCH] for start in range(0, len(ids), BATCH)]


def remove(
    connection: Connection, ids: Sequence[int], before: datetime, so_far: Removed, *, who: str, now: datetime
) -> Removed:
    """Removes those of the posts that are still old, with all that belongs to them, and says so in the audit trail.

    The run has one line there, which each batch brings up to date: it is true whenever the run is cut short.
    """
    # What is removed is overwritten in the file, and not only forgotten.
    connection.exec_driver_sql("PRAGMA secure_delete = ON")
    query = text(f"SELECT id {_OLD} AND id IN :ids")
    values = {"before": stored_time(before)}
    old = list(connection.execute(query.bindparams(_these(ids)), values).scalars())
    if not old:
        return so_far
    notices = "SELECT notice_id FROM alarms WHERE notice_id IS NOT NULL AND post_id IN :ids"
    told = list(connection.execute(text(notices).bindparams(_these(old))).scalars())
    for table in ("receipts", "attempts", "audit", "alarms", "source_changes"):
        connection.execute(text(f"DELETE FROM {table} WHERE post_id IN :ids").bindparams(_these(old)))
    _remove_notices(connection, told)
    connection.execute(text("DELETE FROM posts WHERE id IN :ids").bindparams(_these(old)))
    return _said(connection, so_far, len(old), before, who=who, now=now)


def free_bytes(connection: Connection) -> int:
    """Returns how much of the file is free for new posts."""
    pages = connection.exec_driver_sql("PRAGMA freelist_count").scalar() or 0
    return int(pages * (connection.exec_driver_sql("PRAGMA page_size").scalar() or 0))


def steady_since(connection: Connection, seen: datetime | None, now: datetime) -> datetime:
    """Returns since when the machine's clock goes on without a leap; one that it makes now is written down.

    seen: when a daemon was last alive, by that clock; None when nobody knows. The entry in the audit trail outlasts the
    daemon: a clock that is wrong is believed by no later start either.
    """
    last = text("SELECT at FROM audit WHERE post_id IS NULL AND what = :what ORDER BY id DESC LIMIT 1")
    since = connection.execute(last, {"what": _WAITS}).scalar()
    if since is not None and seen is not None and abs(now - seen) <= LEAP:
        return kept_time(since)
    detail = f"the last sign of life was on {seen:%Y-%m-%d}" if seen else "when the last sign of life was is not known"
    write_audit(connection, who=DAEMON, what=_WAITS, now=now, detail=detail)
    return now


def _remove_notices(connection: Connection, ids: Sequence[int]) -> None:
    """Removes messages that spoke of these posts alone."""
    if not ids:
        return
    left = set(
        connection.execute(
            text("SELECT notice_id FROM alarms WHERE notice_id IN :ids").bindparams(_these(ids))
        ).scalars()
    )
    alone = _these([notice for notice in ids if notice not in left])
    connection.execute(text("DELETE FROM deliveries WHERE notice_id IN :ids").bindparams(alone))
    connection.execute(text("DELETE FROM notices WHERE id IN :ids").bindparams(alone))


def _said(
    connection: Connection, so_far: Removed, number: int, before: datetime, *, who: str, now: datetime
) -> Removed:
    posts = so_far.posts + number
    what = f"retention removed {posts} post{'' if posts == 1 else 's'} older than {before:%Y-%m-%d}"
    if so_far.line is not None:
        connection.execute(text("UPDATE audit SET what = :what WHERE id = :id"), {"what": what, "id": so_far.line})
        return Removed(posts, so_far.line)
    line = connection.execute(
        text("INSERT INTO audit (at, who, what) VALUES (:at, :who, :what) RETURNING id"),
        {"at": stored_time(now), "who": who, "what": what},
    ).scalar_one()
    return Removed(posts, line)


def _these(ids: Sequence[int]) -> BindParameter[list[int]]:
    return bindparam("ids", list(ids), expanding=True)
