"""A book of every released version becomes one of this version, with all that is in it; or stays as it was."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine
from sqlmodel import select

from scheduler.errors import BookError
from scheduler.posts.book import Book, open_book
from scheduler.posts.migrations import upgrade
from scheduler.posts.tables import SCHEMA_VERSION, KeptArticle
from tests.builders.posts import get, posts_in

RELEASED = ("0001", "0002")
AT = "2027-03-18T12:00:00.000000+00:00"
STATUSES = ("draft", "approved", "publishing", "published", "unconfirmed", "failed", "missed", "rejected", "cancelled")
OUTCOMES = (None, "accepted", "temporary", "refused", "credentials", "unknown")

# A table of version 0001: its columns as they were released; nothing here follows the code of today.
FIRST = {
    "posts": "id, campaign, occurrence, slot, account, fingerprint, campaign_title, platform, looks_like, status, version,"
    " scheduled_at, next_try_at, expires_at, time_zone, message_json, digest, planned_digest, warnings_json, sources_json,"
    " approved_digest, approved_by, approved_at, edited_by, tries, note, created_at, updated_at",
    "attempts": "post_id, number, part, version, key, payload_sha256, started_at, finished_at, outcome, detail, retry_at",
    "receipts": "post_id, part, platform_id, url, reply_to_json, received_at",
    "audit": "id, at, who, what, post_id, from_status, to_status, version, detail",
    "holds": "id, scope, name, reason, held_by, held_at, lifted_by, lifted_at",
    "daemon": "id, name, started_at, turned_at, stopped_at, trouble",
}  # fmt: skip
MESSAGE = '{"content_warning": null, "language": "en-GB", "parts": [{"media": [], "text": "Öffnet die Augen"}]}'


def _rows() -> dict[str, list[tuple[Any, ...]]]:
    """Rows of all kinds, with gaps between the ids: each must keep its own."""
    posts, attempts, receipts, audit = [], [], [], []
    for number, status in enumerate(STATUSES):
        post_id = 7 + number * 3
        posts.append(
            (post_id, "harbour", "2027", f"slot-{number}", "force-x", "f", "Harbour", "x", "x", status, number + 1,
             AT, AT, AT if number % 2 else None, "Europe/London", MESSAGE, "d", "p", '["long"]', "[]",
             "d" if number else None, "sam", AT, "kim", number, "a note", AT, AT)
        )  # fmt: skip
        attempts += [
            (post_id, of, 0, 2, f"key-{of}", "sha", AT, AT if outcome else None, outcome, "said", None)
            for of, outcome in enumerate(OUTCOMES, 1)
        ]
        receipts += [(post_id, part, f"id-{part}", None, '{"uri": "at://"}', AT) for part in (0, 1)]
        audit.append((post_id * 10, AT, "kim", "plan", post_id, None, "draft", 1, None))
    return {
        "posts": posts,
        "attempts": attempts,
        "receipts": receipts,
        "audit": [*audit, (9_999, AT, "kim", "hold everything", None, None, None, None, "mourning")],
        "holds": [
            (3, "all", "", "mourning", "kim", AT, None, None),
            (5, "account", "force-x", "major incident", "kim", AT, "sam", AT),
            (6, "campaign", "harbour", "date", "kim", AT, None, None),
        ],
        "daemon": [(1, "host:1", AT, AT, None, "the disk is full")],
    }


def _released(path: Path, version: str) -> None:
    """Makes a book of a released version with something of every kind in every table, the last of it still in the WAL."""
    engine = create_engine(f"sqlite:///{path}")
    upgrade(engine, path, version)
    engine.dispose()
    with closing(sqlite3.connect(path)) as raw, raw:
        raw.execute("PRAGMA journal_mode = WAL")
        for table, rows in _rows().items():
            marks = ", ".join("?" * len(rows[0]))
            raw.executemany(f"INSERT INTO {table} ({FIRST[table]}) VALUES ({marks})", rows)


def _content(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    with closing(sqlite3.connect(path)) as raw:
        return {
            table: raw.execute(f"SELECT {columns} FROM {table} ORDER BY 1, 2").fetchall()
            for table, columns in FIRST.items()
        }


def _version(path: Path) -> str:
    with closing(sqlite3.connect(path)) as raw:
        return str(raw.execute("SELECT version_num FROM alembic_version").fetchone()[0])


@pytest.fixture(params=RELEASED)
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / "book.db"
    _released(path, request.param)
    return path


def _open(path: Path) -> Book:
    return open_book("sqlite:///book.db", path.parent, migrate=True)


def test_every_version_before_this_one_is_tried() -> None:
    folder = Path(__file__).parents[2] / "scheduler/posts/migrations/versions"
    versions = sorted(path.name[1:5] for path in folder.glob("v*.py"))

    assert (*RELEASED, SCHEMA_VERSION) == tuple(versions)


def test_nothing_is_lost_and_every_row_keeps_its_id(old: Path) -> None:
    book = _open(old)

    assert _content(old) == {table: sorted(rows, key=lambda row: row[:2]) for table, rows in _rows().items()}
    with book.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
    assert [post.message.parts[0].text for post in posts_in(book)] == ["Öffnet die Augen"] * len(STATUSES)
    book.close()
    assert _version(old) == SCHEMA_VERSION


def test_what_is_new_begins_as_if_it_had_always_been_so(old: Path) -> None:
    book = _open(old)

    post = get(book, 7)
    assert (post.topics, post.when_late, post.latest_at, post.asks) == ("", "miss", None, 0)
    assert post.embargo_until is None
    with book.reading() as session:
        assert session.exec(select(KeptArticle)).all() == []
    book.close()


def test_rows_still_belong_to_their_posts_afterwards(old: Path) -> None:
    book = _open(old)

    for statement in ("DELETE FROM posts WHERE id = 7", "INSERT INTO receipts VALUES (8, 0, 'id', NULL, NULL, 'now')"):
        with pytest.raises(BookError, match="FOREIGN KEY"), book.writing() as connection:
            connection.exec_driver_sql(statement)
    book.close()


def test_a_copy_is_made_first_that_holds_everything(old: Path) -> None:
    before, version = _content(old), _version(old)

    _open(old).close()

    copy = old.with_name("book.db.before-migration")
    assert (_content(copy), _version(copy)) == (before, version)
    assert copy.stat().st_mode & 0o777 == 0o600


def _refers_to_nothing(raw: sqlite3.Connection) -> None:
    raw.execute("PRAGMA foreign_keys = OFF")
    raw.execute("INSERT INTO receipts (post_id, part, platform_id, received_at) VALUES (4711, 0, 'id', ?)", (AT,))


def _breaks_a_rule(raw: sqlite3.Connection) -> None:
    raw.execute("PRAGMA ignore_check_constraints = ON")
    raw.execute("UPDATE posts SET status = 'sent' WHERE id = 7")


def _is_in_the_way(raw: sqlite3.Connection) -> None:
    raw.execute("CREATE TABLE articles (mine TEXT)")


@pytest.mark.parametrize(
    ("released", "spoil"),
    [
        ("0001", _refers_to_nothing),
        ("0001", _breaks_a_rule),  # from 0002 on no table with old rows is made anew, and nothing looks at them
        ("0001", _is_in_the_way),
        ("0002", _refers_to_nothing),
        ("0002", _is_in_the_way),
    ],
)
def test_a_migration_that_fails_leaves_the_book_as_it_was_and_says_where_the_copy_is(
    tmp_path: Path, released: str, spoil: Callable[[sqlite3.Connection], None]
) -> None:
    old = tmp_path / "book.db"
    _released(old, released)
    with closing(sqlite3.connect(old)) as raw, raw:
        spoil(raw)
    before, schema = _content(old), _schema(old)

    with pytest.raises(BookError, match=r"is as it was; a copy of it is .*book.db.before-migration"):
        _open(old)

    assert (_content(old), _schema(old), _version(old)) == (before, schema, released)


def test_a_book_of_an_older_version_is_said_and_left_alone_by_all_other_commands(old: Path) -> None:
    before = _schema(old)

    with pytest.raises(BookError, match="run `redletter plan` once"):
        open_book("sqlite:///book.db", old.parent)

    assert _schema(old) == before


def _schema(path: Path) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(path)) as raw:
        return raw.execute("SELECT name, sql FROM sqlite_master ORDER BY name").fetchall()
