"""The daemon's pulse: beside the book it says how things stand, also while the book cannot be written."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from scheduler.posts.heartbeat import Pulse, pulse_path, write_pulse
from scheduler.publishing.companion import Running, tick

EVERY = 2.0  # seconds between two writings


@dataclass(frozen=True, slots=True)
class PulseFile:
    """A companion: writes the pulse of the process, for `redletter status`; it is gone with a daemon that was stopped."""

    name: str
    started_at: datetime

    async def __call__(self, running: Running) -> None:
        path, publisher = pulse_path(running.book.path), running.publisher
        while not running.stop.is_set():
            pulse = Pulse(self.name, self.started_at, datetime.now(UTC), publisher.turned_at, publisher.trouble)
            with suppress(OSError):  # whoever asks then tries to write to the book, and meets the same
                await asyncio.to_thread(write_pulse, path, pulse)
            await tick(running.stop, EVERY)
        with suppress(OSError):
            path.unlink(missing_ok=True)
