"""Every test begins and ends without revealed secrets."""

from collections.abc import Iterator

import pytest

from scheduler import config


@pytest.fixture(autouse=True)
def _nothing_revealed() -> Iterator[None]:
    config._revealed.clear()
    yield
    config._revealed.clear()
