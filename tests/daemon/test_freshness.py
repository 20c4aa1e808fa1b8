"""A real daemon looks at real articles, and what they no longer say does not go out."""

import json
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scheduler.posts.book import open_book
from scheduler.posts.tables import stored_time
from tests.builders.mailbox import Mailbox
from tests.builders.posts import come_due
from tests.builders.processes import Platforms, Process, done, redletter
from tests.builders.web_server import Answer, WebServer
from tests.builders.workspaces import ARTICLE

CAMPAIGN = """\
id = "harbour"
title = "Harbour Open Day"
day = {{ name = "Harbour Open Day", date = "{day:%Y-%m-%d}" }}
accounts = ["force-mastodon"]
late = "send"
time_zone = "UTC"

[articles]
file = "gates.md"
page = "{page}"
"""
SLOT = """
[[slot]]
id = "{article}-{number}"
when = "{when}"
text = "{article} {number}: {{{{ excerpt.text }}}}"
excerpt = "lead"
article = "{article}"
"""


class Page(WebServer):
    """An article on a server of this machine; a test changes its words, or takes it away."""

    def __init__(self) -> None:
        self.text, self.status = ARTICLE, 200
        super().__init__()
        self.url += "/gates.md"

    def answer(self, path: str, headers: dict[str, str]) -> Answer:
        return self.status, {"Content-Type": "text/markdown; charset=utf-8"}, self.text.encode()


@pytest.fixture
def page() -> Iterator[Page]:
    page = Page()
    yield page
    page.close()


def _plan(workspace: Path, page: Page, *hours: datetime) -> None:
    """Approves a post of each article for each hour."""
    config = workspace / "config.toml"
    config.write_text(f"allow_private_addresses = true\n{config.read_text()}")
    (workspace / "gates.md").write_text(ARTICLE)
    day = min(hours).date()
    slots = "".join(
        SLOT.format(article=article, number=number, when=f"{(hour.date() - day).days:+d}d {hour:%H:%M}")
        for article in ("file", "page")
        for number, hour in enumerate(hours)
    ).replace("+0d ", "")
    (workspace / "campaigns").mkdir()
    (workspace / "campaigns/harbour.toml").write_text(CAMPAIGN.format(day=day, page=page.url) + slots)
    done(workspace, "plan")
    done(workspace, "approve", "--campaign", "harbour", "--yes")


def test_what_articles_no_longer_say_is_held_and_nothing_else(
    workspace: Path, platforms: Platforms, page: Page, start: Callable[..., Process]
) -> None:
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    _plan(workspace, page, tomorrow, tomorrow + timedelta(days=1))
    daemon = start()
    daemon.wait_for("publishing from")

    (workspace / "gates.md").write_text(ARTICLE.replace("Ring", "Call").replace("ten years", "eleven years"))
    daemon.wait_for(
        "the article gates.md has changed: removed “ten”, added “eleven”; the words of 2 unsent posts stand"
    )
    (workspace / "gates.md").write_text(ARTICLE.replace("opens the gates of", "opens the doors of"))

    for _ in range(2):
        daemon.wait_for("held: its article has changed, gates.md: removed “gates”, added “doors”")
    shown = done(workspace, "show", "1")
    assert "The Harbour Trust opens the [-gates-] [+doors+] of the old harbour" in " ".join(shown.split())
    listed = done(workspace, "posts")
    assert (listed.count(" held "), listed.count(" approved ")) == (2, 2)


def test_a_page_that_was_taken_away_while_no_daemon_ran_does_not_go_out_at_its_start(
    workspace: Path, platforms: Platforms, page: Page, start: Callable[..., Process]
) -> None:
    soon = datetime.now(UTC) + timedelta(minutes=30)
    _plan(workspace, page, soon)
    page.status = 410
    (workspace / "gates.md").write_text(ARTICLE.replace("ten years", "eleven years"))

    _make_due(workspace)
    daemon = start()

    daemon.wait_for("held: its article was taken away, .*: cannot be fetched: the server answered 410 Gone")
    platforms.wait_for_calls("/api/v1/statuses")
    assert [text.split(":")[0] for text in platforms.texts()] == ["file 0"]


def test_a_campaign_file_that_is_broken_while_the_daemon_runs_is_told_once(
    told: Path, page: Page, start: Callable[..., Process], mailbox: Mailbox
) -> None:
    _plan(told, page, datetime.now(UTC) + timedelta(days=1))
    daemon = start()
    daemon.wait_for("publishing from")
    file = told / "campaigns/harbour.toml"
    whole = file.read_text()

    file.write_text(whole.replace('title = "Harbour Open Day"', 'title = "Harbour Open Day'))
    (message,) = mailbox.wait_for(1)
    listed = redletter(told, "alarms")
    listed.wait()
    file.write_text(whole)
    _wait_until_nothing_stands(told)

    assert message["title"] == "Redletter: a campaign file cannot be read"
    assert "campaigns/harbour.toml cannot be read, and its posts go out by what it said before" in str(message["body"])
    assert "-> redletter check campaigns/harbour.toml" in str(message["body"])
    assert "Alarms:  1 stands" in listed.output
    assert len(mailbox.taken) == 1


def _wait_until_nothing_stands(workspace: Path) -> None:
    """Asks again and again; each question is a process of its own, so this does not spin."""
    until = time.monotonic() + 60
    while json.loads(done(workspace, "alarms", "--json"))["alarms"]:
        assert time.monotonic() < until, "the alarm does not end"


def _make_due(workspace: Path) -> None:
    """Lets the hour of all posts come at once; their articles were looked at some hours ago."""
    come_due(workspace, datetime.now(UTC))
    book = open_book("sqlite:///book.db", workspace)
    with book.writing() as connection:
        hours_ago = stored_time(datetime.now(UTC) - timedelta(hours=3))
        connection.exec_driver_sql("UPDATE sources SET looked_at = ?", (hours_ago,))
    book.close()
