"""What the real daemon tells systemd: nothing before it is so, and signs of life only while it publishes."""

import signal
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from scheduler.posts.book import Book
from tests.builders.processes import Process, redletter

Started = Callable[..., Process]


class Manager:
    """Stands in for systemd: a datagram socket, and the environment of what it starts."""

    def __init__(self, address: str) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind("\0" + address[1:] if address.startswith("@") else address)
        self._socket.settimeout(30)
        self.environment = {"NOTIFY_SOCKET": address}

    def next(self) -> list[str]:
        return self._socket.recv(4096).decode().splitlines()

    def wait_for(self, line: str) -> list[list[str]]:
        """Returns all that is said up to this line, which must be said."""
        said = [self.next()]
        while line not in said[-1]:
            said.append(self.next())
        return said

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[Manager]:
    manager = Manager(str(tmp_path / "notify"))
    yield manager
    manager.close()


@pytest.fixture
def started(workspace: Path, manager: Manager) -> Iterator[Started]:
    processes: list[Process] = []

    def start(**environment: str) -> Process:
        processes.append(redletter(workspace, "run", environment={**manager.environment, **environment}))
        return processes[-1]

    yield start
    for process in processes:
        process.kill()


def test_it_is_ready_when_it_publishes_and_says_when_it_stops(book: Book, manager: Manager, started: Started) -> None:
    daemon = started()

    ready = manager.next()
    daemon.signal(signal.SIGTERM)
    stopping = manager.next()

    assert ready == ["READY=1", "STATUS=publishing"]
    assert stopping[0] == "STOPPING=1"
    assert daemon.wait() == 0


def test_an_abstract_address_is_one(book: Book, started: Started, workspace: Path) -> None:
    address = f"@redletter-{workspace.name}"
    manager = Manager(address)

    started(NOTIFY_SOCKET=address)

    assert "READY=1" in manager.next()
    manager.close()


def test_a_standby_says_so_and_is_ready_when_it_takes_over(
    book: Book, manager: Manager, started: Started, start: Started
) -> None:
    first = start()
    first.wait_for("publishing from")
    started().wait_for("standby")

    waiting = manager.next()
    first.kill()
    then = manager.next()

    assert waiting == ["STATUS=standby: another daemon publishes"]
    assert then[0] == "READY=1"


def test_a_reload_is_said_with_its_moment_and_its_end(book: Book, manager: Manager, started: Started) -> None:
    daemon = started()
    manager.wait_for("READY=1")

    daemon.signal(signal.SIGHUP)
    reloading, then = manager.next(), manager.next()

    assert reloading[0] == "RELOADING=1"
    assert reloading[1].removeprefix("MONOTONIC_USEC=").isdigit()
    assert then[0] == "READY=1"


def test_signs_of_life_come_twice_in_the_time_of_the_watchdog(book: Book, manager: Manager, started: Started) -> None:
    started(WATCHDOG_USEC="400000")

    said = [manager.next() for _ in range(4)]

    assert said == [["READY=1", "STATUS=publishing"], *[["WATCHDOG=1"]] * 3]


def test_a_watchdog_of_another_process_is_not_fed(book: Book, manager: Manager, started: Started) -> None:
    daemon = started(WATCHDOG_USEC="1000", WATCHDOG_PID="1")
    manager.wait_for("READY=1")

    daemon.signal(signal.SIGTERM)

    assert manager.next()[0] == "STOPPING=1"


def test_a_manager_that_is_gone_stops_nothing(book: Book, started: Started, tmp_path: Path) -> None:
    daemon = started(NOTIFY_SOCKET=str(tmp_path / "nowhere"), WATCHDOG_USEC="10000")

    daemon.wait_for("publishing from")
    daemon.signal(signal.SIGTERM)

    assert daemon.wait() == 0
