"""Record keys of the AT Protocol: TIDs, which carry a time. https://atproto.com/specs/tid"""

from datetime import UTC, datetime, timedelta

_ALPHABET = "234567abcdefghijklmnopqrstuvwxyz"
_LENGTH = 13
# Python reads numbers of base 32 by itself, in other digits.
_DIGITS = str.maketrans(_ALPHABET, "0123456789abcdefghijklmnopqrstuv")
_PAIRS = [first + second for first in _ALPHABET for second in _ALPHABET]
_BITS_BEHIND_PAIRS = range(50, -1, -10)
_CHARACTERS = frozenset(_ALPHABET)
_CLOCK_BITS = 10
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def microseconds_of(moment: datetime) -> int:
    """Returns the microseconds since 1970 of an aware `moment`."""
    since = moment - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def make_tid(microseconds: int, clock: int) -> str:
    """Writes a TID: 53 bits of microseconds since 1970 and a 10-bit clock, so that keys sort by time."""
    number = microseconds << _CLOCK_BITS | clock
    return _ALPHABET[number >> 60] + "".join([_PAIRS[number >> bits & 1023] for bits in _BITS_BEHIND_PAIRS])


def time_of_tid(tid: str) -> datetime:
    """Returns the time that a TID carries (UTC); ValueError for what is no TID."""
    if len(tid) != _LENGTH or not _CHARACTERS.issuperset(tid) or tid[0] > "j":
        raise ValueError(f'"{tid}" is not a record key (TID)')
    number = int(tid.translate(_DIGITS), 32)
    return _EPOCH + timedelta(microseconds=number >> _CLOCK_BITS)
