"""The daily digest: at its hour, once a day, on empty days, too."""

from datetime import UTC, datetime, time, timedelta

from scheduler.config import Alarms
from scheduler.posts.book import Book
from scheduler.posts.holds import hold
from scheduler.posts.status import HoldScope
from tests.builders.alarms import fail, lookout
from tests.builders.posts import NOON, make_post
from tests.builders.publishing import HeldClock

ALARMS = Alarms(digest=time(17))
FIVE = datetime(2027, 3, 17, 17, 0, tzinfo=UTC)


async def test_the_digest_says_what_goes_out_tomorrow_and_what_needs_a_person(book: Book) -> None:
    make_post(book, "Learn how to spot the signs. " * 5, slot="morning", scheduled_at=NOON - timedelta(hours=3))
    make_post(book, "Talk to somebody you trust.", slot="noon", account="force-bluesky", approved=False)
    make_post(book, "The day after.", slot="late", scheduled_at=NOON + timedelta(hours=12))
    failed = make_post(book, slot="today", scheduled_at=NOON - timedelta(days=1))
    fail(book, failed.id)
    clock = HeldClock(FIVE)
    async with lookout(book, clock, alarms=ALARMS) as out:
        await out.look()

        (digest,) = out.told
    assert digest.title == "Redletter: 2 posts tomorrow, Thu 18 Mar, 1 NOT READY"
    assert digest.body.splitlines() == [
        "As things stand Wed 17 Mar 2027 17:00.",
        "",
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
        "! post 4 failed: Wed 17 Mar 2027 12:00, force-x, child-exploitation today: the platform said no",
        "  -> redletter edit 4 or redletter reschedule 4 WHEN, then redletter approve 4; or redletter reject 4",
        "",
        "! post 2 is not approved yet: Thu 18 Mar 2027 12:00, force-bluesky, child-exploitation noon",
        "  -> redletter approve 2; or redletter reject 2",
    ]


async def test_what_a_hold_reaches_is_not_said_to_go_out(book: Book) -> None:
    make_post(book, "The river is high.", slot="river", topics=("safety",))
    make_post(book, "Come to the fair.", slot="fair")
    with book.writing() as connection:
        hold(connection, HoldScope.ALL, "", "mourning", who="sam", now=FIVE, except_topics=["safety"])
    async with lookout(book, HeldClock(FIVE), alarms=ALARMS) as out:
        await out.look()

        (digest,) = out.told
    assert digest.title == "Redletter: 2 posts tomorrow, Thu 18 Mar, 1 NOT READY"
    assert "  child-exploitation river, post 1; approved by sam" in digest.body.splitlines()
    assert "  child-exploitation fair, post 2; HELD: redletter show 2" in digest.body.splitlines()
    assert "HELD: everything except safety, by sam: mourning" in digest.body.splitlines()


async def test_an_hour_elsewhere_is_said_by_the_clocks_of_the_list_and_by_its_own(book: Book) -> None:
    post = make_post(book, "Good evening, Tokyo.")
    with book.writing() as connection:
        connection.exec_driver_sql("UPDATE posts SET time_zone = 'Asia/Tokyo' WHERE id = ?", (post.id,))
    async with lookout(book, HeldClock(FIVE), alarms=ALARMS) as out:
        await out.look()

        (digest,) = out.told
    assert "12:00 (21:00 by the clocks of Asia/Tokyo) force-x: “Good evening, Tokyo.”" in digest.body


async def test_a_damaged_post_does_not_keep_the_digest_back(book: Book) -> None:
    damaged = make_post(book, slot="damaged")
    with book.writing() as connection:
        connection.exec_driver_sql(
            "UPDATE posts SET message_json = '{', time_zone = 'US/Pacific-New' WHERE id = ?", (damaged.id,)
        )
    async with lookout(book, HeldClock(FIVE), alarms=ALARMS) as out:
        await out.look()

        (digest,) = out.told
    assert "12:00 force-x: its words are damaged in the book and cannot be read" in digest.body


async def test_an_empty_day_is_said(book: Book) -> None:
    async with lookout(book, HeldClock(FIVE), alarms=ALARMS) as out:
        await out.look()

        (digest,) = out.told
    assert digest.title == "Redletter: nothing is planned for tomorrow, Thu 18 Mar"
    assert digest.body.splitlines() == [
        "As things stand Wed 17 Mar 2027 17:00.",
        "",
        "Nothing is planned for tomorrow, Thu 18 Mar.",
        "",
        "Nothing needs a person.",
    ]


async def test_the_digest_comes_once_a_day_over_restarts_and_late_when_nobody_ran_at_its_hour(book: Book) -> None:
    told = []
    for hours in (-1, 3, 4, 6, 23, 24, 25):
        async with lookout(book, HeldClock(FIVE + timedelta(hours=hours)), alarms=ALARMS) as out:
            await out.look()
            await out.look()
            told.append([message.key for message in out.told])

    assert told == [[], ["digest:2027-03-17"], [], [], [], ["digest:2027-03-18"], []]


async def test_its_hour_is_that_of_the_clocks_in_summer_too(book: Book) -> None:
    in_summer = HeldClock(datetime(2027, 7, 1, 16, 0, tzinfo=UTC))
    async with lookout(book, in_summer, alarms=ALARMS) as out:
        await out.look()

        assert [message.key for message in out.told] == ["digest:2027-07-01"]


async def test_without_an_hour_there_is_none(book: Book) -> None:
    async with lookout(book, HeldClock(FIVE)) as out:
        await out.look()

        assert out.told == []


async def test_the_digest_is_sent_once_while_the_book_cannot_be_written(book: Book) -> None:
    clock = HeldClock(FIVE)
    async with lookout(book, clock, alarms=ALARMS) as out:
        out.cannot_write = True
        for _ in range(5):
            await out.look()
            clock.advance(timedelta(minutes=1))

        assert [message.key for message in out.told] == ["digest:2027-03-17"]
