"""`redletter status`: each thing that needs a person, and nothing else."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from typing import Any

import pytest

from scheduler.articles import read_article
from scheduler.posts.alarms import Limits, keep_standing, look
from scheduler.posts.articles import Reading, keep_unreached
from scheduler.posts.book import Book, open_book
from scheduler.posts.claims import hold_account
from scheduler.posts.freshness import follow_reading
from scheduler.posts.heartbeat import Pulse, beat, pulse_path, say_stopped, write_pulse
from scheduler.posts.needs import CAMPAIGN_FILE, of_campaign_file
from scheduler.posts.tables import stored_time
from tests.builders.posts import get, put_out
from tests.builders.workspaces import NOW, THE_DAY, Desk

STATUS_KEYS = ["counts", "next", "daemon", "holds", "articles", "hold_file", "troubles"]


@pytest.fixture
def book(planned: Desk) -> Iterator[Book]:
    book = open_book("sqlite:///redletter.db", planned.folder)
    yield book
    book.close()


def daemon_runs(book: Book, at: datetime, trouble: str | None = None) -> None:
    with book.writing() as connection:
        beat(connection, "host:1", at - timedelta(hours=1), at, trouble)


def put(book: Book, post: int, **columns: object) -> None:
    """Puts a post where no command can put it."""
    with book.writing() as connection:
        for column, value in columns.items():
            connection.exec_driver_sql(f"UPDATE posts SET {column} = ? WHERE id = ?", (value, post))


def troubles_of(desk: Desk) -> list[dict[str, Any]]:
    said = desk.type("status", "--json")
    troubles: list[dict[str, Any]] = said.json["troubles"]
    assert said.code == (1 if troubles else 0)
    return troubles


def test_a_daemon_that_cannot_write_to_the_book_says_why_beside_it(planned: Desk, book: Book) -> None:
    planned.done("approve", 1, "--yes")
    daemon_runs(book, NOW - timedelta(minutes=5))
    pulse = Pulse("host:1", NOW, NOW, NOW - timedelta(minutes=5), "the disk is full: make room")
    write_pulse(pulse_path(book.path), pulse)

    said = planned.type("status")

    assert said.code == 1
    assert "  ! the daemon cannot publish: the disk is full: make room" in said.lines
    assert "Needs a person: 1 thing" in said.lines


def test_a_pulse_that_has_grown_old_says_nothing(planned: Desk, book: Book) -> None:
    planned.done("approve", 1, "--yes")
    daemon_runs(book, NOW - timedelta(minutes=5))
    long_ago = NOW - timedelta(minutes=4)
    write_pulse(pulse_path(book.path), Pulse("host:1", long_ago, long_ago, long_ago, "the disk is full"))

    (trouble,) = troubles_of(planned)

    assert "has not turned for 5 minutes" in str(trouble["said"])


def test_where_the_daemon_is_silent_for_the_book_cannot_be_written_the_book_is_the_reason(
    planned: Desk, book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    planned.done("approve", 1, "--yes")
    daemon_runs(book, NOW - timedelta(minutes=5))
    monkeypatch.setattr("scheduler.posts.book.BUSY_SECONDS", 0.01)

    with closing(sqlite3.connect(book.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        (trouble,) = troubles_of(planned)
        other.execute("ROLLBACK")

    assert trouble["kind"] == "book"
    assert "another program has locked it" in str(trouble["said"])


def test_a_daemon_that_has_missed_some_pulses_may_have_a_disk_that_takes_nothing(
    planned: Desk, book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    planned.done("approve", 1, "--yes")
    daemon_runs(book, NOW)
    before = NOW - timedelta(seconds=8)
    write_pulse(pulse_path(book.path), Pulse("host:1", before, before, before, None))
    monkeypatch.setattr("scheduler.posts.book.BUSY_SECONDS", 0.01)

    with closing(sqlite3.connect(book.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        said = planned.type("status")
        other.execute("ROLLBACK")

    assert said.code == 1
    assert "Daemon:  not publishing as host:1" in said.out
    assert "Needs a person: 1 thing" in said.lines
    assert troubles_of(planned) == []  # and with a disk that takes it, nothing is wrong yet


def test_a_plan_that_waits_for_review_needs_nobody(planned: Desk) -> None:
    said = planned.done("status")

    assert said.lines == [
        "Posts:   4 draft",
        "Next:    nothing approved waits to go out",
        "Daemon:  has never run",
        "",
        "Nothing needs a person.",
    ]


def test_status_as_json_has_a_shape_that_stays(planned: Desk, book: Book) -> None:
    planned.done("approve", 1, "--yes")
    daemon_runs(book, NOW)

    status = planned.json("status")

    assert list(status) == STATUS_KEYS
    assert status["counts"] == {"approved": 1, "draft": 3}
    assert status["next"] == {
        "id": 1,
        "campaign": "harbour",
        "slot": "a-week-to-go",
        "account": "press-x",
        "at": "2027-03-11T10:00:00+00:00",
        "held": False,
    }
    assert list(status["daemon"]) == ["name", "running", "started_at", "turned_at", "stopped_at", "trouble"]
    assert status["daemon"]["running"] is True


def test_approved_posts_and_a_daemon_that_runs_need_nobody(planned: Desk, book: Book) -> None:
    planned.done("approve", 1, "--yes")
    daemon_runs(book, NOW - timedelta(seconds=9))

    said = planned.done("status")

    assert "Next:    post 1, Thu 11 Mar 2027 10:00, press-x, a-week-to-go" in said.lines
    assert "Daemon:  running as host:1; its loop last turned 9 seconds ago" in said.lines


@pytest.mark.parametrize(
    ("status", "became", "answer"),
    [
        ("failed", "failed", "redletter edit 1"),
        ("missed", "was missed", "redletter reschedule 1"),
        ("unconfirmed", "is unconfirmed", "redletter resolve 1 --published URL"),
    ],
)
def test_a_post_that_is_in_trouble_is_said_with_the_command_that_answers_it(
    planned: Desk, book: Book, status: str, became: str, answer: str
) -> None:
    put(book, 1, status=status, note="the platform said no")

    said = planned.type("status")

    assert said.code == 1
    assert (
        f"  ! post 1 {became}: Thu 11 Mar 2027 10:00, press-x, harbour a-week-to-go: the platform said no" in said.lines
    )
    assert any(answer in line for line in said.lines)
    assert [(each["kind"], each["post"]) for each in troubles_of(planned)] == [(status, 1)]


@pytest.mark.parametrize(
    "changes",
    [{"status": "failed"}, {"status": "missed"}, {"status": "draft", "scheduled_at": stored_time(NOW)}],
    ids=["failed", "missed", "a draft, by a restore"],
)
def test_of_a_thread_that_has_begun_to_go_out_no_move_is_proposed_that_would_be_refused(
    planned: Desk, book: Book, changes: dict[str, str]
) -> None:
    put(book, 1, **changes)
    put_out(book, get(book, 1), "https://x.example/1")

    (trouble,) = [each for each in troubles_of(planned) if each["post"] == 1]

    assert str(trouble["answer"]).startswith(
        "a part of it is out: redletter show 1 says where; finish or delete it there"
    )
    with book.reading() as session:
        found = look(session, Limits(timedelta(hours=24), timedelta(minutes=5)), NOW)
    assert trouble["answer"] in [need.answer for need in found.new]


def test_a_post_that_was_set_aside_waits_for_a_word(planned: Desk, book: Book) -> None:
    put(book, 1, status="held", note="its hour passed while everything was held")

    said = planned.type("status")
    (trouble,) = troubles_of(planned)

    assert said.lines[0] == "Posts:   3 draft, 1 held"
    assert (trouble["kind"], trouble["post"]) == ("waiting", 1)
    assert str(trouble["said"]).startswith("post 1 waits for a word: Thu 11 Mar 2027 10:00, press-x")
    assert str(trouble["answer"]).startswith("redletter keep 1; ")


def test_a_failed_post_that_is_rejected_troubles_nobody_any_more(planned: Desk, book: Book) -> None:
    put(book, 1, status="failed")
    put(book, 2, status="missed")

    planned.done("reject", 1, 2)

    assert troubles_of(planned) == []


def test_a_draft_whose_hour_is_near_or_has_come_is_said(planned: Desk) -> None:
    planned.now = THE_DAY - timedelta(days=1)

    troubles = troubles_of(planned)

    assert [(each["kind"], each["post"], str(each["answer"]).split("; ")[0]) for each in troubles] == [
        ("due and not approved", 1, "redletter reschedule 1 WHEN, then redletter approve 1"),
        ("due and not approved", 2, "redletter reschedule 2 WHEN, then redletter approve 2"),
        ("not approved", 3, "redletter approve 3"),
        ("not approved", 4, "redletter approve 4"),
    ]


def test_an_overdue_post_is_said_unless_it_is_held(planned: Desk, book: Book) -> None:
    planned.done("approve", 1, "--yes")
    planned.now = datetime.fromisoformat("2027-03-11T10:05:00+00:00")
    planned.done("reject", 2)
    daemon_runs(book, planned.now)

    overdue = troubles_of(planned)
    planned.done("hold", "--account", "press-x", "--reason", "a storm")

    assert [(each["kind"], each["post"]) for each in overdue] == [("overdue", 1)]
    assert troubles_of(planned) == []


def test_posts_that_wait_while_no_daemon_runs_are_said(planned: Desk, book: Book) -> None:
    planned.done("approve", 1, "--yes")
    never = troubles_of(planned)
    daemon_runs(book, NOW)
    with book.writing() as connection:
        say_stopped(connection, NOW)
    stopped = troubles_of(planned)

    assert [each["said"] for each in (*never, *stopped)] == ["no daemon is running, and 1 post waits to go out"] * 2
    assert never[0]["answer"] == "redletter run"


def test_a_post_left_in_the_middle_by_a_dead_daemon_is_said(planned: Desk, book: Book) -> None:
    put(book, 1, status="publishing")
    daemon_runs(book, NOW - timedelta(minutes=5))

    (trouble,) = troubles_of(planned)

    assert trouble["said"] == "the publishing loop of host:1 has not turned for 5 minutes, and 1 post waits to go out"


@pytest.mark.parametrize(("seconds", "troubled"), [(14, False), (16, True)])
def test_a_publishing_loop_that_has_not_turned_is_said(planned: Desk, book: Book, seconds: int, troubled: bool) -> None:
    planned.done("approve", 1, "--yes")
    daemon_runs(book, NOW - timedelta(seconds=seconds))

    assert bool(troubles_of(planned)) is troubled


def test_a_loop_that_stands_still_is_said_even_while_nothing_waits(planned: Desk, book: Book) -> None:
    daemon_runs(book, NOW - timedelta(hours=1))

    (trouble,) = troubles_of(planned)

    assert trouble["said"] == "the publishing loop of host:1 has not turned for 60 minutes, and no post waits"


def test_a_daemon_that_was_stopped_while_nothing_waits_needs_nobody(planned: Desk, book: Book) -> None:
    daemon_runs(book, NOW - timedelta(hours=1))
    with book.writing() as connection:
        say_stopped(connection, NOW)

    assert troubles_of(planned) == []


def test_a_post_that_is_tried_again_long_after_its_hour_is_said(planned: Desk, book: Book) -> None:
    planned.done("approve", 3, "--yes")
    planned.now = THE_DAY + timedelta(minutes=70)
    daemon_runs(book, planned.now)
    put(book, 3, next_try_at=stored_time(planned.now + timedelta(minutes=5)), tries=6, note="cannot be reached")

    said = planned.type("status")

    assert said.code == 1
    assert "post 3 is overdue" in said.out
    assert "tried 6 times: cannot be reached" in said.out
    assert "tries again by itself" in said.out


def test_a_post_that_is_due_is_the_next_one(planned: Desk, book: Book) -> None:
    planned.done("approve", 3, "--yes")
    planned.now = THE_DAY + timedelta(seconds=30)
    daemon_runs(book, planned.now)

    assert "Next:    post 3, due now" in planned.type("status").out


def test_what_keeps_the_daemon_from_publishing_is_said(planned: Desk, book: Book) -> None:
    daemon_runs(book, NOW, trouble="the disk is full")

    (trouble,) = troubles_of(planned)

    assert trouble["said"] == "the daemon cannot publish: the disk is full"


def test_an_account_whose_credentials_were_refused_is_said(planned: Desk, book: Book) -> None:
    with book.writing() as connection:
        hold_account(connection, "press-x", "401 unauthorized", NOW)

    (trouble,) = troubles_of(planned)

    assert "its credentials were refused: 401 unauthorized" in str(trouble["said"])
    assert "redletter resume --account press-x" in str(trouble["answer"])


def test_an_account_that_is_gone_is_said(planned: Desk, book: Book) -> None:
    planned.done("approve", 1, "--yes")
    daemon_runs(book, NOW)
    planned.replace("config.toml", "[accounts.press-x]", "[accounts.other]")

    (trouble,) = troubles_of(planned)

    assert trouble["said"] == "account press-x has approved posts and is not in config.toml any more"


def test_an_article_that_is_missing_is_said_while_an_approved_post_was_taken_from_it(planned: Desk, book: Book) -> None:
    daemon_runs(book, NOW)
    (planned.folder / "articles/gates.md").unlink()
    before = troubles_of(planned)

    planned.done("approve", 1, "--yes")

    assert before == []
    assert [each["kind"] for each in troubles_of(planned)] == ["article missing"]


def test_damaged_posts_are_said_as_far_as_they_can_be_read(planned: Desk, book: Book) -> None:
    planned.done("approve", 2, "--yes")
    put(book, 1, status="failed", time_zone="US/Pacific-New")
    put(book, 2, time_zone="Europe", sources_json="{", message_json="{")

    said = planned.type("status")

    assert (said.code, said.err) == (1, "")
    assert "! post 1 failed: Thu 11 Mar 2027 10:00 UTC, press-x" in said.out
    assert "post 2, Thu 11 Mar 2027 10:00 UTC, press-bluesky" in said.out


def test_a_long_list_of_troubles_is_cut_and_says_so(planned: Desk, book: Book) -> None:
    with book.writing() as connection:
        copied = "campaign, occurrence, slot || ?, account, fingerprint, campaign_title, platform, looks_like, 'failed', version,"
        rest = "scheduled_at, next_try_at, expires_at, time_zone, message_json, digest, planned_digest, warnings_json,"
        columns = "sources_json, tries, created_at, updated_at"
        names = (copied + rest + columns).replace(" || ?", "").replace("'failed'", "status")
        for number in range(25):
            connection.exec_driver_sql(
                f"INSERT INTO posts ({names}) SELECT {copied}{rest}{columns} FROM posts WHERE id = 1", (f"-{number}",)
            )

    said = planned.type("status")

    assert "Needs a person: 25 things" in said.lines
    assert said.lines[-1] == "  … and 5 more: redletter status --json"


def test_without_a_book_it_says_what_makes_one(desk: Desk) -> None:
    said = desk.type("status")

    assert said.code == 1
    assert "there is no book yet" in said.err


def test_an_article_that_changed_elsewhere_is_said_and_needs_nobody(planned: Desk, book: Book) -> None:
    planned.done("approve", 1, "--yes")
    daemon_runs(book, NOW)
    planned.replace("articles/gates.md", "Call the harbour on", "Ring the harbour on")
    article = read_article("articles/gates.md", planned.folder)
    with book.writing() as connection:
        follow_reading(connection, Reading(article, "gates.md"), NOW)

    said = planned.done("status")

    assert (
        "Article: the article articles/gates.md has changed, and the words of 2 unsent posts stand as they stood"
        in said.out
    )
    assert "-> redletter show 1 shows what has changed" in said.out
    assert "[-Call-] [+Ring+] the harbour on 01632 960 123." in planned.done("show", 1).out
    assert planned.json("status")["articles"][0]["posts"] == [1, 2]


@pytest.mark.parametrize("runs", [True, False])
def test_a_campaign_file_that_the_daemon_cannot_read_is_said_while_it_runs(
    planned: Desk, book: Book, runs: bool
) -> None:
    planned.done("approve", 1, "--yes")
    daemon_runs(book, NOW if runs else NOW - timedelta(hours=1))
    with book.writing() as connection:
        keep_standing(connection, CAMPAIGN_FILE, [of_campaign_file("campaigns/harbour.toml", "why", holds=False)], NOW)

    kinds = [trouble["kind"] for trouble in troubles_of(planned)]

    assert kinds == (["campaign file"] if runs else ["daemon"])


def test_an_article_that_cannot_be_looked_at_is_said_though_the_book_has_lost_since_when(
    planned: Desk, book: Book
) -> None:
    planned.done("approve", 1, "--yes")
    daemon_runs(book, NOW)
    with book.writing() as connection:
        keep_unreached(connection, "articles/gates.md", "the disk is not there", NOW)
        connection.exec_driver_sql("UPDATE sources SET unreached_since = '2027-03-01 12:00:00'")

    unreached, damaged = troubles_of(planned)

    assert unreached["said"].startswith("the article articles/gates.md cannot be looked at, with 1 approved post taken")
    assert (damaged["kind"], damaged["post"]) == ("damaged", None)
    assert "with 2 unsent posts taken from it" in damaged["said"]


def test_an_article_that_cannot_be_looked_at_is_said(planned: Desk, book: Book) -> None:
    planned.done("approve", 1, "--yes")
    daemon_runs(book, NOW)
    with book.writing() as connection:
        keep_unreached(connection, "articles/gates.md", "the disk is not there", NOW)

    (trouble,) = troubles_of(planned)

    assert trouble["kind"] == "article unreached"
    assert trouble["said"] == (
        "the article articles/gates.md cannot be looked at since Mon  1 Mar 2027 12:00, with 1 approved post taken from it:"
        " the disk is not there"
    )
