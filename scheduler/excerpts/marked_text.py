"""An article's paragraphs with their quotation marks, and what the words between marks are by their form."""

import re
from collections.abc import Sequence, Set
from dataclasses import replace

from scheduler.articles.article import Article, Paragraph, ParagraphKind, Span
from scheduler.excerpts.attribution import introduces_speech, is_name_above_role
from scheduler.excerpts.speech import Marked, read_marks

_NO_TEXT = frozenset({ParagraphKind.CAPTION, ParagraphKind.LINKS})
# A clause that says who speaks, swallowed by a quote whose mark was lost: "… home,” said Jo" without its mark.
_SOMEBODY = r"\b(?!(?:He|She|I|They|We|It|You|Who|And|People|Everyone|Nobody)\b)[A-Z][\w’'-]*,?"
_SWALLOWED = re.compile(
    r"[,.!?…][\"'“”„«»‘’]?\s+(?:said|says|added|adds)\s+[A-Z]"
    r"|[A-Z][\w’'-]+ [A-Z][\w’'-]+,? (?:said|added) [A-Z]"
    rf"|{_SOMEBODY}\s+(?:said|says|added|adds)(?:\s*[:,]?\s*[\"“”„«»‘’']\s*[A-Z]|:\s|[.,:;]?\s*$)"
)
_SAID = re.compile(r"said|says|added|adds")  # what each of those has
_CLOSING = frozenset("”’»\"'")
_OPENING = re.compile(r"(?<=\s)[“‘«]")
_LONGEST_LINE_OF_SIGNATURE = 90  # characters
_SHORT_LINE = 60
_FEWEST_OF_CLAUSE = 5  # words; fewer that begin small are somebody's word for something
# Between the pages of a release that was faxed or printed: "-more-", "Page 1 of 2".
_PAGE_MARK = re.compile(
    r"[\W_]*(?:more(?: follows)?|continue[sd]?|cont(?:inued|['’]d)?|mf|page \d+(?: of \d+)?)[\W_]*", re.IGNORECASE
)


def paragraphs_of_text(article: Article, small_words: Set[str]) -> list[Paragraph]:
    """The paragraphs in which somebody may speak or be named; a name and the role on the line below it are made one."""
    whole: list[Paragraph] = []
    for paragraph in article.paragraphs:
        if paragraph.kind in _NO_TEXT or _PAGE_MARK.fullmatch(article.text, paragraph.span.start, paragraph.span.end):
            continue
        above = whole[-1] if whole else None
        if above is not None and _is_signature_with(article.text, above, paragraph, small_words):
            whole[-1] = replace(above, span=Span(above.span.start, paragraph.span.end))
        else:
            whole.append(paragraph)
    return whole


def _is_signature_with(text: str, above: Paragraph, below: Paragraph, small_words: Set[str]) -> bool:
    longest = max(above.span.end - above.span.start, below.span.end - below.span.start)
    one_block = (above.kind is ParagraphKind.SPEECH) == (below.kind is ParagraphKind.SPEECH)
    if not one_block or longest > _LONGEST_LINE_OF_SIGNATURE:
        return False
    name, role = (text[each.span.start : each.span.end].strip() for each in (above, below))
    return is_name_above_role(name, role, small_words)


class MarkedText:
    """paragraphs, markings: side by side, in the article's order; numbers count in them.

    is_single_style: whether no speech stands between double marks.
    """

    def __init__(self, text: str, paragraphs: Sequence[Paragraph]) -> None:
        self.text = text
        self.paragraphs = paragraphs
        self.markings = [read_marks(text, paragraph.span) for paragraph in paragraphs]
        self.is_single_style = all(stretch.single for stretch in self.stretches())

    def stretches(self) -> list[Marked]:
        """All that stands between marks."""
        return [stretch for marking in self.markings for stretch in marking.stretches]

    def words_above(self, number: int) -> str:
        """The end of the paragraph above."""
        if number == 0:
            return ""
        above = self.paragraphs[number - 1].span
        return self.text[max(above.start, above.end - 400) : above.end].rstrip()

    def is_introduced_as_text(self, number: int) -> bool:
        """Whether the paragraph above ends in a colon and tells of nobody speaking: "The poem begins:", "Our promise:"."""
        words = self.words_above(number)
        return words.endswith(":") and not introduces_speech(words)

    def is_announced(self, number: int) -> bool:
        """Whether the paragraph above ends in a colon and tells of somebody speaking, though nobody could be read there."""
        words = self.words_above(number)
        return words.endswith(":") and introduces_speech(words)

    def is_verse(self, spans: Sequence[Span]) -> bool:
        """Whether the lines are those of a poem: short, and most without a full stop."""
        lines = [line for span in spans for line in self.text[span.start : span.end].splitlines()]
        ended = sum(line.rstrip()[-1:] in ".!?" for line in lines)
        return len(lines) >= 3 and all(len(line) <= _SHORT_LINE for line in lines) and ended * 2 < len(lines)

    def without_outer_marks(self, number: int) -> Span:
        """A paragraph without the marks around the whole of it, or half of them."""
        span = self.paragraphs[number].span
        start, end = span.start, span.end
        stretches = self.markings[number].stretches
        if (
            len(stretches) == 1
            and stretches[0].outer.start == start
            and (stretches[0].outer.end == end or not stretches[0].closed)
        ):
            return stretches[0].inner
        stray = self.markings[number].stray_close
        if stray is not None and stray == end - 1:
            return Span(start, end - 1)
        return span

    def is_marked_whole(self, number: int) -> bool:
        """Whether nothing of a paragraph stands outside its marks."""
        stretches, span = self.markings[number].stretches, self.paragraphs[number].span
        return len(stretches) == 1 and stretches[0].outer.start == span.start and span.end - stretches[0].outer.end <= 1

    def goes_on_below(self, number: int) -> bool:
        """Whether the next paragraph begins with a mark."""
        return number + 1 < len(self.paragraphs) and any(
            stretch.outer.start == self.paragraphs[number + 1].span.start
            for stretch in self.markings[number + 1].stretches
        )

    def is_said_whole(self, number: int, stretch: Marked) -> bool:
        """Whether whole sentences between marks end the paragraph."""
        if self.text[stretch.outer.end : self.paragraphs[number].span.end].strip():
            return False
        first, last = self.text[stretch.inner.start], self.text[stretch.inner.end - 1]
        return (first.isupper() or first.isdigit()) and last in ".!?…"

    def stands_alone(self, stretch: Marked, after: Span) -> bool:
        """Whole sentences between marks, and then another sentence: spoken, though nobody says by whom."""
        words = self.text[stretch.inner.start : stretch.inner.end]
        following = self.text[after.start : after.end].lstrip()
        return len(words.split()) >= 5 and words[-1] in ".!?" and following[:1].isupper()

    def begins_sentence(self, before: Span) -> bool:
        """Whether what stands behind these words begins a sentence."""
        words = self.text[max(before.start, before.end - 20) : before.end].rstrip()
        return not words or words[-1] in ".!?:"

    def is_sentence(self, stretch: Marked) -> bool:
        """Whether the words are more than a title or a word somebody uses."""
        words = self.text[stretch.inner.start : stretch.inner.end]
        after = self.text[stretch.inner.end : stretch.outer.end + 1]
        return (
            (len(words.split()) >= 4 and (words[-1] in ".!?…," or "." in after[1:2]))
            or not stretch.closed
            or len(words.split()) >= 12
        )

    def is_clause(self, stretch: Marked) -> bool:
        """Whether the words are more than somebody’s word for something."""
        return len(self.text[stretch.inner.start : stretch.inner.end].split()) >= _FEWEST_OF_CLAUSE

    def ends_in_pause(self, stretch: Marked) -> bool:
        """Whether the words end as a sentence does, or before "said Jo"."""
        return self.text[stretch.inner.end - 1] in ".,!?…" and stretch.inner.end - stretch.inner.start > 3

    def swallowed(self, start: int, end: int) -> re.Match[str] | None:
        """A clause that says who speaks, where only somebody's words should be."""
        return _SWALLOWED.search(self.text, start, end) if _SAID.search(self.text, start, end) else None

    def swallows_clause(self, stretch: Marked) -> bool:
        """Whether a clause that says who speaks stands within a stretch, and no nested marks say that it belongs there."""
        found = self.swallowed(stretch.inner.start, stretch.inner.end)
        if found is None:
            return False
        closes_nested = found[0][1:2] in _CLOSING
        return not closes_nested or not _OPENING.search(self.text, stretch.inner.start + 1, found.start())

    def lost_marks_above(self, number: int) -> bool:
        """Whether the paragraph above tells of somebody speaking and has no marks: they may have been lost."""
        if number == 0 or self.markings[number - 1].stretches:
            return False
        above = self.paragraphs[number - 1].span
        has_half = self.markings[number - 1].stray_close is not None
        return has_half or self.swallowed(above.start, above.end) is not None
