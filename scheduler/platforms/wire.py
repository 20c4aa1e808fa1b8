"""What a connection puts into aiohttp, to know when bytes leave; imported when a connection is opened, with aiohttp."""

import json
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any, Protocol

import aiohttp
from aiohttp.abc import AbstractStreamWriter

from scheduler.faultpoints import reached


class Progress(Protocol):
    """How far one call has come."""

    connecting: bool
    connected: bool


class Connector(aiohttp.TCPConnector):
    """Notes when a call begins to connect and when it has its connection: no byte of its request leaves in between.

    A call that never passes here is not known to have sent nothing. Tracing, aiohttp's own way to follow a call, costs a
    third of the whole call.
    """

    def __init__(self, progress: ContextVar[Any], **settings: Any) -> None:
        super().__init__(**settings)
        self._progress = progress

    async def connect(self, *arguments: Any, **settings: Any) -> Any:
        progress: Progress = self._progress.get()
        progress.connecting = True
        connection = await super().connect(*arguments, **settings)
        progress.connected = True
        return connection


class JsonBody(aiohttp.BytesPayload):
    """A request's body: JSON, written once."""

    def __init__(self, body: Mapping[str, Any] | bytes, posts: bool) -> None:
        written = body if isinstance(body, bytes) else json.dumps(body).encode()
        super().__init__(written, content_type="application/json")
        self._posts = posts

    async def write_with_length(self, writer: AbstractStreamWriter, content_length: int | None) -> None:
        await super().write_with_length(writer, content_length)
        if self._posts:
            reached("request-sent")  # the headers went with it
