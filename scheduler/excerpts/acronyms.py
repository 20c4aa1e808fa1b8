"""Short forms that an article explains, either way round: "Child Sexual Exploitation (CSE)", "CSE (Child Sexual Exploitation)"."""

import re
from collections.abc import Sequence

from scheduler.articles.article import Article, Span
from scheduler.excerpts.excerpt import Acronym
from scheduler.excerpts.vocabulary import words_of

_SHORT = r"[A-Z][A-Za-z0-9&]{1,9}"
_SHORT_IN_BRACKETS = re.compile(rf"\(\W?(?P<short>{_SHORT}?)s?\W?\)")
# What stands before it is looked at behind its first letter: so the search leaps from capital to capital.
_SHORT_BEFORE = re.compile(r"(?P<short>[A-Z](?<![\w#@/.].)[A-Z0-9&]{1,9}?)s?[ \u00a0]\((?P<inner>[^()\n]{3,120})\)")
_WORD = re.compile(r"[^\W_][\w’']*")
_SMALL = words_of("a an the of and for in on to with by at de la et")
_FURTHEST = 160
_MOST_WORDS = 14


def find_acronyms(article: Article) -> tuple[Acronym, ...]:
    """Each short form with the first words that spell it out letter by letter, in the article's order."""
    text = article.text
    found = []
    for match in _SHORT_IN_BRACKETS.finditer(text):
        spelled = _spelled_before(text, match)
        if spelled:
            found.append(Acronym(match["short"], _plain(text, spelled), Span(spelled.start, match.end())))
    for match in _SHORT_BEFORE.finditer(text):
        words = list(_WORD.finditer(text, *match.span("inner")))
        if _first_word(words, match["short"]) == 0:
            spelled = Span(words[0].start(), words[-1].end())
            found.append(Acronym(match["short"], _plain(text, spelled), Span(*match.span())))
    first: dict[str, Acronym] = {}
    for acronym in sorted(found, key=lambda each: each.span.start):
        first.setdefault(acronym.short, acronym)
    return tuple(first.values())


def _plain(text: str, span: Span) -> str:
    return " ".join(text[span.start : span.end].split())


def _spelled_before(text: str, match: re.Match[str]) -> Span | None:
    """The words right before the bracket that spell the short form out."""
    begin = max(text.rfind("\n", 0, match.start()) + 1, match.start() - _FURTHEST)
    words = list(_WORD.finditer(text, begin, match.start()))[-_MOST_WORDS:]
    gap = text[words[-1].end() : match.start()] if words else "."
    first = None if gap.strip(" \u00a0\n”’\"'") else _first_word(words, match["short"])
    return None if first is None else Span(words[first].start(), words[-1].end())


def _first_word(words: Sequence[re.Match[str]], short: str) -> int | None:
    """Which word the spelling of a short form begins with; None where the words do not spell it to their end.

    Read from the end: each word gives its first letter, or, in capitals itself, all of them ("HM" in HMRC); small
    words may be passed over.
    """
    letters = [letter.lower() for letter in short if letter.isalnum()]
    place = len(words) - 1
    if len(letters) < 2 or not sum(letter.isupper() for letter in short):
        return None
    while place >= 0:
        word = words[place][0]
        if word.isupper() and len(word) > 1 and letters[-len(word) :] == list(word.lower()):
            del letters[-len(word) :]
        elif letters[-1] == word[0].lower():
            letters.pop()
        elif word.lower() not in _SMALL or place == len(words) - 1:
            return None
        if not letters:
            return place if place < len(words) - 1 else None
        place -= 1
    return None
