"""When the posts of the book go out, without their words: what a year planner asks, of as many posts as there are."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlmodel import Session

from scheduler.posts.status import PostStatus
from scheduler.posts.tables import kept_time, stored_time

# Named one by one, the statuses let the index of status and hour find the days among a million posts.
_HOURS = f"""
SELECT campaign, campaign_title, occurrence, slot, account, status, time_zone, scheduled_at FROM posts
WHERE status IN ({", ".join(repr(status.value) for status in PostStatus)})
AND scheduled_at >= :start AND scheduled_at < :end
"""


@dataclass(frozen=True, slots=True)
class PostHour:
    """The hour of one post, in any status. at: aware, UTC."""

    campaign: str
    campaign_title: str
    occurrence: str
    slot: str
    account: str
    status: str
    time_zone: str
    at: datetime


def hours_between(session: Session, start: datetime, end: datetime) -> list[PostHour]:
    """Returns the hours from `start` to before `end`, in no order; of a post that is damaged, status says so and this nothing."""
    rows = session.connection().execute(text(_HOURS), {"start": stored_time(start), "end": stored_time(end)})
    found = []
    for campaign, title, occurrence, slot, account, status, time_zone, stored in rows.all():
        with suppress(ValueError):
            at = kept_time(stored)
            found.append(PostHour(campaign, title, occurrence, slot, account, status, time_zone, at))
    return found


def planned_slots(session: Session, occurrences: Iterable[tuple[str, str]]) -> frozenset[tuple[str, str, str]]:
    """Returns campaign, year and slot of all slots that have a post in the book, of these campaigns and years."""
    query = text("SELECT DISTINCT slot FROM posts WHERE campaign = :campaign AND occurrence = :occurrence")
    return frozenset(
        (campaign, occurrence, slot)
        for campaign, occurrence in occurrences
        for (slot,) in session.connection().execute(query, {"campaign": campaign, "occurrence": occurrence}).all()
    )
