"""One move of one post: a compare-and-set on status and version, written to the audit trail in the same transaction."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from scheduler.errors import MoveNotAllowed
from scheduler.posts.status import MOVES, Move
from scheduler.posts.tables import AUDIT, POSTS, SOURCE_CHANGES

# With these a person has decided, or the post has words of today.
_SETTLES = (Move.UPDATE, Move.EDIT, Move.APPROVE, Move.KEEP, Move.KEEP_DRAFT, Move.REJECT, Move.CANCEL)


def make_move(
    connection: Connection,
    move: Move,
    post_id: int,
    version: int,
    *,
    who: str,
    now: datetime,
    changes: Mapping[str, Any] | None = None,
    detail: str | None = None,
) -> None:
    """Makes the move when the post still has this version and a status that allows it.

    changes: columns to set along with the status. Raises MoveNotAllowed, which says how the post stands.
    """
    status, target = check_move(connection, move, post_id, version), MOVES[move][1]
    done = connection.execute(
        update(POSTS)
        .where(POSTS.c.id == post_id, POSTS.c.version == version, POSTS.c.status == status)
        .values(status=target.value, version=version + 1, updated_at=now, **(changes or {}))
    )
    if done.rowcount != 1:
        raise MoveNotAllowed(
            f"post {post_id} changed at this moment; nothing was changed. Look again: redletter show {post_id}"
        )
    if move in _SETTLES:
        open_changes = (SOURCE_CHANGES.c.post_id == post_id, SOURCE_CHANGES.c.settled_at.is_(None))
        connection.execute(update(SOURCE_CHANGES).where(*open_changes).values(settled_at=now))
    write_audit(
        connection,
        who=who,
        what=move.value,
        now=now,
        post_id=post_id,
        from_status=status,
        to_status=target.value,
        version=version + 1,
        detail=detail,
    )


def check_move(connection: Connection, move: Move, post_id: int, version: int) -> str:
    """Returns the status from which the post would make the move; raises MoveNotAllowed, which says how the post stands."""
    allowed, _ = MOVES[move]
    before = connection.execute(select(POSTS.c.status, POSTS.c.version).where(POSTS.c.id == post_id)).one_or_none()
    if before is None:
        raise MoveNotAllowed(f"there is no post {post_id}; `redletter posts` lists them")
    if before.version != version:
        raise MoveNotAllowed(
            f"post {post_id} has changed since you looked: it is version {before.version} now, not {version}."
            f" Look again: redletter show {post_id}"
        )
    if before.status not in allowed:
        raise MoveNotAllowed(
            f"post {post_id} is {before.status}, and {_verb(move)} is for posts that are {' or '.join(sorted(allowed))};"
            " nothing was changed"
        )
    return str(before.status)


def _verb(move: Move) -> str:
    """Returns what a person calls the move: "resolve", of "resolve: published"."""
    return move.value.partition(":")[0]


def write_audit(
    connection: Connection,
    *,
    who: str,
    what: str,
    now: datetime,
    post_id: int | None = None,
    from_status: str | None = None,
    to_status: str | None = None,
    version: int | None = None,
    detail: str | None = None,
) -> None:
    connection.execute(
        insert(AUDIT).values(
            at=now,
            who=who,
            what=what,
            post_id=post_id,
            from_status=from_status,
            to_status=to_status,
            version=version,
            detail=detail,
        )
    )
