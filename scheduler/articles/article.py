"""An article as every reader returns it: its text, decoded, kept and hashed before anything is cut out of it."""

import hashlib
from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class ParagraphKind(StrEnum):
    """What a stretch of the article's text is, as far as its form tells."""

    BODY = "body"
    HEADING = "heading"
    SPEECH = "speech"  # set in a blockquote: speech even without quotation marks
    LIST_ITEM = "list item"
    LINKS = "links"  # a line of a labelled link list
    CAPTION = "caption"
    FURNITURE = "furniture"  # date lines, ENDS, notes to editors: read, never excerpted as prose


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the article's text: `text[start:end]`, in code points."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph: where it stands, and what it is.

    apart: begins a blockquote that is signed; speech right above it is somebody else's.
    """

    span: Span
    kind: ParagraphKind = ParagraphKind.BODY
    apart: bool = False


@dataclass(frozen=True, slots=True)
class Anchor:
    """A link that the source gave as such (HTML `<a>`, Markdown `[label](url)`), and where its label stands."""

    url: str
    label: str
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Article:
    """The source of excerpts.

    source: what the campaign called it: a path relative to the workspace, or a web address.
    text: the whole extracted text, exactly as decoded (line ends as "\\n"); spans count in it.
    published: as the article itself states it; None when it does not. Never taken from running prose.
    embargo: before it, nothing of the article may go out; without an offset, by the clocks of the campaign.
    unclear_embargo: the line of its head that speaks of an embargo and does not say until which day.
    url: its public address, when it states one or was fetched from one.
    validator: what `read_if_changed` is given to ask whether the source is still as it was; None when nobody can say.
    """

    source: str
    text: str
    paragraphs: tuple[Paragraph, ...]
    title: str | None = None
    published: date | None = None
    url: str | None = None
    description: str | None = None
    site_name: str | None = None
    image: str | None = None
    language: str | None = None
    anchors: tuple[Anchor, ...] = ()
    embargo: datetime | None = None
    unclear_embargo: str | None = None
    validator: str | None = None

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()

    def paragraph_at(self, span: Span) -> int:
        """Returns the number, from 0, of the paragraph in which a span begins."""
        begun = bisect_right(self.paragraphs, span.start, key=lambda paragraph: paragraph.span.start)
        return max(begun - 1, 0)

    def at(self, span: Span) -> str:
        return self.text[span.start : span.end]
