"""Alarms in the book: what is new that a person must be told, what is over, and each message on its way outside."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, or_, text
from sqlmodel import Session, col, func, select

from scheduler.posts.articles import changed_elsewhere
from scheduler.posts.batches import DAEMON
from scheduler.posts.heartbeat import last_beat
from scheduler.posts.holds import ActiveHolds, active_holds
from scheduler.posts.needs import (
    ANSWERS,
    Need,
    by_cause,
    is_running,
    of_cause,
    of_damaged,
    of_overdue,
    of_refused_account,
    of_status,
    of_unapproved,
)
from scheduler.posts.queries import paced_accounts
from scheduler.posts.status import HoldScope, PostStatus
from scheduler.posts.tables import Alarm, Delivery, Hold, Notice, Post, stored_time
from scheduler.posts.what_is_out import begun
from scheduler.posts.wording import count, local_hour

DOUBT_LASTS = timedelta(minutes=2)  # so long the platform may be asked before a person is
_MEANWHILE = timedelta(seconds=30)  # a moment that is further ahead was written before the clock was set back
GONE_BY = "daemon gone by"  # an alarm of what has happened, and not of what stands: over once it is told


@dataclass(frozen=True, slots=True)
class Limits:
    """How long each may last before somebody is told. held_by_file: a file in the workspace keeps everything back.

    pace: how far apart late posts of one account go out, at most.
    """

    unapproved: timedelta
    silence: timedelta
    pace: timedelta = timedelta()
    held_by_file: bool = False
    is_published_from: bool = True


@dataclass(frozen=True, slots=True)
class Raised:
    """A need that somebody must be told of, and since when."""

    need: Need
    at: datetime


@dataclass(frozen=True, slots=True)
class Look:
    """What one look at the book gave: what stands and was not raised yet, and the keys of what stands no longer."""

    new: Sequence[Need] = ()
    over: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Message:
    """One message to people outside.

    key: never told twice under the same. alarms: what it tells, as far as it stands; none in a digest. is_over: nothing
    of what it tells stands any more.
    """

    key: str
    title: str
    body: str
    made_at: datetime
    alarms: Sequence[Raised] = ()
    is_over: bool = False


@dataclass(frozen=True, slots=True)
class Letter:
    """One message on its way by one channel. trouble: why it has not arrived; next_try_at: when it is tried again."""

    message: Message = field(repr=False)
    channel: str
    next_try_at: datetime
    tries: int = 0
    delivered_at: datetime | None = None
    trouble: str | None = None

    @property
    def name(self) -> tuple[str, str]:
        return self.message.key, self.channel


# So many of a kind are raised by one look; what is left is raised by the next, and no write takes long.
_AT_ONCE = 500

# Where the platform is not asked again soon, or cannot be, nothing but a person will settle it. And where the clock was set
# back, nobody knows how long the doubt has lasted.
_IN_DOUBT = (
    "status = 'unconfirmed' AND (updated_at <= :in_doubt_since OR updated_at > :meanwhile"
    " OR (asks > 0 AND next_try_at > :asked_soon)"
    " OR NOT EXISTS (SELECT 1 FROM attempts WHERE post_id = posts.id AND outcome IN ('unknown', 'duplicate')))"
)

# Kind of alarm: the posts it is about, and the key of each, as SQL over the columns of posts.
_RULES: Mapping[str, tuple[str, str]] = {
    "failed": ("status = 'failed'", "'failed:' || posts.id || ':' || version"),
    "missed": ("status = 'missed'", "'missed:' || posts.id || ':' || version"),
    "waiting": ("status = 'held'", "'waiting:' || posts.id || ':' || version"),
    "unconfirmed": (_IN_DOUBT, "'unconfirmed:' || posts.id || ':' || version"),
    "not approved": (
        "status = 'draft' AND scheduled_at <= :approve_before",
        "'unapproved:' || posts.id || ':' || scheduled_at",
    ),
    # What a person has just said yes to gets its time, too; and who knows of a doubt knows of the silence.
    "silence": (
        "status IN ('approved', 'publishing', 'unconfirmed') AND scheduled_at <= :due_before"
        " AND NOT EXISTS (SELECT 1 FROM audit WHERE audit.post_id = posts.id AND what = 'keep' AND at > :due_before)"
        f" AND NOT ({_IN_DOUBT})",
        "'silence:' || posts.id || ':' || scheduled_at",
    ),
}


def look(session: Session, limits: Limits, now: datetime) -> Look:
    """Looks at what a person must be told; costs little when nothing is new, whatever the book's size."""
    connection = session.connection()
    holds = active_holds(connection)
    not_held, values = holds.sql()
    silent_at_most = not_held + _not_paced(session, limits, now, values)
    values |= {
        "in_doubt_since": stored_time(now - DOUBT_LASTS),
        "asked_soon": stored_time(now + DOUBT_LASTS),
        "meanwhile": stored_time(now + _MEANWHILE),
        "approve_before": stored_time(now + limits.unapproved),
        "due_before": stored_time(now - limits.silence),
    }
    new: list[Need] = []
    over: set[str] = set()
    for kind, (rule, key) in _RULES.items():
        which = rule
        if kind == "silence":
            which += " AND 1 = 0" if limits.held_by_file else silent_at_most
        used = {name: value for name, value in values.items() if f":{name}" in which}
        found = connection.execute(
            text(
                f"SELECT id, {key} AS key FROM posts WHERE {which} AND NOT EXISTS"
                f" (SELECT 1 FROM alarms WHERE alarms.key = {key} AND cleared_at IS NULL)"
                " ORDER BY scheduled_at, id LIMIT :at_once"
            ),
            {**used, "at_once": _AT_ONCE},
        ).all()
        published = limits.is_published_from
        worded = (_in_words(session, kind, row.id, row.key, now, published, holds) for row in found)
        new += [need for need in worded if need]
        over |= set(
            connection.execute(
                text(
                    "SELECT key FROM alarms WHERE kind = :kind AND cleared_at IS NULL AND NOT EXISTS"
                    f" (SELECT 1 FROM posts WHERE posts.id = alarms.post_id AND {which} AND {key} = alarms.key)"
                ),
                {**used, "kind": kind},
            ).scalars()
        )
    accounts, articles = _look_at_accounts(session), _look_at_articles(session)
    return Look([*accounts.new, *new, *articles.new], accounts.over | over | articles.over)


def _not_paced(session: Session, limits: Limits, now: datetime, values: dict[str, Any]) -> str:
    """Returns " AND NOT (…)": late posts of an account that has just sent another one wait their turn, and are not forgotten."""
    waiting = sorted(paced_accounts(session, limits.pace, now))
    values |= {f"paced{index}": account for index, account in enumerate(waiting)}
    named = " OR ".join(f"account = :paced{index}" for index in range(len(waiting)))
    return f" AND NOT (status = 'approved' AND ({named}))" if waiting else ""


def _in_words(
    session: Session, kind: str, post_id: int, key: str, now: datetime, is_published_from: bool, holds: ActiveHolds
) -> Need | None:
    """Says what is so at this moment; returns None where it is over: a post that was removed, or dealt with."""
    try:
        post = session.get(Post, post_id)
        if post is None:
            return None
        if kind == "silence":
            stands = post.status in _WAITING and key == f"silence:{post_id}:{stored_time(post.scheduled_at)}"
            overdue = of_overdue(post, now, is_published_from=is_published_from, key=key, kind=kind)
            return overdue if stands else None
        out = begun(session.connection(), [post_id])
        if kind == "not approved":
            stands = post.status == PostStatus.DRAFT and key.endswith(f":{stored_time(post.scheduled_at)}")
            return replace(of_unapproved(post, now, out), key=key, kind=kind) if stands else None
        need = of_status(post, now, holds, out) if post.status in (*ANSWERS, PostStatus.HELD) else None
        return need if need and need.key == key else None
    except Exception as error:  # whatever is wrong with one post must not keep the alarms of all others back
        return of_damaged(post_id, key, kind, error)


_WAITING = (PostStatus.APPROVED, PostStatus.PUBLISHING, PostStatus.UNCONFIRMED)


def _look_at_accounts(session: Session) -> Look:
    """Looks for accounts whose credentials were refused: one alarm for each, however many posts wait for it."""
    held = session.exec(
        select(Hold).where(col(Hold.lifted_at).is_(None), Hold.held_by == DAEMON, Hold.scope == HoldScope.ACCOUNT.value)
    ).all()
    standing = {need.key: need for need in (_with_what_waits(session, hold) for hold in held)}
    raised = set(session.exec(select(Alarm.key).where(Alarm.kind == "held", col(Alarm.cleared_at).is_(None))))
    return Look([need for key, need in standing.items() if key not in raised], frozenset(raised - standing.keys()))


def _look_at_articles(session: Session) -> Look:
    """Looks for articles that changed where no post took its words: told once, however often it is looked at."""
    standing = {each.key: each for each in changed_elsewhere(session.connection())}
    alarms = session.exec(select(Alarm.key, Alarm.cleared_at).where(Alarm.kind == "article changed")).all()
    known = {key for key, _ in alarms}
    new = [Need(key, "article changed", each.said, each.answer) for key, each in standing.items() if key not in known]
    return Look(new, frozenset(key for key, cleared_at in alarms if cleared_at is None and key not in standing))


def _with_what_waits(session: Session, hold: Hold) -> Need:
    need = of_refused_account(hold)
    query = select(func.count()).where(Post.status == "approved", Post.account == hold.name)
    waiting = session.exec(query).one()
    return replace(
        need, said=f"{need.said}; {count(waiting, 'approved post')} {'waits' if waiting == 1 else 'wait'} for it"
    )


def in_common(raised: Iterable[Raised]) -> list[Raised]:
    """Puts together what one and the same thing holds, since the first of it: what happened is said once."""
    return [
        Raised(of_cause([each.need for each in group]), min(each.at for each in group))
        for group in by_cause(raised, lambda each: each.need)
    ]


def due_between(session: Session, start: datetime, end: datetime) -> int:
    """Returns how many posts were or are to go out in this time, and did not: what came of them since, all the same.

    What was held before the start waits for a person, and for no daemon.
    """
    waiting = col(Post.status).in_(("approved", "publishing", "unconfirmed"))
    since_then = and_(col(Post.status).in_(("held", "missed")), col(Post.updated_at) >= start)
    in_time = and_(col(Post.scheduled_at) >= start, col(Post.scheduled_at) <= end)
    return session.exec(select(func.count()).where(in_time, or_(waiting, since_then))).one()


def keep_raised(connection: Connection, raised: Iterable[Raised], over: Collection[str], now: datetime) -> None:
    """Writes what is new and what is over. What stood before and stands again is raised again."""
    # The post may have been removed since, when its time to be kept ended: that must not keep the alarm out of the book.
    _execute_all(
        connection,
        "INSERT INTO alarms (key, kind, post_id, said, answer, raised_at)"
        " VALUES (:key, :kind, (SELECT id FROM posts WHERE id = :post), :said, :answer, :at)"
        " ON CONFLICT (key) DO UPDATE SET said = :said, answer = :answer, raised_at = :at, cleared_at = NULL,"
        " notice_id = NULL WHERE alarms.cleared_at IS NOT NULL",
        [_values(one) for one in raised],
    )
    _execute_all(
        connection,
        "UPDATE alarms SET cleared_at = :now WHERE key = :key AND cleared_at IS NULL",
        [{"key": key, "now": stored_time(now)} for key in over],
    )


def keep_standing(connection: Connection, kind: str, standing: Collection[Need], now: datetime) -> None:
    """Raises what stands of a kind and was not raised yet, ends what stands no longer, and words the rest as it stands now.

    Nobody is told again of other words. kind: one whose keys begin with it.
    """
    raised = [Raised(need, now) for need in standing]
    stood = set(connection.execute(select(col(Alarm.key)).where(*_stands(kind))).scalars())
    _execute_all(
        connection,
        "UPDATE alarms SET said = :said, answer = :answer"
        " WHERE key = :key AND cleared_at IS NULL AND (said <> :said OR answer <> :answer)",
        [_values(one) for one in raised],
    )
    keep_raised(connection, raised, stood - {need.key for need in standing}, now)


def _stands(kind: str) -> tuple[ColumnElement[bool], ...]:
    """Returns the conditions of what stands of a kind: by the index that the keys have, for alarms are kept for years."""
    key = col(Alarm.key)
    return key >= f"{kind}:", key < f"{kind};", col(Alarm.kind) == kind, col(Alarm.cleared_at).is_(None)


def _execute_all(connection: Connection, statement: str, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        connection.execute(text(statement), rows)


def keep_message(connection: Connection, message: Message) -> None:
    """Writes a message and what it tells; one that is there already stays as it is."""
    connection.execute(
        text(
            "INSERT INTO notices (key, title, body, made_at) VALUES (:key, :title, :body, :at) ON CONFLICT DO NOTHING"
        ),
        {"key": message.key, "title": message.title, "body": message.body, "at": stored_time(message.made_at)},
    )
    keep_raised(connection, message.alarms, (), message.made_at)
    values = {"notice": message.key, "gone_by": GONE_BY, "at": stored_time(message.made_at)}
    _execute_all(
        connection,
        "UPDATE alarms SET notice_id = (SELECT id FROM notices WHERE key = :notice),"
        " cleared_at = CASE WHEN kind = :gone_by THEN :at ELSE cleared_at END WHERE key = :key",
        [{**values, "key": one.need.key} for one in message.alarms],
    )


def keep_letter(connection: Connection, letter: Letter) -> None:
    """Writes how the message stands on its way; what was delivered stays delivered."""
    connection.execute(
        text(
            "INSERT INTO deliveries (notice_id, channel, next_try_at, tries, delivered_at, trouble)"
            " SELECT id, :channel, :next_try_at, :tries, :delivered_at, :trouble FROM notices WHERE key = :key"
            " ON CONFLICT (notice_id, channel) DO UPDATE SET next_try_at = :next_try_at, tries = :tries,"
            " delivered_at = :delivered_at, trouble = :trouble WHERE deliveries.delivered_at IS NULL"
        ),
        {
            "key": letter.message.key,
            "channel": letter.channel,
            "next_try_at": stored_time(letter.next_try_at),
            "tries": letter.tries,
            "delivered_at": stored_time(letter.delivered_at) if letter.delivered_at else None,
            "trouble": letter.trouble,
        },
    )


def take_letter(connection: Connection, letter: Letter, until: datetime) -> bool:
    """Makes one try ours until a moment; returns False when another process has it, or has delivered it."""
    taken = connection.execute(
        text(
            "UPDATE deliveries SET tries = tries + 1, next_try_at = :until WHERE channel = :channel AND tries = :tries"
            " AND delivered_at IS NULL AND notice_id = (SELECT id FROM notices WHERE key = :key)"
        ),
        {
            "until": stored_time(until),
            "channel": letter.channel,
            "tries": letter.tries,
            "key": letter.message.key,
        },
    )
    return taken.rowcount == 1


def drop_letter(connection: Connection, letter: Letter) -> None:
    """Gives up a letter that has not arrived."""
    connection.execute(
        text(
            "DELETE FROM deliveries WHERE channel = :channel AND delivered_at IS NULL"
            " AND notice_id = (SELECT id FROM notices WHERE key = :key)"
        ),
        {"channel": letter.channel, "key": letter.message.key},
    )


def forget_channels(connection: Connection, known: Collection[str]) -> list[str]:
    """Gives up letters by channels that the config does not have any more; returns the names of those."""
    open_letters = "SELECT DISTINCT channel FROM deliveries WHERE delivered_at IS NULL"
    gone = sorted(set(connection.execute(text(open_letters)).scalars()) - set(known))
    for channel in gone:
        connection.execute(
            text("DELETE FROM deliveries WHERE channel = :channel AND delivered_at IS NULL"), {"channel": channel}
        )
    return gone


def has_message(session: Session, key: str) -> bool:
    return session.exec(select(Notice.id).where(Notice.key == key)).first() is not None


def untold(session: Session, now: datetime) -> list[Raised]:
    """Returns what stands and is in no message yet, oldest first, in the words of this moment."""
    query = select(Alarm).where(col(Alarm.notice_id).is_(None), col(Alarm.cleared_at).is_(None))
    return _standing(session, session.exec(query.order_by(col(Alarm.id))), now)


def open_alarms(session: Session, now: datetime) -> list[Raised]:
    """Returns what stands, oldest first, in the words of this moment."""
    query = select(Alarm).where(col(Alarm.cleared_at).is_(None)).order_by(col(Alarm.id))
    return _standing(session, session.exec(query), now)


def standing_of(session: Session, kind: str) -> list[Need]:
    """Returns what stands of a kind whose keys begin with it, oldest first."""
    query = select(Alarm).where(*_stands(kind)).order_by(col(Alarm.id))
    return [Need(each.key, each.kind, each.said, each.answer, each.post_id) for each in session.exec(query)]


def open_keys(session: Session, kinds: Collection[str]) -> frozenset[str]:
    """Returns the keys of what stands of these kinds."""
    return frozenset(session.exec(select(Alarm.key).where(col(Alarm.cleared_at).is_(None), col(Alarm.kind).in_(kinds))))


def undelivered(session: Session, now: datetime) -> list[Letter]:
    """Returns what is still on its way, oldest first; its alarms are those that still stand, in the words of this moment."""
    query = (
        select(Delivery, Notice)
        .where(Delivery.notice_id == Notice.id, col(Delivery.delivered_at).is_(None))
        .order_by(col(Delivery.notice_id), col(Delivery.channel))
    )
    letters = list(session.exec(query))
    messages = {notice.id: _message(session, notice, now) for _, notice in letters}
    return [
        Letter(messages[notice.id], delivery.channel, delivery.next_try_at, delivery.tries, None, delivery.trouble)
        for delivery, notice in letters
    ]


def figures(session: Session, now: datetime) -> Mapping[str, int | None]:
    """Returns how many posts are overdue, alarms stand, and letters are on their way."""
    overdue = select(func.count()).where(Post.status == "approved", Post.scheduled_at < now - timedelta(minutes=1))
    alarms = select(func.count()).where(col(Alarm.cleared_at).is_(None))
    letters = select(func.count()).where(col(Delivery.delivered_at).is_(None))
    return {
        "overdue": session.exec(overdue).one(),
        "alarms": session.exec(alarms).one(),
        "undelivered": session.exec(letters).one(),
    }


def of_letters(letters: Sequence[Letter], time_zone: str) -> list[Need]:
    """Says which channels do not deliver: one need for each, whatever waits for it."""
    failing: dict[str, list[Letter]] = {}
    for letter in letters:
        if letter.trouble:
            failing.setdefault(letter.channel, []).append(letter)
    needs = []
    for channel, waiting in failing.items():
        since = local_hour(min(letter.message.made_at for letter in waiting), time_zone)
        what = "alarm" if len(waiting) == 1 else f"{len(waiting)} alarms"
        said = f"{what} not delivered to {channel} since {since}: {waiting[0].trouble}"
        answer = "redletter alarms --test; it is tried again by itself"
        needs.append(Need(f"undelivered:{channel}", "alarm not delivered", said, answer))
    return needs


def _message(session: Session, notice: Notice, now: datetime) -> Message:
    told = list(session.exec(select(Alarm).where(Alarm.notice_id == notice.id).order_by(col(Alarm.id))))
    standing = _standing(session, told, now)
    return Message(notice.key, notice.title, notice.body, notice.made_at, standing, is_over=bool(told) and not standing)


def _standing(session: Session, alarms: Iterable[Alarm], now: datetime) -> list[Raised]:
    """Words grow old: "approve it" is wrong when the hour has passed. So what is about a post is worded when it is read."""
    is_published_from, holds = is_running(last_beat(session), now), active_holds(session.connection())
    needs = [(_as_it_stands(session, alarm, now, is_published_from, holds), alarm.raised_at) for alarm in alarms]
    return [Raised(need, at) for need, at in needs if need]


def _as_it_stands(
    session: Session, alarm: Alarm, now: datetime, is_published_from: bool, holds: ActiveHolds
) -> Need | None:
    as_written = Need(alarm.key, alarm.kind, alarm.said, alarm.answer, alarm.post_id)
    if alarm.kind == GONE_BY:
        return as_written
    if alarm.cleared_at is not None:
        return None
    if alarm.kind in _RULES and alarm.post_id is not None:
        return _in_words(session, alarm.kind, alarm.post_id, alarm.key, now, is_published_from, holds)
    return as_written


def _values(one: Raised) -> dict[str, Any]:
    need = one.need
    return {
        "key": need.key,
        "kind": need.kind,
        "post": need.post,
        "said": need.said,
        "answer": need.answer,
        "at": stored_time(one.at),
    }
