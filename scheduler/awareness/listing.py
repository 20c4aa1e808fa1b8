"""Lists awareness days: as JSON for programs, as lines of a table for people."""

import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from scheduler.awareness.calendar import Calendar
from scheduler.awareness.choosing import Dated, last_known
from scheduler.awareness.day import AwarenessDay, DateStatus, Kind, Occurrence

SENSITIVE = "about death, abuse or violence: no cheerful post"

_GAP = "  "
_MARK = "! "
_NO_MARK = " " * len(_MARK)
_NARROWEST_NAME = 36  # of a table with one line for each day; in narrower ones a day takes more
_SHORTEST_LINE = 12
_DAYS_AS_DAYS = 30
_DAYS_AS_WEEKS = 84


@dataclass(frozen=True, slots=True)
class _Row:
    """One line of the table: when it is, how far away, its name behind its mark, how sure the date is, its id."""

    when: str
    away: str
    mark: str
    name: str
    status: str  # "" where the heading says it
    id: str


def days_json(calendar: Calendar, days: Iterable[Dated]) -> list[dict[str, Any]]:
    """Returns a JSON object for each day as docs/json.md describes it, in their order."""
    return [_dated_json(calendar, each) for each in days]


def days_lines(
    calendar: Calendar, days: Sequence[Dated], heading: str, today: date, width: int = 80, year: int | None = None
) -> Iterator[str]:
    """Yields the lines of a table that fits a terminal of so many columns; the days not announced yet come last.

    Where a line has no room for all, a day takes two or three; ids are never cut. year: dates of it are written without
    their year; otherwise those of this year.
    """
    known = [each for each in days if isinstance(each, Occurrence)]
    unknown = [each for each in days if not isinstance(each, Occurrence)]
    yield from _folded(heading, width)
    if known:
        yield ""
        yield from _table([_row(each, today, year or today.year) for each in known], width)
    if unknown:
        yield ""
        yield from _folded("Not announced yet, with the last date that is known:", width)
        yield ""
        yield from _table([_unannounced_row(calendar, each) for each in unknown], width)
    yield from _legend(days, unknown, width)


def day_json(calendar: Calendar, day: AwarenessDay, year: int) -> dict[str, Any]:
    """Returns what is known of a day whatever its date, with the rule and the hashtags of a year."""
    return {
        "id": day.id,
        "name": day.name,
        "aliases": list(day.aliases),
        "former_names": list(day.former_names),
        "names": dict(day.names),
        "nations": list(day.nations),
        "organiser": day.organiser,
        "url": day.url,
        "hashtags": list(day.hashtags_in(year)),
        "topics": list(day.topics),
        "sensitive": day.sensitive,
        "rule": calendar.rule_in_words(day, year),
        "source": day.source,
        "checked": day.checked,
        "note": day.note,
    }


def date_json(each: Dated) -> dict[str, Any]:
    """Returns when a day is: its year, first and last day (null when not announced), status, kind and theme."""
    start, end = (each.start, each.end) if isinstance(each, Occurrence) else (None, None)
    return {
        "year": each.year,
        "start": start.isoformat() if start else None,
        "end": end.isoformat() if end else None,
        "status": each.status.value,
        "kind": each.kind.value,
        "theme": each.theme,
    }


def dates_words(each: Occurrence, year: int | None = None) -> str:
    """Writes "Thu 18 Mar", "Mon 10 - Sun 16 May", or "October" for the month; with its year where that is another one."""
    start, end = each.start, each.end
    later = "" if end.year == year else f" {end.year}"
    if start == end:
        return f"{start:%a} {start.day} {start:%b}{later}"
    if each.kind is Kind.MONTH and start.day == 1 and (end + timedelta(days=1)).day == 1 and start.month == end.month:
        return f"{start:%B}{later}"
    first = f"{start:%a} {start.day}"
    if (start.year, start.month) != (end.year, end.month):
        first += f" {start:%b}" + ("" if start.year == end.year else f" {start.year}")
    return f"{first} - {end:%a} {end.day} {end:%b}{later}"


def away_words(each: Occurrence, today: date) -> str:
    """Writes how far away it is: "in 3 days", "now", "2 months ago"."""
    if each.start <= today <= each.end:
        return "now"
    if each.start > today:
        days = (each.start - today).days
        return "tomorrow" if days == 1 else f"in {_length(days)}"
    return f"{_length((today - each.end).days)} ago"


def how_to_enter(each: Dated) -> str:
    """Says how a date that was not known yet is entered."""
    form = f"{each.year}-MM-DD"
    written = form if each.kind is Kind.DAY else f"{form}..{form}"
    return f'once it is known, write it into days.toml, as in: [[day]] id = "{each.day.id}" and dates.{each.year} = "{written}"'


def _length(days: int) -> str:
    if days <= _DAYS_AS_DAYS:
        return f"{days} day{'' if days == 1 else 's'}"
    if days <= _DAYS_AS_WEEKS:
        return f"{days // 7} weeks"
    months = round(days / 30.44)
    return f"{months} months" if months < 24 else f"{months // 12} years"


def _dated_json(calendar: Calendar, each: Dated) -> dict[str, Any]:
    return day_json(calendar, each.day, each.year) | date_json(each)


def _row(each: Occurrence, today: date, year: int) -> _Row:
    mark = _MARK if each.day.sensitive else _NO_MARK
    return _Row(dates_words(each, year), away_words(each, today), mark, each.day.name, each.status, each.day.id)


def _unannounced_row(calendar: Calendar, each: Dated) -> _Row:
    last = last_known(calendar, each.day, each.year)
    mark = _MARK if each.day.sensitive else _NO_MARK
    return _Row(dates_words(last) if last else "", f"{each.year}: not known", mark, each.day.name, "", each.day.id)


def _table(rows: Sequence[_Row], width: int) -> Iterator[str]:
    """A line for each row where there is room for it, and else two: no id is ever cut."""
    wide = {key: max(len(getattr(row, key)) for row in rows) for key in ("when", "away", "name", "status", "id")}
    room = width - sum(wide.values()) - len(_MARK) - 4 * len(_GAP) + wide["name"]
    in_one_line = room >= min(wide["name"], _NARROWEST_NAME)
    wide["name"] = min(wide["name"], room)
    left = max(max(wide["when"], len(_how_soon(row))) for row in rows)
    for row in rows:
        yield from _line(row, wide) if in_one_line else _stacked(row, left, width)


def _line(row: _Row, wide: Mapping[str, int]) -> Iterator[str]:
    when, away = row.when.ljust(wide["when"]), row.away.ljust(wide["away"])
    name, *more = textwrap.wrap(row.name, wide["name"]) or [""]
    status = row.status.ljust(wide["status"])
    yield _GAP.join((when, away, row.mark + name.ljust(wide["name"]), status, row.id))
    for line in more:
        yield f"{'':<{len(when) + len(away) + 2 * len(_GAP)}}{_NO_MARK}{line}"


def _stacked(row: _Row, left: int, width: int) -> Iterator[str]:
    """The date over how far away and how sure it is; beside them the name over the id."""
    column = left + len(_GAP) + len(_MARK)
    name, *more = textwrap.wrap(row.name, max(width - column, _SHORTEST_LINE)) or [""]
    yield f"{row.when:<{left}}{_GAP}{row.mark}{name}"
    beside = _how_soon(row)
    for line in more:
        yield f"{beside:<{column}}{line}"
        beside = ""
    place = min(column, max(width - len(row.id), 0))
    if beside and len(beside) + len(_GAP) > place:
        yield beside
        beside = ""
    yield f"{beside:<{place}}{row.id}"


def _how_soon(row: _Row) -> str:
    return f"{row.away}, {row.status}" if row.status else row.away


def _legend(days: Iterable[Dated], unknown: Sequence[Dated], width: int) -> Iterator[str]:
    """What the table leaves open: marks, dates that are not sure, and what to do about those that are not known."""
    said = []
    if any(each.day.sensitive for each in days):
        said.append(f"! sensitive: {SENSITIVE}")
    if any(each.status is DateStatus.COMPUTED for each in days):
        said.append("computed: by a rule that may have exceptions, or entered unchecked; ask the organiser first")
    if unknown:
        said.append(f"Not announced: the organiser names the date every year; {how_to_enter(unknown[0])}")
    if said:
        yield ""
    for line in said:
        yield from _folded(line, width)


def _folded(text: str, width: int) -> Iterator[str]:
    yield from textwrap.wrap(text, width, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)
