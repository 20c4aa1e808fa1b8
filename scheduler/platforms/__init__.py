"""Where posts go: one module for each platform, and the registry that names them all."""

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

from scheduler.config import Account, AccountKeys
from scheduler.platforms.contract import Adapter

PLATFORMS: Mapping[str, str] = {
    "bluesky": "scheduler.platforms.bluesky:Bluesky",
    "mastodon": "scheduler.platforms.mastodon:Mastodon",
    "outbox": "scheduler.platforms.outbox:Outbox",
    "webhook": "scheduler.platforms.webhook:Webhook",
    "x": "scheduler.platforms.x:X",
}

ACCOUNT_KEYS: Mapping[str, AccountKeys] = {
    "bluesky": AccountKeys(
        secrets=("app_password",),
        plain=("handle",),
        base_url="optional",
        limits=("max_characters", "max_bytes"),
        place=("base_url", "handle"),
    ),
    "mastodon": AccountKeys(
        secrets=("access_token",),
        base_url="required",
        limits=("max_characters", "characters_reserved_per_url"),
        place=("base_url",),
    ),
    "outbox": AccountKeys(
        plain=("like", "folder"),
        optional=("like", "folder"),
        limits=("max_characters", "max_bytes", "characters_reserved_per_url"),
        place=("folder",),
    ),
    "webhook": AccountKeys(
        secrets=("url", "signing_secret"),
        plain=("if_unsure",),
        optional=("signing_secret", "if_unsure"),
        place=("url",),
    ),
    "x": AccountKeys(
        secrets=("consumer_key", "consumer_secret", "access_token", "access_token_secret"),
        base_url="optional",
        limits=("max_characters", "characters_reserved_per_url"),
    ),
}


def adapter_for(account: Account, workspace: Path, timeout_seconds: float) -> Adapter:
    """Makes the adapter of one account; nothing is opened and no secret is read before its first call.

    timeout_seconds: of one HTTP call. Raises ConfigError for a setting that the platform cannot have.
    """
    module, _, name = PLATFORMS[account.platform].partition(":")
    adapter: Adapter = getattr(import_module(module), name)(account, workspace, timeout_seconds)
    return adapter


def place_of(account: Account) -> str:
    """Says where an account's calls go: "mastodon (base_url https://social.example)". Of a secret it says where that is kept.

    X has one server, and an account there is known by its secrets alone.
    """
    secrets = {name: secret.reference for name, secret in account.secrets.items()}
    said = {"base_url": account.base_url, **account.settings, **secrets}
    keys = [f"{key} {said[key]}" for key in ACCOUNT_KEYS[account.platform].place if said.get(key)]
    return f"{account.platform} ({', '.join(keys)})" if keys else account.platform
