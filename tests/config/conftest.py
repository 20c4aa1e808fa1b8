"""Every test begins and ends without revealed secrets."""

from collections.abc import Iterator

import pytest

from scheduler.config import secrets


@pytest.fixture(autouse=True)
def _nothing_revealed() -> Iterator[None]:
    secrets._revealed.clear()
    yield
    secrets._revealed.clear()
