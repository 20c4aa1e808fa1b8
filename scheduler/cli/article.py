"""`redletter article`: what is read from one article, and what is cut out of it."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scheduler.cli.door import Door
from scheduler.cli.output import plain, say, say_json, width

if TYPE_CHECKING:
    from scheduler.articles import Article
    from scheduler.excerpts import Excerpt, Excerpts


@click.command()
@click.argument("source")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
@click.pass_obj
def article(door: Door, source: str, as_json: bool) -> None:
    """Show what is read from an article, and what is cut out of it.

    SOURCE is a file (text, Markdown, HTML) or a web address. Needs no workspace.
    """
    from scheduler.articles import read_article
    from scheduler.excerpts import cut

    base, allow_private = _reading(door, source)
    found = read_article(source, base, allow_private=allow_private)
    excerpts = cut(found)
    if as_json:
        say_json(article_json(found, excerpts))
    else:
        say(article_lines(found, excerpts, min(width(), 120)))


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


def article_json(article: "Article", excerpts: "Excerpts") -> dict[str, Any]:
    """Returns the article as docs/json.md describes it."""
    return {
        "title": article.title,
        "published": article.published.isoformat() if article.published else None,
        "lead": excerpts.lead.text if excerpts.lead else None,
        "quotes": [
            {"speaker": quote.speaker, "role": quote.role, "paragraphs": list(quote.paragraphs)}
            for quote in excerpts.quotes
        ],
        "links": [{"url": link.url, "label": link.label} for link in excerpts.links],
        "contacts": [{"kind": contact.kind, "value": contact.value} for contact in excerpts.contacts],
    }


def article_lines(article: "Article", excerpts: "Excerpts", room: int) -> Iterator[str]:
    """Yields what a person wants to see: each excerpt under the words by which a campaign selects it."""
    yield from _about(article)
    if excerpts.lead:
        yield from _excerpt("lead", excerpts.lead, room)
    for number, quote in enumerate(excerpts.quotes, 1):
        who = ", ".join(filter(None, (quote.speaker, quote.role))) or "nobody is named"
        yield from _excerpt(f"quote {number}: {who}", quote, room)
    for number, sentence in enumerate(excerpts.key_sentences, 1):
        yield from _excerpt(f"key {number}", sentence, room)
    for heading, values in (
        ("Links", [f"{link.url}  {link.label or ''}".rstrip() for link in excerpts.links]),
        ("Contacts", [f"{contact.kind}: {contact.value}" for contact in excerpts.contacts]),
    ):
        if values:
            yield ""
            yield heading
            yield from (f"  {plain(value)}" for value in values)


def _about(article: "Article") -> Iterator[str]:
    yield plain(article.title or "(no title)")
    published = f"{article.published.day} {article.published:%B %Y}" if article.published else "no date stated"
    yield plain("  ".join(filter(None, (published, article.site_name, article.url))))


def _excerpt(name: str, excerpt: "Excerpt", room: int) -> Iterator[str]:
    from scheduler.preview.terminal import wrapped

    yield ""
    yield plain(name)
    for index, paragraph in enumerate(excerpt.paragraphs):
        if index:
            yield ""
        yield from (f"  {line}" for line in wrapped(paragraph, room - 2))
