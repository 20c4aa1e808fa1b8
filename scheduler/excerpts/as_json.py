"""An article and its excerpts as JSON data: the shape of `redletter article --json`, kept stable."""

from collections.abc import Sequence
from typing import Any

from scheduler.articles.article import Article, Span
from scheduler.excerpts.elected import sounds_elected
from scheduler.excerpts.excerpt import Contact, Excerpt, Excerpts, Link


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
        "links": [_link(link) for link in excerpts.links] + _mail_links(article),
        "contacts": [_contact(contact) for contact in excerpts.contacts],
        "facts": [
            {"text": fact.text, "figures": list(fact.figures), "spans": _spans(fact.spans)} for fact in excerpts.facts
        ],
        "calls_to_action": [_call(call) for call in excerpts.calls_to_action],
        "acronyms": [
            {"short": each.short, "expansion": each.expansion, "spans": _spans((each.span,))}
            for each in excerpts.acronyms
        ],
    }


def _quote(quote: Excerpt) -> dict[str, Any]:
    return {
        "speaker": quote.speaker,
        "role": quote.role,
        "certainty": quote.certainty.value if quote.certainty else None,
        "sounds_elected": sounds_elected(quote.speaker, quote.role),
        "paragraphs": list(quote.paragraphs),
        "spans": _spans(quote.spans),
        "fingerprint": quote.fingerprint,
    }


def _contact(contact: Contact) -> dict[str, Any]:
    return {"kind": contact.kind, "value": contact.value, "label": contact.label}


def _link(link: Link) -> dict[str, Any]:
    return {"url": link.url, "label": link.label}


def _call(call: Excerpt) -> dict[str, Any]:
    return {
        "text": call.text,
        "contacts": [_contact(way) for way in call.ways if isinstance(way, Contact)],
        "links": [_link(way) for way in call.ways if isinstance(way, Link)],
        "spans": _spans(call.spans),
    }


def _mail_links(article: Article) -> list[dict[str, str]]:
    """Links that open a mail: an excerpt's links are web addresses, but whoever reads the JSON may want them all."""
    found = {anchor.url: anchor.label for anchor in article.anchors if anchor.url.lower().startswith("mailto:")}
    return [{"url": url, "label": label} for url, label in found.items()]


def _spans(spans: Sequence[Span]) -> list[list[int]]:
    return [[span.start, span.end] for span in spans]
