"""`redletter plan`: the posts of campaigns are saved as drafts; planning twice adds nothing."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from scheduler.cli.door import Door
from scheduler.cli.output import complain, plain, say, say_json, table, width
from scheduler.cli.posts import short_hour
from scheduler.posts.wording import by_clocks, count, held_for

if TYPE_CHECKING:
    from scheduler.app.desk import CampaignDrafts, Desk
    from scheduler.posts.planning import Planned, PlanResult

# What planning did, in the order in which it is said; what only repeats the book is counted and not listed.
KINDS = ("created", "updated", "moved", "kept", "held", "gone", "past", "left")
_SAID = {
    "created": "new",
    "updated": "other words",
    "moved": "another hour",
    "kept": "kept as a person left it",
    "gone": "no longer in its campaign",
    "past": "not planned, its hour has passed",
    "left": "as it was",
}


@click.command()
@click.argument("campaigns", nargs=-1)
@click.option("--year", type=click.IntRange(1900, 2100), help="Which year; otherwise the next occurrence.")
@click.option(
    "--replace",
    is_flag=True,
    help="Let the campaign's words and hours replace what people edited or approved; that needs approval again.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
@click.pass_obj
def plan(door: Door, campaigns: tuple[str, ...], year: int | None, replace: bool, as_json: bool) -> None:
    """Save the posts of campaigns as drafts.

    CAMPAIGNS are ids or files; all campaigns of the workspace when none is named. What a person edited or approved is
    kept. A post whose words its article has no longer is held. When anything is wrong with a campaign, all problems are
    said and nothing is saved; a single post for which nothing sensible fits, or whose hour is before its embargo, is said,
    and the others are saved without it.
    """
    from scheduler.app.drafting import draft_campaigns
    from scheduler.app.planning import hold_withdrawn, save

    now = door.now()
    desk = draft_campaigns(door.workspace, campaigns, now, year=year, to_plan=True)
    for problem in desk.problems:
        complain(str(problem))
    if len(desk.problems) > len(desk.unfit):
        complain(f"Nothing was saved: {count(len(desk.problems), 'problem')} to mend first.")
        for told in hold_withdrawn(door.workspace, desk, who=door.who, now=now):
            complain(f"post {told.id} is held: {told.why}\n  -> redletter show {told.id}")
        raise click.exceptions.Exit(1)
    result = save(door.workspace, desk, who=door.who, now=now, replace=replace)
    if as_json:
        say_json(plan_json(result, desk))
    else:
        say(plan_lines(result, desk, min(width(), 120), door.workspace.config.time_zone))
    if desk.unfit:
        complain(f"{count(len(desk.unfit), 'post')} could not be made, as said above; the others were planned without.")
        raise click.exceptions.Exit(1)


def plan_json(result: "PlanResult", desk: "Desk") -> dict[str, Any]:
    """Returns what planning did as docs/json.md describes it."""
    zones = _zones(desk)
    kinds: dict[str, Any] = {
        kind: [_planned_json(planned, zones) for planned in getattr(result, kind)] for kind in KINDS
    }
    return kinds | {"notes": [*desk.notes, *result.notes]}


def _planned_json(planned: "Planned", zones: dict[str, ZoneInfo]) -> dict[str, Any]:
    key = planned.key
    return {
        "id": planned.post_id,
        "campaign": key.campaign,
        "occurrence": key.occurrence,
        "slot": key.slot,
        "account": key.account,
        "scheduled_at": planned.scheduled_at.astimezone(zones[key.campaign]).isoformat(),
        "said": planned.said,
    }


def plan_lines(result: "PlanResult", desk: "Desk", room: int, home: str) -> Iterator[str]:
    """Yields what planning did: a line for each post that it touched or that a person should know of, then the counts.

    home: the time zone of the workspace.
    """
    for work in desk.works:
        rows = [row for kind in KINDS for row in _rows(kind, getattr(result, kind), work)]
        if rows:
            clocks = by_clocks(_zone(work), home)
            yield plain(f"{work.campaign.title} ({work.campaign.id}, {rows[0].occurrence}){clocks}")
            yield from table(("Post", "", "Hour", "Account", "Slot"), [row.cells for row in rows], room)
            yield from (line for row in rows for line in _remark(row, room))
            yield ""
    yield from (plain(f"Note: {note}") for note in (*desk.notes, *result.notes))
    yield _counts(result)
    if result.held:
        yield "Why each is held, and the command that answers it: redletter status."
    if result.created or result.updated or result.moved:
        yield "Look at them: redletter posts. Approve them: redletter approve --campaign ID, or redletter approve POST."


@dataclass(frozen=True, slots=True)
class _Row:
    occurrence: str
    cells: tuple[str, ...]
    remark: str


def _rows(kind: str, planned: "Sequence[Planned]", work: "CampaignDrafts") -> Iterator[_Row]:
    for one in planned:
        if one.key.campaign != work.campaign.id or (kind == "left" and not one.said):
            continue
        hour = short_hour(one.scheduled_at, _zone(work))
        said = _held(one) if kind == "held" else _SAID[kind]
        cells = (str(one.post_id or ""), said, hour, one.key.account, one.key.slot)
        yield _Row(one.key.occurrence, cells, "" if kind == "past" else one.said)


def _remark(row: _Row, room: int) -> Iterator[str]:
    from scheduler.preview.terminal import wrapped

    if row.remark:
        yield from (f"  {line}" for line in wrapped(f"post {row.cells[0]}: {row.remark}", room - 2))


def _counts(result: "PlanResult") -> str:
    if not (result.created or result.updated or result.moved):
        known = count(len(result.left) + len(result.kept) + len(result.held), "post")
        held = "".join(f", {number} {said}" for said, number in Counter(map(_held, result.held)).items())
        return f"Nothing new: {known} in the book already{held}."
    said = Counter(_held(one) if kind == "held" else _SAID[kind] for kind in KINDS for one in getattr(result, kind))
    return f"Saved: {', '.join(f'{number} {what}' for what, number in said.items())}."


def _held(planned: "Planned") -> str:
    return f"held for its {held_for(planned.said)}"


def _zones(desk: "Desk") -> dict[str, ZoneInfo]:
    return {work.campaign.id: ZoneInfo(_zone(work)) for work in desk.works}


def _zone(work: "CampaignDrafts") -> str:
    return work.drafts[0].time_zone if work.drafts else work.campaign.time_zone or "UTC"
