"""What a start makes of posts that a dead daemon left as publishing."""

from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import Connection

from scheduler.platforms.contract import Payload
from scheduler.posts.book import Book
from scheduler.posts.claims import Claimed, DuePost, Finished, Pace, claim_due, record
from scheduler.posts.holds import hold, resume
from scheduler.posts.queue import recover
from scheduler.posts.review import cancel
from scheduler.posts.status import HoldScope, Move, Outcome
from tests.builders.posts import NOON, attempts_in, get, make_post
from tests.builders.publishing import FakeAdapter


def _prepare(post: DuePost) -> Payload:
    return FakeAdapter().payload(post.message, f"{Random(post.id).random()}", post.earlier)


def _claim(connection: Connection) -> Claimed:
    return claim_due(connection, NOON, {"force-x": 10}, 10, Pace(NOON, {}), _prepare).claimed[0]


AN_HOUR = timedelta(hours=1)


def _told_to_wait(connection: Connection, move: Move = Move.RETRY_LATER) -> None:
    """The platform of the account wants to be left alone for an hour."""
    wait = Finished(_claim(connection), Outcome.TEMPORARY, move, NOON, retry_at=NOON + AN_HOUR, next_try_at=NOON)
    record(connection, [wait])


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


@pytest.mark.parametrize("move", [Move.RETRY_LATER, Move.MISS, Move.SET_ASIDE, Move.LOSE_SIGHT])
def test_a_platform_that_asked_to_wait_is_left_alone_whatever_became_of_the_post(book: Book, move: Move) -> None:
    make_post(book)
    with book.writing() as connection:
        _told_to_wait(connection, move)

    with book.writing() as connection:
        in_time, after = recover(connection, NOON + AN_HOUR / 2), recover(connection, NOON + AN_HOUR)

    assert (in_time.paused, after.paused) == ({"force-x": NOON + AN_HOUR}, {})


def test_a_person_who_cancels_the_post_does_not_end_the_wait(book: Book) -> None:
    post = make_post(book)
    with book.writing() as connection:
        _told_to_wait(connection)
        cancel(connection, post.id or 0, get(book, post.id or 0).version + 2, who="kim", now=NOON)

    with book.writing() as connection:
        assert recover(connection, NOON).paused == {"force-x": NOON + AN_HOUR}


def test_an_account_that_somebody_has_resumed_since_is_not_left_alone(book: Book) -> None:
    make_post(book)
    with book.writing() as connection:
        _told_to_wait(connection)
        hold(connection, HoldScope.ACCOUNT, "force-x", "its token is replaced", who="kim", now=NOON)
        resume(connection, HoldScope.ACCOUNT, "force-x", who="kim", now=NOON + AN_HOUR / 4)

    with book.writing() as connection:
        assert recover(connection, NOON + AN_HOUR / 2).paused == {}


def test_a_damaged_attempt_of_one_post_keeps_no_other_back(book: Book) -> None:
    make_post(book, slot="damaged")
    with book.writing() as connection:
        _told_to_wait(connection)
        connection.exec_driver_sql("UPDATE attempts SET started_at = '{'")
    make_post(book, slot="whole")

    with book.writing() as connection:
        claims = claim_due(connection, NOON, {"force-x": 10}, 10, Pace(NOON, {}), _prepare)

    assert {one.post.slot for one in claims.claimed} == {"damaged", "whole"}


@pytest.mark.parametrize("column", ["finished_at", "retry_at"])
def test_a_damaged_wait_keeps_no_daemon_from_beginning(book: Book, column: str) -> None:
    make_post(book)
    with book.writing() as connection:
        _told_to_wait(connection)
        connection.exec_driver_sql(f"UPDATE attempts SET {column} = '{{'")

    with book.writing() as connection:
        assert recover(connection, NOON).paused == {}


def test_a_wait_is_no_longer_than_the_platform_asked_for_when_the_clock_was_ahead(book: Book) -> None:
    make_post(book)
    with book.writing() as connection:
        _told_to_wait(connection)

    with book.writing() as connection:
        recovered = recover(connection, NOON - timedelta(days=9))

    assert recovered.paused == {"force-x": NOON - timedelta(days=9) + AN_HOUR}
