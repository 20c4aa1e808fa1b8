"""WHAT: an article is cut into its lead, quotes with their speakers, key sentences, facts, calls to action and contacts."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from scheduler.excerpts.excerpt import Acronym, Contact, Excerpt, ExcerptKind, Excerpts, Link
from scheduler.excerpts.selecting import SelectorError, check_selector, select
from scheduler.excerpts.sentences import sentences

if TYPE_CHECKING:
    from scheduler.articles.article import Article


def cut(article: "Article", keywords: Sequence[str] = ()) -> Excerpts:
    """Cuts it, as `cutting` does; what that takes is imported by whoever cuts, and not by who only knows excerpts."""
    from scheduler.excerpts.cutting import cut as cut_now

    return cut_now(article, keywords)


__all__ = [
    "Acronym",
    "Contact",
    "Excerpt",
    "ExcerptKind",
    "Excerpts",
    "Link",
    "SelectorError",
    "check_selector",
    "cut",
    "select",
    "sentences",
]
