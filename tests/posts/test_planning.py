"""Saving drafts: twice adds nothing, and a person's word is not overwritten in silence."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from scheduler.articles.article import Span
from scheduler.campaigns import Lateness
from scheduler.drafting.draft import Source
from scheduler.platforms.message import Message, Part
from scheduler.posts.book import Book
from scheduler.posts.moves import make_move
from scheduler.posts.review import edit, keep, reject, reschedule
from scheduler.posts.status import Move
from tests.builders.posts import (
    NOON,
    approve_all,
    get,
    make_draft,
    make_post,
    moved_to,
    posts_in,
    put_out,
    save,
    trail_of,
)


def test_planning_twice_adds_nothing(book: Book) -> None:
    drafts = [make_draft(), make_draft(account="force-mastodon"), make_draft(slot="quotes", fingerprint="a1")]

    first = save(book, *drafts)
    second = save(book, *drafts)

    assert len(first.created) == 3
    assert second.created == second.updated == second.moved == []
    assert len(second.left) == 3
    assert [post.version for post in posts_in(book)] == [1, 1, 1]


def test_retiming_a_slot_moves_its_post_and_adds_none(book: Book) -> None:
    save(book, make_draft())

    result = save(book, moved_to(make_draft(), NOON + timedelta(hours=1)))

    (post,) = posts_in(book)
    assert [planned.said for planned in result.moved] == ["another hour"]
    assert post.scheduled_at == post.next_try_at == NOON + timedelta(hours=1)
    assert post.expires_at == NOON + timedelta(hours=3)
    assert not post.is_edited


def test_other_words_update_an_untouched_draft(book: Book) -> None:
    save(book, make_draft("Old words."))

    result = save(book, make_draft("New words."))

    (post,) = posts_in(book)
    assert len(result.updated) == 1
    assert post.message.parts[0].text == "New words."
    assert [entry.what for entry in trail_of(book, post.id or 0)] == ["plan", "update"]


def test_what_a_person_edited_is_left_and_said(book: Book) -> None:
    save(book, make_draft("Planned words."))
    (post,) = posts_in(book)
    with book.writing() as connection:
        edit(connection, post, Message((Part("My words."),)), who="kim", now=NOON - timedelta(days=6))

    same_campaign = save(book, make_draft("Planned words."))
    changed_campaign = save(book, make_draft("Other planned words."))

    assert same_campaign.kept == []
    assert "edited by kim" in changed_campaign.kept[0].said
    assert posts_in(book)[0].message.parts[0].text == "My words."


def test_what_was_approved_is_left_and_said_unless_it_is_to_be_replaced(book: Book) -> None:
    save(book, make_draft("Approved words."))
    approve_all(book)

    kept = save(book, make_draft("Other words."))
    while_kept = posts_in(book)[0]
    replaced = save(book, make_draft("Other words."), replace=True)

    assert "approved by sam" in kept.kept[0].said
    assert (while_kept.status, while_kept.message.parts[0].text) == ("approved", "Approved words.")
    assert "void" in replaced.updated[0].said
    assert (posts_in(book)[0].status, posts_in(book)[0].approved_by) == ("draft", None)


def test_a_slot_in_the_past_is_left_out_and_said(book: Book) -> None:
    result = save(book, make_draft(), now=NOON)

    assert posts_in(book) == []
    assert "passed" in result.past[0].said


def test_a_rejected_post_is_not_planned_again(book: Book) -> None:
    save(book, make_draft())
    (post,) = posts_in(book)
    with book.writing() as connection:
        reject(connection, post.id or 0, 1, who="kim", now=NOON - timedelta(days=6), reason="not this year")

    result = save(book, make_draft("Other words."))

    assert result.created == []
    assert result.left[0].said == "it is rejected"
    assert get(book, post.id or 0).status == "rejected"


def test_a_post_whose_slot_left_the_campaign_is_named(book: Book) -> None:
    save(book, make_draft(), make_draft(slot="thank-you"))

    result = save(book, make_draft())

    assert [planned.key.slot for planned in result.gone] == ["thank-you"]
    assert len(posts_in(book)) == 2


def test_lateness_follows_the_campaign_without_voiding_an_approval(book: Book) -> None:
    save(book, make_draft(late=timedelta(hours=2)))
    approve_all(book)

    save(book, make_draft(late=None))

    (post,) = posts_in(book)
    assert (post.status, post.expires_at) == ("approved", None)


@pytest.mark.parametrize(
    ("late", "expires_at", "expected"),
    [
        (timedelta(hours=2), None, (NOON + timedelta(hours=2), "miss", None)),
        (timedelta(hours=2), NOON + timedelta(hours=1), (NOON + timedelta(hours=1), "miss", NOON + timedelta(hours=1))),
        (timedelta(hours=2), NOON + timedelta(hours=9), (NOON + timedelta(hours=2), "miss", NOON + timedelta(hours=9))),
        ("send", None, (None, "miss", None)),
        ("send", NOON + timedelta(hours=9), (NOON + timedelta(hours=9), "miss", NOON + timedelta(hours=9))),
        ("hold", None, (NOON + timedelta(minutes=5), "hold", None)),
        ("hold", NOON + timedelta(hours=9), (NOON + timedelta(minutes=5), "hold", NOON + timedelta(hours=9))),
        # There is no time left in which a person could say anything.
        ("hold", NOON + timedelta(minutes=4), (NOON + timedelta(minutes=4), "miss", NOON + timedelta(minutes=4))),
    ],
)
def test_when_a_post_is_too_late_and_what_becomes_of_it_then_is_in_the_book(
    book: Book, late: Lateness, expires_at: datetime | None, expected: tuple[datetime | None, str, datetime | None]
) -> None:
    save(book, make_draft(late=late, expires_at=expires_at))

    (post,) = posts_in(book)
    assert (post.expires_at, post.when_late, post.latest_at) == expected


def test_topics_are_in_the_book_and_follow_the_campaign_without_voiding_an_approval(book: Book) -> None:
    save(book, make_draft(topics=["safety", "crime"]))
    planned = posts_in(book)[0].topics
    approve_all(book)

    save(book, make_draft(topics=["safety"], late="hold", expires_at=NOON + timedelta(hours=3)))

    (post,) = posts_in(book)
    assert planned == ",crime,safety,"
    assert (post.status, post.topics, post.when_late) == ("approved", ",safety,", "hold")
    assert (post.expires_at, post.latest_at) == (NOON + timedelta(minutes=5), NOON + timedelta(hours=3))
    assert trail_of(book, post.id or 0)[-1].detail == "expires_at, latest_at, topics, when_late"


def test_terms_are_followed_even_where_the_words_are_kept(book: Book) -> None:
    save(book, make_draft("Approved words."))
    approve_all(book)

    result = save(book, make_draft("Other words.", topics=["safety"], expires_at=NOON + timedelta(hours=1)))

    (post,) = posts_in(book)
    assert "approved by sam" in result.kept[0].said
    assert (post.topics, post.latest_at, post.message.parts[0].text) == (
        ",safety,",
        NOON + timedelta(hours=1),
        "Approved words.",
    )


@pytest.mark.parametrize("late", [timedelta(hours=2), "hold"])
def test_a_post_that_a_person_kept_stays_kept_when_its_campaign_is_planned_again(book: Book, late: Lateness) -> None:
    post = make_post(book, late=late)
    in_the_evening = NOON + timedelta(hours=8)
    with book.writing() as connection:
        make_move(connection, Move.SET_ASIDE, post.id or 0, post.version, who="redletter", now=in_the_evening)
        keep(connection, post.id or 0, post.version + 1, who="sam", now=in_the_evening)

    save(book, make_draft(late=late), now=in_the_evening)
    kept = get(book, post.id or 0)
    save(book, make_draft(late=late, expires_at=NOON + timedelta(hours=6)), now=in_the_evening)

    assert (kept.status, kept.expires_at, kept.when_late) == ("approved", None, "miss")
    assert get(book, post.id or 0).expires_at == NOON + timedelta(hours=6)


@pytest.mark.parametrize("status", ["held", "missed", "failed", "cancelled", "rejected"])
def test_a_later_expiry_reaches_posts_that_a_person_may_bring_back(book: Book, status: str) -> None:
    post = make_post(book, expires_at=NOON + timedelta(hours=1))
    with book.writing() as connection:
        connection.exec_driver_sql("UPDATE posts SET status = ?", (status,))

    result = save(book, make_draft(expires_at=NOON + timedelta(hours=9)), now=NOON + timedelta(hours=3))

    assert get(book, post.id or 0).latest_at == NOON + timedelta(hours=9)
    assert result.left[0].said == f"it is {status}"


def test_a_post_moved_beyond_a_new_expiry_is_said(book: Book) -> None:
    save(book, make_draft())
    (post,) = posts_in(book)
    with book.writing() as connection:
        reschedule(connection, post, NOON + timedelta(days=1), who="kim", now=NOON - timedelta(days=6))

    result = save(book, make_draft(expires_at=NOON + timedelta(hours=5)))

    assert "after the campaign's `expires`" in result.kept[0].said


def test_a_thread_that_has_begun_is_not_replaced(book: Book) -> None:
    save(book, make_draft(parts=["One.", "Two."]))
    approve_all(book)
    put_out(book, posts_in(book)[0], "https://social.example/1")

    result = save(book, make_draft(parts=["One.", "Changed."]), replace=True)

    assert "part 1 of 2 is out (https://social.example/1); left as it is" in result.kept[0].said
    assert posts_in(book)[0].status == "approved"


def test_a_held_post_whose_slot_left_the_campaign_is_named(book: Book) -> None:
    save(book, make_draft(), make_draft(slot="thank-you"))
    with book.writing() as connection:
        connection.exec_driver_sql("UPDATE posts SET status = 'held' WHERE slot = 'thank-you'")

    result = save(book, make_draft())

    assert "still held" in result.gone[0].said


def test_replacing_takes_the_campaigns_words_back_even_where_the_campaign_did_not_change(book: Book) -> None:
    save(book, make_draft("Planned words."))
    (post,) = posts_in(book)
    with book.writing() as connection:
        edit(connection, post, Message((Part("My words."),)), who="kim", now=NOON - timedelta(days=6))

    result = save(book, make_draft("Planned words."), replace=True)

    (post,) = posts_in(book)
    assert "edited by kim" in result.updated[0].said
    assert post.message.parts[0].text == "Planned words."
    assert not post.is_edited


def test_a_post_that_could_not_be_made_anew_stays_and_is_not_called_gone(book: Book) -> None:
    save(book, make_draft(), make_draft(slot="thank-you"))

    result = save(book, make_draft(), unmade=[make_draft(slot="thank-you").key])

    assert result.gone == []
    assert "could not be made anew" in result.kept[0].said


def test_a_renamed_article_is_followed_without_voiding_an_approval(book: Book) -> None:
    before, after = (
        replace(make_draft(), sources=(Source(name, "0" * 64, "lead", (Span(0, 9),)),)) for name in ("old.md", "new.md")
    )
    save(book, before)
    approve_all(book)

    save(book, after)

    (post,) = posts_in(book)
    assert (post.status, "new.md" in post.sources_json) == ("approved", True)
    assert trail_of(book, post.id or 0)[-1].what == "follow the campaign"
