"""Finds the links of a text as platforms do: no trailing full stop, balanced brackets, gov.scot is a domain."""

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

# Marks that linkify-it takes for a part of an address and no platform does: typographic quotes, ellipsis, long dash.
_NEVER_IN_A_LINK = re.compile("[“”„‘’‚«»‹›…—]")
_NEVER_AT_ITS_END = ".,;:!?'\"-"


@dataclass(frozen=True, slots=True)
class Link:
    """A link in a text: the half-open span of its characters, and the whole address that it stands for."""

    start: int
    end: int
    url: str


def find_links(text: str, *, bare_domains: bool) -> tuple[Link, ...]:
    """Returns the http(s) links of `text` in their order, with `bare_domains` also those without a scheme.

    A bare domain (bbc.co.uk/news) needs a top-level domain that exists, stands for an https address, and is never a
    part of an e-mail address.
    """
    if "." not in text and "://" not in text:
        return ()
    matches = _finder(bare_domains).match(text) or ()
    return tuple(_link(match.index, match.raw, bare=not match.schema) for match in matches)


def _link(start: int, raw: str, *, bare: bool) -> Link:
    shown = _NEVER_IN_A_LINK.split(raw, maxsplit=1)[0].rstrip(_NEVER_AT_ITS_END)
    return Link(start, start + len(shown), f"https://{shown}" if bare else shown)


@cache
def _finder(bare_domains: bool) -> Any:
    from linkify_it import LinkifyIt
    from linkify_it.tlds import TLDS

    no_other_schemes = dict.fromkeys(("ftp:", "//", "mailto:"))
    finder = LinkifyIt(no_other_schemes, {"fuzzy_link": bare_domains, "fuzzy_email": False})
    return finder.tlds(list(TLDS)) if bare_domains else finder
