"""What an article says in its own voice: the lead, and the sentences that carry its news."""

import re
from collections.abc import Iterable, Iterator, Sequence, Set
from itertools import islice

from scheduler.articles.article import Article, Paragraph, ParagraphKind, Span
from scheduler.articles.dates import days_in
from scheduler.excerpts.attribution import signature_line
from scheduler.excerpts.excerpt import Excerpt, ExcerptKind
from scheduler.excerpts.own_voice import Said, patterns
from scheduler.excerpts.sentences import sentences
from scheduler.excerpts.vocabulary import words_of

_LOOKED_AT = 4
_MOST_KEY_SENTENCES = 6
_MOST_KEYWORDS = 3  # a sentence that names the day by all its names says no more than one that names it once
_SHORTEST, _LONGEST = 40, 320
_LONGEST_CAPTION = 90
_FEWEST_OF_NEWS = 20  # words of a paragraph that tells news before its colon
_LONGEST_LEADING_IN = 12  # words of "Speaking at the opening of the new lock, Jo Bloggs said:"
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
_FIGURE = re.compile(
    r"[£$€]\s?\d|\bone in \w+"
    r"|\b\d[\d,.]*\s?(?:%|per cent|million|billion|people|children|women|men|families|homes|cases|in (?:ten|five|four|three|\d+))",
    re.IGNORECASE,
)
_NO_NEWS = re.compile(
    r"\W*(?:(?:strictly |under )?embargo(?:ed)?\b|for immediate (?:release|use)\b|not for publication\b"
    r"|(?:press|news|media) release\b[\s:]"
    r"|(?:photo |picture |image )?(?:caption|credit)\s*:|(?:pictured|above|left|right|l-r|from left)\s*[:,(]"
    r"|for (?:any )?(?:further|more|media|press) (?:information|details|enquiries)\b|to (?:find out|read|learn) more\b)",
    re.IGNORECASE,
)
# "Commenting on the figures, Jo Bloggs said": the paragraph below is what was said.
_INTRODUCES = re.compile(r"\b(?:said|says|added|adds|commented|continued|explained|concluded|stated)[\s:,–—-]*$")
_ENDINGS = frozenset(".!?…\"”’'")
_HAS_NEWS = re.compile(
    r"(?:responding|commenting|reacting|following|ahead|after|as|in response|speaking|on|welcoming|marking)\b[^,]{25,},",
    re.IGNORECASE,
)
_SPOKEN = re.compile(r"[:,]\s?[\"“‘][A-Z]")
_ENDS_SPOKEN = re.compile(r"[\"”’]\s*$")
_ADDRESS = re.compile(r"https?://|www\.|@\w")


def find_lead(article: Article, spoken: Iterable[Span] = ()) -> Excerpt | None:
    """The first true paragraph: the first of the opening ones that speaks of what the title names, else the first.

    spoken: where quotes stand; what begins with one is no lead. Where an article has nothing but a statement, the words
    that lead to it, if they tell more than who speaks, else its title, where the text has it: that says whose
    statement it is, or on what, and can be posted.
    """
    speech = {span.start for span in spoken}
    prose = (
        p
        for p in _told(article, speech)
        if p.kind is ParagraphKind.BODY and _is_prose(article.at(p.span)) and not _is_name_alone(article, p.span)
    )
    opening = list(islice(prose, _LOOKED_AT))
    if not opening or (speech and opening[0].span.start > max(speech)):
        # A statement alone, with or without a note below it.
        kinds = {ParagraphKind.BODY, ParagraphKind.LIST_ITEM}
        unspoken = (p for p in _told(article, speech) if p.kind in kinds and not _is_speech(article.at(p.span)))
        first = list(islice(unspoken, _LOOKED_AT))
        if not opening or (first and _leads_to_quote(article.at(first[0].span))):
            opening = first
    span = _lead_paragraph(article, opening).span if opening else _place_of_title(article)
    return _excerpt(article, ExcerptKind.LEAD, (_without_leading_in(article.text, span),)) if span else None


def _told(article: Article, speech: Set[int]) -> Iterator[Paragraph]:
    """The paragraphs that neither begin with a quote nor only repeat the title.

    speech: where quotes begin.
    """
    title = _plain(article.title or "")
    for paragraph in article.paragraphs:
        is_body = paragraph.kind is ParagraphKind.BODY
        if not is_body or (paragraph.span.start not in speech and _plain(article.at(paragraph.span)) != title):
            yield paragraph


def _place_of_title(article: Article) -> Span | None:
    """Where the title stands above the text, word for word."""
    if not article.title:
        return None
    for paragraph in article.paragraphs:
        at = article.at(paragraph.span).find(article.title)
        if paragraph.kind in {ParagraphKind.HEADING, ParagraphKind.FURNITURE} and at >= 0:
            return Span(paragraph.span.start + at, paragraph.span.start + at + len(article.title))
    return None


def _is_prose(words: str) -> bool:
    words = words[: _without_leading_in(words, Span(0, len(words))).end]
    leads = words.rstrip().endswith(":") and len(words.split()) < _FEWEST_OF_NEWS
    is_prose = len(words.split()) >= 4 and not leads and not _is_speech(words)
    return is_prose and not _NO_NEWS.match(words) and not _introduces(words)


def _without_leading_in(text: str, span: Span) -> Span:
    """A paragraph without its last sentence where that only leads to what is said below: "… is open. She said:"."""
    if text[span.start : span.end].rstrip()[-1:] != ":":
        return span
    *told, _ = sentences(text, span)
    return Span(span.start, told[-1].end) if told else span


def _leads_to_quote(words: str) -> bool:
    """Whether a paragraph above a statement says whose it is, or on what."""
    is_long = words.rstrip().endswith(":") and len(words.split()) > _LONGEST_LEADING_IN
    return _introduces(words) or is_long


def _is_name_alone(article: Article, span: Span) -> bool:
    """Whether a paragraph is a picture's caption, which only names who is on it: "Council leader Jo Bloggs."."""
    is_short = span.end - span.start <= _LONGEST_CAPTION
    return is_short and signature_line(article.text, span, frozenset()) is not None


def _is_speech(words: str) -> bool:
    """Whether a paragraph is what somebody says, or says only who is to speak."""
    is_spoken = words[:1] in '"“' or (_SPOKEN.search(words) and _ENDS_SPOKEN.search(words))
    return bool(is_spoken) or bool(_introduces(words) and not _HAS_NEWS.match(words))


def _introduces(words: str) -> bool:
    # What ends as a sentence or a quote does leads to nothing.
    return words[-1:] not in _ENDINGS and _INTRODUCES.search(words) is not None


def _plain(words: str) -> str:
    """A title and the same words set as a paragraph may differ in case, spaces, marks and a full stop."""
    return " ".join(_WORD.findall(words)).casefold()


def _lead_paragraph(article: Article, opening: Sequence[Paragraph]) -> Paragraph:
    named = _telling_words(article.title or "")
    first = article.at(opening[0].span)
    if not named or named & _telling_words(first) or days_in(first)[0]:
        return opening[0]
    # A teaser says nothing of what the title names, nor of a day; the news does.
    return next(
        (p for p in opening[1:] if _names(article, named, p) and not _SPOKEN.search(article.at(p.span))), opening[0]
    )


def _names(article: Article, named: set[str], paragraph: Paragraph) -> bool:
    shared = named & _telling_words(article.at(paragraph.span))
    proper = {word.lower() for word in _WORD.findall(article.title or "")[1:] if "-" in word[1:] and word[:1].isupper()}
    return len(shared) >= max(2, min(3, len(named))) or bool(shared & proper)


def _telling_words(words: str) -> set[str]:
    long = (word.lower() for word in _WORD.findall(words) if len(word) >= 4 or word[0].isdigit())
    found = (word.removesuffix("’s").removesuffix("'s") for word in long)
    return {word for word in found if (len(word) >= 4 or word.isdigit()) and word not in _COMMON}


def find_key_sentences(
    article: Article, lead: Excerpt | None, said: Iterable[Said], keywords: Sequence[str] = ()
) -> tuple[Excerpt, ...]:
    """The sentences that carry the news, in order: by place, by the campaign's words, by figures.

    Never from a quote, never one that leans on the sentence before it, and from the lead only where there is nothing
    else: a campaign that posts both would say the same twice, which platforms refuse.
    """
    wanted, own = _telling_words(f"{article.title or ''} {' '.join(keywords)}"), patterns(keywords)
    places: dict[int, int] = {}
    ranked: list[tuple[float, Span]] = []
    for each in said:
        if each.kind is ParagraphKind.BODY and not each.beside_speech:
            place = places.setdefault(each.place, len(places))
            if _can_stand_alone(each):
                ranked.append((_weight(each, place, wanted, own), each.span))
    beside_the_lead = [entry for entry in ranked if not lead or not _is_within(entry[1], lead.spans)]
    ranked = beside_the_lead or ranked
    best = sorted(ranked, key=lambda entry: (-entry[0], entry[1].start))[:_MOST_KEY_SENTENCES]
    chosen = sorted((span for _, span in best), key=lambda span: span.start)
    return tuple(_excerpt(article, ExcerptKind.KEY_SENTENCE, (span,)) for span in chosen)


def _is_within(span: Span, others: Iterable[Span]) -> bool:
    return any(other.start <= span.start and span.end <= other.end for other in others)


def _can_stand_alone(said: Said) -> bool:
    return (
        _SHORTEST <= len(said.words) <= _LONGEST
        and said.is_whole
        and not said.leans
        and not _ADDRESS.search(said.words)
    )


def _weight(said: Said, place: int, wanted: set[str], own: Sequence[re.Pattern[str]]) -> float:
    weight = 3.0 / (1 + place) + 0.5 / (1 + said.number)
    weight += 2.0 * min(sum(bool(keyword.search(said.words)) for keyword in own), _MOST_KEYWORDS)
    weight += 0.4 * min(len(wanted & _telling_words(said.words)), 5)
    return weight + (1.0 if _FIGURE.search(said.words) else 0.0)


def _excerpt(article: Article, kind: ExcerptKind, spans: tuple[Span, ...]) -> Excerpt:
    return Excerpt(kind, spans, tuple(article.at(span) for span in spans))
