"""Leaves out pull quotes: words that an article shows a second time, in large letters, beside the quote that has them."""

import re
from collections import Counter
from collections.abc import Sequence, Set

from scheduler.articles.article import Paragraph, ParagraphKind
from scheduler.excerpts.gathered import Gathered

_PULLED_FROM = 40  # paragraphs within which a pull quote has its words from

_WORD = re.compile(r"\w+")

_Runs = Set[tuple[str, ...]]  # all that a quote has of four words in a row


def said_once(text: str, paragraphs: Sequence[Paragraph], quotes: Sequence[Gathered]) -> list[Gathered]:
    """The quotes without words that a signed quote has as well, and that nobody or the same person speaks there."""
    if len(quotes) == 1 and quotes[0].attribution:
        return list(quotes)
    runs = [(quote, _runs_of_words(text, quote)) for quote in quotes]
    signed = Counter(run for quote, said in runs if quote.attribution for run in said)
    kept = []
    for quote, said in runs:
        least = min((signed[run] for run in said), default=len(quotes))
        if not least or (quote.attribution and (least == 1 or not _is_pulled(paragraphs, quote, said, runs))):
            kept.append(quote)
    return kept


def _is_pulled(
    paragraphs: Sequence[Paragraph], quote: Gathered, said: _Runs, runs: Sequence[tuple[Gathered, _Runs]]
) -> bool:
    """Whether a longer quote near by has all the words of a signed blockquote, so that it only shows them again."""
    if paragraphs[quote.last_paragraph].kind is not ParagraphKind.SPEECH:
        return False
    near = (each for each in runs if abs(each[0].last_paragraph - quote.last_paragraph) <= _PULLED_FROM)
    return any(
        said < others or (said == others and paragraphs[other.last_paragraph].kind is not ParagraphKind.SPEECH)
        for other, others in near
        if other.attribution and other is not quote
    )


def _runs_of_words(text: str, quote: Gathered) -> _Runs:
    words = " ".join(text[span.start : span.end] for span in quote.spans).lower()
    tokens = _WORD.findall(words)
    return set(zip(*(tokens[start:] for start in range(min(4, len(tokens)))), strict=False))
