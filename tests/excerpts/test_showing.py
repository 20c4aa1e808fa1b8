"""The JSON shape that others rely on."""

import json

from scheduler.excerpts import cut
from scheduler.excerpts.as_json import article_json
from tests.builders.articles import make_article

ARTICLE = make_article(
    "1 May 2024\n\nLibrary opens\n\nThe library has opened in Fennick.\n\n"
    "Dr Bo Reed, of Reed Trust, said: “So will we.\n\n“We will.”\n\n"
    "Books: https://a.example/x\n\nCall 101.\n"
)


def test_the_json_keeps_its_shape() -> None:
    data = json.loads(json.dumps(article_json(ARTICLE, cut(ARTICLE))))

    assert data["published"] == "2024-05-01"
    assert data["sha256"] == ARTICLE.sha256
    assert data["lead"] == "The library has opened in Fennick."
    (quote,) = data["quotes"]
    assert quote.keys() == {"speaker", "role", "certainty", "sounds_elected", "paragraphs", "spans", "fingerprint"}
    assert (
        quote["paragraphs"] == [ARTICLE.text[start:end] for start, end in quote["spans"]] == ["So will we.", "We will."]
    )
    assert data["links"] == [{"url": "https://a.example/x", "label": "Books"}]
    assert data["contacts"] == [{"kind": "phone", "value": "101", "label": None}]
    assert data.keys() == {
        "source", "sha256", "url", "title", "published", "description", "language",
        "lead", "lead_spans", "quotes", "key_sentences", "links", "contacts", "facts", "calls_to_action", "acronyms",
    }  # fmt: skip
