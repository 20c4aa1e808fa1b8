"""Copies of the book, made while it is in use, whole and checked before they bear their name."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from scheduler.errors import BookError
from scheduler.posts.book import BACKUP_MARK, BUSY_SECONDS, Book, beside, saying_what_failed
from scheduler.posts.tables import SCHEMA_VERSION


@dataclass(frozen=True, slots=True)
class Backup:
    """A copy of the book. size: in bytes."""

    path: Path
    posts: int
    size: int


def back_up(book: Book, target: Path, *, overwrite: bool = False) -> Backup:
    """Writes a copy of the book as it stands at this moment; the daemon goes on publishing meanwhile.

    The copy is checked before it gets its name, readable by its owner alone, and marked: it opens as a book only after
    it was restored. Raises BookError; then there is no new file, and an older one is as it was.
    """
    target = target.absolute()
    _check_target(book, target, overwrite=overwrite)
    with saying_what_failed(target), _unfinished(target) as part:
        with closing(sqlite3.connect(book.path, timeout=BUSY_SECONDS)) as source:
            source.execute("VACUUM INTO ?", (str(part),))
        with closing(sqlite3.connect(part, isolation_level=None)) as copy:
            copy.execute(f"PRAGMA user_version = {BACKUP_MARK}")
        posts = check_copy(part)
        size = part.stat().st_size
        put_in_place(part, target)
    return Backup(target, posts, size)


def check_copy(path: Path) -> int:
    """Returns how many posts a copy holds; raises BookError: not there, not a book, of a newer version, damaged."""
    if not path.is_file():
        raise BookError(f"{path}: there is no such file")
    uri = f"{path.absolute().as_uri()}?mode=ro"
    with saying_what_failed(path, if_damaged="take another backup"), closing(sqlite3.connect(uri, uri=True)) as copy:
        tables = {name for (name,) in copy.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if not {"alembic_version", "posts"} <= tables:
            raise BookError(f"{path}: this is no book of Redletter")
        (version,) = copy.execute("SELECT version_num FROM alembic_version").fetchone()
        if version > SCHEMA_VERSION:
            raise BookError(
                f"{path}: this book was made by a newer Redletter (version {version}, this one knows {SCHEMA_VERSION})"
            )
        (said,) = copy.execute("PRAGMA integrity_check(1)").fetchone()
        if said != "ok" or copy.execute("PRAGMA foreign_key_check").fetchone():
            raise BookError(f"{path}: it is damaged: {said.splitlines()[-1]}; take another backup")
        return int(copy.execute("SELECT count(*) FROM posts").fetchone()[0])


def put_in_place(file: Path, target: Path) -> None:
    """Gives a finished file its name, for good: a power cut leaves the old file or the new one."""
    _sync(file)
    file.replace(target)
    _sync(target.parent)


def _check_target(book: Book, target: Path, *, overwrite: bool) -> None:
    if target.resolve() in (book.path, *beside(book.path)):
        raise BookError(f"{target} is the book itself; choose another name for its backup")
    if not target.parent.is_dir():
        raise BookError(f"{target.parent}: there is no such folder; make it first, or name another")
    if target.is_dir():
        raise BookError(f"{target} is a folder; name a file in it")
    if target.exists() and not overwrite:
        raise BookError(f"{target} is there already; choose another name, or say --force")
    for other in beside(target):
        # SQLite would take it for a part of the new file.
        if other.exists():
            raise BookError(f"{target} is in use as a database, {other.name} stands beside it; choose another name")


@contextmanager
def _unfinished(target: Path) -> Iterator[Path]:
    """Yields an empty file beside the target that nobody else can read; it is gone at the end unless it was renamed."""
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except OSError as error:
        # The person named another file: of this one, nobody needs to know.
        raise OSError(error.errno, error.strerror, str(target)) from error
    try:
        yield part
    finally:
        for file in (part, *beside(part)):
            file.unlink(missing_ok=True)


def _sync(path: Path) -> None:
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
