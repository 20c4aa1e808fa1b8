"""Bank holidays of the nations of the United Kingdom, as the `holidays` package computes them."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cache

_CODES = {"England": "ENG", "Wales": "WLS", "Scotland": "SCT", "Northern Ireland": "NIR"}
NATIONS = tuple(_CODES)


def bank_holidays(day: date, nations: Sequence[str]) -> Iterator[str]:
    """Yields what a day is and where: "Good Friday is a bank holiday in England and Wales"; nothing where it is none."""
    for name, where in kept_on(day, nations).items():
        *some, last = where
        yield f"{name} is a bank holiday in {', '.join(some)}{' and ' if some else ''}{last}"


def kept_on(day: date, nations: Sequence[str]) -> dict[str, list[str]]:
    """Returns the bank holidays of a day by their names, each with those of the nations that keep it."""
    kept: dict[str, list[str]] = {}
    for nation in nations:
        name = _of_year(nation, day.year).get(day)
        if name:
            # A Saturday's holiday is kept on the Monday. https://www.gov.uk/bank-holidays calls that a substitute day.
            kept.setdefault(name.replace("(observed)", "(substitute day)"), []).append(nation)
    return kept


def are_known(year: int) -> bool:
    """Tells whether the package knows the bank holidays of a year."""
    from holidays import country_holidays

    known = country_holidays("GB")
    return known.start_year <= year <= known.end_year


@cache
def _of_year(nation: str, year: int) -> Mapping[date, str]:
    from holidays import country_holidays

    return dict(country_holidays("GB", subdiv=_CODES[nation], years=year, language="en_GB"))
