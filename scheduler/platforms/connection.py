"""One HTTP call and what was read of its answer, sure of one thing: whether the request can have left this machine."""

import json
import logging
import re
from asyncio import CancelledError
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from scheduler.config import redact
from scheduler.errors import OutcomeUnknown, PublishError, TemporaryFailure
from scheduler.faultpoints import reached
from scheduler.platforms.deadlines import Deadline, Deadlines

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
        if not self.whole:
            return None
        try:
            value = json.loads(self.body)
            return _fit(value) if _may_be_unfit(self.body) else value
        except (ValueError, RecursionError):
            return None


@dataclass(slots=True)
class Connection:
    """The way to one server; opened at the first call, shared by all calls, given back by `close`.

    base_url: without a slash at its end; timeout_seconds: of one call from start to end.
    """

    base_url: str
    timeout_seconds: float
    _session: Any = field(default=None, repr=False)
    _deadlines: Any = field(default=None, repr=False)

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
        session = self._session or self._open()
        request = None if body is None else _json_body(body, posts)
        deadline = self._deadlines.begin()
        try:
            # A POST is never sent twice: aiohttp repeats only idempotent methods on a kept connection that was lost.
            response = await session.request(
                method, self.base_url + path, data=request, headers=headers, allow_redirects=False
            )
            try:
                answer = Answer(response.status, response.headers, *await _read(response, deadline))
            finally:
                response.release()  # which closes the connection when there is more to read
        except Exception as error:  # whatever it was, what matters is whether bytes had left
            failure = self._failure(error, _sent_nothing(error, request))
        except CancelledError:
            if not deadline.has_passed():
                raise
            failure = self._failure(TimeoutError(), request is not None and not request.has_begun)
        else:
            if posts:
                reached("answer-read")
            if _log.isEnabledFor(logging.DEBUG):  # a webhook's path may be a secret
                _log.debug("%s %s%s: %s", method, self.base_url, redact(path), answer.status)
            return answer
        finally:
            deadline.end()
        # Raised out here, so that an error which carries the request's headers is not kept as its context.
        raise failure

    @staticmethod
    def warm_up() -> None:
        import scheduler.platforms.wire  # noqa: F401 (aiohttp: a third of a second, better spent before the first call)

    async def close(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            self._deadlines.close()
            await session.close()

    def _open(self) -> Any:
        import aiohttp

        self._deadlines = Deadlines(self.timeout_seconds)
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=_IDLE_SECONDS),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": "Redletter"},
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=None),  # the deadlines are ours
        )
        return self._session

    def _failure(self, error: Exception, sent_nothing: bool) -> PublishError:
        reason = _fit(redact(str(error))) or type(error).__name__
        if isinstance(error, TimeoutError):
            reason = f"no answer within {self.timeout_seconds:g} s"
        failure: PublishError
        if sent_nothing:
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


def _may_be_unfit(body: bytes) -> bool:
    """Returns False for what can hold nothing unfit: plain ASCII in which nothing is written by its number."""
    return not body.isascii() or b"\\u" in body or b"\0" in body


def _json_body(body: Mapping[str, Any] | bytes, posts: bool) -> Any:
    from scheduler.platforms.wire import JsonBody

    return JsonBody(body if isinstance(body, bytes) else json.dumps(body).encode(), posts)


def _sent_nothing(error: Exception, request: Any) -> bool:
    """A request leaves with its body; one that has none is known not to have left only where nobody was there."""
    if request is not None:
        return not request.has_begun
    import aiohttp

    return isinstance(error, aiohttp.ClientConnectorError)


async def _read(response: Any, deadline: Deadline) -> tuple[bytes, bool]:
    import aiohttp

    read = b""
    try:
        while chunk := await response.content.readany():
            read = read + chunk if read else chunk
            if len(read) > MAX_ANSWER_BYTES:
                return read[:MAX_ANSWER_BYTES], False
    except (aiohttp.ClientError, OSError):
        # The status has been read, and is worth more than the rest of the body.
        return read, False
    except CancelledError:
        if not deadline.has_passed():
            raise
        return read, False
    return read, True
