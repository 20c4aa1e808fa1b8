"""`redletter year`: a year planner on one page."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from scheduler.cli.door import Door
from scheduler.cli.output import colour, complain, say, say_json, width

if TYPE_CHECKING:
    from scheduler.preview.year import YearPlanner


@click.command()
@click.argument("year", type=click.IntRange(1900, 2100), required=False)
@click.option("--html", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Write a page instead.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
@click.option("--all", "every", is_flag=True, help="Show all awareness days, not those of campaigns alone.")
@click.option("--nation", multiple=True, metavar="NATION", help="Also days of this nation; may be repeated.")
@click.option("--topic", multiple=True, metavar="TOPIC", help="Also days about this; may be repeated.")
@click.pass_obj
def year(
    door: Door,
    year: int | None,
    html: Path | None,
    as_json: bool,
    every: bool,
    nation: tuple[str, ...],
    topic: tuple[str, ...],
) -> None:
    """Show a year on one page: awareness days, campaigns, clashes and gaps.

    YEAR is this year where it is not given. Dates that are not announced yet, or not sure, are listed as well. Counts the
    posts in the book, and what the campaigns would add to them; reads no article, saves and sends nothing. What cannot be
    read is said at the end, and the exit code is 1.
    """
    if html and as_json:
        raise click.UsageError("--html and --json are two forms of one planner: choose one")
    from scheduler.app.year import year_planner

    year = year or door.now().astimezone(ZoneInfo(door.workspace.config.time_zone)).year
    shown = _shown(door, year, nation, topic, every=every)
    planner = year_planner(door.workspace, year, door.now(), shown=shown, nations=nation)
    if html:
        _write_page(html, planner, door)
    elif as_json:
        from scheduler.preview.year import year_json

        say_json(year_json(planner))
    else:
        from scheduler.preview.year import year_lines

        say(year_lines(planner, width(), colour()))
    for problem in planner.problems:
        complain(problem)
    if planner.problems:
        raise click.exceptions.Exit(1)


def _shown(door: Door, year: int, nations: Sequence[str], topics: Sequence[str], *, every: bool) -> frozenset[str]:
    """Returns the ids of the awareness days that are shown whether a campaign is about them or not."""
    calendar = door.workspace.calendar
    if nations or topics:
        from scheduler.cli.days import list_days

        listed = list_days(calendar, date(year, 1, 1), year=year, nation=nations, topic=topics)
        return frozenset(each.day.id for each in listed.days)
    return frozenset(day.id for day in calendar.days) if every else frozenset()


def _write_page(path: Path, planner: "YearPlanner", door: Door) -> None:
    from scheduler.cli.page import write_page
    from scheduler.preview.year import year_page

    write_page(path, year_page(planner, door.now()))
    say(f"Year planner {planner.year}: {path.absolute()}")
