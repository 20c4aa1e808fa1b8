"""Reads calendars: the one that ships, and a workspace's own days.toml, which adds to it and overrides it."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, ValidationError

from scheduler.awareness.calendar import Calendar, first_days, plain_name
from scheduler.awareness.day import AwarenessDay
from scheduler.awareness.rules import leaves_its_year
from scheduler.awareness.written import TABLES, DescribedDay, Keys, WrittenDay, make_day, sound_part
from scheduler.errors import CalendarError, Problem
from scheduler.tomlfile import Expected, TomlFile, did_you_mean, problem, problems_of, read_toml

OWN_FILE = "days.toml"
SHIPPED = Path(__file__).with_name("calendar.toml")


def load_calendar(own: Path | None = None) -> Calendar:
    """Reads the calendar that ships and, where it exists, a workspace's own file of days.

    A day of the own file with a known id replaces just the keys it has, in every year; its dates, themes, names and changes
    are added.
    Raises CalendarError with file, line and key of all problems.
    """
    merged = _Merged()
    merged.add(read_toml(SHIPPED, CalendarError, SHIPPED.name))
    if own is not None and own.exists():
        merged.add(read_toml(own, CalendarError, own.name))
    return Calendar(merged.days())


def own_keys(own: Path, identifier: str) -> list[str]:
    """Returns the keys that an own file of days gives for one day: "source", "dates.2027"; none where it has no such day."""
    days = _tables(read_toml(own, CalendarError, own.name)) if own.exists() else []
    keys = (item for day in days if day["id"] == identifier for item in day.items() if item[0] != "id")
    return [f"{key}.{inner}" if inner else key for key, value in keys for inner in (value if key in TABLES else [""])]


class _WrittenCalendar(BaseModel):
    """The keys of a calendar file."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    day: Annotated[tuple[WrittenDay, ...], Expected("a table for each day, [[day]]")] = ()


@dataclass
class _Merged:
    """The days of several files, later ones over earlier ones, key by key."""

    _keys: dict[str, dict[str, Any]] = field(default_factory=dict)

    def add(self, toml: TomlFile) -> None:
        written, problems = _written(toml)
        wrong = {index: list(self._wrong_alone(written, index)) for index in written}
        problems += [
            problem(toml, ("day", index, *keys), said) for index, all_of in wrong.items() for keys, said in all_of
        ]
        sound = {index: day for index, day in written.items() if not wrong[index]}
        for day in sound.values():
            self._add_day(day)
        problems += [*self._shared_names(toml, sound), *self._wrong_together(toml, sound)]
        if problems:
            raise CalendarError(sorted(problems, key=lambda each: each.line or 0))

    def days(self) -> Iterator[AwarenessDay]:
        yield from map(make_day, self._keys.values())

    def _add_day(self, day: WrittenDay) -> None:
        keys = {key: getattr(day, key) for key in day.model_fields_set}
        earlier = self._keys.setdefault(day.id, {})
        if "changed" in earlier:
            # What changed in a year by the earlier file must not outdo what this one says of every year.
            left = {year: terms.without(keys) for year, terms in earlier["changed"].items()}
            earlier["changed"] = {year: terms for year, terms in left.items() if terms.written_terms}
        added = {table: earlier.get(table, {}) | keys[table] for table in TABLES if table in keys}
        earlier |= keys | added

    def _wrong_alone(self, written: Mapping[int, WrittenDay], index: int) -> Iterator[tuple[Keys, str]]:
        yield from self._unnamed(written[index])
        yield from written[index].disagreements()
        yield from _ids_that_stand_twice(written, index)

    def _unnamed(self, day: WrittenDay) -> Iterator[tuple[Keys, str]]:
        if day.name is None and day.id not in self._keys:
            yield ("name",), f'is missing, and the calendar has no day "{day.id}" yet{did_you_mean(day.id, self._keys)}'

    def _shared_names(self, toml: TomlFile, written: Mapping[int, WrittenDay]) -> Iterator[Problem]:
        """One name must find one day."""
        owners: dict[str, set[str]] = {}
        for identifier, keys in self._keys.items():
            for name in make_day(keys).every_name:
                owners.setdefault(plain_name(name), set()).add(identifier)
        for index, day in written.items():
            for where, name in _names(day):
                others = sorted(owners.get(plain_name(name), set()) - {day.id})
                if others:
                    yield problem(toml, ("day", index, *where), f'"{name}" is a name of the day "{others[0]}" too')

    def _wrong_together(self, toml: TomlFile, written: Mapping[int, WrittenDay]) -> Iterator[Problem]:
        """What the keys of several files, or several days, make of each other."""
        known = {identifier: make_day(keys) for identifier, keys in self._keys.items()}
        ids = known.keys() | _ids(toml)  # of a day that is wrong itself, the id is known
        for index, each in written.items():
            for keys, message in (*_years_out_of_order(known[each.id]), *_wrong_references(ids, known, known[each.id])):
                yield problem(toml, ("day", index, *keys), message)
        places = {each.id: index for index, each in written.items()}
        for day in known.values():
            for _, rule in day.every_rule() if day.id not in places else ():
                if rule.other in places and leaves_its_year(first_days(rule, known)):
                    message = f'the day "{day.id}" counts from it, and may fall into another year now'
                    yield problem(toml, ("day", places[rule.other]), message)


def _written(toml: TomlFile) -> tuple[dict[int, WrittenDay], list[Problem]]:
    """Returns the days that can be read, by their place in the file, and what is wrong with the others."""
    try:
        return dict(enumerate(_WrittenCalendar.model_validate(toml.data).day)), []
    except ValidationError as error:
        problems = problems_of(toml, error, _WrittenCalendar)
    readable = {}
    for index, keys in enumerate(_tables(toml)):
        try:
            readable[index] = WrittenDay.model_validate(keys)
        except ValidationError as error:
            problems += [problem(toml, ("day", index, *where), said) for where, said in _more_wrong(keys, error)]
    return readable, problems


def _more_wrong(keys: Any, error: ValidationError) -> Iterator[tuple[Keys, str]]:
    """What does not go together in a day of which single keys are wrong."""
    if isinstance(keys, dict):
        left = {key: value for key, value in sound_part(keys, error).items() if key != "id"}
        yield from DescribedDay.model_validate(left).disagreements()


def _tables(toml: TomlFile) -> list[Any]:
    days = toml.data.get("day")
    return days if isinstance(days, list) else []


def _ids(toml: TomlFile) -> set[str]:
    return {str(keys.get("id")) for keys in _tables(toml) if isinstance(keys, dict)}


def _names(day: WrittenDay) -> Iterator[tuple[tuple[str | int, ...], str]]:
    yield ("id",), day.id
    if day.name is not None:
        yield ("name",), day.name
    for key, names in (("aliases", day.aliases), ("former_names", day.former_names)):
        yield from (((key, place), name) for place, name in enumerate(names))
    yield from ((("names", language), name) for language, name in day.names.items())


def _ids_that_stand_twice(days: Mapping[int, WrittenDay], index: int) -> Iterator[tuple[Keys, str]]:
    earlier = [other + 1 for other, day in days.items() if other < index and day.id == days[index].id]
    if earlier:
        yield ("id",), f'"{days[index].id}" is the id of day {earlier[0]} too'


def _years_out_of_order(day: AwarenessDay) -> Iterator[tuple[Keys, str]]:
    first, last = day.first_year, day.last_year
    if first and last and last < first:
        yield ("last_year",), f"is before first_year, {first}"
        return
    for table, years in (("changed", day.changed), ("dates", day.dates), ("themes", day.themes)):
        for year in years:
            if first and (year < first or (table == "changed" and year == first)):
                yield (table, str(year)), f"is not after first_year, {first}"
            if last and year > last:
                yield (table, str(year)), f"is after last_year, {last}"


def _wrong_references(
    ids: Collection[str], known: dict[str, AwarenessDay], day: AwarenessDay
) -> Iterator[tuple[Keys, str]]:
    for year, rule in day.every_rule():
        if rule.other is None:
            continue
        keys = ("rule",) if year is None else ("changed", str(year), "rule")
        if rule.other not in ids:
            yield keys, f'no awareness day has the id "{rule.other}"{did_you_mean(rule.other, known)}'
        elif circle := _circle(known, day.id, (day.id, rule.other)):
            yield keys, f"goes round in a circle: {' counts from '.join(circle)}"
        elif leaves_its_year(first_days(rule, known)):
            yield keys, "may fall into another year; expected a rule whose first day is always in one year"


def _circle(known: dict[str, AwarenessDay], start: str, path: tuple[str, ...]) -> tuple[str, ...]:
    """Returns the way from a day back to itself, by ids; nothing where there is none."""
    if path[-1] == start:
        return path
    for _, rule in known[path[-1]].every_rule() if path[-1] in known else ():
        if rule.other and (rule.other == start or rule.other not in path):
            found = _circle(known, start, (*path, rule.other))
            if found:
                return found
    return ()
