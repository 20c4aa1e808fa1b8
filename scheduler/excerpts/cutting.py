"""Cuts an article into everything that a campaign may quote from it."""

from collections.abc import Sequence

from scheduler.articles.article import Article
from scheduler.excerpts.acronyms import find_acronyms
from scheduler.excerpts.calls import find_calls_to_action
from scheduler.excerpts.contacts import contacts_in, contacts_once
from scheduler.excerpts.excerpt import Excerpts
from scheduler.excerpts.facts import find_facts
from scheduler.excerpts.links import links_in, links_once
from scheduler.excerpts.own_voice import own_voice
from scheduler.excerpts.prose import find_key_sentences, find_lead
from scheduler.excerpts.quotes import find_quotes


def cut(article: Article, keywords: Sequence[str] = ()) -> Excerpts:
    """The article's lead, quotes, key sentences, facts, calls to action, links, contacts and acronyms.

    keywords: the campaign's own words; sentences that hold them come first where key sentences and facts are chosen.
    """
    quotes = find_quotes(article)
    spoken = [span for quote in quotes for span in quote.spans]
    lead, said = find_lead(article, spoken), list(own_voice(article, spoken))
    links, contacts = links_in(article), contacts_in(article)
    return Excerpts(
        lead=lead,
        quotes=quotes,
        key_sentences=find_key_sentences(article, lead, said, keywords),
        links=links_once(links),
        contacts=contacts_once(contacts),
        facts=find_facts(article, said, keywords),
        calls_to_action=find_calls_to_action(article, said, links, contacts),
        acronyms=find_acronyms(article),
    )
