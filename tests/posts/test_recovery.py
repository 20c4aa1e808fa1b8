"""What a start makes of posts that a dead daemon left as publishing."""

from datetime import timedelta
from random import Random

from sqlalchemy import Connection

from scheduler.platforms.contract import Payload
from scheduler.posts.book import Book
from scheduler.posts.claims import DuePost, Pace, claim_due
from scheduler.posts.queue import recover
from tests.builders.posts import NOON, attempts_in, get, make_post
from tests.builders.publishing import FakeAdapter


def _prepare(post: DuePost) -> Payload:
    return FakeAdapter().payload(post.message, f"{Random(post.id).random()}", post.earlier)


def _claim(connection: Connection) -> None:
    claim_due(connection, NOON, {"force-x": 10}, 10, Pace(NOON, {}), _prepare)


def test_an_attempt_without_an_outcome_is_unconfirmed(book: Book) -> None:
    post = make_post(book)
    with book.writing() as connection:
        _claim(connection)

    with book.writing() as connection:
        recovered = recover(connection, NOON + timedelta(minutes=1))

    assert [told.id for told in recovered.unconfirmed] == [post.id]
    assert get(book, post.id or 0).status == "unconfirmed"
    assert attempts_in(book)[0].outcome == "unknown"


def test_a_claim_without_an_attempt_goes_back_to_the_queue(book: Book) -> None:
    post = make_post(book)
    with book.writing() as connection:
        connection.exec_driver_sql("UPDATE posts SET status = 'publishing'")

    with book.writing() as connection:
        recovered = recover(connection, NOON + timedelta(minutes=1))

    assert [told.id for told in recovered.released] == [post.id]
    assert get(book, post.id or 0).status == "approved"


def test_recovering_twice_changes_nothing_more(book: Book) -> None:
    make_post(book)
    with book.writing() as connection:
        _claim(connection)
        recover(connection, NOON)

    with book.writing() as connection:
        again = recover(connection, NOON)

    assert again.released == again.unconfirmed == ()
