"""Reads calendars: the one that ships, and a workspace's own days.toml, which adds to it and overrides it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    ValidationError,
)

from scheduler.awareness.calendar import Calendar, plain_name
from scheduler.awareness.day import AwarenessDay, EnteredDate
from scheduler.awareness.rules import FIRST_YEAR, LAST_YEAR, parse_rule
from scheduler.errors import CalendarError
from scheduler.tomlfile import Expected, TomlFile, did_you_mean, plain_kind, problem, problems_of, read_toml

OWN_FILE = "days.toml"
SHIPPED = Path(__file__).with_name("calendar.toml")
NOT_HELD = "did not take place"
UNCHECKED = "unchecked"

_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_DATES = re.compile(rf"(\d{{4}}-\d\d-\d\d)(?:\s*\.\.\s*(\d{{4}}-\d\d-\d\d))?(\s+{UNCHECKED})?", re.ASCII)
_LONGEST = 366


def load_calendar(own: Path | None = None) -> Calendar:
    """Reads the calendar that ships and, where it exists, a workspace's own file of days.

    A day of the own file with a known id replaces just the keys it has; its dates are added. Raises CalendarError
    with file, line and key of all problems.
    """
    merged = _Merged()
    merged.add(read_toml(SHIPPED, CalendarError, SHIPPED.name))
    if own is not None and own.exists():
        merged.add(read_toml(own, CalendarError, own.name))
    return Calendar(merged.days())


def _identifier(value: str) -> str:
    if not _ID.fullmatch(value):
        raise ValueError(f'expected small letters, digits and hyphens, as in "anti-slavery-day", found "{value}"')
    return value


def _rule(value: str) -> str:
    parse_rule(value)
    return value


def _entered(value: Any) -> Any:
    """Reads "2025-04-07", "2025-04-07..2025-04-11", either with "unchecked", or "did not take place" (None)."""
    if isinstance(value, date):
        return EnteredDate(value, value)
    if not isinstance(value, str):
        raise ValueError(f'expected a date such as "2025-04-07" or "2025-04-07..2025-04-11", found {plain_kind(value)}')
    plain = value.strip().casefold()
    if plain == NOT_HELD:
        return None
    match = _DATES.fullmatch(plain)
    if match is None:
        raise ValueError(f'expected "2025-04-07", "2025-04-07..2025-04-11" or "{NOT_HELD}", found "{value}"')
    start = _date(match[1])
    end = _date(match[2]) if match[2] else start
    if end < start:
        raise ValueError(f"ends before it begins: {value}")
    return EnteredDate(start, end, checked=not match[3])


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"there is no day {text}") from None


Identifier = Annotated[str, AfterValidator(_identifier)]
Year = Annotated[StrictInt, Field(ge=FIRST_YEAR, le=LAST_YEAR)]
Texts = tuple[Annotated[str, Field(min_length=1)], ...]


class _WrittenDay(BaseModel):
    """The keys of one [[day]]; an own file may give only those that it changes."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, arbitrary_types_allowed=True)

    id: Annotated[Identifier, Field(description="The name of the day in campaigns.")]
    name: Annotated[str, Field(min_length=1)] | None = None
    aliases: Annotated[Texts, Expected("a list of names")] = ()
    rule: Annotated[str, AfterValidator(_rule)] | None = None
    days: Annotated[StrictInt, Field(ge=1, le=_LONGEST)] | None = None
    certain: StrictBool = False
    first_year: Year | None = None
    last_year: Year | None = None
    nations: Annotated[Texts, Expected("a list of nations")] = ()
    hashtags: Annotated[Texts, Expected("a list of hashtags")] = ()
    source: str | None = None
    checked: Annotated[str, Field(pattern=r"^\d{4}-\d\d$")] | None = None
    note: str | None = None
    dates: Annotated[
        dict[str, Annotated[EnteredDate | None, BeforeValidator(_entered)]],
        Expected("a table of dates by year, as in dates.2025"),
    ] = {}


class _WrittenCalendar(BaseModel):
    """The keys of a calendar file."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    day: Annotated[tuple[_WrittenDay, ...], Expected("a table for each day, [[day]]")] = ()


@dataclass
class _Merged:
    """The days of several files, later ones over earlier ones, key by key."""

    _keys: dict[str, dict[str, Any]] = field(default_factory=dict)

    def add(self, toml: TomlFile) -> None:
        try:
            written = _WrittenCalendar.model_validate(toml.data)
        except ValidationError as error:
            raise CalendarError(problems_of(toml, error, _WrittenCalendar)) from error
        problems = [
            problem(toml, ("day", index, *keys), message)
            for index, day in enumerate(written.day)
            for keys, message in (*self._disagreements(day), *_ids_that_stand_twice(written.day, index))
        ]
        if problems:
            raise CalendarError(problems)
        for day in written.day:
            self._add_day(day)
        self._check_names(toml, written)

    def days(self) -> Iterator[AwarenessDay]:
        for keys in self._keys.values():
            rule = keys.get("rule")
            dates = {int(year): entered for year, entered in keys["dates"].items()}
            yield AwarenessDay(**keys | {"rule": parse_rule(rule) if rule else None, "dates": dates})

    def _add_day(self, day: _WrittenDay) -> None:
        keys = {key: getattr(day, key) for key in day.model_fields_set}
        earlier = self._keys.setdefault(day.id, {"dates": {}})
        earlier |= keys | {"dates": earlier["dates"] | day.dates}

    def _disagreements(self, day: _WrittenDay) -> Iterator[tuple[tuple[str, ...], str]]:
        if day.name is None and day.id not in self._keys:
            yield ("name",), f'is missing, and the calendar has no day "{day.id}" yet{did_you_mean(day.id, self._keys)}'
        if day.first_year and day.last_year and day.last_year < day.first_year:
            yield ("last_year",), f"is before first_year, {day.first_year}"
        for year, entered in day.dates.items():
            wrong = _wrong_with_year(year, entered)
            if wrong:
                yield ("dates", year), wrong

    def _check_names(self, toml: TomlFile, written: _WrittenCalendar) -> None:
        """One name must find one day."""
        owners: dict[str, set[str]] = {}
        for identifier, keys in self._keys.items():
            for name in (identifier, keys["name"], *keys.get("aliases", ())):
                owners.setdefault(plain_name(name), set()).add(identifier)
        problems = []
        for index, day in enumerate(written.day):
            for name in (day.id, day.name or day.id, *day.aliases):
                others = sorted(owners.get(plain_name(name), set()) - {day.id})
                if others:
                    problems.append(problem(toml, ("day", index), f'"{name}" is a name of the day "{others[0]}" too'))
        if problems:
            raise CalendarError(problems)


def _ids_that_stand_twice(days: tuple[_WrittenDay, ...], index: int) -> Iterator[tuple[tuple[str, ...], str]]:
    earlier = [number for number, day in enumerate(days[:index], 1) if day.id == days[index].id]
    if earlier:
        yield ("id",), f'"{days[index].id}" is the id of day {earlier[0]} too'


def _wrong_with_year(year: str, entered: EnteredDate | None) -> str | None:
    if not (year.isascii() and year.isdigit() and FIRST_YEAR <= int(year) <= LAST_YEAR):
        return f'expected a year from {FIRST_YEAR} to {LAST_YEAR}, found "{year}"'
    if entered is not None and entered.start.year != int(year):
        return f"begins in {entered.start.year}, not in {year}"
    if entered is not None and entered.end - entered.start >= timedelta(days=_LONGEST):
        return "lasts longer than a year"
    return None
