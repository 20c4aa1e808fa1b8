"""`redletter days`: the awareness days of a year."""

import click

from scheduler.cli.door import Door
from scheduler.cli.output import say, say_json, width


@click.command()
@click.option("--year", type=click.IntRange(1900, 2100), help="Which year; otherwise this one.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
@click.pass_obj
def days(door: Door, year: int | None, as_json: bool) -> None:
    """List the awareness days of a year.

    Days of your own stand in days.toml of the workspace. Needs no workspace.
    """
    from scheduler.awareness import OWN_FILE, days_json, days_lines, load_calendar
    from scheduler.errors import ConfigError

    try:
        own = door.workspace_folder() / OWN_FILE
    except ConfigError:
        own = None
    calendar = load_calendar(own)
    year = year or door.now().astimezone().year
    if as_json:
        say_json(days_json(calendar, year))
    else:
        say(days_lines(calendar, year, width()))
