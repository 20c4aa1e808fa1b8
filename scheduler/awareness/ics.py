"""Writes awareness days into a calendar file: each an event of whole days, with an identity that never changes."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from scheduler.awareness.calendar import Calendar
from scheduler.awareness.calendar_file import Event, EventStatus, calendar_file
from scheduler.awareness.day import AwarenessDay, DateStatus, Occurrence, Unannounced
from scheduler.awareness.reading import SHIPPED

_NAME = "Awareness days"
_CATEGORY = "Awareness day"
_LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
_HIGHEST = 2**31 - 1  # what programs keep a SEQUENCE in
_NOT_CERTAIN = "The date is not certain: {why}. Ask the organiser."


def days_file(calendar: Calendar, listed: Iterable[Occurrence | Unannounced], changed_at: datetime) -> bytes:
    """Returns a calendar file of days: those that are not announced are left out, those that are not held are cancelled.

    changed_at: aware, when the days were last changed.
    """
    events = [_event(calendar, each, changed_at) for each in listed if isinstance(each, Occurrence)]
    return calendar_file(_NAME, sorted(events, key=lambda event: (event.start, event.uid)))


def not_held(calendar: Calendar, years: Iterable[int]) -> list[Occurrence]:
    """Returns the days that do not take place in these years, each where it would have been.

    Where even that is not known it stands on the first of January: it is there to take an earlier date out of a calendar.
    """
    return [_would_have_been(calendar, day, year) for year in years for day in calendar.days if not is_held(day, year)]


def changed_at(own: Path | None = None) -> datetime:
    """Returns when the calendar that ships or a workspace's own file of days was last written: aware, whole seconds."""
    files = [SHIPPED, *([own] if own is not None and own.exists() else [])]
    return datetime.fromtimestamp(int(max(file.stat().st_mtime for file in files)), UTC)


def _event(calendar: Calendar, occurrence: Occurrence, changed_at: datetime) -> Event:
    """The identity is the id and the year: a date that moves replaces the event."""
    day, year = occurrence.day, occurrence.year
    return Event(
        uid=f"{day.id}-{year}@redletter",
        sequence=min(max(int((changed_at - _LONG_AGO).total_seconds()), 0), _HIGHEST),
        changed_at=changed_at,
        start=occurrence.start,
        end=occurrence.end,
        summary=day.name,
        description="\n".join(_about(calendar, occurrence)),
        status=_status(occurrence),
        categories=(_CATEGORY, *day.topics),
        url=day.url,
    )


def _status(occurrence: Occurrence) -> EventStatus:
    if not is_held(occurrence.day, occurrence.year):
        return EventStatus.CANCELLED
    return EventStatus.TENTATIVE if occurrence.status is DateStatus.COMPUTED else EventStatus.CONFIRMED


def is_held(day: AwarenessDay, year: int) -> bool:
    """Tells whether a day takes place in a year, as far as is known."""
    return year not in day.dates or day.dates[year] is not None


def _would_have_been(calendar: Calendar, day: AwarenessDay, year: int) -> Occurrence:
    dates = {entered: when for entered, when in day.dates.items() if entered != year}
    found = calendar.dated(replace(day, dates=dates), year)
    if isinstance(found, Occurrence):
        return replace(found, day=day)
    new_year = date(year, 1, 1)
    return Occurrence(day, year, new_year, new_year, DateStatus.COMPUTED)


def _about(calendar: Calendar, occurrence: Occurrence) -> Iterator[str]:
    day = occurrence.day
    if not is_held(day, occurrence.year):
        yield f"It does not take place in {occurrence.year}."
        return
    yield _how_sure(calendar, occurrence)
    if occurrence.theme:
        yield f"Theme: {occurrence.theme}"
    yield from _listed("Also called", day.aliases)
    yield from _listed("Formerly", day.former_names)
    yield from _listed("In other languages", tuple(day.names.values()))
    yield from _listed("Where", day.nations)
    if day.organiser:
        yield f"Organiser: {day.organiser}"
    if day.url:
        yield day.url
    yield from _listed("Hashtags", [f"#{hashtag}" for hashtag in occurrence.hashtags])
    if day.sensitive:
        yield "Sensitive: about death, abuse or violence."
    if day.note:
        yield f"Note: {day.note}"
    if day.source:
        yield f"Source: {day.source}{f', read in {day.checked}' if day.checked else ''}"


def _how_sure(calendar: Calendar, occurrence: Occurrence) -> str:
    rule = calendar.rule_in_words(occurrence.day, occurrence.year)
    if occurrence.status is DateStatus.FIXED:
        return f"Every year: {rule}."
    if occurrence.status is DateStatus.CONFIRMED:
        return f"The date is confirmed for {occurrence.year}."
    if occurrence.year in occurrence.day.dates:
        return _NOT_CERTAIN.format(why="no source of it was read")
    return _NOT_CERTAIN.format(why=f"it is computed by a rule that has exceptions ({rule})")


def _listed(label: str, values: Sequence[str]) -> Iterator[str]:
    if values:
        yield f"{label}: {', '.join(values)}"
