"""HTML files and pages: the main text only, its blockquotes kept as speech."""

import re
from collections.abc import Iterator, Mapping
from html import unescape
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
_WHOLE_PARTS = frozenset({"main", "article", "body"})
_SHARING = re.compile(
    r"sharer|/share\b|/intent/|[?&](?:u|url|text)=http|pinterest\.\w+/pin/|wa\.me/|^mailto:\?", re.IGNORECASE
)
_HEADING_MARK = "\ue000"  # of the private use area: no page means anything by it
_APART_MARK = "\ue001"  # of the first words of a blockquote that is signed
_BREAK_MARK = "\ue005"  # of a line that was broken within a paragraph
_MARKS = re.compile("[\ue000-\ue005]")
_PARAGRAPH_BREAK = re.compile(r"\ue005\s*\ue005[\s\ue005]*")
# In a blockquote a line below a whole sentence is the next one's, or says who spoke.
_BREAK_IN_SPEECH = re.compile(rf"{_PARAGRAPH_BREAK.pattern}|(?<=[.!?…”\"])\ue005(?=[A-Z—–“\"])")
_BROKEN_BY_HAND = re.compile(r"(?<=[\w,])\ue005(?=[a-z])")
# trafilatura makes a common space of every other; these mean something, and go by another name meanwhile.
_SPACES_APART = str.maketrans({"\u00a0": "\ue002", "\u2009": "\ue003", "\u202f": "\ue004"})
_SPACES_AGAIN = str.maketrans({"\ue002": "\u00a0", "\ue003": "\u2009", "\ue004": "\u202f"})
# What was escaped twice.
_ENTITY = re.compile(
    r"&(?:amp|quot|apos|nbsp|pound|hellip|[lr][sd]quo|[mn]dash|#\d{2,5}|#x[\da-f]{2,5});", re.IGNORECASE
)
_LAYOUT_BLOCKS = frozenset({"p", "h1", "h2", "h3", "div", "blockquote", "ul", "ol"})
_LONGEST_HEADING = 12  # words of a heading that ends in a full stop; a longer one is a paragraph that is set large
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
        _make_plain(tree)
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
        links = [(url, block.words[at:to], at) for url, at, to in block.links if _leads_away(url)]
        yield from _in_pieces(block.kind, block.words, links)


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
    links = list(main_part.iter("a"))
    whole = _smallest_with_most(main_part, weights)
    if whole is not main_part:
        # The article is set in several blocks: there the links of paragraphs are its own.
        links = [link for paragraph in whole.iter("p") for link in paragraph.iter("a")]
    return [(link.get("href"), _spaced("".join(link.itertext()))) for link in links if _leads_away(link.get("href"))]


def _smallest_with_most(part: Any, weights: Mapping[Any, int]) -> Any:
    """The part, or the nearest one around it, that holds most of the page's paragraphs."""
    within: dict[Any, int] = {}
    for element, weight in weights.items():
        for around in (element, *element.iterancestors()):
            within[around] = within.get(around, 0) + weight
    total = sum(weights.values())
    while within[part] * 10 < total * 7 and part.tag not in _WHOLE_PARTS and part.getparent() is not None:
        part = part.getparent()
    return part


def _leads_away(address: str | None) -> bool:
    """Whether a link goes anywhere but to a place of its own page."""
    return address is not None and not address.strip().startswith("#") and bool(address.strip())


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


def _make_plain(tree: Any) -> None:
    """Turn into plain parts what would be dropped: a table that only lays out the page, two line breaks, a time among words."""
    for table in list(tree.iter("table")):
        cells = list(table.iter("td", "th"))
        if any(child.tag in _LAYOUT_BLOCKS and _spaced("".join(child.itertext())) for cell in cells for child in cell):
            for part in table.iter("table", "thead", "tbody", "tfoot", "tr", "td", "th"):
                part.tag = "div"
    for line_break in tree.iter("br"):
        following = line_break.getnext()
        if following is not None and following.tag == "br" and not (line_break.tail or "").strip():
            line_break.tail = 2 * _BREAK_MARK  # trafilatura makes one of two
    for time in tree.iter("time"):
        parent = time.getparent()
        if parent is not None and parent.tag in {"p", "li", "td", "blockquote", "em", "strong"}:
            time.tag = "span"


def _keep_spaces(tree: Any) -> None:
    for element in tree.iter():
        if element.text:
            element.text = _unescaped(element.text).translate(_SPACES_APART)
        if element.tail:
            element.tail = _unescaped(element.tail).translate(_SPACES_APART)


def _unescaped(words: str) -> str:
    return _ENTITY.sub(lambda entity: unescape(entity[0]), words) if "&" in words else words


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
        yield from _in_pieces(kind, *_words_and_links(element, base))


def _in_pieces(kind: ParagraphKind, words: str, links: list[_Link]) -> Iterator[_Words]:
    """The paragraphs into which an element's words are broken; each keeps its lines."""
    pause = _BREAK_IN_SPEECH if kind is ParagraphKind.SPEECH else _PARAGRAPH_BREAK
    start = 0
    for match in [*pause.finditer(words), None]:
        end = match.start() if match else len(words)
        piece = _BROKEN_BY_HAND.sub(" ", words[start:end]).replace(_BREAK_MARK, "\n")
        here = [(url, label, at - start) for url, label, at in links if start <= at < end]
        yield from _unmarked(kind, piece, here)
        start = match.end() if match else end


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
    is_set_large = plain.endswith(".") and len(plain.split()) > _LONGEST_HEADING
    if plain and mark == _HEADING_MARK and not is_set_large:
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
        if not pieces or pieces[-1].endswith((" ", _BREAK_MARK)):
            spaced = spaced.lstrip(" ")
        if spaced == _BREAK_MARK and pieces:
            pieces[-1] = pieces[-1].rstrip(" ")
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
    if url and _leads_away(url):
        yield "".join(element.itertext()), url
        return
    if element.tag == "lb":
        yield _BREAK_MARK, None
    yield element.text or "", None
    for child in element:
        if isinstance(child.tag, str):
            yield from _runs(child)
        yield child.tail or "", None
