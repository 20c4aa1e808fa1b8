"""What an adapter is to the rest of the house: it counts, builds payloads, sends them, chooses keys, and looks for what it sent."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from random import Random
from typing import Any, Protocol, runtime_checkable

import orjson

from scheduler.platforms.message import Message


@dataclass(frozen=True, slots=True)
class Length:
    """How long a text is and how long it may be, in the platform's own units (`unit`: "characters", "bytes" …).

    remark: what a reviewer must know about how the platform will show it, so that it has this length; "" mostly.
    """

    used: int
    limit: int
    unit: str = "characters"
    remark: str = ""

    @property
    def fits(self) -> bool:
        return self.used <= self.limit


@dataclass(frozen=True)
class Payload:
    """The exact request that puts one part out, without credentials.

    key: what makes the call repeatable (idempotency key, record key), chosen before the call.
    body: JSON-serialisable; `headers` only those that belong to the post, never Authorization.
    content: the body as it is written, JSON in UTF-8. sha256: of all of it.
    """

    method: str
    path: str
    key: str
    body: Mapping[str, Any]
    headers: Mapping[str, str]

    @cached_property
    def content(self) -> bytes:
        return orjson.dumps(self.body)

    @cached_property
    def sha256(self) -> str:
        head = (self.method, self.path, self.key, *map(": ".join, sorted(self.headers.items())))
        return hashlib.sha256("\n".join(head).encode() + b"\n\n" + self.content).hexdigest()


@dataclass(frozen=True, slots=True)
class Receipt:
    """The platform's own name for what went out (`platform_id`), its public address, and what a reply to it needs."""

    platform_id: str
    url: str | None = None
    reply_to: Mapping[str, str] | None = None


class Counter(Protocol):
    """How a platform counts; pure, and all that drafting needs of an adapter.

    platform: the adapter's name ("x"); looks_like: whose template and card to use: the same, save for an outbox that
    stands in for another platform.
    """

    @property
    def platform(self) -> str: ...

    @property
    def looks_like(self) -> str: ...

    def lengths(self, message: Message, part: int) -> Sequence[Length]:
        """Returns every length that limits this part (Bluesky has two); the first is the one that people know."""
        ...


class Adapter(Counter, Protocol):
    """One identity on one platform.

    Making an adapter is cheap and touches no network: what it needs to talk is imported and opened at the first call.
    """

    @property
    def place(self) -> str | None:
        """Where `send` calls, in the words of `place_of`, of an adapter that reads its address anew once it was refused.

        None until the next `get_ready` has read it; always None where config alone says the address.
        """
        ...

    def new_key(self, now: datetime, random: Random) -> str:
        """Chooses a key for one part; `now` is aware. The same key sent again must not make a second post where the
        platform honours keys."""
        ...

    def payload(self, message: Message, key: str, earlier: Sequence[Receipt] = ()) -> Payload:
        """Builds the request for the next part: the one with index `len(earlier)`. Pure: no clock, network, chance."""
        ...

    async def get_ready(self, payload: Payload) -> None:
        """Does all that `send` needs to be one call for this payload, and to begin at once: logs in, asks whose the
        mentions are, opens the way to the server.

        Raises as `check_login` does.
        """
        ...

    async def send(self, payload: Payload) -> Receipt:
        """Sends it once, never retries: one call, after `get_ready` for the same payload.

        Raises TemporaryFailure, PostRefused, CredentialsRefused, or OutcomeUnknown; nothing else.
        """
        ...

    async def check_login(self) -> str:
        """Returns the identity that the credentials belong to ("@force"); raises as `send` does; posts nothing."""
        ...

    def warm_up(self) -> None:
        """Imports what `send` needs, so that the first post of the day does not wait for it; touches no network."""
        ...

    async def close(self) -> None:
        """Gives back connections; safe to call twice and before the first call."""
        ...


@dataclass(frozen=True, slots=True)
class Doubt:
    """An attempt of which nobody knows what came.

    payload: what it sent, or would have sent. started_at: aware, just before the call. earlier: receipts of the parts
    before it. may_repeat: it may still go out; where it may not, no answer is REPEATABLE.
    """

    payload: Payload
    started_at: datetime
    earlier: Sequence[Receipt] = ()
    may_repeat: bool = True


class Verdict(StrEnum):
    """What the platform says when it is asked about one attempt."""

    OUT = "out"
    REPEATABLE = "repeatable"  # not seen, and the same payload sent again cannot make a second post
    NOT_SEEN = "not seen"  # not there now; one that was slow could still appear
    UNANSWERED = "unanswered"  # this platform or this account gives no way to know
    LATER = "later"  # this question got no answer, others did: it is to be asked again


@dataclass(frozen=True, slots=True)
class Finding:
    """The answer about one doubt. receipt: of what is OUT; detail: for a person, why there is no answer.

    until: of what is REPEATABLE, for how long (aware); None: without an end. ask_at: of what is LATER, from when on it
    may be asked again (aware); None: any time.
    """

    verdict: Verdict
    receipt: Receipt | None = None
    detail: str = ""
    until: datetime | None = None
    ask_at: datetime | None = None


@runtime_checkable
class Inquirer(Adapter, Protocol):
    """An adapter whose platform can be asked whether a post is out: the second, optional protocol.

    finds_by_words: it knows a post by what it says, whatever its key.
    """

    finds_by_words: bool

    async def find(self, doubts: Sequence[Doubt], taken: Callable[[str], bool]) -> Sequence[Finding]:
        """Asks about several attempts of this account at once; returns a finding for each, in their order.

        taken: whether a platform's id belongs to another post of the book already: two posts may have the same words.
        No post is found for two doubts. Logs in by itself, posts nothing.
        Raises TemporaryFailure, when nothing was answered at all, or CredentialsRefused; nothing else.
        """
        ...
