"""Links with the words an article puts to them; tracking parameters and duplicates gone."""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from scheduler.articles.article import Article
from scheduler.excerpts.excerpt import Link
from scheduler.excerpts.vocabulary import words_of

_TRACKING = words_of(
    """
    gclid gclsrc gbraid wbraid dclid fbclid msclkid twclid ttclid li_fat_id igshid igsh mc_cid mc_eid mkt_tok
    yclid ysclid _hsenc _hsmi __hstc __hssc __hsfp hsctatracking vero_id vero_conv oly_anon_id oly_enc_id s_cid
    icid wickedid _openstat rb_clickid epik srsltid _ga _gl at_campaign at_medium at_custom1 at_custom2
    at_custom3 at_custom4 ns_campaign ns_mchannel ns_source ns_linkname ns_fee ncid campaign_id ad_id adset_id
    cmpid trk trkcampaign sc_campaign sc_channel sc_content sc_country sc_geo sc_medium sc_outcome
    """
)
_TRACKING_PREFIXES = ("utm_", "mtm_", "pk_", "piwik_", "matomo_", "hsa_", "stm_")
_LABEL = re.compile(r"\s*([^:\n]{2,90}?)\s*(?::|\s[–—-])\s*$")
_IN_SOCIAL_POST = re.compile(r"https?://(?:pic\.twitter\.com|t\.co)/", re.IGNORECASE)
# Buttons that share the page, and nothing that a release says.
_SHARES = re.compile(
    r"https?://(?:[\w-]+\.)*(?:facebook\.com/(?:sharer|share\.php|dialog/(?:share|feed|send))|(?:twitter|x)\.com/(?:share|intent/(?:tweet|post))\b"
    r"|linkedin\.com/(?:sharearticle|sharing/|cws/share)|api\.whatsapp\.com/send|wa\.me/\?|t\.me/share|telegram\.me/share"
    r"|pinterest\.(?:com|co\.uk)/pin/create|reddit\.com/submit|tumblr\.com/(?:share|widgets/share)|threads\.net/intent"
    r"|bsky\.app/intent|addtoany\.com/|addthis\.com/|mix\.com/add|getpocket\.com/(?:save|edit)|news\.ycombinator\.com/submitlink)",
    re.IGNORECASE,
)
# What a newsletter has around its news, for who gets it.
_FOR_READERS = re.compile(
    r"(?:un-?subscribe\b.{0,40}|(?:view|read|open|see)\b.{0,30}\b(?:in|with) (?:your |a |the )?(?:web )?browser"
    r"|(?:manage|update|change)\b.{0,20}\bpreferences)\W*",
    re.IGNORECASE,
)
_LONGEST_ADDRESS = 4096
# As an address has one, and the last word of a sentence has not.
_DOT_INSIDE = re.compile(r"\.(?<=[^\W_]\.)(?=[^\W_])")
_REST_OF_WORD = re.compile(r"\S+")
_ENDINGS_AT_HOME = ["cymru", "london", "scot", "wales"]  # that linkify does not know by itself
_WEB = frozenset({"http", "https"})


def links_in(article: Article) -> list[tuple[int, Link]]:
    """Every mention of a web address, with where it stands, in order: links of the source and addresses in its text."""
    mentions = sorted(_all(article), key=lambda entry: entry[0])
    return [
        (at, Link(without_tracking(url), label))
        for at, url, label in mentions
        if not (_SHARES.match(url) or _FOR_READERS.fullmatch(label or ""))
    ]


def links_once(mentions: Iterable[tuple[int, Link]]) -> tuple[Link, ...]:
    """Each address once; its first label wins."""
    found: dict[str, Link] = {}
    for _, link in mentions:
        known = found.setdefault(_key(link.url), link)
        if known.label is None and link.label:
            found[_key(link.url)] = Link(known.url, link.label)
    return tuple(found.values())


def _all(article: Article) -> Iterator[tuple[int, str, str | None]]:
    spans = []
    for anchor in article.anchors:
        if urlsplit_or_none(anchor.url) in _WEB:
            at = anchor.span.start if anchor.span else len(article.text)
            label = " ".join(anchor.label.split())
            said = _label_before(article, at) if _is_address(label) and anchor.span else None
            yield at, anchor.url, said if _is_address(label) else label or None
        if anchor.span:
            spans.append((anchor.span.start, anchor.span.end))
    covered = iter(sorted(spans))
    current = next(covered, None)
    for start, url in _in_text(article.text):
        while current and current[1] <= start:
            current = next(covered, None)
        if current is None or not current[0] <= start < current[1]:
            yield start, url, _label_before(article, start)


def urlsplit_or_none(url: str) -> str | None:
    """The scheme of an address; None for what is none."""
    try:
        parts = urlsplit(url)
        return parts.scheme.lower() if parts.hostname else None
    except ValueError:
        return None


def _is_address(label: str) -> bool:
    return bool(re.fullmatch(r"(?:https?://|www\.)\S+", label))


@cache
def _linkify(*, any_ending: bool) -> Any:
    """any_ending: whether a name may end in whatever is registered; "shelter.help" may be a full stop without its space."""
    from linkify_it import LinkifyIt
    from linkify_it.tlds import TLDS

    # No fuzzy e-mail: those are contacts. Fuzzy links find www.example.org and example.gov.uk.
    linkify = LinkifyIt(options={"fuzzy_link": True, "fuzzy_email": False, "fuzzy_ip": False})
    linkify.tlds([ending.lower() for ending in TLDS] if any_ending else _ENDINGS_AT_HOME, True)
    return linkify


def _in_text(text: str) -> Iterator[tuple[int, str]]:
    """Addresses in the text, looked for word by word: linkify is slow on one long string."""
    for at, word in _words_with_dots(text):
        for piece in _found_in(word) if len(word) <= _LONGEST_ADDRESS else ():
            start = at + piece.index
            before = text[start - 1 : start]
            if urlsplit_or_none(piece.url) in _WEB and before != "@" and not _IN_SOCIAL_POST.match(piece.url):
                url = piece.url.rstrip("”’»")
                yield start, url if piece.schema else re.sub("^http://", "https://", url)


def _words_with_dots(text: str) -> Iterator[tuple[int, str]]:
    """The words that have a full stop inside, with where they stand."""
    end = 0
    for dot in _DOT_INSIDE.finditer(text):
        if dot.start() >= end:
            start = dot.start() - len(text[end : dot.start()].rsplit(maxsplit=1)[-1])
            rest = _REST_OF_WORD.match(text, start)
            assert rest is not None  # noqa: S101 - the full stop itself is in it
            end = rest.end()
            yield start, rest[0]


def _found_in(word: str) -> list[Any]:
    if "@" in word and "://" not in word:
        return []
    return _linkify(any_ending="www." in word.lower()).match(word) or []


def _label_before(article: Article, start: int) -> str | None:
    """The words before the colon in a labelled list: "Get help: https://…"."""
    line = article.text.rfind("\n", 0, start) + 1
    label = _LABEL.match(article.text[max(line, start - 100) : start])
    if label is None or len(label[1].split()) > 12:
        return None
    words = re.sub(r"^[-*•·\d.)]+\s+", "", label[1].strip())
    return words.split(". ")[-1].strip() or None


def without_tracking(url: str) -> str:
    """The address without parameters that only follow the reader; all others stay as they are."""
    parts = urlsplit(url)
    if not parts.query:
        return url
    kept = [piece for piece in parts.query.split("&") if not _is_tracking(piece.partition("=")[0])]
    return urlunsplit(parts._replace(query="&".join(kept)))


def _is_tracking(name: str) -> bool:
    name = name.lower().removeprefix("amp;")
    return name in _TRACKING or name.startswith(_TRACKING_PREFIXES)


def _key(url: str) -> str:
    parts = urlsplit(url)
    return f"{(parts.hostname or '').removeprefix('www.')}{parts.path.rstrip('/')}?{parts.query}#{parts.fragment}"
