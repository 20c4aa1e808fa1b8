"""What a person must be told: each thing when its time has come, once, and not when somebody sees to it already."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import cast

import pytest
from sqlalchemy import event

from scheduler.posts.alarms import (
    Limits,
    Message,
    Raised,
    keep_message,
    keep_raised,
    keep_standing,
    look,
    open_alarms,
    standing_of,
    untold,
)
from scheduler.posts.book import Book
from scheduler.posts.claims import hold_account
from scheduler.posts.freshness import follow_withdrawal
from scheduler.posts.holds import hold
from scheduler.posts.moves import make_move
from scheduler.posts.needs import CAMPAIGN_FILE, Need, of_campaign_file
from scheduler.posts.status import HoldScope, Move
from tests.builders.alarms import standing
from tests.builders.freshness import LATER, LEAD, MIRA, SOURCE, approve_all, changed, plan
from tests.builders.freshness import look as look_at_article
from tests.builders.posts import NOON, make_book, make_post

LIMITS = Limits(unapproved=timedelta(hours=24), silence=timedelta(minutes=5))


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    book = make_book(tmp_path)
    yield book
    book.close()


def put(book: Book, post_id: int | None, **columns: object) -> None:
    """Puts a post where the test needs it."""
    with book.writing() as connection:
        for column, value in columns.items():
            stored = value.isoformat(timespec="microseconds") if isinstance(value, datetime) else value
            connection.exec_driver_sql(f"UPDATE posts SET {column} = ? WHERE id = ?", (stored, post_id))


def put_in_doubt(book: Book, post_id: int | None) -> None:
    """Writes an attempt of which nobody knows what came."""
    with book.writing() as connection:
        connection.exec_driver_sql(
            "INSERT INTO attempts (post_id, number, part, version, key, payload_sha256, started_at, outcome)"
            " VALUES (?, 1, 0, 2, 'key', 'sha', ?, 'unknown')",
            (post_id, NOON.isoformat(timespec="microseconds")),
        )


def look_at(book: Book, now: datetime, limits: Limits = LIMITS) -> list[Need]:
    """Looks, and writes down what was found; returns what is new."""
    with book.reading() as session:
        found = look(session, limits, now)
    with book.writing() as connection:
        keep_raised(connection, [Raised(need, now) for need in found.new], found.over, now)
    return list(found.new)


def kinds(needs: list[Need]) -> list[tuple[str, int | None]]:
    return [(need.kind, need.post) for need in needs]


@pytest.mark.parametrize(
    ("status", "kind", "answer"),
    [
        ("failed", "failed", "redletter edit 1"),
        ("missed", "missed", "redletter reschedule 1"),
        ("held", "waiting", "redletter keep 1"),
    ],
)
def test_a_post_that_needs_a_person_is_raised_once_and_cleared_when_it_is_over(
    book: Book, status: str, kind: str, answer: str
) -> None:
    post = make_post(book)
    put(book, post.id, status=status, note="the platform said no")

    (need,) = look_at(book, NOON)
    again = look_at(book, NOON + timedelta(minutes=1))
    while_it_stands = standing(book)
    put(book, post.id, status="rejected")
    look_at(book, NOON + timedelta(minutes=2))

    assert (need.kind, need.post) == (kind, post.id)
    assert "Thu 18 Mar 2027 12:00, force-x, child-exploitation on-the-day: the platform said no" in need.said
    assert need.answer.startswith(answer)
    assert again == []
    assert while_it_stands == [kind]
    assert standing(book) == []


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        ({"time_zone": "US/Pacific-New"}, "post 1 failed: Thu 18 Mar 2027 12:00 UTC, force-x"),
        ({"scheduled_at": "noon"}, "post 1 needs a person (failed), and its row in the book is damaged: ValueError: "),
        ({"message_json": "{"}, "post 1 failed: Thu 18 Mar 2027 12:00, force-x"),
    ],
)
def test_a_post_that_cannot_be_worded_keeps_no_other_from_being_raised(
    book: Book, damage: dict[str, str], said: str
) -> None:
    damaged, other = make_post(book, slot="damaged"), make_post(book, slot="other")
    put(book, damaged.id, status="failed", **damage)
    put(book, other.id, status="failed")

    found = look_at(book, NOON)

    assert sorted(kinds(found)) == [("failed", damaged.id), ("failed", other.id)]
    assert [need.said.startswith(said) for need in found if need.post == damaged.id] == [True]
    assert look_at(book, NOON) == []


def test_a_post_that_fails_again_is_raised_again(book: Book) -> None:
    post = make_post(book)
    put(book, post.id, status="failed")
    look_at(book, NOON)

    put(book, post.id, version=post.version + 3)

    assert kinds(look_at(book, NOON)) == [("failed", post.id)]
    assert standing(book) == ["failed"]


@pytest.mark.parametrize(
    ("lost_ago", "asks", "asked_again_in", "raised", "why"),
    [
        (timedelta(minutes=1), 0, timedelta(seconds=5), False, "the platform is being asked"),
        (timedelta(minutes=2), 4, timedelta(seconds=5), True, "it has lasted for two minutes"),
        (timedelta(seconds=5), 1, timedelta(minutes=15), True, "it cannot be asked: nothing but a person settles it"),
        (timedelta(seconds=5), 0, timedelta(minutes=15), False, "it was not asked yet"),
        (-timedelta(hours=3), 0, -timedelta(hours=3), True, "the clock was set back since: nobody knows for how long"),
        (-timedelta(seconds=5), 0, timedelta(seconds=5), False, "it came while the look was under way"),
    ],
)
def test_an_unconfirmed_post_is_raised_when_asking_does_not_settle_it(
    book: Book, lost_ago: timedelta, asks: int, asked_again_in: timedelta, raised: bool, why: str
) -> None:
    post = make_post(book)
    put(
        book,
        post.id,
        status="unconfirmed",
        updated_at=NOON - lost_ago,
        asks=asks,
        next_try_at=NOON + asked_again_in,
    )
    put_in_doubt(book, post.id)

    assert kinds(look_at(book, NOON)) == ([("unconfirmed", post.id)] if raised else []), why


def test_twenty_posts_of_a_refused_account_make_one_alarm(book: Book) -> None:
    for number in range(20):
        make_post(book, slot=f"slot-{number}")
    with book.writing() as connection:
        hold_account(connection, "force-x", "401 Unauthorized", NOON)

    (need,) = look_at(book, NOON + timedelta(minutes=30))

    assert need.kind == "held"
    assert need.said == (
        "account force-x is held, its credentials were refused: 401 Unauthorized; 20 approved posts wait for it"
    )
    assert need.answer == (
        "redletter accounts, then redletter resume --account force-x --keep;"
        " without --keep, what came due meanwhile waits for a word"
    )


@pytest.mark.parametrize(("before", "raised"), [(timedelta(hours=24), True), (timedelta(hours=24, seconds=1), False)])
def test_a_draft_is_raised_a_day_before_its_hour(book: Book, before: timedelta, raised: bool) -> None:
    post = make_post(book, approved=False)

    assert kinds(look_at(book, NOON - before)) == ([("not approved", post.id)] if raised else [])


def test_a_draft_whose_approval_became_void_is_raised_again(book: Book) -> None:
    post = make_post(book, approved=False)
    look_at(book, NOON - timedelta(hours=20))
    put(book, post.id, status="approved")
    look_at(book, NOON - timedelta(hours=19))
    approved = standing(book)

    put(book, post.id, status="draft")

    assert approved == []
    assert kinds(look_at(book, NOON - timedelta(hours=18))) == [("not approved", post.id)]


@pytest.mark.parametrize("status", ["approved", "publishing"])
@pytest.mark.parametrize(("after", "raised"), [(timedelta(minutes=5), True), (timedelta(minutes=4, seconds=59), False)])
def test_a_post_without_a_receipt_is_raised_five_minutes_after_its_hour(
    book: Book, status: str, after: timedelta, raised: bool
) -> None:
    post = make_post(book)
    put(book, post.id, status=status)

    assert kinds(look_at(book, NOON + after)) == ([("silence", post.id)] if raised else [])


def test_a_post_that_went_out_after_all_clears_its_silence(book: Book) -> None:
    post = make_post(book)
    look_at(book, NOON + timedelta(minutes=5))
    while_silent = standing(book)

    put(book, post.id, status="published")
    look_at(book, NOON + timedelta(minutes=6))

    assert while_silent == ["silence"]
    assert standing(book) == []


@pytest.mark.parametrize(
    ("scope", "name"), [(HoldScope.ALL, ""), (HoldScope.ACCOUNT, "force-x"), (HoldScope.CAMPAIGN, "child-exploitation")]
)
def test_what_a_person_holds_is_not_silent(book: Book, scope: HoldScope, name: str) -> None:
    make_post(book)
    with book.writing() as connection:
        hold(connection, scope, name, "a major incident", who="kim", now=NOON)

    assert look_at(book, NOON + timedelta(hours=1)) == []


def test_what_a_hold_lets_through_may_be_silent(book: Book) -> None:
    post = make_post(book)
    put(book, post.id, topics=",safety,")
    with book.writing() as connection:
        hold(connection, HoldScope.ALL, "", "mourning", who="kim", now=NOON, except_topics=["safety"])

    assert kinds(look_at(book, NOON + timedelta(minutes=6))) == [("silence", post.id)]


def test_nothing_is_silent_while_a_file_holds_everything(book: Book) -> None:
    make_post(book)

    assert look_at(book, NOON + timedelta(hours=1), replace(LIMITS, held_by_file=True)) == []


def test_a_post_that_somebody_has_just_said_yes_to_gets_its_time(book: Book) -> None:
    post = make_post(book)
    put(book, post.id, status="held")
    later = NOON + timedelta(minutes=40)
    with book.writing() as connection:
        make_move(connection, Move.KEEP, post.id or 0, post.version, who="kim", now=later)

    at_once = look_at(book, later + timedelta(minutes=1))

    assert at_once == []
    assert kinds(look_at(book, later + timedelta(minutes=6))) == [("silence", post.id)]


def test_who_knows_of_a_doubt_is_not_told_of_the_silence_too(book: Book) -> None:
    post = make_post(book)
    put(book, post.id, status="unconfirmed", updated_at=NOON)
    put_in_doubt(book, post.id)
    look_at(book, NOON + timedelta(minutes=3))

    assert look_at(book, NOON + timedelta(minutes=10)) == []
    assert standing(book) == ["unconfirmed"]


def test_what_no_platform_can_be_asked_about_is_raised_at_once_and_once(book: Book) -> None:
    post = make_post(book, scheduled_at=NOON - timedelta(hours=1))
    put(book, post.id, status="unconfirmed", updated_at=NOON)

    assert kinds(look_at(book, NOON)) == [("unconfirmed", post.id)]
    assert kinds(look_at(book, NOON + timedelta(hours=1))) == []


@pytest.mark.parametrize(
    ("sent_ago", "raised"), [(timedelta(minutes=1), False), (timedelta(minutes=10), True)], ids=["paced", "stuck"]
)
def test_late_posts_that_wait_their_turn_are_not_silent(book: Book, sent_ago: timedelta, raised: bool) -> None:
    limits = replace(LIMITS, pace=timedelta(minutes=1))
    sent, waiting = (make_post(book, slot=slot, scheduled_at=NOON - timedelta(hours=1)) for slot in ("a", "b"))
    put(book, sent.id, status="published", updated_at=NOON - sent_ago)

    assert kinds(look_at(book, NOON, limits)) == ([("silence", waiting.id)] if raised else [])


def test_a_look_reads_no_table_from_end_to_end_but_that_of_alarms(book: Book) -> None:
    statements: list[str] = []
    make_post(book)
    with book.reading() as session:
        raw = session.connection().connection.driver_connection
        assert raw is not None
        raw.set_trace_callback(statements.append)
        look(session, LIMITS, NOON)
        raw.set_trace_callback(None)
        plans = [
            row[3] for sql in statements if sql.startswith("SELECT") for row in raw.execute(f"EXPLAIN QUERY PLAN {sql}")
        ]

    scans = [plan for plan in plans if plan.startswith("SCAN") and "alarms" not in plan and "holds" not in plan]
    assert len(statements) > 10
    assert scans == []


def test_a_backlog_is_raised_in_pieces_that_hold_up_no_other_write(book: Book) -> None:
    first = make_post(book).id
    put(book, first, status="failed")
    with book.writing() as connection:
        columns = "campaign, occurrence, slot, account, fingerprint, campaign_title, platform, looks_like, status, scheduled_at,"
        columns += " next_try_at, time_zone, message_json, digest, planned_digest, created_at, updated_at, version, warnings_json,"
        columns += " sources_json, tries, topics, when_late, asks"
        for number in range(599):
            copied = columns.replace("slot,", f"'slot-{number}',")
            connection.exec_driver_sql(f"INSERT INTO posts ({columns}) SELECT {copied} FROM posts WHERE id = {first}")

    found = [len(look_at(book, NOON)) for _ in range(3)]

    assert found == [500, 100, 0]


def test_an_alarm_of_a_post_that_is_gone_is_written_all_the_same(book: Book) -> None:
    with book.writing() as connection:
        keep_raised(connection, [Raised(Need("failed:99:3", "failed", "post 99 failed", "…", 99), NOON)], (), NOON)

    assert standing(book) == ["failed"]


def test_an_article_that_changed_elsewhere_is_told_once_and_what_it_holds_with_what_became_of_it(book: Book) -> None:
    plan(book, LEAD, MIRA)
    approve_all(book)
    look_at_article(book, changed("twelve", "thirteen"))

    first, second = look_at(book, LATER), look_at(book, LATER + timedelta(hours=1))

    assert kinds(first) == [("waiting", 1), ("article changed", None)]
    assert "its article has changed, articles/boats.md: removed “twelve”, added “thirteen”" in first[0].said
    assert "redletter plan --replace harbour takes the article's words" in first[0].answer
    assert (
        first[1].said == "the article articles/boats.md has changed, and the words of 1 unsent post stand as they stood"
    )
    assert second == []

    put(book, 2, status="published")
    assert look_at(book, LATER + timedelta(hours=2)) == []
    assert standing(book) == ["waiting"]


def test_no_words_of_an_article_are_offered_that_was_taken_away(book: Book) -> None:
    plan(book, LEAD)
    approve_all(book)
    with book.writing() as connection:
        follow_withdrawal(connection, SOURCE, "the server answered 410 Gone", LATER)

    (need,) = look_at(book, LATER)

    assert need.answer == (
        "redletter cancel 1; or redletter keep 1 sends what was approved all the same; or put the article back, and look again"
    )


def test_what_stands_for_another_reason_is_worded_anew_and_told_no_second_time(book: Book) -> None:
    file = "campaigns/harbour.toml"
    before, since = of_campaign_file(file, "line 14", holds=False), of_campaign_file(file, "line 20", holds=True)
    with book.writing() as connection:
        keep_standing(connection, CAMPAIGN_FILE, [before], NOON)
        keep_message(connection, Message("told", "A title", "A body", NOON, [Raised(before, NOON)]))

    with book.writing() as connection:
        keep_standing(connection, CAMPAIGN_FILE, [since], NOON + timedelta(hours=1))

    with book.reading() as session:
        assert standing_of(session, CAMPAIGN_FILE) == [since]
        assert open_alarms(session, NOON) == [Raised(since, NOON)]
        assert untold(session, NOON) == []


def test_what_stands_of_a_kind_is_found_by_an_index_however_many_alarms_were_ever_raised(book: Book) -> None:
    need = of_campaign_file("campaigns/harbour.toml", "line 14", holds=False)
    asked: list[tuple[str, tuple[object, ...]]] = []

    def listen(_connection: object, _cursor: object, statement: str, values: object, *_: object) -> None:
        if "alarms" in statement and not statement.startswith("INSERT"):
            asked.append((statement, cast("tuple[object, ...]", values)))

    event.listen(book.engine, "before_cursor_execute", listen)
    with book.writing() as connection:
        keep_standing(connection, CAMPAIGN_FILE, [need], NOON)
    with book.reading() as session:
        found = standing_of(session, CAMPAIGN_FILE)
    event.remove(book.engine, "before_cursor_execute", listen)

    with book.engine.connect() as connection:
        plans = [connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {said}", values).all() for said, values in asked]
    assert found == [need]
    assert len(plans) == 3
    assert [step for plan in plans for step in plan if step[3].startswith("SCAN")] == []
