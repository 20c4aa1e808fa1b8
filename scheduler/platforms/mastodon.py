"""Mastodon, and what speaks its API: posts with an Idempotency-Key, counts links as 23 characters."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from random import Random

from scheduler.config import Account
from scheduler.errors import CredentialsRefused, PublishError
from scheduler.platforms.connection import Answer, Connection
from scheduler.platforms.contract import Length, Payload, Receipt
from scheduler.platforms.counting import URL_CHARACTERS, mastodon_length
from scheduler.platforms.credentials import bearer, reveal
from scheduler.platforms.message import Message
from scheduler.platforms.uuids import uuid_at
from scheduler.platforms.verdicts import failure_of, posting_nothing, retry_time

MAX_CHARACTERS = 500

# What a 403 says when it is about the token or the account and not about this text.
_ABOUT_ACCOUNT = re.compile(r"\b(scope|suspended|disabled|login|pending|moved|confirm)", re.IGNORECASE)


class Mastodon:
    """One identity on one Mastodon server, by an access token with write:statuses."""

    platform = "mastodon"
    looks_like = "mastodon"

    def __init__(self, account: Account, _workspace: Path, timeout_seconds: float) -> None:
        self._account = account
        self._connection = Connection(account.base_url or "", timeout_seconds)
        self._authorization: dict[str, str] | None = None

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

    async def get_ready(self) -> None:
        pass

    async def send(self, payload: Payload) -> Receipt:
        """Posts once. Mastodon itself answers a repeated key with the first status for an hour; others post again."""
        headers = {**self._bearer(), **payload.headers}
        answer = await self._connection.call(payload.method, payload.path, body=payload.body, headers=headers)
        fields = answer.fields()
        status_id, url = fields.get("id"), fields.get("url") or fields.get("uri")
        if answer.is_success and isinstance(status_id, str) and status_id:
            return Receipt(status_id, url if isinstance(url, str) else None, {"id": status_id})
        raise self._failure(answer)

    async def check_login(self) -> str:
        with posting_nothing():
            path = "/api/v1/accounts/verify_credentials"
            answer = await self._connection.call("GET", path, headers=self._bearer())
            name = answer.fields().get("acct")
            if answer.is_success and isinstance(name, str):
                return f"@{name}"
            raise self._failure(answer)

    def warm_up(self) -> None:
        self._connection.warm_up()

    async def close(self) -> None:
        await self._connection.close()

    def _bearer(self) -> dict[str, str]:
        if self._authorization is None:
            self._authorization = bearer(reveal(self._account, "access_token"))
        return self._authorization

    def _failure(self, answer: Answer) -> PublishError:
        fields = answer.fields()
        said = str(fields.get("error_description") or fields.get("error") or "")
        failure = failure_of(
            answer,
            "Mastodon",
            said,
            retry_at=retry_time(answer, "x-ratelimit-reset", datetime.now(UTC)),
            about_account=answer.status == HTTPStatus.FORBIDDEN and _ABOUT_ACCOUNT.search(said) is not None,
        )
        if isinstance(failure, CredentialsRefused):
            self._authorization = None  # read anew next time: somebody may have mended it by then
        return failure
