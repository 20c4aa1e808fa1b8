"""Writing calendar files, each whole or not at all, and never over anything that is not one of ours."""

import os
import shutil
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scheduler.cli.output import complain
from scheduler.errors import RedletterError

if TYPE_CHECKING:
    from scheduler.preview import Card

_HEAD = 200  # bytes, in which a file says who made it


def write_schedule(target: str, cards: "Sequence[tuple[Card, datetime]]", what: str) -> None:
    """Writes posts, each with the moment at which it last changed, into a calendar file that says what they are."""
    from scheduler.posts.wording import count
    from scheduler.preview import schedule_file

    if not cards:
        # A calendar without an event is none: programs refuse it, and who follows the file would lose what was there.
        raise RedletterError(f"there are no such posts; nothing was written to {target}")
    titles = dict.fromkeys(f"{card.campaign_title} {card.occurrence}" for card, _ in cards)
    name = f"{what}: {next(iter(titles))}" if len(titles) == 1 else what
    write_calendar(target, schedule_file(name, cards))
    complain(f"{count(len(cards), 'post')} in {where(target)}")


def where(target: str) -> str:
    """Says into what was written."""
    return "the calendar" if target == "-" else f"the calendar file {Path(target).absolute()}"


def write_calendar(target: str, content: bytes) -> None:
    """Writes a calendar file; "-" is standard output. Raises RedletterError where the file cannot be written.

    Whoever reads the file at that moment finds the old one or the new one.
    """
    if target == "-":
        click.echo(content, nl=False)
        return
    path = Path(target).resolve()  # a link goes on leading to the file
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        _check(path, target)
        try:
            part.write_bytes(content)
            if path.exists():
                shutil.copymode(path, part)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise RedletterError(f"{target} cannot be written: {error.strerror or error}") from error


def _check(path: Path, target: str) -> None:
    from scheduler.awareness.calendar_file import MADE_BY

    if not path.parent.is_dir():
        raise RedletterError(f"{path.parent}: there is no such folder; make it first, or name another")
    if not path.exists():
        return
    if not path.is_file():
        raise RedletterError(f"{target} is no file; name one")
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if head and MADE_BY.encode() not in head:
        raise RedletterError(f"{target} is there and is no calendar file that Redletter made; give another name")
