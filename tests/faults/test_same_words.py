"""Two posts with the same words are under way when the daemon is killed, and one of them has arrived: both are out at the end."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.builders.posts import make_draft, posts_in
from tests.crash.platforms import FINE, Call, Trouble, TroubledPlatforms
from tests.crash.scene import ASKED_ACCOUNTS, make_scene

LOST = Trouble(takes=False, ends="hang")
TAKEN = Trouble(ends="hang")


@pytest.mark.parametrize("account", ASKED_ACCOUNTS)
@pytest.mark.parametrize("honours_keys", [True, False], ids=["keys honoured", "keys ignored"])
@pytest.mark.parametrize("first", [TAKEN, LOST], ids=["the first arrived", "the second arrived"])
def test_of_two_posts_with_the_same_words_both_are_out_in_the_end(
    tmp_path: Path, account: str, honours_keys: bool, first: Trouble
) -> None:
    def one_of_two(call: Call) -> Trouble:
        if call.name and call.nth <= 2:
            return first if call.nth == 1 else (LOST if first is TAKEN else TAKEN)
        return FINE

    with make_scene(tmp_path, TroubledPlatforms(one_of_two, honours_keys=honours_keys), timeout="5s") as scene:
        now = datetime.now(UTC)
        scene.approve([make_draft("post 1", slot=slot, account=account, scheduled_at=now) for slot in ("one", "two")])
        daemon = scene.start()
        scene.wait_for_calls(2)
        daemon.ends_within(0.2)  # in which what has arrived is taken
        daemon.kill()

        after = scene.start()
        after.wait_for("publishing from")
        scene.settle(after)

        assert after.wait() == 0
        assert len(scene.out) == 2
        assert scene.breaches() == []
        assert {post.status for post in posts_in(scene.book)} == {"published"}
