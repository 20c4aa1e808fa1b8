"""Reads the book as an auditor would: by SQL alone, move by move, each held against the table of moves."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from scheduler.posts.status import MOVES, Move


@dataclass(frozen=True, slots=True)
class Entry:
    """One move of one post, as the trail has it."""

    who: str
    post_id: int
    move: Move
    source: str | None
    target: str


class Trail:
    """Follows the audit trail. read() yields what is new; check() holds the ends of all chains against the posts."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)
        self._connection.row_factory = sqlite3.Row
        self._seen = 0
        self._chains: dict[int, tuple[str, int]] = {}

    def close(self) -> None:
        self._connection.close()

    def rows(self, query: str) -> list[sqlite3.Row]:
        return self._connection.execute(query).fetchall()

    def start_over(self) -> None:
        """Old posts and their entries were removed: the chains that are left must still be whole."""
        self._seen, self._chains = 0, {}
        for _ in self.read():
            pass

    def read(self) -> Iterator[Entry]:
        for row in self.rows(f"SELECT * FROM audit WHERE id > {self._seen} ORDER BY id"):
            self._seen = row["id"]
            if row["post_id"] is None:
                continue
            before = self._chains.get(row["post_id"])
            if row["what"] == "follow the campaign":
                assert before == (row["from_status"], row["version"]) == (row["to_status"], row["version"])
                continue
            move = Move(row["what"])
            after = (row["to_status"], row["version"])
            if move is Move.PLAN:
                assert (before, after) == (None, ("draft", 1)), f"post {row['post_id']} was planned twice"
            else:
                sources, target = MOVES[move]
                assert before == (row["from_status"], row["version"] - 1), f"{dict(row)} after {before}"
                assert row["from_status"] in sources, f"no such move: {dict(row)}"
                assert row["to_status"] == target, f"no such move: {dict(row)}"
            self._chains[row["post_id"]] = after
            yield Entry(row["who"], row["post_id"], move, row["from_status"], row["to_status"])

    def check(self, posts: list[sqlite3.Row]) -> None:
        ends = {row["id"]: (row["status"], row["version"]) for row in posts}
        assert ends == self._chains, "a post stands where its trail does not end"
