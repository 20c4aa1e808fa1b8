"""The book under a real daemon: copied, restored, and cleared of what is old while it publishes."""

import os
import shutil
import signal
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from filelock import FileLock

from scheduler.posts.book import Book, beside
from scheduler.posts.heartbeat import lock_path
from tests.builders.posts import get, make_book, make_post
from tests.builders.processes import Platforms, Process, done, redletter

Start = Callable[..., Process]


def _soon() -> datetime:
    return datetime.now(UTC) + timedelta(seconds=0.2)


def test_a_backup_is_made_while_the_daemon_publishes_and_nothing_of_it_goes_out_twice(
    workspace: Path, book: Book, platforms: Platforms, start: Start
) -> None:
    posts = [
        make_post(book, account="force-mastodon", slot=f"slot-{n}", scheduled_at=_soon() + timedelta(seconds=n / 20))
        for n in range(40)
    ]
    daemon = start()
    daemon.wait_for("published post=")

    copy = str(workspace / "copy.db")
    done(workspace, "backup", copy)
    for _ in range(39):
        daemon.wait_for("published post=")
    refused = redletter(workspace, "restore", copy, "--yes")
    refused.wait()
    daemon.kill()
    done(workspace, "restore", copy, "--yes")
    again = start("--until-done")

    assert again.wait() == 0
    assert "a daemon publishes from this book; stop it, then restore" in refused.output
    assert len(platforms.texts()) == len(posts)
    assert {get(book, post.id or 0).status for post in posts} <= {"published", "held", "unconfirmed"}


def test_a_damaged_book_stops_the_calls_and_a_restored_one_sends_what_was_to_come(
    workspace: Path, book: Book, platforms: Platforms, start: Start
) -> None:
    later = datetime.now(UTC) + timedelta(seconds=6)
    for number in range(60):  # so that the posts have pages of their own
        make_post(book, account="outbox", slot=f"far-{number}", scheduled_at=datetime.now(UTC) + timedelta(days=30))
    due = make_post(book, account="force-mastodon", slot="due", scheduled_at=_soon())
    to_come = make_post(book, account="force-mastodon", slot="to-come", scheduled_at=later)
    copy = str(workspace / "copy.db")
    done(workspace, "backup", copy)
    daemon = start()
    daemon.wait_for(f"published post={due.id} ")

    _damage(book)
    daemon.wait_for("nothing goes out until this is mended.*damaged.*redletter restore")
    is_quiet = daemon.is_silent_about("can be used again|nothing goes out", seconds=6)
    sent_while_damaged = platforms.texts()
    daemon.signal(signal.SIGTERM)
    code = daemon.wait()
    said = done(workspace, "restore", copy, "--yes")
    again = start()
    again.wait_for("publishing from")

    assert code == 0
    assert is_quiet, daemon.output
    assert len(sent_while_damaged) == 1
    assert f"Published since the backup, as the book before says, and so they stay: 1 post: {due.id}" in said
    assert f"Perhaps out, the backup does not know: 1 post: {to_come.id}" in said
    assert len(platforms.texts()) == 1
    assert [get(book, post.id or 0).status for post in (due, to_come)] == ["published", "unconfirmed"]


def test_a_standby_publishes_from_the_book_that_is_there_when_it_takes_over(
    workspace: Path, book: Book, platforms: Platforms, start: Start, tmp_path: Path
) -> None:
    lock = FileLock(lock_path(book.path))
    lock.acquire()
    old = make_post(book, "From the old book.", account="force-mastodon", scheduled_at=_soon())
    standby = start()
    standby.wait_for("standby")
    (tmp_path / "other").mkdir()
    other = make_book(tmp_path / "other")
    new = make_post(other, "From the new book.", account="force-mastodon", scheduled_at=_soon())
    other.close()
    book.close()
    for file in beside(book.path):
        file.unlink(missing_ok=True)
    other.path.replace(book.path)  # as a restore does where the file that is there is beyond use

    lock.release()
    standby.wait_for(f"published post={new.id} ")

    assert old.id == new.id
    assert platforms.texts() == ["From the new book."]
    assert [name for name in standby.open_files() if name.endswith(" (deleted)")] == []


@pytest.mark.parametrize("replaced", [False, True], ids=["moved away", "replaced"])
def test_a_book_whose_file_was_taken_away_stops_the_calls_until_it_is_back(
    workspace: Path, book: Book, platforms: Platforms, start: Start, tmp_path: Path, replaced: bool
) -> None:
    book.close()
    daemon = start()
    daemon.wait_for("publishing from")
    elsewhere = tmp_path / "elsewhere.db"
    if replaced:
        shutil.copy(book.path, elsewhere)
        os.link(book.path, tmp_path / "kept.db")
        elsewhere.replace(book.path)
    else:
        book.path.rename(tmp_path / "kept.db")
    # Whoever notices first says it: a writer that it is another file, a reader that there is none.
    said = "moved, deleted or replaced" if replaced else "(moved, deleted or replaced|cannot be opened)"
    daemon.wait_for(f"nothing goes out until this is mended: .*{said}")

    (tmp_path / "kept.db").replace(book.path)
    daemon.wait_for("can be used again")
    due = make_post(book, "Back again.", account="force-mastodon", scheduled_at=_soon())
    daemon.wait_for(f"published post={due.id} ")

    assert platforms.texts() == ["Back again."]


def _damage(book: Book) -> None:
    """Overwrites what the daemon reads next, the queue of due posts, as a failing disk would."""
    with closing(sqlite3.connect(book.path, isolation_level=None)) as raw:
        (page,) = raw.execute("SELECT rootpage FROM sqlite_master WHERE name = 'ix_posts_due'").fetchone()
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        with book.path.open("r+b") as file:
            file.seek((page - 1) * 4096)
            file.write(b"\xff" * 4096)
        # Whoever has pages of the file in memory forgets them when somebody else writes.
        raw.execute("INSERT INTO audit (at, who, what) VALUES ('2027-03-18T12:00:00.000000+00:00', 'kim', 'look')")


@pytest.mark.parametrize("account", ["force-mastodon", "force-x"])
def test_on_a_new_machine_a_backup_learns_from_the_platform_what_has_gone_out_since(
    workspace: Path, book: Book, platforms: Platforms, start: Start, account: str
) -> None:
    out = make_post(book, "Out since the backup.", account=account, slot="out", scheduled_at=_soon())
    copy = str(workspace / "copy.db")
    done(workspace, "backup", copy)
    daemon = start()
    daemon.wait_for(f"published post={out.id} ")
    daemon.signal(signal.SIGTERM)
    daemon.wait()
    for file in workspace.glob("book.db*"):
        file.unlink()

    done(workspace, "restore", copy, "--yes")
    again = start()
    again.wait_for(f"published, as its platform says post={out.id} ")
    again.signal(signal.SIGTERM)

    assert again.wait() == 0
    assert get(book, out.id or 0).status == "published"
    assert len(platforms.texts()) == 1
