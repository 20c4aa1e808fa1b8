"""Cuts an article into everything that a campaign may quote from it."""

from collections.abc import Sequence

from scheduler.articles.article import Article
from scheduler.excerpts.contacts import find_contacts
from scheduler.excerpts.excerpt import Excerpts
from scheduler.excerpts.links import find_links
from scheduler.excerpts.prose import find_key_sentences, find_lead
from scheduler.excerpts.quotes import find_quotes


def cut(article: Article, keywords: Sequence[str] = ()) -> Excerpts:
    """The article's lead, quotes, key sentences, links and contacts.

    keywords: the campaign's own words; sentences that hold them come first among the key sentences.
    """
    lead, quotes = find_lead(article), find_quotes(article)
    return Excerpts(
        lead=lead,
        quotes=quotes,
        key_sentences=find_key_sentences(article, lead, quotes, keywords),
        links=find_links(article),
        contacts=find_contacts(article),
    )
