"""Reads one piece between commas that names somebody: titles, ranks and roles, the name, and what follows it."""

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from scheduler.excerpts.first_names import gender_of, is_first_name
from scheduler.excerpts.names import (
    is_occupation,
    is_rank,
    is_role,
    is_title,
    leads_to_name,
    may_be_organisation,
    name_length,
    person_of,
    plain,
)
from scheduler.excerpts.vocabulary import EPONYMS, KIN, UNNAMED, words_of

_PREPOSITIONS = words_of("of at for from with in the and & to by on")
GENDERS = {
    "he": "m",
    "mr": "m",
    "sir": "m",
    "lord": "m",
    "father": "m",
    "earl": "m",
    "viscount": "m",
    "she": "f",
    "mrs": "f",
    "ms": "f",
    "miss": "f",
    "sister": "f",
    "dame": "f",
    "lady": "f",
    "baroness": "f",
    "viscountess": "f",
}
_VERBLIKE = re.compile(
    r"\w{2,}ed|is|was|has|had|who|also|then|later|spoke|paid|told|went|took|gave|met|led|said|made|sent|left|says|today"
)
_TAIL_OPENERS = words_of("of from at for in on to with representing who whose")
_TAILS_OF_ROLES = words_of("of from for representing")
_BESIDE = words_of("by after like beside alongside with near against about behind than besides under towards over")
_RELATIVES = words_of("who whom whose which that where")
_LONGEST = 4  # words of a name
# Offices that stand before a surname alone, as titles do: "Mayor Low".
_OFFICES = words_of(
    "mayor mayoress sheriff judge hhj minister pastor rabbi imam president chancellor headteacher nurse coach"
)
_BEGINS_SURNAME = frozenset({"Mac", "Mag", "Mhac", "Mhic", "Nic", "Ní", "Uí", "Ó"})  # "Ms Nic Giolla"
_HIGH = words_of("most right very")  # "The Most Reverend"
_PLACE_TITLES = words_of("lord lady baroness viscount viscountess earl")


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
class Named:
    """A piece between commas that names somebody: what stands before the name, and after it."""

    name: list[str]
    titles: list[str]
    before: list[str]
    after: list[str]
    reference: Reference

    @property
    def is_led(self) -> bool:
        """Whether a title, a rank or a role stands right before the name."""
        return bool(self.titles) or (bool(self.before) and leads_to_name(self.before[-1]))

    @property
    def is_sure(self) -> bool:
        """Whether something says that it is a person: a title, a rank, a role or a first name."""
        return self.is_led or is_first_name(self.name[0])

    @property
    def gender(self) -> str:
        titled = next((GENDERS[plain(title)] for title in self.titles if plain(title) in GENDERS), "")
        return titled or (gender_of(self.name[0]) if self.reference is Reference.FULL else "")


def read_piece(segment: str, small_words: Set[str]) -> Named | None:
    """Who a piece names; None where it names nobody, or not surely a person.

    small_words: the words that the article also writes in small letters.
    """
    tokens = segment.split()
    capitals = segment.isupper() and len(tokens) > 1
    for small in range(1, len(tokens)):
        if tokens[small].islower() and (tokens[small] in _TAIL_OPENERS or _VERBLIKE.fullmatch(tokens[small])):
            head = _head(tokens[:small], small_words, capitals=capitals)
            if head is not None and _is_clause_of_another(head, tokens[small]):
                return None
            if head is not None and (head.reference is not Reference.BARE or small == 1):
                whole = None if head.is_sure else _head(tokens, small_words, capitals=capitals)
                return whole if whole is not None and whole.is_sure else _with_tail(head, tokens[small:])
    return _head(tokens, small_words, capitals=capitals)


def _is_clause_of_another(head: Named, verb: str) -> bool:
    """ "One of the mothers Jo Bloggs had" helped."""
    before = head.before
    is_told = verb not in _TAIL_OPENERS and len(before) > 1 and before[-1].islower()
    return is_told and not any(leads_to_name(word) for word in before)


def _with_tail(head: Named, tail: list[str]) -> Named:
    is_territorial = (
        head.reference is Reference.TITLED
        and plain(head.titles[-1] if head.titles else "") in _PLACE_TITLES
        and tail[0] == "of"
        and len(tail) > 1
        and tail[1][:1].isupper()
    )
    if is_territorial:
        return Named([*head.name, *tail], head.titles, head.before, [], head.reference)
    return Named(head.name, head.titles, head.before, _without_verb(tail), head.reference)


def _without_verb(tail: list[str]) -> list[str]:
    """ "of Safe Harbour", also where the sentence goes on: "of Safe Harbour welcomed the plan"."""
    return without_deed(tail) if tail[0] in _TAILS_OF_ROLES else []


def without_deed(role: list[str]) -> list[str]:
    """A role, also where the sentence goes on behind its last name: "chair of Safe Harbour welcomed the plan"."""
    ends = (
        at
        for at, (before, word) in enumerate(pairwise(role), 1)
        if before[0].isupper() and word.islower() and _VERBLIKE.fullmatch(word)
    )
    return role[: next(ends, len(role))]


def _head(tokens: list[str], small_words: Set[str], *, capitals: bool) -> Named | None:
    """Titles, ranks and roles, then a name, at the end of the tokens."""
    length = name_length(tokens, capitals=capitals)
    if length == 0:
        return None
    before, run = _without_article(tokens[:-length]), tokens[-length:]
    if _is_of_another(before):
        return None
    if _count(run) == 1:
        return _single(before, run)
    person = None if _speaks_of_relation(before) else _person_in(before, run, small_words)
    if person is None or tuple(map(plain, person)) in EPONYMS:
        return None
    titles, rest = _titles([*before, *run[: len(run) - len(person)]])
    if titles and rest and rest[-1].lower() in {"of", "to", "with"}:
        return None  # "the niece of Sir Henry Moss"
    is_surname = bool(titles) and person[0] in _BEGINS_SURNAME
    return Named(person, titles, rest, [], Reference.TITLED if is_surname else Reference.FULL)


def _is_of_another(before: Sequence[str]) -> bool:
    """Whether the name behind these words is beside whoever they tell of: "The charity set up by", "People who knew"."""
    rest = list(before)
    while rest and (is_title(rest[-1]) or is_rank(rest[-1])):
        rest.pop()
    if not rest or _RELATIVES.intersection(rest[1:]):
        return bool(rest)
    is_beside = rest[-1] in _BESIDE
    does = len(rest) > 1 and rest[-1].islower() and rest[-1].endswith("ing") and not is_role(rest[-1])
    # "head of learning"
    is_field = does and rest[-2] in {"of", "for", "and", "&"} and any(map(leads_to_name, rest[:-2]))
    return is_beside or (does and not is_field)


def _without_article(before: list[str]) -> list[str]:
    """Without the "The" of "The Reverend", which is no part of a name; that of "The Most Reverend" is."""
    number = next((number for number, token in enumerate(before[:-1]) if token.lower() == "the"), None)
    if number is None or not is_title(before[number + 1]):
        return before
    belongs = before[number] == "The" and plain(before[number + 1]) in _HIGH
    return before if belongs else [*before[:number], *before[number + 1 :]]


def _count(run: Sequence[str]) -> int:
    """How many words of a run are no particles."""
    return sum(token[:1].isupper() or not token.islower() for token in run)


def _person_in(before: Sequence[str], run: list[str], small_words: Set[str]) -> list[str] | None:
    """The words of a run that are the person's name: an organisation's, or an occupation, may have run into it."""
    if is_titled(before):
        return run
    if not before:
        return _alone(run, small_words)
    if plain(before[-1]) in _PREPOSITIONS:
        return _behind_a_preposition(before, run, small_words)
    if not is_role(before[-1]):
        return _behind_a_thing(before, run, small_words)
    return run if _count(run) <= _LONGEST else person_of(run, small_words)


def _alone(run: list[str], small_words: Set[str]) -> list[str] | None:
    """ "Jo Bloggs", "Choreographer Jo Bloggs"."""
    names = _count(run)
    if names == 2 or (names == 3 and is_first_name(run[0])):
        return run
    person = person_of(run, small_words)
    is_split = person is not None and (is_first_name(person[0]) or is_occupation(run[0].lower()))
    return run if names <= _LONGEST and not is_split else person


def _behind_a_preposition(before: Sequence[str], run: list[str], small_words: Set[str]) -> list[str] | None:
    """ "chief executive of Safe Harbour Jo Bloggs": the first words of the run are the organisation's."""
    person = person_of(run, small_words)
    if person is None or person == run:
        return None  # "a source close to Jo Bloggs": nothing stands between for the preposition to belong to
    is_thing = plain(before[-1]) == "the" and not is_first_name(person[0])
    return None if is_thing or len(person) < 2 else person


def _behind_a_thing(before: Sequence[str], run: list[str], small_words: Set[str]) -> list[str] | None:
    """ "cook at Quarry Lane Primary Jo Bloggs": some of the run may still belong to the place."""
    person = person_of(run, small_words)
    if person and is_first_name(person[0]):
        return person
    if before[-1].islower() and _count(run) <= _LONGEST:
        return run  # "head of rivers Jo Bloggs"
    if _count(run) == 2 or not _PREPOSITIONS.intersection(map(plain, before)):
        return run if is_first_name(run[0]) or not may_be_organisation(run, small_words) else None
    return None


def _titles(before: Sequence[str]) -> tuple[list[str], list[str]]:
    """The titles at the end of what stands before a name, and the rest."""
    rest = list(before)
    titles: list[str] = []
    while rest and is_title(rest[-1]) and rest[-1][0].isupper():
        titles.insert(0, rest.pop())
    is_welsh = bool(titles and rest) and rest[-1] in {"Y", "Yr"}
    if is_welsh or (titles and rest and rest[-1] == "The" and plain(titles[0]) in _HIGH):
        titles.insert(0, rest.pop())
    return titles, rest


def is_verblike(token: str) -> bool:
    """Whether a word in small letters may be what somebody did."""
    return _VERBLIKE.fullmatch(token) is not None


def is_titled(before: Sequence[str]) -> bool:
    """Whether the name that follows is a whole one, whatever its length: "Sir", "PC 2207"."""
    words = [token for token in before if not token.isdigit()]
    return bool(words) and (is_title(words[-1]) or is_rank(words[-1]))


def _speaks_of_relation(before: Sequence[str]) -> bool:
    """ "The family of", "mother of": the name that follows is not the speaker's."""
    rest = list(before)
    while rest and leads_to_name(rest[-1]) and not is_for_unnamed(rest[-1]):
        rest.pop()
    has_office = len(rest) < len(before)  # "the deputy of Mayor Jo Bloggs"
    return len(rest) > 1 and rest[-1].lower() in {"of", "to", "for"} and (has_office or is_for_unnamed(rest[-2]))


def _single(before: list[str], run: list[str]) -> Named | None:
    if is_titled(before):
        if _speaks_of_relation(before):
            return None  # "the wife of PC Bloggs"
        titles, rest = _titles(before)
        return Named(list(run), titles, rest, [], Reference.TITLED)
    if len(before) == 1 and before[0][0].isupper() and plain(before[0]) in _OFFICES:
        return Named(list(run), before, [], [], Reference.TITLED)
    return None if before else Named(list(run), [], [], [], Reference.BARE)


def is_for_unnamed(word: str) -> bool:
    """Whether the word is for people without a name: "spokesman", "great-niece"."""
    return plain(word) in UNNAMED or plain(word).rpartition("-")[2] in UNNAMED or word in KIN
