"""The preview in a terminal: a card for each post, grouped by day, in the order of time."""

import unicodedata
from collections.abc import Iterable, Iterator

from scheduler.preview.card import Card, by_day, day_heading, hour, length_words, source_words, terms_words

NARROWEST, WIDEST = 60, 120
_BOLD, _YELLOW, _DIM, _UNDERLINE, _RESET = "\x1b[1m", "\x1b[33m", "\x1b[2m", "\x1b[4m", "\x1b[0m"
_VARIATION_EMOJI = "\ufe0f"
# Marks that turn the reading direction, and so could make a terminal show another order than what is posted.
_BIDIRECTIONAL = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")


def card_lines(cards: Iterable[Card], width: int = 80, colour: bool = False) -> Iterator[str]:
    """Yields the lines of all cards under a heading for each day; no line is wider than `width` columns.

    width: brought between 60 and 120. colour: marks only what words say as well.
    """
    width = max(NARROWEST, min(width, WIDEST))
    paint = Paint(colour)
    for day, group in by_day(cards):
        yield paint.bold(day_heading(day))
        yield ""
        for card in group:
            yield from _card(card, width, paint)
            yield ""


def summary_line(cards: Iterable[Card]) -> str:
    """Counts the posts, and those that need a look: "14 posts, 3 with warnings"."""
    shown = list(cards)
    warned = sum(1 for card in shown if card.warnings)
    posts = "1 post" if len(shown) == 1 else f"{len(shown)} posts"
    return f"{posts}, {warned} with warnings" if warned else f"{posts}, no warnings"


class Paint:
    """Adds colours, or leaves a text as it is."""

    def __init__(self, colour: bool) -> None:
        self.colour = colour

    def bold(self, text: str) -> str:
        return self._in(_BOLD, text)

    def warning(self, text: str) -> str:
        return self._in(_YELLOW, text)

    def dim(self, text: str) -> str:
        return self._in(_DIM, text)

    def link(self, text: str) -> str:
        return self._in(_UNDERLINE, text)

    def coloured(self, text: str, code: str) -> str:
        return self._in(code, text)

    def _in(self, code: str, text: str) -> str:
        return f"{code}{text}{_RESET}" if self.colour and text else text


def _card(card: Card, width: int, paint: Paint) -> Iterator[str]:
    inner = width - 4
    yield _edge("┌", "┐", f"{hour(card)}  {card.account} on {card.platform_name}", _state(card), width)
    if card.content_warning:
        yield from _block(f"Content warning: {card.content_warning}", inner)
        yield _line("", inner)
    for number, part in enumerate(card.parts, start=1):
        if number > 1:
            yield _edge("├", "┤", f"part {number}", length_words(part.lengths), width)
        yield from _block(part.text, inner)
    for warning in card.warnings:
        yield _line("", inner)
        yield from (_line(line, inner, paint.warning) for line in _hanging("! Warning: ", warning, inner))
    remarks = [*filter(None, [terms_words(card)]), *map(source_words, card.sources)]
    if remarks:
        yield _line("", inner)
        for remark in remarks:
            yield from (_line(line, inner, paint.dim) for line in wrapped(remark, inner))
    yield _edge("└", "┘", card.slot, length_words(card.parts[0].lengths), width)


def _state(card: Card) -> str:
    return f"post {card.post_id}, {card.status}" if card.post_id is not None else ""


def _block(text: str, inner: int) -> Iterator[str]:
    for line in wrapped(text, inner):
        yield _line(line, inner)


def _line(text: str, inner: int, painted: object = None) -> str:
    padding = " " * (inner - columns(text))
    shown = painted(text) if callable(painted) else text
    return f"│ {shown}{padding} │"


def _edge(left: str, right: str, title: str, note: str, width: int) -> str:
    """Draws one edge of a card with words at both ends; the words at the start give way when there is no room."""
    note = _cut(plain(note), width - 8)
    after = f" {note} ─" if note else ""
    title = _cut(plain(title), width - 7 - columns(after))
    line = "─" * (width - 5 - columns(title) - columns(after))
    return f"{left}─ {title} {line}{after}{right}"


def _cut(text: str, room: int) -> str:
    if columns(text) <= room:
        return text
    pieces, _ = _fill(text, max(room - 1, 0))
    return f"{pieces}…"


def _hanging(mark: str, text: str, inner: int) -> Iterator[str]:
    """Wraps after a mark, the following lines under the first word."""
    for number, line in enumerate(wrapped(text, inner - len(mark))):
        yield (mark if number == 0 else " " * len(mark)) + line


def wrapped(text: str, room: int) -> Iterator[str]:
    """Breaks a text into lines of at most `room` columns, between words where it can; its own line breaks stay."""
    for line in text.split("\n"):
        yield from _wrapped_line(plain(line), room)


def _wrapped_line(line: str, room: int) -> Iterator[str]:
    shown = ""
    for word in line.split(" "):
        candidate = f"{shown} {word}" if shown else word
        if columns(candidate) <= room:
            shown = candidate
            continue
        if shown:
            yield shown
        shown = word
        while columns(shown) > room:
            filled, shown = _fill(shown, room)
            yield filled
    yield shown


def _fill(text: str, room: int) -> tuple[str, str]:
    """Splits a text where `room` columns are full, never inside what a reader sees as one character."""
    filled, used = "", 0
    for cluster in clusters(text):
        wide = cluster_columns(cluster)
        if used + wide > room:
            break
        filled += cluster
        used += wide
    return filled, text[len(filled) :]


def plain(text: str) -> str:
    """Makes visible what could steer a terminal: control characters and turns of the reading direction become "�"."""
    return "".join(_visible(character) for character in text.replace("\t", " "))


def _visible(character: str) -> str:
    steers = unicodedata.category(character) in ("Cc", "Cs") or character in _BIDIRECTIONAL
    return "\N{REPLACEMENT CHARACTER}" if steers else character


def columns(text: str) -> int:
    """Counts the columns that a text takes in a terminal: wide characters and emoji two, marks none."""
    return len(text) if text.isascii() else sum(map(cluster_columns, clusters(text)))


def clusters(text: str) -> list[str]:
    """Splits a text into what a reader sees as one character."""
    import regex

    return list(text) if text.isascii() else regex.findall(r"\X", text)


def cluster_columns(cluster: str) -> int:
    """Counts the columns of one such character."""
    if _VARIATION_EMOJI in cluster or "\U0001f1e6" <= cluster[0] <= "\U0001f1ff":
        return 2
    if unicodedata.category(cluster[0]) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if any(unicodedata.east_asian_width(each) in "WF" for each in cluster) else 1
