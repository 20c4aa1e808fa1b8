"""The registry, and what an import of it costs."""

import subprocess
import sys
from dataclasses import replace

import pytest

from scheduler.config import Account, Secret
from scheduler.platforms import place_of

HEAVY = ("aiohttp", "tweepy", "linkify_it", "regex", "sqlmodel")


def test_naming_and_making_adapters_loads_nothing_heavy() -> None:
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
    [("x", "tweepy.asynchronous"), ("mastodon", "httptools"), ("bluesky", "httptools"), ("webhook", "httptools")],
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


def test_an_account_says_where_its_calls_go_and_of_a_secret_where_it_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOOK", "https://hooks.example/in/T0Kensecret1?for=desk")
    bluesky = Account("a", "bluesky", settings={"handle": "force.example"}, secrets={"app_password": Secret("env:PW")})
    webhook = Account("b", "webhook", secrets={"url": Secret("env:HOOK"), "signing_secret": Secret("env:KEY")})

    assert place_of(bluesky) == "bluesky (handle force.example)"
    assert place_of(replace(bluesky, base_url="https://pds.example")) == (
        "bluesky (base_url https://pds.example, handle force.example)"
    )
    assert place_of(webhook) == "webhook (url env:HOOK: hooks.example, mark a8ad8430)"
    assert place_of(Account("c", "x", "https://proxy.example")) == "x"


@pytest.mark.parametrize(
    "other",
    ["https://elsewhere.example/in/desk", "https://hooks.example/in/others", "https://hooks.example/in/desk?to=others"],
)
def test_another_address_under_the_same_secret_is_another_place_and_no_place_names_it(
    monkeypatch: pytest.MonkeyPatch, other: str
) -> None:
    account = Account("b", "webhook", secrets={"url": Secret("env:HOOK")})
    places = []
    for address in ("https://hooks.example/in/desk", other, "https://hooks.example/in/desk\n"):
        monkeypatch.setenv("HOOK", address)
        places.append(place_of(account))

    assert places[0] == places[2] != places[1]
    assert "/in/" not in str(places)


def test_where_an_address_cannot_be_read_nobody_knows_where_calls_would_go(monkeypatch: pytest.MonkeyPatch) -> None:
    account = Account("b", "webhook", secrets={"url": Secret("env:HOOK")})
    monkeypatch.delenv("HOOK", raising=False)
    unset = place_of(account)
    monkeypatch.setenv("HOOK", "no address")

    assert (unset, place_of(account)) == (None, None)
