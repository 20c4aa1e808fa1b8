"""The watch tells what is new in few messages, at once what is urgent, and what cannot be written down all the same."""

from collections.abc import Sequence
from datetime import time, timedelta
from pathlib import Path
from typing import Any

import pytest

from scheduler.config import Alarms, register_secret
from scheduler.posts.alarms import GONE_BY, Message, Raised
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


CHANGED = "its article has changed, articles/boats.md: removed “twelve”, added “thirteen”"


def hold_for(book: Book, note: str, number: int, campaign: str = "harbour", **of_draft: Any) -> list[int | None]:
    """Holds so many posts of a campaign for one reason, as the daemon does in one go."""
    posts = [make_post(book, slot=f"slot-{each}", campaign=campaign, **of_draft).id for each in range(number)]
    with book.writing() as connection:
        for post in posts:
            connection.exec_driver_sql("UPDATE posts SET status = 'held', note = ? WHERE id = ?", (note, post))
    return posts


async def told_after(book: Book, clock: HeldClock) -> Sequence[Message]:
    """What people are told within two minutes."""
    async with lookout(book, clock) as out:
        for _ in range(24):
            await out.look()
            clock.advance(timedelta(seconds=5))
        return list(out.told)


async def test_forty_posts_that_one_change_of_an_article_holds_are_said_once(book: Book, clock: HeldClock) -> None:
    hold_for(book, CHANGED, 30, scheduled_at=NOON + timedelta(hours=1))
    hold_for(book, CHANGED, 10, "boats")

    (message,) = await told_after(book, clock)

    assert message.title == "Redletter: 40 posts wait for a word"
    assert message.body.splitlines() == [
        "! 40 posts wait for a word, 30 of harbour and 10 of boats: their article has changed, articles/boats.md:"
        " removed “twelve”, added “thirteen”",
        "    post 31: Thu 18 Mar 2027 12:00, force-x, boats slot-0",
        "    post 32: Thu 18 Mar 2027 12:00, force-x, boats slot-1",
        "    post 33: Thu 18 Mar 2027 12:00, force-x, boats slot-2",
        "    and 37 more: redletter posts --status held",
        "  -> redletter show 31 shows the difference; redletter keep --campaign ID leaves the words as they are, redletter"
        " plan --replace boats harbour takes the article's words; or redletter cancel POST…",
    ]
    assert sorted(each.need.post or 0 for each in message.alarms) == list(range(1, 41))


async def test_one_change_of_an_article_that_means_another_thing_for_each_post_is_still_one(
    book: Book, clock: HeldClock
) -> None:
    for number, word in enumerate(("one", "two", "three", "four", "five")):
        note = f"its article has changed, articles/boats.md: removed “{word}”"
        hold_for(book, note, 2, campaign="harbour", account=f"account-{number}")
    hold_for(book, "its article has changed, articles/gates.md: removed “six”", 2, "gates")

    (message,) = await told_after(book, clock)

    said = [line for line in message.body.splitlines() if line.startswith("!")]
    assert said == [
        "! 10 posts wait for a word, all of harbour: their article has changed, articles/boats.md: removed “one”; removed"
        " “two”; removed “three”; and 2 more changes",
        "! 2 posts wait for a word, both of gates: their article has changed, articles/gates.md: removed “six”",
    ]
    assert message.title == "Redletter: 12 posts wait for a word"


@pytest.mark.parametrize(
    ("notes", "said", "answer"),
    [
        (
            ["its hour is before the embargo, which ends on Fri 19 Mar 2027 00:01"] * 2,
            "6 posts wait for a word, all of harbour: the hour of each is before the embargo, which ends on Fri 19 Mar 2027 00:01",
            "redletter reschedule POST WHEN, then redletter approve POST; or redletter cancel 1 2 3 4 5 6",
        ),
        (
            [
                f"it would go out in the pre-election period (15 March 2027 to 6 May 2027), and quotes {name}, who is elected"
                for name in ("Mira Holt", "Tomas Reed")
            ],
            "6 posts wait for a word, all of harbour: each would go out in the pre-election period (15 March 2027 to 6 May"
            " 2027), and quotes Mira Holt, who is elected; Tomas Reed, who is elected",
            "redletter cancel 1 2 3 4 5 6; or redletter reschedule POST WHEN gives it an hour after the period; or, where"
            ' your returning officer or monitoring officer agrees, redletter keep 1 2 3 4 5 6 --pre-election "who agreed"',
        ),
        (
            ["its article was taken away, articles/boats.md: is missing"] * 2,
            "6 posts wait for a word, all of harbour: their article was taken away, articles/boats.md: is missing",
            "redletter cancel 1 2 3 4 5 6; or redletter keep 1 2 3 4 5 6 sends what was approved all the same; or put the"
            " article back, and look again",
        ),
    ],
    ids=["embargo", "pre-election", "taken away"],
)
async def test_what_one_thing_holds_is_said_once_with_what_to_do(
    book: Book, clock: HeldClock, notes: list[str], said: str, answer: str
) -> None:
    for number, note in enumerate(notes):
        hold_for(book, note, 3, account=f"account-{number}")

    (message,) = await told_after(book, clock)

    lines = message.body.splitlines()
    assert (lines[0], lines[-1]) == (f"! {said}", f"  -> {answer}")


async def test_what_expired_while_one_thing_held_it_is_said_once_apart(book: Book, clock: HeldClock) -> None:
    hold_for(book, CHANGED, 3)
    expired = hold_for(book, CHANGED, 3, account="force-bluesky")
    with book.writing() as connection:
        for post in expired:
            connection.exec_driver_sql("UPDATE posts SET latest_at = scheduled_at WHERE id = ?", (post,))

    (message,) = await told_after(book, clock)

    said = [line for line in message.body.splitlines() if line.startswith(("!", "  ->"))]
    assert said[0].startswith("! 3 posts wait for a word, all of harbour: their article has changed")
    assert said[2].startswith("! 3 posts are held and have expired, all of harbour: their article has changed")
    assert (
        said[3]
        == "  -> redletter cancel 4 5 6; or write a later `expires` in its campaign, redletter plan, and look again"
    )


async def test_of_what_one_thing_held_only_what_still_waits_is_told(book: Book, clock: HeldClock) -> None:
    posts = hold_for(book, CHANGED, 4)
    async with lookout(book, clock) as out:
        await out.look()
        with book.writing() as connection:
            connection.exec_driver_sql("UPDATE posts SET status = 'cancelled' WHERE id <> ?", (posts[2],))
        clock.advance(MINUTE)
        await out.look()

        (message,) = out.told
    assert message.title == "Redletter: a post waits for a word"
    assert message.body.startswith(
        "! post 3 waits for a word: Thu 18 Mar 2027 12:00, force-x, harbour slot-2: its article"
    )


@pytest.mark.parametrize(
    ("note", "why"),
    [
        ("its hour passed while everything was held", "the hour of each passed while everything was held"),
        (
            "its time to go out ended while account force-x was held",
            "the time of each to go out ended while account force-x was held",
        ),
        ("stopped by sam: a mistake: see the release", "stopped by sam: a mistake: see the release"),
    ],
)
async def test_what_one_hold_or_one_stop_kept_back_is_said_once(
    book: Book, clock: HeldClock, note: str, why: str
) -> None:
    hold_for(book, note, 25)
    hold_for(book, "stopped by sam: another story", 1, "boats")

    (message,) = await told_after(book, clock)

    said = [line for line in message.body.splitlines() if line.startswith("! ")]
    assert said == [
        f"! 25 posts wait for a word, all of harbour: {why}",
        "! post 26 waits for a word: Thu 18 Mar 2027 12:00, force-x, boats slot-0: stopped by sam: another story",
    ]
    assert (
        "  -> redletter keep --campaign harbour; redletter reschedule POST WHEN, then redletter approve POST; or redletter"
        " cancel POST…" in message.body.splitlines()
    )


async def test_what_one_thing_holds_is_one_thing_in_the_digest(book: Book) -> None:
    hold_for(book, CHANGED, 12, scheduled_at=NOON + timedelta(days=9))
    async with lookout(book, HeldClock(NOON), alarms=Alarms(digest=time(9))) as out:
        await out.look()

        digest = out.told[0].body
    assert "Needs a person: 1 thing\n" in digest
    assert "! 12 posts wait for a word, all of harbour: their article has changed, articles/boats.md" in digest
    assert "redletter keep 1 2 3 4 5 6 7 8 9 10 11 12 leaves the words as they are" in digest


def raised(kind: str, number: int = 1, said: str = "post 1 failed") -> list[Raised]:
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
