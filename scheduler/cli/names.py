"""Finds what people name on the command line: campaigns and accounts, with a guess at what was meant."""

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from scheduler.errors import MoveNotAllowed
from scheduler.tomlfile import did_you_mean

if TYPE_CHECKING:
    from scheduler.posts.book import Book


def campaigns_in_book(book: "Book", names: Sequence[str]) -> Sequence[str]:
    """Returns the names; raises MoveNotAllowed when the book has no post of one of these campaigns."""
    from scheduler.posts.queries import campaigns_with_posts

    with book.reading() as session:
        known = campaigns_with_posts(session) if names else []
    for name in names:
        check_known("campaign", name, known, "the book has posts of")
    return names


def check_known(kind: str, name: str, known: Collection[str], there_are: str) -> None:
    """Raises MoveNotAllowed for a name that nobody knows: 'unknown account "force-xx"; did you mean "force-x"?'."""
    if name in known:
        return
    listed = f"; {there_are} {', '.join(sorted(known)) or 'none'}"
    raise MoveNotAllowed(f'unknown {kind} "{name}"{did_you_mean(name, known) or listed}')
