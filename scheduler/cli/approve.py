"""The command approve."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import click

from scheduler.cli.door import Door
from scheduler.cli.named_posts import (
    card_lines_of,
    check_who,
    difference_lines,
    name_of,
    posts_called,
    pre_election_option,
    stop_unchanged,
    these_posts,
)
from scheduler.cli.output import complain, say
from scheduler.errors import MoveNotAllowed
from scheduler.posts.wording import count

if TYPE_CHECKING:
    from scheduler.posts.book import Book
    from scheduler.posts.tables import Post


@click.command()
@click.argument("posts", nargs=-1, type=int, metavar="[POST]...")
@click.option("--campaign", metavar="ID", help="All drafts of this campaign.")
@click.option("--version", type=click.IntRange(min=1), help="The version that you looked at; for one post.")
@click.option("--altered", metavar="WHO", help="Who agreed to a quotation that is not what was said; it is kept.")
@pre_election_option
@click.option("--yes", is_flag=True, help="List them, but do not ask.")
@click.pass_obj
def approve(
    door: Door,
    posts: tuple[int, ...],
    campaign: str | None,
    version: int | None,
    altered: str | None,
    pre_election: str | None,
    yes: bool,
) -> None:
    """Approve posts as they are shown.

    Shows the posts, and where an article has changed, then asks. What has changed meanwhile is not approved, and neither is
    a post whose hour has passed: reschedule it. A quotation that is not what was said needs --altered, one of an elected
    person in the pre-election period --pre-election.
    """
    if bool(posts) == bool(campaign):
        raise click.UsageError("name posts, or a campaign with --campaign")
    if version is not None and len(posts) != 1:
        raise click.UsageError("--version belongs to one post: approve POST --version N")
    if altered is not None and not posts:
        raise click.UsageError("--altered is said of posts that are named: approve POST --altered WHO")
    if pre_election is not None and not posts:
        raise click.UsageError("--pre-election is said of posts that are named: approve POST --pre-election WHO")
    check_who(altered, "--altered")
    check_who(pre_election, "--pre-election")
    with door.book() as book:
        chosen = posts_called(book, posts) if posts else _drafts_of(book, campaign or "")
        if not chosen:
            say(f"{campaign} has no drafts: there is nothing to approve.")
            return
        passed = [post for post in chosen if campaign and post.scheduled_at <= door.now()]
        changed = _altered(book, [post for post in chosen if post not in passed])
        silent = _silent(book, [post for post in chosen if campaign and post not in passed])
        left_out = {*changed, *silent} if campaign else set()
        ready = [post for post in chosen if post not in passed and post.id not in left_out]
        shown = [(post.id or 0, version or post.version) for post in ready]
        if shown:
            is_hopeless = any(post.status != "draft" or post.scheduled_at <= door.now() for post in ready)
            is_refused = bool(posts and changed and not altered)
            say(card_lines_of(door, ready, whole=not yes))
            say(difference_lines(book, ready))
            if not (yes or is_hopeless or is_refused) and not door.ask(_question(ready, changed)):
                stop_unchanged()
            _approve(book, shown, door, altered, pre_election)
            say(f"Approved: {count(len(shown), 'post')}, by {door.who}.")
            if altered and not changed:
                complain("note: no quotation in what was approved is altered, so --altered was not written down")
    if passed:
        listed = "\n".join(f"  redletter reschedule {post.id} WHEN   {name_of(post)}" for post in passed)
        complain(f"Not approved, for their hour has passed: {count(len(passed), 'post')}.\n{listed}")
    if campaign and changed:
        listed = "\n".join(f"  redletter show {post} --sources   {found[0]}" for post, found in changed.items())
        said = f"Not approved, for a quotation is not what was said: {count(len(changed), 'post')}.\n{listed}"
        complain(f'{said}\nWhere who is quoted agrees: redletter approve POST --altered "who agreed"')
    if silent:
        listed = "\n".join(f"  {refusal}" for refusal in silent.values())
        complain(f"Not approved, for the pre-election period: {count(len(silent), 'post')}.\n{listed}")
    if passed or left_out:
        raise click.exceptions.Exit(1)


def _drafts_of(book: "Book", campaign: str) -> "list[Post]":
    from scheduler.cli.names import campaigns_in_book
    from scheduler.posts.queries import find_posts
    from scheduler.posts.status import PostStatus

    names = campaigns_in_book(book, [campaign])
    with book.reading() as session:
        return find_posts(session, campaigns=names, statuses=[PostStatus.DRAFT])


def _silent(book: "Book", posts: "Sequence[Post]") -> dict[int, str]:
    """Returns why the pre-election period keeps each of these posts back; without those that it does not."""
    from scheduler.posts.pre_election import unagreed

    found = {}
    with book.reading() as session:
        for post in posts:
            try:
                post_id, when = post.id or 0, (post.scheduled_at, post.time_zone)
                unagreed(session.connection(), post_id, post.sources_json, *when, command="approve")
            except MoveNotAllowed as refusal:
                found[post.id or 0] = str(refusal)
    return found


def _altered(book: "Book", posts: "Sequence[Post]") -> dict[int, tuple[str, ...]]:
    """Returns what each post makes of its quotations that was not said so; without those in which all is well."""
    from scheduler.posts.review import alterations_of

    with book.reading() as session:
        connection = session.connection()
        found = {
            post.id or 0: alterations_of(connection, post.id or 0, post.message_json, post.sources_json)
            for post in posts
        }
    return {post: altered for post, altered in found.items() if altered}


def _question(posts: "Sequence[Post]", changed: Mapping[int, tuple[str, ...]]) -> str:
    which = "it" if len(posts) == 1 else " and ".join(f"post {post}" for post in changed)
    return f"Approve {these_posts(posts)}?" + (f" A quotation in {which} is not what was said." if changed else "")


def _approve(
    book: "Book", shown: Sequence[tuple[int, int]], door: Door, altered: str | None, pre_election: str | None
) -> None:
    from scheduler.posts.review import approve as approve_posts

    with book.writing() as connection:
        now = door.now()
        approve_posts(connection, shown, who=door.who, now=now, agreed=altered, pre_election=pre_election)
