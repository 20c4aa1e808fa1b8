"""Reads the rule of a date from words: "18 march", "2nd tuesday of february", "week containing 20 june"."""

import calendar
import re

from scheduler.awareness.rules import (
    DaysFrom,
    Easter,
    FixedDate,
    NearWeekday,
    NthWeekday,
    OtherDay,
    Rule,
    Side,
    WeekContaining,
    WholeMonth,
    leaves_its_year,
)

ANNOUNCED = "announced"

MONTHS = tuple(name.casefold() for name in calendar.month_name[1:])
WEEKDAYS = tuple(name.casefold() for name in calendar.day_name)
_ORDINALS = {"1st": 1, "2nd": 2, "3rd": 3, "4th": 4, "first": 1, "second": 2, "third": 3, "fourth": 4, "last": -1}
_FARTHEST = 366

_FIXED = re.compile(r"(\d{1,2}) ([a-z]+)")
_NTH = re.compile(r"([a-z0-9]+) ([a-z]+) (?:of|in) ([a-z]+)")
_AMONG = re.compile(r"([a-z]+) (\d{1,2}) ?(?:-|to) ?(\d{1,2}) ([a-z]+)")
_NEAR = re.compile(r"([a-z]+) (on or after|on or before|after|before) (.+)")
_DAYS_FROM = re.compile(r"(\d{1,3}) days? (after|before) (.+)")
_DAY_FROM = re.compile(r"(?:the )?day (after|before) (.+)")
_WEEK = re.compile(r"(?:(?:([a-z]+) )?week containing|week of) (.+)")
_EASTER_OFFSET = re.compile(r"easter ?([+-]) ?(\d{1,3})(?: days?)?")
_OTHER_DAY = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")

EXAMPLES = (
    '"18 march", "2nd tuesday of february", "last saturday of june", "monday 10-16 november", '
    '"monday on or after 10 november", "week containing 20 june", "easter - 21 days", "tuesday after 4th thursday of '
    'november", "7 days after remembrance-sunday" (another day\'s id), or a whole month, "october"'
)


def parse_rule(text: str) -> Rule:
    """Reads a rule in words, in any case; ValueError says what is wrong with it and what is possible.

    Whether an awareness day that it names exists is not asked here.
    """
    words = " ".join(text.casefold().replace("−", "-").replace("–", "-").split())
    if words in MONTHS:
        return WholeMonth(MONTHS.index(words) + 1)
    rule = _rule(words)
    if rule is None:
        raise ValueError(f'no rule for a date: "{text}"; expected {EXAMPLES}')
    if leaves_its_year(rule.span()):
        raise ValueError(f'"{text}" may fall into another year; expected a rule whose first day is always in one year')
    return rule


def _rule(words: str) -> Rule | None:
    if match := _DAYS_FROM.fullmatch(words):
        return _days_from(int(match[1]), match[2], match[3])
    if match := _DAY_FROM.fullmatch(words):
        return _days_from(1, match[1], match[2])
    if match := _EASTER_OFFSET.fullmatch(words):
        return _days_from(int(match[2]), "after" if match[1] == "+" else "before", "easter")
    if match := _WEEK.fullmatch(words):
        return WeekContaining(_anchor(match[2]), _weekday(match[1]) if match[1] else 0)
    if match := _NEAR.fullmatch(words):
        return NearWeekday(_weekday(match[1]), Side(match[2]), _anchor(match[3]))
    return _plain(words)


def _plain(words: str) -> Rule | None:
    if words == "easter":
        return Easter()
    if match := _FIXED.fullmatch(words):
        return _fixed(match[1], match[2])
    if match := _NTH.fullmatch(words):
        return NthWeekday(_ordinal(match[1]), _weekday(match[2]), _month(match[3]))
    if match := _AMONG.fullmatch(words):
        return _among(match[1], int(match[2]), int(match[3]), match[4])
    return None


def _anchor(words: str) -> Rule:
    """Reads what stands behind after, before or containing: any rule of one day, or the id of another day."""
    rule = _rule(words)
    if rule is not None:
        return rule
    if _OTHER_DAY.fullmatch(words) and words not in MONTHS:
        return OtherDay(words)
    raise ValueError(f'no date to count from: "{words}"; expected {EXAMPLES}')


def _days_from(days: int, side: str, anchor: str) -> DaysFrom:
    if days > _FARTHEST:
        raise ValueError(f"{days} days are more than a year")
    return DaysFrom(_anchor(anchor), days if side == "after" else -days)


def _among(weekday: str, first: int, last: int, month: str) -> NearWeekday:
    anchor = _fixed(str(first), month)
    _fixed(str(last), month)
    if last - first != 6:
        raise ValueError(f'expected seven days, as in "{weekday} {first}-{first + 6} {month}", which hold it once')
    return NearWeekday(_weekday(weekday), Side.ON_OR_AFTER, anchor)


def _fixed(day_text: str, month_name: str) -> FixedDate:
    month, day = _month(month_name), int(day_text)
    longest = calendar.monthrange(2024, month)[1]
    if not 1 <= day <= longest:
        raise ValueError(f"{month_name.title()} has no day {day}; its last is {longest}")
    if (month, day) == (2, 29):
        raise ValueError('29 February is not in every year; expected "28 february" or "1 march"')
    return FixedDate(month, day)


def _month(name: str) -> int:
    return _place(name, MONTHS, "month") + 1


def _weekday(name: str) -> int:
    return _place(name, WEEKDAYS, "weekday")


def _place(name: str, names: tuple[str, ...], kind: str) -> int:
    """The first three letters are enough."""
    for place, full in enumerate(names):
        if name == full or (len(name) >= 3 and full.startswith(name)):
            return place
    raise ValueError(f'unknown {kind} "{name}"; expected one of {", ".join(full.title() for full in names)}')


def _ordinal(word: str) -> int:
    if word in ("5th", "fifth"):
        raise ValueError('a month does not always have a 5th of each weekday; expected "last" or "1st" to "4th"')
    if word not in _ORDINALS:
        raise ValueError(f'no month has a "{word}" of a weekday; expected "1st", "2nd", "3rd", "4th" or "last"')
    return _ORDINALS[word]
