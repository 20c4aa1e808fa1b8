"""WHAT: an article is cut into its lead, quotes with their speakers, key sentences, facts, calls to action and contacts."""

from scheduler.excerpts.cutting import cut
from scheduler.excerpts.excerpt import Acronym, Contact, Excerpt, ExcerptKind, Excerpts, Link
from scheduler.excerpts.selecting import SelectorError, check_selector, select
from scheduler.excerpts.sentences import sentences

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
