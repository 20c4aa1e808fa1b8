"""Lengths of time as people write them in a file: "2h", "90m", "1d 12h", and of the calendar: "7 years"."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

_UNITS = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
_DURATION = re.compile(r"(?:(\d{1,5})d)?\s*(?:(\d{1,5})h)?\s*(?:(\d{1,6})m)?\s*(?:(\d{1,7})s)?", re.ASCII)
_PERIOD = re.compile(r"(\d{1,5}) ?(year|month|day)s?", re.ASCII)
_LONGEST = 100 * 366  # days


@dataclass(frozen=True, slots=True)
class Period:
    """A length of the calendar: some years, months or days. unit: "year", "month" or "day"."""

    number: int
    unit: str

    def before(self, moment: datetime) -> datetime:
        """Returns the moment that lies so long before; the last day of a month where it has no such day."""
        from dateutil.relativedelta import relativedelta

        return moment - relativedelta(**{f"{self.unit}s": self.number})  # type: ignore[arg-type]

    def __str__(self) -> str:
        return f"{self.number} {self.unit}{'' if self.number == 1 else 's'}"


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


def parse_period(text: str) -> Period:
    """Reads "7 years", "18 months" or "90 days"; ValueError says what was expected."""
    match = _PERIOD.fullmatch(text.strip())
    if match is None or not int(match[1]):
        raise ValueError(f'expected years, months or days such as "7 years" or "18 months", found "{text}"')
    period = Period(int(match[1]), match[2])
    if period.number * {"year": 366, "month": 31, "day": 1}[period.unit] > _LONGEST:
        raise ValueError(f'expected 100 years at most, found "{text}"')
    return period
