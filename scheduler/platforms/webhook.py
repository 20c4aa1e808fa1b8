"""A webhook: posts to any address as signed JSON, by the rules of Standard Webhooks. https://www.standardwebhooks.com"""

import binascii
import hmac
import re
import time
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from random import Random
from typing import Any

from scheduler.config import Account
from scheduler.errors import ConfigError, CredentialsRefused, PostRefused, PublishError
from scheduler.platforms import place_of
from scheduler.platforms.answer import Answer
from scheduler.platforms.connection import Connection
from scheduler.platforms.contract import Doubt, Finding, Length, Payload, Receipt, Verdict
from scheduler.platforms.counting import grapheme_length
from scheduler.platforms.credentials import reveal, reveal_address
from scheduler.platforms.message import Message
from scheduler.platforms.uuids import uuid_at
from scheduler.platforms.verdicts import failure_of, printable, retry_time

MAX_CHARACTERS = 5000

_IN_BASE64 = "whsec_"
_IF_UNSURE = ("ask", "repeat")
_NO_WAY_TO_KNOW = (
    "a webhook cannot be asked: look where it leads to; where its receiver keeps the ids that it has taken, "
    'if_unsure = "repeat" asks nobody the next time'
)

_MAY_NOT_GO_AGAIN = "a webhook cannot be asked, and it may not go out again: look where it leads to"

# What plain words say of something that went wrong ("delivery failed with error"), and not of nothing that did ("0 failed").
_WENT_WRONG = re.compile(
    r"(?<!\bno )(?<!\b0 )(?<!\bwithout )"
    r"(?:\berrors?(?![a-z])|(?-i:[a-z]Errors?(?![a-z]))|\bfail(?:s|ed|ures?)?(?![a-z]))",  # "InternalError", but no "terror"
    re.IGNORECASE,
)
_FAILED = ("error", "fail", "failed", "failure")
_MAY_COMPLAIN = frozenset({"error", "errors", "ok", "success", "status"})


@dataclass(frozen=True, slots=True)
class _Receiver:
    """Where the posts go: in words, the way to the server, the rest of the address, and the key that signs, if any."""

    place: str | None
    connection: Connection
    path: str = field(repr=False)
    signing_key: bytes | None = field(repr=False)


class Webhook:
    """One receiver, by its address, and by a secret that it can check signatures with."""

    platform = "webhook"
    looks_like = "webhook"
    finds_by_words = False

    def __init__(self, account: Account, _workspace: Path, timeout_seconds: float) -> None:
        self._account = account
        self._may_repeat = _if_unsure(account) == "repeat"
        self._timeout_seconds = timeout_seconds
        self._connections: dict[str, Connection] = {}
        self._receiver: _Receiver | None = None

    def __repr__(self) -> str:
        return f"Webhook({self._account.name!r})"

    @property
    def place(self) -> str | None:
        """Where the posts go, in words; None until the address is read, for the first time or after it was refused."""
        return self._receiver.place if self._receiver is not None else None

    def lengths(self, message: Message, part: int) -> Sequence[Length]:
        """Returns characters as a reader sees them."""
        used = grapheme_length(message.parts[part].text)
        return (Length(used, self._account.limits.get("max_characters", MAX_CHARACTERS)),)

    def new_key(self, now: datetime, random: Random) -> str:
        """Chooses the id by which the receiver knows a post that comes again."""
        return uuid_at(now, random)

    def payload(self, message: Message, key: str, earlier: Sequence[Receipt] = ()) -> Payload:
        """Builds the JSON; the address and the signature are added when it is sent: one is a secret, one holds the time."""
        body: dict[str, object] = {"id": key, "text": message.parts[len(earlier)].text, "language": message.language}
        if message.content_warning:
            body["content_warning"] = message.content_warning
        if earlier:
            body["in_reply_to"] = earlier[-1].platform_id
        headers = {"webhook-id": key, "Idempotency-Key": key}
        return Payload(method="POST", path="", key=key, body=body, headers=headers)

    async def get_ready(self, payload: Payload) -> None:  # noqa: ARG002 (any post takes the same way)
        await self._known_receiver().connection.get_ready()

    async def send(self, payload: Payload) -> Receipt:
        """Posts once. A 2xx says that the receiver has it, unless it speaks of an error as well; it may name the post."""
        receiver = self._known_receiver()
        headers = {**payload.headers, "webhook-timestamp": (timestamp := str(int(time.time())))}
        if receiver.signing_key is not None:
            headers["webhook-signature"] = signature(receiver.signing_key, payload.key, timestamp, payload.content)
        answer = await receiver.connection.call(
            payload.method, receiver.path, body=payload.content, headers=headers, posts=True
        )
        if answer.is_success and answer.whole:
            fields = answer.fields()
            if not _complains(answer, fields, payload):
                return _receipt(fields, payload.key)
        raise self._failure(answer, receiver)

    async def find(
        self,
        doubts: Sequence[Doubt],
        taken: Callable[[str], bool],  # noqa: ARG002 (nobody is asked)
    ) -> Sequence[Finding]:
        """Says what the account's `if_unsure` says: whether the receiver knows a post that comes again is its contract."""
        if not self._may_repeat:
            return [Finding(Verdict.UNANSWERED, detail=_NO_WAY_TO_KNOW) for _ in doubts]
        ended = Finding(Verdict.UNANSWERED, detail=_MAY_NOT_GO_AGAIN)
        return [Finding(Verdict.REPEATABLE) if doubt.may_repeat else ended for doubt in doubts]

    async def check_login(self) -> str:
        """Returns the receiver's server when address and secret can be read; a webhook can be asked nothing."""
        server = self._known_receiver().connection.base_url
        return f"{server} (address and secret are there; a webhook cannot be tested without posting)"

    def warm_up(self) -> None:
        Connection.warm_up()

    async def close(self) -> None:
        connections, self._connections = self._connections, {}
        self._receiver = None
        for connection in connections.values():
            await connection.close()

    def _known_receiver(self) -> _Receiver:
        if self._receiver is None:
            self._receiver = self._read_receiver()
        return self._receiver

    def _read_receiver(self) -> _Receiver:
        address = reveal_address(self._account, "url")
        server = f"{address.scheme}://{address.netloc}"
        path = f"{address.path}?{address.query}".removesuffix("?")
        key = (
            _signing_key(reveal(self._account, "signing_secret")) if "signing_secret" in self._account.secrets else None
        )
        connection = self._connections.setdefault(server, Connection(server, self._timeout_seconds))
        return _Receiver(place_of(self._account, {"url": address}), connection, path, key)

    def _failure(self, answer: Answer, receiver: _Receiver) -> PublishError:
        fields = answer.fields()
        said = next((said for key in ("error", "message", "detail") if isinstance(said := fields.get(key), str)), "")
        said = said or (_plain_words(answer) if answer.is_success else "")
        if answer.status == HTTPStatus.GONE:
            words = f": {printable(said)}" if said else ""
            return PostRefused(f"the receiver wants no more posts (410){words}; take the account out of the campaigns")
        retry_at = retry_time(answer, "retry-after", datetime.now(UTC))
        failure = failure_of(answer, receiver.connection.base_url, said, retry_at=retry_at)
        if isinstance(failure, CredentialsRefused):
            self._receiver = None  # read anew next time: somebody may have mended it by then
        return failure


def signature(key: bytes, webhook_id: str, timestamp: str, body: bytes) -> str:
    """Returns what a receiver compares: HMAC-SHA256 over id, seconds since 1970 and body, as Standard Webhooks has it."""
    digest = hmac.digest(key, f"{webhook_id}.{timestamp}.".encode() + body, "sha256")
    return f"v1,{b64encode(digest).decode()}"


def _signing_key(secret: str) -> bytes:
    if not secret.startswith(_IN_BASE64):
        return secret.encode()
    try:
        return b64decode(secret.removeprefix(_IN_BASE64), validate=True)
    except binascii.Error:
        raise CredentialsRefused(f"the signing secret is not base64 after {_IN_BASE64}; was it copied whole?") from None


def _if_unsure(account: Account) -> str:
    chosen = account.settings.get("if_unsure", _IF_UNSURE[0])
    if chosen not in _IF_UNSURE:
        expected = " or ".join(f'"{each}"' for each in _IF_UNSURE)
        raise ConfigError(f'account "{account.name}": expected if_unsure to be {expected}, found "{chosen}"')
    return chosen


def _complains(answer: Answer, fields: Mapping[str, Any], payload: Payload) -> bool:
    """Tells whether an answer names no post and says that something went wrong: many a chat server does so with a 200.

    What only gives our own id back, or that of a call (JSON-RPC), names no post.
    """
    if not fields:
        return bool(_WENT_WRONG.search(_plain_words(answer).replace(str(payload.body["text"]), "")))
    if _MAY_COMPLAIN.isdisjoint(fields):
        return False
    is_wrong = (
        any(fields.get(key) for key in ("error", "errors"))
        or any(fields.get(key) in (False, "false") for key in ("ok", "success"))
        or str(fields.get("status")).lower() in _FAILED
    )
    return is_wrong and ("jsonrpc" in fields or _named(fields) in (None, payload.key))


def _plain_words(answer: Answer) -> str:
    """Returns what is neither JSON nor a page, as words; "" for these."""
    words = answer.body.decode(errors="replace").strip()
    return "" if words.startswith(("{", "[", "<")) else words


def _receipt(fields: Mapping[str, Any], key: str) -> Receipt:
    platform_id, url = _named(fields) or key, fields.get("url")
    return Receipt(platform_id, url if isinstance(url, str) and _is_web_address(url) else None, {"id": platform_id})


def _named(fields: Mapping[str, Any]) -> str | None:
    """Returns the receiver's name for the post; None where it gives none: a name is text."""
    named = fields.get("id")
    return named if isinstance(named, str) and named else None


def _is_web_address(url: str) -> bool:
    return url.startswith(("https://", "http://")) and url.isprintable() and " " not in url
