"""A web server on the loopback address, whose answers a test gives."""

import contextlib
import threading
from abc import ABC, abstractmethod
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Answer = tuple[int, Mapping[str, str], bytes]


class WebServer(ABC):
    """Serves from a thread until it is closed; url: without a path. A subclass says what is answered."""

    def __init__(self) -> None:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                status, headers, content = server.answer(self.path, dict(self.headers))
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                with contextlib.suppress(OSError):  # the reader may have had enough
                    self.wfile.write(content)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that the base class gave it
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    @abstractmethod
    def answer(self, path: str, headers: dict[str, str]) -> Answer:
        """Returns status, headers and body for one request; called in a thread of its own."""

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
