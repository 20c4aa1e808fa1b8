"""`redletter retention`: what is older than the policy keeps, and its removal."""

import time
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import click

from scheduler.cli.door import Door
from scheduler.cli.output import complain, fold, say, table, width
from scheduler.posts.wording import count

if TYPE_CHECKING:
    from scheduler.posts.book import Book
    from scheduler.posts.retention import OldPosts

_NO_POLICY = (
    'Everything is kept: config.toml has no policy. With one, it has two lines: [retention] and keep = "7 years"'
)


@click.command()
@click.option("--remove", "to_remove", is_flag=True, help="Remove what is shown, for good.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def retention(door: Door, to_remove: bool, yes: bool) -> None:
    """Show what is older than the policy keeps, or remove it.

    The policy stands in config.toml; the daemon keeps to it by itself, once a day. What is still to go out, undecided,
    or of which anything younger is known, is never removed.
    """
    from scheduler.errors import ConfigError
    from scheduler.posts.retention import old_posts

    if yes and not to_remove:
        raise click.UsageError("--yes answers the question of --remove: say that, too")
    keep = door.workspace.config.retention.keep
    if keep is None and to_remove:
        raise ConfigError(_NO_POLICY)
    if keep is None:
        say(fold(_NO_POLICY, 0))
        return
    before = keep.before(door.now())
    with door.book() as book:
        with book.reading() as session:
            old = old_posts(session.connection(), before)
        number = sum(each.posts for each in old)
        say(_lines(old, f"older than {before:%Y-%m-%d}, which is {keep} ago", min(width(), 120)))
        if not old or not to_remove:
            return
        if not yes and not door.ask(
            f"Remove {count(number, 'post')} with attempts, receipts and audit trail, for good?"
        ):
            complain("Nothing was removed.")
            raise click.exceptions.Exit(1)
        say(_remove(door, book, before))


def _remove(door: Door, book: "Book", before: datetime) -> Iterator[str]:
    from scheduler.posts.articles import forget, unused_texts
    from scheduler.posts.retention import Removed, batches_of_old_posts, free_bytes, remove

    with book.reading() as session:
        batches = batches_of_old_posts(session.connection(), before)
    removed = Removed()
    for batch in batches:
        with book.writing() as connection:
            removed = remove(connection, batch, before, removed, who=door.who, now=door.now())
        time.sleep(0.01)  # a daemon that publishes takes its turn
    with book.writing() as connection:
        texts = forget(connection, unused_texts(connection, before), before)
    with book.reading() as session:
        free = free_bytes(session.connection()) / 1_000_000
    yield f"Removed {count(removed.posts, 'post')}."
    if texts:
        yield f"Removed {count(texts, 'text')} of articles that no post was taken from any more."
    yield f"{free:.1f} MB of the file are free, and new posts use them; backup and restore make the file smaller."


def _lines(old: "Sequence[OldPosts]", older: str, room: int) -> Iterator[str]:
    if not old:
        yield f"Nothing is {older}."
        return
    rows = [
        (str(each.posts), f"{each.first:%Y-%m-%d}", f"{each.last:%Y-%m-%d}", each.occurrence, each.campaign)
        for each in old
    ]
    yield from table(("Posts", "First", "Last", "Of", "Campaign"), rows, room)
    yield f"{count(sum(each.posts for each in old), 'post')} {older}."
