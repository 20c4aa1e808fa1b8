"""What of a post is before the public, and what may be: neither can be changed any more."""

import json
from collections.abc import Sequence

from sqlalchemy import Connection, select, text

from scheduler.errors import MoveNotAllowed
from scheduler.posts.status import MOVES, Move, PostStatus
from scheduler.posts.tables import MAY_BE_OUT, RECEIPTS, Post, decode_message, id_of


def parts_out(connection: Connection, post_id: int) -> list[str]:
    """Returns where the parts of a post are out, from the first: their addresses, or the platform's names for them."""
    rows = connection.execute(
        select(RECEIPTS.c.url, RECEIPTS.c.platform_id).where(RECEIPTS.c.post_id == post_id).order_by(RECEIPTS.c.part)
    )
    return [row.url or row.platform_id for row in rows]


def said_out(message_json: str, out: Sequence[str]) -> str:
    """Says what is out: "part 1 of 3 is out (https://…)"."""
    return said_parts(len(decode_message(message_json).parts), out)


def said_parts(several: int, out: Sequence[str]) -> str:
    """Says the same of a post of so many parts."""
    places = ", ".join(out)
    if several == 1:
        return f"it is out ({places})"
    if len(out) == 1:
        return f"part 1 of {several} is out ({places})"
    return f"parts 1 {'and' if len(out) == 2 else 'to'} {len(out)} of {several} are out ({places})"


def may_be_out(connection: Connection, post_id: int) -> bool:
    """Returns whether the part that is to go out next may be out, by an attempt of which nobody knows what came."""
    query = text(f"SELECT 1 FROM posts WHERE id = :id AND {MAY_BE_OUT}")
    return connection.execute(query, {"id": post_id}).first() is not None


def begun(connection: Connection, ids: Sequence[int | None]) -> set[int]:
    """Returns those of these posts of which a part is out."""
    query = text("SELECT DISTINCT post_id FROM receipts WHERE post_id IN (SELECT value FROM json_each(:ids))")
    return set(connection.execute(query, {"ids": json.dumps(list(ids))}).scalars())


def in_doubt(connection: Connection, ids: Sequence[int]) -> set[int]:
    """Returns those of these posts that may be out, see `may_be_out`."""
    query = text(f"SELECT id FROM posts WHERE id IN (SELECT value FROM json_each(:ids)) AND {MAY_BE_OUT}")
    return set(connection.execute(query, {"ids": json.dumps(list(ids))}).scalars())


def check_not_in_doubt(connection: Connection, post_id: int) -> None:
    """Raises MoveNotAllowed for a post that may be out: no other decision may be made as if it were not."""
    if may_be_out(connection, post_id):
        raise MoveNotAllowed(
            f"post {post_id} may be out, by an attempt of which nobody knows what came; nothing was changed. Look whether"
            f" it is, and say so: redletter resolve {post_id}. Nothing more of it goes out while it is held: redletter hold"
        )


def check_not_begun(connection: Connection, post: Post, move: Move) -> None:
    """Raises MoveNotAllowed for a post that may be out, and for a thread that has begun to go out: its words and its hour
    are before the public.
    """
    out = parts_out(connection, id_of(post))
    if post.status not in MOVES[move][0]:
        return
    check_not_in_doubt(connection, id_of(post))
    if not out:
        return
    ways = {
        PostStatus.APPROVED: f"redletter cancel {post.id} stops the rest",
        PostStatus.HELD: f"redletter keep {post.id} lets the rest go out now, redletter cancel {post.id} drops it",
    }
    by_hand = "finish or delete it by hand, where it is out"
    if post.status in MOVES[Move.REJECT][0]:
        by_hand += f"; then redletter reject {post.id}"
    raise MoveNotAllowed(
        f"post {post.id}: {said_out(post.message_json, out)}, so neither its words nor its hour can be changed;"
        f" {ways.get(PostStatus(post.status), by_hand)}"
    )
