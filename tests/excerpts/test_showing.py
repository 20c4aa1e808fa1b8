"""The JSON shape that others rely on, and the lines for a terminal."""

import json

from scheduler.excerpts import cut
from scheduler.excerpts.as_json import article_json
from scheduler.excerpts.as_lines import article_lines
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
    assert quote.keys() == {"speaker", "role", "sounds_elected", "paragraphs", "spans", "fingerprint"}
    assert (
        quote["paragraphs"] == [ARTICLE.text[start:end] for start, end in quote["spans"]] == ["So will we.", "We will."]
    )
    assert data["links"] == [{"url": "https://a.example/x", "label": "Books"}]
    assert data["contacts"] == [{"kind": "phone", "value": "101", "label": None}]
    assert data.keys() == {
        "source", "sha256", "url", "title", "published", "description", "language",
        "lead", "lead_spans", "quotes", "key_sentences", "links", "contacts", "facts", "calls_to_action", "acronyms",
    }  # fmt: skip


def test_the_lines_name_each_excerpt_by_its_selector_and_keep_to_the_width() -> None:
    lines = list(article_lines(ARTICLE, cut(ARTICLE), 60))

    assert lines[:2] == ["Library opens", "release.txt · 1 May 2024"]
    assert "quote 1 · Dr Bo Reed, of Reed Trust" in lines
    assert {"  “So will we.", "  “We will.”", "    https://a.example/x", "  phone: 101"} <= set(lines)
    assert all(len(line) <= 60 for line in lines)


def test_no_article_can_steer_the_terminal() -> None:
    article = make_article(
        "Library opens\n\nThe library has \x1b[31mopened in \u202eFennick town today.\n" + "x " * 400
    )

    assert not any("\x1b" in line or "\u202e" in line for line in article_lines(article, cut(article), 60))
