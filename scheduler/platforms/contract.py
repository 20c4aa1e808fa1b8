"""What an adapter is to the rest of the house: it counts, builds payloads, sends them, and chooses keys."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any, Protocol

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


@dataclass(frozen=True, slots=True)
class Payload:
    """The exact request that puts one part out, without credentials.

    key: what makes the call repeatable (idempotency key, record key), chosen before the call.
    body: JSON-serialisable; `headers` only those that belong to the post, never Authorization.
    """

    method: str
    path: str
    key: str
    body: Mapping[str, Any]
    headers: Mapping[str, str]


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

    def new_key(self, now: datetime, random: Random) -> str:
        """Chooses a key for one part; `now` is aware. The same key sent again must not make a second post where the
        platform honours keys."""
        ...

    def payload(self, message: Message, key: str, earlier: Sequence[Receipt] = ()) -> Payload:
        """Builds the request for the next part: the one with index `len(earlier)`. Pure: no clock, network, chance."""
        ...

    async def send(self, payload: Payload) -> Receipt:
        """Sends it once, never retries.

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
