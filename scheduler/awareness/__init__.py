"""WHEN: an awareness day, the rule of its date, and the calendar that ships."""

from scheduler.awareness.calendar import Calendar
from scheduler.awareness.day import (
    AwarenessDay,
    DateStatus,
    EnteredDate,
    Kind,
    Occurrence,
    Terms,
    Unannounced,
    fill_year,
)
from scheduler.awareness.listing import days_json, days_lines
from scheduler.awareness.reading import OWN_FILE, load_calendar
from scheduler.awareness.rule_words import parse_rule

__all__ = [
    "OWN_FILE",
    "AwarenessDay",
    "Calendar",
    "DateStatus",
    "EnteredDate",
    "Kind",
    "Occurrence",
    "Terms",
    "Unannounced",
    "days_json",
    "days_lines",
    "fill_year",
    "load_calendar",
    "parse_rule",
]
