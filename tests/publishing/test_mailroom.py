"""A message is tried until it has arrived, over restarts, each channel by itself, whatever becomes of the book."""

import asyncio
from datetime import timedelta
from itertools import pairwise

from scheduler.posts.alarms import undelivered
from scheduler.posts.book import Book
from scheduler.publishing.alarms.mailroom import WAITS
from tests.builders.alarms import FakeChannel, fail, lookout, make_message
from tests.builders.posts import NOON, make_post
from tests.builders.publishing import HeldClock


def on_the_way(book: Book) -> list[tuple[str, int, str | None]]:
    with book.reading() as session:
        return [(letter.channel, letter.tries, letter.trouble) for letter in undelivered(session, NOON)]


async def test_a_message_that_is_refused_is_tried_again_later_and_later_until_it_arrives(
    book: Book, clock: HeldClock
) -> None:
    async with lookout(book, clock) as out:
        mail = out.channels["mail"]
        mail.refuses = "connection refused"
        await out.mailroom.post(make_message())
        tried_after = []
        while clock.now() - NOON < timedelta(hours=2):
            before = mail.tries
            await out.mailroom.deliver_due()
            if mail.tries > before:
                tried_after.append((clock.now() - NOON).total_seconds())
            clock.advance(timedelta(seconds=10))
        kept = on_the_way(book)

        mail.refuses = None
        clock.advance(WAITS[-1])
        await out.mailroom.deliver_due()

    gaps = [later - earlier for earlier, later in pairwise(tried_after)]
    assert gaps[:7] == [10, 30, 60, 120, 300, 600, 900]
    assert set(gaps[7:]) == {900}
    assert kept == [("mail", len(tried_after), "connection refused")]
    assert [message.key for message in mail.taken] == ["alarms:1"]
    assert on_the_way(book) == []


async def test_a_restart_goes_on_with_what_has_not_arrived(book: Book, clock: HeldClock) -> None:
    async with lookout(book, clock) as out:
        out.channels["mail"].refuses = "no route"
        await out.mailroom.post(make_message())
        await out.mailroom.deliver_due()

    clock.advance(WAITS[0])
    async with lookout(book, clock) as next_one:
        await next_one.mailroom.take_over()
        await next_one.mailroom.deliver_due()

        assert [message.title for message in next_one.told] == ["Redletter: a post failed"]
    assert on_the_way(book) == []


async def test_a_channel_that_hangs_keeps_no_other_waiting(book: Book, clock: HeldClock) -> None:
    async with lookout(book, clock, "mail", "slack") as out:
        mail, slack = out.channels["mail"], out.channels["slack"]
        mail.gate = asyncio.Event()
        stop = asyncio.Event()
        running = asyncio.create_task(out.mailroom.run(stop))
        await out.mailroom.post(make_message("alarms:1"))
        await out.mailroom.post(make_message("alarms:2"))
        async with asyncio.timeout(10):
            while len(slack.taken) < 2:
                await asyncio.sleep(0.01)
        while_it_hangs = list(mail.taken)

        mail.gate.set()
        async with asyncio.timeout(10):
            while len(mail.taken) < 2:
                await asyncio.sleep(0.01)
        stop.set()
        await running

    assert while_it_hangs == []


async def test_two_processes_do_not_deliver_the_same_message(book: Book, clock: HeldClock) -> None:
    async with lookout(book, clock) as daemon, lookout(book, clock) as cron:
        mail = daemon.channels["mail"]
        mail.gate = asyncio.Event()
        await daemon.mailroom.post(make_message())
        await cron.mailroom.take_over()

        delivering = asyncio.create_task(daemon.mailroom.deliver_due())
        async with asyncio.timeout(10):
            while not mail.tries:
                await asyncio.sleep(0.01)
        await cron.mailroom.deliver_due()
        mail.gate.set()
        await delivering

        assert (len(daemon.told), len(cron.told)) == (1, 0)
    assert on_the_way(book) == []


async def test_what_a_process_died_over_is_tried_again_after_a_minute(book: Book, clock: HeldClock) -> None:
    async with lookout(book, clock) as out:
        out.channels["mail"].gate = asyncio.Event()
        await out.mailroom.post(make_message())
        dying = asyncio.create_task(out.mailroom.deliver_due())
        async with asyncio.timeout(10):
            while not out.channels["mail"].tries:
                await asyncio.sleep(0.01)
        dying.cancel()

    async with lookout(book, clock) as next_one:
        await next_one.mailroom.take_over()
        await next_one.mailroom.deliver_due()
        at_once = list(next_one.told)
        clock.advance(timedelta(minutes=1))
        await next_one.mailroom.deliver_due()

        assert at_once == []
        assert len(next_one.told) == 1


async def test_a_book_that_cannot_be_written_keeps_nothing_back_and_gets_all_of_it_later(
    book: Book, clock: HeldClock
) -> None:
    async with lookout(book, clock, "mail", "slack") as out:
        out.cannot_write = True
        out.channels["slack"].refuses = "503"
        await out.mailroom.post(make_message())
        for _ in range(3):
            await out.mailroom.deliver_due()
            await out.mailroom.take_over()
        unwritten = on_the_way(book)

        out.cannot_write = False
        await out.mailroom.write_down()
        await out.mailroom.take_over()
        await out.mailroom.deliver_due()

        assert [len(channel.taken) for channel in out.channels.values()] == [1, 0]
    assert unwritten == []
    assert on_the_way(book) == [("slack", 1, "503")]


async def test_what_arrived_is_not_sent_again_because_nobody_could_write_it_down(book: Book, clock: HeldClock) -> None:
    async with lookout(book, clock) as out:
        await out.mailroom.post(make_message())
        out.cannot_write = True

        for _ in range(3):
            await out.mailroom.deliver_due()
            await out.mailroom.take_over()
            clock.advance(timedelta(minutes=5))

        assert len(out.told) == 1


async def test_a_channel_with_a_defect_is_tried_again_like_any_other(book: Book, clock: HeldClock) -> None:
    class Broken(FakeChannel):
        async def deliver(self, message: object) -> None:
            raise KeyError("defect")

    async with lookout(book, clock, channels={"mail": Broken()}) as out:
        await out.mailroom.post(make_message())
        await out.mailroom.deliver_due()

    assert on_the_way(book) == [("mail", 1, "KeyError: 'defect'")]


async def test_what_waits_for_a_channel_that_is_gone_is_given_up(book: Book, clock: HeldClock) -> None:
    async with lookout(book, clock, "mail", "slack") as out:
        for channel in out.channels.values():
            channel.refuses = "no"
        await out.mailroom.post(make_message())

    async with lookout(book, clock, "slack") as next_one:
        await next_one.mailroom.forget_channels()

    assert [channel for channel, _, _ in on_the_way(book)] == ["slack"]


async def test_what_arrives_late_is_true_when_it_arrives(book: Book, clock: HeldClock) -> None:
    clock.advance(-timedelta(hours=2))
    make_post(book, approved=False)
    async with lookout(book, clock) as out:
        out.channels["mail"].refuses = "no route"
        await out.look()
        clock.advance(timedelta(minutes=1))
        await out.look()
        (kept,) = out.mailroom.letters
        clock.advance(timedelta(hours=3))
        out.channels["mail"].refuses = None
        await out.look()

        (message,) = out.told
    assert "-> redletter approve 1" in kept.message.body
    assert "is due and not approved" in message.body
    assert "-> redletter reschedule 1 WHEN" in message.body
    assert message.key == kept.message.key


async def test_what_is_over_before_it_has_arrived_is_not_told_any_more(book: Book, clock: HeldClock) -> None:
    post = make_post(book)
    fail(book, post.id)
    async with lookout(book, clock) as out:
        out.channels["mail"].refuses = "no route"
        await out.look()
        clock.advance(timedelta(minutes=1))
        await out.look()
        sent = len(out.mailroom.letters)
        with book.writing() as connection:
            connection.exec_driver_sql("UPDATE posts SET status = 'rejected'")
        clock.advance(timedelta(hours=1))
        out.channels["mail"].refuses = None
        await out.look()

        assert (sent, out.told) == (1, [])
    assert on_the_way(book) == []


def test_back_off_never_grows_beyond_a_quarter_of_an_hour() -> None:
    assert max(WAITS) == timedelta(minutes=15)
    assert list(WAITS) == sorted(WAITS)
