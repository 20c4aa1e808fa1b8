"""The daemon looks again at the articles of what has not gone out: politely, and in time."""

import asyncio
import errno
import logging
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import select

from scheduler.app import Workspace, open_workspace
from scheduler.app.sources import Sources
from scheduler.articles import web
from scheduler.config import MOST_OFTEN, Publishing
from scheduler.posts.alarms import Raised, open_alarms
from scheduler.posts.articles import Watched, unsent_posts
from scheduler.posts.book import Book
from scheduler.posts.claims import Unseen
from scheduler.posts.queries import find_posts
from scheduler.posts.review import approve, keep
from scheduler.posts.tables import SourceLook
from scheduler.posts.writer import Writer
from scheduler.publishing.alarms.notices import message_about
from scheduler.publishing.publisher import Publisher
from scheduler.publishing.source_watch import LAST_HOUR, LAST_LOOK_WITHIN, TRY_AGAIN, SourceWatch, is_due
from tests.builders.publishing import FakeAdapter, HeldClock
from tests.builders.web_server import Answer, WebServer
from tests.builders.workspaces import ARTICLE, CAMPAIGN, NOW, THE_DAY, Desk, make_workspace

WEB = "https://harbour.example/gates"
EVERY = timedelta(hours=6)
PAGE = """<!doctype html><html lang="en"><head><title>The harbour opens its gates</title></head><body>
<nav><a href="/">Home</a> <span>{furniture}</span></nav>
<main><article><h1>The harbour opens its gates</h1>
<p>The Harbour Trust opens the {gates} of the old harbour to everyone on Thursday 18 March, and all day long.</p>
<p>Call the harbour on 01632 960 123, or come to the keeper's house beside the old crane.</p></article></main>
<footer>{furniture}</footer></body></html>"""
HTML = {"Content-Type": "text/html; charset=utf-8"}


class Site(WebServer):
    """A server on the loopback address whose one page a test sets. slow: answers when it is cleared."""

    def __init__(self) -> None:
        self.status, self.headers, self.body = 200, dict(HTML), b""
        self.asked: list[dict[str, str]] = []
        self.gate = threading.Event()
        self.gate.set()
        super().__init__()
        self.url += "/gates"

    def answer(self, path: str, headers: dict[str, str]) -> Answer:
        self.asked.append(headers)
        self.gate.wait(20)
        etag = self.headers.get("ETag")
        is_known = self.status == 200 and etag is not None and headers.get("If-None-Match") == etag
        return (304 if is_known else self.status), self.headers, b"" if is_known else self.body

    def shows(self, gates: str = "gates", furniture: str = "Search", etag: str | None = None) -> None:
        self.status, self.headers = 200, HTML | ({"ETag": etag} if etag else {})
        self.body = PAGE.format(gates=gates, furniture=furniture).encode()

    def close(self) -> None:
        self.gate.set()
        super().close()


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    yield site
    site.close()


class Newsroom:
    """A workspace whose posts are approved, and its watch, by a clock that the test holds."""

    def __init__(self, folder: Path, source: str, *, keys: str = "", slots: str = "") -> None:
        self.desk: Desk = make_workspace(folder)
        self.desk.replace("config.toml", "[accounts.press-x]", "allow_private_addresses = true\n\n[accounts.press-x]")
        campaign = CAMPAIGN.replace("articles/gates.md", source).replace('title = "Harb', f'{keys}\ntitle = "Harb')
        self.desk.write("campaigns/harbour.toml", campaign + slots)
        self.desk.done("plan")
        self.workspace: Workspace = open_workspace(folder)
        self.book: Book = self.workspace.open_book()
        with self.book.writing() as connection, self.book.reading() as session:
            shown = [(post.id or 0, post.version) for post in find_posts(session)]
            approve(connection, shown, who="sam", now=NOW)
        self.clock = HeldClock(NOW)
        self.watch: SourceWatch = Sources(self.workspace).watch()
        self.writer = Writer(self.book)
        self.stop = asyncio.Event()
        self.paused: list[float] = []

    async def turn(self, later: timedelta = timedelta(minutes=10), within: timedelta | None = None) -> None:
        """Lets so much time pass, and looks once; servers do not mind how fast the clock of a test runs."""
        self.clock.advance(later)
        self.watch._tried = {source: (0.0, at) for source, (_, at) in self.watch._tried.items()}
        await self.watch.turn(self.running, within=within)

    def unseen(self) -> Unseen:
        """Looks as the publisher does before it claims posts of the article."""
        with self.book.reading() as session:
            return self.watch.unseen(session.connection(), {"articles/gates.md"})

    async def settle(self) -> None:
        """Looks at what posts wait for."""
        await self.watch._settle(self.running, self.unseen())

    @property
    def running(self) -> Any:
        async def pause(seconds: float) -> None:
            self.paused.append(seconds)

        return SimpleNamespace(book=self.book, writer=self.writer, clock=self.clock, stop=self.stop, pause=pause)

    @property
    def statuses(self) -> dict[str, str]:
        with self.book.reading() as session:
            return {f"{post.slot} {post.account}": post.status for post in find_posts(session)}

    @property
    def leads(self) -> set[str]:
        return {status for name, status in self.statuses.items() if name.startswith("a-week")}

    @property
    def source(self) -> SourceLook:
        with self.book.reading() as session:
            return session.exec(select(SourceLook)).one()

    def close(self) -> None:
        self.writer.close()
        self.book.close()


@pytest.fixture
def of_file(tmp_path: Path) -> Iterator[Newsroom]:
    room = Newsroom(tmp_path, "articles/gates.md")
    yield room
    room.close()


@pytest.fixture
def of_page(tmp_path: Path, site: Site) -> Iterator[Newsroom]:
    site.shows(etag='"1"')
    room = Newsroom(tmp_path, site.url)
    site.asked.clear()
    yield room
    room.close()


async def test_a_changed_file_holds_the_posts_that_took_its_words(
    of_file: Newsroom, caplog: pytest.LogCaptureFixture
) -> None:
    of_file.desk.replace("articles/gates.md", "opens the gates of", "opens the doors of")

    with caplog.at_level(logging.WARNING, "redletter"):
        await of_file.turn()

    assert of_file.leads == {"held"}
    assert of_file.statuses["on-the-day press-x"] == "approved"
    assert "held: its article has changed, articles/gates.md: removed “gates”, added “doors”" in caplog.messages
    assert of_file.paused == [2.0]  # looked at twice


async def test_a_file_that_is_half_written_at_the_first_look_holds_nothing(of_file: Newsroom) -> None:
    whole = (of_file.desk.folder / "articles/gates.md").read_text()
    of_file.desk.write("articles/gates.md", whole[:150])
    pause = of_file.running.pause

    async def written_meanwhile(seconds: float) -> None:
        await pause(seconds)
        of_file.desk.write("articles/gates.md", whole)

    running = of_file.running
    running.pause = written_meanwhile
    await of_file.watch.turn(running)
    await of_file.turn()

    assert of_file.leads == {"approved"}


@pytest.mark.parametrize(
    ("content", "note"),
    [
        (None, "its article was taken away, articles/gates.md: is missing: there is no such file in "),
        ("", "its article cannot be read any more, articles/gates.md: is empty"),
        (
            "---\nembargo: soon\n---\n\nWords.\n",
            "its article cannot be read any more, articles/gates.md: expected a moment such as ",
        ),
    ],
)
async def test_an_article_without_any_text_holds_its_posts(of_file: Newsroom, content: str | None, note: str) -> None:
    if content is None:
        (of_file.desk.folder / "articles/gates.md").unlink()
    else:
        of_file.desk.write("articles/gates.md", content)

    await of_file.turn()

    assert of_file.leads == {"held"}
    with of_file.book.reading() as session:
        assert {(post.note or "").startswith(note) for post in find_posts(session) if post.status == "held"} == {True}


async def test_a_folder_that_is_not_there_is_not_an_article_that_was_taken_away(of_file: Newsroom) -> None:
    (of_file.desk.folder / "articles").rename(of_file.desk.folder / "unplugged")

    await of_file.turn()

    assert of_file.leads == {"approved"}
    assert "is missing" in (of_file.source.trouble or "")


async def test_a_file_that_is_as_it_was_is_neither_read_nor_written_about(
    of_file: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    await of_file.turn()
    before = of_file.source.looked_at
    monkeypatch.setattr("scheduler.articles.markdown.read", lambda document: pytest.fail("was read"))

    for _ in range(3):
        await of_file.turn()
    assert of_file.source.looked_at == before

    await of_file.turn(EVERY)
    assert of_file.source.looked_at == of_file.clock.now()


async def test_a_page_is_asked_with_its_validator_and_no_more_often_than_the_config_says(
    of_page: Newsroom, site: Site
) -> None:
    for _ in range(12):
        await of_page.turn(timedelta(hours=1))

    assert [asked.get("If-None-Match") for asked in site.asked] == ['"1"', '"1"']
    assert site.asked[0]["User-Agent"].startswith("redletter/")
    assert of_page.leads == {"approved"}


async def test_a_page_whose_furniture_alone_changes_holds_nothing(of_page: Newsroom, site: Site) -> None:
    site.shows(furniture="Cookies and news", etag='"2"')

    await of_page.turn(EVERY)

    assert len(site.asked) == 1
    assert of_page.leads == {"approved"}
    assert of_page.source.validator == '"2"'


async def test_a_page_whose_text_changes_holds_its_posts(of_page: Newsroom, site: Site) -> None:
    site.shows(gates="doors", etag='"2"')

    await of_page.turn(EVERY)

    assert of_page.leads == {"held"}


@pytest.mark.parametrize(("status", "lead"), [(404, "held"), (410, "held"), (500, "approved"), (403, "approved")])
async def test_only_what_the_server_says_is_gone_was_taken_away(
    of_page: Newsroom, site: Site, status: int, lead: str
) -> None:
    site.status = status

    await of_page.turn(EVERY)

    assert of_page.leads == {lead}
    assert bool(of_page.source.unreached_since) == (lead == "approved")


async def test_a_page_that_is_back_before_the_second_look_was_never_away(of_page: Newsroom, site: Site) -> None:
    site.status = 404
    running = of_page.running

    async def pause(_: float) -> None:
        site.shows(etag='"1"')

    running.pause = pause
    of_page.clock.advance(EVERY)
    of_page.watch._tried = {}
    await of_page.watch.turn(running)

    assert of_page.leads == {"approved"}


async def test_a_server_that_does_not_answer_keeps_nothing_back_and_is_said_once(
    of_page: Newsroom, site: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(web, "STEP_SECONDS", 0.1)
    monkeypatch.setattr(web, "WHOLE_SECONDS", 0.2)
    site.gate.clear()

    with caplog.at_level(logging.WARNING, "redletter.articles"):
        await of_page.turn(EVERY)
        await of_page.turn(TRY_AGAIN)
        site.gate.set()
        await of_page.turn(TRY_AGAIN)

    assert of_page.leads == {"approved"}
    assert [message.partition(": ")[2] for message in caplog.messages] == [
        "cannot be fetched: 127.0.0.1 did not answer in time",
        "",
    ]
    assert "is there again" in caplog.messages[1]


async def test_a_page_that_leads_into_a_private_network_is_not_followed(
    of_page: Newsroom, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside = Site()
    site.status, site.headers = 302, {"Location": inside.url}
    object.__setattr__(of_page.workspace.config, "allow_private_addresses", False)
    monkeypatch.setattr(web, "_is_public", lambda address: not inside.asked and len(site.asked) % 2 == 0)

    await of_page.turn(EVERY)

    assert inside.asked == []
    assert "private address" in (of_page.source.trouble or "")
    assert of_page.leads == {"approved"}
    inside.close()


async def test_in_the_last_hour_before_a_post_its_page_is_asked_once_more(of_page: Newsroom, site: Site) -> None:
    goes_out = THE_DAY - timedelta(days=7) + timedelta(hours=1)
    await of_page.turn(goes_out - timedelta(minutes=90) - of_page.clock.now())
    site.asked.clear()

    await of_page.turn(timedelta(minutes=20))
    assert site.asked == []
    site.shows(gates="doors", etag='"2"')
    await of_page.turn(timedelta(minutes=20))
    await of_page.turn(timedelta(minutes=10))

    assert len(site.asked) == 2
    assert of_page.leads == {"held"}


async def test_before_the_first_post_goes_out_only_what_goes_out_within_the_hour_is_looked_at(
    of_page: Newsroom, site: Site
) -> None:
    await of_page.watch.before_the_first(of_page.running)
    assert site.asked == []

    of_page.clock.moment = THE_DAY - timedelta(days=7) + timedelta(hours=1)
    site.status = 410
    await of_page.watch.before_the_first(of_page.running)

    assert of_page.leads == {"held"}


async def test_publishing_waits_at_the_start_for_some_seconds_only(
    of_page: Newsroom, site: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("scheduler.publishing.source_watch.FIRST_WITHIN", 0.05)
    of_page.clock.moment = THE_DAY - timedelta(days=7) + timedelta(hours=1)
    site.gate.clear()

    with caplog.at_level(logging.WARNING, "redletter.articles"):
        await of_page.watch.before_the_first(of_page.running)

    assert "could not be looked at before the first post goes out" in caplog.text
    assert of_page.leads == {"approved"}


async def test_a_daemon_that_is_told_to_stop_waits_for_no_server(of_page: Newsroom, site: Site) -> None:
    site.gate.clear()
    of_page.clock.advance(EVERY)
    looking = asyncio.create_task(of_page.watch.turn(of_page.running))
    while not site.asked:
        await asyncio.sleep(0.01)

    of_page.stop.set()
    await asyncio.wait_for(looking, 5)

    assert of_page.leads == {"approved"}


@pytest.mark.parametrize(("keys", "status"), [("", "approved"), ('if_unreachable = "hold"', "held")])
async def test_a_campaign_says_what_becomes_of_a_post_that_nobody_could_check(
    tmp_path: Path, site: Site, keys: str, status: str
) -> None:
    site.shows()
    room = Newsroom(tmp_path, site.url, keys=keys)
    site.status = 503
    room.clock.moment = THE_DAY - timedelta(days=7) + timedelta(minutes=30)

    await room.turn()
    assert room.leads == {"approved"}
    await room.turn(timedelta(minutes=19))

    assert room.leads == {status}
    room.close()


async def test_an_embargo_that_is_written_later_holds_what_would_go_out_before_it(of_file: Newsroom) -> None:
    of_file.desk.replace("articles/gates.md", "date: 2027-03-01", "date: 2027-03-01\nembargo: 2027-03-11 10:01")
    await of_file.turn()
    assert of_file.statuses["a-week-to-go press-x"] == "held"
    assert of_file.statuses["on-the-day press-x"] == "approved"

    of_file.desk.replace("campaigns/harbour.toml", "title =", 'embargo = "09:01"\ntitle =')
    await of_file.turn()

    assert of_file.statuses["on-the-day press-x"] == "held"


def _web(**known: Any) -> Watched:
    return Watched(WEB, **{"next_post_at": None, "is_behind": False, "sha256": "0", "looked_at": NOW} | known)


@pytest.mark.parametrize(
    ("each", "tried", "expected", "why"),
    [
        (Watched("gates.md", None, False), None, True, "a file costs nothing"),
        (_web(looked_at=None), None, True, "never looked at"),
        (_web(), None, False, "just looked at"),
        (_web(looked_at=NOW - EVERY), None, True, "its time has come"),
        (_web(looked_at=NOW - EVERY), NOW - MOST_OFTEN / 2, False, "asked just now, whatever came of it"),
        (_web(looked_at=NOW + timedelta(days=1)), None, True, "the clock was set back since"),
        (_web(is_behind=True), NOW - MOST_OFTEN, True, "nobody knows what its change means for a post"),
        (_web(unreached_since=NOW), NOW - MOST_OFTEN, False, "it did not answer, and has some rest"),
        (_web(unreached_since=NOW), NOW - TRY_AGAIN, True, "it did not answer, and is tried again"),
        (_web(looked_at=NOW - LAST_HOUR * 2, next_post_at=NOW + LAST_HOUR), None, True, "goes out within the hour"),
        (_web(looked_at=NOW - LAST_HOUR * 2, next_post_at=NOW + LAST_HOUR * 2), None, False, "goes out later"),
        (_web(looked_at=NOW - LAST_HOUR / 2, next_post_at=NOW + LAST_HOUR / 4), None, False, "looked at in that hour"),
        (_web(looked_at=NOW - LAST_HOUR * 2, next_post_at=NOW - timedelta(days=1)), None, True, "kept back since"),
        (_web(looked_at=NOW - LAST_HOUR / 2, next_post_at=NOW - timedelta(days=1)), None, False, "looked at meanwhile"),
    ],
)
def test_when_a_source_is_looked_at(each: Watched, tried: Any, expected: bool, why: str) -> None:
    assert is_due(each, NOW, EVERY, tried) is expected, why


QUOTE = """
[[slot]]
id = "a-word"
when = "12:00"
text = "{{ excerpt.quoted }} {{ excerpt.speaker }}"
excerpt = "quote by Holt"
"""


async def test_a_pre_election_period_that_is_written_later_holds_what_an_elected_person_says_in_it(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    room = Newsroom(tmp_path, "articles/gates.md", slots=QUOTE)
    await room.turn()
    assert room.statuses["a-word press-x"] == "approved"
    keys = 'elected = ["Mira Holt"]\npre_election = "2027-03-15..2027-05-06"\ntitle ='
    room.desk.replace("campaigns/harbour.toml", "title =", keys)

    with caplog.at_level(logging.WARNING, "redletter"):
        await room.turn()

    assert room.statuses["a-word press-x"] == "held"
    assert room.leads == {"approved"}
    assert "held: it would go out in the pre-election period (15 March 2027 to 6 May 2027), and quotes Mira Holt" in (
        caplog.text
    )
    room.close()


async def test_a_file_that_changed_in_the_last_moment_is_looked_at_before_its_posts_go_out(of_file: Newsroom) -> None:
    await of_file.turn()
    assert not of_file.unseen()
    of_file.desk.replace("articles/gates.md", "opens the gates of", "opens the doors of")

    assert of_file.unseen().articles == {"articles/gates.md"}
    await of_file.settle()

    assert of_file.leads == {"held"}
    assert not of_file.unseen()


async def test_an_article_that_the_book_has_never_looked_at_is_looked_at_before_its_posts_go_out(
    of_file: Newsroom,
) -> None:
    with of_file.book.writing() as connection:  # as an older version left it
        connection.exec_driver_sql("DELETE FROM sources")

    assert of_file.unseen()
    await of_file.settle()

    assert not of_file.unseen()
    assert of_file.source.looked_at == of_file.clock.now()


async def test_a_file_that_was_touched_alone_lets_its_posts_go_out_after_the_look(of_file: Newsroom) -> None:
    await of_file.turn()
    (of_file.desk.folder / "articles/gates.md").touch()

    assert of_file.unseen()
    await of_file.settle()

    assert not of_file.unseen()
    assert of_file.leads == {"approved"}


@pytest.mark.parametrize(("folder", "lead"), [("articles/gates.md", "held"), ("articles", "approved")])
async def test_a_file_that_vanished_in_the_last_moment_is_looked_for_once(
    of_file: Newsroom, folder: str, lead: str
) -> None:
    await of_file.turn()
    (of_file.desk.folder / folder).rename(of_file.desk.folder / "elsewhere")

    assert of_file.unseen()
    await of_file.settle()

    assert not of_file.unseen()
    assert of_file.leads == {lead}


async def test_what_a_campaign_says_in_the_last_moment_is_read_before_anything_goes_out(of_file: Newsroom) -> None:
    await of_file.turn()
    of_file.desk.replace("campaigns/harbour.toml", "title =", 'embargo = "10:00"\ntitle =')

    assert of_file.unseen().campaigns
    await of_file.settle()

    assert not of_file.unseen()
    assert of_file.statuses["on-the-day press-x"] == "held"


async def test_an_embargo_follows_the_date_of_a_day_of_ones_own(of_file: Newsroom) -> None:
    day = '[[day]]\nid = "harbour-open-day"\nname = "Harbour Open Day"\ndates.2027 = '
    of_file.desk.write("days.toml", f'{day}"2027-03-18"')
    of_file.desk.replace(
        "campaigns/harbour.toml", '{ name = "Harbour Open Day", date = "18 march" }', '"harbour-open-day"'
    )
    of_file.desk.replace("campaigns/harbour.toml", "title =", 'embargo = "-30d 10:00"\ntitle =')
    await of_file.turn()
    assert set(of_file.statuses.values()) == {"approved"}

    of_file.desk.write("days.toml", f'{day}"2027-05-20"')

    assert of_file.unseen().campaigns
    await of_file.settle()
    assert set(of_file.statuses.values()) == {"held"}


async def test_a_file_that_does_not_come_to_rest_keeps_nothing_back_for_long(
    of_file: Newsroom, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await of_file.turn()
    (of_file.desk.folder / "articles/gates.md").touch()
    assert of_file.unseen()
    monkeypatch.setattr("scheduler.publishing.source_watch.LAST_LOOK_WITHIN", 0.0)

    with caplog.at_level(logging.WARNING, "redletter.articles"):
        assert not of_file.unseen()
        assert not of_file.unseen()

    assert caplog.messages == ["articles/gates.md could not be looked at in time, and what waits for that goes out"]


async def test_a_defect_in_the_last_look_keeps_nothing_back(
    of_file: Newsroom, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(of_file.watch, "_state", lambda source: 1 / 0)

    assert not of_file.unseen()
    assert "in a way that should not be" in caplog.text


async def test_a_burst_looks_at_each_file_once_for_each_batch(of_file: Newsroom) -> None:
    from scheduler.platforms.contract import Payload
    from scheduler.posts.claims import Pace, claim_due

    asked: list[list[str]] = []
    now = THE_DAY + timedelta(hours=1)
    places = {"press-x": 9, "press-bluesky": 9}

    def look(connection: Any, articles: Any) -> Any:
        asked.append(sorted(articles))
        return of_file.watch.unseen(connection, articles)

    await of_file.turn()
    of_file.desk.replace("articles/gates.md", "opens the gates of", "opens the doors of")
    with of_file.book.writing() as connection:
        connection.exec_driver_sql("UPDATE posts SET expires_at = NULL")  # they go out however late
        pace = Pace(now - timedelta(days=30), {})
        claims = claim_due(connection, now, places, 9, pace, lambda _: Payload("POST", "/", "key", {}, {}), look)

    assert asked == [["articles/gates.md"]]
    assert {claimed.post.slot for claimed in claims.claimed} == {"on-the-day"}
    assert of_file.leads == {"approved"}
    with of_file.book.reading() as session:
        leads = [post for post in find_posts(session) if post.slot == "a-week-to-go"]
    assert {post.next_try_at - now for post in leads} == {timedelta(seconds=1)}


async def test_a_post_whose_file_changed_in_the_last_moment_waits_for_the_look_and_is_held(of_file: Newsroom) -> None:
    await of_file.turn()
    of_file.clock.moment = THE_DAY - timedelta(days=7) + timedelta(hours=1)
    of_file.desk.replace("articles/gates.md", "opens the gates of", "opens the doors of")
    adapters = {account: FakeAdapter() for account in ("press-x", "press-bluesky")}
    publisher = Publisher(
        of_file.book,
        of_file.writer,
        adapters,
        Publishing(),
        of_file.clock,
        Random(7),
        on_idle=lambda: None,
        last_look=of_file.watch.unseen,
    )

    await publisher.publish_due()
    assert publisher.to_look.is_set()
    assert publisher.unseen.articles == {"articles/gates.md"}
    await of_file.watch._settle(of_file.running, publisher.unseen)
    of_file.clock.advance(timedelta(seconds=2))
    await publisher.publish_due()
    publisher.close()

    assert of_file.leads == {"held"}
    assert [adapter.sent for adapter in adapters.values()] == [[], []]


async def test_a_file_that_cannot_be_reached_in_the_last_moment_holds_where_the_campaign_says_so(
    tmp_path: Path,
) -> None:
    room = Newsroom(tmp_path, "articles/gates.md", keys='if_unreachable = "hold"')
    await room.turn()
    room.clock.moment = THE_DAY - timedelta(days=7) + timedelta(hours=1)
    (room.desk.folder / "articles").rename(room.desk.folder / "elsewhere")

    await room.settle()

    assert not room.unseen()
    assert room.leads == {"held"}
    room.close()


async def test_what_cannot_be_reached_is_held_before_the_publisher_could_take_it_for_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = Newsroom(tmp_path, "articles/gates.md", keys='if_unreachable = "hold"')
    await room.turn()
    room.clock.moment = THE_DAY - timedelta(days=7) + timedelta(hours=1)
    (room.desk.folder / "articles").rename(room.desk.folder / "elsewhere")

    async def later(_: Any) -> None:
        assert room.leads == {"held"}

    monkeypatch.setattr(room.watch, "_hold_unchecked", later)
    await room.settle()

    assert room.leads == {"held"}
    room.close()


MANY = 300
GOES_OUT = THE_DAY + timedelta(hours=1)


def _room_of_many(folder: Path, number: int = MANY) -> Newsroom:
    """A newsroom whose campaign has this many more posts at the same hour, each of a file of its own."""
    names = [f"release-{each}" for each in range(number)]
    slot = '\n[[slot]]\nid = "{0}"\nwhen = "10:00"\narticle = "{0}"\naccounts = ["press-x"]\ntext = "{0}: {{{{ excerpt.text }}}}"\n'
    slots = "".join(slot.format(name) + 'excerpt = "lead"\n' for name in names)
    for name in names:
        (folder / "articles").mkdir(exist_ok=True)
        (folder / f"articles/{name}.md").write_text(ARTICLE)
    listed = [f'{name} = "articles/{name}.md' for name in names]
    return Newsroom(folder, '"\n'.join(["articles/gates.md", *listed]), slots=slots)


def _change(room: Newsroom, number: int = MANY) -> set[str]:
    names = {f"articles/release-{each}.md" for each in range(number)}
    for name in names:
        room.desk.replace(name, "opens the gates of", "opens the doors of")
    return names


def _publisher(room: Newsroom, adapters: dict[str, FakeAdapter]) -> Publisher:
    return Publisher(
        room.book,
        room.writer,
        adapters,
        Publishing(),
        room.clock,
        Random(7),
        on_idle=lambda: None,
        last_look=room.watch.unseen,
    )


async def test_many_files_that_changed_before_a_burst_are_all_looked_at_and_in_few_transactions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = _room_of_many(tmp_path)
    await room.turn()
    changed = _change(room)
    room.clock.moment = GOES_OUT
    read, written, unpacked = Counter[str](), [], []
    look, write = room.watch._look, room.writer.write

    def counted_look(source: str, validator: str | None) -> Any:
        read[source] += 1
        return look(source, validator)

    def counted_unpacking(book: Any, sources: Any) -> Any:
        unpacked.append(len(sources))
        return unsent_posts(book, sources)

    async def counted_write(work: Any) -> Any:
        written.append(work)
        return await write(work)

    monkeypatch.setattr(room.watch, "_look", counted_look)
    monkeypatch.setattr("scheduler.posts.freshness.unsent_posts", counted_unpacking)
    monkeypatch.setattr("scheduler.publishing.source_watch.WRITES_FOR", 1e9)
    adapter = FakeAdapter()
    publisher = _publisher(room, {"press-x": adapter})

    await publisher.publish_due()
    assert publisher.unseen.articles >= changed
    monkeypatch.setattr(room.writer, "write", counted_write)
    unseen, publisher.unseen = publisher.unseen, Unseen()
    statements: list[str] = []
    event.listen(room.book.engine, "before_cursor_execute", lambda *said: statements.append(said[2]))
    await room.watch._settle(room.running, unseen)
    monkeypatch.setattr(room.writer, "write", write)
    room.clock.advance(timedelta(seconds=2))
    await publisher.publish_due()
    publisher.close()

    assert {read[name] for name in changed} == {2}  # whatever holds posts is read twice
    assert room.paused == [2.0]  # and they rest together
    assert len(written) <= MANY / 64 + 5
    assert (sum(unpacked), max(unpacked)) == (MANY, 64)
    assert len(statements) < MANY  # where one of a kind goes for each file, there are thousands
    of_files = {name: status for name, status in room.statuses.items() if name.startswith("release-")}
    assert (len(of_files), set(of_files.values())) == (MANY, {"held"})
    assert not any("doors" in str(payload) or "release-" in str(payload) for payload in adapter.sent)
    room.close()


async def test_a_transaction_that_has_taken_its_time_leaves_the_rest_to_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = _room_of_many(tmp_path, 5)
    await room.turn()
    _change(room, 5)
    written: list[Any] = []
    write = room.writer.write

    async def counted_write(work: Any) -> Any:
        written.append(work)
        return await write(work)

    monkeypatch.setattr("scheduler.publishing.source_watch.WRITES_FOR", 0.0)
    monkeypatch.setattr(room.writer, "write", counted_write)

    await room.turn()

    assert len(written) == 5 + 1  # and one that follows what the campaigns say of the articles that were read
    assert [status for name, status in room.statuses.items() if name.startswith("release-")] == ["held"] * 5
    room.close()


async def test_files_that_are_as_they_were_are_asked_for_their_state_alone_and_in_one_thread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = _room_of_many(tmp_path, 20)
    await room.turn()
    threads: list[str] = []
    states: dict[str, int] = {}
    state, begin = room.watch._state, threading.Thread.start

    def asked(name: str) -> str:
        states[name] = threading.get_ident()
        return state(name)

    def begun(thread: threading.Thread) -> None:
        threads.append(thread.name)
        begin(thread)

    monkeypatch.setattr(room.watch, "_state", asked)
    monkeypatch.setattr(room.watch, "_look", lambda source, validator: pytest.fail("was read"))
    monkeypatch.setattr(threading.Thread, "start", begun)
    await room.turn()

    assert len(states) == 21
    assert len(set(states.values())) == 1
    assert threads.count("redletter-article") == 3  # the files, and the campaigns before and after them
    room.close()


class HeldTime:
    """What the machine counts, as a test says."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now

    def perf_counter(self) -> float:
        return self.now


async def test_a_post_waits_as_long_as_the_files_before_its_own_are_being_looked_at(
    of_file: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = HeldTime()
    monkeypatch.setattr("scheduler.publishing.source_watch.time", held)
    await of_file.turn()
    (of_file.desk.folder / "articles/gates.md").touch()
    assert of_file.unseen()

    for _ in range(10):
        held.now += LAST_LOOK_WITHIN - 1
        of_file.watch._find(Watched("articles/another.md", None, False))
        assert of_file.unseen().articles == {"articles/gates.md"}

    held.now += LAST_LOOK_WITHIN + 1
    assert not of_file.unseen()  # nobody looks at anything any more


@pytest.mark.parametrize(("keys", "status"), [("", "published"), ('if_unreachable = "hold"', "approved")])
async def test_a_campaign_that_holds_what_nobody_could_check_waits_for_the_look_however_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, keys: str, status: str
) -> None:
    room = Newsroom(tmp_path, "articles/gates.md", keys=keys)
    await room.turn()
    (room.desk.folder / "articles/gates.md").touch()
    monkeypatch.setattr("scheduler.publishing.source_watch.LAST_LOOK_WITHIN", 0.0)
    room.clock.moment = THE_DAY - timedelta(days=7) + timedelta(hours=1)
    publisher = _publisher(room, {account: FakeAdapter() for account in ("press-x", "press-bluesky")})

    await publisher.publish_due()
    assert room.leads == {status}
    await room.watch._settle(room.running, publisher.unseen)
    room.clock.advance(timedelta(seconds=2))
    await publisher.publish_due()
    publisher.close()

    assert room.leads == {"published"}
    room.close()


LEADS_GO_OUT = THE_DAY - timedelta(days=7) + timedelta(hours=1)
CAMPAIGN_FILE = "campaigns/harbour.toml"


async def _drain(room: Newsroom, publisher: Publisher) -> None:
    """Publishes what is due; what waits for a look is looked at, and tried again."""
    for _ in range(3):
        await publisher.publish_due()
        unseen, publisher.unseen = publisher.unseen, Unseen()
        if unseen:
            await room.watch._settle(room.running, unseen)
        room.clock.advance(timedelta(seconds=2))


def _break(room: Newsroom) -> None:
    room.desk.replace(CAMPAIGN_FILE, 'title = "Harbour Open Day"', 'title = "Harbour Open Day')


def _remove(room: Newsroom) -> None:
    (room.desk.folder / CAMPAIGN_FILE).unlink()


def _make_wrong(room: Newsroom) -> None:
    room.desk.replace(CAMPAIGN_FILE, "years = [2027]", 'years = "2027"')


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (_break, "campaigns/harbour.toml:3: "),
        (_remove, "campaigns/harbour.toml: there is no such file any more"),
        (_make_wrong, "campaigns/harbour.toml:5: years: "),
    ],
)
@pytest.mark.parametrize(("keys", "status"), [("", "published"), ('if_unreachable = "hold"', "held")])
async def test_a_campaign_file_that_cannot_be_read_holds_where_it_said_so(
    tmp_path: Path, keys: str, status: str, change: Callable[[Newsroom], None], why: str
) -> None:
    room = Newsroom(tmp_path, "articles/gates.md", keys=keys)
    await room.turn()
    publisher = _publisher(room, {account: FakeAdapter() for account in ("press-x", "press-bluesky")})
    room.clock.moment = LEADS_GO_OUT

    change(room)
    await _drain(room, publisher)

    assert room.leads == {status}
    with room.book.reading() as session:
        notes = {post.note or "" for post in find_posts(session) if post.slot == "a-week-to-go"}
    assert {note.startswith(f"its campaign cannot be read, {why if keys else ''}") for note in notes} == {bool(keys)}
    assert room.statuses["on-the-day press-x"] == "approved"  # its hour is still to come, and so is the file perhaps
    publisher.close()
    room.close()


@pytest.mark.parametrize("change", [_break, _make_wrong])
async def test_a_daemon_that_never_could_read_a_campaign_file_goes_by_what_it_seems_to_say(
    tmp_path: Path, change: Callable[[Newsroom], None]
) -> None:
    room = Newsroom(tmp_path, "articles/gates.md", keys='if_unreachable = "hold"')
    change(room)
    room.clock.moment = LEADS_GO_OUT

    await room.watch.before_the_first(room.running)

    assert room.leads == {"held"}
    room.close()


async def test_a_file_that_can_be_read_again_lets_the_next_post_go_and_what_was_held_waits_for_a_person(
    tmp_path: Path,
) -> None:
    room = Newsroom(tmp_path, "articles/gates.md", keys='if_unreachable = "hold"')
    await room.turn()
    publisher = _publisher(room, {account: FakeAdapter() for account in ("press-x", "press-bluesky")})
    room.clock.moment = LEADS_GO_OUT
    whole = (room.desk.folder / CAMPAIGN_FILE).read_text()
    _break(room)
    await _drain(room, publisher)

    room.desk.write(CAMPAIGN_FILE, whole)
    room.clock.moment = THE_DAY
    await _drain(room, publisher)

    assert room.leads == {"held"}
    assert {room.statuses[f"on-the-day {account}"] for account in ("press-x", "press-bluesky")} == {"published"}
    publisher.close()
    room.close()


def _alarms(room: Newsroom) -> list[Raised]:
    with room.book.reading() as session:
        return open_alarms(session, room.clock.now())


@pytest.mark.parametrize(
    ("keys", "becomes"),
    [
        ("", "its posts go out by what it said before"),
        ('if_unreachable = "hold"', "its posts are held when their hour comes"),
    ],
)
async def test_a_campaign_file_that_cannot_be_read_is_one_alarm_until_it_is_mended(
    tmp_path: Path, keys: str, becomes: str
) -> None:
    room = Newsroom(tmp_path, "articles/gates.md", keys=keys)
    await room.turn()
    whole = (room.desk.folder / CAMPAIGN_FILE).read_text()

    _break(room)
    await room.turn()
    broken = _alarms(room)
    room.desk.write(CAMPAIGN_FILE, whole.replace("years = [2027]", 'years = "2027"'))
    await room.turn()
    broken_elsewhere = _alarms(room)
    room.desk.write(CAMPAIGN_FILE, whole)
    await room.turn()
    mended = _alarms(room)
    _break(room)
    await room.turn()
    broken_again = _alarms(room)

    (alarm,), (alarm_elsewhere,) = broken, broken_elsewhere
    assert (alarm.need.kind, mended) == ("campaign file", [])
    assert (alarm_elsewhere.need.key, alarm_elsewhere.at) == (alarm.need.key, alarm.at)
    assert "years" in alarm_elsewhere.need.said
    assert alarm.need.said.startswith(f"{CAMPAIGN_FILE} cannot be read, and {becomes}: {CAMPAIGN_FILE}:3: ")
    assert alarm.need.answer.startswith(f"redletter check {CAMPAIGN_FILE} says all that is wrong")
    assert [each.at for each in broken_again] == [room.clock.now()]
    room.close()


async def test_campaign_files_that_cannot_be_read_are_told_together(tmp_path: Path) -> None:
    room = Newsroom(tmp_path, "articles/gates.md")
    text = (room.desk.folder / CAMPAIGN_FILE).read_text()
    room.desk.write("campaigns/boats.toml", text.replace('id = "harbour"', 'id = "boats"'))
    room.desk.done("plan")
    await room.turn()

    for name in (CAMPAIGN_FILE, "campaigns/boats.toml"):
        room.desk.replace(name, 'title = "Harbour Open Day"', 'title = "Harbour Open Day')
    await room.turn()

    told = message_about(_alarms(room), room.clock.now())
    assert told.title == "Redletter: 2 campaign files cannot be read"
    assert told.body.count("-> redletter check campaigns/") == 2
    room.close()


async def test_a_campaign_file_for_which_no_post_waits_alarms_nobody_where_it_says_whose_it_is(
    of_file: Newsroom,
) -> None:
    of_file.desk.write("campaigns/unplanned.toml", 'id = "unplanned"\ntitle = "\n')

    await of_file.turn()

    assert _alarms(of_file) == []


async def test_a_campaign_file_that_does_not_say_whose_it_is_alarms_for_it_may_be_of_posts_that_wait(
    of_file: Newsroom,
) -> None:
    of_file.desk.write("campaigns/unplanned.toml", 'nothing that names it\ntitle = "\n')

    await of_file.turn()

    (alarm,) = _alarms(of_file)
    unknown = "nobody knows whose it is; posts of it, if there are any, go out by what it said before"
    assert alarm.need.said.startswith(f"campaigns/unplanned.toml cannot be read, and {unknown}: ")


async def test_a_campaign_file_of_posts_that_are_all_settled_alarms_nobody_any_more(of_file: Newsroom) -> None:
    _break(of_file)
    await of_file.turn()
    while_they_wait = _alarms(of_file)
    with of_file.book.writing() as connection:
        connection.exec_driver_sql("UPDATE posts SET status = 'cancelled', approved_digest = NULL")

    await of_file.turn()

    assert (len(while_they_wait), _alarms(of_file)) == (1, [])


async def test_a_rehearsal_raises_no_alarm_about_a_campaign_file(of_file: Newsroom) -> None:
    _break(of_file)

    await Sources(of_file.workspace).watch(once=True).turn(of_file.running)

    assert _alarms(of_file) == []


def _take_the_disk_away(room: Newsroom) -> None:
    (room.desk.folder / "articles").rename(room.desk.folder / "elsewhere")


@pytest.mark.parametrize("change", [_break, _take_the_disk_away])
async def test_what_a_person_lets_go_all_the_same_is_not_held_again_for_the_same_reason(
    tmp_path: Path, change: Callable[[Newsroom], None]
) -> None:
    room = Newsroom(tmp_path, "articles/gates.md", keys='if_unreachable = "hold"')
    await room.turn()
    publisher = _publisher(room, {account: FakeAdapter() for account in ("press-x", "press-bluesky")})
    room.clock.moment = LEADS_GO_OUT
    change(room)
    await _drain(room, publisher)
    assert room.leads == {"held"}

    with room.book.reading() as session:
        held = next(post for post in find_posts(session) if post.status == "held")
    with room.book.writing() as connection:
        keep(connection, held.id or 0, held.version, who="sam", now=room.clock.now())
    await room.turn(timedelta(seconds=10))
    assert room.leads == {"approved", "held"}
    await _drain(room, publisher)

    assert room.leads == {"published", "held"}
    publisher.close()
    room.close()


@pytest.mark.parametrize(("keys", "status"), [("", "published"), ('if_unreachable = "hold"', "approved")])
async def test_campaign_files_that_do_not_come_to_rest_keep_back_for_long_only_what_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, keys: str, status: str
) -> None:
    room = Newsroom(tmp_path, "articles/gates.md", keys=keys)
    await room.turn()
    monkeypatch.setattr("scheduler.publishing.source_watch.LAST_LOOK_WITHIN", 0.0)
    (room.desk.folder / CAMPAIGN_FILE).touch()
    room.clock.moment = LEADS_GO_OUT
    publisher = _publisher(room, {account: FakeAdapter() for account in ("press-x", "press-bluesky")})

    await publisher.publish_due()
    assert room.leads == {status}
    await _drain(room, publisher)

    assert room.leads == {"published"}
    publisher.close()
    room.close()


@pytest.mark.parametrize(("keys", "status"), [("", "published"), ('if_unreachable = "hold"', "held")])
async def test_campaigns_on_a_disk_that_does_not_answer_hold_where_they_said_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, keys: str, status: str
) -> None:
    room = Newsroom(tmp_path, "articles/gates.md", keys=keys)
    await room.turn()
    answers = threading.Event()
    monkeypatch.setattr(room.watch, "_stamp", lambda: answers.wait(20))
    monkeypatch.setattr("scheduler.publishing.source_watch.HANGS_AFTER", 0.05)
    room.clock.moment = LEADS_GO_OUT
    room.watch._looked.clear()
    publisher = _publisher(room, {account: FakeAdapter() for account in ("press-x", "press-bluesky")})

    await _drain(room, publisher)

    assert room.leads == {status}
    answers.set()
    publisher.close()
    room.close()


async def test_a_folder_of_campaigns_that_fails_keeps_no_article_from_being_looked_at(
    of_file: Newsroom, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_pairs: object) -> None:
        raise OSError(errno.EIO, "Input/output error", "campaigns")

    await of_file.turn()
    monkeypatch.setattr(of_file.watch, "_stamp", lambda: None)
    monkeypatch.setattr(of_file.watch, "_read_terms", fail)
    of_file.desk.replace("articles/gates.md", "gates", "doors")

    await of_file.turn()
    await of_file.turn()

    assert of_file.leads == {"held"}
    said = "what the campaigns say now is not known, and it counts what they said before: campaigns: Input/output error"
    assert caplog.messages.count(said) == 1


@pytest.mark.parametrize(("keys", "status"), [("", "published"), ('if_unreachable = "hold"', "approved")])
async def test_a_page_that_nobody_has_looked_at_in_the_last_hour_is_waited_for_where_the_campaign_holds(
    tmp_path: Path, site: Site, keys: str, status: str
) -> None:
    site.shows()
    room = Newsroom(tmp_path, site.url, keys=keys)
    await room.watch._follow_terms(room.running, anew=True)
    room.clock.moment = LEADS_GO_OUT
    publisher = _publisher(room, {account: FakeAdapter() for account in ("press-x", "press-bluesky")})

    await _drain(room, publisher)
    assert room.leads == {status}
    await room.turn(timedelta(seconds=10))
    await _drain(room, publisher)

    assert room.leads == {"published"}
    publisher.close()
    room.close()


async def test_a_page_that_the_daemon_before_looked_at_is_not_waited_for(tmp_path: Path, site: Site) -> None:
    site.shows()
    room = Newsroom(tmp_path, site.url, keys='if_unreachable = "hold"')
    room.clock.moment = LEADS_GO_OUT - timedelta(minutes=30)
    await room.turn(timedelta(0))
    room.watch = Sources(room.workspace).watch()
    await room.turn(timedelta(minutes=30))
    asked = len(site.asked)
    publisher = _publisher(room, {account: FakeAdapter() for account in ("press-x", "press-bluesky")})

    await publisher.publish_due()

    assert room.leads == {"published"}
    assert len(site.asked) == asked
    publisher.close()
    room.close()


class Disk:
    """A disk that does not answer until the test lets it. asked: how often."""

    def __init__(self, room: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked = 0
        self.answers = threading.Event()
        self._state = room.watch._state
        monkeypatch.setattr(room.watch, "_state", self.state)
        monkeypatch.setattr("scheduler.publishing.source_watch.HANGS_AFTER", 0.05)

    def state(self, name: str) -> str:
        self.asked += 1
        self.answers.wait(20)
        return self._state(name)


@pytest.mark.parametrize(("keys", "lead"), [("", "approved"), ('if_unreachable = "hold"', "held")])
async def test_a_disk_that_does_not_answer_keeps_neither_the_book_nor_the_look(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, keys: str, lead: str
) -> None:
    room = Newsroom(tmp_path, "articles/gates.md", keys=keys)
    await room.turn()
    room.clock.moment = THE_DAY - timedelta(days=7) + timedelta(hours=1)
    disk = Disk(room, monkeypatch)

    assert room.unseen().articles == {"articles/gates.md"}
    assert room.unseen().articles == {"articles/gates.md"}
    await room.settle()

    assert not room.unseen()  # it was looked at as well as can be
    assert room.leads == {lead}
    assert "does not answer" in (room.source.trouble or "")
    assert disk.asked == 1
    disk.answers.set()
    room.close()


async def test_a_disk_that_takes_a_moment_too_long_for_a_claim_is_not_one_that_cannot_be_reached(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = Newsroom(tmp_path, "articles/gates.md", keys='if_unreachable = "hold"')
    await room.turn()
    room.clock.moment = LEADS_GO_OUT
    disk = Disk(room, monkeypatch)
    monkeypatch.setattr("scheduler.publishing.source_watch.HANGS_AFTER", 20)
    unseen = room.unseen()
    assert unseen.articles == {"articles/gates.md"}

    looking = asyncio.create_task(room.watch._settle(room.running, unseen))
    await asyncio.sleep(0)
    disk.answers.set()
    await asyncio.wait_for(looking, 20)

    assert room.leads == {"approved"}
    assert not room.source.unreached_since
    assert not room.unseen()
    room.close()


async def test_a_file_that_is_being_written_is_not_looked_at_because_its_disk_is_slow(
    of_file: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    await of_file.turn()
    of_file.watch._looked.clear()
    running = of_file.running
    of_file.desk.replace("articles/gates.md", "opens the gates of", "opens the doors of")

    async def goes_on_being_written(_: float) -> None:
        of_file.desk.replace("articles/gates.md", "opens the doors of", "opens the locks of")

    running.pause = goes_on_being_written
    await of_file.watch._settle(running, of_file.unseen())
    disk = Disk(of_file, monkeypatch)

    assert of_file.unseen().articles == {"articles/gates.md"}
    disk.answers.set()


async def test_an_embargo_that_an_article_states_in_the_last_moment_holds_with_the_look_at_it(
    of_file: Newsroom,
) -> None:
    await of_file.turn()
    of_file.desk.replace("articles/gates.md", "date: 2027-03-01", "date: 2027-03-01\nembargo: 2027-03-11 10:01")

    await of_file.settle()

    assert of_file.leads == {"held"}


async def test_what_waits_for_a_look_is_looked_at_at_once_and_the_end_waits_for_nothing(of_file: Newsroom) -> None:
    await of_file.turn()
    of_file.desk.replace("articles/gates.md", "opens the gates of", "opens the doors of")
    nudged = asyncio.Event()
    running = of_file.running
    running.publisher = SimpleNamespace(to_look=asyncio.Event(), unseen=of_file.unseen(), nudge=nudged.set)

    looking = asyncio.create_task(of_file.watch.on_demand(running))
    running.publisher.to_look.set()
    await asyncio.wait_for(nudged.wait(), 20)
    of_file.stop.set()
    await asyncio.wait_for(looking, 5)

    assert of_file.leads == {"held"}


@pytest.mark.parametrize(
    "column", ["scheduled_at", "next_try_at", "embargo_until", "updated_at", "message_json", "sources_json"]
)
async def test_a_damaged_row_keeps_no_other_post_from_being_held(of_file: Newsroom, column: str) -> None:
    await of_file.turn()
    with of_file.book.writing() as connection:
        connection.exec_driver_sql(f"UPDATE posts SET {column} = '{{' WHERE id = 1")
    of_file.desk.replace("articles/gates.md", "opens the gates of", "opens the doors of")
    of_file.desk.replace("campaigns/harbour.toml", "title =", 'embargo = "10:00"\ntitle =')

    await of_file.turn()

    with of_file.book.reading() as session:
        found = session.connection().exec_driver_sql("SELECT id, status, note FROM posts WHERE id > 1").all()
    assert {row.status for row in found} == {"held"}
    assert [str(row.note).partition(",")[0] for row in sorted(found)] == [
        "its article has changed",
        *["its hour is before the embargo"] * 2,
    ]


@pytest.mark.parametrize(
    ("table", "column"),
    [("sources", name) for name in ("embargo", "looked_at", "gone_since", "unreached_since")]
    + [("source_changes", name) for name in ("found_at", "settled_at")],
)
@pytest.mark.parametrize("kept", ["{", "2027-03-01 12:00:00"], ids=["no moment", "no zone"])
async def test_a_damaged_note_about_an_article_keeps_no_post_from_being_held(
    of_file: Newsroom, table: str, column: str, kept: str
) -> None:
    await of_file.turn()
    of_file.desk.replace("articles/gates.md", "Call the harbour", "Do call the harbour")
    await of_file.turn()
    with of_file.book.writing() as connection:
        assert connection.exec_driver_sql(f"UPDATE {table} SET {column} = ?", (kept,)).rowcount
    of_file.desk.replace("articles/gates.md", "opens the gates of", "opens the doors of")

    await of_file.turn()

    assert of_file.leads == {"held"}


@pytest.mark.parametrize("kept", ["{", "2027-03-01 12:00:00"], ids=["no moment", "no zone"])
@pytest.mark.parametrize("column", ["looked_at", "gone_since", "unreached_since"])
async def test_a_damaged_note_of_the_last_look_is_said_and_the_article_looked_at_again(
    of_file: Newsroom, column: str, kept: str, caplog: pytest.LogCaptureFixture
) -> None:
    await of_file.turn()
    with of_file.book.writing() as connection:
        connection.exec_driver_sql(f"UPDATE sources SET {column} = ?", (kept,))
    damaged = of_file.desk.type("status")

    await of_file.turn()
    await of_file.turn()

    said = "what the book has of the last look at the article articles/gates.md is damaged"
    assert said in " ".join(damaged.out.split())
    assert damaged.code == 1
    assert said not in of_file.desk.type("status").out
    assert [record.message for record in caplog.records if "damaged" in record.message] == [
        f"{said}; it is looked at again"
    ]
    assert (of_file.source.gone_since, of_file.source.unreached_since) == (None, None)
    assert of_file.source.looked_at


async def test_a_damaged_embargo_of_an_article_ends_none(of_file: Newsroom) -> None:
    of_file.desk.replace("articles/gates.md", "date: 2027", "embargo: 2027-03-11 08:00\ndate: 2027")
    await of_file.turn()
    before = _embargoes_in(of_file)
    with of_file.book.writing() as connection:
        connection.exec_driver_sql("UPDATE sources SET embargo = '{'")
    of_file.desk.replace("campaigns/harbour.toml", "title =", "# read anew\ntitle =")

    await of_file.turn()

    assert before != {None}
    assert _embargoes_in(of_file) == before


def _embargoes_in(room: Newsroom) -> set[object]:
    with room.book.reading() as session:
        return {post.embargo_until for post in find_posts(session)}


async def test_a_defect_in_the_first_look_keeps_no_daemon_from_publishing(
    of_file: Newsroom, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def defect(_book: object) -> None:
        raise KeyError("source")

    monkeypatch.setattr("scheduler.publishing.source_watch._watched", defect)

    await of_file.watch.before_the_first(of_file.running)

    assert "the articles could not be looked at in a way that should not be" in caplog.messages
