"""Finds the words of an excerpt in a text again: which stretch of the article each came from, and what was left out."""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from scheduler.articles.article import Span
from scheduler.excerpts.sentences import sentences

OMISSION = "[…]"
MARK = '"'
_INVISIBLE = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
_TOKEN = re.compile(rf"\[(?:…|\.\.\.)\]|[\w{_INVISIBLE}\u0300-\u036f]+(?:['’‘‐‑-][\w{_INVISIBLE}\u0300-\u036f]+)*|\S")
_MARKS = frozenset("\"'“”„‟‘’‚‛«»")
_FOLDED = str.maketrans("’‘‐‑", "''--", _INVISIBLE)
_ENDS_SENTENCE = re.compile(r"[.!?…:;][”’\"')\]»]*\s*$")
# Words of one text times words of the other: where both are long and say the same again and again, comparing takes minutes.
MOST_COMPARED = 250_000
_FEWEST_OF_A_SENTENCE = 3  # words: "And," she said, "I …" goes on
_LIKENESS = 0.5  # of a sentence's words: below that it is another sentence


@dataclass(frozen=True, slots=True)
class Token:
    """A word or a mark as it is compared: line breaks, invisible characters and kinds of quotation mark are alike.

    span: where it stands in its text, or in paragraph number `paragraph` of an excerpt.
    """

    word: str
    span: Span
    paragraph: int = 0


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a text that comes from an excerpt, all of it from one paragraph.

    here: its place in the text, None where the text leaves it out. paragraph: of the excerpt, from 0; there: its place in
    that paragraph. is_altered: the text has other words in its place.
    """

    paragraph: int
    there: Span
    here: Span | None
    is_altered: bool = False


def tokens(text: str, paragraph: int = 0) -> list[Token]:
    """Returns the words and marks of a text in order."""
    found = []
    for match in _TOKEN.finditer(text):
        word = _folded(match[0])
        if word:
            found.append(Token(word, Span(*match.span()), paragraph))
    return found


def _folded(word: str) -> str:
    if word in _MARKS:
        return MARK
    if len(word) > 1 and word[0] == "[":
        return OMISSION
    return word if word.isascii() else unicodedata.normalize("NFC", word).translate(_FOLDED)


def spoken(paragraphs: Sequence[str]) -> list[list[Token]]:
    """Returns an excerpt's words sentence by sentence; a sentence that a "said X" parted in the article is one."""
    found: list[list[Token]] = []
    above = ""
    for number, paragraph in enumerate(paragraphs):
        is_open = bool(found) and goes_on(above, paragraph)
        if found and found[-1] and not is_open and found[-1][-1].word == ",":
            found[-1] = found[-1][:-1]  # it stood for the full stop before "said X"
        every = tokens(paragraph, number)
        starts = [token.span.start for token in every]
        for span in sentences(paragraph):
            words = every[bisect_left(starts, span.start) : bisect_left(starts, span.end)]
            if is_open:
                found[-1] += words
            else:
                found.append(words)
            is_open = False
        above = paragraph
    if found and found[-1] and found[-1][-1].word == ",":
        found[-1] = found[-1][:-1]  # what a comma led over to stays behind in the article
    return [sentence for sentence in found if sentence]


def goes_on(before: str, after: str) -> bool:
    """Whether a sentence that a "said X" parted goes on: “I was told,” said Jo, “that it shuts.”

    Print ends a whole sentence there with a comma, or outside the marks, as well: “We came,” said Jo. “It was shut.”
    """
    if _ENDS_SENTENCE.search(before):
        return False
    first = re.match(r"\W*(\w+)", after)
    if first is None or not first[1][0].isupper():
        return True
    return first[1] == "I" and len(before.split()) <= _FEWEST_OF_A_SENTENCE


def trace(paragraphs: Sequence[str], text: str) -> list[Piece]:
    """Returns every sentence of an excerpt in its order: where the text has it, or that it is left out or altered.

    Sentences that follow one another in both are one piece.
    """
    said = tokens(text)
    units = spoken(paragraphs)
    places = _places(units, said)
    pieces: list[Piece] = []
    is_comparable = sum(map(len, units)) * len(said) <= MOST_COMPARED
    for number, (unit, place) in enumerate(zip(units, places, strict=True)):
        likely = None if place or not is_comparable else _likely_place(unit, said, *_gap(places, number, len(said)))
        pieces += _pieces(unit, said, place or likely, is_altered=likely is not None)
    return list(_joined(pieces, paragraphs, text))


def _places(units: Sequence[Sequence[Token]], said: Sequence[Token]) -> list[tuple[int, int] | None]:
    """Returns where each sentence stands word for word, as places in `said`; in order, None where it does not."""
    words = [token.word for token in said]
    places: list[tuple[int, int] | None] = []
    start = 0
    for unit in units:
        place = find([token.word for token in unit], words, start)
        places.append(place)
        if place:
            start = place[1]
    return places


def find(sought: Sequence[str], words: Sequence[str], start: int = 0) -> tuple[int, int] | None:
    """Returns the first place from `start` on where words stand in this order; quotation marks may be more or fewer."""
    bare = [word for word in sought if word != MARK]
    if not bare:
        return None
    for begin in range(start, len(words) - len(bare) + 1):
        if words[begin] == bare[0]:
            end = _match(bare, words, begin)
            if end is not None:
                return begin, end
    return None


def _match(bare: Sequence[str], words: Sequence[str], at: int) -> int | None:
    for word in bare:
        while at < len(words) and words[at] == MARK:
            at += 1
        if at >= len(words) or words[at] != word:
            return None
        at += 1
    return at


def _gap(places: Sequence[tuple[int, int] | None], number: int, end: int) -> tuple[int, int]:
    """Returns between which places a sentence that does not stand word for word could stand."""
    before = [place[1] for place in places[:number] if place]
    after = [place[0] for place in places[number + 1 :] if place]
    return (before[-1] if before else 0), (after[0] if after else end)


def _likely_place(unit: Sequence[Token], said: Sequence[Token], start: int, end: int) -> tuple[int, int] | None:
    """Returns where most words of a sentence stand, in whatever company."""
    matcher = SequenceMatcher(
        None,
        [token.word.casefold() for token in unit],
        [token.word.casefold() for token in said[start:end]],
        autojunk=False,
    )
    blocks = [block for block in matcher.get_matching_blocks() if block.size]
    words = sum(unit[block.a + place].word.isalnum() for block in blocks for place in range(block.size))
    if not blocks or words < _LIKENESS * sum(token.word.isalnum() for token in unit):
        return None
    return start + blocks[0].b, start + blocks[-1].b + blocks[-1].size


def _pieces(
    unit: Sequence[Token], said: Sequence[Token], place: tuple[int, int] | None, *, is_altered: bool
) -> Iterator[Piece]:
    """Yields a sentence as one piece for each paragraph that it runs through; an altered one stays whole in the text."""
    here = [token for token in said[slice(*place)] if token.word != MARK] if place else []
    done = 0
    for number in dict.fromkeys(token.paragraph for token in unit):
        inside = [token for token in unit if token.paragraph == number]
        count = len([token for token in inside if token.word != MARK])
        there = Span(inside[0].span.start, inside[-1].span.end)
        stretch = here if is_altered else here[done : done + count]
        span = Span(stretch[0].span.start, stretch[-1].span.end) if stretch else None
        yield Piece(number, there, span, is_altered)
        done += count


def _joined(pieces: Sequence[Piece], paragraphs: Sequence[str], text: str) -> Iterator[Piece]:
    last: Piece | None = None
    for piece in pieces:
        if last and _follows(last, piece, paragraphs, text):
            here = Span(last.here.start, piece.here.end) if last.here and piece.here else None
            last = Piece(piece.paragraph, Span(last.there.start, piece.there.end), here, last.is_altered)
        else:
            if last:
                yield last
            last = piece
    if last:
        yield last


def _follows(last: Piece, piece: Piece, paragraphs: Sequence[str], text: str) -> bool:
    if last.paragraph != piece.paragraph or last.is_altered != piece.is_altered:
        return False
    if last.here is None or piece.here is None:
        return last.here is None and piece.here is None
    if last.is_altered:
        return False
    between = text[last.here.end : piece.here.start] + paragraphs[piece.paragraph][last.there.end : piece.there.start]
    return all(character.isspace() or character in _MARKS for character in between)
