"""Has loaded all that a daemon needs, and forks for each that is asked for: a process of its own, there in milliseconds.

    python -m tests.crash.fork_server DESCRIPTOR

DESCRIPTOR is a socket on which each message is a JSON object, {"arguments", "environment"}, with two pipes: what the
process says, and what is said of it: its id on one line, and how it ended, as subprocess says it, on the next. When
nobody can ask any more, everything that was forked here is killed.
"""

import gc
import importlib
import json
import os
import pkgutil
import selectors
import signal
import socket
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NoReturn

from sqlalchemy.orm import configure_mappers

from scheduler import faultpoints
from scheduler.cli.main import main as redletter

# What a daemon loads from its start to its first calls. What is missing here is loaded by each daemon for itself.
_LOADED = (
    "scheduler.app.running",
    "scheduler.cli.run",
    "scheduler.cli.logs",
    "apscheduler.executors.asyncio",
    "concurrent.futures.thread",
    "linkify_it.tlds",
    "regex",
    "tweepy.asynchronous",
)
_LOADED_WHOLE = ("scheduler.platforms", "scheduler.posts", "scheduler.publishing")


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A process to be; output: the pipe that it writes to."""

    arguments: Sequence[str]
    environment: Mapping[str, str]
    output: int


def main() -> None:
    """Serves; in a forked process, goes on as the command `redletter` would."""
    _load()
    _become(_serve(socket.socket(fileno=int(sys.argv[1]))))
    redletter()


def _load() -> None:
    for name in _LOADED:
        importlib.import_module(name)
    for package in map(importlib.import_module, _LOADED_WHOLE):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.startswith("scheduler.posts.migrations."):
                importlib.import_module(module.name)
    configure_mappers()
    gc.collect()
    gc.freeze()


def _serve(asked: socket.socket) -> _Wanted:
    """Returns in each process that is forked."""
    with selectors.DefaultSelector() as selector:
        selector.register(asked, selectors.EVENT_READ)
        children: dict[int, tuple[int, int]] = {}  # by what shows its end: its id, and where its end is told
        while True:
            for key, _ in selector.select():
                if key.fd in children:
                    selector.unregister(key.fd)
                    _tell_end(key.fd, *children.pop(key.fd))
                    continue
                message, descriptors, _, _ = socket.recv_fds(asked, 1_000_000, 2)
                if not message:
                    _end(pid for pid, _ in children.values())
                output, told = descriptors
                pid = os.fork()
                if pid == 0:
                    return _Wanted(**json.loads(message), output=output)
                os.close(output)
                os.write(told, f"{pid}\n".encode())
                end = os.pidfd_open(pid)
                children[end] = pid, told
                selector.register(end, selectors.EVENT_READ)


def _tell_end(end: int, pid: int, told: int) -> None:
    _, status = os.waitpid(pid, 0)
    os.write(told, f"{os.waitstatus_to_exitcode(status)}\n".encode())
    os.close(told)
    os.close(end)


def _end(pids: Iterable[int]) -> NoReturn:
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    sys.exit()


def _become(wanted: _Wanted) -> None:
    """Leaves nothing of the server but what it has loaded."""
    os.setpgid(0, 0)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(wanted.output, 1)
    os.dup2(wanted.output, 2)
    os.closerange(3, os.sysconf("SC_OPEN_MAX"))
    os.environ.clear()
    os.environ.update(wanted.environment)
    importlib.reload(faultpoints)  # it reads the environment when it is loaded
    sys.argv = ["redletter", *wanted.arguments]


if __name__ == "__main__":
    main()
