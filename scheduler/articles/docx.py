"""Word files (.docx): styles tell headings and blockquotes, tracked changes are read as accepted, comments are left out.

The date in a file's properties is never used: it is that of the template, or of the last copy.
"""

import io
import posixpath
import zipfile

from scheduler.articles.article import Anchor, Article, ParagraphKind, Span
from scheduler.articles.document import Document, fail
from scheduler.articles.furniture import is_tag
from scheduler.articles.stated import Stated, article_of
from scheduler.articles.structure import TextBuilder, structure
from scheduler.articles.word import NotWord, WordParagraph, read_paragraphs, read_relationships, read_styles
from scheduler.errors import ArticleError

_OLE = b"\xd0\xcf\x11\xe0"
_ZIP = b"PK\x03\x04"
_ENTRY = b"PK\x01\x02"
_MOST_ENTRIES = 5_000
_LARGEST_PART = 20 * 1024 * 1024


def read(document: Document) -> Article:
    """An article from a Word file. ArticleError when it is none, is broken, needs a password, or unpacks without end."""
    content = document.content
    if not content:
        fail(document.source, "is empty")
    if content.startswith(_OLE):
        fail(document.source, "is an old Word file (.doc) or needs a password; save it as .docx without a password")
    if not content.startswith(_ZIP):
        fail(document.source, "is no Word file, whatever its name says; save it in Word as .docx")
    try:
        paragraphs = _paragraphs(document)
    except ArticleError:
        raise
    except NotWord as error:
        fail(document.source, f"cannot be read as a Word file: {error}")
    except Exception as error:  # zipfile on hostile input raises a dozen kinds; a reader raises ArticleError only
        fail(document.source, f"is a broken Word file ({type(error).__name__}); open it in Word and save it again")
    return _article(document, paragraphs)


def _paragraphs(document: Document) -> list[WordParagraph]:
    if document.content.count(_ENTRY) > _MOST_ENTRIES:
        fail(document.source, "holds more files than a Word file ever does")
    with zipfile.ZipFile(io.BytesIO(document.content)) as package:
        names = set(package.namelist())
        main = _main_part(document, package, names)
        if main not in names:
            fail(document.source, "is a ZIP file and no Word file; save its text as .docx, .txt or .md")
        folder, name = posixpath.split(main)
        related = f"{folder}/_rels/{name}.rels"
        relationships = read_relationships(_part(document, package, related)) if related in names else {}
        targets = {key: target for key, (kind, target) in relationships.items() if kind == "hyperlink"}
        styles_part = next((target for kind, target in relationships.values() if kind == "styles"), "styles.xml")
        styles_part = posixpath.normpath(posixpath.join("/", folder, styles_part)).lstrip("/")
        styles = read_styles(_part(document, package, styles_part)) if styles_part in names else {}
        return read_paragraphs(_part(document, package, main), styles, targets)


def _main_part(document: Document, package: zipfile.ZipFile, names: set[str]) -> str:
    """Usually word/document.xml; some programs call it otherwise."""
    relationships = read_relationships(_part(document, package, "_rels/.rels")) if "_rels/.rels" in names else {}
    targets = [target for kind, target in relationships.values() if kind == "officeDocument"]
    return posixpath.normpath("/" + targets[0]).lstrip("/") if targets else "word/document.xml"


def _part(document: Document, package: zipfile.ZipFile, name: str) -> bytes:
    if package.getinfo(name).flag_bits & 1:
        fail(document.source, "needs a password; save it without one")
    with package.open(name) as part:
        # Read to a limit, whatever size the file states: a few kilobytes can unpack to gigabytes.
        content = part.read(_LARGEST_PART + 1)
    if len(content) > _LARGEST_PART:
        fail(document.source, "unpacks to more than 20 MB of text, which no press release has")
    return content


def _article(document: Document, paragraphs: list[WordParagraph]) -> Article:
    builder = TextBuilder()
    anchors: list[Anchor] = []
    for paragraph in _once(paragraphs):
        start = builder.add(paragraph.words, paragraph.kind)
        anchors += [
            Anchor(url, paragraph.words[at:to], Span(start + at, start + to)) for url, at, to in paragraph.links
        ]
    if not builder.paragraphs:
        fail(document.source, "holds no text to read")
    title = next((_spaced(each.words) for each in paragraphs if each.title and not is_tag(each.words)), None)
    form = structure(builder.text, builder.paragraphs, title, order=document.dates)
    return article_of(document, builder.text, form, Stated(title=title), anchors)


def _once(paragraphs: list[WordParagraph]) -> list[WordParagraph]:
    """Without the paragraphs of text boxes and tables that say again what stands in the body: pulled-out quotes."""
    said = [_plain(each.words) for each in paragraphs if each.kind is not ParagraphKind.FURNITURE]
    whole = "\n".join(said)
    return [
        each
        for each in paragraphs
        if each.kind is not ParagraphKind.FURNITURE or len(each.words) < 40 or _plain(each.words) not in whole
    ]


def _plain(words: str) -> str:
    return _spaced(words).strip("“”\"‘’' …")


def _spaced(words: str) -> str:
    return " ".join(words.split())
