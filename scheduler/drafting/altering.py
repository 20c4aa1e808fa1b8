"""Tells whether a text still has a quotation as it was said, and names what was changed.

Line breaks and kinds of quotation mark may change, and a quotation may be shortened where a sentence ends, as long as
"[…]" says so. Everything else puts words into somebody's mouth.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import pairwise, product

from scheduler.articles.article import Span
from scheduler.drafting.tracing import MARK, MOST_COMPARED, OMISSION, Token, find, spoken, tokens

QUOTATION_ALTERED = "quotation altered"
SPEAKER_ALTERED = "speaker altered"
_ENDING = frozenset(",.")  # what a sentence before "said X" ends with in print
_SURE_RUN = 3  # words in a row that no text has by chance
_NEAR = 12  # words between a quotation's own and the marks around it
_CONTEXT, _MOST_WORDS = 2, 12
_MOST_GAPS = 3  # that part one quotation
_SPEAK = frozenset(
    {"said", "says", "added", "adds", "explained", "explains", "continued", "continues", "told", "tells"}
)
_WHO = frozenset({"he", "she", "they"})
_MARKED = re.compile('“([^“”]+)”|"([^"]+)"')
_LEFT_OUT = re.compile(r"\[(?:…|\.\.\.)\]")
_FEWEST_MADE_UP = 4  # words: fewer are a title, or a word that somebody distrusts
_NO_NAME = re.compile(r"https?://\S+|(?<!\w)[#@]\w+")
_EDGES = re.compile(r"^[\W_]+|[^\w)\]]+$")


@dataclass(frozen=True, slots=True)
class Quotation:
    """What somebody said. words: the whole of it, the article's paragraphs; speaker: None where the article leaves doubt."""

    words: tuple[str, ...]
    speaker: str | None = None


def alterations(quotation: Quotation, text: str, planned: str | None = None) -> tuple[str, ...]:
    """Returns what a text makes of a quotation that was not said so, each a sentence; nothing where all is well.

    planned: the text as it was planned, where a person has changed it since: what it named as the speaker must still
    stand, and the quotation must not have gone from beside the name.
    """
    units = spoken(quotation.words)
    if not units:
        return ()
    said = tokens(text)
    place = _intact(units, said)
    found: list[str] = []
    if place is None and quotation.speaker:
        # Print parts a quotation with who said it; joined again, it may be what was said.
        for joined, between in _joined(said, text, quotation.speaker):
            place = _intact(units, joined)
            if place is not None:
                return (
                    () if _names(between, quotation.speaker) else _rest(quotation, units, joined, place, text, planned)
                )
    if place is None and sum(map(len, units)) * len(said) > MOST_COMPARED:
        return (f"{QUOTATION_ALTERED}: it is not as the article has it, and too long to show where",)
    if place is None:
        place = _likely(units, said)
        if place is not None:
            found += _differences(quotation, units, said, place, text)
        elif quotation.speaker and _names(text, quotation.speaker) and _had_it(units, planned):
            found.append(f"{QUOTATION_ALTERED}: not one sentence of it is left, and {quotation.speaker} is still named")
    if place is not None:
        found += _rest(quotation, units, said, place, text, planned)
    return tuple(found)


def _rest(
    quotation: Quotation,
    units: Sequence[Sequence[Token]],
    said: Sequence[Token],
    place: tuple[int, int],
    text: str,
    planned: str | None,
) -> tuple[str, ...]:
    """Returns what became of who said it, where a person has changed the text."""
    if planned is None or planned == text:
        return ()
    return tuple(_attribution(quotation, units, said, place, text, planned))


def _joined(said: Sequence[Token], text: str, speaker: str) -> Iterator[tuple[list[Token], str]]:
    """Yields the words without each “…,” said Jo Bloggs, “…” between marks, and what was between them.

    A comma before it is the sentence's own, or stands for its full stop, or was put there by whoever parted it.
    """
    gaps = list(_gaps(said, text, speaker))[:_MOST_GAPS]
    between = " ".join(text[said[start].span.end : said[end].span.start] for start, end in gaps)
    for commas in product((None, "", "."), repeat=len(gaps)) if gaps else ():
        words: list[Token] = []
        at = 0
        for (start, end), comma in zip(gaps, commas, strict=True):
            words += said[at:start]
            if comma is not None and words and words[-1].word == ",":
                last = words.pop()
                words += [replace(last, word=comma)] if comma else []
            at = end + 1
        yield [*words, *said[at:]], between


def _gaps(said: Sequence[Token], text: str, speaker: str) -> Iterator[tuple[int, int]]:
    """Yields the places of two marks with who speaks between them, and hardly anything else."""
    marks = [number for number, token in enumerate(said) if token.word == MARK]
    surname = tokens(speaker)[-1].word.casefold()
    own = {token.word.casefold() for token in tokens(speaker)}
    for start, end in pairwise(marks):
        between = [token.word for token in said[start + 1 : end] if token.word[0].isalnum()]
        words = {word.casefold() for word in between}
        # Where another name stands there, these are two quotations.
        is_another = any(word[0].isupper() and word.casefold() not in own | _SPEAK for word in between)
        is_said = bool(words & _SPEAK) and (surname in words or bool(words & _WHO))
        if (
            is_said
            and not is_another
            and len(between) <= _NEAR
            and "\n\n" not in text[said[start].span.end : said[end].span.start]
        ):
            yield start, end


def made_up(text: str, articles: Iterable[str], quotations: Iterable[Quotation] = ()) -> tuple[str, ...]:
    """Returns what stands between quotation marks and in no article, each a sentence.

    quotations: those that the text was made with, altered or not, are none of it; nor are a few words, such as a title.
    """
    known = [[token.word.casefold() for token in tokens(article)] for article in articles]
    units = [spoken(quotation.words) for quotation in quotations]
    found = []
    for match in _MARKED.finditer(text):
        words = match[1] or match[2] or ""
        said = tokens(words)
        if sum(token.word[0].isalnum() for token in said) < _FEWEST_MADE_UP or any(
            _likely(each, said) for each in units
        ):
            continue
        pieces = [[token.word.casefold() for token in tokens(piece)] for piece in _LEFT_OUT.split(words)]
        bare = [[word for word in piece if word[0].isalnum()] for piece in pieces]
        if not any(all(_has(article, piece) for piece in bare) for article in known):
            found.append(
                f"“{_cut(' '.join(words.split()))}” stands between quotation marks and in no article of this post: who said it?"
            )
    return tuple(found)


def _has(article: Sequence[str], words: Sequence[str]) -> bool:
    return not words or find(words, [word for word in article if word[0].isalnum()]) is not None


def _had_it(units: Sequence[Sequence[Token]], planned: str | None) -> bool:
    return planned is not None and _likely(units, tokens(planned)) is not None


def _intact(units: Sequence[Sequence[Token]], said: Sequence[Token]) -> tuple[int, int] | None:
    """Returns where the quotation stands as it may, as places in `said` without the marks around it."""
    for begin, token in enumerate(said):
        if token.word == MARK:
            end = _read(units, said, begin + 1)
            if end is not None:
                return begin + 1, end
    return None


def _read(units: Sequence[Sequence[Token]], said: Sequence[Token], at: int) -> int | None:
    """Reads sentence after sentence up to the closing mark; one that is missing must have left "[…]" in its place."""
    begin, is_left_out, sentences_read = at, False, 0
    for unit in units:
        end = _after(unit, said, at)
        if end is None and not is_left_out and at < len(said) and said[at].word == OMISSION:
            is_left_out, at = True, at + 1
            end = _after(unit, said, at)
        if end is not None:
            at, is_left_out, sentences_read = end, False, sentences_read + 1
        elif not is_left_out:
            return None
    if at < len(said) and said[at].word == OMISSION:
        at += 1
    is_closed = at < len(said) and said[at].word == MARK
    return at if sentences_read and is_closed and at > begin else None


def _after(unit: Sequence[Token], said: Sequence[Token], at: int) -> int | None:
    """Returns the place after a sentence that begins at `at`, where a mark may open its paragraph again."""
    if at < len(said) and said[at].word == MARK != unit[0].word:
        at += 1
    for number, token in enumerate(unit):
        if at < len(said) and said[at].word == token.word:
            at += 1
            continue
        is_last = number == len(unit) - 1
        if not is_last or token.word not in _ENDING:
            return None
        # "…," said X and "….": the last mark is the sentence's around it.
        return at + 1 if at < len(said) and said[at].word in _ENDING else at
    follows = at + 1 < len(said) and said[at].word in _ENDING and said[at + 1].word == MARK
    return at + 1 if follows and unit[-1].word.isalnum() else at


def _likely(units: Sequence[Sequence[Token]], said: Sequence[Token]) -> tuple[int, int] | None:
    """Returns where the words stand that were once the quotation, without the marks around them."""
    words = [token for unit in units for token in unit]
    matcher = SequenceMatcher(
        None, [token.word.casefold() for token in words], [token.word.casefold() for token in said], autojunk=False
    )
    blocks = [block for block in matcher.get_matching_blocks() if block.size]
    least = min(_SURE_RUN, len(words))
    sure = [block for block in blocks if block.size >= least]
    if not sure:
        return None
    return _between_marks(said, sure[0].b, sure[-1].b + sure[-1].size)


def _between_marks(said: Sequence[Token], start: int, end: int) -> tuple[int, int]:
    for place in range(start - 1, max(start - _NEAR, 0) - 1, -1):
        if said[place].word == MARK:
            start = place + 1
            break
    for place in range(end, min(end + _NEAR, len(said))):
        if said[place].word == MARK:
            end = place
            break
    return start, end


def _differences(
    quotation: Quotation,
    units: Sequence[Sequence[Token]],
    said: Sequence[Token],
    place: tuple[int, int],
    text: str,
) -> Iterator[str]:
    """Yields the changes, each with the words around it: “we mend boats” is now “we sell boats”."""
    start, end = place
    if not (start and said[start - 1].word == MARK and end < len(said) and said[end].word == MARK):
        yield f"{QUOTATION_ALTERED}: it does not stand between quotation marks"
    words = [token for unit in units for token in unit]
    here = list(said[start:end])
    ends = _ends(units)
    for a, b, c, d in _changes(words, here, ends):
        if {a, b} <= ends and all(token.word == OMISSION for token in here[c:d]):
            if not any(token.word == OMISSION for token in here[max(c - 1, 0) : d + 1]):
                yield f"{QUOTATION_ALTERED}: “{_cut(_words(quotation.words, words[a:b]))}” is left out, and no “{OMISSION}” says so"
            continue
        was = _words(quotation.words, words[max(a - _CONTEXT, 0) : b + _CONTEXT])
        now = _stretch(text, here[max(c - _CONTEXT, 0) : d + _CONTEXT])
        yield f"{QUOTATION_ALTERED}: “{_cut(was)}” is now “{_cut(now)}”"


def _changes(
    words: Sequence[Token], here: Sequence[Token], ends: frozenset[int]
) -> Iterator[tuple[int, int, int, int]]:
    """Yields what differs, as places in both: whole sentences that are missing, or words that are others.

    Changes with hardly a word between them are one. Marks that open a paragraph again are no difference.
    """
    matcher = SequenceMatcher(None, [token.word for token in words], [token.word for token in here], autojunk=False)
    last: tuple[int, int, int, int] | None = None
    for tag, a, b, c, d in matcher.get_opcodes():
        extra = {token.word for token in here[c:d]}
        if tag == "equal" or (tag == "insert" and extra <= {MARK}):
            continue
        if extra <= {OMISSION}:
            missing = _whole_sentences(words, a, b, ends)
            if missing is not None:
                yield from filter(None, [last])
                last = None
                if a < b:
                    yield *missing, c, d
                continue
        if last is not None and a - last[1] <= _CONTEXT:
            last = (last[0], b, last[2], d)
        else:
            yield from filter(None, [last])
            last = (a, b, c, d)
    yield from filter(None, [last])


def _whole_sentences(words: Sequence[Token], a: int, b: int, ends: frozenset[int]) -> tuple[int, int] | None:
    """Returns what is missing moved to where sentences end, None where it is no whole sentence.

    Of "One. Two." without "Two." either full stop may be the missing one.
    """
    left, right = a, a
    while left > 0 and words[left - 1].word == words[left - 1 + b - a].word:
        left -= 1
    while right + b - a < len(words) and words[right].word == words[right + b - a].word:
        right += 1
    for start in range(left, right + 1):
        if start in ends and start + b - a in ends:
            return start, start + b - a
    return None


def _ends(units: Sequence[Sequence[Token]]) -> frozenset[int]:
    """Returns where sentences end, counted in words; the beginning is one too."""
    ends = [0]
    for unit in units:
        ends.append(ends[-1] + len(unit))
    return frozenset(ends)


def _words(paragraphs: Sequence[str], chosen: Sequence[Token]) -> str:
    """Returns words of the article as it has them."""
    numbers = dict.fromkeys(token.paragraph for token in chosen)
    return " ".join(
        _stretch(paragraphs[number], [token for token in chosen if token.paragraph == number]) for number in numbers
    )


def _stretch(text: str, chosen: Sequence[Token]) -> str:
    return " ".join(text[chosen[0].span.start : chosen[-1].span.end].split()) if chosen else ""


def _cut(text: str) -> str:
    """Shortens in the middle what a sentence cannot carry."""
    words = text.split()
    if len(words) <= _MOST_WORDS:
        return text
    half = _MOST_WORDS // 2
    return f"{' '.join(words[:half])} … {' '.join(words[-half:])}"


def _attribution(
    quotation: Quotation,
    units: Sequence[Sequence[Token]],
    said: Sequence[Token],
    place: tuple[int, int],
    text: str,
    planned: str,
) -> Iterator[str]:
    """Yields what became of the name under a quotation, or of the line that has none."""
    before = tokens(planned)
    was_place = _intact(units, before) or _likely(units, before)
    if was_place is None:
        return
    was = _line_of(quotation, _around(planned, before, was_place))
    around = _around(text, said, place)
    now = _line_of(quotation, around)
    if was == now or (was and quotation.speaker and _stands(was, around)):
        return
    if quotation.speaker and was:
        yield f"{SPEAKER_ALTERED}: “{was}” " + (f"is now “{now}”" if now else "is not under it any more")
    elif now and quotation.speaker is None:
        yield f"{SPEAKER_ALTERED}: the article leaves doubt about who says this, and the text has “{_cut(now)}” under it"


def _around(text: str, said: Sequence[Token], place: tuple[int, int]) -> tuple[str, str]:
    """Returns what stands before the quotation and what after it."""
    start, end = place
    span = Span(said[start].span.start, said[end - 1].span.end)
    return text[: span.start], text[span.end :]


def _line_of(quotation: Quotation, around: tuple[str, str]) -> str:
    """Returns the line that names the speaker; else the first one under the quotation; links and hashtags are no part of it."""
    before, after = around
    lines = [*(_bare(line) for line in after.split("\n")), *(_bare(line) for line in reversed(before.split("\n")))]
    speaker = quotation.speaker
    named = [line for line in lines if speaker and _names(line, speaker)]
    under = [line for line in (_bare(line) for line in after.split("\n")) if line]
    return next(iter(named or under), "")


def _bare(line: str) -> str:
    return _EDGES.sub("", " ".join(_NO_NAME.sub(" ", line).split()))


def _stands(was: str, around: tuple[str, str]) -> bool:
    """Whether a line still stands as it was, its line breaks apart."""
    words = r"\s+".join(map(re.escape, was.split()))
    whole = re.compile(rf"(?:^|\n)[\W_]*{words}(?![^\S\n]*[\w(])[^\w\n]*(?:\n|$|https?://|#|@)")
    return any(whole.search(part) for part in around)


def _names(text: str, speaker: str) -> bool:
    plain = " ".join(text.split()).casefold()
    return re.search(rf"(?<!\w){re.escape(' '.join(speaker.split()).casefold())}(?!\w)", plain) is not None
