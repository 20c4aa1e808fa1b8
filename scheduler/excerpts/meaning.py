"""Tells whom the article means by "DI Stone", "Gordon", "the minister" or "she", or that it leaves it open."""

import re
from collections import Counter
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass, replace
from functools import cached_property

from scheduler.articles.article import Span
from scheduler.excerpts.attribution import Attribution
from scheduler.excerpts.excerpt import Certainty
from scheduler.excerpts.first_names import is_first_name
from scheduler.excerpts.mentions import Mentions, agree
from scheduler.excerpts.names import is_role, plain
from scheduler.excerpts.naming import Reference, is_verblike
from scheduler.excerpts.people import Subject, has_office, is_next_to, read_subject
from scheduler.excerpts.roster import NAME_WORD, Person, Roster, surname_of
from scheduler.excerpts.short_names import is_short_for
from scheduler.excerpts.telling import meets_one, reads_out
from scheduler.excerpts.vocabulary import UNNAMED, words_of

_BEFORE_FIRST_NAMES = words_of("sir dame lady lord sister father brother")
# Words for people without a name that are what somebody with one does, too.
_TRADES = words_of(
    "farmer teacher pupil student shopkeeper solicitor lawyer soldier volunteer carer pensioner teenager"
)
_MEMBERS = words_of("mp msp ms mla td")
_SAYS = re.compile(
    r"\b(?:said|says|told|explained|warned|promised|admitted|conceded|believes|hopes|added|confirmed|urged|thanked|welcomed"
    r"|signed|agreed|insisted|argued|stressed)\b"
)
_SAYS_LAST = re.compile(r"\b(?:said|says|added|explained)\.?$")
# "First through the door was Jo Bloggs, 79.", "Among the guests was retired baker Sam Marsh.": what the sentence is about.
_INVERTED = re.compile(
    r"(?:Among|First|Second|Third|Last|Next|Also|Joining|Watching|Leading|One of|The first|The last)\b[^,.:;“”\"]{0,80}?"
    r"\b(?:was|is|were)\s(?:(?:the|an?|our|their|its)\s)?(?:[\w’'/.-]+\s){0,5}"
)
# "He …", "In that time he …": nobody is named before it.
_WHEN = r"(?:(?:In|At|On|Since|After|Before|During|Over|By|Now|Then|Today|Last|That|Until|When|As|While)\b[a-z0-9 ]{0,40},? )?"
# "In February last year Jo Bloggs …"
_TIMED = re.compile(
    r"(?:In|On|At|Last|Since|By|During|Until|Before|After|Back|Then|Now|Today|Yesterday|Earlier|Later)(?: [\w’'-]+){0,6}?"
    r"(?<! of)(?<! to)(?<! by)(?<! for)(?<! from)(?<! with)(?<! and)(?<! at),?"
)
_AGE = re.compile(r"(?P<age>\d{1,3})-year-old$")
_PRONOUN = {"m": re.compile(rf"{_WHEN}[Hh]e\b"), "f": re.compile(rf"{_WHEN}[Ss]he\b")}
_HIM_OR_HER = {
    "m": re.compile(r"\bhim\b"),
    "f": re.compile(
        r"\bher\b(?=[^\w\s]|\s(?:in|on|at|to|for|and|from|as|by|since|when|while|with|after|before|until|home|throughout)\b)"
    ),
}
_FAR = 2500  # code points back within which a pronoun may find its person
_NEAR = 700  # code points from one quote's end to "she added"
_SO_FAR = 10_000  # code points back in which nobody else may be named, where a sentence is not about its person
_OWNER = re.compile(r"(?:[\w-]+ ){0,2}[\w-]+[’']s\b")
_BEFORE_SENTENCE = 2  # characters: a mark and a space, or an empty line
_MOST_SENTENCES = 4  # in a row that begin with the same pronoun


@dataclass(frozen=True, slots=True)
class Meant:
    """Who a quote's words are said to be from."""

    name: str | None
    role: str | None
    certainty: Certainty


@dataclass(frozen=True, slots=True)
class _Spoke:
    """Who spoke last, where the quote with its clause ended, the gender as far as it is known, and where the clause began."""

    meant: Meant
    person: Person | None
    until: int
    gender: str
    since: int


OPEN = Meant(None, None, Certainty.OPEN)


class Meaning:
    """Finds whom each clause of an article means.

    outside: the stretches of the text that nobody speaks. small_words: the words it also writes in small letters.
    """

    def __init__(
        self, text: str, outside: Sequence[Span], small_words: Set[str], attributions: Sequence[Attribution]
    ) -> None:
        self._text = text
        self._outside = outside
        self._small_words = small_words
        self._attributions = attributions
        self._last: _Spoke | None = None
        self._aged: dict[str, Person | None] = {}
        self._short_for: dict[str, list[Person]] = {}
        self._known: dict[str, Person | None] = {}  # by "the farmer" and by "mp"

    @cached_property
    def _roster(self) -> Roster:
        subjects = [attribution.subject for attribution in self._attributions]
        bare = {each.name for each in subjects if each.reference is Reference.BARE and each.name}
        roster = Roster(self._text, self._outside, self._small_words, bare)
        for subject in subjects:
            roster.add(subject)
        return roster

    @cached_property
    def _speakers(self) -> Set[str | None]:
        """The names that clauses give."""
        return {attribution.subject.name for attribution in self._attributions}

    @cached_property
    def _says_it_all(self) -> bool:
        """Whether each clause gives name and role, so that nobody has to be looked for: looking costs most of the time."""
        nameless = {Reference.ANONYMOUS, Reference.UNCLEAR}
        subjects = [attribution.subject for attribution in self._attributions]
        return all(each.reference in nameless or (each.reference is Reference.FULL and each.role) for each in subjects)

    @cached_property
    def _mentions(self) -> Mentions:
        return Mentions(self._text, self._outside, self._roster)

    def of(self, attribution: Attribution, end: int) -> Meant:
        """Who a quote is from, as far as the article leaves no doubt. Call it for the quotes in the article's order.

        end: where the quote ends.
        """
        subject = attribution.subject
        meant, person = self._meant(attribution)
        goes_on = self._last is not None and meant.name == self._last.meant.name
        if attribution.resumes and not goes_on and not (attribution.in_own_voice and meant.role):
            meant, person = OPEN, None
        if attribution.reports and meant.name:
            meant = replace(meant, certainty=Certainty.INFERRED)
        gender = (person.gender if person else "") or subject.gender
        self._last = _Spoke(meant, person, max(end, attribution.span.end), gender, attribution.span.start)
        return meant

    def _meant(self, attribution: Attribution) -> tuple[Meant, Person | None]:
        subject = attribution.subject
        read = {
            Reference.FULL: self._full,
            Reference.TITLED: self._titled,
            Reference.BARE: self._bare,
            Reference.ROLE: self._by_role,
        }.get(subject.reference)
        if read is not None:
            return read(subject)
        if subject.reference is Reference.PRONOUN:
            return self._pronoun(attribution)
        if subject.reference is Reference.ANONYMOUS:
            person = self._once(self._of_trade, (subject.role or "").lower())
            if person is not None:
                return _matched(person, subject)
            return Meant(None, subject.role, Certainty.UNNAMED), None
        return OPEN, None

    def _full(self, subject: Subject) -> tuple[Meant, Person | None]:
        if self._says_it_all:
            return Meant(subject.name, subject.role, Certainty.STATED), None
        if subject.role is None and subject.name in self._roster.places:
            return OPEN, None
        person = self._roster.add(subject)
        return Meant(subject.name, subject.role or (person and person.role) or None, Certainty.STATED), person

    def _titled(self, subject: Subject) -> tuple[Meant, Person | None]:
        name = subject.name or ""
        title, surname = plain(name.split()[0]), surname_of(name)
        people = self._roster.of_surname(surname)
        if not people and title in _BEFORE_FIRST_NAMES:
            people = [person for person in self._roster.of_first_name(surname) if title in person.titles]
        fitting = [person for person in people if agree(person.gender, subject.gender)]
        if len(people) > 1 and fitting:
            fitting = _surely(title, subject.gender, people)
            if len(fitting) != 1:
                return OPEN, None
        if fitting:
            return _matched(fitting[0], subject)
        return Meant(name, subject.role, Certainty.STATED), None

    def _bare(self, subject: Subject) -> tuple[Meant, Person | None]:
        name = subject.name or ""
        named = (*self._roster.of_surname(name), *self._roster.of_first_name(name))
        people = list({id(person): person for person in named}.values())
        if subject.is_kin and all(person.name == name for person in people):
            return Meant(name, subject.role, Certainty.STATED), people[0] if people else None
        people = people or self._called(name)
        if not people and is_first_name(name) and has_office(subject.role):
            return Meant(name, subject.role, Certainty.STATED), None  # "Nicole, chair of the young people’s panel"
        return _matched(people[0], subject) if len(people) == 1 else (OPEN, None)

    def _called(self, name: str) -> list[Person]:
        """Whom "Dave added" may mean where only one David is named; nobody where the article also tells of a Dave."""
        if name not in self._short_for:
            clauses = sum(attribution.subject.name == name for attribution in self._attributions)
            longer = {word for word in self._capitals if is_short_for(name, word)}
            is_only_said = len(longer) == 1 and self._capitals[name] <= clauses
            self._short_for[name] = self._roster.of_short_name(name) if is_only_said else []
        return self._short_for[name]

    @cached_property
    def _capitals(self) -> Counter[str]:
        """How often each word with a capital stands outside quotes."""
        words = (word for span in self._outside for word in NAME_WORD.findall(self._text, span.start, span.end))
        return Counter(word for word in words if word[0].isupper())

    def _by_role(self, subject: Subject) -> tuple[Meant, Person | None]:
        words = [word for word in (subject.role or "").lower().split() if word != "the"]
        age = _AGE.match(words[0]) if words else None
        if age:
            return self._by_age(age["age"], subject)
        people = self._roster.with_role(words)
        if len(people) == 1 and any(map(is_role, words)):
            return _matched(people[0], subject)
        member = self._once(self._member, " ".join(words))
        if member is not None:
            return _matched(member, replace(subject, role=None))
        if words and (words[-1] in UNNAMED or is_next_to(subject.role or "")):
            return Meant(None, subject.role, Certainty.UNNAMED), None
        return OPEN, None

    def _once(self, find: Callable[[str], Person | None], words: str) -> Person | None:
        """Whom the words mean, looked for once: it takes the whole text."""
        if words not in self._known:
            self._known[words] = find(words)
        return self._known[words]

    def _of_trade(self, role: str) -> Person | None:
        """ "The farmer": the one person who is said to be one, where the article speaks of no other."""
        the, _, trade = role.partition(" ")
        if the != "the" or trade not in _TRADES:
            return None
        others = (
            rf"(?i)\b(?:an?|another|one|two|three|some|many|other|local|fellow)\s(?:[\w-]+\s)?{trade}s?\b|\b{trade}s\b"
        )
        people = self._roster.with_role([trade])
        return people[0] if len(people) == 1 and re.search(others, self._text) is None else None

    def _member(self, letters: str) -> Person | None:
        """ "The MP": the one person whom the article gives these letters."""
        if letters not in _MEMBERS:
            return None
        short = letters.upper()
        told = [
            person
            for person in self._roster.people
            if re.search(rf"{re.escape(person.name)},? {short}\b|\b{short} {re.escape(person.name)}", self._text)
        ]
        return told[0] if len(told) == 1 else None

    def _by_age(self, age: str, subject: Subject) -> tuple[Meant, Person | None]:
        """ "The 34-year-old": the one person of whom the article says so, where it speaks of nobody else of that age."""
        if age not in self._aged:
            told = [person for person in self._roster.people if self._is_aged(person, age)]
            somebody = re.search(
                rf"(?i)\b(?:an?|another|one|two) {age}-year-old|\b(?:man|woman|boy|girl|other),? (?:both )?(?:aged )?\(?{age}\b",
                self._text,
            )
            self._aged[age] = told[0] if len(told) == 1 and somebody is None else None
        person = self._aged[age]
        return _matched(person, replace(subject, role=None)) if person else (OPEN, None)

    def _is_aged(self, person: Person, age: str) -> bool:
        name = re.escape(person.name)
        return bool(re.search(rf"{name},? (?:\(?{age}\b|aged {age}\b)|{age}-year-old {name}", self._text))

    # Pronouns

    def _pronoun(self, attribution: Attribution) -> tuple[Meant, Person | None]:
        gender = attribution.subject.gender
        if not gender:
            return OPEN, None
        at = self._start_of_same_pronoun(attribution.span.start, gender)
        if self._last is not None and self._goes_on(self._last, at, gender):
            if self._last.person is None:
                meant = self._last.meant
                certainty = Certainty.INFERRED if meant.name else meant.certainty
                return Meant(meant.name, meant.role, certainty), None
            return _inferred(self._last.person, gender)
        topic = self._topic_before(at, gender, speaks=attribution.goes_on)
        return _inferred(topic, gender) if topic else (OPEN, None)

    def _start_of_same_pronoun(self, at: int, gender: str) -> int:
        """Where the sentences right before that begin with the same pronoun begin: "He urged Sam to stop. … he said"."""
        for _ in range(_MOST_SENTENCES):
            sentence = self._mentions.sentence_before(at)
            if sentence is None or not _PRONOUN[gender].match(self._text, sentence.start):
                break
            at = sentence.start
        return at

    def _goes_on(self, last: _Spoke, at: int, gender: str) -> bool:
        """Whether it can only be who spoke last: nobody else is spoken of between."""
        if last.meant == OPEN or not agree(last.gender, gender) or not -1 <= at - last.until <= _NEAR:
            return False
        # Of whom the article leaves open whether "he" fits: then it may be somebody in the clause, "Jo, who met Sam, said".
        since = last.until if last.gender else last.since
        others = [person for _, person in self._mentions.between(since, at) if person is not last.person]
        return not (
            any(agree(other.gender, gender) for other in others)
            or self._mentions.has_stranger(last.until, at, gender)
            or self._mentions.has_somebody(last.until, at)
        )

    def _topic_before(self, at: int, gender: str, *, speaks: bool) -> Person | None:
        """The one person of whom the nearest sentence that names any speaks, where nobody else can be meant.

        speaks: whether that sentence must itself be of something said, so that a later "she added" can carry it on.
        """
        end = at
        place = self._mentions.last_before(end)
        while place is not None and place > at - _FAR:
            sentence = self._mentions.sentence_at(place)
            here = self._mentions.between(sentence.start, end)
            fitting = {id(person): (first, person) for first, person in reversed(here) if agree(person.gender, gender)}
            if len(fitting) > 1:
                fitting = self._without_owners(fitting, here) or fitting
            if len(fitting) > 1:
                return self._introduced(here, sentence, at, gender)
            if fitting:
                first, person = next(iter(fitting.values()))
                says = bool(_SAYS.search(self._text, sentence.start, sentence.end))
                return person if (says or not speaks) and self._is_meant(person, first, sentence, at, gender) else None
            end = min(sentence.start, place)
            place = self._mentions.last_before(end)
        return None

    def _without_owners(
        self, fitting: dict[int, tuple[int, Person]], here: Sequence[tuple[int, Person]]
    ) -> dict[int, tuple[int, Person]]:
        """Without those who are named only to tell whose the others are: "Jo Bloggs, Sam Marsh’s deputy, said"."""
        named = {id(person) for place, person in here if not _OWNER.match(self._text, place)}
        return {key: entry for key, entry in fitting.items() if key in named}

    def _introduced(self, here: Sequence[tuple[int, Person]], sentence: Span, at: int, gender: str) -> Person | None:
        """Whom the sentence right before introduces by name and role, where it tells of others by surname alone.

        "Dr Jo Low, curator, has written two books on Marsh. … she said"
        """
        place, first = here[0]
        named = self._text[sentence.start : at]
        others = [other for _, other in here if other is not first]
        is_only_told = all(other.name not in named and other.name not in self._speakers for other in others)
        if not first.role or not agree(first.gender, gender) or first.name not in named or not is_only_told:
            return None
        is_right_before = sentence == self._mentions.sentence_before(at)
        if not is_right_before or self._mentions.has_somebody(place, at):
            return None
        return first if self._is_about(first, place, sentence) else None

    def _is_meant(self, person: Person, place: int, sentence: Span, at: int, gender: str) -> bool:
        if self._mentions.has_stranger(sentence.start, at, gender) or self._mentions.has_somebody(place, at):
            return False
        told = self._text[sentence.start : sentence.end]
        if meets_one(told, gender) or reads_out(told) or self._tells_of_last(sentence, told, gender):
            return False
        if self._is_about(person, place, sentence):
            spoke = self._last.person if self._last is not None and self._last.until <= at else None
            has_rival = spoke is not None and spoke is not person and agree(spoke.gender, gender)
            if not has_rival or sentence == self._mentions.sentence_before(at):
                return True
        # Not what the sentence is about: only where the article so far has nobody else to mean.
        if self._begins_with_somebody(sentence) or self._begins_with_somebody(
            self._mentions.sentence_before(sentence.start)
        ):
            return False  # "The victim was helped by DC Jo Bloggs. She said": the victim
        before = self._mentions.between(max(0, at - _SO_FAR), at)
        return all(other is person or not agree(other.gender, gender) for _, other in before)

    def _tells_of_last(self, sentence: Span, told: str, gender: str) -> bool:
        """Whether a sentence goes on about somebody without a name: "A woman rang. DC Jo Bloggs came to her. She said"."""
        return bool(_HIM_OR_HER[gender].search(told)) and self._begins_with_somebody(
            self._mentions.sentence_before(sentence.start)
        )

    def _begins_with_somebody(self, sentence: Span | None) -> bool:
        return sentence is not None and self._mentions.has_somebody(sentence.start - _BEFORE_SENTENCE, sentence.end)

    def _is_about(self, person: Person, place: int, sentence: Span) -> bool:
        """Whether the sentence begins with the person, or tells what the person said."""
        opening = [word for word in self._text[sentence.start : place].split() if any(map(str.isalnum, word))]
        begins = all(is_role(word) or plain(word) in {"the", "a"} or not word[0].islower() for word in opening)
        is_role_first = len(opening) > 1 and " ".join(opening) in (person.role or "")
        is_timed = bool(_TIMED.fullmatch(" ".join(opening))) and not any(map(is_verblike, opening))
        is_inverted = bool(_INVERTED.fullmatch(self._text, sentence.start, place))
        return begins or is_role_first or is_timed or is_inverted or self._is_said_by(person, sentence)

    def _is_said_by(self, person: Person, sentence: Span) -> bool:
        """ "Opening the show, Jo Bloggs, its curator, said that …"; "The show is open, Jo Bloggs, its curator, said." """
        if _SAYS_LAST.search(self._text, sentence.start, sentence.end):
            return True
        verb = _SAYS.search(self._text, sentence.start, sentence.end)
        name = read_subject(self._text[sentence.start : verb.start()], self._small_words).name if verb else None
        return name is not None and surname_of(name) in {person.surname, person.first}


def _matched(person: Person, subject: Subject) -> tuple[Meant, Person]:
    return Meant(person.name, person.role or subject.role, Certainty.MATCHED), person


def _inferred(person: Person, gender: str) -> tuple[Meant, Person]:
    person.gender = person.gender or gender
    return Meant(person.name, person.role, Certainty.INFERRED), person


def _surely(title: str, gender: str, people: Sequence[Person]) -> list[Person]:
    """Of several people with one surname, those whom a title means for certain.

    It stands before their name, or it tells her from him.
    """
    titled = [person for person in people if title in person.titles]
    if titled:
        return titled
    told_apart = bool(gender) and all(person.gender for person in people)
    return [person for person in people if told_apart and person.gender == gender]
