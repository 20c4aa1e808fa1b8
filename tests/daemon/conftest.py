from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from scheduler.posts.book import Book
from tests.builders.mailbox import Mailbox
from tests.builders.posts import make_book
from tests.builders.processes import Platforms, Process, redletter, write_config


@pytest.fixture
def platforms() -> Iterator[Platforms]:
    platforms = Platforms()
    yield platforms
    platforms.kill()


@pytest.fixture
def workspace(tmp_path: Path, platforms: Platforms) -> Path:
    write_config(tmp_path, platforms)
    return tmp_path


@pytest.fixture
def told(workspace: Path, mailbox: Mailbox) -> Path:
    """The workspace, of which "desk" is told by a webhook."""
    (workspace / "desk").write_text(mailbox.url)
    with (workspace / "config.toml").open("a") as config:
        config.write('\n[alarms]\ngather = "2s"\n[alarms.webhooks]\ndesk = "file:desk"\n')
    return workspace


@pytest.fixture
def book(workspace: Path) -> Iterator[Book]:
    book = make_book(workspace)
    yield book
    book.close()


@pytest.fixture
def start(workspace: Path) -> Iterator[Callable[..., Process]]:
    """Starts daemons that do not outlive the test."""
    started: list[Process] = []

    def start_daemon(*arguments: str, environment: Mapping[str, str] | None = None) -> Process:
        started.append(redletter(workspace, "run", *arguments, environment=environment))
        return started[-1]

    yield start_daemon
    for process in started:
        process.kill()
