"""Finds what people name on the command line: campaigns and accounts, with a guess at what was meant."""

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from scheduler.errors import MoveNotAllowed
from scheduler.tomlfile import did_you_mean

if TYPE_CHECKING:
    from scheduler.posts.book import Book


def campaigns_in_book(book: "Book", names: Sequence[str]) -> Sequence[str]:
    """Returns the names; raises MoveNotAllowed for all of which the book has no post."""
    from scheduler.posts.queries import campaigns_with_posts

    with book.reading() as session:
        known = campaigns_with_posts(session) if names else []
    unknown = [_unknown("campaign", name, known, "the book has posts of") for name in names if name not in known]
    if unknown:
        raise MoveNotAllowed("\n".join(unknown))
    return names


def check_known(kind: str, name: str, known: Collection[str], there_are: str) -> None:
    """Raises MoveNotAllowed for a name that nobody knows: 'unknown account "force-xx"; did you mean "force-x"?'."""
    if name not in known:
        raise MoveNotAllowed(_unknown(kind, name, known, there_are))


def _unknown(kind: str, name: str, known: Collection[str], there_are: str) -> str:
    listed = f"; {there_are} {', '.join(sorted(known)) or 'none'}"
    return f'unknown {kind} "{name}"{did_you_mean(name, known) or listed}'
