"""Logging for people at a terminal: to stderr, in their time zone, and never with a secret."""

import logging
import sys
from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from types import TracebackType

from scheduler.config import redact

_HANDLER = "redletter-terminal"
_LONG = "%(asctime)s %(levelname)-7s %(message)s"
_LONGER = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"
_SHORT = "%(levelname)s: %(message)s"


class RedactingFormatter(logging.Formatter):
    """Writes a record without secrets, wherever in it they are.

    now: the clock whose time is shown, None for the record's own. tracebacks: whether they are shown whole; else what
    happened is said in one line.
    """

    def __init__(self, form: str, zone: tzinfo, now: Callable[[], datetime] | None, *, tracebacks: bool) -> None:
        super().__init__(form)
        self._zone = zone
        self._now = now
        self._tracebacks = tracebacks

    def format(self, record: logging.LogRecord) -> str:
        # Another handler may have left its own, longer text behind.
        record.exc_text = None
        return redact(super().format(record))

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802, ARG002 (logging's signature)
        moment = self._now() if self._now else datetime.fromtimestamp(record.created, UTC)
        return f"{moment.astimezone(self._zone):%Y-%m-%d %H:%M:%S}"

    def formatException(  # noqa: N802 (logging's signature)
        self, ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
    ) -> str:
        if self._tracebacks or ei[0] is None:
            return super().formatException(ei)
        return f"{ei[0].__name__}: {ei[1]} (details with --debug)"


class _Terminal(logging.StreamHandler):  # type: ignore[type-arg]  # generic in the stubs only
    """Writes to whatever stderr is at the moment; a reader who has gone is no reason to complain."""

    def emit(self, record: logging.LogRecord) -> None:
        self.stream = sys.stderr
        super().emit(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 (logging's name)
        if not isinstance(sys.exc_info()[1], BrokenPipeError):
            super().handleError(record)


def log_to_terminal(
    *, debug: bool, level: int = logging.WARNING, zone: tzinfo = UTC, now: Callable[[], datetime] | None = None
) -> None:
    """Sends the log to stderr; called again, it replaces what it set up before.

    level: of our own loggers; everyone else's warn. debug: everything of everyone is shown, with tracebacks.
    """
    root = logging.getLogger()
    handler = next((each for each in root.handlers if each.name == _HANDLER), None)
    if handler is None:
        handler = _Terminal()
        handler.name = _HANDLER
        root.addHandler(handler)
    form = _LONGER if debug else _LONG if level < logging.WARNING else _SHORT
    handler.setFormatter(RedactingFormatter(form, zone, now, tracebacks=debug))
    root.setLevel(logging.DEBUG if debug else logging.WARNING)
    logging.getLogger("redletter").setLevel(logging.DEBUG if debug else level)
