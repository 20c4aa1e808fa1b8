"""Many rows in one statement: they go in as one JSON text, and come out as one.

A statement for each row would hand Python's lock back and forth between the writer and the event loop at every step;
this way SQLite works through a whole batch while the event loop goes on. PostgreSQL has the same under other names
(json_array_elements, json_agg, json_build_array).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Connection

from scheduler.errors import BookError
from scheduler.posts.status import MOVES, Move, PostStatus
from scheduler.posts.tables import stored_time

DAEMON = "redletter"  # the name that the audit trail gives to what nobody did by hand


def as_json(value: Any) -> str:
    """Returns JSON text of lists, plain tuples, objects, texts, numbers and None, without blanks."""
    return orjson.dumps(value).decode()


def run(connection: Connection, statement: str, values: Mapping[str, Any]) -> Any:
    """Runs one statement of the publishing loop and returns the driver's cursor.

    Past SQLAlchemy, which takes longer over a statement than SQLite over ten posts, with Python's lock in its hand. Values
    are named, :so, and plain: text, numbers, None.
    """
    driver: Any = connection.connection.driver_connection
    return driver.execute(statement, values)


def encode_rows(rows: Sequence[Sequence[Any]]) -> str:
    """Returns rows as the parameter `:rows` of a statement that has `rows_as` in it."""
    return as_json(rows)


def rows_as(*columns: str) -> str:
    """Returns SQL for a table `batch` of these columns, made of the parameter `:rows`."""
    fields = ", ".join(f"json_extract(value, '$[{index}]') AS {column}" for index, column in enumerate(columns))
    return f"(SELECT {fields} FROM json_each(:rows)) AS batch"


def fetch(connection: Connection, columns: Sequence[str], source: str, values: Mapping[str, Any]) -> list[list[Any]]:
    """Returns the columns of all rows of `source`, a sub-select, read in one step."""
    (found,) = run(connection, _fetching(tuple(columns), source), values).fetchone()
    return list(orjson.loads(found))


@cache
def _fetching(columns: tuple[str, ...], source: str) -> str:
    return f"SELECT json_group_array(json_array({', '.join(columns)})) FROM ({source})"


class Step(NamedTuple):
    """One post that moves. version: what it must still have. note, next_try_at: replace the post's unless they are None."""

    post_id: int
    version: int
    note: str | None = None
    next_try_at: datetime | None = None


_STEP = ("id", "version", "note", "next_try_at")

# The empty text keeps the planner from going by the index of statuses, through every post of that status for each row.
_MOVE = (
    "UPDATE posts SET status = :target, version = posts.version + 1, updated_at = :at, asks = 0,"
    # What is out needs no remark of an earlier try.
    " note = CASE :target WHEN 'published' THEN NULL ELSE COALESCE(batch.note, posts.note) END,"
    " tries = posts.tries + :tries, next_try_at = COALESCE(batch.next_try_at, posts.next_try_at)"
    f" FROM {rows_as(*_STEP)}"
    " WHERE posts.id = batch.id AND posts.version = batch.version AND posts.status || '' = :source"
)
_AUDIT = (
    "INSERT INTO audit (at, who, what, post_id, from_status, to_status, version, detail)"
    " SELECT :at, :who, :move, batch.id, :source, :target, batch.version + 1, batch.note"
    f" FROM {rows_as(*_STEP)}"
)


def move_together(
    connection: Connection,
    move: Move,
    source: PostStatus,
    steps: Sequence[Step],
    at: datetime,
    *,
    tries: int = 0,
    who: str = DAEMON,
) -> None:
    """Makes one move of many posts, all of which must be `source`, and writes it to the audit trail.

    tries: what is added to each post's. Raises BookError when a post is no longer where the step says, and ValueError for
    a move that the table of moves does not know; either undoes the whole transaction.
    """
    if not steps:
        return
    allowed, target = MOVES[move]
    if source not in allowed:
        raise ValueError(f"no post that is {source} can {move}")
    rows = [(*step[:3], None if step.next_try_at is None else stored_time(step.next_try_at)) for step in steps]
    values = {
        "rows": encode_rows(rows),
        "target": target.value,
        "source": source.value,
        "at": stored_time(at),
        "tries": tries,
    }
    moved = run(connection, _MOVE, values).rowcount
    if moved != len(steps):
        raise BookError(
            f"{len(steps) - moved} posts are no longer where the publisher left them in the book; was another copied over "
            "it? Stop the daemon, put a backup in its place with redletter restore, and start it again"
        )
    run(connection, _AUDIT, {**values, "who": who, "move": move.value})
