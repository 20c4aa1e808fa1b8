"""The moment before which nothing of an article may go out, as its header, its first lines or a campaign state it."""

import re
from datetime import UTC, datetime, time, timedelta, tzinfo

from scheduler.articles.dates import DateOrder, days_in, parse_date

# Nothing else may stand beside it: whoever names a zone in words, or writes "6pm", may be understood in two ways.
_MOMENT = re.compile(
    r"(?:(?P<before>\d{1,2}:\d{2}),? (?:on )?)?(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day,? )?"
    r"(?P<day>\d{4}-\d{2}-\d{2}|\d{1,2}[/.]\d{1,2}[/.]\d{4}|\d{1,2}(?:st|nd|rd|th)? [a-z]+ \d{4}|[a-z]+ \d{1,2}, \d{4})"
    r"(?:,? (?:at )?(?P<after>\d{1,2}:\d{2}))?",
    re.ASCII | re.IGNORECASE,
)

_LINE = re.compile(
    r"(?:^\W*|[–—|:\-]\s*|\brelease\s+)(?:(?:this \w+(?: \w+)? is )?(?:strictly |under (?:a )?(?:strict )?|strict ))?"
    r"(?:embargo(?:ed)?\s*(?:$|[:–—\-\d]|(?:until|till|til|before|date|time|ends|lifts|(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b)"
    r"|embargoed (?:for|to)\b|not for (?:publication|release|broadcast|use)\b.{0,30}\b(?:before|until)\b)",
    re.IGNORECASE,
)
_SPEAKS_OF_ONE = re.compile(r"embargo|not for", re.IGNORECASE)  # as each of these does
_NOT_BOUND = re.compile(r"\bno embargo|\bembargo\s*:\s*(?:none|no|n/?a|immediate|lifted)\b", re.IGNORECASE)
_LONGEST_LINE = 180
_HOUR = re.compile(
    r"(?<![\d.:])(?P<hour>\d{1,2})(?:[.:](?P<minute>\d{2})(?!\d))?\s*(?P<half>[ap])\.?m\b"
    r"|(?<![\d.:])(?P<clock>\d{1,2})[.:](?P<past>\d{2})(?!\d)|\b(?P<joined>[0-2]\d)(?P<after>[0-5]\d)(?:\s?(?:hrs|hours|h))?\b"
    r"|\b(?P<noon>noon|midday)\b|(?<!past )\b(?P<midnight>midnight)\b",
    re.IGNORECASE,
)


def is_embargo_line(line: str) -> bool:
    """Whether a line of a release's head says that it is under embargo: "EMBARGOED until 00.01 on Thursday …"."""
    if len(line) > _LONGEST_LINE or not _SPEAKS_OF_ONE.search(line):
        return False
    return bool(_LINE.search(line)) and not _NOT_BOUND.search(line)


def embargo_of_line(line: str, order: DateOrder = DateOrder.BRITISH) -> datetime | None:
    """The moment until which such a line forbids to publish, by the clocks of the campaign; None where it names no day.

    Of several days or hours the latest counts, and midnight is that after the day: too late harms less than too early.
    """
    days, rest = days_in(line, order)
    if not days:
        return None
    hours = [_from_midnight(match) for match in _HOUR.finditer(rest)]
    return datetime.combine(max(days), time()) + max(hours, default=timedelta())


def _from_midnight(match: re.Match[str]) -> timedelta:
    if match["noon"] or match["midnight"]:
        return timedelta(hours=12 if match["noon"] else 24)
    hour = int(match["hour"] or match["clock"] or match["joined"])
    if match["half"]:
        hour = hour % 12 + (12 if match["half"] in "pP" else 0)
    minute = int(match["minute"] or match["past"] or match["after"] or 0)
    return min(timedelta(hours=hour, minutes=minute), timedelta(days=1))


def parse_embargo(written: str, order: DateOrder = DateOrder.BRITISH) -> datetime:
    """Reads "2027-03-18 00:01", "18 March 2027, 00:01" or "2027-03-18T00:01:00+01:00"; a day alone means its beginning.

    The moment is aware where it has an offset; else it is one by the clocks of the campaign. ValueError says what was
    expected.
    """
    text = " ".join(written.split())
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        pass
    found = _MOMENT.fullmatch(text)
    day = parse_date(found["day"], order) if found else None
    if found and day and not (found["before"] and found["after"]):
        hour, minute = map(int, (found["before"] or found["after"] or "0:0").split(":"))
        try:
            return datetime.combine(day, time(hour, minute))
        except ValueError:
            pass
    raise ValueError(
        f'expected a moment such as "2027-03-18 00:01", or with its offset "2027-03-18T00:01:00+01:00", found "{written}"'
    )


def by_the_clocks(embargo: datetime, zone: tzinfo) -> datetime:
    """Returns the moment of an embargo in UTC; one without an offset is meant by the clocks of this zone."""
    return (embargo if embargo.tzinfo else embargo.replace(tzinfo=zone)).astimezone(UTC)
