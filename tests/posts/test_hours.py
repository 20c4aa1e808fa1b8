"""The hours of posts are read without their words, by an index."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import event, text

from scheduler.posts.hours import hours_between, planned_slots
from tests.builders.posts import NOON, make_book, make_draft, make_post, save

YEAR = datetime(2027, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC)


def test_each_post_of_a_year_has_its_hour_and_its_status(tmp_path: Path) -> None:
    book = make_book(tmp_path)
    make_post(book, account="force-x")
    make_post(book, account="force-b", approved=False)
    make_post(book, slot="next-year", scheduled_at=YEAR[1])
    make_post(book, slot="last-year", scheduled_at=YEAR[0] - timedelta(seconds=1))

    with book.reading() as session:
        found = hours_between(session, *YEAR)

    assert sorted((each.account, each.status, each.at) for each in found) == [
        ("force-b", "draft", NOON),
        ("force-x", "approved", NOON),
    ]


def test_a_damaged_hour_hides_no_other(tmp_path: Path) -> None:
    book = make_book(tmp_path)
    make_post(book, slot="whole")
    damaged = make_post(book, slot="damaged")
    with book.writing() as connection:
        values = {"at": "2027-13-77", "id": damaged.id}
        connection.execute(text("UPDATE posts SET scheduled_at = :at WHERE id = :id"), values)

    with book.reading() as session:
        assert [each.slot for each in hours_between(session, *YEAR)] == ["whole"]


def test_words_are_not_read_and_posts_of_other_years_are_not_looked_through(tmp_path: Path) -> None:
    book = make_book(tmp_path)
    make_post(book)
    asked: list[tuple[str, Any]] = []
    event.listen(
        book.engine, "before_cursor_execute", lambda _c, _u, query, values, *_more: asked.append((query, values))
    )

    with book.reading() as session:
        hours_between(session, *YEAR)
        planned_slots(session, [("child-exploitation", "2027")])
        (hours, of_year), (slots, of_campaign) = [each for each in asked if each[0].strip().startswith("SELECT")]
        plans = [
            " ".join(row[3] for row in session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", values))
            for query, values in ((hours, of_year), (slots, of_campaign))
        ]

    assert "message_json" not in hours + slots
    assert "*" not in hours + slots
    assert "USING INDEX ix_posts_by_status (status=? AND scheduled_at>? AND scheduled_at<?)" in plans[0]
    assert "USING COVERING INDEX" in plans[1]


def test_a_slot_is_planned_once_it_has_a_post(tmp_path: Path) -> None:
    book = make_book(tmp_path)
    save(book, make_draft(slot="news"), make_draft(slot="news", account="force-b"))

    with book.reading() as session:
        planned = planned_slots(session, [("child-exploitation", "2027"), ("child-exploitation", "2028")])

    assert planned == {("child-exploitation", "2027", "news")}
