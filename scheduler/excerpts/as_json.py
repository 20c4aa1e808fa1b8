"""An article and its excerpts as JSON data: the shape of `redletter article --json`, kept stable."""

from collections.abc import Sequence
from typing import Any

from scheduler.articles.article import Article, Span
from scheduler.excerpts.excerpt import Excerpt, Excerpts


def article_json(article: Article, excerpts: Excerpts) -> dict[str, Any]:
    """What `redletter article SOURCE --json` prints; the keys are described in docs/articles.md."""
    return {
        "source": article.source,
        "sha256": article.sha256,
        "url": article.url,
        "title": article.title,
        "published": article.published.isoformat() if article.published else None,
        "description": article.description,
        "language": article.language,
        "lead": excerpts.lead.text if excerpts.lead else None,
        "lead_spans": _spans(excerpts.lead.spans) if excerpts.lead else [],
        "quotes": [_quote(quote) for quote in excerpts.quotes],
        "key_sentences": [
            {"text": sentence.text, "spans": _spans(sentence.spans)} for sentence in excerpts.key_sentences
        ],
        "links": [{"url": link.url, "label": link.label} for link in excerpts.links] + _mail_links(article),
        "contacts": [{"kind": contact.kind, "value": contact.value} for contact in excerpts.contacts],
    }


def _quote(quote: Excerpt) -> dict[str, Any]:
    return {
        "speaker": quote.speaker,
        "role": quote.role,
        "paragraphs": list(quote.paragraphs),
        "spans": _spans(quote.spans),
        "fingerprint": quote.fingerprint,
    }


def _mail_links(article: Article) -> list[dict[str, str]]:
    """Links that open a mail: an excerpt's links are web addresses, but whoever reads the JSON may want them all."""
    found = {anchor.url: anchor.label for anchor in article.anchors if anchor.url.lower().startswith("mailto:")}
    return [{"url": url, "label": label} for url, label in found.items()]


def _spans(spans: Sequence[Span]) -> list[list[int]]:
    return [[span.start, span.end] for span in spans]
