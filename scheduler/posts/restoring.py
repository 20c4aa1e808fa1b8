"""Puts a backup in the book's place so that nothing goes out twice: what the backup does not know goes to a person."""

import os
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, RowMapping, insert, select, text

from scheduler.errors import BookError
from scheduler.posts.backup import check_copy, put_in_place
from scheduler.posts.book import BUSY_SECONDS, beside, open_book, saying_what_failed
from scheduler.posts.moves import make_move, write_audit
from scheduler.posts.queue import recover
from scheduler.posts.status import Move, PostStatus
from scheduler.posts.tables import HOLDS, POSTS

LOOK = "restored from a backup: look whether it is out"

# None of these goes out by itself, and each can be sent by a person's word.
_SENT_BY_A_PERSON = [
    status.value
    for status in (
        PostStatus.DRAFT,
        PostStatus.HELD,
        PostStatus.FAILED,
        PostStatus.MISSED,
        PostStatus.REJECTED,
        PostStatus.CANCELLED,
    )
]

Identity = tuple[str, str, str, str, str]  # campaign, occurrence, slot, account, fingerprint


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did.

    posts: in the book now. kept: the copy of the book that was there before, None where there was none. compared:
    whether that one could be read, and told what happened since the backup. set_aside, unconfirmed: the posts that a
    person has to look at. published: as the book before has them, and the backup did not. warned: not approved in the
    backup, and the book before has them under way, in doubt, or out in part; their notes say so. waiting: approved posts
    that go out by themselves. holds: that were carried over.
    """

    posts: int
    kept: Path | None
    compared: bool
    published: tuple[int, ...] = ()
    set_aside: tuple[int, ...] = ()
    warned: tuple[int, ...] = ()
    unconfirmed: tuple[int, ...] = ()
    waiting: int = 0
    holds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Known:
    """What the book that was there knows of one post. attempts: the number of its last one. parts: how many are out."""

    id: int
    status: str
    digest: str
    attempts: int
    parts: int
    url: str | None


@dataclass(frozen=True, slots=True)
class _Before:
    """The book that was there, as far as it could be read."""

    path: Path
    is_readable: bool = False
    posts: Mapping[Identity, _Known] = field(default_factory=dict)
    holds: Sequence[Mapping[str, Any]] = ()


def restore(file: Path, path: Path, *, who: str, now: datetime) -> Restored:
    """Puts the backup in `file` in the place of the book at `path`; nobody may publish from that meanwhile.

    The book that was there is kept beside, and where it can be read, it tells what happened since the backup: its holds
    hold on, what it published is published, and what it does not still wait to send is set aside. Raises BookError; then
    the book is as it was.
    """
    posts = check_copy(file)
    prepared = path.with_name(path.name + ".restoring")
    _remove(prepared)
    try:
        with saying_what_failed(file):
            _copy(file, prepared)
        before = _read(path)
        decided = _decide(prepared, file, before, who=who, now=now)
        with saying_what_failed(path):
            kept = _keep(path, now)
            _replace(prepared, path)
    finally:
        _remove(prepared)
    return replace(decided, posts=posts, kept=kept)


def _decide(prepared: Path, file: Path, before: _Before, *, who: str, now: datetime) -> Restored:
    """Brings the copy to this version, and moves in it what must not go out by itself."""
    with saying_what_failed(prepared), closing(sqlite3.connect(prepared, isolation_level=None)) as copy:
        copy.execute("PRAGMA user_version = 0")
    book = open_book(f"sqlite:///{prepared}", prepared.parent, migrate=True)
    try:
        with book.writing() as connection:
            write_audit(connection, who=who, what="restore", now=now, detail=f"from {file.name}")
            # What a backup caught in the middle of its call: unconfirmed, or back to approved and looked at with those.
            unconfirmed = tuple(told.id for told in recover(connection, now).unconfirmed)
            published = tuple(_carry_published(connection, before, who=who, now=now))
            warned = tuple(_warn(connection, before))
            set_aside = tuple(_set_aside(connection, before, who=who, now=now))
            holds = tuple(_carry_holds(connection, before, who=who, now=now))
            waiting = connection.execute(text("SELECT count(*) FROM posts WHERE status = 'approved'")).scalar() or 0
        return Restored(
            posts=0,
            kept=None,
            compared=before.is_readable,
            published=published,
            set_aside=set_aside,
            warned=warned,
            unconfirmed=tuple(sorted(set(unconfirmed) - set(published))),
            waiting=waiting,
            holds=holds,
        )
    finally:
        book.close()


def _carry_published(connection: Connection, before: _Before, *, who: str, now: datetime) -> Iterator[int]:
    """What the book before published is published here, too, as it went out: nothing and nobody sends it again."""
    if not before.posts:
        return
    rows = connection.execute(select(POSTS).where(POSTS.c.status != PostStatus.PUBLISHED.value).order_by(POSTS.c.id))
    with closing(_open_to_read(before.path)) as old:
        for row in rows.mappings().all():
            known = before.posts.get(_identity(row))
            if known is None or known.status != PostStatus.PUBLISHED:
                continue
            try:
                kept = _read_post(old, known.id)
            except sqlite3.Error:
                continue  # damaged just there: a person looks at this one
            move, detail = Move.RESTORE_PUBLISHED, "as in the book before the restore"
            make_move(connection, move, row["id"], row["version"], who=who, now=now, detail=detail)
            _write_post(connection, row["id"], kept)
            yield int(row["id"])


def _read_post(old: sqlite3.Connection, post_id: int) -> dict[str, list[dict[str, Any]]]:
    """Returns the post's rows by their tables."""
    keys = {"posts": "id", "attempts": "post_id", "receipts": "post_id"}
    return {table: _rows_of(old, table, key, post_id) for table, key in keys.items()}


def _write_post(connection: Connection, post_id: int, kept: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
    """Writes words, hours, approval, attempts and receipts; where a post stands in its life is left to its moves."""
    for post in kept["posts"]:
        words = {name: value for name, value in post.items() if name not in ("id", "status", "version", "updated_at")}
        assignments = ", ".join(f"{name} = :{name}" for name in words)
        connection.execute(text(f"UPDATE posts SET {assignments} WHERE id = :id"), {**words, "id": post_id})
    for table in ("attempts", "receipts"):
        connection.execute(text(f"DELETE FROM {table} WHERE post_id = :id"), {"id": post_id})
        for row in kept[table]:
            columns, values = ", ".join(row), ", ".join(f":{name}" for name in row)
            connection.execute(text(f"INSERT INTO {table} ({columns}) VALUES ({values})"), {**row, "post_id": post_id})


def _rows_of(old: sqlite3.Connection, table: str, key: str, value: int) -> list[dict[str, Any]]:
    """Returns rows of the book before, which may be of another version: their columns that this version has, too."""
    known = POSTS.metadata.tables[table].columns
    rows = old.execute(f"SELECT * FROM {table} WHERE {key} = ?", (value,))
    return [{name: row[name] for name in row.keys() if name in known} for row in rows]  # noqa: SIM118 (a row yields values)


def _set_aside(connection: Connection, before: _Before, *, who: str, now: datetime) -> Iterator[int]:
    last = text("(SELECT coalesce(max(number), 0) FROM attempts WHERE post_id = posts.id) AS attempts")
    rows = connection.execute(
        select(POSTS, last).where(POSTS.c.status == PostStatus.APPROVED.value).order_by(POSTS.c.id)
    )
    for row in rows.mappings().all():
        why = _why_not(row, before.posts.get(_identity(row)), now)
        if why:
            changes = {"note": why}
            make_move(
                connection, Move.SET_ASIDE, row["id"], row["version"], who=who, now=now, changes=changes, detail=why
            )
            yield int(row["id"])


def _why_not(row: RowMapping, known: _Known | None, now: datetime) -> str | None:
    """Says why an approved post of the backup must not go out by itself; None when it may."""
    if known is not None and _may_be_out(known):
        return _said(known)
    if row["scheduled_at"] <= now:
        return LOOK
    if known is None:
        return None
    if known.status != PostStatus.APPROVED:
        return _said(known)
    if known.attempts > row["attempts"]:
        return LOOK
    return None if known.digest == row["digest"] else "restored from a backup: it was approved with other words since"


def _warn(connection: Connection, before: _Before) -> Iterator[int]:
    """Says of what a person could send again that it may be out: nothing of it goes by itself."""
    parts = text("(SELECT count(*) FROM receipts WHERE post_id = posts.id) AS parts")
    rows = connection.execute(select(POSTS, parts).where(POSTS.c.status.in_(_SENT_BY_A_PERSON)).order_by(POSTS.c.id))
    for row in rows.mappings().all():
        known = before.posts.get(_identity(row))
        if known is not None and _may_be_out(known) and (known.status != row["status"] or known.parts > row["parts"]):
            connection.execute(POSTS.update().where(POSTS.c.id == row["id"]).values(note=_said(known)))
            yield int(row["id"])


def _may_be_out(known: _Known) -> bool:
    return known.parts > 0 or known.status in (PostStatus.PUBLISHED, PostStatus.PUBLISHING, PostStatus.UNCONFIRMED)


def _said(known: _Known) -> str:
    out = f", and part {known.parts} of it is out{f' ({known.url})' if known.url else ''}" if known.parts else ""
    return f"restored from a backup: the book before it says that it is {known.status}{out}"


def _identity(row: Mapping[str, Any] | RowMapping) -> Identity:
    return (row["campaign"], row["occurrence"], row["slot"], row["account"], row["fingerprint"])


def _carry_holds(connection: Connection, before: _Before, *, who: str, now: datetime) -> Iterator[str]:
    active = connection.execute(select(HOLDS.c.scope, HOLDS.c.name).where(HOLDS.c.lifted_at.is_(None))).all()
    for hold in before.holds:
        if (hold["scope"], hold["name"]) in {(row.scope, row.name) for row in active}:
            continue
        connection.execute(
            insert(HOLDS).values(
                scope=hold["scope"],
                name=hold["name"],
                reason=hold["reason"],
                held_by=hold["held_by"],
                held_at=datetime.fromisoformat(hold["held_at"]),
                except_topics=hold.get("except_topics", ""),
            )
        )
        said = f"{hold['scope']} {hold['name']}".rstrip()
        write_audit(connection, who=who, what=f"hold {said}", now=now, detail=f"carried over: {hold['reason']}")
        yield said


def _read(path: Path) -> _Before:
    """Reads what the book knows that is to be replaced; it may be of an older version, damaged, or not there."""
    if not path.exists():
        return _Before(path)
    try:
        with closing(_open_to_read(path)) as book:
            rows = book.execute(
                "SELECT campaign, occurrence, slot, account, fingerprint, id, status, digest,"
                " (SELECT coalesce(max(number), 0) FROM attempts WHERE post_id = id) AS attempts,"
                " (SELECT count(*) FROM receipts WHERE post_id = id) AS parts,"
                " (SELECT url FROM receipts WHERE post_id = id ORDER BY part DESC LIMIT 1) AS url FROM posts"
            )
            posts = {tuple(row)[:5]: _Known(*tuple(row)[5:]) for row in rows}
            holds = [dict(row) for row in book.execute("SELECT * FROM holds WHERE lifted_at IS NULL ORDER BY id")]
    except sqlite3.Error:
        return _Before(path)
    return _Before(path, is_readable=True, posts=posts, holds=holds)


def _open_to_read(path: Path) -> sqlite3.Connection:
    book = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=BUSY_SECONDS)
    book.row_factory = sqlite3.Row
    return book


def _keep(path: Path, now: datetime) -> Path | None:
    """Copies the book that is there, with what still stands in its WAL, and as it is where it cannot be read."""
    if not path.exists():
        return None
    kept = path.with_name(f"{path.name}.before-restore-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}")
    if kept.exists():
        raise BookError(f"{kept} is there already; try again in a moment")
    try:
        _copy(path, kept)
    except sqlite3.Error:
        _remove(kept)
        for file, copy in zip((path, *beside(path)), (kept, *beside(kept)), strict=True):
            if file.exists():
                _write_private(copy, file.read_bytes())
    return kept


def _replace(prepared: Path, path: Path) -> None:
    """Writes the new book into the old one's file in one transaction; where that is beyond use, takes its place."""
    with closing(sqlite3.connect(prepared, isolation_level=None)) as new:
        new.execute("PRAGMA journal_mode = WAL")
        new.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        if path.exists() and _write_into(new, path):
            return
    for file in beside(path):
        file.unlink(missing_ok=True)  # of another book: SQLite would take it for a part of this one
    put_in_place(prepared, path)


def _write_into(new: sqlite3.Connection, path: Path) -> bool:
    """Returns False when there is no database to write into; whoever has the book open sees the new one at once."""
    try:
        with closing(sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)) as old:
            old.execute("BEGIN IMMEDIATE")  # copying would wait for ever for whoever has it locked
            old.execute("ROLLBACK")
            new.backup(old)
            old.execute("PRAGMA journal_mode = WAL")
            old.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return bool(old.execute("PRAGMA integrity_check(1)").fetchone() == ("ok",))
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError:
        return False


def _copy(source: Path, target: Path) -> None:
    """Copies a database as it stands at one moment, WAL and all, into a new file that its owner alone can read."""
    _write_private(target, b"")
    with (
        closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True, timeout=BUSY_SECONDS)) as old,
        closing(sqlite3.connect(target, isolation_level=None)) as new,
    ):
        old.backup(new)


def _write_private(path: Path, content: bytes) -> None:
    with open(path, "xb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        file.write(content)


def _remove(path: Path) -> None:
    for file in (path, *beside(path), path.with_name(path.name + ".before-migration")):
        file.unlink(missing_ok=True)
