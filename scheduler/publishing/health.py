"""How others see that posts can go out: a heartbeat file, a ping to a dead-man's switch, /healthz on loopback.

All three speak of the loop that publishes: where it does not turn, or the book is in trouble, the file grows old, the ping
stays away and /healthz answers 503. When the whole process hangs or dies, all three stop by themselves.
"""

import asyncio
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any

from scheduler.config import Secret
from scheduler.errors import BookError
from scheduler.posts.alarms import figures
from scheduler.posts.heartbeat import turned_lately
from scheduler.publishing.alarms.channels import PING_WITHIN, NotDelivered, call
from scheduler.publishing.companion import Running
from scheduler.publishing.publisher import Publisher

log = logging.getLogger("redletter.health")

BEAT_EVERY = 5.0  # seconds between two writings of the heartbeat file
PING_EVERY = 60.0  # seconds
OPEN_AGAIN = 60.0  # seconds until a port that was taken is tried again
_REQUEST_WITHIN = 5.0  # seconds for a request to come in whole
_LONGEST_REQUEST = 8192  # bytes


def can_publish(publisher: Publisher, now: datetime) -> bool:
    """Whether the loop that publishes turned a moment ago, and can use the book. now: by the machine's clock."""
    return publisher.trouble is None and turned_lately(publisher.turned_at, now)


@dataclass(frozen=True, slots=True)
class HeartbeatFile:
    """A companion: writes the time into a file, whole or not at all, while the loop turns."""

    path: Path

    async def __call__(self, running: Running) -> None:
        could_write = True
        while not running.stop.is_set():
            now = datetime.now(UTC)
            if can_publish(running.publisher, now):
                try:
                    await asyncio.to_thread(self._write, now)
                    could_write = True
                except OSError as error:
                    if could_write:
                        log.error("the heartbeat file %s cannot be written: %s", self.path, error.strerror or error)
                    could_write = False
            await running.pause(BEAT_EVERY)

    def _write(self, now: datetime) -> None:
        part = self.path.with_name(self.path.name + ".part")
        part.write_text(f"{now.isoformat(timespec='seconds')}\n", encoding="ascii")
        part.replace(self.path)


@dataclass(frozen=True, slots=True)
class Ping:
    """A companion: calls the address of a dead-man's switch each minute while the loop turns."""

    address: Secret

    async def __call__(self, running: Running) -> None:
        came_through = True
        while not running.stop.is_set():
            if can_publish(running.publisher, datetime.now(UTC)):
                try:
                    await call(self.address, PING_WITHIN)
                except NotDelivered as error:
                    if came_through:
                        log.error("the ping of the dead-man's switch does not come through: %s", error)
                    came_through = False
                else:
                    if not came_through:
                        log.warning("the ping of the dead-man's switch comes through again")
                    came_through = True
            await running.pause(PING_EVERY)


@dataclass(frozen=True, slots=True)
class HealthPage:
    """A companion: answers GET /healthz on this machine alone."""

    port: int

    async def __call__(self, running: Running) -> None:
        said = False
        while not running.stop.is_set():
            try:
                server = await asyncio.start_server(
                    lambda reader, writer: _serve(reader, writer, running),
                    "127.0.0.1",
                    self.port,
                    limit=_LONGEST_REQUEST,
                )
            except OSError as error:
                if not said:
                    log.error(
                        "/healthz cannot be served on port %d, publishing goes on without: %s; choose another [daemon]"
                        " health_port, or end what uses it",
                        self.port,
                        error.strerror or error,
                    )
                said = True
                await running.pause(OPEN_AGAIN)
                continue
            try:
                await running.stop.wait()
            finally:
                server.close()


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, running: Running) -> None:
    try:
        async with asyncio.timeout(_REQUEST_WITHIN):
            request = await reader.readuntil(b"\r\n\r\n")
            status, said = await _answer(request, running)
            writer.write(_response(status, said))
            await writer.drain()
    except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
        pass  # whoever asked so got no answer, and needs none
    except Exception:
        log.exception("/healthz stumbled; it goes on")
    finally:
        writer.close()


async def _answer(request: bytes, running: Running) -> tuple[HTTPStatus, Mapping[str, Any]]:
    method, _, rest = request.partition(b"\r\n")[0].partition(b" ")
    path = rest.partition(b" ")[0].partition(b"?")[0]
    if path != b"/healthz":
        return HTTPStatus.NOT_FOUND, {"problem": "there is only /healthz"}
    if method != b"GET":
        return HTTPStatus.METHOD_NOT_ALLOWED, {"problem": "only GET"}
    is_well = can_publish(running.publisher, datetime.now(UTC))
    said = {
        "status": "publishing" if is_well else "not publishing",
        "turned_at": running.publisher.turned_at.isoformat(),
        "trouble": running.publisher.trouble,
        **await asyncio.to_thread(_figures, running),
    }
    return HTTPStatus.OK if is_well else HTTPStatus.SERVICE_UNAVAILABLE, said


def _figures(running: Running) -> Mapping[str, int | None]:
    try:
        with running.book.reading() as session:
            return figures(session, running.clock.now())
    except BookError:
        return {"overdue": None, "alarms": None, "undelivered": None}


def _response(status: HTTPStatus, said: Mapping[str, Any]) -> bytes:
    body = (json.dumps(said) + "\n").encode()
    allow = "Allow: GET\r\n" if status is HTTPStatus.METHOD_NOT_ALLOWED else ""
    head = (
        f"HTTP/1.1 {status.value} {status.phrase}\r\nContent-Type: application/json\r\nCache-Control: no-store\r\n{allow}"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + body
