"""The whole record as tables for people outside: posts, their parts and excerpts, attempts, receipts, audit, holds, articles.

docs/export.md has every column: their names and their order stay.
"""

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any, TextIO

from sqlmodel import Session, col, select

from scheduler.posts.articles import kept_text
from scheduler.posts.difference import changed_paragraphs
from scheduler.posts.provenance import decode_sources, used_words
from scheduler.posts.status import ChangeKind
from scheduler.posts.tables import Attempt, AuditEntry, Hold, KeptArticle, Post, PostReceipt, SourceChange
from scheduler.posts.wording import clock_of

# The columns of each table, in their order. One that ends in _at is a moment in UTC, and its _local the same by the
# clocks of the post's time zone; both are ISO 8601 with their offset.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "posts": (
        "id", "campaign", "campaign_title", "occurrence", "slot", "account", "platform", "status", "version",
        "scheduled_at", "scheduled_local", "time_zone", "text", "parts", "language", "content_warning", "topics",
        "url", "approved_by", "approved_at", "approved_local", "edited_by", "tries", "note", "created_at",
        "created_local", "updated_at", "updated_local", "sha256",
    ),
    "parts": ("post_id", "part", "text", "media", "alt_texts"),
    "attempts": (
        "post_id", "number", "part", "started_at", "started_local", "finished_at", "finished_local", "outcome",
        "detail", "key", "payload_sha256",
    ),
    "receipts": ("post_id", "part", "platform_id", "url", "received_at", "received_local"),
    "audit": ("id", "at", "local", "who", "what", "post_id", "from_status", "to_status", "version", "detail"),
    "holds": (
        "id", "scope", "name", "except_topics", "reason", "held_by", "held_at", "held_local", "lifted_by", "lifted_at",
        "lifted_local",
    ),
    "excerpts": ("post_id", "article", "sha256", "kind", "speaker", "role", "words", "spans"),
    "articles": ("article", "sha256", "origin", "title", "text", "read_at", "read_local", "seen_at", "seen_local"),
    "source_changes": (
        "id", "post_id", "article", "kind", "was_sha256", "now_sha256", "was", "now", "found_at", "found_local",
        "settled_at", "settled_local",
    ),
}  # fmt: skip

# What a spreadsheet would take for a formula, and the mark itself. https://owasp.org/www-community/attacks/CSV_Injection
_DEFUSED = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "'")

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Selection:
    """Which posts: of these campaigns, none named means all; with an hour from `first` to `last`, by their local dates."""

    campaigns: Sequence[str] = ()
    first: date | None = None
    last: date | None = None

    def has(self, moment: datetime, zone: tzinfo) -> bool:
        day = moment.astimezone(zone).date()
        return (self.first is None or day >= self.first) and (self.last is None or day <= self.last)


class Export:
    """One moment of the book as rows. redact: takes out what must not leave the house, wherever it got in."""

    def __init__(self, session: Session, selection: Selection, zone: tzinfo, redact: Callable[[str], str]) -> None:
        self._session = session
        self._selection = selection
        self._zone = zone
        self._redact = redact
        self._zones: dict[int, tzinfo] = {}
        self._differences: dict[tuple[str, str | None, str | None], tuple[str, str]] = {}
        for post_id, scheduled_at, time_zone in session.exec(self._chosen(Post.id, Post.scheduled_at, Post.time_zone)):
            if selection.has(scheduled_at, clock_of(time_zone)):
                self._zones[post_id] = clock_of(time_zone)

    @property
    def posts(self) -> int:
        return len(self._zones)

    def rows(self, table: str) -> Iterator[Row]:
        """Yields the rows of one of COLUMNS, in an order that stays, each with all of its columns and no other."""
        for row in getattr(self, f"_{table}")():
            yield {name: self._plain(row[name]) for name in COLUMNS[table]}

    def _plain(self, value: Any) -> Any:
        return self._redact(value) if isinstance(value, str) else value

    def _posts(self) -> Iterator[dict[str, Any]]:
        query = select(PostReceipt.post_id, PostReceipt.url).order_by(col(PostReceipt.part).desc())
        urls = {post_id: url for post_id, url in self._session.exec(query) if post_id in self._zones}
        for post in self._chosen_posts():
            message, zone = post.message, self._zones[post.id or 0]
            yield post.model_dump() | {
                "text": "\n\n".join(part.text for part in message.parts),
                "parts": len(message.parts),
                "language": message.language,
                "content_warning": message.content_warning,
                "topics": post.topics.strip(","),
                "url": urls.get(post.id or 0),
                "sha256": post.digest,
                **_moment("scheduled", post.scheduled_at, zone),
                **_moment("approved", post.approved_at, zone),
                **_moment("created", post.created_at, zone),
                **_moment("updated", post.updated_at, zone),
            }

    def _parts(self) -> Iterator[dict[str, Any]]:
        for post in self._chosen_posts():
            for index, part in enumerate(post.message.parts):
                yield {
                    "post_id": post.id,
                    "part": index + 1,
                    "text": part.text,
                    "media": "\n".join(media.path for media in part.media),
                    "alt_texts": "\n".join(media.alt for media in part.media),
                }

    def _attempts(self) -> Iterator[dict[str, Any]]:
        query = select(Attempt).order_by(col(Attempt.post_id), col(Attempt.number)).execution_options(yield_per=500)
        for attempt in self._session.exec(query):
            zone = self._zones.get(attempt.post_id)
            if zone is not None:
                yield attempt.model_dump() | {
                    "part": attempt.part + 1,
                    **_moment("started", attempt.started_at, zone),
                    **_moment("finished", attempt.finished_at, zone),
                }

    def _receipts(self) -> Iterator[dict[str, Any]]:
        query = select(PostReceipt).order_by(col(PostReceipt.post_id), col(PostReceipt.part))
        for receipt in self._session.exec(query.execution_options(yield_per=500)):
            zone = self._zones.get(receipt.post_id)
            if zone is not None:
                moment = _moment("received", receipt.received_at, zone)
                yield receipt.model_dump() | {"part": receipt.part + 1, **moment}

    def _audit(self) -> Iterator[dict[str, Any]]:
        """Yields what happened to these posts; of what concerns no post, what happened on these days."""
        query = select(AuditEntry).order_by(col(AuditEntry.id)).execution_options(yield_per=500)
        for entry in self._session.exec(query):
            zone = self._zone if entry.post_id is None else self._zones.get(entry.post_id)
            if zone is None or (entry.post_id is None and not self._concerns_all(entry.at)):
                continue
            yield entry.model_dump() | {"at": _iso(entry.at, UTC), "local": _iso(entry.at, zone)}

    def _concerns_all(self, moment: datetime) -> bool:
        return not self._selection.campaigns and self._selection.has(moment, self._zone)

    def _holds(self) -> Iterator[dict[str, Any]]:
        """Yields the holds that could keep these posts back on any of these days."""
        campaigns, first, last = self._selection.campaigns, self._selection.first, self._selection.last
        for hold in self._session.exec(select(Hold).order_by(col(Hold.id))):
            if campaigns and hold.scope == "campaign" and hold.name not in campaigns:
                continue
            if last is not None and hold.held_at.astimezone(self._zone).date() > last:
                continue
            if first is not None and hold.lifted_at and hold.lifted_at.astimezone(self._zone).date() < first:
                continue
            yield hold.model_dump() | {
                "except_topics": hold.except_topics.strip(","),
                **_moment("held", hold.held_at, self._zone),
                **_moment("lifted", hold.lifted_at, self._zone),
            }

    def _excerpts(self) -> Iterator[dict[str, Any]]:
        for post in self._chosen_posts():
            for source in decode_sources(post.sources_json):
                yield {
                    "post_id": post.id,
                    "article": source.article,
                    "sha256": source.sha256,
                    "kind": source.kind,
                    "speaker": source.speaker,
                    "role": source.role,
                    "words": "\n\n".join(used_words(source)),
                    "spans": " ".join(f"{span.start}-{span.end}" for span in source.spans),
                }

    def _articles(self) -> Iterator[dict[str, Any]]:
        """Yields the texts that these posts were cut from, and those that their articles had before or since."""
        used = {
            (source.article, source.sha256)
            for post in self._chosen_posts()
            for source in decode_sources(post.sources_json)
        }
        used |= {
            (change.source, sha) for change in self._changes() for sha in (change.was_sha256, change.now_sha256) if sha
        }
        query = select(KeptArticle).order_by(col(KeptArticle.source), col(KeptArticle.read_at))
        for article in self._session.exec(query.execution_options(yield_per=100)):
            if (article.source, article.sha256) in used:
                yield article.model_dump() | {
                    "article": article.source,
                    **_moment("read", article.read_at, self._zone),
                    **_moment("seen", article.seen_at, self._zone),
                }

    def _source_changes(self) -> Iterator[dict[str, Any]]:
        """Yields what became of the articles of these posts; of a change elsewhere, the paragraphs that are others."""
        for change in self._changes():
            was, now = change.was, change.now
            if change.kind == ChangeKind.ELSEWHERE:
                was, now = self._elsewhere(change.source, change.was_sha256, change.now_sha256)
            zone = self._zones[change.post_id]
            yield change.model_dump() | {
                "article": change.source,
                "was": was,
                "now": now,
                **_moment("found", change.found_at, zone),
                **_moment("settled", change.settled_at, zone),
            }

    def _changes(self) -> Iterator[SourceChange]:
        query = select(SourceChange).order_by(col(SourceChange.id)).execution_options(yield_per=500)
        return (change for change in self._session.exec(query) if change.post_id in self._zones)

    def _elsewhere(self, source: str, was: str | None, now: str | None) -> tuple[str, str]:
        if (source, was, now) not in self._differences:  # many posts have the same article
            texts = [kept_text(self._session.connection(), source, sha) for sha in (was, now)]
            is_known = texts[0] is not None and texts[1] is not None
            found = changed_paragraphs(texts[0] or "", texts[1] or "") if is_known else ("", "")
            self._differences[source, was, now] = found
        return self._differences[source, was, now]

    def _chosen_posts(self) -> Iterator[Post]:
        for post in self._session.exec(self._chosen(Post).execution_options(yield_per=500)):
            if post.id in self._zones:
                yield post

    def _chosen(self, *columns: Any) -> Any:
        """Returns the query for these posts, and for some of the days around: the local day is not the day in UTC."""
        query = select(*columns).order_by(col(Post.scheduled_at), col(Post.id))
        if self._selection.campaigns:
            query = query.where(col(Post.campaign).in_(self._selection.campaigns))
        if self._selection.first is not None:
            query = query.where(col(Post.scheduled_at) >= _midnight(self._selection.first) - timedelta(days=1))
        if self._selection.last is not None:
            query = query.where(col(Post.scheduled_at) <= _midnight(self._selection.last) + timedelta(days=2))
        return query


def write_csv(file: TextIO, columns: Sequence[str], rows: Iterable[Row]) -> int:
    """Writes a header and the rows as RFC 4180 has it; returns how many rows.

    A cell that a spreadsheet would run as a formula begins with an apostrophe, and so does one that begins with an
    apostrophe itself: taking one away from each cell that has it gives back what was exported.
    """
    writer = csv.writer(file)
    writer.writerow(columns)
    number = 0
    for number, row in enumerate(rows, 1):  # noqa: B007 (how many is what is asked for)
        writer.writerow([_cell(row[name]) for name in columns])
    return number


def json_pieces(export: Export, about: Mapping[str, Any], *, ascii_only: bool = False) -> Iterator[str]:
    """Yields one JSON object with all tables, row by row: a book of any size needs no more memory."""

    def written(value: Any) -> str:
        return json.dumps(value, ensure_ascii=ascii_only)

    yield "{"
    for name, value in about.items():
        yield f"\n  {written(name)}: {written(value)},"
    for index, table in enumerate(COLUMNS):
        yield f'{"," if index else ""}\n  "{table}": ['
        for number, row in enumerate(export.rows(table)):
            yield f"{',' if number else ''}\n    {written(row)}"
        yield "\n  ]"
    yield "\n}\n"


def _cell(value: Any) -> str:
    said = "" if value is None else str(value)
    return f"'{said}" if said.startswith(_DEFUSED) else said


def _moment(name: str, moment: datetime | None, zone: tzinfo) -> dict[str, str | None]:
    if moment is None:
        return {f"{name}_at": None, f"{name}_local": None}
    return {f"{name}_at": _iso(moment, UTC), f"{name}_local": _iso(moment, zone)}


def _iso(moment: datetime, zone: Any) -> str:
    return moment.astimezone(zone).isoformat(timespec="seconds")


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
