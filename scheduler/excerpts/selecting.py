"""Picks excerpts by the words a campaign uses: "lead", "quotes", "quote 2", "quote by Stone", "keys", "key 1"."""

import re

from scheduler.excerpts.excerpt import Excerpt, Excerpts

_SELECTOR = re.compile(
    r"(?P<lead>lead)|(?P<quotes>quotes)|(?P<keys>keys)|quote\s+by\s+(?P<speaker>\S.*)|quote\s+(?P<quote>\d{1,4})|key\s+(?P<key>\d{1,4})",
    re.IGNORECASE,
)
_FORMS = '"lead", "quotes", "quote 2", "quote by Stone", "keys" or "key 1"'


class SelectorError(ValueError):
    """A selector that is none, or that the article has nothing for; its text says what there is instead."""


def check_selector(selector: str) -> None:
    """Raise SelectorError when the selector is not one, whatever the article holds."""
    _parsed(selector)


def select(excerpts: Excerpts, selector: str, where: str = "the article") -> tuple[Excerpt, ...]:
    """The excerpts that the selector names, in the article's order; never empty.

    where: what the excerpts were cut from, as errors name it.
    """
    match = _parsed(selector)
    if match["lead"]:
        if excerpts.lead is None:
            raise SelectorError(f"{where} has no lead: no paragraph of it is plain prose")
        return (excerpts.lead,)
    if match["quotes"] or match["quote"]:
        return _numbered(excerpts.quotes, match["quote"], "quote", _quotes_there(excerpts), where)
    if match["keys"] or match["key"]:
        count = len(excerpts.key_sentences)
        return _numbered(
            excerpts.key_sentences, match["key"], "key sentence", f"{_counted(count, 'key sentence')}", where
        )
    return _by_speaker(excerpts, match["speaker"].strip(), where)


def _parsed(selector: str) -> re.Match[str]:
    match = _SELECTOR.fullmatch(selector.strip())
    if match is None:
        raise SelectorError(f"{selector!r} selects nothing; write {_FORMS}")
    return match


def _numbered(found: tuple[Excerpt, ...], number: str | None, name: str, there: str, where: str) -> tuple[Excerpt, ...]:
    if not found:
        raise SelectorError(f"{where} has no {name}")
    if number is None:
        return found
    if not 1 <= int(number) <= len(found):
        raise SelectorError(f"{where} has no {name} {int(number)}; it has {there}")
    return (found[int(number) - 1],)


def _by_speaker(excerpts: Excerpts, name: str, where: str) -> tuple[Excerpt, ...]:
    wanted = _words(name)
    found = tuple(
        quote
        for quote in excerpts.quotes
        if quote.speaker and wanted and wanted <= _words(f"{quote.speaker} {quote.role or ''}")
    )
    named = tuple(quote for quote in found if quote.speaker and wanted & _words(quote.speaker))
    if not named:
        raise SelectorError(f"{where} has no quote by {name}; it has {_quotes_there(excerpts)}")
    return named


def _words(name: str) -> set[str]:
    return {word.lower().replace("’", "'") for word in re.findall(r"[\w’'\-]+", name)}


def _quotes_there(excerpts: Excerpts) -> str:
    if not excerpts.quotes:
        return "no quotes"
    speakers = "; ".join(
        f"{number}: {quote.speaker or 'speaker unknown'}" for number, quote in enumerate(excerpts.quotes, 1)
    )
    return f"{_counted(len(excerpts.quotes), 'quote')} ({speakers})"


def _counted(count: int, name: str) -> str:
    return f"{count} {name}" if count == 1 else f"{count} {name}s"
