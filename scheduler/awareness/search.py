"""Finds awareness days by words: of their names, hashtags, topics, themes or organiser, also where they are mistyped."""

import difflib
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from scheduler.awareness.calendar import Calendar
from scheduler.awareness.day import AwarenessDay
from scheduler.errors import CalendarError

# Half of all days have these in their names: they tell little, and are often remembered wrongly.
_KINDS = frozenset({"day", "days", "week", "month", "awareness", "national", "international", "world", "uk"})
_GENERIC = _KINDS | {"a", "an", "and", "for", "in", "of", "on", "the", "to"}
_APOSTROPHES = re.compile("['’‘ʼ`´]")
_SHORTEST_BEGINNING = 3  # letters
_SHORTEST_TYPO = 4  # in shorter words another letter makes another word
_ALIKE = 0.7  # from here on a word may be another one mistyped, as difflib counts
_KIND_ALIKE = 0.8
_ENOUGH = 0.6  # of what was typed, how much a near match has
_MARGIN = 0.1  # near matches so much worse than the best one are left out
_MOST_NEAR = 5

# How words match one field, times the weight of the field; from all fields together; merely inside of words.
_SAME, _PHRASE, _WORDS, _BEGINNINGS, _RUN = 1.0, 0.9, 0.8, 0.7, 0.6
_SCATTERED, _INSIDE = 0.2, 0.05
_CLEARLY = 0.15
_SHORTER_FIRST = 0.05  # what a field gains that holds little else


@dataclass(frozen=True, slots=True)
class Found:
    """The days that were found, best first.

    is_near: none has the words, these are alike. is_clear: the first one has them, and no other nearly as well.
    """

    days: tuple[AwarenessDay, ...] = ()
    is_near: bool = False
    is_clear: bool = False


@dataclass(frozen=True, slots=True)
class _Field:
    """What a day is found by. run: its words without spaces; weight: how much it counts, 1 for the name."""

    words: tuple[str, ...]
    run: str
    weight: float

    @property
    def terms(self) -> Iterator[str]:
        """Its words, and neighbours as if they were one: "anti slavery" is typed "antislavry"."""
        yield from self.words
        yield from (first + second for first, second in pairwise(self.words))


_Fields = Sequence[_Field]


def search(days: Iterable[AwarenessDay], text: str) -> Found:
    """Finds days by words, best first; case, accents, hyphens, apostrophes and the order of the words do not count.

    Days that have the words, or begin words with them, hide those that have them merely inside of words; and days that
    are only alike are found where there are no others.
    """
    words = _words(text)
    if not words:
        return Found()
    fields = [(day, list(_fields(day))) for day in days]
    scored = _best_first(fields, lambda each: _score(words, each))
    if scored:
        least = _SCATTERED if scored[0][1] >= _SCATTERED else 0
        is_clear = len(scored) == 1 or scored[0][1] > scored[1][1] + _CLEARLY
        return Found(tuple(day for day, score in scored if score >= least), is_clear=is_clear)
    terms = {term for _, each in fields for field in each for term in field.terms}
    alike = {word: _alike(word, terms) for word in _worth_spelling(words)}
    near = [
        (day, score)
        for day, score in _best_first(fields, lambda each: _nearness(words, alike, each))
        if score > _ENOUGH
    ]
    return Found(tuple(day for day, score in near[:_MOST_NEAR] if score >= near[0][1] - _MARGIN), is_near=True)


def find_day(calendar: Calendar, text: str) -> AwarenessDay:
    """Returns the day with this id or name, or the one that these words clearly mean; CalendarError names what was meant."""
    try:
        return calendar.find(text)
    except CalendarError as error:
        found = search(calendar.days, text)
        if found.is_clear:
            return found.days[0]
        if not found.days:
            raise
        ids = ", ".join(f'"{day.id}"' for day in found.days[:_MOST_NEAR])
        if not found.is_near:
            more = f"; all {len(found.days)}: redletter days {text}" if len(found.days) > _MOST_NEAR else ""
            raise CalendarError(f'"{text}" finds several awareness days; name one of them: {ids}{more}') from error
        raise CalendarError(f'unknown awareness day "{text}"; did you mean {ids}?') from error


def _fields(day: AwarenessDay) -> Iterator[_Field]:
    hashtags = {tag for terms in (day.terms, *day.changed.values()) for tag in terms.hashtags}
    for weight, texts in (
        (1.0, (day.name, day.id)),
        (0.9, (*day.aliases, *day.former_names, *day.names.values())),
        (0.8, (re.sub(r"\{y+\}", "", tag) for tag in hashtags)),
        (0.6, (*day.topics, day.organiser or "")),
        (0.5, day.themes.values()),
    ):
        for text in texts:
            words = _words(text)
            if words:
                yield _Field(words, "".join(words), weight)


def _words(text: str) -> tuple[str, ...]:
    """The words as all spellings of them have them: "Gŵyl Ddewi" and "gwyl-ddewi" are the same."""
    decomposed = unicodedata.normalize("NFKD", _APOSTROPHES.sub("", text).replace("&", " and "))
    bare = "".join(character for character in decomposed if not unicodedata.combining(character))
    return tuple(re.findall(r"[^\W_]+", bare.casefold()))


def _telling(words: Sequence[str]) -> Sequence[str]:
    return [word for word in words if word not in _GENERIC] or words


def _best_first(
    fields: Iterable[tuple[AwarenessDay, _Fields]], score: Callable[[_Fields], float]
) -> list[tuple[AwarenessDay, float]]:
    scored = [(day, score(each)) for day, each in fields]
    return sorted(((day, score) for day, score in scored if score), key=lambda each: (-each[1], each[0].name))


def _score(words: Sequence[str], fields: _Fields) -> float:
    """How well a day has the words: 0 not at all, above 1 by its very name."""
    run, telling = "".join(words), _telling(words)
    best = max((_match(words, telling, run, field) for field in fields), default=0.0)
    if best:
        return best
    known = {word for field in fields for word in field.words}
    if all(_begins(word, known) for word in telling):
        return _SCATTERED
    inside = [max((field.weight for field in fields if word in field.run), default=0.0) for word in telling]
    is_long = all(len(word) >= _SHORTEST_BEGINNING for word in telling)
    return _INSIDE * min(inside) if is_long else 0.0


def _match(words: Sequence[str], telling: Sequence[str], run: str, field: _Field) -> float:
    if run == field.run:
        quality = _SAME
    elif f" {' '.join(words)} " in f" {' '.join(field.words)} ":
        quality = _PHRASE
    elif all(word in field.words for word in telling):
        quality = _WORDS
    elif all(_begins(word, field.words) for word in telling):
        quality = _BEGINNINGS
    elif len(run) > _SHORTEST_BEGINNING and field.run.startswith(run):
        quality = _RUN
    else:
        return 0.0
    return quality * field.weight + _SHORTER_FIRST * min(len(run) / len(field.run), 1)


def _begins(word: str, known: Iterable[str]) -> bool:
    """Whether one of the known words begins with the word; one of many, "volunteers", stands for the one, too."""
    stem = word.removesuffix("s") if len(word) > _SHORTEST_TYPO else word
    if len(stem) < _SHORTEST_BEGINNING:
        return word in known
    return any(each.startswith(stem) for each in known)


def _worth_spelling(words: Sequence[str]) -> Sequence[str]:
    """The words without those that are a mistyped "week" or "national", where others are left."""
    telling = _telling(words)
    kept = [word for word in telling if not difflib.get_close_matches(word, _KINDS, 1, _KIND_ALIKE)]
    return kept or telling


def _alike(word: str, terms: Iterable[str]) -> Mapping[str, float]:
    """Returns which terms a word may have been meant for, each with how alike it is, up to 1."""
    if len(word) < _SHORTEST_TYPO:
        return {term: 1.0 for term in terms if term == word}
    matcher, found = difflib.SequenceMatcher(b=word, autojunk=False), {}
    for term in terms:
        if _begins(word, (term,)):
            found[term] = 1.0
            continue
        matcher.set_seq1(term)
        if matcher.real_quick_ratio() >= _ALIKE and matcher.quick_ratio() >= _ALIKE and matcher.ratio() >= _ALIKE:
            found[term] = matcher.ratio()
    return found


def _nearness(words: Sequence[str], alike: Mapping[str, Mapping[str, float]], fields: _Fields) -> float:
    """How near a day comes to mistyped words, all in all: up to 1."""
    total = 0.0
    for terms in alike.values():
        total += max(
            (terms[term] * (1 + field.weight) / 2 for field in fields for term in field.terms if term in terms),
            default=0.0,
        )
    generic = sum(word in _GENERIC and any(word in field.words for field in fields) for word in words)
    return total / len(alike) + generic * _SHORTER_FIRST / len(words)
