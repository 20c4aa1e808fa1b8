"""A typo that is mended in an article never makes a second post."""

import pytest

from scheduler.posts.book import Book
from tests.builders.freshness import LATER, QUOTES, TEXT, approve_all, article, changed, look, plan
from tests.builders.posts import posts_in

MENDED = changed("each of them by hand", "all of them by hand")


def words(book: Book) -> list[tuple[str, str]]:
    return [(post.status, post.message.parts[0].text.split(".")[0]) for post in posts_in(book)]


def test_mended_words_replace_the_draft(book: Book) -> None:
    plan(book, QUOTES)

    result = plan(book, QUOTES, of=MENDED, now=LATER)

    assert [status for status, _ in words(book)] == ["draft"] * 2
    assert words(book)[0][1] == "“We mended all of them by hand"
    assert ([each.post_id for each in result.updated], result.created, result.gone) == ([1], [], [])
    assert plan(book, QUOTES, of=MENDED, now=LATER).updated == []


@pytest.mark.parametrize(
    "status", ["published", "publishing", "unconfirmed", "failed", "missed", "rejected", "cancelled"]
)
def test_mended_words_of_what_is_out_or_was_dropped_are_never_posted_again(book: Book, status: str) -> None:
    plan(book, QUOTES)
    with book.writing() as connection:
        connection.exec_driver_sql("UPDATE posts SET status = ? WHERE id = 1", (status,))
    before = words(book)

    for _ in range(2):
        result = plan(book, QUOTES, of=MENDED, now=LATER)

    assert words(book) == before
    assert (result.created, result.gone) == ([], [])
    assert [each.said for each in result.kept] == [
        f"it is {status} with the words that its article had before; mended words are not posted again"
    ]


def test_mended_twice_it_is_still_the_same_post(book: Book) -> None:
    plan(book, QUOTES)
    with book.writing() as connection:
        connection.exec_driver_sql("UPDATE posts SET status = 'published' WHERE id = 1")
    plan(book, QUOTES, of=MENDED, now=LATER)

    twice = article(TEXT.replace("each of them by hand", "all of them by our own hands"))
    result = plan(book, QUOTES, of=twice, now=LATER)

    assert (len(posts_in(book)), result.created) == (2, [])


def test_an_approved_post_waits_for_a_person_and_gets_the_mended_words_when_that_is_asked_for(book: Book) -> None:
    plan(book, QUOTES)
    approve_all(book)
    look(book, MENDED)

    left = plan(book, QUOTES, of=MENDED, now=LATER)
    replaced = plan(book, QUOTES, of=MENDED, now=LATER, replace=True)

    assert [each.post_id for each in left.held] == [1]
    assert left.held[0].said.startswith(
        "approved by sam, and held: its article has changed, articles/boats.md: removed “each”"
    )
    assert words(book)[0] == ("draft", "“We mended all of them by hand")
    assert ([each.post_id for each in replaced.updated], replaced.created) == ([1], [])
    assert posts_in(book)[0].note is None


def test_a_held_draft_that_nobody_touched_is_planned_anew(book: Book) -> None:
    plan(book, QUOTES)
    look(book, MENDED)

    plan(book, QUOTES, of=MENDED, now=LATER)

    assert words(book)[0] == ("draft", "“We mended all of them by hand")


def test_another_quote_is_another_post(book: Book) -> None:
    plan(book, QUOTES)

    result = plan(
        book, QUOTES, of=changed("We mended each of them by hand. I am proud of the children.", "Come in."), now=LATER
    )

    assert len(posts_in(book)) == 3
    assert ([len(result.created)], [each.post_id for each in result.gone]) == ([1], [1])


def test_a_quote_that_is_added_is_posted_though_others_are_much_like_it(book: Book) -> None:
    plan(book, QUOTES)

    added = "Ada Finch, who sails, said: “I have waited two years for this day, and it was worth it.”\n\nThe gates"
    result = plan(book, QUOTES, of=changed("The gates", added), now=LATER)

    assert (len(result.created), result.kept, result.gone) == (1, [], [])


def test_two_mended_quotes_each_find_their_own_post(book: Book) -> None:
    plan(book, QUOTES)
    with book.writing() as connection:
        connection.exec_driver_sql("UPDATE posts SET status = 'published' WHERE id = 2")
    both = article(TEXT.replace("each of them", "all of them").replace("ten years", "twelve years"))

    result = plan(book, QUOTES, of=both, now=LATER)

    assert [each.post_id for each in result.updated] == [1]
    assert [each.post_id for each in result.kept] == [2]
    assert len(posts_in(book)) == 2


def test_what_an_older_version_planned_is_found_by_its_words(book: Book) -> None:
    plan(book, QUOTES)
    with book.writing() as connection:
        connection.exec_driver_sql(
            "UPDATE posts SET status = 'published', sources_json ="
            """ '[{"article": "articles/boats.md", "sha256": "", "kind": "quote", "spans": [[0, 9]]}]'"""
        )

    result = plan(book, QUOTES, of=MENDED, now=LATER)

    assert (len(posts_in(book)), [each.post_id for each in result.kept]) == (2, [1])
