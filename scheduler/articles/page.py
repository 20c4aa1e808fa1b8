"""What an HTML page states about itself: title, date, address, picture."""

import html
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from scheduler.articles.dates import DateOrder, date_of_line, parse_date
from scheduler.articles.front_matter import without_site_name
from scheduler.articles.stated import Stated

_SILENT = frozenset({"script", "style", "template", "noscript", "svg"})
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
_NEAR_HEADING = 5  # texts
_MOST_PIECES = 4  # in which a date is set: "3", "rd", "May", "2027"
_ORDINAL = re.compile(r"\b(\d{1,2}) (st|nd|rd|th)\b")
_MOST_SUBHEADINGS = 10
_FEWEST_OF_HEADING = 3  # words; what has fewer may be a section's name
_BETWEEN_TITLES = re.compile(r"\s+(?:[|–—»·:-]|::)\s+|\s*\|\s*")
_ENTITY = re.compile(r"&(?:\w{2,8}|#\d{2,5}|#x[\da-f]{2,5});", re.IGNORECASE)


def read_page(tree: Any, order: DateOrder = DateOrder.BRITISH) -> Stated:
    """Read a page's own statements from its elements (lxml), as they came."""
    head = _read_elements(tree)
    metas = head.metas
    linked = sorted(_linked_data(head.json_blocks), key=_is_no_article)
    site_name = metas.get("og:site_name") or metas.get("application-name")
    graph_title = _graph_title(head, site_name)
    headline = _heading(head, site_name) or _text_of(linked, "headline") or _window_title(head, site_name)
    return Stated(
        title=graph_title or headline or None,
        published=_published(head, linked, order),
        url=metas.get("og:url") or head.canonical or None,
        description=_words(metas.get("og:description") or metas.get("description"))
        or _text_of(linked, "description", articles_only=True),
        site_name=site_name,
        image=metas.get("og:image") or metas.get("og:image:url") or metas.get("twitter:image") or _picture(linked),
        language=head.language,
    )


@dataclass(slots=True)
class _Head:
    """What the elements of a page state.

    times: of each `<time>`, its moment, and whether it is marked as that of publication.
    nodes: the page's short texts in their order, "…" for a long one.
    subheadings: the words of its first `<h2>`s.
    """

    metas: dict[str, str] = field(default_factory=dict)
    canonical: str | None = None
    language: str | None = None
    title: str = ""
    heading: str = ""
    subheadings: list[str] = field(default_factory=list)
    times: list[tuple[str, bool]] = field(default_factory=list)
    nodes: list[str] = field(default_factory=list)
    json_blocks: list[str] = field(default_factory=list)


def _read_elements(tree: Any) -> _Head:
    from lxml import etree

    head = _Head()
    silent = 0
    for event, element in etree.iterwalk(tree, events=("start", "end")):
        if not isinstance(element.tag, str):
            continue
        if event == "start":
            silent += element.tag in _SILENT
            _read_element(head, element)
        else:
            silent -= element.tag in _SILENT
        words = element.text if event == "start" else element.tail
        if not silent and words and words.strip():
            head.nodes.append(words.strip() if len(words) <= _LONGEST_NODE else "…")
    return head


def _read_element(head: _Head, element: Any) -> None:
    values = element.attrib
    if element.tag == "meta":
        name = (values.get("property") or values.get("name") or values.get("itemprop") or "").lower()
        if name and values.get("content", "").strip():
            head.metas.setdefault(name, values["content"].strip())
    elif element.tag == "link" and "canonical" in values.get("rel", "").lower().split():
        head.canonical = head.canonical or values.get("href")
    elif element.tag == "time" and values.get("datetime"):
        marked = "pubdate" in values or "publish" in (values.get("itemprop", "") + values.get("class", "")).lower()
        head.times.append((values["datetime"], marked))
    elif element.tag == "script" and values.get("type", "").lower() == "application/ld+json":
        head.json_blocks.append(element.text or "")
    elif element.tag == "title" and not head.title:
        head.title = _words("".join(element.itertext()))
    elif element.tag == "h1" and not head.heading:
        head.heading = _words("".join(element.itertext()))
    elif element.tag == "h2" and len(head.subheadings) < _MOST_SUBHEADINGS:
        head.subheadings.append(_words("".join(element.itertext())))
    head.language = head.language or values.get("lang")


def _words(text: str | None) -> str:
    """Single spaces between words, and no entity that was escaped twice."""
    words = " ".join((text or "").split())
    return html.unescape(words) if _ENTITY.search(words) else words


def _heading(head: _Head, site_name: str | None) -> str:
    """The page's heading; where its first one is only the site's name, or there is none, the next that its title begins with."""
    opening, *others = _BETWEEN_TITLES.split(head.title)
    if head.heading and head.heading not in {*others, site_name}:
        return head.heading
    named = (each for each in head.subheadings if each and (each == opening or head.title.startswith(f"{each} ")))
    return next(named, head.heading)


def _graph_title(head: _Head, site_name: str | None) -> str | None:
    """The title for sharing; the page's heading where that is the same with the site's name behind it."""
    title = without_site_name(_words(head.metas["og:title"]), site_name) if head.metas.get("og:title") else None
    if title is None or len(head.heading.split()) < _FEWEST_OF_HEADING or not title.startswith(head.heading):
        return title
    return head.heading if _BETWEEN_TITLES.match(title, len(head.heading)) else title


def _window_title(head: _Head, site_name: str | None) -> str | None:
    return without_site_name(head.title, site_name) if head.title else None


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


def _published(head: _Head, linked: list[Mapping[str, object]], order: DateOrder) -> date | None:
    stated = [_text_of(linked, "datePublished"), *(head.metas.get(name) for name in _DATE_METAS)]
    stated += [value for value, marked in head.times if marked]
    days = (parse_date(value, order) for value in stated if value)
    found = next(filter(None, days), None) or _labelled_date(_nodes_above_text(head), order)
    # What a list of other news says of their days stands below the text.
    found = found or _date_below_heading(head, order) or _labelled_date(head.nodes, order)
    return found or _only_time(head.times, order)


def _nodes_above_text(head: _Head) -> list[str]:
    """The short texts up to the first long one below the heading."""
    heading = _words(head.heading)
    at = next((number for number, node in enumerate(head.nodes) if heading and _words(node) == heading), 0)
    return head.nodes[: head.nodes.index("…", at)] if "…" in head.nodes[at:] else head.nodes


def _labelled_date(nodes: list[str], order: DateOrder) -> date | None:
    """The date beside the word "Published": in the same short stretch of text, or in the next one."""
    for number, node in enumerate(nodes):
        if _PUBLISHED.fullmatch(node) and number + 1 < len(nodes):
            day = date_of_line(nodes[number + 1], order)
        else:
            # "First published: 12 August 2024 | Last updated: 3 September 2024"
            own = re.split(r"\s*[|•·;]\s*", node, maxsplit=1)[0]
            day = date_of_line(own, order) if _PUBLISHED.match(own) else None
        if day:
            return day
    return None


def _only_time(times: list[tuple[str, bool]], order: DateOrder) -> date | None:
    """The page's `<time>`, when all it has agree; several days may be events."""
    days = {day for day in (parse_date(value, order) for value, _ in times) if day}
    return days.pop() if len(days) == 1 else None


def _date_below_heading(head: _Head, order: DateOrder) -> date | None:
    """A date that stands alone right below the page's heading."""
    nodes = [_words(node) for node in head.nodes]
    heading = _heading(head, head.metas.get("og:site_name"))
    below = nodes.index(heading) + 1 if heading in nodes else len(nodes)
    for number in range(below, min(below + _NEAR_HEADING, len(nodes))):
        if nodes[number] == "…":
            return None
        # Day, month and year may each be an element of its own.
        starts = (" ".join(nodes[number : number + pieces]) for pieces in range(1, _MOST_PIECES + 1))
        days = (date_of_line(_ORDINAL.sub(r"\1\2", words), order) for words in starts)
        if day := next(filter(None, days), None):
            return day
    return None
