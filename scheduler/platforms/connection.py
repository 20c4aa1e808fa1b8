"""One HTTP call and what was read of its answer, sure of one thing: whether the request can have left this machine."""

import asyncio
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from scheduler.config import redact
from scheduler.errors import OutcomeUnknown, TemporaryFailure
from scheduler.faultpoints import reached
from scheduler.platforms.answer import Answer, fit

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Connection:
    """The way to one server; opened at the first call, shared by all calls, given back by `close`.

    base_url: without a slash at its end; timeout_seconds: of one call from start to end.
    """

    base_url: str
    timeout_seconds: float
    _server: Any = field(default=None, repr=False)

    async def get_ready(self) -> None:
        """Opens the way that the next call takes, so that nothing lies between its beginning and its first byte.

        Raises TemporaryFailure; nothing else.
        """
        try:
            await (self._server or self._open()).get_ready()
        except Exception as error:
            raise self._out_of_reach(error) from error

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
        ends_at = asyncio.get_running_loop().time() + self.timeout_seconds
        try:
            server = self._server or self._open()
            written = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
            request = server.request(method, path, headers, written)
            wire = await server.way()
        except Exception as error:
            raise self._out_of_reach(error) from error
        try:
            answer: Answer = await server.call(wire, request, ends_at, posts=posts)
        except Exception as error:  # whatever it was, bytes may have left
            lost = f"{self.base_url} got the request, but its answer was lost: {self._reason(error)}"
            raise OutcomeUnknown(lost) from error
        if posts:
            reached("answer-read")
        if _log.isEnabledFor(logging.DEBUG):  # a webhook's path may be a secret
            _log.debug("%s %s%s: %s", method, self.base_url, redact(path), answer.status)
        return answer

    @staticmethod
    def warm_up() -> None:
        from scheduler.platforms.server import tls_context  # what opens sockets, better spent before the first call

        tls_context()

    async def close(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            await server.close()

    def _open(self) -> Any:
        from scheduler.platforms.server import Server

        self._server = Server(self.base_url, self.timeout_seconds)
        return self._server

    def _out_of_reach(self, error: Exception) -> TemporaryFailure:
        through = f" through the proxy {proxy}" if self._server and (proxy := self._server.proxy) else ""
        return TemporaryFailure(f"{self.base_url} cannot be reached{through}: {self._reason(error)}")

    def _reason(self, error: Exception) -> str:
        if isinstance(error, TimeoutError):
            return f"no answer within {self.timeout_seconds:g} s"
        return str(fit(redact(str(error)))) or type(error).__name__
