"""When the daemon gives signs of life, and when it does not."""

import asyncio
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from scheduler.posts.heartbeat import TURNS_WITHIN
from scheduler.publishing.publisher import Publisher
from scheduler.publishing.systemd import NO_SYSTEMD, Systemd, is_alive, systemd_of


def test_a_loop_that_turned_a_moment_ago_is_alive(publisher: Publisher) -> None:
    assert is_alive(publisher, publisher.turned_at + timedelta(seconds=5))


@pytest.mark.parametrize("away", [TURNS_WITHIN + timedelta(seconds=1), -TURNS_WITHIN - timedelta(seconds=1)])
def test_one_that_did_not_turn_for_long_stands_whichever_way_the_clock_was_set(
    publisher: Publisher, away: timedelta
) -> None:
    assert not is_alive(publisher, publisher.turned_at + away)


def test_a_book_in_trouble_is_not_mended_by_starting_again(publisher: Publisher) -> None:
    publisher.is_in_trouble("the disk is full", writing=True)

    assert is_alive(publisher, datetime.now(UTC) + timedelta(hours=1))


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, NO_SYSTEMD),
        ({"NOTIFY_SOCKET": "/run/notify"}, Systemd("/run/notify")),
        ({"NOTIFY_SOCKET": "@notify"}, Systemd("@notify")),
        ({"NOTIFY_SOCKET": "vsock:2:1234"}, NO_SYSTEMD),
        (
            {"NOTIFY_SOCKET": "/run/notify", "WATCHDOG_USEC": "60000000"},
            Systemd("/run/notify", timedelta(seconds=60)),
        ),
        ({"NOTIFY_SOCKET": "/run/notify", "WATCHDOG_USEC": "60000000", "WATCHDOG_PID": "1"}, Systemd("/run/notify")),
        ({"NOTIFY_SOCKET": "/run/notify", "WATCHDOG_USEC": "soon"}, Systemd("/run/notify")),
        ({"NOTIFY_SOCKET": "/run/notify", "WATCHDOG_USEC": "0"}, Systemd("/run/notify")),
    ],
)
def test_what_systemd_says_is_read(environment: dict[str, str], expected: Systemd) -> None:
    assert systemd_of(environment) == expected


async def test_a_loop_that_stands_gives_no_sign_of_life_until_it_turns_again(
    publisher: Publisher, tmp_path: Path
) -> None:
    stop, heard = asyncio.Event(), []
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.setblocking(False)
        publisher.turned_at = datetime.now(UTC) - timedelta(minutes=1)

        async def pause(_seconds: float) -> None:
            """Each time it would wait, what it said is read; the second time the loop turns again."""
            heard.append(_read(manager))
            if len(heard) == 2:
                publisher.turned_at = datetime.now(UTC)
            elif len(heard) == 3:
                stop.set()

        running: Any = SimpleNamespace(publisher=publisher, stop=stop, pause=pause)
        await Systemd(str(tmp_path / "notify"), timedelta(seconds=60)).keep_alive(running)

    assert heard == ["", "", "WATCHDOG=1"]


def _read(manager: socket.socket) -> str:
    try:
        return manager.recv(4096).decode()
    except BlockingIOError:
        return ""
