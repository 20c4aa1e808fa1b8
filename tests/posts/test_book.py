"""Opening the book: by whom it was made, and what is said when it cannot be used."""

import shutil
import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine
from sqlmodel import SQLModel

from scheduler.errors import BookError
from scheduler.posts.book import BUSY_SECONDS, Book, beside, open_book
from scheduler.posts.migrations import upgrade
from scheduler.posts.planning import save_drafts
from scheduler.posts.tables import stored_time
from tests.builders.posts import NOON, make_draft, make_post, moved_to, posts_in, trail_of

HOUR = timedelta(hours=1)


def _schema(path: Path) -> set[str]:
    with closing(sqlite3.connect(path)) as raw:
        rows = raw.execute(
            "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'alembic%'"
        ).fetchall()
    return {" ".join(sql.replace('"', "").replace("\n", " ").split()) for (sql,) in rows}


def test_the_migrations_make_the_same_book_as_a_new_one(book: Book, tmp_path: Path) -> None:
    migrated = create_engine(f"sqlite:///{tmp_path}/migrated.db")

    upgrade(migrated, tmp_path / "migrated.db")

    with migrated.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), SQLModel.metadata)
    migrated.dispose()
    assert differences == []
    assert _schema(tmp_path / "migrated.db") == _schema(book.path)


def test_a_book_is_in_wal_with_full_synchronous(book: Book) -> None:
    with book.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2


def test_a_book_that_another_program_took_out_of_wal_is_put_back(book: Book, tmp_path: Path) -> None:
    book.close()
    with closing(sqlite3.connect(book.path)) as raw:
        raw.execute("PRAGMA journal_mode = DELETE")

    again = open_book("sqlite:///book.db", tmp_path)

    with again.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
    again.close()


def test_each_write_takes_its_turn_before_it_writes_anything_and_waits_for_it(book: Book) -> None:
    other = sqlite3.connect(book.path, timeout=0, isolation_level=None)

    with closing(other), book.writing() as connection:
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == BUSY_SECONDS * 1000
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")


def test_what_was_tried_is_seen_by_nobody_and_undone(book: Book) -> None:
    post = make_post(book)
    make_post(book, campaign="another")

    with book.trying([(post.campaign, post.occurrence)]) as connection:
        connection.exec_driver_sql("UPDATE posts SET status = 'cancelled'")
        tried = connection.exec_driver_sql("SELECT status FROM posts").scalars().all()
        seen = posts_in(book)[0].status

    assert (tried, seen, posts_in(book)[0].status) == (["cancelled"], "approved", "approved")
    with book.trying([]) as connection:  # the same connection of the pool: nothing is left on it
        assert connection.exec_driver_sql("SELECT count(*) FROM posts").scalar() == 0


def test_nobody_waits_while_something_is_tried(book: Book) -> None:
    post = make_post(book)
    other = sqlite3.connect(book.path, timeout=0, isolation_level=None)

    with closing(other), book.trying([(post.campaign, post.occurrence)]) as connection:
        moved = save_drafts(
            connection, [moved_to(make_draft(), NOON + HOUR)], who="reload", now=NOON - HOUR, replace=True
        )
        new = save_drafts(connection, [make_draft(slot="new")], who="reload", now=NOON - HOUR)
        other.execute("UPDATE posts SET note = 'written meanwhile'")

    assert ([one.post_id for one in moved.moved], len(new.created), len(new.gone)) == ([post.id], 1, 1)
    assert [(kept.note, kept.scheduled_at) for kept in posts_in(book)] == [("written meanwhile", NOON)]
    assert len(trail_of(book, post.id or 0)) == 2


def test_a_book_that_can_only_be_read_says_so_and_can_be_read(book: Book) -> None:
    make_post(book)
    with book.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA query_only = ON")

    with pytest.raises(BookError, match="it cannot be written; check who owns the file"), book.writing() as connection:
        connection.exec_driver_sql("UPDATE posts SET status = 'cancelled'")

    assert posts_in(book)[0].status == "approved"


def test_a_book_of_a_newer_version_is_refused_and_left_alone(book: Book, tmp_path: Path) -> None:
    with book.writing() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")

    with pytest.raises(BookError, match="made by a newer Redletter"):
        open_book("sqlite:///book.db", tmp_path, create=True, migrate=True)


def _not_there(_: Path) -> None:
    pass


def _not_a_database(path: Path) -> None:
    path.write_text("Dear diary, this is not a database, whatever its name says. " * 40)


def _of_another_program(path: Path) -> None:
    with closing(sqlite3.connect(path)) as raw, raw:
        raw.execute("CREATE TABLE recipes (name TEXT)")


@pytest.mark.parametrize(
    ("prepare", "said"),
    [
        (_not_there, "no book yet"),
        (_not_a_database, "not a database"),
        (_of_another_program, "not a book of Redletter"),
    ],
)
def test_what_cannot_be_opened_is_said_clearly(tmp_path: Path, prepare: Any, said: str) -> None:
    prepare(tmp_path / "other.db")

    with pytest.raises(BookError, match=said):
        open_book("sqlite:///other.db", tmp_path)


def test_a_locked_book_is_said_and_nothing_is_changed(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    make_post(book)
    with book.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout = 1")

    with closing(sqlite3.connect(book.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(BookError, match="locked"), book.writing() as connection:
            connection.exec_driver_sql("UPDATE posts SET status = 'cancelled'")

    assert posts_in(book)[0].status == "approved"


def test_a_full_disk_is_said_and_nothing_is_changed(book: Book) -> None:
    make_post(book)

    with book.engine.connect() as connection:  # the one pooled connection, whose file may not grow from here on
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(BookError, match="disk is full"), book.writing() as connection:
        connection.exec_driver_sql("UPDATE posts SET note = ?", ("x" * 1_000_000,))

    assert posts_in(book)[0].note is None


def test_only_aware_times_are_kept() -> None:
    with pytest.raises(ValueError, match="aware"):
        stored_time(datetime(2027, 3, 18))  # noqa: DTZ001 (a naive time is the case)


def test_kept_times_sort_as_text() -> None:
    moments = [NOON, NOON + timedelta(microseconds=1), NOON + timedelta(seconds=1), NOON + timedelta(days=400)]

    assert sorted(map(stored_time, moments)) == [stored_time(moment) for moment in moments]


def test_a_status_that_is_none_cannot_be_written(book: Book) -> None:
    make_post(book)

    with pytest.raises(BookError, match="CHECK"), book.writing() as connection:
        connection.exec_driver_sql("UPDATE posts SET status = 'sent'")


def test_another_processes_commit_is_noticed(book: Book) -> None:
    watch = book.watch()
    watch.has_changed()

    quiet = watch.has_changed()
    make_post(book)
    after_a_commit = watch.has_changed()
    watch.close()

    assert (quiet, after_a_commit) == (False, True)


@pytest.mark.parametrize(
    ("query", "index"),
    [
        ("status = 'approved' AND next_try_at <= '2027' ORDER BY next_try_at, id LIMIT 256", "ix_posts_due"),
        ("status = 'approved' AND account = 'a' ORDER BY next_try_at LIMIT 1", "ix_posts_due_by_account"),
        ("status = 'approved' AND expires_at < '2027' ORDER BY expires_at LIMIT 9", "ix_posts_expiring"),
        ("status = 'unconfirmed' AND next_try_at <= '2027' ORDER BY next_try_at LIMIT 9", "ix_posts_in_doubt"),
        ("status = 'failed' ORDER BY scheduled_at", "ix_posts_by_status"),
    ],
)
def test_what_the_daemon_asks_goes_by_an_index_and_sorts_nothing(book: Book, query: str, index: str) -> None:
    with book.engine.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN SELECT * FROM posts WHERE {query}").all()

    assert [index in step[3] and "TEMP B-TREE" not in step[3] for step in plan] == [True], plan


@pytest.mark.parametrize("replaced", [False, True], ids=["moved away", "replaced"])
def test_who_keeps_to_the_file_writes_into_no_other_and_makes_none(book: Book, tmp_path: Path, replaced: bool) -> None:
    book.keep_to_its_file()
    with book.writing():
        pass
    kept = tmp_path / "kept.db"
    book.path.rename(kept)
    if replaced:
        shutil.copy(kept, book.path)

    with pytest.raises(BookError, match="moved, deleted or replaced"), book.writing():
        pass

    assert book.path.exists() is replaced
    kept.replace(book.path)
    with book.writing():
        pass


def test_who_keeps_to_the_file_writes_into_the_one_that_is_there_and_not_into_the_one_that_was_opened(
    book: Book, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.db"
    make_post(book, slot="in both")
    book.close()
    shutil.copy(book.path, copy)
    make_post(book, slot="in the one that was opened")
    for file in beside(book.path):
        file.unlink(missing_ok=True)
    copy.replace(book.path)

    book.keep_to_its_file()
    make_post(book, slot="since")

    assert [post.slot for post in posts_in(book)] == ["in both", "since"]
