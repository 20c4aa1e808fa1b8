"""X: posts through tweepy's async client, counts as twitter-text does."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from random import Random

from scheduler.config import Account
from scheduler.platforms.contract import Length, Payload, Receipt
from scheduler.platforms.counting import URL_CHARACTERS, spoken_text, weighted_length
from scheduler.platforms.message import Message
from scheduler.platforms.uuids import uuid_at

MAX_CHARACTERS = 280


class X:
    """One identity on X, by OAuth 1.0a with the four secrets of its app and user."""

    platform = "x"
    looks_like = "x"

    def __init__(self, account: Account, workspace: Path, timeout_seconds: float) -> None:
        self._account = account
        self._timeout_seconds = timeout_seconds

    def __repr__(self) -> str:
        return f"X({self._account.name!r})"

    def lengths(self, message: Message, part: int) -> Sequence[Length]:
        """Returns the weighted length; an account with long posts has its own `max_characters`."""
        limits = self._account.limits
        url_characters = limits.get("characters_reserved_per_url", URL_CHARACTERS)
        used = weighted_length(spoken_text(message, part), url_characters)
        return (Length(used, limits.get("max_characters", MAX_CHARACTERS)),)

    def new_key(self, now: datetime, random: Random) -> str:
        """Chooses a name for the attempt; X honours no keys, so it is never sent."""
        return uuid_at(now, random)

    def payload(self, message: Message, key: str, earlier: Sequence[Receipt] = ()) -> Payload:
        """Builds a post, in a thread the reply to the part before it. https://docs.x.com/x-api/posts/create-post"""
        body: dict[str, object] = {"text": spoken_text(message, len(earlier))}
        if earlier:
            body["reply"] = {"in_reply_to_tweet_id": earlier[-1].platform_id}
        return Payload(method="POST", path="/2/tweets", key=key, body=body, headers={})
