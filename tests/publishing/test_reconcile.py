"""What becomes of posts of which nobody knows whether they are out."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, cast

import pytest

from scheduler.config import Publishing
from scheduler.errors import (
    CredentialsRefused,
    DuplicateRefused,
    OutcomeUnknown,
    PostRefused,
    PublishError,
    TemporaryFailure,
)
from scheduler.platforms.contract import Doubt, Finding, Payload, Receipt, Verdict
from scheduler.posts.book import Book
from scheduler.posts.doubts import forget_keys, is_taken
from scheduler.posts.holds import hold, resume
from scheduler.posts.moves import make_move, write_audit
from scheduler.posts.places import note_places
from scheduler.posts.restoring import LOOK
from scheduler.posts.review import approve, reschedule, resolve
from scheduler.posts.status import HoldScope, Move
from scheduler.posts.tables import Post, stored_time
from scheduler.posts.writer import Writer
from scheduler.publishing.companion import Running
from scheduler.publishing.publisher import Publisher
from scheduler.publishing.reconcile import MANY, UNANSWERED_WAIT, Reconcile
from tests.builders.posts import NOON, attempts_in, get, make_post, posts_in, receipts_in, trail_of
from tests.builders.publishing import FakeAdapter, HeldClock, publishing

SETTLE = timedelta(seconds=30)
LOST = OutcomeUnknown("the answer was lost")


class AskedAdapter(FakeAdapter):
    """A fake platform that can be asked: it says `says`, of each doubt or one after the other, or raises it.

    asked: the doubts of every question.
    """

    finds_by_words = False

    def __init__(self, answers: Sequence[Exception | None] = (), says: Finding | Exception | None = None) -> None:
        super().__init__(answers)
        self.says: Finding | Sequence[Finding] | Exception = says or Finding(Verdict.NOT_SEEN)
        self.asked: list[Sequence[Doubt]] = []

    async def find(self, doubts: Sequence[Doubt], taken: Callable[[str], bool]) -> Sequence[Finding]:
        self.asked.append(doubts)
        if isinstance(self.says, Exception):
            raise self.says
        if isinstance(self.says, Sequence):
            return self.says
        not_seen = Finding(Verdict.NOT_SEEN)
        says = self.says
        return [not_seen if says.verdict is Verdict.REPEATABLE and not doubt.may_repeat else says for doubt in doubts]


class Desk:
    """A publisher and the one who asks, with a clock that the test holds."""

    def __init__(
        self,
        book: Book,
        publisher: Publisher,
        clock: HeldClock,
        running: Running,
        adapters: Mapping[str, AskedAdapter],
    ) -> None:
        self.book, self.publisher, self.clock, self.running = book, publisher, clock, running
        self.adapters = adapters
        self.reconcile = Reconcile(SETTLE)

    async def ask(self, after: timedelta = timedelta(seconds=2)) -> None:
        self.clock.advance(after)
        await self.reconcile.ask_about_all(self.running)

    async def publish(self) -> None:
        await self.publisher.publish_due()

    async def publish_until_settled(self, times: int) -> None:
        """Publishes, and asks for longer than a slow platform has; so many times."""
        for _ in range(times):
            await self.publish()
            for _ in range(5):
                await self.ask(timedelta(seconds=10))


@pytest.fixture
def asked() -> AskedAdapter:
    return AskedAdapter([LOST])


@pytest.fixture
async def desk(book: Book, clock: HeldClock, asked: AskedAdapter) -> AsyncIterator[Desk]:
    adapters = {"force-x": asked, "force-bluesky": AskedAdapter()}
    async with publishing(book, clock, adapters, Publishing()) as publisher:
        writer = Writer(book)
        running = Running(book, writer, publisher, adapters, clock, asyncio.Event())
        yield Desk(book, publisher, clock, running, adapters)
        writer.close()


OUT_OF_SIGHT = Finding(Verdict.NOT_SEEN)
OUT = Finding(Verdict.OUT, Receipt("77", "https://fake.example/77", {"id": "77"}))


async def test_a_post_that_is_out_is_published_with_the_receipt_that_was_lost(desk: Desk, asked: AskedAdapter) -> None:
    post = make_post(desk.book)
    await desk.publish()
    asked.says = OUT

    await desk.ask()

    found = get(desk.book, post.id or 0)
    assert (found.status, found.note) == ("published", None)
    assert [(receipt.platform_id, receipt.url) for receipt in receipts_in(desk.book)] == [
        ("77", "https://fake.example/77")
    ]
    assert attempts_in(desk.book)[0].outcome == "accepted"
    assert trail_of(desk.book, post.id or 0)[-1].what == "confirm"


async def test_what_a_person_would_have_asked_is_asked_at_once(desk: Desk, asked: AskedAdapter) -> None:
    post = make_post(desk.book)
    await desk.publish()
    desk.publisher.doubts.clear()
    asked.says = OUT
    with desk.book.writing() as connection:
        hold(connection, HoldScope.ACCOUNT, post.account, "no token", who="redletter", now=NOON)
        connection.exec_driver_sql("UPDATE posts SET next_try_at = ?", (stored_time(NOON + timedelta(hours=1)),))
    asking = asyncio.create_task(desk.reconcile(desk.running))
    await asyncio.sleep(0)  # it has nothing to ask about before that, and sleeps

    with desk.book.writing() as connection:
        resume(connection, HoldScope.ACCOUNT, post.account, who="sam", now=NOON)
    desk.running.changes.tell()

    async with asyncio.timeout(10):
        while get(desk.book, post.id or 0).status != "published":
            await asyncio.sleep(0.01)
    desk.running.stop.set()
    await asking


@pytest.mark.parametrize("said_of", ["one", "all"])
async def test_an_account_that_is_to_be_asked_later_is_asked_about_no_post_before(
    desk: Desk, asked: AskedAdapter, said_of: str
) -> None:
    for number in range(150):
        make_post(desk.book, slot=f"slot-{number}")
    asked.answers = [LOST] * 150
    await desk.publish()
    later = NOON + timedelta(minutes=10)
    limited = Finding(Verdict.LATER, detail="429", ask_at=later)
    asked.says = [limited, *[OUT_OF_SIGHT] * 99] if said_of == "one" else TemporaryFailure("429", later)
    await desk.ask()
    asked_at_first = len(asked.asked)
    asked.says = Finding(Verdict.NOT_SEEN)

    await desk.ask(timedelta(minutes=9))
    asked_meanwhile = len(asked.asked) - asked_at_first
    await desk.ask(timedelta(minutes=2))

    assert (asked_at_first, asked_meanwhile) == (1, 0)
    assert sum(map(len, asked.asked[1:])) == 150


async def test_the_platform_is_asked_about_the_very_payload_of_the_attempt(desk: Desk, asked: AskedAdapter) -> None:
    make_post(desk.book)
    await desk.publish()

    await desk.ask()

    assert [doubt.payload for doubt in asked.asked[0]] == asked.sent
    assert asked.asked[0][0].started_at == NOON


async def test_what_can_be_repeated_goes_out_again_under_the_same_key(desk: Desk, asked: AskedAdapter) -> None:
    post = make_post(desk.book)
    await desk.publish()
    asked.says = Finding(Verdict.REPEATABLE)

    await desk.ask()
    await desk.publish()

    assert get(desk.book, post.id or 0).status == "published"
    assert [payload.key for payload in asked.sent] == [asked.sent[0].key] * 2


async def test_what_is_not_seen_is_tried_again_only_when_a_slow_platform_has_had_its_time(
    desk: Desk, asked: AskedAdapter
) -> None:
    post = make_post(desk.book)
    await desk.publish()

    before = []
    for _ in range(4):
        await desk.ask(timedelta(seconds=9))
        before.append(get(desk.book, post.id or 0).status)
    await desk.ask(timedelta(seconds=9))
    after = get(desk.book, post.id or 0).status

    assert before == ["unconfirmed"] * 4
    assert after == "approved"
    assert len(asked.sent) == 1


async def test_nobody_is_asked_before_the_next_question_is_due(desk: Desk, asked: AskedAdapter) -> None:
    make_post(desk.book)
    await desk.publish()
    await desk.ask()

    await desk.ask(timedelta(seconds=1))

    assert len(asked.asked) == 1


async def test_a_post_that_is_not_out_and_too_late_by_now_is_missed(desk: Desk, asked: AskedAdapter) -> None:
    post = make_post(desk.book, late=timedelta(minutes=10))
    await desk.publish()
    asked.says = Finding(Verdict.REPEATABLE)

    await desk.ask(timedelta(minutes=11))
    before = get(desk.book, post.id or 0).status
    await desk.ask(SETTLE)
    await desk.publish()

    assert (before, get(desk.book, post.id or 0).status) == ("unconfirmed", "missed")
    assert len(asked.sent) == 1


async def test_what_becomes_too_late_before_its_repeat_is_missed_only_once_its_platform_has_had_its_time(
    desk: Desk, asked: AskedAdapter
) -> None:
    post = make_post(desk.book, late=timedelta(minutes=10))
    asked.says = Finding(Verdict.REPEATABLE)
    await desk.publish()
    await desk.ask()
    with desk.book.writing() as connection:
        hold(connection, HoldScope.ALL, "", "grief", who="kim", now=desk.clock.now())
    desk.clock.advance(timedelta(minutes=10))

    await desk.publish()
    late = get(desk.book, post.id or 0)
    asked.says = OUT
    await desk.ask()

    assert (late.status, late.note) == (
        "unconfirmed",
        "its time to go out ended, and an attempt of which nobody knows may have put it out",
    )
    assert get(desk.book, post.id or 0).status == "published"
    assert len(asked.sent) == 1


@pytest.mark.parametrize("answer", [TemporaryFailure("busy", retry_at=NOON + timedelta(hours=3)), PostRefused("no")])
async def test_a_doubt_outlasts_a_repeat_that_is_refused_or_comes_too_late(
    desk: Desk, asked: AskedAdapter, answer: PublishError
) -> None:
    post = make_post(desk.book)
    asked.answers = [LOST, answer]
    asked.says = Finding(Verdict.REPEATABLE)
    await desk.publish()
    await desk.ask()
    await desk.publish()
    in_doubt = get(desk.book, post.id or 0).status
    asked.says = OUT

    await desk.ask(timedelta(hours=3))

    assert in_doubt == "unconfirmed"
    assert get(desk.book, post.id or 0).status == "published"


@pytest.mark.parametrize("verdict", [Verdict.REPEATABLE, Verdict.NOT_SEEN])
async def test_a_repeat_that_is_refused_is_refused_for_good_once_its_platform_was_asked(
    desk: Desk, asked: AskedAdapter, verdict: Verdict
) -> None:
    post = make_post(desk.book)
    asked.answers = [LOST, PostRefused("no"), PostRefused("no")]
    asked.says = Finding(Verdict.REPEATABLE)
    await desk.publish()
    await desk.ask()
    asked.says = Finding(verdict)
    for _ in range(2):
        await desk.publish()
        for _ in range(2):
            await desk.ask(SETTLE)

    assert get(desk.book, post.id or 0).status == "failed"
    assert [attempt.outcome for attempt in attempts_in(desk.book)] == ["absent", "refused", "refused"]
    assert len({payload.key for payload in asked.sent}) == 1


async def test_a_platform_that_cannot_answer_is_asked_again_and_the_post_stays(desk: Desk, asked: AskedAdapter) -> None:
    post = make_post(desk.book)
    await desk.publish()
    asked.says = TemporaryFailure("busy", retry_at=NOON + timedelta(minutes=10))

    await desk.ask()

    waiting = get(desk.book, post.id or 0)
    assert (waiting.status, waiting.asks) == ("unconfirmed", 1)
    assert waiting.next_try_at == NOON + timedelta(minutes=10)


async def test_a_question_without_an_answer_is_asked_again_alone(desk: Desk, asked: AskedAdapter) -> None:
    posts = [make_post(desk.book, slot=f"{number}", text=f"Text {number}.") for number in range(2)]
    asked.answers = [LOST, LOST]
    await desk.publish()
    busy = Finding(Verdict.LATER, detail="busy", ask_at=NOON + timedelta(minutes=10))
    asked.says = [OUT, busy]

    await desk.ask()

    out, waiting = (get(desk.book, post.id or 0) for post in posts)
    assert out.status == "published"
    assert (waiting.status, waiting.asks, waiting.next_try_at) == ("unconfirmed", 1, NOON + timedelta(minutes=10))
    assert waiting.note is not None
    assert waiting.note.endswith("its platform was asked and did not answer yet: busy")


async def test_what_the_platform_cannot_tell_is_a_question_for_a_person(desk: Desk, asked: AskedAdapter) -> None:
    post = make_post(desk.book)
    await desk.publish()
    asked.says = Finding(Verdict.UNANSWERED, detail="this token may not read")

    await desk.ask()

    asked_of_a_person = get(desk.book, post.id or 0)
    assert asked_of_a_person.note == "is it out? look, and say so with redletter resolve; this token may not read"
    assert asked_of_a_person.next_try_at == desk.clock.now() + UNANSWERED_WAIT


def _move_account(desk: Desk, *places: str) -> None:
    for place in places:
        with desk.book.writing() as connection:
            note_places(connection, {"force-x": place}, desk.clock.now())


@pytest.mark.parametrize(
    ("was", "is_now"),
    [
        ("mastodon (base_url https://one.example)", "bluesky (handle force.example)"),
        ("mastodon (base_url https://one.example)", "mastodon (base_url https://two.example)"),
        (
            "webhook (url env:HOOK: hooks.example, mark 5f0c12ab)",
            "webhook (url env:HOOK: hooks.example, mark 0c925e47)",
        ),
    ],
)
async def test_a_post_is_never_asked_about_where_its_account_was_not_when_it_was_sent(
    desk: Desk, asked: AskedAdapter, was: str, is_now: str
) -> None:
    _move_account(desk, was)
    post = make_post(desk.book)
    await desk.publish()
    _move_account(desk, is_now)

    for _ in range(3):
        await desk.ask(UNANSWERED_WAIT)

    in_doubt = get(desk.book, post.id or 0)
    assert asked.asked == []
    assert in_doubt.status == "unconfirmed"
    assert in_doubt.note == (
        "is it out? look, and say so with redletter resolve; its call was made when the account force-x was"
        f" {was}, and now it is {is_now}, where nothing of that can be seen"
    )


async def test_what_was_sent_before_places_were_written_down_was_sent_where_it_was_planned_for(
    desk: Desk, asked: AskedAdapter
) -> None:
    post = make_post(desk.book)  # for an outbox
    await desk.publish()
    _move_account(desk, "bluesky (handle force.example)")

    await desk.ask()
    _move_account(desk, "outbox")
    asked_elsewhere = len(asked.asked)
    asked.says = OUT
    await desk.ask(UNANSWERED_WAIT)

    assert asked_elsewhere == 0
    assert get(desk.book, post.id or 0).status == "published"


@pytest.mark.parametrize(("moves", "is_asked"), [((), True), (("webhook (url env:HOOK: b.example, mark 2)",), False)])
async def test_what_was_sent_before_addresses_were_written_down_was_sent_to_the_first_that_was(
    desk: Desk, asked: AskedAdapter, moves: Sequence[str], is_asked: bool
) -> None:
    _move_account(desk, "webhook (url env:HOOK)")
    make_post(desk.book)
    await desk.publish()
    _move_account(desk, "webhook (url env:HOOK: a.example, mark 1)", *moves)

    await desk.ask()

    assert bool(asked.asked) is is_asked


async def test_an_account_that_is_back_where_it_was_is_asked(desk: Desk, asked: AskedAdapter) -> None:
    _move_account(desk, "mastodon")
    post = make_post(desk.book)
    await desk.publish()
    asked.says = OUT

    _move_account(desk, "bluesky", "mastodon")
    await desk.ask()

    assert get(desk.book, post.id or 0).status == "published"


async def test_an_approved_post_with_an_old_doubt_is_not_repeated_where_its_account_was_not(
    desk: Desk, asked: AskedAdapter
) -> None:
    _move_account(desk, "mastodon")
    post = make_post(desk.book)
    asked.says = Finding(Verdict.REPEATABLE)
    await desk.publish()
    await desk.ask()
    approved = get(desk.book, post.id or 0).status
    _move_account(desk, "bluesky")

    await desk.publish()
    await desk.ask()
    await desk.publish()

    assert approved == "approved"
    assert (len(asked.sent), len(asked.asked)) == (1, 1)
    assert get(desk.book, post.id or 0).status == "unconfirmed"


async def test_refused_credentials_hold_the_account_once(desk: Desk, asked: AskedAdapter) -> None:
    make_post(desk.book, slot="a")
    make_post(desk.book, slot="b")
    asked.answers = [LOST, LOST]
    await desk.publish()
    asked.says = CredentialsRefused("401")

    await desk.ask()
    await desk.ask(UNANSWERED_WAIT)

    with desk.book.reading() as session:
        holds = session.connection().exec_driver_sql("SELECT name FROM holds").all()
    assert [name for (name,) in holds] == ["force-x"]
    assert {post.status for post in posts_in(desk.book)} == {"unconfirmed"}


async def test_a_thread_goes_on_after_a_part_that_was_found(desk: Desk, asked: AskedAdapter) -> None:
    post = make_post(desk.book, parts=["One.", "Two.", "Three."])
    asked.answers = [None, LOST]
    await desk.publish()
    asked.says = OUT

    await desk.ask()
    await desk.publish()

    assert get(desk.book, post.id or 0).status == "published"
    assert [payload.body["text"] for payload in asked.sent] == ["One.", "Two.", "Three."]
    assert asked.sent[2].body["after"] == "77"


async def test_a_duplicate_after_a_doubtful_attempt_is_no_refusal_but_a_reason_to_ask(
    desk: Desk, asked: AskedAdapter
) -> None:
    post = make_post(desk.book)
    asked.answers = [LOST, DuplicateRefused("you said this already")]
    await desk.publish()
    asked.says = Finding(Verdict.REPEATABLE)
    await desk.ask()
    await desk.publish()
    in_doubt = get(desk.book, post.id or 0).status
    asked.says = OUT

    await desk.ask()

    assert in_doubt == "unconfirmed"
    assert get(desk.book, post.id or 0).status == "published"


async def test_attempts_that_are_left_open_again_and_again_end_with_a_person(desk: Desk, asked: AskedAdapter) -> None:
    post = make_post(desk.book)
    asked.answers = [LOST] * (MANY + 2)

    for _ in range(MANY + 2):
        await desk.publish()
        for _ in range(4):
            await desk.ask(timedelta(seconds=30))

    assert get(desk.book, post.id or 0).status == "unconfirmed"
    assert "shows none of them" in (get(desk.book, post.id or 0).note or "")
    assert len(asked.sent) == MANY


async def test_what_can_be_repeated_is_never_left_to_a_person_but_goes_out_at_growing_distances(
    desk: Desk, asked: AskedAdapter
) -> None:
    post = make_post(desk.book)
    asked.answers = [LOST] * 5
    asked.says = Finding(Verdict.REPEATABLE)

    distances = []
    for _ in range(5):
        await desk.publish()
        await desk.ask()
        distances.append(get(desk.book, post.id or 0).next_try_at - desk.clock.now())
        desk.clock.advance(distances[-1])
    await desk.publish()

    assert get(desk.book, post.id or 0).status == "published"
    assert distances == sorted(distances)
    assert distances[0] == timedelta(0) < distances[-1]
    assert len({payload.key for payload in asked.sent}) == 1


async def test_a_doubt_stands_whatever_came_of_the_repeat(desk: Desk, asked: AskedAdapter) -> None:
    make_post(desk.book)
    asked.answers = [LOST, TemporaryFailure("busy", retry_at=NOON + timedelta(minutes=90))]
    asked.says = Finding(Verdict.REPEATABLE)
    await desk.publish()
    await desk.ask()
    await desk.publish()

    desk.clock.advance(timedelta(minutes=95))
    await desk.publish()

    assert len(asked.sent) == 3
    assert len({payload.key for payload in asked.sent}) == 1


async def test_what_may_no_longer_be_repeated_is_asked_about_before_it_goes_again(
    desk: Desk, asked: AskedAdapter
) -> None:
    post = make_post(desk.book, late=None)
    asked.answers = [LOST, TemporaryFailure("busy", retry_at=NOON + timedelta(minutes=90))]
    asked.says = Finding(Verdict.REPEATABLE, until=NOON + timedelta(minutes=55))
    await desk.publish()
    await desk.ask()
    await desk.publish()
    desk.clock.advance(timedelta(minutes=95))

    await desk.publish()
    in_doubt, sent = get(desk.book, post.id or 0).status, len(asked.sent)
    asked.says = OUT
    await desk.ask()

    assert (in_doubt, sent) == ("unconfirmed", 2)
    assert get(desk.book, post.id or 0).status == "published"


@pytest.mark.parametrize("asked_before", [True, False])
async def test_after_a_clock_was_set_back_nothing_is_repeated_under_an_old_key(
    desk: Desk, asked: AskedAdapter, asked_before: bool
) -> None:
    post = make_post(desk.book, late=None)
    asked.answers = [LOST, TemporaryFailure("busy", retry_at=NOON + timedelta(minutes=45))]
    asked.says = Finding(Verdict.REPEATABLE, until=NOON + timedelta(minutes=55))
    await desk.publish()
    if asked_before:
        await desk.ask()
        await desk.publish()
    desk.clock.advance(timedelta(minutes=-40))
    with desk.book.writing() as connection:
        forget_keys(connection, desk.clock.now())
    asked.says = Finding(Verdict.REPEATABLE, until=NOON + timedelta(hours=2))

    desk.clock.advance(timedelta(minutes=90))
    await desk.publish()
    await desk.ask()

    assert get(desk.book, post.id or 0).status == "unconfirmed"
    assert not asked.asked[-1][0].may_repeat


async def test_a_duplicate_after_a_doubt_and_another_failure_is_still_a_reason_to_ask(
    desk: Desk, asked: AskedAdapter
) -> None:
    post = make_post(desk.book)
    asked.answers = [LOST, TemporaryFailure("busy"), DuplicateRefused("you said this already")]
    asked.says = Finding(Verdict.REPEATABLE)
    await desk.publish()
    await desk.ask()
    await desk.publish()
    desk.clock.advance(timedelta(minutes=1))

    await desk.publish()

    assert get(desk.book, post.id or 0).status == "unconfirmed"


async def test_a_duplicate_that_its_platform_does_not_show_is_for_a_person_the_second_time(
    desk: Desk, asked: AskedAdapter
) -> None:
    post = make_post(desk.book)
    asked.answers = [LOST, DuplicateRefused("said already"), DuplicateRefused("said already")]

    await desk.publish_until_settled(times=4)

    left = get(desk.book, post.id or 0)
    assert left.status == "unconfirmed"
    assert "twice took it for one that it has" in (left.note or "")
    assert [attempt.outcome for attempt in attempts_in(desk.book)] == ["absent", "duplicate", "duplicate"]


async def test_a_duplicate_of_another_post_is_refused_the_second_time(desk: Desk, asked: AskedAdapter) -> None:
    asked.answers = [None]
    make_post(desk.book, slot="first", parts=["The same words."])
    await desk.publish()
    post = make_post(desk.book, slot="again", parts=["The same words."])
    asked.answers = [LOST, DuplicateRefused("said already"), DuplicateRefused("said already")]

    await desk.publish_until_settled(times=3)

    refused = get(desk.book, post.id or 0)
    assert (refused.status, refused.note) == ("failed", "said already")


async def test_a_duplicate_that_its_platform_shows_after_all_is_published(desk: Desk, asked: AskedAdapter) -> None:
    post = make_post(desk.book)
    asked.answers = [LOST, DuplicateRefused("said already"), DuplicateRefused("said already")]
    await desk.publish_until_settled(times=3)
    asked.says = OUT

    await desk.ask(timedelta(hours=1))

    assert get(desk.book, post.id or 0).status == "published"


async def test_a_clock_that_is_set_forward_settles_nothing_early(
    desk: Desk, asked: AskedAdapter, clock: HeldClock
) -> None:
    post = make_post(desk.book, late=None)
    await desk.publish()
    await desk.ask()

    clock.steady = lambda: NOON.timestamp() + 3  # type: ignore[method-assign]
    await desk.ask(timedelta(hours=1))

    assert get(desk.book, post.id or 0).status == "unconfirmed"


async def test_a_post_in_doubt_over_the_end_of_a_hold_does_not_go_by_itself_afterwards(
    desk: Desk, asked: AskedAdapter
) -> None:
    post = make_post(desk.book)
    await desk.publish()
    with desk.book.writing() as connection:
        hold(connection, HoldScope.ALL, "", "major incident", who="kim", now=desk.clock.now())
        resume(connection, HoldScope.ALL, "", who="kim", now=desk.clock.now() + timedelta(seconds=1))
    asked.says = Finding(Verdict.REPEATABLE)

    await desk.ask()

    assert get(desk.book, post.id or 0).status == "held"


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE posts SET message_json = '{'",
        "UPDATE posts SET scheduled_at = '{'",
        "UPDATE posts SET expires_at = '{'",
        "UPDATE attempts SET started_at = '{'",
        "UPDATE attempts SET retry_at = '{'",
    ],
)
async def test_one_damaged_post_stops_no_questions_about_the_others(
    desk: Desk, asked: AskedAdapter, damage: str
) -> None:
    damaged, fine = make_post(desk.book, slot="damaged"), make_post(desk.book, slot="fine", account="force-bluesky")
    adapter = desk.adapters["force-bluesky"]
    adapter.answers, adapter.says = [LOST], OUT
    await desk.publish()
    with desk.book.writing() as connection:
        column = "id" if "posts" in damage else "post_id"
        connection.exec_driver_sql(f"{damage} WHERE {column} = ?", (damaged.id,))

    await desk.ask()

    assert get(desk.book, fine.id or 0).status == "published"
    with desk.book.engine.connect() as connection:
        note = connection.exec_driver_sql("SELECT note FROM posts WHERE id = ?", (damaged.id,)).scalar()
    assert "cannot be read" in str(note)


def say_it_is_not_out(desk: Desk, post: Post) -> None:
    """A person says so a minute later, and has it go out in two hours."""
    desk.clock.advance(timedelta(minutes=1))
    with desk.book.writing() as connection:
        resolve(connection, get(desk.book, post.id or 0), None, who="kim", now=desk.clock.now())
    with desk.book.writing() as connection:
        draft = get(desk.book, post.id or 0)
        reschedule(connection, draft, desk.clock.now() + timedelta(hours=2), who="kim", now=desk.clock.now())
    with desk.book.writing() as connection:
        approve(connection, [(post.id or 0, get(desk.book, post.id or 0).version)], who="sam", now=desk.clock.now())
    desk.clock.advance(timedelta(hours=2))


async def test_what_a_person_says_is_not_out_goes_out_as_something_new_after_an_hour(
    desk: Desk, asked: AskedAdapter
) -> None:
    post = make_post(desk.book)
    await desk.publish()
    say_it_is_not_out(desk, post)

    await desk.publish()

    assert len({payload.key for payload in asked.sent}) == 2


async def test_what_a_person_says_is_not_out_fails_where_its_platform_knows_the_words(
    desk: Desk, asked: AskedAdapter
) -> None:
    post = make_post(desk.book)
    asked.answers = [LOST, DuplicateRefused("said already")]
    await desk.publish()
    say_it_is_not_out(desk, post)

    await desk.publish()

    failed = get(desk.book, post.id or 0)
    assert (failed.status, failed.note) == ("failed", "said already")


async def test_attempts_before_a_persons_word_are_no_question_afterwards(desk: Desk, asked: AskedAdapter) -> None:
    post = make_post(desk.book)
    asked.answers = [LOST, DuplicateRefused("said already"), DuplicateRefused("said already"), LOST, None]
    await desk.publish_until_settled(times=3)
    say_it_is_not_out(desk, post)

    await desk.publish_until_settled(times=2)

    assert get(desk.book, post.id or 0).status == "published"


async def test_an_address_that_a_person_gave_is_nobody_elses_receipt(desk: Desk, asked: AskedAdapter) -> None:
    post = make_post(desk.book)
    await desk.publish()
    with desk.book.writing() as connection:
        resolve(connection, get(desk.book, post.id or 0), "https://fake.example/@us/77", who="kim", now=NOON)

    with desk.book.engine.connect() as connection:
        assert is_taken(connection, "force-x", "77")
        assert not is_taken(connection, "force-x", "7")


async def test_a_repeat_that_brings_another_posts_receipt_goes_again_under_a_new_key(
    desk: Desk, asked: AskedAdapter
) -> None:
    asked.answers = [LOST, LOST]
    first, second = make_post(desk.book, slot="a"), make_post(desk.book, slot="b")
    await desk.publish()
    by_key = {payload.key: f"id-{payload.key}" for payload in asked.sent}
    visible = by_key[asked.sent[1].key]

    async def by_words(doubts: Sequence[Doubt], taken: Callable[[str], bool]) -> Sequence[Finding]:
        absent = Finding(Verdict.REPEATABLE if doubts[-1].may_repeat else Verdict.NOT_SEEN)
        return [Finding(Verdict.OUT, Receipt(visible)), absent][-len(doubts) :]

    asked.find = by_words  # type: ignore[method-assign]
    await desk.ask()
    await desk.publish()
    for _ in range(2):
        await desk.ask(SETTLE)
    await desk.publish()

    receipts = {receipt.post_id: receipt.platform_id for receipt in receipts_in(desk.book)}
    assert {post.status for post in posts_in(desk.book)} == {"published"}
    assert receipts[first.id or 0] == visible
    assert receipts[second.id or 0] != visible
    assert [payload.key for payload in asked.sent].count(asked.sent[1].key) == 2


async def test_of_two_repeats_that_bring_one_receipt_at_the_same_moment_only_one_is_out(
    desk: Desk, asked: AskedAdapter
) -> None:
    asked.answers, asked.says = [LOST, LOST], Finding(Verdict.REPEATABLE)
    for slot in ("a", "b"):
        make_post(desk.book, slot=slot)
    await desk.publish()
    await desk.ask()

    async def the_same(payload: Payload) -> Receipt:
        asked.sent.append(payload)
        return Receipt("one")

    asked.send = the_same  # type: ignore[method-assign]
    await desk.publish()

    assert [post.status for post in posts_in(desk.book)] == ["published", "unconfirmed"]
    assert [receipt.platform_id for receipt in receipts_in(desk.book)] == ["one"]


async def test_a_repeat_of_what_was_not_out_that_brings_another_posts_receipt_is_asked_about_too(
    desk: Desk, asked: AskedAdapter
) -> None:
    first, second = make_post(desk.book, slot="a"), make_post(desk.book, slot="b", account="force-bluesky")
    await desk.publish()
    for _ in range(2):
        await desk.ask(SETTLE)
    with desk.book.writing() as connection:
        connection.exec_driver_sql("UPDATE posts SET account = 'force-x' WHERE slot = 'b'")
    [of_second] = [receipt.platform_id for receipt in receipts_in(desk.book) if receipt.post_id == second.id]

    async def anothers(payload: Payload) -> Receipt:
        asked.sent.append(payload)
        return Receipt(of_second if len(asked.sent) == 2 else "its own")

    asked.send = anothers  # type: ignore[method-assign]
    for _ in range(2):
        await desk.publish()
        for _ in range(2):
            await desk.ask(SETTLE)
    await desk.publish()

    assert get(desk.book, first.id or 0).status == "published"
    assert [attempt.outcome for attempt in attempts_in(desk.book)][:3] == ["absent", "duplicate", "accepted"]
    assert len({payload.key for payload in asked.sent}) == 2


async def test_what_a_person_has_resolved_meanwhile_stays_resolved(desk: Desk, asked: AskedAdapter) -> None:
    post = make_post(desk.book)
    await desk.publish()

    async def resolving(doubts: Sequence[Doubt], taken: Callable[[str], bool]) -> Sequence[Finding]:
        with desk.book.writing() as connection:
            resolve(connection, get(desk.book, post.id or 0), None, who="kim", now=desk.clock.now())
        return [OUT for _ in doubts]

    asked.find = resolving  # type: ignore[method-assign]
    await desk.ask()

    assert get(desk.book, post.id or 0).status == "draft"
    assert receipts_in(desk.book) == []


async def test_two_posts_with_the_same_words_are_told_apart_by_what_is_in_the_book(
    desk: Desk, asked: AskedAdapter
) -> None:
    asked.answers = [None, LOST]
    make_post(desk.book, slot="a")
    make_post(desk.book, slot="b")
    await desk.publish()
    known = receipts_in(desk.book)[0].platform_id
    answers = []

    async def asking(doubts: Sequence[Doubt], taken: Callable[[str], bool]) -> Sequence[Finding]:
        answers.extend([taken(known), taken("another")])
        return [Finding(Verdict.NOT_SEEN) for _ in doubts]

    asked.find = asking  # type: ignore[method-assign]
    await desk.ask()

    assert answers == [True, False]


async def test_what_a_twin_under_way_may_have_put_out_is_not_taken_for_the_one_in_doubt(
    desk: Desk, asked: AskedAdapter
) -> None:
    in_doubt = make_post(desk.book, slot="a")
    await desk.publish()
    twin = make_post(desk.book, slot="b")
    with desk.book.writing() as connection:
        connection.exec_driver_sql("UPDATE posts SET status = 'publishing' WHERE slot = 'b'")
    asked.says = OUT

    await desk.ask()
    while_under_way = get(desk.book, in_doubt.id or 0).status
    with desk.book.writing() as connection:
        connection.exec_driver_sql("UPDATE posts SET status = 'published' WHERE slot = 'b'")
        connection.exec_driver_sql(
            f"INSERT INTO receipts (post_id, part, platform_id, received_at) VALUES ({twin.id}, 0, '77', '2027')"
        )
    await desk.ask()

    assert while_under_way == "unconfirmed"
    assert get(desk.book, in_doubt.id or 0).status == "unconfirmed"


async def test_the_same_words_in_a_thread_under_way_are_not_taken_for_the_post_in_doubt(
    desk: Desk, asked: AskedAdapter
) -> None:
    in_doubt = make_post(desk.book, "Spot the signs.", slot="a")
    await desk.publish()
    make_post(desk.book, parts=["Spot the signs.", "Call 101."], slot="b")
    with desk.book.writing() as connection:
        connection.exec_driver_sql("UPDATE posts SET status = 'publishing' WHERE slot = 'b'")
    asked.says = OUT

    await desk.ask()

    assert get(desk.book, in_doubt.id or 0).status == "unconfirmed"


async def test_a_receiver_with_one_name_for_everything_gets_nothing_twice(desk: Desk, asked: AskedAdapter) -> None:
    async def one_name(payload: Payload) -> Receipt:
        asked.sent.append(payload)
        if len(asked.sent) == 2:
            raise LOST
        return Receipt("flow-1")

    asked.send, asked.says = one_name, Finding(Verdict.REPEATABLE)  # type: ignore[method-assign]
    make_post(desk.book, "First.", slot="a")
    await desk.publish()
    make_post(desk.book, "Second.", slot="b")
    await desk.publish()
    await desk.ask()
    await desk.publish()

    assert {post.status for post in posts_in(desk.book)} == {"published"}
    assert len({payload.key for payload in asked.sent}) == 2


async def test_a_platform_that_cannot_be_asked_leaves_the_question_to_a_person(book: Book, clock: HeldClock) -> None:
    post = make_post(book)
    silent = FakeAdapter([LOST])
    async with publishing(book, clock, {"force-x": silent}) as publisher:
        writer = Writer(book)
        running = Running(book, writer, publisher, {"force-x": silent}, clock, asyncio.Event())
        await publisher.publish_due()
        clock.advance(timedelta(minutes=1))

        await Reconcile(SETTLE).ask_about_all(running)
        writer.close()

    assert get(book, post.id or 0).status == "unconfirmed"
    assert "look" in (get(book, post.id or 0).note or "")


class KnowsWords(AskedAdapter):
    """A fake platform that knows a post by its words: `shows` has what it shows of the account, by text."""

    finds_by_words = True

    def __init__(self, **shows: str) -> None:
        super().__init__()
        self.shows = shows

    async def find(self, doubts: Sequence[Doubt], taken: Callable[[str], bool]) -> Sequence[Finding]:
        self.asked.append(doubts)
        names = [self.shows.get(str(doubt.payload.body["text"])) for doubt in doubts]
        not_seen = Finding(Verdict.REPEATABLE if any(doubt.may_repeat for doubt in doubts) else Verdict.NOT_SEEN)
        return [
            Finding(Verdict.OUT, Receipt(name, f"https://fake.example/{name}")) if name else not_seen for name in names
        ]


def _restored(desk: Desk, **of_draft: Any) -> Post:
    """A post that may have gone out since a backup that does not know."""
    post = make_post(desk.book, **of_draft)
    with desk.book.writing() as connection:
        write_audit(connection, who="sam", what="restore", now=NOON, detail="from copy.db")
        changes = {"note": LOOK, "next_try_at": NOON}
        move = Move.RESTORE_UNCONFIRMED
        make_move(connection, move, post.id or 0, post.version, who="sam", now=NOON, changes=changes)
    return get(desk.book, post.id or 0)


def _use(desk: Desk, adapter: AskedAdapter) -> None:
    cast("dict[str, AskedAdapter]", desk.adapters)["force-x"] = adapter


async def test_what_a_backup_does_not_know_is_published_where_its_platform_shows_its_words(desk: Desk) -> None:
    adapter = KnowsWords(One="1")
    _use(desk, adapter)
    post = _restored(desk, text="One")

    await desk.ask()

    assert get(desk.book, post.id or 0).status == "published"
    assert [receipt.url for receipt in receipts_in(desk.book)] == ["https://fake.example/1"]
    assert adapter.asked[0][0].started_at == trail_of(desk.book, post.id or 0)[-3].at
    assert (adapter.sent, desk.adapters["force-bluesky"].sent) == ([], [])


async def test_what_a_backup_does_not_know_and_its_platform_does_not_show_is_for_a_person(desk: Desk) -> None:
    adapter = KnowsWords()
    _use(desk, adapter)
    post = _restored(desk, text="One")

    for _ in range(3):
        await desk.ask(UNANSWERED_WAIT)
        await desk.publish()

    asked_of_a_person = get(desk.book, post.id or 0)
    assert asked_of_a_person.status == "unconfirmed"
    assert "its platform shows no post with these words since 11 March 2027, 12:00 UTC" in (
        asked_of_a_person.note or ""
    )
    assert len(adapter.asked) == 3
    assert adapter.sent == []


async def test_a_platform_that_knows_a_post_by_its_attempt_alone_is_not_asked_about_one_of_a_backup(
    desk: Desk, asked: AskedAdapter
) -> None:
    post = _restored(desk)

    await desk.ask()

    assert asked.asked == []
    assert "without the attempt by which fake knows it" in (get(desk.book, post.id or 0).note or "")


async def test_of_a_thread_that_a_backup_does_not_know_every_part_is_looked_for_and_none_is_sent(desk: Desk) -> None:
    adapter = KnowsWords(One="1", Two="2")
    _use(desk, adapter)
    whole, begun = _restored(desk, parts=["One", "Two"]), _restored(desk, parts=["One", "Three"], slot="begun")
    adapter.shows |= {"Three": ""}

    for _ in range(4):
        await desk.ask(UNANSWERED_WAIT)
        await desk.publish()

    assert get(desk.book, whole.id or 0).status == "published"
    assert get(desk.book, begun.id or 0).status == "unconfirmed"
    assert adapter.sent == []
