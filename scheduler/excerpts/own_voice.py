"""The sentences that an article says in its own voice, and whether one can be read without those around it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scheduler.articles.article import Article, ParagraphKind, Span
from scheduler.excerpts.sentences import sentences

_READ = frozenset({ParagraphKind.BODY, ParagraphKind.LIST_ITEM, ParagraphKind.LINKS})
_LEANS = re.compile(
    r"(?:(?:it|this|these|those|that|he|she|they|his|her|their|its|such|but|and|or|nor|so|yet|however|also|both|here|then|too"
    r"|there(?! (?:is|are|was|were|will|have|has)\b)|instead|otherwise|therefore|moreover|furthermore|similarly|likewise"
    r"|elsewhere|meanwhile|afterwards|later|below|above|another|others|together|among (?:them|these|those)"
    r"|(?:one|some|many|most|all|none|two|three|half|each|both) of (?:them|these|those|which)"
    r"|in addition|in turn|in response|as (?:well|a result|such)|by contrast|because of (?:this|that)|for (?:this|that) reason"
    r"|at the same time|since then|after (?:this|that)|during (?:this|that|these|those)"
    r"|the (?:former|latter|same|move|pair|duo|trio|other))\b"
    r"|(?:\S+ ){1,4}also\b)",
    re.IGNORECASE,
)
_OF_NOW = re.compile(r"(?:this (?:year|week|month|morning|afternoon|evening)|both)\b", re.IGNORECASE)
# A picture's caption that ran into the paragraph when the page was copied: "Harbour poster The gates are open …".
_STRAY_CAPTION = re.compile(
    r"(?:\S+\s+){0,3}(?:poster|photo|photograph|picture|image|logo|leaflet|graphic|banner|infographic)\s+[A-Z][a-z]"
)
_MARK = re.compile(r"[\"“”«»]")


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence outside of all speech.

    kind: of its paragraph. place: how many paragraphs stand before that one; number: how many sentences before it there.
    beside_speech: whether somebody speaks in the same paragraph.
    """

    span: Span
    words: str
    kind: ParagraphKind
    place: int
    number: int
    beside_speech: bool

    @property
    def leans(self) -> bool:
        """Whether it says who or what it is about only with the sentence before it: "He also …", "It comes after …"."""
        return bool(_LEANS.match(self.words)) and not (self.number == 0 and _OF_NOW.match(self.words))

    @property
    def is_whole(self) -> bool:
        """Whether it begins and ends as a sentence does, and no caption ran into it."""
        begins = self.words[0].isupper() or self.words[0].isdigit() or self.words[0] in "£€‘#"
        caption = self.number == 0 and _STRAY_CAPTION.match(self.words)
        return begins and self.words[-1] in ".!?…" and not caption


def own_voice(article: Article, spoken: Sequence[Span]) -> Iterator[Said]:
    """Yields the sentences of body, lists and link lines that hold nothing of a quote and no quotation mark, in order.

    spoken: where quotes stand.
    """
    waiting = sorted(spoken, key=lambda span: span.start)
    first = 0
    for place, paragraph in enumerate(article.paragraphs):
        while first < len(waiting) and waiting[first].end <= paragraph.span.start:
            first += 1
        last = first
        while last < len(waiting) and waiting[last].start < paragraph.span.end:
            last += 1
        here = waiting[first:last]
        if paragraph.kind in _READ:
            for number, span in enumerate(sentences(article.text, paragraph.span)):
                words = article.at(span)
                if not _MARK.search(words) and not _is_spoken(span, here):
                    yield Said(span, words, paragraph.kind, place, number, bool(here))


def patterns(keywords: Sequence[str]) -> list[re.Pattern[str]]:
    """What finds the campaign's own words in a sentence, whole words alone."""
    return [
        re.compile(rf"(?<!\w){re.escape(keyword.strip())}(?!\w)", re.IGNORECASE)
        for keyword in keywords
        if keyword.strip()
    ]


def _is_spoken(span: Span, spoken: Sequence[Span]) -> bool:
    return any(said.start < span.end and span.start < said.end for said in spoken)
