"""Migrations of the book by Alembic; imported by the commands when a book is older than this program, never by the daemon."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from alembic import command
from alembic.config import Config
from filelock import FileLock, Timeout
from sqlalchemy import Engine

from scheduler.errors import BookError
from scheduler.posts.heartbeat import lock_path


def alembic_config(engine: Engine) -> Config:
    """Returns Alembic's configuration for this book; there is no ini file to find or to lose."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["engine"] = engine
    return config


def upgrade(engine: Engine, path: Path, revision: str = "head") -> None:
    """Brings the book up to a revision; an existing file is copied beside itself first.

    Raises BookError, which says where the copy is: then the book is as it was. Refused while a daemon publishes from it: that
    one is of the version before, and would go on with a book that it does not know.
    """
    try:
        with FileLock(lock_path(path), timeout=0):
            _upgrade(engine, path, revision)
    except Timeout:
        raise BookError(
            f"{path}: this book is of an older version, and a daemon of that version publishes from it. Stop the daemon, do"
            " this again, then start it; nothing was changed"
        ) from None


def _upgrade(engine: Engine, path: Path, revision: str) -> None:
    copy = _copied(path) if path.exists() and path.stat().st_size > 0 else None
    try:
        command.upgrade(alembic_config(engine), revision)
    except Exception as error:
        why = str(getattr(error, "orig", None) or error)
        kept = f"; a copy of it is {copy}" if copy else ""
        raise BookError(
            f"{path}: it could not be brought to the version of this program, and is as it was{kept} ({why})"
        ) from error
    finally:
        engine.dispose()  # the connection that migrated looked after no foreign keys, and must not serve anybody else


def _copied(path: Path) -> Path:
    """Copies the book as it stands, readable by its owner alone; a file of its own, for what is in the WAL belongs to it."""
    copy = path.with_name(f"{path.name}.before-migration")
    copy.unlink(missing_ok=True)
    os.close(os.open(copy, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    return copy
