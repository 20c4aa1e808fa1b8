"""The worst day with a real daemon: a file stops it, a story is stopped under way, and nothing comes back by itself."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from scheduler.posts.book import Book
from scheduler.posts.tables import Post
from tests.builders.posts import get, make_post, receipts_in
from tests.builders.processes import Platforms, Process, done, redletter

Start = Callable[..., Process]


def due_soon(book: Book, **of_draft: Any) -> Post:
    return make_post(
        book, account="force-mastodon", scheduled_at=datetime.now(UTC) + timedelta(seconds=0.5), **of_draft
    )


def wait_until(claim: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not claim():
        assert time.monotonic() < deadline, "what was waited for never came"
        time.sleep(0.02)


def wait_beyond(post: Post) -> None:
    """Waits until a daemon that could publish the post would have begun to."""
    wait_until(lambda: datetime.now(UTC) > post.scheduled_at + timedelta(seconds=1))


def test_a_file_stops_everything_and_what_passed_meanwhile_waits_for_a_word(
    workspace: Path, book: Book, platforms: Platforms, start: Start
) -> None:
    daemon = start()
    daemon.wait_for("publishing from")
    (workspace / "HOLD").touch()
    daemon.wait_for("nothing goes out until it is removed")
    post = due_soon(book)
    wait_beyond(post)
    sent_while_held = platforms.texts()

    (workspace / "HOLD").unlink()
    daemon.wait_for(f"held, redletter keep {post.id} sends it out")
    held = get(book, post.id or 0).status
    done(workspace, "keep", str(post.id))
    daemon.wait_for(f"published post={post.id} ")

    assert (sent_while_held, held) == ([], "held")
    assert len(platforms.texts()) == 1


@pytest.mark.usefixtures("book")
def test_the_log_says_which_holds_stand_who_set_them_and_who_ended_them(workspace: Path, start: Start) -> None:
    done(workspace, "--as", "kim", "hold", "--account", "outbox", "--reason", "a leak")
    daemon = start()
    stands = daemon.wait_for("account outbox is held")

    done(workspace, "--as", "sam", "hold", "--except", "safety", "--reason", "mourning")
    begun = daemon.wait_for("everything")
    done(workspace, "--as", "lee", "hold", "--reason", "nothing at all")
    replaced = daemon.wait_for("not held any more")
    daemon.wait_for("everything is held by lee: nothing at all")
    done(workspace, "--as", "lee", "resume")
    ended = daemon.wait_for("not held any more")

    assert "account outbox is held by kim: a leak" in stands
    assert "everything except safety is held by sam: mourning" in begun
    assert "everything except safety is not held any more, by lee" in replaced
    assert "everything is not held any more, by lee" in ended


def test_a_file_that_is_there_before_the_daemon_lets_nothing_out(
    workspace: Path, book: Book, platforms: Platforms, start: Start
) -> None:
    post = due_soon(book)
    wait_beyond(post)
    (workspace / "HOLD").write_bytes("Störung".encode("utf-16"))

    daemon = start()
    daemon.wait_for("nothing goes out until it is removed: Störung")
    status = redletter(workspace, "status")
    status.wait()

    assert platforms.texts() == []
    assert get(book, post.id or 0).status == "approved"
    assert "Held:    everything, by the file" in status.output


def test_what_became_too_late_while_the_file_stood_and_no_daemon_ran_waits_for_a_word(
    workspace: Path, book: Book, platforms: Platforms, start: Start
) -> None:
    now = datetime.now(UTC)
    post = make_post(book, account="force-mastodon", scheduled_at=now - timedelta(hours=1), late=timedelta(minutes=30))
    (workspace / "HOLD").write_text("mourning")

    start()
    wait_until(lambda: get(book, post.id or 0).status != "approved")

    assert get(book, post.id or 0).status == "held"
    assert get(book, post.id or 0).note == "its time to go out ended while everything was held"
    assert platforms.texts() == []


def test_a_story_is_stopped_in_the_middle_of_its_thread(
    workspace: Path, book: Book, platforms: Platforms, start: Start
) -> None:
    daemon = start()
    daemon.wait_for("publishing from")
    platforms.script({"path": "/api/v1/statuses", "delay": 2})
    thread = due_soon(book, parts=["One.", "Two.", "Three."])
    sibling = make_post(book, account="force-x", scheduled_at=datetime.now(UTC) + timedelta(hours=1))
    wait_until(lambda: bool(platforms.log()["calls"]))

    said = done(workspace, "stop", str(thread.id), "--reason", "a mistake in the release")
    daemon.wait_for(f"part is out post={thread.id} ")
    wait_until(lambda: get(book, thread.id or 0).status == "approved")

    assert "Being sent right now, and cannot be called back" in said
    assert get(book, sibling.id or 0).status == "held"
    assert platforms.texts() == ["One."]
    assert len(receipts_in(book)) == 1
    after = done(workspace, "resume", "--campaign", thread.campaign)
    assert f"redletter keep {thread.id} {sibling.id}" in after
