"""Direct speech, with who said it: quotes over several paragraphs, split quotes, and blockquotes; scare quotes are none."""

import re
from collections.abc import Iterator, Sequence, Set

from scheduler.articles.article import Article, Paragraph, ParagraphKind, Span
from scheduler.articles.furniture import ends_release
from scheduler.excerpts.attribution import (
    Attribution,
    after_quote,
    before_quote,
    last_sentence,
    signature_line,
)
from scheduler.excerpts.excerpt import Excerpt, ExcerptKind
from scheduler.excerpts.gathered import Gathered
from scheduler.excerpts.marked_text import MarkedText, paragraphs_of_text
from scheduler.excerpts.meaning import OPEN, Meaning
from scheduler.excerpts.naming import Reference
from scheduler.excerpts.pull_quotes import said_once
from scheduler.excerpts.speakers import Speakers
from scheduler.excerpts.speaking import SELF, VERB, only_goes_on
from scheduler.excerpts.speech import Marked
from scheduler.excerpts.statements import find_statements, said_within
from scheduler.excerpts.telling import tells_of_writing

_LOOK_AHEAD = 6  # paragraphs within which a quote that does not re-open may still close
_PROSE = frozenset({ParagraphKind.BODY, ParagraphKind.HEADING, ParagraphKind.LIST_ITEM, ParagraphKind.FURNITURE})
_SPOKEN_ENDING = re.compile(r"(?::|\b(?:said|says|added|adds|commented|continued|concluded|explained|stated)[,.]?)$")
_ENDS_SINGLE = re.compile(r"[.!?…][’']\Z")
_MOST_STRETCHES = 50  # between marks in one paragraph; no prose has more
_LONGEST_BETWEEN = 400  # code points between the two halves of a split quote
_NOTE = re.compile(
    r"(?:please )?(?:note|nb|important|update|correction|warning|tip|remember|read more|see also)\b", re.IGNORECASE
)
# Before marked words: they may be those of somebody else than the clause behind them names.
_SOMEBODYS_WORD = re.compile(rf"\b(?:call(?:s|ed|ing)|dubbed|named|branded|{VERB.pattern})\b", re.IGNORECASE)


def find_quotes(article: Article) -> tuple[Excerpt, ...]:
    """All direct speech of an article, in its order."""
    return tuple(_QuoteFinder(article).find())


class _QuoteFinder:
    def __init__(self, article: Article) -> None:
        self._text = article.text
        self._small_words: Set[str] = {word for word in set(article.text.split()) if word.islower()}
        self._paragraphs: Sequence[Paragraph] = paragraphs_of_text(article, self._small_words)
        self._marked = MarkedText(self._text, self._paragraphs)
        self._markings = self._marked.markings
        self._speakers = Speakers(self._marked, self._small_words)
        self._body_at = next((n for n, p in enumerate(self._paragraphs) if p.kind is not ParagraphKind.HEADING), 0)
        self._found: list[Gathered] = []
        self._current: Gathered | None = None
        has_marked_speech = any(map(self._marked.is_sentence, self._marked.stretches())) or any(
            paragraph.kind is ParagraphKind.SPEECH for paragraph in self._paragraphs
        )
        self._statements = {} if has_marked_speech else find_statements(self._text, self._paragraphs, self._small_words)
        self._signed: set[int] = set()  # paragraphs that were read as the signature of the quote above

    def find(self) -> Iterator[Excerpt]:
        number = 0
        while number < len(self._paragraphs):
            read = self._read_blockquotes if self._is_blockquote(number) else self._read_paragraph
            number = read(number)
        for quote in self._found:
            # A paragraph of nothing but a quotation mark says nothing.
            quote.spans = [span for span in quote.spans if self._text[span.start : span.end].strip()]
            quote.attribution = quote.attribution or quote.told
        quotes = said_once(self._text, self._paragraphs, [quote for quote in self._found if quote.spans])
        if not quotes:
            return
        attributions = [quote.attribution for quote in quotes if quote.attribution]
        meaning = Meaning(self._text, list(self._outside(quotes)), self._small_words, attributions)
        for quote in quotes:
            yield self._excerpt(quote, meaning)

    def _outside(self, quotes: Sequence[Gathered]) -> Iterator[Span]:
        """The article's words that nobody speaks."""
        spoken = iter(sorted((span for quote in quotes for span in quote.spans), key=lambda span: span.start))
        following = next(spoken, None)
        for paragraph in self._paragraphs:
            start = paragraph.span.start
            while following and following.start < paragraph.span.end:
                if following.start > start:
                    yield Span(start, following.start)
                start = max(start, following.end)
                following = next(spoken, None)
            if start < paragraph.span.end:
                yield Span(start, paragraph.span.end)

    def _excerpt(self, quote: Gathered, meaning: Meaning) -> Excerpt:
        meant = meaning.of(quote.attribution, quote.spans[-1].end) if quote.attribution else OPEN
        if quote.damaged:
            meant = OPEN
        spans = tuple(quote.spans)
        words = tuple(self._text[span.start : span.end] for span in spans)
        return Excerpt(ExcerptKind.QUOTE, spans, words, meant.name, meant.role, certainty=meant.certainty)

    # Blockquotes

    def _is_blockquote(self, number: int) -> bool:
        paragraph = self._paragraphs[number]
        if paragraph.kind is not ParagraphKind.SPEECH:
            return False
        # A blockquote that holds a whole sentence with marks and attribution reads like any other paragraph.
        stretches = self._markings[number].stretches
        return not (stretches and self._speakers.says_who_speaks(paragraph.span, stretches))

    def _read_blockquotes(self, number: int) -> int:
        """Take a run of blockquoted paragraphs as one quote; a line within that names the speaker begins another."""
        attribution = self._leading(number)
        quote = self._current if attribution is None and self._continues_open_quote(number) else None
        spans: list[Span] = []
        first = number
        while number < len(self._paragraphs) and self._is_blockquote(number):
            if self._paragraphs[number].apart and number > first:
                break
            span = self._paragraphs[number].span
            named = self._speakers.whole_attribution(span)
            signed = signature_line(self._text, span, self._small_words) if number > first else None
            if named:
                self._keep_blockquote(first, spans, attribution, quote, number)
                attribution, spans, quote = named, [], None
            elif signed and spans:
                self._keep_blockquote(first, spans, attribution or signed, quote, number)
                attribution, spans, quote = None, [], None
            else:
                spans.append(self._marked.without_outer_marks(number))
            number += 1
        if spans and attribution is None:
            attribution, spans = self._speakers.signed_within(spans)
        if spans and attribution is None and number < len(self._paragraphs):
            attribution = self._speakers.trailing(number)
        self._keep_blockquote(first, spans, attribution, quote, number - 1)
        return number

    def _continues_open_quote(self, number: int) -> bool:
        quote = self._current
        return quote is not None and not quote.closed and quote.last_paragraph == number - 1

    def _keep_blockquote(
        self, first: int, spans: list[Span], attribution: Attribution | None, quote: Gathered | None, last: int
    ) -> None:
        if not spans:
            return
        if quote is not None:
            quote.spans += spans
            quote.last_paragraph = last
            return
        told = self._speakers.told_above(first, Span(spans[0].start, spans[-1].end)) if attribution is None else None
        if attribution is not None or told is not None or self._speaks_for_itself(first, spans):
            self._keep(Gathered(spans, attribution, last_paragraph=last, told=told))

    def _speaks_for_itself(self, first: int, spans: Sequence[Span]) -> bool:
        """Whether a blockquote that nobody signs is speech: it has quotation marks, or the words above announce somebody."""
        if self._marked.is_introduced_as_text(first) or self._marked.is_verse(spans):
            return False
        announced = bool(_SPOKEN_ENDING.search(self._marked.words_above(first)))
        words = " ".join(self._text[span.start : span.end] for span in spans)
        if SELF.search(words) and words[-1:] in ".!?" and words.count(". ") > 0 and not _NOTE.match(words):
            return not tells_of_writing(self._marked.words_above(first))
        return announced or spans[0].start > self._paragraphs[first].span.start or self._speaks_in_blockquotes(first)

    def _speaks_in_blockquotes(self, number: int) -> bool:
        """Whether an earlier blockquote of the article is somebody's words: then so is one of which nobody says so."""
        kinds = [self._paragraphs[quote.last_paragraph].kind for quote in self._found if quote.attribution]
        is_note = _NOTE.match(self._text, self._paragraphs[number].span.start)
        return ParagraphKind.SPEECH in kinds and not is_note

    # Paragraphs with quotation marks

    def _read_paragraph(self, number: int) -> int:
        marking = self._markings[number]
        if number < self._body_at:
            return number + 1  # a headline may be somebody's words, but they are said again below
        if marking.stretches:
            self._read_stretches(number, marking.stretches[:_MOST_STRETCHES])
            return number + 1
        if self._continues_open_quote(number):
            closing = self._closing_paragraph(number)
            if closing is not None:
                return self._take_unmarked(number, closing)
            if self._current is not None and self._lost_its_mark(number):
                self._current.spans.append(self._paragraphs[number].span)
                self._current.last_paragraph = number
                return number + 1
        statement = self._statements.get(number) or self._begun_without_mark(number)
        if statement is not None:
            self._current = self._keep(statement)
            return statement.last_paragraph + 1
        quote = self._current
        if quote is not None and quote.last_paragraph == number - 1 and quote.attribution is None:
            quote.attribution = self._speakers.trailing(number)
            if quote.attribution is not None:
                self._signed.add(number)
        self._current = None
        return number + 1

    def _begun_without_mark(self, number: int) -> Gathered | None:
        """A quote that lost its first mark: "Jo Bloggs said: We are glad.", and each paragraph below opens with a mark."""
        below = number + 1
        if (
            below >= len(self._paragraphs)
            or not self._marked.is_marked_whole(below)
            or self._speakers.signature_below(below)
        ):
            return None
        return said_within(self._text, self._paragraphs, number, self._small_words)

    def _lost_its_mark(self, number: int) -> bool:
        """Whether a paragraph within an open quote only lost the mark at its beginning: the next has it, and goes on."""
        quote, below = self._current, number + 1
        if quote is None or below >= len(self._paragraphs) or not self._marked.is_marked_whole(below):
            return False
        span = self._paragraphs[number].span
        is_same_style = self._markings[below].stretches[0].single == quote.single
        is_prose = self._paragraphs[number].kind is ParagraphKind.BODY and self._text[span.end - 1] in ".!?…"
        is_told = VERB.search(self._text, span.start, span.end) or self._speakers.is_signature(number)
        return is_same_style and is_prose and not is_told and not self._is_signed_by_another(below)

    def _closing_paragraph(self, number: int) -> int | None:
        """Where an open quote whose paragraphs do not re-open closes at last; None when it never does."""
        for later in range(number, min(number + _LOOK_AHEAD, len(self._paragraphs))):
            marking, paragraph = self._markings[later], self._paragraphs[later]
            if paragraph.kind not in _PROSE:
                return None
            close = self._close_of(later)
            if close is not None:
                swallowed = self._marked.swallowed(paragraph.span.start, close)
                return None if swallowed or self._is_signed_by_another(later) else later
            if (
                marking.stretches
                or self._speakers.whole_attribution(paragraph.span)
                or self._speakers.is_signature(later)
            ):
                return None
            if self._marked.swallowed(paragraph.span.start, paragraph.span.end):
                return None
        return None

    def _close_of(self, number: int) -> int | None:
        """Where a closing mark stands that nothing in its paragraph opened; a single one only at the paragraph's end."""
        span = self._paragraphs[number].span
        ends = (
            self._current is not None and self._current.single and _ENDS_SINGLE.search(self._text, span.start, span.end)
        )
        marking = self._markings[number]
        return span.end - 1 if ends and not marking.stretches else marking.stray_close

    def _is_signed_by_another(self, number: int) -> bool:
        """Whether the paragraph below signs a paragraph with the name of somebody else than the open quote's."""
        first = self._current.attribution if self._current else None
        below = self._speakers.signature_below(number)
        return first is not None and below is not None and not _same_person(first, below)

    def _take_unmarked(self, number: int, closing: int) -> int:
        quote = self._current
        assert quote is not None  # noqa: S101 - the caller has looked
        for taken in range(number, closing):
            quote.spans.append(self._paragraphs[taken].span)
        close = self._close_of(closing)
        assert close is not None  # noqa: S101 - that is how the paragraph was found
        span = self._paragraphs[closing].span
        quote.spans.append(Span(span.start, close))
        quote.closed = True
        quote.last_paragraph = closing
        quote.may_go_on = close == span.end - 1
        after = after_quote(self._text, Span(close + 1, span.end), self._small_words, pause=True)
        if quote.attribution is None:
            quote.attribution = after
        elif after is not None and not _same_person(quote.attribution, after):
            quote.damaged = True
        return closing + 1

    def _read_stretches(self, number: int, stretches: Sequence[Marked]) -> None:
        span = self._paragraphs[number].span
        previous_end = span.start
        here: Gathered | None = None
        previous: Marked | None = None
        for index, stretch in enumerate(stretches):
            following = stretches[index + 1].outer.start if index + 1 < len(stretches) else span.end
            before_span = Span(previous_end, stretch.outer.start)
            after_span = Span(stretch.outer.end, following)
            if stretch.outer.start == span.start:
                here = self._opening_stretch(number, stretch, after_span)
            else:
                woven = self._behind_woven_half(number, span, previous, stretch) if previous and here is None else None
                here = woven or self._inner_stretch(number, stretch, before_span, after_span, here)
            previous = stretch
            # Marked words that are no speech belong to the clause: Jo, who wrote “The Lock”, said: “…”
            if here is not None and here.spans[-1] == stretch.inner:
                previous_end = stretch.outer.end
        if here is None:
            self._current = None

    def _opening_stretch(self, number: int, stretch: Marked, after: Span) -> Gathered | None:
        """A paragraph that begins with a quotation mark: a new quote, or an earlier one that goes on."""
        whole = not self._text[after.start : self._paragraphs[number].span.end].strip(" .")
        attribution = (
            None
            if whole
            else self._speakers.after(after, stretch) or self._speakers.named_beside(number, after, stretch)
        )
        leading = self._leading(number)
        earlier = self._current if self._current is not None and self._current.last_paragraph == number - 1 else None
        if earlier is not None and earlier.closed and stretch.single and not earlier.single:
            earlier = None  # a title between single marks goes on from nothing
        if earlier is not None and leading is None and self._resumes(earlier, attribution, number, whole=whole):
            earlier.spans.append(stretch.inner)
            earlier.attribution = earlier.attribution or attribution
            return self._go_on_from(earlier, stretch, number, may_go_on=True)
        if attribution is None and leading is None:
            if not whole and not self._marked.stands_alone(stretch, after):
                return None
            if self._marked.is_introduced_as_text(number):
                return None
            is_signed = (
                self._text[stretch.inner.end - 1] in ".!?…" and self._speakers.signature_below(number) is not None
            )
            is_spoken = not stretch.single and (is_signed or self._marked.is_sentence(stretch))
            if not is_spoken and not self._marked.is_announced(number):
                return None
        elif attribution is not None and leading is not None and not _same_person(leading, attribution):
            leading = None  # the label above belongs to somebody whose quote was not seen
        quote = self._keep(Gathered([stretch.inner], leading or attribution))
        may_be_told = whole and leading is None and (not stretch.single or self._marked.is_single_style)
        quote.told = self._speakers.told_above(number, stretch.inner) if may_be_told else None
        quote.damaged = leading is None and attribution is None and self._marked.lost_marks_above(number)
        return self._go_on_from(quote, stretch, number, may_go_on=True)

    def _resumes(self, earlier: Gathered, attribution: Attribution | None, number: int, *, whole: bool) -> bool:
        """Whether a quote of the paragraph above goes on here: it never closed, or it closed too early."""
        named = attribution or (self._speakers.signature_below(number) if whole else None)
        if named is not None and earlier.attribution is not None and not _same_person(earlier.attribution, named):
            return False
        return not earlier.closed or (earlier.may_go_on and named is None and whole)

    def _inner_stretch(
        self, number: int, stretch: Marked, before: Span, after: Span, here: Gathered | None
    ) -> Gathered | None:
        paragraph_end = self._paragraphs[number].span.end
        attribution = self._speakers.before(before, stretch, after.end) or self._speakers.label_before(
            number, before, stretch
        )
        following = self._speakers.after(after, stretch)
        may_go_on = stretch.outer.end == paragraph_end or following is not None
        is_woven = attribution is None and self._speakers.is_woven_in(stretch, after.end)
        if here is not None and not is_woven and self._splits_quote(before, here, attribution, following):
            here.spans.append(stretch.inner)
            return self._go_on_from(here, stretch, number, may_go_on=may_go_on)
        if attribution is None:
            spoken = self._marked.is_sentence(stretch) or (
                following is not None and self._marked.ends_in_pause(stretch)
            )
            attribution = following if spoken and self._marked.begins_sentence(before) else None
            attribution = attribution or self._speakers.accounted_for(number, stretch, before)
            unending = not stretch.closed and stretch.outer.end == paragraph_end and self._marked.goes_on_below(number)
            if attribution is None and not unending and not self._speakers.must_be_said(number, stretch, before):
                return here
            is_whole = self._marked.begins_sentence(before) and self._marked.is_said_whole(number, stretch)
            if attribution is None and not is_whole and VERB.search(self._text, before.start, before.end):
                return here  # its first half, with the speaker, was not seen
        return self._go_on_from(
            self._keep(Gathered([stretch.inner], attribution)), stretch, number, may_go_on=may_go_on
        )

    def _behind_woven_half(self, number: int, paragraph: Span, first: Marked, second: Marked) -> Gathered | None:
        """ "It is “a day for all of us,” said Jo Bloggs. “Come in.”": what begins within a sentence of the article's own."""
        between = Span(first.outer.end, second.outer.start)
        clause = self._speakers.after(between, first)
        if (
            clause is None
            or self._text[clause.span.end : between.end].strip()
            or not self._marked.ends_in_pause(second)
        ):
            return None
        if clause.subject.reference is Reference.UNCLEAR:
            return None
        opening = last_sentence(self._text, Span(paragraph.start, first.outer.start))
        is_theirs = self._marked.is_clause(first) and not _SOMEBODYS_WORD.search(self._text, opening.start, opening.end)
        spans = [first.inner, second.inner] if is_theirs else [second.inner]
        return self._go_on_from(self._keep(Gathered(spans, clause)), second, number, may_go_on=True)

    def _go_on_from(self, quote: Gathered, stretch: Marked, number: int, *, may_go_on: bool) -> Gathered:
        quote.closed = stretch.closed
        quote.single = stretch.single
        quote.last_paragraph = number
        quote.may_go_on = may_go_on
        quote.damaged = quote.damaged or self._marked.swallows_clause(stretch)
        self._current = quote
        return quote

    def _splits_quote(
        self, between: Span, here: Gathered, attribution: Attribution | None, following: Attribution | None
    ) -> bool:
        """Whether the words between two stretches only say who is speaking: "…," said Jo. "…"

        following: the clause behind the second stretch, which may say that it is somebody else's.
        """
        if here.spans[-1].end > between.start or between.end - between.start > _LONGEST_BETWEEN:
            return False
        if only_goes_on(self._text[between.start : between.end]):
            return True
        if attribution is not None:
            return self._is_from_the_same(here.attribution, attribution, between)
        if here.attribution and following and not _same_person(here.attribution, following):
            return False
        clause = after_quote(self._text, between, self._small_words, pause=True)
        if clause is None or self._text[clause.span.end : between.end].strip():
            return False
        return here.attribution is None or _same_person(here.attribution, clause)

    def _is_from_the_same(self, first: Attribution | None, second: Attribution, between: Span) -> bool:
        told = Span(between.start, second.span.start)
        if self._text[told.start : told.end].strip(" .,"):
            clause = after_quote(self._text, told, self._small_words, pause=True)
            if clause is None or self._text[clause.span.end : told.end].strip():
                return False  # the article tells something else between the two
        if first is None:
            return second.subject.reference is Reference.PRONOUN
        is_one_clause = first.span.start >= between.start and second.subject.reference is Reference.UNCLEAR
        return is_one_clause or _same_person(first, second)

    # Attribution

    def _leading(self, number: int) -> Attribution | None:
        """The paragraph above that ends by introducing speech: "Jo Bloggs, chief executive, said:"."""
        if number == 0 or number - 1 in self._signed:
            return None
        above = self._paragraphs[number - 1]
        stretches = self._markings[number - 1].stretches
        start = max([above.span.start, *(stretch.outer.end for stretch in stretches)])
        words = self._text[start : above.span.end].rstrip()
        if ends_release(words):
            return None  # "Notes to editors:" is nobody who notes
        if self._current is not None and self._current.last_paragraph == number - 1 and not words.endswith(":"):
            return None
        if _SPOKEN_ENDING.search(words):
            return before_quote(self._text, Span(start, above.span.end), self._small_words, capital=True)
        if (
            above.kind is ParagraphKind.HEADING
            and not self._is_unsigned(number - 2)
            and self._speakers.labels_stand_above(number)
        ):
            return signature_line(self._text, above.span, self._small_words)
        return None

    def _is_unsigned(self, number: int) -> bool:
        """Whether a paragraph seems to be spoken and nobody is known to speak it: a name below it may be its signature."""
        if number < 0:
            return False
        is_spoken = self._marked.is_marked_whole(number) or self._markings[number].stray_close is not None
        signed = self._found[-1:] and self._found[-1].attribution and self._found[-1].last_paragraph == number
        return is_spoken and not signed

    def _keep(self, quote: Gathered) -> Gathered:
        self._found.append(quote)
        return quote


def _same_person(one: Attribution, other: Attribution) -> bool:
    """Whether the second clause may mean whom the first names: "Jo Bloggs", then "she", "Bloggs" or "Ms Bloggs"."""
    first, second = one.subject, other.subject
    if one.span == other.span:
        return True
    if second.reference is Reference.PRONOUN:
        return not first.gender or not second.gender or first.gender == second.gender
    if first.name and second.name:
        return second.name.split()[-1] in first.name.split() or first.name.split()[-1] in second.name.split()
    return first.role is not None and first.role == second.role and not first.name
