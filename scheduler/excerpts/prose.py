"""What an article says in its own voice: the lead, and the sentences that carry its news."""

import re
from collections.abc import Iterable, Sequence

from scheduler.articles.article import Article, Paragraph, ParagraphKind, Span
from scheduler.excerpts.excerpt import Excerpt, ExcerptKind
from scheduler.excerpts.sentences import sentences
from scheduler.excerpts.vocabulary import words_of

_LOOKED_AT = 4
_MOST_KEY_SENTENCES = 6
_SHORTEST, _LONGEST = 40, 320
_WORD = re.compile(r"[^\W_][\w’'\-]*")
_COMMON = words_of(
    """
    about after again against also among another around because been before being between both could does down
    each every first from have help here into just last like made make many more most much must need next only
    other over part people says said should since some such support take than that their them then there these
    they this those through time today under until upon very week were what when where which while will with
    work would year years your day days month months
    """
)
_POINTS_BACK = re.compile(
    r"(?:it|this|these|those|that|he|she|they|his|her|their|such|but|and|however|also|both|here|there|its|below|above|the former"
    r"|the latter|in addition|as well)\b",
    re.IGNORECASE,
)
_FIGURE = re.compile(
    r"[£$€]\s?\d|\bone in \w+"
    r"|\b\d[\d,.]*\s?(?:%|per cent|million|billion|people|children|women|men|families|homes|cases|in (?:ten|five|four|three|\d+))",
    re.IGNORECASE,
)
# A picture's caption that ran into the paragraph when the page was copied: "Harbour poster The gates are open …".
_STRAY_CAPTION = re.compile(
    r"(?:\S+\s+){0,3}(?:poster|photo|photograph|picture|image|logo|leaflet|graphic|banner|infographic)\s+[A-Z][a-z]"
)
_ADDRESS = re.compile(r"https?://|www\.|@\w")


def find_lead(article: Article) -> Excerpt | None:
    """The first true paragraph: the first of the opening ones that speaks of what the title names, else the first."""
    paragraphs = [p for p in article.paragraphs if p.kind is ParagraphKind.BODY and _is_prose(article.at(p.span))]
    if not paragraphs:
        paragraphs = [p for p in article.paragraphs if p.kind in {ParagraphKind.BODY, ParagraphKind.LIST_ITEM}]
    if not paragraphs:
        return None
    return _excerpt(article, ExcerptKind.LEAD, (_lead_paragraph(article, paragraphs).span,))


def _is_prose(words: str) -> bool:
    return len(words.split()) >= 4 and not words.rstrip().endswith(":") and words[:1] not in '"“'


def _lead_paragraph(article: Article, paragraphs: Sequence[Paragraph]) -> Paragraph:
    named = _telling_words(article.title or "")
    opening = paragraphs[:_LOOKED_AT]
    if not named or named & _telling_words(article.at(opening[0].span)):
        return opening[0]
    # A teaser says nothing of what the title names; the news does.
    return next((p for p in opening[1:] if _names(article, named, p)), opening[0])


def _names(article: Article, named: set[str], paragraph: Paragraph) -> bool:
    shared = named & _telling_words(article.at(paragraph.span))
    proper = {word.lower() for word in _WORD.findall(article.title or "")[1:] if "-" in word[1:] and word[:1].isupper()}
    return len(shared) >= 2 or bool(shared & proper)


def _telling_words(words: str) -> set[str]:
    found = (word.lower().removesuffix("’s").removesuffix("'s") for word in _WORD.findall(words))
    return {word for word in found if (len(word) >= 4 or word.isdigit()) and word not in _COMMON}


def find_key_sentences(
    article: Article, lead: Excerpt | None, quotes: Iterable[Excerpt], keywords: Sequence[str] = ()
) -> tuple[Excerpt, ...]:
    """The sentences that carry the news, in order: by place, by the campaign's words, by figures.

    Never from a quote, and from the lead only where there is nothing else: a campaign that posts both would say the
    same twice, which platforms refuse.
    """
    spoken = sorted((span for quote in quotes for span in quote.spans), key=lambda span: span.start)
    spoken_at = set(_paragraphs_touched(article, spoken))
    body = [p for p in article.paragraphs if p.kind is ParagraphKind.BODY and p.span.start not in spoken_at]
    wanted = _telling_words(" ".join(keywords)) | _telling_words(article.title or "")
    own = [
        re.compile(rf"(?<!\w){re.escape(keyword.strip())}(?!\w)", re.IGNORECASE)
        for keyword in keywords
        if keyword.strip()
    ]
    ranked: list[tuple[float, Span]] = []
    for place, paragraph in enumerate(body):
        for number, span in enumerate(sentences(article.text, paragraph.span)):
            words = article.at(span)
            if _can_stand_alone(words, number):
                ranked.append((_weight(words, place, number, wanted, own), span))
    beside_the_lead = [entry for entry in ranked if not lead or not _is_within(entry[1], lead.spans)]
    ranked = beside_the_lead or ranked
    best = sorted(ranked, key=lambda entry: (-entry[0], entry[1].start))[:_MOST_KEY_SENTENCES]
    chosen = sorted((span for _, span in best), key=lambda span: span.start)
    return tuple(_excerpt(article, ExcerptKind.KEY_SENTENCE, (span,)) for span in chosen)


def _is_within(span: Span, others: Iterable[Span]) -> bool:
    return any(other.start <= span.start and span.end <= other.end for other in others)


def _paragraphs_touched(article: Article, spoken: Sequence[Span]) -> Iterable[int]:
    waiting = iter(spoken)
    span = next(waiting, None)
    for paragraph in article.paragraphs:
        while span is not None and span.end <= paragraph.span.start:
            span = next(waiting, None)
        if span is not None and span.start < paragraph.span.end:
            yield paragraph.span.start


def _can_stand_alone(words: str, number: int) -> bool:
    if not _SHORTEST <= len(words) <= _LONGEST or words[-1] not in ".!?" or _ADDRESS.search(words):
        return False
    if number == 0 and _STRAY_CAPTION.match(words):
        return False
    if re.search(r"[\"“”]", words) or not (words[0].isupper() or words[0].isdigit() or words[0] in "£‘#"):
        return False
    return not _POINTS_BACK.match(words) or (
        number == 0 and bool(re.match(r"(?:this (?:year|week|month)|both)\b", words, re.IGNORECASE))
    )


def _weight(words: str, place: int, number: int, wanted: set[str], own: Sequence[re.Pattern[str]]) -> float:
    weight = 3.0 / (1 + place) + 0.5 / (1 + number)
    weight += 2.0 * sum(bool(keyword.search(words)) for keyword in own)
    weight += 0.4 * min(len(wanted & _telling_words(words)), 5)
    return weight + (1.0 if _FIGURE.search(words) else 0.0)


def _excerpt(article: Article, kind: ExcerptKind, spans: tuple[Span, ...]) -> Excerpt:
    return Excerpt(kind, spans, tuple(article.at(span) for span in spans))
