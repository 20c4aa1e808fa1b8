"""Reads a whole sentence that tells of somebody, above words between marks that nobody is said to speak: are they that person's?"""

import re
from collections.abc import Set
from dataclasses import replace

from scheduler.excerpts.first_names import is_first_name
from scheduler.excerpts.names import is_title
from scheduler.excerpts.naming import Reference, is_for_unnamed, is_verblike
from scheduler.excerpts.people import Subject, read_subject
from scheduler.excerpts.speaking import REPORTED, VERB, is_nobody
from scheduler.excerpts.vocabulary import KIN, UNNAMED, any_of, words_of

_FEELINGS = any_of(
    """
    quick keen clear adamant convinced certain sure confident hopeful grateful proud pleased delighted thrilled
    overjoyed relieved glad happy sad angry frustrated disappointed devastated honoured humbled surprised amazed
    stunned worried excited overwhelmed unrepentant blunt philosophical realistic modest cautious optimistic nervous
    sceptical wary unsure scornful dismissive emphatic unmoved unimpressed concerned determined saddened encouraged
    heartened
    """,
    "in no doubt",
    "under no illusions?",
    "full of praise",
    "over the moon",
)
_HOLDS = any_of(
    """
    said says notes noted explains explained stresses stressed insists insisted believes believed argues argued warns
    warned acknowledges acknowledged adds added welcomes welcomed praises praised thanks thanked urges
    urged hopes hoped feels felt thinks thought remembers remembered recalls recalled agrees agreed promises promised
    describes described concedes conceded jokes joked laughs laughed shrugs shrugged smiles smiled grins grinned
    """,
    r"admit(?:s|ted)(?! (?:\w+ing|to|\w*theft|murder|manslaughter|burglary|assault|fraud|(?:\w+ )+(?:charge|offence|count)s?)\b)",
    "pointed out",
    "disagree[sd]?",
    "(?:speaks|spoke|talks|talked|tells|told) (?:of|about|warmly|movingly)",
    r"puts? it \w+ly(?=[.:])",
    "(?:is|was) having none of it",
    "knows? (?:what|how|only|better|exactly|all)",
    "look(?:s|ed) back",
    "(?:goes|went) further",
    "ma(?:kes|de) (?:the|an?|this) (?:case|point|plea|appeal)",
    "sum(?:s|med) (?:it |things )?up",
    "(?:speaks|spoke) for (?:many|most|all|everyone|everybody)",
    "called for",
    "looks forward",
    "paid tribute",
    "(?:did not|didn[’']t) hesitate",
    r"(?:has|had) (?:an?|one|some|this|these) (?:\w+ )?(?:words?|message|tip|advice|warning|plea|request)",
    "(?:can|could)(?: not|not|n[’']t) (?:be (?:happier|prouder|clearer|more)|agree more|wait|believe|thank)",
    r"(?:has|had|offers|offered|gives|gave) (?:a|another|the) (?:\w+ ){0,2}(?:explanation|reason|answer|theory|view)",
    "(?:did not|didn[’']t|could not|couldn[’']t) hide",
    "(?:thinks|thought) for a (?:moment|second|minute|while)",
    "(?:shakes|shook) (?:his|her) head",
    r"would (?:like|love) to",
    rf"(?:is|was|are|were|feels?|felt) (?:(?:so|very|also|now|still|quite|absolutely|just|really|more|rather|less) )?{_FEELINGS}",
)
# What tells that somebody holds, feels or has said something: the words that follow are that person's.
_TELLS = re.compile(rf"[^“”\".!?]{{2,160}}?\s(?P<verb>{_HOLDS})\b(?=[^“”\"]*[.!?:]$)")
_WORD = any_of(
    """
    messages? advice verdict answers? response reply reactions? tips? plea view conclusion appeal secret favourite memory
    memories hopes? warning pledge promise words?
    """
)
# "Her verdict?", "Ms Low’s message to parents is a simple one."
_WHOSE_WORD = re.compile(
    r"(?:(?:And|But|So)\s)?(?P<who>His|his|Her|her|[A-Z][^,.:;?!]{2,80}?(?:[’']s|s[’']))\s+"
    rf"(?P<which>(?:[\w-]+\s){{0,2}}?){_WORD}\b[^.?!:“”\"]{{0,60}}[.?!:]"
)
# "The last word goes to Jo Bloggs, baker:", "There was praise from Jo Bloggs, baker."
_LAST_WORD = re.compile(
    r"[^“”\":;]{0,60}?\b(?:(?:last|final|closing) words? (?:must )?(?:goes|go|went|belongs|belonged|came|comes) (?:to|from)"
    r"|(?:praise|thanks|reaction|advice|agreement|(?:an? |this |the )(?:\w+ )?(?:warning|plea|message|appeal|promise)) (?:\w+ )?"
    r"(?:from|by))\s(?P<who>[^“”\":;?!]{2,120}?)(?:,? who (?:said|says|added))?\s*[.:]"
)
_SAYS_SO = any_of(
    """
    says said admits admitted explains explained adds added recalls recalled notes noted warns warned insists insisted
    believes believed reckons reckoned thinks thought jokes joked confesses confessed concedes conceded argues argued
    stresses stressed remembers remembered observes observed suggests suggested confirms confirmed promises promised
    predicts predicted acknowledges acknowledged
    """
)
# "The hours are long, she admits.", "It will take a year, according to Jo Bloggs, baker."
_TOLD_LAST = re.compile(
    rf"(?P<told>[^“”\":;?!]{{8,240}}?),\s(?:(?P<who>(?:[A-Z][\w’'-]+\s){{1,3}}[A-Z][\w’'-]+,\s[^,]{{2,80}},|[^,]{{2,60}})\s{_SAYS_SO}(?:\s\w+ly)?"
    rf"|(?:{_SAYS_SO}|according to)\s"
    r"(?P<behind>(?:[a-z]+\s){0,4}[A-Z][\w’'-]+(?:\s[A-Z][\w’'-]+){0,4}(?:,\s[^:;?!]{2,100})?))\."
)
# "Would she do it again?", "And for Ms Low?": whoever is asked about answers.
_ASKED_ABOUT = re.compile(
    r"[^“”\":;.!?]{0,120}?\b(?:(?P<pronoun>[Hh]e|[Ss]he)\b[^“”\":;.!?A-Z]{0,100}"
    r"|(?:[Ff]or|[Aa]bout|[Ff]rom|[Oo]f|[Dd]id|[Dd]oes|[Ww]ould|[Ww]ill|[Ii]s|[Ww]as|[Hh]as|[Cc]an|[Cc]ould)\s"
    r"(?P<who>[A-Z][\w’'-]+(?:\s[A-Z][\w’'-]+){0,3})(?:\s[^“”\":;.!?A-Z]{1,100})?)\?"
)
_ASKED = re.compile(
    r"(?:When |If |On being )?(?:[Aa]sked|[Pp]ressed|[Cc]hallenged|[Rr]eminded|[Tt]old|[Qq]uizzed|[Qq]uestioned)\b[^,:“”]{3,160},\s"
    r"(?=[Hh]e\b|[Ss]he\b|[A-Z])"
)
# "A former nurse, she says it was hard."
_DESCRIBED = re.compile(r"[A-Z][^,A-Z“”\":;]{2,80},\s(?=s?he\s)")
# "From Sam, 9, there was this:", "This from Jo Bloggs, baker:"
_FROM_WHOM = re.compile(
    r"(?:(?:and|but|then|or)\s)?(?:this\s)?from\s(?P<who>.{2,120}?),?(?:\s(?:there\s(?:was|is|came)|came|comes)\b[^,:]{0,40})?:",
    re.IGNORECASE,
)
# What somebody remembers or hears may be another's words.
_HEARS = re.compile(r"\b(?:hear(?! from)|heard|hearing|told|tell|(?<!and )said|says|words of)\b", re.IGNORECASE)
_READS = re.compile(
    r"\b(?:wrote|written|writes|reads?|songs?|poems?|prayers?|letters?|posters?|signs?|notes?|texts?|badges?|banners?|slogans?"
    r"|mottos?|shirts?|placards?|inscriptions?|plaques?|labels?|tattoos?|cards?|tweets?|headlines?|lyrics|verses?|hymns?|sang|sung"
    r"|chant(?:ed|s)?|painted|scrawled|engraved|carved|inscribed|printed|answerphone|recording|loudspeaker|announcement)\b",
    re.IGNORECASE,
)
# In what is told, somebody else whose words may follow.
_SOMEBODY_ELSE = re.compile(r"\b[A-Z][\w’'-]+\s[A-Z]|(?<!who )\bthey\b|\b[A-Z][\w’'-]+,?\swho\b|\b(?:Mr|Mrs|Ms|Dr)\b")
_TO_OTHERS = re.compile(r"welcome|praise|thank|urge|paid tribute|called for")
_NAMED = re.compile(r"\b[A-Z][\w’'-]+(?:\s[A-Z][\w’'-]+)+")
_SUFFERS = re.compile(
    r"\b(?:was|were|been|being|is|are)\s(?:\w+ly\s)?(?:\w{2,}ed|born|killed|hurt|shot|found|taken|struck|hit|left|given)\b"
)
_DOES = re.compile(
    r"(?<=\s)(?:is|was|has|had|will|does|did|can|could|would|still|already|never|always|now|[a-z]\w+(?:ed|es)|runs|ran|lives|works"
    r"|won|made|took|went|came|got|owns|keeps|kept|grew|began|plans|wants|knows|knew|gets|gave|gives|lost|met|left|spent|saw|sings"
    r"|swims|plays)\b"
)
GENDERS_OF_NOUNS = {"woman": "f", "girl": "f", "lady": "f", "man": "m", "boy": "m", "gentleman": "m"}
_MEETS_ONE = re.compile(
    r"\b(?:[a-z]\w+ed|found|met|saw|told|gave|took|brought|led|heard|with|to|from|for)\s(?:the|an?|one)\s(?:[a-z][\w-]*\s){0,2}?"
    r"(?P<whom>woman|girl|lady|man|boy|gentleman|victim|patient|survivor|teenager|pensioner|casualty|complainant|passenger|youngster)"
    r"\b(?![’'-])"
)
_READS_OUT = re.compile(
    r"\bread(?:s|ing)?\s(?:out\s)?(?:aloud\s)?(?:an?|the|their|her|his)\s(?:[\w’'-]+\s){0,3}?(?:statement|tribute|letter|words|message)\b"
)
_ADVERBS = re.compile(
    r"\s+(?:also|then|once|still|now|only|just|simply|never|always|clearly|already"
    r"|has|have|had|further|later|today|both|and|is|was|went on|goes on|wanted|had this|has this|yesterday"
    r"|continued|was keen|was quick|took (?:the|this) opportunity|(?!family|assembly|ally)[a-z]+ly)$"
)
_WHO_PIECE = re.compile(r",\s(?:who|whose|which|where)\b[^,]*,")
_AGED = re.compile(r"[^,]{1,40},\s*(?:aged\b|\d{1,3}\b(?![.,]?\d))")
_NO_ADJECTIVES = words_of("has had have is was and or of with who in on at for to a an the")
_OWNERS = {"his": "m", "her": "f"}
_PRONOUNS = {
    "m": re.compile(r"\b(?:he|him|his|himself)\b", re.IGNORECASE),
    "f": re.compile(r"\b(?:she|her|hers|herself)\b", re.IGNORECASE),
}
# "My mother", "a woman", and all that is said of her behind it.
_MY_OWN = re.compile(
    rf"\b(?:[Mm]y|[Yy]our|[Aa]n?|[Oo]ne|[Aa]nother)\s(?:\w+\s)?(?:{'|'.join(sorted(UNNAMED | KIN))})\b.*", re.DOTALL
)
# What befalls those who cannot speak, or of whom others do.
_FATES = re.compile(
    r"\b(?:missing|dead|die[ds]?|dying|death|murder\w*|killed|guilty|jailed|sentenced|arrested|charged|convicted|wanted"
    r"|disappeared|vanished|last seen|his life|her life|passed away|pleaded|denie[sd]|admitted|fled|stole|robbed)\b"
)
_PEOPLE = frozenset({Reference.FULL, Reference.TITLED, Reference.BARE, Reference.PRONOUN})


def who_holds(sentence: str, small_words: Set[str]) -> Subject | None:
    """Of whom a sentence tells that they say, hold or feel something: "Jo Bloggs is in no doubt that it was right."."""
    last = _TOLD_LAST.fullmatch(sentence)
    if last and (last["who"] or _DOES.search(last["told"])):
        meant = read_subject(without_adverbs(last["who"] or last["behind"]), small_words)
        return meant if meant.reference in _PEOPLE | {Reference.ROLE} else None
    led = _ASKED.match(sentence) or _DESCRIBED.match(sentence)
    sentence = sentence[led.end() :] if led else sentence
    told = _TELLS.match(sentence)
    if told is None or _acts(sentence[: told.start("verb")]) or is_nobody(sentence[: told.start("verb")].rstrip(" ,")):
        return None
    behind = sentence[told.end() :]
    # Whom somebody thanks is named, and does not speak.
    subject = _subject(
        sentence[: told.start("verb")],
        _NAMED.sub("", behind) if _TO_OTHERS.match(told["verb"]) else behind,
        small_words,
    )
    return subject if subject is None or REPORTED.match(told["verb"]) else _surely_person(subject)


def holds(sentence: str) -> bool:
    """Whether a sentence tells so of anybody, be it an organisation or several people, and of nobody else besides."""
    told = _TELLS.match(sentence)
    return told is not None and not _is_of_another(sentence[told.end() :])


def who_does(sentence: str, small_words: Set[str]) -> Subject | None:
    """Of which one person a sentence tells anything: "She has already applied."; who spoke last may go on behind it."""
    verb = _DOES.search(sentence)
    if verb is None or _acts(sentence[: verb.start()]) or sentence[-1:] not in ".!:" or _SUFFERS.search(sentence):
        return None
    subject = _subject(sentence[: verb.start()], sentence[verb.end() :], small_words)
    return subject and _surely_person(subject)


def is_of_fate(sentence: str) -> bool:
    """Whether a sentence tells of a death or a crime: what is said behind it is seldom said by whom it tells of."""
    return bool(_FATES.search(sentence))


def meets_somebody(sentence: str) -> bool:
    """Whether a sentence tells what is done with or for people without a name, whose words may as well follow."""
    verb = _DOES.search(sentence)
    return any(is_for_unnamed(word.strip(",.")) for word in sentence[verb.end() if verb else 0 :].split())


def asks(sentence: str) -> bool:
    """Whether a sentence asks about one person, who may be the one to answer."""
    return _question(sentence) is not None


def _question(sentence: str) -> re.Match[str] | None:
    return _ASKED_ABOUT.fullmatch(sentence) if sentence.endswith("?") else None


def whose_word(sentence: str, small_words: Set[str]) -> Subject | None:
    """Whose word follows a sentence: "Her verdict?", "The last word goes to Jo Bloggs, baker:"."""
    given = _LAST_WORD.fullmatch(sentence) or _FROM_WHOM.fullmatch(sentence)
    if given:
        return labelled(given["who"], small_words)
    asked = _question(sentence)
    if asked:
        return _asked(asked, small_words)
    whose = _WHOSE_WORD.fullmatch(sentence)
    if whose is None or any(is_for_unnamed(word) or word in _NO_ADJECTIVES for word in whose["which"].split()):
        return None
    if whose["who"].lower() in _OWNERS:
        return Subject(Reference.PRONOUN, gender=_OWNERS[whose["who"].lower()])
    subject = read_subject(re.sub(r"[’']s?$", "", whose["who"]), small_words)
    return _surely_person(subject) if subject.reference in _PEOPLE else None


def _asked(about: re.Match[str], small_words: Set[str]) -> Subject | None:
    """Whom a question is about."""
    if about["pronoun"]:
        return Subject(Reference.PRONOUN, gender="m" if about["pronoun"].lower() == "he" else "f")
    subject = read_subject(about["who"], small_words)
    return _surely_person(subject) if subject.reference in _PEOPLE else None


def labelled(words: str, small_words: Set[str]) -> Subject | None:
    """Whom a label names, with a role or an age: "Jo Bloggs, baker", "Jo, 9"; a name alone may be anything's."""
    subject = read_subject(words, small_words)
    if subject.reference is Reference.BARE and _AGED.match(words):
        return replace(subject, reference=Reference.FULL)
    return subject if subject.reference in {Reference.FULL, Reference.TITLED} and subject.role else None


def meets_one(sentence: str, gender: str) -> bool:
    """Whether a sentence tells what is done with one person without a name, of that gender as far as the word tells."""
    return any(GENDERS_OF_NOUNS.get(met["whom"], gender) == gender for met in _MEETS_ONE.finditer(sentence))


def reads_out(sentence: str) -> bool:
    """Whether a sentence tells that somebody reads out what others have written: "She read a statement from the family."."""
    return bool(_READS_OUT.search(sentence))


def without_adverbs(words: str) -> str:
    """The words before a verb without those that only say how or when."""
    words = words.rstrip(" ,")
    for _ in range(3):
        shorter = _ADVERBS.sub("", words).rstrip(" ,")
        if shorter == words:
            break
        words = shorter
    return words


def speaks_of(words: str, gender: str) -> bool:
    """Whether words speak of a man, or a woman, or might where the gender is not known: they are hardly that person's own."""
    own = _MY_OWN.sub("", words)
    return any(pronoun.search(own) for each, pronoun in _PRONOUNS.items() if gender in {each, ""})


def tells_of_writing(sentence: str) -> bool:
    """Whether a sentence tells of words that are written or sung, which may stand between marks behind it."""
    return bool(_READS.search(sentence))


def _subject(before: str, behind: str, small_words: Set[str]) -> Subject | None:
    """The person before a verb; None where what is told may be of somebody else, or by him."""
    if _is_of_another(behind):
        return None
    subject = read_subject(without_adverbs(before), small_words)
    others = [gender for gender, pronoun in _PRONOUNS.items() if pronoun.search(behind) and gender != subject.gender]
    return subject if subject.reference in _PEOPLE and not others else None


def _acts(words: str) -> bool:
    """Whether the words before a verb hold another one: "Jo asked Sam what he" thought."""
    own = _WHO_PIECE.sub(",", words)
    return bool(VERB.search(own)) or any(token.islower() and is_verblike(token) for token in own.split()[1:])


def _is_of_another(words: str) -> bool:
    return bool(_SOMEBODY_ELSE.search(words) or _HEARS.search(words) or _READS.search(words))


def _surely_person(subject: Subject) -> Subject:
    """A company may be pleased as well: what nothing calls a person has to be one elsewhere in the article."""
    if subject.reference is not Reference.FULL or subject.role or subject.gender or not subject.name:
        return subject
    first, *_, last = subject.name.split()
    return subject if is_first_name(first) or is_title(first) else Subject(Reference.BARE, last)
