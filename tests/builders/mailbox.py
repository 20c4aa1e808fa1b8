"""An address on this machine that takes messages, or refuses them as long as a test wants it to."""

import json
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Mailbox:
    """Takes POSTs of JSON (as a webhook, and as `json://` of Apprise), and GETs (as a dead-man's switch).

    taken: the JSON of what it answered with 200, in the order of its coming. calls: the method and path of every request.
    answers: the status of the next requests, 200 when none is left; gate: when set, each request waits for it.
    """

    def __init__(self, port: int = 0) -> None:
        self.taken: list[dict[str, Any]] = []
        self.calls: list[str] = []
        self.answers: list[int] = []
        self.gate: threading.Event | None = None
        self._came = threading.Condition()
        mailbox = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                mailbox._answer(self, json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

            def do_GET(self) -> None:
                mailbox._answer(self, None)

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (its own name for it)
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_port
        self.url = f"http://127.0.0.1:{self.port}/hook"
        self.apprise_url = f"json://127.0.0.1:{self.port}/apprise"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()

    def _answer(self, request: BaseHTTPRequestHandler, body: dict[str, Any] | None) -> None:
        if self.gate is not None:
            self.gate.wait(20)
        with self._came:
            self.calls.append(f"{request.command} {request.path}")
            status = self.answers.pop(0) if self.answers else 200
            if status == 200 and body is not None:
                self.taken.append(body)
            self._came.notify_all()
        try:
            request.send_response(status)
            request.send_header("Content-Length", "0")
            request.end_headers()
        except OSError:
            pass  # whoever asked has not waited for the answer

    def wait_for(self, number: int, within: float = 30.0) -> list[Mapping[str, Any]]:
        """Waits until so many messages were taken; returns all of them."""
        with self._came:
            assert self._came.wait_for(lambda: len(self.taken) >= number, within), (
                f"only {len(self.taken)}: {self.taken}"
            )
            return list(self.taken)

    def wait_for_calls(self, number: int, within: float = 30.0) -> list[str]:
        with self._came:
            assert self._came.wait_for(lambda: len(self.calls) >= number, within), f"only {self.calls}"
            return list(self.calls)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
