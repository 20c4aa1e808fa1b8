"""The configuration page and the example know every key, and the example works as it stands and uncommented."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from scheduler.config import Config, Publishing, load_config
from scheduler.config.tables import Written, WrittenAlarms, WrittenArticles, WrittenDaemon, WrittenRetention
from scheduler.platforms import ACCOUNT_KEYS
from tests.builders.config import write_config

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
EXAMPLE = (ROOT / "config.example.toml").read_text(encoding="utf-8")

TABLES = ("accounts", "publishing", "alarms", "daemon", "retention", "articles")


def uncommented() -> str:
    """The example with every commented-out account and alarm taken in."""
    tables = re.sub(r"^# (\[(?:accounts|alarms|daemon|retention|articles)\b)", r"\1", EXAMPLE, flags=re.MULTILINE)
    return re.sub(r"^# ([a-z_.]+ +=)", r"\1", tables, flags=re.MULTILINE)


@pytest.mark.parametrize("key", [key for key in Written.model_fields if key not in TABLES])
def test_every_key_of_the_workspace_is_documented_with_its_default(key: str):
    section = _section(f"### `{key}`")

    assert "Default:" in section or "Required" in section
    assert f"{key} = " in section


@pytest.mark.parametrize("key", [field.name for field in fields(Publishing)])
def test_every_key_of_publishing_is_documented_with_its_default(key: str):
    assert "Default:" in _section(f"### publishing: `{key}`")


@pytest.mark.parametrize("key", WrittenRetention.model_fields)
def test_every_key_of_retention_is_documented_with_its_default(key: str):
    assert "Default:" in _section(f"### retention: `{key}`")
    assert f"# {key} = " in EXAMPLE


@pytest.mark.parametrize("key", WrittenArticles.model_fields)
def test_every_key_of_articles_is_documented_with_its_default(key: str):
    assert "Default:" in _section(f"### articles: `{key}`")
    assert f"# {key} = " in EXAMPLE


@pytest.mark.parametrize("key", WrittenAlarms.model_fields)
def test_every_key_of_alarms_is_documented_with_its_default_and_shown(key: str):
    assert "Default:" in _section(f"### alarms: `{key}`")
    assert key in EXAMPLE


@pytest.mark.parametrize("key", WrittenDaemon.model_fields)
def test_every_key_of_the_daemon_is_documented_with_its_default_and_shown(key: str):
    assert "Default:" in _section(f"### daemon: `{key}`")
    assert key in EXAMPLE


def test_the_example_has_every_kind_of_alarm(tmp_path: Path):
    write_config(tmp_path, uncommented())

    loaded = load_config(tmp_path, ACCOUNT_KEYS)

    assert loaded.alarms.digest is not None
    assert loaded.alarms.ping is not None
    assert loaded.alarms.to.keys() == {"mail"}
    assert loaded.alarms.webhooks.keys() == {"desk"}
    assert (loaded.health.heartbeat_file, loaded.health.health_port) == ("heartbeat", 8321)


@pytest.mark.parametrize("platform", ACCOUNT_KEYS)
def test_every_key_of_every_platform_is_documented(platform: str):
    keys = ACCOUNT_KEYS[platform]
    section = _section(f"### `{platform}`")

    documented = re.findall(r"^\| `(\w+)` \|", section, flags=re.MULTILINE)

    base_url = () if keys.base_url == "none" else ("base_url",)
    assert sorted(documented) == sorted((*keys.secrets, *keys.plain, *base_url))
    for key in keys.secrets:
        assert re.search(
            rf"^\| `{key}` \| {'default.*' if key in keys.optional else 'required, '}secret", section, re.MULTILINE
        )


@pytest.mark.parametrize("key", ["platform", "base_url", "limits", "pace"])
def test_every_key_that_all_accounts_share_is_documented(key: str):
    assert _section(f"### account: `{key}`")


def test_every_limit_is_documented():
    known = {limit for keys in ACCOUNT_KEYS.values() for limit in keys.limits}

    assert set(re.findall(r"^\| `(\w+)` \|", _section("### account: `limits`"), flags=re.MULTILINE)) == known


def test_the_documented_defaults_are_the_defaults():
    defaults = Config(workspace=Path())

    assert f'Default: `"{defaults.database}"`' in _section("### `database`")
    assert f'Default: `"{defaults.time_zone}"`' in _section("### `time_zone`")
    assert f'Default: `"{defaults.language}"`' in _section("### `language`")
    assert f"Default: `{defaults.publishing.at_once}`" in _section("### publishing: `at_once`")
    assert f"Default: `{defaults.publishing.per_account}`" in _section("### publishing: `per_account`")
    assert f'Default: `"{defaults.publishing.timeout.seconds}s"`' in _section("### publishing: `timeout`")
    assert f'Default: `"{defaults.publishing.drain.seconds}s"`' in _section("### publishing: `drain`")
    assert f'Default: `"{defaults.publishing.pace.seconds}s"`' in _section("### publishing: `pace`")


def test_the_example_runs_on_three_outboxes(tmp_path: Path):
    write_config(tmp_path, EXAMPLE)

    accounts = load_config(tmp_path, ACCOUNT_KEYS).accounts

    assert {name: (account.platform, account.settings["like"]) for name, account in accounts.items()} == {
        "force-x": ("outbox", "x"),
        "force-mastodon": ("outbox", "mastodon"),
        "force-bluesky": ("outbox", "bluesky"),
    }


def test_the_example_has_a_full_set_for_each_real_platform(tmp_path: Path):
    write_config(tmp_path, uncommented())

    accounts = load_config(tmp_path, ACCOUNT_KEYS).accounts

    real = {account.platform: account for account in accounts.values() if account.platform != "outbox"}
    assert set(real) == {"x", "mastodon", "bluesky", "webhook"}
    for platform, account in real.items():
        assert set(account.secrets) == set(ACCOUNT_KEYS[platform].secrets)
        assert set(account.settings) == set(ACCOUNT_KEYS[platform].plain)


def test_the_example_shows_every_key_of_the_workspace_and_only_references_to_secrets():
    for key in (*Written.model_fields, *(field.name for field in fields(Publishing))):
        assert key in EXAMPLE
    for keys in ACCOUNT_KEYS.values():
        for key in keys.secrets:
            assert set(re.findall(rf'^# {key} += "(\w+):', EXAMPLE, flags=re.MULTILINE)) <= {"env", "file"}
            assert re.search(rf'^# {key} += "(env|file):', EXAMPLE, flags=re.MULTILINE)


def _section(heading: str) -> str:
    _, found, rest = PAGE.partition(f"\n{heading}\n")
    assert found, f"docs/configuration.md has no heading {heading}"
    return re.split(r"^##", rest, maxsplit=1, flags=re.MULTILINE)[0]
