"""Finds where an article's words stand between quotation marks, in each paragraph: curly, straight or single marks."""

import re
from dataclasses import dataclass

from scheduler.articles.article import Span

# Two single marks side by side are one double mark, as old machines set it.
_MARKS = re.compile(r"[“”„\"«»]|''|‘‘|’’|‘’|``")
_SENTENCE_ENDS = re.compile(r"[.!?…]\s+$")
_INCHES = re.compile(r"(?<=\d)\"(?=\s(?!said|says|added)[a-z])")
# A single mark that may begin speech: at the paragraph's start, after a colon or comma, after "said"; further on in a
# paragraph that has such speech already, after any space.
_SINGLE_OPENING = re.compile(
    r"(?:^|(?<=[:,.!?]\s)|(?<=[:,])|(?<=\bsaid\s)|(?<=\badded\s)|(?<=\bsays\s))[‘'](?=[A-Z…£0-9\[“\"])"
    r"|(?:^|(?<=:\s))[‘'](?!(?:til|till|cause|cos|coz|tis|twas|em|n|bout|round|ere|neath|gainst)\b)(?=[a-z])"
)
_SINGLE_AGAIN = re.compile(r"(?:^|(?<=\s)|(?<=[:,]))[‘'](?=[\w…£\[“\"])")
# An apostrophe closes nothing: only a mark at a pause does, the pause before it or after.
_SINGLE_CLOSING = re.compile(
    r"(?<=[.,!?…][’'])[’'](?=\s|$)|(?<=[.,!?…”\"–—-])[’'](?=[\s.,;:)]|$)|[’'](?=[.,;:!?](?:\s|$))"
)
# ‘Nets and Needles’ runs until May: the title of something, with no pause before its mark.
_TITLE = re.compile(
    r"[‘'][A-Z][\w’'-]*(?:\s(?:[A-Z0-9][\w’'-]*|&|an?|the|of|in|on|at|to|for|and|from|with|by|or)){0,9}"
    r"(?<=\w)[’'](?=\s(?!said|says|added|adds)[a-z])"
)
# A mark with a space on either side opens only where speech begins: said " Come in".
_LEADS_IN = re.compile(r"(?:[:,]|\b(?:said|says|added|adds))\s$")
_FIRST_NAME = re.compile(r"\b[A-ZÀ-Þ][\w’'-]+ $")
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
    """Pair the quotation marks of one paragraph; nested ones stay inside.

    single: whether single marks may hold speech, as some offices set it; where both kinds stand, the outer one counts.
    """
    first = _MARKS.search(text, span.start, span.end)
    if single:
        marking = _read_single_marks(text, span, first.start() if first else span.end)
        if marking.stretches and (first is None or _holds(marking, first.start(), text)):
            return marking
    if first is None:
        return Marking()
    marking = _read_double_marks(text, span)
    return Marking(tuple(piece for piece in marking.stretches if not _is_nickname(text, piece)), marking.stray_close)


def _is_nickname(text: str, piece: Marked) -> bool:
    """ "Robert “Bob” Marsh"."""
    before, after = (
        text[max(0, piece.outer.start - 20) : piece.outer.start],
        text[piece.outer.end : piece.outer.end + 2],
    )
    inner = text[piece.inner.start : piece.inner.end]
    return bool(
        inner.istitle() and inner.isalpha() and _FIRST_NAME.search(before) and after[:1] == " " and after[1:].isupper()
    )


def _holds(marking: Marking, mark: int, text: str) -> bool:
    """Whether a double mark stands within one of the stretches; one that never closes must not begin with an apostrophe."""
    return any(
        (piece.closed or text[piece.outer.start] == "‘") and piece.outer.start < mark < piece.outer.end
        for piece in marking.stretches
    )


def _read_double_marks(text: str, span: Span) -> Marking:
    found: list[Marked] = []
    stray: int | None = None
    opened_at: int | None = None
    depth = 0
    last_close = -1
    width = 1
    marks = list(_MARKS.finditer(text, span.start, span.end))
    # Where more marks open than close, paragraphs that each began with a mark have been run into one.
    closing = [mark.start() for mark in marks if mark[0] == "”"]
    is_run_in = bool(closing) and all(text[at - 1] in ".!?…" for at in closing)
    reopens = is_run_in and sum(mark[0] == "“" for mark in marks) > len(closing)
    for match in marks:
        at = match.start()
        if depth == 1 and match is not marks[-1] and _INCHES.match(text, at):
            continue
        if _opens(text, match, span, opened_at is not None):
            if opened_at is None:
                opened_at, depth, width = at, 1, len(match[0])
            elif not (reopens and depth == 1 and _SENTENCE_ENDS.search(text, at - 3, at)):
                depth += 1
            continue
        if opened_at is None:
            if not (match[0] == '"' and text[at - 1 : at].isdigit()):
                stray = at if stray is None and not found else stray
            continue
        last_close = at
        depth -= 1
        if depth == 0:
            found.append(Marked(_trim(text, opened_at + width, at), Span(opened_at, match.end()), True))
            opened_at = None
    if opened_at is not None:
        closed = last_close >= span.end - width
        end = last_close if closed else span.end
        found.append(Marked(_trim(text, opened_at + width, end), Span(opened_at, span.end), closed))
    return Marking(tuple(piece for piece in found if piece.inner.end > piece.inner.start), stray)


def _opens(text: str, mark: re.Match[str], span: Span, inside: bool) -> bool:
    """By what stands around it; the mark's own shape decides only where that leaves doubt: shapes are often mixed up."""
    at = mark.start()
    before = text[at - 1] if at > span.start else " "
    after = text[mark.end()] if mark.end() < span.end else " "
    if before.isspace() or before in _OPENING_BEFORE:
        if not after.isspace():
            return text[at] not in "”»" or not inside
        return text[at] in "“„«" or (not inside and _LEADS_IN.search(text, max(span.start, at - 20), at) is not None)
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


def _read_single_marks(text: str, span: Span, before: int) -> Marking:
    """The stretches between single marks, of which the first begins `before` a place."""
    paragraph = text[span.start : span.end]
    if "‘" not in paragraph and "'" not in paragraph:
        return Marking()
    found: list[Marked] = []
    opening = _SINGLE_OPENING.search(paragraph, 0, before - span.start + 1)
    while opening is not None:
        closing = _SINGLE_CLOSING.search(paragraph, opening.end() + 1)
        title = _TITLE.match(paragraph, opening.start())
        if title and (closing is None or title.end() < closing.start()):
            opening = _SINGLE_AGAIN.search(paragraph, title.end())
            continue
        start, end = span.start + opening.start(), span.end if closing is None else span.start + closing.start()
        inner = _trim(text, start + 1, end)
        begins = start == span.start or text[start - 1 : start + 1].strip()[:1] == ":" or text[start - 2] == ":"
        if closing is None and paragraph[-1:] in '”"' and not _MARKS.search(text, inner.start, inner.end - 1):
            # It began with a single mark and ends with a double one.
            found.append(Marked(_trim(text, start + 1, span.end - 1), Span(start, span.end), True, single=True))
        elif inner.end > inner.start and (closing is not None or (begins and not text[inner.start].islower())):
            outer = Span(start, end if closing is None else end + 1)
            found.append(Marked(inner, outer, closing is not None, single=True))
        opening = None if closing is None else _SINGLE_AGAIN.search(paragraph, closing.end())
    return Marking(tuple(found))
