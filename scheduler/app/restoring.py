"""Puts a backup in the place of the workspace's book."""

from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from scheduler.app.workspace import Workspace
from scheduler.errors import BookError
from scheduler.posts.heartbeat import lock_path
from scheduler.posts.restoring import Restored, restore


def restore_book(workspace: Workspace, file: Path, *, who: str, now: datetime) -> Restored:
    """Puts a backup in the book's place; raises BookError, also while a daemon publishes from the book."""
    path = workspace.config.database_path.resolve()
    try:
        with FileLock(lock_path(path), timeout=0):
            return restore(file, path, who=who, now=now)
    except Timeout:
        raise BookError(f"{path}: a daemon publishes from this book; stop it, then restore") from None
