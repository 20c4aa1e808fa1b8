"""What each stretch of an article is, as far as its form tells: date line, title, heading, link line, notes, body."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from scheduler.articles.article import Paragraph, ParagraphKind, Span
from scheduler.articles.dates import date_of_dateline, date_of_line

_OPENING = 8  # blocks at the top in which a date line or the title may stand
_LONGEST_TITLE = 220
_LONGEST_HEADING = 90

_TAG = re.compile(
    r"\W*(?:(?:press|news|media)\s+(?:release|statement|notice|story)|for\s+immediate\s+(?:release|use|publication)"
    r"|immediate release|news|statement"
    r"|(?:press |news )?(?:release|reference|ref)\s*(?:number|no\.?|ref(?:erence)?)?\s*[:#]\s*.{0,60}"
    r"|release (?:number|no\.?)\s*.{0,60}|(?:strictly |under )?embargo(?:ed)?\b.{0,100}|not for publication.{0,60}"
    r"|from:\s.{0,80}"
    r"|(?:by|author):?\s.{0,60}|posted by\s.{0,60}|share this(?: page)?|print this page)\W*",
    re.IGNORECASE,
)
_TITLE_LABEL = re.compile(r"(?:title|headline|subject)\s*:\s*(?=\S)", re.IGNORECASE)
_END = re.compile(
    r"[\W_]*(?:ends?|the end|end of (?:press |news )?(?:release|statement))[\W_]*|[#*_\-– ]{3,}", re.IGNORECASE
)
_NOTES = re.compile(
    r"[\W_]*(?:notes?\s+(?:to|for)\s+(?:the\s+)?(?:news\s+|picture\s+)?(?:editors?|journalists|media|press)|editors?[’']?s?[’']?\s+notes?|notes"
    r"|(?:media|press)\s+(?:contacts?|enquir(?:y|ies)|office|information)|contact(?:s| us| details| information)?"
    r"|for\s+(?:more|further)\s+(?:media\s+|press\s+)?(?:information|details|enquiries),?\s*(?:please\s+)?(?:contact)?)[\W_]*",
    re.IGNORECASE,
)
_WEB_ADDRESS = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_LABEL_BEFORE_LINK = re.compile(r"[^:.!?\n]{0,90}:\s*", re.IGNORECASE)
_CAPTION = re.compile(
    r"\W?(?:caption|pictured|(?:picture|image|photo|photograph)(?: shows| credit)?)\s*[:(\-–].{0,300}",
    re.IGNORECASE,
)
_SOCIAL_POST = re.compile(
    r"pic\.twitter\.com|[—–-]\s?.{1,80}\(@\w{1,30}\)\s+\w+ \d|https://t\.co/|View this post on ", re.IGNORECASE
)
_TERMINAL = re.compile(r"[.!?…:;,][\"'”’)]*$")
_OPENS_SPEECH = re.compile(r"[\"“‘']")


@dataclass(frozen=True, slots=True)
class Structure:
    """An article's paragraphs with their kinds, and what its first lines state."""

    paragraphs: tuple[Paragraph, ...]
    title: str | None
    published: date | None


def structure(
    text: str, paragraphs: Sequence[Paragraph], title: str | None = None, *, title_in_text: bool = True
) -> Structure:
    """Read the form of an article whose header (or page) gave `title`.

    title_in_text: whether the title is looked for among the first lines.
    """
    marked = list(paragraphs)
    title, published, opened = _read_opening(text, marked, title, title_in_text)
    _mark_rest(text, marked, opened)
    return Structure(tuple(marked), title, published)


def _read_opening(
    text: str, marked: list[Paragraph], title: str | None, title_in_text: bool
) -> tuple[str | None, date | None, int]:
    published: date | None = None
    title_seen = False
    for number, paragraph in enumerate(marked[:_OPENING]):
        words = text[paragraph.span.start : paragraph.span.end]
        dated = date_of_line(words)
        if dated or _TAG.fullmatch(words):
            published = published or dated
            marked[number] = replace(paragraph, kind=ParagraphKind.FURNITURE)
            continue
        if published is None and not re.match(r"\W*embargo", words, re.IGNORECASE):
            published = date_of_dateline(words)
        if paragraph.kind is ParagraphKind.HEADING:
            title = title or " ".join(words.split())
            title_seen = True
            continue
        repeats_title = title is not None and words.split() == title.split()
        if repeats_title or (title_in_text and not title_seen and _looks_like_title(words, marked[number + 1 :])):
            label = _TITLE_LABEL.match(words)
            title = title or " ".join(words[label.end() if label else 0 :].split())
            title_seen = True
            marked[number] = replace(paragraph, kind=ParagraphKind.HEADING)
            continue
        return title, published, number
    return title, published, min(len(marked), _OPENING)


def _looks_like_title(words: str, following: Sequence[Paragraph]) -> bool:
    if len(words) > _LONGEST_TITLE or not following or _WEB_ADDRESS.search(words):
        return False
    if _TITLE_LABEL.match(words):
        return True
    return not re.search(r"[.:;,][\"'”’)]*$", words) or bool(re.search(r"(?:\.\.\.|…)$", words))


def _mark_rest(text: str, marked: list[Paragraph], opened: int) -> None:
    in_notes = False
    for number in range(opened, len(marked)):
        paragraph = marked[number]
        words = text[paragraph.span.start : paragraph.span.end]
        ends = bool(_END.fullmatch(words)) or (len(words) < _LONGEST_HEADING and bool(_NOTES.fullmatch(words)))
        in_notes = in_notes or (ends and number > opened)
        kind = _kind(words, paragraph.kind, ends, in_notes)
        if kind is not paragraph.kind:
            marked[number] = replace(paragraph, kind=kind)


def _kind(words: str, kind: ParagraphKind, ends: bool, in_notes: bool) -> ParagraphKind:
    if kind in {ParagraphKind.CAPTION, ParagraphKind.FURNITURE}:
        return kind
    if kind is ParagraphKind.SPEECH:
        return ParagraphKind.CAPTION if _SOCIAL_POST.search(words) else kind
    is_furniture = ends or (len(words) < _LONGEST_HEADING and (date_of_line(words) or _TAG.fullmatch(words)))
    if not is_furniture and _is_link_line(words):
        return ParagraphKind.LINKS
    if is_furniture or in_notes:
        return ParagraphKind.FURNITURE
    return _kind_of_prose(words) if kind is ParagraphKind.BODY else kind


def _kind_of_prose(words: str) -> ParagraphKind:
    if _CAPTION.fullmatch(words):
        return ParagraphKind.CAPTION
    return ParagraphKind.HEADING if _looks_like_heading(words) else ParagraphKind.BODY


def _is_link_line(words: str) -> bool:
    address = _WEB_ADDRESS.search(words)
    if address is None or address.end() < len(words.rstrip(" .)")):
        return False
    before = words[: address.start()]
    return (
        not before.strip()
        or bool(_LABEL_BEFORE_LINK.fullmatch(before))
        or bool(re.fullmatch(r"[\w\s&’'()/,]{1,60}[-–—]\s*", before))
    )


def _looks_like_heading(words: str) -> bool:
    if len(words) > _LONGEST_HEADING or "\n" in words or _TERMINAL.search(words) or _OPENS_SPEECH.match(words):
        return False
    return (
        words[:1].isupper()
        and not _WEB_ADDRESS.search(words)
        and "@" not in words
        and not re.search(r"\d{3,}[ \d]{3,}", words)
    )


class TextBuilder:
    """Builds an article's text paragraph by paragraph, with a blank line between them, and keeps where each stands."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._length = 0
        self.paragraphs: list[Paragraph] = []

    def add(self, words: str, kind: ParagraphKind) -> int:
        """Append a paragraph and return where it starts."""
        if self._pieces:
            self._pieces.append("\n\n")
            self._length += 2
        start = self._length
        self._pieces.append(words)
        self._length += len(words)
        self.paragraphs.append(Paragraph(Span(start, self._length), kind))
        return start

    @property
    def text(self) -> str:
        return "".join(self._pieces)
