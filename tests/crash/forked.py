"""Daemons that are forked from a process that has loaded everything: real processes, there in milliseconds."""

import json
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO

from tests.builders.processes import SECRETS, Process, environment_with


class ForkServer:
    """Starts commands until it is closed, or until the process that made it ends."""

    def __init__(self) -> None:
        self._asking, asked = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with asked:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.crash.fork_server", str(asked.fileno())],
                stdin=subprocess.DEVNULL,
                env=environment_with({}),
                pass_fds=[asked.fileno()],
            )

    def redletter(self, workspace: Path, *arguments: str, environment: Mapping[str, str]) -> Process:
        """Starts the command `redletter` on a workspace."""
        wanted = {
            "arguments": ["--workspace", str(workspace), *arguments],
            "environment": environment_with({**SECRETS, **environment}),
        }
        (output, its_output), (told, telling) = os.pipe(), os.pipe()
        socket.send_fds(self._asking, [json.dumps(wanted).encode()], [its_output, telling])
        os.close(its_output)
        os.close(telling)
        return _Forked(_Child(output, told))

    def close(self) -> None:
        self._asking.close()
        self._process.wait()


class _Forked(Process):
    """A process that the server has started."""

    def __init__(self, child: "_Child") -> None:
        self._follow(child)


class _Child:
    """A child of the server; output: what it says; told: the pipe that says its id, and how it ended."""

    def __init__(self, output: int, told: int) -> None:
        self.stdout: IO[str] | None = os.fdopen(output, encoding="utf-8")
        self._told = os.fdopen(told)
        self.pid = int(self._told.readline())
        self._code: int | None = None
        # Its id is free for another process as soon as the server has seen its end; this stays its own.
        self._descriptor = os.pidfd_open(self.pid)

    def wait(self, timeout: float | None = None) -> int:
        if self._code is None:
            if not select.select([self._told], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired("redletter", timeout or 0)
            self._code = int(self._told.readline())
            self._told.close()
        return self._code

    def send_signal(self, sig: int) -> None:
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._descriptor, sig)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)
