"""Real processes: the daemon, and the platforms that it talks to."""

import json
import os
import queue
import re
import resource
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any, Protocol

SECRETS = {
    "X_CONSUMER_KEY": "x-consumer-key-0d1f",
    "X_CONSUMER_SECRET": "x-consumer-secret-7a2b",
    "X_ACCESS_TOKEN": "x-access-token-93c4",
    "X_ACCESS_TOKEN_SECRET": "x-access-token-secret-55e6",
    "MASTODON_TOKEN": "mastodon-token-b7f8",
    "BLUESKY_PASSWORD": "bluesky-password-c9a0",
}

_DEADLINE = 30.0  # seconds after which a process that says nothing has failed the test


class Started(Protocol):
    """A process that was started, as `subprocess.Popen` has it."""

    pid: int
    stdout: IO[str] | None

    def wait(self, timeout: float | None = None) -> int: ...
    def send_signal(self, sig: int) -> None: ...
    def kill(self) -> None: ...


class Process:
    """A process whose lines (stdout and stderr together) a test can wait for; it leads a process group of its own."""

    def __init__(
        self, command: Sequence[str], environment: Mapping[str, str] | None = None, stdin: int = subprocess.DEVNULL
    ) -> None:
        started = subprocess.Popen(
            command,
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=environment_with(environment or {}),
            process_group=0,
        )
        self._follow(started)

    def _follow(self, started: Started) -> None:
        self._process = started
        self.lines: list[str] = []
        self._coming: queue.Queue[str | None] = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._coming.put(line.rstrip("\n"))
        self._process.stdout.close()
        self._coming.put(None)

    def wait_for(self, pattern: str) -> str:
        """Returns the first line from now on that the pattern is found in; fails when the process ends or says nothing."""
        while True:
            try:
                line = self._coming.get(timeout=_DEADLINE)
            except queue.Empty:
                raise AssertionError(f"nothing like {pattern!r} was said; only:\n{self.output}") from None
            if line is None:
                self._coming.put(None)
                raise AssertionError(f"ended without saying {pattern!r}:\n{self.output}")
            self.lines.append(line)
            if re.search(pattern, line):
                return line

    def wait(self) -> int:
        """Waits for its end; returns its exit code."""
        code = self._process.wait(timeout=_DEADLINE)
        self._reader.join()
        while (line := self._coming.get()) is not None:
            self.lines.append(line)
        self._coming.put(None)
        return code

    def ends_within(self, seconds: float) -> bool:
        """Waits so long for its end; returns whether it came."""
        try:
            self._process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def is_silent_about(self, pattern: str, seconds: float) -> bool:
        """Listens so long; returns whether no line came that the pattern is found in."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            try:
                line = self._coming.get(timeout=left)
            except queue.Empty:
                break
            if line is None:
                self._coming.put(None)
                break
            self.lines.append(line)
            if re.search(pattern, line):
                return False
        return True

    def open_files(self) -> list[str]:
        """Returns the names of the files that it has open; " (deleted)" follows those that have lost theirs."""
        return [str(each.readlink()) for each in Path(f"/proc/{self._process.pid}/fd").iterdir()]

    def signal(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def limit_file_size(self, size: int | None) -> None:
        """Lets it write no file beyond `size` bytes, which it meets as a full disk; None: as much as it likes."""
        limit = resource.RLIM_INFINITY if size is None else size
        resource.prlimit(self._process.pid, resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))

    def kill(self) -> None:
        """Ends it as a power cut would: nothing of it runs any more."""
        self._process.kill()
        self.wait()

    def is_survived(self) -> bool:
        """Whether it has ended, and something that it started goes on without it."""
        try:
            os.killpg(self._process.pid, 0)
        except ProcessLookupError:
            return False
        return self.ends_within(0)

    @property
    def output(self) -> str:
        return "\n".join(self.lines)


def environment_with(variables: Mapping[str, str]) -> dict[str, str]:
    """Returns the environment of a process that a test starts."""
    return {**os.environ, "PYTHONUNBUFFERED": "1", **variables}


class Platforms(Process):
    """X, Mastodon and Bluesky on loopback, in a process of their own."""

    def __init__(self, *options: str, port: int = 0) -> None:
        super().__init__([sys.executable, "-m", "tests.servers.fake_platforms", str(port), *options])
        self.port = int(self.wait_for("^ready ").split()[1])
        self.url = f"http://127.0.0.1:{self.port}"

    def script(self, *faults: Mapping[str, Any]) -> None:
        body = json.dumps(faults).encode()
        urllib.request.urlopen(urllib.request.Request(f"{self.url}/__script", body, method="POST")).close()

    def log(self) -> dict[str, list[dict[str, Any]]]:
        with urllib.request.urlopen(f"{self.url}/__log") as answer:
            log: dict[str, list[dict[str, Any]]] = json.load(answer)
        return log

    def wait_for_calls(self, path: str, number: int = 1) -> None:
        """Waits until so many calls of this path have come; each question is a round trip, so this does not spin."""
        until = time.monotonic() + _DEADLINE
        while len([call for call in self.log()["calls"] if path in call["path"]]) < number:
            assert time.monotonic() < until, f"only these calls came: {self.log()['calls']}"

    def texts(self, platform: str | None = None) -> list[str]:
        """Returns the texts of the posts that were accepted, in the order of their coming."""
        return [post["text"] for post in self.log()["accepted"] if platform in (None, post["platform"])]


def write_config(workspace: Path, platforms: Platforms) -> None:
    """Writes a config with an account of each kind, all on this machine."""
    write_config_at(workspace, platforms.url)


def write_config_at(workspace: Path, url: str, **publishing: object) -> None:
    """Writes the same for platforms at an address; publishing: keys of that table."""
    limits = "\n".join(f"{key} = {json.dumps(value)}" for key, value in publishing.items())
    (workspace / "config.toml").write_text(
        f"""
        time_zone = "Europe/London"
        database = "sqlite:///book.db"

        [accounts.force-x]
        platform = "x"
        base_url = "{url}"
        consumer_key = "env:X_CONSUMER_KEY"
        consumer_secret = "env:X_CONSUMER_SECRET"
        access_token = "env:X_ACCESS_TOKEN"
        access_token_secret = "env:X_ACCESS_TOKEN_SECRET"

        [accounts.force-mastodon]
        platform = "mastodon"
        base_url = "{url}"
        access_token = "env:MASTODON_TOKEN"

        [accounts.force-bluesky]
        platform = "bluesky"
        base_url = "{url}"
        handle = "testshire.example"
        app_password = "env:BLUESKY_PASSWORD"

        [accounts.outbox]
        platform = "outbox"

        [publishing]
        {limits}
        """
    )
    (workspace / "config.toml").chmod(0o600)


def redletter(
    workspace: Path,
    *arguments: str,
    environment: Mapping[str, str] | None = None,
    stdin: int = subprocess.DEVNULL,
) -> Process:
    """Starts the command `redletter` on a workspace."""
    command = [sys.executable, "-m", "scheduler", "--workspace", str(workspace), *arguments]
    return Process(command, {**SECRETS, **(environment or {})}, stdin)


def done(workspace: Path, *arguments: str) -> str:
    """Runs a command that must succeed; returns what it said."""
    process = redletter(workspace, *arguments)
    assert process.wait() == 0, process.output
    return process.output
