"""Rehearses the posts of some days, those drafted now and those in the book."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from scheduler.app.desk import Desk
from scheduler.app.drafting import draft_between
from scheduler.app.workspace import Workspace
from scheduler.config import HOLD_FILE
from scheduler.posts.queries import Kept, kept_between
from scheduler.publishing.foreseen import Foreseen, Surroundings, foresee
from scheduler.publishing.hold_file import is_there
from scheduler.publishing.rehearsal import Rehearsed, cast, rehearse


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What would go out on the days from `first` to `last`, and what would go wrong. notes: what else is to be said."""

    first: date
    last: date
    posts: tuple[Rehearsed, ...]
    wrong: tuple[Foreseen, ...]
    notes: tuple[str, ...]


def rehearse_days(workspace: Workspace, names: Sequence[str], first: date, last: date) -> Rehearsal:
    """Lets all posts of the days from `first` to `last` (local time) go out in a rehearsal; saves and sends nothing.

    Raises BookError when there is a book and it cannot be read.
    """
    desk = draft_between(workspace, names, first, last)
    kept = _kept_between(workspace, desk, names, first, last)
    # Fresh ones: an adapter remembers its last key, and one of a year to come must not come before today's.
    adapters = Workspace(workspace.config).adapters
    rehearsed = rehearse(cast(desk.drafts, kept.posts, first, last), adapters, workspace.config.publishing)
    hold_file = HOLD_FILE if is_there(workspace.hold_file) else None
    around = Surroundings(workspace.config.accounts, kept.holds, hold_file, desk.problems)
    notes = tuple(dict.fromkeys(desk.notes))
    return Rehearsal(first, last, tuple(rehearsed), tuple(foresee(rehearsed, around)), notes)


def _kept_between(workspace: Workspace, desk: Desk, names: Sequence[str], first: date, last: date) -> Kept:
    if not workspace.config.database_path.exists():
        return Kept()
    # Where it is a day earlier or later, these days begin and end at other moments; the cast is chosen by local days.
    start = datetime.combine(first, time(), UTC) - timedelta(days=1)
    end = datetime.combine(last, time(), UTC) + timedelta(days=2)
    campaigns = sorted({work.campaign.id for work in desk.works}) if names else ()
    occurrences = [(work.campaign.id, work.occurrence.id) for work in desk.works if work.occurrence]
    book = workspace.open_book()
    try:
        with book.reading() as session:
            return kept_between(session, start, end, campaigns=campaigns, occurrences=occurrences)
    finally:
        book.close()
