"""`redletter article`: what is read from one article, and what is cut out of it."""

from pathlib import Path

import click

from scheduler.cli.door import Door
from scheduler.cli.output import say, say_json, width


@click.command()
@click.argument("source")
@click.option("--campaign", metavar="CAMPAIGN", help="Choose key sentences and facts as this campaign does.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
@click.pass_obj
def article(door: Door, source: str, campaign: str | None, as_json: bool) -> None:
    """Show what is read from an article, and what is cut out of it.

    SOURCE is a file (text, Markdown, HTML) or a web address. Needs no workspace.
    """
    from scheduler.articles import read_article
    from scheduler.excerpts import cut
    from scheduler.excerpts.as_json import article_json
    from scheduler.excerpts.as_lines import article_lines

    base, allow_private = _reading(door, source)
    found = read_article(source, base, allow_private=allow_private)
    excerpts = cut(found, _keywords(door, campaign) if campaign else ())
    if as_json:
        say_json(article_json(found, excerpts))
    else:
        say(article_lines(found, excerpts, min(width(), 120)))


def _keywords(door: Door, name: str) -> tuple[str, ...]:
    """Returns the words by which a campaign knows its own: those of its day, its title and its topics."""
    from scheduler.campaigns import day_of, load_campaigns
    from scheduler.drafting.keywords import keywords

    (campaign,) = load_campaigns(door.workspace.folder, [name])
    return keywords(campaign, day_of(campaign, door.workspace.calendar))


def _reading(door: Door, source: str) -> tuple[Path, bool]:
    """Returns the folder that a file counts from (this one, else the workspace) and whether private addresses may be read."""
    from scheduler.errors import ConfigError

    here = Path.cwd()
    try:
        folder = door.workspace_folder()
    except ConfigError:
        return here, False
    base = here if "://" in source or (here / source).exists() else folder
    return base, door.workspace.config.allow_private_addresses
