"""Finds our posts again among those that a platform shows of the account: by what they say, and by their time."""

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from html.parser import HTMLParser

from scheduler.platforms.contract import Doubt, Receipt

# A platform's clock may be behind ours: a post may seem to be older than the attempt that made it.
CLOCK_SKEW = timedelta(minutes=2)
# This machine's clock may have been wrong when the attempt was made, most likely by an hour or a day; the same words of
# longer ago are those of last year's campaign.
WRONG_CLOCK = timedelta(hours=26)

# What makes a post this one and no other, in the order that the adapter chose (warning, text, what it answers …).
Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """A post of the account's own as its platform shows it."""

    receipt: Receipt
    posted_at: datetime
    words: Words


@dataclass(frozen=True, slots=True)
class Timeline:
    """The account's own posts since some time. gap: why some of them may be missing, for a person; "" when none is."""

    shown: Sequence[Shown]
    gap: str = ""

    def without(self, taken: Callable[[str], bool]) -> list[Shown]:
        """Returns the posts that belong to no other post of the book."""
        return [each for each in self.shown if not taken(each.receipt.platform_id)]


def since(doubts: Sequence[Doubt], now: datetime) -> datetime:
    """Returns from when on the platform's posts matter, well before `now`."""
    return min(now, *(doubt.started_at for doubt in doubts)) - WRONG_CLOCK


def pair(doubts: Sequence[Doubt], words_of: Callable[[Doubt], Words], shown: Sequence[Shown]) -> list[Shown | None]:
    """Returns for each doubt the post that says the same and is not older than the attempt; no post for two doubts.

    As many doubts as possible get one: the latest attempt, for which the fewest posts are left, chooses first, and takes
    the one that is nearest to it in time.
    """
    free = list(shown)
    found: list[Shown | None] = [None] * len(doubts)
    for index in sorted(range(len(doubts)), key=lambda index: doubts[index].started_at, reverse=True):
        started_at, words = doubts[index].started_at, words_of(doubts[index])
        alike = [each for each in free if each.words == words and each.posted_at >= started_at - CLOCK_SKEW]
        if alike:
            nearest = min(alike, key=lambda each: abs(each.posted_at - started_at))
            free.remove(nearest)
            found[index] = nearest
    return found


def of_another_time(doubt: Doubt, words: Words, left: Sequence[Shown], now: datetime) -> str:
    """Says that one of those left over has the same words, though it seems to be older than the attempt; "" when none has.

    It may be what the attempt made, all the same: only a person can tell.
    """
    alike = [each.receipt for each in left if each.words == words and each.posted_at >= since([doubt], now)]
    if not alike:
        return ""
    where = alike[0].url or alike[0].platform_id
    return f"the same words stand at {where}, from another time: look whether that is it"


def plain_words(text: str) -> str:
    """Returns a text as it is compared: Unicode composed (NFC), each run of white space one space."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def text_of_html(html: str) -> str:
    """Returns what a post's HTML says: without tags, entities undone, a space for each break."""
    reader = _TextReader()
    reader.feed(html)
    reader.close()
    return "".join(reader.pieces)


class _TextReader(HTMLParser):
    _BREAKS = frozenset({"br", "p", "div", "li", "blockquote", "pre"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 (HTMLParser's)
        if tag in self._BREAKS:
            self.pieces.append(" ")

    def handle_data(self, data: str) -> None:
        self.pieces.append(data)
