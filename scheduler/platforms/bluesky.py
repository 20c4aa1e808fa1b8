"""Bluesky: posts by putRecord under a record key of our own, so that a repeat is never a second post."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

from scheduler.config import Account
from scheduler.platforms.contract import Length, Payload, Receipt
from scheduler.platforms.counting import byte_length, grapheme_length, spoken_text
from scheduler.platforms.facets import facets_of
from scheduler.platforms.message import Message
from scheduler.platforms.tid import make_tid, microseconds_of, time_of_tid

MAX_CHARACTERS = 300
MAX_BYTES = 3000
DEFAULT_BASE_URL = "https://bsky.social"

_COLLECTION = "app.bsky.feed.post"


class Bluesky:
    """One identity on Bluesky, by its handle and an app password."""

    platform = "bluesky"
    looks_like = "bluesky"

    def __init__(self, account: Account, workspace: Path, timeout_seconds: float) -> None:
        self._account = account
        self._handle = account.settings.get("handle", account.name).removeprefix("@")
        self._timeout_seconds = timeout_seconds
        self._last_microseconds = 0

    def __repr__(self) -> str:
        return f"Bluesky({self._account.name!r})"

    def lengths(self, message: Message, part: int) -> Sequence[Length]:
        """Returns graphemes, then UTF-8 bytes: both limit a post (lexicon app.bsky.feed.post)."""
        text, limits = spoken_text(message, part), self._account.limits
        return (
            Length(grapheme_length(text), limits.get("max_characters", MAX_CHARACTERS)),
            Length(byte_length(text), limits.get("max_bytes", MAX_BYTES), "bytes"),
        )

    def new_key(self, now: datetime, random: Random) -> str:
        """Chooses a record key that carries the time; each is later than the one before, however many at one `now`."""
        self._last_microseconds = max(microseconds_of(now), self._last_microseconds + 1)
        return make_tid(self._last_microseconds, random.getrandbits(10))

    def payload(self, message: Message, key: str, earlier: Sequence[Receipt] = ()) -> Payload:
        """Builds a putRecord whose record depends on the key alone, its time too: a repeat is the same record.

        `swapRecord: null` means "only if there is none". Mentions are by handle here and by did when it is sent.
        """
        text = spoken_text(message, len(earlier))
        record: dict[str, Any] = {
            "$type": _COLLECTION,
            "text": text,
            "createdAt": time_of_tid(key).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "langs": [message.language],
        }
        if facets := facets_of(text):
            record["facets"] = facets
        if earlier:
            record["reply"] = {"root": _reference(earlier[0]), "parent": _reference(earlier[-1])}
        body = {"repo": self._handle, "collection": _COLLECTION, "rkey": key, "record": record, "swapRecord": None}
        return Payload(method="POST", path="/xrpc/com.atproto.repo.putRecord", key=key, body=body, headers={})


def _reference(receipt: Receipt) -> dict[str, str]:
    reply_to = receipt.reply_to or {}
    return {"uri": reply_to["uri"], "cid": reply_to["cid"]}
