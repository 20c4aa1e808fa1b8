"""Chooses days of the calendar: by when they are, where they are held, what they are about, how sure their date is."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from scheduler.awareness.calendar import Calendar
from scheduler.awareness.day import AwarenessDay, DateStatus, Kind, Occurrence, Unannounced
from scheduler.awareness.rules import FIRST_YEAR, LAST_YEAR
from scheduler.errors import CalendarError

INTERNATIONAL, UK = "international", "UK"
NATIONS_OF_UK = frozenset({"England", "Wales", "Scotland", "Northern Ireland"})

Dated = Occurrence | Unannounced

_YEARS_BACK = 12  # how far earlier dates of an announced day are looked for
_SWING = timedelta(days=14)  # by how much the date of an announced day differs from one year to another


@dataclass(frozen=True, slots=True)
class Choice:
    """What is asked for: all of it, and of each list any; what is empty asks nothing.

    months: 1 to 12. nations: where it holds; only: days that hold more widely are left out.
    """

    months: Collection[int] = ()
    nations: Collection[str] = ()
    only: bool = False
    topics: Collection[str] = ()
    statuses: Collection[DateStatus] = ()
    kinds: Collection[Kind] = ()


def choose(
    calendar: Calendar, dated: Iterable[Dated], choice: Choice, first: date = date.min, last: date = date.max
) -> list[Dated]:
    """Returns those of the dated days that are asked for, in their order; first, last: the span that they come from.

    A day that is not announced stays where it may fall into the span, and into the months, by its dates of other years.
    """
    return [each for each in dated if _is_chosen(calendar, each, choice, first, last)]


def coming(calendar: Calendar, day: AwarenessDay, today: date) -> Dated | None:
    """Returns the next occurrence of a day, announced or not; of a day that is held no more, its last one."""
    try:
        return calendar.next_occurrence(day, today)
    except CalendarError:
        ahead = (calendar.dated(day, year) for year in range(today.year, min(today.year + 1, LAST_YEAR) + 1))
        unannounced = (each for each in ahead if isinstance(each, Unannounced) and may_come(calendar, each, today))
        return next(unannounced, None) or last_known(calendar, day, (day.last_year or today.year) + 1)


def may_come(calendar: Calendar, unannounced: Unannounced, today: date) -> bool:
    """Returns whether a day that is not announced may be now or later, by its dates of other years."""
    return unannounced.year >= today.year and _falls_into(calendar, unannounced, (), today, date.max)


def last_known(calendar: Calendar, day: AwarenessDay, before: int) -> Occurrence | None:
    """Returns the latest occurrence that is known of the years before one."""
    return next(_earlier(calendar, day, before), None)


def _earlier(calendar: Calendar, day: AwarenessDay, before: int) -> Iterator[Occurrence]:
    """Yields earlier occurrences, the latest first."""
    years = range(before - 1, max(before - _YEARS_BACK, FIRST_YEAR) - 1, -1)
    dated = (calendar.dated(day, year) for year in years)
    return (each for each in dated if isinstance(each, Occurrence))


def _is_chosen(calendar: Calendar, each: Dated, choice: Choice, first: date, last: date) -> bool:
    day = each.day
    return (
        (not choice.topics or any(topic in day.topics for topic in choice.topics))
        and (not choice.statuses or each.status in choice.statuses)
        and (not choice.kinds or each.kind in choice.kinds)
        and (not choice.nations or any(_holds_in(day, nation, choice.only) for nation in choice.nations))
        and _falls_into(calendar, each, choice.months, first, last)
    )


def _holds_in(day: AwarenessDay, nation: str, only: bool) -> bool:
    """What holds in the whole UK holds in Wales, and what is international everywhere; nobody said where: it may, too."""
    if only:
        return nation in day.nations
    wider = {nation, INTERNATIONAL}
    if nation in NATIONS_OF_UK:
        wider.add(UK)
    elif nation == UK:
        wider |= NATIONS_OF_UK
    return not day.nations or not wider.isdisjoint(day.nations)


def _falls_into(calendar: Calendar, each: Dated, months: Collection[int], first: date, last: date) -> bool:
    if isinstance(each, Occurrence):
        return not months or any(month in months for month in _months(max(each.start, first), min(each.end, last)))
    usual = [_moved_to(each.year, earlier) for earlier in _earlier(calendar, each.day, each.year)]
    return not usual or any(
        start - _SWING <= last
        and end + _SWING >= first
        and (not months or any(month in months for month in _months(start, end)))
        for start, end in usual
    )


def _months(start: date, end: date) -> Iterator[int]:
    day = start
    while day <= end:
        yield day.month
        day = (day.replace(day=1) + timedelta(days=31)).replace(day=1)


def _moved_to(year: int, earlier: Occurrence) -> tuple[date, date]:
    """The same days of another year."""
    by = date(year, 1, 1) - date(earlier.year, 1, 1)
    return earlier.start + by, earlier.end + by
