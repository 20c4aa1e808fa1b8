"""Reads who is meant in the words around a quote: name and role, a pronoun, a bare surname, or nobody in particular."""

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from itertools import chain, takewhile

from scheduler.excerpts.first_names import gender_of, is_first_name
from scheduler.excerpts.names import (
    is_full_name,
    is_name_word,
    is_rank,
    is_role,
    is_title,
    leads_to_name,
    may_be_organisation,
    name_length,
    plain,
)
from scheduler.excerpts.naming import (
    GENDERS,
    Named,
    Reference,
    is_for_unnamed,
    is_verblike,
    read_piece,
    without_deed,
)
from scheduler.excerpts.openings import (
    is_name_in_ing,
    is_opening,
    is_sentence,
    names_someone,
    opens_clause,
    own_role,
    place_of,
    takes_object,
    without_occasion,
)
from scheduler.excerpts.vocabulary import EPONYMS, PARTICLES, PLACES, PLAIN_TITLES, SURNAMES_TOO, words_of

_POST_NOMINALS = re.compile(
    r"(?:,?\s+(?:MP|MSP|MS|AM|MLA|MEP|TD|PC|OBE|MBE|CBE|KBE|DBE|GBE|KCB|DCB|CB|KCMG|CMG|CVO|LVO|MVO|OM|CH|QC|KC|QPM|KPM|QFSM"
    r"|KFSM|QAM|KAM|QVRM|GC|GM|DSO|MC|DFC|QGM|DL|JP|PhD|DPhil|MD|FRS|FRSA|FRCP|FRCS|FRCN|RGN|BEM|RN|RM|VR|RD|CEng|MA|BA|BSc|MSc|MBA|LLB|LLM|FCA|CPFA|FCIPD|MCIPD|Jr|Sr)\b\.?)+$"
)
_HONOURS = re.compile(
    r"(?:(?:MP|OBE|MBE|CBE|KBE|DBE|QPM|KPM|QFSM|KFSM|QAM|KAM|KC|QC|DL|JP|PhD|BEM|MSP|MS|MLA|FRS|RGN|RVN|RN|QN)\s*)+"
)
# Letters behind a name that no list has: a degree, a guild.
_LETTERS = re.compile(r"\(?(?:[A-Z]{2,7}|[A-Z]{2,4}[a-z]{1,3})\)?")
_WHO = re.compile(r"(?:who|whose|whom|which)\b")
_NOT_A_ROLE = re.compile(
    r"(?:and|also|alongside|together|both|then|[Mm]eet|[Ii]ntroducing|welcomed|praised|thanked|described|launched|paid|spoke|backed|opened|told|has"
    r"|had|is|was|not|nor|even|just|only|to|by|about|without|despite|through|while|when|where|which|that|because|although|though|whereas|but|or|if|since|until|there|speaking|who|he"
    r"|she|they|it|now (?:in|at|on)|at|in|on|during|outside|inside|after|before|following|last|this|today|yesterday)\b"
    r"|[a-z]\w*ing\b(?! (?:manager|officer|director|lead|secretary))"
)
# What somebody is doing, or what was done to him: "paused", "beaten in 2021 by …"; "retired teacher" is a role.
_DONE = re.compile(
    r"(?:[a-z]{2,}ed|beaten|born|held|known|seen|made|given|left|sent|found|paid|shown|grown|drawn|chosen|spoken|written"
    r"|brought|taught|caught|kept|met|led|run|won|lost|hit|hurt|set|said|says|told|tells|called|taken|driven|stood|sat"
    r"|fought|thought|began|gave|took|came|went)"
    r"(?=\W*$|\W+(?:by|in|at|to|with|from|for|on|as|of|into|over|out|up|down|under|off|against|between|through|about|near"
    r"|\d+|when|while|after|before|during|since|until|last|this|that|he|she|they|it|his|her|their|the|an?|how|why|only)\b)",
    re.IGNORECASE,
)
_STATES = re.compile(r"\b(?:is|are|was|were|am|has|have|had|will|would|can|could|does|did|do)(?:n[’']t|not)?\b")
# "MP Jo Bloggs wrote to the minister": what somebody else did.
_DOES_TO = re.compile(
    r"[A-Z][\w’'-]+\s[A-Z][\w’'-]+\s(?:[a-z]{3,}ed|heard|wrote|met|told|gave|saw|took|spoke|sent)\s(?:to|from|with|by|the|an?|his|her)\s"
)
_MOOD = re.compile(
    r"(?:an?|the)\s(?:\w+ly\s)?(?:\w+(?:ed|ing)|proud|happy|jubilant|ecstatic|tearful|emotional)", re.IGNORECASE
)
_MARKED = re.compile(r"[“”\"«»]")
_NUMBERS = (
    "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen"
    "|nineteen|(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:-\\w+)?"
)
_AGE = re.compile(rf"(?:now |who is )?(?:aged? )?(?:\d{{1,3}}|{_NUMBERS})(?: years old)?")
# Whatever else somebody without a name has done is no part of the role; that they cannot be named is.
_WHO_CLAUSE = re.compile(r",? who (?!.{0,40}\b(?:named?|anonymous|identif\w+)\b).*$")
# "Jo Bloggs believes her mother": it is the mother who speaks.
_OF_WHOM = re.compile(
    r"^.*\s(?:that|what|how|when|believes|thinks|remembers|recalls|knows)\s(?=(?:his|her|their|my|our)\s)"
)
# "The mother-of-two" is as good as "she".
_PARENT = re.compile(
    r"the (?:\d+-year-old )?(?:(?P<father>dad|father|grandad|grandfather)|mum|mam|mother|nan|gran|grandmother)[ -]of[ -][\w-]+$",
    re.IGNORECASE,
)
_MARK_BEFORE = re.compile(r" [“\"‘']")
_NICKNAME = re.compile(r"(?P<first>\b[A-ZÀ-Þ][\w’'-]+) [“\"‘'][A-ZÀ-Þ][\w-]+[”\"’'] (?=[A-ZÀ-Þ])")
# "With a week to go until the fair he": where and when somebody spoke, without a comma.
_PRONOUN_LAST = re.compile(
    r"(?:with|in|at|on|after|before|following|during|ahead of|when|speaking|commenting|reflecting|asked)\s[^,]+\s(?:he|she)",
    re.IGNORECASE,
)
_CLAUSES = words_of("what whether that how why if who whom which where because and but")
_OWNED = re.compile(r"(?:his|her|their)\b|.*[’']s?\s", re.IGNORECASE)
_DOING = re.compile(
    r"(?:pictured|left|right|centre|[a-z]\w{2,}ing)\b(?! (?:manager|officer|director|lead|secretary|partner))"
)
# "The man who robbed Jo Bloggs": whoever is named there is not the man.
_WHO_WITHIN = re.compile(
    r"(?P<whom>(?:the|an?|one|another|two|three)\s(?:[a-z][\w-]*\s){1,4})who(?:se|m)?\b.*", re.IGNORECASE
)
_BRACKETS = re.compile(r"\([^()]{0,200}\)")
_DASH = re.compile(r"\s+[–—-](?:\s+|$)")
_ADDED = re.compile(r"(?:and|&|or)\s")
_JOINS = re.compile(r"\s(?:and|&|or)\s")
_AND = re.compile(r"\s(?:and|&)\s")
_OF_WHAT = re.compile(r"\s(?:of|for|from|at|in|on|to|with|who)\s")
_THING = re.compile(r"[^,]+, which\b")  # "Reed Lodge, which is open": nobody
_THE = re.compile(r"the\s", re.IGNORECASE)
_DETERMINED = re.compile(r"(?:the|an?|one|another|his|her|their|our|my|this|that)\s", re.IGNORECASE)
_LETTER = re.compile(r"\w")
_WHO_BEHIND = re.compile(r",?\s(?:who|whose|whom|which|where)\b")
# "Jo Bloggs, whose sister" said; "Those who nominated Jo Bloggs" wrote.
_WHOSE = re.compile(r"\bwhose (?P<who>(?:[a-z-]+ ){0,2}[a-z-]+)$")
_THOSE = re.compile(r"(?:(?:one|some|many|two|three|several|most|all|each) of )?those\b(?!.*\bwas\b)", re.IGNORECASE)
_WHO_SPEAKS = re.compile(r"(.{2,200}?),? who", re.DOTALL)
_MEETS = re.compile(r"\b(?:[a-z]\w{2,}ed|was|were|is|met|gave|led|took|has|had|with|by|saw|brought|told)\b")
_MET = re.compile(
    r"(?P<whom>[^,]{2,120}\b(?:by|from|was|were|is|with|met|including|saw)) (?P<who>(?:[a-z][\w’'-]* ){0,4}[A-Z][^;:]*)",
    re.DOTALL,
)
_ROLE_LINKS = words_of("of for at in to with and from")
_LINKS = words_of("of for at in to with and the")
_JOINT = re.compile(
    r"\bjoint (?:statement|letter|comment|response|message)\b|\bjointly\b|\bthe (?:two|three|four|pair|couple|duo)\b",
    re.IGNORECASE,
)
_BESIDE = re.compile(r"the\s(?:[\w-]+\s){0,3}?(?P<office>[\w-]+)\s(?:of|to)\s(?P<whose>.+)", re.IGNORECASE)
_ANONYMOUS = re.compile(r"(?:a|an|one|another)\b[^.]{0,200}", re.IGNORECASE)
_STATEMENT = re.compile(
    r"(?:an? |the |this |following |short |joint |full )*(?:quotes?|comments?|statement|message|words|reaction|response|tribute)"
    r"(?: (?:is|was|comes|are))? (?:attributable to|attributed to|from|by) (?:our |the )?(?=\S)",
    re.IGNORECASE,
)
_FROM = re.compile(r" (?:to|from|by) ", re.IGNORECASE)  # as every such statement is said to be


@dataclass(frozen=True, slots=True)
class Subject:
    """name, role: as the article writes them; gender: "m", "f" or "" where title, pronoun and first name do not say.

    is_kin: whether a bare name is all that somebody is called by, with the word for whose mother or friend it is.
    """

    reference: Reference
    name: str | None = None
    role: str | None = None
    gender: str = ""
    is_kin: bool = False


_NOBODY = Subject(Reference.UNCLEAR)
_LONGEST_NAME = 4  # words
_MOST_WORDS_OF_KIN = 5
_LONGEST_SUBJECT = 400  # characters; what is longer is no subject of a sentence


def read_subject(words: str, small_words: Set[str] = frozenset()) -> Subject:
    """Who is meant by the subject of "… said".

    small_words: the words that the article also writes in small letters; where a name might as well be an organisation's,
    they tell that it is no name.
    """
    if len(words) > _LONGEST_SUBJECT:
        return _NOBODY
    words = words.strip()
    words = _STATEMENT.sub("", words, count=1) if _FROM.search(words) else words
    words = without_occasion(words)
    whose = _WHOSE.search(words)
    if (whose and is_for_unnamed(whose["who"].split()[-1])) or _THOSE.match(words):
        return Subject(Reference.ANONYMOUS, role=whose["who"] if whose else words)
    nickname = _NICKNAME.search(words) if _MARK_BEFORE.search(words) else None
    if nickname:
        return _with_nickname(read_subject(words.replace(nickname[0], f"{nickname[1]} ", 1), small_words), nickname)
    introduced = _WHO_SPEAKS.fullmatch(words) if words.endswith(" who") else None
    if introduced:
        return _introduced(introduced[1], small_words)
    subject = _read(words, small_words)
    if "(" not in words or subject.name is None:
        return subject
    role = _with_brackets(subject.role, words) if subject.role else _role_in_brackets(subject.name, words)
    return replace(subject, role=role)


def _with_nickname(subject: Subject, nickname: re.Match[str]) -> Subject:
    """ "Robert “Bob” Marsh", as the article writes it."""
    first = nickname["first"]
    if subject.name is None or f"{first} " not in subject.name:
        return subject
    return replace(subject, name=subject.name.replace(f"{first} ", nickname[0], 1))


def _role_in_brackets(name: str, words: str) -> str | None:
    """ "Jo Bloggs (Head of Safe Harbour)"."""
    found = re.search(rf"{re.escape(name)}\s*\(([^()]{{3,100}})\)", words)
    return " ".join(found[1].split()) if found and any(map(leads_to_name, found[1].split())) else None


def _introduced(words: str, small_words: Set[str]) -> Subject:
    """ "Jo Bloggs, the curator, who", "They were joined by Jo Bloggs, who": she.

    Of "Sam Marsh met Jo Bloggs, who" nobody can tell.
    """
    if not _MEETS.search(words):
        return _read(words, small_words)
    met = _MET.fullmatch(words)
    if met is None or any(is_first_name(word) for word in met["whom"].split()):
        return _NOBODY
    subject = _read(met["who"], small_words)
    return subject if subject.reference is Reference.FULL else _NOBODY


def _with_brackets(role: str, words: str) -> str:
    """The role as the article writes it, with what it has in brackets: "Head of Digital (Clinical Systems) at …"."""
    kept: list[str] = []
    for piece in role.split(", "):
        pattern = r"\s*(?:\([^()]{0,200}\)\s*)?".join(map(re.escape, piece.split()))
        found = re.search(pattern, words)
        kept.append(" ".join(found[0].split()) if found else piece)
    return ", ".join(kept)


def _read(words: str, small_words: Set[str]) -> Subject:
    segments = _segments(words)
    led = False
    while len(segments) > 1 and opens_clause(segments[0]) and not is_name_in_ing(segments):
        segments, led = segments[1:], True
    if not segments or (opens_clause(segments[0]) and "," in words and not is_name_in_ing(segments)):
        return _NOBODY
    pronoun = _pronoun(words, segments)
    if pronoun is not None:
        return pronoun
    if _JOINT.search(words) or _are_several(segments) or _THING.match(words):
        return _NOBODY
    opened = _behind_opening(segments[0], small_words) if len(segments) == 1 else None
    person = opened or _kin(segments) or _person(segments, led, small_words)
    if person and person.role and _names_another(person.role, small_words):
        return _NOBODY
    return person or _relative(segments) or _first_name_behind_role(segments) or _without_name(segments, words)


def _pronoun(words: str, segments: Sequence[str]) -> Subject | None:
    """ "She", "With a week to go he", "The mother-of-two"."""
    first = segments[0].split()
    if first[0].lower() in {"he", "she", "they"} and len(first) <= 3:
        return Subject(Reference.PRONOUN, gender=GENDERS.get(first[0].lower(), ""))
    if len(segments) == 1 and _PRONOUN_LAST.fullmatch(segments[0]) and _is_occasion(segments[0]):
        return Subject(Reference.PRONOUN, gender=GENDERS[first[-1].lower()])
    parent = _PARENT.match(words)
    return Subject(Reference.PRONOUN, gender="m" if parent["father"] else "f") if parent else None


def _is_occasion(segment: str) -> bool:
    """Whether words before a pronoun only say when or where: nobody else is named in them, and nothing asked or told."""
    *before, _ = segment.split()
    return _CLAUSES.isdisjoint(before) and not any(is_first_name(word) or is_title(word) for word in before)


def _behind_opening(segment: str, small_words: Set[str]) -> Subject | None:
    """ "Speaking today Ann Low": who stands at the end, where no comma parts the opening from the name.

    Whom "Thanking Ann Low of Reed Trust the mayor" names is not who speaks. None where the words do not open so.
    """
    tokens = segment.split()
    if not opens_clause(segment) or is_name_in_ing([segment]):
        return None
    named = read_piece(segment, small_words)
    if named is None or named.reference is Reference.BARE:
        return None
    at = place_of(named.name, tokens)
    before, tail = tokens[: at - len(named.titles)], tokens[at + len(named.name) :]
    if not before:
        return None
    if not named.is_sure and (takes_object(before[-1]) or is_name_word(before[-1])):
        return _NOBODY  # "at Tarn Torin Vashti": where the name begins, nobody can tell
    if tail and (tail[0] not in {"of", "from"} or takes_object(before[-1]) or is_role(tail[-1])):
        return _NOBODY
    own = own_role(named.before) if is_sentence(before) else named.before
    return _subject(replace(named, before=own), (), ())


def _names_another(role: str, small_words: Set[str]) -> bool:
    """Whether what seems a role joins somebody else: "Chief of Reed Trust and Councillor Sam Marsh"."""
    sides = _AND.split(role)
    named = (read_piece(side, small_words) for side in (sides if len(sides) > 1 else ()))
    return any(each is not None and each.reference is Reference.FULL and each.is_led for each in named)


def _relative(segments: Sequence[str]) -> Subject | None:
    """ "His wife, Nora": a first name alone, behind the word for the person."""
    if len(segments) < 2 or not is_unnamed(segments[0]) or not _is_one_name(segments[1]):
        return None
    if not _OWNED.match(segments[0]) and not is_first_name(segments[1]):
        return None  # "Resident, Fennick"
    return Subject(Reference.FULL, segments[1], segments[0], gender_of(segments[1]))


def _first_name_behind_role(segments: Sequence[str]) -> Subject | None:
    """ "Year 6 pupil Nora", "volunteer Sam": all that the article tells of a child or a guest."""
    *role, first = segments[0].split()
    if not role or len(role) > _MOST_WORDS_OF_KIN or not is_first_name(first):
        return None
    if not role[-1].islower() and (len(role) > 1 or plain(role[0]) in SURNAMES_TOO):
        return None
    is_somebody = is_role(role[-1]) or is_for_unnamed(role[-1])
    if not is_somebody or not _is_one_name(first) or {"of", "to", "with", "and", "for"}.intersection(role):
        return None
    return Subject(Reference.BARE, first, _role([" ".join(role), *segments[1:]]), gender_of(first), is_kin=True)


def _kin(segments: Sequence[str]) -> Subject | None:
    """ "Nora, his wife": the word for the person behind a first name alone."""
    if len(segments) != 2 or not _is_one_name(segments[0]) or not _OWNED.match(segments[1]):
        return None
    if not is_unnamed(segments[1]) or len(segments[1].split()) > _MOST_WORDS_OF_KIN:
        return None
    return Subject(Reference.BARE, segments[0], segments[1], gender_of(segments[0]), is_kin=True)


def _is_one_name(segment: str) -> bool:
    return " " not in segment and is_name_word(segment) and segment.isalpha()


def _segments(words: str) -> list[str]:
    """The pieces between commas and dashes; ages, honours and all that a "who" begins are left out."""
    words = _DASH.sub(", ", _BRACKETS.sub(" ", words))
    kept: list[str] = []
    for piece in chain.from_iterable(_parted(piece.split()) for piece in words.split(",")):
        if not piece or _HONOURS.fullmatch(piece) or _AGE.fullmatch(piece):
            continue
        if kept and _WHO.match(piece):
            if opens_clause(kept[0]) or _is_office(kept):
                continue
            break
        if kept and _DOING.match(piece):
            continue  # "the judge, sentencing Jo Bloggs, said"
        whom = _WHO_WITHIN.sub(r"\g<whom>", piece).strip() if "who" in piece.lower() else piece
        shortened = _without_letters(_POST_NOMINALS.sub("", f" {whom}").strip())
        shortened = whom if shortened.lower() == "the" else shortened  # "the MP"
        kept += [shortened] if shortened else []
    return kept


def _parted(tokens: list[str]) -> Sequence[str]:
    """A piece; as two where a name has a role behind it without a comma: "Jo Bloggs project leader at Safe Harbour"."""
    at = next((number for number, token in enumerate(tokens) if token.islower() and plain(token) not in PARTICLES), 0)
    has_article = at > 0 and tokens[at] in {"a", "an", "the", "our"}
    role = tokens[at + has_article :]
    office = list(takewhile(lambda word: word.islower() and word not in _LINKS, role))
    is_office = bool(office) and (leads_to_name(office[-1]) or is_for_unnamed(office[-1]))
    if not is_office or any(map(is_verblike, office)) or not _may_have_role(tokens[:at]):
        return [" ".join(tokens)]
    # "Mary Seacole nurse" may be a nurse of a ward: what she is nurse of, or a title, says that it is a person.
    is_sure = has_article or is_title(tokens[0]) or is_rank(tokens[0])
    ends = is_sure if len(office) == len(role) else role[len(office)] in _LINKS
    return [" ".join(tokens[:at]), " ".join(tokens[at:])] if ends else [" ".join(tokens)]


def _may_have_role(tokens: Sequence[str]) -> bool:
    """Whether words are one person's name, and not the role, the place or the employer of somebody named behind them."""
    name = [token for token in tokens if not is_title(token) and not is_rank(token)]
    if not 2 <= len(name) <= _LONGEST_NAME or tuple(map(plain, name)) in EPONYMS or any(map(is_role, name[:-1])):
        return False
    is_thing = plain(name[-1]) in PLACES or name[-1].endswith(("’s", "'s"))
    return not is_thing and (is_first_name(name[0]) or len(name) < len(tokens))


def _is_office(pieces: Sequence[str]) -> bool:
    """Whether pieces are the role of somebody who is still to be named: "Reed Trust’s Director of Rivers, who …, Jo Bloggs"."""
    is_whole = not _DETERMINED.match(pieces[0]) and any(map(leads_to_name, " ".join(pieces).split()))
    return is_whole and not any(map(names_someone, pieces))


def _without_letters(segment: str) -> str:
    tokens = segment.split()
    is_person = is_first_name(tokens[0]) or is_title(tokens[0])
    while len(tokens) > 2 and _LETTERS.fullmatch(tokens[-1]) and name_length(tokens[:-1]) > 1:
        if is_role(tokens[-1]) and not is_person:
            break  # "Fennick Ferries CEO" is a role
        tokens.pop()
    return segment if segment.isupper() else " ".join(tokens)


def _are_several(segments: Sequence[str]) -> bool:
    """More than one person at once, in one piece between commas or over several."""
    if any(_is_pair(segment) for segment in segments):
        return True
    listed = [segment for segment in segments if _is_plain_person(segment)]
    added = next((number for number, segment in enumerate(segments) if _ADDED.match(segment)), None)
    if added is None:
        return len(listed) > 1
    both = any(map(names_someone, segments[:added])) and any(map(names_someone, segments[added:]))
    return both or len(listed) > 1 or names_someone(segments[added].partition(" ")[2])


def names_several(words: str) -> bool:
    """Whether the words name more than one person: "Jo Bloggs and Sam Marsh, founders"."""
    return len(words) <= _LONGEST_SUBJECT and _are_several(_segments(words))


def _is_plain_person(segment: str) -> bool:
    tokens = segment.split()
    return is_first_name(tokens[0]) and is_full_name(tokens)


def _is_pair(segment: str) -> bool:
    """A name, with a title or without, then "and", then whatever ends in a name."""
    sides = _JOINS.split(segment)
    if len(sides) < 2:
        return False
    first, second = sides[0].split(), sides[-1].split()
    if not first or not second:
        return False
    length = name_length(first)
    before = first[: len(first) - length]
    if not length:
        return is_title(first[-1]) and is_role(second[0]) and bool(name_length(second))
    is_led = all(map(is_role, before)) and length >= (1 if before else 2)
    is_whole = length >= 2 and not (before and before[-1].lower() in _LINKS)
    if not is_led and not is_whole:
        return _is_first_and_last(first, second)
    return name_length(second) >= 2 or names_someone(sides[-1]) or second[0] in {"his", "her", "their"}


def _is_first_and_last(first: Sequence[str], second: Sequence[str]) -> bool:
    """ "Jo and Sam Bloggs"."""
    return is_first_name(first[-1]) and is_first_name(second[0]) and name_length(second) == len(second)


def _person(segments: list[str], led: bool, small_words: Set[str]) -> Subject | None:
    found = [(number, named) for number, segment in enumerate(segments) if (named := read_piece(segment, small_words))]
    full = [(number, named) for number, named in found if named.reference is Reference.FULL]
    certain = [
        (number, named)
        for number, named in full
        if named.is_led or is_first_name(named.name[0]) or not may_be_organisation(named.name, small_words)
    ]
    chosen = _chosen(certain)
    if chosen is not None:
        number, named = chosen
        if led and sum(not named.before and not named.titles for _, named in certain) > 1:
            return None if len(segments) < 2 else _NOBODY
        earlier = segments[:number]
        while led and earlier and not any(map(leads_to_name, earlier[0].split())):
            earlier = earlier[1:]
        return _subject(named, earlier, segments[number + 1 :])
    if found and found[0][0] == 0 and found[0][1].reference is not Reference.FULL:
        return _short(found[0][1], segments)
    for number, named in found:
        if named.reference is Reference.TITLED:
            return _subject(named, [] if led else segments[:number], segments[number + 1 :])
    return None


def _chosen(certain: Sequence[tuple[int, Named]]) -> tuple[int, Named] | None:
    """Of several pieces with a name, the one that the others describe."""
    if not certain:
        return None
    led = [entry for entry in certain if entry[1].is_led]
    known = [entry for entry in certain if is_first_name(entry[1].name[0])]
    number, first = certain[0]
    is_whole = not first.before and not first.titles
    if number == 0 and (certain[0] in led or certain[0] in known or (is_whole and not led)):
        return certain[0]
    return (known or led or list(certain))[0]


def _subject(named: Named, earlier: Sequence[str], later: Sequence[str]) -> Subject:
    titles = [
        title for title in named.titles if plain(title) not in PLAIN_TITLES or named.reference is Reference.TITLED
    ]
    after = named.after
    if after and after[0] in {"from", "of"} and not named.before:
        after = after[1:]
    pieces = [*earlier, " ".join([*named.before, *after]), *later]
    return Subject(named.reference, " ".join(titles + named.name), _role(pieces), named.gender)


def _short(named: Named, segments: Sequence[str]) -> Subject:
    """ "DI Bloggs", "Mr Bloggs", "Jo": who that is stands elsewhere."""
    if named.reference is Reference.BARE:
        return Subject(Reference.BARE, " ".join(named.name), _role(segments[1:]))
    ranks = list(named.before)
    words: list[str] = []
    while ranks and is_rank(ranks[-1]) and not named.titles:
        words.insert(0, ranks.pop())
    if ranks and ranks[0].lower() == "the":
        ranks = ranks[1:]
    pieces = [" ".join(ranks), " ".join(named.after), *segments[1:]]
    return Subject(Reference.TITLED, " ".join([*words, *named.titles, *named.name]), _role(pieces), named.gender)


def _role(pieces: Sequence[str]) -> str | None:
    kept: list[str] = []
    for piece in (" ".join(without_deed(piece.split())) for piece in pieces):
        if _WHO.match(piece):
            break
        if piece and may_be_role(piece) and piece.split()[-1] not in {"by", "from"}:
            kept.append(piece)
    return ", ".join(kept) or None


def has_office(role: str | None) -> bool:
    """Whether what stands beside a name begins with what somebody is: "chair of the panel", "a young ambassador"."""
    first = list(takewhile(lambda word: word not in _ROLE_LINKS, (role or "").split()))
    is_office = bool(first) and (leads_to_name(first[-1]) or is_for_unnamed(first[-1]))
    return is_office and (first[0].islower() or is_role(first[0]))


def tells_of_deeds(words: str) -> bool:
    """Whether words are a sentence of what somebody does, or of what is so: no name with a role below a quote."""
    own = _WHO_BEHIND.split(words, maxsplit=1)[0]
    tokens = own.split()
    acts = words.endswith(".") and any(token.islower() and is_verblike(token.strip(",.")) for token in tokens[1:])
    return acts or bool(_STATES.search(own)) or bool(tokens and is_opening(tokens[0]))


def may_be_role(words: str) -> bool:
    """Whether words beside a name can be what somebody is; not what somebody does, or what is so."""
    is_told = _NOT_A_ROLE.match(words) or _DONE.match(words) or _STATES.search(words) or _DOES_TO.search(words)
    return not is_told and not _MARKED.search(words) and not _MOOD.fullmatch(words)


# Nobody by name


def _without_name(segments: list[str], words: str) -> Subject:
    phrase = " ".join(words.split()).strip(" ,")
    if segments[0].startswith("@"):
        return Subject(Reference.ANONYMOUS, role=segments[0])
    at = _place_of(segments[0], phrase)
    phrase = segments[0] if at is None else phrase[at:]
    phrase = _OF_WHOM.sub("", _WHO_CLAUSE.sub("", phrase))
    if _ANONYMOUS.fullmatch(phrase) or (is_unnamed(segments[0]) and len(phrase) <= 200):
        return Subject(Reference.ANONYMOUS, role=phrase)
    if _THE.match(phrase) and (len(segments[0].split()) <= 5 or is_next_to(segments[0])):
        return Subject(Reference.ROLE, role=segments[0])
    return _NOBODY


def _place_of(words: str, phrase: str) -> int | None:
    """Where words stand last in a phrase, and not within longer ones."""
    at = phrase.rfind(words)
    while at >= 0 and (_LETTER.match(phrase, at + len(words)) or _LETTER.match(phrase[at - 1 : at])):
        at = phrase.rfind(words, 0, at + len(words) - 1)
    return at if at >= 0 else None


def is_next_to(segment: str) -> bool:
    """Whether somebody is told only by the office beside a person who is named: "The deputy of Mayor Jo Bloggs"."""
    beside = _BESIDE.fullmatch(segment)
    return beside is not None and is_role(beside["office"]) and names_someone(beside["whose"])


def is_unnamed(segment: str) -> bool:
    """Whether the phrase's main word is one for people without a name: "her mother", "The family of Jo Bloggs"."""
    main = _OF_WHAT.split(segment, maxsplit=1)[0].split()
    return bool(main) and is_for_unnamed(main[-1])
