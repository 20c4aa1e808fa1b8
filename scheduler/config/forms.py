"""What the values of config.toml look like, and what is said of one that does not."""

import difflib
import re
import zoneinfo
from datetime import time, timedelta
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator

from scheduler.tomlfile import Period, did_you_mean, parse_duration, parse_period, plain_kind

SQLITE = "sqlite:///"
MOST_OFTEN = timedelta(minutes=1)  # between two looks at one web address

_ACCOUNT_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_REFERENCE = re.compile(r"env:[A-Za-z_][A-Za-z0-9_]*|file:.+")
_HOUR = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)", re.ASCII)
_ONLY_REFERENCES = (
    "a secret must not stand in this file itself: write env:NAME for an environment variable, "
    "or file:PATH for a file with nothing else in it"
)


def check_time_zone(name: str) -> str:
    """Returns the name of a time zone that is known here; ValueError says which name was meant."""
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f'unknown time zone "{name}"{_nearest_zone(name)}') from None
    return name


def check_language(tag: str) -> str:
    """Returns a language tag such as "en-GB" or "cy"; ValueError for what cannot be one."""
    if not _LANGUAGE.fullmatch(tag):
        raise ValueError(f'expected a language such as "en-GB" or "cy", found "{tag}"')
    return tag


def check_account_name(name: str) -> str:
    """Returns an account's name; ValueError when it has more than small letters, digits and hyphens."""
    if not _ACCOUNT_NAME.fullmatch(name):
        raise ValueError(f'expected small letters, digits and hyphens, as in "force-x", found "{name}"')
    return name


def _nearest_zone(name: str) -> str:
    known = zoneinfo.available_timezones()
    cities = {zone.rpartition("/")[2]: zone for zone in sorted(known, reverse=True)}
    wanted = name.strip().replace(" ", "_").rpartition("/")[2]
    near = difflib.get_close_matches(wanted.title(), cities, n=1, cutoff=0.75)
    return f'; did you mean "{cities[near[0]]}"?' if near else did_you_mean(name, known)


def duration(value: Any) -> timedelta:
    if not isinstance(value, str):
        raise ValueError(f'expected a length of time such as "30s" or "2m", found {plain_kind(value)}')
    return parse_duration(value)


def _polite_duration(value: Any) -> timedelta:
    length = duration(value)
    if length < MOST_OFTEN:
        raise ValueError(f'expected "1m" or more, for servers are asked so often; found "{value}"')
    return length


def _period(value: Any) -> Period:
    if not isinstance(value, str):
        raise ValueError(f'expected years, months or days such as "7 years", found {plain_kind(value)}')
    return parse_period(value)


def _sqlite_only(url: str) -> str:
    if not url.startswith("sqlite:"):
        # Not repeated: such a URL may hold a password.
        raise ValueError(f'only SQLite is supported yet; expected "{SQLITE}redletter.db"')
    if not url.removeprefix(SQLITE).strip("/ ") or not url.startswith(SQLITE) or "?" in url or url.endswith(":"):
        raise ValueError(f'expected "{SQLITE}" and a file, as in "{SQLITE}redletter.db"')
    return url


def _hour(value: Any) -> time:
    match = _HOUR.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        raise ValueError('expected a local time as text, such as "17:00"')
    return time(int(match[1]), int(match[2]))


def check_reference(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f'expected "env:NAME" or "file:PATH", found {plain_kind(value)}')
    if not _REFERENCE.fullmatch(value):
        raise ValueError(_ONLY_REFERENCES)
    return value


def _file_name(value: str) -> str:
    if not value.strip() or value.endswith("/"):
        raise ValueError('expected the name of a file, as in "heartbeat"')
    return value


Duration = Annotated[timedelta, BeforeValidator(duration)]
PoliteDuration = Annotated[timedelta, BeforeValidator(_polite_duration)]
CalendarPeriod = Annotated[Period, BeforeValidator(_period)]
TimeZone = Annotated[str, AfterValidator(check_time_zone)]
Language = Annotated[str, AfterValidator(check_language)]
Hour = Annotated[time, BeforeValidator(_hour)]
Reference = Annotated[str, BeforeValidator(check_reference)]
FileName = Annotated[str, AfterValidator(_file_name)]
SqliteUrl = Annotated[str, AfterValidator(_sqlite_only)]
