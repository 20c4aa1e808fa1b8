"""Everybody whom an article names, so that "he", "Gordon" or "DI Stone" can be told to be one of them, or left open."""

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass

from scheduler.articles.article import Span
from scheduler.excerpts.people import Reference, Subject, read_subject
from scheduler.excerpts.sentences import sentences
from scheduler.excerpts.vocabulary import words_of

_TITLED = re.compile(
    r"\b(?P<title>(?:(?:Mr|Mrs|Ms|Miss|Dr|Prof(?:essor)?|Sir|Dame|Lord|Lady|Baroness|Rev(?:erend)?|Cllr|Councillor|PC|DC|DS|DI|DCI|DCS|PS|PCSO|ACC|DCC|Sgt|Insp|Supt|Det"
    r"|Detective|Chief|Deputy|Assistant|Constable|Inspector|Sergeant|Superintendent|Commissioner|Minister|Secretary|Mayor|Captain|Commander|Colonel|Major|President)\.?\s+)+)"
    r"(?P<name>[A-ZÀ-ÖØ-Þ][\w’'\-]*[a-zß-öø-ÿ](?:\s+[A-ZÀ-ÖØ-Þ][\w’'\-]*[a-zß-öø-ÿ]){0,2})"
)
_RUN = re.compile(r"[A-ZÀ-ÖØ-Þ][\w’\-]*[a-zß-öø-ÿ](?: (?:de|van|von|der|la|al|bin) ?| )[A-ZÀ-ÖØ-Þ][\w’\-]*[a-zß-öø-ÿ]")
_ACTING = re.compile(
    rf"(?P<name>{_RUN.pattern})(?=,? (?:said|says|told|added|explained|who|aged \d\d|\(?\d\d\)?|has|is|was)\b)"
)
_INTRODUCED = re.compile(r"\b([A-Z][\w’'\-]+),? (?:\(?\d\d\)?\b|aged \d\d|who\b|\(not (?:her|his|their) real name)")
_FAR = 2500  # code points back within which a pronoun may find its person


@dataclass(slots=True)
class Person:
    """name: as written where most of it was written; surname, first: its ends; gender fills in as the article tells."""

    name: str
    role: str | None
    surname: str
    first: str | None
    gender: str = ""


class Roster:
    """The people of one article and where they are mentioned, outside quotation marks."""

    def __init__(self, text: str, outside: list[Span]) -> None:
        self._text = text
        self._outside = outside
        self._starts = [span.start for span in outside]
        self._people: list[Person] = []
        self._by_surname: dict[str, list[Person]] = {}
        self._by_first: dict[str, list[Person]] = {}
        self._introduced = {match[1] for match in _INTRODUCED.finditer(text)}
        self._full_names: dict[int, str] = {}
        self._mentions: list[tuple[int, Person]] | None = None
        self._sentence_cache: dict[int, list[Span]] = {}
        self._gather()

    def add(self, subject: Subject) -> Person | None:
        """Remember a fully named person; the same person again fills in role and gender."""
        if subject.reference is not Reference.FULL or not subject.name:
            return None
        tokens = [token for token in subject.name.split() if token.lower().rstrip(".") not in _HONORIFICS]
        known = next((p for p in self._by_surname.get(tokens[-1], ()) if p.first in {None, tokens[0]}), None)
        if known is None:
            known = Person(
                subject.name, subject.role, tokens[-1], tokens[0] if len(tokens) > 1 else None, subject.gender
            )
            self._remember(known)
        elif known.first is None and len(tokens) > 1:
            known.name, known.first = subject.name, tokens[0]
            self._by_first.setdefault(tokens[0], []).append(known)
        if len(subject.role or "") > len(known.role or ""):
            known.role = subject.role
        known.gender = known.gender or subject.gender
        self._mentions = None
        return known

    def _remember(self, person: Person) -> None:
        self._people.append(person)
        self._by_surname.setdefault(person.surname, []).append(person)
        if person.first is not None:
            self._by_first.setdefault(person.first, []).append(person)

    def _gather(self) -> None:
        surnames: dict[str, str] = {}
        for span in self._outside:
            for match in _TITLED.finditer(self._text, span.start, span.end):
                subject = read_subject(match[0])
                if subject.reference is Reference.FULL:
                    self.add(subject)
                elif subject.reference is Reference.TITLED and subject.name:
                    surnames.setdefault(subject.name.split()[-1], subject.gender)
            for match in _ACTING.finditer(self._text, span.start, span.end):
                subject = read_subject(match["name"])
                if subject.reference is Reference.FULL and not subject.role:
                    self.add(subject)
        self._gather_untitled(surnames)

    def _gather_untitled(self, surnames: dict[str, str]) -> None:
        """Full names whose surname stands somewhere with a title: "Gordon Stewart", later "Mr Stewart"."""
        for span in self._outside if surnames else []:
            for match in _RUN.finditer(self._text, span.start, span.end):
                surname = match[0].split()[-1]
                if surname in surnames:
                    subject = read_subject(match[0])
                    self.add(Subject(subject.reference, subject.name, subject.role, surnames[surname]))
        for surname, gender in surnames.items():
            if surname not in self._by_surname:
                self._remember(Person(surname, None, surname, None, gender))

    def resolve(self, subject: Subject, at: int) -> Subject:
        """The subject with the person's name, as far as the article leaves no doubt; else without one.

        at: where the clause stands; pronouns look back from there.
        """
        match subject.reference:
            case Reference.TITLED:
                return self._titled(subject)
            case Reference.BARE:
                return self._bare(subject)
            case Reference.PRONOUN:
                return self._pronoun(subject, at)
            case Reference.ROLE:
                return self._by_role(subject)
            case _:
                return subject

    def _pronoun(self, subject: Subject, at: int) -> Subject:
        person = self._meant(subject.gender, at) if subject.gender else None
        if person is None:
            return Subject(Reference.UNCLEAR)
        person.gender = person.gender or subject.gender
        return Subject(Reference.FULL, self._full_name(person), person.role)

    def _full_name(self, person: Person) -> str:
        if person.first is not None:
            return person.name
        if id(person) not in self._full_names:
            self._full_names[id(person)] = self._as_written(person)
        return self._full_names[id(person)]

    def _as_written(self, person: Person) -> str:
        """A surname with its title, as the article first writes it: "DCC Harrison"."""
        written = re.compile(rf"(?:(?:[A-Z][\w.]*)\s+){{1,3}}{re.escape(person.surname)}\b")
        for span in self._outside:
            match = written.search(self._text, span.start, span.end)
            if match and read_subject(match[0]).reference is Reference.TITLED:
                return match[0]
        return person.name

    def _titled(self, subject: Subject) -> Subject:
        surname = (subject.name or "").split()[-1]
        people = [person for person in self._by_surname.get(surname, ()) if _agree(person.gender, subject.gender)]
        if len(people) == 1 and people[0].first is not None:
            return Subject(Reference.FULL, people[0].name, people[0].role)
        return subject if len(people) <= 1 else Subject(Reference.UNCLEAR)

    def _bare(self, subject: Subject) -> Subject:
        name = subject.name or ""
        people = list({id(p): p for p in (*self._by_surname.get(name, ()), *self._by_first.get(name, ()))}.values())
        if len(people) == 1:
            return Subject(Reference.FULL, self._full_name(people[0]), people[0].role)
        # A first name alone is a person's where the article gives an age or a "who" with it.
        if not people and name in self._introduced:
            return Subject(Reference.FULL, name)
        return Subject(Reference.UNCLEAR)

    def _by_role(self, subject: Subject) -> Subject:
        words = (subject.role or "").lower().split()
        people = [
            person for person in self._people if person.role and words and words[-1] in person.role.lower().split()
        ]
        if len(people) == 1:
            return Subject(Reference.FULL, self._full_name(people[0]), people[0].role)
        return Subject(Reference.UNCLEAR)

    def _meant(self, gender: str, at: int) -> Person | None:
        """Whom a pronoun means: the one person of the nearest sentence that names any; between two it means nobody."""
        mentions = self._all_mentions()
        end = bisect_left(mentions, at, key=lambda mention: mention[0])
        while end and mentions[end - 1][0] > at - _FAR:
            sentence = self._sentence_at(mentions[end - 1][0])
            start = bisect_left(mentions, sentence.start, key=lambda mention: mention[0])
            here = [mention for mention in mentions[start:end] if _agree(mention[1].gender, gender)]
            people = {id(person): person for _, person in here}
            if len(people) == 1:
                return next(iter(people.values()))
            if people:
                return None
            end = min(start, end - 1)
        return None

    def _sentence_at(self, position: int) -> Span:
        number = bisect_right(self._starts, position) - 1
        span = self._outside[number]
        if number not in self._sentence_cache:
            self._sentence_cache[number] = sentences(self._text, span)
        return next((found for found in self._sentence_cache[number] if found.start <= position < found.end), span)

    def _all_mentions(self) -> list[tuple[int, Person]]:
        if self._mentions is None:
            self._mentions = self._find_mentions()
        return self._mentions

    def _find_mentions(self) -> list[tuple[int, Person]]:
        by_name: dict[str, list[Person]] = {}
        for person in self._people:
            for name in {person.surname, person.first or person.surname}:
                by_name.setdefault(name, []).append(person)
        if not by_name:
            return []
        alternatives = "|".join(sorted(map(re.escape, by_name), key=len, reverse=True))
        pattern = re.compile(rf"\b(?:{alternatives})\b(?![’'-]\w{{2,}})")
        found: list[tuple[int, Person]] = []
        for span in self._outside:
            for match in pattern.finditer(self._text, span.start, span.end):
                people = by_name[match[0]]
                if len(people) == 1:
                    found.append((match.start(), people[0]))
                else:
                    named = [
                        p for p in people if self._text[max(0, match.start() - 40) : match.end() + 40].find(p.name) >= 0
                    ]
                    found += [(match.start(), person) for person in named or people]
        return sorted(found, key=lambda mention: mention[0])


_HONORIFICS = words_of(
    """
    mr mrs ms miss mx dr prof professor sir dame lord lady baroness rev reverend cllr councillor hon
    """
)


def _agree(one: str, other: str) -> bool:
    return not one or not other or one == other
