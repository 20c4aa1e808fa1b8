"""Mastodon, and what speaks its API: posts with an Idempotency-Key, counts links as 23 characters."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from random import Random

from scheduler.config import Account
from scheduler.platforms.contract import Length, Payload, Receipt
from scheduler.platforms.counting import URL_CHARACTERS, mastodon_length
from scheduler.platforms.message import Message
from scheduler.platforms.uuids import uuid_at

MAX_CHARACTERS = 500


class Mastodon:
    """One identity on one Mastodon server, by an access token with write:statuses."""

    platform = "mastodon"
    looks_like = "mastodon"

    def __init__(self, account: Account, workspace: Path, timeout_seconds: float) -> None:
        self._account = account
        self._timeout_seconds = timeout_seconds

    def __repr__(self) -> str:
        return f"Mastodon({self._account.name!r})"

    def lengths(self, message: Message, part: int) -> Sequence[Length]:
        """Returns the length with the content warning, which every part of a thread carries.

        Servers differ: `max_characters` and `characters_reserved_per_url` of /api/v2/instance may be set as limits.
        """
        limits = self._account.limits
        url_characters = limits.get("characters_reserved_per_url", URL_CHARACTERS)
        texts = (message.content_warning or "", message.parts[part].text)
        used = sum(mastodon_length(text, url_characters) for text in texts)
        return (Length(used, limits.get("max_characters", MAX_CHARACTERS)),)

    def new_key(self, now: datetime, random: Random) -> str:
        """Chooses an Idempotency-Key."""
        return uuid_at(now, random)

    def payload(self, message: Message, key: str, earlier: Sequence[Receipt] = ()) -> Payload:
        """Builds a status. https://docs.joinmastodon.org/methods/statuses/#create"""
        body: dict[str, object] = {
            "status": message.parts[len(earlier)].text,
            "language": message.language.partition("-")[0].lower(),  # ISO 639: en-GB would be dropped
        }
        if message.content_warning:
            body["spoiler_text"] = message.content_warning
        if earlier:
            body["in_reply_to_id"] = earlier[-1].platform_id
        headers = {"Idempotency-Key": key}
        return Payload(method="POST", path="/api/v1/statuses", key=key, body=body, headers=headers)
