"""The book under a real daemon: copied, restored, and cleared of what is old while it publishes."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from scheduler.posts.book import Book
from tests.builders.posts import get, make_post
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
