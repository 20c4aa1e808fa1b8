"""Telephone numbers and e-mail addresses in an article's text, British numbers first of all."""

import re
from collections.abc import Iterator

from scheduler.articles.article import Article
from scheduler.excerpts.excerpt import Contact

_SPACE = r"[ \u00a0\u2009\u202f\-–.]?"
_PHONE = re.compile(
    rf"(?<![\w/@.£$€+])(?:\+44{_SPACE}\(?0?\)?{_SPACE}|0044{_SPACE}|\(?0)[1-9]"
    r"(?:\d|[ \u00a0\u2009\u202f\-–()](?=[\d(]|[ \u00a0]\d)){6,18}\d(?![\w@/]|[.,]\d)"
)
_ABROAD = re.compile(
    r"(?<![\w/@.£$€])(?:\+[1-9]\d{0,2}(?:[ .\-]?\(?\d{1,4}\)?){2,5}|\(?\d{3}\)?[ .\-]\d{3}[ .\-]\d{4})(?!\w|[.\-]\d)"
)
_SHORT = re.compile(
    r"(?<![\w/@.,:£$€+#\-–])(999|112|101|111|105|119|116[ \u00a0]?(?:123|000|111|117)|7726|85258|61016|61027|15\d{2})"
    r"(?![\w%/]|[.,:\-–]\d| ?(?:people|per cent|years|days|cases|homes|miles))"
)
_CALLED = re.compile(
    r"\b(?:call(?:s(?= to )|ed|ing)?|ring(?:ing)?|phon(?:e|ing)|dial(?:ling)?|text(?:s|ing)?"
    r"|tel(?:ephone)?|contact(?:ing)?|(?:help|hot)?line|number"
    r"|samaritans|childline|police on|nhs|emergency|report(?:ing|ed)?|switchboard|freephone|reach)\b[^.!?\n]{0,90}$",
    re.IGNORECASE,
)
_RIGHT_BEFORE = re.compile(
    r"(?:\b(?:on|call|calling|ring|ringing|phone|phoning|dial|dialling|text|tel|telephone|via|or|and|contact|nhs|number|at|is|to|using|through|police"
    r"|helpline|line|samaritans|childline|emergency|always|free|non-emergency)\b|[:(,/])[\s(]*$",
    re.IGNORECASE,
)
_CALLS_NEAR = re.compile(
    r"\b(?:call|ring|phone|dial|text|tel|telephone|contact|calling|helpline|emergency)\b", re.IGNORECASE
)
_EMAIL = re.compile(r"(?<![\w.+\-/@])[\w][\w.+\-']{0,63}@(?:[A-Za-z0-9\-]{1,63}\.){1,6}[A-Za-z]{2,24}(?![\w@])")


def find_contacts(article: Article) -> tuple[Contact, ...]:
    """Every number that may be called and every address that may be written to, once each, in the article's order."""
    found: dict[str, tuple[int, Contact]] = {}
    for at, kind, value in _all(article):
        key = _key(kind, value)
        if key not in found or at < found[key][0]:
            found[key] = (at, Contact(kind, value))
    return tuple(contact for _, contact in sorted(found.values(), key=lambda entry: entry[0]))


def _key(kind: str, value: str) -> str:
    if kind == "email":
        return value.lower()
    digits = re.sub(r"\D", "", value)
    return re.sub(r"^(?:0044|44)0?", "0", digits) if len(digits) > 10 else digits


def _all(article: Article) -> Iterator[tuple[int, str, str]]:
    text = article.text
    taken: list[tuple[int, int]] = []
    for match in _PHONE.finditer(text):
        value = _whole(match[0])
        if _is_british(value):
            taken.append(match.span())
            yield match.start(), "phone", value
    for match in _ABROAD.finditer(text):
        if (
            not any(start < match.end() and match.start() < end for start, end in taken[-3:] + taken[:3])
            and _digits(match[0]) >= 8
        ):
            yield match.start(), "phone", _whole(match[0])
    for match in _SHORT.finditer(text):
        if _is_called(text, match):
            yield match.start(), "phone", match[0]
    for match in _EMAIL.finditer(text):
        yield match.start(), "email", match[0]
    for anchor in article.anchors:
        scheme, _, value = anchor.url.partition(":")
        at = anchor.span.start if anchor.span else len(text)
        if scheme.lower() == "mailto" and _EMAIL.fullmatch(value.partition("?")[0]):
            yield at, "email", value.partition("?")[0]
        elif scheme.lower() == "tel" and _digits(value) >= 3:
            yield at, "phone", anchor.label if _digits(anchor.label) >= 3 else value


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
    return 9 <= len(national) <= 10 and national[0] in "123578"


def _is_called(text: str, match: re.Match[str]) -> bool:
    line = max(text.rfind("\n", 0, match.start()) + 1, match.start() - 120)
    before = text[line : match.start()]
    if _CALLED.search(before) and _RIGHT_BEFORE.search(before):
        return True
    after = text[match.end() : match.end() + 60].partition("\n")[0]
    return bool(re.search(r"\b(?:on|at|:)\s*$", before)) and bool(_CALLS_NEAR.search(before + after))
