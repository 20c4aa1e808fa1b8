"""What became of the words that a post took from its article: they stand as they stood, or they do not."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property

from scheduler.articles import Article
from scheduler.drafting.draft import Source
from scheduler.drafting.tracing import find, tokens
from scheduler.excerpts import cut
from scheduler.excerpts.excerpt import Excerpt, ExcerptKind
from scheduler.posts.provenance import used_words
from scheduler.posts.status import ChangeKind

_MARKS = '“”"'
_ALIKE = 0.5  # of the words: below that it is another sentence


@dataclass(frozen=True, slots=True)
class Finding:
    """What became of the words that a post took. was, now: the words, empty where they are of no concern."""

    kind: ChangeKind
    was: str = ""
    now: str = ""


class Reread:
    """An article as it is now. What takes its time is worked out when it is first needed, once for all posts."""

    def __init__(self, article: Article) -> None:
        self.article = article

    @cached_property
    def words(self) -> list[list[str]]:
        """The words and marks of each paragraph."""
        article = self.article
        return [[each.word for each in tokens(article.at(paragraph.span))] for paragraph in article.paragraphs]

    @cached_property
    def excerpts(self) -> list[Excerpt]:
        found = cut(self.article)
        return [*filter(None, [found.lead]), *found.quotes, *found.key_sentences]


def compare(message: str, source: Source, title: str | None, now: Reread) -> Finding:
    """Looks for the words of a post in an article as it is now.

    message: all words of the post; source: which of them it took; title: of the article when it did.
    """
    article = now.article
    if title and title in message and title != article.title:
        return Finding(ChangeKind.CHANGED, title, article.title or "")
    if not source.spans:
        return Finding(ChangeKind.ELSEWHERE)
    if not source.words:
        # What an older version planned: its words are known by the post alone.
        is_there = any(
            excerpt.kind.value == source.kind and _has(message, excerpt.paragraphs[0]) for excerpt in now.excerpts
        )
        return Finding(ChangeKind.ELSEWHERE) if is_there else Finding(ChangeKind.CHANGED, message)
    was = words_taken(source)
    if not _stands(was.split("\n\n"), now.words):
        return Finding(ChangeKind.CHANGED, was, _instead(was, article))
    if source.kind == ExcerptKind.QUOTE and source.speaker:
        before, after = _speaker(source), _speaker_of(was, now.excerpts)
        if before != after:
            return Finding(ChangeKind.CHANGED, f"{was}\n\n{before}", f"{was}\n\n{after}".strip())
    return Finding(ChangeKind.ELSEWHERE)


def words_taken(source: Source) -> str:
    """Returns the words of the excerpt that the post took, its paragraphs between empty lines."""
    return "\n\n".join(used_words(source))


def _stands(paragraphs: Iterable[str], inside: Sequence[Sequence[str]]) -> bool:
    """Whether the article has these words, in its order, each stretch whole from the beginning of a sentence to its end."""
    number, start = 0, 0
    for words in paragraphs:
        sought = [each.word for each in tokens(words)]
        while (end := _end_of(sought, inside[number], start) if number < len(inside) else -1) is None:
            number, start = number + 1, 0
        if end is None or end < 0:
            return False
        start = end
    return True


def _end_of(sought: Sequence[str], inside: Sequence[str], start: int) -> int | None:
    """Returns where the words end in a paragraph, from its word number `start` on; None where they do not stand there."""
    while place := find(sought, inside, start):
        begin, end = place
        joins_before = begin > 0 and _runs_on(inside[begin - 1])
        joins_after = end < len(inside) and _runs_on(inside[end]) and inside[end - 1][-1].isalnum()
        if not (joins_before or joins_after):
            return end
        start = begin + 1
    return None


def _runs_on(word: str) -> bool:
    """Whether a sentence goes on over this word or mark."""
    return word[0].isalnum() or word == ","


def _has(message: str, words: str) -> bool:
    return find([token.word for token in tokens(words)], [token.word for token in tokens(message)]) is not None


def _speaker(source: Source) -> str:
    return ", ".join(filter(None, (source.speaker, source.role)))


def _speaker_of(words: str, excerpts: Sequence[Excerpt]) -> str:
    """Returns who is said to say these words, and their role; "" for nobody."""
    first = words.split("\n\n", maxsplit=1)[0]
    quotes = (excerpt for excerpt in excerpts if excerpt.kind is ExcerptKind.QUOTE)
    found = next((quote for quote in quotes if any(_has(paragraph, first) for paragraph in quote.paragraphs)), None)
    return ", ".join(filter(None, (found.speaker, found.role))) if found and found.speaker else ""


def _instead(was: str, article: Article) -> str:
    """Returns what stands in the article in the place of these words; "" where nothing is like them."""
    return "\n\n".join(filter(None, (_likest(words, article) for words in was.split("\n\n"))))


def _likest(words: str, article: Article) -> str:
    best, ratio = "", 0.0
    for paragraph in article.paragraphs:
        stretch, alike = _likest_stretch(words.split(), article.at(paragraph.span).split())
        if alike > ratio:
            best, ratio = stretch, alike
    if ratio < _ALIKE:
        return ""
    # The marks around a quote are none of its words.
    return best if words[0] in _MARKS or words[-1] in _MARKS else best.strip(_MARKS)


def _likest_stretch(sought: Sequence[str], inside: Sequence[str]) -> tuple[str, float]:
    """Returns the stretch of a paragraph that stands where the words stood, and which part of them it has still."""
    was, there = ([word.strip(_MARKS) for word in words] for words in (sought, inside))
    matcher = SequenceMatcher(None, was, there, autojunk=False)
    blocks = [block for block in matcher.get_matching_blocks() if block.size]
    if not blocks:
        return "", 0.0
    first, last = blocks[0], blocks[-1]
    start = max(first.b - first.a, 0)  # as many words before the first that stayed as there were
    end = last.b + last.size + (len(sought) - last.a - last.size)
    return " ".join(inside[start:end]), sum(block.size for block in blocks) / len(sought)
