"""`redletter export`: the record for people outside, as CSV or JSON."""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

from scheduler.cli.door import Door
from scheduler.cli.output import complain
from scheduler.errors import BookError, RedletterError
from scheduler.posts.wording import count

if TYPE_CHECKING:
    from scheduler.config import Config
    from scheduler.posts.book import Book
    from scheduler.posts.export import Export, Selection

JSON_FILE = "redletter.json"


@click.command()
@click.argument("target", metavar="DIR")
@click.option(
    "--format", "form", type=click.Choice(["csv", "json"]), default="csv", help="csv (a file for each table) or json."
)
@click.option(
    "--campaign", "campaigns", metavar="ID", multiple=True, help="Only posts of this campaign; may be repeated."
)
@click.option("--from", "first", metavar="DATE", help="Only posts of this local day and later ones.")
@click.option("--to", "last", metavar="DATE", help="Only posts of this local day and earlier ones.")
@click.pass_obj
def export(door: Door, target: str, form: str, campaigns: tuple[str, ...], first: str | None, last: str | None) -> None:
    """Write posts, attempts, receipts, audit trail and holds into files.

    For requests from outside, such as those under freedom of information. DIR is a folder; nothing in it is ever written
    over, and an export that fails leaves nothing behind. With --format json it may be -, for standard output.
    """
    from zoneinfo import ZoneInfo

    from scheduler.config import redact
    from scheduler.posts.export import Export, Selection, json_pieces
    from scheduler.posts.queries import RESTORE, UNREADABLE

    selection = Selection(campaigns, *_days(target, form, first, last))
    config = door.workspace.config
    folder = None if target == "-" else Path(target)
    with door.book() as book:
        _check(book, campaigns, folder, form)
        _learn_secrets(config)
        try:
            with book.reading() as session:
                found = Export(session, selection, ZoneInfo(config.time_zone), redact)
                about = _about(door, selection, config)
                if folder is None:
                    is_unicode = (sys.stdout.encoding or "").casefold().replace("-", "") == "utf8"
                    sys.stdout.writelines(json_pieces(found, about, ascii_only=not is_unicode))
                    return
                files = _write(folder, form, found, about)
        except UNREADABLE as error:
            raise BookError(
                f"a row of the book is damaged ({error}), and a record without it would not be whole; {RESTORE}"
            ) from error
    complain(f"Exported {count(found.posts, 'post')} to {folder}: {', '.join(files)}")


def _days(target: str, form: str, first: str | None, last: str | None) -> tuple[date | None, date | None]:
    """Returns the days that are meant; raises UsageError with all that is wrong."""
    wrong = (
        ["csv is one file for each table: name a folder, or say --format json"]
        if (target, form) == ("-", "csv")
        else []
    )
    days: list[date | None] = []
    for option, text in (("--from", first), ("--to", last)):
        try:
            days.append(date.fromisoformat(text) if text else None)
        except ValueError:
            wrong.append(f'{option}: expected a day such as 2027-03-18, found "{text}"')
            days.append(None)
    if days[0] and days[1] and days[0] > days[1]:
        wrong.append("--from is later than --to")
    if wrong:
        raise click.UsageError("\n".join(wrong))
    return days[0], days[1]


def _check(book: "Book", campaigns: Sequence[str], folder: Path | None, form: str) -> None:
    """Raises RedletterError with all that stands in the way, before anything is written."""
    from scheduler.cli.names import campaigns_in_book

    wrong = []
    try:
        campaigns_in_book(book, campaigns)
    except RedletterError as error:
        wrong.append(str(error))
    if folder is not None and folder.exists() and not folder.is_dir():
        wrong.append(f"{folder} is a file; name a folder")
    elif folder is not None:
        there = [name for name in _names(form) if (folder / name).exists()]
        if there:
            wrong.append(f"{folder} has {', '.join(there)} already; nothing is written over. Name another folder")
    if wrong:
        raise RedletterError("\n".join(wrong))


def _names(form: str) -> list[str]:
    from scheduler.posts.export import COLUMNS

    return [JSON_FILE] if form == "json" else [f"{table}.csv" for table in COLUMNS]


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
    from scheduler.posts.export import COLUMNS, json_pieces, write_csv

    with _whole_or_not_at_all(folder) as new_file:
        if form == "json":
            with new_file(JSON_FILE, "utf-8") as file:
                file.writelines(json_pieces(found, about))
        else:
            for table, columns in COLUMNS.items():
                # With a byte order mark, or Excel takes the file for one of the last century and spoils every quotation mark.
                with new_file(f"{table}.csv", "utf-8-sig") as file:
                    write_csv(file, columns, found.rows(table))
    return _names(form)


@contextmanager
def _whole_or_not_at_all(folder: Path) -> Iterator[Callable[[str, str], TextIO]]:
    """Yields what makes a file of a name and an encoding, for its owner's eyes alone: there are names in it.

    What was made is gone again when not everything could be written, folders, too.
    """
    with ExitStack() as undo:
        for each in [path for path in (folder, *folder.absolute().parents) if not path.exists()][::-1]:
            each.mkdir()
            undo.callback(_without_complaint, each.rmdir)

        def new_file(name: str, encoding: str) -> TextIO:
            path = folder / name
            file = open(  # noqa: SIM115 (whoever asked for it closes it)
                path, "x", encoding=encoding, newline="", opener=lambda name, flags: os.open(name, flags, 0o600)
            )
            undo.callback(_without_complaint, path.unlink)
            return file

        yield new_file
        undo.pop_all()


def _without_complaint(remove: Callable[[], None]) -> None:
    with suppress(OSError):  # what went wrong before is what is said
        remove()
