"""The book that a restore replaces, as a witness: what it knows of the time since the backup, as far as it can be read."""

import sqlite3
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scheduler.posts.book import BUSY_SECONDS
from scheduler.posts.status import PostStatus
from scheduler.posts.tables import POSTS

Identity = tuple[str, str, str, str, str]  # campaign, occurrence, slot, account, fingerprint
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Known:
    """What it knows of one post. attempts: the number of its last one. parts: how many are out; url: of the last of them."""

    id: int
    status: str
    digest: str
    attempts: int
    parts: int
    url: str | None
    note: str | None

    def said(self) -> str:
        out = f", and part {self.parts} of it is out{f' ({self.url})' if self.url else ''}" if self.parts else ""
        why = f" ({self.note})" if self.note else ""
        return f"the book before the restore says that it is {self.status}{out}{why}"


@dataclass(frozen=True, slots=True)
class BookBefore:
    """The book that was there.

    is_whole: nothing of it is damaged, so what it does not say has not happened. last_entry: the moment of its last
    entry in the audit trail. daemon: the line of its last daemon. digests: messages that are sent once a day, each with
    its deliveries; delivered: the key and the channel of every message that has arrived.
    """

    path: Path
    is_readable: bool = False
    is_whole: bool = False
    last_entry: str = ""
    posts: Mapping[Identity, Known] = field(default_factory=dict)
    holds: Sequence[Row] = ()
    daemon: Row | None = None
    digests: Sequence[tuple[Row, Sequence[Row]]] = ()
    delivered: Sequence[tuple[str, str]] = ()

    def post(self, row: Row) -> Known | None:
        return self.posts.get((row["campaign"], row["occurrence"], row["slot"], row["account"], row["fingerprint"]))

    def tried_beside(self, there: Collection[Identity]) -> Iterator[Known]:
        """Yields what it knows of posts that are not among these, and of which something may be out."""
        nothing_of: Row = {"attempts": 0, "parts": 0}
        return (known for name, known in self.posts.items() if name not in there and has_more_of(known, nothing_of))

    def articles_of(self, sha256s: Collection[str]) -> Sequence[Row]:
        """Returns the texts that these posts took their words from, as far as they can be read."""
        with suppress(sqlite3.Error), closing(_open_to_read(self.path)) as book:
            return [row for sha256 in sha256s for row in _rows_of(book, "articles", "sha256", sha256)]
        return ()

    def rows_of(self, known: Known) -> Mapping[str, Sequence[Row]] | None:
        """Returns the post's rows by their tables; None when the book is damaged just there."""
        keys = {"posts": "id", "attempts": "post_id", "receipts": "post_id"}
        try:
            with closing(_open_to_read(self.path)) as book:
                return {table: _rows_of(book, table, key, known.id) for table, key in keys.items()}
        except sqlite3.Error:
            return None

    def knows_the_time_since(self, last_entry: str) -> bool:
        """Whether what it says has not happened has not; last_entry: of the backup, which may be the younger of the two."""
        return self.is_whole and self.last_entry >= last_entry


def has_more_of(known: Known, row: Row) -> bool:
    """Whether more was tried of the post than `row` (with its attempts and parts) has, or may have been."""
    if known.attempts > row["attempts"] or known.parts > row["parts"]:
        return True
    return known.status in (PostStatus.PUBLISHED, PostStatus.UNCONFIRMED)


def read_book_before(path: Path) -> BookBefore:
    """Reads what the book knows that is to be replaced; it may be of an older version, damaged, or not there."""
    if not path.exists():
        return BookBefore(path)
    try:
        with closing(_open_to_read(path)) as book:
            found = book.execute(
                "SELECT campaign, occurrence, slot, account, fingerprint, id, status, digest,"
                " (SELECT coalesce(max(number), 0) FROM attempts WHERE post_id = id) AS attempts,"
                " (SELECT count(*) FROM receipts WHERE post_id = id) AS parts,"
                " (SELECT url FROM receipts WHERE post_id = id ORDER BY part DESC LIMIT 1) AS url, note FROM posts"
            )
            posts = {tuple(row)[:5]: Known(*tuple(row)[5:]) for row in found}
            holds = [dict(row) for row in book.execute("SELECT * FROM holds WHERE lifted_at IS NULL ORDER BY id")]
            last_entry = book.execute("SELECT coalesce(max(at), '') FROM audit").fetchone()[0]
            daemon = _optional(book, "SELECT * FROM daemon")
            return BookBefore(
                path,
                is_readable=True,
                is_whole=book.execute("PRAGMA integrity_check(1)").fetchone()[0] == "ok",
                last_entry=last_entry,
                posts=posts,
                holds=holds,
                daemon=daemon[0] if daemon else None,
                digests=_digests(book),
                delivered=[(row["key"], row["channel"]) for row in _optional(book, _DELIVERED)],
            )
    except sqlite3.Error:
        return BookBefore(path)


_DELIVERED = "SELECT key, channel FROM deliveries JOIN notices ON id = notice_id WHERE delivered_at IS NOT NULL"


def _digests(book: sqlite3.Connection) -> list[tuple[Row, Sequence[Row]]]:
    digests = _optional(book, "SELECT * FROM notices WHERE key LIKE 'digest:%' ORDER BY id")
    return [(each, _rows_of(book, "deliveries", "notice_id", each["id"])) for each in digests]


def _optional(book: sqlite3.Connection, query: str) -> list[Row]:
    """Returns rows of what a restore can do without: an older version has no such table, or the damage is just there."""
    with suppress(sqlite3.Error):
        return [dict(row) for row in book.execute(query)]
    return []


def _rows_of(book: sqlite3.Connection, table: str, key: str, value: int | str) -> list[Row]:
    """Returns rows of a book that may be of another version: their columns that this version has, too."""
    known = POSTS.metadata.tables[table].columns
    rows = book.execute(f"SELECT * FROM {table} WHERE {key} = ?", (value,))
    return [{name: row[name] for name in row.keys() if name in known} for row in rows]  # noqa: SIM118 (a row yields values)


def _open_to_read(path: Path) -> sqlite3.Connection:
    book = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=BUSY_SECONDS)
    book.row_factory = sqlite3.Row
    return book
