"""The articles that were read: each text that a source had, and what the last look at the source found."""

import json
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, text

from scheduler.articles import Article
from scheduler.posts.status import ChangeKind, PostStatus
from scheduler.posts.tables import ARTICLES, SOURCE_CHANGES, SOURCES, kept_time, stored_time
from scheduler.posts.wording import count

# What may still go out, by itself or by a person's word.
UNSENT = (PostStatus.DRAFT, PostStatus.APPROVED, PostStatus.HELD)
_UNSENT = ", ".join(f"'{status.value}'" for status in UNSENT)
# Each post beside each source that it names; a damaged row names none.
_POSTS_BY_SOURCE = """posts, json_each(CASE WHEN json_valid(sources_json) THEN sources_json ELSE '[]' END) AS used"""


@dataclass(frozen=True, slots=True)
class Reading:
    """One article as it was read. origin: the very file or address."""

    article: Article
    origin: str


@dataclass(frozen=True, slots=True)
class Watched:
    """A source that unsent posts were taken from.

    next_post_at: when the first approved one of them goes out. is_behind: one of them was cut from another text than the
    one found last, and nobody knows yet what that means for it. is_damaged: what the book has of the last look cannot be
    read, and it counts as none. The others: see `SourceLook`.
    """

    source: str
    next_post_at: datetime | None
    is_behind: bool
    sha256: str | None = None
    looked_at: datetime | None = None
    unreached_since: datetime | None = None
    gone_since: datetime | None = None
    validator: str | None = None
    is_damaged: bool = False


@dataclass(frozen=True, slots=True)
class Looked:
    """What the last look at a source found; see `SourceLook`."""

    sha256: str | None
    gone_since: datetime | None
    unreached_since: datetime | None


def keep_readings(connection: Connection, readings: Sequence[Reading], now: datetime) -> None:
    """Writes down what was read of several sources, each of them once, and that they are there; in a few statements."""
    if not readings:
        return
    names = [reading.article.source for reading in readings]
    known = set(connection.execute(select(ARTICLES.c.source, ARTICLES.c.sha256).where(ARTICLES.c.source.in_(names))))
    seen, new = [], []
    for reading in readings:
        article = reading.article
        is_it = {"of_source": article.source, "of_sha256": article.sha256, "origin": reading.origin, "seen_at": now}
        if (article.source, article.sha256) in known:
            seen.append(is_it)
        else:
            new.append(_text_of(reading, now))
    if seen:
        connection.execute(_SEEN_AGAIN, seen)
    if new:
        connection.execute(insert(ARTICLES), new)
    _look_at_all(
        connection,
        {
            article.source: {
                "sha256": article.sha256,
                "validator": article.validator,
                "embargo": article.embargo.isoformat() if article.embargo else None,
                "looked_at": now,
                "gone_since": None,
                "unreached_since": None,
                "trouble": None,
            }
            for article in (reading.article for reading in readings)
        },
    )


_SEEN_AGAIN = ARTICLES.update().where(
    ARTICLES.c.source == bindparam("of_source"), ARTICLES.c.sha256 == bindparam("of_sha256")
)


def _text_of(reading: Reading, now: datetime) -> dict[str, object]:
    article = reading.article
    return {
        "source": article.source,
        "sha256": article.sha256,
        "text": article.text,
        "origin": reading.origin,
        "title": article.title,
        "read_at": now,
        "seen_at": now,
    }


def keep_unchanged(connection: Connection, source: str, now: datetime) -> None:
    """Writes down that a source still has the text that it had."""
    _look(connection, source, looked_at=now, gone_since=None, unreached_since=None, trouble=None)
    connection.execute(
        text(
            "UPDATE articles SET seen_at = :now WHERE source = :source"
            " AND sha256 = (SELECT sha256 FROM sources WHERE sources.source = :source)"
        ),
        {"now": stored_time(now), "source": source},
    )


def keep_gone(connection: Connection, gone: Mapping[str, str], now: datetime) -> None:
    """Writes down of each of these sources that it was taken away, and why; what was read of it stays."""
    looks = looks_at(connection, gone)
    since = {source: look.gone_since for source, look in looks.items()}
    found = {"looked_at": now, "unreached_since": None, "validator": None}
    _look_at_all(
        connection,
        {source: {"gone_since": since.get(source) or now, "trouble": why, **found} for source, why in gone.items()},
    )


def looks_at(connection: Connection, sources: Collection[str]) -> dict[str, Looked]:
    """Returns what the last looks at these sources found; those that nobody has looked at are left out."""
    if not sources:
        return {}
    query = text("SELECT source, sha256, gone_since, unreached_since FROM sources WHERE source IN :these")
    rows = connection.execute(query.bindparams(bindparam("these", list(sources), expanding=True)))
    return {row.source: Looked(row.sha256, _moment(row.gone_since), _moment(row.unreached_since)) for row in rows}


def keep_unreached(connection: Connection, source: str, why: str, now: datetime) -> bool:
    """Writes down that a source cannot be read; returns whether that is new."""
    look = looks_at(connection, [source]).get(source)
    since = look.unreached_since if look else None
    _look(connection, source, unreached_since=since or now, trouble=why)
    return since is None


def _look(connection: Connection, source: str, **found: object) -> None:
    _look_at_all(connection, {source: found})


def _look_at_all(connection: Connection, found: Mapping[str, Mapping[str, object]]) -> None:
    """Writes what looks found; found: by source, the same columns of each."""
    if not found:
        return
    known = set(connection.execute(select(SOURCES.c.source).where(SOURCES.c.source.in_(found))).scalars())
    old = [{"of_source": source, **columns} for source, columns in found.items() if source in known]
    new = [{"source": source, **columns} for source, columns in found.items() if source not in known]
    if old:
        connection.execute(SOURCES.update().where(SOURCES.c.source == bindparam("of_source")), old)
    if new:
        connection.execute(insert(SOURCES), new)


def kept_text(connection: Connection, source: str, sha256: str | None) -> str | None:
    """Returns the text of this hash that a source had; None where it was never kept."""
    query = select(ARTICLES.c.text).where(ARTICLES.c.source == source, ARTICLES.c.sha256 == sha256)
    return connection.execute(query).scalar()


def texts_now(connection: Connection, sources: Collection[str]) -> dict[str, str]:
    """Returns the text that each of these sources had when it was read last."""
    query = (
        select(ARTICLES.c.source, ARTICLES.c.text)
        .join(SOURCES, (SOURCES.c.source == ARTICLES.c.source) & (SOURCES.c.sha256 == ARTICLES.c.sha256))
        .where(ARTICLES.c.source.in_(sources))
    )
    return {row.source: row.text for row in connection.execute(query)} if sources else {}


def titles(connection: Connection, sources: Collection[str]) -> dict[tuple[str, str], str]:
    """Returns the title of each text that these sources had, by source and SHA-256; of those that had one."""
    query = select(ARTICLES.c.source, ARTICLES.c.sha256, ARTICLES.c.title).where(
        ARTICLES.c.source.in_(sources), ARTICLES.c.title.is_not(None)
    )
    return {(row.source, row.sha256): row.title for row in connection.execute(query)} if sources else {}


def watched(connection: Connection) -> list[Watched]:
    """Returns the sources that unsent posts were taken from, in the order of their names."""
    rows = connection.execute(
        text(
            "SELECT json_extract(used.value, '$.article') AS source, sources.sha256, looked_at, unreached_since,"
            " gone_since, validator, min(CASE WHEN posts.status = 'approved' THEN next_try_at END) AS next_post_at,"
            " max(sources.sha256 IS NOT NULL AND json_extract(used.value, '$.sha256') <> sources.sha256"
            "  AND NOT EXISTS (SELECT 1 FROM source_changes AS told WHERE told.post_id = posts.id"
            "   AND told.source = sources.source AND told.now_sha256 = sources.sha256)) AS is_behind"
            f" FROM {_POSTS_BY_SOURCE} LEFT JOIN sources ON sources.source = json_extract(used.value, '$.article')"
            # Said once more: `source` alone would be the column of sources, and leave out what nobody has looked at yet.
            f" WHERE posts.status IN ({_UNSENT}) AND json_extract(used.value, '$.article') IS NOT NULL GROUP BY 1 ORDER BY 1"
        )
    )
    return [_watched(row) for row in rows]


def _watched(row: Row[Any]) -> Watched:
    each = Watched(row.source, _moment(row.next_post_at), bool(row.is_behind), row.sha256, validator=row.validator)
    if _is_damaged(row):
        return replace(each, is_damaged=True)
    looked_at, gone_since = _moment(row.looked_at), _moment(row.gone_since)
    return replace(each, looked_at=looked_at, unreached_since=_moment(row.unreached_since), gone_since=gone_since)


def damaged_looks(connection: Connection) -> dict[str, list[int]]:
    """Returns of which sources the book cannot say any more what the last look found, each with its unsent posts."""
    rows = connection.execute(text("SELECT source, looked_at, unreached_since, gone_since FROM sources"))
    unsent = unsent_posts(connection, {row.source for row in rows if _is_damaged(row)})
    return {source: posts for source, posts in sorted(unsent.items()) if posts}


def _is_damaged(row: Row[Any]) -> bool:
    return any(kept and not _moment(kept) for kept in (row.looked_at, row.unreached_since, row.gone_since))


def validators(connection: Connection, files: Collection[str]) -> dict[str, str]:
    """Returns by what each of these sources says that it is as it was, when it was looked at last."""
    if not files:
        return {}
    known = select(SOURCES.c.source, SOURCES.c.validator).where(SOURCES.c.source.in_(files))
    rows = connection.execute(known.where(SOURCES.c.validator.is_not(None)))
    return {row.source: row.validator for row in rows}


def out_of_reach(connection: Connection, sources: Collection[str]) -> set[str]:
    """Returns those of these sources that could not be read when they were looked at last."""
    query = select(SOURCES.c.source).where(SOURCES.c.source.in_(sources), SOURCES.c.unreached_since.is_not(None))
    return set(connection.execute(query).scalars()) if sources else set()


def unsent_occurrences(connection: Connection) -> list[tuple[str, str]]:
    """Returns the campaigns and occurrences that have unsent posts, in order."""
    query = f"SELECT DISTINCT campaign, occurrence FROM posts WHERE status IN ({_UNSENT}) ORDER BY 1, 2"
    return [(row.campaign, row.occurrence) for row in connection.execute(text(query))]


def unsent_posts(connection: Connection, sources: Collection[str]) -> dict[str, list[int]]:
    """Returns by source the ids of the unsent posts that were taken from it; each post is unpacked once for all of them."""
    if not sources:
        return {}
    query = (
        f"SELECT DISTINCT json_extract(used.value, '$.article') AS source, posts.id FROM {_POSTS_BY_SOURCE}"
        f" WHERE posts.status IN ({_UNSENT}) AND json_extract(used.value, '$.article') IN"
        " (SELECT value FROM json_each(:sources)) ORDER BY posts.id"
    )
    found: dict[str, list[int]] = {source: [] for source in sources}
    for row in connection.execute(text(query), {"sources": json.dumps(sorted(found))}):
        found[row.source].append(row.id)
    return found


def unused_texts(connection: Connection, before: datetime) -> list[tuple[str, str]]:
    """Returns the texts, by source and SHA-256, that no post was cut from and that no source has had since `before`."""
    used = f"SELECT json_extract(used.value, '$.article'), json_extract(used.value, '$.sha256') FROM {_POSTS_BY_SOURCE}"
    told = "SELECT source, was_sha256 FROM source_changes UNION SELECT source, now_sha256 FROM source_changes"
    rows = connection.execute(
        text(
            "SELECT source, sha256 FROM articles WHERE seen_at < :before EXCEPT SELECT * FROM"
            f" ({used} UNION {told}) ORDER BY 1, 2"
        ),
        {"before": stored_time(before)},
    )
    return [(row.source, row.sha256) for row in rows]


def forget(connection: Connection, unused: Sequence[tuple[str, str]], before: datetime) -> int:
    """Removes unused texts, and sources of which nothing is left; returns how many texts. One that was seen since stays."""
    connection.exec_driver_sql("PRAGMA secure_delete = ON")
    texts = "DELETE FROM articles WHERE source = :source AND sha256 = :sha256 AND seen_at < :before"
    sources = (
        "DELETE FROM sources WHERE source = :source AND NOT EXISTS (SELECT 1 FROM articles WHERE source = :source)"
    )
    removed = 0
    for source, sha256 in unused:
        values = {"source": source, "sha256": sha256, "before": stored_time(before)}
        removed += connection.execute(text(texts), values).rowcount
        connection.execute(text(sources), {"source": source})
    return removed


@dataclass(frozen=True, slots=True)
class Unreached:
    """A source that cannot be looked at. since: None where the book cannot say. posts: the approved ones taken from it."""

    source: str
    since: datetime | None
    why: str
    posts: tuple[int, ...]


def unreached(connection: Connection) -> list[Unreached]:
    """Returns the sources of approved posts that cannot be looked at, in the order of their names."""
    rows = connection.execute(
        text(
            "SELECT source, unreached_since, trouble, json_group_array(DISTINCT posts.id) AS ids"
            f" FROM {_POSTS_BY_SOURCE} JOIN sources ON sources.source = json_extract(used.value, '$.article')"
            " WHERE posts.status = 'approved' AND unreached_since IS NOT NULL GROUP BY source ORDER BY source"
        )
    )
    return [
        Unreached(
            row.source,
            _moment(row.unreached_since),
            row.trouble or "",
            tuple(sorted(json.loads(row.ids))),
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class ChangedElsewhere:
    """An article that changed where no words of these unsent posts stand, and nobody has decided anything since.

    found_at: None where the book cannot say.
    """

    source: str
    sha256: str
    found_at: datetime | None
    posts: tuple[int, ...]

    @property
    def key(self) -> str:
        return f"article:{self.source}:{self.sha256[:12]}"

    @property
    def said(self) -> str:
        stand = f"the words of {count(len(self.posts), 'unsent post')} stand as they stood"
        return f"the article {self.source} has changed, and {stand}"

    @property
    def answer(self) -> str:
        return f"redletter show {self.posts[0]} shows what has changed"


def changed_elsewhere(connection: Connection) -> list[ChangedElsewhere]:
    """Returns what became of articles since their unsent posts were planned and leaves those as they are, the last of each."""
    rows = connection.execute(
        text(
            "SELECT told.source, told.now_sha256, min(found_at) AS found_at, json_group_array(told.post_id) AS ids"
            " FROM source_changes AS told JOIN posts ON posts.id = told.post_id"
            " JOIN sources ON sources.source = told.source AND sources.sha256 = told.now_sha256"
            f" WHERE kind = 'elsewhere' AND settled_at IS NULL AND posts.status IN ({_UNSENT}) GROUP BY 1, 2 ORDER BY 1"
        )
    )
    return [
        ChangedElsewhere(row.source, row.now_sha256, _moment(row.found_at), tuple(sorted(set(json.loads(row.ids)))))
        for row in rows
    ]


def waits_for_source(connection: Connection, post_id: int) -> bool:
    """Whether a person has yet to decide about what became of a post's article."""
    query = text(
        "SELECT 1 FROM source_changes WHERE post_id = :id AND kind <> 'elsewhere' AND settled_at IS NULL LIMIT 1"
    )
    return connection.execute(query, {"id": post_id}).first() is not None


# Of a row `told` of source_changes: nothing newer was found of the same post and article.
NEWEST = (
    "NOT EXISTS (SELECT 1 FROM source_changes AS newer WHERE newer.post_id = told.post_id"
    " AND newer.source = told.source AND newer.id > told.id)"
)


def open_changes(connection: Connection, post_id: int) -> list[Row[Any]]:
    """Returns what became of the articles of a post that nobody has decided about: the newest of each, oldest first."""
    query = text(
        f"SELECT told.* FROM source_changes AS told WHERE post_id = :id AND settled_at IS NULL AND {NEWEST} ORDER BY id"
    )
    return list(connection.execute(query, {"id": post_id}).all())


def remember_texts(
    connection: Connection, post_id: int, texts: Mapping[str, tuple[str | None, str]], now: datetime
) -> None:
    """Writes down that a post goes by other texts of its articles, which have its words as well.

    texts: of each article the SHA-256 before, None where there was none, and now.
    """
    for source, (was, is_now) in texts.items():
        known = {"post_id": post_id, "source": source, "was_sha256": was, "now_sha256": is_now}
        connection.execute(
            insert(SOURCE_CHANGES).values(**known, kind=ChangeKind.ELSEWHERE.value, found_at=now, settled_at=now)
        )


def embargoes(connection: Connection) -> dict[str, datetime | None]:
    """Returns the embargoes that sources state, as they state them: aware, or by the clocks of the campaign.

    None: it is damaged, so nobody knows.
    """
    stated = connection.execute(select(SOURCES.c.source, SOURCES.c.embargo).where(SOURCES.c.embargo.is_not(None)))
    return {row.source: _as_stated(row.embargo) for row in stated}


def _moment(kept: str | None) -> datetime | None:
    """Reads a moment; of a damaged one nothing is known, which must not keep the others from being looked at."""
    with suppress(ValueError):
        return kept_time(kept) if kept else None
    return None


def _as_stated(kept: str | None) -> datetime | None:
    with suppress(ValueError):
        return datetime.fromisoformat(kept) if kept else None
    return None
