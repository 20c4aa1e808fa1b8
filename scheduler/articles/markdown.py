"""Markdown with or without a header: its marks become kinds of paragraph and anchors, its words stay."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

from scheduler.articles.article import Anchor, Article, ParagraphKind, Span
from scheduler.articles.document import Document, decode, fail
from scheduler.articles.front_matter import split_front_matter
from scheduler.articles.structure import TextBuilder, structure

_HEADING = re.compile(r" {0,3}(#{1,6})[ \t]+(.*?)[ \t]*#*[ \t]*")
_UNDERLINE = re.compile(r" {0,3}(?:={2,}|-{2,})[ \t]*")
_RULE = re.compile(r" {0,3}(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})")
_QUOTE = re.compile(r" {0,3}>[ \t]?")
_BULLET = re.compile(r" {0,12}(?:[-*+•]|\d{1,3}[.)])[ \t]+(?=\S)")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_REFERENCE = re.compile(r" {0,3}\[([^\]\n]{1,200})\]:[ \t]*<?(\S{1,2000}?)>?(?:[ \t]+[\"'(].{0,300})?[ \t]*")
_TABLE_ROW = re.compile(r"[ \t]*\|.*\|[ \t]*")
_COMMENT = re.compile(r"<!--(?:(?!-->).)*-->", re.DOTALL)

_INLINE = re.compile(
    r"(?P<escape>\\[!-/:-@\[-`{-~])"
    r"|(?P<picture>!\[[^\]\n]{0,500}\]\([^()\s]{0,2000}(?:\([^()\s]{0,500}\)[^()\s]{0,500})?(?:\s+[\"'][^\"'\n]{0,300}[\"'])?\))"
    r"|\[(?P<label>[^\[\]]{1,500})\]\(<?(?P<target>[^()\s<>]{0,2000}(?:\([^()\s]{0,500}\)[^()\s<>]{0,500})?)>?(?:\s+[\"'][^\"'\n]{0,300}[\"'])?\)"
    r"|\[(?P<named>[^\[\]]{1,500})\]\[(?P<reference>[^\[\]]{0,200})\]"
    r"|<(?P<address>(?:https?://|mailto:)[^\s<>]{1,2000}|[^\s<>@]{1,100}@[^\s<>@]{1,200})>"
    r"|`(?P<code>[^`\n]{1,500})`"
    r"|(?P<tag></?[a-zA-Z][^<>\n]{0,300}>)"
    r"|(?P<mark>\*{1,3}|(?<!\w)_{1,3}(?=\S)|(?<=\S)_{1,3}(?!\w)|~~)"
)


@dataclass(frozen=True, slots=True)
class _Block:
    kind: ParagraphKind
    words: str


def read(document: Document) -> Article:
    """An article from Markdown; its text is what a reader of the rendered page would see."""
    front, body = split_front_matter(decode(document).lstrip("\ufeff"), document.source)
    body = _COMMENT.sub("", body)
    references = _references(body)
    builder = TextBuilder()
    anchors: list[Anchor] = []
    for block in _blocks(body):
        words, found = _plain(block.words, references)
        if not words.strip():
            continue
        start = builder.add(words, block.kind)
        anchors += [
            Anchor(anchor.url, anchor.label, Span(start + span.start, start + span.end)) for anchor, span in found
        ]
    text = builder.text
    if not text.strip():
        fail(document.source, "holds no text to read" if body.strip() else "has a header and nothing below it")
    form = structure(text, builder.paragraphs, front.title)
    return Article(
        source=document.source,
        text=text,
        paragraphs=form.paragraphs,
        title=form.title,
        published=front.published or form.published,
        url=front.url or document.url,
        description=front.description,
        site_name=front.site_name,
        image=front.image,
        language=front.language,
        anchors=tuple(anchors),
    )


def _references(body: str) -> dict[str, str]:
    found = (_REFERENCE.fullmatch(line) for line in body.split("\n") if line.lstrip(" ").startswith("["))
    return {match[1].strip().lower(): match[2] for match in found if match}


def _blocks(body: str) -> Iterator[_Block]:
    """The document's blocks in order; the lines of one paragraph are joined by a space, as Markdown reads them."""
    kind, lines = ParagraphKind.BODY, list[str]()
    fence: str | None = None

    def flush() -> Iterator[_Block]:
        nonlocal lines
        if lines:
            yield _Block(kind, _joined(lines))
            lines = []

    for line in body.split("\n"):
        opening = _FENCE.match(line)
        if fence is not None:
            fence = None if opening and opening[1].startswith(fence) else fence
            continue
        if opening:
            yield from flush()
            fence = opening[1][:3]
            continue
        if _REFERENCE.fullmatch(line):
            continue
        quoted = _QUOTE.match(line)
        inner = line
        while match := _QUOTE.match(inner):
            inner = inner[match.end() :]
        heading = _HEADING.fullmatch(inner)
        bullet = _BULLET.match(inner)
        if not inner.strip():
            yield from flush()
        elif heading:
            yield from flush()
            yield _Block(ParagraphKind.SPEECH if quoted else ParagraphKind.HEADING, heading[2])
        elif _UNDERLINE.fullmatch(inner) and lines and kind is ParagraphKind.BODY:
            yield _Block(ParagraphKind.HEADING, _joined(lines))
            lines = []
        elif _RULE.fullmatch(inner):
            yield from flush()
        elif _TABLE_ROW.fullmatch(inner):
            yield from flush()
            yield _Block(ParagraphKind.FURNITURE, " ".join(inner.replace("|", " ").split()))
        elif bullet and not quoted:
            yield from flush()
            kind, lines = ParagraphKind.LIST_ITEM, [inner[bullet.end() :]]
        else:
            now = ParagraphKind.SPEECH if quoted else ParagraphKind.BODY
            if (
                lines
                and kind is not now
                and (quoted or kind is not ParagraphKind.LIST_ITEM)
                and (quoted or kind is not ParagraphKind.SPEECH)
            ):
                yield from flush()
            if not lines:
                kind = now
            lines.append(inner)
    yield from flush()


def _joined(lines: list[str]) -> str:
    # Two spaces or a backslash at a line's end are Markdown's own line break.
    pieces = [line.strip().removesuffix("\\") + ("\n" if line.endswith(("  ", "\\")) else " ") for line in lines]
    return "".join(pieces).strip()


def _plain(words: str, references: dict[str, str]) -> tuple[str, list[tuple[Anchor, Span]]]:
    """The words without their marks, and the anchors with their places in them."""
    pieces: list[str] = []
    anchors: list[tuple[Anchor, Span]] = []
    length = 0
    position = 0
    for match in _INLINE.finditer(words):
        kept = html.unescape(words[position : match.start()])
        label, url = _replacement(match, references, words)
        if url:
            label = _without_marks(label)
            anchors.append((Anchor(url, label), Span(length + len(kept), length + len(kept) + len(label))))
        pieces += [kept, label]
        length += len(kept) + len(label)
        position = match.end()
    pieces.append(html.unescape(words[position:]))
    return "".join(pieces), anchors


def _replacement(match: re.Match[str], references: dict[str, str], words: str) -> tuple[str, str | None]:
    if match["escape"]:
        return match["escape"][1], None
    if match["label"]:
        return match["label"], match["target"] or None
    if match["named"]:
        url = references.get((match["reference"] or match["named"]).strip().lower())
        return (match["named"], url) if url else (match[0], None)
    if match["address"]:
        address = match["address"]
        return address.removeprefix("mailto:"), address if ":" in address else f"mailto:{address}"
    if match["code"]:
        return match["code"], None
    if match["mark"] and match["mark"].startswith("*") and _stands_alone(match, words):
        return match["mark"], None
    return "", None


def _stands_alone(match: re.Match[str], words: str) -> bool:
    """A star between spaces is a star."""
    before, after = words[max(match.start() - 1, 0) : match.start()], words[match.end() : match.end() + 1]
    return (not before or before.isspace()) and (not after or after.isspace())


def _without_marks(label: str) -> str:
    return html.unescape(re.sub(r"\*{1,3}|(?<!\w)_{1,2}|_{1,2}(?!\w)|`", "", label))
