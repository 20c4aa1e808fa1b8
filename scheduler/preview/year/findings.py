"""What a year wants somebody to look at: clashes, gaps, dates that are not known or not sure, campaigns without a date."""

from calendar import month_name, monthrange
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import groupby

from scheduler.awareness import AwarenessDay, Calendar, DateStatus, Kind, Occurrence, Unannounced
from scheduler.awareness.choosing import last_known
from scheduler.campaigns import Campaign, day_of, occurrence_in
from scheduler.errors import CalendarError, CampaignError
from scheduler.posts.wording import count
from scheduler.preview.year.outgoing import Outgoing

CLASH = timedelta(hours=1)  # two campaigns on one account are to be further apart
CLOSE = timedelta(minutes=10)  # and two slots of one campaign
GAP_WEEKS = 4  # so many weeks without a post are worth a word


class Topic(StrEnum):
    """What a finding is about, in the order in which people look at them."""

    CLASHES = "clashes"
    CLOSE = "close"
    SENSITIVE = "sensitive"
    NOT_ANNOUNCED = "not_announced"
    TO_CONFIRM = "to_confirm"
    NOT_DATED = "not_dated"
    OTHER_YEARS = "other_years"
    GAPS = "gaps"
    EMPTY_MONTHS = "empty_months"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at. said: a sentence; answer: what to do about it, "" where its topic says so for all of its kind.

    first, last: the days that it is about; over: nothing can be done about it any more. campaigns: their ids.
    """

    topic: Topic
    said: str
    answer: str = ""
    first: date | None = None
    last: date | None = None
    campaigns: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    day: str | None = None
    over: bool = False


def clashes(outgoing: Iterable[Outgoing], today: date) -> Iterator[Finding]:
    """Yields where posts of several campaigns are less than an hour apart on one account."""
    on_one_account = _grouped(outgoing, lambda each: each.account)
    runs = (run for _, posts in on_one_account for run in _runs(posts, lambda each: each.campaign, CLASH))
    for accounts, run in _merged(runs):
        yield _of_run(Topic.CLASHES, and_words(_titles(run)), run, accounts, today)


def close_posts(outgoing: Iterable[Outgoing], today: date) -> Iterator[Finding]:
    """Yields where posts of several slots of one campaign are less than ten minutes apart on one account."""
    of_one_campaign = _grouped(outgoing, lambda each: (each.account, each.campaign))
    runs = (
        run for _, posts in of_one_campaign for run in _runs(posts, lambda each: (each.occurrence, each.slot), CLOSE)
    )
    for accounts, run in _merged(runs):
        slots = and_words(dict.fromkeys(each.slot for each in run))
        yield _of_run(Topic.CLOSE, f"{run[0].title}, {slots}", run, accounts, today)


def on_sensitive_days(
    outgoing: Iterable[Outgoing], days: Iterable[Occurrence], about: Mapping[str, AwarenessDay], today: date
) -> Iterator[Finding]:
    """Yields where a campaign posts on a sensitive day that it is not about, unless its own day is sensitive as well.

    about: the awareness day of each campaign, by the campaign's id.
    """
    by_day: dict[date, list[Outgoing]] = {}
    for each in outgoing:
        own = about.get(each.campaign)
        if not (own and own.sensitive):
            by_day.setdefault(each.day, []).append(each)
    for occurrence in days:
        if not occurrence.day.sensitive or occurrence.kind not in (Kind.DAY, Kind.WEEK):
            continue
        met = [each for day in _days_of(occurrence) for each in by_day.get(day, ())]
        for _, posts in _grouped(met, lambda each: each.campaign):
            accounts = tuple(sorted({each.account for each in posts}))
            said = f"{dates_words(occurrence)} is {occurrence.day.name}: {posts[0].title} on {', '.join(accounts)}"
            yield Finding(
                Topic.SENSITIVE,
                said,
                "",
                occurrence.start,
                occurrence.end,
                (posts[0].campaign,),
                accounts,
                occurrence.day.id,
                occurrence.end < today,
            )


def without_a_sure_date(campaigns: Iterable[Campaign], calendar: Calendar, year: int, today: date) -> Iterator[Finding]:
    """Yields the days whose dates campaigns wait for, those that want to be confirmed, and campaigns that have no date."""
    awaited: dict[Hashable, tuple[Unannounced | Occurrence, list[Campaign]]] = {}
    for campaign in campaigns:
        if campaign.years and year not in campaign.years:
            yield from _of_other_years(campaign, year)
            continue
        try:
            dated = calendar.dated(day := day_of(campaign, calendar), year)
            if dated is None:
                occurrence_in(campaign, calendar, year)
        except (CalendarError, CampaignError) as error:
            said = f"{campaign.title}: {error.problems[0].message}"
            yield Finding(Topic.NOT_DATED, said, campaigns=(campaign.id,))
            continue
        if dated is not None and dated.status in (DateStatus.ANNOUNCED, DateStatus.COMPUTED):
            # A campaign may know the date of a day of the calendar better than another one.
            when = dated.start if isinstance(dated, Occurrence) else None
            awaited.setdefault((day.id, when), (dated, []))[1].append(campaign)
    found = [_of_date(dated, waiting, calendar, today) for dated, waiting in awaited.values()]
    yield from sorted(found, key=lambda each: (each.first or today, each.said))


def gaps(outgoing: Iterable[Outgoing], accounts: Sequence[str], year: int, today: date) -> Iterator[Finding]:
    """Yields the stretches of whole weeks, Monday to Sunday, in which an account has no post."""
    busy = {(each.account, _monday(each.day)) for each in outgoing}
    found: dict[tuple[date, int], list[str]] = {}
    for account in accounts:
        weeks = {monday: (account, monday) in busy for monday in _mondays(year)}
        for is_busy, mondays in groupby(weeks, key=weeks.__getitem__):
            empty = list(mondays)
            if not is_busy and len(empty) >= GAP_WEEKS:
                found.setdefault((empty[0], len(empty)), []).append(account)
    for (monday, number), quiet in sorted(found.items()):
        first = max(monday, date(year, 1, 1))
        last = min(monday + timedelta(days=7 * number - 1), date(year, 12, 31))
        said = f"{short(first)} to {short(last)} ({count(number, 'week')}): nothing on {', '.join(quiet)}"
        yield Finding(Topic.GAPS, said, "", first, last, (), tuple(quiet), None, last < today)


def empty_months(outgoing: Iterable[Outgoing], year: int, today: date) -> Iterator[Finding]:
    """Yields the months in which no campaign has a post, in one finding; none where that is every month."""
    empty = sorted(set(range(1, 13)) - {each.day.month for each in outgoing})
    if empty:
        first, last = date(year, empty[0], 1), _end_of_month(year, empty[-1])
        yield Finding(Topic.EMPTY_MONTHS, _months_words(empty), "", first, last, over=last < today)


def short(day: date) -> str:
    """Writes "18 Mar"."""
    return f"{day.day} {day:%b}"


def weekday(day: date) -> str:
    """Writes "Thu 18 Mar"."""
    return f"{day:%a} {short(day)}"


def dates_words(occurrence: Occurrence) -> str:
    """Writes "Thu 18 Mar", or "Mon 15 to Fri 19 Nov"."""
    first, last = occurrence.start, occurrence.end
    if first == last:
        return weekday(first)
    return f"{first:%a} {first.day if first.month == last.month else short(first)} to {weekday(last)}"


def and_words(names: Iterable[str]) -> str:
    """Writes "one", "one and two" or "one, two and three"."""
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last


def _grouped(
    outgoing: Iterable[Outgoing], key: Callable[[Outgoing], Hashable]
) -> Iterable[tuple[Hashable, list[Outgoing]]]:
    groups: dict[Hashable, list[Outgoing]] = {}
    for each in outgoing:
        groups.setdefault(key(each), []).append(each)
    return groups.items()


def _runs(posts: list[Outgoing], of: Callable[[Outgoing], Hashable], apart: timedelta) -> Iterator[list[Outgoing]]:
    """Yields the stretches of posts that are less than `apart` from one that is `of` something else."""
    posts.sort(key=lambda each: each.at)
    near = sorted(_near(posts, of, apart) | {len(posts) - 1 - place for place in _near(posts[::-1], of, apart)})
    run: list[Outgoing] = []
    for post in (posts[place] for place in near):
        if run and post.at - run[-1].at >= apart:
            yield run
            run = []
        run.append(post)
    if run:
        yield run


def _near(posts: Sequence[Outgoing], of: Callable[[Outgoing], Hashable], apart: timedelta) -> set[int]:
    """Returns the places of posts that come too soon after one of something else."""
    near: set[int] = set()
    last: Outgoing | None = None
    other: Outgoing | None = None  # the last one that is of something else than `last`
    for place, post in enumerate(posts):
        if last is not None and of(last) != of(post):
            other = last
        if other is not None and abs(post.at - other.at) < apart:
            near.add(place)
        last = post
    return near


def _merged(runs: Iterable[list[Outgoing]]) -> Iterator[tuple[tuple[str, ...], list[Outgoing]]]:
    """Yields runs in the order of time; what is the same on several accounts is one of them."""
    alike: dict[Hashable, list[list[Outgoing]]] = {}
    for run in runs:
        named = frozenset((each.campaign, each.occurrence, each.slot) for each in run)
        alike.setdefault((run[0].at, run[-1].at, named), []).append(run)
    for same in sorted(alike.values(), key=lambda same: same[0][0].at):
        yield tuple(sorted({run[0].account for run in same})), same[0]


def _of_run(topic: Topic, what: str, run: Sequence[Outgoing], accounts: tuple[str, ...], today: date) -> Finding:
    first, last = run[0], run[-1]
    campaigns = tuple(sorted({each.campaign for each in run}))
    said = f"{_when(first, last)}: {what} on {', '.join(accounts)}"
    return Finding(topic, said, "", first.day, last.day, campaigns, accounts, None, last.day < today)


def _when(first: Outgoing, last: Outgoing) -> str:
    hours = [f"{each.local:%H:%M}" for each in (first, last)]
    return f"{weekday(first.day)}, {' to '.join(dict.fromkeys(hours))}"


def _titles(run: Iterable[Outgoing]) -> list[str]:
    """Returns the titles of campaigns; where two have the same, their ids."""
    titles = {each.campaign: each.title for each in run}
    return list(titles.values() if len(set(titles.values())) == len(titles) else titles)


def _of_other_years(campaign: Campaign, year: int) -> Iterator[Finding]:
    if min(campaign.years) > year:
        return
    years = ", ".join(str(each) for each in sorted(campaign.years))
    ends = f"its years end with {max(campaign.years)}"
    what = ends if max(campaign.years) < year else f"it is made for {years}, and not for {year}"
    answer = f"add {year} to `years` in {campaign.file or campaign.id} once its texts and articles are renewed"
    yield Finding(Topic.OTHER_YEARS, f"{campaign.title}: {what}", answer, campaigns=(campaign.id,))


def _of_date(dated: Unannounced | Occurrence, waiting: Sequence[Campaign], calendar: Calendar, today: date) -> Finding:
    day, year = dated.day, dated.year
    wanted = f"for {and_words(each.title for each in waiting)}"
    campaigns = tuple(each.id for each in waiting)
    if isinstance(dated, Unannounced):
        answer = f"once {_organiser(day)} says when it is, write {_entry(dated, waiting[0], f'{year}-MM-DD')}"
        earlier = last_known(calendar, day, year)
        was = f"; in {earlier.year} it was {dates_words(earlier)}" if earlier else ""
        return Finding(Topic.NOT_ANNOUNCED, f"{day.name}, {wanted}{was}", answer, campaigns=campaigns, day=day.id)
    rule = "entered without a source" if day.dates.get(year) else f"computed ({calendar.rule_in_words(day, year)})"
    said = f"{dates_words(dated)}: {day.name}, {wanted}; {rule}"
    answer = f"ask {_organiser(day)}, then write {_entry(dated, waiting[0], _iso(dated))}"
    return Finding(Topic.TO_CONFIRM, said, answer, dated.start, dated.end, campaigns, (), day.id, dated.end < today)


def _organiser(day: AwarenessDay) -> str:
    who = day.organiser or "its organiser"
    return f"{who} ({day.url})" if day.url else who


def _entry(dated: Unannounced | Occurrence, campaign: Campaign, dates: str) -> str:
    """Says where a date is to be written: a day of a campaign's own is dated in the campaign alone."""
    here = f'dates.{dated.year} = "{dates}"'
    if dated.day.id == campaign.id and not isinstance(campaign.day, str):
        return f"into the table of `day` in {campaign.file or campaign.id}: {here}"
    return f'into days.toml: [[day]] id = "{dated.day.id}" and {here}'


def _iso(occurrence: Occurrence) -> str:
    return "..".join(dict.fromkeys((occurrence.start.isoformat(), occurrence.end.isoformat())))


def _days_of(occurrence: Occurrence) -> Iterator[date]:
    for number in range(occurrence.days):
        yield occurrence.start + timedelta(days=number)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _mondays(year: int) -> Iterator[date]:
    monday = _monday(date(year, 1, 1))
    while monday.year <= year:
        yield monday
        monday += timedelta(days=7)


def _end_of_month(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])


def _months_words(months: Sequence[int]) -> str:
    """Writes "January, April to July"."""
    stretches: list[list[int]] = []
    for month in months:
        if stretches and month == stretches[-1][-1] + 1:
            stretches[-1].append(month)
        else:
            stretches.append([month])
    return ", ".join(
        " to ".join(dict.fromkeys((month_name[stretch[0]], month_name[stretch[-1]]))) for stretch in stretches
    )
