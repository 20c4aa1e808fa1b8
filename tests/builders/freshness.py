"""Posts that were taken from an article, and the article as it became."""

from datetime import datetime, timedelta
from typing import Any

from scheduler.articles import Article
from scheduler.articles.document import Document
from scheduler.articles.markdown import read
from scheduler.posts.articles import Reading, keep_readings
from scheduler.posts.book import Book
from scheduler.posts.freshness import Followed, follow_reading
from scheduler.posts.planning import PlanResult, save_drafts
from scheduler.posts.review import approve
from scheduler.posts.tables import Post
from tests.builders.drafting import drafts_of, make_campaign, make_slot
from tests.builders.posts import posts_in

SOURCE = "articles/boats.md"
THE_HOUR = datetime.fromisoformat("2027-03-18T09:00:00+00:00")
PLANNED_AT = THE_HOUR - timedelta(days=7)
LATER = THE_HOUR - timedelta(days=1)

TEXT = """\
# The harbour counts its boats

The Harbour Trust counted twelve boats in the old harbour on Monday. Children helped.

Mira Holt, keeper of the harbour, said: “We mended each of them by hand. I am proud of the children.”

Tomas Reed, who paints boats, said: “I have waited ten years for this day, and it was worth it.”

The gates stay open until Friday.
"""
LEAD = make_slot(id="lead", excerpt="lead", text="{{ excerpt.text }}")
MIRA = make_slot(
    id="mira", when="10:00", excerpt="quote by Holt", text="{{ excerpt.quoted }}\n{{ excerpt.attribution }}"
)
QUOTES = make_slot(
    id="quotes", when="11:00", excerpt="quotes", every="1h", text="{{ excerpt.quoted }}\n{{ excerpt.speaker }}"
)


def article(text: str = TEXT, header: str = "") -> Article:
    front_matter = f"---\n{header}\n---\n\n" if header else ""
    return read(Document(SOURCE, (front_matter + text).encode()))


def changed(old: str, new: str) -> Article:
    """The article with other words, of which it must have had the old ones."""
    assert old in TEXT
    return article(TEXT.replace(old, new))


def plan(
    book: Book, *slots: dict[str, Any], of: Article | None = None, now: datetime = PLANNED_AT, replace: bool = False
) -> PlanResult:
    """Plans a campaign with these slots, as `redletter plan` does."""
    found = of or article()
    drafted = drafts_of(make_campaign(*slots), found)
    assert not drafted.problems
    with book.writing() as connection:
        keep_readings(connection, [Reading(found, "/workspace/articles/boats.md")], now)
        return save_drafts(connection, drafted.drafts, who="kim", now=now, replace=replace)


def approve_all(book: Book) -> None:
    with book.writing() as connection:
        approve(connection, [(post.id or 0, post.version) for post in posts_in(book)], who="sam", now=PLANNED_AT)


def look(book: Book, found: Article, now: datetime = LATER) -> Followed:
    """Finds the article as it became."""
    with book.writing() as connection:
        return follow_reading(connection, Reading(found, "/workspace/articles/boats.md"), now)


def statuses(book: Book) -> dict[str, str]:
    return {post.slot: post.status for post in posts_in(book)}


def post_of(book: Book, slot: str) -> Post:
    return next(post for post in posts_in(book) if post.slot == slot)
