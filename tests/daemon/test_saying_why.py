"""Why nothing goes out, as `status` and a look from outside say it while a real daemon cannot use the book."""

import signal
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from filelock import FileLock

from scheduler.posts.book import Book
from scheduler.posts.heartbeat import lock_path, pulse_path, read_pulse
from tests.builders.posts import get, make_post
from tests.builders.processes import Process, redletter
from tests.builders.workspaces import ARTICLE, CAMPAIGN

Start = Callable[..., Process]


def wait_for_trouble(book: Book) -> None:
    """Waits until the daemon's pulse, which it writes each second, tells of it."""
    until = time.monotonic() + 30
    while (pulse := read_pulse(pulse_path(book.path), datetime.now(UTC))) is None or pulse.trouble is None:
        assert time.monotonic() < until, "the pulse tells of no trouble"
        time.sleep(0.02)


def test_a_book_that_is_locked_is_the_reason_and_not_a_daemon_that_stands_still(
    workspace: Path, book: Book, start: Start
) -> None:
    make_post(book, account="outbox")
    daemon = start()
    daemon.wait_for("publishing from")

    with closing(sqlite3.connect(book.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        daemon.wait_for("nothing goes out until this is mended")
        wait_for_trouble(book)
        status, check = redletter(workspace, "status"), redletter(workspace, "alarms", "--check")
        codes = (status.wait(), check.wait())
        other.execute("ROLLBACK")
    daemon.wait_for("can be used again")

    assert codes == (1, 1)
    assert "not publishing as" in status.output
    assert "the daemon cannot publish: " in status.output
    assert "another program has locked it" in status.output
    assert "has not turned" not in status.output
    assert "another program has locked it" in check.output


def test_a_daemon_that_was_killed_is_not_taken_for_one_in_trouble(workspace: Path, book: Book, start: Start) -> None:
    daemon = start()
    daemon.wait_for("publishing from")
    daemon.kill()

    assert pulse_path(book.path).exists()
    again = start()
    again.wait_for("publishing from")
    again.signal(signal.SIGTERM)

    assert again.wait() == 0
    assert not pulse_path(book.path).exists()


def test_a_book_is_not_brought_to_a_newer_version_under_a_daemon_that_runs(
    workspace: Path, book: Book, start: Start
) -> None:
    for name, text in (
        ("campaigns/harbour.toml", CAMPAIGN.replace("press-x", "outbox")),
        ("articles/gates.md", ARTICLE),
    ):
        (workspace / name).parent.mkdir()
        (workspace / name).write_text(text.replace('"press-bluesky"', '"force-x"'))
    daemon = start()
    daemon.wait_for("publishing from")
    with book.writing() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")

    plan = redletter(workspace, "plan")
    code = plan.wait()

    assert code == 1
    assert "Stop the daemon, do this again, then start it; nothing was changed" in plan.output
    assert not list(workspace.glob("*.before-migration"))


def test_a_standby_of_an_older_version_publishes_nothing_from_a_newer_book(
    workspace: Path, book: Book, start: Start
) -> None:
    due = make_post(book, account="outbox", scheduled_at=datetime.now(UTC) + timedelta(seconds=1))
    lock = FileLock(lock_path(book.path))
    lock.acquire()
    standby = start()
    standby.wait_for("standby")
    with book.writing() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")

    lock.release()
    standby.wait_for("nothing goes out until this is mended.*use the newer program")
    is_quiet = standby.is_silent_about("published", seconds=2)

    assert is_quiet
    assert get(book, due.id or 0).status == "approved"
