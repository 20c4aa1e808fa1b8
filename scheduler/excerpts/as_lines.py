"""An article and its excerpts as lines for a terminal: what was read, and what was cut out of it."""

import textwrap
from collections.abc import Iterator, Sequence

from scheduler.articles.article import Article
from scheduler.excerpts.excerpt import Excerpt, Excerpts

_NARROWEST = 24


def article_lines(article: Article, excerpts: Excerpts, width: int = 80) -> Iterator[str]:
    """What `redletter article SOURCE` prints; each heading is the selector that picks what stands under it."""
    width = max(width, _NARROWEST)
    yield from _wrapped(article.title or "(no title found)", width)
    published = f"{article.published.day} {article.published:%B %Y}" if article.published else "no date found"
    yield from _wrapped(f"{article.source} · {published}", width)
    if article.url:
        yield f"  {article.url}"
    yield f"  {len(article.paragraphs)} paragraphs, {len(article.text)} characters, sha256 {article.sha256[:12]}"
    yield from _lead(excerpts, width)
    yield from _quotes(excerpts, width)
    yield from _numbered("key", excerpts.key_sentences, width)
    yield from _numbered("fact", excerpts.facts, width)
    yield from _numbered("call to action", excerpts.calls_to_action, width)
    yield from _links_and_contacts(excerpts, width)


def _wrapped(text: str, width: int, indent: str = "") -> list[str]:
    return textwrap.wrap(
        " ".join(_printable(text).split()),
        width,
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _printable(text: str) -> str:
    """Without control characters, so that no article can steer a terminal."""
    return "".join(character if character.isprintable() or character.isspace() else "�" for character in text)


def _lead(excerpts: Excerpts, width: int) -> Iterator[str]:
    yield ""
    yield "lead"
    yield from _wrapped(excerpts.lead.text if excerpts.lead else "(none: no paragraph is plain prose)", width, "  ")


def _quotes(excerpts: Excerpts, width: int) -> Iterator[str]:
    if not excerpts.quotes:
        yield ""
        yield "quotes: none found"
    for number, quote in enumerate(excerpts.quotes, 1):
        yield ""
        yield from _wrapped(f"quote {number} · {_speaker(quote)}", width)
        for index, paragraph in enumerate(quote.paragraphs):
            closing = "”" if index == len(quote.paragraphs) - 1 else ""
            yield from _wrapped(f"“{paragraph}{closing}", width, "  ")


def _speaker(quote: Excerpt) -> str:
    if quote.speaker is None:
        return f"no name ({quote.role})" if quote.role else "speaker unknown: the article leaves it open"
    return f"{quote.speaker}, {quote.role}" if quote.role else quote.speaker


def _numbered(selector: str, found: Sequence[Excerpt], width: int) -> Iterator[str]:
    for number, sentence in enumerate(found, 1):
        yield ""
        yield f"{selector} {number}"
        yield from _wrapped(sentence.text, width, "  ")


def _links_and_contacts(excerpts: Excerpts, width: int) -> Iterator[str]:
    if excerpts.links:
        yield ""
        yield "links"
    for link in excerpts.links:
        if link.label:
            yield from _wrapped(link.label, width, "  ")
        yield f"    {_printable(link.url)}"
    if excerpts.contacts:
        yield ""
        yield "contacts"
    for contact in excerpts.contacts:
        label = f" ({_printable(contact.label)})" if contact.label else ""
        yield f"  {contact.kind}: {_printable(contact.value)}{label}"
    if excerpts.acronyms:
        yield ""
        yield "acronyms"
    for acronym in excerpts.acronyms:
        yield from _wrapped(f"{acronym.short}: {acronym.expansion}", width, "  ")
