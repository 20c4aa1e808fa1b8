"""Picks excerpts by the words a campaign uses: "lead", "quotes", "quote 2", "quote by Stone", "key 1", "call to action"."""

import re

from scheduler.excerpts.excerpt import Excerpt, Excerpts

_SELECTOR = re.compile(
    r"(?P<lead>lead)|quote\s+by\s+(?P<speaker>\S.*)|(?P<all>quotes|keys|facts|calls\s+to\s+action)"
    r"|(?P<one>quote|key|fact|call\s+to\s+action)\s+(?P<number>\d{1,4})|(?P<first>call\s+to\s+action)",
    re.IGNORECASE,
)
_FORMS = (
    '"lead", "quotes", "quote 2", "quote by Stone", "keys", "key 1", "facts", "fact 1", "calls to action" '
    'or "call to action"'
)


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
            raise SelectorError(f"{where} has no lead: no paragraph of it is plain prose; select a quote")
        return (excerpts.lead,)
    if match["speaker"]:
        return _by_speaker(excerpts, match["speaker"].strip(), where)
    number = "1" if match["first"] else match["number"]
    kind = (match["all"] or match["one"] or match["first"]).lower().split()[0].removesuffix("s")
    return _numbered(excerpts, kind, number, where)


def _parsed(selector: str) -> re.Match[str]:
    match = _SELECTOR.fullmatch(selector.strip())
    if match is None:
        raise SelectorError(f"{selector!r} selects nothing; write {_FORMS}")
    return match


def _numbered(excerpts: Excerpts, kind: str, number: str | None, where: str) -> tuple[Excerpt, ...]:
    """All of one kind (a selector's first word), or the one that has the number."""
    found, name, names = {
        "quote": (excerpts.quotes, "quote", "quotes"),
        "key": (excerpts.key_sentences, "key sentence", "key sentences"),
        "fact": (excerpts.facts, "fact with figures", "facts with figures"),
        "call": (excerpts.calls_to_action, "call to action", "calls to action"),
    }[kind]
    if not found:
        raise SelectorError(f"{where} has no {name}")
    if number is None:
        return found
    if not 1 <= int(number) <= len(found):
        there = _quotes_there(excerpts) if kind == "quote" else f"{len(found)} {name if len(found) == 1 else names}"
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
    count = len(excerpts.quotes)
    return f"{count} {'quote' if count == 1 else 'quotes'} ({speakers})"
