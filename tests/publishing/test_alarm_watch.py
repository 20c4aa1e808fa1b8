"""The watch tells what is new in few messages, at once what is urgent, and what cannot be written down all the same."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from scheduler.config import Alarms, register_secret
from scheduler.posts.alarms import GONE_BY, Raised, look, open_alarms, undelivered
from scheduler.posts.book import Book
from scheduler.posts.claims import hold_account
from scheduler.posts.needs import Need
from scheduler.posts.tables import Daemon
from scheduler.posts.writer import Writer
from scheduler.publishing.alarms import watch
from scheduler.publishing.alarms.notices import message_about
from scheduler.publishing.alarms.watch import AlarmWatch
from scheduler.publishing.companion import Running
from scheduler.publishing.publisher import Publisher
from tests.builders.alarms import LONDON, FakeChannel, lookout
from tests.builders.posts import NOON, make_post
from tests.builders.publishing import HeldClock

MINUTE = timedelta(minutes=1)


def fail(book: Book, *posts: int | None, note: str = "the platform said no") -> None:
    with book.writing() as connection:
        for post in posts:
            connection.exec_driver_sql("UPDATE posts SET status = 'failed', note = ? WHERE id = ?", (note, post))


def failing(book: Book, number: int) -> list[int | None]:
    posts = [make_post(book, slot=f"slot-{each}").id for each in range(number)]
    fail(book, *posts)
    return posts


def standing(book: Book) -> list[str]:
    with book.reading() as session:
        return [each.need.kind for each in open_alarms(session)]


async def test_what_is_not_urgent_is_gathered_for_a_minute_into_one_message(book: Book, clock: HeldClock) -> None:
    first, second = make_post(book, slot="a").id, make_post(book, slot="b").id
    async with lookout(book, clock) as out:
        fail(book, first)
        await out.look()
        clock.advance(timedelta(seconds=30))
        fail(book, second)
        await out.look()
        before = list(out.told)
        clock.advance(timedelta(seconds=30))
        await out.look()
        clock.advance(10 * MINUTE)
        await out.look()

        assert before == []
        (message,) = [each for each in out.told if "failed" in each.title]
    assert message.title == "Redletter: 2 posts failed"
    assert message.body.count("-> redletter edit") == 2


async def test_what_is_urgent_is_told_at_once_with_all_that_waits(book: Book, clock: HeldClock) -> None:
    failing(book, 1)
    async with lookout(book, clock) as out:
        await out.look()
        with book.writing() as connection:
            hold_account(connection, "force-x", "401", NOON)
        clock.advance(timedelta(seconds=5))
        await out.look()

        assert [message.title for message in out.told] == ["Redletter: an account was refused, and 1 thing more"]


async def test_two_messages_come_no_closer_together_than_the_gathering(book: Book, clock: HeldClock) -> None:
    for number in range(12):
        make_post(book, slot=f"slot-{number}", scheduled_at=NOON + number * timedelta(seconds=10))
    async with lookout(book, clock) as out:
        clock.advance(5 * MINUTE)
        for _ in range(30):
            await out.look()
            clock.advance(timedelta(seconds=5))

        assert [message.title for message in out.told] == [
            "Redletter: a post is due and not out",
            "Redletter: 6 posts are due and not out",
            "Redletter: 5 posts are due and not out",
        ]


async def test_what_is_over_before_it_was_told_is_not_told(book: Book, clock: HeldClock) -> None:
    (post,) = failing(book, 1)
    async with lookout(book, clock) as out:
        await out.look()
        with book.writing() as connection:
            connection.exec_driver_sql("UPDATE posts SET status = 'rejected' WHERE id = ?", (post,))
        clock.advance(2 * MINUTE)
        await out.look()

        assert out.told == []


async def test_what_waited_to_be_told_is_told_after_a_restart_and_only_once(book: Book, clock: HeldClock) -> None:
    failing(book, 1)
    async with lookout(book, clock) as out:
        await out.look()

    clock.advance(MINUTE)
    told = []
    for _ in range(2):
        async with lookout(book, clock) as next_one:
            await next_one.look()
            told.append(len(next_one.told))

    assert told == [1, 0]


async def test_alarms_are_told_while_the_book_cannot_be_written_and_written_when_it_can(
    book: Book, clock: HeldClock
) -> None:
    failing(book, 1)
    trouble = Need("book:1", "book", "nothing goes out since noon: the disk is full", "mend it")
    async with lookout(book, clock) as out:
        out.cannot_write = True
        for _ in range(30):
            await out.look(standing=[trouble])
            clock.advance(timedelta(seconds=5))
        while_full = [message.title for message in out.told]
        written_while_full = standing(book)

        out.cannot_write = False
        await out.look(standing=[trouble])
        written = standing(book)
        await out.look()
        await out.look()

        assert while_full == ["Redletter: nothing can be published, and 1 thing more"]
        assert len(out.told) == 1
    assert written_while_full == []
    assert sorted(written) == ["book", "failed"]
    assert standing(book) == ["failed"]


async def test_a_book_that_cannot_even_be_read_is_told(book: Book, clock: HeldClock) -> None:
    with book.writing() as connection:
        connection.exec_driver_sql("ALTER TABLE posts RENAME TO lost")
    trouble = Need("book:1", "book", "nothing goes out: it is damaged", "put a backup in its place")
    async with lookout(book, clock) as out:
        for _ in range(3):
            await out.look(standing=[trouble])

        assert [message.title for message in out.told] == ["Redletter: nothing can be published"]


async def test_what_has_happened_is_told_once_and_does_not_stand(book: Book, clock: HeldClock) -> None:
    gone = Need("gone:1", GONE_BY, "the daemon ended without being told to", "redletter status")
    async with lookout(book, clock) as out:
        await out.look(gone_by=[gone])
        await out.look()

        assert [message.title for message in out.told] == ["Redletter: the daemon was not publishing"]
    assert standing(book) == []


async def test_nothing_is_silent_while_the_file_holds_everything(book: Book, clock: HeldClock, tmp_path: Path) -> None:
    make_post(book)
    (tmp_path / "HOLD").touch()
    clock.advance(timedelta(hours=1))
    async with lookout(book, clock, folder=tmp_path) as out:
        await out.look()
        held = list(out.told)
        (tmp_path / "HOLD").unlink()
        await out.look()

        assert held == []
        assert [message.title for message in out.told] == ["Redletter: a post is due and not out"]


async def test_a_clock_that_was_set_back_keeps_nothing_from_being_told(book: Book, clock: HeldClock) -> None:
    failing(book, 1)
    async with lookout(book, clock) as out:
        await out.look()
        clock.advance(-timedelta(hours=3))
        await out.look()

        assert len(out.told) == 1


def raised(kind: str, number: int = 1, said: str = "post 1 is failed") -> list[Raised]:
    return [Raised(Need(f"{kind}:{each}", kind, said, "redletter show 1", each), NOON) for each in range(number)]


@pytest.mark.parametrize(
    ("alarms", "title"),
    [
        (raised("failed"), "Redletter: a post failed"),
        (raised("missed", 3), "Redletter: 3 posts were missed"),
        (raised("not approved") + raised("held"), "Redletter: an account was refused, and 1 thing more"),
        (raised("missed", 2) + raised("book"), "Redletter: nothing can be published, and 2 things more"),
        (raised("waiting", 2) + raised("unconfirmed"), "Redletter: a post may or may not be out, and 2 things more"),
    ],
)
def test_the_title_says_the_worst_and_how_many(alarms: Sequence[Raised], title: str) -> None:
    assert message_about(alarms, NOON).title == title


def test_a_message_is_short_however_much_there_is_to_tell() -> None:
    message = message_about(raised("failed", 400, said="the platform said " + "no " * 500), NOON)

    assert len(message.body) < 4000
    assert message.body.endswith("and 390 more: redletter status")
    assert len(message.alarms) == 400


def test_no_secret_is_in_a_message() -> None:
    register_secret("hunter2-token")

    message = message_about(raised("failed", said="401: token hunter2-token is not known"), NOON)

    assert "hunter2" not in message.body
    assert "[secret]" in message.body


class TestDigest:
    """Each day at its hour, once, on empty days, too."""

    ALARMS = Alarms(digest=time(17))
    FIVE = datetime(2027, 3, 17, 17, 0, tzinfo=UTC)

    async def test_it_says_what_goes_out_tomorrow_and_what_needs_a_person(self, book: Book) -> None:
        make_post(book, "Learn how to spot the signs. " * 5, slot="morning", scheduled_at=NOON - timedelta(hours=3))
        make_post(book, "Talk to somebody you trust.", slot="noon", account="force-bluesky", approved=False)
        make_post(book, "The day after.", slot="late", scheduled_at=NOON + timedelta(hours=12))
        failed = make_post(book, slot="today", scheduled_at=NOON - timedelta(days=1))
        fail(book, failed.id)
        clock = HeldClock(self.FIVE)
        async with lookout(book, clock, alarms=self.ALARMS) as out:
            await out.look()

            (digest,) = out.told
        assert digest.title == "Redletter: 2 posts tomorrow, Thu 18 Mar, 1 NOT READY"
        assert digest.body.splitlines() == [
            "Tomorrow, Thu 18 Mar:",
            "",
            "09:00 force-x: “Learn how to spot the signs. Learn how to spot the signs …”",
            "  child-exploitation morning, post 1; approved by sam",
            "",
            "12:00 force-bluesky: “Talk to somebody you trust.”",
            "  child-exploitation noon, post 2; NOT APPROVED: redletter show 2",
            "",
            "Needs a person: 2 things",
            "",
            "! post 4 is failed: Wed 17 Mar 2027 12:00, force-x, child-exploitation today: the platform said no",
            "  -> redletter edit 4 or redletter reschedule 4 WHEN, then redletter approve 4; or redletter reject 4",
            "",
            "! post 2 is not approved yet: Thu 18 Mar 2027 12:00, force-bluesky, child-exploitation noon",
            "  -> redletter approve 2; or redletter reject 2",
        ]

    async def test_an_empty_day_is_said(self, book: Book) -> None:
        async with lookout(book, HeldClock(self.FIVE), alarms=self.ALARMS) as out:
            await out.look()

            (digest,) = out.told
        assert digest.title == "Redletter: nothing is planned for tomorrow, Thu 18 Mar"
        assert digest.body.splitlines() == [
            "Nothing is planned for tomorrow, Thu 18 Mar.",
            "",
            "Nothing needs a person.",
        ]

    async def test_it_comes_once_a_day_over_restarts_and_late_when_nobody_ran_at_its_hour(self, book: Book) -> None:
        told = []
        for hours in (-1, 3, 4, 6, 23, 24, 25):
            async with lookout(book, HeldClock(self.FIVE + timedelta(hours=hours)), alarms=self.ALARMS) as out:
                await out.look()
                await out.look()
                told.append([message.key for message in out.told])

        assert told == [[], ["digest:2027-03-17"], [], [], [], ["digest:2027-03-18"], []]

    async def test_its_hour_is_that_of_the_clocks_in_summer_too(self, book: Book) -> None:
        in_summer = HeldClock(datetime(2027, 7, 1, 16, 0, tzinfo=UTC))
        async with lookout(book, in_summer, alarms=self.ALARMS) as out:
            await out.look()

            assert [message.key for message in out.told] == ["digest:2027-07-01"]

    async def test_without_an_hour_there_is_none(self, book: Book) -> None:
        async with lookout(book, HeldClock(self.FIVE)) as out:
            await out.look()

            assert out.told == []

    async def test_it_is_sent_once_while_the_book_cannot_be_written(self, book: Book) -> None:
        clock = HeldClock(self.FIVE)
        async with lookout(book, clock, alarms=self.ALARMS) as out:
            out.cannot_write = True
            for _ in range(5):
                await out.look()
                clock.advance(MINUTE)

            assert [message.key for message in out.told] == ["digest:2027-03-17"]


class TestInTheDaemon:
    """Beside the publisher: what becomes of the book and of the daemon itself is told, too."""

    @pytest.fixture(autouse=True)
    def _fast(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(watch, "LOOK_EVERY", 0.02)
        monkeypatch.setattr(watch, "SETTLE", 0.0)
        monkeypatch.setattr(watch, "TROUBLE_LASTS", 0.1)

    @asynccontextmanager
    async def watched(
        self, book: Book, publisher: Publisher, before: Daemon | None = None
    ) -> AsyncIterator[tuple[FakeChannel, asyncio.Event]]:
        mail, writer, stop = FakeChannel(), Writer(book), asyncio.Event()
        running = Running(book, writer, publisher, {}, HeldClock(NOON), stop, before)
        watching = AlarmWatch(Alarms(gather=timedelta(seconds=1)), {"mail": mail}, LONDON, book.path.parent / "HOLD")
        task = asyncio.ensure_future(watching(running))
        try:
            yield mail, stop
        finally:
            stop.set()
            await task
            writer.close()

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not condition():
                await asyncio.sleep(0.01)

    async def test_trouble_with_the_book_is_told_once_when_it_lasts(self, book: Book, publisher: Publisher) -> None:
        publisher.trouble = "the disk is full"
        async with self.watched(book, publisher) as (mail, _):
            await self.until(lambda: bool(mail.taken))
            await asyncio.sleep(0.2)
            while_full = standing(book)
            publisher.trouble, publisher.turned_at = None, datetime.now(UTC)
            await self.until(lambda: standing(book) == [])

        (message,) = mail.taken
        assert message.title == "Redletter: nothing can be published"
        assert ": the disk is full" in message.body
        assert while_full == ["book"]

    async def test_trouble_that_is_over_soon_is_told_to_nobody(self, book: Book, publisher: Publisher) -> None:
        publisher.trouble = "locked"
        async with self.watched(book, publisher) as (mail, _):
            await asyncio.sleep(0.04)
            publisher.trouble, publisher.turned_at = None, datetime.now(UTC)
            await asyncio.sleep(0.3)

        assert mail.taken == []

    async def test_a_publishing_loop_that_stands_still_is_told(self, book: Book, publisher: Publisher) -> None:
        publisher.turned_at = datetime.now(UTC) - timedelta(seconds=30)
        async with self.watched(book, publisher) as (mail, _):
            await self.until(lambda: bool(mail.taken))

        assert "the publishing loop stands still, though its process is there" in mail.taken[0].body

    @pytest.mark.parametrize(
        ("stopped", "ago", "told"),
        [
            (False, timedelta(seconds=30), "the daemon ended without being told to"),
            (
                True,
                timedelta(minutes=6),
                "no daemon was running from Thu 18 Mar 2027 11:54 to Thu 18 Mar 2027 12:00; 1 post",
            ),
            (True, timedelta(minutes=4), None),
            (True, timedelta(seconds=1), None),
        ],
    )
    async def test_what_the_daemon_before_left_is_told(
        self, book: Book, publisher: Publisher, stopped: bool, ago: timedelta, told: str | None
    ) -> None:
        make_post(book, scheduled_at=NOON - timedelta(seconds=1))
        before = Daemon(
            name="host:1", started_at=NOON, turned_at=NOON - ago, stopped_at=NOON - ago if stopped else None
        )
        async with self.watched(book, publisher, before) as (mail, _):
            await asyncio.sleep(0.3)

        bodies = [message.body for message in mail.taken if "was not publishing" in message.title]
        assert len(bodies) == (1 if told else 0)
        assert all(told in body for body in bodies if told)

    async def test_a_daemon_that_was_away_while_nothing_was_due_is_told_to_nobody(
        self, book: Book, publisher: Publisher
    ) -> None:
        before = Daemon(name="host:1", started_at=NOON, turned_at=NOON, stopped_at=NOON - timedelta(days=3))
        async with self.watched(book, publisher, before) as (mail, _):
            await asyncio.sleep(0.1)

        assert mail.taken == []

    async def test_told_to_stop_at_once_it_still_tells_of_the_one_before(
        self, book: Book, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(watch, "SETTLE", 60.0)
        before = Daemon(name="host:1", started_at=NOON, turned_at=NOON)
        async with self.watched(book, publisher, before) as (mail, stop):
            stop.set()

        assert [message.title for message in mail.taken] == ["Redletter: the daemon was not publishing"]

    async def test_a_channel_that_hangs_does_not_keep_the_daemon_from_ending(
        self, book: Book, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(watch, "LAST_ROUND", 0.2)
        make_post(book, scheduled_at=NOON + timedelta(minutes=30))
        async with asyncio.timeout(10), self.watched(book, publisher) as (mail, _):
            mail.gate = asyncio.Event()

        with book.reading() as session:
            (letter,) = undelivered(session)
        assert "1 post is to go out within the next hour" in letter.message.body

    async def test_a_defect_in_a_look_does_not_end_the_watch(
        self, book: Book, publisher: Publisher, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        calls = [0]

        def bad_once(*arguments: Any) -> Any:
            calls[0] += 1
            if calls[0] == 1:
                raise KeyError("defect")
            return look(*arguments)

        monkeypatch.setattr(watch, "look", bad_once)
        failing(book, 1)
        async with self.watched(book, publisher) as (mail, _):
            await self.until(lambda: standing(book) == ["failed"])

        assert "the watch stumbled; it goes on" in caplog.messages
        assert [message.title for message in mail.taken] == ["Redletter: a post failed"]
