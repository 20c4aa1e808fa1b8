"""The year planner: awareness days, posts and all that wants a look, for each month of one year. Pure, and nothing is read."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from scheduler.awareness import AwarenessDay, Calendar, Kind, Occurrence, Unannounced
from scheduler.awareness.rules import FIRST_YEAR
from scheduler.campaigns import Campaign, day_of
from scheduler.errors import CalendarError
from scheduler.preview.year import findings
from scheduler.preview.year.findings import Finding
from scheduler.preview.year.holidays import Holidays
from scheduler.preview.year.outgoing import Outgoing


@dataclass(frozen=True, slots=True)
class Plan:
    """What one campaign has in the year or in one month of it.

    first, last: the days of its posts. posts: how many, by status in the book or "not planned"; at_least: there may be more.
    """

    campaign: str
    title: str
    first: date
    last: date
    posts: Mapping[str, int]
    accounts: tuple[str, ...]
    at_least: bool = False


@dataclass(frozen=True, slots=True)
class ClockChange:
    """The clocks go forward by so many minutes, or back where they are below zero."""

    day: date
    minutes: int


@dataclass(frozen=True, slots=True)
class Month:
    """days: those of which a part falls into the month, in the order of their dates."""

    first: date
    days: tuple[Occurrence, ...]
    plans: tuple[Plan, ...]
    holidays: Mapping[date, str]
    clock_changes: tuple[ClockChange, ...]

    @property
    def every_day(self) -> Iterator[date]:
        day = self.first
        while day.month == self.first.month:
            yield day
            day += timedelta(days=1)


@dataclass(frozen=True, slots=True)
class AccountYear:
    """How many posts of one account go out in each month, January first."""

    name: str
    months: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class YearPlanner:
    """One year on one page.

    nations: whose bank holidays are marked. unannounced: days shown of which nobody knows the date yet. used_by: the ids of
    the campaigns that an awareness day is the day of, by its id. posts_on: how many posts go out on a day.
    """

    year: int
    today: date
    organisation: str
    nations: tuple[str, ...]
    months: tuple[Month, ...]
    plans: tuple[Plan, ...]
    accounts: tuple[AccountYear, ...]
    unannounced: tuple[Unannounced, ...]
    used_by: Mapping[str, tuple[str, ...]]
    posts_on: Mapping[date, int]
    findings: tuple[Finding, ...]
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a year is seen with. accounts: of the config; shown: the ids of days besides campaigns' own."""

    today: date
    zone: ZoneInfo
    organisation: str = ""
    accounts: Sequence[str] = ()
    holidays: Holidays = field(default_factory=Holidays)
    shown: frozenset[str] = frozenset()
    problems: tuple[str, ...] = ()


def planner_of(
    calendar: Calendar, campaigns: Sequence[Campaign], outgoing: Iterable[Outgoing], year: int, around: Surroundings
) -> YearPlanner:
    """Makes the planner of a year from all its campaigns and all that goes out."""
    of_year = sorted((each for each in outgoing if each.day.year == year), key=lambda each: each.at)
    by_month: dict[int, list[Outgoing]] = {number: [] for number in range(1, 13)}
    for post in of_year:
        by_month[post.day.month].append(post)
    about = _days_of_campaigns(campaigns, calendar)
    shown = _shown(calendar, about.values(), around.shown)
    years = range(max(year - 1, FIRST_YEAR), year + 1)  # what began late last year may last into this one
    dated = [each for of in years for day in shown if (each := calendar.dated(day, of)) is not None]
    days = sorted(
        (each for each in dated if isinstance(each, Occurrence)), key=lambda each: (each.start, each.day.name)
    )
    changes = clock_changes(year, around.zone)
    going_out = [each for each in of_year if each.goes_out]
    return YearPlanner(
        year,
        around.today,
        around.organisation,
        around.holidays.nations,
        tuple(
            _month(date(year, number, 1), days, posts, around.holidays.names, changes)
            for number, posts in by_month.items()
        ),
        tuple(_plans(of_year)),
        tuple(_accounts(going_out, around.accounts)),
        tuple(each for each in dated if isinstance(each, Unannounced) and each.year == year),
        _used_by(about),
        Counter(each.day for each in going_out),
        (
            *findings.clashes(going_out, around.today),
            *findings.close_posts(going_out, around.today),
            *findings.on_sensitive_days(
                going_out, [each for each in days if each.end.year >= year], about, around.today
            ),
            *findings.without_a_sure_date(campaigns, calendar, year, around.today),
            *findings.gaps(going_out, around.accounts, year, around.today),
            *findings.empty_months(going_out, year, around.today),
        ),
        around.problems,
    )


def clock_changes(year: int, zone: ZoneInfo) -> tuple[ClockChange, ...]:
    """Returns the days of a year on which the clocks of a zone go forward or back."""
    days = [date(year, 1, 1) + timedelta(days=number) for number in range(-1, 366)]
    offsets = [datetime.combine(day, time(12), zone).utcoffset() or timedelta() for day in days]
    return tuple(
        ClockChange(day, round((after - before).total_seconds() / 60))
        for before, after, day in zip(offsets, offsets[1:], days[1:], strict=False)
        if before != after and day.year == year
    )


def _days_of_campaigns(campaigns: Iterable[Campaign], calendar: Calendar) -> dict[str, AwarenessDay]:
    """The awareness day of each campaign by the campaign's id; one with a day that nobody knows has none."""
    found = {}
    for campaign in campaigns:
        try:
            found[campaign.id] = day_of(campaign, calendar)
        except CalendarError:
            continue
    return found


def _shown(calendar: Calendar, used: Iterable[AwarenessDay], others: frozenset[str]) -> list[AwarenessDay]:
    """A campaign may know more of a day than the calendar."""
    chosen = {day.id: day for day in calendar.days if day.id in others}
    return list((chosen | {day.id: day for day in used}).values())


def _used_by(about: Mapping[str, AwarenessDay]) -> dict[str, tuple[str, ...]]:
    used: dict[str, tuple[str, ...]] = {}
    for campaign, day in about.items():
        used[day.id] = (*used.get(day.id, ()), campaign)
    return used


def _month(
    first: date,
    days: Iterable[Occurrence],
    posts: Iterable[Outgoing],
    holidays: Mapping[date, str],
    changes: Iterable[ClockChange],
) -> Month:
    after = (first + timedelta(days=31)).replace(day=1)
    return Month(
        first,
        tuple(each for each in days if each.start < after and each.end >= first),
        tuple(_plans(posts)),
        {day: name for day, name in sorted(holidays.items()) if first <= day < after},
        tuple(change for change in changes if first <= change.day < after),
    )


def _plans(outgoing: Iterable[Outgoing]) -> Iterator[Plan]:
    """Yields a plan for each campaign; outgoing: in the order of time."""
    by_campaign: dict[str, list[Outgoing]] = {}
    for each in outgoing:
        by_campaign.setdefault(each.campaign, []).append(each)
    for campaign, posts in by_campaign.items():
        days = [each.day for each in posts]
        yield Plan(
            campaign,
            posts[-1].title,
            min(days),
            max(days),
            Counter(each.state for each in posts),
            tuple(sorted({each.account for each in posts})),
            any(each.at_least for each in posts),
        )


def _accounts(going_out: Iterable[Outgoing], accounts: Sequence[str]) -> Iterator[AccountYear]:
    """Those of the config first, then those that are only in the book."""
    counts = {name: [0] * 12 for name in accounts}
    for each in going_out:
        counts.setdefault(each.account, [0] * 12)[each.day.month - 1] += 1
    for name, months in counts.items():
        yield AccountYear(name, tuple(months))


def marks_of(month: Month, day: date) -> list[Occurrence]:
    """Returns the awareness days and weeks that a day of the month belongs to; a whole month marks none of its days."""
    return [
        each for each in month.days if each.start <= day <= each.end and each.kind in (Kind.DAY, Kind.WEEK, Kind.PERIOD)
    ]
