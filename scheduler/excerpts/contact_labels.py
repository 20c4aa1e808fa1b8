"""Whose a number or address is, by the words around it: "call Crimestoppers anonymously on 0800 555 111"."""

import re

from scheduler.excerpts.vocabulary import words_of

_FURTHEST = 110
_LONGEST_NAME = 8  # words
_BOUNDARY = re.compile(r"[.!?;]\s|[•*]\s")
_WORD = re.compile(r"[^\s(),:]+|[(),:]")
# "Safe Harbour takes reports on", "Reed Trust runs a helpline on": who is at the other end.
_ANSWERS = re.compile(
    r"(?P<name>(?:The )?[A-Z][\w’'-]*(?: (?:(?:of|the|and|for|in) )?[A-Z][\w’'-]*){0,6}),? (?:also )?"
    r"(?:takes|answers|receives|accepts|runs|offers|operates|listens|provides|has|staffs)\b[^,;]{0,60}\b(?:on|at|is|via)[\s:(]*"
)
_AFTER = re.compile(r"\s?\(((?:the )?[A-Z][^()\n]{1,50})\)")
_BETWEEN = words_of(
    """
    on at via by using through to or and free freephone anonymously confidentially directly direct now today always
    can may be is are contacted reached called available open there day night hours any time anytime 24/7 number
    telephone phone tel email e-mail mail mobile calling ringing phoning texting emailing telephoning texted emailed
    call ring text dial also please either ( ) , : - – —
    """
)
_JOINING = words_of("of the and for & in on")
_HEADS = words_of(
    """
    helpline hotline line helplines team office desk service police charity switchboard room centre unit officer
    coastguard enquiries press media reporting support information non-emergency duty appeal control crime
    """
)
_ALONE = words_of("police coastguard")  # names enough without another word
_NO_NAMES = words_of(
    """
    call calls ring text phone contact email e-mail dial tel telephone mobile fax t e m visit please or and in if for
    the a an to with by on at report tell speak forward write reply anyone you people witnesses residents always
    alternatively free freephone number our their your more further information details enquiries media press office
    """
)
_TEXTED = words_of("text texting sms message")  # "text HELP to 61016": what to send, not whom to
_LABEL_ONLY = words_of("press media news enquiries office team desk duty out hours of the and")


def contact_label(text: str, start: int, end: int, after: int) -> str | None:
    """The name before a contact at start (not before `after`, where an earlier contact ends), or in brackets behind it.

    None where the words name nobody.
    """
    return _before(text, start, after) or _behind(text, end) or _who_answers(text, start, after)


def _before(text: str, start: int, after: int) -> str | None:
    line = text.rfind("\n", max(0, start - _FURTHEST), start) + 1
    begin = max(line, after, start - _FURTHEST)
    boundaries = [match.end() for match in _BOUNDARY.finditer(text, begin, start)]
    words = list(_WORD.finditer(text, boundaries[-1] if boundaries else begin, start))
    while words and words[-1][0].lower() in _BETWEEN:
        words.pop()
    name: list[re.Match[str]] = []
    while words and len(name) < _LONGEST_NAME and _belongs(words[-1][0]):
        name.insert(0, words.pop())
    while name and (name[0][0].lower() in _JOINING or (name[0][0].lower() in _NO_NAMES and not _is_desk(name))):
        words.append(name.pop(0))
    is_keyword = words and words[-1][0].lower() in _TEXTED and len(name) == 1 and name[0][0].isupper()
    if not name or is_keyword or not _is_name([word[0] for word in name]):
        return None
    return " ".join(text[name[0].start() : name[-1].end()].split())


def _who_answers(text: str, start: int, after: int) -> str | None:
    begin = max(text.rfind("\n", max(0, start - _FURTHEST), start) + 1, after, start - _FURTHEST)
    boundaries = [match.end() for match in _BOUNDARY.finditer(text, begin, start)]
    found = _ANSWERS.fullmatch(text, boundaries[-1] if boundaries else begin, start)
    return found["name"].removeprefix("The ") if found else None


def _behind(text: str, end: int) -> str | None:
    bracket = _AFTER.match(text, end)
    return bracket[1] if bracket and not re.search(r"\d", bracket[1]) else None


def _belongs(word: str) -> bool:
    return (
        word[0].isupper() or word.lower() in _JOINING or word.lower().rstrip("’'s") in _HEADS or word.lower() in _HEADS
    )


def _is_desk(name: list[re.Match[str]]) -> bool:
    """Whether the words are a label such as "Press office" or "Media enquiries"."""
    return len(name) > 1 and all(word[0].lower() in _LABEL_ONLY for word in name)


def _is_name(words: list[str]) -> bool:
    telling = [word for word in words if word.lower() not in _NO_NAMES | _JOINING]
    is_named = any(word[0].isupper() for word in telling) or any(word.lower() in _ALONE for word in telling)
    return is_named or (len(words) > 1 and all(word.lower() in _LABEL_ONLY for word in words))
