"""`redletter export`: the record for people outside, as CSV or JSON."""

import os
import sys
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

from scheduler.cli.door import Door
from scheduler.cli.output import complain
from scheduler.posts.wording import count

if TYPE_CHECKING:
    from scheduler.config import Config
    from scheduler.posts.export import Export, Selection

JSON_FILE = "redletter.json"
_DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.argument("target", metavar="DIR")
@click.option(
    "--format", "form", type=click.Choice(["csv", "json"]), default="csv", help="csv (a file for each table) or json."
)
@click.option(
    "--campaign", "campaigns", metavar="ID", multiple=True, help="Only posts of this campaign; may be repeated."
)
@click.option("--from", "first", metavar="DATE", type=_DAY, help="Only posts of this local day and later ones.")
@click.option("--to", "last", metavar="DATE", type=_DAY, help="Only posts of this local day and earlier ones.")
@click.pass_obj
def export(
    door: Door, target: str, form: str, campaigns: tuple[str, ...], first: datetime | None, last: datetime | None
) -> None:
    """Write posts, attempts, receipts, audit trail and holds into files.

    For requests from outside, such as those under freedom of information. DIR is a folder; nothing in it is ever written
    over. With --format json it may be -, for standard output.
    """
    from zoneinfo import ZoneInfo

    from scheduler.cli.names import campaigns_in_book
    from scheduler.config import redact
    from scheduler.posts.export import Export, Selection, json_pieces

    if first and last and first > last:
        raise click.UsageError("--from is later than --to")
    if target == "-" and form == "csv":
        raise click.UsageError("csv is one file for each table: name a folder, or say --format json")
    config = door.workspace.config
    _learn_secrets(config)
    selection = Selection(campaigns, first.date() if first else None, last.date() if last else None)
    with door.book() as book:
        campaigns_in_book(book, campaigns)
        with book.reading() as session:
            found = Export(session, selection, ZoneInfo(config.time_zone), redact)
            about = _about(door, selection, config)
            if target == "-":
                is_unicode = (sys.stdout.encoding or "").casefold().replace("-", "") == "utf8"
                sys.stdout.writelines(json_pieces(found, about, ascii_only=not is_unicode))
                return
            folder = Path(target)
            files = _write(folder, form, found, about)
    complain(f"Exported {count(found.posts, 'post')} to {folder}: {', '.join(files)}")


def _about(door: Door, selection: "Selection", config: "Config") -> dict[str, Any]:
    return {
        "exported_at": door.now().isoformat(timespec="seconds"),
        "organisation": config.organisation,
        "campaigns": list(selection.campaigns),
        "from": selection.first.isoformat() if selection.first else None,
        "to": selection.last.isoformat() if selection.last else None,
    }


def _learn_secrets(config: "Config") -> None:
    """Reads the secrets that can be read: wherever one got into the book, it must not get out."""
    from scheduler.errors import ConfigError

    alarms = config.alarms
    of_alarms = [*alarms.to.values(), *alarms.webhooks.values(), *([alarms.ping] if alarms.ping else [])]
    of_accounts = [secret for account in config.accounts.values() for secret in account.secrets.values()]
    for secret in (*of_accounts, *of_alarms):
        with suppress(ConfigError):  # it may be for the daemon's eyes alone
            secret.reveal()


def _write(folder: Path, form: str, found: "Export", about: dict[str, Any]) -> list[str]:
    from scheduler.errors import RedletterError
    from scheduler.posts.export import COLUMNS, json_pieces, write_csv

    names = [JSON_FILE] if form == "json" else [f"{table}.csv" for table in COLUMNS]
    there = [name for name in names if (folder / name).exists()]
    if there:
        raise RedletterError(f"{folder} has {', '.join(there)} already; nothing is written over. Name another folder")
    folder.mkdir(parents=True, exist_ok=True)
    if form == "json":
        with _open(folder / JSON_FILE, "utf-8") as file:
            file.writelines(json_pieces(found, about))
        return names
    for table, columns in COLUMNS.items():
        # With a byte order mark, or Excel takes the file for one of the last century and spoils every quotation mark.
        with _open(folder / f"{table}.csv", "utf-8-sig") as file:
            write_csv(file, columns, found.rows(table))
    return names


def _open(path: Path, encoding: str) -> TextIO:
    """Makes a file that its owner alone can read: there are names in it."""
    return open(path, "x", encoding=encoding, newline="", opener=lambda name, flags: os.open(name, flags, 0o600))
