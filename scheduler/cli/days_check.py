"""`redletter days check`: what is wrong, and what is doubtful, in days of one's own and in what uses them."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scheduler.cli.days import own_file, today_at
from scheduler.cli.door import Door
from scheduler.cli.output import complain, fold, plain, say, say_json
from scheduler.posts.wording import count

if TYPE_CHECKING:
    from scheduler.awareness import Calendar
    from scheduler.errors import Problem


@dataclass(frozen=True, slots=True)
class Looked:
    """What was looked at: its name, how much there is in it, what is wrong and what is doubtful with it."""

    name: str
    many: str
    problems: "Sequence[Problem]" = ()
    warnings: "Sequence[Problem]" = ()


@click.command("days check")
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--all", "everything", is_flag=True, help="Show what is doubtful in the calendar that ships, too.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
@click.pass_obj
def days_check(door: Door, file: Path | None, everything: bool, as_json: bool) -> None:
    """Find what is wrong or doubtful in the days of your own.

    FILE is days.toml of the workspace when none is named. Looks at it together with the calendar that ships, and at the
    campaigns that use days which nobody knows or which are not announced. Only what is wrong makes it fail.
    """
    looked = list(_look(door, file))
    problems = [problem for each in looked for problem in each.problems]
    if as_json:
        say_json(check_json(looked))
    else:
        for each in looked:
            say(_lines(each, show=everything or each is not looked[-1]))
        for problem in problems:
            complain(str(problem))
    if problems:
        raise click.exceptions.Exit(1)


def check_json(looked: Sequence[Looked]) -> dict[str, Any]:
    """Returns the findings as docs/json.md describes them."""
    return {
        "looked_at": [{"name": each.name, "many": each.many} for each in looked],
        "problems": [_problem_json(problem) for each in looked for problem in each.problems],
        "warnings": [_problem_json(warning) for each in looked for warning in each.warnings],
    }


def _problem_json(problem: "Problem") -> dict[str, Any]:
    return {"file": problem.file, "line": problem.line, "key": problem.key, "message": problem.message}


def _look(door: Door, file: Path | None) -> Iterator[Looked]:
    """Looks at one's own days, at the campaigns, and last at the calendar that ships."""
    from scheduler.awareness import load_calendar
    from scheduler.awareness.reading import SHIPPED
    from scheduler.errors import CalendarError

    own, today = file or own_file(door), today_at(door)
    calendar = shipped = load_calendar()
    if own is not None and own.exists():
        try:
            calendar = load_calendar(own)
            yield _doubts(calendar, own, today, own.name)
        except CalendarError as error:
            yield Looked(own.name, count(len(error.problems), "problem"), error.problems)
    else:
        yield Looked("days.toml", "none in the workspace" if own else "no workspace here")
    if (folder := own_file(door)) is not None:
        yield _campaigns(folder.parent, calendar, today)
    yield _doubts(shipped, SHIPPED, today, f"{SHIPPED.name}, which ships")


def _doubts(calendar: "Calendar", path: Path, today: date, name: str) -> Looked:
    from scheduler.awareness.checking import doubts
    from scheduler.errors import CalendarError
    from scheduler.tomlfile import read_toml

    toml = read_toml(path, CalendarError, path.name)
    return Looked(name, count(len(toml.data.get("day", ())), "day"), warnings=doubts(calendar, toml, today))


def _campaigns(workspace: Path, calendar: "Calendar", today: date) -> Looked:
    """Which campaigns wait for a day that nobody knows, or whose date is not announced."""
    from scheduler.campaigns import load_campaign, next_occurrence
    from scheduler.campaigns.reading import FOLDER
    from scheduler.errors import CalendarError, CampaignError, Problem

    files, warnings = sorted((workspace / FOLDER).glob("*.toml")), []
    for path in files:
        name = f"{FOLDER}/{path.name}"
        try:
            campaign = load_campaign(path, name)
        except CampaignError:
            warnings.append(Problem("cannot be read; redletter check says why", name))
            continue
        try:
            with suppress(CampaignError):  # its years are over, which is no matter of its day
                next_occurrence(campaign, calendar, today)
        except CalendarError as error:
            warnings.append(campaign.problem(str(error), "day"))
    return Looked(FOLDER, count(len(files), "campaign"), warnings=warnings)


def _lines(looked: Looked, *, show: bool) -> Iterator[str]:
    number = len(looked.warnings)
    warned = f", {count(number, 'warning')}" if number else ""
    hidden = " (redletter days check --all shows them)" if number and not show else ""
    yield f"{looked.name}: {looked.many}{warned}{hidden}"
    for warning in looked.warnings if show else ():
        yield from fold(plain(f"  warning: {warning}"), 4)
