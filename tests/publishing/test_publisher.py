"""What the publisher does with what is due."""

import asyncio
import sqlite3
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from scheduler.config import Publishing
from scheduler.errors import CredentialsRefused, OutcomeUnknown, PostRefused, TemporaryFailure
from scheduler.platforms.contract import Payload
from scheduler.posts.book import Book
from scheduler.posts.holds import active_holds, hold, resume
from scheduler.posts.review import approve, reschedule, resolve
from scheduler.posts.status import HoldScope
from scheduler.posts.tables import stored_time
from scheduler.posts.writer import Writer
from scheduler.publishing.outcomes import WAITS
from scheduler.publishing.publisher import Publisher
from tests.builders.posts import NOON, attempts_in, get, make_post, posts_in, receipts_in, trail_of
from tests.builders.publishing import PACE, FakeAdapter, HeldClock, publishing


async def test_a_due_post_goes_out_once_and_its_receipt_is_kept(
    book: Book, publisher: Publisher, adapter: FakeAdapter
) -> None:
    post = make_post(book, "Spot the signs.")

    await publisher.publish_due()
    await publisher.publish_due()

    assert [payload.body["text"] for payload in adapter.sent] == ["Spot the signs."]
    assert get(book, post.id or 0).status == "published"
    assert receipts_in(book)[0].url == f"https://fake.example/{adapter.sent[0].key}"


async def test_a_post_before_its_hour_stays_where_it_is(book: Book, publisher: Publisher, adapter: FakeAdapter) -> None:
    make_post(book, scheduled_at=NOON + timedelta(seconds=1))

    await publisher.publish_due()

    assert adapter.sent == []
    assert publisher.next_wake() == NOON + timedelta(seconds=1)


async def test_the_attempt_is_in_the_book_before_the_call(
    book: Book, publisher: Publisher, adapter: FakeAdapter
) -> None:
    make_post(book)
    seen = []
    adapter.before_send = lambda: seen.extend(attempts_in(book))

    await publisher.publish_due()

    assert [(attempt.outcome, attempt.payload_sha256) for attempt in seen] == [(None, adapter.sent[0].sha256)]
    assert attempts_in(book)[0].outcome == "accepted"


async def test_every_move_is_in_the_audit_trail(book: Book, publisher: Publisher) -> None:
    post = make_post(book)

    await publisher.publish_due()

    trail = [
        (entry.who, entry.what, entry.from_status, entry.to_status, entry.version)
        for entry in trail_of(book, post.id or 0)
    ]
    assert trail == [
        ("kim", "plan", None, "draft", 1),
        ("sam", "approve", "draft", "approved", 2),
        ("redletter", "claim", "approved", "publishing", 3),
        ("redletter", "publish", "publishing", "published", 4),
    ]


async def test_a_thread_goes_out_part_after_part(book: Book, publisher: Publisher, adapter: FakeAdapter) -> None:
    post = make_post(book, parts=["One.", "Two.", "Three."])

    await publisher.publish_due()

    assert [payload.body["text"] for payload in adapter.sent] == ["One.", "Two.", "Three."]
    assert adapter.sent[2].body["after"] == f"id-{adapter.sent[1].key}"
    assert get(book, post.id or 0).status == "published"
    assert [receipt.part for receipt in receipts_in(book)] == [0, 1, 2]


@pytest.mark.parametrize(
    ("answer", "later", "status"),
    [
        (PostRefused("too long"), timedelta(0), "failed"),
        (TemporaryFailure("busy", NOON + timedelta(days=1)), timedelta(0), "missed"),
        (TemporaryFailure("busy"), timedelta(hours=3), "missed"),
    ],
    ids=["refused", "asked to wait for too long", "late before another try"],
)
async def test_a_thread_that_ends_in_its_middle_says_which_parts_are_out(
    book: Book,
    publisher: Publisher,
    adapter: FakeAdapter,
    clock: HeldClock,
    answer: Exception,
    later: timedelta,
    status: str,
) -> None:
    post = make_post(book, parts=["One.", "Two.", "Three."])
    adapter.answers = [None, None, answer]

    await publisher.publish_due()
    clock.advance(later)
    await publisher.publish_due()

    ended = get(book, post.id or 0)
    first, second = [receipt.url for receipt in receipts_in(book)]
    assert ended.status == status
    assert (ended.note or "").startswith(f"parts 1 and 2 of 3 are out ({first}, {second}); ")


async def test_a_temporary_failure_waits_and_then_goes_out_under_the_same_key(
    book: Book, publisher: Publisher, adapter: FakeAdapter, clock: HeldClock
) -> None:
    post = make_post(book)
    adapter.answers = [TemporaryFailure("no route to the platform")]

    await publisher.publish_due()
    waiting = get(book, post.id or 0)
    clock.advance(WAITS[0] * 1.2)
    await publisher.publish_due()

    assert (waiting.status, waiting.tries, waiting.note) == ("approved", 1, "no route to the platform")
    assert NOON + WAITS[0] <= waiting.next_try_at <= NOON + WAITS[0] * 1.2
    assert get(book, post.id or 0).status == "published"
    assert adapter.sent[0].key == adapter.sent[1].key


async def test_the_platforms_own_retry_after_stops_its_account_and_no_other(
    book: Book, publisher: Publisher, adapter: FakeAdapter, clock: HeldClock
) -> None:
    adapter.answers = [TemporaryFailure("too many requests", retry_at=NOON + timedelta(minutes=15))]
    make_post(book, slot="first")
    await publisher.publish_due()
    make_post(book, slot="second")
    other = make_post(book, slot="second", account="force-bluesky")

    await publisher.publish_due()
    wake = publisher.next_wake()
    clock.advance(timedelta(minutes=15))
    await publisher.publish_due()
    clock.advance(PACE)  # by now they are late, and late posts follow each other at a distance
    await publisher.publish_due()

    assert get(book, other.id or 0).status == "published"
    assert wake == NOON + timedelta(minutes=15)
    assert len(adapter.sent) == 3
    assert {post.status for post in posts_in(book)} == {"published"}


async def test_a_refused_post_fails_with_the_platforms_words(
    book: Book, publisher: Publisher, adapter: FakeAdapter
) -> None:
    post = make_post(book)
    adapter.answers = [PostRefused("the text is too long")]

    await publisher.publish_due()

    assert (get(book, post.id or 0).status, get(book, post.id or 0).note) == ("failed", "the text is too long")
    assert publisher.next_wake() is None


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(OutcomeUnknown("no answer within 30 seconds"), id="the platform may have it"),
        pytest.param(ValueError("an adapter's defect"), id="nobody can say what a defect did"),
    ],
)
async def test_an_unknown_outcome_is_never_simply_sent_again(
    book: Book, publisher: Publisher, adapter: FakeAdapter, clock: HeldClock, answer: Exception
) -> None:
    post = make_post(book)
    adapter.answers = [answer]

    await publisher.publish_due()
    clock.advance(timedelta(hours=1))
    await publisher.publish_due()

    assert get(book, post.id or 0).status == "unconfirmed"
    assert len(adapter.sent) == 1


async def test_refused_credentials_hold_the_account_once_and_its_posts_wait(
    book: Book, publisher: Publisher, adapter: FakeAdapter, clock: HeldClock
) -> None:
    adapter.answers = [CredentialsRefused("401"), CredentialsRefused("401")]
    make_post(book, slot="a")
    make_post(book, slot="b")
    make_post(book, slot="c", account="force-bluesky")

    await publisher.publish_due()
    while_held = {post.slot: post.status for post in posts_in(book)}
    with book.writing() as connection:
        passed = resume(connection, HoldScope.ACCOUNT, "force-x", who="kim", now=clock.now())
    await publisher.publish_due()

    assert while_held == {"a": "approved", "b": "approved", "c": "published"}
    assert [told.slot for told in passed] == ["a", "b"]
    assert {post.slot: post.status for post in posts_in(book)} == {"a": "held", "b": "held", "c": "published"}


async def test_a_post_too_late_for_its_campaign_is_missed_and_not_sent(
    book: Book, publisher: Publisher, adapter: FakeAdapter, clock: HeldClock
) -> None:
    late = make_post(book, slot="two-hours", late=timedelta(hours=2))
    whenever = make_post(book, slot="whenever", late=None)
    unknown_account = make_post(book, slot="nobody", account="closed-account")
    clock.advance(timedelta(hours=2, seconds=1))

    await publisher.publish_due()

    assert get(book, late.id or 0).status == "missed"
    assert get(book, unknown_account.id or 0).status == "missed"
    assert get(book, whenever.id or 0).status == "published"
    assert len(adapter.sent) == 1


@pytest.mark.parametrize(
    ("before", "status"),
    [(timedelta(microseconds=1), "published"), (timedelta(0), "missed")],
    ids=["the last moment", "too late from here on"],
)
async def test_at_the_very_moment_at_which_its_time_ends_a_post_is_too_late_for_everybody(
    book: Book, publisher: Publisher, clock: HeldClock, before: timedelta, status: str
) -> None:
    post = make_post(book, late=timedelta(minutes=5))
    clock.advance(timedelta(minutes=5) - before)

    async with asyncio.timeout(5):
        await publisher.publish_due()

    assert get(book, post.id or 0).status == status
    assert publisher.next_wake() is None


async def test_no_try_is_made_after_the_post_is_too_late(
    book: Book, publisher: Publisher, adapter: FakeAdapter
) -> None:
    post = make_post(book, late=timedelta(minutes=5))
    adapter.answers = [TemporaryFailure("busy", retry_at=NOON + timedelta(minutes=6))]

    await publisher.publish_due()

    assert get(book, post.id or 0).status == "missed"
    assert "busy" in (get(book, post.id or 0).note or "")


async def test_where_the_campaign_wants_a_word_a_try_that_would_come_too_late_waits_for_it(
    book: Book, publisher: Publisher, adapter: FakeAdapter
) -> None:
    post = make_post(book, late="hold")
    adapter.answers = [TemporaryFailure("busy", retry_at=NOON + timedelta(minutes=6))]

    await publisher.publish_due()

    assert get(book, post.id or 0).status == "held"
    assert "busy" in (get(book, post.id or 0).note or "")


@pytest.mark.parametrize(
    ("scope", "name"),
    [
        (HoldScope.ALL, ""),
        (HoldScope.ACCOUNT, "force-x"),
        (HoldScope.CAMPAIGN, "child-exploitation"),
        (HoldScope.TOPIC, "crime"),
    ],
)
async def test_what_is_held_does_not_go_out_and_on_resume_only_what_is_still_to_come_does(
    book: Book, publisher: Publisher, adapter: FakeAdapter, clock: HeldClock, scope: HoldScope, name: str
) -> None:
    passed = make_post(book, slot="passed", topics=("crime",))
    to_come = make_post(book, slot="to-come", topics=("crime",), scheduled_at=NOON + timedelta(minutes=2))
    with book.writing() as connection:
        hold(connection, scope, name, "major incident", who="kim", now=NOON)

    await publisher.publish_due()
    sent_while_held, wake_while_held = len(adapter.sent), publisher.next_wake()
    clock.advance(timedelta(minutes=1))
    with book.writing() as connection:
        set_aside = resume(connection, scope, name, who="kim", now=clock.now())
    await publisher.publish_due()
    clock.advance(timedelta(minutes=1))
    await publisher.publish_due()

    assert sent_while_held == 0
    assert wake_while_held == NOON + timedelta(hours=2)  # only its lateness is waited for
    assert [told.id for told in set_aside] == [passed.id]
    assert get(book, passed.id or 0).status == "held"
    assert get(book, to_come.id or 0).status == "published"


async def test_a_hold_lets_the_topics_through_that_it_excepts(
    book: Book, publisher: Publisher, adapter: FakeAdapter
) -> None:
    warning = make_post(book, slot="warning", topics=("flood", "safety"))
    cheerful = make_post(book, slot="cheerful", topics=("fete",))
    with book.writing() as connection:
        hold(connection, HoldScope.ALL, "", "mourning", who="kim", now=NOON, except_topics=["safety"])

    await publisher.publish_due()

    assert get(book, warning.id or 0).status == "published"
    assert get(book, cheerful.id or 0).status == "approved"


async def test_what_becomes_too_late_under_a_hold_waits_for_a_word(
    book: Book, publisher: Publisher, clock: HeldClock
) -> None:
    reached = make_post(book, slot="reached")
    not_reached = make_post(book, slot="not-reached", account="gone-from-config")
    with book.writing() as connection:
        hold(connection, HoldScope.ACCOUNT, "force-x", "its password", who="kim", now=NOON)
    clock.advance(timedelta(hours=3))

    await publisher.publish_due()

    found = get(book, reached.id or 0)
    assert (found.status, found.note) == ("held", "its time to go out ended while account force-x was held")
    assert get(book, not_reached.id or 0).status == "missed"


async def test_what_another_hold_still_reaches_is_not_set_aside(book: Book) -> None:
    make_post(book)
    with book.writing() as connection:
        hold(connection, HoldScope.ALL, "", "major incident", who="kim", now=NOON)
        hold(connection, HoldScope.ACCOUNT, "force-x", "its password", who="kim", now=NOON)

    with book.writing() as connection:
        first = resume(connection, HoldScope.ALL, "", who="kim", now=NOON)
        second = resume(connection, HoldScope.ACCOUNT, "force-x", who="kim", now=NOON)

    assert (len(first), len(second)) == (0, 1)


async def test_a_hold_with_other_exceptions_takes_the_place_of_the_one_before(book: Book) -> None:
    safety = make_post(book, slot="safety", topics=("safety",))
    with book.writing() as connection:
        hold(connection, HoldScope.ALL, "", "mourning", who="kim", now=NOON, except_topics=["safety"])

    with book.writing() as connection:
        hold(connection, HoldScope.ALL, "", "major incident", who="sam", now=NOON)
        wider = active_holds(connection)
    with book.writing() as connection:
        hold(connection, HoldScope.ALL, "", "mourning", who="kim", now=NOON, except_topics=["safety"])
        narrower = active_holds(connection)

    assert wider.everything
    assert not narrower.everything
    assert get(book, safety.id or 0).status == "held"  # its hour passed meanwhile


async def test_a_hold_that_comes_between_the_claim_and_the_call_stops_the_call(
    book: Book, clock: HeldClock, adapter: FakeAdapter
) -> None:
    post = make_post(book)
    logging_in = asyncio.Event()

    async def hold_while_it_logs_in(_payload: object) -> None:
        with book.writing() as connection:
            hold(connection, HoldScope.ALL, "", "major incident", who="kim", now=NOON)
        logging_in.set()

    adapter.get_ready = hold_while_it_logs_in  # type: ignore[assignment, method-assign]
    async with publishing(book, clock, {"force-x": adapter}) as publisher:
        await publisher.publish_due()

    assert logging_in.is_set()
    assert adapter.sent == []
    assert get(book, post.id or 0).status == "approved"
    assert [attempt.outcome for attempt in attempts_in(book)] == ["withdrawn"]


async def test_a_workspace_that_is_moved_between_the_claim_and_the_call_stops_the_call(
    book: Book, clock: HeldClock, adapter: FakeAdapter, tmp_path: Path
) -> None:
    post = make_post(book)
    workspace = tmp_path / "workspace"
    workspace.mkdir()

    async def move_while_it_connects(_payload: object) -> None:
        workspace.rename(tmp_path / "elsewhere")

    adapter.get_ready = move_while_it_connects  # type: ignore[assignment, method-assign]
    async with publishing(book, clock, {"force-x": adapter}, hold_file=workspace / "HOLD") as publisher:
        await publisher.publish_due()

    assert adapter.sent == []
    assert get(book, post.id or 0).status == "approved"


async def test_a_stop_before_the_call_leaves_no_doubt(book: Book, clock: HeldClock, adapter: FakeAdapter) -> None:
    post = make_post(book)
    connecting = asyncio.Event()

    async def connect_for_ever(_payload: object) -> None:
        connecting.set()
        await asyncio.Event().wait()

    adapter.get_ready = connect_for_ever  # type: ignore[assignment, method-assign]
    async with publishing(book, clock, {"force-x": adapter}) as publisher:
        publishing_on = asyncio.create_task(publisher.publish_due())
        await connecting.wait()
        await publisher.stop(timedelta(0))
        await publishing_on

    assert get(book, post.id or 0).status == "approved"
    assert [attempt.outcome for attempt in attempts_in(book)] == ["withdrawn"]


async def test_a_log_in_that_takes_the_post_beyond_its_time_is_followed_by_no_call(
    book: Book, clock: HeldClock, adapter: FakeAdapter
) -> None:
    post = make_post(book)

    async def log_in_for_hours(*_: object) -> None:
        clock.advance(timedelta(hours=3))

    adapter.get_ready = log_in_for_hours  # type: ignore[assignment, method-assign]
    async with publishing(book, clock, {"force-x": adapter}) as publisher:
        await publisher.publish_due()

    assert adapter.sent == []
    assert get(book, post.id or 0).status == "missed"


async def test_a_clock_that_is_set_back_before_the_call_takes_the_post_back_to_its_hour(
    book: Book, clock: HeldClock, adapter: FakeAdapter
) -> None:
    post = make_post(book)

    async def set_the_clock_back(*_: object) -> None:
        clock.advance(-timedelta(minutes=1))

    adapter.get_ready = set_the_clock_back  # type: ignore[assignment, method-assign]
    async with publishing(book, clock, {"force-x": adapter}) as publisher:
        await publisher.publish_due()
        wake = publisher.next_wake()

    assert adapter.sent == []
    assert (get(book, post.id or 0).status, wake) == ("approved", NOON)


async def test_an_account_that_leaves_the_configuration_in_the_middle_of_a_turn_undoes_nothing(
    book: Book, clock: HeldClock, adapter: FakeAdapter
) -> None:
    make_post(book, slot="a")
    make_post(book, slot="b", account="force-bluesky")
    other = FakeAdapter()
    async with publishing(book, clock, {"force-x": adapter, "force-bluesky": other}) as publisher:
        pure = adapter.payload

        def leaving(*arguments: Any) -> Payload:
            publisher.use({}, Publishing())
            return pure(*arguments)

        adapter.payload = leaving  # type: ignore[assignment, method-assign]
        await publisher.publish_due()

    assert {post.status for post in posts_in(book)} == {"published"}
    assert publisher.trouble is None


async def test_nothing_goes_out_while_the_workspace_cannot_be_looked_into(
    book: Book, clock: HeldClock, tmp_path: Path
) -> None:
    make_post(book)
    adapter, workspace = FakeAdapter(), tmp_path / "workspace"
    async with publishing(book, clock, {"force-x": adapter}, hold_file=workspace / "HOLD") as publisher:
        await publisher.publish_due()
        sent_without = len(adapter.sent)
        workspace.mkdir()
        await publisher.publish_due()

    assert (sent_without, len(adapter.sent)) == (0, 1)


async def test_nothing_goes_out_while_the_hold_file_is_there(
    book: Book, clock: HeldClock, adapter: FakeAdapter, tmp_path: Path
) -> None:
    make_post(book)
    file = tmp_path / "HOLD"
    file.touch()
    async with publishing(book, clock, {"force-x": adapter}, hold_file=file) as publisher:
        await publisher.publish_due()
        sent_while_held = len(adapter.sent)
        file.unlink()
        await publisher.publish_due()

    assert (sent_while_held, len(adapter.sent)) == (0, 1)


async def test_after_an_outage_the_posts_of_an_account_go_out_one_by_one(
    book: Book, publisher: Publisher, adapter: FakeAdapter, clock: HeldClock
) -> None:
    for number in range(3):
        make_post(book, slot=f"slot-{number}", late=None)
        make_post(book, slot=f"slot-{number}", account="force-bluesky", late=None)
    clock.advance(timedelta(hours=1))
    on_time = make_post(book, slot="on-time", scheduled_at=clock.now())

    went_out = []
    for _ in range(4):
        await publisher.publish_due()
        went_out.append(sum(post.status == "published" for post in posts_in(book)))
        wake = publisher.next_wake()
        clock.advance(PACE)

    assert get(book, on_time.id or 0).status == "published"
    assert went_out == [3, 5, 7, 7]  # one late post of each account at a time, and at once what is on time
    assert wake is None


async def test_a_late_thread_that_has_begun_goes_on_without_a_pause(
    book: Book, publisher: Publisher, adapter: FakeAdapter, clock: HeldClock
) -> None:
    make_post(book, parts=["One.", "Two.", "Three."], late=None)
    clock.advance(timedelta(hours=1))

    await publisher.publish_due()

    assert len(adapter.sent) == 3


async def test_a_call_that_does_not_end_when_the_daemon_must_is_written_down_as_unknown(
    book: Book, clock: HeldClock, adapter: FakeAdapter
) -> None:
    post = make_post(book)
    adapter.gate = asyncio.Event()
    async with publishing(book, clock, {"force-x": adapter}) as publisher:
        draining = asyncio.create_task(publisher.publish_due())
        while not adapter.sent:
            await asyncio.sleep(0)

        in_time = await publisher.stop(within=timedelta(0))
        await draining

    assert not in_time
    assert get(book, post.id or 0).status == "unconfirmed"


async def test_no_more_calls_are_under_way_than_there_are_places(book: Book, clock: HeldClock) -> None:
    for number in range(30):
        make_post(book, slot=f"slot-{number}")
        make_post(book, slot=f"slot-{number}", account="force-bluesky")
    writer, one, two = Writer(book), FakeAdapter(), FakeAdapter()
    limits = Publishing(at_once=5, per_account=3)
    publisher = Publisher(book, writer, {"force-x": one, "force-bluesky": two}, limits, clock, Random(7), lambda: None)

    await publisher.publish_due()
    writer.close()

    assert len(one.sent) == len(two.sent) == 30
    assert one.at_once <= 3
    assert two.at_once <= 3
    assert len({payload.key for payload in one.sent + two.sent}) == 60


async def test_what_was_changed_behind_the_approval_does_not_go_out(
    book: Book, publisher: Publisher, adapter: FakeAdapter
) -> None:
    post = make_post(book)
    with sqlite3.connect(book.path) as raw:
        raw.execute("UPDATE posts SET message_json = replace(message_json, 'signs', 'sings')")
    raw.close()

    await publisher.publish_due()

    assert adapter.sent == []
    assert get(book, post.id or 0).status == "failed"


async def test_outcomes_wait_while_the_book_is_locked_and_no_call_is_made_meanwhile(
    book: Book, publisher: Publisher, adapter: FakeAdapter, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = make_post(book, slot="first")
    adapter.gate = asyncio.Event()
    drain = asyncio.create_task(publisher.publish_due())
    while not adapter.sent:
        await asyncio.sleep(0)
    make_post(book, slot="second")
    refusals = 0

    with sqlite3.connect(book.path, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        monkeypatch.setattr("scheduler.publishing.publisher._TROUBLE_PAUSE", 0.01)
        with book.engine.connect() as connection:  # every pooled connection gives up at once, instead of after seconds
            connection.exec_driver_sql("PRAGMA busy_timeout = 1")
        adapter.gate.set()
        while publisher.trouble is None:
            await asyncio.sleep(0.01)
            refusals += 1
            assert refusals < 1000, "the publisher must notice that it cannot write"
        sent_while_locked, trouble = len(adapter.sent), publisher.trouble
        other.execute("ROLLBACK")
    other.close()
    await drain
    await publisher.publish_due()

    assert sent_while_locked == 1
    assert "locked" in (trouble or "")
    assert publisher.trouble is None
    assert get(book, first.id or 0).status == "published"
    assert len(adapter.sent) == 2
    assert len(receipts_in(book)) == 2


@pytest.mark.parametrize("moment", ["", "2027-03-1x", "{"])
@pytest.mark.parametrize("column", ["next_try_at", "expires_at"])
async def test_a_damaged_moment_of_one_post_keeps_no_other_back(
    book: Book, publisher: Publisher, column: str, moment: str
) -> None:
    whole, damaged = make_post(book, "Whole."), make_post(book, "Damaged.", slot="damaged")
    with book.writing() as connection:
        connection.exec_driver_sql(f"UPDATE posts SET {column} = ? WHERE id = ?", (moment, damaged.id))

    due = publisher.next_wake()
    await publisher.publish_due()

    assert due is not None
    assert due <= NOON
    assert get_status(book, whole.id) == "published"
    assert publisher.trouble is None


async def test_a_damaged_post_fails_alone_and_the_others_go_out(
    book: Book, publisher: Publisher, adapter: FakeAdapter
) -> None:
    damaged = make_post(book, slot="damaged")
    sound = make_post(book, slot="sound")
    with book.writing() as connection:
        connection.exec_driver_sql("UPDATE posts SET message_json = '{\"parts\": [' WHERE id = ?", (damaged.id,))

    await publisher.publish_due()

    assert get_status(book, damaged.id) == "failed"
    assert get_status(book, sound.id) == "published"


async def test_outcomes_are_kept_when_claiming_stumbles(
    book: Book, publisher: Publisher, adapter: FakeAdapter, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = make_post(book, slot="first")
    adapter.gate = asyncio.Event()
    drain = asyncio.create_task(publisher.publish_due())
    while not adapter.sent:
        await asyncio.sleep(0)
    make_post(book, slot="second")
    monkeypatch.setattr("scheduler.publishing.publisher._TROUBLE_PAUSE", 0.001)
    stumbles = 0

    def stumble(*_arguments: object) -> None:
        nonlocal stumbles
        stumbles += 1
        raise ZeroDivisionError("a defect of ours")

    with monkeypatch.context() as broken:
        broken.setattr("scheduler.publishing.publisher.claim_due", stumble)
        adapter.gate.set()
        while stumbles < 3:
            await asyncio.sleep(0.001)
        status_meanwhile, trouble = get(book, first.id or 0).status, publisher.trouble
    await drain
    await publisher.publish_due()

    assert status_meanwhile == "published"
    assert "a defect of ours" in (trouble or "")
    assert publisher.trouble is None
    assert {post.status for post in posts_in(book)} == {"published"}
    assert len(adapter.sent) == 2


async def test_nothing_is_written_while_every_place_of_an_account_is_taken(book: Book, clock: HeldClock) -> None:
    for number in range(3):
        make_post(book, slot=f"slot-{number}")
    writer, adapter = Writer(book), FakeAdapter()
    adapter.gate = asyncio.Event()
    publisher = Publisher(book, writer, {"force-x": adapter}, Publishing(per_account=1), clock, Random(7), lambda: None)
    drain = asyncio.create_task(publisher.publish_due())
    while not adapter.sent:
        await asyncio.sleep(0)
    watch = book.watch()
    watch.has_changed()

    for _ in range(20):
        publisher.nudge()
        await asyncio.sleep(0.001)
    wrote_while_full, wake_while_full = watch.has_changed(), publisher.next_wake()
    adapter.gate.set()
    await drain
    watch.close()
    writer.close()

    assert not wrote_while_full
    assert wake_while_full == NOON + timedelta(hours=2)  # only their lateness is waited for
    assert len(adapter.sent) == 3


async def test_a_new_approval_gets_a_new_key(
    book: Book, publisher: Publisher, adapter: FakeAdapter, clock: HeldClock
) -> None:
    post = make_post(book)
    adapter.answers = [TemporaryFailure("no route"), None]
    await publisher.publish_due()
    clock.advance(timedelta(minutes=1))
    later = clock.now() + timedelta(minutes=1)
    with book.writing() as connection:
        reschedule(connection, get(book, post.id or 0), later, who="sam", now=clock.now())
        approve(connection, [(post.id or 0, get(book, post.id or 0).version + 1)], who="sam", now=clock.now())
    clock.advance(timedelta(minutes=1))

    await publisher.publish_due()

    assert get_status(book, post.id) == "published"
    assert adapter.sent[0].key != adapter.sent[1].key


async def test_a_try_after_doubt_keeps_its_key_whoever_approved_it(
    book: Book, publisher: Publisher, adapter: FakeAdapter, clock: HeldClock
) -> None:
    post = make_post(book)
    adapter.answers = [OutcomeUnknown("no answer")]
    await publisher.publish_due()
    clock.advance(timedelta(minutes=1))
    later = clock.now() + timedelta(minutes=1)
    with book.writing() as connection:
        resolve(connection, get(book, post.id or 0), None, who="sam", now=clock.now())
    with book.writing() as connection:
        reschedule(connection, get(book, post.id or 0), later, who="sam", now=clock.now())
    with book.writing() as connection:
        approve(connection, [(post.id or 0, get(book, post.id or 0).version)], who="sam", now=clock.now())
    clock.advance(timedelta(minutes=1))

    await publisher.publish_due()

    assert get_status(book, post.id) == "published"
    assert adapter.sent[0].key == adapter.sent[1].key


async def test_a_last_try_is_made_just_before_it_is_too_late(
    book: Book, publisher: Publisher, adapter: FakeAdapter, clock: HeldClock
) -> None:
    post = make_post(book, late=timedelta(minutes=1))
    adapter.answers = [TemporaryFailure("no route"), TemporaryFailure("no route")]

    await publisher.publish_due()
    clock.advance(WAITS[0] * 1.2)
    await publisher.publish_due()
    waiting = get(book, post.id or 0)
    clock.advance(waiting.next_try_at - clock.now())
    await publisher.publish_due()

    assert waiting.next_try_at == NOON + timedelta(seconds=59)
    assert get_status(book, post.id) == "published"
    assert get(book, post.id or 0).note is None


def get_status(book: Book, post_id: int | None) -> str:
    return get(book, post_id or 0).status


async def test_what_is_under_embargo_is_held_at_its_hour_whoever_approved_it(book: Book) -> None:
    early = make_post(book, "Too early.", slot="early")
    make_post(book, "In time.", slot="in-time")
    with book.writing() as connection:
        until = stored_time(NOON + timedelta(minutes=1))
        connection.exec_driver_sql("UPDATE posts SET embargo_until = ? WHERE id = ?", (until, early.id))
    adapter = FakeAdapter()

    async with publishing(book, HeldClock(NOON), {"force-x": adapter}) as publisher:
        await publisher.publish_due()

    assert [payload.body["text"] for payload in adapter.sent] == ["In time."]
    held = get(book, early.id or 0)
    assert (held.status, held.note) == ("held", "its hour is before the embargo, which has not ended")


async def test_what_comes_due_while_calls_begin_goes_out_at_once(
    publisher: Publisher, book: Book, adapter: FakeAdapter, clock: HeldClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scheduler.publishing.publisher._BREATH", 60.0)
    make_post(book, "first", slot="first")
    make_post(book, "second", slot="second", scheduled_at=NOON + timedelta(milliseconds=1))
    adapter.gate = asyncio.Event()
    adapter.before_send = lambda: clock.advance(timedelta(milliseconds=1))
    loop = asyncio.get_running_loop()
    began = loop.time()

    drain = asyncio.create_task(publisher.publish_due())
    while len(adapter.sent) < 2:
        await asyncio.sleep(0.001)
    took = loop.time() - began
    adapter.gate.set()
    await drain

    assert took < 0.9, "the second waited for a second, as if nothing had changed"
