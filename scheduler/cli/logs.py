"""Logging to stderr: for people in their time zone or for programs as JSON, one record a line, and never with a secret.

A line about a post names it by fields and not in its words, so that programs find it in either form:

    log.info("published", extra={"post": 12, "campaign": "harbour", "slot": "09:00", "account": "force-x", "attempt": 1})
    log.error("failed", extra={"post": 12, …, "why": "the platform said: too long"})
"""

import json
import logging
import re
import sys
from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from types import TracebackType
from typing import Any, Literal

from scheduler.config import redact

# What `extra` may hold, in the order in which it is shown; `why` is a sentence and ends the line.
FIELDS = ("post", "campaign", "slot", "account", "part", "attempt", "url", "why")

LogForm = Literal["text", "json"]

_HANDLER = "redletter-terminal"
_LONG = "%(asctime)s %(levelname)-7s %(message)s"
_LONGER = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"
_SHORT = "%(levelname)s: %(message)s"
_NOT_IN_A_LINE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_NEEDS_QUOTES = re.compile(r'[\s"=]')


class RedactingFormatter(logging.Formatter):
    """Writes a record without secrets, wherever in it they are.

    now: the clock whose time is shown, None for the record's own. tracebacks: whether they are shown whole; else what
    happened is said in one line.
    """

    def __init__(self, form: str, zone: tzinfo, now: Callable[[], datetime] | None, *, tracebacks: bool) -> None:
        super().__init__(form)
        # Of a burst, thousands of lines are of one second.
        self._hour_of = lru_cache(maxsize=2)(lambda second: f"{datetime.fromtimestamp(second, zone):%Y-%m-%d %H:%M:%S}")
        self._now = now
        self._tracebacks = tracebacks

    def format(self, record: logging.LogRecord) -> str:
        # Another handler may have left its own, longer text behind.
        record.exc_text = None
        text = super().format(record)
        return redact(text) if record.exc_info or record.stack_info else text  # the message is without secrets by now

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 (logging's signature)
        record.message = _in_one_line(redact(_with_fields(record)))
        return super().formatMessage(record)

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802, ARG002 (logging's signature)
        return self._hour_of(int(self.moment_of(record).timestamp()))

    def moment_of(self, record: logging.LogRecord) -> datetime:
        return self._now() if self._now else datetime.fromtimestamp(record.created, UTC)

    def formatException(  # noqa: N802 (logging's signature)
        self, ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
    ) -> str:
        if self._tracebacks or ei[0] is None:
            return super().formatException(ei)
        return _in_one_line(f"{ei[0].__name__}: {ei[1]} (details with --debug)")


class JsonFormatter(RedactingFormatter):
    """Writes a record as one JSON object in one line of ASCII; docs/running.md describes it."""

    def format(self, record: logging.LogRecord) -> str:
        value: dict[str, Any] = {
            "time": self.moment_of(record).astimezone(UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **_fields_of(record),
        }
        if record.exc_info:
            value["exception"] = self.formatException(record.exc_info)
        # Before they become JSON: a secret that looks like a piece of JSON must not take the line apart.
        return json.dumps({name: redact(each) if isinstance(each, str) else each for name, each in value.items()})


def _fields_of(record: logging.LogRecord) -> dict[str, Any]:
    given = vars(record)
    said = {name: given[name] for name in FIELDS if name in given and given[name] not in (None, "")}
    return {name: value if isinstance(value, int) else str(value) for name, value in said.items()}


def _with_fields(record: logging.LogRecord) -> str:
    """Returns "published post=12 account=force-x", or "failed: post=12 account=force-x: too long"."""
    fields = _fields_of(record)
    why = fields.pop("why", None)
    named = " ".join(f"{name}={_quoted(str(value))}" for name, value in fields.items())
    if not named:
        return record.message if why is None else f"{record.message}: {why}"
    return f"{record.message} {named}" if why is None else f"{record.message}: {named}: {why}"


@lru_cache(maxsize=1024)  # the names of campaigns and accounts come again and again
def _quoted(value: str) -> str:
    return json.dumps(value, ensure_ascii=False) if _NEEDS_QUOTES.search(value) else value


def _in_one_line(text: str) -> str:
    """What a platform answers must not look like a second record, nor steer a terminal."""
    # As the codec unicode_escape does, which would have to be imported: a process out of files cannot.
    return _NOT_IN_A_LINE.sub(lambda found: repr(found[0])[1:-1], text)


class _Terminal(logging.StreamHandler):  # type: ignore[type-arg]  # generic in the stubs only
    """Writes to whatever stderr is at the moment; a reader who has gone is no reason to complain."""

    def emit(self, record: logging.LogRecord) -> None:
        self.stream = sys.stderr
        super().emit(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 (logging's name)
        if not isinstance(sys.exc_info()[1], BrokenPipeError):
            super().handleError(record)


def log_to_terminal(
    *,
    debug: bool,
    level: int = logging.WARNING,
    zone: tzinfo = UTC,
    now: Callable[[], datetime] | None = None,
    form: LogForm = "text",
) -> None:
    """Sends the log to stderr; called again, it replaces what it set up before.

    level: of our own loggers; everyone else's warn. debug: everything of everyone is shown, with tracebacks.
    """
    # What no line shows is not looked up for each: https://docs.python.org/3/howto/logging.html#optimization
    logging.logThreads = logging.logMultiprocessing = logging.logProcesses = False
    root = logging.getLogger()
    handler = next((each for each in root.handlers if each.name == _HANDLER), None)
    if handler is None:
        handler = _Terminal()
        handler.name = _HANDLER
        root.addHandler(handler)
    line = _LONGER if debug else _LONG if level < logging.WARNING else _SHORT
    writer = JsonFormatter if form == "json" else RedactingFormatter
    handler.setFormatter(writer(line, zone, now, tracebacks=debug))
    root.setLevel(logging.DEBUG if debug else logging.WARNING)
    logging.getLogger("redletter").setLevel(logging.DEBUG if debug else level)
