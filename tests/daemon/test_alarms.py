"""The real daemon tells people: by Apprise and by webhook, few messages, over kill and restart."""

import json
import signal
import sqlite3
import time
import urllib.request
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.error import URLError

from scheduler.posts.book import Book
from tests.builders.mailbox import Mailbox
from tests.builders.posts import make_post
from tests.builders.processes import Process, redletter

Start = Callable[..., Process]


def add(workspace: Path, config: str) -> None:
    with (workspace / "config.toml").open("a") as file:
        file.write(f"\n{config}\n")


def _in(**length: float) -> datetime:
    return datetime.now(UTC) + timedelta(**length)


def test_twenty_posts_and_a_wrong_token_make_one_alarm(book: Book, told: Path, start: Start, mailbox: Mailbox) -> None:
    config = told / "config.toml"
    config.write_text(config.read_text().replace('"env:MASTODON_TOKEN"', '"file:token"'))
    (told / "token").write_text("wrong\n")
    for number in range(20):
        make_post(book, account="force-mastodon", slot=f"slot-{number}", scheduled_at=_in(seconds=0.2))

    start()
    (message,) = mailbox.wait_for(1)
    status = redletter(told, "alarms")
    status.wait()

    assert message["title"] == "Redletter: an account was refused"
    (alarm,) = message["alarms"]
    assert "account force-mastodon is held, its credentials were refused" in alarm["said"]
    assert "20 approved posts wait for it" in alarm["said"]
    assert "redletter resume --account force-mastodon" in message["body"]
    assert "wrong" not in message["body"]
    assert "Alarms:  1 stands" in status.output
    assert len(mailbox.taken) == 1


def test_posts_that_were_missed_are_told_in_one_message_and_by_apprise_too(
    book: Book, told: Path, start: Start, mailbox: Mailbox
) -> None:
    (told / "mail").write_text(mailbox.apprise_url)
    add(told, '[alarms.to]\nmail = "file:mail"')
    for number in range(3):
        make_post(book, account="outbox", slot=f"slot-{number}", scheduled_at=_in(hours=-3))

    start()
    first, second = mailbox.wait_for(2)

    assert first["title"] == second["title"] == "Redletter: 3 posts were missed"
    assert {first.get("body") or first.get("message")} == {second.get("body") or second.get("message")}
    assert str(first.get("body") or first.get("message")).count("-> redletter reschedule") == 3


def test_a_daemon_that_was_killed_is_told_by_the_next_one(
    book: Book, told: Path, start: Start, mailbox: Mailbox
) -> None:
    daemon = start()
    daemon.wait_for("publishing from")
    _beat(book)

    daemon.kill()
    start()
    (message,) = mailbox.wait_for(1)

    assert message["title"] == "Redletter: the daemon was not publishing"
    assert "the daemon ended without being told to (killed, or the machine went down)" in message["body"]


def test_a_daemon_that_is_stopped_with_posts_due_tells_so_and_one_without_does_not(
    book: Book, told: Path, start: Start, mailbox: Mailbox
) -> None:
    idle = start()
    idle.wait_for("publishing from")
    idle.signal(signal.SIGTERM)
    idle.wait()
    after_idle = list(mailbox.taken)
    make_post(book, account="outbox", scheduled_at=_in(minutes=30))

    busy = start()
    busy.wait_for("publishing from")
    busy.signal(signal.SIGTERM)

    assert busy.wait() == 0
    assert after_idle == []
    assert [each["title"] for each in mailbox.taken] == ["Redletter: the daemon was not publishing"]
    assert "and 1 post is to go out within the next hour" in mailbox.taken[0]["body"]


def test_what_could_not_be_delivered_is_delivered_after_kill_and_restart(
    book: Book, told: Path, start: Start, mailbox: Mailbox
) -> None:
    make_post(book, account="outbox", scheduled_at=_in(hours=-3))
    mailbox.answers = [503]
    daemon = start()
    daemon.wait_for("alarm not delivered to desk.*it answered 503")
    _until_written(book, "SELECT count(*) FROM deliveries WHERE trouble IS NOT NULL")
    status = redletter(told, "status")
    status.wait()
    daemon.kill()

    start()
    titles = [each["title"] for each in mailbox.wait_for(2)]

    assert "alarm not delivered to desk since" in status.output
    assert sorted(titles) == ["Redletter: a post was missed", "Redletter: the daemon was not publishing"]


def test_healthz_and_heartbeat_speak_of_the_loop(book: Book, told: Path, start: Start) -> None:
    port = _free_port()
    add(told, f'[daemon]\nheartbeat_file = "heartbeat"\nhealth_port = {port}')
    daemon = start()
    daemon.wait_for("publishing from")
    well = _wait_for_health(port)
    beaten = datetime.fromisoformat((told / "heartbeat").read_text().strip())

    with closing(sqlite3.connect(book.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        daemon.wait_for("nothing goes out until this is mended.*locked")
        locked = _healthz(port)
        other.execute("ROLLBACK")
    daemon.wait_for("can be used again")
    again = _healthz(port)

    assert (well["code"], well["status"]) == (200, "publishing")
    assert (locked["code"], locked["status"]) == (503, "not publishing")
    assert "locked" in str(locked["trouble"])
    assert again["code"] == 200
    assert abs(datetime.now(UTC) - beaten) < timedelta(minutes=1)


def test_the_resting_daemon_does_not_load_what_delivers(book: Book, told: Path) -> None:
    import sys

    (told / "mail").write_text("json://127.0.0.1:9")
    add(told, '[alarms.to]\nmail = "file:mail"')
    code = (
        "import sys, scheduler.cli.main as door\n"
        f"sys.argv = ['redletter', '--workspace', {str(told)!r}, 'run', '--until-done']\n"
        "try:\n    door.main()\nexcept SystemExit as end:\n"
        "    print('code', end.code, [name for name in ('apprise', 'markdown', 'aiohttp.web') if name in sys.modules])\n"
    )

    process = Process([sys.executable, "-c", code])

    assert process.wait() == 0
    assert "code 0 []" in process.output


def test_a_rehearsal_tells_nobody(book: Book, told: Path, start: Start, mailbox: Mailbox) -> None:
    config = told / "config.toml"
    config.write_text(config.read_text())
    make_post(book, account="outbox", scheduled_at=_in(hours=-3))
    make_post(book, account="outbox", slot="next", scheduled_at=_in(days=3))

    rehearsal = start("--speed", "600", "--until-done", "--start", _in(days=3, minutes=-1).isoformat())

    assert rehearsal.wait() == 0
    assert "missed" in rehearsal.output
    assert mailbox.calls == []


def _wait_for_health(port: int) -> dict[str, object]:
    """Returns the first answer; the port opens beside the publishing loop, not before it."""
    until = time.monotonic() + 20
    while True:
        try:
            return _healthz(port)
        except URLError:
            assert time.monotonic() < until, "the health port never opened"


def _healthz(port: int) -> dict[str, object]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz") as answer:
            return {"code": answer.status, **json.load(answer)}
    except urllib.error.HTTPError as error:
        with error:
            return {"code": error.code, **json.load(error)}


def _free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _beat(book: Book) -> None:
    """Waits for the first heartbeat in the book."""
    _until_written(book, "SELECT count(*) FROM daemon")


def _until_written(book: Book, counting: str) -> None:
    """Asks the book again and again until the statement counts something."""
    import time

    deadline = time.monotonic() + 20
    while True:
        with book.reading() as session:
            if session.connection().exec_driver_sql(counting).scalar():
                return
        assert time.monotonic() < deadline, counting
