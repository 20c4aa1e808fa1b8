"""The command keep, and the keeping of posts at the end of a hold."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import click

from scheduler.cli.door import Door
from scheduler.cli.named_posts import (
    card_lines_of,
    check_who,
    difference_lines,
    posts_called,
    pre_election_option,
    stop_unchanged,
    these_posts,
)
from scheduler.cli.output import complain, say
from scheduler.errors import MoveNotAllowed
from scheduler.posts.wording import count

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from scheduler.posts.book import Book
    from scheduler.posts.holds import ActiveHold
    from scheduler.posts.tables import Post


@click.command()
@click.argument("posts", nargs=-1, type=int, metavar="[POST]...")
@click.option("--campaign", metavar="ID", help="All held posts of this campaign.")
@click.option("--all", "every", is_flag=True, help="All held posts.")
@pre_election_option
@click.option("--yes", is_flag=True, help="List them, but do not ask.")
@click.pass_obj
def keep(
    door: Door, posts: tuple[int, ...], campaign: str | None, every: bool, pre_election: str | None, yes: bool
) -> None:
    """Let held posts go out all the same.

    Now, or at their hour where that is still to come; while a hold reaches a post, end that first. Where an article has
    changed, shows the difference and asks. Posts that are named are kept all or none; of a campaign, or of all, those that
    cannot be kept are listed and stay held.
    """
    if [bool(posts), campaign is not None, every].count(True) != 1:
        raise click.UsageError("name posts, or a campaign with --campaign, or say --all")
    if pre_election is not None and not posts:
        raise click.UsageError("--pre-election is said of posts that are named: keep POST --pre-election WHO")
    check_who(pre_election, "--pre-election")
    with door.book() as book:
        chosen = posts_called(book, posts) if posts else _held_posts(book, campaign)
        if not chosen:
            say("No post is held: there is nothing to keep.")
            return
        refused = _cannot_be_kept(door, book, chosen, pre_election)
        if posts and refused:
            raise MoveNotAllowed("\n".join(refused.values()))
        ready = [post for post in chosen if post.id not in refused]
        differences = list(difference_lines(book, ready))
        if ready and (not posts or differences):
            say(card_lines_of(door, ready, whole=False))
            say(differences)
            if not yes and not door.ask(f"Let {these_posts(ready)} go out?"):
                stop_unchanged()
        kept, refusals = keep_posts(door, book, ready, all_or_none=bool(posts), pre_election=pre_election)
    if posts and not differences:
        say(card_lines_of(door, kept, whole=False))
    if kept:
        say(said_of_kept(door, kept))
    for refusal in (*refused.values(), *refusals):
        complain(refusal)
    if refused or refusals:
        raise click.exceptions.Exit(1)


def _cannot_be_kept(
    door: Door, book: "Book", posts: "Sequence[Post]", pre_election: str | None
) -> dict[int | None, str]:
    """Returns why some of these posts cannot be kept, by their ids: nobody is to be asked about those."""
    from scheduler.posts.review import check_can_be_kept

    refused = {}
    with book.reading() as session:
        connection = session.connection()
        in_the_way = _what_holds(door, connection)
        for post in posts:
            try:
                in_the_way(post)
                which = (post.id or 0, post.version)
                check_can_be_kept(connection, *which, now=door.now(), pre_election=pre_election)
            except MoveNotAllowed as refusal:
                refused[post.id] = str(refusal)
    return refused


def keep_posts(
    door: Door,
    book: "Book",
    posts: "Sequence[Post]",
    *,
    all_or_none: bool = False,
    pre_election: str | None = None,
) -> "tuple[list[Post], list[str]]":
    """Keeps held posts, all that can be; returns them, and why the others cannot.

    all_or_none: raises MoveNotAllowed with all that stands in the way, and keeps none. pre_election: who agreed that elected
    people are quoted.
    """
    from scheduler.posts.review import keep as keep_post

    kept: list[Post] = []
    refusals: list[str] = []
    with book.writing() as connection:
        in_the_way = _what_holds(door, connection)
        for post in posts:
            try:
                in_the_way(post)
                which = (post.id or 0, post.version)
                keep_post(connection, *which, who=door.who, now=door.now(), pre_election=pre_election)
                kept.append(post)
            except MoveNotAllowed as refusal:
                refusals.append(str(refusal))
        if refusals and all_or_none:
            raise MoveNotAllowed("\n".join(refusals))
    return kept, refusals


def _what_holds(door: Door, connection: "Connection") -> "Callable[[Post], None]":
    """Returns what raises MoveNotAllowed for a held post that a hold reaches: first that one is to be ended."""
    from scheduler.cli.hold import file_words
    from scheduler.posts.holds import active_holds
    from scheduler.posts.tables import split_topics

    by_file, holds = file_words(door.workspace.hold_file), active_holds(connection).holds

    def check(post: "Post") -> None:
        if post.status != "held":
            return
        if by_file:
            raise MoveNotAllowed(f"post {post.id}: held: {by_file[0]}; first {by_file[1]}, then keep it")
        for hold in holds:
            if hold.reaches(post.account, post.campaign, split_topics(post.topics)):
                raise MoveNotAllowed(_resume_first(post, hold))

    return check


def _resume_first(post: "Post", hold: "ActiveHold") -> str:
    """A word under a hold would be void at its end, where the hour has passed by then: so it is asked for after the end."""
    from scheduler.posts.holds import said_of, way_back

    return f"post {post.id}: {said_of(hold.scope, hold.name)} is held; first {way_back(hold.scope, hold.name)}, then keep it"


def said_of_kept(door: Door, kept: "Sequence[Post]") -> str:
    """Says how many posts were kept, by whom, and when they go out."""
    passed = sum(post.scheduled_at <= door.now() for post in kept)
    when = "now" if passed == len(kept) else "now, or at their hours to come" if passed else "at their hours"
    return f"Kept: {count(len(kept), 'post')}, by {door.who}. Going out {when}."


def _held_posts(book: "Book", campaign: str | None) -> "list[Post]":
    from scheduler.cli.names import campaigns_in_book
    from scheduler.posts.queries import find_posts
    from scheduler.posts.status import PostStatus

    names = campaigns_in_book(book, [campaign] if campaign is not None else [])
    with book.reading() as session:
        return find_posts(session, campaigns=names, statuses=[PostStatus.HELD])
