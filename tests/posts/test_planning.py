"""Saving drafts: twice adds nothing, and a person's word is not overwritten in silence."""

from dataclasses import replace
from datetime import timedelta

from scheduler.articles.article import Span
from scheduler.drafting.draft import Source
from scheduler.platforms.message import Message, Part
from scheduler.posts.book import Book
from scheduler.posts.review import edit, reject
from tests.builders.posts import NOON, approve_all, get, make_draft, moved_to, posts_in, save, trail_of


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
