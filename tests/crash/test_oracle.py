"""The judge of the crash tests sees every kind of broken promise: a judge that never finds anything shows nothing."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scheduler.posts.book import Book
from tests.builders.posts import NOON, make_book, make_post
from tests.crash.oracle import Breach, Out, breaches

LATER = NOON + timedelta(minutes=5)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    book = make_book(tmp_path)
    yield book
    book.close()


def _out(text: str, platform_id: str = "1", *, answers: str | None = None, at: datetime = NOON) -> Out:
    return Out("force-x", platform_id, text, answers, at)


def _broken(book: Book, *out: Out) -> list[Breach]:
    return breaches(book, out, LATER, asked=["force-x"])


def _published(book: Book, text: str = "post 1", platform_id: str = "1", parts: int = 1) -> int:
    """Puts a post into the book that went out as it should."""
    words = [text] if parts == 1 else [f"{text}, part {part}" for part in range(1, parts + 1)]
    post = make_post(book, text, parts=words, slot=platform_id)
    _write(
        book,
        "UPDATE posts SET status = 'published', version = 4",
        "INSERT INTO audit (at, who, what, post_id, from_status, to_status, version)"
        f" VALUES ('{NOON.isoformat()}', '', 'claim', {post.id}, 'approved', 'publishing', 3),"
        f" ('{NOON.isoformat()}', '', 'publish', {post.id}, 'publishing', 'published', 4)",
        f"INSERT INTO attempts (post_id, number, part, version, key, payload_sha256, started_at, finished_at, outcome)"
        f" VALUES ({post.id}, 1, 0, 3, 'key', '', '{NOON.isoformat()}', '{NOON.isoformat()}', 'accepted')",
        *(
            f"INSERT INTO receipts (post_id, part, platform_id, received_at)"
            f" VALUES ({post.id}, {part}, '{int(platform_id) + part}', '{NOON.isoformat()}')"
            for part in range(parts)
        ),
    )
    return post.id or 0


def _write(book: Book, *statements: str) -> None:
    with book.writing() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def test_a_post_that_went_out_as_it_should_breaks_nothing(book: Book) -> None:
    _published(book)

    assert _broken(book, _out("post 1")) == []


def test_a_thread_that_went_out_in_its_order_breaks_nothing(book: Book) -> None:
    _published(book, parts=2)

    assert _broken(book, _out("post 1, part 1"), _out("post 1, part 2", "2", answers="1")) == []


def test_two_posts_with_the_same_words_may_both_be_out(book: Book) -> None:
    _published(book)
    _write(book, "UPDATE posts SET slot = 'other'")
    second = make_post(book, "post 1", approved=False)

    kinds = {breach.kind for breach in _broken(book, _out("post 1"), _out("post 1", "2"))}

    assert second.status == "draft"
    assert kinds == {"wrongly decided"}  # the second is a draft in the book; nothing is called twice


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("UPDATE posts SET status = 'failed'", "wrongly decided"),  # and it is out
        ("UPDATE posts SET status = 'publishing'", "undecided"),
        ("UPDATE posts SET status = 'unconfirmed', note = 'x'", "undecided"),
        ("UPDATE posts SET version = 9", "trail"),
        ("UPDATE audit SET what = 'cancel' WHERE what = 'claim'", "trail"),
        ("UPDATE audit SET version = 7 WHERE what = 'claim'", "trail"),
        ("DELETE FROM audit WHERE what = 'approve'", "trail"),
        ("UPDATE attempts SET outcome = NULL", "undecided"),
        ("UPDATE attempts SET number = 2", "trail"),
        ("UPDATE receipts SET platform_id = '7'", "lost"),  # called out, and not there
        ("DELETE FROM receipts", "wrongly decided"),
        ("UPDATE posts SET scheduled_at = '2027-03-18T12:04:00.000000+00:00'", "early"),
    ],
)
def test_it_sees_what_the_book_has_wrong(book: Book, statement: str, kind: str) -> None:
    _published(book)

    _write(book, statement)

    assert kind in {breach.kind for breach in _broken(book, _out("post 1"))}


def test_it_sees_a_post_that_is_out_twice(book: Book) -> None:
    _published(book)

    assert [breach.kind for breach in _broken(book, _out("post 1"), _out("post 1", "2"))] == ["twice"]


def test_it_sees_words_that_nobody_planned(book: Book) -> None:
    assert [breach.kind for breach in _broken(book, _out("who wrote this?"))] == ["stranger"]


def test_it_sees_a_post_that_never_went_out(book: Book) -> None:
    make_post(book, "post 1", scheduled_at=NOON)

    assert [breach.kind for breach in _broken(book)] == ["lost"]


def test_it_sees_a_thread_that_hangs_on_the_wrong_post(book: Book) -> None:
    _published(book, parts=2)

    kinds = [breach.kind for breach in _broken(book, _out("post 1, part 1"), _out("post 1, part 2", "2", answers="9"))]

    assert kinds == ["thread"]


def test_what_no_platform_can_answer_may_wait_for_a_person(book: Book) -> None:
    post_id = _published(book)
    _write(
        book,
        "DELETE FROM receipts",
        "UPDATE posts SET status = 'unconfirmed', note = 'look whether it is out'",
        f"UPDATE audit SET what = 'lose sight', to_status = 'unconfirmed' WHERE post_id = {post_id} AND version = 4",
    )

    assert breaches(book, [_out("post 1")], datetime.now(UTC), asked=[]) == []
    assert breaches(book, [], datetime.now(UTC), asked=[]) == []
