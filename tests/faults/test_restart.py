"""From `kill -9` to the first post of the next daemon."""

import time
from datetime import UTC, datetime

from tests.builders.posts import posts_in
from tests.crash.platforms import Call, Trouble
from tests.crash.scene import Scene
from tests.faults.burst import make_burst

WITHIN = 5.0  # seconds


def test_the_next_daemon_publishes_within_five_seconds_of_the_kill(scene: Scene) -> None:
    def slowly(_call: Call) -> Trouble:
        return Trouble(after=0.05)

    scene.fake.trouble_of = slowly
    scene.approve(make_burst(datetime.now(UTC), 100))
    first = scene.start()
    scene.wait_for_calls(20)

    first.kill()
    killed_at, seen = time.time(), len(scene.fake.posting)
    second = scene.start()
    scene.wait_for_calls(seen + 1)
    took = scene.fake.posting[seen].at - killed_at
    scene.settle(second)

    assert second.wait() == 0
    assert scene.breaches() == []
    assert {post.status for post in posts_in(scene.book)} == {"published"}
    assert took < WITHIN
