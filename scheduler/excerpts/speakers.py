"""Who is said to speak the words between quotation marks: in the clause beside them, or in the line above or below."""

import re
from collections.abc import Sequence, Set
from dataclasses import replace
from itertools import pairwise

from scheduler.articles.article import ParagraphKind, Span
from scheduler.excerpts.attribution import (
    Attribution,
    after_quote,
    before_quote,
    carried_on,
    last_sentence,
    reported,
    signature_line,
    word_of,
)
from scheduler.excerpts.marked_text import MarkedText
from scheduler.excerpts.naming import Reference
from scheduler.excerpts.people import Subject
from scheduler.excerpts.speaking import FIRST_PERSON, SELF
from scheduler.excerpts.speech import Marked
from scheduler.excerpts.telling import holds, is_of_fate, meets_somebody, speaks_of, tells_of_writing

_TAIL_SIGNATURE = re.compile(r"\s[–—-]{1,2}\s*(?=[A-Z][^–—]{3,120}$)")
_POINTS_BACK = re.compile(r"(?:So|Thus|Those|These|According)\s")


class Speakers:
    """Reads each clause or line by itself; who goes on from the quote before, only whoever gathers the quotes can tell."""

    def __init__(self, marked: MarkedText, small_words: Set[str]) -> None:
        self._marked = marked
        self._text = marked.text
        self._paragraphs = marked.paragraphs
        self._markings = marked.markings
        self._small_words = small_words
        self._label_above: dict[int, bool] = {}

    def says_who_speaks(self, span: Span, stretches: Sequence[Marked]) -> bool:
        """Whether any clause of a paragraph says who speaks."""
        clauses = [self.before(Span(span.start, stretches[0].outer.start), stretches[0], span.end)]
        for stretch, following in pairwise((*stretches, None)):
            end = following.outer.start if following else span.end
            clauses.append(self.after(Span(stretch.outer.end, end), stretch) if stretch else None)
        return any(clause and clause.subject.reference is not Reference.UNCLEAR for clause in clauses)

    def before(self, span: Span, stretch: Marked, end: int) -> Attribution | None:
        """The clause that leads into a stretch; `end` is where the words behind the stretch end."""
        if span.end <= span.start or self.is_woven_in(stretch, end):
            return None
        first = self._text[stretch.inner.start]
        words = self._text[stretch.inner.start : stretch.inner.end]
        capital = first.isupper() or first.isdigit() or first in "‘'[….£"
        is_speech = capital or (self._marked.is_clause(stretch) and self._marked.ends_in_pause(stretch))
        found = before_quote(self._text, span, self._small_words, capital=is_speech)
        if found is None or (stretch.closed and len(words.split()) < 3 and words[-1:] not in ".!?,"):
            return None
        return found

    def after(self, span: Span, stretch: Marked) -> Attribution | None:
        """The clause that follows a stretch."""
        if not stretch.closed:
            return None
        last = self._text[stretch.inner.end - 1]
        pause = last in ".,!?…–—-'’" or (
            self._text.startswith(",", stretch.outer.end) and self._marked.is_clause(stretch)
        )
        return after_quote(self._text, span, self._small_words, pause=pause)

    def is_woven_in(self, stretch: Marked, end: int) -> bool:
        """Whether the sentence goes on after a quote that had not come to a pause: said “Keep Calm” was her motto."""
        if not stretch.closed or self._text[stretch.inner.end - 1] in ".,!?…–—-’”":
            return False
        following = self._text[stretch.outer.end : end].lstrip()
        return (
            following[:1].islower()
            and after_quote(self._text, Span(stretch.outer.end, end), self._small_words, pause=True) is None
        )

    def whole_attribution(self, span: Span) -> Attribution | None:
        """A paragraph that does nothing but introduce speech: "Jo Bloggs, baker, said:"."""
        words = self._text[span.start : span.end].rstrip()
        return (
            before_quote(self._text, span, self._small_words, capital=True)
            if words.endswith(":") and len(words) < 250
            else None
        )

    def label_before(self, number: int, before: Span, stretch: Marked) -> Attribution | None:
        """ "Jo Bloggs, baker “Come and see.”": a label that stood on a line of its own, and nothing else but the quote."""
        span = self._paragraphs[number].span
        if before.start != span.start or stretch.outer.end != span.end or not self._marked.is_sentence(stretch):
            return None
        told = last_sentence(self._text, before)
        if (
            self._text[told.end - 1] == "?"
            or word_of(self._text, told, self._small_words)
            or reported(self._text, told, self._small_words)
        ):
            return None
        return signature_line(self._text, before, self._small_words)

    def accounted_for(self, number: int, stretch: Marked, before: Span) -> Attribution | None:
        """ "Jo Bloggs said that they were late. “We ran.”": what ends the paragraph, right below what tells of one person."""
        if not stretch.closed and not self._marked.goes_on_below(number):
            return None
        if not self._marked.is_said_whole(number, stretch):
            return None
        told = last_sentence(self._text, before)
        whose = self._word_of(told, stretch.inner)
        if whose or (stretch.single and not self._marked.is_single_style) or not self._marked.is_clause(stretch):
            return whose
        return self._told_of(told, stretch.inner)

    def must_be_said(self, number: int, stretch: Marked, before: Span) -> bool:
        """Whether whole sentences between double marks stand behind one of the article's own that tells of nothing written."""
        told = last_sentence(self._text, before)
        words = self._text[told.start : told.end].rstrip()
        return (
            (not stretch.single or self._marked.is_single_style)
            and stretch.closed
            and words[-1:] in ".!?"
            and self._marked.is_clause(stretch)
            and self._marked.is_said_whole(number, stretch)
            and not tells_of_writing(words)
        )

    def _word_of(self, told: Span, said: Span) -> Attribution | None:
        """Whose word a sentence says it is; whom a question is about may answer it in the first person, or go on."""
        whose = word_of(self._text, told, self._small_words)
        if whose is None or not whose.resumes:
            return whose
        words = self._text[said.start : said.end]
        if speaks_of(words, whose.subject.gender):
            return None
        answers = bool(SELF.search(words)) and not is_of_fate(self._text[told.start : told.end])
        return replace(whose, resumes=not answers)

    def _told_of(self, told: Span, said: Span) -> Attribution | None:
        """The person of whom a whole sentence tells, as far as the words between marks below it may be that person's."""
        found = reported(self._text, told, self._small_words)
        if found is not None:
            return found
        words = self._text[said.start : said.end]
        if not FIRST_PERSON.search(words):
            return None
        found = carried_on(self._text, told, self._small_words)
        if found is not None:
            if speaks_of(words, found.subject.gender):
                return None
            sentence = self._text[told.start : told.end]
            is_theirs = bool(SELF.search(words)) and not is_of_fate(sentence) and not meets_somebody(sentence)
            return replace(found, in_own_voice=is_theirs)
        return Attribution(Subject(Reference.UNCLEAR), told) if holds(self._text[told.start : told.end]) else None

    def told_above(self, number: int, said: Span) -> Attribution | None:
        """Who may have said a paragraph of which nobody says so: the one person of whom the paragraph above tells last."""
        if number == 0 or self._paragraphs[number - 1].kind is not ParagraphKind.BODY:
            return None
        if self._markings[number - 1].stretches:
            return None
        told = last_sentence(self._text, self._paragraphs[number - 1].span)
        found = self._word_of(told, said) or self._told_of(told, said)
        words = self._text[said.start : said.end]
        return None if found is None or speaks_of(words, found.subject.gender) else found

    def named_beside(self, number: int, after: Span, stretch: Marked) -> Attribution | None:
        """ "“Come and see.” Jo Bloggs, baker": a name and nothing else, up to the paragraph's end."""
        end = self._paragraphs[number].span.end
        if after.end != end or not stretch.closed:
            return None
        found = signature_line(self._text, after, self._small_words)
        return found if found and found.subject.reference is Reference.FULL else None

    def signed_within(self, spans: list[Span]) -> tuple[Attribution | None, list[Span]]:
        """ "… for all of us. — Jo Bloggs, curator" in the last paragraph of a blockquote."""
        last = spans[-1]
        dash = _TAIL_SIGNATURE.search(self._text[max(last.start, last.end - 160) : last.end])
        if dash is None:
            return None, spans
        at = max(last.start, last.end - 160) + dash.start()
        signed = signature_line(self._text, Span(at, last.end), self._small_words)
        words = self._text[last.start : at].rstrip()
        if signed is None or signed.subject.reference is not Reference.FULL or words[-1:] not in '.!?…”"’':
            return None, spans
        return signed, [*spans[:-1], Span(last.start, last.start + len(words.rstrip('”"')))]

    def is_signature(self, number: int) -> bool:
        """Whether a paragraph is only a name with its role."""
        return signature_line(self._text, self._paragraphs[number].span, self._small_words) is not None

    def signature_below(self, number: int) -> Attribution | None:
        """The paragraph below, where it is only a name with its role and leads to nothing."""
        if number + 1 >= len(self._paragraphs) or self._markings[number + 1].stretches:
            return None
        if self._text[self._paragraphs[number + 1].span.end - 1] == ":":
            return None  # it leads to what is below it
        return signature_line(self._text, self._paragraphs[number + 1].span, self._small_words)

    def trailing(self, number: int) -> Attribution | None:
        """The paragraph below that says who spoke: "Jo Bloggs, chief executive" or "said Jo Bloggs."."""
        below = self._paragraphs[number]
        if self._markings[number].stretches or below.kind is ParagraphKind.SPEECH:
            return None
        words = self._text[below.span.start : below.span.end]
        if words.rstrip().endswith(":"):
            return None
        signed = signature_line(self._text, below.span, self._small_words)
        if signed:
            return signed
        if words[:1].islower() or words[:1] in "–—-" or _POINTS_BACK.match(words):
            return after_quote(self._text, below.span, self._small_words, pause=True)
        return None

    def labels_stand_above(self, number: int) -> bool:
        """Whether in a row of quotes and labels no label is left over at the end, which would sign the quote above it."""
        visited = []
        while number not in self._label_above:
            visited.append(number)
            while number < len(self._paragraphs) and self._marked.is_marked_whole(number):
                number += 1
            is_label = number < len(self._paragraphs) and self.signature_below(number - 1) is not None
            if not is_label or number + 1 >= len(self._paragraphs) or not self._marked.is_marked_whole(number + 1):
                self._label_above[number] = not is_label
                break
            number += 1
        for start in visited:
            self._label_above[start] = self._label_above[number]
        return self._label_above[number]
