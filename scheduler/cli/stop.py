"""`redletter stop`: one story is stopped wherever it is under way, and what is out of it is said."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

import click

from scheduler.cli.door import Door
from scheduler.cli.output import fold, plain, say, width
from scheduler.posts.wording import count

if TYPE_CHECKING:
    from scheduler.posts.book import Book
    from scheduler.posts.tables import Post, PostReceipt


@dataclass(frozen=True, slots=True)
class Stopped:
    """How a story stands after it was stopped.

    posts: all of it that is in the book; receipts: by post. set_aside: the ids of those that this stop took out of the
    queue.
    """

    campaign: str
    occurrences: Sequence[str]
    reason: str
    who: str
    posts: "Sequence[Post]"
    receipts: "Mapping[int, Sequence[PostReceipt]]" = field(default_factory=dict)
    set_aside: frozenset[int] = frozenset()

    def of_status(self, *statuses: str) -> "list[Post]":
        return [post for post in self.posts if post.status in statuses]


@click.command()
@click.argument("story", metavar="POST|CAMPAIGN")
@click.option("--reason", required=True, metavar="TEXT", help="Why; everybody who asks for the status sees it.")
@click.pass_obj
def stop(door: Door, story: str, reason: str) -> None:
    """Stop what is under way of one story, and say what is out.

    Its campaign is held, and all that waits to go out of the same year is set aside: the rest of a thread, the same on
    other accounts, later slots. What is out already is listed with its address.
    """
    from scheduler.posts.holds import stop_story
    from scheduler.posts.queries import find_posts, receipts_of

    if not reason.strip():
        raise click.BadParameter("expected a reason", param_hint="--reason")
    with door.book() as book:
        campaign, occurrences = _story(book, story)
        with book.writing() as connection:
            told = [
                each
                for occurrence in occurrences
                for each in stop_story(connection, campaign, occurrence, reason, who=door.who, now=door.now())
            ]
        with book.reading() as session:
            found = find_posts(session, campaigns=[campaign])
            posts = [post for post in found if post.occurrence in occurrences]
            receipts = receipts_of(session, posts)
    set_aside = frozenset(each.id for each in told)
    stopped = Stopped(campaign, occurrences, reason, door.who, posts, receipts, set_aside)
    say(stopped_lines(stopped, min(width(), 120), door.now()))


def _story(book: "Book", story: str) -> tuple[str, list[str]]:
    """Returns the campaign and the occurrences that are meant: a post's own, or all of a campaign that are under way."""
    from scheduler.cli.names import campaigns_in_book
    from scheduler.posts.queries import find_posts, get_post

    if story.isdecimal():
        with book.reading() as session:
            post = get_post(session, int(story))
        return post.campaign, [post.occurrence]
    campaigns_in_book(book, [story])
    with book.reading() as session:
        posts = find_posts(session, campaigns=[story])
    under_way = {post.occurrence for post in posts if post.status in ("approved", "publishing", "unconfirmed", "held")}
    return story, sorted(under_way or {posts[-1].occurrence})


def stopped_lines(stopped: Stopped, room: int, now: datetime) -> Iterator[str]:
    """Yields what was stopped, what is out with its address, what nobody can call back, and the way back."""
    from scheduler.cli.waiting import listed, ways_on

    set_aside = [post for post in stopped.posts if post.id in stopped.set_aside]
    waiting = stopped.of_status("held")
    story = f"{stopped.campaign} {' and '.join(stopped.occurrences)}"
    yield from fold(plain(f"Stopped by {stopped.who}: {story}: {stopped.reason}"), 2)
    yield f"Nothing of this campaign goes out any more; {count(len(set_aside), 'post')} set aside just now."
    yield from _out(stopped, room)
    sending, doubtful = stopped.of_status("publishing"), stopped.of_status("unconfirmed")
    if sending:
        yield from ("", "Being sent right now, and cannot be called back; look again in a minute:")
        yield from listed(sending, room)
    if doubtful:
        yield from ("", "Perhaps out, nobody knows yet; look at the account itself:")
        yield from listed(doubtful, room)
    if waiting:
        yield from ("", "Stopped:")
        yield from listed(waiting, room)
    drafts = stopped.of_status("draft")
    if drafts:
        yield from ("", f"{count(len(drafts), 'draft')} besides, not approved: nothing of that goes out by itself.")
    yield from ("", "The way back, should it go on:", f"  redletter resume --campaign {stopped.campaign}")
    if waiting:
        yield from ways_on(waiting, now)


def _out(stopped: Stopped, room: int) -> Iterator[str]:
    """Yields the posts that are out, whole or in part, each with all its addresses in full."""
    from scheduler.cli.waiting import listed

    out = [post for post in stopped.posts if stopped.receipts.get(post.id or 0)]
    if not out:
        yield from ("", "Nothing of it is out.")
        return
    yield from ("", "Out already; what should not stay has to be deleted there:")
    heading, *lines = listed(out, room, most=len(out))
    yield heading
    for line, post in zip(lines, out, strict=True):
        yield line
        receipts, parts = stopped.receipts[post.id or 0], len(post.message.parts)
        for receipt in receipts:
            part = f"part {receipt.part + 1} of {parts}: " if parts > 1 else ""
            yield plain(f"        {part}{receipt.url or receipt.platform_id}")
