"""The watch tells what is new in few messages, at once what is urgent, and what cannot be written down all the same."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from scheduler.config import register_secret
from scheduler.posts.alarms import GONE_BY, Raised
from scheduler.posts.book import Book
from scheduler.posts.claims import hold_account
from scheduler.posts.needs import Need
from scheduler.publishing.alarms.notices import message_about
from tests.builders.alarms import fail, lookout, standing
from tests.builders.posts import NOON, make_post
from tests.builders.publishing import HeldClock

MINUTE = timedelta(minutes=1)


def failing(book: Book, number: int) -> list[int | None]:
    posts = [make_post(book, slot=f"slot-{each}").id for each in range(number)]
    fail(book, *posts)
    return posts


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


async def test_what_is_in_the_book_and_was_told_while_it_could_not_be_written_is_told_once(
    book: Book, clock: HeldClock
) -> None:
    failing(book, 1)
    async with lookout(book, clock) as out:
        await out.look()
        out.cannot_write = True
        for _ in range(20):
            clock.advance(MINUTE)
            await out.look()
        out.cannot_write = False
        for _ in range(3):
            clock.advance(MINUTE)
            await out.look()

        assert len(out.told) == 1


async def test_what_was_told_and_was_over_is_told_again_when_it_comes_back(book: Book, clock: HeldClock) -> None:
    post = make_post(book, approved=False, scheduled_at=NOON + timedelta(hours=3)).id
    async with lookout(book, clock) as out:
        for status in ("draft", "approved", "draft"):
            with book.writing() as connection:
                connection.exec_driver_sql("UPDATE posts SET status = ? WHERE id = ?", (status, post))
            for _ in range(3):
                await out.look()
                clock.advance(MINUTE)

        assert [message.title for message in out.told] == ["Redletter: a draft is not approved"] * 2


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
