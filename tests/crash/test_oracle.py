"""The judge of the crash tests sees every kind of broken promise: a judge that never finds anything shows nothing."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scheduler.posts.book import Book
from tests.builders.posts import NOON, make_book, make_post
from tests.crash.oracle import Breach, Called, Out, breaches

LATER = NOON + timedelta(minutes=5)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    book = make_book(tmp_path)
    yield book
    book.close()


def _out(text: str, platform_id: str = "1", *, answers: str | None = None, at: datetime = NOON, key: str = "") -> Out:
    return Out("force-x", platform_id, text, answers, at, key)


def _called(name: str, at: datetime = NOON) -> Called:
    return Called("force-x", name, at)


def _broken(book: Book, *out: Out, called: Sequence[Called] = ()) -> list[Breach]:
    return breaches(book, out, LATER, asked=["force-x"], called=called)


def _published(book: Book, text: str = "post 1", platform_id: str = "1", parts: int = 1) -> int:
    """Puts a post into the book that went out as it should."""
    words = [text] if parts == 1 else [f"{text}, part {part}" for part in range(1, parts + 1)]
    post = make_post(book, text, parts=words, slot=platform_id)
    _write(
        book,
        f"UPDATE posts SET status = 'published', version = {2 + 2 * parts}",
        *(statement for part in range(parts) for statement in _put_out(post.id or 0, part, parts, platform_id)),
    )
    return post.id or 0


def _put_out(post_id: int, part: int, parts: int, platform_id: str) -> Iterator[str]:
    at, claimed = NOON.isoformat(timespec="microseconds"), 3 + 2 * part
    what, status = ("publish", "published") if part + 1 == parts else ("continue", "approved")
    yield (
        "INSERT INTO audit (at, who, what, post_id, from_status, to_status, version)"
        f" VALUES ('{at}', '', 'claim', {post_id}, 'approved', 'publishing', {claimed}),"
        f" ('{at}', '', '{what}', {post_id}, 'publishing', '{status}', {claimed + 1})"
    )
    yield (
        "INSERT INTO attempts (post_id, number, part, version, key, payload_sha256, started_at, finished_at, outcome)"
        f" VALUES ({post_id}, {part + 1}, {part}, {claimed}, 'key-{part}', '', '{at}', '{at}', 'accepted')"
    )
    yield (
        "INSERT INTO receipts (post_id, part, platform_id, received_at)"
        f" VALUES ({post_id}, {part}, '{int(platform_id) + part}', '{at}')"
    )


def _write(book: Book, *statements: str) -> None:
    with book.writing() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def test_a_post_that_went_out_as_it_should_breaks_nothing(book: Book) -> None:
    _published(book)

    assert _broken(book, _out("post 1", key="key-0"), called=[_called("post 1")]) == []


def test_a_thread_that_went_out_in_its_order_breaks_nothing(book: Book) -> None:
    _published(book, parts=2)

    out = (_out("post 1, part 1"), _out("post 1, part 2", "2", answers="1"))
    assert _broken(book, *out, called=[_called("post 1, part 1"), _called("post 1, part 2")]) == []


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
        ("UPDATE attempts SET version = 4", "trail"),  # for which nobody claimed the post
        ("UPDATE attempts SET outcome = 'absent'", "wrongly decided"),  # and it has a receipt
        (
            "INSERT INTO attempts SELECT post_id, 2, part, 5, key, '', started_at, finished_at, outcome, detail, retry_at"
            " FROM attempts",
            "wrongly decided",
        ),  # accepted twice
        ("UPDATE attempts SET started_at = '2027-03-18T11:59:59.999999+00:00'", "early"),
        ("UPDATE posts SET expires_at = '2027-03-18T12:00:00.000000+00:00'", "late"),
        ("UPDATE posts SET status = 'cancelled'", "lost"),  # and nobody cancelled it
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


@pytest.mark.parametrize(
    ("called", "kind"),
    [
        ([_called("post 1"), _called("post 1")], "unwritten"),  # by one attempt
        ([_called("post 2")], "unwritten"),
        ([_called("post 1", NOON - timedelta(microseconds=1))], "early"),  # the attempt was written after it
    ],
)
def test_it_sees_a_call_that_was_not_in_the_book_before(book: Book, called: list[Called], kind: str) -> None:
    _published(book)

    assert [breach.kind for breach in _broken(book, _out("post 1"), called=called)] == [kind]


def test_it_sees_a_post_that_came_under_a_key_that_is_in_no_book(book: Book) -> None:
    _published(book)

    assert [breach.kind for breach in _broken(book, _out("post 1", key="another"))] == ["unwritten"]


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
        "UPDATE attempts SET outcome = 'unknown'",
        "UPDATE posts SET status = 'unconfirmed', note = 'look whether it is out'",
        f"UPDATE audit SET what = 'lose sight', to_status = 'unconfirmed' WHERE post_id = {post_id} AND version = 4",
    )

    assert breaches(book, [_out("post 1")], datetime.now(UTC), asked=[]) == []
    assert breaches(book, [], datetime.now(UTC), asked=[]) == []
