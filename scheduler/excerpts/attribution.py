"""Reads the words beside a quote: do they say that somebody speaks, and who?"""

import re
from collections.abc import Set
from dataclasses import dataclass

from scheduler.articles.article import Span
from scheduler.excerpts.people import Reference, Subject, read_subject
from scheduler.excerpts.sentences import sentences
from scheduler.excerpts.vocabulary import words_of

_VERB_WORDS = (
    r"(?:said|says|saying|added|adds|adding|continued|continues|continuing|explained|explains|explaining|commented|comments|commenting|urged|urges"
    r"|warned|warns|concluded|concludes|stated|states|remarked|told|tells|insisted|stressed|noted|recalled|admitted|agreed|announced|revealed|replied"
    r"|responded|reflected|declared|argued|described|praised|welcomed|reiterated|emphasi[sz]ed|confirmed|observed|pleaded|appealed|promised|joked"
    r"|acknowledged|suggested|thanked|wrote|asked|answered)"
)
# Verbs that only introduce speech, with or without a colon; the others need one.
_PLAIN_VERBS = words_of(
    """
    said says added adds continued continues explained explains commented comments concluded stated remarked
    urged warned
    """
)
_VERB = re.compile(rf"\b{_VERB_WORDS}\b", re.IGNORECASE)
_AFTER_VERB_FIRST = re.compile(rf"[\s,]*(?:{_VERB_WORDS})\s+(?=\S)", re.IGNORECASE)
_NO_SPEAKERS = re.compile(
    r"\b(?:posters?|signs?|banners?|leaflets?|letters?|messages?|websites?|reports?|texts?|slogans?|placards?|law|act|guidance|survey|e-?mails?|labels?|notices?|stickers?)(?:$|\b.{0,60}\b(?:in|on|at|from|left|outside|behind|with)\b.{0,60}$)",
    re.IGNORECASE,
)
_SIGNATURE = re.compile(r"\s*[–—~-]{1,2}\s*(?=[A-Z])")
_LONGEST_CLAUSE = 400


@dataclass(frozen=True, slots=True)
class Attribution:
    """Somebody speaks: the subject as read, and where the clause stands."""

    subject: Subject
    span: Span


def before_quote(text: str, span: Span, small_words: Set[str], *, capital: bool) -> Attribution | None:
    """The clause that leads into a quote, where the words of `span` end right before its mark.

    capital: whether the quote begins with a capital letter; without a colon or comma, only such a quote is speech.
    """
    clause = _last_sentence(text, span)
    words = text[clause.start : clause.end].rstrip()
    if not words or len(words) > _LONGEST_CLAUSE:
        return None
    ending = words[-1] if words[-1] in ":,–—-" else ""
    body = words.rstrip(":,–—- \u00a0")
    verb = _speaking_verb(body, ending, capital)
    if verb is not None:
        subject = body[: verb.start()].strip()
        return _attributed(subject, clause, small_words)
    if ending == ":":
        named = read_subject(body, small_words)
        if named.reference is Reference.FULL:
            return Attribution(named, clause)
    return None


def _last_sentence(text: str, span: Span) -> Span:
    found = sentences(text, Span(max(span.start, span.end - 2 * _LONGEST_CLAUSE), span.end))
    return found[-1] if found else Span(span.end, span.end)


def _speaking_verb(body: str, ending: str, capital: bool) -> re.Match[str] | None:
    """The verb that introduces the quote: the last word, or with a colon also some words earlier ("said at the launch:")."""
    verbs = list(_VERB.finditer(body))
    if not verbs:
        return None
    last = verbs[-1]
    rest = body[last.end() :].strip()
    if ending == ":":
        # "urging people to act, Jo Bloggs said" has two; the first that has its subject before it and no other verb after counts.
        return last if len(rest.split()) <= 14 else None
    if rest and not re.fullmatch(r"(?:that|today|yesterday|at .{1,40}|of .{1,40}|in .{1,30}|on .{1,30})", rest):
        return None
    if not capital or rest == "that":
        return None
    if ending or last[0].lower() in _PLAIN_VERBS:
        return last
    return None


def _attributed(subject: str, clause: Span, small_words: Set[str]) -> Attribution | None:
    subject = re.sub(
        r"\s+(?:also|then|has|have|had|further|later|today|both|who|and|is|was|proudly|rightly|simply|previously)$",
        "",
        subject.rstrip(" ,"),
    )
    subject = re.sub(r"\s+(?:also|then|has|have|had|further|later)$", "", subject)
    # "He welcomed the news and added:": the subject stands before the first verb.
    if _NO_SPEAKERS.search(subject):
        return None
    return Attribution(_of_first_verb(subject, small_words), clause)


def _of_first_verb(subject: str, small_words: Set[str]) -> Subject:
    direct = read_subject(subject, small_words)
    if direct.reference is not Reference.UNCLEAR:
        return direct
    earlier = re.match(
        r"(.{1,80}?)\s+(?:welcomed|praised|thanked|described|urged|paid|spoke|launched|opened|backed|told|is|was|has|went on)\b",
        subject,
    )
    return read_subject(earlier[1], small_words) if earlier else direct


def after_quote(text: str, span: Span, small_words: Set[str], *, pause: bool) -> Attribution | None:
    """The clause that follows a quote, where `span` begins right after its mark.

    pause: whether the quote ended in a comma, a question mark or the like; a full stop allows "Jo Bloggs said." as well.
    """
    found = sentences(text, Span(span.start, min(span.end, span.start + 2 * _LONGEST_CLAUSE)))
    if not found or found[0].end - found[0].start > _LONGEST_CLAUSE:
        return None
    clause = found[0]
    words = text[clause.start : clause.end]
    first = _AFTER_VERB_FIRST.match(words)
    if first:
        inverted = words[first.end() :].rstrip(" .,:;")
        return Attribution(read_subject(_cut_tail(inverted), small_words), clause)
    if words.rstrip().endswith(":"):
        return None
    signature = _SIGNATURE.match(words)
    if signature:
        subject = read_subject(words[signature.end() :].rstrip(" ."), small_words)
        return Attribution(subject, clause) if subject.reference in {Reference.FULL, Reference.TITLED} else None
    verb = _VERB.search(words)
    if verb and pause and verb.start() <= 160 and _ends_clause(words, verb):
        subject_words = words[: verb.start()].strip(" ,")
        if subject_words and not _NO_SPEAKERS.search(subject_words):
            return Attribution(read_subject(subject_words, small_words), clause)
    return None


def _ends_clause(words: str, verb: re.Match[str]) -> bool:
    rest = words[verb.end() :].lstrip()
    return (
        not rest.strip(" .")
        or rest[0] in ".,;:"
        or bool(re.match(r"(?:at|in|on|after|during|of|about|as|when|today|yesterday|while|from)\b", rest))
    )


def _cut_tail(subject: str) -> str:
    """ "Jo Bloggs, director of X, as the centre opened" → without what happened meanwhile."""
    return re.split(
        r",?\s+(?:as|when|while|after|during|adding|before|speaking|commenting|following|ahead)\s+(?=\S)",
        subject,
        maxsplit=1,
    )[0]


def signature_line(text: str, span: Span, small_words: Set[str]) -> Attribution | None:
    """A paragraph that is only a name with its role, below (or above) a quote."""
    words = text[span.start : span.end].strip()
    if len(words) > 160 or _VERB.search(words):
        return None
    dash = _SIGNATURE.match(words)
    subject = read_subject((words[dash.end() :] if dash else words).rstrip(" .:"), small_words)
    if subject.reference is Reference.FULL and (dash or subject.role):
        return Attribution(subject, span)
    return None
