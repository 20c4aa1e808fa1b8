"""Where secrets are kept, and what no log, message or page may show."""

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, quote_plus

from scheduler.errors import ConfigError

# Logging is one for the whole process, and so is what it must never print.
_revealed: set[str] = set()
# All forms of all of them, longest first: a secret inside a longer one must not leave the rest of the longer one behind.
_forms: list[str] = []


def register_secret(value: str) -> None:
    """Remembers a value that no log may show: a revealed secret, or a token that a platform gave for it."""
    if value and value not in _revealed:
        _revealed.add(value)
        _forms[:] = sorted({*_forms, *_written_forms(value)}, key=len, reverse=True)


def known_secrets() -> frozenset[str]:
    """Returns every value registered so far in this process."""
    return frozenset(_revealed)


def redact(text: str) -> str:
    """Replaces every known secret by "[secret]": as it is, percent-encoded, and as JSON writes it."""
    for form in tuple(_forms):
        text = text.replace(form, "[secret]")
    return text


def _written_forms(value: str) -> Iterator[str]:
    yield value
    for encoded in (quote(value, safe=""), quote(value), quote_plus(value)):
        yield encoded
        yield re.sub("%[0-9A-F]{2}", lambda match: match[0].lower(), encoded)
    yield json.dumps(value)[1:-1]
    yield json.dumps(value, ensure_ascii=False)[1:-1]


@dataclass(frozen=True, slots=True)
class Secret:
    """Where a secret is kept, never the secret: "env:NAME", or "file:PATH" relative to the workspace.

    account, key: whose secret it is, for messages; without an account, the key is its whole path in the config.
    """

    reference: str
    account: str = ""
    key: str = ""
    workspace: Path = field(default=Path(), repr=False)

    def reveal(self) -> str:
        """Reads the secret anew, without the line end of its file, and registers it for `redact`.

        Raises ConfigError, naming account and key, when it is missing or empty.
        """
        kind, _, name = self.reference.partition(":")
        value = self._from_environment(name) if kind == "env" else self._from_file(name)
        if not value.strip():
            raise self._error(f"{self._place()} is empty")
        register_secret(value)
        return value

    def why_missing(self) -> str | None:
        """Says why `reveal` would fail, without reading a file or registering anything; None when the secret is there."""
        kind, _, name = self.reference.partition(":")
        if kind == "env":
            return None if os.environ.get(name) else f"{name} is not set"
        path = self.workspace / Path(name).expanduser()
        return None if path.is_file() and os.access(path, os.R_OK) else f"the file {name} cannot be read"

    def _from_environment(self, name: str) -> str:
        value = os.environ.get(name)
        if value is None:
            raise self._error(f"the environment variable {name} is not set")
        return value

    def _from_file(self, name: str) -> str:
        path = self.workspace / Path(name).expanduser()
        try:
            return path.read_text(encoding="utf-8-sig").rstrip("\r\n")
        except FileNotFoundError:
            raise self._error(f"there is no file {path}") from None
        except UnicodeDecodeError:
            # The cause would carry the bytes of the secret into a traceback.
            raise self._error(f"the file {path} is not UTF-8 text") from None
        except OSError as cause:
            raise self._error(f"the file {path} cannot be read: {cause.strerror}") from None

    def _place(self) -> str:
        kind, _, name = self.reference.partition(":")
        return f"the environment variable {name}" if kind == "env" else f"the file {self.workspace / name}"

    def _error(self, message: str) -> ConfigError:
        of = f"{self.key}: " if self.key else ""
        if self.account:
            of = f'secret "{self.key}" of account "{self.account}": '
        return ConfigError(f"{of}{message}")
