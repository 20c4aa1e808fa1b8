"""Direct speech, with who said it: quotes over several paragraphs, split quotes, and blockquotes; scare quotes are none."""

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, field

from scheduler.articles.article import Article, Paragraph, ParagraphKind, Span
from scheduler.excerpts.attribution import Attribution, after_quote, before_quote, signature_line
from scheduler.excerpts.excerpt import Excerpt, ExcerptKind
from scheduler.excerpts.people import Reference
from scheduler.excerpts.roster import Roster
from scheduler.excerpts.speech import Marked, Marking, read_marks

_LOOK_AHEAD = 6  # paragraphs within which a quote that does not re-open may still close
_PROSE = frozenset({ParagraphKind.BODY, ParagraphKind.HEADING, ParagraphKind.LIST_ITEM, ParagraphKind.FURNITURE})


@dataclass(slots=True)
class _Quote:
    """A quote being gathered: its stretches, its attribution once found, and whether it may go on in the next paragraph."""

    spans: list[Span]
    attribution: Attribution | None
    may_go_on: bool = False
    closed: bool = True
    last_paragraph: int = 0
    ended_by_attribution: bool = False
    order: int = field(default=0)


def find_quotes(article: Article) -> tuple[Excerpt, ...]:
    """All direct speech of an article, in its order."""
    return tuple(_QuoteFinder(article).find())


class _QuoteFinder:
    def __init__(self, article: Article) -> None:
        self._text = article.text
        self._paragraphs: Sequence[Paragraph] = [
            p for p in article.paragraphs if p.kind not in {ParagraphKind.CAPTION, ParagraphKind.LINKS}
        ]
        self._small_words: Set[str] = {word for word in article.text.split() if word.islower()}
        self._markings = [self._marking(p) for p in self._paragraphs]
        self._found: list[_Quote] = []
        self._current: _Quote | None = None

    def _marking(self, paragraph: Paragraph) -> Marking:
        return read_marks(self._text, paragraph.span)

    def find(self) -> Iterator[Excerpt]:
        number = 0
        while number < len(self._paragraphs):
            read = self._read_blockquotes if self._is_blockquote(number) else self._read_paragraph
            number = read(number)
        roster = Roster(self._text, list(self._outside()))
        for quote in self._found:
            if quote.attribution:
                roster.add(quote.attribution.subject)
        for quote in self._found:
            # A paragraph of nothing but a quotation mark says nothing.
            quote.spans = [span for span in quote.spans if self._text[span.start : span.end].strip()]
            if quote.spans:
                yield self._excerpt(quote, roster)

    def _outside(self) -> Iterator[Span]:
        """The article's words that nobody speaks."""
        spoken = iter(sorted((span for quote in self._found for span in quote.spans), key=lambda span: span.start))
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

    def _excerpt(self, quote: _Quote, roster: Roster) -> Excerpt:
        speaker = role = None
        if quote.attribution:
            meant = roster.resolve(quote.attribution.subject, quote.attribution.span.start)
            speaker = meant.name if meant.reference in {Reference.FULL, Reference.TITLED} else None
            role = meant.role if speaker or meant.reference is Reference.ANONYMOUS else None
        spans = tuple(quote.spans)
        return Excerpt(
            ExcerptKind.QUOTE, spans, tuple(self._text[span.start : span.end] for span in spans), speaker, role
        )

    # Blockquotes

    def _is_blockquote(self, number: int) -> bool:
        paragraph = self._paragraphs[number]
        if paragraph.kind is not ParagraphKind.SPEECH:
            return False
        # A blockquote that holds a whole sentence with marks and attribution reads like any other paragraph.
        stretches = self._markings[number].stretches
        return not (stretches and self._attribution_beside(paragraph.span, stretches))

    def _attribution_beside(self, span: Span, stretches: Sequence[Marked]) -> bool:
        before, after = Span(span.start, stretches[0].outer.start), Span(stretches[-1].outer.end, span.end)
        found = self._before(before, stretches[0]) or self._after(after, stretches[-1])
        return found is not None and found.subject.reference is not Reference.UNCLEAR

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
            named = self._whole_attribution(span) if self._paragraphs[number].kind is ParagraphKind.SPEECH else None
            signed = signature_line(self._text, span, self._small_words) if number > first else None
            if named:
                self._keep_blockquote(spans, attribution, quote, number)
                attribution, spans, quote = named, [], None
            elif signed and spans:
                self._keep_blockquote(spans, signed if attribution is None else attribution, quote, number)
                attribution, spans, quote = None, [], None
            else:
                spans.append(self._without_outer_marks(number))
            number += 1
        if spans and attribution is None and number < len(self._paragraphs):
            attribution = self._trailing(number)
        self._keep_blockquote(spans, attribution, quote, number - 1)
        return number

    def _continues_open_quote(self, number: int) -> bool:
        quote = self._current
        return quote is not None and not quote.closed and quote.last_paragraph == number - 1

    def _keep_blockquote(
        self, spans: list[Span], attribution: Attribution | None, quote: _Quote | None, last: int
    ) -> None:
        if not spans:
            return
        if quote is not None:
            quote.spans += spans
            quote.last_paragraph = last
        else:
            self._keep(_Quote(spans, attribution, last_paragraph=last))

    def _whole_attribution(self, span: Span) -> Attribution | None:
        words = self._text[span.start : span.end].rstrip()
        return (
            before_quote(self._text, span, self._small_words, capital=True)
            if words.endswith(":") and len(words) < 250
            else None
        )

    def _without_outer_marks(self, number: int) -> Span:
        span = self._paragraphs[number].span
        start, end = span.start, span.end
        stretches = self._markings[number].stretches
        if (
            len(stretches) == 1
            and stretches[0].outer.start == start
            and (stretches[0].outer.end == end or not stretches[0].closed)
        ):
            return stretches[0].inner
        stray = self._markings[number].stray_close
        if stray is not None and stray == end - 1:
            return Span(start, end - 1)
        return span

    # Paragraphs with quotation marks

    def _read_paragraph(self, number: int) -> int:
        marking = self._markings[number]
        if marking.stretches and self._paragraphs[number].kind in _PROSE | {ParagraphKind.SPEECH}:
            self._read_stretches(number, marking.stretches)
            return number + 1
        if self._current is not None and self._current.last_paragraph == number - 1 and not self._current.closed:
            closing = self._closing_paragraph(number)
            if closing is not None:
                return self._take_unmarked(number, closing)
        if (
            self._current is not None
            and self._current.last_paragraph == number - 1
            and self._current.attribution is None
        ):
            self._current.attribution = self._trailing(number)
        self._current = None
        return number + 1

    def _closing_paragraph(self, number: int) -> int | None:
        """Where an open quote whose paragraphs do not re-open closes at last; None when it never does."""
        for later in range(number, min(number + _LOOK_AHEAD, len(self._paragraphs))):
            marking = self._markings[later]
            if self._paragraphs[later].kind not in _PROSE:
                return None
            if marking.stray_close is not None:
                return later
            if marking.stretches or self._whole_attribution(self._paragraphs[later].span):
                return None
        return None

    def _take_unmarked(self, number: int, closing: int) -> int:
        quote = self._current
        assert quote is not None  # noqa: S101 - the caller has looked
        for taken in range(number, closing):
            quote.spans.append(self._paragraphs[taken].span)
        close = self._markings[closing].stray_close
        assert close is not None  # noqa: S101 - that is how the paragraph was found
        span = self._paragraphs[closing].span
        quote.spans.append(Span(span.start, close))
        quote.closed = True
        quote.last_paragraph = closing
        quote.may_go_on = close == span.end - 1
        if quote.attribution is None:
            quote.attribution = after_quote(self._text, Span(close + 1, span.end), self._small_words, pause=True)
        return closing + 1

    def _read_stretches(self, number: int, stretches: Sequence[Marked]) -> None:
        span = self._paragraphs[number].span
        previous_end = span.start
        here: _Quote | None = None
        for index, stretch in enumerate(stretches):
            following = stretches[index + 1].outer.start if index + 1 < len(stretches) else span.end
            before_span = Span(previous_end, stretch.outer.start)
            after_span = Span(stretch.outer.end, following)
            at_start = stretch.outer.start == span.start
            if at_start:
                here = self._opening_stretch(number, stretch, after_span, whole=stretch.outer.end == span.end)
            else:
                here = self._inner_stretch(number, stretch, before_span, after_span, here)
            previous_end = stretch.outer.end
        if here is None:
            self._current = None

    def _opening_stretch(self, number: int, stretch: Marked, after_span: Span, *, whole: bool) -> _Quote | None:
        """A paragraph that begins with a quotation mark: a new quote, or an earlier one that goes on."""
        attribution = self._after(after_span, stretch) if not whole else None
        earlier = self._current if self._current is not None and self._current.last_paragraph == number - 1 else None
        leading = self._leading(number)
        goes_on = (
            earlier is not None
            and leading is None
            and (not earlier.closed or (earlier.may_go_on and attribution is None))
        )
        resumes = goes_on and earlier is not None and not earlier.closed
        goes_on = resumes or (goes_on and whole)
        if not whole and attribution is None and not resumes and not self._stands_alone(stretch, after_span):
            return None
        if (
            not goes_on
            and attribution is None
            and leading is None
            and (stretch.single or not self._is_sentence(stretch))
        ):
            return None
        if goes_on and earlier is not None:
            earlier.spans.append(stretch.inner)
            earlier.attribution = earlier.attribution or attribution
            quote = earlier
        else:
            quote = self._keep(_Quote([stretch.inner], leading or attribution))
        quote.closed = stretch.closed
        quote.last_paragraph = number
        quote.may_go_on = True
        self._current = quote
        return quote

    def _inner_stretch(
        self, number: int, stretch: Marked, before_span: Span, after_span: Span, here: _Quote | None
    ) -> _Quote | None:
        paragraph_end = self._paragraphs[number].span.end
        attribution = self._before(before_span, stretch)
        joins = here is not None and self._splits_quote(before_span, here, attribution)
        if joins and here is not None:
            here.spans.append(stretch.inner)
            quote = here
        elif attribution is not None:
            quote = self._keep(_Quote([stretch.inner], attribution))
        else:
            after = (
                self._after(after_span, stretch)
                if self._begins_sentence(before_span) and self._is_sentence(stretch)
                else None
            )
            unending = not stretch.closed and stretch.outer.end == paragraph_end and self._goes_on_below(number)
            if after is None and not unending:
                return here
            quote = self._keep(_Quote([stretch.inner], after))
        quote.closed = stretch.closed
        quote.last_paragraph = number
        quote.may_go_on = stretch.outer.end == paragraph_end or self._after(after_span, stretch) is not None
        self._current = quote
        return quote

    def _splits_quote(self, between: Span, here: _Quote, attribution: Attribution | None) -> bool:
        """Whether the words between two stretches only say who is speaking: "…," said Jo. "…" """
        words = self._text[between.start : between.end]
        if here.spans[-1].end > between.start or len(words) > 400:
            return False
        if attribution is not None:
            same = attribution.subject.reference is Reference.PRONOUN or (
                here.attribution is not None and attribution.subject.name == here.attribution.subject.name
            )
            return same or (here.attribution is not None and here.attribution.span.start >= between.start)
        clause = after_quote(self._text, between, self._small_words, pause=True)
        return clause is not None and not self._text[clause.span.end : between.end].strip()

    def _goes_on_below(self, number: int) -> bool:
        return number + 1 < len(self._paragraphs) and any(
            stretch.outer.start == self._paragraphs[number + 1].span.start
            for stretch in self._markings[number + 1].stretches
        )

    def _stands_alone(self, stretch: Marked, after: Span) -> bool:
        """Whole sentences between marks, and then another sentence: spoken, though nobody says by whom."""
        words = self._text[stretch.inner.start : stretch.inner.end]
        following = self._text[after.start : after.end].lstrip()
        return len(words.split()) >= 5 and words[-1] in ".!?" and following[:1].isupper()

    def _begins_sentence(self, before: Span) -> bool:
        words = self._text[before.start : before.end].rstrip()
        return not words or words[-1] in ".!?:"

    def _is_sentence(self, stretch: Marked) -> bool:
        words = self._text[stretch.inner.start : stretch.inner.end]
        after = self._text[stretch.inner.end : stretch.outer.end + 1]
        return (
            (len(words.split()) >= 4 and (words[-1] in ".!?…," or "." in after[1:2]))
            or not stretch.closed
            or len(words.split()) >= 12
        )

    # Attribution

    def _before(self, span: Span, stretch: Marked) -> Attribution | None:
        if span.end <= span.start:
            return None
        first = self._text[stretch.inner.start]
        words = self._text[stretch.inner.start : stretch.inner.end]
        found = before_quote(
            self._text, span, self._small_words, capital=first.isupper() or first.isdigit() or first in "‘'[….£"
        )
        if found is None or (stretch.closed and len(words.split()) < 3 and words[-1:] not in ".!?,"):
            return None
        return found

    def _after(self, span: Span, stretch: Marked) -> Attribution | None:
        if not stretch.closed:
            return None
        last = self._text[stretch.inner.end - 1]
        return after_quote(self._text, span, self._small_words, pause=last in ".,!?…–—-'’")

    def _leading(self, number: int) -> Attribution | None:
        """The paragraph above that ends by introducing speech: "Jo Bloggs, chief executive, said:"."""
        if number == 0:
            return None
        above = self._paragraphs[number - 1]
        stretches = self._markings[number - 1].stretches
        start = max([above.span.start, *(stretch.outer.end for stretch in stretches)])
        words = self._text[start : above.span.end].rstrip()
        if self._current is not None and self._current.last_paragraph == number - 1 and not words.endswith(":"):
            return None
        if not words:
            return None
        if words.endswith((":", "said", "said,", "added", "added,", "says", "commented")):
            return before_quote(self._text, Span(start, above.span.end), self._small_words, capital=True)
        if above.kind is ParagraphKind.HEADING:
            return signature_line(self._text, above.span, self._small_words)
        return None

    def _trailing(self, number: int) -> Attribution | None:
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
        if words[:1].islower() or words[:1] in "–—-":
            return after_quote(self._text, below.span, self._small_words, pause=True)
        return None

    def _keep(self, quote: _Quote) -> _Quote:
        self._found.append(quote)
        return quote
