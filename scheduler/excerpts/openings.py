"""The words before whoever speaks: "Speaking after the hearing,", "Thanking Jo Bloggs,"; and roles or names that only look so."""

import re
from collections.abc import Sequence

from scheduler.excerpts.first_names import is_first_name
from scheduler.excerpts.names import is_full_name, is_role, is_title, leads_to_name, name_length
from scheduler.excerpts.naming import GENDERS
from scheduler.excerpts.vocabulary import words_of

_DROPPED_OPENINGS = words_of(
    """
    on at in after following during today also meanwhile however earlier last this as for from with to and but while
    when yesterday tonight now then later finally elsewhere both again asked since before ahead under of alongside
    besides like unlike together because although though despite if once quoted about upon through over similarly
    likewise additionally
    """
)
_CONJUNCTION = re.compile(
    r"^(?:but|and|so|yet|meanwhile|however|also|then|today|yesterday|now|later|finally|again|afterwards|tonight)\s+"
    r"(?=[A-Z]|s?he\b|they\b|an?\b|the\b)",
    re.IGNORECASE,
)
# "In a statement Jo Bloggs", "In her letter to the court Jo": where it was said, without a comma.
_OCCASION = re.compile(
    r"^(?:(?:Speaking|Commenting|Talking|Reacting)\s(?:today\s)?)?"
    r"(?i:in|at|during|after|before|following|outside|ahead of)\s(?:(?:an?|the|his|her|their|this|its|(?:to|yester)day[’']s)\s"
    r"(?:[a-z][\w’'-]*\s){0,3}?"
    r"(?:statement|tribute|nomination|letter|message|e-?mail|speech|interview|response|reply|report|foreword|address|launch"
    r"|meeting|ceremony|hearing|inquest|trial|sentencing|briefing|conference|verdict|sentence|conviction|case|opening|visit"
    r"|event|announcement|court)|court)\s"
    r"(?:(?:to|in|on|after|outside|before)\s(?:the|his|her|their)\s\w+\s)?(?=[A-Z][\w’'-]+(?:\s[A-Z][\w’'-]+){0,6}(?:,|$))"
)
_DETERMINED = re.compile(r"(?:the|an?|his|her|their|one|another)\s")
_IN_SENTENCE = words_of(
    "the a an his her their its this that today yesterday tonight after ahead at in on about before outside"
)
# Before a role: "Visiting professor"; what else ends so is done to its holder: "Thanking volunteer Jo Bloggs".
_DESCRIBE_ROLES = words_of(
    """
    visiting presiding attending arresting prosecuting defending serving retiring travelling leading reporting
    practising sitting responding founding outgoing incoming caring treating operating loving budding aspiring
    teaching wedding dancing sporting boxing rowing sailing swimming running cycling climbing diving fundraising
    """
)
_PREPOSITIONS = words_of("of for at in to with by from on about after before following like unlike alongside besides")


def without_occasion(words: str) -> str:
    """The words without a conjunction before them, and without where they were said: "But Jo Bloggs", "In a statement Jo"."""
    return _OCCASION.sub("", _CONJUNCTION.sub("", words))


def is_opening(word: str) -> bool:
    """Whether a sentence that begins with the word first says where, when or how: "After", "Meanwhile"."""
    return word.lower() in _DROPPED_OPENINGS


def opens_clause(segment: str) -> bool:
    """Whether words before a comma are where, when or how somebody speaks, and not who: "Thanking Jo Bloggs"."""
    tokens = segment.split()
    word = tokens[0].lower()
    is_doing = word.endswith("ing") and len(word) > 4 and not _is_role_in_ing(tokens)
    return is_opening(word) or is_doing


def _is_role_in_ing(tokens: Sequence[str]) -> bool:
    """ "Acting Detective Inspector", "Investigating officer"; "Thanking Inspector Bloggs" is what somebody does."""
    if len(tokens) < 2 or is_title(tokens[1]):
        return False
    goes_on = is_role(tokens[1]) or tokens[1] in {"and", "&"}
    describes = tokens[0].lower() in _DESCRIBE_ROLES and tokens[1].islower()
    describes = describes or [token.lower() for token in tokens[:2]] == ["sentencing", "judge"]
    return goes_on and (is_role(tokens[0]) or (is_role(tokens[1]) and describes))


def is_name_in_ing(segments: Sequence[str]) -> bool:
    """ "Sterling Harding, baker"; "Thanking Jo Bloggs, she" and "Sentencing Bloggs, the judge" begin with what is done."""
    first = segments[0].split()
    if not is_full_name(first) or (len(first) > 2 and not is_first_name(first[0])):
        return False
    return not any(
        names_someone(segment) or segment.lower() in GENDERS or _DETERMINED.match(segment) for segment in segments[1:]
    )


def is_sentence(before: Sequence[str]) -> bool:
    """Whether the words before a name are a sentence's, and no name of a place with a role: "Reading Council leader"."""
    has_object = len(before) > 1 and (is_title(before[1]) or is_first_name(before[1]))
    is_opened = is_opening(before[0]) or bool(_IN_SENTENCE.intersection(map(str.lower, before)))
    return is_opened or has_object


def place_of(name: Sequence[str], tokens: Sequence[str]) -> int:
    """Where a name stands among the words it was read from."""
    places = range(len(tokens) - len(name), -1, -1)
    return next((at for at in places if list(tokens[at : at + len(name)]) == list(name)), len(tokens) - len(name))


def takes_object(word: str) -> bool:
    """Whether what follows a word is whom somebody thanks, or sentences: not who speaks."""
    return word.lower().endswith("ing") or word.lower() in _PREPOSITIONS


def own_role(before: Sequence[str]) -> list[str]:
    """The words that are somebody's role, at the end of what stands before the name; none where its beginning is unclear."""
    last = next((at for at in range(len(before) - 1, -1, -1) if leads_to_name(before[at])), None)
    if last is None:
        return []
    while last and is_role(before[last - 1]):
        last -= 1
    is_clear = not last or before[last - 1][0].isupper() or before[last - 1] in _IN_SENTENCE
    return list(before[last:]) if is_clear else []


def names_someone(segment: str) -> bool:
    tokens = segment.split()
    length = name_length(tokens)
    return length >= 2 or (length == 1 and len(tokens) > 1 and is_role(tokens[-2]))
