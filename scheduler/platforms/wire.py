"""HTTP/1.1 over one socket, one call after another: here it is known whether a request can have left this machine.

A request is written in one piece, and never a second time. To read the answers is httptools' work (llhttp, the parser of
Node.js); what a general client adds to that, with several writes for a request and repeats of its own, costs four times as
much for each call and would have to be asked what it did.
"""

import asyncio
import zlib
from typing import cast

from httptools import HttpResponseParser
from httptools.parser.errors import HttpParserError, HttpParserUpgrade

from scheduler.platforms.answer import Answer

# Answers are a few kilobytes; whoever sends more is no platform, and must not fill our memory.
MAX_ANSWER_BYTES = 1_000_000
_MAX_READ_BYTES = MAX_ANSWER_BYTES + 100_000  # with headers and the lengths of chunks
_LEAVES_AT_ONCE = 16_384  # bytes that any socket takes, whoever reads at its other end


class Wire(asyncio.Protocol):
    """One open way to a server, for one call at a time.

    among: where it is while it is open. is_kept: it has had a call before.
    """

    def __init__(self, among: set["Wire"]) -> None:
        self._among = among
        self.is_kept = False
        self._waiting: asyncio.Future[Answer] | None = None
        self._is_long = False
        self._read_bytes = 0
        self._parser = HttpResponseParser(self)
        # Of whom nobody can be asked to write better: RFC 9112 lets a line end without CR (2.2) and a header have several (5.2).
        self._parser.set_dangerous_leniencies(
            lenient_headers=True, lenient_optional_cr_before_lf=True, lenient_spaces_after_chunk_size=True
        )
        self._begin_answer()

    @property
    def is_free(self) -> bool:
        """Whether the server would take another call by this way, as far as is known here."""
        return self._waiting is None and not self._transport.is_closing()

    def send(self, request: bytes) -> asyncio.Future[Answer]:
        """Writes one request: it may leave from here on, and none of it before. The answer comes when it was read.

        A body that ended too early is an answer that is not whole; no answer at all is an OSError.
        """
        self._waiting = asyncio.get_running_loop().create_future()
        self._is_long = len(request) > _LEAVES_AT_ONCE
        self._read_bytes = 0
        self._transport.write(request)
        return self._waiting

    def give_up(self, error: Exception) -> None:
        """Ends the call under way with what was read of its answer, or with `error` where that is nothing."""
        self._end(error)
        self.close()

    def close(self) -> None:
        self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # of a socket or of TLS
        self._among.add(self)

    def data_received(self, data: bytes) -> None:
        if self._waiting is None:
            self.close()  # nobody asked: whatever it is, it is the answer to no call of ours
            return
        self._read_bytes += len(data)
        try:
            self._parser.feed_data(data)
        except HttpParserError as error:
            self.give_up(ConnectionError(f"it is not HTTP ({error})"))
        except HttpParserUpgrade:
            self.give_up(ConnectionError("it is not HTTP any more"))
        else:
            if self._read_bytes > _MAX_READ_BYTES and self._waiting is not None:
                self.give_up(ConnectionError("it does not end"))

    def eof_received(self) -> None:
        self.close()  # all is said, and what of the request has not left yet is of no use any more

    def connection_lost(self, error: Exception | None) -> None:
        if self._waiting is not None:
            if error is None and self._status >= 200 and self._ends_with_the_connection():
                self._finish(whole=True)
            else:
                self._end(error or ConnectionError("the connection was closed"))
        self._among.discard(self)
        del self._parser  # two that know each other would stay, with the buffers of TLS, until Python looks for such

    # What the parser calls, in this order.

    def on_message_begin(self) -> None:
        if self._waiting is None:
            self.close()  # a second answer to one call

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self._status:  # else it comes after the body, and says nothing of how to read it
            self._headers.setdefault(name.decode("latin-1").lower(), value.decode("utf-8", "replace"))

    def on_headers_complete(self) -> None:
        self._status = self._parser.get_status_code()

    def on_body(self, body: bytes) -> None:
        if self._waiting is None:
            return
        self._body += body
        if len(self._body) > MAX_ANSWER_BYTES:
            del self._body[MAX_ANSWER_BYTES:]
            self.give_up(ConnectionError("it does not end"))

    def on_message_complete(self) -> None:
        if self._status < 200:
            self._begin_answer()  # it goes on, and says later what became of it
        elif self._waiting is not None:
            # Before the next request must not stand what is left of one that was answered before it was read.
            if self._is_long or not self._parser.should_keep_alive():
                self.close()
            self._finish(whole=True)

    def _begin_answer(self) -> None:
        self._status = 0
        self._headers: dict[str, str] = {}
        self._body = bytearray()

    def _ends_with_the_connection(self) -> bool:
        return (
            "content-length" not in self._headers
            and "chunked" not in self._headers.get("transfer-encoding", "").lower()
        )

    def _end(self, error: Exception) -> None:
        if self._status >= 200:
            # The status has been read, and is worth more than the rest of the body.
            self._finish(whole=False)
            return
        waiting, self._waiting = self._waiting, None
        if waiting is not None and not waiting.done():
            waiting.set_exception(error)

    def _finish(self, *, whole: bool) -> None:
        waiting, self._waiting = self._waiting, None
        body = bytes(self._body)
        if whole and body and "content-encoding" in self._headers:
            body, whole = _decoded(body)
        if waiting is not None and not waiting.done():
            waiting.set_result(Answer(self._status, self._headers, body, whole))
        self._begin_answer()


def _decoded(body: bytes) -> tuple[bytes, bool]:
    """Undoes what nobody asked for and some servers do all the same; returns the body, and whether it came to its end.

    What is not compressed, whatever was said of it, stays as it is.
    """
    reader = zlib.decompressobj(zlib.MAX_WBITS | 32)  # gzip or zlib, as its head says
    try:
        decoded = reader.decompress(body, MAX_ANSWER_BYTES)
    except zlib.error:
        return body, True
    return decoded, reader.eof
