"""Where posts go: one module for each platform, and the registry that names them all."""

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from scheduler.config import Account, AccountKeys
from scheduler.errors import CredentialsRefused
from scheduler.platforms.contract import Adapter

if TYPE_CHECKING:
    from urllib.parse import SplitResult

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
    """Makes the adapter of one account; nothing is opened, and it reads no secret before its first call.

    timeout_seconds: of one HTTP call. Raises ConfigError for a setting that the platform cannot have.
    """
    module, _, name = PLATFORMS[account.platform].partition(":")
    adapter: Adapter = getattr(import_module(module), name)(account, workspace, timeout_seconds)
    return adapter


def place_of(account: Account, known: "Mapping[str, SplitResult] | None" = None) -> str | None:
    """Says where an account's calls go: "mastodon (base_url https://social.example)"; None where it cannot be known now.

    Of an address that is a secret it says where that is kept, the server, and a mark by which another address is noticed:
    "webhook (url env:HOOK: hooks.example, mark 5f0c12ab)". It is read for that, unless it is `known`. X has one server, and
    an account there is known by its secrets alone.
    """
    said = {"base_url": account.base_url, **account.settings}
    keys = ACCOUNT_KEYS[account.platform].place
    try:
        said |= {key: _place_of_secret(account, key, known or {}) for key in keys if key in account.secrets}
    except CredentialsRefused:
        return None
    named = [f"{key} {said[key]}" for key in keys if said.get(key)]
    return f"{account.platform} ({', '.join(named)})" if named else account.platform


def _place_of_secret(account: Account, key: str, known: "Mapping[str, SplitResult]") -> str:
    from scheduler.platforms.credentials import mark_of, reveal_address

    address = known[key] if key in known else reveal_address(account, key)
    return f"{account.secrets[key].reference}: {address.netloc}, mark {mark_of(address)}"
