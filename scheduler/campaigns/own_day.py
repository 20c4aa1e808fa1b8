"""A day as a campaign describes it: one of its own, or one of the calendar with what the campaign knows better."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Annotated, Any

from pydantic import Field

from scheduler.awareness.calendar import Calendar, first_days
from scheduler.awareness.day import AwarenessDay, EnteredDate, Terms
from scheduler.awareness.rules import FIRST_YEAR, LAST_YEAR, leaves_its_year
from scheduler.awareness.written import (
    TABLES,
    DescribedDay,
    Identifier,
    Keys,
    WrittenTerms,
    make_day,
)
from scheduler.campaigns.forms import DateInWords
from scheduler.errors import CalendarError
from scheduler.tomlfile import did_you_mean


class InlineDay(DescribedDay):
    """A day described inside the campaign: with an id of the calendar that day, else one of its own.

    It may say all that a [[day]] of days.toml says, and `date` instead of a rule or dates.
    """

    id: Annotated[
        Identifier | None, Field(description="The day of the calendar that this says more of, as the date of a year.")
    ] = None
    date: Annotated[
        DateInWords | None,
        Field(description='Its date: every year as in "18 march", or in one year as in "2027-03-18".'),
    ] = None

    @property
    def written(self) -> dict[str, Any]:
        """The keys that are written, with their values; `date` as what it stands for."""
        keys = {key: getattr(self, key) for key in type(self).model_fields if key in self.model_fields_set}
        words: str | None = keys.pop("date", None)
        if words is None:
            return keys
        if not words[:4].isdigit():
            return keys | {"rule": words}
        first = date.fromisoformat(words)
        last = first + timedelta(days=(self.days or 1) - 1)
        only = {} if self.id else {"first_year": first.year, "last_year": first.year}
        return only | keys | {"dates": {str(first.year): EnteredDate(first, last)}}

    def disagreements(self) -> Iterator[tuple[Keys, str]]:
        """Yields what does not go together, each with its keys."""
        yield from super().disagreements()
        if self.id is None and self.name is None:
            yield (), 'needs a name, as in { name = "Open Day", date = "18 march" }, or the id of a day that is known'
        elif self.id is None and not (self.date or self.rule or self.dates or self.changed):
            yield (), 'needs a date ("18 march", "2027-03-18"), a rule ("2nd saturday of may") or dates by year'
        if self.date and self.date[:4].isdigit() and not FIRST_YEAR <= int(self.date[:4]) <= LAST_YEAR:
            yield ("date",), f'expected a year from {FIRST_YEAR} to {LAST_YEAR}, found "{self.date}"'
        for other in ("rule", "dates"):
            if self.date is not None and other in self.model_fields_set:
                yield (other,), f"stands beside `date`; expected one of them: {other} or date"
        if self.first_year and self.last_year and self.last_year < self.first_year:
            yield ("last_year",), f"is before first_year, {self.first_year}"


def described(day: InlineDay, campaign: str, calendar: Calendar) -> AwarenessDay:
    """Returns the day that a campaign (by its id) describes; CalendarError for an id that nobody knows.

    Whether the days exist that its rule counts from is not asked here.
    """
    known = next((each for each in calendar.days if each.id == day.id), None)
    if known is not None:
        return _amended(known, day)
    if day.name is None:
        guess = did_you_mean(day.id or "", [each.id for each in calendar.days]) or "; see them all with: redletter days"
        raise CalendarError(f'unknown awareness day "{day.id}"{guess}; a day of your own needs a name')
    return make_day({"id": campaign} | day.written)


def wrong_references(day: AwarenessDay, calendar: Calendar) -> Iterator[tuple[Keys, str]]:
    """Yields what is wrong with what rules count from, each with its keys in the day: nobody knows it, or it is too far."""
    known = {each.id: each for each in calendar.days}
    for year, rule in day.every_rule():
        keys = ("rule",) if year is None else ("changed", str(year), "rule")
        if rule.other is not None and rule.other not in known:
            yield keys, f'no awareness day has the id "{rule.other}"{did_you_mean(rule.other, known)}'
        elif leaves_its_year(first_days(rule, known)):
            yield keys, "may fall into another year; expected a rule whose first day is always in one year"


def _amended(known: AwarenessDay, day: InlineDay) -> AwarenessDay:
    """What the campaign says of a day holds in every year; its dates, themes and names are added."""
    keys = day.written
    said = make_day({"id": known.id, "name": known.name} | keys)
    plain: dict[str, Any] = {
        key: getattr(said, key) for key in keys if key not in (*TABLES, *WrittenTerms.model_fields)
    }
    added = {"dates", "themes", "names"} & keys.keys()
    tables: dict[str, Any] = {key: {**getattr(known, key), **getattr(said, key)} for key in added}
    changed = {year: _terms_with(terms, keys) for year, terms in known.changed.items()}
    amended = replace(known, **plain, **tables, terms=_terms_with(known.terms, keys), changed=changed)
    for year, terms in sorted(day.changed.items()):
        changed[int(year)] = _terms_with(amended.terms_in(int(year)), terms.written_terms)
        amended = replace(amended, changed=dict(sorted(changed.items())))
    return amended


def _terms_with(terms: Terms, keys: Mapping[str, Any]) -> Terms:
    said = make_day({"id": "", "name": "", **keys, "changed": {}}).terms
    return replace(terms, **{key: getattr(said, key) for key in WrittenTerms.model_fields if key in keys})
