"""Review: people approve, edit, reschedule, keep, reject and cancel posts, and settle what nobody else can know."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, select, text

from scheduler.drafting.draft import PreElection, Source
from scheduler.errors import MoveNotAllowed
from scheduler.excerpts.excerpt import ExcerptKind
from scheduler.platforms.message import Message
from scheduler.posts.articles import kept_text, open_changes
from scheduler.posts.difference import changes as changes_of_words
from scheduler.posts.difference import in_brief
from scheduler.posts.moves import check_move, make_move, write_audit
from scheduler.posts.pre_election import keep_agreement, unagreed
from scheduler.posts.status import ChangeKind, Move, PostStatus, WhenLate
from scheduler.posts.tables import POSTS, RECEIPTS, Post, decode_message, digest_of, encode_message, id_of
from scheduler.posts.what_is_out import check_not_begun, check_not_in_doubt, may_be_out, parts_out, said_out
from scheduler.posts.wording import clock_of

_REPEATS = "the same text as post "
_AROUND = timedelta(days=30)  # so long at most platforms remember a text
_SAYS_SOMETHING = (
    PostStatus.DRAFT,
    PostStatus.APPROVED,
    PostStatus.HELD,
    PostStatus.PUBLISHING,
    PostStatus.PUBLISHED,
    PostStatus.UNCONFIRMED,
)

UNAPPROVED: dict[str, Any] = {"approved_by": None, "approved_at": None, "approved_digest": None, "tries": 0}


def approve(
    connection: Connection,
    shown: Sequence[tuple[int, int]],
    *,
    who: str,
    now: datetime,
    agreed: str | None = None,
    pre_election: str | None = None,
) -> None:
    """Approves posts as they were shown: pairs of id and version; all of them or none.

    agreed: who agreed to a quotation that is not what was said, for the audit trail; None: nobody did. pre_election: who
    agreed that an elected person is quoted in the pre-election period.
    Raises MoveNotAllowed, naming every post that cannot be approved: changed since, not a draft, its hour has passed, a
    quotation in it altered, or an elected person quoted in the pre-election period.
    """
    refusals = []
    for post_id, version in shown:
        try:
            _approve_one(connection, post_id, version, who=who, now=now, agreed=agreed, pre_election=pre_election)
        except MoveNotAllowed as refusal:
            refusals.append(str(refusal))
    if refusals:
        raise MoveNotAllowed("\n".join(refusals))


def _approve_one(
    connection: Connection,
    post_id: int,
    version: int,
    *,
    who: str,
    now: datetime,
    agreed: str | None,
    pre_election: str | None,
) -> None:
    row = connection.execute(
        select(
            POSTS.c.scheduled_at,
            POSTS.c.status,
            POSTS.c.digest,
            POSTS.c.version,
            POSTS.c.message_json,
            POSTS.c.sources_json,
            POSTS.c.embargo_until,
            POSTS.c.time_zone,
        ).where(POSTS.c.id == post_id)
    ).one_or_none()
    if row is not None and row.status == PostStatus.DRAFT and row.scheduled_at <= now:
        raise MoveNotAllowed(
            f"post {post_id}: its hour has passed, so it cannot be approved; redletter reschedule {post_id} gives it another"
        )
    if row is not None and row.status == PostStatus.DRAFT:
        _check_embargo(post_id, row.embargo_until, row.scheduled_at, row.time_zone)
    changes: dict[str, Any] = {"approved_by": who, "approved_at": now, "tries": 0, "note": None}
    if row is not None:
        changes |= {"next_try_at": row.scheduled_at, "approved_digest": row.digest}
    altered = alterations_of(connection, post_id, row.message_json, row.sources_json) if row is not None else ()
    is_as_shown = row is not None and row.status == PostStatus.DRAFT and row.version == version
    if altered and is_as_shown and not agreed:
        raise MoveNotAllowed(
            f"post {post_id}: {'; '.join(altered)}. Look: redletter show {post_id} --sources. Give it the words that were said:"
            f' redletter edit {post_id}; or, where who is quoted agrees: redletter approve {post_id} --altered "who agreed"'
        )
    silent: tuple[PreElection, ...] = ()
    if row is not None and is_as_shown:
        when = (row.scheduled_at, row.time_zone)
        silent = unagreed(connection, post_id, row.sources_json, *when, agreed=pre_election, command="approve")
    detail = f"{'; '.join(altered)}; agreed: {agreed}" if altered else None
    make_move(connection, Move.APPROVE, post_id, version, who=who, now=now, changes=changes, detail=detail)
    keep_agreement(connection, post_id, silent, pre_election, who=who, now=now)


def alterations_of(connection: Connection, post_id: int, message_json: str, sources_json: str) -> tuple[str, ...]:
    """Returns what a post makes of its quotations that was not said so, each a sentence."""
    if '"quote"' not in sources_json:
        return ()  # most posts quote nobody, and a whole campaign is approved in one go
    from scheduler.posts.provenance import altered, planned_message

    planned = planned_message(connection, post_id, message_json)
    return altered(sources_json, decode_message(message_json), planned)


def edit(connection: Connection, post: Post, message: Message, *, who: str, now: datetime) -> None:
    """Gives the post other words; an approval is void, and so is what was warned of, save what was said of its date.

    A quotation that is not any more what was said is warned of and written to the audit trail.
    Raises MoveNotAllowed, also for a thread of which a part is out.
    """
    from scheduler.drafting.lint import NOBODY_NAMED, OF_THE_DATE
    from scheduler.posts.provenance import altered, decode_sources, planned_message

    check_not_begun(connection, post, Move.EDIT)
    encoded = encode_message(message)
    found = altered(post.sources_json, message, planned_message(connection, id_of(post), post.message_json))
    sources = decode_sources(post.sources_json)
    edited = [*found, *_made_up(connection, sources, message)]
    edited += [warning for warning in post.warnings if warning.startswith(OF_THE_DATE)]
    if any(source.kind == ExcerptKind.QUOTE and source.words and not source.speaker for source in sources):
        edited.append(NOBODY_NAMED)
    if sources:
        edited.append(f"the words were edited by {who}; the source is that of the draft before")
    edited += _repeats(connection, post, encoded, post.scheduled_at)
    changes = {
        "message_json": encoded,
        "digest": digest_of(encoded, post.account, post.scheduled_at),
        "warnings_json": json.dumps(edited, ensure_ascii=False),
        "edited_by": who,
        **UNAPPROVED,
    }
    make_move(
        connection, Move.EDIT, id_of(post), post.version, who=who, now=now, changes=changes, detail=post.message_json
    )
    if found:
        what, version = "alter quotation", post.version + 1
        write_audit(connection, who=who, what=what, now=now, post_id=post.id, version=version, detail="; ".join(found))


def _made_up(connection: Connection, sources: Sequence[Source], message: Message) -> tuple[str, ...]:
    """Returns which words in quotation marks nobody said in the articles of a post."""
    from scheduler.drafting.altering import Quotation, made_up
    from scheduler.posts.provenance import words_of

    texts = [kept_text(connection, source.article, source.sha256) for source in sources]
    if None in texts:
        return ()  # an older version planned it, and nobody knows
    quotations = [
        Quotation(source.words, source.speaker)
        for source in sources
        if source.kind == ExcerptKind.QUOTE and source.words
    ]
    return made_up(words_of(message), filter(None, texts), quotations)


def _repeats(connection: Connection, post: Post, message_json: str, scheduled_at: datetime) -> list[str]:
    """Returns which posts of the same account say the same around this hour, each a sentence."""
    found = connection.execute(
        select(POSTS.c.id, POSTS.c.scheduled_at, POSTS.c.time_zone)
        .where(
            POSTS.c.status.in_([status.value for status in _SAYS_SOMETHING]),
            POSTS.c.scheduled_at.between(scheduled_at - _AROUND, scheduled_at + _AROUND),
            POSTS.c.account == post.account,
            POSTS.c.message_json == message_json,
            POSTS.c.id != post.id,
        )
        .order_by(POSTS.c.scheduled_at)
    )
    return [
        f"{_REPEATS}{row.id} for this account, on {_local(row.scheduled_at, row.time_zone)}: platforms refuse a text posted"
        " twice"
        for row in found
    ]


def reschedule(connection: Connection, post: Post, scheduled_at: datetime, *, who: str, now: datetime) -> None:
    """Gives the post another hour (aware), and makes a draft of it: an approval is void, and a no is taken back.

    Raises MoveNotAllowed, also for an hour that has passed, that lies beyond the moment at which the post expires, or
    before the end of its embargo, or in a pre-election period in which it must not go out, and for a thread of which a part
    is out.
    """
    if scheduled_at <= now:
        raise MoveNotAllowed(
            f"post {post.id}: {_local(scheduled_at, post.time_zone)} has passed; choose an hour to come"
        )
    if post.latest_at is not None and scheduled_at >= post.latest_at:
        raise MoveNotAllowed(
            f"post {post.id} expires on {_local(post.latest_at, post.time_zone)} and never goes out after that; choose an"
            " hour before it, or change `expires` in its campaign and plan again"
        )
    _check_embargo(id_of(post), post.embargo_until, scheduled_at, post.time_zone)
    unagreed(connection, id_of(post), post.sources_json, scheduled_at, post.time_zone)
    check_not_begun(connection, post, Move.RESCHEDULE)
    warnings = [warning for warning in post.warnings if not warning.startswith(_REPEATS)]
    warnings += _repeats(connection, post, post.message_json, scheduled_at)
    changes = {
        "scheduled_at": scheduled_at,
        "next_try_at": scheduled_at,
        "expires_at": _too_late_at(post, scheduled_at),
        "digest": digest_of(post.message_json, post.account, scheduled_at),
        "warnings_json": json.dumps([*warnings, _written_for(post)], ensure_ascii=False),
        "edited_by": who,
        **UNAPPROVED,
    }
    detail = f"from {_exactly(post.scheduled_at, post.time_zone)} to {_exactly(scheduled_at, post.time_zone)}"
    make_move(connection, Move.RESCHEDULE, id_of(post), post.version, who=who, now=now, changes=changes, detail=detail)


def _check_embargo(post_id: int, embargo_until: datetime | None, hour: datetime, time_zone: str) -> None:
    if embargo_until is not None and hour < embargo_until:
        raise MoveNotAllowed(
            f"post {post_id} is under embargo until {_local(embargo_until, time_zone)}, and must not go out before:"
            f" redletter reschedule {post_id} WHEN gives it a later hour"
        )


def _too_late_at(post: Post, scheduled_at: datetime) -> datetime | None:
    """Returns when the post is too late at its new hour: as long after it as before, and never after it expires."""
    if post.expires_at is None or post.expires_at == post.latest_at:
        return post.latest_at
    too_late_at = scheduled_at + (post.expires_at - post.scheduled_at)
    return min(too_late_at, post.latest_at) if post.latest_at else too_late_at


def _exactly(moment: datetime, time_zone: str) -> str:
    """Writes the hour for the record, where one that the clocks show twice must not be in doubt."""
    return f"{_local(moment, time_zone)} {moment.astimezone(clock_of(time_zone)):%Z}"


def _local(moment: datetime, time_zone: str) -> str:
    local = moment.astimezone(clock_of(time_zone))
    return f"{local:%A} {local.day} {local:%B %Y}, {local:%H:%M}"


def _written_for(post: Post) -> str:
    written_for = post.scheduled_at.astimezone(clock_of(post.time_zone))
    return f"moved by hand: its words were written for {written_for:%A %-d %B, %H:%M}; look for days and hours in them"


def keep(
    connection: Connection,
    post_id: int,
    version: int,
    *,
    who: str,
    now: datetime,
    pre_election: str | None = None,
) -> None:
    """A held post goes out all the same, and its approval stands: at its hour, or, where that has passed, now.

    In the latter case it goes out however late, until it expires. One that nobody has approved yet is a draft again.
    pre_election: who agreed that an elected person is quoted in the pre-election period, for the audit trail.
    Raises MoveNotAllowed, also for a post that has expired, or whose embargo has not, and where nobody agreed.
    """
    move, changes, silent = _as_kept(connection, post_id, now, pre_election)
    detail = "; ".join(_kept_against(connection, post_id)) or None
    make_move(connection, move, post_id, version, who=who, now=now, changes=changes, detail=detail)
    keep_agreement(connection, post_id, silent, pre_election, who=who, now=now)


def check_can_be_kept(
    connection: Connection, post_id: int, version: int, *, now: datetime, pre_election: str | None = None
) -> None:
    """Raises what `keep` would raise, before a person is asked anything."""
    move, _, _ = _as_kept(connection, post_id, now, pre_election)
    check_move(connection, move, post_id, version)


def _as_kept(
    connection: Connection, post_id: int, now: datetime, pre_election: str | None
) -> tuple[Move, dict[str, Any], tuple[PreElection, ...]]:
    """Returns the move of a post that is kept, what it changes, and what somebody must have agreed to."""
    row = connection.execute(
        select(
            POSTS.c.status,
            POSTS.c.scheduled_at,
            POSTS.c.digest,
            POSTS.c.approved_digest,
            POSTS.c.latest_at,
            POSTS.c.time_zone,
            POSTS.c.embargo_until,
            POSTS.c.sources_json,
        ).where(POSTS.c.id == post_id)
    ).one_or_none()
    move = Move.KEEP
    changes: dict[str, Any] = {"next_try_at": now, "tries": 0, "note": None}
    silent: tuple[PreElection, ...] = ()
    if row is not None and row.status == PostStatus.HELD:
        if row.latest_at is not None and row.latest_at <= now:
            raise MoveNotAllowed(
                f"post {post_id} expired on {_local(row.latest_at, row.time_zone)} and must not go out any more:"
                f" redletter cancel {post_id}. If it should all the same, change `expires` in its campaign, plan again,"
                f" then redletter keep {post_id} or redletter reschedule {post_id} WHEN"
            )
        if row.approved_digest is None:
            move = Move.KEEP_DRAFT
        elif row.approved_digest != row.digest:
            raise MoveNotAllowed(
                f"post {post_id} is not what was approved, so it cannot go out as it is: redletter reschedule {post_id} WHEN,"
                f" then redletter approve {post_id}; or redletter cancel {post_id}"
            )
        goes_out = max(row.scheduled_at, now)
        _check_embargo(post_id, row.embargo_until, goes_out, row.time_zone)
        silent = unagreed(connection, post_id, row.sources_json, goes_out, row.time_zone, agreed=pre_election)
        if row.scheduled_at > now or move is Move.KEEP_DRAFT:
            changes["next_try_at"] = row.scheduled_at
        else:
            changes |= {"expires_at": row.latest_at, "when_late": WhenLate.MISS.value}
    return move, changes, silent


def _kept_against(connection: Connection, post_id: int) -> Iterator[str]:
    """Yields what a person lets a post go out against: what became of its articles, from which text to which."""
    for change in open_changes(connection, post_id):
        texts = f"sha256 {(change.was_sha256 or 'unknown')[:12]}"
        if change.kind == ChangeKind.CHANGED:
            what = in_brief(changes_of_words(change.was, change.now))
            yield f"kept although {change.source} has changed ({texts} to {(change.now_sha256 or '')[:12]}): {what}"
        elif change.kind == ChangeKind.WITHDRAWN:
            yield f"kept although {change.source} was taken away ({texts})"


def reject(
    connection: Connection, post_id: int, version: int, *, who: str, now: datetime, reason: str | None = None
) -> None:
    """A draft, or a post that failed or was missed, will not go out; planning does not bring it back. Raises MoveNotAllowed."""
    make_move(connection, Move.REJECT, post_id, version, who=who, now=now, changes={"note": reason}, detail=reason)


def cancel(
    connection: Connection, post_id: int, version: int, *, who: str, now: datetime, reason: str | None = None
) -> None:
    """An approved or held post that will not go out after all. Raises MoveNotAllowed, also for one that may be out."""
    check_not_in_doubt(connection, post_id)
    make_move(connection, Move.CANCEL, post_id, version, who=who, now=now, changes={"note": reason}, detail=reason)


def resolve(connection: Connection, post: Post, url: str | None, *, who: str, now: datetime) -> None:
    """A person looked: what is unconfirmed, or waits though it may be out, is out at `url`, or (None) it is not.

    Out, the post is published; where it was one part of a thread with more to come, it has failed, since an address alone
    is nothing to reply to. Not out, it is a draft again; where parts before it are out, it is held, and the rest may still
    be kept or cancelled. Raises MoveNotAllowed.
    """
    if post.status != PostStatus.UNCONFIRMED and not may_be_out(connection, id_of(post)):
        raise MoveNotAllowed(f"post {post.id} is {post.status}, and nobody doubts that: there is nothing to resolve")
    out = parts_out(connection, id_of(post))
    number, several = len(out) + 1, len(post.message.parts)
    # A person's word ends every doubt: what goes out after it goes as something new.
    connection.execute(
        text("UPDATE attempts SET outcome = 'absent', retry_at = NULL WHERE post_id = :id AND outcome = 'unknown'"),
        {"id": post.id},
    )
    if url is not None:
        _settle_published(connection, post, url, out, who=who, now=now)
    elif out:
        changes = {"note": f"{said_out(post.message_json, out)}; part {number} is not, says {who}"}
        move = Move.RESOLVE_PART_NOT_PUBLISHED
        make_move(connection, move, id_of(post), post.version, who=who, now=now, changes=changes)
    else:
        what = "not published" if several == 1 else "nothing of it is published"
        changes = {"note": f"{what}, says {who}", **UNAPPROVED}
        make_move(connection, Move.RESOLVE_NOT_PUBLISHED, id_of(post), post.version, who=who, now=now, changes=changes)


def _settle_published(
    connection: Connection, post: Post, url: str, out: Sequence[str], *, who: str, now: datetime
) -> None:
    out = [*out, url]
    is_last = len(out) >= len(post.message.parts)
    move = Move.RESOLVE_PUBLISHED if is_last else Move.RESOLVE_PART_PUBLISHED
    rest = f"{said_out(post.message_json, out)}; the rest is not, and does not follow by itself"
    make_move(
        connection,
        move,
        id_of(post),
        post.version,
        who=who,
        now=now,
        changes={"note": None if is_last else rest},
        detail=url,
    )
    connection.execute(
        insert(RECEIPTS).values(post_id=post.id, part=len(out) - 1, platform_id=url, url=url, received_at=now)
    )
