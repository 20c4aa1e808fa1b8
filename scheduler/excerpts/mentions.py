"""Where an article mentions its people, sentence by sentence, so that "he" and "she" can be told to be one of them."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence

from scheduler.articles.article import Span
from scheduler.excerpts.names import is_rank, leads_to_name
from scheduler.excerpts.roster import NAME_WORD, Person, Roster
from scheduler.excerpts.sentences import sentences
from scheduler.excerpts.vocabulary import UNNAMED

# Somebody without a name of whom a sentence begins to speak: "A woman of 34 came in".
_SOMEBODY = re.compile(
    r"(?:^|[.!?…”\"]\s+|\n\s*|\bby )(?:an?|the|one|another|his|her|their|\d+-year-old)\s+(?:[\w-]+\s+){0,3}?"
    rf"(?:{'|'.join(sorted(UNNAMED))})\b",
    re.IGNORECASE,
)
# An office at the beginning of a sentence that tells what its holder did: "The mayor replied".
_OFFICE = re.compile(
    r"The\s(?:(?<=\AThe\s)|(?<=\nThe\s)|(?<=[.!?…”\"]\sThe\s))(?P<office>(?:[\w-]+\s){1,6}?)"
    r"(?=(?:said|told|was|had|will|also|then|later|spoke|went|took|gave|made|[a-z]{2,}(?:ed|s))\b)"
)
_OF = re.compile(r"\s(?:of|for|at|in|from)\s")
_BEFORE_SENTENCE = 2  # characters: a mark and a space, or an empty line
_MOST_NAMESAKES = 50
_LONGEST_NAME = 60


class Mentions:
    """The mentions of a roster's people in the stretches of a text that nobody speaks."""

    def __init__(self, text: str, outside: Sequence[Span], roster: Roster) -> None:
        self._text = text
        self._outside = outside
        self._starts = [span.start for span in outside]
        self._strangers = list(roster.strangers)
        self._mentions = sorted([*self._find(roster), *self._find_offices(roster)], key=lambda mention: mention[0])
        self._strangers.sort()
        self._places = [place for place, _ in self._mentions]
        self._sentences: dict[int, list[Span]] = {}

    def _find(self, roster: Roster) -> Iterable[tuple[int, Person]]:
        by_name: dict[str, list[Person]] = {}
        for person in roster.people:
            for name in {person.surname, person.first or person.surname}:
                by_name.setdefault(name, []).append(person)
        for span in self._outside if by_name else ():
            if by_name.keys().isdisjoint(NAME_WORD.findall(self._text, span.start, span.end)):
                continue
            for match in NAME_WORD.finditer(self._text, span.start, span.end):
                people = by_name.get(match[0], ())
                if len(people) > _MOST_NAMESAKES:
                    continue  # such a name tells nobody from anybody
                if len(people) > 1:
                    people = [person for person in people if self._is_named_whole(person, match.start())] or people
                for person in people:
                    yield match.start(), person

    def _find_offices(self, roster: Roster) -> Iterable[tuple[int, Person]]:
        """Sentences that begin with somebody's office, "The mayor replied": his who holds it, or else a stranger's."""
        known: dict[str, Sequence[Person]] = {}
        for span in self._outside if roster.people else ():
            for match in _OFFICE.finditer(self._text, span.start, span.end):
                office = match["office"].strip().lower()
                main = _OF.split(office, maxsplit=1)[0].split()[-1]
                if not leads_to_name(main) or is_rank(main):
                    continue
                holders = known[office] if office in known else known.setdefault(office, roster.with_office(office))
                if len(holders) == 1:
                    yield match.start("office"), holders[0]
                else:
                    self._strangers.append((match.start("office"), ""))

    def _is_named_whole(self, person: Person, at: int) -> bool:
        """Whether the place is within the person's whole name."""
        start = max(0, at - _LONGEST_NAME)
        found = self._text.find(person.name, start, at + _LONGEST_NAME)
        while found != -1 and found <= at:
            if at < found + len(person.name):
                return True
            found = self._text.find(person.name, found + 1, at + _LONGEST_NAME)
        return False

    def between(self, start: int, end: int) -> Sequence[tuple[int, Person]]:
        """Who is mentioned in `text[start:end]`, and where, in order."""
        return self._mentions[bisect_left(self._places, start) : bisect_left(self._places, end)]

    def last_before(self, at: int) -> int | None:
        """Where anybody is mentioned last before a place."""
        number = bisect_left(self._places, at)
        return self._places[number - 1] if number else None

    def has_stranger(self, start: int, end: int, gender: str) -> bool:
        """Whether somebody of whom no more is known may be named there."""
        known = {place for place, _ in self.between(start, end)}
        strangers = self._strangers[bisect_left(self._strangers, (start, "")) : bisect_left(self._strangers, (end, ""))]
        return any(place not in known and agree(other, gender) for place, other in strangers)

    def has_somebody(self, start: int, end: int) -> bool:
        """Whether a sentence there, which nobody speaks, begins to tell of somebody without a name."""
        for number in range(max(0, bisect_right(self._starts, start) - 1), bisect_left(self._starts, end)):
            span = self._outside[number]
            # What ends before the stretch, a paragraph or a quote, tells that a sentence begins with it.
            first, last = max(start, span.start - _BEFORE_SENTENCE), min(end, span.end)
            if first < last and _SOMEBODY.search(self._text, first, last):
                return True
        return False

    def sentence_at(self, place: int) -> Span:
        number = bisect_right(self._starts, place) - 1
        found = self._sentences_of(number)
        index = bisect_right(found, place, key=lambda sentence: sentence.start) - 1
        return found[index] if index >= 0 and place < found[index].end else self._outside[number]

    def sentence_before(self, at: int) -> Span | None:
        """The nearest whole sentence that ends before a place, at most three quotes further up."""
        number = bisect_right(self._starts, at) - 1
        for stretch in range(number, max(-1, number - 3), -1):
            found = self._sentences_of(stretch)
            for index in range(bisect_right(found, at, key=lambda sentence: sentence.end) - 1, -1, -1):
                if any(letter.isalnum() for letter in self._text[found[index].start : found[index].end]):
                    return found[index]
        return None

    def _sentences_of(self, number: int) -> list[Span]:
        if number not in self._sentences:
            self._sentences[number] = sentences(self._text, self._outside[number])
        return self._sentences[number]


def agree(one: str, other: str) -> bool:
    """Whether two genders may be one person's: "m", "f", or "" where nothing is known."""
    return not one or not other or one == other
