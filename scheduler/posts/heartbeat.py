"""How the daemon says that it is there: its line in the book, and a pulse beside the book for when that cannot be written."""

import json
import os
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, text
from sqlmodel import Session

from scheduler.posts.tables import Daemon, stored_time

TURNS_WITHIN = timedelta(seconds=15)  # the daemon beats every 5 seconds
_SPEAKS_WITHIN = timedelta(seconds=6)  # it writes its pulse every 2 seconds

_PULSE_SIZE = 4096  # bytes: it is written over in place, which a full disk has room for
_LONGEST_TROUBLE = 500  # characters


@dataclass(frozen=True, slots=True)
class Pulse:
    """What a daemon says of itself outside the book; times are of the machine's clock.

    seen_at: when it said so. trouble: why nothing goes out, for a person; None when it does.
    """

    name: str
    started_at: datetime
    seen_at: datetime
    turned_at: datetime
    trouble: str | None


def pulse_path(book: Path) -> Path:
    return book.with_name(book.name + ".daemon-pulse")


def lock_path(book: Path) -> Path:
    """Returns the file that the one daemon of the book keeps locked as long as it is there."""
    return book.with_name(book.name + ".daemon-lock")


def write_pulse(path: Path, pulse: Pulse) -> None:
    """Raises OSError."""
    said = asdict(pulse) | {"trouble": (pulse.trouble or "")[:_LONGEST_TROUBLE] or None}
    content = json.dumps(said, default=datetime.isoformat).encode().ljust(_PULSE_SIZE - 1) + b"\n"
    file = os.open(path, os.O_WRONLY | os.O_CREAT, 0o644)
    try:
        os.pwrite(file, content, 0)
    finally:
        os.close(file)


def read_pulse(path: Path, now: datetime) -> Pulse | None:
    """Returns what a daemon said a moment ago; None when none is there, or when it cannot be read."""
    try:
        said = json.loads(path.read_bytes())
        times = {name: datetime.fromisoformat(said[name]) for name in ("started_at", "seen_at", "turned_at")}
        pulse = Pulse(name=said["name"], trouble=said["trouble"], **times)
        return pulse if turned_lately(pulse.seen_at, now) else None
    except (OSError, ValueError, TypeError, KeyError):
        return None


def turned_lately(turned_at: datetime, now: datetime) -> bool:
    """Whether a loop that turned last at `turned_at` still turns; times are of the machine's clock."""
    # A clock that was set back must not make a loop look alive that stands still.
    return abs(now - turned_at) <= TURNS_WITHIN


def speaks(pulse: Pulse | None, now: datetime) -> bool:
    """Whether a daemon says at this moment how things stand; one that is silent may have a disk that takes nothing."""
    return pulse is not None and abs(now - pulse.seen_at) <= _SPEAKS_WITHIN


def beat(connection: Connection, name: str, started_at: datetime, turned_at: datetime, trouble: str | None) -> None:
    """Writes the line; times are of the machine's clock."""
    connection.execute(
        text(
            "INSERT INTO daemon (id, name, started_at, turned_at, stopped_at, trouble)"
            " VALUES (1, :name, :started_at, :turned_at, NULL, :trouble)"
            " ON CONFLICT (id) DO UPDATE SET name = :name, started_at = :started_at, turned_at = :turned_at,"
            " stopped_at = NULL, trouble = :trouble"
        ),
        {"name": name, "started_at": stored_time(started_at), "turned_at": stored_time(turned_at), "trouble": trouble},
    )


def say_stopped(connection: Connection, now: datetime) -> None:
    connection.execute(text("UPDATE daemon SET stopped_at = :now"), {"now": stored_time(now)})


def last_beat(session: Session) -> Daemon | None:
    """Returns the line as the last daemon left it; None when none ever ran."""
    return session.get(Daemon, 1)


def as_it_says(line: Daemon | None, pulse: Pulse | None) -> Daemon | None:
    """Returns the daemon as it is by its own word, which it can give when it cannot write its line."""
    if pulse is None:
        return line
    # In trouble, the loop turns, and knows of nothing but the trouble.
    turned_at = pulse.seen_at if pulse.trouble else pulse.turned_at
    return Daemon(name=pulse.name, started_at=pulse.started_at, turned_at=turned_at, trouble=pulse.trouble)


def try_to_write(connection: Connection) -> None:
    """Changes nothing, and fails as any write would: a book that is locked, full or read-only shows in no other way."""
    connection.execute(text("UPDATE alembic_version SET version_num = version_num"))
