"""`redletter check`: everything that is wrong with campaigns, without making anything of them."""

from typing import TYPE_CHECKING, Any

import click

from scheduler.cli.door import Door
from scheduler.cli.output import complain, say, say_json
from scheduler.posts.wording import count

if TYPE_CHECKING:
    from scheduler.app.desk import CampaignDrafts, Desk


@click.command()
@click.argument("campaigns", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
@click.pass_obj
def check(door: Door, campaigns: tuple[str, ...], as_json: bool) -> None:
    """Find everything that is wrong with campaigns.

    CAMPAIGNS are ids or files; all campaigns of the workspace when none is named. Drafts every post to see that it can
    be made: unknown days, accounts, templates, articles and excerpts are found, and texts that do not fit.
    """
    from scheduler.app.drafting import draft_campaigns

    desk = draft_campaigns(door.workspace, campaigns, door.now())
    if as_json:
        say_json(check_json(desk))
    else:
        say(_line(work, _problems_of(work, desk)) for work in desk.works)
        say(f"  note: {note}" for work in desk.works if work.occurrence for note in work.notes)
        for problem in desk.problems:
            complain(str(problem))
    if desk.problems:
        raise click.exceptions.Exit(1)


def _problems_of(work: "CampaignDrafts", desk: "Desk") -> int:
    """Counts what is wrong with a campaign, and with its file, which may be readable all the same."""
    return len(work.problems) + sum(problem.file == work.campaign.file for problem in desk.file_problems)


def _line(work: "CampaignDrafts", problems: int) -> str:
    name = work.campaign.file
    if problems:
        return f"{name}: {count(problems, 'problem')}"
    if work.occurrence is None:
        return f"{name}: {' '.join(work.notes)}"
    start = work.occurrence.start
    warned = sum(1 for draft in work.drafts if draft.warnings)
    also = f", {warned} with warnings (redletter preview {work.campaign.id})" if warned else ""
    return f"{name}: fine; {count(len(work.drafts), 'post')} for {start.day} {start:%B %Y}{also}"


def check_json(desk: "Desk") -> dict[str, Any]:
    """Returns the findings as docs/json.md describes them."""
    return {
        "campaigns": [
            {
                "campaign": work.campaign.id,
                "file": work.campaign.file,
                "occurrence": work.occurrence.id if work.occurrence else None,
                "posts": len(work.drafts),
            }
            for work in desk.works
        ],
        "problems": [
            {"file": problem.file, "line": problem.line, "key": problem.key, "message": problem.message}
            for problem in desk.problems
        ],
        "notes": desk.notes,
    }
