"""An account whose address is read anew while the daemon publishes: nothing in doubt is repeated at another address."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

from scheduler.errors import CredentialsRefused, OutcomeUnknown
from scheduler.platforms.contract import Doubt, Finding, Payload, Receipt, Verdict
from scheduler.posts.book import Book
from scheduler.posts.holds import active_holds, resume
from scheduler.posts.places import note_places
from scheduler.posts.review import keep
from scheduler.posts.status import HoldScope
from scheduler.posts.writer import Writer
from scheduler.publishing.companion import Running
from scheduler.publishing.publisher import Publisher
from scheduler.publishing.reconcile import Reconcile
from tests.builders.posts import NOON, attempts_in, get, make_post, posts_in
from tests.builders.publishing import FakeAdapter, HeldClock, publishing

LOST, REFUSED = OutcomeUnknown("connection lost"), CredentialsRefused("401")


class HookAdapter(FakeAdapter):
    """Reads `address` before its first call and after a refusal, as a webhook does. called: where, with which words.

    slow: the words whose way to the server is open when `opened` is set.
    """

    finds_by_words = False

    def __init__(self, answers: Sequence[Exception | None] = ()) -> None:
        super().__init__(answers)
        self.address = "a.example"
        self.place: str | None = None
        self.called: list[tuple[str | None, str]] = []
        self.slow = ""
        self.opened = asyncio.Event()

    async def get_ready(self, payload: Payload) -> None:
        self.place = self.place or f"webhook (url {self.address})"
        if payload.body["text"] == self.slow:
            await self.opened.wait()

    async def send(self, payload: Payload) -> Receipt:
        self.called.append((self.place, payload.body["text"]))
        try:
            return await super().send(payload)
        except CredentialsRefused:
            self.place = None
            raise

    async def find(self, doubts: Sequence[Doubt], _taken: Callable[[str], bool]) -> Sequence[Finding]:
        return [Finding(Verdict.REPEATABLE) for _ in doubts]


A, B = "webhook (url a.example)", "webhook (url b.example)"
KNOWN: Mapping[str, str] = {"force-x": A}


async def _ask(book: Book, publisher: Publisher, clock: HeldClock, adapter: HookAdapter) -> None:
    clock.advance(timedelta(seconds=10))
    writer = Writer(book)
    running = Running(book, writer, publisher, {"force-x": adapter}, clock, asyncio.Event())
    await Reconcile(timedelta(minutes=1)).ask_about_all(running)
    writer.close()


def _resume(book: Book, clock: HeldClock) -> None:
    with book.writing() as connection:
        resume(connection, HoldScope.ACCOUNT, "force-x", who="sam", now=clock.now())
    _keep(book, clock)


def _keep(book: Book, clock: HeldClock) -> None:
    """What passed under the hold goes out all the same, as with `resume --keep`."""
    for post in posts_in(book):
        if post.status == "held":
            with book.writing() as connection:
                keep(connection, post.id or 0, post.version, who="sam", now=clock.now())


def _note(book: Book, places: Mapping[str, str]) -> None:
    with book.writing() as connection:
        note_places(connection, places, NOON - timedelta(hours=1))


async def test_a_post_in_doubt_is_not_repeated_at_an_address_that_was_mended_meanwhile(
    book: Book, clock: HeldClock
) -> None:
    adapter = HookAdapter([LOST, REFUSED])
    _note(book, KNOWN)
    in_doubt = make_post(book, "One.")
    async with publishing(book, clock, {"force-x": adapter}, places=KNOWN) as publisher:
        await publisher.publish_due()
        refused = make_post(book, "Two.", slot="next")
        await publisher.publish_due()

        adapter.address = "b.example"
        _resume(book, clock)
        for _ in range(3):
            await _ask(book, publisher, clock, adapter)
            _keep(book, clock)
            await publisher.publish_due()

    left = get(book, in_doubt.id or 0)
    assert (left.status, get(book, refused.id or 0).status) == ("unconfirmed", "published")
    assert left.note is not None
    assert f"made when the account force-x was {A}, and now it is {B}" in left.note
    assert adapter.called == [(A, "One."), (A, "Two."), (B, "Two.")]


async def test_what_was_mended_to_the_same_address_is_repeated_there(book: Book, clock: HeldClock) -> None:
    adapter = HookAdapter([LOST, REFUSED])
    _note(book, KNOWN)
    make_post(book, "One.")
    async with publishing(book, clock, {"force-x": adapter}, places=KNOWN) as publisher:
        await publisher.publish_due()
        make_post(book, "Two.", slot="next")
        await publisher.publish_due()

        _resume(book, clock)
        await _ask(book, publisher, clock, adapter)
        _keep(book, clock)
        await publisher.publish_due()

    assert sorted(adapter.called[2:]) == [(A, "One."), (A, "Two.")]


async def test_a_call_whose_way_is_still_being_opened_does_not_follow_its_account_elsewhere(
    book: Book, clock: HeldClock
) -> None:
    adapter = HookAdapter([LOST, REFUSED])
    _note(book, KNOWN)
    in_doubt = make_post(book, "One.")
    async with publishing(book, clock, {"force-x": adapter}, places=KNOWN) as publisher:
        await publisher.publish_due()
        await _ask(book, publisher, clock, adapter)
        adapter.slow = "One."
        make_post(book, "Two.", slot="next")
        publishing_two = asyncio.create_task(publisher.publish_due())
        await _until(lambda: len(adapter.called) == 2)

        adapter.address = "b.example"
        await _until(lambda: _is_held(book))
        _resume(book, clock)
        publisher.nudge()
        await _until(lambda: len(adapter.called) == 3)
        adapter.opened.set()
        await publishing_two

    assert adapter.called == [(A, "One."), (A, "Two."), (B, "Two.")]
    assert get(book, in_doubt.id or 0).status == "unconfirmed"


async def test_where_the_trail_knows_the_address_the_first_call_waits_for_nothing(book: Book, clock: HeldClock) -> None:
    adapter = HookAdapter()
    _note(book, KNOWN)
    make_post(book)
    async with publishing(book, clock, {"force-x": adapter}, places=KNOWN) as publisher:
        await publisher.publish_due()

    assert [attempt.outcome for attempt in attempts_in(book)] == ["accepted"]


async def test_an_address_that_nobody_could_read_before_is_noted_before_the_first_call(
    book: Book, clock: HeldClock
) -> None:
    adapter = HookAdapter()
    make_post(book)
    async with publishing(book, clock, {"force-x": adapter}) as publisher:
        await publisher.publish_due()

    assert [attempt.outcome for attempt in attempts_in(book)] == ["withdrawn", "accepted"]
    assert len(adapter.called) == 1


async def _until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not is_so():
            await asyncio.sleep(0.01)


def _is_held(book: Book) -> bool:
    with book.engine.connect() as connection:
        return active_holds(connection).reach("force-x", "", ())
