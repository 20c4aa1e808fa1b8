"""A hold set by another process, in the middle of a burst, stops every call that has not begun a quarter of a second later."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from scheduler.posts.tables import Hold
from tests.builders.posts import attempts_in, posts_in
from tests.builders.processes import done
from tests.crash.platforms import Call, Trouble, TroubledPlatforms
from tests.crash.scene import ASKED_ACCOUNTS, Scene, make_scene
from tests.faults.burst import make_burst

WITHIN = timedelta(milliseconds=250)


def _slowly(_call: Call) -> Trouble:
    return Trouble(after=0.1)


@pytest.mark.parametrize("scope", [(), ("--account", "force-mastodon")], ids=["everything", "one account"])
def test_no_call_begins_a_quarter_of_a_second_after_a_hold(tmp_path: Path, scope: tuple[str, ...]) -> None:
    with make_scene(tmp_path, TroubledPlatforms(_slowly), at_once=6, per_account=2, timeout="5s") as scene:
        scene.approve(make_burst(datetime.now(UTC), 150, accounts=ASKED_ACCOUNTS))
        daemon = scene.start()
        scene.wait_for_calls(20)

        done(scene.workspace, "hold", *scope, "--reason", "major incident")
        held_at = _held_at(scene)
        daemon.ends_within(1.5)  # in which 90 more calls would have begun
        while_held = [call for call in scene.fake.posting if not scope or call.platform == "mastodon"]
        last = datetime.fromtimestamp(while_held[-1].at, UTC)
        done(scene.workspace, "resume", *scope, "--keep")
        scene.settle(daemon)

        assert daemon.wait() == 0
        assert last < held_at + WITHIN
        assert len(while_held) < (150 if not scope else 50)
        assert scene.breaches() == []
        assert {post.status for post in posts_in(scene.book)} == {"published"}


def test_a_call_that_waits_for_its_log_in_is_stopped_by_a_hold_that_comes_meanwhile(tmp_path: Path) -> None:
    def slow_login(call: Call) -> Trouble:
        return Trouble(after=2) if "createSession" in call.path else Trouble()

    with make_scene(tmp_path, TroubledPlatforms(slow_login), at_once=6, timeout="5s") as scene:
        scene.approve(make_burst(datetime.now(UTC), 12, accounts=["force-bluesky"]))
        daemon = scene.start()
        scene.wait_for_calls(1, to="createSession")

        done(scene.workspace, "hold", "--reason", "major incident")
        daemon.ends_within(2)
        while_held = list(scene.fake.posting)
        done(scene.workspace, "resume", "--keep")
        scene.settle(daemon)

        assert daemon.wait() == 0
        assert while_held == []
        assert "withdrawn" in {attempt.outcome for attempt in attempts_in(scene.book)}
        assert scene.breaches() == []
        assert {post.status for post in posts_in(scene.book)} == {"published"}


def _held_at(scene: Scene) -> datetime:
    with scene.book.reading() as session:
        return session.exec(select(Hold)).one().held_at
