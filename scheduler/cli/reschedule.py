"""The command reschedule, and what a person means by an hour."""

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from scheduler.cli.door import Door
from scheduler.cli.named_posts import hour_of, posts_called
from scheduler.cli.output import complain, say
from scheduler.errors import MoveNotAllowed
from scheduler.posts.wording import clock_of

if TYPE_CHECKING:
    from scheduler.posts.tables import Post

_AT = re.compile(r"(?:(\d{4}-\d{2}-\d{2})[ T])?(\d{1,2}:\d{2})")


@click.command()
@click.argument("post", type=int)
@click.argument("when")
@click.pass_obj
def reschedule(door: Door, post: int, when: str) -> None:
    """Give a post another hour.

    WHEN is local time of the campaign, "2027-03-18 09:30" or "09:30" for the same day, or how much later: "+30m",
    "+1d". An approval is void then. Brings back what was rejected or cancelled.
    """
    with door.book() as book:
        (found,) = posts_called(book, [post])
        moment, note = moment_meant(when, found)
        if note:
            complain(f"note: {note}")
        from scheduler.posts.review import reschedule as reschedule_post

        with book.writing() as connection:
            reschedule_post(connection, found, moment, who=door.who, now=door.now())
        (saved,) = posts_called(book, [post])
    again = "; it needs approval again" if found.status != "draft" else ""
    say(f"Post {post} is a draft for {hour_of(saved)}, version {saved.version}{again}.")


def moment_meant(when: str, post: "Post") -> tuple[datetime, str | None]:
    """Returns the moment that a person means, and a note where the clocks change; MoveNotAllowed for what is no time."""
    from scheduler.campaigns import When, at
    from scheduler.tomlfile import parse_duration

    when = when.strip()
    zone = _zone_of(post)
    expected = f'expected "2027-03-18 09:30", "09:30", "+30m" or "+1d", found "{when}"'
    if when.startswith("+"):
        try:
            return _later(post.scheduled_at, parse_duration(when[1:]), zone)
        except ValueError as error:
            raise MoveNotAllowed(f"{expected}: {error}") from error
    match = _AT.fullmatch(when)
    if match is None:
        raise MoveNotAllowed(expected)
    date, time = match.groups()
    try:
        local = datetime.fromisoformat(f"{date or post.scheduled_at.astimezone(zone).date()}T{time:0>5}")
    except ValueError as error:
        raise MoveNotAllowed(f"{expected}: {error}") from error
    return at(local.date(), When(0, local.time()), zone)


def _zone_of(post: "Post") -> ZoneInfo:
    """Returns the post's time zone; raises MoveNotAllowed where this machine does not know it: an hour must not be guessed."""
    zone = clock_of(post.time_zone)
    if not isinstance(zone, ZoneInfo):
        raise MoveNotAllowed(
            f'post {post.id} has the time zone "{post.time_zone}", which this machine does not know, so no hour can be given'
            f" to it; redletter cancel {post.id} or redletter reject {post.id}"
        )
    return zone


def _later(moment: datetime, by: timedelta, zone: ZoneInfo) -> tuple[datetime, str | None]:
    """A day later is the same hour on the wall; an hour later is an hour, whatever the clocks do."""
    from scheduler.campaigns import When, at

    if by % timedelta(days=1):
        return moment + by, None
    local = moment.astimezone(zone) + by
    return at(local.date(), When(0, local.time()), zone)
