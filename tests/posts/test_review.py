"""Every move of a person is one compare-and-set, and an approval is of what was shown."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Connection

from scheduler.errors import MoveNotAllowed
from scheduler.platforms.message import Message, Part
from scheduler.posts.book import Book
from scheduler.posts.moves import make_move
from scheduler.posts.review import approve, cancel, edit, reject, reschedule, resolve
from scheduler.posts.status import MOVES, Move, PostStatus
from scheduler.posts.tables import Post
from tests.builders.posts import NOON, get, make_post, posts_in, receipts_in, save, trail_of
from tests.builders.posts import make_draft as draft

BEFORE = NOON - timedelta(days=1)


def test_approving_names_the_version_that_was_shown(book: Book) -> None:
    post = make_post(book, approved=False)
    shown = post.version
    with book.writing() as connection:
        edit(connection, post, Message((Part("Changed meanwhile."),)), who="kim", now=BEFORE)

    with pytest.raises(MoveNotAllowed, match="has changed since you looked"), book.writing() as connection:
        approve(connection, [(post.id or 0, shown)], who="sam", now=BEFORE)

    assert get(book, post.id or 0).status == "draft"


def test_several_are_approved_all_or_none(book: Book) -> None:
    save(book, draft(slot="early", scheduled_at=NOON), draft(slot="late", scheduled_at=NOON + timedelta(hours=4)))
    shown = [(post.id or 0, post.version) for post in posts_in(book)]

    with pytest.raises(MoveNotAllowed, match="hour has passed"), book.writing() as connection:
        approve(connection, shown, who="sam", now=NOON + timedelta(hours=1))

    assert {post.status for post in posts_in(book)} == {"draft"}


@pytest.mark.parametrize("minutes", [0, 1])
def test_a_post_whose_hour_has_passed_cannot_be_approved_only_rescheduled(book: Book, minutes: int) -> None:
    post = make_post(book, approved=False)
    now = NOON + timedelta(minutes=minutes)

    with pytest.raises(MoveNotAllowed, match=f"redletter reschedule {post.id}"), book.writing() as connection:
        approve(connection, [(post.id or 0, 1)], who="sam", now=now)
    with book.writing() as connection:
        reschedule(connection, post, NOON + timedelta(hours=3), who="sam", now=now)
        approve(connection, [(post.id or 0, 2)], who="sam", now=now)

    after = get(book, post.id or 0)
    assert (after.status, after.scheduled_at, after.next_try_at) == (
        "approved",
        NOON + timedelta(hours=3),
        NOON + timedelta(hours=3),
    )
    assert after.expires_at == NOON + timedelta(hours=5)


def _edit(connection: Connection, post: Post) -> None:
    edit(connection, post, Message((Part("Other words."),)), who="kim", now=BEFORE)


def _reschedule(connection: Connection, post: Post) -> None:
    reschedule(connection, post, NOON + timedelta(hours=1), who="kim", now=BEFORE)


@pytest.mark.parametrize("change", [_edit, _reschedule])
def test_any_change_voids_an_approval(book: Book, change: Callable[[Connection, Post], None]) -> None:
    post = make_post(book)

    with book.writing() as connection:
        change(connection, post)

    after = get(book, post.id or 0)
    assert (after.status, after.approved_by, after.approved_digest) == ("draft", None, None)
    assert after.is_edited


def test_an_hour_that_has_passed_cannot_be_chosen(book: Book) -> None:
    post = make_post(book)

    with pytest.raises(MoveNotAllowed, match="has passed"), book.writing() as connection:
        reschedule(connection, post, BEFORE, who="kim", now=BEFORE)


def test_what_was_there_before_an_edit_stays_in_the_audit_trail(book: Book) -> None:
    post = make_post(book, "First words.")

    with book.writing() as connection:
        _edit(connection, post)

    last = trail_of(book, post.id or 0)[-1]
    assert (last.who, last.what, last.from_status, last.to_status, last.version) == (
        "kim",
        "edit",
        "approved",
        "draft",
        3,
    )
    assert "First words." in (last.detail or "")


def test_a_person_settles_an_unconfirmed_post(book: Book) -> None:
    out, not_out = make_post(book, slot="out"), make_post(book, slot="not-out")
    for post in (out, not_out):
        _put(book, post, PostStatus.UNCONFIRMED)

    with book.writing() as connection:
        resolve(connection, get(book, out.id or 0), "https://social.example/1", who="kim", now=NOON)
        resolve(connection, get(book, not_out.id or 0), None, who="kim", now=NOON)

    assert get(book, out.id or 0).status == "published"
    assert receipts_in(book)[0].url == "https://social.example/1"
    assert get(book, not_out.id or 0).status == "draft"


@pytest.mark.parametrize("move", [move for move in MOVES if move is not Move.PLAN])
@pytest.mark.parametrize("status", list(PostStatus))
def test_no_move_starts_from_a_status_that_its_table_does_not_name(book: Book, move: Move, status: PostStatus) -> None:
    post = make_post(book)
    _put(book, post, status)
    allowed, target = MOVES[move]

    if status in allowed:
        with book.writing() as connection:
            make_move(connection, move, post.id or 0, post.version, who="kim", now=NOON)
        assert get(book, post.id or 0).status == target
    else:
        with pytest.raises(MoveNotAllowed, match=f"post {post.id} is {status}"), book.writing() as connection:
            make_move(connection, move, post.id or 0, post.version, who="kim", now=NOON)
        assert get(book, post.id or 0).status == status


def test_an_unknown_post_is_said(book: Book) -> None:
    with pytest.raises(MoveNotAllowed, match="there is no post 42"), book.writing() as connection:
        reject(connection, 42, 1, who="kim", now=NOON)
    with pytest.raises(MoveNotAllowed, match="there is no post 42"), book.writing() as connection:
        cancel(connection, 42, 1, who="kim", now=NOON)


def _put(book: Book, post: Post, status: PostStatus) -> None:
    with book.writing() as connection:
        connection.exec_driver_sql("UPDATE posts SET status = ? WHERE id = ?", (status.value, post.id))


def test_a_post_moved_by_hand_says_for_when_its_words_were_written(book: Book) -> None:
    post = make_post(book)

    with book.writing() as connection:
        reschedule(connection, post, NOON + timedelta(days=1), who="kim", now=BEFORE)

    assert "written for Thursday 18 March, 12:00" in get(book, post.id or 0).warnings[-1]
