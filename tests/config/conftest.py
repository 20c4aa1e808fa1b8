"""Every test begins and ends without revealed secrets."""

import pytest

from scheduler.config import secrets


@pytest.fixture(autouse=True)
def _nothing_revealed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secrets, "_revealed", set())
    monkeypatch.setattr(secrets, "_forms", [])
