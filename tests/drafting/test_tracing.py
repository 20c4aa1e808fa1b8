"""The words of an excerpt are found in a text again, each with its place in the article."""

from hypothesis import given
from hypothesis import strategies as st

from scheduler.articles.article import Span
from scheduler.drafting.fitting import passages
from scheduler.drafting.quotation import quoted
from scheduler.drafting.tracing import trace
from scheduler.excerpts.excerpt import Excerpt, ExcerptKind

PARAGRAPHS = ("Come and see what we mend. Bring your children.", "It is “free” for all.")
WORDS = st.sampled_from(["we", "mend", "boats", "“old”", "nets", "and", "see", "don’t", "10.30am"])
SENTENCES = st.lists(WORDS, min_size=1, max_size=8).map(lambda words: f"{' '.join(words).capitalize()}.")
QUOTES = st.lists(st.lists(SENTENCES, min_size=1, max_size=3).map(" ".join), min_size=1, max_size=3)


def test_each_paragraph_that_is_used_has_its_place_in_text_and_article() -> None:
    text = f"Today: {quoted(PARAGRAPHS)}"

    pieces = trace(PARAGRAPHS, text)

    assert [(piece.paragraph, piece.there) for piece in pieces] == [(0, Span(0, 47)), (1, Span(0, 21))]
    assert [text[piece.here.start : piece.here.end] for piece in pieces if piece.here] == [
        "Come and see what we mend. Bring your children.",
        "It is ‘free’ for all.",
    ]


def test_what_is_left_out_has_a_place_in_the_article_alone() -> None:
    first, rest = trace(PARAGRAPHS[:1], "“Come and see what we mend. […]”")

    assert first.here == Span(1, 27)
    assert (rest.here, PARAGRAPHS[0][rest.there.start : rest.there.end]) == (None, "Bring your children.")


def test_an_altered_sentence_is_found_by_most_of_its_words() -> None:
    text = "“Come and look what we mend. Bring your children.”"

    altered, intact = trace(PARAGRAPHS[:1], text)

    assert (altered.is_altered, intact.is_altered) == (True, False)
    assert altered.here is not None
    assert text[altered.here.start : altered.here.end] == "Come and look what we mend."


def test_a_text_that_has_nothing_of_it_leaves_all_of_it_out() -> None:
    assert all(piece.here is None for piece in trace(PARAGRAPHS, "The gates open at nine."))


@given(QUOTES)
def test_every_sentence_of_a_shortened_quote_is_found_or_left_out_and_none_altered(paragraphs: list[str]) -> None:
    excerpt = Excerpt(ExcerptKind.QUOTE, tuple(Span(0, len(each)) for each in paragraphs), tuple(paragraphs))

    for passage in passages(excerpt):
        pieces = trace(paragraphs, quoted(passage.paragraphs))

        assert not any(piece.is_altered for piece in pieces)
        covered = "".join(paragraphs[piece.paragraph][piece.there.start : piece.there.end] for piece in pieces)
        assert "".join(covered.split()) == "".join("".join(paragraphs).split())
