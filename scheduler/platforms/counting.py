"""The ways in which platforms count a text: by weight, by what a reader sees as one character, by bytes."""

import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from scheduler.platforms.links import Link, find_links
from scheduler.platforms.message import Message

URL_CHARACTERS = 23  # what X and Mastodon count for a link of any length

# https://github.com/twitter/twitter-text/blob/master/config/v3.json: these code points weigh 1, all others 2.
_LIGHT_RANGES = ((0, 0x10FF), (0x2000, 0x200D), (0x2010, 0x201F), (0x2032, 0x2037))
_EMOJI_WEIGHT = 2


def spoken_text(message: Message, part: int) -> str:
    """Returns a part's text as it goes to a platform that has no field for a content warning: the warning opens it."""
    text = message.parts[part].text
    if part == 0 and message.content_warning:
        return f"CW: {message.content_warning}\n\n{text}"
    return text


def weighted_length(text: str, url_characters: int = URL_CHARACTERS) -> int:
    """Counts as X does (twitter-text, configuration v3): NFC, an emoji sequence 2, CJK 2, a link as `url_characters`.

    https://docs.x.com/fundamentals/counting-characters
    """
    composed = unicodedata.normalize("NFC", text)
    links = find_links(composed, bare_domains=True)
    return len(links) * url_characters + sum(_weight_without_links(piece) for piece in _between(composed, links))


def grapheme_length(text: str) -> int:
    """Counts what a reader sees as one character (extended grapheme clusters, Unicode UAX #29)."""
    if text.isascii() and "\r" not in text:
        return len(text)
    return len(_grapheme().findall(text))


def mastodon_length(text: str, url_characters: int = URL_CHARACTERS) -> int:
    """Counts as Mastodon does: grapheme clusters, an http(s) link as `url_characters`, @user@domain as @user.

    https://docs.joinmastodon.org/user/posting/#links and app/validators/status_length_validator.rb
    """
    links = find_links(text, bare_domains=False)
    pieces = map(with_short_mentions, _between(text, links))
    return len(links) * url_characters + sum(map(grapheme_length, pieces))


def with_short_mentions(text: str) -> str:
    """Returns a text as Mastodon shows and counts it, with @user@domain as @user."""
    return str(_remote_mention().sub(r"@\1", text))


def byte_length(text: str) -> int:
    """Counts UTF-8 bytes; a lone surrogate, which no text should hold, counts as three."""
    return len(text.encode("utf-8", "surrogatepass"))


def _between(text: str, links: Iterable[Link]) -> Iterator[str]:
    position = 0
    for link in links:
        yield text[position : link.start]
        position = link.end
    yield text[position:]


def _weight_without_links(text: str) -> int:
    rest, emoji = _emoji_sequence().subn("", text)
    return int(emoji) * _EMOJI_WEIGHT + sum(_weight(character) for character in rest)


def _weight(character: str) -> int:
    code_point = ord(character)
    return 1 if any(first <= code_point <= last for first, last in _LIGHT_RANGES) else 2


@cache
def _grapheme() -> Any:
    import regex

    return regex.compile(r"\X")


@cache
def _remote_mention() -> Any:
    import regex

    # Mastodon's Account::MENTION_RE; a domain of more than 253 characters cannot exist and counts in full.
    return regex.compile(r"(?i)(?<![=/\w])@([a-z0-9_]+(?:[.-]+[a-z0-9_]+)*)@(?=.{1,253}?(?![\w.-]))\w+(?:[.-]+\w+)*")


@cache
def _emoji_sequence() -> Any:
    import regex

    # Flags; keycaps; what is a picture by itself, by a skin tone, or (© ®, which weigh 1 as text) by a selector;
    # tag sequences (the flag of Scotland); and all of these joined (a family).
    one = (
        r"(?:\p{Regional_Indicator}{2}"
        r"|[0-9#*]\uFE0F?\u20E3"
        r"|[\u00A9\u00AE]\uFE0F"
        r"|(?![0-9#*\u00A9\u00AE])\p{Emoji}"
        r"(?:(?<=\p{Emoji_Modifier_Base})\p{Emoji_Modifier}|\uFE0F|(?!\uFE0E))"
        r"(?:[\U000E0020-\U000E007E]+\U000E007F)?)"
    )
    return regex.compile(rf"{one}(?:\u200D{one})*")
