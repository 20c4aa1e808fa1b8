"""An article in a terminal, with everything that is cut out of it marked in its text."""

import re
from collections.abc import Iterator, Sequence

from scheduler.articles.article import Article
from scheduler.excerpts.excerpt import Excerpts
from scheduler.preview.marks import MarkedParagraph, MarkKind, Stretch, marked_paragraphs
from scheduler.preview.terminal import Paint, plain, wrapped

_NARROWEST, _WIDEST = 30, 100
_BAR, _PLAIN = "▌ ", "  "
_COLOURS = {
    MarkKind.LEAD: "\x1b[36m",
    MarkKind.QUOTE: "\x1b[32m",
    MarkKind.KEY_SENTENCE: "\x1b[34m",
    MarkKind.FACT: "\x1b[35m",
    MarkKind.CALL_TO_ACTION: "\x1b[33m",
}
_UNSURE = "! "
_LEGEND = "marks a quote whose speaker the article does not name beside it, or not beyond doubt: check who says it"
_INLINE = re.compile(r"\[(?:link|phone|email|acronym):")


def article_lines(article: Article, excerpts: Excerpts, width: int = 80, colour: bool = False) -> Iterator[str]:
    """Yields what `redletter article SOURCE` prints: the article, each piece of it under the words that select it.

    A bar runs along what can be selected; links, contacts and acronyms stand in brackets. No line is wider than `width`,
    which is brought between 30 and 100.
    """
    width = max(_NARROWEST, min(width, _WIDEST))
    paint = Paint(colour)
    yield from _heading(article, width, paint)
    marked = marked_paragraphs(article, excerpts)
    for paragraph in marked:
        yield ""
        yield from _paragraph(article, paragraph, width, paint)
    if any(not mark.is_sure for paragraph in marked for stretch in paragraph.stretches for mark in stretch.marks):
        yield ""
        yield from (paint.dim(line) for line in wrapped(f"{_UNSURE}{_LEGEND}", width))
    yield from _missing(excerpts, width)
    yield from _reach(excerpts, width, paint)


def _heading(article: Article, width: int, paint: Paint) -> Iterator[str]:
    for line in wrapped(_flat(article.title or "(no title found)"), width):
        yield paint.bold(line)
    published = f"{article.published.day} {article.published:%B %Y}" if article.published else "no date found"
    yield from wrapped(f"{article.source} · {published}", width)
    if article.url:
        yield from wrapped(article.url, width)
    yield from _embargo(article, width, paint)
    size = f"{len(article.paragraphs)} paragraphs, {len(article.text)} characters, sha256 {article.sha256[:12]}"
    yield from (paint.dim(line) for line in wrapped(size, width))


def _embargo(article: Article, width: int, paint: Paint) -> Iterator[str]:
    """Yields before when nothing of it may go out, as the article says it."""
    if article.embargo:
        until = article.embargo
        clocks = f", {until:%Z}" if until.tzinfo else ", by the clocks of the campaign"
        said = (
            f"embargo until {until:%A} {until.day} {until:%B %Y}, {until:%H:%M}{clocks}: nothing of it goes out before"
        )
        yield from (paint.warning(line) for line in wrapped(said, width))
    elif article.unclear_embargo:
        said = f"speaks of an embargo and not until which day, “{_flat(article.unclear_embargo)}”: give the campaign its `embargo`"
        yield from (paint.warning(line) for line in wrapped(f"{_UNSURE}{said}", width))


def _paragraph(article: Article, paragraph: MarkedParagraph, width: int, paint: Paint) -> Iterator[str]:
    """Yields one paragraph, its number before the first line."""
    number = f"{paragraph.number:>3} "
    indent = " " * len(number)
    for place, line in enumerate(_paragraph_lines(article, paragraph, width - len(number), paint)):
        yield (number if place == 0 else indent) + line


def _paragraph_lines(article: Article, paragraph: MarkedParagraph, room: int, paint: Paint) -> Iterator[str]:
    if paragraph.kind_words:
        yield from (paint.dim(line) for line in wrapped(f"({paragraph.kind_words})", room))
    for stretch in paragraph.stretches:
        text = _flat(_with_inline(article, stretch))
        if not text:
            continue
        yield from _labels(stretch, room, paint)
        bar = _painted(_BAR, stretch, paint) if stretch.marks else _PLAIN
        for line in wrapped(text, room - len(_BAR)):
            yield bar + (_INLINE.sub(lambda found: paint.link(found[0]), line) if paint.colour else line)


def _labels(stretch: Stretch, room: int, paint: Paint) -> Iterator[str]:
    """Yields what a stretch belongs to, each on a line of its own, since each is a selector."""
    for mark in stretch.marks:
        said = mark.label if mark.is_sure else f"{_UNSURE}{mark.label}"
        for line in wrapped(_flat(said), room):
            yield paint.warning(line) if not mark.is_sure else paint.coloured(line, _COLOURS[mark.kind])


def _painted(text: str, stretch: Stretch, paint: Paint) -> str:
    return paint.coloured(text, _COLOURS[stretch.marks[0].kind])


def _with_inline(article: Article, stretch: Stretch) -> str:
    """Returns the text of a stretch; each link, contact and acronym in brackets, with what it is."""
    pieces, at = [], stretch.span.start
    for mark in stretch.inside:
        start, end = max(mark.span.start, at), min(mark.span.end, stretch.span.end)
        pieces += [article.text[at:start], f"[{mark.name}: {article.text[start:end]}]"]
        at = end
    return "".join([*pieces, article.text[at : stretch.span.end]])


def _missing(excerpts: Excerpts, width: int) -> Iterator[str]:
    """Yields what a reader would look for in vain."""
    missing = []
    if excerpts.lead is None:
        missing.append("lead: none, for no paragraph is plain prose")
    if not excerpts.quotes:
        missing.append("quotes: none found")
    if missing:
        yield ""
        yield from (line for each in missing for line in wrapped(each, width))


def _reach(excerpts: Excerpts, width: int, paint: Paint) -> Iterator[str]:
    """Yields links and contacts once each, as templates get them: without what only follows the reader."""
    links = [(link.label, link.url) for link in excerpts.links]
    contacts = [(contact.label, f"{contact.kind} {contact.value}") for contact in excerpts.contacts]
    for heading, rows in (("links", links), ("contacts", contacts)):
        if rows:
            yield ""
            yield paint.bold(heading)
            yield from _rows(rows, width)


def _rows(rows: Sequence[tuple[str | None, str]], width: int) -> Iterator[str]:
    for label, value in rows:
        yield from (f"  {line}" for line in wrapped(f"{_flat(label)}:" if label else plain(value), width - 2))
        if label:
            yield from (f"    {line}" for line in wrapped(value, width - 4))


def _flat(text: str) -> str:
    return " ".join(text.split())
