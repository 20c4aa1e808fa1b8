"""Telephone numbers and e-mail addresses in an article's text, British numbers first of all."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from scheduler.articles.article import Article, Span
from scheduler.excerpts.contact_labels import contact_label
from scheduler.excerpts.excerpt import Contact

_SPACE = r"[ \u00a0\u2009\u202f\-–.]?"
_PHONE = re.compile(
    rf"(?<![\w/@.£$€+])(?:\+44{_SPACE}\(?0?\)?{_SPACE}|0044{_SPACE}|\(?0)[1-9]"
    r"(?:\d|[ \u00a0\u2009\u202f\-–()](?=[\d(]|[ \u00a0]\d)){6,18}\d(?![\w@/]|[.,]\d)"
)
_ABROAD = re.compile(
    r"(?<![\w/@.£$€])(?:\+[1-9]\d{0,2}(?:[ .\-]?\(?\d{1,4}\)?){2,5}|\(?\d{3}\)?[ .\-]\d{3}[ .\-]\d{4})(?!\w|[.\-]\d)"
)
_SEVEN_DIGITS = frozenset({"8001111"})  # Childline
_RELAY = re.compile(r"(?<![\w/.,:-])18001[ \u00a0-]?$")
_SHORT = re.compile(
    r"(?<![\w/@.,:£$€+#\-–])(999|112|101|111|105|119|159|116[ \u00a0]?(?:123|000|111|117)|7726|85258|18000|[5-8]\d{4}|15\d{2})"
    r"(?![\w%/]|[.,:\-–]\d| ?(?:people|per cent|years|days|cases|homes|miles|calls\b))"
)
_CALLED = re.compile(
    r"\b(?:call(?:s(?= to )|ed|ing)?|ring(?:ing)?|phon(?:e|ing)|dial(?:ling)?|text(?:s|ing)?"
    r"|tel(?:ephone)?|contact(?:ing)?|(?:help|hot)?line|number"
    r"|samaritans|childline|police on|in touch|nhs|emergency|report(?:ing|ed)?|switchboard|freephone|reach)\b[^.!?\n]{0,90}$",
    re.IGNORECASE,
)
_RIGHT_BEFORE = re.compile(
    r"(?:\b(?:on|call|calling|ring|ringing|phone|phoning|dial|dialling|text|tel|telephone|via|or|and|contact|nhs|number|at|is|to|using|through|police"
    r"|helpline|line|samaritans|childline|emergency|always|free|non-emergency)\b|[:(,/])[\s(]*$",
    re.IGNORECASE,
)
_TEXTED = re.compile(r"\b(?:text|texts|texting|sms|message|shout)\b", re.IGNORECASE)
_CALLS_NEAR = re.compile(
    r"\b(?:call|ring|phone|dial|text|tel|telephone|contact|calling|helpline|emergency)\b", re.IGNORECASE
)
# A word more of who is to be told is enough where a number of these ends its part of the sentence: "…, on 101, or".
_ALWAYS_CALLED = frozenset({"101", "111", "112", "999"})
_TOLD_NEAR = re.compile(
    r"\b(?:tell|report|reports|information|speak|online|website|visit|write|e-?mail|in touch|quoting|anonymously)\b|www\.|https?:",
    re.IGNORECASE,
)
_PART_ENDS = re.compile(r"\s*(?:[,.;)]|$|(?:or|and|quoting|quote|with)\b)")
_TO_SOMEBODY = re.compile(r"(?:to|cc|bcc)\s*:", re.IGNORECASE)  # whom a mail was sent to
_LABELLED = re.compile(r"\W{0,3}[A-Z][^:.!?\d]{2,60}:\s*")
_AGAIN = re.compile(r"[\s,]*(?:or|and)[\s,]+(?:(?:call|ring|dial|on|always)\s+){0,2}")
# Where a line was broken at a width, also within a number; a number on a line of its own is another one.
_BROKEN = re.compile(r"\n(?:(?<=[a-z,]\n)(?=[a-z\d])|(?:(?<=\D0\d\d\n)|(?<=\D0\d{3}\n)|(?<=\D0\d{4}\n))(?=[1-9]))")
# Where a number may begin: a sign, or the first of some digits.
_MAY_BEGIN = re.compile(r"[+(\d](?:(?<=\d)\d+)?")
_EMAIL = re.compile(r"(?<![\w.+\-/@])[\w][\w.+\-']{0,63}@(?:[A-Za-z0-9\-]{1,63}\.){1,6}[A-Za-z]{2,24}(?![\w@])")


def contacts_in(article: Article) -> list[tuple[int, Contact]]:
    """Every mention of a number that may be called or an address that may be written to, with where it stands, in order."""
    found: list[tuple[int, Contact]] = []
    previous_end = 0
    for start, end, kind, value in sorted(_all(article)):
        label = contact_label(article.text, start, end, previous_end)
        if label is None and value == "999" and found and found[-1][1].value == "101":
            is_same = _AGAIN.fullmatch(article.text, previous_end, max(start, previous_end))
            label = found[-1][1].label if is_same else None  # "the police on 101, or 999"
        found.append((start, Contact(kind, value, label)))
        previous_end = max(previous_end, end)
    return found


def contacts_once(mentions: Iterable[tuple[int, Contact]]) -> tuple[Contact, ...]:
    """Each contact once, as it is printed first, with the first label that the article puts to it."""
    found: dict[str, Contact] = {}
    for _, contact in mentions:
        known = found.setdefault(_key(contact.kind, contact.value), contact)
        if known.label is None and contact.label:
            found[_key(contact.kind, contact.value)] = replace(known, label=contact.label)
    return tuple(found.values())


def _key(kind: str, value: str) -> str:
    if kind == "email":
        return value.lower()
    digits = re.sub(r"\D", "", value)
    return re.sub(r"^(?:0044|44)0?", "0", digits) if len(digits) > 10 else digits


def _all(article: Article) -> Iterator[tuple[int, int, str, str]]:
    text = _BROKEN.sub(" ", article.text)
    taken: list[Span] = []
    places = [match.start() for match in _MAY_BEGIN.finditer(text)]
    for match in _numbers(_PHONE, text, places):
        value = _whole(match[0])
        if _is_british(value):
            start = _with_relay(text, match.start())
            taken.append(Span(start, match.end()))
            yield start, match.end(), "phone", text[start : match.start()] + value
    for match in _numbers(_ABROAD, text, places):
        if _digits(match[0]) >= 8 and not _overlaps(taken, match):
            yield *match.span(), "phone", _whole(match[0])
    for match in _numbers(_SHORT, text, places):
        start = _with_relay(text, match.start())
        if start < match.start() or _is_called(text, match):
            yield start, match.end(), "phone", text[start : match.end()]
    for match in _EMAIL.finditer(text) if "@" in text else ():
        if _TO_SOMEBODY.match(text, text.rfind("\n", 0, match.start()) + 1):
            continue
        yield *match.span(), "email", match[0]
    yield from _linked(article)


def _numbers(pattern: re.Pattern[str], text: str, places: Sequence[int]) -> Iterator[re.Match[str]]:
    """What a pattern finds at the places where a number may begin; to look behind every letter of a text takes long."""
    end = 0
    for place in places:
        match = pattern.match(text, place) if place >= end else None
        if match:
            end = match.end()
            yield match


def _linked(article: Article) -> Iterator[tuple[int, int, str, str]]:
    for anchor in article.anchors:
        scheme, _, value = anchor.url.partition(":")
        span = anchor.span or Span(len(article.text), len(article.text))
        if scheme.lower() == "mailto" and _EMAIL.fullmatch(value.partition("?")[0]):
            yield span.start, span.end, "email", value.partition("?")[0]
        elif scheme.lower() == "tel" and _digits(value) >= 3:
            yield span.start, span.end, "phone", anchor.label if _digits(anchor.label) >= 3 else value


def _with_relay(text: str, start: int) -> int:
    """Where a number begins with the code of the text relay, as in "18001 101"."""
    relay = _RELAY.search(text, max(0, start - 7), start)
    return relay.start() if relay else start


def _overlaps(taken: Sequence[Span], match: re.Match[str]) -> bool:
    """Whether a number was found there already; taken is in order."""
    place = bisect_left(taken, match.end(), key=lambda span: span.start)
    return place > 0 and match.start() < taken[place - 1].end


def _digits(value: str) -> int:
    return sum(character.isdigit() for character in value)


def _whole(value: str) -> str:
    """Without a bracket that opens or closes nothing."""
    value = value.strip(" \u00a0-–.")
    if value.count("(") > value.count(")"):
        value = value.replace("(", "", 1) if value.startswith("(") else value.rpartition("(")[0].strip()
    return value


def _is_british(value: str) -> bool:
    digits = re.sub(r"\D", "", value)
    national = re.sub(r"^(?:0044|44)0?", "", digits) if digits.startswith(("0044", "44")) else digits.removeprefix("0")
    return (9 <= len(national) <= 10 and national[0] in "123578") or national in _SEVEN_DIGITS


def _is_called(text: str, match: re.Match[str]) -> bool:
    """Whether the words around say that one may call, or text, a number of a few digits."""
    line = max(text.rfind("\n", 0, match.start()) + 1, match.start() - 120)
    before = text[line : match.start()]
    if len(match[0]) == 5 and match[0] != "18000" and not _TEXTED.search(before):
        return False
    if _CALLED.search(before) and _RIGHT_BEFORE.search(before):
        return True
    after = text[match.end() : match.end() + 60].partition("\n")[0]
    if _LABELLED.fullmatch(before) and not after.strip() and _is_in_list_of_numbers(text, match):
        return True
    if match[0] in _ALWAYS_CALLED and _PART_ENDS.match(after) and _TOLD_NEAR.search(before + after):
        return bool(re.search(r"\bon\s*$", before))
    return bool(re.search(r"\b(?:on|at|:)\s*$", before)) and bool(_CALLS_NEAR.search(before + after))


def _is_in_list_of_numbers(text: str, match: re.Match[str]) -> bool:
    """Whether the line above or below a labelled number has a number that may be called: "Floodline: 0345 …"."""
    above = text[max(0, match.start() - 200) : text.rfind("\n", 0, match.start()) + 1].split("\n")
    below = text[match.end() : match.end() + 200].split("\n")
    beside = [*[line for line in above if line.strip()][-1:], *[line for line in below[1:] if line.strip()][:1]]
    return any(_LABELLED.match(line) and _PHONE.search(line) for line in beside)
