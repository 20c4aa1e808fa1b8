"""Puts a backup in the book's place so that nothing goes out twice: what the backup does not know goes to a person."""

import json
import os
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from sqlalchemy import Connection, insert, select, text

from scheduler.errors import BookError
from scheduler.posts.backup import check_copy, put_in_place
from scheduler.posts.book import BUSY_SECONDS, beside, open_book, saying_what_failed
from scheduler.posts.book_before import BookBefore, Known, Row, has_more_of, read_book_before
from scheduler.posts.heartbeat import lock_path
from scheduler.posts.holds import said_of
from scheduler.posts.moves import make_move, write_audit
from scheduler.posts.queue import recover
from scheduler.posts.status import HoldScope, Move, PostStatus
from scheduler.posts.tables import HOLDS, POSTS, UtcTime, kept_time, stored_time

LOOK = "restored from a backup that does not know whether it went out: look at the account, and say so"
_NOT_OUT = "restored from a backup: its hour has passed, and the book before the restore says that it did not go out"
_OTHER_WORDS = "restored from a backup: it was approved with other words since"

_IDENTITY = ("campaign", "occurrence", "slot", "account", "fingerprint")

# By itself, or by the word of the person that these waited for.
_MAY_BE_SENT_SINCE = (PostStatus.APPROVED, PostStatus.HELD, PostStatus.FAILED, PostStatus.MISSED)


class _Fate(StrEnum):
    """What becomes of one post of the backup."""

    AS_IT_WAS = "as it was"
    PUBLISHED = "published"
    ASKED = "asked about"  # it may be out: first of its platform, where the attempts are known, else of a person
    SET_ASIDE = "set aside"  # it is not out, and does not go by itself
    WARNED = "warned of"  # nothing of it goes by itself, and its note says what is known


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did.

    posts: in the book now. kept: the copy of the book that was there before, None where there was none. compared:
    whether that one could be read whole, and told what happened since the backup. published: as the book before has
    them, and the backup did not. unconfirmed: they may be out, and nobody knows. set_aside: not out as far as is known,
    and they wait for a person's word. warned: not approved in the backup, and tried or out in part since; their notes
    say so. waiting: approved posts that go out by themselves. holds: that were carried over. held_again: holds of the
    backup that were lifted since.
    """

    posts: int
    kept: Path | None
    compared: bool
    published: tuple[int, ...] = ()
    set_aside: tuple[int, ...] = ()
    warned: tuple[int, ...] = ()
    unconfirmed: tuple[int, ...] = ()
    waiting: int = 0
    holds: tuple[str, ...] = ()
    held_again: tuple[str, ...] = ()


def restore(file: Path, path: Path, *, who: str, now: datetime) -> Restored:
    """Puts the backup in `file` in the place of the book at `path`; nobody may publish from that meanwhile.

    The book that was there is kept beside, and where it can be read, it tells what happened since the backup: its holds
    hold on, what it published is published, what it tried is known with its attempts. What nobody knows of is
    unconfirmed. Raises BookError; then the book is as it was.
    """
    posts = check_copy(file)
    prepared = path.with_name(path.name + ".restoring")
    _remove(prepared)
    try:
        with saying_what_failed(file):
            _copy(file, prepared)
        before = read_book_before(path)
        decided = _decide(prepared, file, before, who=who, now=now)
        with saying_what_failed(path):
            kept = _keep(path, now)
            _replace(prepared, path)
    finally:
        _remove(prepared)
    return replace(decided, posts=posts + decided.posts, kept=kept)


def _decide(prepared: Path, file: Path, before: BookBefore, *, who: str, now: datetime) -> Restored:
    """Brings the copy to this version, and moves in it what must not go out by itself."""
    with saying_what_failed(prepared), closing(sqlite3.connect(prepared, isolation_level=None)) as copy:
        copy.execute("PRAGMA user_version = 0")
    book = open_book(f"sqlite:///{prepared}", prepared.parent, migrate=True)
    try:
        with book.writing() as connection:
            taken_at = connection.execute(text("SELECT coalesce(max(at), '') FROM audit")).scalar_one()
            knows = before.knows_the_time_since(taken_at)
            write_audit(connection, who=who, what="restore", now=now, detail=f"from {file.name}")
            # What a backup caught in the middle of its call: unconfirmed, or back to approved and looked at with those.
            doubtful = {told.id for told in recover(connection, now).unconfirmed}
            brought = _bring_back(connection, before, who=who, now=now) if before.last_entry >= taken_at else 0
            fates = _decide_posts(connection, before, taken_at if not knows else None, who=who, now=now)
            _let_nothing_go_by_itself(connection, who, now)
            held_again = tuple(_held_again(connection, before))
            holds = tuple(_carry_holds(connection, before, who=who, now=now))
            _carry_daemon(connection, before)
            _carry_messages(connection, before)
            waiting = connection.execute(text("SELECT count(*) FROM posts WHERE status = 'approved'")).scalar() or 0
    finally:
        book.close()

    def of_fate(fate: _Fate) -> tuple[int, ...]:
        return tuple(post for post, each in fates.items() if each is fate)

    published = of_fate(_Fate.PUBLISHED)
    return Restored(
        posts=brought,
        kept=None,
        compared=knows,
        published=published,
        set_aside=of_fate(_Fate.SET_ASIDE),
        warned=of_fate(_Fate.WARNED),
        unconfirmed=tuple(sorted((doubtful | set(of_fate(_Fate.ASKED))) - set(published))),
        waiting=waiting,
        holds=holds,
        held_again=held_again,
    )


def _bring_back(connection: Connection, before: BookBefore, *, who: str, now: datetime) -> int:
    """Makes drafts of what was planned and tried since the backup, with nothing that is known of it yet; returns how many.

    Else planning would make them anew, and whoever approved them would not know that they are out.
    """
    there = {tuple(row) for row in connection.execute(text(f"SELECT {', '.join(_IDENTITY)} FROM posts"))}
    ids = set(connection.execute(text("SELECT id FROM posts")).scalars())
    kept_articles = {tuple(row) for row in connection.execute(text("SELECT source, sha256 FROM articles"))}
    number = 0
    for known in before.tried_beside(there):
        for post in filter(_has_sound_times, (before.rows_of(known) or {}).get("posts", ())):
            draft = {name: value for name, value in post.items() if name != "id" or value not in ids}
            place = _insert_if_sound(connection, "posts", {**draft, "status": PostStatus.DRAFT.value})
            if place is None:
                continue
            detail = "since the backup, as in the book before the restore"
            write_audit(
                connection, who=who, what="plan", now=now, post_id=place, to_status=PostStatus.DRAFT, detail=detail
            )
            for article in before.articles_of(_texts_of(post)):
                if (name := (article["source"], article["sha256"])) not in kept_articles:
                    _insert_if_sound(connection, "articles", article)
                    kept_articles.add(name)
            number += 1
    return number


def _has_sound_times(post: Row) -> bool:
    times = [post.get(column.name) for column in POSTS.columns if isinstance(column.type, UtcTime)]
    try:
        return all(kept_time(each) for each in times if each is not None)
    except (ValueError, TypeError):
        return False


def _texts_of(post: Row) -> frozenset[str]:
    """Returns the hashes of the texts that its words were taken from; none where that is damaged."""
    try:
        return frozenset(each["sha256"] for each in json.loads(post["sources_json"]))
    except (ValueError, TypeError, KeyError):
        return frozenset()


def _decide_posts(
    connection: Connection, before: BookBefore, unknown_since: str | None, *, who: str, now: datetime
) -> dict[int, _Fate]:
    """Decides about each post. unknown_since: from when on nobody knows what went out; None where the book before does."""
    counted = text(
        "(SELECT coalesce(max(number), 0) FROM attempts WHERE post_id = posts.id) AS attempts,"
        " (SELECT count(*) FROM receipts WHERE post_id = posts.id) AS parts"
    )
    rows = connection.execute(
        select(POSTS, counted).where(POSTS.c.status != PostStatus.PUBLISHED.value).order_by(POSTS.c.id)
    )
    fates = {}
    for row in map(dict, rows.mappings().all()):
        known = before.post(row)
        if known is not None and has_more_of(known, row):
            fate = _follow(connection, row, known, before.rows_of(known), who=who, now=now)
        elif known is not None and unknown_since is None:
            fate = _trust(connection, row, known, who=who, now=now)
        else:
            fate = _ask_if_it_may_be_out(connection, row, unknown_since or "", who=who, now=now)
        fates[int(row["id"])] = fate
    return fates


def _follow(
    connection: Connection,
    row: Row,
    known: Known,
    kept: Mapping[str, Sequence[Row]] | None,
    *,
    who: str,
    now: datetime,
) -> _Fate:
    """More of the post was tried than the backup has: it gets what the book before has of it, words, attempts, receipts."""
    why = f"restored from a backup: {known.said()}"
    if kept is None:
        return _ask(connection, row, f"{why}; look at the account, and say so", who=who, now=now)
    if known.status == PostStatus.PUBLISHED:
        detail = "as in the book before the restore"
        make_move(connection, Move.RESTORE_PUBLISHED, row["id"], row["version"], who=who, now=now, detail=detail)
        _write_post(connection, row["id"], kept)
        return _Fate.PUBLISHED
    if known.status in (PostStatus.PUBLISHING, PostStatus.UNCONFIRMED):
        fate = _ask(connection, row, why, who=who, now=now)
    elif row["status"] == PostStatus.APPROVED:
        fate = _wait_for_a_word(connection, row, why, who=who, now=now)
    else:
        fate = _Fate.WARNED
    _write_post(connection, row["id"], kept)
    changes = {"note": why, "next_try_at": now} if fate is _Fate.ASKED else {"note": why}
    connection.execute(POSTS.update().where(POSTS.c.id == row["id"]).values(**changes))
    if fate is _Fate.ASKED:
        # A daemon that died in the middle of a call has left it without an outcome.
        open_attempts = "UPDATE attempts SET outcome = 'unknown' WHERE post_id = :id AND outcome IS NULL"
        connection.execute(text(open_attempts), {"id": row["id"]})
    return fate


def _trust(connection: Connection, row: Row, known: Known, *, who: str, now: datetime) -> _Fate:
    """Nothing more was tried of the post, says the book before; but approved it may not be any more, or in time."""
    if row["status"] != PostStatus.APPROVED:
        return _Fate.AS_IT_WAS
    if known.status not in (PostStatus.APPROVED, PostStatus.PUBLISHING):  # claimed, and not called
        why = f"restored from a backup: {known.said()}"
    elif row["scheduled_at"] <= now:
        why = _NOT_OUT
    elif known.digest != row["digest"]:
        why = _OTHER_WORDS
    else:
        return _Fate.AS_IT_WAS
    return _wait_for_a_word(connection, row, why, who=who, now=now)


def _ask_if_it_may_be_out(connection: Connection, row: Row, taken_at: str, *, who: str, now: datetime) -> _Fate:
    """Nobody knows what happened since the backup: what could have gone out in that time is a question."""
    may_be_approved_since = row["status"] == PostStatus.DRAFT and stored_time(row["scheduled_at"]) >= taken_at
    if row["scheduled_at"] <= now and (row["status"] in _MAY_BE_SENT_SINCE or may_be_approved_since):
        return _ask(connection, row, LOOK, who=who, now=now)
    return _Fate.AS_IT_WAS


def _ask(connection: Connection, row: Row, why: str, *, who: str, now: datetime) -> _Fate:
    """Whoever is asked: only the platform's answer, or a person's, lets it go out."""
    changes = {"note": why, "next_try_at": now, "asks": 0}
    move = Move.RESTORE_UNCONFIRMED
    make_move(connection, move, row["id"], row["version"], who=who, now=now, changes=changes, detail=why)
    return _Fate.ASKED


def _wait_for_a_word(connection: Connection, row: Row, why: str, *, who: str, now: datetime) -> _Fate:
    changes = {"note": why}
    make_move(connection, Move.SET_ASIDE, row["id"], row["version"], who=who, now=now, changes=changes, detail=why)
    return _Fate.SET_ASIDE


def _let_nothing_go_by_itself(connection: Connection, who: str, now: datetime) -> None:
    """Everything was held until this moment: what a platform says is not out waits for a word, as after any hold."""
    held = {
        "scope": HoldScope.ALL.value,
        "name": "",
        "reason": "restored from a backup",
        "held_by": who,
        "held_at": now,
    }
    connection.execute(insert(HOLDS).values(**held, lifted_by=who, lifted_at=now))


def _write_post(connection: Connection, post_id: int, kept: Mapping[str, Sequence[Row]]) -> None:
    """Writes words, hours, approval, attempts and receipts; where a post stands in its life is left to its moves."""
    for post in kept["posts"]:
        words = {name: value for name, value in post.items() if name not in ("id", "status", "version", "updated_at")}
        assignments = ", ".join(f"{name} = :{name}" for name in words)
        connection.execute(text(f"UPDATE posts SET {assignments} WHERE id = :id"), {**words, "id": post_id})
    for table in ("attempts", "receipts"):
        connection.execute(text(f"DELETE FROM {table} WHERE post_id = :id"), {"id": post_id})
        for row in kept[table]:
            _insert(connection, table, {**row, "post_id": post_id})


def _insert(connection: Connection, table: str, row: Row) -> int:
    """Writes a row as the book before has it; returns its place, which is its id where it has one."""
    columns, values = ", ".join(row), ", ".join(f":{name}" for name in row)
    return int(connection.execute(text(f"INSERT INTO {table} ({columns}) VALUES ({values})"), row).lastrowid)


def _insert_if_sound(connection: Connection, table: str, row: Row) -> int | None:
    """Does the same; returns None where the row is damaged so that the table does not take it."""
    columns, values = ", ".join(row), ", ".join(f":{name}" for name in row)
    done = connection.execute(text(f"INSERT OR IGNORE INTO {table} ({columns}) VALUES ({values})"), row)
    return done.lastrowid if done.rowcount else None


def _carry_daemon(connection: Connection, before: BookBefore) -> None:
    """The daemon of the backup has long ended; what the next start should know is when the last one did."""
    connection.execute(text("DELETE FROM daemon"))
    if before.daemon is not None:
        _insert(connection, "daemon", before.daemon)


def _carry_messages(connection: Connection, before: BookBefore) -> None:
    """What people were told they are not told again: letters that have arrived since, digests of days that had theirs."""
    for key, channel in before.delivered:
        connection.execute(
            text(
                "DELETE FROM deliveries WHERE delivered_at IS NULL AND channel = :channel"
                " AND notice_id = (SELECT id FROM notices WHERE key = :key)"
            ),
            {"key": key, "channel": channel},
        )
    there = set(connection.execute(text("SELECT key FROM notices")).scalars())
    for digest, deliveries in before.digests:
        if digest["key"] not in there:
            notice = _insert(connection, "notices", {name: value for name, value in digest.items() if name != "id"})
            for delivery in deliveries:
                _insert(connection, "deliveries", {**delivery, "notice_id": notice})


def _held_again(connection: Connection, before: BookBefore) -> Iterator[str]:
    stand = {(hold["scope"], hold["name"]) for hold in before.holds}
    query = select(HOLDS.c.scope, HOLDS.c.name).where(HOLDS.c.lifted_at.is_(None)).order_by(HOLDS.c.id)
    for row in connection.execute(query):
        if before.is_readable and (row.scope, row.name) not in stand:
            yield said_of(row.scope, row.name)


def _carry_holds(connection: Connection, before: BookBefore, *, who: str, now: datetime) -> Iterator[str]:
    active = connection.execute(select(HOLDS.c.scope, HOLDS.c.name).where(HOLDS.c.lifted_at.is_(None))).all()
    for hold in before.holds:
        if (hold["scope"], hold["name"]) in {(row.scope, row.name) for row in active}:
            continue
        connection.execute(
            insert(HOLDS).values(
                scope=hold["scope"],
                name=hold["name"],
                reason=hold["reason"],
                held_by=hold["held_by"],
                held_at=datetime.fromisoformat(hold["held_at"]),
                except_topics=hold.get("except_topics", ""),
            )
        )
        said = said_of(hold["scope"], hold["name"])
        write_audit(connection, who=who, what=f"hold {said}", now=now, detail=f"carried over: {hold['reason']}")
        yield said


def _keep(path: Path, now: datetime) -> Path | None:
    """Copies the book that is there, with what still stands in its WAL, and as it is where it cannot be read."""
    if not path.exists():
        return None
    kept = path.with_name(f"{path.name}.before-restore-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}")
    if kept.exists():
        raise BookError(f"{kept} is there already; try again in a moment")
    try:
        _copy(path, kept)
    except sqlite3.Error:
        _remove(kept)
        for file, copy in zip((path, *beside(path)), (kept, *beside(kept)), strict=True):
            if file.exists():
                _write_private(copy, file.read_bytes())
    return kept


def _replace(prepared: Path, path: Path) -> None:
    """Writes the new book into the old one's file in one transaction; where that is beyond use, takes its place."""
    with closing(sqlite3.connect(prepared, isolation_level=None)) as new:
        new.execute("PRAGMA journal_mode = WAL")
        new.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        if path.exists() and _write_into(new, path):
            return
    for file in beside(path):
        file.unlink(missing_ok=True)  # of another book: SQLite would take it for a part of this one
    put_in_place(prepared, path)


def _write_into(new: sqlite3.Connection, path: Path) -> bool:
    """Returns False when there is no database to write into; whoever has the book open sees the new one at once."""
    try:
        with closing(sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)) as old:
            old.execute("BEGIN IMMEDIATE")  # copying would wait for ever for whoever has it locked
            old.execute("ROLLBACK")
            new.backup(old)
            old.execute("PRAGMA journal_mode = WAL")
            old.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return bool(old.execute("PRAGMA integrity_check(1)").fetchone() == ("ok",))
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError:
        return False


def _copy(source: Path, target: Path) -> None:
    """Copies a database as it stands at one moment, WAL and all, into a new file that its owner alone can read."""
    _write_private(target, b"")
    with (
        closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True, timeout=BUSY_SECONDS)) as old,
        closing(sqlite3.connect(target, isolation_level=None)) as new,
    ):
        old.backup(new)


def _write_private(path: Path, content: bytes) -> None:
    with open(path, "xb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        file.write(content)


def _remove(path: Path) -> None:
    for file in (path, *beside(path), path.with_name(path.name + ".before-migration"), lock_path(path)):
        file.unlink(missing_ok=True)
