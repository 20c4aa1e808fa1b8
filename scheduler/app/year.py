"""Looks at a whole year: its awareness days, the campaigns, and what goes out."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from scheduler.app.workspace import Workspace
from scheduler.campaigns import unknown_names
from scheduler.preview.year import Surroundings, YearPlanner, holidays_of, outgoing_in, planner_of


def year_planner(
    workspace: Workspace, year: int, now: datetime, *, shown: frozenset[str] = frozenset(), nations: Sequence[str] = ()
) -> YearPlanner:
    """Looks at a whole year; reads no article and saves nothing.

    shown: the ids of awareness days besides those of campaigns. nations: whose bank holidays are marked. What is wrong
    with campaign files is in its problems. Raises BookError.
    """
    is_empty = not any((workspace.folder / "campaigns").glob("*.toml"))
    campaigns, problems = ([], ()) if is_empty else workspace.campaigns()
    unknown = (
        each for campaign in campaigns for each in unknown_names(campaign, workspace.calendar, workspace.adapters)
    )
    zone = ZoneInfo(workspace.config.time_zone)
    around = Surroundings(
        now.astimezone(zone).date(),
        zone,
        workspace.config.organisation,
        tuple(workspace.config.accounts),
        holidays_of(year, nations, campaigns, workspace.config.time_zone),
        shown,
        tuple(dict.fromkeys(map(str, (*problems, *unknown)))),
    )
    book = workspace.open_book() if workspace.config.database_path.exists() else None
    try:
        outgoing = outgoing_in(year, campaigns, workspace.calendar, workspace.zone_of, book, now)
    finally:
        if book is not None:
            book.close()
    return planner_of(workspace.calendar, campaigns, outgoing, year, around)
