"""Drafts campaigns: the next occurrence of each, that of a year, or all that have posts on some days."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time

from scheduler.app.desk import Desk
from scheduler.app.drafter import Drafter
from scheduler.app.workspace import Workspace
from scheduler.campaigns import Campaign, load_names
from scheduler.drafting import Templates
from scheduler.drafting.check import check_campaigns
from scheduler.errors import Problem


def draft_campaigns(
    workspace: Workspace, names: Sequence[str], now: datetime, *, year: int | None = None, to_plan: bool = False
) -> Desk:
    """Drafts the next occurrence of each campaign, or that of a year; saves and sends nothing.

    Campaigns that were not asked for by name and are over, or not made for the year, are left out with a note.
    to_plan: what cannot be planned, such as a year that is over, is a problem and not a note.
    """
    campaigns, file_problems = workspace.campaigns(names)
    with Templates(workspace.folder) as templates:
        drafter = Drafter(workspace, templates, now, year, to_plan=to_plan, named=bool(names))
        works = tuple(drafter.draft(campaign) for campaign in campaigns)
        return Desk(works, (*file_problems, *_unknown_names(workspace, file_problems, campaigns, templates)))


def draft_between(workspace: Workspace, names: Sequence[str], first: date, last: date) -> Desk:
    """Drafts every occurrence with a slot on one of these days, whole; a campaign without any has an empty work."""
    campaigns, file_problems = workspace.campaigns(names)
    with Templates(workspace.folder) as templates:
        drafter = Drafter(workspace, templates, datetime.combine(first, time(), UTC), None, to_plan=True, named=False)
        works = tuple(work for campaign in campaigns for work in drafter.draft_between(campaign, first, last))
        return Desk(works, (*file_problems, *_unknown_names(workspace, file_problems, campaigns, templates)))


def _unknown_names(
    workspace: Workspace, told: Sequence[Problem], drafted: Sequence[Campaign], templates: Templates
) -> Iterator[Problem]:
    """Yields what the files that could not be drafted name and nobody knows: all of it is to be said in one go."""
    files = {problem.file for problem in told if problem.file} - {campaign.file for campaign in drafted}
    named = [load_names(workspace.folder, file) for file in sorted(files)]
    known = [campaign for campaign in named if campaign]
    places = {(problem.file, problem.line, problem.key) for problem in told}
    for problem in check_campaigns(known, workspace.config, workspace.calendar, workspace.read, templates):
        if (problem.file, problem.line, problem.key) not in places:
            yield problem
