"""Facts with figures: sentences that state a number, a share, a sum or a count, and not merely a date or a number to call."""

import re
from collections.abc import Iterator, Sequence

from scheduler.articles.article import Article, ParagraphKind, Span
from scheduler.excerpts.excerpt import Excerpt, ExcerptKind
from scheduler.excerpts.own_voice import Said, patterns
from scheduler.excerpts.vocabulary import any_of, words_of

_MOST_FACTS = 8
_FEWEST_WORDS = 4  # in an item of a list, which need not be a sentence
_SHORTEST, _LONGEST = 20, 400
_SMALL = any_of(
    """
    two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen
    nineteen twenty thirty forty fifty sixty seventy eighty ninety
    """
)
_GREAT = r"hundred|thousand|million|billion|trillion"
_DIGITS = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_SHARE_OF = rf"(?:\d{{1,6}}|one|{_SMALL})"
_SHARE = re.compile(
    rf"(?<![\w.,/:£-])(?:(?:{_DIGITS})\s?%|(?:{_DIGITS}|{_SMALL})\s(?:per\s?cent|percentage points?)\b"
    rf"|{_SHARE_OF} (?:in|out of) (?:every )?(?:{_SHARE_OF}|a hundred|a thousand)\b"
    r"|(?<!and )(?:a|one|two|three|four)[ -](?:half|third|quarter|fifth|sixth|tenth)s?\b|half of (?:(?:all|the|our|those) )?\w+)",
    re.IGNORECASE,
)
_SUM = re.compile(
    rf"[£€$]\s?(?:{_DIGITS})(?:\s?(?:{_GREAT}|k|m|bn)\b)?|(?<![\w.,/:£-])(?:{_DIGITS})\s(?:pounds|euros|pence)\b",
    re.IGNORECASE,
)
_COUNT = re.compile(
    rf"(?<![\w.,/:£€$#@+-])(?:(?P<digits>{_DIGITS})(?P<great>[ -](?:{_GREAT})\b)?|(?P<small>{_SMALL})(?P<many>[ -](?:{_GREAT})\b)?"
    r"|(?P<vague>(?:tens|dozens|hundreds|thousands|millions|billions) of)|(?P<dozen>a (?:dozen|hundred|thousand|million)))"
    r"(?![\w:/%-]|[.,]\d)",
    re.IGNORECASE,
)
_DIGIT = re.compile(r"\d")
_NEXT_WORD = re.compile(r"\s+([^\W\d_][\w’'-]*)")
# "Year 6 pupils", "crime number 12", "aged 34", "0800 555 111": such a number counts nothing.
_NUMBERED = re.compile(
    r"(?:\b(?:aged|age of|ages?|ref|reference|numbers?|nos?\.?|page|pages|section|chapter|log|incident|crime|postcode|between)"
    r"|\b(?:Year|Day|Week|Group|Phase|Stage|Step|Level|Tier|Room|Flat|Unit|Floor|Platform|Gate|Junction|Grade|Class|Part|Article"
    r"|Schedule|Channel|Route|Highway|Formula|Group|Figure|Table)|\d)\s*$"
)
_MONTHS = words_of("january february march april may june july august september october november december")
_SPANS_OF_TIME = words_of(
    """
    second seconds minute minutes hour hours day days week weeks weekend weekends month months year years decade
    decades century centuries night nights season seasons am pm noon midnight o’clock o'clock
    """
)
_PUNISHED = re.compile(
    r"\b(?:prison|jail|jailed|imprisonment|imprisoned|custody|sentenced?|sentences|behind bars|banned)\b"
)
_MANY = words_of(
    """
    people children women men police families teeth feet fish sheep deer cattle mice geese staff youth
    miles acres hectares metres kilometres litres tonnes tons kilos grams
    """
)
_NO_NOUN = words_of(
    """
    a an the and or but of in on at to for from by with as is was has his its this us yes perhaps always across less
    plus thus times steps ways others ours yours theirs is has does goes says
    """
)
_LONGEST_NAME = 3  # words from a number to what is counted: "12 new patrol cars"


def find_facts(article: Article, said: Sequence[Said], keywords: Sequence[str] = ()) -> tuple[Excerpt, ...]:
    """The sentences with figures, in the article's order; where there are many, the most telling ones.

    A sentence that leans on the one before it takes that along, so that a figure always says what it is about, and is
    left out where that cannot stand alone either.
    """
    own = patterns(keywords)
    found: dict[int, tuple[float, Excerpt]] = {}
    previous: Said | None = None
    # The words of a link say what is behind it, and no fact.
    linked = {anchor.span.start: anchor.span.end for anchor in article.anchors if anchor.span}
    for each in said:
        is_label = linked.get(each.span.start, 0) >= each.span.end - 1
        span = None if is_label else _span(each, previous)
        figures = _figures(each.words) if span else []
        if span and figures:
            if previous and span.start == previous.span.start:
                figures = _figures(previous.words) + figures
                found.pop(span.start, None)
            weight = max(weight for weight, _ in figures) + sum(bool(word.search(each.words)) for word in own)
            names = tuple(dict.fromkeys(name for _, name in figures))
            found[span.start] = (
                weight,
                Excerpt(ExcerptKind.FACT, (span,), (article.at(span),), figures=names),
            )
        previous = each
    best = sorted(found.values(), key=lambda entry: (-entry[0], entry[1].spans[0].start))[:_MOST_FACTS]
    return tuple(fact for _, fact in sorted(best, key=lambda entry: entry[1].spans[0].start))


def _span(each: Said, previous: Said | None) -> Span | None:
    """What is quoted for a figure in this sentence; None where it cannot be understood."""
    is_item = each.kind is ParagraphKind.LIST_ITEM and len(each.words.split()) >= _FEWEST_WORDS
    if each.kind is ParagraphKind.LINKS or not (each.is_whole or is_item):
        return None
    span = each.span
    if each.leans:
        follows = previous and previous.place == each.place and previous.number == each.number - 1
        if not previous or not follows or previous.leans or not previous.is_whole:
            return None
        span = Span(previous.span.start, each.span.end)
    return span if _SHORTEST <= span.end - span.start <= _LONGEST else None


def _figures(words: str) -> list[tuple[float, str]]:
    """The figures of a sentence with their weights, in its order: a share or a sum tells more than a small count."""
    telling = (_SHARE, _SUM) if _DIGIT.search(words) else (_SHARE,)
    found = [(match.start(), match.end(), 2.0) for pattern in telling for match in pattern.finditer(words)]
    taken = list(found)
    for match in _COUNT.finditer(words):
        if not any(start <= match.start() < end for start, end, _ in taken):
            found += _counted(words, match)
    found.sort()
    return [(weight, words[start:end]) for start, end, weight in found]


def _counted(words: str, match: re.Match[str]) -> Iterator[tuple[int, int, float]]:
    """A number and what it counts; none for a date, an age, a reference, or a mere span of time."""
    digits = match["digits"] or ""
    great = bool(match["great"] or match["many"] or match["vague"] or match["dozen"] or "," in digits)
    if (re.fullmatch(r"(?:19|20)\d\d", digits) or digits.startswith("0")) and not great:
        return
    before = words[max(0, match.start() - 16) : match.start()]
    if _NUMBERED.search(before):
        return
    end = _end_of_name(words, match.end())
    if end is not None:
        yield match.start(), end, 1.5 if great or len(digits) > 2 else 1.0 if digits else 0.5
    elif great and not _is_time(words, match.end()):
        yield match.start(), match.end(), 1.5


def _end_of_name(words: str, at: int) -> int | None:
    """Where the name of what is counted ends; None where nothing is."""
    for _ in range(_LONGEST_NAME):
        following = _NEXT_WORD.match(words, at)
        if following is None:
            return None
        word, at = following[1].lower(), following.end()
        if word in _SPANS_OF_TIME:
            return at if _PUNISHED.search(words) else None
        if word in _MONTHS or word in _NO_NOUN:
            return None
        if word in _MANY or (len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "’s", "'s"))):
            return at
    return None


def _is_time(words: str, at: int) -> bool:
    following = _NEXT_WORD.match(words, at)
    return following is not None and following[1].lower() in _SPANS_OF_TIME | _MONTHS
