"""Articles for tests, made of their text alone."""

from scheduler.articles import Article
from scheduler.articles.document import Document
from scheduler.articles.text import read


def make_article(text: str) -> Article:
    """An article read from plain text."""
    return read(Document("release.txt", text.encode()))
