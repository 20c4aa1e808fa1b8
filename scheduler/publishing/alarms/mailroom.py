"""The mailroom brings messages to people: each channel by itself, tried and tried again until it has arrived.

What it knows is written to the book as soon as the book can be written, and counts before that: a message about a book
that is in trouble goes out, too, and one that has arrived is not sent again because nobody could write that down.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import Connection

from scheduler.config import redact
from scheduler.errors import BookError
from scheduler.posts.alarms import (
    Letter,
    Message,
    drop_letter,
    forget_channels,
    keep_letter,
    keep_message,
    take_letter,
    undelivered,
)
from scheduler.posts.book import Book
from scheduler.publishing.alarms.channels import LIMIT, Channel, NotDelivered
from scheduler.publishing.alarms.notices import retold

log = logging.getLogger("redletter.alarms")

# How long to wait after the first, second, … failure; the last one repeats until the message has arrived.
WAITS = tuple(timedelta(seconds=seconds) for seconds in (10, 30, 60, 120, 300, 600, 900))
_LOOK_EVERY = 1.0  # seconds between two looks whether a letter is due
# So long a try is ours; who has died in the middle of it does not keep the letter from others for longer.
_OURS = timedelta(seconds=LIMIT + 15)

Write = Callable[[Callable[[Connection], Any]], Awaitable[Any]]


class Clock(Protocol):
    """Tells the time by which letters are tried."""

    def now(self) -> datetime: ...


class Mailroom:
    """Holds the letters that have not arrived.

    write: runs a function in a transaction; raises BookError when nothing of it was kept.
    """

    def __init__(self, channels: Mapping[str, Channel], book: Book, write: Write, clock: Clock) -> None:
        self._channels = channels
        self._book = book
        self._write = write
        self._clock = clock
        self._letters: dict[tuple[str, str], Letter] = {}
        self._unwritten_messages: dict[str, Message] = {}
        self._unwritten: dict[tuple[str, str], Letter] = {}
        self._failing: set[str] = set()
        self._came = asyncio.Event()

    @property
    def known_keys(self) -> frozenset[str]:
        """The keys of alarms that are told in messages which are not in the book yet."""
        return frozenset(each.need.key for message in self._unwritten_messages.values() for each in message.alarms)

    @property
    def message_keys(self) -> frozenset[str]:
        """The keys of messages that are not in the book yet."""
        return frozenset(self._unwritten_messages)

    @property
    def letters(self) -> list[Letter]:
        """What has not arrived yet, oldest first."""
        return sorted(self._letters.values(), key=lambda letter: letter.message.made_at)

    async def post(self, message: Message) -> None:
        """Sends a message by every channel, from now on."""
        log.info("telling %s: %s", ", ".join(self._channels) or "nobody, for [alarms] has no channel", message.title)
        self._unwritten_messages[message.key] = message
        for channel in self._channels:
            letter = Letter(message, channel, message.made_at)
            self._letters[letter.name] = self._unwritten[letter.name] = letter
        await self.write_down()
        self._came.set()

    async def write_down(self) -> None:
        """Writes what the book does not have yet; keeps it here while the book cannot be written."""
        messages, letters = dict(self._unwritten_messages), dict(self._unwritten)
        if not messages and not letters:
            return

        def keep(connection: Connection) -> None:
            for message in messages.values():
                keep_message(connection, message)
            for letter in letters.values():
                keep_letter(connection, letter)

        try:
            await self._write(keep)
        except BookError:
            return
        self._unwritten_messages = {key: each for key, each in self._unwritten_messages.items() if key not in messages}
        # What has changed meanwhile is still to be written.
        self._unwritten = {name: each for name, each in self._unwritten.items() if letters.get(name) is not each}

    async def take_over(self) -> None:
        """Reads what a process before this one left undelivered, or another one raised, as things stand now.

        What is over before it has arrived is not told any more.
        """
        try:
            found = await asyncio.to_thread(self._read)
            over = [letter for letter in found if letter.message.is_over and letter.name not in self._unwritten]
            await self._give_up(over)
        except BookError:
            return
        found = [letter for letter in found if letter not in over]
        for letter in found:
            if letter.name not in self._unwritten and letter.channel in self._channels:
                self._letters[letter.name] = replace(letter, message=retold(letter.message))
        waiting = {letter.name for letter in found}
        self._letters = {
            name: each for name, each in self._letters.items() if name in waiting or name in self._unwritten
        }

    def _read(self) -> list[Letter]:
        with self._book.reading() as session:
            return undelivered(session, self._clock.now())

    async def _give_up(self, over: Sequence[Letter]) -> None:
        def drop(connection: Connection) -> None:
            for letter in over:
                drop_letter(connection, letter)

        if over:
            await self._write(drop)
        for letter in over:
            log.info("over before it was delivered to %s: %s", letter.channel, letter.message.title)

    async def forget_channels(self) -> None:
        """Gives up letters by channels that are not in the config any more."""
        try:
            gone = await self._write(lambda connection: forget_channels(connection, self._channels))
        except BookError:
            return
        for channel in gone:
            log.warning("%s is not in [alarms] any more: what was still to be delivered to it is given up", channel)

    async def run(self, stop: asyncio.Event) -> None:
        """Delivers by every channel, each in its own time, until told to stop."""
        async with asyncio.TaskGroup() as group:
            for channel in self._channels:
                group.create_task(self._serve(channel, stop))

    async def deliver_due(self, channels: Iterable[str] | None = None) -> None:
        """Tries once what is due, all channels at the same time."""
        await asyncio.gather(*(self._deliver_by(channel) for channel in channels or self._channels))

    async def _serve(self, channel: str, stop: asyncio.Event) -> None:
        while not stop.is_set():
            try:
                await self._deliver_by(channel)
            except Exception:
                log.exception("delivering to %s stumbled; it goes on", channel)
            await self._wait(stop)

    async def _wait(self, stop: asyncio.Event) -> None:
        waiting = [asyncio.ensure_future(event.wait()) for event in (stop, self._came)]
        await asyncio.wait(waiting, timeout=_LOOK_EVERY, return_when=asyncio.FIRST_COMPLETED)
        for each in waiting:
            each.cancel()
        self._came.clear()

    async def _deliver_by(self, channel: str) -> None:
        now = self._clock.now()
        for letter in self.letters:
            if letter.channel == channel and letter.next_try_at <= now:
                await self._deliver(letter)

    async def _deliver(self, letter: Letter) -> None:
        taken = await self._take(letter)
        if taken is None:
            return
        try:
            async with asyncio.timeout(LIMIT + 5):  # for a channel that forgets its own
                await self._channels[letter.channel].deliver(letter.message)
        except (NotDelivered, TimeoutError) as error:
            self._has_failed(taken, str(error) or "no answer in time")
        except Exception as error:
            log.exception("%s failed in a way it should not", letter.channel)
            self._has_failed(taken, f"{type(error).__name__}: {error}")
        else:
            self._has_arrived(taken)
        await self.write_down()

    async def _take(self, letter: Letter) -> Letter | None:
        """Makes one try ours; None when another process has it. A book that cannot be written keeps nothing back."""
        until = self._clock.now() + _OURS
        if letter.name not in self._unwritten:
            try:
                if not await self._write(lambda connection: take_letter(connection, letter, until)):
                    del self._letters[letter.name]
                    return None
            except BookError:
                pass
        taken = replace(letter, tries=letter.tries + 1, next_try_at=until)
        self._letters[letter.name] = taken
        return taken

    def _has_failed(self, letter: Letter, trouble: str) -> None:
        trouble = redact(trouble)
        wait = WAITS[min(letter.tries, len(WAITS)) - 1]
        if letter.channel not in self._failing:
            self._failing.add(letter.channel)
            log.error("alarm not delivered to %s, it is tried again: %s", letter.channel, trouble)
        after = replace(letter, next_try_at=self._clock.now() + wait, trouble=trouble)
        self._letters[letter.name] = self._unwritten[letter.name] = after

    def _has_arrived(self, letter: Letter) -> None:
        self._failing.discard(letter.channel)
        log.info("delivered to %s: %s", letter.channel, letter.message.title)
        self._letters.pop(letter.name, None)
        self._unwritten[letter.name] = replace(letter, delivered_at=self._clock.now(), trouble=None)
