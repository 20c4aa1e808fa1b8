"""The daemon is killed in the middle of a burst, again and again: nothing twice, nothing lost without a name beside it."""

import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from scheduler.posts.book import Book
from tests.builders.posts import approve_all, make_draft, posts_in, save
from tests.builders.processes import Platforms, Process

POSTS = 90
ACCOUNTS = ("force-x", "force-mastodon", "force-bluesky")


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_killed_at_random_moments_every_post_is_decided_as_it_really_is(
    book: Book, platforms: Platforms, start: Callable[..., Process], seed: int
) -> None:
    chance = Random(seed)
    due = datetime.now(UTC) + timedelta(seconds=0.3)
    drafts = [
        make_draft(f"post {n}", slot=f"slot-{n}", account=ACCOUNTS[n % 3], scheduled_at=due, late=None)
        for n in range(POSTS)
    ]
    save(book, *drafts, now=due - timedelta(days=1))
    approve_all(book, now=due - timedelta(hours=1))
    platforms.script({"count": 10 * POSTS, "delay": 0.02})

    for accepted in sorted(chance.sample(range(POSTS), 3)):
        daemon = start()
        _wait_until(lambda least=accepted: len(platforms.texts()) >= least or _is_decided(book))
        daemon.kill()
    last = start("--until-done")
    assert last.wait() == 0

    out = Counter(platforms.texts())
    assert max(out.values()) == 1, "a post went out twice"
    for post in posts_in(book):
        assert post.status in ("published", "unconfirmed"), "a post was lost"
        if post.status == "published":
            assert out[post.message.parts[0].text] == 1, "called published, and the platform does not have it"


def _is_decided(book: Book) -> bool:
    return not {post.status for post in posts_in(book)} & {"approved", "publishing"}


def _wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
