"""SOURCES: one reader for each kind of article; what they all return is an Article."""

from scheduler.articles.article import Anchor, Article, Paragraph, ParagraphKind, Span
from scheduler.articles.reading import read_article

__all__ = ["Anchor", "Article", "Paragraph", "ParagraphKind", "Span", "read_article"]
