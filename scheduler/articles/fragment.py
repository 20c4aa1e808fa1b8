"""HTML without a page around it, as feeds hold it: paragraphs with their kinds, by the standard library alone."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

from scheduler.articles.article import ParagraphKind
from scheduler.articles.social import is_social_post

_BLOCKS = frozenset(
    """
    p div section article header footer main aside ul ol li dl dt dd table thead tbody tr td th blockquote figure figcaption
    h1 h2 h3 h4 h5 h6 hr pre address
    """.split()  # noqa: SIM905 - a list of words reads as one
)
_SILENT = frozenset({"script", "style", "template", "noscript", "svg", "iframe", "object", "form", "nav", "button"}) | {
    "s",
    "del",
    "strike",
}
_VOID = frozenset(
    {"br", "hr", "img", "input", "meta", "link", "source", "track", "wbr", "area", "base", "col", "embed"}
)
_KINDS = {
    "blockquote": ParagraphKind.SPEECH,
    "li": ParagraphKind.LIST_ITEM,
    "dd": ParagraphKind.LIST_ITEM,
    "td": ParagraphKind.FURNITURE,
    "th": ParagraphKind.FURNITURE,
    "figcaption": ParagraphKind.CAPTION,
    **{f"h{level}": ParagraphKind.HEADING for level in range(1, 7)},
}
_DEEPEST = 200  # deeper than anything that somebody wrote
_UNENDED = re.compile(r"<(?=[^<>]*(?:<|\Z))")
_SPACES = re.compile(r"[ \t\n\r\f]+")


@dataclass(slots=True)
class Block:
    """A paragraph's words, its kind, and its links: address, start and end in the words."""

    words: str
    kind: ParagraphKind
    links: list[tuple[str, int, int]] = field(default_factory=list)


def read_fragment(html: str, base: str | None = None) -> list[Block]:
    """The blocks of a piece of HTML; plain text comes back as its paragraphs. Embedded social posts are left out."""
    if "<" not in html and "\n" in html.strip():
        html = "".join(f"<p>{line}</p>" for line in html.split("\n"))
    parser = _FragmentParser(base)
    try:
        parser.feed(_well_ended(html))
        parser.close()
    except (AssertionError, ValueError):
        pass  # html.parser gives up on some broken declarations; what it saw until then stands
    parser.finish()
    return parser.blocks


def _well_ended(html: str) -> str:
    """Without comments, and with tags that never end as words: html.parser reads the rest again for each of them."""
    first, *others = html.split("<!--")
    pieces = [first, *(other.partition("-->")[2] if "-->" in other else other for other in others)]
    return _UNENDED.sub("&lt;", "".join(pieces))


class _FragmentParser(HTMLParser):
    def __init__(self, base: str | None) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[Block] = []
        self._base = base
        self._kinds: list[tuple[str, ParagraphKind]] = []
        self._silent: list[str] = []
        self._pieces: list[str] = []
        self._length = 0
        self._links: list[tuple[str, int, int]] = []
        self._link: tuple[str, int] | None = None
        self._breaks = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._silent or tag in _SILENT or is_social_post(tag, {name: value or "" for name, value in attrs}):
            if tag not in _VOID and len(self._silent) < _DEEPEST:
                self._silent.append(tag)
            return
        if tag == "br":
            self._break()
        elif tag == "a":
            self._end_link()
            address = next((value for name, value in attrs if name == "href" and value), None)
            self._link = (_absolute(address, self._base), self._length) if address else None
        if tag in _BLOCKS:
            self.finish()
        if tag in _KINDS and len(self._kinds) < _DEEPEST:
            self._kinds.append((tag, _KINDS[tag]))

    def handle_endtag(self, tag: str) -> None:
        if self._silent:
            if tag in self._silent:
                del self._silent[len(self._silent) - 1 - self._silent[::-1].index(tag) :]
            return
        if tag == "a":
            self._end_link()
        if tag in _BLOCKS:
            self.finish()
        if tag in _KINDS and any(open_tag == tag for open_tag, _ in self._kinds):
            while self._kinds.pop()[0] != tag:
                pass

    def handle_data(self, data: str) -> None:
        if self._silent:
            return
        words = _SPACES.sub(" ", data)
        if not self._pieces or self._pieces[-1].endswith((" ", "\n")):
            words = words.removeprefix(" ")
        if words:
            self._pieces.append(words)
            self._length += len(words)
            self._breaks = 0

    def _break(self) -> None:
        self._breaks += 1
        if self._breaks > 1:
            self.finish()  # two breaks are a paragraph's end
        elif self._pieces:
            self._pieces.append("\n")
            self._length += 1

    def _end_link(self) -> None:
        if self._link and self._link[1] < self._length:
            self._links.append((*self._link, self._length))
        self._link = None

    def finish(self) -> None:
        """End the paragraph that is being read."""
        self._end_link()
        joined = "".join(self._pieces)
        words = joined.rstrip(" \n")
        if words.strip():
            kinds = [kind for _, kind in self._kinds]
            kind = ParagraphKind.SPEECH if ParagraphKind.SPEECH in kinds else (kinds or [ParagraphKind.BODY])[-1]
            links = [(url, at, min(to, len(words))) for url, at, to in self._links]
            self.blocks.append(Block(words, kind, [link for link in links if link[1] < link[2]]))
        self._pieces, self._length, self._links, self._breaks = [], 0, [], 0


def _absolute(address: str, base: str | None) -> str:
    try:
        return urljoin(base, address.strip()) if base else address.strip()
    except ValueError:
        return address
