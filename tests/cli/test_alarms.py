"""`redletter alarms`: what stands, what has not arrived, whether the channels work, and the look from outside."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta

import pytest

from scheduler.posts.alarms import Letter, Message, keep_letter, keep_message
from scheduler.posts.book import Book, open_book
from scheduler.posts.heartbeat import beat, say_stopped
from tests.builders.mailbox import Mailbox
from tests.builders.workspaces import NOW, Desk


@pytest.fixture
def told(planned: Desk, mailbox: Mailbox) -> Desk:
    """A workspace of which "desk" is told, by a webhook."""
    planned.write("desk", mailbox.url)
    with (planned.folder / "config.toml").open("a") as config:
        config.write('\n[alarms.webhooks]\ndesk = "file:desk"\n')
    return planned


@pytest.fixture
def book(planned: Desk) -> Iterator[Book]:
    book = open_book("sqlite:///redletter.db", planned.folder)
    yield book
    book.close()


def daemon_ran(book: Book, at: datetime, *, stopped: bool = False) -> None:
    with book.writing() as connection:
        beat(connection, "host:1", at - timedelta(hours=1), at, None)
        if stopped:
            say_stopped(connection, at)


def titles(mailbox: Mailbox) -> list[str]:
    return [each["title"] for each in mailbox.taken]


def test_nothing_stands_and_nobody_is_told(planned: Desk) -> None:
    said = planned.done("alarms")

    assert said.lines == [
        "Alarms:  none",
        "On the way: nothing",
        "Nobody is told: [alarms] in config.toml has no channel yet. docs/alarms.md shows how to add one.",
    ]


def test_a_daemon_that_is_gone_is_told_once_however_often_cron_looks(told: Desk, book: Book, mailbox: Mailbox) -> None:
    told.done("approve", 3, "--yes")
    daemon_ran(book, NOW - timedelta(minutes=10))

    checks = [told.type("alarms", "--check") for _ in range(4)]

    assert [(said.code, said.err) for said in checks] == [(1, "")] * 4
    assert checks[-1].lines == [
        "! the publishing loop of host:1 has not turned for 10 minutes, and 1 post waits to go out",
        "  -> look whether it is still there; start it again with redletter run",
    ]
    assert titles(mailbox) == ["Redletter: the daemon does not publish"]


def test_a_check_says_nothing_while_the_daemon_publishes(told: Desk, book: Book, mailbox: Mailbox) -> None:
    told.done("approve", 3, "--yes")
    daemon_ran(book, NOW - timedelta(seconds=3))

    said = told.done("alarms", "--check")

    assert (said.out, said.err) == ("", "")
    assert mailbox.calls == []


@pytest.mark.parametrize(
    ("ago", "told_of"),
    [(timedelta(minutes=1), []), (timedelta(minutes=6), ["Redletter: the daemon does not publish"])],
)
def test_a_daemon_that_was_stopped_a_moment_ago_is_given_time(
    told: Desk, book: Book, mailbox: Mailbox, ago: timedelta, told_of: list[str]
) -> None:
    told.done("approve", 3, "--yes")
    daemon_ran(book, NOW - ago, stopped=True)

    told.type("alarms", "--check")

    assert titles(mailbox) == told_of


def test_a_daemon_that_nothing_waits_for_may_be_stopped(told: Desk, book: Book, mailbox: Mailbox) -> None:
    daemon_ran(book, NOW - timedelta(hours=1), stopped=True)

    assert told.done("alarms", "--check").out == ""
    assert mailbox.calls == []


def test_a_daemon_that_is_back_clears_the_alarm_of_its_absence(told: Desk, book: Book, mailbox: Mailbox) -> None:
    told.done("approve", 3, "--yes")
    daemon_ran(book, NOW - timedelta(minutes=10))
    told.type("alarms", "--check")
    daemon_ran(book, NOW - timedelta(minutes=4), stopped=True)

    told.done("alarms", "--check")

    assert told.json("alarms")["alarms"] == []


def test_what_did_not_arrive_is_listed_troubles_the_status_and_is_delivered_by_the_next_check(
    told: Desk, book: Book, mailbox: Mailbox
) -> None:
    told.done("approve", 3, "--yes")
    daemon_ran(book, NOW - timedelta(minutes=10))
    mailbox.answers = [503]
    failed = told.type("alarms", "--check")
    (kept,) = told.json("alarms")["undelivered"]
    listed = told.done("alarms").lines
    (trouble,) = [each for each in told.type("status", "--json").json["troubles"] if "deliver" in each["kind"]]

    told.now += timedelta(minutes=1)
    told.type("alarms", "--check")

    assert "! not delivered to desk: Redletter: the daemon does not publish: it answered 503" in failed.lines
    assert (kept["channel"], kept["tries"], kept["trouble"]) == ("desk", 1, "it answered 503")
    assert "    tried 1 time: it answered 503; again Mon  1 Mar 2027 12:00" in listed
    assert trouble["said"] == "alarm not delivered to desk since Mon  1 Mar 2027 12:00: it answered 503"
    assert len(mailbox.taken) == 1
    assert told.json("alarms")["undelivered"] == []


def test_a_check_delivers_what_a_dead_daemon_left_although_a_daemon_runs(
    told: Desk, book: Book, mailbox: Mailbox
) -> None:
    daemon_ran(book, NOW)
    message = Message("alarms:1", "Redletter: a post failed", "…", NOW - timedelta(minutes=5))
    with book.writing() as connection:
        keep_message(connection, message)
        keep_letter(connection, Letter(message, "desk", message.made_at, 1, None, "it answered 500"))

    told.done("alarms", "--check")

    assert titles(mailbox) == ["Redletter: a post failed"]


def test_a_book_that_cannot_be_used_is_told_from_outside(told: Desk, mailbox: Mailbox) -> None:
    for path in told.folder.glob("redletter.db*"):
        path.unlink()
    (told.folder / "redletter.db").write_bytes(b"no database" * 500)

    said = told.type("alarms", "--check")

    assert said.code == 1
    assert "damaged" in said.err
    assert titles(mailbox) == ["Redletter: nothing can be published"]


def test_a_check_of_a_book_that_can_be_read_and_not_written_says_so_and_fails(
    told: Desk, book: Book, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    daemon_ran(book, told.now)
    monkeypatch.setattr("scheduler.posts.book.BUSY_SECONDS", 0.01)

    with closing(sqlite3.connect(book.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        said = told.type("alarms", "--check")
        other.execute("ROLLBACK")

    assert said.code == 1
    assert "another program has locked it" in said.err
    assert titles(mailbox) == ["Redletter: nothing can be published"]


def test_a_test_goes_to_every_channel_and_says_which_work(told: Desk, mailbox: Mailbox) -> None:
    told.write("ping", f"{mailbox.url}-ping")
    told.write("sms", "http://127.0.0.1:9/token-hunter2")
    told.replace(
        "config.toml", "[alarms.webhooks]", '[alarms]\nping = "file:ping"\n[alarms.webhooks]\nsms = "file:sms"'
    )

    said = told.type("alarms", "--test")

    assert said.code == 1
    assert [line.split() for line in said.lines] == [
        ["Channel", "Test"],
        ["sms", "FAILED", "connection", "refused"],
        ["desk", "ok"],
        ["ping", "ok"],
    ]
    assert titles(mailbox) == ["Redletter: this is a test"]
    assert "Sent by kim from " in mailbox.taken[0]["body"]


def test_a_test_that_reaches_everybody_succeeds(told: Desk, mailbox: Mailbox) -> None:
    assert told.type("alarms", "--test").code == 0


def test_a_test_of_nobody_fails_and_says_what_to_do(planned: Desk) -> None:
    said = planned.type("alarms", "--test")

    assert said.code == 1
    assert "docs/alarms.md" in said.err


def test_alarms_as_json_have_a_shape_that_stays(told: Desk, book: Book, mailbox: Mailbox) -> None:
    told.done("approve", 3, "--yes")
    daemon_ran(book, NOW - timedelta(minutes=10))
    mailbox.answers = [500]
    told.type("alarms", "--check")

    found = told.json("alarms")

    assert list(found) == ["alarms", "undelivered", "channels"]
    assert [list(each) for each in found["alarms"]] == [["kind", "post", "said", "answer", "raised_at"]]
    assert [list(each) for each in found["undelivered"]] == [
        ["channel", "title", "made_at", "tries", "next_try_at", "trouble"]
    ]
    assert found["channels"] == ["desk"]
    assert json.dumps(found)


def test_one_thing_at_a_time(planned: Desk) -> None:
    assert planned.type("alarms", "--check", "--test").code == 2
