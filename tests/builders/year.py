"""Builds year planners: what goes out, and the planner of it, with just what matters."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from scheduler.awareness import AwarenessDay, Calendar
from scheduler.campaigns import Campaign
from scheduler.preview.year import Outgoing, Surroundings, YearPlanner, planner_of

LONDON = ZoneInfo("Europe/London")
TODAY = date(2027, 1, 1)


def goes_out(
    when: str = "2027-03-18 09:00", campaign: str = "harbour", account: str = "press-x", **fields: Any
) -> Outgoing:
    """when: local time in London."""
    local = datetime.fromisoformat(when).replace(tzinfo=LONDON)
    defaults: dict[str, Any] = {
        "title": campaign.title(),
        "occurrence": str(local.year),
        "slot": "news",
        "state": "approved",
        "at": local.astimezone(UTC),
        "local": local,
        "day": local.date(),
    }
    return Outgoing(campaign=campaign, account=account, **(defaults | fields))


def make_planner(
    *outgoing: Outgoing,
    days: Iterable[AwarenessDay] = (),
    campaigns: Sequence[Campaign] = (),
    year: int = 2027,
    today: date = TODAY,
    **around: Any,
) -> YearPlanner:
    """All of the days are shown."""
    calendar = Calendar(days)
    shown = around.pop("shown", frozenset(day.id for day in calendar.days))
    return planner_of(calendar, campaigns, outgoing, year, Surroundings(today, LONDON, shown=shown, **around))
