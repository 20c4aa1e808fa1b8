"""Dates as press releases write them, in British order unless told otherwise; never looked for in running prose."""

import re
from datetime import date
from enum import StrEnum


class DateOrder(StrEnum):
    """How a date of digits is read: 03/04/2027 is 3 April, or 4 March."""

    BRITISH = "british"
    AMERICAN = "american"


_MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
_MONTH_NAMES = {name: number for number, name in enumerate(_MONTHS, 1)}
_MONTH_NAMES |= {name[:3]: number for number, name in enumerate(_MONTHS, 1)} | {"sept": 9}
_WELSH = (
    "ionawr",
    "chwefror",
    "mawrth",
    "ebrill",
    "mai",
    "mehefin",
    "gorffennaf",
    "awst",
    "medi",
    "hydref",
    "tachwedd",
    "rhagfyr",
)
_MONTH_NAMES |= {name: number for number, name in enumerate(_WELSH, 1)}
_MONTH = "(?P<{0}>" + "|".join(sorted(_MONTH_NAMES, key=len, reverse=True)) + r")\b\.?"

_WEEKDAY = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?,?\s+)?"
_TIME = (
    r"(?:\d{1,2}[:.]\d{2}(?::\d{2})?\s*(?:[ap]\.?m\.?)?|\d{1,2}\s*[ap]\.?m\.?|[0-2]\d[0-5]\d(?=\s?h))"
    r"(?:\s*(?:gmt|bst|utc|hrs|hours|h|[+-]\d{4}))?"
)
_DATE = (
    r"(?:(?P<iso_year>\d{4})-(?P<iso_month>\d{1,2})-(?P<iso_day>\d{1,2})"
    r"(?:[t ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s?(?:z|[+-]\d{2}:?\d{2})?)?"
    r"|(?P<day>\d{1,2})\s?[/.\-]\s?(?P<month>\d{1,2})\s?[/.\-]\s?(?P<year>\d{4}|\d{2})"
    r"|(?P<named_day>\d{1,2})(?:st|nd|rd|th)?(?:\s+of)?[\s\-]+"
    + _MONTH.format("month_name")
    + r",?[\s\-]+(?P<named_year>\d{4}|\d{2}(?!\d|[:.]\d|\s*(?:[ap]\.?m\b|h)))"
    r"|" + _MONTH.format("us_month_name") + r"\s+(?P<us_day>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<us_year>\d{4}))"
)
_LABEL = (
    r"(?:(?:press |news |media )?(?:release|issue|publication) date\s*[:\-–—|]?\s*"
    r"|(?:first |last )?(?:published|posted|released?|issued|date(?: published| issued| of (?:release|issue))?|updated|created"
    r"|sent|for (?:immediate )?(?:release|publication)|(?:press|news|media) (?:release|statement)|immediate release)"
    r"(?:\s+(?:on|at))?\s*[:\-–—|]?\s*)?"
)
_DATED = (
    _WEEKDAY
    + r"(?:"
    + _TIME
    + r"\s*,?\s*(?:on\s+)?)?"
    + _WEEKDAY
    + _DATE
    + r"(?:\s*,?\s*(?:at\s+|[-–|]\s*)?"
    + _TIME
    + r")?"
)
# Who wrote it, or where: "By Jo Bloggs, 3 May 2025", "Fennick, 3 May 2025", "Posted 3 May 2025 by Press Office".
_PLACE = r"(?-i:[A-Z][\w’'-]+(?: [A-Z][\w’'-]+){0,2})"
_DATE_LINE = re.compile(
    rf"\W{{0,3}}(?:(?:by:?\s+[^\d,:|]{{2,50}}|{_PLACE}),\s+)?{_LABEL}{_DATED}"
    rf"(?:,\s+{_PLACE}|,?\s+by\s+[^\d:]{{2,50}})?[\s.)\]|*_-]{{0,4}}",
    re.IGNORECASE,
)
_AT_END = re.compile(rf"(?P<rest>.*?\S)(?P<sign>\s*\(|\s+[|–—-]\s+|,\s+|\s+on\s+){_DATED}\)?", re.IGNORECASE)
_DATELINE = re.compile(r"[^\d\n:“\"]{2,40}?[,(–—-]\s{0,2}" + _DATED + r"\)?\s?[–—:-]\s", re.IGNORECASE)
_VALUE = re.compile(_DATED, re.IGNORECASE)
_EMBARGO = re.compile(r"\W{0,3}(?:strictly |under )?(?:embargo|not for (?:publication|release))", re.IGNORECASE)
_IN_LINE = re.compile(r"(?<![\d/.\-])" + _DATE + r"(?!\d)", re.IGNORECASE)

_LONGEST_LINE = 90
_DIGIT = re.compile(r"\d")  # every date has one, and most lines have none


def date_of_line(line: str, order: DateOrder = DateOrder.BRITISH) -> date | None:
    """The date of a line that is nothing but a date, with or without its time, weekday and label; else None."""
    line = line.strip()
    if len(line) > _LONGEST_LINE or not _DIGIT.search(line):
        return None
    return _date(_DATE_LINE.fullmatch(line), order)


def without_date(line: str, order: DateOrder = DateOrder.BRITISH) -> tuple[str, date | None, str]:
    """What a line says before the date at its end, that date, and the sign between them: "–", "(", ",", "on".

    A line without a date at its end comes back whole.
    """
    may_be_dated = len(line) <= 3 * _LONGEST_LINE and _DIGIT.search(line)
    found = _AT_END.fullmatch(line.strip()) if may_be_dated else None
    day = _date(found, order)
    return (found["rest"], day, found["sign"].strip()) if found and day else (line, None, "")


def date_of_dateline(paragraph: str, order: DateOrder = DateOrder.BRITISH) -> date | None:
    """The date of a paragraph that opens with place and date: "LEEDS, 18 March 2019 – The charity …"; else None."""
    return _date(_DATELINE.match(paragraph[:_LONGEST_LINE]), order)


def date_of_embargo(line: str, order: DateOrder = DateOrder.BRITISH) -> date | None:
    """The day from which a line allows publication: "EMBARGOED until 00.01 on Thursday 18 March 2027"; else None."""
    line = line.strip()
    if len(line) > 2 * _LONGEST_LINE or not _EMBARGO.match(line):
        return None
    return _date(_IN_LINE.search(line), order)


def days_in(line: str, order: DateOrder = DateOrder.BRITISH) -> tuple[list[date], str]:
    """Every day that a line names with its year, and what else the line says."""
    days = [day for match in _IN_LINE.finditer(line) if (day := _date(match, order))]
    return days, _IN_LINE.sub(" ", line)


def parse_date(value: str, order: DateOrder = DateOrder.BRITISH) -> date | None:
    """The date at the beginning of a header's value; None when it holds none or one that does not exist."""
    return _date(_VALUE.match(value.strip()[:_LONGEST_LINE]), order)


def _date(match: re.Match[str] | None, order: DateOrder) -> date | None:
    if match is None:
        return None
    parts = match.groupdict()
    year = int(parts["iso_year"] or parts["year"] or parts["named_year"] or parts["us_year"])
    month_name = parts["month_name"] or parts["us_month_name"]
    month = _MONTH_NAMES[month_name.lower()] if month_name else int(parts["iso_month"] or parts["month"])
    day = int(parts["iso_day"] or parts["day"] or parts["named_day"] or parts["us_day"])
    if order is DateOrder.AMERICAN and parts["day"]:
        day, month = month, day
    try:
        return date(year + 2000 if year < 100 else year, month, day)
    except ValueError:
        return None
