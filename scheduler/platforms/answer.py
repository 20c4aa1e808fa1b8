"""What a server said to one call, as far as it could be read."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

# Half of a character, which JSON can write ("\ud83d"), and NUL: what no UTF-8 and no book can hold.
_UNFIT = re.compile("[\0\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Answer:
    """What was read: status, headers (by their names in small letters), body; `whole` when the body ended as it should."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    whole: bool

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300

    def fields(self) -> dict[str, Any]:
        """Returns the body's JSON object; empty when the body is broken or anything else."""
        value = self._json()
        return value if isinstance(value, dict) else {}

    def items(self) -> list[Any]:
        """Returns the body's JSON list; ValueError when the body is broken or anything else."""
        value = self._json()
        if not isinstance(value, list):
            raise ValueError("not a list")
        return value

    def _json(self) -> Any:
        if not self.whole:
            return None
        try:
            # What nearly all answers are is read by the faster one; json takes half of a character, and other encodings.
            return fit(json.loads(self.body)) if _may_be_unfit(self.body) else orjson.loads(self.body)
        except (ValueError, RecursionError):
            return None


def fit(value: Any) -> Any:
    """Returns a JSON value, in all of whose strings U+FFFD stands for what could not be kept."""
    match value:
        case str():
            return _UNFIT.sub("\ufffd", value)
        case list():
            return [fit(each) for each in value]
        case dict():
            return {fit(key): fit(each) for key, each in value.items()}
    return value


def _may_be_unfit(body: bytes) -> bool:
    """Returns False for what can hold nothing unfit: plain ASCII in which nothing is written by its number."""
    return not body.isascii() or b"\\u" in body or b"\0" in body
