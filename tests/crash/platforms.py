"""Platforms in this process that lose answers, hang and stumble over each call as the test says."""

import asyncio
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

from aiohttp import web

from tests.servers.fake_platforms import POSTING_PATHS, FakePlatforms, posts, serve

_NAME = re.compile(rb"\bpost [0-9]+(?:, part [0-9]+)?\b")


@dataclass(frozen=True, slots=True)
class Call:
    """One call as the server saw it come. name: "post 7, part 1" of the text that it wants out, "" when it posts nothing;
    nth: how often this name was called before, and this time; at: seconds since 1970."""

    platform: str
    method: str
    path: str
    name: str
    nth: int
    at: float
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Trouble:
    """What comes of one call.

    takes: the platform does what it is asked; after: seconds until then, and it does so whether or not anybody still
    waits; early: it answers before that; ends: how it answers; status, headers: of an answer that is not its own.
    """

    takes: bool = True
    after: float = 0.0
    early: bool = False
    ends: Literal["answer", "cut", "half", "hang"] = "answer"
    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)


FINE = Trouble()


def name_in(body: bytes) -> str:
    """Returns "post 7, part 1" where such a text is in it, else ""."""
    found = _NAME.search(body)
    return found[0].decode() if found else ""


class TroubledPlatforms(FakePlatforms):
    """The fake platforms, each of whose calls comes to what `trouble_of` says.

    seen: every call, in the order of their coming. when_seen: told of each call before anything comes of it. at_rest: set
    while nothing that they were asked for is still to be done, also when nobody waits for it any more.
    """

    def __init__(self, trouble_of: Callable[[Call], Trouble] = lambda _: FINE, **options: Any) -> None:
        super().__init__(**options)
        self.trouble_of = trouble_of
        self.when_seen: Callable[[Call], None] = lambda _: None
        self.seen: list[Call] = []
        self._names: Counter[tuple[str, str]] = Counter()
        self.at_rest = threading.Event()
        self.at_rest.set()
        self._under_way: set[asyncio.Task[web.StreamResponse]] = set()

    def application(self) -> web.Application:
        application = super().application()
        application.middlewares.insert(0, self._with_troubles)
        return application

    @property
    def posting(self) -> list[Call]:
        """The calls that wanted a post out."""
        return [call for call in list(self.seen) if call.name]

    @web.middleware
    async def _with_troubles(self, request: web.Request, handler: Any) -> web.StreamResponse:
        call = self._see(request, await request.read())
        trouble = self.trouble_of(call)
        self.when_seen(call)
        # A real platform goes on when the caller has died: its work is a task of its own.
        work = asyncio.create_task(self._take(trouble, request, handler))
        self.at_rest.clear()
        self._under_way.add(work)
        work.add_done_callback(self._is_done)
        own = None if trouble.early else await asyncio.shield(work)
        if trouble.ends == "hang":
            await asyncio.Event().wait()
        if trouble.ends == "half":
            return await _half_an_answer(request)
        if trouble.ends == "cut" and request.transport is not None:
            request.transport.abort()
        if trouble.status is not None:
            return web.json_response({"error": "in trouble"}, status=trouble.status, headers=trouble.headers)
        return own or web.Response()

    def _see(self, request: web.Request, body: bytes) -> Call:
        platform = next((name for name, path in POSTING_PATHS.items() if request.path.startswith(path)), "")
        name = name_in(body) if request.method == "POST" and posts(request.path) else ""
        self._names[platform, name] += 1
        call = Call(platform, request.method, request.path, name, self._names[platform, name], time.time(), body)
        self.seen.append(call)
        return call

    def _is_done(self, work: asyncio.Task[web.StreamResponse]) -> None:
        self._under_way.discard(work)
        if not self._under_way:
            self.at_rest.set()

    async def _take(self, trouble: Trouble, request: web.Request, handler: Any) -> web.StreamResponse:
        await asyncio.sleep(trouble.after)
        response: web.StreamResponse = await handler(request) if trouble.takes else web.Response()
        return response


async def _half_an_answer(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Length": "1000", "Content-Type": "application/json"})
    await response.prepare(request)
    await response.write(b'{"id": "1')
    if request.transport is not None:
        request.transport.close()
    return response


@contextmanager
def served(fake: FakePlatforms) -> Iterator[str]:
    """Serves on loopback from a thread; yields the address."""
    with loop_in_thread() as loop:
        runner, port = asyncio.run_coroutine_threadsafe(serve(fake), loop).result()
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result()


@contextmanager
def loop_in_thread() -> Iterator[asyncio.AbstractEventLoop]:
    """Runs an event loop beside the test; what still runs on it at the end is cancelled."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="servers")
    thread.start()
    try:
        yield loop
    finally:
        asyncio.run_coroutine_threadsafe(_cancel_all(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _cancel_all() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
