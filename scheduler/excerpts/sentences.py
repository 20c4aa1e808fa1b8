"""Splits British prose into sentences: ranks, initials, times, decimals and web addresses do not end one."""

import re

from scheduler.articles.article import Span
from scheduler.excerpts.vocabulary import words_of

_TERMINATOR = re.compile(r"(?:[.!?]+|…)[\"'”’)\]»]*(?=\s|$)")
_NEXT = re.compile(r"\s+([\"'“‘(\[«]*)(\S)")
_LAST_TOKEN = re.compile(r"[\w.&'’/-]+$")
_PARAGRAPH_BREAK = re.compile(r"\n[ \t\u00a0]*\n\s*")

# Never the end of a sentence: a name, a number or an example follows.
_LEADING = words_of(
    """
    det insp supt sgt cllr clr cllrs mr mrs ms mx dr prof rev revd fr rt hon lt col capt cmdr cdr gen maj brig
    cpl pte ch const adm asst dep st mt ft no nos vs v e.g i.e eg ie cf viz approx ext tel p pp para fig figs
    art sec ref vol ed eds messrs mme sr fri mon tue tues wed thu thur thurs sat sun jan feb mar apr aug sep
    sept oct nov dec c ca incl temp actg sup superint d.i d.c d.s p.c a.k.a mobil mob
    """
)
# Words that go on only when what follows is not an ordinary opening of a sentence.
_MAYBE = frozenset(
    {
        "st",
        "no",
        "u.k",
        "u.s",
        "u.n",
        "e.u",
        "sec",
        "art",
        "ed",
        "sat",
        "sun",
        "mar",
        "mon",
        "fig",
        "c",
        "p",
        "v",
        "dec",
        "para",
        "sup",
        "ext",
    }
)
_OPENERS = words_of(
    """
    the a an we it this that these those he she they i you our your his her their in on at for from by as if but
    and or so when while there here to with after before since today yesterday tomorrow anyone everyone people
    please more many most some all both each no yes not what who where why how officers police now then once
    during last next however
    """
)
_INITIAL = re.compile(r"(?:[A-Z]\.)*[A-Z]")
_DASHES = frozenset("–—-")


def sentences(text: str, within: Span | None = None) -> list[Span]:
    """The sentences of a text (or of a stretch of it) in order, each without the space around it."""
    span = within or Span(0, len(text))
    found: list[Span] = []
    start = span.start
    for pause in _PARAGRAPH_BREAK.finditer(text, span.start, span.end):
        found += _of_paragraph(text, start, pause.start())
        start = pause.end()
    return found + _of_paragraph(text, start, span.end)


def _of_paragraph(text: str, start: int, end: int) -> list[Span]:
    ends = _ends(text, start, end)
    found: list[Span] = []
    for stop in [*ends, end]:
        left, right = start, stop
        while left < right and text[left].isspace():
            left += 1
        while right > left and text[right - 1].isspace():
            right -= 1
        if right > left:
            found.append(Span(left, right))
        start = stop
    return found


def _ends(text: str, start: int, end: int) -> list[int]:
    """Where sentences end. One-word pieces before a dash or a small letter belong to a name: "called Plan. Act. Live. – helps"."""
    ends: list[int] = []
    for match in _TERMINATOR.finditer(text, start, end):
        following = _NEXT.match(text, match.end(), end)
        if following is None:
            continue
        first = following[2]
        if first.islower() or first in _DASHES:
            piece_end = match.end()
            while ends and len(text[ends[-1] : piece_end].split()) == 1:
                piece_end = ends.pop()
        elif not _goes_on(text, start, match, following, end):
            ends.append(match.end())
    return ends


def _goes_on(text: str, start: int, match: re.Match[str], following: re.Match[str], end: int) -> bool:
    """Whether a full stop only shortens a word."""
    if match[0] != ".":
        return False
    token = _LAST_TOKEN.search(text, max(start, match.start() - 24), match.start())
    if token is None:
        return False
    word = token[0].lower().strip("'’")
    next_word = re.compile(r"[\w’']*").match(text, following.start(2), end)
    opener = next_word is not None and next_word[0].lower() in _OPENERS
    if word in {"no", "nos", "p", "pp", "ext", "fig", "para", "art", "sec", "vol", "c", "ca", "v"}:
        return following[2].isdigit() or (word in {"v", "ext"} and not opener)
    if word in _LEADING:
        return not (opener and word in _MAYBE)
    if _INITIAL.fullmatch(token[0]) and token[0] != "I":
        return not opener
    return False
