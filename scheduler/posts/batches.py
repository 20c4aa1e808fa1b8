"""Many rows in one statement: they go in as one JSON text, and come out as one.

A statement for each row would hand Python's lock back and forth between the writer and the event loop at every step;
this way SQLite works through a whole batch while the event loop goes on. PostgreSQL has the same under other names
(json_array_elements, json_agg, json_build_array).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, TextClause, text

from scheduler.errors import BookError
from scheduler.posts.status import MOVES, Move, PostStatus
from scheduler.posts.tables import stored_time

DAEMON = "redletter"  # the name that the audit trail gives to what nobody did by hand


def encode_rows(rows: Sequence[Sequence[Any]]) -> str:
    """Returns rows as the parameter `:rows` of a statement that has `rows_as` in it."""
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":"))


def rows_as(*columns: str) -> str:
    """Returns SQL for a table `batch` of these columns, made of the parameter `:rows`."""
    fields = ", ".join(f"json_extract(value, '$[{index}]') AS {column}" for index, column in enumerate(columns))
    return f"(SELECT {fields} FROM json_each(:rows)) AS batch"


def fetch(connection: Connection, columns: Sequence[str], source: str, values: Mapping[str, Any]) -> list[list[Any]]:
    """Returns the columns of all rows of `source`, a sub-select, read in one step."""
    found = connection.execute(_fetching(tuple(columns), source), values).scalar()
    return list(json.loads(found)) if found else []


@cache
def _fetching(columns: tuple[str, ...], source: str) -> TextClause:
    return text(f"SELECT json_group_array(json_array({', '.join(columns)})) FROM ({source})")


@dataclass(frozen=True, slots=True)
class Step:
    """One move of one post. source, version: what the post must be; otherwise nothing of the batch is moved.

    note: replaces the post's note when it is not None. next_try_at: replaces the post's when it is not None.
    tries: what is added to the post's.
    """

    post_id: int
    version: int
    source: PostStatus
    move: Move
    at: datetime
    note: str | None = None
    next_try_at: datetime | None = None
    tries: int = 0


_COLUMNS = ("id", "version", "source", "target", "move", "at", "note", "next_try_at", "tries")

_MOVE = text(
    "UPDATE posts SET status = batch.target, version = posts.version + 1, updated_at = batch.at, asks = 0,"
    # What is out needs no remark of an earlier try.
    " note = CASE WHEN batch.target = 'published' THEN NULL ELSE COALESCE(batch.note, posts.note) END,"
    " tries = posts.tries + batch.tries, next_try_at = COALESCE(batch.next_try_at, posts.next_try_at)"
    f" FROM {rows_as(*_COLUMNS)}"
    " WHERE posts.id = batch.id AND posts.version = batch.version AND posts.status = batch.source"
)
_AUDIT = text(
    "INSERT INTO audit (at, who, what, post_id, from_status, to_status, version, detail)"
    " SELECT batch.at, :who, batch.move, batch.id, batch.source, batch.target, batch.version + 1, batch.note"
    f" FROM {rows_as(*_COLUMNS)}"
)


def move_together(connection: Connection, steps: Sequence[Step], who: str = DAEMON) -> None:
    """Makes all of these moves and writes them to the audit trail.

    Raises BookError when a post is no longer where the step says, and ValueError for a move that the table of moves
    does not know; either undoes the whole transaction.
    """
    if not steps:
        return
    rows = []
    for step in steps:
        allowed, target = MOVES[step.move]
        if step.source not in allowed:
            raise ValueError(f"no post that is {step.source} can {step.move}")
        next_try_at = stored_time(step.next_try_at) if step.next_try_at is not None else None
        rows.append(
            (
                step.post_id,
                step.version,
                step.source,
                target,
                step.move,
                stored_time(step.at),
                step.note,
                next_try_at,
                step.tries,
            )
        )
    values = {"rows": encode_rows(rows)}
    moved = connection.execute(_MOVE, values).rowcount
    if moved != len(steps):
        raise BookError(f"{len(steps) - moved} posts are no longer where the publisher left them in the book")
    connection.execute(_AUDIT, {**values, "who": who})
