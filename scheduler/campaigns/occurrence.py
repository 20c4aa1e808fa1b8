"""Which occurrence of its awareness day a campaign is about."""

from collections.abc import Sequence
from datetime import date, timedelta

from scheduler.awareness.calendar import Calendar
from scheduler.awareness.day import AwarenessDay, EnteredDate, Occurrence, Terms, Unannounced
from scheduler.awareness.rule_words import parse_rule
from scheduler.awareness.rules import FIRST_YEAR, LAST_YEAR
from scheduler.campaigns.campaign import Campaign, InlineDay
from scheduler.errors import CalendarError, CampaignError


def day_of(campaign: Campaign, calendar: Calendar) -> AwarenessDay:
    """Returns the campaign's awareness day: from the calendar, or its own; CalendarError for an unknown one."""
    if isinstance(campaign.day, str):
        return calendar.find(campaign.day)
    return _own_day(campaign.id, campaign.day)


def occurrence_in(campaign: Campaign, calendar: Calendar, year: int) -> Occurrence:
    """Returns the occurrence in one year.

    Raises CampaignError when the campaign is not made for that year, CalendarError when the day has no known date.
    """
    if campaign.years and year not in campaign.years:
        years = ", ".join(str(each) for each in sorted(campaign.years))
        message = f"is made for {years}, not for {year}; add the year once its texts and articles are renewed"
        raise CampaignError([campaign.problem(message, "years")])
    return calendar.occurrence(day_of(campaign, calendar), year)


def next_occurrence(campaign: Campaign, calendar: Calendar, today: date) -> Occurrence:
    """Returns the first occurrence that still has a slot or a day to come on `today`.

    Raises CampaignError when all years of the campaign are over, CalendarError when no date to come is known.
    """
    if campaign.years:
        return _next_of_its_years(campaign, calendar, today)
    day = day_of(campaign, calendar)
    occurrence = calendar.next_occurrence(day, today - timedelta(days=_days_after(campaign)))
    if _last_day(campaign, occurrence) < today:
        return calendar.next_occurrence(day, today)
    return occurrence


def years_between(campaign: Campaign, calendar: Calendar, first: date, last: date) -> list[int]:
    """Returns the years whose occurrence has a slot on one of the days from `first` to `last`.

    So is a year whose date nobody knows yet, when it is one of these days' years; whether the campaign is made for a
    year is not asked. Raises CalendarError for an unknown day.
    """
    day, slots = day_of(campaign, calendar), [timedelta(days=slot.when.days) for slot in campaign.slots]
    years = range(max((first - max(slots)).year, FIRST_YEAR), min((last - min(slots)).year, LAST_YEAR) + 1)
    return [year for year in years if _falls_between(calendar.dated(day, year), slots, first, last)]


def _falls_between(dated: Occurrence | Unannounced | None, slots: Sequence[timedelta], first: date, last: date) -> bool:
    if isinstance(dated, Unannounced):
        return first.year <= dated.year <= last.year
    return dated is not None and any(first <= dated.start + slot <= last for slot in slots)


def _next_of_its_years(campaign: Campaign, calendar: Calendar, today: date) -> Occurrence:
    day = day_of(campaign, calendar)
    for year in sorted(campaign.years):
        try:
            occurrence = calendar.occurrence(day, year)
        except CalendarError:
            if year < today.year:
                continue  # a date that was never known does not matter any more
            raise
        if _last_day(campaign, occurrence) >= today:
            return occurrence
    years = ", ".join(str(each) for each in sorted(campaign.years))
    message = f"all its years are over: {years}; add the next once its texts and articles are renewed"
    raise CampaignError([campaign.problem(message, "years")])


def _days_after(campaign: Campaign) -> int:
    return max(0, *(slot.when.days for slot in campaign.slots))


def _last_day(campaign: Campaign, occurrence: Occurrence) -> date:
    return max(occurrence.end, occurrence.start + timedelta(days=_days_after(campaign)))


def _own_day(identifier: str, day: InlineDay) -> AwarenessDay:
    if not day.date[:4].isdigit():
        return AwarenessDay(identifier, day.name, terms=Terms(parse_rule(day.date)))
    only = date.fromisoformat(day.date)
    dates = {only.year: EnteredDate(only, only)}
    return AwarenessDay(identifier, day.name, dates=dates, first_year=only.year, last_year=only.year)
