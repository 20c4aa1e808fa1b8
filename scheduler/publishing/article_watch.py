"""A chore of the daemon: says once that the article behind approved posts went missing, and once that it is back."""

import logging
from pathlib import Path

from scheduler.errors import BookError
from scheduler.posts.book import Book
from scheduler.posts.sources import missing_articles

log = logging.getLogger("redletter.articles")


class ArticleWatch:
    """Looks whenever it is called; the posts themselves go out as they were approved, whatever became of the article."""

    def __init__(self, book: Book, workspace: Path) -> None:
        self._book = book
        self._workspace = workspace
        self._missing: frozenset[str] = frozenset()

    def __call__(self) -> None:
        try:
            with self._book.reading() as session:
                found = missing_articles(session, self._workspace)
        except BookError:
            return  # the publisher says what is wrong with the book; the next look comes in a minute
        for article in sorted(found.keys() - self._missing):
            posts = ", ".join(str(post_id) for post_id in found[article])
            log.warning(
                "the article %s is missing; the approved posts taken from it go out all the same: %s", article, posts
            )
        for article in sorted(self._missing - found.keys()):
            if (self._workspace / Path(article).expanduser()).exists():
                log.warning("the article %s is back", article)
        self._missing = frozenset(found)
