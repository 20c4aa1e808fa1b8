"""A platform that answers at once: minimal HTTP/1.1 in one process, loopback only, that records every post it takes.

Speaks as much of a webhook's receiver, of Mastodon, of Bluesky and of X as putting out a text needs; the text of a post is
its name in the record.
`GET /record` gives {"text": [seconds since the epoch of each acceptance]}.

usage: python -m benchmarks.fast_platform PORT [LATENCY_MS]
"""

import asyncio
import json
import sys
import time
from typing import Any, ClassVar

_SESSION = b'{"did":"did:plc:bench","handle":"bench.example","accessJwt":"access","refreshJwt":"refresh"}'


def _text_of(body: Any) -> str:
    """Returns the text wherever the platform has it: webhook and X, Mastodon, Bluesky."""
    return str(body.get("text") or body.get("status") or body["record"]["text"])


def _reply_to(body: Any, number: int) -> bytes:
    if "record" in body:
        return b'{"uri":"at://did:plc:bench/app.bsky.feed.post/%d","cid":"cid%d"}' % (number, number)
    return b'{"id":"%d","url":"http://localhost/%d","data":{"id":"%d"}}' % (number, number, number)


class Platform(asyncio.Protocol):
    """One connection; requests on it may follow each other."""

    record: ClassVar[dict[str, list[float]]] = {}
    latency: ClassVar[float] = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.buffer = b""

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while (end := self.buffer.find(b"\r\n\r\n")) >= 0:
            head = self.buffer[:end].lower()
            length = 0
            if (at := head.find(b"content-length:")) >= 0:
                length = int(head[at + 15 :].split(b"\r\n")[0])
            if len(self.buffer) < end + 4 + length:
                return
            body = self.buffer[end + 4 : end + 4 + length]
            self.buffer = self.buffer[end + 4 + length :]
            self.answer(head, body)

    def answer(self, head: bytes, body: bytes) -> None:
        if head.startswith(b"get"):
            self.send(json.dumps(self.record).encode())
            return
        if b"session" in head[:80]:
            self.send(_SESSION)
            return
        said = json.loads(body)
        self.record.setdefault(_text_of(said), []).append(time.time())
        reply = _reply_to(said, len(self.record))
        if self.latency:
            asyncio.get_running_loop().call_later(self.latency, self.send, reply)
        else:
            self.send(reply)

    def send(self, reply: bytes) -> None:
        if not self.transport.is_closing():
            head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(reply)
            self.transport.write(head + reply)  # type: ignore[attr-defined]  # a stream's transport


async def serve(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(Platform, "127.0.0.1", port, backlog=4096)
    print("ready", flush=True)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    Platform.latency = float(sys.argv[2]) / 1000 if len(sys.argv) > 2 else 0.0
    asyncio.run(serve(int(sys.argv[1])))
