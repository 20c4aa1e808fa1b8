"""Which occurrence of its awareness day a campaign is about."""

from datetime import date, timedelta

from scheduler.awareness.calendar import Calendar
from scheduler.awareness.choosing import may_come
from scheduler.awareness.day import AwarenessDay, DateStatus, Occurrence, Unannounced
from scheduler.awareness.rules import FIRST_YEAR, LAST_YEAR
from scheduler.campaigns.campaign import Campaign
from scheduler.campaigns.own_day import described, wrong_references
from scheduler.campaigns.timetable import MOST_MOVED, days_of, offset_of
from scheduler.errors import CalendarError, CampaignError

DOUBTFUL = "the date of"  # how the sentence begins that tells it
_AHEAD = timedelta(days=3660)  # how far the next occurrence is looked for


def day_of(campaign: Campaign, calendar: Calendar) -> AwarenessDay:
    """Returns the campaign's awareness day: from the calendar, or its own; CalendarError for one that nobody knows."""
    if isinstance(campaign.day, str):
        return calendar.find(campaign.day)
    day = described(campaign.day, campaign.id, calendar)
    for _, message in wrong_references(day, calendar):
        raise CalendarError(message)
    return day


def occurrence_in(campaign: Campaign, calendar: Calendar, year: int) -> Occurrence:
    """Returns the occurrence in one year.

    Raises CampaignError when the campaign is not made for that year, CalendarError when the day has no known date.
    """
    if campaign.years and year not in campaign.years:
        years = ", ".join(str(each) for each in sorted(campaign.years))
        message = f"is made for {years}, not for {year}; add the year once its texts and articles are renewed"
        raise CampaignError([campaign.problem(message, "years")])
    return _dated(campaign, calendar, day_of(campaign, calendar), year)


def next_occurrence(campaign: Campaign, calendar: Calendar, today: date) -> Occurrence:
    """Returns the first occurrence that still has a slot or a day to come on `today`.

    Raises CampaignError when all years of the campaign are over, CalendarError when no date to come is known.
    """
    if campaign.years:
        return _next_of_its_years(campaign, calendar, today)
    day, unannounced = day_of(campaign, calendar), 0
    for year in _years_about(today - timedelta(days=_days_after(campaign)), today + _AHEAD):
        dated = calendar.dated(day, year)
        if isinstance(dated, Occurrence) and _last_day(campaign, dated) >= today:
            return dated
        if isinstance(dated, Unannounced) and may_come(calendar, dated, today):
            unannounced = unannounced or year
    if unannounced:
        raise CalendarError(_not_announced(campaign, day, unannounced))
    return calendar.next_occurrence(day, today)


def _dated(campaign: Campaign, calendar: Calendar, day: AwarenessDay, year: int) -> Occurrence:
    if isinstance(calendar.dated(day, year), Unannounced):
        raise CalendarError(_not_announced(campaign, day, year))
    return calendar.occurrence(day, year)


def _not_announced(campaign: Campaign, day: AwarenessDay, year: int) -> str:
    """Says what to do: a day of the campaign's own is dated in the campaign alone."""
    here = f'dates.{year} = "{year}-MM-DD"'
    said = f'the date of "{day.name}" in {year} is announced by its organiser and not known here yet; once it is, write'
    if day.id == campaign.id and not isinstance(campaign.day, str):
        return f"{said} it into the campaign: {here} in the table of its `day`"
    return (
        f'{said} it into the campaign: day = {{ id = "{day.id}", {here} }}, '
        f'or for all campaigns into days.toml: [[day]] id = "{day.id}" and {here}'
    )


def doubt_about(calendar: Calendar, occurrence: Occurrence) -> str | None:
    """Says why a date may be another, and whom to ask; None where it is sure."""
    if occurrence.status is not DateStatus.COMPUTED:
        return None
    day, year = occurrence.day, occurrence.year
    known = f"computed ({calendar.rule_in_words(day, year)})"
    if day.dates.get(year) is not None:
        known = "entered without a source"
    ask = f"ask {day.organiser or 'its organiser'}{f' ({day.url})' if day.url else ''}"
    return f"{DOUBTFUL} {day.name} {year} is {known} and may be another: {ask} before anything goes out"


def years_between(campaign: Campaign, calendar: Calendar, first: date, last: date) -> list[int]:
    """Returns the years whose occurrence has a slot on one of the days from `first` to `last`.

    So is a year whose date nobody knows yet, when it is one of these days' years; whether the campaign is made for a
    year is not asked. Raises CalendarError for an unknown day.
    """
    day = day_of(campaign, calendar)
    before, after = _days_before(campaign), _days_after(campaign)
    years = _years_about(first - timedelta(days=after), last + timedelta(days=before))
    return [year for year in years if _falls_between(campaign, calendar.dated(day, year), first, last)]


def _falls_between(campaign: Campaign, dated: Occurrence | Unannounced | None, first: date, last: date) -> bool:
    if isinstance(dated, Unannounced):
        return first.year <= dated.year <= last.year
    return dated is not None and any(first <= on <= last for on in _dates(campaign, dated))


def _next_of_its_years(campaign: Campaign, calendar: Calendar, today: date) -> Occurrence:
    day = day_of(campaign, calendar)
    for year in sorted(campaign.years):
        dated = calendar.dated(day, year)
        # One whose days are over does not matter any more.
        if isinstance(dated, Unannounced) and may_come(calendar, dated, today):
            raise CalendarError(_not_announced(campaign, day, year))
        if isinstance(dated, Occurrence) and _last_day(campaign, dated) >= today:
            return dated
    if max(campaign.years) >= today.year and calendar.dated(day, max(campaign.years)) is None:
        return calendar.occurrence(day, max(campaign.years))  # which says why there is none
    years = ", ".join(str(each) for each in sorted(campaign.years))
    message = f"all its years are over: {years}; add the next once its texts and articles are renewed"
    raise CampaignError([campaign.problem(message, "years")])


def _years_about(first: date, last: date) -> range:
    """The years of occurrences with a day between two: one that began late in the year before may last into this one."""
    return range(max(first.year - 1, FIRST_YEAR), min(last.year, LAST_YEAR) + 1)


def _days_after(campaign: Campaign) -> int:
    return max(0, *(offset_of(slot) for slot in campaign.slots)) + MOST_MOVED


def _days_before(campaign: Campaign) -> int:
    return max(0, *(-offset_of(slot) for slot in campaign.slots)) + MOST_MOVED


def _last_day(campaign: Campaign, occurrence: Occurrence) -> date:
    return max([occurrence.end, *_dates(campaign, occurrence)])


def _dates(campaign: Campaign, occurrence: Occurrence) -> list[date]:
    return [each.on for slot in campaign.slots for each in days_of(campaign, slot, occurrence).days]
