"""Says what is doubtful in a file of days that can be read: dates that look mistyped, sources that are missing or old."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from scheduler.awareness.calendar import Calendar
from scheduler.awareness.day import AwarenessDay, DateStatus, EnteredDate, Occurrence, Unannounced
from scheduler.awareness.written import UNCHECKED, Keys
from scheduler.errors import Problem
from scheduler.tomlfile import TomlFile, problem

_OLD = 24  # months
_FAR = timedelta(days=60)
_ENOUGH_YEARS = 3  # that agree, before another one looks wrong


def doubts(calendar: Calendar, toml: TomlFile, today: date) -> list[Problem]:
    """Returns what is doubtful in a file whose days are in the calendar, in the order of the file.

    The calendar takes it all; it is a person who has to look.
    """
    return [
        problem(toml, ("day", index, *where), said)
        for index, keys in enumerate(toml.data.get("day", ()))
        for where, said in _doubts(calendar, calendar.find(keys["id"]), keys, today)
    ]


def _doubts(calendar: Calendar, day: AwarenessDay, keys: Mapping[str, Any], today: date) -> Iterator[tuple[Keys, str]]:
    for year in sorted(map(int, keys.get("dates", ()))):
        entered = day.dates[year]
        if entered is not None:
            yield from ((("dates", str(year)), said) for said in _doubtful(calendar, day, year, entered))
    yield from _sources(keys, today)
    yield from _missing(calendar, day, today)


def _doubtful(calendar: Calendar, day: AwarenessDay, year: int, entered: EnteredDate) -> Iterator[str]:
    """A date that its rule does not give; without a rule, one that is not like those of the other years."""
    by_rule = calendar.dated(replace(day, dates={}), year)
    if isinstance(by_rule, Occurrence):
        yield from _unlike_rule(by_rule, entered, calendar.rule_in_words(day, year))
    elif isinstance(by_rule, Unannounced):
        others = [each for other, each in day.dates.items() if each is not None and other != year]
        yield from _unlike_others(others, entered)


def _unlike_rule(by_rule: Occurrence, entered: EnteredDate, rule: str) -> Iterator[str]:
    if entered.start != by_rule.start:
        yield f"{_long(entered.start)} is entered, but {rule} is {_long(by_rule.start)}"
    if _length(entered) != by_rule.days:
        yield f"lasts {_days(_length(entered))}, but by its rule {_days(by_rule.days)}"


def _unlike_others(others: Sequence[EnteredDate], entered: EnteredDate) -> Iterator[str]:
    usual = _usual([f"{each.start:%A}" for each in others])
    if usual and f"{entered.start:%A}" != usual:
        yield f"begins on {_long(entered.start)}, but in other years on a {usual}"
    days = _usual([_days(_length(each)) for each in others])
    if days and _days(_length(entered)) != days:
        yield f"lasts {_days(_length(entered))}, but in other years {days}"
    if others and all(_distance(entered.start, each.start) > _FAR for each in others):
        yield f"begins on {_long(entered.start)}, far from its dates of other years"


def _usual(values: Sequence[str]) -> str | None:
    """Returns what nearly all years have in common."""
    for value, number in Counter(values).most_common(1):
        if number >= _ENOUGH_YEARS and number >= len(values) - 1:
            return value
    return None


def _distance(one: date, other: date) -> timedelta:
    """How far two dates are apart in the year, the shorter way round."""
    days = abs(one.timetuple().tm_yday - other.timetuple().tm_yday)
    return timedelta(days=min(days, 365 - days))


def _sources(keys: Mapping[str, Any], today: date) -> Iterator[tuple[Keys, str]]:
    """An entry that says when a day is says who states it, and when that was read."""
    states_dates = keys.keys() & {"rule", "dates", "changed"}
    if states_dates and not str(keys.get("note", "")).startswith(UNCHECKED):
        for key, asked in (("source", "who states it"), ("checked", 'when its source was read, as in "2027-01"')):
            if not keys.get(key):
                yield (key,), f"is missing: say {asked}"
    if keys.get("checked"):
        year, month = map(int, keys["checked"].split("-"))
        age = (today.year - year) * 12 + today.month - month
        if age > _OLD:
            yield ("checked",), f"was checked more than two years ago, {keys['checked']}: look again"
        elif age < 0:
            yield ("checked",), f"lies ahead: {keys['checked']}"


def _missing(calendar: Calendar, day: AwarenessDay, today: date) -> Iterator[tuple[Keys, str]]:
    """A day that is announced every year was announced last year, too."""
    year = today.year - 1
    known = calendar.dated(day, year) if day.terms_in(year).rule is None else None
    if isinstance(known, Unannounced):
        yield ("dates",), f"has no date of {year}, which was announced: enter it, or when it did not take place"
    elif known is not None and known.status is DateStatus.COMPUTED:
        yield ("dates", str(year)), "is unchecked, and over: a source must state it by now"


def _length(entered: EnteredDate) -> int:
    return (entered.end - entered.start).days + 1


def _days(number: int) -> str:
    return f"{number} day{'' if number == 1 else 's'}"


def _long(day: date) -> str:
    return f"{day:%A} {day.day} {day:%B %Y}"
