"""Review: people approve, edit, reschedule, reject and cancel posts, and settle what nobody else can know."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, insert, select

from scheduler.errors import MoveNotAllowed
from scheduler.platforms.message import Message
from scheduler.posts.moves import make_move
from scheduler.posts.status import Move, PostStatus
from scheduler.posts.tables import POSTS, RECEIPTS, Post, digest_of, encode_message

UNAPPROVED: dict[str, Any] = {"approved_by": None, "approved_at": None, "approved_digest": None, "tries": 0}


def approve(connection: Connection, shown: Sequence[tuple[int, int]], *, who: str, now: datetime) -> None:
    """Approves posts as they were shown: pairs of id and version; all of them or none.

    Raises MoveNotAllowed, naming every post that cannot be approved: changed since, not a draft, or its hour has passed.
    """
    refusals = []
    for post_id, version in shown:
        try:
            _approve_one(connection, post_id, version, who=who, now=now)
        except MoveNotAllowed as refusal:
            refusals.append(str(refusal))
    if refusals:
        raise MoveNotAllowed("\n".join(refusals))


def _approve_one(connection: Connection, post_id: int, version: int, *, who: str, now: datetime) -> None:
    row = connection.execute(
        select(POSTS.c.scheduled_at, POSTS.c.status, POSTS.c.digest).where(POSTS.c.id == post_id)
    ).one_or_none()
    if row is not None and row.status == PostStatus.DRAFT and row.scheduled_at <= now:
        raise MoveNotAllowed(
            f"post {post_id}: its hour has passed, so it cannot be approved; redletter reschedule {post_id} gives it another"
        )
    changes: dict[str, Any] = {"approved_by": who, "approved_at": now, "tries": 0, "note": None}
    if row is not None:
        changes |= {"next_try_at": row.scheduled_at, "approved_digest": row.digest}
    make_move(connection, Move.APPROVE, post_id, version, who=who, now=now, changes=changes)


def edit(connection: Connection, post: Post, message: Message, *, who: str, now: datetime) -> None:
    """Gives the post other words; an approval is void, and so is what was warned of. Raises MoveNotAllowed."""
    encoded = encode_message(message)
    has_source = post.sources_json != "[]"
    edited = [f"the words were edited by {who}; the source is that of the draft before"] if has_source else []
    changes = {
        "message_json": encoded,
        "digest": digest_of(encoded, post.account, post.scheduled_at),
        "warnings_json": json.dumps(edited, ensure_ascii=False),
        "edited_by": who,
        **UNAPPROVED,
    }
    make_move(
        connection, Move.EDIT, _id(post), post.version, who=who, now=now, changes=changes, detail=post.message_json
    )


def reschedule(connection: Connection, post: Post, scheduled_at: datetime, *, who: str, now: datetime) -> None:
    """Gives the post another hour (aware); an approval is void. Raises MoveNotAllowed, also for an hour that has passed."""
    if scheduled_at <= now:
        raise MoveNotAllowed(
            f"post {post.id}: {scheduled_at.isoformat(timespec='minutes')} has passed; choose an hour to come"
        )
    late = post.expires_at - post.scheduled_at if post.expires_at else None
    changes = {
        "scheduled_at": scheduled_at,
        "next_try_at": scheduled_at,
        "expires_at": scheduled_at + late if late is not None else None,
        "digest": digest_of(post.message_json, post.account, scheduled_at),
        "warnings_json": json.dumps([*post.warnings, _written_for(post)], ensure_ascii=False),
        "edited_by": who,
        **UNAPPROVED,
    }
    detail = f"from {post.scheduled_at.isoformat()} to {scheduled_at.isoformat()}"
    make_move(connection, Move.RESCHEDULE, _id(post), post.version, who=who, now=now, changes=changes, detail=detail)


def _written_for(post: Post) -> str:
    written_for = post.scheduled_at.astimezone(ZoneInfo(post.time_zone))
    return f"moved by hand: its words were written for {written_for:%A %-d %B, %H:%M}; look for days and hours in them"


def reject(
    connection: Connection, post_id: int, version: int, *, who: str, now: datetime, reason: str | None = None
) -> None:
    """A draft, or a post that failed or was missed, will not go out; planning does not bring it back. Raises MoveNotAllowed."""
    make_move(connection, Move.REJECT, post_id, version, who=who, now=now, changes={"note": reason}, detail=reason)


def cancel(
    connection: Connection, post_id: int, version: int, *, who: str, now: datetime, reason: str | None = None
) -> None:
    """An approved post that will not go out after all. Raises MoveNotAllowed."""
    make_move(connection, Move.CANCEL, post_id, version, who=who, now=now, changes={"note": reason}, detail=reason)


def resolve(connection: Connection, post: Post, url: str | None, *, who: str, now: datetime) -> None:
    """A person looked: the unconfirmed post is out at `url`, or (None) it is not and becomes a draft again.

    Raises MoveNotAllowed.
    """
    if url is None:
        changes = {"note": f"not published, says {who}", **UNAPPROVED}
        make_move(connection, Move.RESOLVE_NOT_PUBLISHED, _id(post), post.version, who=who, now=now, changes=changes)
        return
    make_move(
        connection,
        Move.RESOLVE_PUBLISHED,
        _id(post),
        post.version,
        who=who,
        now=now,
        changes={"note": None},
        detail=url,
    )
    out = connection.execute(select(RECEIPTS.c.part).where(RECEIPTS.c.post_id == post.id)).scalars().all()
    connection.execute(
        insert(RECEIPTS).values(
            post_id=post.id, part=max(out, default=-1) + 1, platform_id=url, url=url, received_at=now
        )
    )


def _id(post: Post) -> int:
    if post.id is None:
        raise ValueError("a post that is in the book has an id")
    return post.id
