"""The registry, and what an import of it costs."""

import subprocess
import sys

import pytest

HEAVY = ("aiohttp", "tweepy", "linkify_it", "regex", "sqlmodel")


def test_naming_and_making_adapters_loads_nothing_heavy():
    code = (
        "import sys; from pathlib import Path; from scheduler.config import Account;"
        "from scheduler.platforms import PLATFORMS, adapter_for;"
        "[adapter_for(Account('a', name, 'http://127.0.0.1'), Path('.'), 5.0) for name in PLATFORMS];"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )

    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout

    assert printed.strip() == "[]"


@pytest.mark.parametrize(
    ("platform", "library"),
    [("x", "tweepy.asynchronous"), ("mastodon", "aiohttp"), ("bluesky", "aiohttp"), ("webhook", "aiohttp")],
)
def test_an_adapter_warms_up_what_its_first_call_would_import(platform: str, library: str) -> None:
    code = (
        "import sys; from pathlib import Path; from scheduler.config import Account;"
        "from scheduler.platforms import adapter_for;"
        f"adapter = adapter_for(Account('a', {platform!r}, 'http://127.0.0.1'), Path('.'), 5.0);"
        f"before = {library!r} in sys.modules; adapter.warm_up(); print(before, {library!r} in sys.modules)"
    )

    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout

    assert said.split() == ["False", "True"]
