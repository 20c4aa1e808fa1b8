"""Retention: what is old and over goes whole; nothing younger goes, nothing undecided, and no transaction is long."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from scheduler.posts.book import Book
from scheduler.posts.retention import BATCH, Removed, batches_of_old_posts, free_bytes, old_posts, remove
from scheduler.posts.status import PostStatus
from scheduler.posts.tables import stored_time
from tests.builders.posts import get, make_post, posts_in

BEFORE = datetime(2030, 1, 1, tzinfo=UTC)
NOW = datetime(2037, 1, 1, tzinfo=UTC)
LONG_AGO = datetime(2027, 3, 18, 12, tzinfo=UTC)
OVER = ["published", "failed", "missed", "rejected", "cancelled", "draft"]
EVERYTHING_OF_A_POST = ("posts", "attempts", "receipts", "audit", "notices", "alarms", "deliveries")


def _old_post(book: Book, slot: str = "on-the-day", status: str = "published", **columns: Any) -> int:
    """A post with something in every table, all of it of long ago save for what `columns` of posts say."""
    post_id = make_post(book, slot=slot, scheduled_at=LONG_AGO).id or 0
    at = stored_time(LONG_AGO)
    values = {"status": status, "updated_at": at, **columns}
    with book.writing() as connection:
        connection.exec_driver_sql(
            f"UPDATE posts SET {', '.join(f'{name} = ?' for name in values)} WHERE id = ?", (*values.values(), post_id)
        )
        for statement in (
            "INSERT INTO attempts (post_id, number, part, version, key, payload_sha256, started_at)"
            " VALUES (?, 1, 0, 2, 'k', 's', ?)",
            "INSERT INTO receipts (post_id, part, platform_id, received_at) VALUES (?, 0, 'id', ?)",
        ):
            connection.exec_driver_sql(statement, (post_id, at))
        key = f"failed:{post_id}"
        notice = connection.exec_driver_sql(
            "INSERT INTO notices (key, title, body, made_at) VALUES (?, 't', 'b', ?) RETURNING id", (key, at)
        ).scalar()
        connection.exec_driver_sql(
            "INSERT INTO alarms (key, kind, post_id, said, answer, raised_at, notice_id) VALUES (?, 'failed', ?, 's', 'a', ?, ?)",
            (key, post_id, at, notice),
        )
        connection.exec_driver_sql(
            "INSERT INTO deliveries (notice_id, channel, next_try_at, tries) VALUES (?, 'mail', ?, 1)", (notice, at)
        )
    return post_id


def _remove_all(book: Book, before: datetime = BEFORE) -> Removed:
    with book.reading() as session:
        batches = batches_of_old_posts(session.connection(), before)
    removed = Removed()
    for batch in batches:
        with book.writing() as connection:
            removed = remove(connection, batch, before, removed, who="kim", now=NOW)
    return removed


def _left(book: Book) -> list[int]:
    return [post.id or 0 for post in posts_in(book)]


def _count(book: Book, table: str) -> int:
    with book.engine.connect() as connection:
        return int(connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar() or 0)


def _entries(book: Book) -> list[tuple[Any, ...]]:
    with book.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT who, what, post_id FROM audit WHERE what LIKE 'retention%'").all()
    return [tuple(row) for row in rows]


@pytest.mark.parametrize("status", OVER)
def test_what_is_over_and_old_goes_with_all_that_belongs_to_it(book: Book, status: str) -> None:
    _old_post(book, status=status)

    removed = _remove_all(book)

    assert removed.posts == 1
    assert {table: _count(book, table) for table in EVERYTHING_OF_A_POST} == {
        **dict.fromkeys(EVERYTHING_OF_A_POST, 0),
        "audit": 1,
    }
    assert _entries(book) == [("kim", "retention removed 1 post older than 2030-01-01", None)]


@pytest.mark.parametrize("status", sorted({status.value for status in PostStatus} - set(OVER)))
def test_what_is_still_to_go_out_or_undecided_stays_however_old(book: Book, status: str) -> None:
    post_id = _old_post(book, status=status)

    assert _remove_all(book).posts == 0
    assert _left(book) == [post_id]


def test_a_draft_whose_hour_is_to_come_stays(book: Book) -> None:
    post_id = _old_post(book, status="draft", scheduled_at=stored_time(NOW + timedelta(days=1)))

    _remove_all(book, before=NOW)

    assert _left(book) == [post_id]


_YOUNG = {
    "its hour": "UPDATE posts SET scheduled_at = ?",
    "its next try": "UPDATE posts SET next_try_at = ?",
    "when it was made": "UPDATE posts SET created_at = ?",
    "its last change": "UPDATE posts SET updated_at = ?",
    "its approval": "UPDATE posts SET approved_at = ?",
    "its end": "UPDATE posts SET expires_at = ?",
    "its latest moment": "UPDATE posts SET latest_at = ?",
    "an attempt": "UPDATE attempts SET started_at = ?",
    "an outcome": "UPDATE attempts SET finished_at = ?",
    "a retry": "UPDATE attempts SET retry_at = ?",
    "a receipt": "UPDATE receipts SET received_at = ?",
    "an audit entry": "UPDATE audit SET at = ? WHERE id = (SELECT max(id) FROM audit)",
    "an alarm": "UPDATE alarms SET raised_at = ?",
    "an alarm's end": "UPDATE alarms SET cleared_at = ?",
}


@pytest.mark.parametrize("what", _YOUNG)
def test_the_newest_thing_known_of_a_post_decides(book: Book, what: str) -> None:
    post_id = _old_post(book)
    with book.writing() as connection:
        connection.exec_driver_sql(_YOUNG[what], (stored_time(BEFORE),))

    at_the_very_moment = _remove_all(book).posts
    left = _left(book)
    a_moment_later = _remove_all(book, BEFORE + timedelta(microseconds=1)).posts

    assert (at_the_very_moment, left, a_moment_later) == (0, [post_id], 1)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    posts=st.lists(
        st.tuples(
            st.sampled_from([status.value for status in PostStatus]), st.integers(-400, 400), st.integers(-400, 400)
        ),
        max_size=6,
    )
)
def test_nothing_younger_than_the_policy_and_nothing_open_ever_goes(
    book: Book, posts: list[tuple[str, int, int]]
) -> None:
    with book.writing() as connection:
        for table in reversed(EVERYTHING_OF_A_POST):
            connection.exec_driver_sql(f"DELETE FROM {table}")
    must_stay = set()
    for number, (status, hour, change) in enumerate(posts):
        hour_at, changed_at = BEFORE + timedelta(days=hour), BEFORE + timedelta(days=change)
        columns = {"scheduled_at": stored_time(hour_at), "updated_at": stored_time(changed_at)}
        post_id = _old_post(book, slot=f"slot-{number}", status=status, **columns)
        if status not in OVER or max(hour_at, changed_at) >= BEFORE:
            must_stay.add(post_id)

    _remove_all(book)

    assert set(_left(book)) == must_stay


def test_a_post_that_changes_after_the_look_stays(book: Book) -> None:
    post_id = _old_post(book)
    with book.reading() as session:
        (batch,) = batches_of_old_posts(session.connection(), BEFORE)
    with book.writing() as connection:
        connection.exec_driver_sql("UPDATE posts SET updated_at = ?", (stored_time(NOW),))

    with book.writing() as connection:
        removed = remove(connection, batch, BEFORE, Removed(), who="kim", now=NOW)

    assert (removed, get(book, post_id).status) == (Removed(), "published")
    assert _entries(book) == []


def test_a_run_leaves_one_line_that_is_true_wherever_it_is_cut_short(book: Book) -> None:
    for number in range(BATCH + 3):
        _old_post(book, slot=f"slot-{number}")
    with book.reading() as session:
        first, second = batches_of_old_posts(session.connection(), BEFORE)

    with book.writing() as connection:
        removed = remove(connection, first, BEFORE, Removed(), who="kim", now=NOW)
    after_one = _entries(book)
    with book.writing() as connection:
        remove(connection, second, BEFORE, removed, who="kim", now=NOW)

    assert after_one == [("kim", f"retention removed {BATCH} posts older than 2030-01-01", None)]
    assert _entries(book) == [("kim", f"retention removed {BATCH + 3} posts older than 2030-01-01", None)]


def test_a_message_that_speaks_of_another_post_too_stays(book: Book) -> None:
    old, young = _old_post(book, slot="old"), _old_post(book, slot="young", updated_at=stored_time(NOW))
    with book.writing() as connection:
        connection.exec_driver_sql("UPDATE alarms SET notice_id = (SELECT max(id) FROM notices)")

    _remove_all(book)

    assert _left(book) == [young]
    assert old != young
    assert _count(book, "alarms") == 1
    with book.engine.connect() as connection:
        assert (
            connection.exec_driver_sql(
                "SELECT count(*) FROM notices WHERE id IN (SELECT notice_id FROM alarms)"
            ).scalar()
            == 1
        )
        assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []


def test_what_would_go_is_counted_by_campaign_and_occurrence(book: Book) -> None:
    for slot in ("one", "two"):
        _old_post(book, slot=slot)
    _old_post(book, slot="three", occurrence="2028", scheduled_at=stored_time(LONG_AGO + timedelta(days=366)))
    _old_post(book, slot="four", status="approved")

    with book.reading() as session:
        found = old_posts(session.connection(), BEFORE)

    assert [(each.occurrence, each.posts, each.first) for each in found] == [
        ("2027", 2, LONG_AGO),
        ("2028", 1, LONG_AGO + timedelta(days=366)),
    ]


def test_nothing_of_what_was_removed_can_be_read_in_the_file(book: Book) -> None:
    post_id = _old_post(book)
    with book.writing() as connection:
        connection.exec_driver_sql("UPDATE posts SET note = 'a name that must go'")

    _remove_all(book)
    book.close()

    assert post_id
    assert b"a name that must go" not in book.path.read_bytes()


def test_no_statement_looks_through_all_alarms(book: Book) -> None:
    _old_post(book)
    seen: list[str] = []

    def keep(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    event.listen(book.engine, "before_cursor_execute", keep)
    _remove_all(book)
    event.remove(book.engine, "before_cursor_execute", keep)

    with book.engine.connect() as connection:
        plans = [
            row.detail
            for statement in seen
            if statement.lstrip().startswith(("SELECT", "DELETE"))
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", ("",) * statement.count("?"))
        ]
    assert any("ix_alarms_of_notice" in plan for plan in plans)
    assert [plan for plan in plans if plan.startswith("SCAN") and "posts" not in plan] == []


def test_no_transaction_keeps_publishing_waiting_and_what_is_freed_can_be_used(book: Book) -> None:
    with book.writing() as connection:
        first = _old_post_values(book)
        for number in range(2_000):
            columns = ", ".join(first)
            connection.exec_driver_sql(
                f"INSERT INTO posts ({columns}) VALUES ({', '.join('?' * len(first))})",
                tuple({**first, "slot": f"slot-{number}"}.values()),
            )
        connection.exec_driver_sql(
            "INSERT INTO audit (at, who, what, post_id) SELECT scheduled_at, 'kim', 'plan', id FROM posts"
        )
        connection.exec_driver_sql(
            "INSERT INTO alarms (key, kind, post_id, said, answer, raised_at) WITH RECURSIVE numbers (n) AS"
            " (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 50000)"
            " SELECT n, 'failed', CASE WHEN n <= 2000 THEN n END, 's', 'a', '2027' FROM numbers"
        )
    with book.reading() as session:
        batches = batches_of_old_posts(session.connection(), BEFORE)
    removed, took = Removed(), []
    for batch in batches:
        started = time.perf_counter()
        with book.writing() as connection:
            removed = remove(connection, batch, BEFORE, removed, who="kim", now=NOW)
        took.append(time.perf_counter() - started)

    assert removed.posts == 2_000
    assert sorted(took)[len(took) // 2] < 0.05
    with book.reading() as session:
        assert free_bytes(session.connection()) > 500_000


def _old_post_values(book: Book) -> dict[str, Any]:
    at = stored_time(LONG_AGO)
    text = dict.fromkeys(
        ("campaign", "occurrence", "account", "campaign_title", "platform", "looks_like", "digest", "planned_digest"),
        "x",
    )
    times = dict.fromkeys(("scheduled_at", "next_try_at", "created_at", "updated_at"), at)
    rest = {
        "slot": "",
        "fingerprint": "",
        "status": "published",
        "version": 1,
        "time_zone": "UTC",
        "message_json": "m" * 600,
    }
    return {**text, **times, **rest, "warnings_json": "[]", "sources_json": "[]", "tries": 0}
