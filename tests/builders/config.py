"""Builds workspaces with a config.toml, and platforms that accounts may name."""

from pathlib import Path

from scheduler.config import AccountKeys, Config, load_config
from tests.builders.tomlfile import write

PLATFORMS = {
    "outbox": AccountKeys(plain=("like",), limits=("max_characters", "max_bytes")),
    "x": AccountKeys(
        secrets=("consumer_key", "consumer_secret", "access_token", "access_token_secret"), base_url="optional"
    ),
    "mastodon": AccountKeys(secrets=("access_token",), base_url="required"),
    "bluesky": AccountKeys(secrets=("app_password",), plain=("handle",), base_url="optional"),
}


def write_config(workspace: Path, text: str) -> Path:
    path = write(workspace, text, "config.toml")
    path.chmod(0o600)
    return path


def config(workspace: Path, text: str) -> Config:
    write_config(workspace, text)
    return load_config(workspace, PLATFORMS)
