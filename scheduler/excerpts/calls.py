"""Calls to action: sentences that ask the reader to call, report, visit or sign up, and say where."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from scheduler.articles.article import Article, Span
from scheduler.excerpts.excerpt import Contact, Excerpt, ExcerptKind, Link
from scheduler.excerpts.own_voice import Said

_MOST_CALLS = 8
_LONGEST = 400
_ACTS = (
    r"call|ring|phone|telephone|dial|text|e-?mail|write to|contact|report|tell|speak (?:to|with)|talk to|get in touch"
    r"|get (?:help|advice|support)|visit|go to|head to|log on|see|read|watch|search|find|learn|discover|check|use|try"
    r"|download|share|follow|sign|register|enrol|subscribe|join|apply|book|buy|order|donate|give|fundraise|pledge|volunteer"
    r"|nominate|vote|enter|send|submit|complete|fill|take|have your say|pass on|forward|seek|ask|request|reserve|click|support"
)
# A verb that asks: where a sentence or clause begins, or behind "please", "can", "to" and the like; "the report" asks nothing.
_ASKS = re.compile(
    rf"(?:(?:^|[,;:–—-]\s*|\b(?:please|to|can|could|should|must|may|and|or|then|always|just|simply|instead|also|now|online|directly)\s+)"
    rf"(?:always |please |also )?(?:{_ACTS})\b(?!ed|s\b)"
    r"|\bby (?:calling|ringing|phoning|texting|e-?mailing|visiting|contacting|reporting|going|searching|using|signing up)\b"
    r"|\b(?:more|further|full) (?:information|details|advice|support|guidance|help)\b"
    r"|\b(?:help|support|advice|tickets|places|forms|information|details|guidance)\b.{0,40}"
    r"\b(?:is|are|can be) (?:available|found|booked|here|there)\b"
    r"|\b(?:available|bookable) (?:at|on|from|by|via)\b)",
    re.IGNORECASE,
)
_TO_JOURNALISTS = re.compile(
    r"\b(?:media|press) (?:enquir|inquir|contact|quer|office|team|desk|pack)"
    r"|\bjournalists?\b|\binterviews?\b|\bnotes? to editors?\b|\bphotographs? (?:are|is)\b",
    re.IGNORECASE,
)


def find_calls_to_action(
    article: Article, said: Sequence[Said], links: Sequence[tuple[int, Link]], contacts: Sequence[tuple[int, Contact]]
) -> tuple[Excerpt, ...]:
    """The sentences that ask for something and say where, outside of quotes, in the article's order.

    links, contacts: every mention in the article with where it stands, in order.
    """
    ways: list[tuple[int, Contact | Link]] = sorted([*contacts, *links], key=lambda entry: entry[0])
    places = [at for at, _ in ways]
    found = []
    for each in said:
        here = tuple(dict.fromkeys(_ways(each.span, places, ways)))
        if here and not each.leans and len(each.words) <= _LONGEST and _asks(each.words):
            found.append(Excerpt(ExcerptKind.CALL_TO_ACTION, (each.span,), (article.at(each.span),), ways=here))
    return tuple(found[:_MOST_CALLS])


def _ways(span: Span, places: Sequence[int], ways: Sequence[tuple[int, Contact | Link]]) -> Iterator[Contact | Link]:
    place = bisect_left(places, span.start)
    while place < len(places) and places[place] < span.end:
        yield ways[place][1]
        place += 1


def _asks(words: str) -> bool:
    begins = words[0].isupper() or words[0].isdigit()
    return begins and bool(_ASKS.search(words)) and not _TO_JOURNALISTS.search(words)
