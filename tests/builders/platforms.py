"""Builders for tests of platforms: an account with its secrets in files, a message, an adapter."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scheduler.config import Account, Secret
from scheduler.platforms import ACCOUNT_KEYS, adapter_for
from scheduler.platforms.contract import Adapter, Payload, Receipt
from scheduler.platforms.message import Message, Part

HANDLE = "testshire.example"


def make_message(text: str = "Look out for #CEADay27 today.", *more: str, **settings: Any) -> Message:
    """A message of one part, or a thread of several."""
    return Message(parts=tuple(Part(each) for each in (text, *more)), **settings)


def secret_of(platform: str, key: str) -> str:
    """The value that `make_account` gives a secret: told apart from every other word of a log."""
    return f"s3cret-{platform}-{key.replace('_', '-')}-value"


def make_account(
    platform: str,
    folder: Path,
    base_url: str | None = None,
    *,
    secrets: Mapping[str, str] | None = None,
    settings: Mapping[str, str] | None = None,
    limits: Mapping[str, int] | None = None,
) -> Account:
    """An account "force" with a file in `folder` for each secret; `secrets` says what else is in some of them."""
    known = ACCOUNT_KEYS[platform]
    values = {key: secret_of(platform, key) for key in known.secrets}
    if platform == "webhook":
        values["url"] = f"{base_url or 'https://hooks.example'}/hook/{values['url']}"
    values |= dict(secrets or {})
    for key, value in values.items():
        (folder / f"{platform}-{key}").write_text(f"{value}\n", encoding="utf-8")
    return Account(
        name="force",
        platform=platform,
        base_url=base_url,
        secrets={key: Secret(f"file:{folder / f'{platform}-{key}'}", "force", key, folder) for key in values},
        settings=settings if settings is not None else ({"handle": HANDLE} if "handle" in known.plain else {}),
        limits=limits or {},
    )


async def publish(adapter: Adapter, payload: Payload) -> Receipt:
    """Sends as the publisher does: what is needed for one call comes before it."""
    await adapter.get_ready(payload)
    return await adapter.send(payload)


def make_adapter(
    platform: str, folder: Path, base_url: str | None = None, *, timeout: float = 5.0, **account: Any
) -> Any:
    """An adapter for such an account."""
    return adapter_for(make_account(platform, folder, base_url, **account), folder, timeout)
