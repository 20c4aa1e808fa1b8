"""The lead and the key sentences: never furniture, and never a sentence that needs the one before it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.excerpts import cut
from tests.builders.articles import make_article

NEWS = "Fennick library opens its doors to everybody on Thursday."


@pytest.mark.parametrize(
    "above",
    [
        "13:30 17/03/2027",
        "FOR IMMEDIATE RELEASE",
        "For immediate release: Thursday 5 May 2027",
        "EMBARGOED until 00.01 on Thursday 5 May 2027",
        "Strictly embargoed until Thursday, when the doors open.",
        "Library Opens Its Doors!",
        "Caption: Ada Finch before the library in Fennick.",
        "Pictured: Ada Finch and Bo Reed before the library.",
    ],
)
def test_what_stands_above_the_news_is_not_the_lead(above: str) -> None:
    lead = cut(make_article(f"Library opens its doors\n\n{above}\n\n{NEWS}\n\nIt has many books for all ages.")).lead

    assert lead is not None
    assert lead.text == NEWS


@pytest.mark.parametrize(
    "sentence",
    [
        "He also runs the reading room of the library at weekends.",
        "This has been a dream of the whole town for many years now.",
        "It comes after a long search for a building in the middle of town.",
        "The council also plans to open a reading room for small children.",
        "As a result, many more children come to read in the afternoon.",
        "Another will open in the old harbour office in the coming spring.",
        "One of them will be a reading room for the children of the town.",
        "However, many people of the town still go to the old one by bus.",
        "The pair have worked in libraries all over the country for years.",
    ],
)
def test_a_sentence_that_leans_on_the_one_before_is_no_key_sentence(sentence: str) -> None:
    article = make_article(f"Library opens\n\n{NEWS}\n\nThe building was a mill for two centuries. {sentence}")

    assert [key.text for key in cut(article).key_sentences] == ["The building was a mill for two centuries."]


def test_half_a_quote_is_no_key_sentence() -> None:
    article = make_article(
        f"Library opens\n\n{NEWS}\n\nBo Reed said: “The mill was empty for a long time. We have waited for this.”\n\n"
        "The building was a mill for two centuries."
    )

    assert [key.text for key in cut(article).key_sentences] == ["The building was a mill for two centuries."]


PIECES = [
    "Library opens", "\n\n", "\n", " ", "It cost £4,000.", "“We will stay.", "”", "Call Fennick Police on 101.", "He also ran.",
    "Child Sexual Exploitation (CSE)", "- 12 desks", "www.example.org/a", "said Bo Reed.", "One in five", "(", "18001 101",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=40))
def test_every_excerpt_is_the_articles_own_words_at_its_place(pieces: list[str]) -> None:
    article = make_article("A title\n\n" + " ".join(pieces))
    excerpts = cut(article)

    for excerpt in (*excerpts.key_sentences, *excerpts.facts, *excerpts.calls_to_action):
        assert excerpt.paragraphs == tuple(article.at(span) for span in excerpt.spans)
    for kind in (excerpts.key_sentences, excerpts.facts, excerpts.calls_to_action):
        assert [one.spans[0].start for one in kind] == sorted({one.spans[0].start for one in kind})
    spoken = [span for quote in excerpts.quotes for span in quote.spans]
    for excerpt in (*excerpts.facts, *excerpts.calls_to_action):
        (own,) = excerpt.spans
        assert not any(own.start < said.end and said.start < own.end for said in spoken)
