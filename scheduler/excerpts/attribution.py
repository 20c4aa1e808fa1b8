"""Reads the words beside a quote: do they say that somebody speaks, and who?"""

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass

from scheduler.articles.article import Span
from scheduler.excerpts.first_names import is_first_name
from scheduler.excerpts.names import is_title, leads_to_name
from scheduler.excerpts.naming import Reference, is_for_unnamed, is_verblike
from scheduler.excerpts.people import (
    Subject,
    has_office,
    is_unnamed,
    may_be_role,
    names_several,
    read_subject,
    tells_of_deeds,
)
from scheduler.excerpts.sentences import sentences
from scheduler.excerpts.speaking import (
    CARRIES_ON,
    PLAIN_VERBS,
    POSTED,
    REPORTED,
    TELLS,
    VERB,
    VERB_FIRST,
    is_nobody,
)
from scheduler.excerpts.telling import asks, labelled, who_does, who_holds, whose_word, without_adverbs

_PARTICIPLE = re.compile(r",[\"”’]?\s+(?:and |before |also )?[a-z]+ing$")
_COORDINATED = re.compile(r"(?:\b(?:and|but|then|before)|,)\s*(?:\w+\s*)?$")
_WORDS_OF = re.compile(
    r"(?:[\s,–—-]*(?:according to|in the words of)\s+|(?:these|those) (?:are|were) the words of\s+)(?=\S)",
    re.IGNORECASE,
)
_SAYS_FIRST = re.compile(r"(?:Says|Said|Adds|Added|Explains|Explained)\s+(?=\S)")
# "For Jo Bloggs, head of the lock, it is a gift:"
_FOR_WHOM = re.compile(
    r"For\s+(?=[^,]{2,80},\s.{0,160}\b(?:is|was|are|were|has|had|mean[st]|raise[sd]|c[oa]mes?|m[ae][dk]es?|brings|brought)\b)"
)
_STATES = re.compile(r"\b(?:was|is|are|were|called|named)\b")
_ANNOUNCED = re.compile(
    r"(?:quotes?|comments?|reactions?|testimonials?|what .{2,40} (?:say|said|think)|in their own words)\s*:?",
    re.IGNORECASE,
)
# ", as Jo Bloggs told the meeting,": no saying, which nobody says.
_AS_TOLD = re.compile(r"[\s,]*as\s+(?!.{0,40}\b(?:saying|adage|proverb|phrase)\b)(?=\S)", re.IGNORECASE)
_VERDICT = re.compile(
    r"[\s,]*(?:(?:that|this|such|those|these)(?:[’']s| is| was| were| are)|is|was|were|are)\s"
    r"(?:the\s(?:\w+\s){0,2}?(?:verdict|message|view|words?|advice|opinion|reaction|response|warning|plea|call)\s(?:of|from|by)\s"
    r"(?P<who>[^.]{2,120}?)(?:,?\s(?:on|in|at|as|after|when|who|this|today|yesterday)\b[^.]*)?"
    r"|how\s(?P<how>[^.]{2,120}?),?\s(?:sums?|summed|puts?|recalls?|recalled|describes?|described|remembers?|remembered|sees|saw)\b[^.]*)\.",
    re.IGNORECASE,
)
_JOINED = re.compile(r"\s*(?:is|was|were|are)\b")  # “Keep calm” was how Jo Bloggs put it: marked words, and no speech
_PUT_IT = re.compile(r"\bputs? it\b")
_AS_PUT = re.compile(r"(?:(?:or|and|but),?\s)?as\s+(?P<who>.{2,160}?)\s+(?:put|puts)\s+it", re.IGNORECASE)
_TOLD_BY = re.compile(
    r".{2,200}\b(?:was|were|been|is|are)\s+(?:told|asked|warned|assured|reminded)\s+by\s+(?=\S)", re.DOTALL
)
_SAYS_BEHIND = re.compile(
    r"(?:say|explain|add|write|warn|recall)s|said|explained|added|wrote|warned|recalled", re.IGNORECASE
)
# "Her view was shared by Jo Bloggs, 26:"
_SHARED = re.compile(
    r"[^,:]{0,60}\b(?:views?|sentiments?|opinions?|words|comments|concerns?|thoughts|calls?|thanks)\b[^,:]{0,40}?\s"
    r"(?:shared|echoed|repeated|backed)\sby\s(?=\S)"
)
_IS_TOLD = re.compile(
    r"\b(?:was|were|been|being|is|are|got|gets)(?: (?:\w+ly|often|also|then|once|always|now|later|first))?$"
)
_TOLD_WHOM = re.compile(r"(?:him|her|them|us|me|the \w+(?: \w+)?|(?:[a-z]+ )?[a-z]+s|[A-Z][\w’'-]+(?: [A-Z][\w’'-]+)?)")
_ACCOUNT = re.compile(r"[\s,]*(?:(?:wrote|posted|tweeted)\s+)?@")
_LONG_AGO = re.compile(r"[\s,]*wrote\b.*\bin (?:\w+ )?1\d{3}\b")
_READ_OUT = re.compile(
    r",?\s*(?:which was |that was )?read(?:\s+out)?(?:\s+aloud)?(?:\s+(?:in|to|at)\s+[^,:]{1,40}?)?\s+by\s+[^,:]{1,80}"
)
# "In a statement read outside court by their solicitor, Ms Low, the family said": somebody else's, behind the last comma.
_READ_BY = re.compile(
    r"(?:In|Through|With)\s[^,:]{2,80}?\b(?:(?P<read>read)|issued|released|published|made|given|delivered)\b"
    r"[^,:]{0,80}?\b(?:by|through|via)\s"
    r"(?=[^:]{2,160},\s)"
)
_OWN_STATEMENT = re.compile(
    r"(?P<who>.{2,120}?)(?:[’']s|(?<=s)[’'])\s+(?:[\w-]+\s+){0,3}?(?:statement|tribute|letter|evidence|account)"
)
_STATEMENT = r"(?:statement|tribute|comment|message|response|words|letter|account)s?"
# "The family have released the following tribute:", "Jo Bloggs issued a statement on behalf of Sam Marsh:"
_RELEASED = re.compile(
    r"(?P<who>.{2,200}?),?\s+(?:(?:has|have|had|today|also|now|jointly|tonight|yesterday|later)\s+){0,3}"
    r"(?:released|issued|made|published|gave|given|sent|shared|offered|agreed|prepared|provided)\s+"
    rf"(?:an?|the|this|these|her|his|their|our)\s+(?:[\w-]+\s+){{0,4}}?{_STATEMENT}\b"
    r"(?:(?:\s(?:today|tonight|yesterday|jointly|(?:this|on) \w+))?,?\s(?:on behalf of|from|by)\s+"
    r"(?!e-?mail|letter|video|phone|post)(?P<whose>[^,:]{2,80}))?[^:]{0,80}",
    re.DOTALL,
)
_ANNOUNCES = re.compile(
    r"\b(?:following|joint|family|short|brief|this|full|below)\s+(?:\w+\s+)?(?:statement|tribute|comment|response)s?\b"
    r"|\b(?:statement|tribute|comment|response)s?\b[^.:]{0,80}?\b(?:reads?|follows?|below|in full|from|by|on behalf of)\b"
    r"|\b(?:address|speech|(?:opening|closing|own) words)\b[^.:]{0,120}:?$",
    re.IGNORECASE,
)
_WORDS_OF_ANOTHER = re.compile(
    r"\b(?:remember|recall|quot|recit|sang|sing)\w*\s(?:the|his|her|their|some|these|those)\s(?:\w+\s){0,2}?(?:words|lines?)\b"
)
# What stands on a plaque, or in a pledge that somebody signed; "a letter from Jo Bloggs reads" is hers.
_READS = re.compile(
    r"\b(?:plaque|sign|poster|banner|placard|pledge|inscription|memorial|headstone|bench|badge|label|notice|slogan|motto|oath)s?\b"
    r"(?!.*\b(?:from|said|says|added)\b).*\b(?:reads?|states?|stated|says|which said)$"
)
_BRACKETED = re.compile(r"\(([^()]{3,150})\)\.?")
_SIGNATURE = re.compile(r"\s*[–—~-]{1,2}\s*(?=[A-Z@])")
_ON = re.compile(
    r"[\s,.–—-]*(?:and |before |but |then |also )*(?:adding|added|continuing|continued|concluding|concluded|saying)\s*[:,]?\s*",
    re.IGNORECASE,
)
# "Jo Bloggs was jailed after the judge said:", "Jo Bloggs wept as she said:": who speaks stands last.
_SUBORDINATE = re.compile(
    r"[^,]*\b(?:as|after|when|while|because|before|until)\s+"
    r"(?P<who>(?:the|an?|his|her|their|one|another)\s(?:[\w’'-]+\s){0,3}[\w’'-]+)"
)
_MESSAGE = re.compile(
    r"(?P<who>.{2,160}?)(?:[’']s|(?<=s)[’'])\s+(?:[\w-]+\s+){0,2}?"
    r"(?:message|advice|appeal|plea|warning|verdict|response|reaction|answer|words|tip|pledge|call)s?"
    r"\b(?:\s[^.:]{0,80})?\s(?:is|are|was|were)\b[^.:]{0,60}"
)
_READING_OUT = re.compile(
    r"\bread(?:s|ing)?\s+(?:out\s+)?(?:aloud\s+)?(?:an?|the|their|her|his)\s+(?:[\w’'-]+\s+){0,3}?"
    r"(?:statement|tribute|letter|words)\b(?:[^:]{0,60}?\b(?:on behalf of|from|by)\s+(?P<whose>[^,:]{2,80}))?",
    re.IGNORECASE,
)
_SAY = re.compile(r"\b(?:say|comment|respond|react|explain|reflect|write|speak)\b")
_CLAUSE_GOES_ON = re.compile(
    r"(?:at|in|on|after|during|of|about|as|when|today|yesterday|while|from|to|before|following|with)\b"
)
_MEANWHILE = re.compile(
    r",?\s+(?:as|but|whereas|when|while|after|during|adding|before|speaking|commenting|following|ahead|today|yesterday|outside)(?:\s+(?=\S)|$)"
)
# "said Jo Bloggs, while Sam Marsh added:" is two people's; an "and" is only where a quote stands right before it.
_OTHER_CLAUSE = re.compile(
    r",?\s+(?:while|but|whereas|though|although)\s+(?=\S)|,\s+(?P<and>and)\s+(?=\S)|(?<=[,.][”\"])\s+and\s+(?=\S)"
)
_MARKED = re.compile(r"\s(?:“[^“”]{1,120}”|\"[^\"]{1,120}\")(?=[\s.,])")
_NAMELESS = frozenset({Reference.UNCLEAR, Reference.ANONYMOUS, Reference.ROLE})
_LONGEST_CLAUSE = 400
_LONGEST_CIRCUMSTANCE = 14  # words between "said" and a colon: where, when, to whom
_LONGEST_ACCOUNT = 24  # words of what "added that" reports, up to the colon
_LONGEST_SIGNATURE = 160


@dataclass(frozen=True, slots=True)
class Attribution:
    """Somebody speaks: the subject as read, and where the clause stands.

    goes_on: whether its verb only carries on what the speaker before had begun to say: "she added".
    reports: whether it tells of what was said, and leaves it to the reader that the quote behind it is the same person's.
    resumes: whether it can only mean who spoke last; or, with in_own_voice, somebody of whom the article says what he is.
    """

    subject: Subject
    span: Span
    goes_on: bool = False
    reports: bool = False
    resumes: bool = False
    in_own_voice: bool = False


def before_quote(text: str, span: Span, small_words: Set[str], *, capital: bool) -> Attribution | None:
    """The clause that leads into a quote, where the words of `span` end right before its mark.

    capital: whether the quote begins with a capital letter; without a colon or comma, only such a quote is speech.
    """
    clause = last_sentence(text, span)
    other = _other_clause(text[clause.start : clause.end], small_words)
    clause = Span(clause.start + other.end(), clause.end) if other else clause
    words = text[clause.start : clause.end].rstrip()
    if not words or len(words) > _LONGEST_CLAUSE or _WORDS_OF_ANOTHER.search(words):
        return None
    ending = words[-1] if words[-1] in ":;,–—-" else ""
    ending = ":" if ending == ";" else ending  # a slip of the finger
    body = words.rstrip(":;,–—- \u00a0")
    if _READS.search(body):
        return None
    subject = _by_phrase(body, small_words) if ending else None
    if subject is not None:
        return Attribution(subject, clause)
    verb = _speaking_verb(body, ending, capital)
    if verb is not None:
        subject = _subject_of(body, verb, small_words)
        if subject is None or subject.reference in _NAMELESS:
            subject = _said_behind(body, verb, small_words) or subject
        goes_on = bool(CARRIES_ON.match(verb[0]))
        return Attribution(subject, clause, goes_on) if subject else None
    if ending != ":":
        return None
    subject = who_holds(f"{body}:", small_words)
    return Attribution(subject, clause) if subject else _by_label(body, clause, small_words)


def _other_clause(words: str, small_words: Set[str]) -> re.Match[str] | None:
    """The conjunction in a clause that says of one person that he has spoken, and then of another the same."""
    for conjunction in _OTHER_CLAUSE.finditer(words[:_LONGEST_CLAUSE]):
        if conjunction["and"] and not VERB_FIRST.match(words):
            continue
        verb, *others = [*VERB.finditer(words, conjunction.end()), None]
        if verb is None or others[0] or verb[0].endswith("ing") or not VERB.search(words, 0, conjunction.start()):
            continue  # of two verbs behind it the second may again be of the first person
        other = read_subject(without_adverbs(words[conjunction.end() : verb.start()]), small_words)
        if other.reference is not Reference.UNCLEAR:
            return conjunction
    return None


def _by_label(body: str, clause: Span, small_words: Set[str]) -> Attribution | None:
    """ "Jo Bloggs, baker:", "A neighbour:", "For Bloggs, it raises a question:"."""
    whose = _FOR_WHOM.match(body)
    named = read_subject(body[whose.end() :] if whose else body, small_words)
    if whose and named.reference in {Reference.BARE, Reference.TITLED}:
        return Attribution(read_subject(body[whose.end() :].partition(",")[0], small_words), clause)
    nameless = named.reference is Reference.ANONYMOUS and len(body.split()) <= 12 and is_unnamed(body)
    states = _STATES.search(body, 0, max(body.find(named.name or ""), 0))
    is_titled = named.reference is Reference.TITLED and named.role is not None  # "Commissioner Baroness Bloggs:"
    is_name = (named.reference is Reference.FULL or is_titled) and (states is None or " from " in body)
    return Attribution(named, clause) if is_name or nameless else None


def last_sentence(text: str, span: Span) -> Span:
    """The sentence at the end of a stretch, which may not be whole."""
    found = sentences(text, Span(max(span.start, span.end - 2 * _LONGEST_CLAUSE), span.end))
    return found[-1] if found else Span(span.end, span.end)


def _by_phrase(body: str, small_words: Set[str]) -> Subject | None:
    """Who speaks where no verb says so: "according to …", "in the words of …", "… message is clear:"."""
    opening = _WORDS_OF.match(body) or _SAYS_FIRST.match(body)
    if opening:
        meant = read_subject(body[opening.end() :], small_words)
        return None if meant.reference in {Reference.ROLE, Reference.UNCLEAR} else meant
    shared = _SHARED.match(body)
    if shared:
        return read_subject(body[shared.end() :], small_words)
    given = whose_word(f"{body}:", small_words)
    if given is not None:
        return given
    found = _AS_PUT.fullmatch(body) or _MESSAGE.fullmatch(body)
    released = _RELEASED.fullmatch(body) if found is None else None
    if released:
        return read_subject(released["whose"] or released["who"], small_words)
    if found is None:
        told = _TOLD_BY.match(body)
        return read_subject(body[told.end() :], small_words) if told else None
    subject = read_subject(found["who"], small_words)
    named = subject.reference in {Reference.FULL, Reference.TITLED}
    return subject if named or found.re is _AS_PUT else None


def _speaking_verb(body: str, ending: str, capital: bool) -> re.Match[str] | None:
    """The verb that introduces the quote: the last word, or with a colon also some words earlier ("said at the launch:")."""
    verbs = list(VERB.finditer(body))
    if not verbs:
        return None
    last = verbs[-1]
    rest = body[last.end() :].strip()
    if ending == ":":
        longest = _LONGEST_ACCOUNT if rest.startswith("that ") else _LONGEST_CIRCUMSTANCE
        return last if len(rest.split()) <= longest else None
    is_told = ending in {",", ""} and TELLS.fullmatch(last[0]) and _TOLD_WHOM.fullmatch(rest)
    if (
        rest
        and not is_told
        and not re.fullmatch(r"(?:that|today|yesterday|at .{1,40}|of .{1,40}|in .{1,30}|on .{1,30})", rest)
    ):
        return None
    if not capital or rest == "that":
        return None
    if ending or is_told or last[0].lower() in PLAIN_VERBS:
        return last
    return None


def _subject_of(body: str, verb: re.Match[str], small_words: Set[str]) -> Subject | None:
    """Who the verb says is speaking; None where it says that nobody is: a poster, or what somebody is to say."""
    words = body[: verb.start()].strip()
    others = _of_another(words, verb[0], small_words)
    if others is not None:
        return others
    words = _READ_OUT.sub("", words)
    own = _OWN_STATEMENT.fullmatch(words.rstrip(" ,"))
    if own:
        return read_subject(own["who"], small_words)
    words = without_adverbs(words)
    if is_nobody(words) and not words.endswith(" who"):
        return None
    earlier = REPORTED.search(body, 0, verb.start())
    if earlier and _PARTICIPLE.search(body[: verb.end()]):
        # "Jo Bloggs said she was glad, adding:": it belongs to who the sentence says has spoken.
        return read_subject(without_adverbs(body[: earlier.start()]), small_words)
    if earlier and not _COORDINATED.search(body[earlier.end() : verb.start()]) and not re.search(r"\bwho\b", words):
        # "Jo Bloggs said Sam Marsh had told them": whose words they are, nobody can tell.
        return Subject(Reference.UNCLEAR)
    later = _SUBORDINATE.fullmatch(words)
    if later and any(map(is_verblike, words[: later.start("who")].split()[1:-1])):
        words = later["who"]
    subject = read_subject(words, small_words)
    # What an account posts is shown as a post; what a person writes there is a statement.
    is_post = words.lstrip().startswith("@") or (POSTED.match(verb[0]) and not _is_person(subject))
    return None if is_post else subject


def _said_behind(body: str, verb: re.Match[str], small_words: Set[str]) -> Subject | None:
    """ "It saves lives, explains Jo Bloggs, head of rivers:": who is named behind the verb, with a title or a role."""
    behind = body[verb.end() :].split()
    if not _SAYS_BEHIND.fullmatch(verb[0]) or not behind or any(map(is_verblike, behind)):
        return None
    subject = read_subject(" ".join(behind), small_words)
    if subject.reference is not Reference.FULL or subject.name is None:
        return None
    is_last = subject.name.endswith(behind[-1]) and subject.role is not None and leads_to_name(subject.role.split()[-1])
    return subject if is_last or is_title(subject.name.split()[0]) or has_office(subject.role) else None


def _of_another(words: str, verb: str, small_words: Set[str]) -> Subject | None:
    """Whose words somebody else reads out, or "was told"; None where nobody is."""
    if TELLS.fullmatch(verb) and _IS_TOLD.search(words):
        return Subject(Reference.UNCLEAR)
    reading = _READING_OUT.search(words)
    if reading:
        return Subject(Reference.ANONYMOUS, role=reading["whose"])
    read_by = _READ_BY.match(words)
    if read_by is None:
        return None
    reader, _, whose = words[read_by.end() :].partition(", ")
    if not whose.endswith(","):
        return read_subject(whose.rpartition(", ")[2], small_words)
    return Subject(Reference.UNCLEAR) if is_unnamed(reader) or read_by["read"] else None


def _is_person(subject: Subject) -> bool:
    return subject.reference in {Reference.FULL, Reference.TITLED, Reference.BARE, Reference.PRONOUN}


def after_quote(text: str, span: Span, small_words: Set[str], *, pause: bool) -> Attribution | None:
    """The clause that follows a quote, where `span` begins right after its mark.

    pause: whether the quote ended in a comma, a question mark or the like; a full stop allows "Jo Bloggs said." as well.
    """
    found = sentences(text, Span(span.start, min(span.end, span.start + 2 * _LONGEST_CLAUSE)))
    if not found or found[0].end - found[0].start > _LONGEST_CLAUSE:
        return None
    clause = found[0]
    words = text[clause.start : clause.end]
    other = _other_clause(words, small_words)
    if other:
        clause = Span(clause.start, clause.start + other.start())
        words = words[: other.start()]
    if _is_no_speech(words):
        return None
    return (
        (_verdict(words, clause, small_words) if pause or not _JOINED.match(words) else None)
        or _verb_first(words, clause, small_words)
        or _signed_behind(words, clause, small_words)
        or (_verb_last(words, clause, small_words) if pause else None)
    )


def _is_no_speech(words: str) -> bool:
    """A letter of long ago, or what an account has posted."""
    return bool(_LONG_AGO.match(words) or _ACCOUNT.match(words))


def _verdict(words: str, clause: Span, small_words: Set[str]) -> Attribution | None:
    """ "That was the verdict of Jo Bloggs, baker, on Saturday.", "That is how Jo Bloggs sums up the day."."""
    found = _VERDICT.match(words)
    subject = read_subject(found["who"] or found["how"], small_words) if found else None
    return Attribution(subject, clause) if subject and _is_person(subject) else None


def _verb_first(words: str, clause: Span, small_words: Set[str]) -> Attribution | None:
    """ "said Jo Bloggs.", "according to Jo Bloggs."."""
    first = _WORDS_OF.match(words) or VERB_FIRST.match(words)
    if first is None:
        return None
    subject = read_subject(_MEANWHILE.split(words[first.end() :].rstrip(" .,:;"), maxsplit=1)[0], small_words)
    return Attribution(subject, clause, bool(CARRIES_ON.search(first[0])))


def _signed_behind(words: str, clause: Span, small_words: Set[str]) -> Attribution | None:
    dash = _SIGNATURE.match(words)
    return _signed(words[dash.end() :], clause, small_words) if dash and not words.rstrip().endswith(":") else None


def _verb_last(words: str, clause: Span, small_words: Set[str]) -> Attribution | None:
    """ "Jo Bloggs said.", "she told the meeting.", "as Jo Bloggs put it."."""
    told = _AS_TOLD.match(words)
    words = words[told.end() :] if told else words
    verb = (_PUT_IT.search(words) if told else None) or VERB.search(words)
    if verb is None or words.rstrip().endswith(":") or verb.start() > _LONGEST_SIGNATURE or not _ends(words, verb):
        return None
    subject = without_adverbs(words[: verb.start()].strip(" ,"))
    if not subject or is_nobody(subject) or _SIGNATURE.match(words):
        return None
    return Attribution(read_subject(subject, small_words), clause, bool(CARRIES_ON.match(verb[0])))


def _ends(words: str, verb: re.Match[str]) -> bool:
    """Whether nothing but where, when and to whom follows the verb."""
    rest = words[verb.end() :].lstrip()
    is_end = not rest.strip(" .") or rest[0] in ".,;:"
    return is_end or bool(TELLS.fullmatch(verb[0]) or _CLAUSE_GOES_ON.match(rest))


def _signed(words: str, clause: Span, small_words: Set[str]) -> Attribution | None:
    """A name after a dash; or, in few words, somebody without one: "– Resident, Fennick"."""
    words = words.rstrip(" .")
    label = _label(words, clause, small_words)
    if label is not None:
        return label
    subject = read_subject(words, small_words)
    if subject.reference in {Reference.FULL, Reference.TITLED, Reference.ANONYMOUS}:
        return Attribution(subject, clause)
    if len(words.split()) <= 8 and not VERB.search(words):
        return Attribution(Subject(Reference.ANONYMOUS, role=words), clause)
    return None


def reported(text: str, span: Span, small_words: Set[str]) -> Attribution | None:
    """A whole sentence that tells what one person says, holds or feels: "Jo Bloggs, baker, notes that bread takes time."."""
    subject = who_holds(_clause(text, span), small_words)
    return Attribution(subject, span, reports=True) if subject else None


def carried_on(text: str, span: Span, small_words: Set[str]) -> Attribution | None:
    """A sentence about one person, who may go on speaking behind it: "She has already applied."; only who spoke last may."""
    subject = who_does(_clause(text, span), small_words)
    return Attribution(subject, span, reports=True, resumes=True) if subject else None


def word_of(text: str, span: Span, small_words: Set[str]) -> Attribution | None:
    """A sentence that says whose word follows: "Her verdict?", "Ms Low’s message to parents is a simple one."."""
    sentence = _clause(text, span)
    subject = whose_word(sentence, small_words)
    is_asked = asks(sentence)
    return Attribution(subject, span, reports=is_asked, resumes=is_asked) if subject else None


def _clause(text: str, span: Span) -> str:
    """The words of a sentence, without those that it has between marks."""
    return _MARKED.sub("", text[span.start : min(span.end, span.start + _LONGEST_CLAUSE)]).rstrip()


def introduces_speech(words: str) -> bool:
    """Whether words that end in a colon tell of somebody speaking, readable or not."""
    is_announced = _ANNOUNCED.fullmatch(words.strip()) or _ANNOUNCES.search(words[-_LONGEST_CLAUSE:])
    if is_announced or names_several(words.rstrip(" :")) or _say_together(words):
        return True
    return bool(VERB.search(words)) and not is_nobody(without_adverbs(words.rstrip(" :")))


def _say_together(words: str) -> bool:
    """ "Jo Bloggs and Sam Marsh comment on the figures:"."""
    say = _SAY.search(words[-_LONGEST_CLAUSE:])
    return say is not None and names_several(words[-_LONGEST_CLAUSE:][: say.start()])


def signature_line(text: str, span: Span, small_words: Set[str]) -> Attribution | None:
    """A paragraph that is only a name with its role, below (or above) a quote."""
    words = _in_one_line(text[span.start : span.end].strip().splitlines(), small_words)
    bracketed = _BRACKETED.fullmatch(words)
    words = bracketed[1] if bracketed else words
    if len(words) > _LONGEST_SIGNATURE or VERB.search(words) or _WORDS_OF.match(words) or tells_of_deeds(words):
        return None
    if _READS.search(words.rstrip(" :")):
        return None
    dash = _SIGNATURE.match(words)
    if dash:
        return _signed(words[dash.end() :].rstrip(":"), span, small_words)
    return _label(words.rstrip(" .:"), span, small_words)


def _in_one_line(lines: Sequence[str], small_words: Set[str]) -> str:
    """Lines that begin with a name, with a comma where each ended; others are a sentence, and were broken at a width."""
    name = lines[0].partition(",")[0].strip("(–—- ") if lines else ""
    is_name = len(name.split()) <= 6 and read_subject(name, small_words).reference in {Reference.FULL, Reference.TITLED}
    return (", " if is_name else " ").join(filter(None, lines))


def is_name_above_role(name: str, role: str, small_words: Set[str]) -> bool:
    """Whether two lines are a signature: "Jo Bloggs", and below it "Head of Rivers, Fennick Council"."""
    words = name.rstrip(",").lstrip("–—- ").split()
    if not 2 <= len(words) <= 6 or not words[0][:1].isupper() or not role[:1].isalpha() or role[-1] in ".:?!":
        return False
    says_who = may_be_role(role) and any(
        leads_to_name(word.strip(",")) or is_for_unnamed(word.strip(",")) for word in role.split()
    )
    if not says_who or VERB.search(role):
        return False
    subject = read_subject(" ".join(words), small_words)
    is_name = (
        subject.reference is Reference.FULL
        and subject.role is None
        and any(is_first_name(word) or is_title(word) for word in (subject.name or "").split()[:2])
    )
    return is_name and read_subject(role, small_words).reference is not Reference.FULL


def _label(words: str, span: Span, small_words: Set[str]) -> Attribution | None:
    subject = labelled(words, small_words)
    return Attribution(subject, span) if subject else None
