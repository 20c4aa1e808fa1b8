"""Chooses the reader for a source; one line here registers a new form."""

import importlib
import os
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from scheduler.articles.article import Article
from scheduler.articles.dates import DateOrder
from scheduler.articles.document import MAX_BYTES, Document, fail, fail_gone
from scheduler.articles.wanted import Wanted
from scheduler.errors import ArticleError, ArticleUnclear

_ANYTHING = Wanted()


@dataclass(frozen=True, slots=True)
class Form:
    """A form in which articles come.

    reader: the module whose `read(document) -> Article` reads it; imported when first needed.
    """

    name: str
    reader: str
    extensions: tuple[str, ...] = ()
    content_types: tuple[str, ...] = ()


_TEXT = Form("plain text", "scheduler.articles.text", (".txt", ".text"), ("text/plain",))
_HTML = Form("HTML", "scheduler.articles.html", (".html", ".htm", ".xhtml"), ("text/html", "application/xhtml+xml"))
_WORD = Form(
    "Word",
    "scheduler.articles.docx",
    (".docx", ".docm", ".dotx"),
    ("application/vnd.openxmlformats-officedocument.wordprocessingml.document",),
)
_FEED = Form(
    "feed",
    "scheduler.articles.feed",
    (".rss", ".atom"),
    ("application/rss+xml", "application/atom+xml", "application/rdf+xml"),
)
FORMS = (
    _TEXT,
    Form(
        "Markdown", "scheduler.articles.markdown", (".md", ".markdown", ".mdown"), ("text/markdown", "text/x-markdown")
    ),
    _HTML,
    _WORD,
    _FEED,
)

_SCHEME = re.compile(r"([a-z][a-z0-9+.\-]+)://", re.IGNORECASE)
_LOOKS_LIKE_HTML = re.compile(
    rb"\s*(?:<!--.{0,500}?-->\s*)?<(?:!doctype\s+html|html|head|body|main|article|div)\b", re.IGNORECASE | re.DOTALL
)
_LOOKS_LIKE_FEED = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?.{0,500}?\?>\s*|<!--.{0,500}?-->\s*){0,5}<(?:rss|rdf:rdf|(?:atom:)?feed)\b",
    re.IGNORECASE | re.DOTALL,
)
_ZIP = b"PK\x03\x04"


def read_article(source: str, base: Path, wanted: Wanted = _ANYTHING, *, allow_private: bool = False) -> Article:
    """Read the article at a path (relative to `base`, or absolute) or at an http(s) address.

    Of a feed, the entry that is wanted; "feed#id" names one by its id, and is what such an article is called from then on.
    allow_private: whether a web address may lead into a private network.
    Raises ArticleError, and nothing else.
    """
    document = _document(source, base, wanted.dates, None, allow_private)
    assert document is not None  # noqa: S101 - only a validator can be answered with nothing
    return _article(document, wanted, allow_private)


def read_if_changed(
    source: str, base: Path, validator: str | None, wanted: Wanted = _ANYTHING, *, allow_private: bool = False
) -> Article | None:
    """Read the article again; None when its server, or its file, says that it is as when it had this validator."""
    document = _document(source, base, wanted.dates, validator, allow_private)
    return None if document is None else _article(document, wanted, allow_private)


def _article(document: Document, wanted: Wanted, allow_private: bool) -> Article:
    form = _form(document)
    if form is _FEED:
        return _entry(document, wanted, allow_private)
    if wanted.feed:
        fail(document.source, "is no RSS or Atom feed")
    read: Callable[[Document], Article] = importlib.import_module(form.reader).read
    try:
        return read(document)
    except ArticleError as error:
        if isinstance(error.__context__, ImportError):
            raise  # a library is missing here: that says nothing of the article
        raise ArticleUnclear(error.problems) from error


def _entry(feed: Document, wanted: Wanted, allow_private: bool) -> Article:
    from scheduler.articles.feed import choose, read_entry

    address, _, entry_id = feed.source.partition("#")
    entry = choose(feed, wanted, entry_id or None)
    # What was once taken from the feed itself is looked for there again.
    follow = not (entry_id or entry.full or entry.link is None) if wanted.follow is None else wanted.follow
    if not follow:
        # The feed changes with every entry: its validator says nothing of this one.
        return read_entry(replace(feed, source=f"{address}#{entry.id}", validator=None), entry)
    if entry.link is None:
        fail(feed.source, f"has no link to follow in {entry.title or entry.id!r}")
    page = _document(entry.link, Path(), wanted.dates, None, allow_private)
    if page is None or _form(page) is _FEED:
        fail(feed.source, f"leads to another feed, {entry.link}")
    article = _article(page, Wanted(wanted.dates), allow_private)
    return replace(article, title=article.title or entry.title, published=article.published or entry.published)


def _document(source: str, base: Path, dates: DateOrder, validator: str | None, allow_private: bool) -> Document | None:
    """The bytes of a source; None when they are those that had this validator."""
    scheme = _SCHEME.match(source)
    if scheme is None:
        return _file(source, base, dates, validator)
    if scheme[1].lower() not in {"http", "https"}:
        fail(source, f"is a {scheme[1]}: address; only files, http and https are read")
    from scheduler.articles.web import fetch

    document = fetch(source, validator, allow_private=allow_private)
    return replace(document, dates=dates) if document else None


def _file(source: str, base: Path, dates: DateOrder, validator: str | None) -> Document | None:
    if not source.strip() or "\x00" in source:
        fail(source or "article", "names no file")
    try:
        path = base / Path(source).expanduser()
        if not path.exists() and "#" in source:
            path = base / Path(source.partition("#")[0]).expanduser()  # an entry of a feed that lies in a file
        if path.is_dir():
            fail(source, "is a folder, not an article")
        if not path.exists():
            # Where the folder is not there either, it may be a disk that is not.
            gone = fail_gone if path.parent.is_dir() else fail
            gone(source, f"is missing: there is no such file in {path.parent}")
        if not path.is_file():
            fail(source, "is not a regular file")
        with path.open("rb") as file:
            state = os.fstat(file.fileno())
            own = f"{state.st_mtime_ns} {state.st_size}"
            if own == validator:
                return None
            content = file.read(MAX_BYTES + 1)
    except (OSError, RuntimeError, ValueError) as error:
        fail(source, f"cannot be read: {getattr(error, 'strerror', None) or error}")
    if len(content) > MAX_BYTES:
        fail(source, f"is larger than {MAX_BYTES // 1024 // 1024} MB, which no press release is")
    return Document(source, content, dates=dates, validator=own)


def _form(document: Document) -> Form:
    """By what only one form begins with, then by what the server said, by extension, and by how the content begins."""
    if document.content.startswith(_ZIP):
        return _WORD
    path = urlsplit(document.url).path if document.url else document.source
    extension = PurePosixPath(path).suffix.lower()
    # Servers send feeds as any kind of XML, and as HTML.
    if _LOOKS_LIKE_FEED.match(document.content[:8192]) and extension not in {".md", ".txt"}:
        return _FEED
    by_type = [form for form in FORMS if document.content_type in form.content_types]
    by_extension = [form for form in FORMS if extension in form.extensions]
    # Servers send Markdown as text/plain.
    if by_type and not (by_type[0] is _TEXT and by_extension):
        return by_type[0]
    if by_extension:
        return by_extension[0]
    if (
        document.content_type
        and not document.content_type.startswith("text/")
        and document.content_type != "application/octet-stream"
    ):
        fail(document.source, f"is {document.content_type}, which is not read; give its text or its page instead")
    return _HTML if _LOOKS_LIKE_HTML.match(document.content[:4096]) else _TEXT
