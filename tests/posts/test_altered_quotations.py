"""A quotation that is not what was said goes out only where somebody agreed to it, and the trail says who."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from scheduler.articles.article import Span
from scheduler.drafting.draft import Source
from scheduler.errors import MoveNotAllowed
from scheduler.platforms.message import Message, Part
from scheduler.posts.book import Book
from scheduler.posts.provenance import NOT_COMPARABLE, decode_sources, encode_sources
from scheduler.posts.review import approve, edit, reschedule
from scheduler.posts.tables import POSTS, Post
from tests.builders.posts import NOON, get, make_draft, save, trail_of

BEFORE = NOON - timedelta(days=1)
SAID = "Come and see what we mend. Bring your children."
TEXT = f"“{SAID}”\n\nMira Holt, keeper of the harbour"
SOURCE = Source(
    "articles/gates.md", "0" * 64, "quote", (Span(40, 87),), (2,), "Mira Holt", "keeper of the harbour", "f",
    (Span(40, 87),), (SAID,),
)  # fmt: skip


def quoting(book: Book, text: str = TEXT, source: Source = SOURCE) -> Post:
    result = save(book, replace(make_draft(text), sources=(source,)))
    return get(book, result.created[0].post_id or 0)


def edited(book: Book, post: Post, old: str, new: str) -> Post:
    message = Message((Part(post.message.parts[0].text.replace(old, new)),))
    with book.writing() as connection:
        edit(connection, post, message, who="kim", now=BEFORE)
    return get(book, post.id or 0)


def approved(book: Book, post: Post, agreed: str | None = None) -> Post:
    with book.writing() as connection:
        approve(connection, [(post.id or 0, post.version)], who="sam", now=BEFORE, agreed=agreed)
    return get(book, post.id or 0)


def test_sources_are_kept_as_they_were() -> None:
    assert decode_sources(encode_sources([SOURCE])) == (SOURCE,)


def test_a_source_of_an_older_version_is_read_without_what_it_had_not() -> None:
    old = [{"article": "a.md", "sha256": "0", "kind": "lead", "spans": [[1, 2]]}]

    assert decode_sources(json.dumps(old)) == (Source("a.md", "0", "lead", (Span(1, 2),)),)


def test_an_edit_inside_a_quotation_is_warned_of_and_written_to_the_trail(book: Book) -> None:
    post = edited(book, quoting(book), "see what", "look what")

    said = "quotation altered: “Come and see what we” is now “Come and look what we”"
    assert post.warnings == (said, "the words were edited by kim; the source is that of the draft before")
    entry = trail_of(book, post.id or 0)[-1]
    assert (entry.what, entry.who, entry.version, entry.detail) == ("alter quotation", "kim", 2, said)


def test_an_edit_beside_a_quotation_is_no_alteration(book: Book) -> None:
    post = edited(book, quoting(book), "“Come", "Today: “Come")

    assert post.warnings == ("the words were edited by kim; the source is that of the draft before",)
    assert approved(book, post).status == "approved"


@pytest.mark.parametrize(("old", "new"), [("see what", "look what"), ("Mira Holt", "Tom Holt"), ("keeper", "chief")])
def test_what_is_altered_is_not_approved_like_anything_else(book: Book, old: str, new: str) -> None:
    post = edited(book, quoting(book), old, new)

    with pytest.raises(MoveNotAllowed, match=r"altered: .* is now .*redletter show \d+ --sources.*--altered"):
        approved(book, post)

    assert get(book, post.id or 0).status == "draft"


def test_the_trail_keeps_who_agreed_and_to_what(book: Book) -> None:
    post = approved(book, edited(book, quoting(book), "see what", "look what"), agreed="Mira Holt, by phone")

    entry = trail_of(book, post.id or 0)[-1]
    assert (post.status, entry.what) == ("approved", "approve")
    assert entry.detail == (
        "quotation altered: “Come and see what we” is now “Come and look what we”; agreed: Mira Holt, by phone"
    )


def test_where_nothing_is_altered_no_agreement_is_written_down(book: Book) -> None:
    post = approved(book, quoting(book), agreed="Mira Holt")

    assert trail_of(book, post.id or 0)[-1].detail is None


def test_words_that_are_put_back_need_no_agreement(book: Book) -> None:
    post = edited(book, edited(book, quoting(book), "see what", "look what"), "look what", "see what")

    assert approved(book, post).status == "approved"


def test_another_edit_does_not_hide_that_the_name_was_changed_before(book: Book) -> None:
    post = edited(book, edited(book, quoting(book), "Mira Holt", "Tom Holt"), "“Come", "Today: “Come")

    assert any(warning.startswith("speaker altered: “Mira Holt") for warning in post.warnings)
    with pytest.raises(MoveNotAllowed, match="speaker altered"):
        approved(book, post)


def test_another_hour_alters_nothing_and_hides_nothing(book: Book) -> None:
    post = edited(book, quoting(book), "see what", "look what")
    with book.writing() as connection:
        reschedule(connection, post, NOON + timedelta(hours=1), who="kim", now=BEFORE)

    with pytest.raises(MoveNotAllowed, match="quotation altered"):
        approved(book, get(book, post.id or 0))


def test_planning_again_takes_the_articles_words_and_ends_it(book: Book) -> None:
    post = edited(book, quoting(book), "see what", "look what")

    save(book, replace(make_draft(TEXT), sources=(SOURCE,)), now=BEFORE, replace=True)

    assert approved(book, get(book, post.id or 0)).status == "approved"


def test_a_template_that_changes_the_words_needs_an_agreement_too(book: Book) -> None:
    post = quoting(book, TEXT.upper())

    with pytest.raises(MoveNotAllowed, match="quotation altered"):
        approved(book, post)


def test_a_quotation_of_which_nobody_knows_what_was_said_is_altered_by_any_edit(book: Book) -> None:
    post = quoting(book, source=replace(SOURCE, words=(), whole=()))
    assert approved(book, post).status == "approved"

    post = edited(book, get(book, post.id or 0), "see what", "look what")

    assert NOT_COMPARABLE in post.warnings
    with pytest.raises(MoveNotAllowed, match="quotation altered"):
        approved(book, post)


def test_a_lead_may_be_edited_like_any_text(book: Book) -> None:
    post = edited(book, quoting(book, source=replace(SOURCE, kind="lead", speaker=None)), "see what", "look what")

    assert approved(book, post).status == "approved"


def test_an_edit_keeps_saying_that_nobody_is_named(book: Book) -> None:
    post = quoting(book, f"“{SAID}”", replace(SOURCE, speaker=None))

    assert "nobody is named as the speaker" in edited(book, post, "“Come", "Today: “Come").warnings[0]


def test_a_quotation_over_several_parts_is_one(book: Book) -> None:
    parts = ["“Come and see what we mend.", "“Bring your children.”\nMira Holt, keeper of the harbour"]
    result = save(book, replace(make_draft(parts=parts), sources=(SOURCE,)))

    assert approved(book, get(book, result.created[0].post_id or 0)).status == "approved"


def test_a_post_that_quotes_nobody_is_not_compared(book: Book) -> None:
    post = quoting(book, "Come and see.", replace(SOURCE, kind="key sentence"))
    with book.writing() as connection:
        connection.execute(POSTS.update().values(sources_json='[{"kind": "fact"}]'))

    assert approved(book, post).status == "approved"
