"""Many posts that are due at once, over several accounts."""

from collections.abc import Collection
from datetime import datetime, timedelta
from itertools import cycle, islice

from scheduler.drafting.draft import Draft
from tests.builders.posts import make_draft
from tests.crash.scene import ASKED_ACCOUNTS, OUTBOX


def make_burst(
    at: datetime,
    count: int = 40,
    *,
    accounts: Collection[str] = (*ASKED_ACCOUNTS, OUTBOX),
    first: int = 1,
    late: timedelta | None = timedelta(hours=2),
) -> list[Draft]:
    """Returns so many drafts, numbered from `first`, in turn for each account."""
    return [
        make_draft(f"post {number}", slot=f"slot-{number}", account=account, scheduled_at=at, late=late)
        for number, account in enumerate(islice(cycle(accounts), count), first)
    ]
