"""What elected people said: in a pre-election period it goes out only where somebody agreed, whom the audit trail names."""

import json
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, text

from scheduler.campaigns.period import parse_period
from scheduler.drafting.draft import PreElection
from scheduler.errors import MoveNotAllowed
from scheduler.posts.moves import write_audit
from scheduler.posts.wording import PRE_ELECTION_NOTE, clock_of

_AGREED = "agree: pre-election"
# Other words need another agreement.
_QUERY = text(
    f"SELECT 1 FROM audit WHERE post_id = :id AND what = '{_AGREED}' AND substr(detail, 1, length(:about)) = :about"
    " AND id > (SELECT coalesce(max(id), 0) FROM audit WHERE post_id = :id AND what IN ('edit', 'update'))"
)


def encoded(found: PreElection) -> dict[str, str]:
    """Returns it as it is kept beside the source of a post."""
    return {"name": found.name, "period": str(found.period)}


def decoded(kept: Any) -> PreElection | None:
    """Reads what is kept; None where nothing is. Raises ValueError, TypeError or KeyError where it is damaged."""
    return PreElection(str(kept["name"]), parse_period(kept["period"])) if kept else None


def of_sources(sources_json: str) -> tuple[PreElection, ...]:
    """Returns whose words a post has that must not go out in a period; of a damaged row none, for nothing of it goes out."""
    return _of_sources(sources_json) if '"pre_election"' in sources_json else ()


@lru_cache(maxsize=256)
def _of_sources(sources_json: str) -> tuple[PreElection, ...]:
    try:
        found = [decoded(source.get("pre_election")) for source in json.loads(sources_json)]
    except (ValueError, TypeError, KeyError, AttributeError):
        return ()
    return tuple(dict.fromkeys(filter(None, found)))


def in_the_way(
    connection: Connection, post_id: int, found: Iterable[PreElection], moment: datetime, time_zone: str
) -> PreElection | None:
    """Returns whose words keep a post back at this moment (aware); None where nobody's do, or somebody agreed to them."""
    day = moment.astimezone(clock_of(time_zone)).date()
    return next((each for each in found if day in each.period and not _is_agreed(connection, post_id, each)), None)


def note_of(found: PreElection) -> str:
    """Says why a post is held."""
    return f"{PRE_ELECTION_NOTE} ({_spoken(found)}), and quotes {found.name}, who is elected"


def unagreed(
    connection: Connection,
    post_id: int,
    sources_json: str,
    moment: datetime,
    time_zone: str,
    *,
    agreed: str | None = None,
    command: str = "keep",
) -> tuple[PreElection, ...]:
    """Returns what must be agreed to for a post to go out at this moment.

    agreed: who does so; None: nobody. command: what takes their word. Raises MoveNotAllowed where nobody does.
    """
    silent = of_sources(sources_json)
    found = tuple(each for each in silent if in_the_way(connection, post_id, [each], moment, time_zone))
    if found and not agreed:
        raise MoveNotAllowed(
            f"post {post_id} quotes {found[0].name}, who is elected, and would go out in the pre-election period"
            f" ({_spoken(found[0])}): redletter reschedule {post_id} WHEN gives it an hour after that; or, where your"
            f' returning officer or monitoring officer agrees: redletter {command} {post_id} --pre-election "who agreed"'
        )
    return found


def keep_agreement(
    connection: Connection, post_id: int, found: Iterable[PreElection], agreed: str | None, *, who: str, now: datetime
) -> None:
    """Writes down who agreed."""
    for each in found:
        write_audit(connection, who=who, what=_AGREED, now=now, post_id=post_id, detail=f"{_about(each)}{agreed}")


def _is_agreed(connection: Connection, post_id: int, found: PreElection) -> bool:
    return connection.execute(_QUERY, {"id": post_id, "about": _about(found)}).first() is not None


def _about(found: PreElection) -> str:
    return f"{found.name}, {found.period}: "


def _spoken(found: PreElection) -> str:
    first, last = found.period.first, found.period.last
    return f"{first.day} {first:%B %Y} to {last.day} {last:%B %Y}"
