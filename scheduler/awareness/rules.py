"""The rules by which a day finds its date in each year, in words: "18 march", "2nd tuesday of february"."""

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

FIRST_YEAR, LAST_YEAR = 1900, 2100

MONTHS = tuple(name.casefold() for name in calendar.month_name[1:])
WEEKDAYS = tuple(name.casefold() for name in calendar.day_name)
_ORDINALS = {"1st": 1, "2nd": 2, "3rd": 3, "4th": 4, "first": 1, "second": 2, "third": 3, "fourth": 4, "last": -1}

_FIXED = re.compile(r"(\d{1,2}) ([a-z]+)")
_NTH = re.compile(r"([a-z0-9]+) ([a-z]+) of ([a-z]+)")
_NEAR = re.compile(r"([a-z]+) on or (after|before) (\d{1,2}) ([a-z]+)")
_EASTER = re.compile(r"easter(?: ?([+-]) ?(\d{1,3}) days?)?")

EXAMPLES = (
    '"18 march", "2nd tuesday of february", "last saturday of june", "monday on or after 10 november", '
    '"easter - 21 days", or a whole month, "october"'
)


class Rule(Protocol):
    """Where a day stands in any year from 1900 to 2100."""

    @property
    def moves(self) -> bool:
        """Whether the date differs from year to year."""
        ...

    def start(self, year: int) -> date:
        """Returns the first day."""
        ...

    def length(self, year: int) -> int:
        """Returns how many days it lasts, where nothing else is said."""
        ...


@dataclass(frozen=True, slots=True)
class FixedDate:
    """The same date every year."""

    month: int
    day: int
    moves: bool = False

    def start(self, year: int) -> date:
        return date(year, self.month, self.day)

    def length(self, year: int) -> int:  # noqa: ARG002 - the protocol's signature
        return 1


@dataclass(frozen=True, slots=True)
class WholeMonth:
    """A month, from its first day to its last."""

    month: int
    moves: bool = False

    def start(self, year: int) -> date:
        return date(year, self.month, 1)

    def length(self, year: int) -> int:
        return calendar.monthrange(year, self.month)[1]


@dataclass(frozen=True, slots=True)
class NthWeekday:
    """The first to fourth, or (-1) the last, of a weekday (0 = Monday) in a month."""

    nth: int
    weekday: int
    month: int
    moves: bool = True

    def start(self, year: int) -> date:
        if self.nth < 0:
            last = date(year, self.month, calendar.monthrange(year, self.month)[1])
            return _on_or_before(last, self.weekday)
        return _on_or_after(date(year, self.month, 1), self.weekday) + timedelta(weeks=self.nth - 1)

    def length(self, year: int) -> int:  # noqa: ARG002 - the protocol's signature
        return 1


@dataclass(frozen=True, slots=True)
class NearDate:
    """The weekday (0 = Monday) on or after, or on or before, a date."""

    weekday: int
    month: int
    day: int
    before: bool = False
    moves: bool = True

    def start(self, year: int) -> date:
        near = _on_or_before if self.before else _on_or_after
        return near(date(year, self.month, self.day), self.weekday)

    def length(self, year: int) -> int:  # noqa: ARG002 - the protocol's signature
        return 1


@dataclass(frozen=True, slots=True)
class EasterOffset:
    """So many days after (or, below zero, before) the Western Easter Sunday."""

    offset: int
    moves: bool = True

    def start(self, year: int) -> date:
        from dateutil.easter import easter

        return easter(year) + timedelta(days=self.offset)

    def length(self, year: int) -> int:  # noqa: ARG002 - the protocol's signature
        return 1


def parse_rule(text: str) -> Rule:
    """Reads a rule in words, in any case; ValueError says what is wrong with it and what is possible."""
    words = " ".join(text.casefold().replace("−", "-").replace("–", "-").split())
    if words in MONTHS:
        return WholeMonth(MONTHS.index(words) + 1)
    if match := _FIXED.fullmatch(words):
        return FixedDate(*_month_and_day(match[2], match[1]))
    if match := _NTH.fullmatch(words):
        return NthWeekday(_ordinal(match[1]), _weekday(match[2]), _month(match[3]))
    if match := _NEAR.fullmatch(words):
        return NearDate(_weekday(match[1]), *_month_and_day(match[4], match[3]), before=match[2] == "before")
    if match := _EASTER.fullmatch(words):
        return _easter(match[1], match[2])
    raise ValueError(f'no rule for a date: "{text}"; expected {EXAMPLES}')


def _easter(sign: str | None, days: str | None) -> EasterOffset:
    offset = int(f"{sign}{days}") if sign and days else 0
    if not -80 <= offset <= 200:
        # Easter falls on 22 March at the earliest and 25 April at the latest: more would leave the year.
        raise ValueError(f"{offset} days from Easter may fall into another year; expected from -80 to +200")
    return EasterOffset(offset)


def _month_and_day(month_name: str, day_text: str) -> tuple[int, int]:
    month, day = _month(month_name), int(day_text)
    longest = calendar.monthrange(2024, month)[1]
    if not 1 <= day <= longest:
        raise ValueError(f"{month_name.title()} has no day {day}; its last is {longest}")
    if (month, day) == (2, 29):
        raise ValueError('29 February is not in every year; expected "28 february" or "1 march"')
    return month, day


def _month(name: str) -> int:
    return _place(name, MONTHS, "month")


def _weekday(name: str) -> int:
    return _place(name, WEEKDAYS, "weekday")


def _place(name: str, names: tuple[str, ...], kind: str) -> int:
    """Counts months from 1 and weekdays from 0; the first three letters are enough."""
    for place, full in enumerate(names, 1 if kind == "month" else 0):
        if name == full or (len(name) >= 3 and full.startswith(name)):
            return place
    raise ValueError(f'unknown {kind} "{name}"; expected one of {", ".join(full.title() for full in names)}')


def _ordinal(word: str) -> int:
    if word in ("5th", "fifth"):
        raise ValueError('a month does not always have a 5th of each weekday; expected "last" or "1st" to "4th"')
    if word not in _ORDINALS:
        raise ValueError(f'no month has a "{word}" of a weekday; expected "1st", "2nd", "3rd", "4th" or "last"')
    return _ORDINALS[word]


def _on_or_after(day: date, weekday: int) -> date:
    return day + timedelta(days=(weekday - day.weekday()) % 7)


def _on_or_before(day: date, weekday: int) -> date:
    return day - timedelta(days=(day.weekday() - weekday) % 7)
