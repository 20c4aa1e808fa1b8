"""Markdown with or without a header: its marks become kinds of paragraph and anchors, its words stay."""

import html
import re
from dataclasses import dataclass, replace

from scheduler.articles.article import Anchor, Article, ParagraphKind, Span
from scheduler.articles.document import Document, decode, fail
from scheduler.articles.front_matter import split_front_matter
from scheduler.articles.stated import article_of
from scheduler.articles.structure import TextBuilder, structure

_HEADING = re.compile(r" {0,3}(#{1,6})[ \t]+(.*?)[ \t]*#*[ \t]*")
_UNDERLINE = re.compile(r" {0,3}(?:={2,}|-{2,})[ \t]*")
_RULE = re.compile(r" {0,3}(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})")
_QUOTE = re.compile(r"(?: {0,3}>[ \t]?)+")
_BULLET = re.compile(r" {0,12}(?:[-*+•]|\d{1,3}[.)])[ \t]+(?=\S)")
# "— Jo Bloggs, director" at the end of a blockquote: who spoke, and not what was said.
_SIGNATURE = re.compile(r"[ \t]*(?:[—–―]|--?)[ \t]*(?=\**[A-Z])")
_PICTURE_ABOVE = re.compile(r"^(?:\[?!\[[^\]\n]{0,500}\]\([^()\n]{0,2500}\)(?:\]\([^()\n]{0,2500}\))?\s*)+")
_ALL_EMPHASISED = re.compile(r"([*_])(?![*_\s])[^*_]{1,400}\1\s*")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_REFERENCE = re.compile(r" {0,3}\[([^\]\n]{1,200})\]:[ \t]*<?(\S{1,2000}?)>?(?:[ \t]+[\"'(].{0,300})?[ \t]*")
_TABLE_LINE = re.compile(r"[ \t|:\-+]+")
_TABLE_ROW = re.compile(r"[ \t]*\|.*\|[ \t]*")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)

_INLINE = re.compile(
    r"(?P<escape>\\[!-/:-@\[-`{-~])"
    r"|(?P<picture>!\[[^\]\n]{0,500}\]\([^()\s]{0,2000}(?:\([^()\s]{0,500}\)[^()\s]{0,500})?(?:\s+[\"'][^\"'\n]{0,300}[\"'])?\))"
    r"|\[(?P<label>[^\[\]]{1,500})\]\(<?(?P<target>[^()\s<>]{0,2000}(?:\([^()\s]{0,500}\)[^()\s<>]{0,500})?)>?(?:\s+[\"'][^\"'\n]{0,300}[\"'])?\)"
    r"|\[(?P<named>[^\[\]]{1,500})\]\[(?P<reference>[^\[\]]{0,200})\]"
    r"|<(?P<address>(?:https?://|mailto:)[^\s<>]{1,2000}|[^\s<>@]{1,100}@[^\s<>@]{1,200})>"
    r"|`(?P<code>[^`\n]{1,500})`"
    r"|(?P<tag></?[a-zA-Z][^<>\n]{0,300}>)"
    r"|(?P<struck>~~(?=\S)[^~\n]{1,500}~~ ?)"
    r"|(?P<mark>\*{1,3}|(?<!\w)_{1,3}(?=\S)|(?<=\S)_{1,3}(?!\w)|~~)"
)


@dataclass(frozen=True, slots=True)
class _Block:
    kind: ParagraphKind
    words: str
    apart: bool = False


def read(document: Document) -> Article:
    """An article from Markdown; its text is what a reader of the rendered page would see."""
    front, body = split_front_matter(decode(document).lstrip("\ufeff"), document.source, document.dates)
    # Only where each comment has an end: looking for one that is not there would read the rest again for each.
    last = body.rfind("-->") + 3
    body = _COMMENT.sub("", body[:last]) + body[last:] if last > 2 else body
    references = _references(body)
    builder = TextBuilder()
    anchors: list[Anchor] = []
    for block in _BlockReader(body).blocks:
        words, found = _plain(_PICTURE_ABOVE.sub("", block.words, count=1), references)
        if not words.strip():
            continue
        start = builder.add(words, block.kind, apart=block.apart)
        anchors += [
            Anchor(anchor.url, anchor.label, Span(start + span.start, start + span.end)) for anchor, span in found
        ]
    text = builder.text
    if not text.strip():
        fail(document.source, "holds no text to read" if body.strip() else "has a header and nothing below it")
    form = structure(text, builder.paragraphs, front.title, order=document.dates)
    return article_of(document, text, form, front, anchors)


def _references(body: str) -> dict[str, str]:
    found = (_REFERENCE.fullmatch(line) for line in body.split("\n") if line.lstrip(" ").startswith("["))
    return {match[1].strip().lower(): match[2] for match in found if match}


class _BlockReader:
    """Reads a document line by line into blocks; the lines of one paragraph are joined by a space, as Markdown reads them."""

    def __init__(self, body: str) -> None:
        self.blocks: list[_Block] = []
        self._kind = ParagraphKind.BODY
        self._lines: list[str] = []
        self._fence: str | None = None
        self._below_picture = False
        self._quote_from: int | None = None
        for line in body.split("\n"):
            if not self._is_hidden(line):
                self._take(line)
        self._finish()

    def _finish(self) -> None:
        if not self._lines:
            return
        words = _joined(self._lines)
        picture = _PICTURE_ABOVE.match(words)
        below = words[picture.end() :] if picture else words
        is_caption = (picture is not None or self._below_picture) and _ALL_EMPHASISED.fullmatch(below)
        self.blocks.append(_Block(ParagraphKind.CAPTION if is_caption else self._kind, words))
        self._below_picture = picture is not None and not below
        self._lines = []

    def _is_hidden(self, line: str) -> bool:
        """Fenced code and the addresses of references are no words of the article."""
        opening = _FENCE.match(line)
        if self._fence is not None:
            self._fence = None if opening and opening[1].startswith(self._fence) else self._fence
            return True
        if opening:
            self._finish()
            self._fence = opening[1][:3]
        return opening is not None or _REFERENCE.fullmatch(line) is not None

    def _take(self, line: str) -> None:
        quoted = _QUOTE.match(line)
        inner = line[quoted.end() :] if quoted else line
        if quoted is None:
            self._quote_from = None
        elif self._quote_from is None:
            self._finish()
            self._quote_from = len(self.blocks)
        if not inner.strip():
            self._finish()
        elif quoted and _SIGNATURE.match(inner) and not _RULE.fullmatch(inner):
            self._finish()
            self._set_apart()
            self._append(inner, ParagraphKind.SPEECH)
        elif not self._take_marked(inner, quoted=quoted is not None):
            self._append(inner, ParagraphKind.SPEECH if quoted else ParagraphKind.BODY)

    def _set_apart(self) -> None:
        if self._quote_from is not None and self._quote_from < len(self.blocks):
            self.blocks[self._quote_from] = replace(self.blocks[self._quote_from], apart=True)

    def _take_marked(self, line: str, *, quoted: bool) -> bool:
        """Take a line that is a block of its own, or opens one."""
        heading = _HEADING.fullmatch(line)
        bullet = _BULLET.match(line)
        if _UNDERLINE.fullmatch(line) and self._lines and self._kind is ParagraphKind.BODY:
            self._kind = ParagraphKind.HEADING
            self._finish()
        elif heading:
            self._finish()
            self.blocks.append(_Block(ParagraphKind.SPEECH if quoted else ParagraphKind.HEADING, heading[2]))
        elif _TABLE_ROW.fullmatch(line):
            self._finish()
            if not _TABLE_LINE.fullmatch(line):
                self.blocks.append(_Block(ParagraphKind.FURNITURE, " ".join(line.replace("|", " ").split())))
        elif _RULE.fullmatch(line):
            self._finish()
        elif bullet:
            self._finish()
            self._kind = ParagraphKind.SPEECH if quoted else ParagraphKind.LIST_ITEM
            self._lines = [line[bullet.end() :]]
        else:
            return False
        return True

    def _append(self, line: str, kind: ParagraphKind) -> None:
        # An unmarked line goes on with the item or blockquote above it; a blockquote never goes on with prose.
        if kind is ParagraphKind.SPEECH and self._kind is not kind:
            self._finish()
        if not self._lines:
            self._kind = kind
        self._lines.append(line)


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
    """What a piece of markup leaves of itself, and the address that it links to."""
    if match["label"]:
        return match["label"], match["target"] or None
    if match["named"]:
        url = references.get((match["reference"] or match["named"]).strip().lower())
        return (match["named"], url) if url else (match[0], None)
    if match["address"]:
        address = match["address"]
        return address.removeprefix("mailto:"), address if ":" in address else f"mailto:{address}"
    left = match["code"] or (match["escape"] or "")[1:]
    if match["mark"] and match["mark"].startswith("*") and _stands_alone(match, words):
        left = match["mark"]
    return left, None


def _stands_alone(match: re.Match[str], words: str) -> bool:
    """A star between spaces is a star."""
    before, after = words[max(match.start() - 1, 0) : match.start()], words[match.end() : match.end() + 1]
    return (not before or before.isspace()) and (not after or after.isspace())


def _without_marks(label: str) -> str:
    return html.unescape(re.sub(r"\*{1,3}|(?<!\w)_{1,2}|_{1,2}(?!\w)|`", "", label))
