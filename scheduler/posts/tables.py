"""The book's tables: posts, their attempts and receipts, articles, holds, the audit trail, alarms, the daemon's line."""

import hashlib
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy import CheckConstraint, Dialect, Index, String, TypeDecorator, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from scheduler.platforms.message import Media, Message, Part
from scheduler.posts.status import ChangeKind, HoldScope, Outcome, PostStatus, WhenLate

SCHEMA_VERSION = "0003"


class UtcTime(TypeDecorator[datetime]):
    """An aware datetime, kept as fixed-width UTC text: it sorts, every database has it, and a person can read it."""

    impl = String(32)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:  # noqa: ARG002 (SQLAlchemy's signature)
        return None if value is None else stored_time(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 (SQLAlchemy's signature)
        return None if value is None else kept_time(value)


@lru_cache(maxsize=1024)  # one moment goes into several rows, and a batch has few
def stored_time(moment: datetime) -> str:
    """Returns the text under which a moment is kept; raises ValueError when it is naive."""
    if moment.tzinfo is None:
        raise ValueError("the book keeps aware times only")
    in_utc = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    return in_utc.isoformat(timespec="microseconds")


def kept_time(stored: str) -> datetime:
    """Returns the moment that is kept under a text; raises ValueError where it is damaged: none, or without its zone."""
    moment = datetime.fromisoformat(stored)
    if moment.tzinfo is None:
        raise ValueError(f"a moment without its zone: {stored!r}")
    return moment


def _one_of(column: str, values: type[StrEnum]) -> str:
    return f"{column} IN ({', '.join(repr(value.value) for value in values)})"


class Post(SQLModel, table=True):
    """One message for one account at one time.

    message_json: see `encode_message`. digest: of everything an approval covers, as it stands now; approved_digest: as
    it was approved, and nothing else may go out. planned_digest: of what planning last wrote; when it is not the
    digest, a person has changed the post.
    next_try_at: when it may next be tried; of an unconfirmed post, when the platform is next asked about it.
    expires_at: at this moment and after it the post is too late, and `when_late` says what then: missed, or held for a
    person to say; None when it may go however late. latest_at: from this moment on not even a person's word sends it out.
    sources_json: the excerpts that planning took its words from, a list of objects: article, sha256 (of its text, which
    `articles` keeps), kind, spans ([start, end] of the words used, in code points), paragraphs (the number of the
    article's paragraph of each span, from 0), speaker, role, fingerprint (of the whole excerpt), and pre_election (name,
    period) where the speaker is elected: nothing of the post goes out in that period unless somebody agreed.
    embargo_until: nothing of it goes out before; None when nobody asked for that.
    topics: as `joined_topics` writes them. tries: temporary failures since it was approved; asks: how often the platform
    was asked about it since its outcome became unknown. note: the last thing that a person should know about it.
    """

    __tablename__ = "posts"
    __table_args__ = (
        UniqueConstraint("campaign", "occurrence", "slot", "account", "fingerprint", name="uq_posts_identity"),
        CheckConstraint(_one_of("status", PostStatus), name="ck_posts_status"),
        CheckConstraint("version >= 1", name="ck_posts_version"),
        CheckConstraint(_one_of("when_late", WhenLate), name="ck_posts_when_late"),
        # What PostgreSQL calls these conditions (postgresql_where) stands in the migrations: here it would load all that
        # SQLAlchemy knows of PostgreSQL, which is three megabytes of a resting daemon.
        # Only approved posts wait to go out: a million published ones cost these indexes nothing. The status leads them,
        # or the planner would rather read and sort all posts of one status by the last index.
        Index(
            "ix_posts_due",
            "status",
            "next_try_at",
            sqlite_where=text("status = 'approved'"),
        ),
        Index(
            "ix_posts_due_by_account",
            "status",
            "account",
            "next_try_at",
            sqlite_where=text("status = 'approved'"),
        ),
        Index(
            "ix_posts_expiring",
            "status",
            "expires_at",
            sqlite_where=text("status = 'approved'"),
        ),
        Index(
            "ix_posts_in_doubt",
            "status",
            "next_try_at",
            sqlite_where=text("status = 'unconfirmed'"),
        ),
        Index("ix_posts_by_status", "status", "scheduled_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    campaign: str
    occurrence: str
    slot: str
    account: str
    fingerprint: str = ""
    campaign_title: str
    platform: str
    looks_like: str
    status: str
    version: int = 1
    scheduled_at: datetime = Field(sa_type=UtcTime)
    next_try_at: datetime = Field(sa_type=UtcTime)
    expires_at: datetime | None = Field(default=None, sa_type=UtcTime)
    time_zone: str
    message_json: str
    digest: str
    planned_digest: str
    warnings_json: str = "[]"
    sources_json: str = "[]"
    approved_digest: str | None = None
    approved_by: str | None = None
    approved_at: datetime | None = Field(default=None, sa_type=UtcTime)
    edited_by: str | None = None
    tries: int = 0
    note: str | None = None
    created_at: datetime = Field(sa_type=UtcTime)
    updated_at: datetime = Field(sa_type=UtcTime)
    topics: str = Field(default="", sa_column_kwargs={"server_default": ""})
    when_late: str = Field(default=WhenLate.MISS.value, sa_column_kwargs={"server_default": WhenLate.MISS.value})
    latest_at: datetime | None = Field(default=None, sa_type=UtcTime)
    asks: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    embargo_until: datetime | None = Field(default=None, sa_type=UtcTime)

    @property
    def message(self) -> Message:
        return decode_message(self.message_json)

    @property
    def warnings(self) -> tuple[str, ...]:
        return tuple(json.loads(self.warnings_json))

    @property
    def is_edited(self) -> bool:
        """A person changed its words or its hour since it was planned."""
        return self.digest != self.planned_digest


class Attempt(SQLModel, table=True):
    """One try at one part: written before the call, its outcome after it. Without an outcome nobody knows.

    number: 1 for the post's first attempt. retry_at: not to be tried before, says the platform; of an unknown outcome: not to
    be repeated under its key after. key: what makes the call repeatable. payload_sha256: of the exact request
    without its credentials.
    """

    __tablename__ = "attempts"
    __table_args__ = (
        CheckConstraint(f"outcome IS NULL OR {_one_of('outcome', Outcome)}", name="ck_attempts_outcome"),
        # What a platform has accepted costs this index nothing.
        Index(
            "ix_attempts_to_wait",
            "outcome",
            "retry_at",
            sqlite_where=text("outcome = 'temporary'"),
        ),
    )

    post_id: int = Field(foreign_key="posts.id", primary_key=True)
    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    part: int
    version: int
    key: str
    payload_sha256: str
    started_at: datetime = Field(sa_type=UtcTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcTime)
    outcome: str | None = None
    detail: str | None = None
    retry_at: datetime | None = Field(default=None, sa_type=UtcTime)


class PostReceipt(SQLModel, table=True):
    """The platform's own name for a part that is out."""

    __tablename__ = "receipts"
    __table_args__ = (Index("ix_receipts_platform_id", "platform_id"),)

    post_id: int = Field(foreign_key="posts.id", primary_key=True)
    part: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    platform_id: str
    url: str | None = None
    reply_to_json: str | None = None
    received_at: datetime = Field(sa_type=UtcTime)


class KeptArticle(SQLModel, table=True):
    """One text that a source had: kept as it was read, for whatever was cut out of it.

    source: what campaigns call it, a path or an address. sha256: of `text`. origin: the very file or address it was read
    from. read_at: when this text was found first; seen_at: last.
    """

    __tablename__ = "articles"

    source: str = Field(primary_key=True)
    sha256: str = Field(primary_key=True)
    text: str
    origin: str
    title: str | None = None
    read_at: datetime = Field(sa_type=UtcTime)
    seen_at: datetime = Field(sa_type=UtcTime)


class SourceLook(SQLModel, table=True):
    """What the last looks at one source found.

    sha256: of the text that it has; None when it never could be read. looked_at: when it last answered, be it that it is
    gone. gone_since: when it was found to be withdrawn. unreached_since, trouble: since when and why it cannot be read,
    which does not mean that it is withdrawn. validator: by what its server, or its file, says whether it is the same.
    embargo: as its header has it, aware or by the clocks of whatever campaign it is for.
    """

    __tablename__ = "sources"

    source: str = Field(primary_key=True)
    sha256: str | None = None
    looked_at: datetime | None = Field(default=None, sa_type=UtcTime)
    gone_since: datetime | None = Field(default=None, sa_type=UtcTime)
    unreached_since: datetime | None = Field(default=None, sa_type=UtcTime)
    trouble: str | None = None
    validator: str | None = None
    embargo: str | None = None


class SourceChange(SQLModel, table=True):
    """What became of the source of one unsent post since its words were taken from it.

    was: the words that the post took; now: what stands in their place, "" for nothing. settled_at: when a person decided,
    or the post got other words.
    """

    __tablename__ = "source_changes"
    __table_args__ = (
        CheckConstraint(_one_of("kind", ChangeKind), name="ck_source_changes_kind"),
        Index("ix_source_changes_of_post", "post_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    post_id: int = Field(foreign_key="posts.id")
    source: str
    kind: str
    was_sha256: str | None = None
    now_sha256: str | None = None
    was: str = ""
    now: str = ""
    found_at: datetime = Field(sa_type=UtcTime)
    settled_at: datetime | None = Field(default=None, sa_type=UtcTime)


class Hold(SQLModel, table=True):
    """Nothing (or nothing of one scope) goes out while `lifted_at` is None, save for posts of `except_topics`."""

    __tablename__ = "holds"
    __table_args__ = (
        CheckConstraint(_one_of("scope", HoldScope), name="ck_holds_scope"),
        Index(
            "ix_holds_active",
            "scope",
            "name",
            sqlite_where=text("lifted_at IS NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    scope: str
    name: str = ""
    reason: str
    held_by: str
    held_at: datetime = Field(sa_type=UtcTime)
    lifted_by: str | None = None
    lifted_at: datetime | None = Field(default=None, sa_type=UtcTime)
    except_topics: str = Field(default="", sa_column_kwargs={"server_default": ""})


class AuditEntry(SQLModel, table=True):
    """Who moved what, when, from where to where; never changed; removed by retention alone, with its post."""

    __tablename__ = "audit"
    __table_args__ = (Index("ix_audit_of_post", "post_id"),)

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=UtcTime)
    who: str
    what: str
    post_id: int | None = Field(default=None, foreign_key="posts.id")
    from_status: str | None = None
    to_status: str | None = None
    version: int | None = None
    detail: str | None = None


class Daemon(SQLModel, table=True):
    """The one line of the daemon that publishes: who it is, and when its publishing loop last turned (real time)."""

    __tablename__ = "daemon"
    __table_args__ = (CheckConstraint("id = 1", name="ck_daemon_one"),)

    id: int = Field(default=1, primary_key=True)
    name: str
    started_at: datetime = Field(sa_type=UtcTime)
    turned_at: datetime = Field(sa_type=UtcTime)
    stopped_at: datetime | None = Field(default=None, sa_type=UtcTime)
    trouble: str | None = None


class Alarm(SQLModel, table=True):
    """One thing that a person must be told: raised once for each `key`, told in a notice, cleared when it is over.

    kind: "failed", "missed", "unconfirmed" …; said: a sentence; answer: what to do next.
    """

    __tablename__ = "alarms"
    __table_args__ = (
        Index("ix_alarms_of_post", "post_id"),
        Index("ix_alarms_of_notice", "notice_id"),
        Index("ix_alarms_untold", "id", sqlite_where=text("notice_id IS NULL")),
    )

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    kind: str
    post_id: int | None = Field(default=None, foreign_key="posts.id")
    said: str
    answer: str
    raised_at: datetime = Field(sa_type=UtcTime)
    cleared_at: datetime | None = Field(default=None, sa_type=UtcTime)
    notice_id: int | None = Field(default=None, foreign_key="notices.id")


class Notice(SQLModel, table=True):
    """One message to people outside: some alarms together, or the daily digest. key: what is never told twice."""

    __tablename__ = "notices"

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    title: str
    body: str
    made_at: datetime = Field(sa_type=UtcTime)


class Delivery(SQLModel, table=True):
    """One notice on its way by one channel: tried until it is delivered. trouble: why it is not yet."""

    __tablename__ = "deliveries"
    __table_args__ = (
        Index(
            "ix_deliveries_open",
            "next_try_at",
            sqlite_where=text("delivered_at IS NULL"),
        ),
    )

    notice_id: int = Field(foreign_key="notices.id", primary_key=True)
    channel: str = Field(primary_key=True)
    next_try_at: datetime = Field(sa_type=UtcTime)
    tries: int = 0
    delivered_at: datetime | None = Field(default=None, sa_type=UtcTime)
    trouble: str | None = None


# The same tables for statements that set columns rather than objects.
POSTS, RECEIPTS, HOLDS, AUDIT, ARTICLES, SOURCES, SOURCE_CHANGES = (
    SQLModel.metadata.tables[name]
    for name in ("posts", "receipts", "holds", "audit", "articles", "sources", "source_changes")
)

# Of a post, as SQL: an attempt at the part that is to go out next is in doubt, so it may be out by that attempt.
MAY_BE_OUT = """EXISTS (
    SELECT 1 FROM attempts WHERE attempts.post_id = posts.id AND outcome = 'unknown'
    AND part = (SELECT count(*) FROM receipts WHERE receipts.post_id = posts.id))"""


def id_of(post: Post) -> int:
    """Returns the id of a post that is in the book; raises ValueError for one that is not."""
    if post.id is None:
        raise ValueError("a post that is in the book has an id")
    return post.id


def joined_topics(topics: Iterable[str]) -> str:
    """Returns topics as they are kept, each between commas so that one LIKE finds it: ",crime,safety,"; "" for none."""
    names = sorted(set(topics))
    return f",{','.join(names)}," if names else ""


def split_topics(kept: str) -> tuple[str, ...]:
    return tuple(kept.strip(",").split(",")) if kept else ()


def encode_message(message: Message) -> str:
    """Returns the message as JSON text, the same text for the same message."""
    parts = [
        {"text": part.text, "media": [{"path": m.path, "sha256": m.sha256, "alt": m.alt} for m in part.media]}
        for part in message.parts
    ]
    value: dict[str, Any] = {"parts": parts, "language": message.language, "content_warning": message.content_warning}
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def decode_message(encoded: str) -> Message:
    value = orjson.loads(encoded)
    parts = tuple(Part(part["text"], tuple(Media(**media) for media in part["media"])) for part in value["parts"])
    return Message(parts, value["language"], value["content_warning"])


def digest_of(message_json: str, account: str, scheduled_at: datetime) -> str:
    """Returns the SHA-256 of everything that an approval covers: texts, media, language, warning, account, hour."""
    return digest_of_kept(message_json, account, stored_time(scheduled_at))


def digest_of_kept(message_json: str, account: str, scheduled_at: str) -> str:
    """Returns the same of an hour as the book keeps it."""
    return hashlib.sha256(f"{message_json}\n{account}\n{scheduled_at}".encode()).hexdigest()
