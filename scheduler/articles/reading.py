"""Chooses the reader for a source; one line here registers a new form."""

import importlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from scheduler.articles.article import Article
from scheduler.articles.document import MAX_BYTES, Document, fail, fail_gone


@dataclass(frozen=True, slots=True)
class Form:
    """A form in which articles come.

    reader: the module whose `read(document) -> Article` reads it; imported when first needed.
    """

    name: str
    reader: str
    extensions: tuple[str, ...] = ()
    content_types: tuple[str, ...] = ()


_WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
FORMS = (
    Form("plain text", "scheduler.articles.text", (".txt", ".text"), ("text/plain",)),
    Form(
        "Markdown", "scheduler.articles.markdown", (".md", ".markdown", ".mdown"), ("text/markdown", "text/x-markdown")
    ),
    Form("HTML", "scheduler.articles.html", (".html", ".htm", ".xhtml"), ("text/html", "application/xhtml+xml")),
    Form("Word", "scheduler.articles.docx", (".docx", ".docm", ".dotx"), (_WORD_TYPE,)),
)

_SCHEME = re.compile(r"([a-z][a-z0-9+.\-]+)://", re.IGNORECASE)
_LOOKS_LIKE_HTML = re.compile(
    rb"\s*(?:<!--.{0,500}?-->\s*)?<(?:!doctype\s+html|html|head|body|main|article|div)\b", re.IGNORECASE | re.DOTALL
)


def read_article(source: str, base: Path, *, allow_private: bool = False) -> Article:
    """Read the article at a path (relative to `base`, or absolute) or at an http(s) address.

    allow_private: whether a web address may lead into a private network.
    Raises ArticleError, and nothing else.
    """
    document = _document(source, base, allow_private)
    read: Callable[[Document], Article] = importlib.import_module(_form(document).reader).read
    return read(document)


def _document(source: str, base: Path, allow_private: bool) -> Document:
    scheme = _SCHEME.match(source)
    if scheme is None:
        return Document(source, _bytes_of(source, base))
    if scheme[1].lower() not in {"http", "https"}:
        fail(source, f"is a {scheme[1]}: address; only files, http and https are read")
    from scheduler.articles.web import fetch

    return fetch(source, allow_private=allow_private)


def _bytes_of(source: str, base: Path) -> bytes:
    if not source.strip() or "\x00" in source:
        fail(source or "article", "names no file")
    try:
        path = base / Path(source).expanduser()
        if path.is_dir():
            fail(source, "is a folder, not an article")
        if not path.exists():
            # Where the folder is not there either, it may be a disk that is not.
            gone = fail_gone if path.parent.is_dir() else fail
            gone(source, f"is missing: there is no such file in {path.parent}")
        if not path.is_file():
            fail(source, "is not a regular file")
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except (OSError, RuntimeError, ValueError) as error:
        fail(source, f"cannot be read: {getattr(error, 'strerror', None) or error}")
    if len(content) > MAX_BYTES:
        fail(source, f"is larger than {MAX_BYTES // 1024 // 1024} MB, which no press release is")
    return content


def _form(document: Document) -> Form:
    """By what the server said, then by extension, then by how the content begins."""
    path = urlsplit(document.url).path if document.url else document.source
    extension = PurePosixPath(path).suffix.lower()
    by_type = [form for form in FORMS if document.content_type in form.content_types]
    by_extension = [form for form in FORMS if extension in form.extensions]
    # Servers send Markdown as text/plain.
    if by_type and not (by_type[0] is FORMS[0] and by_extension):
        return by_type[0]
    if by_extension:
        return by_extension[0]
    if (
        document.content_type
        and not document.content_type.startswith("text/")
        and document.content_type != "application/octet-stream"
    ):
        fail(document.source, f"is {document.content_type}, which is not read; give its text or its page instead")
    if _LOOKS_LIKE_HTML.match(document.content[:4096]):
        return FORMS[2]
    return FORMS[0]
