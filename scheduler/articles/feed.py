"""RSS and Atom feeds: the newest entry that a campaign asks for, with what the feed holds of it."""

import io
import re
from calendar import timegm
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any
from urllib.parse import urlsplit

from scheduler.articles.article import Anchor, Article, Span
from scheduler.articles.dates import parse_date
from scheduler.articles.document import Document, fail
from scheduler.articles.fragment import read_fragment
from scheduler.articles.stated import Stated, article_of
from scheduler.articles.structure import TextBuilder, structure
from scheduler.articles.wanted import Wanted

_LARGEST_FEED = 4 * 1024 * 1024
_FULL_TEXT = 600  # characters: what holds more than one paragraph and so many is no mere summary
_TAGS = re.compile(r"<[^>]{0,500}>")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a feed.

    id: what the feed calls it, else its link; link: an http(s) address or None; html: all that the feed holds of it.
    full: whether that is its text rather than a summary.
    """

    id: str
    title: str | None
    link: str | None
    html: str
    full: bool
    published: date | None
    description: str | None
    language: str | None
    site_name: str | None


def choose(document: Document, wanted: Wanted, entry_id: str | None = None) -> Entry:
    """The entry that is wanted, or the one with this id; ArticleError when the feed has none such."""
    parsed = _parsed(document)
    # As plain tables: feedparser's own answer for a missing "updated" with "published", and warn of it.
    entries = [dict(entry) for entry in parsed.entries]
    if not entries:
        fail(document.source, "is a feed without entries" if parsed.version else "is no RSS or Atom feed")
    if entry_id is not None:
        found = next((entry for entry in entries if _id(entry) == entry_id), None)
        # Feeds drop their old entries: that is no sign that the article was taken away.
        return _entry(found, parsed.feed, document) if found else fail(document.source, "no longer has this entry")
    newest_first = sorted(entries, key=lambda entry: _moment(entry, document), reverse=True)
    matching = [entry for entry in newest_first if _matches(entry, wanted.matching)]
    if len(matching) < wanted.newest:
        asked = f" that match {' or '.join(map(repr, wanted.matching))}" if wanted.matching else ""
        fail(
            document.source,
            f"has {len(matching)} of {len(entries)} entries{asked}, and number {wanted.newest} is wanted",
        )
    return _entry(matching[wanted.newest - 1], parsed.feed, document)


def read(document: Document) -> Article:
    """The newest entry, as far as the feed holds it."""
    return read_entry(document, choose(document, Wanted(document.dates)))


def read_entry(document: Document, entry: Entry) -> Article:
    """An article from what the feed itself holds of an entry."""
    builder = TextBuilder()
    anchors: list[Anchor] = []
    for block in read_fragment(entry.html, entry.link or document.url):
        start = builder.add(block.words, block.kind)
        anchors += [Anchor(url, block.words[at:to], Span(start + at, start + to)) for url, at, to in block.links]
    if not builder.paragraphs:
        fail(document.source, f"holds no text of {entry.title or entry.id!r}; follow = true reads its page")
    form = structure(builder.text, builder.paragraphs, entry.title, title_in_text=False, order=document.dates)
    stated = Stated(
        title=entry.title,
        published=entry.published,
        url=entry.link,
        description=entry.description,
        site_name=entry.site_name,
        language=entry.language,
    )
    return article_of(document, builder.text, form, stated, anchors)


def _parsed(document: Document) -> Any:
    if len(document.content) > _LARGEST_FEED:
        fail(document.source, f"is a feed larger than {_LARGEST_FEED // 1024 // 1024} MB")
    import feedparser

    headers = {"content-type": f"{document.content_type}; charset={document.charset}"} if document.charset else None
    try:
        # As a stream: given bytes, feedparser would try them as the name of a file first.
        return feedparser.parse(io.BytesIO(document.content), response_headers=headers)
    except Exception as error:  # a feed may be anything at all; a reader raises ArticleError only
        fail(document.source, f"cannot be read as a feed: {type(error).__name__}")


def _entry(entry: Any, feed: Any, document: Document) -> Entry:
    contents = [str(each.get("value") or "") for each in entry.get("content") or ()]
    summary = str(entry.get("summary") or "")
    html = max([*contents, summary], key=len)
    description = _words(summary) if len(summary) < len(html) else None
    return Entry(
        id=_id(entry),
        title=_words(entry.get("title")),
        link=_link(entry),
        html=html,
        full=len(_TAGS.sub("", html)) > _FULL_TEXT and len(read_fragment(html)) > 1,
        published=next((day for day in map(_day_in(document), _dates(entry)) if day), None),
        description=description,
        language=entry.get("language") or feed.get("language"),
        site_name=_words(feed.get("title")),
    )


def _id(entry: Any) -> str:
    return str(entry.get("id") or entry.get("link") or entry.get("title") or "").strip()


def _link(entry: Any) -> str | None:
    address = str(entry.get("link") or "").strip()
    try:
        return address if urlsplit(address).scheme in {"http", "https"} else None
    except ValueError:
        return None


def _words(html: object) -> str | None:
    return " ".join(" ".join(block.words for block in read_fragment(str(html))).split()) or None if html else None


def _dates(entry: Mapping[str, Any]) -> list[str]:
    return [str(entry[key]) for key in ("published", "created", "updated") if entry.get(key)]


def _day_in(document: Document) -> Any:
    return lambda written: parse_date(written, document.dates)


def _moment(entry: Any, document: Document) -> datetime:
    """When an entry came out; one that does not say is the oldest, and equals keep the feed's order."""
    for key in ("published_parsed", "created_parsed", "updated_parsed"):
        parsed = entry.get(key)
        if parsed:
            try:
                return datetime.fromtimestamp(timegm(parsed), UTC)
            except (TypeError, ValueError, OverflowError, OSError):
                continue
    days = [day for day in map(_day_in(document), _dates(entry)) if day]
    return datetime.combine(days[0], time(), UTC) if days else datetime.min.replace(tzinfo=UTC)


def _matches(entry: Any, phrases: Sequence[str]) -> bool:
    if not phrases:
        return True
    categories = " ".join(str(tag.get("term") or "") for tag in entry.get("tags") or ())
    said = f"{entry.get('title') or ''} {_TAGS.sub(' ', str(entry.get('summary') or ''))} {categories}"
    words = {word.lower() for word in re.findall(r"\w+", said)}
    return any(wanted and wanted <= words for wanted in ({w.lower() for w in re.findall(r"\w+", p)} for p in phrases))
