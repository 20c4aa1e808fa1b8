"""A post's text beside its source: which words are the article's, from where in it, and what was left out."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from scheduler.articles.article import Span
from scheduler.drafting.draft import Source
from scheduler.drafting.tracing import Piece, trace
from scheduler.posts.difference import LEGEND, Change, changes, marked
from scheduler.preview.card import Card
from scheduler.preview.terminal import Paint, columns, wrapped

SIDE_BY_SIDE = 96  # columns: below that, two texts beside each other cannot be read
_WIDEST = 140
_MARKS = "\"'“”‘’«»"
_OMISSION = re.compile(r"\s*\[(?:…|\.\.\.)\]")


class Bond(StrEnum):
    """How a stretch of a post belongs to the article."""

    TAKEN = "taken"
    ALTERED = "altered"
    LEFT_OUT = "left out"
    SPEAKER = "speaker"
    OWN = "own words"


@dataclass(frozen=True, slots=True)
class Row:
    """A stretch of a post and what it comes from.

    text: "" where the post leaves something out. paragraph: of the article, from 0, None where that is not known; span, words:
    where it stands in the article and what that has there, empty for words of our own.
    """

    bond: Bond
    text: str
    words: str = ""
    paragraph: int | None = None
    span: Span | None = None

    @property
    def place(self) -> str:
        """Says where it comes from: "paragraph 3, characters 120 to 168"."""
        if self.span is None:
            return ""
        paragraph = f"paragraph {self.paragraph + 1}, " if self.paragraph is not None else ""
        return f"{paragraph}characters {self.span.start} to {self.span.end}"

    @property
    def label(self) -> str:
        """Says how it belongs to the article, and from which place in it it comes."""
        if self.bond is Bond.OWN:
            return "not an excerpt"
        if self.bond is Bond.SPEAKER:
            return f"the speaker, whom the article calls {self.words}"
        said = {Bond.TAKEN: "", Bond.ALTERED: "ALTERED: ", Bond.LEFT_OUT: "left out: "}[self.bond]
        return f"{said}{self.place}"

    @property
    def changes(self) -> list[Change]:
        """What became of the article's words, one after the other; nothing where the post has them as they are."""
        return changes(self.words, self.text.strip(_MARKS)) if self.bond is Bond.ALTERED else []

    @property
    def difference(self) -> str:
        """The same as one text, each change marked as `LEGEND` explains."""
        return marked(self.changes)


def rows_of(text: str, source: Source) -> list[Row]:
    """Returns the whole text in its order, and what the excerpt has beyond it where it is missing."""
    rows: list[Row] = []
    at = 0
    for piece in trace(source.words, text):
        if piece.here is None:
            omission = _OMISSION.match(text, at)
            shown = omission[0].strip() if omission else ""
            at = omission.end() if omission else at
            rows.append(_row(piece, source, shown))
        elif piece.here.end > at:
            start, end = _with_marks(text, max(piece.here.start, at), piece.here.end, at)
            rows += _own(text[at:start], source)
            rows.append(_row(piece, source, text[start:end].strip()))
            at = end
    return rows + list(_own(text[at:], source))


def _with_marks(text: str, start: int, end: int, least: int) -> tuple[int, int]:
    """Takes in the quotation marks around a stretch."""
    while start > least and text[start - 1] in _MARKS:
        start -= 1
    while end < len(text) and text[end] in _MARKS + ".,":
        end += 1
    return start, end


def _row(piece: Piece, source: Source, shown: str) -> Row:
    bond = Bond.LEFT_OUT if piece.here is None else Bond.ALTERED if piece.is_altered else Bond.TAKEN
    words = source.words[piece.paragraph][piece.there.start : piece.there.end]
    start = source.whole[piece.paragraph].start
    number = source.paragraphs[piece.paragraph] if piece.paragraph < len(source.paragraphs) else None
    return Row(bond, shown, words, number, Span(start + piece.there.start, start + piece.there.end))


def _own(text: str, source: Source) -> Iterator[Row]:
    for line in text.split("\n"):
        if line.strip(f" \t{_MARKS}"):
            is_speaker = source.speaker is not None and source.speaker.casefold() in " ".join(line.split()).casefold()
            named = ", ".join(filter(None, (source.speaker, source.role))) if is_speaker else ""
            yield Row(Bond.SPEAKER if is_speaker else Bond.OWN, line.strip(), named)


def sources_lines(card: Card, kept: "Sequence[Kept]", width: int = 80, colour: bool = False) -> Iterator[str]:
    """Yields a post's text beside its sources, or below each other where the terminal is narrow.

    kept: of each source of the card, what the book keeps of its article.
    """
    paint, width = Paint(colour), min(width, _WIDEST)
    text = "\n\n".join(part.text for part in card.parts)
    if not card.sources:
        yield "No article: the text is the campaign's own."
    for source, article in zip(card.sources, kept, strict=True):
        yield from wrapped(f"{source.kind} from {article.said(source)}", width)
        if not source.words:
            yield from wrapped(
                "Its words were not kept: an older version planned this post; redletter plan brings them.", width
            )
            continue
        rows = rows_of(text, source)
        yield ""
        yield from _beside(rows, width, paint) if width >= SIDE_BY_SIDE else _below(rows, width, paint)
        if any(row.difference for row in rows):
            yield ""
            yield f"{LEGEND}, from the article to the post"


@dataclass(frozen=True, slots=True)
class Kept:
    """What the book keeps of an article: its title, when it was read (as a person reads it), and its whole text."""

    title: str | None = None
    read_at: str | None = None
    text: str | None = None

    def said(self, source: Source) -> str:
        """Says which article it is, and whether the book's copy of it has these words at these places."""
        named = f"“{self.title}”, {source.article}" if self.title else source.article
        if self.text is None:
            return f"{named} (sha256 {source.sha256[:12]}; the book has no copy of it)"
        pairs = zip(source.whole, source.words, strict=True)
        is_there = all(self.text[span.start : span.end] == words for span, words in pairs)
        held = "its words stand there" if is_there else "its words do NOT stand there"
        return f"{named}, as it was read on {self.read_at} (sha256 {source.sha256[:12]}; {held})"


def _beside(rows: Sequence[Row], width: int, paint: Paint) -> Iterator[str]:
    left = (width - 3) // 2
    right = width - 3 - left
    yield f"{'In the post':<{left}} │ In the article"
    yield f"{'─' * left}─┼─{'─' * right}"
    for number, row in enumerate(rows):
        if number:
            yield f"{' ' * left} │"
        ours = [(line, line) for line in (wrapped(row.text, left) if row.text else ())]
        theirs = [
            (line, _painted(line, row, paint) if is_label else line) for line, is_label in _source_lines(row, right)
        ]
        for index in range(max(len(ours), len(theirs))):
            said, shown = ours[index] if index < len(ours) else ("", "")
            yield f"{shown}{' ' * (left - columns(said))} │ {theirs[index][1] if index < len(theirs) else ''}".rstrip()


def _below(rows: Sequence[Row], width: int, paint: Paint) -> Iterator[str]:
    for number, row in enumerate(rows):
        if number:
            yield ""
        if row.text:
            yield from wrapped(row.text, width)
        for line, is_label in _source_lines(row, width - 4):
            yield f"  {'←' if is_label else ' '} {_painted(line, row, paint) if is_label else line}"


def _source_lines(row: Row, room: int) -> Iterator[tuple[str, bool]]:
    """Yields what stands beside a stretch, and of each line whether it is a label."""
    for number, line in enumerate(wrapped(row.label, room)):
        yield line, number == 0 or row.bond is not Bond.OWN
    if row.bond in (Bond.LEFT_OUT, Bond.TAKEN):
        yield from ((line, False) for line in wrapped(" ".join(row.words.split()), room))
    if row.bond is Bond.ALTERED:
        yield from ((line, False) for line in wrapped(row.difference, room))


def _painted(line: str, row: Row, paint: Paint) -> str:
    return paint.warning(line) if row.bond is Bond.ALTERED else paint.dim(line)
