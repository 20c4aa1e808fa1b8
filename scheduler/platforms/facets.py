"""Facets say which bytes of a Bluesky post are a link, a hashtag or a mention; Bluesky itself finds none.

https://docs.bsky.app/docs/advanced-guides/post-richtext
"""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from scheduler.platforms.links import Link, find_links

LINK = "app.bsky.richtext.facet#link"
MENTION = "app.bsky.richtext.facet#mention"
TAG = "app.bsky.richtext.facet#tag"

_SIGNS = frozenset(".:#＃@")  # a link, a tag or a mention has one of these
_MAX_TAG_CHARACTERS = 64
_SHOWN_PATH = 15


def facets_of(text: str, links: Sequence[Link] | None = None) -> list[dict[str, Any]]:
    """Returns the facets of `text` in their order, with offsets in UTF-8 bytes.

    links: those of the text where they are known already; a link may be shown as other words than its address.
    A mention names its "handle", since its "did" is known only once the platform was asked: see `with_mentions`.
    """
    if _SIGNS.isdisjoint(text):
        return []
    known = find_links(text, bare_domains=True) if links is None else links
    spans = [(link.start, link.end, {"$type": LINK, "uri": link.url}) for link in known]
    found = sorted([*spans, *_tags(text), *_mentions(text)], key=lambda each: each[0])
    return [_facet(text, start, end, feature) for start, end, feature in _apart(found)]


def with_short_links(text: str) -> tuple[str, list[Link]]:
    """Returns the text with each link shown as Bluesky's own app shows it, and where the links are now."""
    shown, links, position = "", [], 0
    for link in find_links(text, bare_domains=True):
        shown += text[position : link.start]
        short = _short(text[link.start : link.end])
        links.append(Link(len(shown), len(shown) + len(short), link.url))
        shown += short
        position = link.end
    return shown + text[position:], links


def _short(address: str) -> str:
    # toShortUrl: the host, and of a path longer than 15 characters the first 13.
    # https://github.com/bluesky-social/social-app/blob/main/src/lib/strings/url-helpers.ts
    host, slash, path = address.split("://", 1)[-1].partition("/")
    path = slash + path if path else ""
    return host + (path if len(path) <= _SHOWN_PATH else path[: _SHOWN_PATH - 2] + "...")


def mentioned_handles(facets: list[dict[str, Any]]) -> list[str]:
    """Returns the handles that facets of `facets_of` mention, each once."""
    features = (feature for facet in facets for feature in facet["features"])
    return list(dict.fromkeys(feature["handle"] for feature in features if feature["$type"] == MENTION))


def with_mentions(facets: list[dict[str, Any]], dids: dict[str, str]) -> list[dict[str, Any]]:
    """Returns the facets with each mention by its did; a mention that `dids` does not know stays plain text."""
    resolved = []
    for facet in facets:
        feature = facet["features"][0]
        if feature["$type"] != MENTION:
            resolved.append(facet)
        elif feature["handle"] in dids:
            resolved.append({**facet, "features": [{"$type": MENTION, "did": dids[feature["handle"]]}]})
    return resolved


_Found = tuple[int, int, dict[str, str]]


def _tags(text: str) -> Iterator[_Found]:
    for match in _tag().finditer(text):
        tag = match["tag"]
        if len(tag) <= _MAX_TAG_CHARACTERS:
            yield match.start("sign"), match.end("tag"), {"$type": TAG, "tag": tag}


def _mentions(text: str) -> Iterator[_Found]:
    for match in _mention().finditer(text):
        yield match.start("sign"), match.end("handle"), {"$type": MENTION, "handle": match["handle"].lower()}


def _apart(found: list[_Found]) -> Iterator[_Found]:
    position = 0
    for start, end, feature in found:
        if start >= position:
            yield start, end, feature
            position = end


def _facet(text: str, start: int, end: int, feature: dict[str, str]) -> dict[str, Any]:
    first = len(text[:start].encode())
    last = first + len(text[start:end].encode())
    return {"index": {"byteStart": first, "byteEnd": last}, "features": [feature]}


@cache
def _tag() -> Any:
    import regex

    # As Bluesky's own app finds them: after a space, not only digits, without punctuation at the end; "#️⃣" is an emoji.
    invisible = r"\u00AD\u2060\u200A\u200B\u200C\u200D\u20E2"
    return regex.compile(
        rf"(?:^|(?<=\s))(?P<sign>[#＃])(?!\uFE0F)(?=[^\s{invisible}]*[^\d\s\p{{P}}{invisible}])"
        rf"(?P<tag>[^\s{invisible}]*[^\s\p{{P}}{invisible}])"
    )


@cache
def _mention() -> Any:
    import regex

    # A handle is a domain name: https://atproto.com/specs/handle
    label = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
    return regex.compile(
        rf"(?:^|(?<=[\s(]))(?P<sign>@)(?P<handle>(?:{label}\.)+[a-zA-Z](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)\b"
    )
