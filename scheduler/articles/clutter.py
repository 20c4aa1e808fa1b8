"""What stands on a page around its article: menus, cookie notices, share buttons, related stories, embedded social posts."""

import re
from typing import Any

from scheduler.articles.social import is_social_post

_NEVER = frozenset(
    {"script", "style", "template", "iframe", "object", "embed", "dialog", "nav", "button", "select", "svg"}
)
_STRUCK = frozenset({"s", "del", "strike"})  # what its author took back
_UNSEEN = re.compile(r"\b(?:display\s*:\s*none|visibility\s*:\s*hidden)\b", re.IGNORECASE)
_WHOLE = frozenset({"html", "body", "main", "article"})
_ROLES = frozenset(
    {"navigation", "banner", "contentinfo", "dialog", "alert", "alertdialog", "search", "menu", "complementary"}
)
_NAMES = re.compile(
    r"(?:^|[-_])(?:cookies?|cookiebanner|consent|gdpr|share|sharing|shares|sharedaddy|addthis|addtoany|a2a|social-?(?:share|sharing|media|links|icons"
    r"|buttons|bar|nav)|related|recommended|recommendations|most-read|read-?(?:next|more|also)|also-read|more-(?:stories|news|from)|latest(?:-?news)?|news-?list|teasers?|you-may-also"
    r"|newsletter|subscribe|sign-?up|breadcrumbs?|pagination|pager|skip-?(?:link|to)|menu|navbar|nav|feedback|comments?|comment-list|advert|ad-slot"
    r"|promo|popup|modal|alerts?|banner|masthead|tag-?(?:list|cloud)|print-?button)(?:$|[-_])",
    re.IGNORECASE,
)
_OTHERS = re.compile(
    r"(?:(?:the )?latest (?:news|stories|releases|updates)|related (?:news|stories|articles|content|links|pages)"
    r"|more (?:news|stories|like this)"
    r"|other (?:news|stories)|(?:most|also) read|recommended(?: for you)?|you (?:may|might) (?:also )?like"
    r"|share this(?: page| story| article)?|in this section"
    r"|(?:sign up|subscribe) .{0,60}|recent (?:news|posts|stories)|explore the topic|is this page useful\?|cookies.{0,60})",
    re.IGNORECASE,
)
# Words that name the sort of page go on its whole article: "type-news-with-related".
_KEPT = frozenset({"html", "body", "main", "article", "h1", "p", "blockquote", "a", "span", "em", "strong"})


def remove_clutter(tree: Any) -> None:
    """Take out of a page what is no part of its article; never what holds its heading or half of its paragraphs."""
    whole = _weight(tree)
    for element in list(tree.iter()):
        if not isinstance(element.tag, str) or element.getparent() is None:
            continue
        is_gone = element.tag in _NEVER or element.tag in _STRUCK or _is_note_mark(element) or _is_hidden(element)
        if is_gone or is_social_post(element.tag, dict(element.attrib)):
            drop(element)
            continue
        if _is_page_footer(element) and element.find(".//h1") is None and _length(element) * 2 < _length(tree):
            drop(element)
            continue
        if (_is_named_clutter(element) or _is_list_of_others(element)) and not _holds_article(element, whole):
            drop(element)


def main_part_as_html(tree: Any) -> str:
    """The article's own element, else the whole body without its header, footer and asides, as HTML."""
    from lxml import etree

    named = [element for tag in ("main", "article", "body") for element in tree.iter(tag)]
    part = next((element for element in named if "".join(element.itertext()).strip()), tree)
    copy = etree.fromstring(etree.tostring(part, encoding="unicode", method="xml"), etree.XMLParser(recover=True))
    if copy is None:
        return ""
    for element in [each for each in copy if each.tag in {"header", "footer", "aside"} and each.find(".//h1") is None]:
        drop(element)
    return str(etree.tostring(copy, encoding="unicode", method="html"))


def _is_hidden(element: Any) -> bool:
    """Whether no reader of the page sees it; a whole page that its script is still to show is no such element."""
    if element.tag in _WHOLE:
        return False
    return "hidden" in element.attrib or _UNSEEN.search(element.get("style", "")) is not None


def _is_note_mark(element: Any) -> bool:
    """Whether it is the number of a footnote, with the link that leads there: it is no figure of the sentence."""
    link = element.find("a") if element.tag == "sup" else None
    return link is not None and link.get("href", "").startswith("#")


def _holds_article(element: Any, whole: int) -> bool:
    return element.find(".//h1") is not None or _weight(element) * 2 >= max(whole, 1)


def _is_list_of_others(element: Any) -> bool:
    """Whether a part of the page begins with a heading such as "Latest news"."""
    first = next((child for child in element if isinstance(child.tag, str)), None)
    if first is None or first.tag not in {"h2", "h3", "h4", "h5", "h6"} or element.tag in _KEPT:
        return False
    return _OTHERS.fullmatch(" ".join("".join(first.itertext()).split())) is not None


def _is_named_clutter(element: Any) -> bool:
    if element.tag in _KEPT:
        return False
    if element.get("role", "").lower() in _ROLES or element.get("aria-hidden") == "true":
        return True
    names = [*element.get("class", "").split()[:20], element.get("id", "")]
    return any(_NAMES.search(name) for name in names if len(name) < 80)


def _is_page_footer(element: Any) -> bool:
    return element.tag == "footer" and element.getparent() is not None and element.getparent().tag == "body"


def _length(element: Any) -> int:
    return sum(map(len, element.itertext()))


def _weight(element: Any) -> int:
    return sum(len("".join(paragraph.itertext())) for paragraph in element.iter("p"))


def drop(element: Any) -> None:
    """Remove an element and keep the text behind it."""
    parent = element.getparent()
    if parent is None:
        return  # inside something that was removed already
    previous = element.getprevious()
    tail = element.tail or ""
    if previous is not None:
        previous.tail = (previous.tail or "") + tail
    else:
        parent.text = (parent.text or "") + tail
    parent.remove(element)
