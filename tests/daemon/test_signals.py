"""Signals to the real daemon: SIGHUP reads everything again, or ends it where a terminal was closed; none loses a call."""

import os
import pty
import re
import signal
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scheduler.posts.book import Book
from tests.builders.posts import get, make_post
from tests.builders.processes import Platforms, Process, redletter
from tests.builders.workspaces import ARTICLE, CAMPAIGN

Start = Callable[..., Process]


@pytest.fixture
def at_a_terminal(workspace: Path) -> Iterator[Start]:
    """Starts a daemon whose standard input is a terminal."""
    master, slave = pty.openpty()
    started: list[Process] = []

    def start() -> Process:
        started.append(redletter(workspace, "run", stdin=slave))
        return started[-1]

    yield start
    for process in started:
        process.kill()
    os.close(master)
    os.close(slave)


def _soon() -> datetime:
    return datetime.now(UTC) + timedelta(seconds=0.2)


def _change(config: Path, old: str, new: str) -> None:
    text = config.read_text()
    assert old in text
    config.write_text(text.replace(old, new))


def _reread(daemon: Process) -> str:
    daemon.signal(signal.SIGHUP)
    return daemon.wait_for("were read again")


def test_when_its_terminal_is_closed_it_waits_for_the_answer_and_ends(
    book: Book, platforms: Platforms, at_a_terminal: Start
) -> None:
    post = make_post(book, account="force-mastodon", scheduled_at=_soon())
    platforms.script({"path": "/api/v1/statuses", "delay": 0.5})
    daemon = at_a_terminal()
    platforms.wait_for_calls("/api/v1/statuses")

    daemon.signal(signal.SIGHUP)

    assert daemon.wait() == 0
    assert get(book, post.id or 0).status == "published"


def test_a_new_account_publishes_after_the_config_was_read_again(
    workspace: Path, book: Book, platforms: Platforms, start: Start
) -> None:
    daemon = start()
    daemon.wait_for("publishing from")
    post = make_post(book, account="new-one", scheduled_at=_soon())
    with (workspace / "config.toml").open("a") as config:
        config.write('[accounts.new-one]\nplatform = "outbox"\n')

    said = _reread(daemon)
    daemon.wait_for(f"published post={post.id} ")

    assert "new-one" in said


def test_a_call_under_way_ends_with_the_account_it_began_with(
    workspace: Path, book: Book, platforms: Platforms, start: Start
) -> None:
    post = make_post(book, account="force-mastodon", scheduled_at=_soon())
    platforms.script({"path": "/api/v1/statuses", "delay": 1.5})
    daemon = start()
    platforms.wait_for_calls("/api/v1/statuses")
    text = (workspace / "config.toml").read_text()
    (workspace / "config.toml").write_text(re.sub(r"\[accounts\.force-mastodon\][^\[]*", "", text))

    assert "force-mastodon" not in _reread(daemon)
    daemon.wait_for(f"published post={post.id} ")
    other = make_post(book, account="force-mastodon", slot="later", scheduled_at=_soon())
    marker = make_post(book, account="force-x", slot="marker", scheduled_at=_soon())
    daemon.wait_for(f"published post={marker.id} ")

    assert get(book, other.id or 0).status == "approved"
    assert len(platforms.texts("mastodon")) == 1


def test_a_config_that_is_wrong_is_said_whole_and_the_old_one_stays(
    workspace: Path, book: Book, platforms: Platforms, start: Start
) -> None:
    daemon = start()
    daemon.wait_for("publishing from")
    config = workspace / "config.toml"
    _change(config, 'time_zone = "Europe/London"', 'time_zone = "Europe/Londn"')
    _change(config, 'platform = "mastodon"', 'platform = "mastodn"')

    daemon.signal(signal.SIGHUP)
    daemon.wait_for("nothing was taken over")
    post = make_post(book, account="force-mastodon", scheduled_at=_soon())
    daemon.wait_for(f"published post={post.id} ")

    assert "Europe/Londn" in daemon.output
    assert "mastodn" in daemon.output


def test_what_counts_from_the_next_start_only_is_said(workspace: Path, book: Book, start: Start) -> None:
    daemon = start()
    daemon.wait_for("publishing from")
    _change(workspace / "config.toml", 'time_zone = "Europe/London"', 'time_zone = "Europe/Dublin"')
    with (workspace / "config.toml").open("a") as config:
        config.write('[daemon]\nheartbeat_file = "heartbeat"\n')

    daemon.signal(signal.SIGHUP)

    daemon.wait_for("time_zone has changed: it counts from the next start")
    daemon.wait_for(r"\[daemon\] has changed: it counts from the next start")


def test_campaigns_are_checked_and_compared_and_nothing_is_saved(workspace: Path, book: Book, start: Start) -> None:
    for name, text in (("campaigns/harbour.toml", CAMPAIGN), ("articles/gates.md", ARTICLE)):
        (workspace / name).parent.mkdir()
        (workspace / name).write_text(
            text.replace('"press-x", "press-bluesky"', '"force-x"').replace("[2027]", "[2097]")
        )
    daemon = start()
    daemon.wait_for("publishing from")

    daemon.signal(signal.SIGHUP)
    differs = daemon.wait_for("redletter plan would")
    daemon.wait_for("were read again")
    _change(workspace / "campaigns/harbour.toml", 'accounts = ["force-x"]', 'accounts = ["force-y"]')
    daemon.signal(signal.SIGHUP)
    wrong = daemon.wait_for("force-y")
    daemon.wait_for("redletter plan would save nothing until the campaigns are mended")

    assert differs.endswith("redletter plan would add 2 posts")
    assert "harbour.toml:" in wrong
    assert 'did you mean "force-x"' in wrong
    with book.reading() as session:
        assert session.connection().exec_driver_sql("SELECT count(*) FROM posts").scalar() == 0


def test_a_standby_reads_again_what_changed_once_it_takes_over(
    workspace: Path, book: Book, platforms: Platforms, start: Start
) -> None:
    first = start()
    first.wait_for("publishing from")
    second = start()
    second.wait_for("standby")
    with (workspace / "config.toml").open("a") as config:
        config.write('[accounts.new-one]\nplatform = "outbox"\n')

    second.signal(signal.SIGHUP)
    first.kill()

    assert "new-one" in second.wait_for("were read again")


def test_told_to_stop_it_gives_up_in_time_and_leaves_nothing_in_the_middle(
    workspace: Path, book: Book, platforms: Platforms, start: Start
) -> None:
    (workspace / "config.toml").write_text(
        (workspace / "config.toml")
        .read_text()
        .replace("[publishing]", '[publishing]\ndrain = "1s"\nat_once = 2\nper_account = 2')
    )
    posts = [make_post(book, account="force-mastodon", slot=f"slot-{n}", scheduled_at=_soon()) for n in range(6)]
    platforms.script(*[{"path": "/api/v1/statuses", "hang": True, "accept": True}] * 2)
    daemon = start()
    platforms.wait_for_calls("/api/v1/statuses", 2)

    daemon.signal(signal.SIGTERM)

    assert daemon.wait() == 0
    statuses = sorted(get(book, post.id or 0).status for post in posts)
    assert statuses == ["approved"] * 4 + ["unconfirmed"] * 2
