"""Builds calendars from TOML and awareness days with just what matters."""

from pathlib import Path
from typing import Any

from scheduler.awareness import AwarenessDay, Calendar, Terms, load_calendar, parse_rule
from tests.builders.tomlfile import write


def make_day(rule: str | None = None, **keys: Any) -> AwarenessDay:
    known = {"id": "open-day", "name": "Open Day"} | keys
    terms = {key: known.pop(key) for key in ("days", "certain", "hashtags") if key in known}
    return AwarenessDay(terms=Terms(parse_rule(rule) if rule else None, **terms), **known)


def own_calendar(workspace: Path, text: str) -> Calendar:
    return load_calendar(write(workspace, text, "days.toml"))
