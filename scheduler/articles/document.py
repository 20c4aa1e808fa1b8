"""What is read before anything is understood: bytes from a file or the web, and how they become text."""

import codecs
import re
from dataclasses import dataclass
from typing import NoReturn

from scheduler.articles.dates import DateOrder
from scheduler.errors import ArticleError, ArticleGone, Problem

MAX_BYTES = 10 * 1024 * 1024

# UTF-32 first: its little-endian mark begins with UTF-16's.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SIGNATURES = (
    (b"%PDF", "a PDF; save its text as .txt or .md"),
    (b"PK\x03\x04", "a Word or ZIP file; name it .docx, or save its text as .txt or .md"),
    (b"\xd0\xcf\x11\xe0", "an old Word file; save it as .docx"),
    (b"{\\rtf", "a rich text file; save it as .txt or .md"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"\x1f\x8b", "a gzip file"),
)
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_MULTIBYTE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")


@dataclass(frozen=True, slots=True)
class Document:
    """One source as it came.

    source: what the campaign called it; errors name it so.
    charset, content_type: as a web server stated them; None for a file.
    url: the address it finally came from; None for a file.
    dates: how a date of digits is read.
    validator: what the server gave to ask it later whether anything changed: an ETag, else the time of the last change.
    """

    source: str
    content: bytes
    content_type: str | None = None
    charset: str | None = None
    url: str | None = None
    dates: DateOrder = DateOrder.BRITISH
    validator: str | None = None


def fail(source: str, message: str, line: int | None = None, key: str | None = None) -> NoReturn:
    """Raise the ArticleError that names the source and, where known, line and key."""
    raise ArticleError([Problem(message, file=source, line=line, key=key)])


def fail_gone(source: str, message: str) -> NoReturn:
    """Raise the ArticleGone that names the source."""
    raise ArticleGone([Problem(message, file=source)])


def decode(document: Document, stated: str | None = None) -> str:
    """The text, with "\\n" as its only line end: by byte order mark, by the stated charset, as UTF-8, else as Windows-1252."""
    text = _decoded(document, stated or document.charset)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip("\ufeff \t\n\u00a0"):
        fail(document.source, "is empty")
    if len(_CONTROLS.findall(text)) > len(text) // 100:
        fail(document.source, "is not text: it is full of control characters")
    return text


def _decoded(document: Document, stated: str | None) -> str:
    content = document.content
    if not content:
        fail(document.source, "is empty")
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _strictly(document, encoding)
    _refuse_binary(document)
    if stated and _is_known(stated):
        try:
            return content.decode(stated)
        except UnicodeDecodeError:
            pass  # the server or the page was mistaken about itself; its bytes decide
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        return _as_windows_1252(document, error)


def _is_known(charset: str) -> bool:
    try:
        # Only codecs from bytes to text: "hex" and "zlib" are codecs, too.
        return codecs.lookup(charset)._is_text_encoding
    except (LookupError, ValueError):
        return False


def _strictly(document: Document, encoding: str) -> str:
    try:
        return document.content.decode(encoding)
    except UnicodeDecodeError as error:
        name = encoding.removesuffix("-sig").upper()
        fail(document.source, f"says it is {name}, but byte {error.start} is not", _line_of(document, error.start))


def _refuse_binary(document: Document) -> None:
    for signature, name in _SIGNATURES:
        if document.content.startswith(signature):
            fail(document.source, f"is not text: it is {name}")
    if b"\x00" in document.content:
        fail(document.source, "is not text: it holds binary data")


def _as_windows_1252(document: Document, error: UnicodeDecodeError) -> str:
    content = document.content
    broken = len(content.decode("utf-8", "ignore").encode())
    whole_sequences = len(_MULTIBYTE.findall(content))
    # Several whole UTF-8 letters beside a few strays: broken UTF-8. As Windows-1252 a quotation mark would read "â€œ".
    if whole_sequences > len(content) - broken:
        fail(document.source, f"is broken UTF-8: byte {error.start} is no letter", _line_of(document, error.start))
    try:
        return content.decode("cp1252")
    except UnicodeDecodeError:
        line = _line_of(document, error.start)
        fail(document.source, "is neither UTF-8 nor Windows-1252; save it as UTF-8", line)


def _line_of(document: Document, offset: int) -> int:
    return document.content.count(b"\n", 0, offset) + 1
