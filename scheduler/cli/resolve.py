"""The command resolve."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from scheduler.cli.door import Door
from scheduler.cli.named_posts import look_up, posts_called
from scheduler.cli.output import answer, fold, plain, say
from scheduler.errors import MoveNotAllowed

if TYPE_CHECKING:
    from scheduler.posts.book import Book

_SETTLED = {"published": "published", "draft": "a draft again", "failed": "out in part", "held": "out in part"}
_WAYS_ON = {
    "failed": "finish or delete it by hand, where it is out; then redletter reject {id}",
    "held": "redletter keep {id} lets the rest go out now; redletter cancel {id} drops it",
}


@click.command()
@click.argument("posts", nargs=-1, type=int, required=True, metavar="POST...")
@click.option("--published", metavar="URL", help="It is out, at this address; for one post.")
@click.option("--not-published", is_flag=True, help="Not out: each becomes a draft again, or the rest of it is held.")
@click.pass_obj
def resolve(door: Door, posts: tuple[int, ...], published: str | None, not_published: bool) -> None:
    """Say whether unconfirmed posts are out.

    Look at the account itself first: what is said here is believed. Of a thread, it is said of the part that nobody knows
    of; the rest of it does not go out by itself. Several posts are settled together, all or none.
    """
    if (published is None) != not_published:
        raise click.UsageError("say --published URL or --not-published")
    if published is not None and len(set(posts)) > 1:
        raise click.UsageError("--published is the address of one post: resolve POST --published URL for each of them")
    if published is not None and not published.startswith(("https://", "http://", "file://")):
        raise click.BadParameter(f'expected the address of the post, found "{published}"', param_hint="--published")
    with door.book() as book:
        _resolve(door, book, posts, published)
        settled = posts_called(book, posts)
    for post in settled:
        say(f"Post {post.id} is {_SETTLED[post.status]}, says {door.who}.")
        if post.status in _WAYS_ON:
            say([*fold(plain(f"  {post.note}"), 2), *answer(_WAYS_ON[post.status].format(id=post.id))])


def _resolve(door: Door, book: "Book", ids: Sequence[int], published: str | None) -> None:
    """Settles them in one transaction; raises MoveNotAllowed with all that stands in the way, and settles none."""
    from scheduler.posts.review import resolve as resolve_post

    found, refusals = look_up(book, ids)
    with book.writing() as connection:
        for post in found:
            try:
                resolve_post(connection, post, published, who=door.who, now=door.now())
            except MoveNotAllowed as refusal:
                refusals.append(str(refusal))
        if refusals:
            nothing = ["nothing was changed"] if len(found) > 1 else []
            raise MoveNotAllowed("\n".join([*refusals, *nothing]))
