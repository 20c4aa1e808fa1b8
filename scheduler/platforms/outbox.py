"""The outbox: writes what would go out into a folder, in the form of the platform that it stands in for."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from scheduler.config import Account
from scheduler.errors import ConfigError
from scheduler.platforms.bluesky import Bluesky
from scheduler.platforms.contract import Adapter, Length, Payload, Receipt
from scheduler.platforms.counting import grapheme_length
from scheduler.platforms.mastodon import Mastodon
from scheduler.platforms.message import Message
from scheduler.platforms.x import X

MAX_CHARACTERS = 5000
DEFAULT_FOLDER = "outbox"

_STANDS_IN_FOR: dict[str, Callable[[Account, Path, float], Adapter]] = {
    "bluesky": Bluesky,
    "mastodon": Mastodon,
    "x": X,
}


class Outbox:
    """A folder that looks like an account: `like` names the platform whose counting and requests it takes on."""

    platform = "outbox"

    def __init__(self, account: Account, workspace: Path, timeout_seconds: float) -> None:
        like = account.settings.get("like")
        if like is not None and like not in _STANDS_IN_FOR:
            known = ", ".join(f'"{name}"' for name in _STANDS_IN_FOR)
            raise ConfigError(f'account "{account.name}": an outbox can be like {known}, not "{like}"')
        self._account = account
        self._model = _STANDS_IN_FOR[like](account, workspace, timeout_seconds) if like else None
        self._folder = workspace / account.settings.get("folder", DEFAULT_FOLDER) / account.name

    def __repr__(self) -> str:
        return f"Outbox({self._account.name!r})"

    @property
    def looks_like(self) -> str:
        return self._model.platform if self._model else self.platform

    def lengths(self, message: Message, part: int) -> Sequence[Length]:
        """Counts as the platform that it is like; else characters as a reader sees them."""
        if self._model:
            return self._model.lengths(message, part)
        used = grapheme_length(message.parts[part].text)
        return (Length(used, self._account.limits.get("max_characters", MAX_CHARACTERS)),)

    def new_key(self, now: datetime, random: Random) -> str:
        """Chooses the name of the file: by time, or as the platform that it is like names its posts."""
        if self._model:
            return self._model.new_key(now, random)
        return f"{now.astimezone(UTC):%Y%m%dT%H%M%S.%fZ}-{random.getrandbits(64):016x}"

    def payload(self, message: Message, key: str, earlier: Sequence[Receipt] = ()) -> Payload:
        """Builds the request that would go out."""
        if self._model:
            return self._model.payload(message, key, earlier)
        body: dict[str, object] = {"text": message.parts[len(earlier)].text, "language": message.language}
        if message.content_warning:
            body["content_warning"] = message.content_warning
        if earlier:
            body["in_reply_to"] = earlier[-1].platform_id
        return Payload(method="WRITE", path=f"{key}.json", key=key, body=body, headers={})
