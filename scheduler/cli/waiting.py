"""Posts that wait for a word, in a list inside of a message, with the ways on; for whatever leaves some behind."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from scheduler.cli.output import table
from scheduler.cli.posts import short_hour

if TYPE_CHECKING:
    from scheduler.posts.tables import Post

_LISTED = 50
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


def ways_on(posts: "Sequence[Post]") -> Iterator[str]:
    """Yields the commands with which a person decides about held posts."""
    campaigns = {post.campaign for post in posts}
    if len(posts) <= _NAMED:
        kept = cancelled = " ".join(str(number) for number in sorted(post.id or 0 for post in posts))
    else:
        kept, cancelled = f"--campaign {campaigns.pop()}" if len(campaigns) == 1 else "--all", "POST…"
    yield f"  still go out  redletter keep {kept}"
    yield f"  another hour  {_ANOTHER_HOUR}"
    yield f"  not at all    redletter cancel {cancelled}"


def ways_on_from_missed() -> Iterator[str]:
    """Yields the commands with which a person decides about missed posts."""
    yield f"  another hour  {_ANOTHER_HOUR}"
    yield "  not at all    redletter reject POST…"
