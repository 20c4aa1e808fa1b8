"""Speech without quotation marks: what stands below "Jo Bloggs, baker, said:" in an article that has marks around no speech."""

from collections.abc import Sequence, Set

from scheduler.articles.article import Paragraph, ParagraphKind, Span
from scheduler.excerpts.attribution import Attribution, before_quote
from scheduler.excerpts.gathered import Gathered
from scheduler.excerpts.naming import Reference
from scheduler.excerpts.speaking import FIRST_PERSON, REPORTED, SAYS_THEN, ends_in_saying

_LONGEST_CLAUSE = 250


def find_statements(text: str, paragraphs: Sequence[Paragraph], small_words: Set[str]) -> dict[int, Gathered]:
    """What is said in each paragraph below one that ends by saying who speaks, by the number of the paragraph.

    Only the first paragraph surely is speech; those below it are as long as they are in the first person, if the article
    has not told its own news so.
    """
    found: dict[int, Gathered] = {}
    is_told_by_us = False
    number = 0
    while number < len(paragraphs):
        statement = said_within(text, paragraphs, number, small_words)
        statement = statement or _statement_at(text, paragraphs, number, small_words, alone=is_told_by_us)
        if statement is not None:
            found[number] = statement
            number = statement.last_paragraph
        elif not found and number:
            is_told_by_us = is_told_by_us or _is_in_first_person(text, paragraphs[number - 1])
        number += 1
    return found


def _statement_at(
    text: str, paragraphs: Sequence[Paragraph], number: int, small_words: Set[str], *, alone: bool
) -> Gathered | None:
    above = paragraphs[max(number - 1, 0)]
    if number == 0 or above.kind is not ParagraphKind.BODY or not _may_be_said(text, paragraphs, number):
        return None
    if not ends_in_saying(text[above.span.start : above.span.end].rstrip()):
        return None
    attribution = _attribution(text, above.span, small_words)
    if attribution is None:
        return None
    last = number
    while not alone and _may_be_said(text, paragraphs, last + 1) and _is_in_first_person(text, paragraphs[last + 1]):
        last += 1
    return Gathered([each.span for each in paragraphs[number : last + 1]], attribution, last_paragraph=last)


def said_within(text: str, paragraphs: Sequence[Paragraph], number: int, small_words: Set[str]) -> Gathered | None:
    """What somebody says behind the colon of a paragraph that has no marks: "Jo Bloggs, baker, said: We are glad."."""
    span = paragraphs[number].span
    verb = SAYS_THEN.search(text, span.start, min(span.end, span.start + _LONGEST_CLAUSE))
    if verb is None or not _may_be_said(text, paragraphs, number):
        return None
    attribution = _attribution(text, Span(span.start, verb.end()), small_words)
    if attribution is None:
        return None
    return Gathered([Span(verb.end(), span.end)], attribution, may_go_on=True, closed=False, last_paragraph=number)


def _attribution(text: str, clause: Span, small_words: Set[str]) -> Attribution | None:
    """Who speaks; where nobody can be read, only of what surely is speech: "Prizes announced:" leads to none."""
    found = before_quote(text, clause, small_words, capital=True)
    is_open = found is not None and found.subject.reference in {Reference.UNCLEAR, Reference.BARE}
    return None if is_open and not REPORTED.search(text, clause.start, clause.end) else found


def _may_be_said(text: str, paragraphs: Sequence[Paragraph], number: int) -> bool:
    if number >= len(paragraphs) or paragraphs[number].kind is not ParagraphKind.BODY:
        return False
    return text[paragraphs[number].span.end - 1] in ".!?…"


def _is_in_first_person(text: str, paragraph: Paragraph) -> bool:
    return FIRST_PERSON.search(text, paragraph.span.start, paragraph.span.end) is not None
