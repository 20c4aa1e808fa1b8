"""Makes an excerpt fit: whole if it can be, else shortened at the end of a sentence, never inside one."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from scheduler.articles.article import Span
from scheduler.drafting.tracing import goes_on
from scheduler.excerpts.excerpt import Excerpt, ExcerptKind
from scheduler.excerpts.sentences import sentences
from scheduler.platforms.contract import Length

LEFT_OUT_MARK = " […]"
_WRAP = re.compile(r"[ \t]*\n[ \t]*")  # a paragraph's own line ends are where an editor broke a long line
_ENDS_SENTENCE = re.compile(r"[.!?…:;][”’\"')\]]*\s*$")
_TURNS = re.compile(
    r"\W*(?:but|however|yet|although|though|nor|except|unless|otherwise|still|nevertheless|nonetheless|even so|instead|rather"
    r"|on the other hand|that said|having said that|then again|not|only (?:if|when|where)"
    r"|(?:this|that|it|they|these|those|there|we|i|he|she)(?:\s+\w+){0,2}?(?:\s+(?:not|never|no longer)\b|n[’']t\b))",
    re.IGNORECASE,
)
_OPENING_SINGLE = re.compile(r"‘")
_CLOSING_SINGLE = re.compile(r"(?<=[.!?…,\w])’(?!\w)")


@dataclass(frozen=True, slots=True)
class Passage:
    """What a post uses of an excerpt: its beginning, up to the end of one of its sentences.

    kept: the paragraphs used, verbatim; left_out: the sentences that were not, verbatim, in their order.
    """

    excerpt: Excerpt
    kept: tuple[str, ...]
    left_out: tuple[str, ...] = ()

    @property
    def is_shortened(self) -> bool:
        return bool(self.left_out)

    @property
    def spans(self) -> tuple[Span, ...]:
        """Where the words used stand in the article."""
        pairs = zip(self.excerpt.spans, self.kept, strict=False)
        return tuple(replace(span, end=span.start + len(words)) for span, words in pairs)

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """The paragraphs as they are shown: lines that the article wrapped are one, and a quote says where words were
        left out."""
        shown = _shown(self.kept)
        if not self.is_shortened or self.excerpt.kind is not ExcerptKind.QUOTE:
            return shown
        return (*shown[:-1], shown[-1] + LEFT_OUT_MARK)


def _shown(kept: Sequence[str]) -> tuple[str, ...]:
    """Joins what a "said X" in the article had parted in the middle of a sentence, and ends without a dangling comma.

    What begins anew after it stands apart: no mark that the article lacks is put between.
    """
    shown: list[str] = []
    for piece in kept:
        words = _WRAP.sub(" ", piece)
        if shown and goes_on(shown[-1], words):
            shown[-1] = f"{shown[-1]} {words}"
        else:
            shown.append(words)
    return tuple(words.removesuffix(",") for words in shown)


@dataclass(frozen=True, slots=True)
class Fitted:
    """A text that fits, with the lengths that limit it and the passage it was made of."""

    text: str
    lengths: tuple[Length, ...]
    passage: Passage | None


class DoesNotFit(Exception):
    """Not even the shortest passage fits. text, lengths: the shortest text and its lengths."""

    def __init__(self, text: str, lengths: Sequence[Length]) -> None:
        self.text = text
        self.lengths = tuple(lengths)
        super().__init__("the text does not fit")


def whole(excerpt: Excerpt) -> Passage:
    """Returns the excerpt with nothing left out."""
    return Passage(excerpt, excerpt.paragraphs)


def passages(excerpt: Excerpt) -> Iterator[Passage]:
    """Yields the whole excerpt, then ever shorter ones, down to its first sentence.

    A passage ends where a sentence does, and never between quotation marks or brackets that were opened in it, nor right
    before a sentence that takes back or narrows what was just said ("But …", "That does not …"): left out, it would
    change the sense.
    """
    yield whole(excerpt)
    spoken = [(index, span) for index, paragraph in enumerate(excerpt.paragraphs) for span in sentences(paragraph)]
    for count in range(len(spoken) - 1, 0, -1):
        index, last = spoken[count - 1]
        place, span = spoken[count]
        if _TURNS.match(excerpt.paragraphs[place][span.start : span.end]):
            continue
        ending = excerpt.paragraphs[index][: last.end]
        if not _is_open(ending) and _ENDS_SENTENCE.search(ending):
            rest = tuple(excerpt.paragraphs[place][span.start : span.end] for place, span in spoken[count:])
            yield Passage(excerpt, (*excerpt.paragraphs[:index], ending), rest)


def _is_open(text: str) -> bool:
    """Tells whether a mark or bracket was opened and not closed; an apostrophe ("don’t") closes nothing."""
    single = len(_OPENING_SINGLE.findall(text)) > len(_CLOSING_SINGLE.findall(text))
    double = text.count("“") > text.count("”") or text.count('"') % 2 == 1
    return single or double or text.count("(") > text.count(")")


def fit(
    excerpt: Excerpt | None, render: Callable[[Passage | None], str], measure: Callable[[str], Sequence[Length]]
) -> Fitted:
    """Returns the first text that fits, from the whole excerpt downwards.

    render: makes the text of a passage; measure: every length that limits it. Raises DoesNotFit.
    """
    text, lengths = "", tuple[Length, ...]()
    for passage in passages(excerpt) if excerpt else [None]:
        text = render(passage)
        lengths = tuple(measure(text))
        if all(length.fits for length in lengths):
            return Fitted(text, lengths, passage)
    raise DoesNotFit(text, lengths)
