"""What an HTML page states about itself: title, date, address, picture; by the standard library alone."""

import html
import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from html.parser import HTMLParser

from scheduler.articles.dates import DateOrder, date_of_line, parse_date
from scheduler.articles.front_matter import without_site_name
from scheduler.articles.stated import Stated

_SILENT = frozenset({"script", "style", "template", "noscript", "svg"})
_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
)
_DATE_METAS = (
    "article:published_time",
    "og:article:published_time",
    "datepublished",
    "dc.date.issued",
    "dcterms.issued",
    "dc.date",
    "dcterms.date",
    "dcterms.created",
    "date",
    "publishdate",
    "publish_date",
    "pubdate",
    "publication_date",
    "govuk:first-published-at",
)
_PUBLISHED = re.compile(
    r"\W*(?:first\s+)?(?:published|posted|released|issued|date(?: published)?|publication date)(?:\s+on)?\s*:?\W*",
    re.IGNORECASE,
)
_ARTICLE_TYPES = ("Article", "BlogPosting", "Report", "PressRelease")
_LONGEST_NODE = 120


def read_page(source: str, order: DateOrder = DateOrder.BRITISH) -> Stated:
    """Read a page's own statements; broken markup is read as far as it goes."""
    parser = _PageParser()
    try:
        parser.feed(source)
        parser.close()
    except (AssertionError, ValueError):
        pass  # html.parser gives up on some broken declarations; what it saw until then stands
    metas = parser.metas
    linked = sorted(_linked_data(parser.json_blocks), key=_is_no_article)
    site_name = metas.get("og:site_name") or metas.get("application-name")
    window_title = without_site_name(_words(parser.title), site_name) if parser.title else None
    heading = _words(parser.heading)
    graph_title = without_site_name(_words(metas["og:title"]), site_name) if metas.get("og:title") else None
    return Stated(
        title=graph_title or heading or _text_of(linked, "headline") or window_title or None,
        published=_published(parser, linked, order),
        url=metas.get("og:url") or parser.canonical or None,
        description=_words(metas.get("og:description") or metas.get("description"))
        or _text_of(linked, "description", articles_only=True),
        site_name=site_name,
        image=metas.get("og:image") or metas.get("og:image:url") or metas.get("twitter:image") or _picture(linked),
        language=parser.language,
    )


class _PageParser(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.metas: dict[str, str] = {}
        self.canonical: str | None = None
        self.language: str | None = None
        self.title = ""
        self.heading = ""
        self.times: list[tuple[str, bool]] = []
        self.nodes: list[str] = []
        self.json_blocks: list[str] = []
        self._inside = ""
        self._silent: str | None = None
        self._heading_done = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "meta":
            name = (values.get("property") or values.get("name") or values.get("itemprop") or "").lower()
            if name and values.get("content", "").strip():
                self.metas.setdefault(name, values["content"].strip())
        elif tag == "link" and "canonical" in values.get("rel", "").lower().split():
            self.canonical = self.canonical or values.get("href")
        elif tag == "time" and values.get("datetime"):
            marked = "pubdate" in values or "publish" in (values.get("itemprop", "") + values.get("class", "")).lower()
            self.times.append((values["datetime"], marked))
        elif tag in _SILENT:
            self._silent = tag
            self._inside = "json" if values.get("type", "").lower() == "application/ld+json" else ""
            if self._inside:
                self.json_blocks.append("")
        elif tag in {"title", "h1"} and self._silent is None:
            self._inside = tag
        if values.get("lang") and self.language is None:
            self.language = values["lang"]

    def handle_endtag(self, tag: str) -> None:
        if tag == self._silent:
            self._silent = None
            self._inside = ""
        elif tag == self._inside:
            self._heading_done = self._heading_done or (tag == "h1" and bool(self.heading.strip()))
            self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside == "json":
            self.json_blocks[-1] += data
        elif self._silent is not None:
            return
        elif self._inside == "title" and not self.nodes:
            self.title += data
        elif self._inside == "h1" and not self._heading_done:
            self.heading += data
        if self._silent is None and data.strip():
            self.nodes.append(data.strip() if len(data) <= _LONGEST_NODE else "…")


def _words(text: str | None) -> str:
    return " ".join((text or "").split())


def _linked_data(blocks: list[str]) -> Iterator[Mapping[str, object]]:
    for block in blocks:
        try:
            data = json.loads(block)
        except (ValueError, RecursionError):
            continue
        waiting = [data]
        seen = 0
        while waiting and seen < 200:
            seen += 1
            node = waiting.pop(0)
            if isinstance(node, list):
                waiting += node
            elif isinstance(node, dict):
                yield node
                graph = node.get("@graph")
                waiting += graph if isinstance(graph, list) else []


def _is_no_article(node: Mapping[str, object]) -> bool:
    """The page's linked data may speak of the whole site, its menus and its owner besides."""
    types = node.get("@type")
    names = types if isinstance(types, list) else [types]
    return not any(isinstance(name, str) and name.endswith(_ARTICLE_TYPES) for name in names)


def _picture(linked: list[Mapping[str, object]]) -> str | None:
    for node in linked:
        found = None if _is_no_article(node) else node.get("image")
        first = found[0] if isinstance(found, list) and found else found
        address = first.get("url") if isinstance(first, dict) else first
        if isinstance(address, str) and address.strip():
            return address.strip()
    return None


def _text_of(linked: list[Mapping[str, object]], key: str, *, articles_only: bool = False) -> str | None:
    values = (node.get(key) for node in linked if not (articles_only and _is_no_article(node)))
    return next((_words(html.unescape(value)) for value in values if isinstance(value, str) and value.strip()), None)


def _published(parser: _PageParser, linked: list[Mapping[str, object]], order: DateOrder) -> date | None:
    stated = [_text_of(linked, "datePublished"), *(parser.metas.get(name) for name in _DATE_METAS)]
    stated += [value for value, marked in parser.times if marked]
    days = (parse_date(value, order) for value in stated if value)
    return next(filter(None, days), None) or _labelled_date(parser.nodes, order) or _only_time(parser.times, order)


def _labelled_date(nodes: list[str], order: DateOrder) -> date | None:
    """The date beside the word "Published": in the same short stretch of text, or in the next one."""
    for number, node in enumerate(nodes):
        if _PUBLISHED.fullmatch(node) and number + 1 < len(nodes):
            day = date_of_line(nodes[number + 1], order)
        else:
            day = date_of_line(node, order) if _PUBLISHED.match(node) else None
        if day:
            return day
    return None


def _only_time(times: list[tuple[str, bool]], order: DateOrder) -> date | None:
    """The page's `<time>`, when all it has agree; several days may be events."""
    days = {day for day in (parse_date(value, order) for value, _ in times) if day}
    return days.pop() if len(days) == 1 else None
