"""The moment before which nothing of an article may go out, as its header or a campaign states it."""

import re
from datetime import UTC, datetime, time, tzinfo

from scheduler.articles.dates import DateOrder, parse_date

# Nothing else may stand beside it: whoever names a zone in words, or writes "6pm", may be understood in two ways.
_MOMENT = re.compile(
    r"(?:(?P<before>\d{1,2}:\d{2}),? (?:on )?)?(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day,? )?"
    r"(?P<day>\d{4}-\d{2}-\d{2}|\d{1,2}[/.]\d{1,2}[/.]\d{4}|\d{1,2}(?:st|nd|rd|th)? [a-z]+ \d{4}|[a-z]+ \d{1,2}, \d{4})"
    r"(?:,? (?:at )?(?P<after>\d{1,2}:\d{2}))?",
    re.ASCII | re.IGNORECASE,
)


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
