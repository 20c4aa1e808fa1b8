"""Watches, mailrooms and channels that a test holds in its hand."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from scheduler.config import Alarms, Secret
from scheduler.errors import BookError
from scheduler.posts.alarms import Message, open_alarms
from scheduler.posts.book import Book
from scheduler.posts.writer import Writer
from scheduler.publishing.alarms.channels import NotDelivered
from scheduler.publishing.alarms.mailroom import Mailroom
from scheduler.publishing.alarms.watch import Watch
from tests.builders.posts import NOON
from tests.builders.publishing import HeldClock

LONDON = ZoneInfo("Europe/London")


@dataclass
class FakeChannel:
    """Takes every message, unless `refuses` says why not; gate: when set, each delivery waits for it."""

    taken: list[Message] = field(default_factory=list)
    refuses: str | None = None
    tries: int = 0
    gate: asyncio.Event | None = None

    async def deliver(self, message: Message) -> None:
        self.tries += 1
        if self.gate is not None:
            await self.gate.wait()
        if self.refuses is not None:
            raise NotDelivered(self.refuses)
        self.taken.append(message)


@dataclass
class Lookout:
    """A watch and its mailroom over a real book. cannot_write: nothing gets into the book while it is set."""

    watch: Watch
    mailroom: Mailroom
    channels: Mapping[str, FakeChannel]
    cannot_write: bool = False

    @property
    def told(self) -> Sequence[Message]:
        return next(iter(self.channels.values())).taken

    async def look(self, **options: Any) -> None:
        """Turns the watch once, and delivers what is due."""
        await self.watch.turn(**options)
        await self.watch.send_digest()
        await self.mailroom.deliver_due()


@asynccontextmanager
async def lookout(
    book: Book,
    clock: HeldClock,
    *names: str,
    alarms: Alarms | None = None,
    channels: Mapping[str, FakeChannel] | None = None,
    folder: Path | None = None,
) -> AsyncIterator[Lookout]:
    """Yields what watches over a book and tells by these channels; by one, "mail", when none is named."""
    writer = Writer(book)
    channels = channels or {name: FakeChannel() for name in names or ("mail",)}

    async def write(work: Callable[[Connection], Any]) -> Any:
        if made.cannot_write:
            raise BookError("the disk is full")
        return await writer.write(work)

    mailroom = Mailroom(channels, book, write, clock)
    watch = Watch(
        alarms or Alarms(),
        mailroom,
        book,
        write,
        clock,
        zone=LONDON,
        hold_file=(folder or book.path.parent) / "HOLD",
        has_channels=True,
        pace=timedelta(minutes=1),
    )
    made = Lookout(watch, mailroom, channels)
    try:
        yield made
    finally:
        writer.close()


def fail(book: Book, *posts: int | None, note: str = "the platform said no") -> None:
    """Puts posts where a platform that refuses them would."""
    with book.writing() as connection:
        for post in posts:
            connection.exec_driver_sql("UPDATE posts SET status = 'failed', note = ? WHERE id = ?", (note, post))


def standing(book: Book) -> list[str]:
    """Returns the kinds of the alarms that stand."""
    with book.reading() as session:
        return [each.need.kind for each in open_alarms(session, NOON)]


def make_message(key: str = "alarms:1", title: str = "Redletter: a post failed") -> Message:
    return Message(key, title, "! post 1 failed\n  -> redletter edit 1", NOON)


def secret_in(folder: Path, address: str, name: str = "mail") -> Secret:
    """Keeps an address in a file, as people do."""
    (folder / name).write_text(f"{address}\n")
    return Secret(f"file:{name}", key=f"alarms.to.{name}", workspace=folder)
