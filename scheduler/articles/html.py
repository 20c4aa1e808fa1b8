"""HTML files and pages: the main text only, its blockquotes kept as speech."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin

from scheduler.articles.article import Anchor, Article, ParagraphKind, Span
from scheduler.articles.clutter import drop, main_part_as_html, remove_clutter
from scheduler.articles.document import Document, decode, fail
from scheduler.articles.fragment import read_fragment
from scheduler.articles.page import read_page
from scheduler.articles.stated import Stated, article_of
from scheduler.articles.structure import TextBuilder, structure

_STATED_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w\-]{2,40})", re.IGNORECASE)
_INLINE = frozenset({"ref", "hi", "del", "lb", "code", "span"})
_DEEPEST = 200
_LONGEST_SIGNATURE = 160
_SHARING = re.compile(
    r"sharer|/share\b|/intent/|[?&](?:u|url|text)=http|pinterest\.\w+/pin/|wa\.me/|^mailto:\?", re.IGNORECASE
)
_HEADING_MARK = "\ue000"  # of the private use area: no page means anything by it
_APART_MARK = "\ue001"  # of the first words of a blockquote that is signed
_MARKS = re.compile("[\ue000-\ue004]")
# trafilatura makes a common space of every other; these mean something, and go by another name meanwhile.
_SPACES_APART = str.maketrans({"\u00a0": "\ue002", "\u2009": "\ue003", "\u202f": "\ue004"})
_SPACES_AGAIN = str.maketrans({"\ue002": "\u00a0", "\ue003": "\u2009", "\ue004": "\u202f"})
_BELOW_HEADING = frozenset({"p", "blockquote", "ul", "ol", "h2", "h3", "h4", "h5", "h6"})


_RawLink = tuple[str, str]
_Link = tuple[str, str, int]
_Words = tuple[ParagraphKind, str, list[_Link], bool]


def read(document: Document) -> Article:
    """An article from a page. ArticleError when the `html` extra is not installed, or the page has no main text."""
    source = _MARKS.sub("", decode(document, _stated_charset(document)))
    tree = _tree(source, document)
    page = read_page(tree, document.dates) if tree is not None else Stated()
    builder = TextBuilder()
    anchors: list[Anchor] = []
    base = document.url or page.url
    found, all_links = _main_text(tree, source, document, base)
    for kind, words, links, apart in found:
        start = builder.add(words, kind, apart=apart)
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


def _tree(source: str, document: Document) -> Any:
    """The page's elements; None for what has none."""
    try:
        import trafilatura
    except ImportError:
        fail(document.source, "is HTML, which needs the html extra: pip install 'redletter[html]'")
    try:
        tree = trafilatura.load_html(source)
        depth = 0 if tree is None else _depth(tree)
    except Exception as error:  # an HTML library on hostile input may raise anything; a reader raises ArticleError only
        fail(document.source, f"cannot be read as HTML: {type(error).__name__}")
    # From 256 levels on libxml2 leaves out what is left of the page, and says nothing.
    if depth > _DEEPEST:
        fail(document.source, "is nested too deeply to be a page that somebody wrote")
    return tree


def _main_text(tree: Any, source: str, document: Document, base: str | None) -> tuple[list[_Words], list[_RawLink]]:
    """The paragraphs of the main text, and every link of the part of the page that holds it."""
    if tree is None:
        return list(_paragraphs_of(source, base)), []
    import trafilatura

    try:
        remove_clutter(tree)
        _keep_signatures(tree)
        links = _links_of_main_part(tree)
        _keep_headings(tree)
        _keep_spaces(tree)
        whole = main_part_as_html(tree)
        found = trafilatura.bare_extraction(
            tree,
            favor_recall=True,
            include_links=True,
            include_comments=False,
            include_images=False,
            include_tables=True,
            with_metadata=False,
        )
        body = getattr(found, "body", None)
        paragraphs = [] if body is None else list(_paragraphs(body, base))
        # On a short page trafilatura gives up its rules, and runs all words together into one paragraph.
        return (paragraphs if len(paragraphs) > 1 else list(_paragraphs_of(whole, base))), links
    except Exception as error:  # as above
        fail(document.source, f"cannot be read as HTML: {type(error).__name__}")


def _paragraphs_of(html: str, base: str | None) -> Iterator[_Words]:
    for block in read_fragment(html, base):
        links = [(url, block.words[at:to], at) for url, at, to in block.links]
        yield from _unmarked(block.kind, block.words, links)


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


def _keep_spaces(tree: Any) -> None:
    for element in tree.iter():
        if element.text:
            element.text = element.text.translate(_SPACES_APART)
        if element.tail:
            element.tail = element.tail.translate(_SPACES_APART)


def _only_links(element: Any) -> bool:
    """A list of nothing but links is the site's, not the article's."""
    if element.tag not in {"ul", "ol"}:
        return False
    linked = sum(len("".join(link.itertext()).strip()) for link in element.iter("a"))
    return linked * 10 >= 8 * len("".join(element.itertext()).strip())


def _keep_signatures(tree: Any) -> None:
    """Make a paragraph "— Jo Bloggs, chief executive" of whatever says below a blockquote's words who spoke them."""
    for quote in list(tree.iter("blockquote")):
        figure = quote.getparent()
        captions = list(quote.iter("footer", "figcaption"))
        if figure is not None and figure.tag == "figure":
            captions += [child for child in figure if child.tag == "figcaption"]
            figure.tag = "div"
        captions = captions or [cite for cite in quote.iter("cite") if not (cite.tail or "").strip()][-1:]
        for caption in captions:
            words = _spaced("".join(caption.itertext()))
            if len(words) < _LONGEST_SIGNATURE:
                drop(caption)
                _mark_first_words(quote)
                signature = quote.makeelement("p")
                quote.append(signature)
                signature.text = words if words.startswith(("—", "–", "-")) else f"— {words}"


def _mark_first_words(quote: Any) -> None:
    for element in quote.iter():
        if (element.text or "").strip():
            element.text = _APART_MARK + element.text.lstrip()
            return


def _depth(tree: Any) -> int:
    from lxml import etree

    depth = deepest = 0
    for event, _ in etree.iterwalk(tree, events=("start", "end")):
        depth += 1 if event == "start" else -1
        deepest = max(deepest, depth)
    return deepest


def _paragraphs(body: Any, base: str | None) -> Iterator[_Words]:
    for kind, element in _blocks(body, ParagraphKind.BODY, 0):
        words, links = _words_and_links(element, base)
        yield from _unmarked(kind, words, links)


def _unmarked(kind: ParagraphKind, words: str, links: list[_Link]) -> Iterator[_Words]:
    """A paragraph without the marks that were put into the page before its text was taken out."""
    words = words.translate(_SPACES_AGAIN)
    mark = words[:1] if _MARKS.match(words) else ""
    plain = words.removeprefix(mark).lstrip()
    shift = len(words) - len(plain)
    plain = plain.rstrip()
    kept = [
        (url, plain[at - shift :][: len(label)], at - shift)
        for url, label, at in links
        if shift <= at < shift + len(plain)
    ]
    if plain and mark == _HEADING_MARK:
        yield ParagraphKind.HEADING, plain, [], False
    elif plain:
        yield kind, plain, kept, mark == _APART_MARK


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
