"""Two daemons on one book: one publishes, the other waits, and takes over from a dead one but never from a slow one."""

import signal
import time
from datetime import UTC, datetime

from tests.builders.posts import posts_in
from tests.crash.platforms import Call, Trouble
from tests.crash.scene import Scene
from tests.faults.burst import make_burst


def _slowly(_call: Call) -> Trouble:
    return Trouble(after=0.05)


def test_two_daemons_that_start_together_publish_each_post_once(scene: Scene) -> None:
    scene.fake.trouble_of = _slowly
    scene.approve(make_burst(datetime.now(UTC)))

    both = [scene.start(), scene.start()]
    scene.settle(both[0])
    both[1].signal(signal.SIGTERM)

    assert [daemon.wait() for daemon in both] == [0, 0]
    assert scene.breaches() == []
    assert {post.status for post in posts_in(scene.book)} == {"published"}
    assert sorted("standby" in daemon.output for daemon in both) == [False, True]


def test_the_standby_goes_on_where_a_killed_daemon_stopped(scene: Scene) -> None:
    scene.fake.trouble_of = _slowly
    scene.approve(make_burst(datetime.now(UTC)))
    first = scene.start()
    first.wait_for("publishing from")
    standby = scene.start()
    standby.wait_for("standby")
    scene.wait_for_calls(15)

    killed_at = time.monotonic()
    first.kill()
    standby.wait_for("publishing from")
    took = time.monotonic() - killed_at
    scene.settle(standby)

    assert standby.wait() == 0
    assert scene.breaches() == []
    assert {post.status for post in posts_in(scene.book)} == {"published"}
    assert took < 5


def test_the_standby_never_takes_over_from_a_daemon_that_is_only_slow(scene: Scene) -> None:
    scene.fake.trouble_of = _slowly
    scene.approve(make_burst(datetime.now(UTC)))
    first = scene.start()
    first.wait_for("publishing from")
    standby = scene.start()
    standby.wait_for("standby")
    scene.wait_for_calls(15)

    first.signal(signal.SIGSTOP)
    stood_still = not standby.ends_within(3)
    seen_meanwhile = len(scene.fake.posting)
    first.signal(signal.SIGCONT)
    scene.settle(first)
    code = first.wait()
    standby.wait_for("takes over")
    standby.signal(signal.SIGTERM)

    assert stood_still
    assert seen_meanwhile < 40
    assert (code, standby.wait()) == (0, 0)
    assert scene.breaches() == []
    assert {post.status for post in posts_in(scene.book)} == {"published"}
