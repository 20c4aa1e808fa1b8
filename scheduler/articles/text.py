"""Plain text, as press offices mail it: a date line, a title line, paragraphs, labelled links."""

import re
from itertools import pairwise

from scheduler.articles.article import Article, Paragraph, ParagraphKind, Span
from scheduler.articles.document import Document, decode, fail
from scheduler.articles.front_matter import split_front_matter
from scheduler.articles.stated import article_of
from scheduler.articles.structure import breaks_within_phrase, structure

_BULLET = re.compile(r"(?:[-*•·▪◦‣–]|\(?\d{1,2}[.)])[ \t\u00a0]+(?=\S)")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_MAIL_HEADER = re.compile(r"(?:From|To|Cc|Bcc|Sent|Date|Subject|Reply-To): ")
_LINE = re.compile(r"[^\n]+")
_FIRST_WORD = re.compile(r"\S+")
_NARROWEST_WRAP = 40
_FEWEST_WRAPPED = 2  # lines that surely go on in the next: fewer may be chance
_WIDEST_WRAP = 100


def read(document: Document) -> Article:
    """An article from plain text; its text is the file's below the header, with nothing changed but line ends."""
    front, text = split_front_matter(decode(document).lstrip("\ufeff"), document.source, document.dates)
    paragraphs = split_paragraphs(text)
    if not paragraphs:
        fail(document.source, "has a header and nothing below it")
    form = structure(text, paragraphs, front.title, order=document.dates)
    return article_of(document, text, form, front)


def split_paragraphs(text: str) -> list[Paragraph]:
    """Each paragraph's place: a line, or the lines that were one before they were wrapped at a fixed width."""
    lines = [match.span() for match in _LINE.finditer(text)]
    widest = _width(text, lines)
    wraps = _NARROWEST_WRAP <= widest <= _WIDEST_WRAP
    paragraphs: list[Paragraph] = []
    previous: tuple[int, int] | None = None
    for start, end in lines:
        inner = _trimmed(text, start, end)
        if inner is None:
            previous = None
            continue
        bullet = _BULLET.match(text, inner.start, inner.end)
        kind = ParagraphKind.LIST_ITEM if bullet else ParagraphKind.BODY
        if (
            bullet is None
            and previous
            and previous[1] + 1 == start
            and (
                _was_broken(text[previous[0] : previous[1]].rstrip())
                or (
                    wraps and _was_wrapped(text, previous, inner, widest, begun=paragraphs[-1].span.start < previous[0])
                )
            )
        ):
            paragraphs[-1] = Paragraph(Span(paragraphs[-1].span.start, inner.end), paragraphs[-1].kind)
        else:
            paragraphs.append(Paragraph(Span(bullet.end() if bullet else inner.start, inner.end), kind))
        previous = (start, end)
    return paragraphs


def _width(text: str, lines: list[tuple[int, int]]) -> int:
    """The width at which lines were wrapped: the widest of those that surely go on in the next, else of all."""
    # An address is never broken, nor is a mail's header: they say nothing of the width of the rest.
    told = [
        (start, end)
        for start, end in lines
        if not _has_address(text[start:end]) and not _MAIL_HEADER.match(text, start, end)
    ]
    wrapped = [
        end - start
        for (start, end), (after, _) in pairwise(told)
        if end + 1 == after and text[after].islower() and text[start:end].rstrip()[-1:] not in tuple(".!?:;")
    ]
    if len(wrapped) >= _FEWEST_WRAPPED:
        return max(wrapped)
    return max((end - start for start, end in told), default=0)


def _has_address(line: str) -> bool:
    is_likely = "://" in line or "www." in line.lower()
    return is_likely and _ADDRESS.search(line) is not None


def _trimmed(text: str, start: int, end: int) -> Span | None:
    line = text[start:end]
    left = len(line) - len(line.lstrip())
    right = len(line.rstrip())
    return Span(start + left, start + right) if right > left else None


def _was_wrapped(text: str, line: tuple[int, int], following: Span, width: int, *, begun: bool) -> bool:
    """Whether the line broke only because the next line's first word no longer fitted, or by hand before that.

    begun: whether the line goes on from one above: then it ends no title, and goes on until its sentence ends.
    """
    if _MAIL_HEADER.match(text, following.start):
        return False
    begins_anew = not text[following.start].islower() or _ADDRESS.match(text, following.start) is not None
    if begins_anew and _ends_with_address(text, line):
        return False
    is_open = text[line[0] : line[1]].rstrip()[-1] not in ".!?:;"
    if is_open and (text[following.start].islower() or (begun and text[following.start].isalpha())):
        return True
    if breaks_within_phrase(text[line[0] : line[1]].rstrip()):
        return True  # whatever its length
    first_word = _FIRST_WORD.match(text, following.start, following.end)
    return first_word is not None and (line[1] - line[0]) + 1 + len(first_word[0]) > width


def _was_broken(line: str) -> bool:
    """Whether a line of prose ends with a word that nothing ends with, in a text that is wrapped nowhere else."""
    return len(line) >= _NARROWEST_WRAP and breaks_within_phrase(line)


def _ends_with_address(text: str, line: tuple[int, int]) -> bool:
    words = text[line[0] : line[1]].split()
    return bool(words) and _ADDRESS.match(words[-1]) is not None
