"""The network and the platforms on a bad day: whatever becomes of a call, its post is out once and the book knows it."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from tests.builders.posts import attempts_in, posts_in
from tests.builders.processes import Process, write_config_at
from tests.crash.platforms import FINE, Call, Trouble, TroubledPlatforms
from tests.crash.scene import ASKED_ACCOUNTS, Scene, make_scene
from tests.faults.burst import make_burst
from tests.faults.wire import State, Wire, wired

RETRY_AFTER = 2  # seconds
UNDER_WAY = 0.25  # seconds that an answer may take to reach those who are about to call


@pytest.mark.parametrize(
    "trouble",
    [
        pytest.param(Trouble(takes=False, ends="cut"), id="reset after the request was read"),
        pytest.param(Trouble(ends="cut"), id="reset after the post was taken"),
        pytest.param(Trouble(ends="half"), id="half an answer"),
        pytest.param(Trouble(takes=False, status=503), id="503 before the post was taken"),
        pytest.param(Trouble(status=503), id="503 after the post was taken"),
        pytest.param(Trouble(takes=False, ends="hang"), id="time-out, and the post was not taken"),
        pytest.param(Trouble(ends="hang"), id="time-out after the post was taken"),
        pytest.param(Trouble(after=1.5), id="time-out before the post is taken"),
        pytest.param(Trouble(after=0.5, early=True, status=502), id="502 before the post is taken"),
    ],
)
def test_a_call_that_ends_badly_leaves_its_post_out_once(tmp_path: Path, trouble: Trouble) -> None:
    def first_call_of_each(call: Call) -> Trouble:
        return trouble if call.name and call.nth == 1 else FINE

    # No platform helps by honouring keys here: what is known is known by asking.
    fake = TroubledPlatforms(first_call_of_each, honours_keys=False)
    with make_scene(tmp_path, fake, timeout="1s") as scene:
        scene.approve(make_burst(datetime.now(UTC), 12, accounts=ASKED_ACCOUNTS))
        daemon = scene.start()

        _assert_all_published(scene, daemon)


@pytest.fixture
def wire(scene: Scene) -> Iterator[Wire]:
    """Between the daemon of the scene and its platforms."""
    with wired(scene.url) as wire:
        write_config_at(scene.workspace, wire.url, at_once=8, timeout="1s", drain="5s")
        yield wire


@pytest.mark.parametrize("state", [State.RESET, State.SILENT, State.ONE_WAY])
def test_after_a_partition_every_post_is_decided_as_it_is_on_the_platform(
    scene: Scene, wire: Wire, state: State
) -> None:
    wire.state = state
    scene.approve(make_burst(datetime.now(UTC), 12, accounts=("force-x", "force-mastodon")))
    daemon = scene.start()
    daemon.wait_for("unconfirmed")
    daemon.ends_within(3)  # the platforms are asked, and these questions get no answers either
    taken_meanwhile = len(scene.out)

    wire.state = State.WHOLE

    _assert_all_published(scene, daemon)
    assert bool(taken_meanwhile) == (state is State.ONE_WAY)


def test_a_connection_that_is_refused_proves_that_nothing_was_sent(scene: Scene, wire: Wire) -> None:
    wire.pull_out()
    hour = datetime.now(UTC) - timedelta(hours=1)
    scene.approve(make_burst(hour, 12, accounts=ASKED_ACCOUNTS))
    # Ten times as fast, so that nobody has to wait for the next try.
    daemon = scene.start("--speed", "10", "--start", hour.isoformat())
    daemon.wait_for("try again in")

    wire.lay()

    _assert_all_published(scene, daemon)
    assert {attempt.outcome for attempt in attempts_in(scene.book)} == {"temporary", "accepted"}


def test_a_limit_keeps_its_account_waiting_and_no_other(tmp_path: Path) -> None:
    chance = Random(7)
    limited: dict[str, list[float]] = defaultdict(list)

    def limit(call: Call) -> Trouble:
        if call.platform in ("x", "mastodon") and call.name and call.nth == 1 and chance.random() < 0.3:
            limited[call.platform].append(call.at)
            return Trouble(takes=False, status=429, headers={"Retry-After": str(RETRY_AFTER)})
        return Trouble(after=0.1)

    with make_scene(tmp_path, TroubledPlatforms(limit), at_once=8, per_account=1, timeout="5s") as scene:
        scene.approve(make_burst(datetime.now(UTC), 36, accounts=ASKED_ACCOUNTS))
        daemon = scene.start()

        _assert_all_published(scene, daemon)
        assert set(limited) == {"x", "mastodon"}
        for call in scene.fake.posting:
            for limited_at in limited[call.platform]:
                assert not limited_at + UNDER_WAY < call.at < limited_at + RETRY_AFTER, f"{call} came before its time"
        unlimited = [call.at for call in scene.fake.posting if call.platform == "bluesky"]
        assert max(unlimited) - min(unlimited) < RETRY_AFTER


def _assert_all_published(scene: Scene, daemon: Process) -> None:
    scene.settle(daemon)

    assert daemon.wait() == 0
    assert scene.breaches() == []
    assert {post.status for post in posts_in(scene.book)} == {"published"}
