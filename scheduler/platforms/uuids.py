"""Keys that are UUIDs with their time in front, so that lists of them sort by time."""

from datetime import datetime
from random import Random

from scheduler.platforms.tid import microseconds_of

_VERSION, _VARIANT = 7, 0b10


def uuid_at(now: datetime, random: Random) -> str:
    """Makes a UUID of version 7 (RFC 9562): 48 bits of milliseconds since 1970, then 74 bits of chance."""
    milliseconds = microseconds_of(now) // 1000
    time_and_version = milliseconds << 16 | _VERSION << 12 | random.getrandbits(12)
    written = f"{time_and_version << 64 | _VARIANT << 62 | random.getrandbits(62):032x}"
    return f"{written[:8]}-{written[8:12]}-{written[12:16]}-{written[16:20]}-{written[20:]}"
