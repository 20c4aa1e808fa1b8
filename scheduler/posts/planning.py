"""Saving drafts: planning twice adds nothing, and what a person edited or approved is never changed without saying so."""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, insert, select

from scheduler.config import LATE
from scheduler.drafting.draft import Draft, PostKey
from scheduler.posts.articles import remember_texts, waits_for_source
from scheduler.posts.holds import Told
from scheduler.posts.identity import find_mended, row_of
from scheduler.posts.moves import make_move, write_audit
from scheduler.posts.provenance import decode_sources, encode_sources
from scheduler.posts.review import UNAPPROVED
from scheduler.posts.status import Move, PostStatus, WhenLate
from scheduler.posts.tables import POSTS, digest_of, encode_message, joined_topics
from scheduler.posts.what_is_out import may_be_out, parts_out, said_out
from scheduler.posts.wording import is_about_its_article

_OPEN = (PostStatus.DRAFT, PostStatus.APPROVED)
_GONE = "no longer in the campaign"
# What may still go out by itself or by a person's word: the campaign's terms hold for it.
_COMING = (*_OPEN, PostStatus.HELD, PostStatus.FAILED, PostStatus.MISSED, PostStatus.REJECTED, PostStatus.CANCELLED)


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
    campaign's), held (its article has its words no longer, or is under embargo), past (its hour is over), gone (in the
    book, no longer in the campaign). notes: what became of the articles, each a sentence."""

    created: list[Planned] = field(default_factory=list)
    updated: list[Planned] = field(default_factory=list)
    moved: list[Planned] = field(default_factory=list)
    left: list[Planned] = field(default_factory=list)
    kept: list[Planned] = field(default_factory=list)
    held: list[Planned] = field(default_factory=list)
    past: list[Planned] = field(default_factory=list)
    gone: list[Planned] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def save_drafts(
    connection: Connection,
    drafts: Sequence[Draft],
    *,
    who: str,
    now: datetime,
    replace: bool = False,
    unmade: Collection[PostKey] = (),
    early: Sequence[Draft] = (),
    undated: Collection[tuple[str, str]] = (),
) -> PlanResult:
    """Saves the drafts of one or several whole campaign occurrences.

    undated: campaigns with other occurrences of theirs which have no date any more; what the book has of them is gone.
    early: drafts whose hour is before their embargo; those that are in the book get the embargo, and stay.
    unmade: posts of these occurrences that could not be made this time; where they are in the book, they stay.
    replace: what people edited or approved gives way to the campaign too, and loses its approval.
    """
    result = PlanResult()
    mended = find_mended(connection, [*drafts, *early])
    for draft in drafts:
        row = mended.get(draft.key) or row_of(connection, draft.key)
        _save_one(connection, draft, row, result, who=who, now=now, replace=replace)
    for draft in early:
        row = mended.get(draft.key) or row_of(connection, draft.key)
        if row is not None:
            _follow(connection, row, _terms(row, draft, now), who=who, now=now)
            said = f"it could not be made anew, for its embargo; it stays as it was, {row['status']}"
            result.kept.append(Planned(row["id"], draft.key, row["scheduled_at"], said))
    _find_gone(connection, [*drafts, *early], unmade, undated, [row["id"] for row in mended.values()], result)
    return result


def _save_one(
    connection: Connection,
    draft: Draft,
    row: RowMapping | None,
    result: PlanResult,
    *,
    who: str,
    now: datetime,
    replace: bool,
) -> None:
    if row is None:
        if draft.scheduled_at <= now:
            result.past.append(
                Planned(None, draft.key, draft.scheduled_at, "its hour has passed, so it was not planned")
            )
        else:
            result.created.append(Planned(_insert(connection, draft, who=who, now=now), draft.key, draft.scheduled_at))
        return

    values = _values_of(draft)
    seen = _Seen(
        row,
        draft,
        values,
        replace=replace,
        person=_person_behind(row),
        waits=row["status"] == PostStatus.HELD and waits_for_source(connection, row["id"]),
    )
    left = _why_left(connection, seen, now)
    if left is not None:
        kind, said = left
        # Where its words came from is known anew only when they are the same.
        follows = _terms(row, draft, now) | (_remarks(row, draft, values) if seen.is_same else {})
        _follow(connection, row, follows, who=who, now=now)
        getattr(result, kind).append(Planned(row["id"], draft.key, row["scheduled_at"], said))
        return

    changes = {**values, **UNAPPROVED, "edited_by": None, "fingerprint": draft.key.fingerprint}
    changes |= {"note": None} if seen.waits else {}
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
    said = _difference(row, values) + (f"; {seen.person}: that is void now" if seen.person else "")
    moved = row["scheduled_at"] != draft.scheduled_at
    (result.moved if moved else result.updated).append(Planned(row["id"], draft.key, draft.scheduled_at, said))


def say_held(connection: Connection, result: PlanResult, held: Collection[Told]) -> None:
    """Adds posts that were held for what became of their articles: that is all there is to say of them."""
    for told in held:
        row = connection.execute(select(POSTS).where(POSTS.c.id == told.id)).mappings().one()
        key = PostKey(row["campaign"], row["occurrence"], row["slot"], row["account"], row["fingerprint"])
        for kind in (result.kept, result.left, result.gone):
            kind[:] = [planned for planned in kind if planned.post_id != told.id]
        result.held.append(Planned(told.id, key, row["scheduled_at"], told.why))


@dataclass(frozen=True, slots=True)
class _Seen:
    """A draft beside the post that it is. person: who stands behind the post; waits: it is held for what its article did."""

    row: RowMapping
    draft: Draft
    values: dict[str, Any]
    replace: bool
    person: str | None
    waits: bool

    @property
    def is_same(self) -> bool:
        """The campaign has what it had. With `replace`, what a person made of it counts as little as what was planned."""
        row, digest = self.row, self.values["digest"]
        as_planned = digest == row["planned_digest"] and not (self.replace and digest != row["digest"])
        return bool(as_planned and not self.waits)

    @property
    def is_mended(self) -> bool:
        """The words of its article changed, and those of the post with them."""
        return bool(self.row["fingerprint"] != self.draft.key.fingerprint and not self.is_same)


def _why_left(connection: Connection, seen: _Seen, now: datetime) -> tuple[str, str] | None:
    """Returns of which kind of result a post is that stays as it is, and what is said of it; None where it changes."""
    row, status = seen.row, seen.row["status"]
    if status not in _OPEN and not seen.waits:
        mended = " with the words that its article had before; mended words are not posted again"
        return ("kept", f"it is {status}{mended}") if seen.is_mended else ("left", f"it is {status}")
    if seen.is_same:
        said = "a person gave it an hour after the campaign's `expires`, so it will not go out; give it another"
        return ("kept", said) if _outlasts(row, seen.draft) else ("left", "")
    has_now = f"the campaign now has {_difference(row, seen.values)}"
    out = parts_out(connection, row["id"])
    if out or may_be_out(connection, row["id"]):
        why = said_out(row["message_json"], out) if out else "it may be out, by an attempt of which nobody knows"
        return "kept", f"{has_now}, and {why}; left as it is"
    if seen.person and not seen.replace:
        return _left_to(seen.person, seen, has_now)
    hour_has_passed = seen.draft.scheduled_at <= now
    return ("kept", f"{has_now}, an hour that has passed; left as it is") if hour_has_passed else None


def _left_to(person: str, seen: _Seen, has_now: str) -> tuple[str, str]:
    if seen.waits:
        ways = f"redletter keep {seen.row['id']} leaves it as it is, plan --replace takes the campaign's"
        return "held", f"{person}, and held: {seen.row['note']} ({ways})"
    return "kept", f"{person}; {has_now}. Left as it is (plan --replace takes the campaign's)"


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
        **_lateness(draft, draft.scheduled_at),
        "topics": joined_topics(draft.topics),
        "time_zone": draft.time_zone,
        "message_json": encoded,
        "digest": digest,
        "planned_digest": digest,
        "warnings_json": json.dumps(list(draft.warnings), ensure_ascii=False),
        "sources_json": encode_sources(draft.sources),
        "embargo_until": draft.embargo_until,
    }


def _lateness(draft: Draft, scheduled_at: datetime) -> dict[str, Any]:
    """Returns when a post of this hour is too late, what becomes of it then, and after when it never goes out."""
    if draft.late == "send":
        return {"expires_at": draft.expires_at, "when_late": WhenLate.MISS.value, "latest_at": draft.expires_at}
    too_late_at = scheduled_at + (LATE if draft.late == "hold" else draft.late)
    if draft.expires_at is not None and draft.expires_at <= too_late_at:
        return {"expires_at": draft.expires_at, "when_late": WhenLate.MISS.value, "latest_at": draft.expires_at}
    when_late = WhenLate.HOLD if draft.late == "hold" else WhenLate.MISS
    return {"expires_at": too_late_at, "when_late": when_late.value, "latest_at": draft.expires_at}


def _terms(row: RowMapping, draft: Draft, now: datetime) -> dict[str, Any]:
    """Returns what holds for a post at the hour that it has in the book: its lateness, its topics, its campaign's title."""
    lateness = _lateness(draft, row["scheduled_at"])
    too_late_at, kept = lateness["expires_at"], row["expires_at"]
    if too_late_at is not None and row["scheduled_at"] <= now and (kept is None or kept > too_late_at):
        # Its hour has passed, and a person may have said that it goes out all the same: planning takes no word back.
        latest_at = lateness["latest_at"]
        lateness |= {"expires_at": min(filter(None, (kept, latest_at)), default=None), "when_late": row["when_late"]}
    return {
        **lateness,
        "topics": joined_topics(draft.topics),
        "campaign_title": draft.campaign_title,
        "embargo_until": draft.embargo_until,
    }


def _remarks(row: RowMapping, draft: Draft, values: dict[str, Any]) -> dict[str, Any]:
    """Returns what is said beside the words; the words of a person have warnings of their own."""
    names = ("sources_json", "warnings_json") if row["digest"] == row["planned_digest"] else ("sources_json",)
    return {name: values[name] for name in names} | {"fingerprint": draft.key.fingerprint}


def _follow(connection: Connection, row: RowMapping, follows: dict[str, Any], *, who: str, now: datetime) -> None:
    """What is no part of what was shown and approved follows the campaign without a new version; the trail keeps it."""
    changed = {name: value for name, value in follows.items() if value != row[name]}
    if row["status"] not in _COMING or not changed:
        return
    connection.execute(POSTS.update().where(POSTS.c.id == row["id"]).values(**changed))
    if "sources_json" in changed:
        remember_texts(connection, row["id"], _other_texts(row["sources_json"], changed["sources_json"]), now)
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


def _other_texts(was: str, now: str) -> dict[str, tuple[str, str]]:
    """Returns the articles that have another text: the SHA-256 of that before and of that now."""
    try:
        before = {source.article: source.sha256 for source in decode_sources(was)}
    except (ValueError, TypeError, KeyError):
        return {}  # of a damaged row nobody knows
    after = {source.article: source.sha256 for source in decode_sources(now)}
    return {name: (before[name], sha) for name, sha in after.items() if name in before and before[name] != sha}


def _outlasts(row: RowMapping, draft: Draft) -> bool:
    return draft.expires_at is not None and bool(row["scheduled_at"] >= draft.expires_at)


def _person_behind(row: RowMapping) -> str | None:
    if row["status"] == PostStatus.APPROVED or (row["status"] == PostStatus.HELD and row["approved_digest"]):
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
    connection: Connection,
    drafts: Iterable[Draft],
    unmade: Collection[PostKey],
    undated: Collection[tuple[str, str]],
    mended: Collection[int],
    result: PlanResult,
) -> None:
    planned = {draft.key for draft in drafts}
    for campaign, occurrence in sorted({(key.campaign, key.occurrence) for key in (*planned, *unmade)} | {*undated}):
        rows = connection.execute(
            select(POSTS).where(
                POSTS.c.campaign == campaign,
                POSTS.c.occurrence == occurrence,
                POSTS.c.status.in_([status.value for status in (*_OPEN, PostStatus.HELD)]),
            )
        ).mappings()
        for row in rows:
            key = PostKey(campaign, occurrence, row["slot"], row["account"], row["fingerprint"])
            if key in unmade:
                said = f"it could not be made anew; it stays as it was, {row['status']}"
                result.kept.append(Planned(row["id"], key, row["scheduled_at"], said))
            elif key in planned or row["id"] in mended:
                continue
            elif row["status"] == PostStatus.HELD and is_about_its_article(row["note"]):
                result.held.append(Planned(row["id"], key, row["scheduled_at"], row["note"]))
            else:
                why = f"its day has no date in {occurrence} any more" if (campaign, occurrence) in undated else _GONE
                said = f"{why}, still {row['status']}: reject or cancel it if it should not go out"
                result.gone.append(Planned(row["id"], key, row["scheduled_at"], said))
