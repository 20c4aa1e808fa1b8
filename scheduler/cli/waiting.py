"""Posts that wait for a word, in a list inside of a message, with the ways on; for whatever leaves some behind."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from scheduler.cli.output import table
from scheduler.cli.posts import short_hour
from scheduler.posts.wording import count, local_hour

if TYPE_CHECKING:
    from scheduler.posts.tables import Post

_LISTED = 50
EXPIRES_SOON = timedelta(hours=6)
_NAMED = 8  # in a command to copy
_ANOTHER_HOUR = "redletter reschedule POST WHEN, then redletter approve POST"


def listed(posts: "Sequence[Post]", room: int, most: int = _LISTED) -> Iterator[str]:
    """Yields a table of posts: number, hour, account, and as many words as there is room for; of `most` of them."""
    rows = [
        (f"  {post.id}", short_hour(post.scheduled_at, post.time_zone), post.account, post.message.parts[0].text)
        for post in posts[:most]
    ]
    yield from table(("  Post", "Hour", "Account", "Text"), rows, room)
    if len(posts) > most:
        yield f"  … and {len(posts) - most} more: redletter posts --status {posts[0].status}"


def ways_on(posts: "Sequence[Post]", now: datetime) -> Iterator[str]:
    """Yields what expires soon, and the commands with which a person decides about held posts."""
    from scheduler.posts.needs import has_expired

    expired = [post for post in posts if has_expired(post, now)]
    alive = [post for post in posts if post not in expired]
    for post in sorted(alive, key=lambda each: (each.latest_at or now, each.id or 0)):
        if post.latest_at and post.latest_at <= now + EXPIRES_SOON:
            hour = local_hour(post.latest_at, post.time_zone)
            yield f"Expires soon: post {post.id}, on {hour}; no word sends it out after that."
    if alive:
        yield from _ways_on(alive)
    if expired:
        yield from _of_expired(expired, "cancel")


def _of_expired(posts: "Sequence[Post]", no: str) -> Iterator[str]:
    numbers = _numbers(posts)
    yield f"{count(len(posts), 'post')} expired, so that no word sends {'it' if len(posts) == 1 else 'them'} out any more:"
    yield f"  drop          redletter {no} {numbers}"
    yield "  send          write a later `expires` in the campaign, then redletter plan"


def _numbers(posts: "Sequence[Post]") -> str:
    """Returns the posts for a command to copy, as long as they are few."""
    return (
        " ".join(str(number) for number in sorted(post.id or 0 for post in posts)) if len(posts) <= _NAMED else "POST…"
    )


def _ways_on(posts: "Sequence[Post]") -> Iterator[str]:
    campaigns = {post.campaign for post in posts}
    kept = cancelled = _numbers(posts)
    if len(posts) > _NAMED:
        kept = f"--campaign {campaigns.pop()}" if len(campaigns) == 1 else "--all"
    yield f"  still go out  redletter keep {kept}"
    yield f"  another hour  {_ANOTHER_HOUR}"
    yield f"  not at all    redletter cancel {cancelled}"


def ways_on_from_missed(posts: "Sequence[Post]", now: datetime) -> Iterator[str]:
    """Yields the commands with which a person decides about missed posts."""
    from scheduler.posts.needs import has_expired

    expired = [post for post in posts if has_expired(post, now)]
    if len(expired) < len(posts):
        yield f"  another hour  {_ANOTHER_HOUR}"
        yield "  not at all    redletter reject POST…"
    if expired:
        yield from _of_expired(expired, "reject")
