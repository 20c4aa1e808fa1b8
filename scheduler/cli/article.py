"""`redletter article`: what is read from one article, and what is cut out of it."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from scheduler.cli.door import Door
from scheduler.cli.output import colour, say, say_json, width

if TYPE_CHECKING:
    from scheduler.articles import Article
    from scheduler.excerpts import Excerpts


@click.command()
@click.argument("source")
@click.option("--campaign", metavar="CAMPAIGN", help="Choose key sentences and facts as this campaign does.")
@click.option(
    "--html",
    is_flag=False,
    flag_value="-",
    type=click.Path(dir_okay=False, allow_dash=True, path_type=Path),
    metavar="[FILE]",
    help="Write a page instead, or print it where no file is named.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
@click.pass_obj
def article(door: Door, source: str, campaign: str | None, html: Path | None, as_json: bool) -> None:
    """Show what is read from an article, and what is cut out of it.

    The whole text, with each excerpt marked in it, under the words by which a campaign selects it. SOURCE is a file
    (text, Markdown, HTML, Word), a web address, or a feed, whose newest entry is read. Needs no workspace.
    """
    from scheduler.articles import read_article
    from scheduler.excerpts import cut

    if html and as_json:
        raise click.UsageError("--html and --json are two forms of one article: choose one")
    base, allow_private = _reading(door, source)
    found = read_article(source, base, allow_private=allow_private)
    excerpts = cut(found, _keywords(door, campaign) if campaign else ())
    if as_json:
        from scheduler.excerpts.as_json import article_json

        say_json(article_json(found, excerpts))
    elif html:
        _say_page(html, found, excerpts)
    else:
        from scheduler.preview.article_lines import article_lines

        say(article_lines(found, excerpts, width(), colour()))


def _say_page(path: Path, found: "Article", excerpts: "Excerpts") -> None:
    from scheduler.cli.page import write_page
    from scheduler.preview.article_page import article_page

    page = article_page(found, excerpts)
    if path == Path("-"):
        say(page.rstrip("\n"))
        return
    write_page(path, page)
    say(f"{path.absolute()}")


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
