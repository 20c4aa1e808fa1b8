"""The real daemon process against platforms on this machine: killed, stopped, locked out, held, doubled."""

import signal
import sqlite3
import sys
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scheduler.posts.book import Book
from tests.builders.posts import get, make_post, posts_in, receipts_in
from tests.builders.processes import SECRETS, Platforms, Process, done, redletter

Start = Callable[..., Process]

ACCOUNTS = ["force-x", "force-mastodon", "force-bluesky"]


def _soon() -> datetime:
    return datetime.now(UTC) + timedelta(seconds=0.2)


@pytest.mark.parametrize("account", ACCOUNTS)
def test_killed_between_attempt_and_answer_the_platform_is_asked_and_the_post_is_out_once(
    book: Book, platforms: Platforms, start: Start, account: str
) -> None:
    path = {"force-x": "/2/tweets", "force-mastodon": "/api/v1/statuses", "force-bluesky": "putRecord"}[account]
    post = make_post(book, account=account, scheduled_at=_soon())
    platforms.script({"path": path, "accept": True, "hang": True})
    daemon = start()
    _wait_until(platforms, lambda: len(platforms.texts()) == 1)

    daemon.kill()
    in_the_book = get(book, post.id or 0).status
    second = start()
    second.wait_for(f"unconfirmed, the platform will be asked whether it is out: .* post={post.id} ")
    second.wait_for(f"published, as its platform says post={post.id} ")
    second.signal(signal.SIGTERM)

    assert in_the_book == "publishing"
    assert second.wait() == 0
    assert get(book, post.id or 0).status == "published"
    assert [receipt.platform_id for receipt in receipts_in(book)] == [one["id"] for one in platforms.log()["accepted"]]
    assert len(platforms.texts()) == 1


def test_an_account_that_is_on_another_platform_after_a_crash_is_not_asked_about_what_it_sent_before(
    book: Book, platforms: Platforms, start: Start
) -> None:
    post = make_post(book, account="force", scheduled_at=_soon())
    config = book.path.parent / "config.toml"
    mastodon = f'platform = "mastodon"\nbase_url = "{platforms.url}"\naccess_token = "env:MASTODON_TOKEN"\n'
    bluesky = f'platform = "bluesky"\nbase_url = "{platforms.url}"\nhandle = "testshire.example"\n'
    head = 'database = "sqlite:///book.db"\n[accounts.force]\n'
    config.write_text(head + mastodon)
    platforms.script({"path": "/api/v1/statuses", "accept": True, "hang": True})
    daemon = start()
    _wait_until(platforms, lambda: len(platforms.texts()) == 1)
    daemon.kill()

    config.write_text(f'{head}{bluesky}app_password = "env:BLUESKY_PASSWORD"\n')
    second = start()
    second.wait_for(f"was mastodon .*, and now it is bluesky .* post={post.id} ")
    second.signal(signal.SIGTERM)

    assert second.wait() == 0
    assert get(book, post.id or 0).status == "unconfirmed"
    assert not [call for call in platforms.log()["calls"] if "xrpc" in call["path"]]
    assert len(platforms.texts()) == 1


def test_killed_after_the_claim_and_before_any_attempt_the_post_goes_out(
    book: Book, platforms: Platforms, start: Start
) -> None:
    post = make_post(book, account="force-mastodon", scheduled_at=_soon())
    with book.writing() as connection:
        connection.exec_driver_sql("UPDATE posts SET status = 'publishing'")

    daemon = start()
    daemon.wait_for(f"back in the queue: claimed, never attempted post={post.id} ")
    daemon.wait_for(f"published post={post.id} ")

    assert len(platforms.texts()) == 1


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_told_to_stop_it_waits_for_the_answer_and_writes_it_down(
    book: Book, platforms: Platforms, start: Start, sign: signal.Signals
) -> None:
    post = make_post(book, account="force-mastodon", scheduled_at=_soon())
    platforms.script({"path": "/api/v1/statuses", "delay": 0.5})
    daemon = start()
    _wait_until(platforms, lambda: bool(platforms.log()["calls"]))

    daemon.signal(sign)

    assert daemon.wait() == 0
    assert "stopping" in daemon.output
    assert get(book, post.id or 0).status == "published"


def test_a_second_daemon_waits_as_standby_and_takes_over_from_a_dead_one(
    book: Book, platforms: Platforms, start: Start
) -> None:
    first = start()
    first.wait_for("publishing from")
    second = start()
    second.wait_for("standby")

    first.kill()
    second.wait_for("takes over")
    second.wait_for("publishing from")
    post = make_post(book, account="force-mastodon", scheduled_at=_soon())
    second.wait_for(f"published post={post.id} ")

    assert len(platforms.texts()) == 1


def test_a_standby_that_is_told_to_stop_stops(book: Book, start: Start) -> None:
    start().wait_for("publishing from")
    second = start()
    second.wait_for("standby")

    second.signal(signal.SIGTERM)

    assert second.wait() == 0


def test_a_post_held_in_another_process_does_not_go_out_until_it_is_resumed_and_kept(
    workspace: Path, book: Book, platforms: Platforms, start: Start
) -> None:
    daemon = start()
    daemon.wait_for("publishing from")
    done(workspace, "hold", "--account", "force-x", "--reason", "major incident")
    held = make_post(book, account="force-x", slot="held", scheduled_at=_soon())
    free = make_post(book, account="force-mastodon", slot="free", scheduled_at=_soon())
    daemon.wait_for(f"published post={free.id} ")
    while_held = get(book, held.id or 0).status

    listed = done(workspace, "resume", "--account", "force-x")
    done(workspace, "keep", str(held.id))
    daemon.wait_for(f"published post={held.id} ")

    assert while_held == "approved"
    assert f"redletter keep {held.id}" in listed
    assert len(platforms.texts()) == 2


def test_a_locked_book_stops_the_calls_and_publishing_goes_on_by_itself(
    book: Book, platforms: Platforms, start: Start
) -> None:
    daemon = start()
    daemon.wait_for("publishing from")
    post = make_post(book, account="force-mastodon", scheduled_at=datetime.now(UTC) + timedelta(seconds=1))

    with closing(sqlite3.connect(book.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        daemon.wait_for("nothing goes out until this is mended.*locked")
        sent_while_locked = platforms.texts()
        other.execute("ROLLBACK")
    daemon.wait_for("can be used again")
    daemon.wait_for(f"published post={post.id} ")

    assert sent_while_locked == []
    assert len(platforms.texts()) == 1


def test_a_full_disk_stops_the_calls_and_publishing_goes_on_by_itself(
    book: Book, platforms: Platforms, start: Start
) -> None:
    daemon = start()
    daemon.wait_for("publishing from")
    daemon.limit_file_size(1)  # whatever the daemon writes to a file from here on, the system refuses
    post = make_post(book, account="force-mastodon", scheduled_at=_soon())

    daemon.wait_for("nothing goes out until this is mended.*disk is full or failing")
    sent_while_full = platforms.texts()
    daemon.limit_file_size(None)
    daemon.wait_for("can be used again")
    daemon.wait_for(f"published post={post.id} ")

    assert sent_while_full == []
    assert len(platforms.texts()) == 1


def test_a_platform_that_is_down_is_tried_again_until_it_is_back(
    workspace: Path, book: Book, platforms: Platforms, start: Start
) -> None:
    hour = datetime.now(UTC) + timedelta(days=1)
    post = make_post(book, account="force-mastodon", scheduled_at=hour)
    port = platforms.port
    platforms.kill()
    daemon = start("--speed", "60", "--start", (hour - timedelta(seconds=30)).isoformat())

    daemon.wait_for(f"try again in .* post={post.id} ")
    back = Platforms(port=port)
    try:
        daemon.wait_for(f"published post={post.id} ")
        assert len(back.texts()) == 1
    finally:
        back.kill()


def test_a_wrong_token_holds_the_account_and_says_what_to_do(
    workspace: Path, book: Book, platforms: Platforms, start: Start
) -> None:
    config = workspace / "config.toml"
    config.write_text(config.read_text().replace('"env:MASTODON_TOKEN"', '"file:token"'))
    (workspace / "token").write_text("wrong\n")
    posts = [make_post(book, account="force-mastodon", slot=f"slot-{n}", scheduled_at=_soon()) for n in range(3)]

    daemon = start()
    daemon.wait_for("redletter resume --account force-mastodon")
    status = redletter(workspace, "status")

    status.wait()
    assert "force-mastodon" in status.output
    assert "credentials" in status.output or "401" in status.output
    assert {get(book, post.id or 0).status for post in posts} <= {"approved", "publishing"}
    assert platforms.texts() == []
    (workspace / "token").write_text("right\n")
    done(workspace, "resume", "--account", "force-mastodon", "--keep")
    daemon.wait_for("published post=")
    _wait_until(platforms, lambda: len(platforms.texts()) == 3)


@pytest.mark.parametrize(("receiver", "goes_again"), [("desk", True), ("others", False)])
def test_a_post_in_doubt_goes_again_only_to_the_address_of_its_webhook_that_it_may_have_reached(
    workspace: Path, book: Book, platforms: Platforms, start: Start, receiver: str, goes_again: bool
) -> None:
    address = workspace / "address"
    address.write_text(f"{platforms.url}/hook/desk")
    with (workspace / "config.toml").open("a") as config:
        config.write('\n[accounts.hook]\nplatform = "webhook"\nurl = "file:address"\nif_unsure = "repeat"\n')
    platforms.script({"path": "/hook/", "accept": True, "hang": True})
    post = make_post(book, account="hook", scheduled_at=_soon())
    before = start()
    platforms.wait_for_calls("/hook/desk")
    before.kill()

    address.write_text(f"{platforms.url}/hook/{receiver}")
    daemon = start()

    if goes_again:
        daemon.wait_for(f"published post={post.id} ")
    else:
        daemon.wait_for("its call was made when the account hook was webhook")
    assert {call["path"] for call in platforms.log()["calls"]} == {"/hook/desk"}
    assert len(platforms.texts()) == 1


def test_a_post_in_doubt_does_not_follow_its_webhook_to_an_address_that_was_mended_under_the_daemon(
    workspace: Path, book: Book, platforms: Platforms, start: Start
) -> None:
    address = workspace / "address"
    address.write_text(f"{platforms.url}/hook/desk")
    with (workspace / "config.toml").open("a") as config:
        config.write('\n[accounts.hook]\nplatform = "webhook"\nurl = "file:address"\nif_unsure = "repeat"\n')
    platforms.script({"path": "/hook/", "status": 500}, {"path": "/hook/", "status": 401})
    in_doubt = make_post(book, "One.", account="hook", scheduled_at=_soon())
    daemon = start()
    daemon.wait_for(f"unconfirmed.* post={in_doubt.id} ")
    refused = make_post(book, "Two.", account="hook", slot="next", scheduled_at=_soon())
    daemon.wait_for("redletter resume --account hook")

    address.write_text(f"{platforms.url}/hook/others")
    done(workspace, "resume", "--account", "hook", "--keep")
    daemon.wait_for(f"published post={refused.id} ")
    elsewhere = "its call was made when the account hook was webhook"
    daemon.wait_for(f"{elsewhere}|post {in_doubt.id} waits for a word")
    if get(book, in_doubt.id or 0).status == "held":
        done(workspace, "keep", str(in_doubt.id))
        daemon.wait_for(elsewhere)

    assert [call["path"] for call in platforms.log()["calls"]] == ["/hook/desk", "/hook/desk", "/hook/others"]
    assert platforms.texts() == ["Two."]


def test_no_secret_shows_in_the_daemons_debug_log(book: Book, platforms: Platforms, start: Start) -> None:
    for account in ACCOUNTS:
        make_post(book, account=account, scheduled_at=_soon())
    daemon = start("--debug", "--until-done")

    assert daemon.wait() == 0

    assert {post.status for post in posts_in(book)} == {"published"}
    assert len(receipts_in(book)) == 3
    for secret in SECRETS.values():
        assert secret not in daemon.output
    assert "oauth_signature" not in daemon.output
    assert "Bearer eyJ" not in daemon.output


def test_a_fast_clock_is_refused_where_the_public_could_be_reached(workspace: Path, book: Book, start: Start) -> None:
    config = workspace / "config.toml"
    config.write_text(
        config.read_text()
        + '\n[accounts.real]\nplatform = "mastodon"\nbase_url = "https://social.example"\naccess_token = "env:MASTODON_TOKEN"\n'
    )

    daemon = start("--speed", "60")

    assert daemon.wait() == 1
    assert "real" in daemon.output
    assert "Traceback" not in daemon.output


def test_a_resting_daemon_has_loaded_nothing_that_drafts_cuts_articles_or_speaks_to_another_database(
    workspace: Path, book: Book
) -> None:
    heavy = ("jinja2", "scheduler.drafting.compose", "scheduler.drafting.templates", "scheduler.excerpts.cutting",
             "scheduler.preview", "sqlalchemy.dialects.postgresql", "alembic", "tweepy", "aiohttp", "apprise")  # fmt: skip
    code = (
        "import sys, scheduler.cli.main as door\n"
        f"sys.argv = ['redletter', '--workspace', {str(workspace)!r}, 'run', '--until-done']\n"
        f"try:\n    door.main()\nexcept SystemExit:\n    print([each for each in {heavy!r} if each in sys.modules])\n"
    )

    from tests.builders.processes import Process

    process = Process([sys.executable, "-c", code], SECRETS)

    assert process.wait() == 0
    assert process.lines[-1] == "[]"


def test_the_daemon_never_loads_the_migrations(workspace: Path, book: Book) -> None:
    make_post(book, account="outbox", scheduled_at=_soon())
    code = (
        "import sys, scheduler.cli.main as door\n"
        f"sys.argv = ['redletter', '--workspace', {str(workspace)!r}, 'run', '--until-done']\n"
        "try:\n    door.main()\nexcept SystemExit as end:\n    print('code', end.code, 'alembic' in sys.modules)\n"
    )

    from tests.builders.processes import Process

    process = Process([sys.executable, "-c", code], SECRETS)

    assert process.wait() == 0
    assert "code 0 False" in process.output
    assert posts_in(book)[0].status == "published"


def _wait_until(platforms: Platforms, condition: Callable[[], bool]) -> None:
    """Asks the platforms again and again; each question is a round trip, so this does not spin for long."""
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline, f"it did not happen; accepted: {platforms.texts()}"
