"""A row of the book that cannot be read hides no other."""

import logging
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from scheduler.errors import BookError
from scheduler.posts.book import Book
from scheduler.posts.queries import find_posts, get_post, kept_between, standing
from tests.builders.posts import NOON, make_book, make_post

HOUR = timedelta(hours=1)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    book = make_book(tmp_path)
    yield book
    book.close()


def damage(book: Book, post_id: int | None, **columns: str) -> None:
    with book.writing() as connection:
        for column, value in columns.items():
            connection.exec_driver_sql(f"UPDATE posts SET {column} = ? WHERE id = ?", (value, post_id))


@pytest.mark.parametrize("status", ["failed", "approved", "draft"])
@pytest.mark.parametrize("column", ["scheduled_at", "updated_at", "latest_at"])
@pytest.mark.parametrize(
    ("kept", "why"),
    [
        ("2027-03-1x", "Invalid isoformat string: '2027-03-1x'"),
        ("2027-03-01T12:00:00", "a moment without its zone: '2027-03-01T12:00:00'"),
    ],
)
def test_how_things_stand_is_said_of_all_others_and_the_damaged_one_is_named(
    book: Book, status: str, column: str, kept: str, why: str
) -> None:
    whole, damaged = (make_post(book, slot=slot, scheduled_at=NOON - HOUR) for slot in ("whole", "damaged"))
    damage(book, whole.id, status=status)
    damage(book, damaged.id, status=status)
    damage(book, damaged.id, **{column: kept})

    with book.reading() as session:
        found = standing(session, NOON, HOUR)

    assert [post.id for post in (*found.troubles, *found.overdue, *found.unapproved)] == [whole.id]
    assert [each.id for each in found.damaged] == [damaged.id]
    assert str(found.damaged[0]) == f"post {damaged.id} is damaged in the book and cannot be read ({why})"


@pytest.mark.parametrize("column", ["scheduled_at", "message_json"])
def test_a_list_leaves_it_out_and_says_so(book: Book, column: str, caplog: pytest.LogCaptureFixture) -> None:
    whole, damaged = (make_post(book, slot=slot) for slot in ("whole", "damaged"))
    damage(book, damaged.id, **{column: "{"})

    with caplog.at_level(logging.WARNING), book.reading() as session:
        found = find_posts(session)

    assert [post.id for post in found] == [whole.id]
    assert f"post {damaged.id} is damaged in the book and cannot be read" in caplog.text


def test_what_goes_out_on_a_day_is_said_without_it(book: Book) -> None:
    whole, damaged = (make_post(book, slot=slot) for slot in ("whole", "damaged"))
    damage(book, damaged.id, updated_at="2027-03-1x")

    with book.reading() as session:
        kept = kept_between(session, NOON - HOUR, NOON + HOUR)

    assert [post.id for post in kept.posts] == [whole.id]


def test_asked_for_by_its_number_it_says_what_to_do(book: Book) -> None:
    post = make_post(book)
    damage(book, post.id, scheduled_at="noon")

    with pytest.raises(BookError, match="put a backup in its place: redletter restore"), book.reading() as session:
        get_post(session, post.id or 0)
