"""The file HOLD in the workspace: while it is there nothing goes out, and the book says so as soon as it can."""

import codecs
import logging
import os
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, select, update

from scheduler.errors import BookError
from scheduler.posts.holds import Told, active_holds, hold, resume
from scheduler.posts.moves import write_audit
from scheduler.posts.status import HoldScope
from scheduler.posts.tables import HOLDS
from scheduler.publishing.telling import tell_post

if TYPE_CHECKING:
    from datetime import datetime

    from scheduler.publishing.companion import Running

log = logging.getLogger("redletter.hold")

HELD_BY = "HOLD file"
LOOK_EVERY = 0.25  # seconds between two looks

_READ = 1000  # bytes
_LONGEST_REASON = 200
_BYTE_ORDER_MARKS = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16", codecs.BOM_UTF8: "utf-8-sig"}


def is_there(path: Path) -> bool:
    """Tells whether something of this name is there; a folder or a link to nowhere was meant just so."""
    return os.path.lexists(path)


def may_be_there(path: Path) -> bool:
    """Tells whether it is there, or nobody can tell: the workspace is not there any more, or may not be looked into."""
    try:
        os.lstat(path)
    except FileNotFoundError:
        # Asked before each call, and pathlib takes half as long again.
        return not os.path.isdir(os.path.dirname(path))  # noqa: PTH112, PTH120
    except (OSError, ValueError):
        return True
    return True


def reason_in(path: Path) -> str:
    """Returns the first line of the file, whatever it is written in; a plain sentence where there is none to be read."""
    try:
        with path.open("rb") as file:
            content = file.read(_READ)
    except (OSError, ValueError):
        content = b""
    encoding = next((name for mark, name in _BYTE_ORDER_MARKS.items() if content.startswith(mark)), "utf-8")
    text = content.decode(encoding, errors="replace")
    lines = ("".join(filter(str.isprintable, line)).strip() for line in text.splitlines())
    first = next(filter(None, lines), "")
    return first[:_LONGEST_REASON] or f"the file {path.name} is in the workspace"


def hold_if_file_stands(book: Connection, path: Path, now: "datetime") -> None:
    """Writes the hold of the file where it is there; before a first look at the queue, which would miss what is late."""
    if is_there(path):
        _hold(book, reason_in(path), now)


class HoldFile:
    """A companion of the publisher: what the file says is written into the book as a hold over everything, and taken back.

    The publisher looks at the file by itself before each call; so nothing goes out even while the book cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._written: bool | None = None
        self._in_trouble = False
        self._is_out_of_sight = False

    async def __call__(self, running: "Running") -> None:
        from scheduler.publishing.companion import tick  # a command that asks for the file alone needs no publisher

        while not running.stop.is_set():
            there = is_there(self._path)
            self._look_around(running, is_out_of_sight=not there and may_be_there(self._path))
            # A file that nobody can see is not gone: its hold stands until somebody can.
            if not self._is_out_of_sight and there is not self._written:
                await self._write_down(running, there)
            await tick(running.stop, LOOK_EVERY)

    def _look_around(self, running: "Running", *, is_out_of_sight: bool) -> None:
        if is_out_of_sight and not self._is_out_of_sight:
            why = "its folder is not there any more, or this user may not look into it"
            log.error("nothing goes out while nobody can tell whether %s is there: %s", self._path, why)
        elif self._is_out_of_sight and not is_out_of_sight:
            log.warning("%s can be looked into again", self._path.parent)
            running.changes.tell()
        self._is_out_of_sight = is_out_of_sight

    async def _write_down(self, running: "Running", there: bool) -> None:
        now = running.clock.now()
        try:
            if there:
                reason = reason_in(self._path)
                await running.writer.write(lambda book: _hold(book, reason, now))
                log.warning("the file %s is there: nothing goes out until it is removed: %s", self._path, reason)
            else:
                set_aside = await running.writer.write(lambda book: _resume(book, now))
                self._say_gone(set_aside)
        except BookError as error:
            self._stumbled(there, str(error))
        except Exception as error:
            self._stumbled(there, f"{type(error).__name__}: {error}")
        else:
            self._written, self._in_trouble = there, False
            running.publisher.nudge()

    def _say_gone(self, set_aside: "list[Told] | None") -> None:
        if set_aside is None:
            return
        log.warning("the file %s is gone: what comes due goes out again", self._path)
        for told in set_aside:
            tell_post(logging.WARNING, f"held, redletter keep {told.id} sends it out", told)

    def _stumbled(self, there: bool, trouble: str) -> None:
        """It is tried again at the next look, and said once."""
        if not self._in_trouble:
            what = "nothing goes out all the same" if there else "what was held stays held until then"
            log.error("the book could not be told of the file %s; %s: %s", self._path, what, trouble)
        self._in_trouble = True


def _hold(book: Connection, reason: str, now: "datetime") -> None:
    # Everything may be held already: by a person, whose word outlasts the file, or since before this start.
    if not any(active.scope is HoldScope.ALL for active in active_holds(book).holds):
        hold(book, HoldScope.ALL, "", reason, who=HELD_BY, now=now)


def give_way(book: Connection, *, who: str, now: "datetime") -> None:
    """Lifts the hold of the file, if there is one, for a person who holds everything from now on; sets nothing aside."""
    held_by_file = (HOLDS.c.scope == HoldScope.ALL.value, HOLDS.c.lifted_at.is_(None), HOLDS.c.held_by == HELD_BY)
    lifted = book.execute(update(HOLDS).where(*held_by_file).values(lifted_by=who, lifted_at=now))
    if lifted.rowcount:
        write_audit(book, who=who, what="take over from the HOLD file", now=now)


def _resume(book: Connection, now: "datetime") -> list[Told] | None:
    """Lifts the hold of the file, if there is one; returns the posts set aside."""
    held_by = book.execute(
        select(HOLDS.c.held_by).where(HOLDS.c.scope == HoldScope.ALL.value, HOLDS.c.lifted_at.is_(None))
    ).scalar()
    return resume(book, HoldScope.ALL, "", who=HELD_BY, now=now) if held_by == HELD_BY else None
