"""Who is quoted as holding elected office: in a pre-election period that is a matter for a second look."""

import re
from collections.abc import Iterable

from scheduler.excerpts.vocabulary import TITLES

_OFFICE = re.compile(
    r"\b(?:cllrs?|councillors?|alderman|(?:lord |lady |deputy |metro )?mayor|minister|secretary of state|home secretary"
    r"|foreign secretary|chancellor of the exchequer|under-?secretary|(?:police|fire|crime) commissioner|cabinet member"
    r"|portfolio holder|leader of .{0,40}(?:council|opposition)|council(?:’s|'s)? (?:deputy )?leader"
    r"|member of (?:parliament|the senedd))\b",
    re.IGNORECASE,
)
_LETTERS = re.compile(r"\b(?:MP|MSP|MLA|PCC|PFCC|(?:AM|MS) for)\b")
_TITLED = re.compile(r"\b(?:Cllr|Clr|Councillor|Alderman|Mayor|PCC|MP|MSP)\b")
_NAME = re.compile(r"[^\W\d_][\w’'-]*")


def sounds_elected(speaker: str | None, role: str | None) -> bool:
    """Whether the words put to a name are those of an elected office; a guess to be looked at, never more."""
    words = role or ""
    return bool(_OFFICE.search(words) or _LETTERS.search(words) or _TITLED.search(speaker or ""))


def listed_name(name: str | None, listed: Iterable[str]) -> str | None:
    """The entry of a list that names this person: the same surname, and no other first name."""
    own = _names(name or "")
    for entry in listed:
        other = _names(entry)
        if own and other and own[-1] == other[-1] and (set(own) <= set(other) or set(other) <= set(own)):
            return entry
    return None


def _names(name: str) -> list[str]:
    words = [word.casefold().replace("’", "'") for word in _NAME.findall(name)]
    return [word for word in words if word not in TITLES] or words
