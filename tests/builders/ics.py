"""Reads calendar files back: strictly by the letter of RFC 5545, and as calendar programs do."""

import re
from collections import Counter
from datetime import date, timedelta

import recurring_ical_events
from icalendar import Calendar
from icalendar.cal import Component

_HEAD = ("VERSION", "PRODID", "CALSCALE", "METHOD", "NAME", "X-WR-CALNAME", "REFRESH-INTERVAL", "X-PUBLISHED-TTL")
_EVENT = (
    "UID", "DTSTAMP", "LAST-MODIFIED", "SEQUENCE", "DTSTART", "DTEND", "SUMMARY", "DESCRIPTION", "STATUS", "CLASS",
    "TRANSP", "X-MICROSOFT-CDO-BUSYSTATUS",
)  # fmt: skip
_OPTIONAL = ("CATEGORIES", "URL")
_MOMENT = r"\d{8}T\d{6}Z"
_VALUES = {
    "VERSION": r"2\.0",
    "PRODID": r"-//.+//.+//EN",
    "METHOD": "PUBLISH",
    "REFRESH-INTERVAL;VALUE=DURATION": "P1D",
    "X-PUBLISHED-TTL": "P1D",
    "UID": r"[a-z0-9-]+@redletter",
    "DTSTAMP": _MOMENT,
    "LAST-MODIFIED": _MOMENT,
    "SEQUENCE": r"\d{1,10}",
    "DTSTART": _MOMENT,
    "DTEND": _MOMENT,
    "DTSTART;VALUE=DATE": r"\d{8}",
    "DTEND;VALUE=DATE": r"\d{8}",
    "STATUS": "TENTATIVE|CONFIRMED|CANCELLED",
    "CLASS": "PUBLIC|PRIVATE",
    "URL": r"https?://\S+",
    # Every special character of a text stands behind a backslash, and nothing else does.
    "SUMMARY": r"(?:[^\\;,]|\\[\\;,n])*",
    "DESCRIPTION": r"(?:[^\\;,]|\\[\\;,n])*",
    "CATEGORIES": r"(?:[^\\;]|\\[\\;,n])*",
}


def checked(content: bytes) -> bytes:
    """Returns a calendar file in which nothing is wrong: the form of its lines, and what must and may stand in it."""
    assert content.endswith(b"END:VCALENDAR\r\n")
    assert b"\r" not in content.replace(b"\r\n", b"")
    assert b"\n" not in content.replace(b"\r\n", b"")
    for octets in content.split(b"\r\n"):
        assert len(octets) <= 75
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f]", octets.decode("utf-8"))  # each line is whole characters
    lines = content.replace(b"\r\n ", b"").decode("utf-8").split("\r\n")
    assert all(lines[:-1])
    for line in lines[:-1]:
        name, colon, value = line.partition(":")
        assert colon
        assert re.fullmatch(_VALUES.get(name, ".*"), value), line
    _check_properties(lines)
    return content


def _check_properties(lines: list[str]) -> None:
    first, uids = lines.index("BEGIN:VEVENT"), []
    assert Counter(map(_name, lines[1:first])) == Counter(_HEAD)
    for begin in (number for number, line in enumerate(lines) if line == "BEGIN:VEVENT"):
        event = lines[begin + 1 : lines.index("END:VEVENT", begin)]
        names = Counter(map(_name, event))
        assert {name: names[name] for name in _EVENT} == dict.fromkeys(_EVENT, 1)
        assert names.keys() - _EVENT <= set(_OPTIONAL)
        assert all(names[name] <= 1 for name in _OPTIONAL)
        uids += [line for line in event if _name(line) == "UID"]
    assert len(uids) == len(set(uids))


def _name(line: str) -> str:
    return re.split("[:;]", line, maxsplit=1)[0]


def events_of(content: bytes) -> dict[str, Component]:
    """Returns the events of a file that is right, by their UIDs."""
    return {str(event["UID"]): event for event in Calendar.from_ical(checked(content)).walk("VEVENT")}


def shown_between(content: bytes, first: date, last: date) -> list[Component]:
    """Returns what a calendar program shows from one day to another, both included."""
    return list(recurring_ical_events.of(Calendar.from_ical(content)).between(first, last + timedelta(days=1)))
