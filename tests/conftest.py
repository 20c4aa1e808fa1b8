"""What every test of the suite stands on."""

import os
from collections.abc import Iterator

import pytest

from tests.builders.mailbox import Mailbox


def pytest_configure() -> None:
    """Takes the proxies of whoever runs this out of the environment: all that tests and their processes call is here."""
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        del os.environ[name]


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Where skipping is not allowed (REDLETTER_NO_SKIPS), a skipped test fails the run: it shows nothing."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter else []
    if reporter and skipped and os.environ.get("REDLETTER_NO_SKIPS") and exitstatus == 0:
        for report in skipped:
            reporter.write_line(f"skipped, and that is not allowed here: {report.nodeid}: {report.longrepr}")
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    mailbox = Mailbox()
    yield mailbox
    mailbox.close()
