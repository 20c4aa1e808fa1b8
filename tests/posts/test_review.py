"""Every move of a person is one compare-and-set, and an approval is of what was shown."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection

from scheduler.campaigns import Lateness
from scheduler.errors import MoveNotAllowed
from scheduler.platforms.message import Message, Part
from scheduler.posts.book import Book
from scheduler.posts.holds import hold, resume
from scheduler.posts.moves import make_move
from scheduler.posts.review import approve, cancel, edit, keep, reject, reschedule, resolve
from scheduler.posts.status import MOVES, HoldScope, Move, PostStatus
from scheduler.posts.tables import Post, stored_time
from scheduler.posts.what_is_out import check_not_begun
from tests.builders.posts import NOON, get, make_post, posts_in, put_out, receipts_in, save, trail_of
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


def _held(book: Book, **of_draft: Any) -> Post:
    post = make_post(book, **of_draft)
    with book.writing() as connection:
        make_move(connection, Move.SET_ASIDE, post.id or 0, post.version, who="redletter", now=NOON)
    return get(book, post.id or 0)


def test_a_held_post_that_is_kept_goes_out_now_and_needs_no_new_approval(book: Book) -> None:
    post = _held(book, late="hold", expires_at=NOON + timedelta(hours=9))
    now = NOON + timedelta(hours=3)

    with book.writing() as connection:
        keep(connection, post.id or 0, post.version, who="sam", now=now)

    after = get(book, post.id or 0)
    assert (after.status, after.next_try_at, after.scheduled_at) == ("approved", now, NOON)
    assert (after.expires_at, after.when_late) == (NOON + timedelta(hours=9), "miss")
    assert (after.approved_by, after.approved_digest, after.note) == ("sam", after.digest, None)
    assert trail_of(book, post.id or 0)[-1].what == "keep"


def test_a_held_post_whose_hour_is_still_to_come_is_kept_for_its_hour(book: Book) -> None:
    post = _held(book, late="hold")

    with book.writing() as connection:
        keep(connection, post.id or 0, post.version, who="sam", now=BEFORE)

    after = get(book, post.id or 0)
    assert (after.status, after.next_try_at) == ("approved", NOON)
    assert (after.expires_at, after.when_late) == (NOON + timedelta(minutes=5), "hold")


def test_what_has_expired_cannot_be_kept(book: Book) -> None:
    post = _held(book, late="hold", expires_at=NOON + timedelta(hours=1))

    with pytest.raises(MoveNotAllowed) as refusal, book.writing() as connection:
        keep(connection, post.id or 0, post.version, who="sam", now=NOON + timedelta(hours=1))

    assert "expired on Thursday 18 March 2027, 13:00" in str(refusal.value)
    assert f"redletter cancel {post.id}" in str(refusal.value)
    assert f"redletter reschedule {post.id}" in str(refusal.value)
    assert get(book, post.id or 0).status == "held"


def test_what_is_not_what_was_approved_cannot_be_kept(book: Book) -> None:
    post = _held(book)
    with book.writing() as connection:
        connection.exec_driver_sql("UPDATE posts SET approved_digest = 'another'")

    with pytest.raises(MoveNotAllowed, match="not what was approved"), book.writing() as connection:
        keep(connection, post.id or 0, post.version, who="sam", now=NOON)


def test_a_post_that_has_changed_since_it_was_looked_at_is_not_kept(book: Book) -> None:
    post = _held(book)

    with pytest.raises(MoveNotAllowed, match="has changed since you looked"), book.writing() as connection:
        keep(connection, post.id or 0, post.version - 1, who="sam", now=NOON)


@pytest.mark.parametrize(
    ("late", "expires_at", "expected"),
    [
        (timedelta(hours=2), None, NOON + timedelta(days=1, hours=2)),
        ("hold", None, NOON + timedelta(days=1, minutes=5)),
        ("send", None, None),
        # What expires does so at its moment, wherever its hour is.
        (timedelta(hours=2), NOON + timedelta(days=1, hours=1), NOON + timedelta(days=1, hours=1)),
        ("send", NOON + timedelta(days=2), NOON + timedelta(days=2)),
    ],
)
def test_lateness_moves_with_the_hour_and_expiry_does_not(
    book: Book, late: Lateness, expires_at: datetime | None, expected: datetime | None
) -> None:
    post = make_post(book, late=late, expires_at=expires_at)

    with book.writing() as connection:
        reschedule(connection, post, NOON + timedelta(days=1), who="kim", now=BEFORE)

    after = get(book, post.id or 0)
    assert (after.expires_at, after.latest_at) == (expected, expires_at)
    assert after.when_late == ("hold" if late == "hold" else "miss")


def test_a_post_cannot_be_moved_beyond_its_expiry(book: Book) -> None:
    post = make_post(book, expires_at=NOON + timedelta(hours=3))

    with pytest.raises(MoveNotAllowed) as refusal, book.writing() as connection:
        reschedule(connection, post, NOON + timedelta(hours=3), who="kim", now=BEFORE)

    assert f"post {post.id} expires on Thursday 18 March 2027, 15:00" in str(refusal.value)
    assert "change `expires` in its campaign" in str(refusal.value)


@pytest.mark.parametrize("no", [reject, cancel])
def test_a_no_is_taken_back_by_another_hour(book: Book, no: Callable[..., None]) -> None:
    post = make_post(book, approved=no is cancel)
    with book.writing() as connection:
        no(connection, post.id or 0, post.version, who="kim", now=BEFORE, reason="not this year")

    with book.writing() as connection:
        reschedule(connection, get(book, post.id or 0), NOON + timedelta(hours=1), who="sam", now=BEFORE)

    after = get(book, post.id or 0)
    assert (after.status, after.scheduled_at, after.approved_by) == ("draft", NOON + timedelta(hours=1), None)


@pytest.mark.parametrize(
    ("status", "way"),
    [
        ("approved", "redletter cancel 1 stops the rest"),
        ("held", "redletter keep 1 lets the rest go out now, redletter cancel 1 drops it"),
        ("failed", "finish or delete it by hand, where it is out; then redletter reject 1"),
        ("missed", "then redletter reject 1"),
    ],
)
@pytest.mark.parametrize("change", [_edit, _reschedule])
def test_a_thread_that_has_begun_to_go_out_is_not_changed(
    book: Book, change: Callable[[Connection, Post], None], status: str, way: str
) -> None:
    post = make_post(book, parts=["One.", "Two.", "Three."])
    put_out(book, post, "https://social.example/1", "https://social.example/2")
    _put(book, post, PostStatus(status))

    with pytest.raises(MoveNotAllowed) as refusal, book.writing() as connection:
        change(connection, get(book, post.id or 0))

    assert "parts 1 and 2 of 3 are out (https://social.example/1, https://social.example/2)" in str(refusal.value)
    assert way in str(refusal.value)
    assert get(book, post.id or 0).status == status


def test_what_is_published_is_said_to_be_just_that(book: Book) -> None:
    post = make_post(book)
    put_out(book, post, "https://social.example/1")
    _put(book, post, PostStatus.PUBLISHED)

    with (
        pytest.raises(MoveNotAllowed, match="is published, and edit is for posts that are"),
        book.writing() as connection,
    ):
        _edit(connection, get(book, post.id or 0))


def test_of_a_thread_whose_last_part_is_out_all_is_published(book: Book) -> None:
    post = make_post(book, parts=["One.", "Two."])
    put_out(book, post, "https://social.example/1")
    _put(book, post, PostStatus.UNCONFIRMED)

    with book.writing() as connection:
        resolve(connection, get(book, post.id or 0), "https://social.example/2", who="kim", now=NOON)

    assert (get(book, post.id or 0).status, get(book, post.id or 0).note) == ("published", None)
    assert [receipt.part for receipt in receipts_in(book)] == [0, 1]


def test_a_thread_of_which_a_part_was_found_by_a_person_does_not_go_on_and_says_what_is_out(book: Book) -> None:
    post = make_post(book, parts=["One.", "Two.", "Three."])
    put_out(book, post, "https://social.example/1")
    _put(book, post, PostStatus.UNCONFIRMED)

    with book.writing() as connection:
        resolve(connection, get(book, post.id or 0), "https://social.example/2", who="kim", now=NOON)

    after = get(book, post.id or 0)
    assert after.status == "failed"
    assert "parts 1 and 2 of 3 are out (https://social.example/1, https://social.example/2)" in (after.note or "")
    assert "the rest is not" in (after.note or "")


def test_of_a_thread_whose_next_part_is_not_out_the_rest_waits_for_a_word(book: Book) -> None:
    post = make_post(book, parts=["One.", "Two."])
    put_out(book, post, "https://social.example/1")
    _put(book, post, PostStatus.UNCONFIRMED)

    with book.writing() as connection:
        resolve(connection, get(book, post.id or 0), None, who="kim", now=NOON)
    held = get(book, post.id or 0)
    with book.writing() as connection:
        keep(connection, post.id or 0, held.version, who="kim", now=NOON)

    assert (held.status, held.note) == (
        "held",
        "part 1 of 2 is out (https://social.example/1); part 2 is not, says kim",
    )
    assert get(book, post.id or 0).status == "approved"


def _put(book: Book, post: Post, status: PostStatus) -> None:
    with book.writing() as connection:
        connection.exec_driver_sql("UPDATE posts SET status = ? WHERE id = ?", (status.value, post.id))


def _in_doubt(book: Book, status: str) -> Post:
    """A post that waits, though an attempt at it may have put it out."""
    post = make_post(book)
    with book.writing() as connection:
        connection.exec_driver_sql(
            "INSERT INTO attempts (post_id, number, part, version, key, payload_sha256, started_at, outcome)"
            " VALUES (?, 1, 0, 2, 'key', 'sha', ?, 'unknown')",
            (post.id, stored_time(NOON)),
        )
        connection.exec_driver_sql("UPDATE posts SET status = ?", (status,))
    return get(book, post.id or 0)


def _cancel(connection: Connection, post: Post) -> None:
    cancel(connection, post.id or 0, post.version, who="kim", now=BEFORE)


@pytest.mark.parametrize("status", ["approved", "held"])
@pytest.mark.parametrize("change", [_edit, _reschedule, _cancel])
def test_nothing_is_decided_about_what_may_be_out_as_if_it_were_not(
    book: Book, change: Callable[[Connection, Post], None], status: str
) -> None:
    post = _in_doubt(book, status)

    with pytest.raises(MoveNotAllowed, match=rf"may be out.*redletter resolve {post.id}"), book.writing() as connection:
        change(connection, post)

    assert get(book, post.id or 0).status == status


@pytest.mark.parametrize("status", ["approved", "held"])
@pytest.mark.parametrize(("url", "after"), [("https://social.example/1", "published"), (None, "draft")])
def test_a_person_settles_what_waits_though_it_may_be_out(book: Book, status: str, url: str | None, after: str) -> None:
    post = _in_doubt(book, status)

    with book.writing() as connection:
        resolve(connection, post, url, who="kim", now=NOON)

    assert get(book, post.id or 0).status == after


def test_what_nobody_doubts_is_not_resolved(book: Book) -> None:
    post = make_post(book)

    with pytest.raises(MoveNotAllowed, match="nobody doubts that"), book.writing() as connection:
        resolve(connection, post, None, who="kim", now=NOON)


def test_planning_other_words_leaves_what_may_be_out_as_it_is(book: Book) -> None:
    post = _in_doubt(book, "approved")

    result = save(book, draft("Other words."), replace=True)

    assert "it may be out" in result.kept[0].said
    assert get(book, post.id or 0).message_json == post.message_json


def test_on_resume_what_may_be_out_is_asked_about_and_not_set_aside(book: Book) -> None:
    post = _in_doubt(book, "approved")
    with book.writing() as connection:
        hold(connection, HoldScope.ALL, "", "grief", who="kim", now=NOON)
        set_aside = resume(connection, HoldScope.ALL, "", who="kim", now=NOON)

    after = get(book, post.id or 0)
    assert (set_aside, after.status, after.next_try_at) == ([], "unconfirmed", NOON)


@pytest.mark.parametrize(("resumed", "ask_at"), [("force-x", NOON), ("force-bluesky", NOON + timedelta(hours=1))])
def test_an_account_that_is_resumed_is_asked_about_what_is_in_doubt(book: Book, resumed: str, ask_at: datetime) -> None:
    post = _in_doubt(book, "unconfirmed")
    with book.writing() as connection:
        connection.exec_driver_sql("UPDATE posts SET next_try_at = ?", (stored_time(NOON + timedelta(hours=1)),))
        hold(connection, HoldScope.ACCOUNT, resumed, "no token", who="redletter", now=NOON)

    with book.writing() as connection:
        resume(connection, HoldScope.ACCOUNT, resumed, who="kim", now=NOON)

    assert get(book, post.id or 0).next_try_at == ask_at


def test_a_post_moved_by_hand_says_for_when_its_words_were_written(book: Book) -> None:
    post = make_post(book)

    with book.writing() as connection:
        reschedule(connection, post, NOON + timedelta(days=1), who="kim", now=BEFORE)

    assert "written for Thursday 18 March, 12:00" in get(book, post.id or 0).warnings[-1]


def test_a_held_post_that_nobody_has_approved_is_a_draft_again_when_it_is_kept(book: Book) -> None:
    post = _held(book)
    with book.writing() as connection:
        connection.exec_driver_sql("UPDATE posts SET approved_digest = NULL, approved_by = NULL, approved_at = NULL")

    with book.writing() as connection:
        keep(connection, post.id or 0, post.version, who="sam", now=NOON)

    kept = get(book, post.id or 0)
    assert (kept.status, kept.note, kept.next_try_at) == ("draft", None, post.scheduled_at)


def test_nothing_goes_out_under_embargo_by_any_word(book: Book) -> None:
    until = NOON + timedelta(hours=3)
    draft, held = make_post(book, approved=False, slot="draft"), make_post(book, slot="held")
    with book.writing() as connection:
        connection.exec_driver_sql("UPDATE posts SET embargo_until = ?", (stored_time(until),))
        connection.exec_driver_sql("UPDATE posts SET status = 'held' WHERE id = ?", (held.id,))
    draft, held = get(book, draft.id or 0), get(book, held.id or 0)

    words: list[Callable[[Connection], None]] = [
        lambda at: approve(at, [(draft.id or 0, draft.version)], who="sam", now=NOON - timedelta(days=1)),
        lambda at: reschedule(at, draft, until - timedelta(minutes=1), who="sam", now=NOON),
        lambda at: keep(at, held.id or 0, held.version, who="sam", now=NOON),
    ]
    for word in words:
        with (
            pytest.raises(MoveNotAllowed, match="under embargo until Thursday 18 March 2027, 15:00"),
            book.writing() as at,
        ):
            word(at)
    with book.writing() as at:
        keep(at, held.id or 0, held.version, who="sam", now=until)

    assert get(book, held.id or 0).status == "approved"


def test_a_post_that_is_in_no_book_is_asked_about_by_no_number(book: Book) -> None:
    post = make_post(book)
    post.id = None

    with book.reading() as session, pytest.raises(ValueError, match="in the book has an id"):
        check_not_begun(session.connection(), post, Move.EDIT)
