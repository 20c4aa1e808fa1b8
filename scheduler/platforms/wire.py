"""What a connection puts into aiohttp, to know when bytes leave; imported when a connection is opened, with aiohttp."""

import aiohttp
from aiohttp.abc import AbstractStreamWriter

from scheduler.faultpoints import reached


class JsonBody(aiohttp.BytesPayload):
    """A request's body, which is JSON. aiohttp holds the headers back until the body is written: before, nothing has left.

    has_begun: the request may have left.
    """

    def __init__(self, written: bytes, posts: bool) -> None:
        super().__init__(written, content_type="application/json")
        self._posts = posts
        self.has_begun = False

    async def write_with_length(self, writer: AbstractStreamWriter, content_length: int | None) -> None:
        self.has_begun = True
        await super().write_with_length(writer, content_length)
        if self._posts:
            reached("request-sent")  # the headers went with it
