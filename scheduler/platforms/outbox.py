"""The outbox: writes what would go out into a folder, in the form of the platform that it stands in for."""

import asyncio
import hashlib
import json
import os
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

from scheduler.config import Account
from scheduler.errors import ConfigError, TemporaryFailure
from scheduler.faultpoints import reached
from scheduler.platforms.bluesky import Bluesky
from scheduler.platforms.contract import Adapter, Doubt, Finding, Length, Payload, Receipt, Verdict
from scheduler.platforms.counting import grapheme_length
from scheduler.platforms.mastodon import Mastodon
from scheduler.platforms.message import Message
from scheduler.platforms.webhook import Webhook
from scheduler.platforms.x import X

MAX_CHARACTERS = 5000
DEFAULT_FOLDER = "outbox"

_STANDS_IN_FOR: dict[str, Callable[[Account, Path, float], Adapter]] = {
    "bluesky": Bluesky,
    "mastodon": Mastodon,
    "webhook": Webhook,
    "x": X,
}


class Outbox:
    """A folder that looks like an account: `like` names the platform whose counting and requests it takes on."""

    platform = "outbox"
    finds_by_words = False
    place = None

    def __init__(self, account: Account, workspace: Path, timeout_seconds: float) -> None:
        like = account.settings.get("like")
        if like is not None and like not in _STANDS_IN_FOR:
            known = ", ".join(f'"{name}"' for name in _STANDS_IN_FOR)
            raise ConfigError(f'account "{account.name}": an outbox can be like {known}, not "{like}"')
        self._account = account
        self._model = _STANDS_IN_FOR[like](account, workspace, timeout_seconds) if like else None
        self._folder = (workspace / account.settings.get("folder", DEFAULT_FOLDER) / account.name).absolute()

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

    async def get_ready(self, payload: Payload) -> None:
        pass

    async def send(self, payload: Payload) -> Receipt:
        """Writes the request as one JSON file named by its key; the same key again leaves the first file as it is."""
        await self._on_disk(_write_once, self._file(payload), self._text(payload))
        return self._receipt(payload)

    async def check_login(self) -> str:
        """Returns the folder, after having written to it and taken that away again."""
        await self._on_disk(_check_writable, self._folder)
        return str(self._folder)

    async def find(
        self,
        doubts: Sequence[Doubt],
        taken: Callable[[str], bool],  # noqa: ARG002 (what has our key is never another post)
    ) -> Sequence[Finding]:
        """Looks for the file that is named by each key: it is there whole or not at all, and never twice."""
        names = [self._file(doubt.payload) for doubt in doubts]
        are_there = await self._on_disk(_which_exist, names)
        return [
            Finding(Verdict.OUT, self._receipt(doubt.payload))
            if is_there
            else Finding(Verdict.REPEATABLE if doubt.may_repeat else Verdict.NOT_SEEN)
            for doubt, is_there in zip(doubts, are_there, strict=True)
        ]

    def warm_up(self) -> None:
        """Needs nothing."""

    async def close(self) -> None:
        """Has nothing to give back: the adapter that it is like was never opened."""

    def _file(self, payload: Payload) -> Path:
        return self._folder / f"{payload.key}.json"

    def _receipt(self, payload: Payload) -> Receipt:
        address = self._file(payload).as_uri()
        digest = hashlib.sha256(self._text(payload).encode()).hexdigest()
        return Receipt(payload.key, address, {"id": payload.key, "uri": address, "cid": digest})

    def _text(self, payload: Payload) -> str:
        written = {
            "account": self._account.name,
            "looks_like": self.looks_like,
            "method": payload.method,
            "path": payload.path,
            "key": payload.key,
            "headers": dict(payload.headers),
            "body": payload.body,
        }
        return json.dumps(written, ensure_ascii=False, indent=2) + "\n"

    async def _on_disk(self, work: Callable[..., Any], *arguments: object) -> Any:
        try:
            return await asyncio.to_thread(work, *arguments)
        except OSError as error:
            raise TemporaryFailure(f"the outbox cannot write to {self._folder}: {error.strerror or error}") from error


def _write_once(path: Path, text: str) -> None:
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    with part.open("w", encoding="utf-8") as file:
        reached("request-sent")
        file.write(text)
        file.flush()
        os.fsync(file.fileno())  # a receipt is given for it
    part.replace(path)  # so that nobody ever reads half a file
    reached("answer-read")


def _which_exist(paths: Sequence[Path]) -> list[bool]:
    return [path.exists() for path in paths]


def _check_writable(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    probe = folder / ".probe"
    probe.touch()
    probe.unlink()
