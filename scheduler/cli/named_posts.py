"""The posts that a command of review is about: looked up by their ids, and shown before and after."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NoReturn

import click

from scheduler.cli.door import Door
from scheduler.cli.output import colour, complain, width
from scheduler.errors import MoveNotAllowed
from scheduler.posts.wording import local_hour

if TYPE_CHECKING:
    from scheduler.posts.book import Book
    from scheduler.posts.tables import Post
    from scheduler.preview import Card

pre_election_option = click.option(
    "--pre-election",
    metavar="WHO",
    help="Who agreed that an elected person is quoted in the pre-election period; it is kept.",
)


def check_who(agreed: str | None, option: str) -> None:
    """Raises BadParameter where the name of who agreed is empty."""
    if agreed is not None and not agreed.strip():
        raise click.BadParameter("expected who agreed", param_hint=option)


def posts_called(book: "Book", ids: Sequence[int]) -> "list[Post]":
    """Returns the posts in the order they were named; raises MoveNotAllowed, which names all that are not there."""
    found, missing = look_up(book, ids)
    if missing:
        raise MoveNotAllowed("\n".join(missing))
    return found


def look_up(book: "Book", ids: Sequence[int]) -> "tuple[list[Post], list[str]]":
    """Returns the posts in the order they were named, and what is to be said of those that are not there."""
    from scheduler.posts.queries import get_post

    found, missing = [], []
    with book.reading() as session:
        for post_id in dict.fromkeys(ids):
            try:
                found.append(get_post(session, post_id))
            except MoveNotAllowed as refusal:
                missing.append(str(refusal))
    return found, missing


def card_lines_of(door: Door, posts: "Sequence[Post]", *, whole: bool) -> "Sequence[str]":
    """Returns the posts as they are shown: whole, or a line each and what was warned of."""
    from scheduler.app.cards import card_of_post
    from scheduler.preview import card_lines

    if not whole:
        return [line for post in posts for line in _brief(post)]
    cards: list[Card] = [card_of_post(door.workspace, post) for post in posts]
    return list(card_lines(cards, width(), colour()))


def _brief(post: "Post") -> Iterator[str]:
    yield f"  post {post.id}, version {post.version}: {name_of(post)}"
    yield from (f"    warning: {warning}" for warning in post.warnings)


def difference_lines(book: "Book", posts: "Sequence[Post]") -> Iterator[str]:
    """Yields what became of the articles of these posts that nobody has decided about."""
    from scheduler.cli.posts import change_lines
    from scheduler.posts.queries import changes_of

    for post in posts:
        with book.reading() as session:
            became = changes_of(session, post.id or 0)
            session.expunge_all()
        lines = [line for change in became for line in change_lines(change, post, width())]
        if lines:
            yield ""
            yield f"Post {post.id}:"
            yield from lines


def name_of(post: "Post") -> str:
    return f"{hour_of(post)}, {post.account}, {post.slot}"


def hour_of(post: "Post") -> str:
    return local_hour(post.scheduled_at, post.time_zone)


def these_posts(posts: "Sequence[Post]") -> str:
    return f"post {posts[0].id}" if len(posts) == 1 else f"these {len(posts)} posts"


def stop_unchanged() -> NoReturn:
    """Ends a command whose question was answered with no."""
    complain("Nothing was changed.")
    raise click.exceptions.Exit(1)
