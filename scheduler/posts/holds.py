"""Holds: nothing, or nothing of one account or campaign, goes out until somebody resumes it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from scheduler.errors import MoveNotAllowed
from scheduler.posts.moves import write_audit
from scheduler.posts.status import HoldScope
from scheduler.posts.tables import HOLDS


@dataclass(frozen=True, slots=True)
class ActiveHolds:
    """What is held at one moment."""

    everything: bool
    accounts: frozenset[str]
    campaigns: frozenset[str]


def active_holds(connection: Connection) -> ActiveHolds:
    rows = connection.execute(select(HOLDS.c.scope, HOLDS.c.name).where(HOLDS.c.lifted_at.is_(None))).all()
    return ActiveHolds(
        everything=any(row.scope == HoldScope.ALL for row in rows),
        accounts=frozenset(row.name for row in rows if row.scope == HoldScope.ACCOUNT),
        campaigns=frozenset(row.name for row in rows if row.scope == HoldScope.CAMPAIGN),
    )


def hold(connection: Connection, scope: HoldScope, name: str, reason: str, *, who: str, now: datetime) -> None:
    """Holds from the next call on; raises MoveNotAllowed when the same is held already."""
    active = connection.execute(
        select(HOLDS.c.reason, HOLDS.c.held_by).where(
            HOLDS.c.scope == scope, HOLDS.c.name == name, HOLDS.c.lifted_at.is_(None)
        )
    ).first()
    if active is not None:
        raise MoveNotAllowed(f"{_said(scope, name)} is held already, by {active.held_by}: {active.reason}")
    connection.execute(insert(HOLDS).values(scope=scope.value, name=name, reason=reason, held_by=who, held_at=now))
    write_audit(connection, who=who, what=f"hold {_said(scope, name)}", now=now, detail=reason)


def resume(connection: Connection, scope: HoldScope, name: str, *, who: str, now: datetime) -> None:
    """Lifts the hold; raises MoveNotAllowed when nothing of the kind is held."""
    lifted = connection.execute(
        update(HOLDS)
        .where(HOLDS.c.scope == scope, HOLDS.c.name == name, HOLDS.c.lifted_at.is_(None))
        .values(lifted_by=who, lifted_at=now)
    )
    if lifted.rowcount == 0:
        held = connection.execute(select(HOLDS.c.scope, HOLDS.c.name).where(HOLDS.c.lifted_at.is_(None))).all()
        raise MoveNotAllowed(
            f"{_said(scope, name)} is not held; {_what_is_held([(row.scope, row.name) for row in held])}"
        )
    write_audit(connection, who=who, what=f"resume {_said(scope, name)}", now=now)


def _said(scope: str, name: str) -> str:
    return "everything" if scope == HoldScope.ALL else f"{scope} {name}"


def _what_is_held(held: Sequence[tuple[str, str]]) -> str:
    return "held: " + ", ".join(_said(scope, name) for scope, name in held) if held else "nothing is"
