"""Saving drafts: planning twice adds nothing, and what a person edited or approved is never changed without saying so."""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, insert, select

from scheduler.drafting.draft import Draft, PostKey, Source
from scheduler.posts.moves import make_move, write_audit
from scheduler.posts.review import UNAPPROVED
from scheduler.posts.status import Move, PostStatus
from scheduler.posts.tables import POSTS, digest_of, encode_message

_OPEN = (PostStatus.DRAFT, PostStatus.APPROVED)


@dataclass(frozen=True, slots=True)
class Planned:
    """What planning did with one draft or one post: a sentence for a person beside the post's id and key."""

    post_id: int | None
    key: PostKey
    scheduled_at: datetime
    said: str = ""


@dataclass(slots=True)
class PlanResult:
    """created, updated (other words), moved (another hour), left (nothing to do), kept (a person's word stands against the
    campaign's), past (its hour is over), gone (in the book, no longer in the campaign)."""

    created: list[Planned] = field(default_factory=list)
    updated: list[Planned] = field(default_factory=list)
    moved: list[Planned] = field(default_factory=list)
    left: list[Planned] = field(default_factory=list)
    kept: list[Planned] = field(default_factory=list)
    past: list[Planned] = field(default_factory=list)
    gone: list[Planned] = field(default_factory=list)


def save_drafts(
    connection: Connection,
    drafts: Sequence[Draft],
    *,
    who: str,
    now: datetime,
    replace: bool = False,
    unmade: Collection[PostKey] = (),
) -> PlanResult:
    """Saves the drafts of one or several whole campaign occurrences.

    unmade: posts of these occurrences that could not be made this time; where they are in the book, they stay.
    replace: what people edited or approved gives way to the campaign too, and loses its approval.
    """
    result = PlanResult()
    for draft in drafts:
        _save_one(connection, draft, result, who=who, now=now, replace=replace)
    _find_gone(connection, drafts, unmade, result)
    return result


def _save_one(
    connection: Connection, draft: Draft, result: PlanResult, *, who: str, now: datetime, replace: bool
) -> None:
    row = _row_of(connection, draft.key)
    if row is None:
        if draft.scheduled_at <= now:
            result.past.append(
                Planned(None, draft.key, draft.scheduled_at, "its hour has passed, so it was not planned")
            )
        else:
            result.created.append(Planned(_insert(connection, draft, who=who, now=now), draft.key, draft.scheduled_at))
        return

    values = _values_of(draft)
    # With `replace`, what a person made of it counts as little as what planning wrote before.
    same = values["digest"] == row["planned_digest"] and not (replace and values["digest"] != row["digest"])
    if same or row["status"] not in _OPEN:
        _refresh_remarks(connection, row, values, who=who, now=now)
        said = "" if row["status"] in _OPEN and same else f"it is {row['status']}"
        result.left.append(Planned(row["id"], draft.key, row["scheduled_at"], said))
        return

    person = _person_behind(row)
    if person and not replace:
        said = f"{person}; the campaign now has {_difference(row, values)}. Left as it is (plan --replace takes the campaign's)"
        result.kept.append(Planned(row["id"], draft.key, row["scheduled_at"], said))
        return
    if draft.scheduled_at <= now:
        said = f"the campaign now has {_difference(row, values)}, an hour that has passed; left as it is"
        result.kept.append(Planned(row["id"], draft.key, row["scheduled_at"], said))
        return

    changes = {**values, **UNAPPROVED, "edited_by": None}
    make_move(
        connection,
        Move.UPDATE,
        row["id"],
        row["version"],
        who=who,
        now=now,
        changes=changes,
        detail=_difference(row, values),
    )
    said = _difference(row, values) + (f"; {person}: that is void now" if person else "")
    moved = row["scheduled_at"] != draft.scheduled_at
    (result.moved if moved else result.updated).append(Planned(row["id"], draft.key, draft.scheduled_at, said))


def _row_of(connection: Connection, key: PostKey) -> RowMapping | None:
    found = connection.execute(
        select(POSTS).where(
            POSTS.c.campaign == key.campaign,
            POSTS.c.occurrence == key.occurrence,
            POSTS.c.slot == key.slot,
            POSTS.c.account == key.account,
            POSTS.c.fingerprint == key.fingerprint,
        )
    )
    return found.mappings().one_or_none()


def _insert(connection: Connection, draft: Draft, *, who: str, now: datetime) -> int:
    key = draft.key
    values = {
        **_values_of(draft),
        "campaign": key.campaign,
        "occurrence": key.occurrence,
        "slot": key.slot,
        "account": key.account,
        "fingerprint": key.fingerprint,
        "status": PostStatus.DRAFT.value,
        "version": 1,
        "tries": 0,
        "created_at": now,
        "updated_at": now,
    }
    inserted = connection.execute(insert(POSTS).values(**values)).inserted_primary_key
    post_id = int(inserted[0]) if inserted else 0
    write_audit(
        connection, who=who, what=Move.PLAN.value, now=now, post_id=post_id, to_status=PostStatus.DRAFT.value, version=1
    )
    return post_id


def _values_of(draft: Draft) -> dict[str, Any]:
    encoded = encode_message(draft.message)
    digest = digest_of(encoded, draft.key.account, draft.scheduled_at)
    return {
        "campaign_title": draft.campaign_title,
        "platform": draft.platform,
        "looks_like": draft.looks_like,
        "scheduled_at": draft.scheduled_at,
        "next_try_at": draft.scheduled_at,
        "expires_at": draft.scheduled_at + draft.late if draft.late is not None else None,
        "time_zone": draft.time_zone,
        "message_json": encoded,
        "digest": digest,
        "planned_digest": digest,
        "warnings_json": json.dumps(list(draft.warnings), ensure_ascii=False),
        "sources_json": json.dumps([_source(source) for source in draft.sources], ensure_ascii=False),
    }


def _source(source: Source) -> dict[str, Any]:
    return {
        "article": source.article,
        "sha256": source.sha256,
        "kind": source.kind,
        "spans": [[span.start, span.end] for span in source.spans],
    }


def _refresh_remarks(
    connection: Connection, row: RowMapping, values: dict[str, Any], *, who: str, now: datetime
) -> None:
    """What is no part of what was shown and approved follows the campaign without a new version; the trail keeps it."""
    if row["status"] not in _OPEN:
        return
    late = values["expires_at"] - values["scheduled_at"] if values["expires_at"] else None
    follows = {"campaign_title": values["campaign_title"], "sources_json": values["sources_json"]}
    follows["expires_at"] = row["scheduled_at"] + late if late is not None else None
    if row["digest"] == row["planned_digest"]:
        follows["warnings_json"] = values["warnings_json"]
    changed = {name: value for name, value in follows.items() if value != row[name]}
    if not changed:
        return
    connection.execute(POSTS.update().where(POSTS.c.id == row["id"]).values(**changed))
    write_audit(
        connection,
        who=who,
        what="follow the campaign",
        now=now,
        post_id=row["id"],
        from_status=row["status"],
        to_status=row["status"],
        version=row["version"],
        detail=", ".join(sorted(changed)),
    )


def _person_behind(row: RowMapping) -> str | None:
    if row["status"] == PostStatus.APPROVED:
        return f"approved by {row['approved_by']}"
    if row["digest"] != row["planned_digest"]:
        return f"edited by {row['edited_by']}"
    return None


def _difference(row: RowMapping, values: dict[str, Any]) -> str:
    changes = []
    if row["scheduled_at"] != values["scheduled_at"]:
        changes.append("another hour")
    if row["message_json"] != values["message_json"]:
        changes.append("other words")
    return " and ".join(changes) or "what it had before that"


def _find_gone(
    connection: Connection, drafts: Iterable[Draft], unmade: Collection[PostKey], result: PlanResult
) -> None:
    planned = {draft.key for draft in drafts}
    for campaign, occurrence in sorted({(key.campaign, key.occurrence) for key in (*planned, *unmade)}):
        rows = connection.execute(
            select(POSTS).where(
                POSTS.c.campaign == campaign,
                POSTS.c.occurrence == occurrence,
                POSTS.c.status.in_([status.value for status in _OPEN]),
            )
        ).mappings()
        for row in rows:
            key = PostKey(campaign, occurrence, row["slot"], row["account"], row["fingerprint"])
            if key in unmade:
                said = f"it could not be made anew; it stays as it was, {row['status']}"
                result.kept.append(Planned(row["id"], key, row["scheduled_at"], said))
            elif key not in planned:
                said = f"no longer in the campaign, still {row['status']}: reject or cancel it if it should not go out"
                result.gone.append(Planned(row["id"], key, row["scheduled_at"], said))
