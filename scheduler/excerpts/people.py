"""Reads who is meant in the words around a quote: name and role, a pronoun, a bare surname, or nobody in particular."""

import re
from collections.abc import Set
from dataclasses import dataclass
from enum import StrEnum

from scheduler.excerpts.vocabulary import ORGANISATIONS, PARTICLES, PLAIN_TITLES, RANKS, ROLES, TITLES, words_of

_NOT_NAMES = TITLES | RANKS | ROLES | ORGANISATIONS
_PREPOSITIONS = words_of("of at for from with in the and & to by on")
_PRONOUNS = {
    "he": "m",
    "she": "f",
    "they": "",
    "mr": "m",
    "sir": "m",
    "lord": "m",
    "mrs": "f",
    "ms": "f",
    "miss": "f",
    "sister": "f",
    "father": "m",
    "dame": "f",
    "lady": "f",
    "baroness": "f",
}
_DROPPED_OPENINGS = words_of(
    """
    on at in after following during today also meanwhile however earlier last this as for from with to and but
    while when yesterday tonight now then later finally elsewhere both again asked since before ahead under at
    """
)
_POST_NOMINALS = re.compile(
    r"(?:,?\s+(?:MP|MSP|MS|AM|MLA|MEP|OBE|MBE|CBE|KBE|DBE|CB|CMG|CVO|LVO|MVO|QC|KC|QPM|KPM|QFSM|KFSM|QAM|DL|JP|PhD|FRS|FRSA|BEM|CH|RN|RM|TD|VR|CEng|MA|BA|BSc|MSc|Jr|Sr)\b\.?)+$"
)
_NOT_A_ROLE = re.compile(
    r"(?:who|which|and|whose|welcomed|praised|thanked|described|launched|paid|spoke|backed|opened|told|has|is|was)\b"
)
_NAME = re.compile(r"(?:[A-ZÀ-ÖØ-Þ][\w’'\-]*[a-zß-öø-ÿ][\w’'\-]*|[A-Z]\.?(?:[A-Z]\.?)?|Mc[A-Z]\w+)")
_POSSESSIVE = re.compile(r"[’']s?$")
_ANONYMOUS = re.compile(r"(?:a|an|one|another)\b[^.]{0,160}", re.IGNORECASE)


class Reference(StrEnum):
    """How a subject names its person."""

    FULL = "full"  # Jo Bloggs
    TITLED = "titled"  # Mr Bloggs, DI Bloggs
    BARE = "bare"  # Jo, Bloggs
    PRONOUN = "pronoun"
    ROLE = "role"  # the minister
    ANONYMOUS = "anonymous"  # a spokesperson for the council
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Subject:
    """name, role: as the article writes them; gender: "m", "f" or "" where title or pronoun do not say."""

    reference: Reference
    name: str | None = None
    role: str | None = None
    gender: str = ""


_NOBODY = Subject(Reference.UNCLEAR)


def read_subject(words: str, small_words: Set[str] = frozenset()) -> Subject:
    """Who is meant by the subject of "… said".

    small_words: the words that the article also writes in small letters; where a name might as well be an organisation's,
    they tell that it is no name.
    """
    segments = _segments(words)
    led = False
    while len(segments) > 1 and _opens_clause(segments[0]):
        segments, led = segments[1:], True
    if not segments:
        return _NOBODY
    first = segments[0]
    pronoun = first.split()[0].lower() if first.split() else ""
    if pronoun in {"he", "she", "they"} and len(first.split()) <= 3:
        return Subject(Reference.PRONOUN, gender=_PRONOUNS[pronoun])
    if _is_joint(first):
        return _NOBODY
    return _person(segments, led, small_words) or _without_name(segments)


def _segments(words: str) -> list[str]:
    words = re.sub(r"\([^()]{0,200}\)", " ", words)
    words = re.sub(r"\s+[–—-]\s+", ", ", words)
    pieces = [" ".join(piece.split()) for piece in words.split(",")]
    return [_POST_NOMINALS.sub("", f" {piece}").strip() for piece in pieces if piece and not _is_aside(piece)]


def _is_aside(piece: str) -> bool:
    return bool(
        re.fullmatch(
            r"(?:(?:MP|OBE|MBE|CBE|QPM|KPM|KC|QC|DL|JP|PhD|BEM|MSP|MS)\s*)+|(?:aged\s+)?\d{1,3}|who\b.{0,200}",
            piece.strip(),
        )
    )


def _opens_clause(segment: str) -> bool:
    word = segment.split(maxsplit=1)[0].lower() if segment.split() else ""
    return word in _DROPPED_OPENINGS or (word.endswith("ing") and len(word) > 4)


def _is_joint(segment: str) -> bool:
    """Two people at once: a name, with a title or without, then "and", then whatever ends in a name."""
    sides = re.split(r"\s(?:and|&)\s", segment)
    if len(sides) != 2:
        return False
    first, second = (side.split() for side in sides)
    run = _run_length(first)
    before = [word.lower().rstrip(".") for word in first[: len(first) - run]]
    named = run >= (1 if before else 2) and all(word in TITLES | RANKS | ROLES for word in before)
    return named and (_run_length(second) >= 2 or _clean_name(sides[1]) is not None)


def _clean_name(segment: str) -> str | None:
    """The segment as a full name and nothing else."""
    tokens = segment.split()
    return segment if 2 <= len(tokens) <= 4 and _run_length(tokens) == len(tokens) and _is_name(tokens[0]) else None


def _is_name(token: str) -> bool:
    return (
        bool(_NAME.fullmatch(token))
        and token.lower().rstrip(".") not in _NOT_NAMES
        and not _POSSESSIVE.search(token)
        and not token.endswith("shire")
    )


def _run_length(tokens: list[str]) -> int:
    """How many tokens at the end make one run of name words; particles count between them."""
    length = 0
    for token in reversed(tokens):
        if not _is_name(token) and not (length and token.lower() in PARTICLES and token.islower()):
            break
        length += 1
    while length and tokens[-length].lower() in PARTICLES and tokens[-length].islower():
        length -= 1
    return length


def _person(segments: list[str], led: bool, small_words: Set[str]) -> Subject | None:
    clean = [number for number, segment in enumerate(segments) if _clean_name(segment)]
    if clean and led and len(clean) > 1:
        return _NOBODY
    if clean and clean[0] == 0 and segments[0].split()[0].lower().rstrip(".") not in TITLES:
        return Subject(Reference.FULL, segments[0], _role([], segments[1:]))
    first = _name_before_place(segments[0]) or _name_after_role(segments[0], small_words)
    if first and first.reference is Reference.FULL and (first.role or not clean):
        return Subject(
            Reference.FULL, first.name, _role([first.role] if first.role else [], segments[1:]), first.gender
        )
    if clean:
        return Subject(Reference.FULL, segments[clean[0]], _role(segments[: clean[0]], segments[clean[0] + 1 :]))
    for number, segment in enumerate(segments[1:], 1):
        titled = _name_after_role(segment, small_words)
        if titled and titled.reference is Reference.FULL and _leads_to_name(segment):
            return Subject(
                Reference.FULL,
                titled.name,
                _role([*([] if led else segments[:number]), titled.role or ""], segments[number + 1 :]),
                titled.gender,
            )
    return first


def _leads_to_name(segment: str) -> bool:
    """Whether a title, rank or role stands right before the name at the segment's end."""
    tokens = segment.split()
    word = tokens[len(tokens) - _run_length(tokens) - 1].lower().rstrip(".")
    return word in TITLES | RANKS | ROLES


def _role(before: list[str], after: list[str]) -> str | None:
    kept = [piece for piece in (*before, *after) if piece and not _NOT_A_ROLE.match(piece)]
    return ", ".join(kept) or None


def _name_before_place(segment: str) -> Subject | None:
    """ "Jo Bloggs from the council's flood team": a name, then a small word."""
    tokens = segment.split()
    small = next((number for number, token in enumerate(tokens) if token.islower() and token not in PARTICLES), None)
    if small is None or small < 2:
        return None
    name = _clean_name(" ".join(tokens[:small]))
    if name is None:
        inner = _name_after_role(" ".join(tokens[:small]), frozenset())
        if (
            inner is None
            or inner.reference is not Reference.FULL
            or tokens[small] not in {"from", "at", "of", "who", "for"}
        ):
            return None
        return Subject(Reference.FULL, inner.name, " ".join(filter(None, [inner.role, *tokens[small:]])), inner.gender)
    rest = tokens[small:]
    if rest[0] in {"who", "also", "then", "has", "is", "was", "later"}:
        return Subject(Reference.FULL, name)
    return Subject(Reference.FULL, name, " ".join(rest[1:] if rest[0] in {"from", "of"} else rest))


def _name_after_role(segment: str, small_words: Set[str]) -> Subject | None:
    """ "Detective Inspector Jo Bloggs", "chief executive of Some Charity Jo Bloggs", "DI Bloggs"."""
    tokens = segment.split()
    length = _run_length(tokens)
    if length == 0:
        return None
    before, run = tokens[:-length], tokens[-length:]
    last = before[-1].lower().rstrip(".") if before else ""
    gender = next((_PRONOUNS[token.lower()] for token in before if token.lower() in _PRONOUNS), "")
    if length == 1:
        return _single_name(segment, before, last, gender)
    if last in _PREPOSITIONS:
        # "of Safe Harbour Jo Bloggs": the organisation's name runs into the person's.
        if length < 3 or any(token.lower() in small_words for token in run[-2:]):
            return None
        return Subject(Reference.FULL, " ".join(run[-2:]), " ".join([*before, *run[:-2]]), gender)
    if not before and length > 4:
        return None
    kept = run if not before or sum(map(_is_name, run)) <= 3 else _last_two(run)
    before += run[: length - len(kept)]
    titles: list[str] = []
    while before and before[-1].lower().rstrip(".") in TITLES:
        titles.insert(0, before.pop())
    name = [title for title in titles if title.lower().rstrip(".") not in PLAIN_TITLES] + kept
    return Subject(Reference.FULL, " ".join(name), " ".join(before) or None, gender)


def _last_two(run: list[str]) -> list[str]:
    """The last two name words of a run, with the particles between them."""
    names = [number for number, token in enumerate(run) if _is_name(token)]
    return run[names[-2] :]


def _single_name(segment: str, before: list[str], last: str, gender: str) -> Subject | None:
    if last in TITLES | RANKS:
        return Subject(Reference.TITLED, segment, gender=gender)
    return None if before else Subject(Reference.BARE, segment)


def _without_name(segments: list[str]) -> Subject:
    phrase = ", ".join(segments)
    if _ANONYMOUS.fullmatch(phrase):
        return Subject(Reference.ANONYMOUS, role=phrase)
    if re.match(r"the\s", phrase, re.IGNORECASE) and len(segments[0].split()) <= 5:
        return Subject(Reference.ROLE, role=segments[0])
    return _NOBODY
