"""An awareness day, and its occurrence in one year."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from scheduler.awareness.rules import Rule

_LONGEST_WEEK = 9  # a week from one Saturday to the next has 8 days, from Saturday to Sunday of the week after 9
_MONTH = range(28, 32)


class DateStatus(StrEnum):
    """How sure a date is."""

    FIXED = "fixed"  # the same every year, or by a rule that has no exceptions
    CONFIRMED = "confirmed"  # entered for this year, with a source
    COMPUTED = "computed"  # by a rule that may have exceptions, or entered unchecked
    ANNOUNCED = "announced"  # announced every year, and not known for this one


class Kind(StrEnum):
    """What people call it; a period is longer than a week and no month."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    PERIOD = "period"


@dataclass(frozen=True, slots=True)
class EnteredDate:
    """A date that was entered for one year: first and last day, and whether a source states it."""

    start: date
    end: date
    checked: bool = True


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for a day in a year.

    rule: None where the date is announced every year. days: its length, None: as long as its rule says. certain: the rule
    has no exceptions. hashtags: patterns with {yy} or {yyyy}, no "#".
    """

    rule: Rule | None = None
    days: int | None = None
    certain: bool = False
    hashtags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AwarenessDay:
    """A named day, week or month with a rule for its date.

    aliases: what else it is called; former_names: what it was called; names: in other languages, by language code.
    terms: what holds from its beginning; changed: what holds from a year on, each the whole terms, years ascending.
    dates: entered by year, before the rule; None: it did not take place. first_year, last_year: outside of them there is
    no such day. kind: None: told by its length. url: its official address. themes: by year. sensitive: about death, abuse
    or violence. source: who states the date; checked: the month in which that was read, as "2026-11"; note: what is doubtful.
    """

    id: str
    name: str
    aliases: tuple[str, ...] = ()
    former_names: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    terms: Terms = Terms()
    changed: Mapping[int, Terms] = field(default_factory=dict)
    dates: Mapping[int, EnteredDate | None] = field(default_factory=dict)
    first_year: int | None = None
    last_year: int | None = None
    kind: Kind | None = None
    nations: tuple[str, ...] = ()
    organiser: str | None = None
    url: str | None = None
    themes: Mapping[int, str] = field(default_factory=dict)
    topics: tuple[str, ...] = ()
    sensitive: bool = False
    source: str | None = None
    checked: str | None = None
    note: str | None = None

    @property
    def every_name(self) -> tuple[str, ...]:
        """All that finds it: its id and all its names."""
        return (self.id, self.name, *self.aliases, *self.former_names, *self.names.values())

    def name_in(self, language: str) -> str:
        """Returns its name in a language such as "cy" or "cy-GB"; the English one where it has no other."""
        plain = language.casefold()
        return self.names.get(plain) or self.names.get(plain.partition("-")[0]) or self.name

    def terms_in(self, year: int) -> Terms:
        """Returns what holds in a year."""
        since = [changed for first, changed in self.changed.items() if first <= year]
        return since[-1] if since else self.terms

    def every_rule(self) -> Iterator[tuple[int | None, Rule]]:
        """Yields its rules, each with the year from which on it holds; None: from the beginning."""
        for year, terms in ((None, self.terms), *self.changed.items()):
            if terms.rule is not None:
                yield year, terms.rule

    def hashtags_in(self, year: int) -> tuple[str, ...]:
        """Returns the hashtags of a year, with the year filled in."""
        return tuple(fill_year(pattern, year) for pattern in self.terms_in(year).hashtags)


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

    @property
    def days(self) -> int:
        """How many days it lasts."""
        return (self.end - self.start).days + 1

    @property
    def kind(self) -> Kind:
        return self.day.kind or _kind_of(self.days)

    @property
    def theme(self) -> str | None:
        return self.day.themes.get(self.year)


@dataclass(frozen=True, slots=True)
class Unannounced:
    """An awareness day whose date for one year is not known yet."""

    day: AwarenessDay
    year: int
    status: DateStatus = DateStatus.ANNOUNCED

    @property
    def kind(self) -> Kind:
        days = self.day.terms_in(self.year).days
        lengths = [(entered.end - entered.start).days + 1 for entered in self.day.dates.values() if entered]
        return self.day.kind or _kind_of(days or (lengths[-1] if lengths else 1))

    @property
    def theme(self) -> str | None:
        return self.day.themes.get(self.year)


def fill_year(pattern: str, year: int) -> str:
    """Fills {yy} and {yyyy} in a hashtag pattern: "CEADay{yy}" becomes "CEADay27"."""
    return pattern.replace("{yyyy}", f"{year:04d}").replace("{yy}", f"{year % 100:02d}")


def _kind_of(days: int) -> Kind:
    if days == 1:
        return Kind.DAY
    if days in _MONTH:
        return Kind.MONTH
    return Kind.WEEK if days <= _LONGEST_WEEK else Kind.PERIOD
