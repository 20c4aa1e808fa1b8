"""The near side of the rendering process: hands it a template, waits a moment, and stops it when it takes too long."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import weakref
from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Lock, Timer
from typing import Any

from scheduler.errors import TemplateError

START_SECONDS = 30.0  # a cold disk may be slow to start Python; no template has run by then


class Renderer:
    """One process that renders templates out of `folders`, started at the first request, or before by `begin`.

    A request that is not answered within `seconds` ends the process; the next request starts another.
    """

    def __init__(self, folders: Sequence[Path], seconds: float) -> None:
        self.folders = tuple(folders)
        self.seconds = seconds
        self._lock = Lock()
        self._process: subprocess.Popen[str] | None = None
        self._stop: weakref.finalize[Any, Any] | None = None
        self._is_ready = False

    def begin(self) -> None:
        """Starts the process and waits for nothing: it gets ready while its caller reads what is to be rendered."""
        with self._lock:
            self._begun()

    def ask(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Returns the reply to one request; its shapes are described in `render_process`."""
        with self._lock:
            process = self._running()
            answer = _exchange(process, json.dumps(request), self.seconds)
            if answer is None:
                self._end()
                return self._silence(process)
            reply: dict[str, Any] = json.loads(answer)
            if reply.get("problem") == "memory":
                self._end()
            return reply

    def close(self) -> None:
        """Ends the process; safe to call twice."""
        with self._lock:
            self._end()

    def _silence(self, process: subprocess.Popen[str]) -> dict[str, Any]:
        if process.returncode == -signal.SIGKILL:
            slow = f"takes longer than {self.seconds:g} s; look for a loop that does not end"
            return {"problem": "time", "message": slow}
        return {"problem": "crash", "message": f"brings the renderer down (exit code {process.returncode})"}

    def _running(self) -> subprocess.Popen[str]:
        process = self._begun()
        if not self._is_ready and _exchange(process, "", START_SECONDS) is None:
            self._end()
            raise TemplateError("the process that renders templates does not start; reinstall redletter")
        self._is_ready = True
        return process

    def _begun(self) -> subprocess.Popen[str]:
        if self._process is None:
            self._process, self._is_ready = _start(self.folders), False
            self._stop = weakref.finalize(self, _end, self._process)
        return self._process

    def _end(self) -> None:
        if self._stop is not None:
            self._stop()
        self._process = self._stop = None


def _start(folders: Sequence[Path]) -> subprocess.Popen[str]:
    """Starts the script with our module path and nothing else of our environment: it holds tokens."""
    script = Path(__file__).with_name("render_process.py")
    return subprocess.Popen(  # noqa: S603 our own interpreter and our own script
        [sys.executable, "-S", "-P", str(script), *map(str, folders)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PYTHONUTF8": "1"},
        text=True,
        encoding="utf-8",
    )


def _exchange(process: subprocess.Popen[str], line: str, seconds: float) -> str | None:
    """Writes one line (nothing when empty) and reads one; None when the process ended or had to be stopped."""
    assert process.stdin is not None  # noqa: S101 both were asked for as pipes
    assert process.stdout is not None  # noqa: S101
    watch = Timer(seconds, process.kill)
    watch.start()
    try:
        if line:
            process.stdin.write(line + "\n")
            process.stdin.flush()
        answer = process.stdout.readline()
    except BrokenPipeError:
        return None
    finally:
        watch.cancel()
    return answer if answer.endswith("\n") else None


def _end(process: subprocess.Popen[str]) -> None:
    process.kill()
    with contextlib.suppress(BrokenPipeError):
        process.communicate()
