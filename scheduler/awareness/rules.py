"""The rules by which a day finds its date in each year; `rule_words` reads them from words such as "18 march".

A rule may lean on the date of another awareness day, `other`; who asks for the date brings that day's first day along.
"""

import calendar
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from typing import Protocol

FIRST_YEAR, LAST_YEAR = 1900, 2100
COMMON_YEAR = 2001  # in which rules are laid out to see how far they reach

_NTHS = {1: "first", 2: "second", 3: "third", 4: "fourth", -1: "last"}

Span = tuple[date, date]
NameOf = Callable[[str], str]


class Rule(Protocol):
    """Where a day stands in any year from 1900 to 2100."""

    @property
    def moves(self) -> bool:
        """Whether the date differs from year to year."""
        ...

    @property
    def other(self) -> str | None:
        """The id of the awareness day whose date it leans on."""
        ...

    def start(self, year: int, other: date | None = None) -> date:
        """Returns the first day. other: the first day of `other` in that year."""
        ...

    def length(self, year: int) -> int:
        """Returns how many days it lasts, where nothing else is said."""
        ...

    def span(self, other: Span | None = None) -> Span | None:
        """Returns between which days of the year 2001 the first day may stand.

        other: the same of `other`; without it, a rule that leans on another day returns None.
        """
        ...

    def words(self, name_of: NameOf) -> str:
        """Returns the rule as people say it. name_of: the name of an awareness day, by its id."""
        ...


class _OneDay:
    """What lasts a day and leans on no other."""

    __slots__ = ()

    @property
    def other(self) -> str | None:
        return None

    def length(self, year: int) -> int:  # noqa: ARG002 - the protocol's signature
        return 1


@dataclass(frozen=True, slots=True)
class FixedDate(_OneDay):
    """The same date every year."""

    month: int
    day: int

    @property
    def moves(self) -> bool:
        return False

    def start(self, year: int, other: date | None = None) -> date:  # noqa: ARG002 - the protocol's signature
        return date(year, self.month, self.day)

    def span(self, other: Span | None = None) -> Span | None:  # noqa: ARG002 - the protocol's signature
        only = self.start(COMMON_YEAR)
        return only, only

    def words(self, name_of: NameOf) -> str:  # noqa: ARG002 - the protocol's signature
        return f"{self.day} {calendar.month_name[self.month]}"


@dataclass(frozen=True, slots=True)
class WholeMonth(_OneDay):
    """A month, from its first day to its last."""

    month: int

    @property
    def moves(self) -> bool:
        return False

    def start(self, year: int, other: date | None = None) -> date:  # noqa: ARG002 - the protocol's signature
        return date(year, self.month, 1)

    def length(self, year: int) -> int:
        return calendar.monthrange(year, self.month)[1]

    def span(self, other: Span | None = None) -> Span | None:  # noqa: ARG002 - the protocol's signature
        only = self.start(COMMON_YEAR)
        return only, only

    def words(self, name_of: NameOf) -> str:  # noqa: ARG002 - the protocol's signature
        return f"the month of {calendar.month_name[self.month]}"


@dataclass(frozen=True, slots=True)
class NthWeekday(_OneDay):
    """The first to fourth, or (-1) the last, of a weekday (0 = Monday) in a month."""

    nth: int
    weekday: int
    month: int

    @property
    def moves(self) -> bool:
        return True

    def start(self, year: int, other: date | None = None) -> date:  # noqa: ARG002 - the protocol's signature
        if self.nth < 0:
            last = date(year, self.month, calendar.monthrange(year, self.month)[1])
            return _on_or_before(last, self.weekday)
        return _on_or_after(date(year, self.month, 1), self.weekday) + timedelta(weeks=self.nth - 1)

    def span(self, other: Span | None = None) -> Span | None:  # noqa: ARG002 - the protocol's signature
        if self.nth < 0:
            last = calendar.monthrange(COMMON_YEAR, self.month)[1]
            return date(COMMON_YEAR, self.month, last - 6), date(COMMON_YEAR, self.month, last)
        first = date(COMMON_YEAR, self.month, 1) + timedelta(weeks=self.nth - 1)
        return first, first + timedelta(days=6)

    def words(self, name_of: NameOf) -> str:  # noqa: ARG002 - the protocol's signature
        return f"the {_NTHS[self.nth]} {calendar.day_name[self.weekday]} of {calendar.month_name[self.month]}"


@dataclass(frozen=True, slots=True)
class Easter(_OneDay):
    """Easter Sunday of the Western churches."""

    @property
    def moves(self) -> bool:
        return True

    def start(self, year: int, other: date | None = None) -> date:  # noqa: ARG002 - the protocol's signature
        from dateutil.easter import easter

        return easter(year)

    def span(self, other: Span | None = None) -> Span | None:  # noqa: ARG002 - the protocol's signature
        return date(COMMON_YEAR, 3, 22), date(COMMON_YEAR, 4, 25)

    def words(self, name_of: NameOf) -> str:  # noqa: ARG002 - the protocol's signature
        return "Easter Sunday"


@dataclass(frozen=True, slots=True)
class OtherDay:
    """The first day of another awareness day, by its id."""

    id: str

    @property
    def moves(self) -> bool:
        return True

    @property
    def other(self) -> str | None:
        return self.id

    def start(self, year: int, other: date | None = None) -> date:
        if other is None:
            raise ValueError(f'the date of "{self.id}" in {year} is needed')
        return other

    def length(self, year: int) -> int:  # noqa: ARG002 - the protocol's signature
        return 1

    def span(self, other: Span | None = None) -> Span | None:
        return other

    def words(self, name_of: NameOf) -> str:
        return name_of(self.id)


class _Counted:
    """What is counted from another rule, and so leans on whatever that one leans on."""

    __slots__ = ()
    anchor: Rule

    @property
    def other(self) -> str | None:
        return self.anchor.other

    def length(self, year: int) -> int:  # noqa: ARG002 - the protocol's signature
        return 1


@dataclass(frozen=True, slots=True)
class DaysFrom(_Counted):
    """So many days after (or, below zero, before) what another rule says."""

    anchor: Rule
    days: int

    @property
    def moves(self) -> bool:
        return self.anchor.moves

    def start(self, year: int, other: date | None = None) -> date:
        return self.anchor.start(year, other) + timedelta(days=self.days)

    def span(self, other: Span | None = None) -> Span | None:
        return _shifted(self.anchor.span(other), self.days, self.days)

    def words(self, name_of: NameOf) -> str:
        many = abs(self.days)
        side = "before" if self.days < 0 else "after"
        return f"{many} {'day' if many == 1 else 'days'} {side} {self.anchor.words(name_of)}"


class Side(Enum):
    """On which side of a date a weekday is looked for; the value is what people say."""

    ON_OR_AFTER = "on or after"
    ON_OR_BEFORE = "on or before"
    AFTER = "after"
    BEFORE = "before"


_REACH = {Side.ON_OR_AFTER: (0, 6), Side.ON_OR_BEFORE: (-6, 0), Side.AFTER: (1, 7), Side.BEFORE: (-7, -1)}


@dataclass(frozen=True, slots=True)
class NearWeekday(_Counted):
    """The weekday (0 = Monday) nearest to what another rule says, on one side of it."""

    weekday: int
    side: Side
    anchor: Rule

    @property
    def moves(self) -> bool:
        return True

    def start(self, year: int, other: date | None = None) -> date:
        earliest, _ = _REACH[self.side]
        return _on_or_after(self.anchor.start(year, other) + timedelta(days=earliest), self.weekday)

    def span(self, other: Span | None = None) -> Span | None:
        return _shifted(self.anchor.span(other), *_REACH[self.side])

    def words(self, name_of: NameOf) -> str:
        return f"the {calendar.day_name[self.weekday]} {self.side.value} {self.anchor.words(name_of)}"


@dataclass(frozen=True, slots=True)
class WeekContaining(_Counted):
    """The week that holds what another rule says; it begins on a weekday, 0 = Monday."""

    anchor: Rule
    first_weekday: int = 0

    @property
    def moves(self) -> bool:
        return True

    def start(self, year: int, other: date | None = None) -> date:
        return _on_or_before(self.anchor.start(year, other), self.first_weekday)

    def length(self, year: int) -> int:  # noqa: ARG002 - the protocol's signature
        return 7

    def span(self, other: Span | None = None) -> Span | None:
        return _shifted(self.anchor.span(other), -6, 0)

    def words(self, name_of: NameOf) -> str:
        first, last = calendar.day_name[self.first_weekday], calendar.day_name[self.first_weekday - 1]
        return f"the week, {first} to {last}, that contains {self.anchor.words(name_of)}"


def leaves_its_year(span: Span | None) -> bool:
    """Returns whether a first day may fall into another year than the one that was asked for."""
    return span is not None and not span[0].year == span[1].year == COMMON_YEAR


def _shifted(span: Span | None, earlier: int, later: int) -> Span | None:
    return span and (span[0] + timedelta(days=earlier), span[1] + timedelta(days=later))


def _on_or_after(day: date, weekday: int) -> date:
    return day + timedelta(days=(weekday - day.weekday()) % 7)


def _on_or_before(day: date, weekday: int) -> date:
    return day - timedelta(days=(day.weekday() - weekday) % 7)
