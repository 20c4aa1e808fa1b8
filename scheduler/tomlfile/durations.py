"""Lengths of time as people write them in a file: "2h", "90m", "1d 12h"."""

import re
from datetime import timedelta

_UNITS = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
_DURATION = re.compile(r"(?:(\d{1,5})d)?\s*(?:(\d{1,5})h)?\s*(?:(\d{1,6})m)?\s*(?:(\d{1,7})s)?", re.ASCII)


def parse_duration(text: str) -> timedelta:
    """Reads "30s", "90m", "2h", "1d" or several of them from large to small; ValueError says what was expected."""
    match = _DURATION.fullmatch(text.strip())
    if match is None or not any(match.groups()):
        raise ValueError(f'expected a length of time such as "90m", "2h" or "1d", found "{text}"')
    parts = {unit: int(number) for unit, number in zip(_UNITS.values(), match.groups(), strict=True) if number}
    length = timedelta(**parts)
    if not length:
        raise ValueError(f'expected a length of time above zero, found "{text}"')
    return length
