"""Adapters and clocks that a test holds in its hand."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from scheduler.config import Publishing
from scheduler.platforms.contract import Length, Payload, Receipt
from scheduler.platforms.message import Message
from scheduler.posts.book import Book
from scheduler.posts.writer import Writer
from scheduler.publishing.clock import Clock
from scheduler.publishing.publisher import Publisher

PACE = timedelta(seconds=30)


@asynccontextmanager
async def publishing(
    book: Book,
    clock: Clock,
    adapters: Mapping[str, "FakeAdapter"],
    limits: Publishing = Publishing(pace=PACE),  # noqa: B008 (frozen)
    *,
    hold_file: Path | None = None,
    places: Mapping[str, str] | None = None,
) -> AsyncIterator[Publisher]:
    """A publisher with its writer; both are given back at the end."""
    writer = Writer(book)
    publisher = Publisher(
        book, writer, adapters, limits, clock, Random(7), on_idle=lambda: None, places=places, hold_file=hold_file
    )
    yield publisher
    publisher.close()
    writer.close()


class HeldClock:
    """Stands still until the test moves it."""

    def __init__(self, now: datetime) -> None:
        self.moment = now

    def now(self) -> datetime:
        return self.moment

    def steady(self) -> float:
        return self.moment.timestamp()

    def real_time_of(self, moment: datetime) -> datetime:
        return datetime.now(UTC) + max(moment - self.moment, timedelta(0))

    def nothing_until(self, moment: datetime) -> None:
        pass

    def advance(self, by: timedelta) -> None:
        self.moment += by


class FakeAdapter:
    """Accepts everything, unless `answers` says otherwise: each entry is an exception to raise, or None to accept.

    sent: the payloads in the order of their calls. at_once: the most calls that were ever under way together.
    gate: when set, each call waits for it before it answers.
    """

    platform = "fake"
    looks_like = "fake"
    place: str | None = None

    def __init__(self, answers: Sequence[Exception | None] = (), before_send: Callable[[], None] | None = None) -> None:
        self.answers = list(answers)
        self.before_send = before_send
        self.sent: list[Payload] = []
        self.gate: asyncio.Event | None = None
        self.closed = False
        self.at_once = 0
        self._under_way = 0

    def lengths(self, message: Message, part: int) -> Sequence[Length]:
        return (Length(len(message.parts[part].text), 500),)

    def new_key(self, now: datetime, random: Random) -> str:
        return f"{random.getrandbits(64):016x}"

    def payload(self, message: Message, key: str, earlier: Sequence[Receipt] = ()) -> Payload:
        body = {"text": message.parts[len(earlier)].text, "after": earlier[-1].platform_id if earlier else None}
        return Payload("POST", "/posts", key, body, {})

    async def get_ready(self, payload: Payload) -> None:
        pass

    async def send(self, payload: Payload) -> Receipt:
        if self.before_send:
            self.before_send()
        self.sent.append(payload)
        self._under_way += 1
        self.at_once = max(self.at_once, self._under_way)
        try:
            await (self.gate.wait() if self.gate else asyncio.sleep(0))
        finally:
            self._under_way -= 1
        answer = self.answers.pop(0) if self.answers else None
        if answer is not None:
            raise answer
        return Receipt(f"id-{payload.key}", f"https://fake.example/{payload.key}")

    async def check_login(self) -> str:
        return "@fake"

    def warm_up(self) -> None:
        pass

    async def close(self) -> None:
        self.closed = True
