"""Tells the words of a name from titles, ranks, roles and organisations."""

import re
from collections.abc import Sequence, Set
from functools import lru_cache

from scheduler.excerpts.first_names import is_first_name
from scheduler.excerpts.vocabulary import (
    NO_OCCUPATIONS,
    ORGANISATIONS,
    PARTICLES,
    RANKS,
    ROLE_ADJECTIVES,
    ROLES,
    SURNAMES_TOO,
    TITLES,
    UNNAMED,
)

_NOT_NAMES = TITLES | RANKS | ROLES | ORGANISATIONS | UNNAMED
_INITIALS = re.compile(r"[^\W\d_](?:\.|\.?[^\W\d_]\.)?")
# "al-Khelaifi", "d’Arcy", and as Irish and Gaelic write it "Mac an t-Saoir", "Ó hEithir".
_JOINED_PARTICLE = re.compile(
    r"(?:al|el|ul|ur|bin|ibn|d[’']|o[’'])-?(?=[^\W\d_])|(?-i:(?:[tn]-?|bh?|[dghm])(?=[A-ZÀ-ÖØ-Þ][^\W\d_]))",
    re.IGNORECASE,
)
_SON_OF_THE = frozenset({"Mac", "Mag", "Mhac", "Mhic", "Nic"})  # "an" and "na" belong to a name only behind these
_LETTERS = re.compile(r"[^\W\d_](?:[^\W\d_]|[’'‘‑-](?=[^\W\d_]))*")
_SHORT_FORM = re.compile(r"[A-Z]{2}")  # "BJ"
_POSSESSIVE = re.compile(r"[’']s?$")
# Between a name's words: the longest name that is read as one.
_LONGEST = 4
_SHORTEST_PLURAL = 4  # letters; "Wes" is no plural
_REMEMBERED = 4096  # words whose reading is kept, since an article has the same ones again and again


@lru_cache(_REMEMBERED)
def plain(token: str) -> str:
    """The word as the vocabulary has it."""
    return token.lower().strip(".,;:")


@lru_cache(_REMEMBERED)
def is_title(token: str) -> bool:
    return plain(token) in TITLES


@lru_cache(_REMEMBERED)
def is_rank(token: str) -> bool:
    """Whether the word is a rank, also a temporary or acting one: "Sgt", "T/Supt", "A/DCI"."""
    head, slash, tail = plain(token).rpartition("/")
    is_area_manager = token == "AM"  # noqa: S105 - no password; in small letters it is a verb
    return is_area_manager or (tail.strip(".") in RANKS and (not slash or len(head) <= 4))


@lru_cache(_REMEMBERED)
def is_role(token: str) -> bool:
    """Whether the word may stand right before a name, as a title, a rank or a role."""
    word = plain(token)
    listed = is_title(token) or is_rank(token) or word in ROLES or bool(_OF_TWO.fullmatch(word))
    return listed or (token.islower() and is_occupation(word))


def is_occupation(word: str) -> bool:
    """Whether the word ends as occupations do: "handler", "florist"; a surname may, too."""
    return bool(_OCCUPATION.fullmatch(word)) and word not in NO_OCCUPATIONS


def leads_to_name(token: str) -> bool:
    """Whether the word by itself tells that a name follows."""
    return is_title(token) or is_rank(token) or (is_role(token) and plain(token) not in ROLE_ADJECTIVES)


_OCCUPATION = re.compile(r"[^\W\d_]{3,}(?:er|or|ist|ian|man|woman|eer|ess)", re.IGNORECASE)
_OF_TWO = re.compile(
    r"[\w-]+-(?:designate|elect|general|in-chief|at-large)|(?:mum|mam|mother|dad|father|parent|grandmother|grandfather|nan)-of-\w+"
)


@lru_cache(_REMEMBERED)
def is_name_word(token: str, before: str | None = None, *, capitals: bool = False) -> bool:
    """Whether the token can be part of a name.

    before: the token in front of it; after a first name, "Bishop" is a surname.
    capitals: whether a word all in capitals may be one.
    """
    word = plain(token)
    if len(word) == 1 and token[0].isupper():
        return True
    if _is_no_name(token, word, before):
        return before is not None and is_first_name(before) and _may_be_surname(token)
    if _INITIALS.fullmatch(token):
        return token[0].isupper()
    token = token.removesuffix(".") if token.endswith("-St.") else token
    bare = _JOINED_PARTICLE.sub("", token, count=1) if token[0].islower() else token
    if not bare or not bare[0].isupper() or not _LETTERS.fullmatch(bare):
        return False
    return not bare.isupper() or capitals or (before is not None and is_first_name(before))


def _is_no_name(token: str, word: str, before: str | None) -> bool:
    """Whether the vocabulary has the word for something else; a plural of it may still be a surname."""
    if _POSSESSIVE.search(token) and not token.endswith(("s’", "s'")):
        return True
    after_name = before is not None and (
        is_first_name(before) or (word in SURNAMES_TOO and plain(before) not in _NOT_NAMES)
    )
    is_plural = (
        len(word) > _SHORTEST_PLURAL
        and word.removesuffix("s") in _NOT_NAMES
        and not (after_name and before and before[0].isupper())
    )
    return word in _NOT_NAMES or is_plural or _is_county(word) or bool(_OF_TWO.fullmatch(word)) or is_rank(token)


def _may_be_surname(token: str) -> bool:
    """Whether a word that is a role, a place or a county by itself is a surname as well: "Bishop", "Brokenshire"."""
    word = plain(token)
    return token[:1].isupper() and (word in SURNAMES_TOO or _is_county(word))


def _is_county(word: str) -> bool:
    return word.endswith("shire")


def name_length(tokens: Sequence[str], *, capitals: bool = False) -> int:
    """How many tokens at the end make one run of name words, with the particles between them."""
    length = 0
    for number in range(len(tokens) - 1, -1, -1):
        token, before = tokens[number], tokens[number - 1] if number else None
        is_word = (
            is_name_word(token, before, capitals=capitals)
            # "Dean" is a first name where nothing else would be one.
            or (length == 1 and is_first_name(token) and token[0].isupper())
            or _is_led_name(tokens, number, length)
        )
        if not is_word:
            joins = token in PARTICLES or (token in {"an", "na"} and before in _SON_OF_THE)
            if not length or not joins:
                break
        length += 1
    while length and tokens[-length] in PARTICLES and not _is_titled_particle(tokens, len(tokens) - length):
        length -= 1
    if length == len(tokens) and length and tokens[0] in {"A", "I"}:
        length -= 1
    # Initials alone are no name.
    return length if any(len(plain(token)) > 1 for token in tokens[len(tokens) - length :]) else 0


def _is_led_name(tokens: Sequence[str], at: int, length: int) -> bool:
    """Whether a title, rank or role shows what a word is: "Commissioner Lorne Green", "Chief Constable BJ Low"."""
    if length == 1 and at and _SHORT_FORM.fullmatch(tokens[at]):
        return is_title(tokens[at - 1]) or is_rank(tokens[at - 1])
    if length or at < 2 or not leads_to_name(tokens[at - 2]) or not _may_be_surname(tokens[at]):
        return False
    return len(tokens[at - 1]) > 1 and is_name_word(tokens[at - 1])


def _is_titled_particle(tokens: Sequence[str], at: int) -> bool:
    """ "PC ab Owain", "Mr van Dyke"."""
    return at > 0 and (is_title(tokens[at - 1]) or is_rank(tokens[at - 1]))


def is_full_name(tokens: Sequence[str], *, capitals: bool = False) -> bool:
    """Whether the tokens are a whole name and nothing else."""
    words = [token for token in tokens if token not in PARTICLES]
    return 2 <= len(words) <= _LONGEST and name_length(tokens, capitals=capitals) == len(tokens)


def person_of(run: Sequence[str], small_words: Set[str]) -> list[str] | None:
    """The person's name at the end of a run into which something else ran: "Safe Harbour Jo Bloggs" → "Jo Bloggs".

    None where the run may be the organisation's name alone.
    """
    words = [number for number, token in enumerate(run) if token not in PARTICLES]
    firsts = [number for number in words[:-1] if is_first_name(run[number])]
    if firsts:
        start = firsts[-1]
        while start - 1 in firsts:
            start -= 1
        return list(run[start:])
    if len(words) > 2 and is_occupation(run[0].lower()):
        return list(run[words[1] :])
    if not 3 <= len(words) <= _LONGEST or any(run[number].lower() in small_words for number in words[-2:]):
        return None
    return list(run[words[-2] :])


def may_be_organisation(run: Sequence[str], small_words: Set[str]) -> bool:
    """Whether a run that nothing else calls a person may be a name of something: the article has a word of it in small letters."""
    if is_first_name(run[0]):
        return False
    return any(token.lower() in small_words for token in run if token[:1].isupper())
