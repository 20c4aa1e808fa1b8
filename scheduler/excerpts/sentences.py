"""Splits British prose into sentences: ranks, initials, times, decimals and web addresses do not end one.

Rules of our own, because they measure better: of the cases in tests/excerpts/sentence_cases.py all are right; of the
first 102 nupunkt 0.8.0, the best small library, gets 80, and 84 when it is told our abbreviations. It parts St. / John
Ambulance and the pieces of a slogan, and joins what follows "p.m." or "per cent."
"""

import re

from scheduler.articles.article import Span
from scheduler.excerpts.vocabulary import words_of

# Also without the space behind it, between two words: "It rained.The match went on."
_TERMINATOR = re.compile(r"[.!?…](?:(?:(?<!…)[.!?]+)?[\"'”’)\]»]*(?=\s|$)|(?<=[a-z]{3}\.)(?=[A-Z][a-z]+\s))")
_NEXT = re.compile(r"\s*([\"'“‘(\[«]*)(\S)")
_LAST_TOKEN = re.compile(r"[\w.&'’/-]+$")
_PARAGRAPH_BREAK = re.compile(r"\n[ \t\u00a0]*\n\s*")

# Never the end of a sentence: a name or an example follows.
_LEADING = words_of(
    """
    det insp supt sgt cllr clr cllrs mr mrs ms mx dr prof rev revd fr rt hon lt col capt cmdr cdr gen maj brig cpl
    pte ch const adm asst dep flt sq wg ldr mt ft nos vs e.g i.e eg ie cf viz approx tel fig figs ref eds messrs mme
    sr incl temp actg superint d.i d.c d.s p.c a.k.a mobil mob
    """
)
# The end of a sentence only where an ordinary opening of one follows: "in Mill St. The road", "in St. Anne's Court".
_MAYBE = words_of("st rd ave cres gdns u.k u.s u.n e.u ed sup")
# The end of a sentence unless a number follows: "on p. 4", "on 4 Jan. 2027", "She said no."
_BEFORE_NUMBER = words_of(
    """
    no nos p pp ext fig para art sec vol c ca v mon tue tues wed thu thur thurs fri sat sun jan feb mar apr jun jul aug sep
    sept oct nov dec
    """
)
_BEFORE_NAME = frozenset({"v", "ext"})
_OPENERS = words_of(
    """
    the a an we it this that these those he she they i you our your his her their in on at for from by as if but
    and or so when while there here to with after before since today yesterday tomorrow anyone everyone people
    please more many most some all both each no yes not what who where why how officers police now then once
    during last next however
    """
)
_DAYS = words_of("monday tuesday wednesday thursday friday saturday sunday gmt bst")
# "Plan B." names something: here a capital is no initial.
_LETTERED = words_of(
    """
    plan vitamin hepatitis grade class group category type schedule option section part appendix annex level tier
    room gate zone table team block route platform
    """
)
_WORD = re.compile(r"[\w’']*")
_WORD_BEFORE = re.compile(r"(\w+)\s+$")
_INITIAL = re.compile(r"(?:[A-Z]\.)*[A-Z]")
_SPELLED_SMALL = re.compile(r"[a-z][A-Z]|[a-z]\)\s")  # iPhone; a) in a list
_NUMBERING = re.compile(r"\(?\d{1,2}")
_LONGEST_NUMBERING = 6
_LONGEST_WORD = 60
_LEFT_OUT = re.compile(r"\s*[\[(](?:…|\.\.\.)[\])]")
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
    """Where sentences end; a mark of what is left out stays with the words before it."""
    ends: list[int] = []
    for match in _TERMINATOR.finditer(text, start, end):
        following = _NEXT.match(text, match.end(), end)
        if following is None or _is_within_word(text, match):
            continue
        if _continues(text, following, end):
            # "called Plan. Act. Live. – helps": pieces of one word before a dash or a small letter belong to a name.
            piece_end = match.end()
            while ends and _is_one_word(text, ends[-1], piece_end):
                piece_end = ends.pop()
        elif not _goes_on(text, ends[-1] if ends else start, match, following, end):
            left_out = _LEFT_OUT.match(text, match.end(), end)
            ends.append(left_out.end() if left_out else match.end())
    return _without_slogans(text, start, end, ends) if ends else ends


def _is_within_word(text: str, stop: re.Match[str]) -> bool:
    """Whether a full stop without a space behind it stands within an address or a name, and ends no ordinary word."""
    if text[stop.end()].isspace():
        return False
    token = _LAST_TOKEN.search(text, max(0, stop.start() - 24), stop.start())
    return token is None or not (token[0].isalpha() and token[0].islower())


def _continues(text: str, following: re.Match[str], end: int) -> bool:
    """Whether what follows a full stop cannot open a sentence."""
    first = following[2]
    if first in _DASHES:
        return True
    return first.islower() and not _SPELLED_SMALL.match(text, following.start(2), end)


def _is_one_word(text: str, start: int, end: int) -> bool:
    return end - start <= _LONGEST_WORD and len(text[start:end].split()) == 1


def _without_slogans(text: str, start: int, end: int, ends: list[int]) -> list[int]:
    """Keep a slogan whole: "Stop. Look. Listen." is one sentence, also at the end of "The plan is called Stop. Look. Listen."."""
    kept: list[int] = []
    run: list[int] = []
    for stop in [*ends, end]:
        begin = run[-1] if run else kept[-1] if kept else start
        piece = text[begin:stop].split(maxsplit=1)
        if len(piece) == 1 and piece[0][0].isupper() and piece[0].endswith("."):
            run.append(stop)
            continue
        if run:
            kept += _slogan(text, start, kept, run)
            run = []
        kept.append(stop)
    kept += _slogan(text, start, kept, run)
    return [stop for stop in kept if stop < end]


def _slogan(text: str, start: int, kept: list[int], run: list[int]) -> list[int]:
    """The ends of a run of one-word pieces: only the last where they are a slogan, which the sentence before may begin."""
    if len(run) >= 2 and kept:
        before = text[kept[-2] if len(kept) > 1 else start : kept[-1]].split()
        if before[-1].endswith(".") and before[-1][0].isupper():
            kept.pop()
            return run[-1:]
    return run[-1:] if len(run) >= 3 else run


def _goes_on(text: str, start: int, match: re.Match[str], following: re.Match[str], end: int) -> bool:
    """Whether a full stop only shortens a word, or numbers what follows."""
    if match[0] != ".":
        return False
    token = _LAST_TOKEN.search(text, max(start, match.start() - 24), match.start())
    if token is None:
        return False
    if match.start() - start < _LONGEST_NUMBERING and _NUMBERING.fullmatch(text[start : match.start()].strip()):
        return True
    word = token[0].lower().strip("'’").rpartition("/")[2]  # "A/Insp." is an inspector, too
    found = _WORD.match(text, following.start(2), end)
    next_word = found[0].lower() if found else ""
    opener = next_word in _OPENERS
    is_initial = len(token[0]) == 1 and token[0].isupper()  # "J. P. Low" has no page
    if word in _BEFORE_NUMBER and not (is_initial and not following[2].isdigit()):
        return following[2].isdigit() or (word in _BEFORE_NAME and not opener)
    if word in {"a.m", "p.m"}:
        return next_word in _DAYS
    return word in _LEADING or (not opener and (word in _MAYBE or _is_initial(text, start, token)))


def _is_initial(text: str, start: int, token: re.Match[str]) -> bool:
    if token[0] == "I" or not _INITIAL.fullmatch(token[0]):
        return False
    before = _WORD_BEFORE.search(text, max(start, token.start() - 24), token.start())
    return before is None or before[1] not in _LETTERED
