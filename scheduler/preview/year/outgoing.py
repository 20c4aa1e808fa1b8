"""What goes out in a year: counted in the book, and what campaigns would add to it, told without reading an article."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from scheduler.awareness import Calendar, Occurrence
from scheduler.campaigns import Campaign, Slot, When, at, day_of, days_of, years_between
from scheduler.drafting.turns import makes_several
from scheduler.errors import CalendarError
from scheduler.posts.status import PostStatus
from scheduler.posts.wording import clock_of

if TYPE_CHECKING:
    from scheduler.posts.book import Book
    from scheduler.posts.hours import PostHour

NOT_PLANNED, PASSED = "not planned", "not planned, passed"

# What did not go out, or will not as things stand.
_SILENT = (PASSED, PostStatus.REJECTED, PostStatus.CANCELLED, PostStatus.FAILED, PostStatus.MISSED)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A post of the book, or one that a slot would make.

    at: aware, UTC; local: the same on a clock where the campaign is; day: of that. state: its status in the book, NOT_PLANNED,
    or PASSED where its hour came before it was planned. at_least: there may be more of them, which only the articles tell.
    """

    campaign: str
    title: str
    occurrence: str
    slot: str
    account: str
    state: str
    at: datetime
    local: datetime
    day: date
    at_least: bool = False

    @property
    def goes_out(self) -> bool:
        """It is out, or will be unless somebody changes something."""
        return self.state not in _SILENT


def from_book(hours: "Iterable[PostHour]") -> Iterator[Outgoing]:
    """Yields what the book holds."""
    for each in hours:
        local = each.at.astimezone(clock_of(each.time_zone))
        yield Outgoing(
            each.campaign,
            each.campaign_title,
            each.occurrence,
            each.slot,
            each.account,
            each.status,
            each.at,
            local,
            local.date(),
        )


def outgoing_in(
    year: int,
    campaigns: Sequence[Campaign],
    calendar: Calendar,
    zone_of: Callable[[Campaign], ZoneInfo],
    book: "Book | None",
    now: datetime,
) -> list[Outgoing]:
    """Returns all that goes out in a year, and a little around it. book: None where there is none yet. Raises BookError."""
    occurrences = [(each, of) for each in campaigns for of in _occurrences_about(each, calendar, year)]
    found: list[Outgoing] = []
    planned: Collection[tuple[str, str, str]] = ()
    if book is not None:
        from scheduler.posts.hours import hours_between, planned_slots

        # Where it is a day earlier or later, the year begins and ends at other moments; the planner goes by local days.
        start, end = (datetime(each, 1, 1, tzinfo=UTC) for each in (year, year + 1))
        with book.reading() as session:
            found += from_book(hours_between(session, start - timedelta(days=1), end + timedelta(days=1)))
            planned = planned_slots(session, [(campaign.id, occurrence.id) for campaign, occurrence in occurrences])
    for campaign, occurrence in occurrences:
        found += from_campaign(campaign, occurrence, planned, zone_of(campaign), now)
    return found


def _occurrences_about(campaign: Campaign, calendar: Calendar, year: int) -> list[Occurrence]:
    """Returns the occurrences of a campaign that have a slot in a year; none of a day that is unknown or has no date."""
    try:
        years = years_between(campaign, calendar, date(year, 1, 1), date(year, 12, 31))
        every = [calendar.dated(day_of(campaign, calendar), each) for each in years]
    except CalendarError:
        return []
    return [
        each for each in every if isinstance(each, Occurrence) and (not campaign.years or each.year in campaign.years)
    ]


def from_campaign(
    campaign: Campaign,
    occurrence: Occurrence,
    planned: Collection[tuple[str, str, str]],
    zone: ZoneInfo,
    now: datetime,
) -> Iterator[Outgoing]:
    """Yields what the slots would make that have no post in the book yet. planned: campaign, year and slot of those that have."""
    for slot in campaign.slots:
        for name, moment in _moments(campaign, slot, occurrence, zone):
            if (campaign.id, occurrence.id, name) in planned:
                continue
            local, state = moment.astimezone(zone), NOT_PLANNED if moment > now else PASSED
            for account in campaign.accounts_of(slot):
                yield Outgoing(
                    campaign.id,
                    campaign.title,
                    occurrence.id,
                    slot.id,
                    account,
                    state,
                    moment,
                    local,
                    local.date(),
                    at_least=slot.every is not None,
                )


def _moments(campaign: Campaign, slot: Slot, occurrence: Occurrence, zone: ZoneInfo) -> Iterator[tuple[str, datetime]]:
    """Yields what a slot is called in the book, and when it goes out: the first time, where only the articles tell how often."""
    for day in days_of(campaign, slot, occurrence).days:
        name = slot.id if day.name is None or makes_several(slot) else f"{slot.id}.{day.name}"
        yield name, at(day.on, When(0, slot.when.time), zone)[0]
