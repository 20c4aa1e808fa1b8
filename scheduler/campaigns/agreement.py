"""What the keys of one campaign file must agree on among themselves, checked even where single keys are wrong."""

from collections.abc import Iterator
from datetime import time
from typing import Any

from pydantic import ValidationError

from scheduler.awareness.written import sound_part
from scheduler.campaigns.forms import SEVERAL
from scheduler.campaigns.own_day import InlineDay
from scheduler.campaigns.when import Each, When, parse_slot_when, parse_time, parse_when
from scheduler.tomlfile import did_you_mean

Keys = tuple[str | int, ...]


def disagreements(data: dict[str, Any]) -> Iterator[tuple[Keys, str]]:
    """Yields the place and the words of each disagreement; values of a wrong type are left to the models."""
    slots = _tables(data.get("slot"))
    yield from _day(data.get("day"))
    yield from _ids_that_stand_twice(slots)
    for place, slot in slots:
        yield from _template_or_text(place, slot)
        yield from _several_posts(place, slot)
        yield from _spanning(place, slot)
        yield from _until_after_when(place, slot)
        yield from _expires_after_when(place, slot)
        yield from _article(place, slot, data.get("articles", {}))
    yield from _source_or_feed(data.get("articles"))
    yield from _campaign_expires_after_when(data, slots)
    for place, support in _tables(data.get("support"), "support"):
        if not support.keys() & {"phone", "url"}:
            yield place, "needs a phone, a url, or both"


def _tables(value: Any, key: str = "slot") -> list[tuple[Keys, dict[str, Any]]]:
    items = value if isinstance(value, list) else []
    return [((key, index), item) for index, item in enumerate(items) if isinstance(item, dict)]


def _day(value: Any) -> Iterator[tuple[Keys, str]]:
    if not isinstance(value, dict):
        return
    try:
        found = [*InlineDay.model_validate(value).disagreements()]
    except ValidationError as error:
        # What it lacks may be what is wrong; what stands there can be said.
        found = [each for each in InlineDay.model_validate(sound_part(value, error)).disagreements() if each[0]]
    yield from ((("day", *keys), message) for keys, message in found)


def _ids_that_stand_twice(slots: list[tuple[Keys, dict[str, Any]]]) -> Iterator[tuple[Keys, str]]:
    seen: dict[str, int] = {}
    for number, (place, slot) in enumerate(slots, 1):
        name = slot.get("id")
        if isinstance(name, str) and name in seen:
            yield (*place, "id"), f'"{name}" is the id of slot {seen[name]} too; each slot needs its own'
        elif isinstance(name, str):
            seen[name] = number


def _template_or_text(place: Keys, slot: dict[str, Any]) -> Iterator[tuple[Keys, str]]:
    written = slot.keys() & {"template", "text"}
    if not written:
        yield place, "needs a template or a text"
    elif len(written) == 2:
        yield (*place, "text"), "has a template and a text; expected one of them"


def _several_posts(place: Keys, slot: dict[str, Any]) -> Iterator[tuple[Keys, str]]:
    excerpt = slot.get("excerpt")
    several = isinstance(excerpt, str) and " ".join(excerpt.split()) in SEVERAL
    if "every" in slot and not several:
        yield (*place, "every"), f"needs an excerpt that yields several: excerpt = {_several()}"
    if several and "every" not in slot and not _is_spanning(slot):
        how = 'say how far apart, as in every = "90m", or one a day, as in when = "each weekday 09:00"'
        yield (*place, "excerpt"), f'"{excerpt}" makes several posts; {how}'
    if "until" in slot and "every" not in slot:
        yield (*place, "until"), "ends the several posts that `every` makes, and this slot has no `every`"


def _spanning(place: Keys, slot: dict[str, Any]) -> Iterator[tuple[Keys, str]]:
    """A slot with a post on each of several days has none of what belongs to a slot of one day."""
    if not _is_spanning(slot):
        return
    if "every" in slot:
        yield (*place, "every"), f'spaces several posts of one day, and this slot has one a day: "{slot["when"]}"'
    if "if_weekend" in slot:
        said = "moves a slot of one day, and this one goes out on each"
        yield (*place, "if_weekend"), f'{said}; write "each weekday" to spare the weekend'


def _is_spanning(slot: dict[str, Any]) -> bool:
    return isinstance(_slot_when(slot), Each)


def _slot_when(slot: dict[str, Any]) -> When | Each | None:
    try:
        return parse_slot_when(slot["when"])
    except (KeyError, ValueError, AttributeError):
        return None


def _several() -> str:
    *some, last = (f'"{selector}"' for selector in SEVERAL)
    return f"{', '.join(some)} or {last}"


def _until_after_when(place: Keys, slot: dict[str, Any]) -> Iterator[tuple[Keys, str]]:
    try:
        when, until = parse_when(slot["when"]), parse_time(slot["until"])
    except (KeyError, ValueError, AttributeError):
        return
    if until <= when.time:
        yield (*place, "until"), f"{until:%H:%M} is not after the hour of `when`, {when.time:%H:%M}"


def _expires_after_when(place: Keys, slot: dict[str, Any]) -> Iterator[tuple[Keys, str]]:
    when, expires = _moment(slot.get("when")), _moment(slot.get("expires"))
    spanning = _slot_when(slot)
    if isinstance(spanning, Each):
        when = When(0, spanning.time)  # a slot's own `expires` counts from each of its days
    if when and expires and not expires.is_after(when):
        yield (*place, "expires"), f"{expires} is not after `when`, {when}: the post could never go out"


def _campaign_expires_after_when(
    data: dict[str, Any], slots: list[tuple[Keys, dict[str, Any]]]
) -> Iterator[tuple[Keys, str]]:
    expires = _moment(data.get("expires"))
    for place, slot in slots:
        when = _moment(slot.get("when"))
        if when and expires and "expires" not in slot and not expires.is_after(when):
            what = f"`when`, {when}, is not before the campaign's `expires`, {expires}: the post could never go out"
            yield (*place, "when"), f"{what}; give the slot an `expires` of its own, or another hour"


def _moment(value: Any) -> When | None:
    """Reads the hour of a slot; None for what is none, which is left to the models."""
    if isinstance(value, time):
        return When(0, value)
    try:
        return parse_when(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _article(place: Keys, slot: dict[str, Any], articles: Any) -> Iterator[tuple[Keys, str]]:
    if not isinstance(articles, dict):
        return
    name = slot.get("article")
    if isinstance(name, str) and name not in articles:
        known = did_you_mean(name, articles) or f"; [articles] has {', '.join(articles) or 'nothing'}"
        yield (*place, "article"), f'unknown article "{name}"{known}'
    elif "excerpt" in slot and not articles:
        yield (*place, "excerpt"), 'needs an article; add [articles] with release = "articles/FILE"'


def _source_or_feed(articles: Any) -> Iterator[tuple[Keys, str]]:
    for name, article in articles.items() if isinstance(articles, dict) else ():
        if not isinstance(article, dict):
            continue
        place: Keys = ("articles", name)
        written = article.keys() & {"source", "feed"}
        if not written:
            yield place, "needs a source (a file or web address) or a feed"
        elif len(written) == 2:
            yield (*place, "feed"), "has a source and a feed; expected one of them"
        elif "source" in written:
            for key in sorted(article.keys() & {"matching", "newest", "follow"}):
                yield (*place, key), "picks an entry of a feed, and this article has a source; write feed = instead"
