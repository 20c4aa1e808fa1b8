"""An excerpt is shortened at the end of a sentence and never inside one."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.articles.article import Span
from scheduler.drafting.altering import Quotation, alterations
from scheduler.drafting.fitting import DoesNotFit, Passage, fit, passages, whole
from scheduler.drafting.quotation import quoted
from scheduler.excerpts.excerpt import Excerpt, ExcerptKind
from scheduler.platforms.contract import Length


def make_excerpt(*paragraphs: str, kind: ExcerptKind = ExcerptKind.LEAD) -> Excerpt:
    spans, position = [], 100
    for paragraph in paragraphs:
        spans.append(Span(position, position + len(paragraph)))
        position += len(paragraph) + 2
    return Excerpt(kind, tuple(spans), paragraphs)


def shown(passage: Passage | None) -> str:
    return "\n\n".join(passage.paragraphs) if passage else "no excerpt"


def test_passages_lose_a_sentence_each_time() -> None:
    excerpt = make_excerpt("One is here. Two is here.", "Three is here.")

    assert [passage.kept for passage in passages(excerpt)] == [
        ("One is here. Two is here.", "Three is here."),
        ("One is here. Two is here.",),
        ("One is here.",),
    ]


def test_lines_that_the_article_wrapped_are_shown_as_one() -> None:
    passage = whole(make_excerpt("One is\nhere. Two  \n  is\u00a0here."))

    assert passage.paragraphs == ("One is here. Two is\u00a0here.",)
    assert passage.kept == ("One is\nhere. Two  \n  is\u00a0here.",)


def test_what_is_left_out_is_kept_in_its_order() -> None:
    *_, shortest = passages(make_excerpt("One is here. Two is here.", "Three is here."))

    assert shortest.left_out == ("Two is here.", "Three is here.")


def test_spans_end_where_the_kept_words_end() -> None:
    _, second, _ = passages(make_excerpt("One is here. Two is here.", "Three is here."))

    assert second.spans == (Span(100, 125),)


def test_a_shortened_quote_says_so_and_a_shortened_lead_needs_no_mark() -> None:
    quote = list(passages(make_excerpt("One is here. Two is here.", kind=ExcerptKind.QUOTE)))[-1]
    lead = list(passages(make_excerpt("One is here. Two is here.")))[-1]

    assert quote.paragraphs == ("One is here. […]",)
    assert lead.paragraphs == ("One is here.",)


@pytest.mark.parametrize(
    ("paragraph", "reason"),
    [
        ("She said “Go. Now.” Then we left.", "curly marks"),
        ('She said "Go. Now." Then we left.', "straight marks"),
        ("She said ‘Don’t go. Stay.’ Then we left.", "single marks, with an apostrophe"),
        ("It rains (a lot. Every day.) Then we left.", "brackets"),
    ],
)
def test_no_passage_ends_inside_marks(paragraph: str, reason: str) -> None:
    kept = [passage.kept[0] for passage in passages(make_excerpt(paragraph))]

    assert kept[1:] == [paragraph.removesuffix(" Then we left.")], reason


def test_the_whole_excerpt_is_taken_when_it_fits() -> None:
    excerpt = make_excerpt("One is here. Two is here.")

    fitted = fit(excerpt, shown, lambda text: [Length(len(text), 25)])

    assert fitted.text == "One is here. Two is here."
    assert fitted.passage == whole(excerpt)


def test_every_length_must_fit() -> None:
    def characters_and_bytes(text: str) -> Sequence[Length]:
        return [Length(len(text), 100), Length(len(text), 12, "bytes")]

    fitted = fit(make_excerpt("One is here. Two is here."), shown, characters_and_bytes)

    assert fitted.text == "One is here."


def test_nothing_fits_when_the_first_sentence_does_not() -> None:
    with pytest.raises(DoesNotFit) as caught:
        fit(make_excerpt("One is here. Two is here."), shown, lambda text: [Length(len(text), 5)])

    assert caught.value.lengths == (Length(12, 5),)


def test_a_text_without_an_excerpt_fits_or_does_not() -> None:
    assert fit(None, shown, lambda text: [Length(len(text), 10)]).text == "no excerpt"

    with pytest.raises(DoesNotFit):
        fit(None, shown, lambda text: [Length(len(text), 9)])


WORDS = st.lists(
    st.sampled_from(["harbour", "Dr. Osei", "12.30", "‘well’", "don’t", "gates", "U.K."]), min_size=1, max_size=8
)
SENTENCE = WORDS.map(lambda words: "The " + " ".join(words) + " opens.")
PARAGRAPH = st.lists(SENTENCE, min_size=1, max_size=5).map(" ".join)


@given(st.lists(PARAGRAPH, min_size=1, max_size=3), st.integers(10, 400))
def test_what_fits_is_within_the_limit_and_begins_as_the_excerpt_does(paragraphs: list[str], limit: int) -> None:
    excerpt = make_excerpt(*paragraphs)

    try:
        fitted = fit(excerpt, shown, lambda text: [Length(len(text), limit)])
    except DoesNotFit:
        return

    assert len(fitted.text) <= limit
    assert excerpt.text.startswith(fitted.text)
    assert fitted.text.endswith("opens.")
    assert fitted.passage is not None
    left_out = " ".join(fitted.passage.left_out)
    assert " ".join(excerpt.text.split()) == " ".join(f"{fitted.text} {left_out}".split())


def test_a_sentence_that_said_x_had_parted_is_shown_as_one() -> None:
    split = whole(make_excerpt("We would rather check ten reports,", "than miss the one.", "We listen."))

    assert split.paragraphs == ("We would rather check ten reports, than miss the one.", "We listen.")


@pytest.mark.parametrize(
    ("first", "second", "paragraphs"),
    [
        ("We came early,", "It was still shut.", ("We came early", "It was still shut.")),
        ("We came early", "It was still shut.", ("We came early", "It was still shut.")),
        ("We all came early,", "I was cold.", ("We all came early", "I was cold.")),
        ("And so,", "I came early.", ("And so, I came early.",)),
        ("We came –", "early.", ("We came – early.",)),
    ],
)
def test_sentences_that_a_said_x_had_parted_are_not_run_together(
    first: str, second: str, paragraphs: tuple[str, ...]
) -> None:
    split = whole(make_excerpt(first, second))

    assert split.paragraphs == paragraphs
    assert alterations(Quotation((first, second)), quoted(split.paragraphs)) == ()


def test_a_passage_never_ends_where_a_sentence_was_parted() -> None:
    kept = [passage.kept for passage in passages(make_excerpt("Come in. We would rather check,", "than miss one."))]

    assert kept == [("Come in. We would rather check,", "than miss one."), ("Come in.",)]


def test_no_comma_is_left_hanging_at_the_end() -> None:
    assert whole(make_excerpt("We thought we were too old,")).paragraphs == ("We thought we were too old",)


@pytest.mark.parametrize(
    "turn",
    [
        "But only on Sundays.",
        "However, it rains.",
        "Not everybody may come.",
        "This does not mean you.",
        "It won’t be for all.",
        "They will never know.",
        "Only if you ask.",
    ],
)
def test_nothing_ends_right_before_a_sentence_that_takes_it_back(turn: str) -> None:
    excerpt = make_excerpt(f"One is here. All may come. {turn} Bring a hat.", kind=ExcerptKind.QUOTE)

    assert [passage.kept[0] for passage in passages(excerpt)] == [
        f"One is here. All may come. {turn} Bring a hat.",
        f"One is here. All may come. {turn}",
        "One is here.",
    ]


def test_an_excerpt_whose_first_sentence_is_taken_back_is_whole_or_nothing() -> None:
    excerpt = make_excerpt("All may come. But not today.")

    assert [passage.kept for passage in passages(excerpt)] == [("All may come. But not today.",)]
