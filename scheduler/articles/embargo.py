"""The moment before which nothing of an article may go out, as its header or a campaign states it."""

import re
from datetime import datetime, time

from scheduler.articles.dates import DateOrder, parse_date

_CLOCK = re.compile(r"(?<![\d:.+\-])([01]?\d|2[0-3]):([0-5]\d)(?!\d)", re.ASCII)
# Whoever names a zone in words may mean another one than the campaign's, and an hour "pm" is easily read wrong.
_UNCLEAR = re.compile(r"[+-]\d{2}:?\d{2}$|\d\s?z$|\b(?:gmt|bst|utc|[ap]\.?m|noon|midnight)\b", re.IGNORECASE)


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
    day, hours = parse_date(text, order), _CLOCK.findall(text)
    if day is None or len(hours) > 1 or _UNCLEAR.search(text):
        raise ValueError(
            'expected a moment such as "2027-03-18 00:01", or with its offset "2027-03-18T00:01:00+01:00",'
            f' found "{written}"'
        )
    hour, minute = map(int, hours[0]) if hours else (0, 0)
    return datetime.combine(day, time(hour, minute))
