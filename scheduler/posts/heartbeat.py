"""The daemon's own line in the book: who publishes, and when its loop last turned."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, text
from sqlmodel import Session

from scheduler.posts.tables import Daemon, stored_time

TURNS_WITHIN = timedelta(seconds=15)  # the daemon beats every 5 seconds


def turned_lately(turned_at: datetime, now: datetime) -> bool:
    """Whether a loop that turned last at `turned_at` still turns; times are of the machine's clock."""
    # A clock that was set back must not make a loop look alive that stands still.
    return abs(now - turned_at) <= TURNS_WITHIN


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
