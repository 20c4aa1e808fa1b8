"""Shows all that is known of one awareness day: as JSON for programs, as lines for people."""

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from scheduler.awareness.calendar import Calendar
from scheduler.awareness.choosing import Dated, last_known
from scheduler.awareness.day import AwarenessDay, Occurrence, Terms, Unannounced
from scheduler.awareness.listing import SENSITIVE, date_json, dates_words, day_json, how_to_enter
from scheduler.awareness.rules import LAST_YEAR

_YEARS = 5
_LABEL = 12  # columns
_LANGUAGES = {"cy": "Welsh", "gd": "Gaelic", "ga": "Irish", "kw": "Cornish", "sco": "Scots"}


def show_json(calendar: Calendar, day: AwarenessDay, today: date, own: Sequence[str] = ()) -> dict[str, Any]:
    """Returns all that is known of a day as docs/json.md describes it; own: the keys that an own file of days gives."""
    years = _years(calendar, day, today)
    return day_json(calendar, day, years[0]) | {
        "first_year": day.first_year,
        "last_year": day.last_year,
        "changed": [
            {
                "from": year,
                "rule": calendar.rule_in_words(day, year),
                "days": terms.days,
                "hashtags": list(day.hashtags_in(year)),
            }
            for year, terms in day.changed.items()
        ],
        "own_keys": list(own),
        "years": [_year_json(day, year, calendar.dated(day, year)) for year in years],
    }


def show_lines(
    calendar: Calendar, day: AwarenessDay, today: date, width: int = 80, own: Sequence[str] = ()
) -> Iterator[str]:
    """Yields all that is known of a day: names, rule, who holds it, source, and the dates of five years."""
    yield from textwrap.wrap(day.name, width)
    yield day.id
    if day.sensitive:
        yield from textwrap.wrap(f"! sensitive: {SENSITIVE}", width, subsequent_indent="  ")
    yield ""
    for label, values in _facts(calendar, day, own):
        yield from _labelled(label, values, width)
    yield ""
    yield from _table(calendar, day, _years(calendar, day, today), width)


def _years(calendar: Calendar, day: AwarenessDay, today: date) -> range:
    """The five years whose dates are not over yet."""
    this_year = calendar.dated(day, today.year)
    is_over = isinstance(this_year, Occurrence) and this_year.end < today
    first = min(today.year + is_over, LAST_YEAR)
    return range(first, min(first + _YEARS, LAST_YEAR + 1))


def _facts(calendar: Calendar, day: AwarenessDay, own: Sequence[str]) -> Iterator[tuple[str, Iterable[str | None]]]:
    yield "also", [", ".join(day.aliases)]
    yield "formerly", [", ".join(day.former_names)]
    for language, name in day.names.items():
        yield _LANGUAGES.get(language, language), [name]
    yield "date", _rules(calendar, day)
    yield "held in", [", ".join(day.nations)]
    yield "held by", [day.organiser]
    yield "address", [day.url]
    yield "topics", [", ".join(day.topics)]
    checked = f"; checked {day.checked}" if day.checked else ""
    yield "source", [f"{day.source}{checked}" if day.source else "none: unchecked"]
    yield "note", [day.note]
    if own:
        yield "days.toml", [f"your own gives {', '.join(own)}"]


def _rules(calendar: Calendar, day: AwarenessDay) -> Iterator[str]:
    """The rule in words; of a rule that changed each one, with the years in which it holds."""
    changes = {year: _rule(calendar, day, year, terms) for year, terms in day.changed.items()}
    first = day.first_year or next(iter(changes), LAST_YEAR) - 1
    rules = {day.first_year: _rule(calendar, day, first, day.terms)}
    for year, rule in changes.items():
        if rule != list(rules.values())[-1]:
            rules[year] = rule
    for since, until in zip(rules, [*list(rules)[1:], None], strict=True):
        last = until - 1 if until else day.last_year
        yield f"{rules[since]}{_in_which_years(since, last)}"


def _in_which_years(since: int | None, last: int | None) -> str:
    if since and last:
        return f", {since} to {last}" if since != last else f", in {since}"
    if since:
        return f", since {since}"
    return f", until {last}" if last else ""


def _rule(calendar: Calendar, day: AwarenessDay, year: int, terms: Terms) -> str:
    words = calendar.rule_in_words(day, year)
    days = terms.days or 1
    length = f", for {days} days" if days > 1 else ""
    is_doubtful = terms.rule is not None and terms.rule.moves and not terms.certain
    return f"{words}{length}{' (a rule that may have exceptions)' if is_doubtful else ''}"


def _labelled(label: str, values: Iterable[str | None], width: int) -> Iterator[str]:
    for value in filter(None, values):
        room = max(width - _LABEL, _LABEL)
        for line in textwrap.wrap(value, room, break_long_words=False, break_on_hyphens=False):
            yield f"{label:<{_LABEL}}{line}"
            label = ""


def _table(calendar: Calendar, day: AwarenessDay, years: Sequence[int], width: int) -> Iterator[str]:
    dated = {year: calendar.dated(day, year) for year in years}
    rows = {year: _cells(day, year, each) for year, each in dated.items()}
    wide = max(len(when) for when, _, _ in rows.values())
    for year, (when, status, length) in rows.items():
        row = f"{year}  {when:<{wide}}  {status:<9}  {length:<7}"
        said = _said_in(day, year, dated[year])
        if len(row) + 2 + len(said) <= width:
            yield f"{row}  {said}".rstrip()
            continue
        yield row.rstrip()
        yield from textwrap.wrap(said, width, initial_indent=" " * 6, subsequent_indent=" " * 6)
    unannounced = next((each for each in dated.values() if isinstance(each, Unannounced)), None)
    if unannounced:
        last = last_known(calendar, day, unannounced.year)
        known = f"The last date that is known: {dates_words(last)}. " if last else ""
        yield ""
        yield from textwrap.wrap(
            f"{known}The next: {how_to_enter(unannounced)}", width, break_long_words=False, break_on_hyphens=False
        )


def _said_in(day: AwarenessDay, year: int, each: Dated | None) -> str:
    """The hashtags and the theme of a year."""
    if each is None:
        return ""
    tags = " ".join(f"#{tag}" for tag in day.hashtags_in(year))
    return "  ".join(filter(None, (tags, each.theme and f"“{each.theme}”")))


def _cells(day: AwarenessDay, year: int, each: Dated | None) -> tuple[str, str, str]:
    if isinstance(each, Occurrence):
        return dates_words(each, year), each.status, "1 day" if each.days == 1 else f"{each.days} days"
    if each is not None:
        return "not announced yet", "", ""
    if year in day.dates:
        return "does not take place", "", ""
    return ("not held yet" if day.first_year and year < day.first_year else "held no more"), "", ""


def _year_json(day: AwarenessDay, year: int, each: Dated | None) -> dict[str, Any]:
    if each is None:
        return {"year": year, "start": None, "end": None, "status": None, "kind": None, "theme": None, "hashtags": []}
    return date_json(each) | {"hashtags": list(day.hashtags_in(year))}
