"""Holds: nothing, or nothing of one account, campaign or topic, goes out until somebody resumes it."""

import sqlite3
import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert, select, text, update

from scheduler.errors import MoveNotAllowed
from scheduler.posts.batches import Step, move_together, run
from scheduler.posts.book import writes_of_this_process
from scheduler.posts.moves import write_audit
from scheduler.posts.status import HoldScope, Move, PostStatus
from scheduler.posts.tables import HOLDS, MAY_BE_OUT, Hold, joined_topics, split_topics, stored_time
from scheduler.posts.wording import STOPPED_NOTE


@dataclass(frozen=True, slots=True)
class ActiveHold:
    """One hold as it stands: what it reaches, and the topics that it lets through."""

    scope: HoldScope
    name: str
    except_topics: frozenset[str]

    def reaches(self, account: str, campaign: str, topics: Collection[str]) -> bool:
        if not self.except_topics.isdisjoint(topics):
            return False
        match self.scope:
            case HoldScope.ALL:
                return True
            case HoldScope.ACCOUNT:
                return self.name == account
            case HoldScope.CAMPAIGN:
                return self.name == campaign
            case HoldScope.TOPIC:
                return self.name in topics


@dataclass(frozen=True, slots=True)
class ActiveHolds:
    """What is held at one moment."""

    holds: tuple[ActiveHold, ...] = ()

    @property
    def everything(self) -> bool:
        """Nothing at all may go out, whatever its topic."""
        return any(hold.scope is HoldScope.ALL and not hold.except_topics for hold in self.holds)

    @property
    def accounts(self) -> frozenset[str]:
        """The accounts of which nothing at all may go out."""
        return frozenset(hold.name for hold in self.holds if hold.scope is HoldScope.ACCOUNT and not hold.except_topics)

    def names(self, scope: HoldScope) -> frozenset[str]:
        """Returns what is held of one scope, whether or not some topics are let through."""
        return frozenset(hold.name for hold in self.holds if hold.scope is scope)

    def reach(self, account: str, campaign: str, topics: Collection[str]) -> bool:
        """Returns whether any hold keeps such a post back."""
        return bool(self.holds) and any(hold.reaches(account, campaign, topics) for hold in self.holds)

    def reaching(self, account: str, campaign: str, topics: Collection[str]) -> Iterator[ActiveHold]:
        """Yields the holds that keep such a post back."""
        return (hold for hold in self.holds if hold.reaches(account, campaign, topics))

    def sql(self) -> tuple[str, dict[str, Any]]:
        """Returns " AND NOT (…)" over the columns of posts, and its values: what no hold reaches."""
        values: dict[str, Any] = {}
        clauses = [_clause(hold, f"hold{index}", values) for index, hold in enumerate(self.holds)]
        return (f" AND NOT ({' OR '.join(clauses)})", values) if clauses else ("", values)


_COLUMN = {HoldScope.ACCOUNT: "account", HoldScope.CAMPAIGN: "campaign"}


def _clause(hold: ActiveHold, name: str, values: dict[str, Any]) -> str:
    if hold.scope is HoldScope.ALL:
        reached = "1 = 1"
    elif hold.scope is HoldScope.TOPIC:
        values[name] = f"%,{hold.name},%"
        reached = f"topics LIKE :{name}"
    else:
        values[name] = hold.name
        reached = f"{_COLUMN[hold.scope]} = :{name}"
    let_through = []
    for index, topic in enumerate(sorted(hold.except_topics)):
        values[f"{name}_{index}"] = f"%,{topic},%"
        let_through.append(f"topics LIKE :{name}_{index}")
    return f"({reached} AND NOT ({' OR '.join(let_through)}))" if let_through else f"({reached})"


_ACTIVE = "SELECT scope, name, except_topics FROM holds WHERE lifted_at IS NULL"


def active_holds(connection: Connection) -> ActiveHolds:
    return _read(run(connection, _ACTIVE, {}))


def reaches_of(holds: Iterable[Hold]) -> ActiveHolds:
    """Returns what these holds reach."""
    return _read((hold.scope, hold.name, hold.except_topics) for hold in holds)


def _read(rows: Iterable[Any]) -> ActiveHolds:
    return ActiveHolds(
        tuple(ActiveHold(HoldScope(scope), name, frozenset(split_topics(topics))) for scope, name, topics in rows)
    )


_LOOK_AGAIN = 0.02  # seconds after which another process may have set a hold


class HoldWatch:
    """The holds as they stand: those that this process set at once, those of another at most 20 ms later."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection: sqlite3.Connection | None = None
        self._version: int | None = None
        self._holds = ActiveHolds()
        self._good_until = 0.0
        self._written: int | None = None

    def look(self) -> ActiveHolds:
        """Returns what is held now; raises sqlite3.Error when the book cannot be read.

        For a burst, where every call looks: asking SQLite each time costs as much as writing an attempt down.
        """
        now, written = time.monotonic(), writes_of_this_process()
        if now >= self._good_until or written != self._written:
            self._holds = self._ask()
            self._good_until, self._written = now + _LOOK_AGAIN, written
        return self._holds

    def _ask(self) -> ActiveHolds:
        if self._connection is None:
            self._connection = sqlite3.connect(f"{self._path.as_uri()}?mode=ro", uri=True, timeout=0)
        # SQLite counts the commits of all other connections: https://www.sqlite.org/pragma.html#pragma_data_version
        (version,) = self._connection.execute("PRAGMA data_version").fetchone()
        if version != self._version:
            self._holds = _read(self._connection.execute(_ACTIVE).fetchall())
            self._version = version
        return self._holds

    def close(self) -> None:
        self._version, self._good_until = None, 0.0
        if self._connection is not None:
            self._connection.close()
            self._connection = None


@dataclass(frozen=True, slots=True)
class Told:
    """A post about which a person must be told, and why."""

    id: int
    campaign: str
    slot: str
    account: str
    why: str


def hold(
    connection: Connection,
    scope: HoldScope,
    name: str,
    reason: str,
    *,
    who: str,
    now: datetime,
    except_topics: Collection[str] = (),
) -> None:
    """Holds from the next call on.

    A hold of the same with other exceptions gives way to this one; what it kept back beyond its moment and this one lets
    through is set aside, as on resume. Raises MoveNotAllowed when the very same is held already.
    """
    active = _active(connection, scope, name)
    if active is not None and active.except_topics == joined_topics(except_topics):
        spared = f", except {', '.join(sorted(except_topics))}" if except_topics else ""
        raise MoveNotAllowed(f"{said_of(scope, name)} is held already{spared}, by {active.held_by}: {active.reason}")
    if active is not None:
        _lift(connection, active, who, now)
    connection.execute(
        insert(HOLDS).values(
            scope=scope.value,
            name=name,
            reason=reason,
            held_by=who,
            held_at=now,
            except_topics=joined_topics(except_topics),
        )
    )
    exceptions = f" (except {', '.join(sorted(except_topics))})" if except_topics else ""
    write_audit(connection, who=who, what=f"hold {said_of(scope, name)}{exceptions}", now=now, detail=reason)
    if active is not None:
        _set_passed_aside(connection, active, who, now)


def resume(connection: Connection, scope: HoldScope, name: str, *, who: str, now: datetime) -> list[Told]:
    """Lifts the hold, and sets aside what it kept back beyond its moment: none of that goes out by itself.

    What is in doubt of an account that is resumed is asked about at once. Returns the posts set aside; what another hold
    reaches stays where it is until that one is lifted. Raises MoveNotAllowed when nothing of the kind is held.
    """
    active = _active(connection, scope, name)
    if active is None:
        held = connection.execute(select(HOLDS.c.scope, HOLDS.c.name).where(HOLDS.c.lifted_at.is_(None))).all()
        what = ", ".join(said_of(row.scope, row.name) for row in held)
        raise MoveNotAllowed(f"{said_of(scope, name)} is not held; {f'held: {what}' if what else 'nothing is'}")
    _lift(connection, active, who, now)
    if scope is HoldScope.ACCOUNT:
        # Where it could not be asked whether a post is out, it can be by now.
        connection.execute(
            text(
                "UPDATE posts SET next_try_at = :now"
                " WHERE status = 'unconfirmed' AND account = :account AND next_try_at > :now"
            ),
            {"account": name, "now": stored_time(now)},
        )
    return _set_passed_aside(connection, active, who, now)


def _set_passed_aside(connection: Connection, lifted_row: Any, who: str, now: datetime) -> list[Told]:
    """Sets aside what a hold that was just lifted kept back beyond its moment, as far as no other reaches it."""
    scope, name = HoldScope(lifted_row.scope), lifted_row.name
    lifted = ActiveHold(scope, name, frozenset(split_topics(lifted_row.except_topics)))
    others = active_holds(connection)
    passed = [
        row
        for row in connection.execute(
            text(f"{_WAITING} AND scheduled_at <= :now ORDER BY next_try_at, id"), {"now": stored_time(now)}
        )
        if lifted.reaches(row.account, row.campaign, topics := split_topics(row.topics))
        and not others.reach(row.account, row.campaign, topics)
    ]
    return _set_aside(connection, passed, f"its hour passed while {said_of(scope, name)} was held", who, now)


_WAITING = (
    f"SELECT id, version, campaign, slot, account, topics, {MAY_BE_OUT} AS may_be_out"
    " FROM posts WHERE status = 'approved'"
)


def stop_story(
    connection: Connection, campaign: str, occurrence: str, reason: str, *, who: str, now: datetime
) -> list[Told]:
    """Stops one occurrence of a campaign: holds all of the campaign, if it is not held, and sets aside what waits to go out.

    A hold of the campaign that lets some topics through gives way to one that does not. What is under way stays that; of
    a thread, the hold keeps the next part back. Returns the posts set aside.
    """
    active = _active(connection, HoldScope.CAMPAIGN, campaign)
    if active is not None and active.except_topics:
        _lift(connection, active, who, now)
        active = None
    if active is None:
        hold(connection, HoldScope.CAMPAIGN, campaign, reason, who=who, now=now)
    waiting = connection.execute(
        text(f"{_WAITING} AND campaign = :campaign AND occurrence = :occurrence ORDER BY next_try_at, id"),
        {"campaign": campaign, "occurrence": occurrence},
    ).all()
    return _set_aside(connection, waiting, f"{STOPPED_NOTE}{who}: {reason}", who, now)


def _set_aside(connection: Connection, rows: Sequence[Any], why: str, who: str, now: datetime) -> list[Told]:
    """Sets aside; what may be out by an attempt in doubt is asked about first."""
    waiting = [row for row in rows if not row.may_be_out]
    steps = [Step(row.id, row.version, why) for row in waiting]
    move_together(connection, Move.SET_ASIDE, PostStatus.APPROVED, steps, now, who=who)
    in_doubt = [Step(row.id, row.version, why, next_try_at=now) for row in rows if row.may_be_out]
    move_together(connection, Move.DOUBT_AGAIN, PostStatus.APPROVED, in_doubt, now, who=who)
    return [Told(row.id, row.campaign, row.slot, row.account, why) for row in waiting]


def _active(connection: Connection, scope: HoldScope, name: str) -> Any:
    return connection.execute(
        select(HOLDS).where(HOLDS.c.scope == scope, HOLDS.c.name == name, HOLDS.c.lifted_at.is_(None))
    ).first()


def _lift(connection: Connection, active: Any, who: str, now: datetime) -> None:
    connection.execute(update(HOLDS).where(HOLDS.c.id == active.id).values(lifted_by=who, lifted_at=now))
    write_audit(connection, who=who, what=f"resume {said_of(active.scope, active.name)}", now=now)


def said_of(scope: str, name: str) -> str:
    """Names what a hold reaches: "everything", "account force-x"."""
    return "everything" if scope == HoldScope.ALL else f"{scope} {name}"


def reach_of(hold: Hold) -> str:
    """Names what a hold reaches and what it lets through: "everything except safety"."""
    spared = split_topics(hold.except_topics)
    return said_of(hold.scope, hold.name) + (f" except {' and '.join(spared)}" if spared else "")


def way_back(scope: str, name: str) -> str:
    """Returns the command that ends a hold."""
    return f"redletter resume --{scope} {name}" if name else "redletter resume"
