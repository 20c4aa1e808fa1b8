"""SOURCES: one reader for each kind of article; what they all return is an Article."""

from scheduler.articles.article import Anchor, Article, Paragraph, ParagraphKind, Span
from scheduler.articles.dates import DateOrder
from scheduler.articles.reading import read_article, read_if_changed
from scheduler.articles.wanted import Wanted

__all__ = [
    "Anchor",
    "Article",
    "DateOrder",
    "Paragraph",
    "ParagraphKind",
    "Span",
    "Wanted",
    "read_article",
    "read_if_changed",
]
