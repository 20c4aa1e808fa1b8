"""The lead and the key sentences: never furniture, and never a sentence that needs the one before it."""

import pytest

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
