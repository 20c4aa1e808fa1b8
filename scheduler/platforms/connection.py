"""One HTTP call and what was read of its answer, sure of one thing: whether the request can have left this machine."""

import json
import logging
import re
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from scheduler.config import redact
from scheduler.errors import OutcomeUnknown, PublishError, TemporaryFailure
from scheduler.faultpoints import reached

_log = logging.getLogger(__name__)

# Answers are a few kilobytes; whoever sends more is no platform, and must not fill our memory.
MAX_ANSWER_BYTES = 1_000_000
# Shorter than any server's own: a connection that the server is just closing would swallow a post and leave us unsure.
_IDLE_SECONDS = 3.0
# Half of a character, which JSON can write ("\ud83d"), and NUL: what no UTF-8 and no book can hold.
_UNFIT = re.compile("[\0\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Answer:
    """What was read: status, headers (whose names ignore case), body; `whole` when the body ended as it should."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    whole: bool

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300

    def fields(self) -> dict[str, Any]:
        """Returns the body's JSON object; empty when the body is broken or anything else."""
        value = self._json()
        return value if isinstance(value, dict) else {}

    def items(self) -> list[Any]:
        """Returns the body's JSON list; ValueError when the body is broken or anything else."""
        value = self._json()
        if not isinstance(value, list):
            raise ValueError("not a list")
        return value

    def _json(self) -> Any:
        try:
            return _fit(json.loads(self.body)) if self.whole else None
        except (ValueError, RecursionError):
            return None


@dataclass(slots=True)
class _Progress:
    """How far one call has come; only one that is known to be connecting still can have sent nothing."""

    connecting: bool = False
    connected: bool = False

    @property
    def sent_nothing(self) -> bool:
        return self.connecting and not self.connected


# Of the call that the present task makes: the way from a call to the connector that aiohttp asks for its connection.
_progress: ContextVar[_Progress] = ContextVar("_progress")


@dataclass(slots=True)
class Connection:
    """The way to one server; opened at the first call, shared by all calls, given back by `close`.

    base_url: without a slash at its end; timeout_seconds: of one call from start to end.
    """

    base_url: str
    timeout_seconds: float
    _session: Any = field(default=None, repr=False)
    _body: Any = field(default=None, repr=False)

    async def call(
        self,
        method: str,
        path: str,
        *,
        body: Mapping[str, Any] | bytes | None = None,
        headers: Mapping[str, str],
        posts: bool = False,
    ) -> Answer:
        """Makes one call, once; redirects are answers like others.

        body: JSON, or what it is written as; posts: the call puts a post out, and is not a log-in or a question.
        Raises TemporaryFailure when the request cannot have left, OutcomeUnknown when it may have; nothing else.
        """
        progress = _Progress()
        _progress.set(progress)
        try:
            answer = await self._exchange(method, path, body, headers, posts)
        except Exception as error:  # whatever it was, what matters is whether bytes had left
            failure = self._failure(error, progress)
        else:
            if posts:
                reached("answer-read")
            if _log.isEnabledFor(logging.DEBUG):  # a webhook's path may be a secret
                _log.debug("%s %s%s: %s", method, self.base_url, redact(path), answer.status)
            return answer
        # Raised out here, so that an error which carries the request's headers is not kept as its context.
        raise failure

    @staticmethod
    def warm_up() -> None:
        import scheduler.platforms.wire  # noqa: F401 (aiohttp: a third of a second, better spent before the first call)

    async def close(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def _exchange(
        self, method: str, path: str, body: Mapping[str, Any] | bytes | None, headers: Mapping[str, str], posts: bool
    ) -> Answer:
        session = self._session or self._open()
        # A POST is never sent twice: aiohttp repeats only idempotent methods on a kept connection that was lost.
        async with session.request(
            method,
            self.base_url + path,
            data=None if body is None else self._body(body, posts),
            headers=headers,
            allow_redirects=False,
        ) as response:
            read, whole = await _read(response)
            return Answer(response.status, response.headers, read, whole)

    def _open(self) -> Any:
        import aiohttp

        from scheduler.platforms.wire import Connector, JsonBody

        self._body = JsonBody
        self._session = aiohttp.ClientSession(
            connector=Connector(_progress, limit=0, keepalive_timeout=_IDLE_SECONDS),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": "Redletter"},
            timeout=aiohttp.ClientTimeout(total=self.timeout_seconds),
        )
        return self._session

    def _failure(self, error: Exception, progress: _Progress) -> PublishError:
        reason = _fit(redact(str(error))) or type(error).__name__
        if isinstance(error, TimeoutError):
            reason = f"no answer within {self.timeout_seconds:g} s"
        failure: PublishError
        if progress.sent_nothing:
            failure = TemporaryFailure(f"{self.base_url} cannot be reached: {reason}")
        else:
            failure = OutcomeUnknown(f"{self.base_url} got the request, but its answer was lost: {reason}")
        if not hasattr(error, "request_info"):  # those show the Authorization header in their repr
            failure.__cause__ = error
        return failure


def _fit(value: Any) -> Any:
    """Returns a JSON value, in all of whose strings U+FFFD stands for what could not be kept."""
    match value:
        case str():
            return _UNFIT.sub("\ufffd", value)
        case list():
            return [_fit(each) for each in value]
        case dict():
            return {_fit(key): _fit(each) for key, each in value.items()}
    return value


async def _read(response: Any) -> tuple[bytes, bool]:
    import aiohttp

    read = bytearray()
    try:
        async for chunk in response.content.iter_any():
            read += chunk
            if len(read) > MAX_ANSWER_BYTES:
                response.close()
                return bytes(read[:MAX_ANSWER_BYTES]), False
    except (aiohttp.ClientError, TimeoutError, OSError):
        # The status has been read, and is worth more than the rest of the body.
        return bytes(read), False
    return bytes(read), True
