"""When a slot goes out: so many days from the awareness day, or on each of its days, at an hour on the wall."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from scheduler.awareness.rule_words import WEEKDAYS
from scheduler.tomlfile import did_you_mean

_WHEN = re.compile(r"(?:([+-])\s?(\d{1,3})d\s+)?(\d{2}:\d{2})", re.ASCII)
_EACH = re.compile(r"(?:on )?each ([a-z, ]+?)(?: of the (?:week|month))?(?: at)? (\d{2}:\d{2})", re.ASCII)
_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)", re.ASCII)


@dataclass(frozen=True, slots=True)
class When:
    """days: from the first day of the occurrence, below zero before it; time: local wall time, without a zone."""

    days: int
    time: time

    def __str__(self) -> str:
        days = f"{self.days:+d}d " if self.days else ""
        return f"{days}{self.time:%H:%M}"

    def is_after(self, other: "When") -> bool:
        """Compares what clocks on the wall show."""
        return (self.days, self.time) > (other.days, other.time)


@dataclass(frozen=True, slots=True)
class Each:
    """On each of certain weekdays (0 = Monday) from the occurrence's first day to its last; time: local wall time."""

    weekdays: frozenset[int]
    time: time

    def __str__(self) -> str:
        return f"each {self.words} {self.time:%H:%M}"

    @property
    def words(self) -> str:
        """Which days: "day", "weekday", "monday and thursday"."""
        if self.weekdays in _SPANS.values():
            return next(words for words, weekdays in _SPANS.items() if weekdays == self.weekdays)
        *some, last = (WEEKDAYS[weekday] for weekday in sorted(self.weekdays))
        return f"{', '.join(some)} and {last}" if some else last


_SPANS = {"day": frozenset(range(7)), "weekday": frozenset(range(5))}


def parse_slot_when(text: str) -> When | Each:
    """Reads what `parse_when` reads, and "each weekday 09:00", "each monday and friday 09:00"; ValueError as there.

    "on each weekday of the week at 09:00" is the same.
    """
    plain = " ".join(text.casefold().split())
    if not plain.removeprefix("on ").startswith("each"):
        return parse_when(text)
    match = _EACH.fullmatch(plain)
    if match is None:
        raise ValueError(
            'expected "each day 09:00", "each weekday 09:00" or weekdays as in "each monday and friday 09:00", '
            f'found "{text}"'
        )
    return Each(_weekdays(match[1]), parse_time(match[2]))


def _weekdays(words: str) -> frozenset[int]:
    if words in _SPANS:
        return _SPANS[words]
    return frozenset(map(_weekday, re.split(r" ?, ?and | ?, ?| and ", words)))


def _weekday(name: str) -> int:
    """The first three letters are enough."""
    for place, full in enumerate(WEEKDAYS):
        if name == full or (len(name) >= 3 and full.startswith(name)):
            return place
    guess = did_you_mean(name, (*WEEKDAYS, *_SPANS)) or '; expected "day", "weekday" or weekdays'
    raise ValueError(f'unknown weekday "{name}"{guess}')


def parse_when(text: str) -> When:
    """Reads "09:00", "-7d 10:00" or "+1d 12:00"; ValueError says what was expected."""
    match = _WHEN.fullmatch(text.strip().replace("−", "-").replace("–", "-"))
    if match is None:
        raise ValueError(f'expected an hour such as "09:00", "-7d 10:00" or "+1d 12:00", found "{text}"')
    sign, days, hour = match.groups()
    return When(int(f"{sign}{days}") if sign else 0, parse_time(hour))


def parse_time(text: str) -> time:
    """Reads "17:00" on a clock of 24 hours; ValueError says what was expected."""
    match = _TIME.fullmatch(text.strip())
    if match is None:
        raise ValueError(f'expected an hour from "00:00" to "23:59", found "{text}"')
    return time(int(match[1]), int(match[2]))


def at(occurrence_start: date, when: When, zone: ZoneInfo) -> tuple[datetime, str | None]:
    """Returns the moment in UTC, and a note where the clocks change.

    A wall time that the clocks skip moves forward by as much as they skip; one that they show twice means the first.
    """
    wall = datetime.combine(occurrence_start + timedelta(days=when.days), when.time)
    moment = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    shown = moment.astimezone(zone)
    if shown.replace(tzinfo=None) != wall:
        return moment, f"the clocks go forward: there is no {wall:%H:%M} on {_day(wall)}; moved to {shown:%H:%M}"
    if moment != wall.replace(tzinfo=zone, fold=1).astimezone(UTC):
        return moment, f"the clocks go back: {wall:%H:%M} comes twice on {_day(wall)}; the first is meant"
    return moment, None


def _day(wall: datetime) -> str:
    return f"{wall.day} {wall:%B %Y}"
