"""What a source states about itself, in its header or in the head of its page, and the article that comes of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from scheduler.articles.article import Anchor, Article
from scheduler.articles.document import Document
from scheduler.articles.structure import Structure


@dataclass(frozen=True, slots=True)
class Stated:
    """title: Open Graph's before others, without the site's name; every text as written, with HTML entities resolved."""

    title: str | None = None
    published: date | None = None
    url: str | None = None
    description: str | None = None
    site_name: str | None = None
    image: str | None = None
    language: str | None = None
    embargo: datetime | None = None


def article_of(
    document: Document, text: str, form: Structure, stated: Stated, anchors: Sequence[Anchor] = ()
) -> Article:
    """Puts the article together: what its source states about itself goes before what its text seems to say."""
    return Article(
        source=document.source,
        text=text,
        paragraphs=form.paragraphs,
        title=form.title,
        published=stated.published or form.published,
        url=stated.url or document.url,
        description=stated.description,
        site_name=stated.site_name,
        image=stated.image,
        language=stated.language,
        anchors=tuple(anchors),
        embargo=stated.embargo or form.embargo,
        unclear_embargo=None if stated.embargo else form.unclear_embargo,
        validator=document.validator,
    )
