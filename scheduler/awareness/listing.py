"""Lists the awareness days of a year: as JSON for programs, as lines of a table for people."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from scheduler.awareness.calendar import Calendar
from scheduler.awareness.day import Occurrence, Unannounced

_DATES_WIDTH = len("25 Nov - 10 Dec")
_STATUS_WIDTH = len("confirmed")


def days_json(calendar: Calendar, year: int) -> list[dict[str, Any]]:
    """Returns a JSON object for each day of a year, in the order of their dates.

    Keys: id, name, aliases, start, end (ISO dates, null when not announced), status, nations, hashtags.
    """
    return [_as_json(each) for each in calendar.in_year(year)]


def days_lines(calendar: Calendar, year: int, width: int = 80) -> Iterator[str]:
    """Yields the lines of a table that fits a terminal of so many columns: dates, name, status, and the id if it fits.

    Names are cut where there is no room; a day is found by its name as well as by its id.
    """
    listed = calendar.in_year(year)
    longest_name = max((len(each.day.name) for each in listed), default=4)
    longest_id = max((len(each.day.id) for each in listed), default=4)
    name_width = max(min(longest_name, width - _DATES_WIDTH - _STATUS_WIDTH - 4), 10)
    with_id = _DATES_WIDTH + name_width + _STATUS_WIDTH + longest_id + 6 <= width
    yield _row(str(year), "day", "status", "id" if with_id else "", name_width)
    for each in listed:
        name = _cut(each.day.name, name_width)
        yield _row(_dates(each), name, each.status, each.day.id if with_id else "", name_width)


def _row(dates: str, name: str, status: str, identifier: str, name_width: int) -> str:
    return f"{dates:<{_DATES_WIDTH}}  {name:<{name_width}}  {status:<{_STATUS_WIDTH}}  {identifier}".rstrip()


def _as_json(each: Occurrence | Unannounced) -> dict[str, Any]:
    start, end = (each.start, each.end) if isinstance(each, Occurrence) else (None, None)
    return {
        "id": each.day.id,
        "name": each.day.name,
        "aliases": list(each.day.aliases),
        "start": start.isoformat() if start else None,
        "end": end.isoformat() if end else None,
        "status": each.status.value,
        "nations": list(each.day.nations),
        "hashtags": list(each.day.hashtags_in(each.year)),
    }


def _dates(each: Occurrence | Unannounced) -> str:
    if isinstance(each, Unannounced):
        return "not announced"
    if each.start == each.end:
        return f"{each.start:%a} {_short(each.start)}"
    return f"{_short(each.start)} - {_short(each.end)}"


def _short(day: date) -> str:
    return f"{day.day:>2} {day:%b}"


def _cut(name: str, width: int) -> str:
    return name if len(name) <= width else f"{name[: width - 1]}…"
