"""A proxy on loopback that can lose answers: the server behind it has done its work, and the client never hears of it."""

from typing import Any

import aiohttp
from aiohttp import web

_OF_ONE_CONNECTION = {"transfer-encoding", "content-encoding", "content-length", "connection", "keep-alive"}


class LosingProxy:
    """Forwards all calls to `upstream`; `lose("/path")` loses the answer of the next call whose path contains that."""

    def __init__(self, upstream: str) -> None:
        self.upstream = upstream
        self.lost: list[int] = []
        self._to_lose: list[str] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    def lose(self, path: str) -> None:
        self._to_lose.append(path)

    async def start(self) -> None:
        application = web.Application()
        application.router.add_route("*", "/{path:.*}", self._forward)
        self._session = aiohttp.ClientSession()
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()

    async def stop(self) -> None:
        await self._runner.cleanup()
        await self._session.close()

    async def _forward(self, request: web.Request) -> web.StreamResponse:
        async with self._session.request(
            request.method,
            self.upstream + request.path_qs,
            headers=_forwarded(request.headers),
            data=await request.read(),
            allow_redirects=False,
        ) as answer:
            body = await answer.read()
        for path in self._to_lose:
            if path in request.path and request.transport is not None:
                self._to_lose.remove(path)
                self.lost.append(answer.status)
                request.transport.abort()
                break
        return web.Response(status=answer.status, headers=_forwarded(answer.headers), body=body)


def _forwarded(headers: Any) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name.lower() not in _OF_ONE_CONNECTION}
