"""An awareness day, and its occurrence in one year."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from scheduler.awareness.rules import Rule


class DateStatus(StrEnum):
    """How sure a date is."""

    FIXED = "fixed"  # the same every year, or by a rule that has no exceptions
    CONFIRMED = "confirmed"  # entered for this year, with a source
    COMPUTED = "computed"  # by a rule that has been broken before, or entered unchecked
    ANNOUNCED = "announced"  # announced every year, and not known for this one


@dataclass(frozen=True, slots=True)
class EnteredDate:
    """A date that was entered for one year: first and last day, and whether a source states it."""

    start: date
    end: date
    checked: bool = True


@dataclass(frozen=True, slots=True)
class AwarenessDay:
    """A named day, week or month with a rule for its date.

    rule: None where the date is announced every year. dates: entered by year, before the rule; None: it did not take
    place. days: its length, None: as long as its rule says. certain: the rule has no exceptions.
    first_year, last_year: outside of them there is no such day. hashtags: patterns with {yy} or {yyyy}, no "#".
    source: who states the date; checked: the month it was read, as "2026-11"; note: what is doubtful.
    """

    id: str
    name: str
    aliases: tuple[str, ...] = ()
    rule: Rule | None = None
    dates: Mapping[int, EnteredDate | None] = field(default_factory=dict)
    days: int | None = None
    certain: bool = False
    first_year: int | None = None
    last_year: int | None = None
    nations: tuple[str, ...] = ()
    hashtags: tuple[str, ...] = ()
    source: str | None = None
    checked: str | None = None
    note: str | None = None

    def hashtags_in(self, year: int) -> tuple[str, ...]:
        """Returns the hashtags with the year filled in."""
        return tuple(fill_year(pattern, year) for pattern in self.hashtags)


@dataclass(frozen=True, slots=True)
class Occurrence:
    """An awareness day in one year; `end` is its last day."""

    day: AwarenessDay
    year: int
    start: date
    end: date
    status: DateStatus
    hashtags: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        return str(self.year)


@dataclass(frozen=True, slots=True)
class Unannounced:
    """An awareness day whose date for one year is not known yet."""

    day: AwarenessDay
    year: int
    status: DateStatus = DateStatus.ANNOUNCED


def fill_year(pattern: str, year: int) -> str:
    """Fills {yy} and {yyyy} in a hashtag pattern: "CEADay{yy}" becomes "CEADay27"."""
    return pattern.replace("{yyyy}", f"{year:04d}").replace("{yy}", f"{year % 100:02d}")
