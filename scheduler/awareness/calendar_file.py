"""Writes calendar files (iCalendar), so that Outlook, Google Calendar and telephones read what was meant.

The form is that of RFC 5545; NAME and REFRESH-INTERVAL come from RFC 7986, what begins with X- is for Outlook and Google.
https://www.rfc-editor.org/rfc/rfc5545
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from itertools import chain

MADE_BY = "PRODID:-//Redletter//Redletter//EN"

_LONGEST_LINE = 75  # bytes, without its end
_LINE_END = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f]")
_SPECIAL = re.compile(r"[\\;,\n]")
_WEB_ADDRESS = re.compile(r"https?://[^\s\x00-\x1f\x7f]+")


class EventStatus(StrEnum):
    """How sure an event is; what is cancelled is written down so that a calendar which knows it takes it out."""

    CONFIRMED = "CONFIRMED"
    TENTATIVE = "TENTATIVE"
    CANCELLED = "CANCELLED"


@dataclass(frozen=True, slots=True)
class Event:
    """One event; nobody is busy because of it.

    uid: stays whatever else changes, and a later file replaces the event. sequence: from 0, grows as the event changes;
    changed_at: aware, when it last did. start, end: first and last day, or two aware moments. url: left out where it is no
    web address. private: shown to the owner of a calendar alone.
    """

    uid: str
    sequence: int
    changed_at: datetime
    start: date
    end: date
    summary: str
    description: str
    status: EventStatus = EventStatus.CONFIRMED
    categories: tuple[str, ...] = ()
    url: str | None = None
    private: bool = False


def calendar_file(name: str, events: Iterable[Event]) -> bytes:
    """Returns the file: the same bytes for the same events. name: what a calendar program calls it."""
    head = (
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        MADE_BY,
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"NAME:{_text(name)}",
        f"X-WR-CALNAME:{_text(name)}",
        "REFRESH-INTERVAL;VALUE=DURATION:P1D",
        "X-PUBLISHED-TTL:P1D",
    )
    lines = chain(head, chain.from_iterable(map(_event_lines, events)), ("END:VCALENDAR",))
    return b"".join(map(_folded, lines))


def _event_lines(event: Event) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{_text(event.uid)}"
    yield f"DTSTAMP:{_moment(event.changed_at)}"
    yield f"LAST-MODIFIED:{_moment(event.changed_at)}"
    yield f"SEQUENCE:{event.sequence}"
    yield from _when(event)
    yield f"SUMMARY:{_text(event.summary)}"
    yield f"DESCRIPTION:{_text(event.description)}"
    if event.categories:
        yield f"CATEGORIES:{','.join(map(_text, event.categories))}"
    if event.url and _WEB_ADDRESS.fullmatch(event.url):
        yield f"URL:{event.url}"
    yield f"STATUS:{event.status}"
    yield f"CLASS:{'PRIVATE' if event.private else 'PUBLIC'}"
    yield "TRANSP:TRANSPARENT"
    yield "X-MICROSOFT-CDO-BUSYSTATUS:FREE"
    yield "END:VEVENT"


def _when(event: Event) -> Iterator[str]:
    if isinstance(event.start, datetime) and isinstance(event.end, datetime):
        # In UTC, a moment needs no table of clock changes, and every calendar shows it by the clocks of who looks.
        yield f"DTSTART:{_moment(event.start)}"
        yield f"DTEND:{_moment(event.end)}"
        return
    # The end of whole days is the day after the last one.
    yield f"DTSTART;VALUE=DATE:{event.start:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{event.end + timedelta(days=1):%Y%m%d}"


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(text: str) -> str:
    """Writes a text as a value; control characters, which no value may have, are left out."""
    plain = _CONTROL.sub("", _LINE_END.sub("\n", text))
    return _SPECIAL.sub(lambda match: r"\n" if match[0] == "\n" else f"\\{match[0]}", plain)


def _folded(line: str) -> bytes:
    """Ends a line, and breaks it where it is too long: never inside a character or between a backslash and what it marks."""
    left = line.encode("utf-8", "replace")
    pieces: list[bytes] = []
    while len(left) > (room := _LONGEST_LINE - bool(pieces)):
        end = room
        while left[end] & 0b1100_0000 == 0b1000_0000:  # inside a character
            end -= 1
        backslashes = end - len(left[:end].rstrip(b"\\"))
        end -= backslashes % 2
        pieces.append(left[:end])
        left = left[end:]
    return b"\r\n ".join([*pieces, left]) + b"\r\n"
