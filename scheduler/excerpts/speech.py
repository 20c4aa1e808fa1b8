"""Finds where an article's words stand between quotation marks, in each paragraph: curly, straight or single marks."""

import re
from dataclasses import dataclass

from scheduler.articles.article import Span

_MARKS = re.compile(r"[“”„\"«»]")
_SINGLE_OPENING = re.compile(r"(?:^|(?<=[:,] )|(?<=[:,]))[‘'](?=[A-Z…])")
_SINGLE_CLOSING = re.compile(r"(?<=[.,!?…])[’'](?=\s|$)")
_OPENING_BEFORE = frozenset("([{—–-/‘'")


@dataclass(frozen=True, slots=True)
class Marked:
    """A stretch between quotation marks.

    inner: without the marks; outer: with them.
    closed: whether a closing mark was found before the paragraph's end.
    single: between single marks, which may as well be a title's or an apostrophe.
    """

    inner: Span
    outer: Span
    closed: bool
    single: bool = False


@dataclass(frozen=True, slots=True)
class Marking:
    """A paragraph's marked stretches; stray_close is where a closing mark stands that nothing opened."""

    stretches: tuple[Marked, ...] = ()
    stray_close: int | None = None


def read_marks(text: str, span: Span, *, single: bool = True) -> Marking:
    """Pair the quotation marks of one paragraph; nested ones stay inside."""
    found: list[Marked] = []
    stray: int | None = None
    opened_at: int | None = None
    depth = 0
    last_close = -1
    for match in _MARKS.finditer(text, span.start, span.end):
        at = match.start()
        if _opens(text, at, span, opened_at is not None):
            if opened_at is None:
                opened_at, depth = at, 1
            elif match[0] != '"':
                depth += 1
            continue
        if opened_at is None:
            if not (match[0] == '"' and text[at - 1 : at].isdigit()):
                stray = at if stray is None and not found else stray
            continue
        last_close = at
        depth -= 1
        if depth == 0:
            found.append(Marked(_trim(text, opened_at + 1, at), Span(opened_at, at + 1), True))
            opened_at = None
    if opened_at is not None:
        closed = last_close == span.end - 1
        end = last_close if closed else span.end
        found.append(Marked(_trim(text, opened_at + 1, end), Span(opened_at, span.end), closed))
    if not found and stray is None and single:
        return _read_single_marks(text, span)
    return Marking(tuple(piece for piece in found if piece.inner.end > piece.inner.start), stray)


def _opens(text: str, at: int, span: Span, inside: bool) -> bool:
    """By what stands around it; the mark's own shape decides only where that leaves doubt: shapes are often mixed up."""
    before = text[at - 1] if at > span.start else " "
    after = text[at + 1] if at + 1 < span.end else " "
    if before.isspace() or before in _OPENING_BEFORE:
        if not after.isspace():
            return text[at] not in "”»" or not inside
        return text[at] in "“„«"
    if after.isspace() or after in ".,;:!?)]–—":
        return False
    if text[at] in "“„«":
        return True
    return not inside and text[at] == '"' and before in ":,;" and after.isalpha()


def _trim(text: str, start: int, end: int) -> Span:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Span(start, end)


def _read_single_marks(text: str, span: Span) -> Marking:
    """Speech between single marks, as some offices set it; an apostrophe is none, so only a mark after a pause closes."""
    found: list[Marked] = []
    position = span.start
    paragraph = text[span.start : span.end]
    while True:
        opening = _SINGLE_OPENING.search(paragraph, position - span.start)
        if opening is None:
            return Marking(tuple(found))
        at = span.start + opening.start()
        closing = _SINGLE_CLOSING.search(paragraph, opening.end())
        end = span.start + closing.start() if closing else span.end
        found.append(
            Marked(_trim(text, at + 1, end), Span(at, end + 1 if closing else end), closing is not None, single=True)
        )
        position = end + 1
        if closing is None:
            return Marking(tuple(found))
