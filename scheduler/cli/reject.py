"""The commands reject and cancel."""

from collections.abc import Callable, Sequence
from typing import Any

import click

from scheduler.cli.door import Door
from scheduler.cli.named_posts import card_lines_of, posts_called
from scheduler.cli.output import say
from scheduler.posts.wording import count

_reason = click.option("--reason", metavar="TEXT", help="Why, for the audit trail.")


@click.command()
@click.argument("posts", nargs=-1, type=int, required=True, metavar="POST...")
@_reason
@click.pass_obj
def reject(door: Door, posts: tuple[int, ...], reason: str | None) -> None:
    """Say that posts will not go out.

    Drafts, and posts that failed or were missed. Planning does not bring them back.
    """
    from scheduler.posts.review import reject as reject_post

    _move_each(door, posts, reject_post, "Rejected", reason)


@click.command()
@click.argument("posts", nargs=-1, type=int, required=True, metavar="POST...")
@_reason
@click.pass_obj
def cancel(door: Door, posts: tuple[int, ...], reason: str | None) -> None:
    """Stop an approved or held post before it goes out.

    One that is going out at this moment cannot be stopped.
    """
    from scheduler.posts.review import cancel as cancel_post

    _move_each(door, posts, cancel_post, "Cancelled", reason)


def _move_each(door: Door, ids: Sequence[int], move: Callable[..., Any], done: str, reason: str | None) -> None:
    """Makes one move of each of the posts, which were named one by one: all or none."""
    with door.book() as book:
        chosen = posts_called(book, ids)
        with book.writing() as connection:
            for post in chosen:
                move(connection, post.id, post.version, who=door.who, now=door.now(), reason=reason)
    say(card_lines_of(door, chosen, whole=False))
    say(f"{done}: {count(len(chosen), 'post')}, by {door.who}.")
