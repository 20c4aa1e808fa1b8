"""A stretch of days, as a campaign file writes it: "2027-03-22..2027-05-06"."""

import re
from dataclasses import dataclass
from datetime import date

_FORM = re.compile(r"(\d{4}-\d{2}-\d{2})\s*\.\.\s*(\d{4}-\d{2}-\d{2})")


@dataclass(frozen=True, slots=True)
class Period:
    """From the first day to the last, both included."""

    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    def __str__(self) -> str:
        return f"{self.first}..{self.last}"


def parse_period(words: str) -> Period:
    """Reads a period; raises ValueError that says what was expected."""
    match = _FORM.fullmatch(words.strip())
    if match is None:
        raise ValueError(f'expected two dates such as "2027-03-22..2027-05-06", found "{words}"')
    days = []
    for written in match.groups():
        try:
            days.append(date.fromisoformat(written))
        except ValueError:
            raise ValueError(f'there is no day "{written}"') from None
    if days[1] < days[0]:
        raise ValueError(f'ends before it begins: "{words}"')
    return Period(*days)
