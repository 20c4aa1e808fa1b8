"""Bank holidays for a whole year, faint marks in the planner."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from scheduler.campaigns import Campaign
from scheduler.campaigns.bank_holidays import NATIONS, kept_on
from scheduler.preview.year.findings import and_words

_ALL_OF_UK = ("uk", "international")
_UK_ZONE = "Europe/London"


@dataclass(frozen=True, slots=True)
class Holidays:
    """nations: whose; names: what each day is called, with where it is kept unless that is in all of them."""

    nations: tuple[str, ...] = ()
    names: Mapping[date, str] = field(default_factory=dict)


def holidays_of(year: int, asked: Sequence[str], campaigns: Iterable[Campaign], time_zone: str) -> Holidays:
    """Returns the bank holidays of the nations asked for; else of those whose campaigns avoid them, or of the whole UK."""
    nations = _nations(asked) or _avoided(campaigns) or (NATIONS if time_zone == _UK_ZONE else ())
    every = (date(year, 1, 1) + timedelta(days=number) for number in range(366))
    names = {day: name for day in every if day.year == year and (name := _name(day, nations))}
    return Holidays(tuple(nations), names)


def _nations(asked: Sequence[str]) -> tuple[str, ...]:
    typed = [each.casefold() for each in asked]
    if any(each in _ALL_OF_UK for each in typed):
        return NATIONS
    return tuple(nation for nation in NATIONS if nation.casefold() in typed)


def _avoided(campaigns: Iterable[Campaign]) -> tuple[str, ...]:
    avoided = {nation for each in campaigns for slot in each.slots for nation in each.bank_holidays_of(slot)}
    return tuple(nation for nation in NATIONS if nation in avoided)


def _name(day: date, nations: Sequence[str]) -> str:
    """Writes "Good Friday", or "Saint Andrew's Day (Scotland)" where the others work."""
    return "; ".join(
        name if len(where) == len(nations) else f"{name} ({and_words(where)})"
        for name, where in kept_on(day, nations).items()
    )
