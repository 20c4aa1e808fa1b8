"""What each stretch of an article is, as far as its form tells: date line, title, heading, link line, notes, body."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from scheduler.articles.article import Paragraph, ParagraphKind, Span
from scheduler.articles.dates import DateOrder, date_of_dateline, date_of_embargo, date_of_line
from scheduler.articles.embargo import embargo_of_line, is_embargo_line
from scheduler.articles.furniture import (
    date_of_head,
    ends_release,
    is_about_sender,
    is_caption,
    is_covering,
    is_date_without_year,
    is_head,
    is_news_from,
    is_organisation,
    is_rule,
    is_sender,
    is_surely_sender,
    is_tag,
    states_issue,
)
from scheduler.articles.headline import headline

_OPENING = 10  # blocks at the top in which a date line or the title may stand
_LONGEST_TITLE = 220
_LONGEST_HEADING = 90
_LONGEST_SENTENCE = 14  # words of a title that ends in a full stop; a longer one is the first paragraph
_LONGEST_CATEGORY = 3  # words of a line between title and date: "Wildlife"
_WHOSE_STATEMENT = re.compile(
    r"(?:(?:a|joint|public|official|press|media|news)\s){0,3}statement\s(?:issued\s)?(?:from|by|on behalf of)\s.{3,80}",
    re.IGNORECASE,
)
_BROKEN_FROM = 25  # characters; nobody breaks a shorter line
# Words that no line ends with unless it was broken there.
_WITHIN_PHRASE = re.compile(
    r"\b(?:a|an|the|of|for|to|and|or|in|on|at|by|with|from|as|after|before|into|over|under|their|its|his|her|our|your|that|will|is|are)$",
    re.IGNORECASE,
)
_EVENT_LINE = re.compile(r"\W{0,3}(?:time|venue|where|location|place|when|what|who)\s*:", re.IGNORECASE)
_WEB_ADDRESS = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_LABEL_BEFORE_LINK = re.compile(r"[^:.!?\n]{0,90}:\s*", re.IGNORECASE)
_SOCIAL_POST = re.compile(
    r"pic\.twitter\.com|[—–-]\s?.{1,80}\(@\w{1,30}\)\s+\w+ \d|https://t\.co/|View this post on ", re.IGNORECASE
)
_TERMINAL = re.compile(r"[.!?…:;,][\"'”’)]*$")
_OPENS_SPEECH = re.compile(r"[\"“‘']")


@dataclass(frozen=True, slots=True)
class Structure:
    """An article's paragraphs with their kinds, and what its first lines state.

    embargo: by the clocks of the campaign. unclear_embargo: the line that speaks of one and does not say until which day.
    """

    paragraphs: tuple[Paragraph, ...]
    title: str | None
    published: date | None
    embargo: datetime | None = None
    unclear_embargo: str | None = None


def structure(
    text: str,
    paragraphs: Sequence[Paragraph],
    title: str | None = None,
    *,
    title_in_text: bool = True,
    order: DateOrder = DateOrder.BRITISH,
) -> Structure:
    """Read the form of an article whose header (or page) gave `title`.

    title_in_text: whether the title is looked for among the first lines.
    """
    marked = _with_whole_title(text, paragraphs) if title is None and title_in_text else list(paragraphs)
    title, published, opened = _read_opening(text, marked, title, title_in_text, order)
    if title is None and title_in_text:
        title = _last_title(text, marked[:opened], order)
    _mark_rest(text, marked, opened)
    published = published or _issued(text, marked[opened:], order)
    return Structure(tuple(marked), title, published, *_embargo(text, marked, order))


def _embargo(text: str, marked: Sequence[Paragraph], order: DateOrder) -> tuple[datetime | None, str | None]:
    """The embargo that the lines around the body state, and else the line that speaks of one and names no day."""
    around = (ParagraphKind.FURNITURE, ParagraphKind.HEADING)
    lines = [text[each.span.start : each.span.end] if each.kind in around else "" for each in marked]
    embargoes = [number for number, line in enumerate(lines) if line and is_embargo_line(line)]
    # "EMBARGO" may stand on a line of its own, above the moment.
    stated = [
        lines[number] if any(map(str.isdigit, lines[number])) else " ".join(lines[number : number + 2]).strip()
        for number in embargoes
    ]
    moments = [moment for line in stated if (moment := embargo_of_line(line, order))]
    unclear = lines[embargoes[0]] if embargoes and not moments else None
    return max(moments, default=None), unclear


def _with_whole_title(text: str, paragraphs: Sequence[Paragraph]) -> list[Paragraph]:
    """The paragraphs, with the two or three lines of the opening over which a title was broken made one."""
    marked = list(paragraphs)
    number = 0
    while number + 1 < len(marked[:_OPENING]):
        first, second = marked[number], marked[number + 1]
        is_prose = first.kind is ParagraphKind.BODY and second.kind is ParagraphKind.BODY
        if (
            is_prose
            and text[first.span.end : second.span.start].count("\n") == 1
            and _goes_on(text[first.span.start : first.span.end], text[second.span.start : second.span.end])
        ):
            marked[number : number + 2] = [replace(first, span=Span(first.span.start, second.span.end))]
        else:
            number += 1
    return marked


def _goes_on(line: str, following: str) -> bool:
    """Whether a title goes on in the next line: it broke within a phrase, or both lines are in capitals."""
    if _TERMINAL.search(line) or not _BROKEN_FROM <= len(line) <= _LONGEST_TITLE or len(following) > _LONGEST_HEADING:
        return False
    if any(_is_of_head(each) for each in (line, following)) or _WEB_ADDRESS.search(following) or "@" in following:
        return False
    is_loud = line.isupper() and following.isupper() and not is_surely_sender(line)
    return is_loud or following[:1].islower() or breaks_within_phrase(line)


def breaks_within_phrase(line: str) -> bool:
    """Whether a line ends with a word that nothing ends with: "The", "the head of"."""
    return _WITHIN_PHRASE.search(line) is not None


def _is_of_head(words: str) -> bool:
    return (
        date_of_line(words) is not None
        or is_tag(words)
        or is_head(words)
        or is_news_from(words)
        or is_embargo_line(words)
    )


def _last_title(text: str, opening: Sequence[Paragraph], order: DateOrder) -> str | None:
    """Where nothing else may be the title: few words behind the kind of sheet, else whose statement it is."""
    lines = [" ".join(text[each.span.start : each.span.end].split()) for each in opening]
    found = (headline(line, order, is_last_hope=True) for line in lines)
    named = next((each.title for each in found if each.labelled), None)
    return named or next(filter(_WHOSE_STATEMENT.fullmatch, lines), None)


def _issued(text: str, paragraphs: Sequence[Paragraph], order: DateOrder) -> date | None:
    """The date of a line below the body that says in so many words when the release was issued."""
    for paragraph in paragraphs:
        if paragraph.kind is ParagraphKind.FURNITURE and states_issue(text[paragraph.span.start : paragraph.span.end]):
            day = date_of_line(text[paragraph.span.start : paragraph.span.end], order)
            if day:
                return day
    return None


def _read_opening(
    text: str, marked: list[Paragraph], title: str | None, title_in_text: bool, order: DateOrder
) -> tuple[str | None, date | None, int]:
    published: date | None = None
    embargoed: date | None = None
    title_at: int | None = None
    for number, paragraph in enumerate(marked[:_OPENING]):
        words = text[paragraph.span.start : paragraph.span.end]
        head = is_head(words)
        holds_title = title is None and title_in_text and headline(words, order).labelled
        dated = date_of_head(words, order) if head else date_of_line(words, order)
        embargoed = embargoed or date_of_embargo(words, order)
        if paragraph.kind in {ParagraphKind.CAPTION, ParagraphKind.FURNITURE}:
            published = published or dated
            continue
        head = head or is_embargo_line(words)
        is_around = (
            dated or head or is_tag(words) or is_rule(words) or is_covering(words) or is_date_without_year(words)
        )
        if is_around and not holds_title:
            if not _is_of_event(text, marked[number : number + 4]):
                published = published or dated
            marked[number] = replace(paragraph, kind=ParagraphKind.FURNITURE)
            continue
        if title is not None and _is_between(text, words, marked[number + 1 : number + 2], title, order):
            kind = ParagraphKind.CAPTION if is_caption(words) else ParagraphKind.FURNITURE
            marked[number] = replace(paragraph, kind=kind)
            continue
        if published is None:
            published = date_of_dateline(words, order)
        repeats_title = title is not None and words.split() == title.split()
        below = marked[number + 1 :]
        is_title = title_in_text and title_at is None and _looks_like_title(words, below)
        if is_title and paragraph.kind is ParagraphKind.BODY and _is_letterhead(text, words, below):
            marked[number] = replace(paragraph, kind=ParagraphKind.FURNITURE)
        elif paragraph.kind is ParagraphKind.HEADING or repeats_title or is_title:
            if title is None:
                own = headline(words, order)
                title, published = own.title, published or own.published
            title_at = number
            marked[number] = replace(paragraph, kind=ParagraphKind.HEADING)
        else:
            return title, published or embargoed, number
    return title, published or embargoed, min(len(marked), _OPENING)


def _is_between(text: str, words: str, below: Sequence[Paragraph], title: str, order: DateOrder) -> bool:
    """Whether a line stands right above the date, or the title again: a category, or a picture's caption."""
    if not below or not (is_caption(words) or (is_sender(words) and len(words.split()) <= _LONGEST_CATEGORY)):
        return False
    following = text[below[0].span.start : below[0].span.end]
    return is_head(following) or date_of_line(following, order) is not None or following.split() == title.split()


def _is_of_event(text: str, paragraphs: Sequence[Paragraph]) -> bool:
    """Whether a date line belongs to an invitation: "Date: … Time: … Venue: …"."""
    return any(_EVENT_LINE.match(text, paragraph.span.start, paragraph.span.end) for paragraph in paragraphs[1:])


def _is_letterhead(text: str, words: str, below: Sequence[Paragraph]) -> bool:
    """Whether a line is the sender's name: the release's own lines come between it and the title, or it is named again."""
    if not is_surely_sender(words) and not is_news_from(words):
        return False
    named_again = is_organisation(words) and text.casefold().count(words.casefold()) > 1
    for number, paragraph in enumerate(below[:_OPENING]):
        following = text[paragraph.span.start : paragraph.span.end]
        if not (date_of_line(following) or is_tag(following) or is_head(following)):
            is_longer = len(following) > len(words) or is_news_from(words)
            return (number > 0 or named_again) and is_longer and _looks_like_title(following, below[number + 1 :])
    return False


def _looks_like_title(words: str, following: Sequence[Paragraph]) -> bool:
    if len(words) > _LONGEST_TITLE or not following or _WEB_ADDRESS.search(words):
        return False
    if headline(words).labelled and not _is_told(words):
        return True
    return not re.search(r"[.:;,][\"'”’)]*$", words) or bool(re.search(r"(?:\.\.\.|…)$", words))


def _is_told(words: str) -> bool:
    """Whether a line is a sentence of its own, though a label stands before it: "Statement: We are sorry that …"."""
    return words.endswith(".") and (len(words.split()) > _LONGEST_SENTENCE or date_of_dateline(words) is not None)


def _mark_rest(text: str, marked: list[Paragraph], opened: int) -> None:
    in_notes = False
    seen = 0  # paragraphs of prose above: nothing ends, or tells of the sender, before anything was said
    for number in range(opened, len(marked)):
        paragraph = marked[number]
        words = text[paragraph.span.start : paragraph.span.end]
        ends = ends_release(words)
        in_notes = in_notes or (seen > 0 and ends) or (seen > 1 and is_about_sender(words))
        kind = _kind(words, paragraph.kind, ends, in_notes)
        seen += kind in {ParagraphKind.BODY, ParagraphKind.SPEECH}
        if kind is not paragraph.kind:
            marked[number] = replace(paragraph, kind=kind)


def _kind(words: str, kind: ParagraphKind, ends: bool, in_notes: bool) -> ParagraphKind:
    if kind in {ParagraphKind.CAPTION, ParagraphKind.FURNITURE}:
        return kind
    if kind is ParagraphKind.SPEECH:
        return ParagraphKind.CAPTION if _SOCIAL_POST.search(words) else kind
    if not ends and _is_link_line(words):
        return ParagraphKind.LINKS
    if ends or _is_furniture(words):
        return ParagraphKind.FURNITURE
    if in_notes:
        # A heading may name who speaks in the blockquote below it.
        return kind if kind is ParagraphKind.HEADING else ParagraphKind.FURNITURE
    return _kind_of_prose(words) if kind is ParagraphKind.BODY else kind


def _is_furniture(words: str) -> bool:
    return len(words) < _LONGEST_HEADING and bool(date_of_line(words) or is_tag(words) or is_rule(words))


def _kind_of_prose(words: str) -> ParagraphKind:
    if is_caption(words):
        return ParagraphKind.CAPTION
    return ParagraphKind.HEADING if _looks_like_heading(words) else ParagraphKind.BODY


def _is_link_line(words: str) -> bool:
    own = words.rstrip(" .)")
    last_word = words[own.rfind(" ") + 1 :].lower()
    address = _WEB_ADDRESS.search(words) if "://" in last_word or "www." in last_word else None
    if address is None or address.end() < len(own):
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

    def add(self, words: str, kind: ParagraphKind, *, apart: bool = False) -> int:
        """Append a paragraph and return where it starts."""
        if self._pieces:
            self._pieces.append("\n\n")
            self._length += 2
        start = self._length
        self._pieces.append(words)
        self._length += len(words)
        self.paragraphs.append(Paragraph(Span(start, self._length), kind, apart))
        return start

    @property
    def text(self) -> str:
        return "".join(self._pieces)
