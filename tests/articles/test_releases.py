"""Invented releases in the forms in which real ones come, each with what a careful reader finds in it."""

import json
from pathlib import Path
from typing import Any

import pytest

from scheduler.articles import Article, read_article
from scheduler.excerpts import Excerpt, Excerpts, cut

RELEASES = Path(__file__).parent / "releases"
EXPECTED = sorted(RELEASES.glob("*.json"))


def _cut(expectation: Path) -> tuple[dict[str, Any], Article, Excerpts]:
    source = next(path for path in RELEASES.glob(f"{expectation.stem}.*") if path.suffix != ".json")
    article = read_article(source.name, RELEASES)
    return json.loads(expectation.read_text(encoding="utf-8")), article, cut(article)


def _reads(expected: str, words: str) -> bool:
    """Whether the words are the expected ones, where " … " stands for any words between."""
    words = " ".join(words.split())
    opening, gap, close = expected.partition(" … ")
    return words.startswith(opening) and words.endswith(close) if gap else words == expected


def _matches(expected: list[Any], quote: Excerpt) -> bool:
    speaker, role, paragraphs = expected
    same_length = len(paragraphs) == len(quote.paragraphs)
    return (
        (speaker, role) == (quote.speaker, quote.role)
        and same_length
        and all(map(_reads, paragraphs, quote.paragraphs))
    )


@pytest.mark.parametrize("expectation", EXPECTED, ids=lambda path: path.stem)
def test_a_release_is_read_as_a_careful_reader_would(expectation: Path) -> None:
    expected, article, excerpts = _cut(expectation)

    assert article.title == expected["title"]
    assert (article.published.isoformat() if article.published else None) == expected["published"]
    assert excerpts.lead is not None
    assert _reads(expected["lead"], excerpts.lead.text), excerpts.lead.text
    found = [[quote.speaker, quote.role, list(quote.paragraphs)] for quote in excerpts.quotes]
    assert len(found) == len(expected["quotes"]), found
    assert all(map(_matches, expected["quotes"], excerpts.quotes)), found
    assert [[link.url, link.label] for link in excerpts.links] == expected["links"]
    assert [contact.value for contact in excerpts.contacts] == expected["contacts"]


@pytest.mark.parametrize("expectation", EXPECTED, ids=lambda path: path.stem)
def test_every_excerpt_is_the_articles_text_at_its_spans(expectation: Path) -> None:
    _, article, excerpts = _cut(expectation)

    for excerpt in (excerpts.lead, *excerpts.quotes, *excerpts.key_sentences):
        assert excerpt is not None
        assert excerpt.paragraphs == tuple(article.at(span) for span in excerpt.spans)
        assert all(earlier.end <= later.start for earlier, later in zip(excerpt.spans, excerpt.spans[1:], strict=False))


@pytest.mark.parametrize("expectation", EXPECTED, ids=lambda path: path.stem)
def test_no_key_sentence_is_taken_from_a_quote(expectation: Path) -> None:
    _, _, excerpts = _cut(expectation)

    spoken = [span for quote in excerpts.quotes for span in quote.spans]
    for sentence in excerpts.key_sentences:
        (span,) = sentence.spans
        assert not any(span.start < said.end and said.start < span.end for said in spoken), sentence.text
