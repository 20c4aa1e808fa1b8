"""Where the calls of an account go, as the audit trail has it: an attempt in doubt must be asked about where it was made."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, text

from scheduler.posts.batches import DAEMON
from scheduler.posts.moves import write_audit


def note_places(connection: Connection, places: Mapping[str, str], now: datetime) -> None:
    """Writes an entry for each account that has another place than the trail knew: platform and address in words."""
    known = {account: entries[-1].detail for account, entries in _entries_of(connection, places).items() if entries}
    for account, place in places.items():
        if known.get(account) != place:
            write_audit(connection, who=DAEMON, what=_what(account), now=now, detail=place)


def made_elsewhere(connection: Connection, ids: Collection[int]) -> dict[int, str]:
    """Returns of which posts an attempt at the part that goes out next is in doubt where their account has not been since.

    Each with a sentence for a person. What was tried before the trail named places was tried on the platform that the post
    was planned for; and before it named an address that is a secret, at the one that it names first.
    """
    attempts = connection.execute(text(_IN_DOUBT).bindparams(_these(sorted(ids)))).all() if ids else []
    if not attempts:
        return {}
    entries = _entries_of(connection, {each.account for each in attempts})
    elsewhere = {}
    for each in attempts:
        of_account = entries[each.account]
        if not of_account:
            continue
        is_now, was = of_account[-1].detail, _place_at(of_account, each)
        if was != is_now and not (was is None and _platform(is_now) == each.platform):
            elsewhere[each.id] = (
                f"its call was made when the account {each.account} was {was or each.platform}, and now it is {is_now}, where"
                " nothing of that can be seen"
            )
    return elsewhere


# An attempt without an outcome belongs to a call that is under way, or to a daemon that died in it.
_IN_DOUBT = """
    SELECT posts.id, posts.account, posts.platform, attempts.started_at,
        (SELECT id FROM audit WHERE audit.post_id = posts.id AND audit.version = attempts.version AND what = 'claim')
            AS claimed
    FROM posts JOIN attempts ON attempts.post_id = posts.id
    WHERE posts.id IN :these AND (attempts.outcome IS NULL OR attempts.outcome IN ('unknown', 'duplicate'))
        AND attempts.part = (SELECT count(*) FROM receipts WHERE receipts.post_id = posts.id)
"""


def _entries_of(connection: Connection, accounts: Iterable[str]) -> dict[str, list[Any]]:
    """Returns the entries of each account, oldest first."""
    entries: dict[str, list[Any]] = {account: [] for account in accounts}
    names = {_what(account): account for account in entries}
    # What belongs to no post is a small part of the trail, and the index of posts finds it.
    query = text("SELECT id, at, what, detail FROM audit WHERE post_id IS NULL AND what IN :these ORDER BY id")
    for row in connection.execute(query.bindparams(_these(sorted(names)))):
        entries[names[row.what]].append(row)
    return entries


def _place_at(entries: Iterable[Any], attempt: Any) -> str | None:
    """Returns where the account was at that attempt, by the order of the trail; None when nobody wrote it down.

    By the time where a restore has brought the attempt back without its entry.
    """
    place: str | None = None
    for entry in entries:
        was_so = entry.id < attempt.claimed if attempt.claimed else entry.at <= attempt.started_at
        if was_so or (place is not None and _says_more(entry.detail, place)):
            place = entry.detail
    return place


def _says_more(place: str, earlier: str) -> bool:
    """Whether a place is the earlier one with its address: an older version wrote down only where that is kept."""
    return place.startswith(f"{earlier.removesuffix(')')}: ")


def _what(account: str) -> str:
    return f"place of account {account}"


def _platform(place: str) -> str:
    return place.partition(" ")[0]


def _these(values: Collection[Any]) -> BindParameter[Any]:
    return bindparam("these", list(values), expanding=True)
