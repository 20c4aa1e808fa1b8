"""Migrations of the book by Alembic; imported by the commands when a book is older than this program, never by the daemon."""

import sqlite3
from contextlib import closing
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine


def alembic_config(engine: Engine) -> Config:
    """Returns Alembic's configuration for this book; there is no ini file to find or to lose."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["engine"] = engine
    return config


def upgrade(engine: Engine, path: Path, revision: str = "head") -> None:
    """Brings the book up to a revision; an existing file is copied beside itself first."""
    if path.exists() and path.stat().st_size > 0:
        # Not a copy of the file: what is still in the WAL beside it would be missing.
        with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(f"{path}.before-migration")) as copy:
            source.backup(copy)
    command.upgrade(alembic_config(engine), revision)
