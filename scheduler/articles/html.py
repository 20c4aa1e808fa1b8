"""HTML files and pages: the main text only, its blockquotes kept as speech."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin

from scheduler.articles.article import Anchor, Article, ParagraphKind, Span
from scheduler.articles.document import Document, decode, fail
from scheduler.articles.page import read_page
from scheduler.articles.stated import article_of
from scheduler.articles.structure import TextBuilder, structure
from scheduler.errors import ArticleError

_STATED_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w\-]{2,40})", re.IGNORECASE)
_INLINE = frozenset({"ref", "hi", "del", "lb", "code", "span"})
_DEEPEST = 200
_SHARING = re.compile(
    r"sharer|/share\b|/intent/|[?&](?:u|url|text)=http|pinterest\.\w+/pin/|wa\.me/|^mailto:\?", re.IGNORECASE
)
_HEADING_MARK = "\ue000"  # of the private use area: no page means anything by it
_BELOW_HEADING = frozenset({"p", "blockquote", "ul", "ol", "h2", "h3", "h4", "h5", "h6"})


_RawLink = tuple[str, str]


def read(document: Document) -> Article:
    """An article from a page. ArticleError when the `html` extra is not installed, or the page has no main text."""
    source = decode(document, _stated_charset(document))
    page = read_page(source, document.dates)
    builder = TextBuilder()
    anchors: list[Anchor] = []
    base = document.url or page.url
    main_text, all_links = _main_text(source, document)
    try:
        found = list(_paragraphs(main_text, base))
    except RecursionError:
        fail(document.source, "is nested too deeply to be a page that somebody wrote")
    for kind, words, links in found:
        start = builder.add(words, kind)
        anchors += [Anchor(url, label, Span(start + at, start + at + len(label))) for url, label, at in links]
    if not builder.paragraphs:
        fail(document.source, "has no main text that can be told from the page around it")
    placed = {anchor.url for anchor in anchors}
    anchors += [anchor for anchor in _unplaced(all_links, base) if anchor.url not in placed]
    text = builder.text
    form = structure(text, builder.paragraphs, page.title, title_in_text=page.title is None, order=document.dates)
    return article_of(document, text, form, page, anchors)


def _stated_charset(document: Document) -> str | None:
    match = _STATED_CHARSET.search(document.content[:4096])
    return document.charset or (match[1].decode("ascii") if match else None)


def _main_text(source: str, document: Document) -> tuple[Any, list[_RawLink]]:
    """What trafilatura takes for the main text, and every link of the part of the page that holds it."""
    if _depth(source) > 2000:
        fail(document.source, "is nested too deeply to be a page that somebody wrote")
    try:
        import trafilatura
    except ImportError:
        fail(document.source, "is HTML, which needs the html extra: pip install 'redletter[html]'")
    try:
        tree = trafilatura.load_html(source.replace(_HEADING_MARK, ""))
        if tree is None:
            fail(document.source, "cannot be read as HTML: it holds no elements")
        links = _links_of_main_part(tree)
        _keep_headings(tree)
        found = trafilatura.bare_extraction(
            tree,
            favor_recall=True,
            include_links=True,
            include_comments=False,
            include_images=False,
            include_tables=True,
            with_metadata=False,
        )
    except ArticleError:
        raise
    except Exception as error:  # an HTML library on hostile input may raise anything; a reader raises ArticleError only
        fail(document.source, f"cannot be read as HTML: {type(error).__name__}")
    body = getattr(found, "body", None)
    if body is None:
        fail(document.source, "has no main text that can be told from the page around it")
    return body, links


def _links_of_main_part(tree: Any) -> list[_RawLink]:
    """The links beside the article's paragraphs: a paragraph of nothing but a link is dropped with the menus."""
    weights: dict[Any, int] = {}
    for paragraph in tree.iter("p"):
        parent = paragraph.getparent()
        if parent is not None and parent.tag != "blockquote":
            weights[parent] = weights.get(parent, 0) + len(" ".join(paragraph.itertext()))
    if not weights:
        return []
    main_part = max(weights, key=lambda part: weights[part])
    return [(link.get("href"), _spaced("".join(link.itertext()))) for link in main_part.iter("a") if link.get("href")]


def _unplaced(links: list[_RawLink], base: str | None) -> Iterator[Anchor]:
    for address, label in links:
        url = _absolute(address, base)
        if url.lower().startswith(("http://", "https://", "mailto:", "tel:")) and label and not _SHARING.search(url):
            yield Anchor(url, label)


def _keep_headings(tree: Any) -> None:
    """Turn each heading above words into a marked paragraph: trafilatura drops many headings above blockquotes, and
    press offices write "Jo Bloggs, chief executive, said:" in them."""
    for heading in list(tree.iter("h2", "h3", "h4", "h5", "h6")):
        below = heading.getnext()
        while below is not None and not isinstance(below.tag, str):
            below = below.getnext()
        if below is None or below.tag not in _BELOW_HEADING or _only_links(below):
            continue
        heading.tag = "p"
        heading.attrib.clear()
        heading.text = _HEADING_MARK + (heading.text or "")


def _only_links(element: Any) -> bool:
    """A list of nothing but links is the site's, not the article's."""
    if element.tag not in {"ul", "ol"}:
        return False
    linked = sum(len("".join(link.itertext()).strip()) for link in element.iter("a"))
    return linked * 10 >= 8 * len("".join(element.itertext()).strip())


def _depth(source: str) -> int:
    """How many elements the page leaves open at once, about: enough to refuse what nobody wrote."""
    depth = deepest = 0
    for match in re.finditer(
        r"<(/?)(?:div|span|blockquote|table|ul|ol|section|article|b|i|em|strong|font)\b", source, re.IGNORECASE
    ):
        depth += -1 if match[1] else 1
        deepest = max(deepest, depth)
    return deepest


_Link = tuple[str, str, int]


def _paragraphs(body: Any, base: str | None) -> Iterator[tuple[ParagraphKind, str, list[_Link]]]:
    for kind, element in _blocks(body, ParagraphKind.BODY, 0):
        words, links = _words_and_links(element, base)
        if words.startswith(_HEADING_MARK):
            heading = words.removeprefix(_HEADING_MARK).lstrip()
            if heading:
                yield ParagraphKind.HEADING, heading, []
            continue
        if not words:
            continue
        yield kind, words, links


def _blocks(element: Any, kind: ParagraphKind, depth: int) -> Iterator[tuple[ParagraphKind, Any]]:
    """The elements that hold words, each with the kind that its surroundings give it."""
    if depth > _DEEPEST:
        return
    here = _KINDS.get(element.tag, kind) if kind is not ParagraphKind.SPEECH else kind
    children = [child for child in element if isinstance(child.tag, str)]
    if all(child.tag in _INLINE for child in children):
        yield here, element
        return
    if (element.text or "").strip():
        yield here, element.text
    for child in children:
        if child.tag in _INLINE:
            yield here, child
        else:
            yield from _blocks(child, here, depth + 1)
        if (child.tail or "").strip():
            yield here, child.tail


_KINDS = {
    "head": ParagraphKind.HEADING,
    "quote": ParagraphKind.SPEECH,
    "item": ParagraphKind.LIST_ITEM,
    "cell": ParagraphKind.FURNITURE,
    "figure": ParagraphKind.CAPTION,
}


def _words_and_links(element: Any, base: str | None) -> tuple[str, list[_Link]]:
    """An element's words with single spaces, and its links with their places in them."""
    if isinstance(element, str):
        return _spaced(element), []
    pieces: list[str] = []
    links: list[_Link] = []
    for words, url in _runs(element):
        spaced = re.sub(r"[ \t\n\r\f]+", " ", words)
        if not pieces or pieces[-1].endswith((" ", "\n")):
            spaced = spaced.lstrip(" ")
        if not spaced:
            continue
        if url and spaced.strip():
            indent = len(spaced) - len(spaced.lstrip())
            links.append((_absolute(url, base), spaced.strip(), sum(map(len, pieces)) + indent))
        pieces.append(spaced)
    return "".join(pieces).rstrip(" "), links


def _absolute(url: str, base: str | None) -> str:
    try:
        return urljoin(base, url.strip()) if base else url.strip()
    except ValueError:
        return url


def _spaced(words: str) -> str:
    return re.sub(r"[ \t\n\r\f]+", " ", words).strip(" ")


def _runs(element: Any) -> Iterator[tuple[str, str | None]]:
    """The element's text run by run, each with the address it links to."""
    url = element.get("target") if element.tag == "ref" else None
    if url:
        yield "".join(element.itertext()), url
        return
    if element.tag == "lb":
        yield " ", None
    yield element.text or "", None
    for child in element:
        if isinstance(child.tag, str):
            yield from _runs(child)
        yield child.tail or "", None
