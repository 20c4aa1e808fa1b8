"""What was cut out of an article, marked in its text: which stretch is what, by the words that select it."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise

from scheduler.articles.article import Article, Paragraph, ParagraphKind, Span
from scheduler.excerpts.excerpt import Certainty, Excerpt, Excerpts

_KINDS = {
    ParagraphKind.HEADING: "heading",
    ParagraphKind.SPEECH: "set as speech",
    ParagraphKind.LIST_ITEM: "list item",
    ParagraphKind.LINKS: "links",
    ParagraphKind.CAPTION: "caption",
    ParagraphKind.FURNITURE: "date line or note: nothing is cut from it",
}
_AROUND = "\"“”‘’'«»"


class MarkKind(StrEnum):
    LEAD = "lead"
    QUOTE = "quote"
    KEY_SENTENCE = "key"
    FACT = "fact"
    CALL_TO_ACTION = "call to action"
    LINK = "link"
    CONTACT = "contact"
    ACRONYM = "acronym"


@dataclass(frozen=True, slots=True)
class Mark:
    """One excerpt on the article's text.

    name: what selects it ("quote 2"), or what kind of thing it is. said: what is known of it besides (who speaks, which
    address). is_sure: False where a person must look before using it. continues: the excerpt began in a paragraph before.
    """

    kind: MarkKind
    span: Span
    name: str
    said: str = ""
    is_sure: bool = True
    continues: bool = False

    @property
    def label(self) -> str:
        if self.continues:
            return f"{self.name}, continued"
        return f"{self.name} · {self.said}" if self.said else self.name


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece of a paragraph with the same excerpts all through.

    marks: those it belongs to; inside: links, contacts and acronyms in it.
    """

    span: Span
    marks: tuple[Mark, ...]
    inside: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class MarkedParagraph:
    """number: from 1, as places in the article are told."""

    number: int
    kind: ParagraphKind
    stretches: tuple[Stretch, ...]

    @property
    def kind_words(self) -> str:
        """Says what it is beside plain prose."""
        return _KINDS.get(self.kind, "")


def marked_paragraphs(article: Article, excerpts: Excerpts) -> list[MarkedParagraph]:
    """Returns the whole article, paragraph by paragraph, each cut where an excerpt begins or ends."""
    blocks = _by_paragraph(article, block_marks(article, excerpts))
    inside = _by_paragraph(article, inline_marks(article, excerpts))
    return [
        MarkedParagraph(place + 1, paragraph.kind, tuple(_stretches(paragraph, blocks[place], inside[place])))
        for place, paragraph in enumerate(article.paragraphs)
    ]


def _by_paragraph(article: Article, marks: Iterable[Mark]) -> list[list[Mark]]:
    starts = [paragraph.span.start for paragraph in article.paragraphs]
    found: list[list[Mark]] = [[] for _ in starts]
    for mark in marks:
        place = bisect_right(starts, mark.span.end - 1) - 1
        if place >= 0 and mark.span.start < article.paragraphs[place].span.end:
            found[place].append(mark)
    return found


def block_marks(article: Article, excerpts: Excerpts) -> list[Mark]:
    """Returns what a campaign can select, one mark for each paragraph that it runs through; in the article's order."""
    marks: list[Mark] = []
    if excerpts.lead:
        marks += _marks(article, excerpts.lead, MarkKind.LEAD, "lead")
    for number, quote in enumerate(excerpts.quotes, 1):
        is_sure = bool(quote.speaker) and quote.certainty is not Certainty.INFERRED
        marks += _marks(article, quote, MarkKind.QUOTE, f"quote {number}", speaker_words(quote), is_sure)
    for number, sentence in enumerate(excerpts.key_sentences, 1):
        marks += _marks(article, sentence, MarkKind.KEY_SENTENCE, f"key {number}")
    for number, fact in enumerate(excerpts.facts, 1):
        marks += _marks(article, fact, MarkKind.FACT, f"fact {number}", ", ".join(fact.figures))
    for number, call in enumerate(excerpts.calls_to_action, 1):
        marks += _marks(article, call, MarkKind.CALL_TO_ACTION, f"call to action {number}")
    return sorted(marks, key=lambda mark: (mark.span.start, -mark.span.end))


def speaker_words(quote: Excerpt) -> str:
    """Says who speaks, or that the article leaves it open."""
    if quote.speaker:
        named = f"{quote.speaker}, {quote.role}" if quote.role else quote.speaker
        return (
            f"{named} (inferred from “he”, “she” or what stands around)"
            if quote.certainty is Certainty.INFERRED
            else named
        )
    return f"no name ({quote.role})" if quote.role else "speaker unknown: the article leaves it open"


def _marks(
    article: Article, excerpt: Excerpt, kind: MarkKind, name: str, said: str = "", is_sure: bool = True
) -> Iterator[Mark]:
    for place, span in enumerate(excerpt.spans):
        whole = _with_marks(article.text, span) if kind is MarkKind.QUOTE else span
        yield Mark(kind, whole, name, said, is_sure, continues=place > 0)


def _with_marks(text: str, span: Span) -> Span:
    """Takes in the quotation marks around a quote, which its spans leave out."""
    start, end = span.start, span.end
    while start > 0 and text[start - 1] in _AROUND:
        start -= 1
    while end < len(text) and text[end] in _AROUND:
        end += 1
    return Span(start, end)


def inline_marks(article: Article, excerpts: Excerpts) -> list[Mark]:
    """Returns every mention of a link, a contact or an acronym in the text, in order; where two overlap, the first."""
    from scheduler.excerpts.contacts import contacts_in
    from scheduler.excerpts.links import links_in

    anchors = {anchor.span.start: anchor.span for anchor in article.anchors if anchor.span}
    found = [Mark(MarkKind.ACRONYM, each.span, "acronym") for each in excerpts.acronyms]
    for at, contact in contacts_in(article):
        span = _stretch_of(article.text, at, contact.value) or anchors.get(at)
        if span:
            found.append(Mark(MarkKind.CONTACT, span, contact.kind, contact.label or ""))
    for at, link in links_in(article):
        span = anchors.get(at) or _word_at(article.text, at)
        if span:
            found.append(Mark(MarkKind.LINK, span, "link", link.url))
    return list(_without_overlaps(found))


def _stretch_of(text: str, at: int, words: str) -> Span | None:
    return Span(at, at + len(words)) if text.startswith(words, at) else None


def _word_at(text: str, at: int) -> Span | None:
    """Returns the address that begins there, without the marks of the sentence around it."""
    word = text[at:].split(maxsplit=1)[0] if text[at:].strip() else ""
    word = word.rstrip(".,;:!?)]}>\"'”’»")
    return Span(at, at + len(word)) if word and text.startswith(word, at) else None


def _without_overlaps(marks: Iterable[Mark]) -> Iterator[Mark]:
    end = 0
    for mark in sorted(marks, key=lambda mark: (mark.span.start, -mark.span.end)):
        if mark.span.start >= end:
            yield mark
            end = mark.span.end


def _stretches(paragraph: Paragraph, blocks: Sequence[Mark], inside: Sequence[Mark]) -> Iterator[Stretch]:
    for span in _cuts(paragraph.span, blocks, inside):
        marks = tuple(
            mark if mark.span.start >= span.start else replace(mark, continues=True)
            for mark in blocks
            if _meets(mark.span, span)
        )
        yield Stretch(span, marks, tuple(mark for mark in inside if _meets(mark.span, span)))


def _cuts(paragraph: Span, blocks: Sequence[Mark], small: Sequence[Mark]) -> Iterator[Span]:
    """Yields the paragraph in pieces; no link or number is cut in two."""
    edges = {paragraph.start, paragraph.end}
    for mark in blocks:
        edges |= {max(mark.span.start, paragraph.start), min(mark.span.end, paragraph.end)}
    inner = {edge for edge in edges if not any(mark.span.start < edge < mark.span.end for mark in small)}
    for start, end in pairwise(sorted({paragraph.start, *inner, paragraph.end})):
        yield Span(start, end)


def _meets(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end
