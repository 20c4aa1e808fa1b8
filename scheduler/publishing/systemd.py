"""Tells systemd how the daemon is: ready, on standby, reading its config again, stopping, and that its loop still turns.

A few lines over the datagram socket that systemd names: https://www.freedesktop.org/software/systemd/man/sd_notify.html
"""

import logging
import os
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from scheduler.posts.heartbeat import turned_lately
from scheduler.publishing.companion import Running
from scheduler.publishing.publisher import Publisher

log = logging.getLogger("redletter.systemd")


@dataclass(frozen=True, slots=True)
class Systemd:
    """The service manager that started this process; without an address there is none, and nothing is said.

    address: of its socket, "@" in front of an abstract one. watchdog: after so long without a sign of life it starts
    the daemon again; None when it does not watch.
    """

    address: str = ""
    watchdog: timedelta | None = None

    def say(self, *lines: str) -> None:
        """Sends lines such as "READY=1"; a manager that does not listen is no reason to stop publishing."""
        if not self.address:
            return
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
                channel.setblocking(False)
                channel.sendto("\n".join(lines).encode(), _path_of(self.address))
        except OSError as error:
            log.debug("systemd could not be told %s: %s", " ".join(lines), error)

    def say_standby(self) -> None:
        self.say("STATUS=standby: another daemon publishes")

    def say_publishing(self) -> None:
        self.say("READY=1", "STATUS=publishing")

    def say_reloading(self) -> None:
        self.say(
            "RELOADING=1", f"MONOTONIC_USEC={time.monotonic_ns() // 1000}", "STATUS=reading config and campaigns again"
        )

    def say_stopping(self) -> None:
        self.say("STOPPING=1", "STATUS=stopping: waiting for the calls under way")

    async def keep_alive(self, running: Running) -> None:
        """A companion: gives a sign of life twice in the time of the watchdog, while the publishing loop really turns."""
        if self.watchdog is None:
            return
        said = ""
        while not running.stop.is_set():
            trouble = running.publisher.trouble or ""
            if trouble != said:
                self.say(f"STATUS={trouble or 'publishing'}".replace("\n", " "))
                said = trouble
            if is_alive(running.publisher, datetime.now(UTC)):
                self.say("WATCHDOG=1")
                await running.pause(self.watchdog.total_seconds() / 2)
            else:
                await running.pause(min(1.0, self.watchdog.total_seconds() / 4))


NO_SYSTEMD = Systemd()


def is_alive(publisher: Publisher, now: datetime) -> bool:
    """Whether the publishing loop turns, or knows what it waits for. now: by the machine's clock.

    A book in trouble is no reason to start the daemon again: that mends nothing, and would forget the outcomes that wait
    to be written down.
    """
    return publisher.trouble is not None or turned_lately(publisher.turned_at, now)


def systemd_of(environment: Mapping[str, str]) -> Systemd:
    """Reads what systemd tells the process that it starts."""
    address = environment.get("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")):
        return NO_SYSTEMD
    return Systemd(address, _watchdog(environment))


def _watchdog(environment: Mapping[str, str]) -> timedelta | None:
    microseconds, process = environment.get("WATCHDOG_USEC", ""), environment.get("WATCHDOG_PID", "")
    meant = process in ("", str(os.getpid()))  # a shell in between would have been meant
    return timedelta(microseconds=int(microseconds)) if microseconds.isdigit() and int(microseconds) and meant else None


def _path_of(address: str) -> str:
    return "\0" + address[1:] if address.startswith("@") else address
