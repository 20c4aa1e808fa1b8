"""Everybody whom an article names outside quotation marks, with role and gender as far as it tells them."""

import re
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, replace

from scheduler.articles.article import Span
from scheduler.excerpts.first_names import gender_of, is_first_name
from scheduler.excerpts.names import is_full_name, is_name_word, is_role, is_title, leads_to_name, plain
from scheduler.excerpts.naming import Reference, is_verblike, read_piece
from scheduler.excerpts.openings import opens_clause
from scheduler.excerpts.people import Subject, may_be_role, read_subject
from scheduler.excerpts.short_names import is_short_for
from scheduler.excerpts.vocabulary import TITLES, UNNAMED

_ABBREVIATED = r"(?:St|Det|Insp|Supt|Sgt|Const|Ch|Cllr|Dr|Prof|Revd?|Mrs?|Ms|[A-ZÀ-Þ])\."
_CAPITAL = rf"(?:{_ABBREVIATED}|[A-ZÀ-ÖØ-ÞĀ-Ž](?:\w|/(?=\w)|-St\.(?= [A-Z])|[’'-](?![sS]\b)(?=[^\W\d_]))*)"
_PARTICLE = r"(?:de|da|del|della|di|du|la|le|van|von|der|den|al|el|bin|ibn|ap|ab)"
# Words with a capital in a row.
_JOINED = r"(?:al-|d’|d'|(?:[tn]-?|bh?|[dghm])(?=[A-ZÀ-ÖØ-Þ]))"
# With which a sentence begins, and no name.
_NO_NAME = (
    r"(?!(?:For|But|And|When|While|As|After|Since|Like|To|From|With|Then|Now|If|So|Yet|Even|Though|Although|Because|Before|Despite|Until"
    r"|Where|Both|Also|Meanwhile|However|Today|Yesterday|Tonight|Later|At|In|On|By|Of|Not|Only|Once|Thanks)\s)"
)
_RUN = re.compile(
    rf"\b{_NO_NAME}{_CAPITAL}(?: (?:{_PARTICLE} ){{0,2}}(?:(?:(?<=Mac |Nic )|(?<=Mhac ))(?:an|na) )?{_JOINED}?{_CAPITAL})+"
)
_PEER = re.compile(r"(?:Baroness|Lord|Lady|Viscount|Viscountess|Earl)\b")
_TERRITORY = re.compile(r" of [A-Z]\w+")
_ROLE_BEHIND = re.compile(r",\s+(?P<role>[^,.;:“\"\n]{3,100})(?:[,.;]|\s(?=said|says|told|added))")
_ROLE_ABOVE = re.compile(
    r"(?:^|[.!?]\s|\n\s*)(?P<role>[^,.;:“”\"\n]{3,80}),\s$"
)  # "The trust’s director, Jo Bloggs, …"
_ACTS = re.compile(r",? (?:said|says|told|added|explained|who(?:se)?|aged \d\d|\(?\d\d\)?)\b")
_AGE_BEHIND = (
    r",? (?:\(?\d\d?\)?(?=[,.) ])|aged \w+|who\b|(?:four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen)(?=[,.])"
    r"|\(not (?P<whose>her|his|their) real name)"
)
# What somebody is or does in the sentence itself: "Jo Bloggs, pictured with Mr Marsh, …", "her sister, Jo Bloggs, is patron".
_NO_ROLE = re.compile(
    r"(?:who(?:se)?|which|and|with|as|is|was|are|were|has|had|will|pictured|\w{2,}(?:ed|en) (?:by|with)|alongside)\b"
)
# A first name alone, with an age, a "who" or a description: "Kofi, 19,", "Sarah (not her real name)", "Mohsin, a student,".
# What stands before it is looked at behind its first letter: so the search leaps from capital to capital.
_INTRODUCED = re.compile(
    rf"(?P<name>[A-Z](?<=\b.)[\w’'\-]++)(?P<by>{_AGE_BEHIND}| and (?P<owner>her|his) [a-z]|, an? (?P<role>[a-z][\w -]{{2,60}}),)"
)
# Saints are the names of schools and churches, and a loch or a ship may be called like anybody.
_PLACE = re.compile(
    r"(?:(?:St|Saint|Sts)\.? |(?:(?:MV|HMS|SS|RRS|RMS|HMY) )?(?:Loch|Lough|Llyn) |(?:MV|HMS|RRS|RMS|HMY) )"
)
_BEFORE_SUBJECT = re.compile(r"(?:^|[.!?:”\"\n]|\b(?:said|says|added|explained|told))\s*$")
_BEFORE_THINGS = re.compile(
    r"\b(?:the|in|at|on|near|around|outside|across|above|below|along|beside|of|to)\s+$", re.IGNORECASE
)
_CLAUSE_START = re.compile(r"[.,;:!?“”\"\n]\s*")
_INSIDE = re.compile(r"\b(?:at|in|inside|outside|near|work(?:s|ed|ing)? for)\s+$")
_SMALL_WORDS_OF_ROLES = frozenset({"the", "of", "for", "at", "in", "from", "and"})
_MONTHS = frozenset({"April", "May", "June", "August"})
NAME_WORD = re.compile(r"\b[^\W\d_](?:\w|[’'-](?=\w{2}))*")


@dataclass(slots=True)
class Person:
    """name: as written where most of it was written; surname, first: its ends; gender fills in as the article tells."""

    name: str
    role: str | None
    surname: str
    first: str | None
    gender: str = ""
    titles: tuple[str, ...] = ()


class Roster:
    """The people of one article.

    outside: the stretches of the text that nobody speaks. small_words: the words it also writes in small letters.
    said: the first names by which it says that somebody speaks, which make a person of whoever bears one.
    strangers: where capitals stand that may be the name of somebody of whom no more is known, with the gender of a
    first name. places: names that it also writes as those of a place or an employer: "at Rowan Lodge".
    """

    def __init__(self, text: str, outside: Sequence[Span], small_words: Set[str], said: Set[str] = frozenset()) -> None:
        self._text = text
        self._small_words = small_words
        self._said = said
        self.people: list[Person] = []
        self.strangers: list[tuple[int, str]] = []
        self.places: set[str] = set()
        self._by_surname: dict[str, list[Person]] = {}
        self._by_first: dict[str, list[Person]] = {}
        self._offices: dict[str, Set[str]] = {}
        self._gather(outside)

    def of_surname(self, name: str) -> Sequence[Person]:
        return self._by_surname.get(name, ())

    def of_first_name(self, name: str) -> Sequence[Person]:
        return self._by_first.get(name, ())

    def of_short_name(self, name: str) -> list[Person]:
        """Those whose first name is commonly shortened so: "Dave" for David."""
        return [person for person in self.people if person.first and is_short_for(name, person.first)]

    def with_role(self, words: Sequence[str]) -> Sequence[Person]:
        """Those whose role is these words, in small letters; else those whose role ends in them."""
        roles = [(person, person.role.lower().split()) for person in self.people if person.role] if words else []
        plain_roles = [(person, role[1:] if role[0] == "the" else role) for person, role in roles]
        same = [person for person, role in plain_roles if role == [*words]]
        last = same or [person for person, role in plain_roles if role[-len(words) :] == [*words]]
        # "The mayor" of "Mayor of Fennick", where there is no mayor of anything else.
        return last or [
            person
            for person, role in plain_roles
            if role[: len(words)] == [*words] and role[len(words)] in _SMALL_WORDS_OF_ROLES
            if len(self._places_of(" ".join(words))) == 1
        ]

    def _places_of(self, office: str) -> Set[str]:
        """What an office, in small letters, is held of anywhere in the article, each by its first word."""
        if office not in self._offices:
            of = re.compile(rf"(?i)\b{re.escape(office)} (?:of|for|at) (?:the )?(\w+)")
            self._offices[office] = {place.lower() for place in of.findall(self._text)}
        return self._offices[office]

    def with_office(self, office: str) -> Sequence[Person]:
        """Those whose role has each word of an office, in small letters: "council leader" of "Leader of Reed Council"."""
        words = set(office.split()) - _SMALL_WORDS_OF_ROLES
        return [person for person in self.people if words.issubset((person.role or "").lower().split())]

    def add(self, subject: Subject) -> Person | None:
        """Remember a fully named person; the same person again fills in role and gender."""
        is_only = subject.is_kin and subject.name is not None and not self._knows(subject.name)
        if not subject.name or (subject.reference is not Reference.FULL and not is_only):
            return None
        words = subject.name.split()
        tokens = [token for token in words if plain(token) not in TITLES] or words
        titles = tuple(plain(token) for token in words if plain(token) in TITLES)
        first = tokens[0] if len(tokens) > 1 else None
        known = next((p for p in self.of_surname(tokens[-1]) if _is_first(p.first, first)), None)
        if known is None:
            known = self._only_titled(tokens[-1], subject)
        if known is None:
            known = Person(subject.name, subject.role, tokens[-1], first, subject.gender, titles)
            self._remember(known)
        elif len(subject.name) > len(known.name) and titles:
            known.name = subject.name
        known.titles = tuple(dict.fromkeys((*known.titles, *titles)))
        if len(subject.role or "") > len(known.role or ""):
            known.role = subject.role
        known.gender = known.gender or subject.gender
        return known

    def _only_titled(self, surname: str, subject: Subject) -> Person | None:
        """Whom the article's own words gave as "Mr Bloggs" alone, where the one Bloggs is named in full beside a quote."""
        people = self.of_surname(surname)
        if (
            len(people) != 1
            or people[0].first is not None
            or people[0].titles
            or not subject.name
            or subject.name == surname
        ):
            return None
        person, first = people[0], subject.name.split()[0]
        if person.gender and subject.gender and person.gender != subject.gender:
            return None
        person.name, person.first = subject.name, first
        self._by_first.setdefault(first, []).append(person)
        return person

    def _remember(self, person: Person) -> None:
        self.people.append(person)
        self._by_surname.setdefault(person.surname, []).append(person)
        if person.first is not None:
            self._by_first.setdefault(person.first, []).append(person)

    def _knows(self, name: str) -> bool:
        return name in self._by_surname or name in self._by_first

    def _gather(self, outside: Sequence[Span]) -> None:
        titled: dict[str, list[Subject]] = {}
        unsure: list[tuple[int, list[str]]] = []
        singles: list[Person] = []
        middles: list[Span] = []
        for span in outside:
            for match in _RUN.finditer(self._text, span.start, span.end):
                if _PLACE.match(match[0]):
                    middles.append(Span(*match.span()))
                    continue
                subject = self._read_run(match, span)
                if subject.reference is Reference.TITLED and subject.name:
                    titled.setdefault(surname_of(subject.name), []).append(subject)
                elif subject.reference is Reference.FULL and subject.name:
                    middles += self._middle_of(match, subject.name)
                    if _INSIDE.search(self._before(match.start(), span)):
                        self.places.add(match[0])
                        middles.append(Span(*match.span()))
                    self._weigh(match, span, subject, unsure)
            self.strangers += self._first_names_in(span)
            singles += self._introduced_in(span)
        for at, tokens in unsure:
            if tokens[-1] in titled or tokens[0] in self._said:
                self.add(Subject(Reference.FULL, " ".join(tokens)))
            elif not self._is_in_role(" ".join(tokens)):
                self.strangers.append((at, ""))
        for surname, subjects in titled.items():
            self._meet_titled(surname, subjects)
        for person in singles:
            if not self._knows(person.name):
                self._remember(person)
        # The "John" of Angus John Campbell is nobody else, and the "Glen" of a place nobody.
        held = {place for middle in middles for place in range(middle.start, middle.end)}
        self.strangers = sorted(each for each in self.strangers if each[0] not in held)

    def _is_in_role(self, name: str) -> bool:
        """Whether somebody's role tells whose he is: "Sam Marsh’s deputy"."""
        return any(person.role and re.match(rf"{re.escape(name)}[’']s\b", person.role) for person in self.people)

    def _middle_of(self, match: re.Match[str], name: str) -> Iterable[Span]:
        """Where the names behind the first one stand, when a run of capitals ends in the whole name."""
        begin = match.end() - len(name)
        if len(name.split()) > 2 and self._text[begin : match.end()] == name:
            yield Span(begin + len(name.split(maxsplit=1)[0]), match.end())

    def _read_run(self, match: re.Match[str], span: Span) -> Subject:
        """Who a run of capitals names, with the role before and behind it and the place of a peer's title."""
        before = self._role_before(match, span)
        run = self._without_doing(match, span)
        territory = _TERRITORY.match(self._text, match.end(), span.end) if _PEER.match(match[0]) else None
        words = f"{before} {run}" if before else run
        subject = read_subject(words + (territory[0] if territory else ""), self._small_words)
        end = territory.end() if territory else match.end()
        if not self._text.startswith(",", end):
            return subject
        above = (
            None
            if subject.role
            else _ROLE_ABOVE.search(self._text, max(span.start - 1, match.start() - 100, 0), match.start())
        )
        if above and _is_role_above(above["role"]):
            subject = replace(subject, role=" ".join(above["role"].split()))
        behind = _ROLE_BEHIND.match(self._text, end, min(span.end, end + 120))
        is_own = behind and not self._names_another(behind["role"]) and not self._is_next(match.start(), behind)
        if behind and is_own and _is_role_behind(behind["role"]):
            role = ", ".join(filter(None, [subject.role, " ".join(behind["role"].split())]))
            subject = replace(subject, role=role)
        return subject

    def _is_next(self, at: int, behind: re.Match[str]) -> bool:
        """Whether the words behind a name are whom the sentence is about: "After meeting Jo Bloggs, the mayor said"."""
        clause = _CLAUSE_START.split(self._text[max(0, at - 100) : behind.start()])[-1].strip()
        return behind[0][-1].isspace() and opens_clause(clause)

    def _without_doing(self, match: re.Match[str], span: Span) -> str:
        """A run of capitals at the beginning of a sentence without what is done there: "Thanking Jo Bloggs"."""
        is_doing = opens_clause(match[0]) and not is_first_name(match[0].split()[0])
        begins = is_doing and _BEFORE_SUBJECT.search(self._before(match.start(), span))
        return match[0].partition(" ")[2] if begins else match[0]

    def _names_another(self, words: str) -> bool:
        """Whether the words behind a name are the next person: "Jo Bloggs, solicitor Sam Marsh and …"."""
        named = read_piece(words.partition(" and ")[0], self._small_words)
        return named is not None and named.reference is Reference.FULL and named.is_led

    def _weigh(self, match: re.Match[str], span: Span, subject: Subject, unsure: list[tuple[int, list[str]]]) -> None:
        """Add whom a run of capitals names where something says that it is a person; else it may be a thing."""
        tokens = (subject.name or "").split()
        stands_after = _BEFORE_THINGS.search(self._before(match.start(), span))
        acts = not stands_after and _ACTS.match(self._text, match.end(), span.end)
        led = _is_led(match[0], tokens) or self._role_before(match, span)
        if match[0] in self.places and not led and not subject.role and not acts:
            return  # "head keeper at Glen Orrin"
        if led or is_title(tokens[0]) or is_first_name(tokens[0]) or acts or subject.role:
            self.add(subject)
        elif is_full_name(tokens) and not stands_after:
            unsure.append((match.start(), tokens))

    def _before(self, at: int, span: Span) -> str:
        return self._text[max(span.start, at - 12) : max(span.start, at)]

    def _role_before(self, match: re.Match[str], span: Span) -> str | None:
        """The words of a role right before a run of capitals: "Retired dentist Jo Bloggs", "PC 2207 Jo Bloggs"."""
        start = max(span.start, match.start() - 60)
        clause = _CLAUSE_START.split(self._text[start : match.start()])[-1].split()
        taken = 0
        for number, token in enumerate(reversed(clause), 1):
            opens = bool(taken) and number == len(clause) and token[0].isupper()
            if not (is_role(token) or token.isdigit() or opens):
                break
            taken = number
        role = clause[len(clause) - taken :]
        words = [token for token in role if not token.isdigit()]
        if words and leads_to_name(words[-1]):
            return " ".join(role)
        return " ".join(clause) if self._is_long_role(clause, match, span) else None

    def _is_long_role(self, clause: Sequence[str], match: re.Match[str], span: Span) -> bool:
        """Whether a sentence begins "Leader of the party Jo Bloggs"."""
        links = {"of", "for", "at"}
        if not 1 < len(clause) <= 6 or clause[1] not in links or clause[-1] in links | {"the"}:
            return False
        opening = match.start() - len(" ".join(clause)) - 1
        is_start = bool(_BEFORE_SUBJECT.search(self._before(opening, span)))
        return is_start and clause[0][0].isupper() and leads_to_name(clause[0])

    def _first_names_in(self, span: Span) -> Iterable[tuple[int, str]]:
        for match in NAME_WORD.finditer(self._text, span.start, span.end):
            word = match[0]
            if not word[0].isupper() or word in _MONTHS or not is_first_name(word) or not is_name_word(word):
                continue
            is_owner = self._text[match.end() : match.end() + 2] in {"’s", "'s"}
            if not is_owner and word.lower() not in self._small_words:
                yield match.start(), gender_of(word)

    def _introduced_in(self, span: Span) -> Iterable[Person]:
        for match in _INTRODUCED.finditer(self._text, span.start, span.end):
            name, role = match["name"], match["role"]
            begins = is_name_word(name) and _BEFORE_SUBJECT.search(self._before(match.start(), span))
            is_person = not role or any(is_role(word) or plain(word) in UNNAMED for word in role.split())
            if is_person and (begins or is_first_name(name)) and not self._knows(name):
                gender = {"her": "f", "his": "m"}.get(match["whose"] or match["owner"] or "", "") or gender_of(name)
                yield Person(name, match["by"].strip(" ,") if role else None, name, None, gender)

    def _meet_titled(self, surname: str, subjects: Sequence[Subject]) -> None:
        """ "Mr Bloggs" tells the gender of the one Bloggs whom the article names in full; without one, he is all there is."""
        people = self.of_surname(surname)
        genders = {subject.gender for subject in subjects} - {""}
        if not self._knows(surname) and len(genders) <= 1:
            self._remember(Person(subjects[0].name or surname, subjects[0].role, surname, None, "".join(genders)))
        elif len(people) == 1 and len(genders) == 1:
            people[0].gender = people[0].gender or genders.pop()


def surname_of(name: str) -> str:
    """The word by which a titled name is known again: "Low" of "Baroness Low of Fennick"."""
    return name.partition(" of ")[0].split()[-1]


def _is_role_behind(words: str) -> bool:
    if _NO_ROLE.match(words) or not may_be_role(words):
        return False
    return bool(re.match(r"(?:of|from) [A-Z]", words)) or any(map(leads_to_name, words.split()))


def _is_role_above(words: str) -> bool:
    """Whether words before a name say what somebody is, and not what somebody else did: "Jo opened it with her aunt"."""
    acts = any(token.islower() and is_verblike(token) for token in words.split()[1:])
    return _is_role_behind(words) and not acts and not opens_clause(words)


def _is_led(run: str, name: Sequence[str]) -> bool:
    """Whether a title, a rank or a role stands right before the name."""
    before = run.split()[: -len(name)]
    return bool(before) and leads_to_name(before[-1])


def _is_first(one: str | None, other: str | None) -> bool:
    """Whether two first names may be one person's: the same, or one its initial."""
    if one is None or other is None:
        return False
    one, other = one.rstrip("."), other.rstrip(".")
    return one == other or (1 in {len(one), len(other)} and one[:1] == other[:1])
