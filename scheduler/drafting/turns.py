"""The posts that a slot makes before they belong to accounts: on which days, at which hours, with which excerpts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from scheduler.articles.article import Article
from scheduler.campaigns import Each, Slot, SlotDay, When, at
from scheduler.campaigns.forms import SEVERAL
from scheduler.campaigns.timetable import spoken_weekday
from scheduler.drafting.pre_election import pre_election_of
from scheduler.drafting.values import spoken_date
from scheduler.drafting.workshop import Workshop
from scheduler.excerpts import select
from scheduler.excerpts.excerpt import Excerpt, Excerpts

END_OF_DAY = time(23, 59)


@dataclass(frozen=True, slots=True)
class Turn:
    """One post of a slot, before it belongs to an account: its hour (UTC) and its excerpt.

    warnings: what to say about the hour; remarks: what to say about the date, which all posts of one day share.
    expires_at: after when it never goes out (UTC). day: the name of its day, where the slot has a post on each of several.
    moved_from: the date that it would have had.
    """

    scheduled_at: datetime
    excerpt: Excerpt | None = None
    warnings: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    expires_at: datetime | None = None
    day: str | None = None
    moved_from: date | None = None


def turns_of(shop: Workshop, index: int, article: Article | None) -> list[Turn]:
    """Returns the posts that a slot makes: one, one for each excerpt (with `every`), or one for each of its days."""
    slot, days = shop.campaign.slots[index], shop.days[index]
    shop.notes += [f"{shop.campaign.id}, {slot.id}: {note}" for note in days.notes]
    firsts = [turn for day in days.days for turn in _first_on(shop, index, day)]
    turns = _with_excerpts(shop, index, article, firsts)
    return [turn for turn in turns if not _is_withheld(shop, slot, turn)]


def makes_several(slot: Slot) -> bool:
    """Tells whether a slot makes a post for each of several excerpts."""
    return slot.every is not None or (isinstance(slot.when, Each) and slot.excerpt in SEVERAL)


def _first_on(shop: Workshop, index: int, day: SlotDay) -> Iterator[Turn]:
    """Yields the first turn of a slot on one of its days, without an excerpt; nothing where it expires before."""
    slot = shop.campaign.slots[index]
    scheduled_at, note = at(day.on, When(0, slot.when.time), ZoneInfo(shop.time_zone))
    expires_at, late_note = _expiry(shop, slot, day)
    if expires_at is None or expires_at > scheduled_at:
        warned = tuple(dict.fromkeys(filter(None, (note, late_note))))
        remarks = (*day.remarks, *_company(shop, index, day))
        moved_from = day.was if day.is_moved else None
        yield Turn(scheduled_at, None, warned, remarks, expires_at, day.name, moved_from)
    elif day.name is not None:
        shop.notes.append(
            f"{shop.campaign.id}, {slot.id}: nothing goes out on {spoken_weekday(day.on)}: it has expired"
        )
    else:
        # The file has them in order: it is the clocks that turn them round, or a weekend or bank holiday.
        why = next(filter(None, (late_note, note, *day.remarks)), "its day has moved")
        key = "when" if slot.expires is None else "expires"  # the campaign's own stands in no slot
        shop.report(index, key, f"it expires before its hour: {why}")


def _expiry(shop: Workshop, slot: Slot, day: SlotDay) -> tuple[datetime | None, str | None]:
    """Returns after when a slot's posts never go out (UTC), and a note where the clocks change.

    A slot's own moment goes with its date; the campaign's counts from the awareness day, wherever slots move to.
    """
    zone = ZoneInfo(shop.time_zone)
    if slot.expires is not None:
        offset = 0 if isinstance(slot.when, Each) else slot.when.days
        return at(day.on - timedelta(days=offset), slot.expires, zone)
    if shop.campaign.expires is None:
        return None, None
    return at(shop.occurrence.start, shop.campaign.expires, zone)


def _company(shop: Workshop, index: int, day: SlotDay) -> Iterator[str]:
    """Says where a slot that was moved comes onto the day of another of its accounts' slots, or overtakes one."""
    slot = shop.campaign.slots[index]
    accounts = set(shop.campaign.accounts_of(slot))
    for other, days in zip(shop.campaign.slots, shop.days, strict=True):
        if day.is_moved and other is not slot and accounts & set(shop.campaign.accounts_of(other)):
            for each in days.days:
                yield from _meeting(slot, day, other, each)


def _meeting(slot: Slot, day: SlotDay, other: Slot, its_day: SlotDay) -> Iterator[str]:
    was, its_was = (day.was, slot.when.time), (its_day.was, other.when.time)
    now, its_now = (day.on, slot.when.time), (its_day.on, other.when.time)
    has_turned = now != its_now and (was < its_was) is not (now < its_now)
    turned = ": the other way round than before the move" if has_turned else ""
    if day.on == its_day.on and day.was != its_day.was:
        yield f'slot "{other.id}" goes out that day too, at {other.when.time:%H:%M}{turned}'
    elif has_turned:
        side = "before" if now < its_now else "after"
        yield f'this goes out {side} slot "{other.id}" now ({spoken_weekday(its_day.on)}){turned}'


def _with_excerpts(shop: Workshop, index: int, article: Article | None, firsts: Sequence[Turn]) -> list[Turn]:
    """Returns the posts of a slot, where it takes excerpts with those; its days as given."""
    slot = shop.campaign.slots[index]
    if slot.excerpt is None or article is None:
        return list(firsts)
    chosen = _excerpts(shop, index, slot.excerpt, article)
    if makes_several(slot):
        distinct = _distinct(shop, slot, chosen)
        if slot.every is None:
            return _one_a_day(shop, slot, firsts, distinct)
        return [turn for first in firsts for turn in _spaced(shop, slot, first, distinct)]
    if len(chosen) > 1:
        picks = " or ".join(_picks(shop.cut(article), chosen))
        shop.report(index, "excerpt", f'"{slot.excerpt}" selects {len(chosen)} excerpts; pick one: {picks}')
        return []
    return [replace(first, excerpt=excerpt) for first in firsts for excerpt in chosen]


def _one_a_day(shop: Workshop, slot: Slot, firsts: Sequence[Turn], chosen: Sequence[Excerpt]) -> list[Turn]:
    """Gives each day the next excerpt; which days or excerpts are left over is noted."""
    name = f"{shop.campaign.id}, {slot.id}"
    for number, excerpt in enumerate(chosen[len(firsts) :], len(firsts) + 1):
        what = _named(number, excerpt)
        shop.notes.append(f"{name}: {what} is left over and not posted: {_days(len(firsts))}")
    if len(chosen) < len(firsts):
        first_free = firsts[len(chosen)].scheduled_at.astimezone(ZoneInfo(shop.time_zone)).date()
        few = f"there are {len(chosen)} for {len(firsts)} days"
        shop.notes.append(f"{name}: nothing goes out from {spoken_weekday(first_free)} on: {few}")
    return [replace(first, excerpt=excerpt) for first, excerpt in zip(firsts, chosen, strict=False)]


def _days(number: int) -> str:
    return "there is 1 day" if number == 1 else f"there are {number} days"


def _is_withheld(shop: Workshop, slot: Slot, turn: Turn) -> bool:
    """Tells whether a quote stays away because it is of an elected person in the pre-election period, and notes it."""
    quote = turn.excerpt
    found = pre_election_of(quote.kind.value, quote.speaker, shop.elected) if quote else None
    on = turn.scheduled_at.astimezone(ZoneInfo(shop.time_zone)).date()
    if found is None or on not in found.period:
        return False
    when = f"{spoken_date(found.period.first)} to {spoken_date(found.period.last)}"
    note = f"{shop.campaign.id}, {slot.id}: the quote by {found.name} is not posted: elected, and {spoken_date(on)} is"
    shop.notes.append(f"{note} in the pre-election period ({when})")
    return True


def _excerpts(shop: Workshop, index: int, selector: str, article: Article) -> tuple[Excerpt, ...]:
    try:
        return tuple(select(shop.cut(article), selector, article.source))
    except ValueError as error:
        shop.report(index, "excerpt", str(error))
        return ()


def _picks(all_of_it: Excerpts, chosen: Sequence[Excerpt]) -> Iterator[str]:
    """Yields the selectors that pick one of several excerpts each: "quote 2"."""
    for word, siblings in (
        ("quote", all_of_it.quotes),
        ("key", all_of_it.key_sentences),
        ("fact", all_of_it.facts),
        ("call to action", all_of_it.calls_to_action),
    ):
        yield from (f'"{word} {number}"' for number, excerpt in enumerate(siblings, start=1) if excerpt in chosen)


def _distinct(shop: Workshop, slot: Slot, chosen: Sequence[Excerpt]) -> list[Excerpt]:
    """Drops an excerpt that the article holds twice: it would be posted twice under one key."""
    distinct = {excerpt.fingerprint: excerpt for excerpt in reversed(chosen)}
    for _ in range(len(chosen) - len(distinct)):
        shop.notes.append(f"{shop.campaign.id}, {slot.id}: an excerpt that the article holds twice is posted once")
    return list(reversed(distinct.values()))


def _spaced(shop: Workshop, slot: Slot, first: Turn, chosen: Sequence[Excerpt]) -> list[Turn]:
    """Spaces the excerpts out from the first turn on; one whose turn comes after the last moment is noted and not posted."""
    last, until = _last_turn(shop, slot, first)
    turns = []
    for number, excerpt in enumerate(chosen):
        hour = first.scheduled_at + number * (slot.every or timedelta())
        if hour <= last:
            said = first.warnings if number == 0 else ()
            turns.append(replace(first, scheduled_at=hour, excerpt=excerpt, warnings=said))
        else:
            shop.notes.append(_does_not_fit_before(shop, slot, number + 1, excerpt, until))
    return turns


def _last_turn(shop: Workshop, slot: Slot, first: Turn) -> tuple[datetime, str]:
    """Returns the last moment for one of several posts, and how to call it: `until`, the end of the day, or `expires`."""
    zone = ZoneInfo(shop.time_zone)
    day = first.scheduled_at.astimezone(zone).date()
    last = datetime.combine(day, slot.until or END_OF_DAY, zone).astimezone(UTC)
    if first.expires_at is not None and first.expires_at <= last:
        return first.expires_at - timedelta(seconds=1), f"it expires, {first.expires_at.astimezone(zone):%H:%M},"
    return last, f"{slot.until or END_OF_DAY:%H:%M}"


def _does_not_fit_before(shop: Workshop, slot: Slot, number: int, excerpt: Excerpt, until: str) -> str:
    what = _named(number, excerpt)
    return f"{shop.campaign.id}, {slot.id}: {what} does not fit before {until} and is not posted"


def _named(number: int, excerpt: Excerpt) -> str:
    return f"{excerpt.kind.value} {number}{f' by {excerpt.speaker}' if excerpt.speaker else ''}"
