"""The machine's clock is set back or forward: posts go by the corrected time, none twice, none dropped without a word."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scheduler.posts.book import Book
from tests.builders.posts import NOON, get, make_book, make_post, posts_in
from tests.builders.publishing import FakeAdapter, HeldClock, publishing
from tests.crash.platforms import TroubledPlatforms
from tests.crash.scene import ASKED_ACCOUNTS, Scene, make_scene
from tests.faults.burst import make_burst

# A daemon that went by the clock as it was would be wrong by 30 seconds, or by an hour. On a machine of its own it takes half
# a second; the rest is for one that runs other tests at the same time.
WITHIN = timedelta(seconds=20)
AHEAD = 5  # seconds from now until an hour: enough to approve posts, and to set the clock before it comes


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    """A book, and platforms whose calls may take long: the platforms' clock is not set, so a lost answer would be in doubt."""
    with make_scene(tmp_path, TroubledPlatforms(), at_once=8, timeout="20s", drain="5s") as scene:
        yield scene


@pytest.fixture
def set_clock(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Sets the clock of the daemons started after this by so many seconds against ours, while they run."""
    library = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)
    if library is None:
        pytest.skip("libfaketime is not installed here: apt-get install libfaketime")
    offset = scene.workspace / "faketime"

    def set_to(seconds: float) -> None:
        part = offset.with_suffix(".part")
        part.write_text(f"{seconds:+.0f}s")
        part.replace(offset)
        scene.offset = timedelta(seconds=seconds)

    set_to(0)
    monkeypatch.setenv("LD_PRELOAD", str(library))
    monkeypatch.setenv("FAKETIME_TIMESTAMP_FILE", str(offset))
    monkeypatch.setenv("FAKETIME_NO_CACHE", "1")
    monkeypatch.setenv("FAKETIME_DONT_FAKE_MONOTONIC", "1")  # the steady clock is not set by anybody
    return set_to


def test_set_back_by_30_seconds_a_post_waits_for_the_corrected_hour(
    scene: Scene, set_clock: Callable[[float], None]
) -> None:
    daemon = scene.start()
    daemon.wait_for("publishing from")
    out_before = make_burst(datetime.now(UTC), 3, accounts=ASKED_ACCOUNTS)
    scene.approve(out_before)
    scene.wait_for_calls(3)
    hour = datetime.now(UTC) + timedelta(seconds=AHEAD)
    scene.approve(make_burst(hour, 3, accounts=ASKED_ACCOUNTS, first=11))

    set_clock(-30)
    daemon.wait_for("clock jumped")
    scene.wait_for_calls(6, within=90)
    scene.settle(daemon)

    assert daemon.wait() == 0
    assert [breach for breach in scene.breaches() if breach.kind != "early"] == []  # of those from before it was set
    assert {post.status for post in posts_in(scene.book)} == {"published"}
    assert all(hour <= out.at < hour + WITHIN for out in scene.out[3:])


def test_set_forward_by_an_hour_nothing_is_dropped_without_a_word(
    scene: Scene, set_clock: Callable[[float], None]
) -> None:
    daemon = scene.start()
    daemon.wait_for("publishing from")
    # What calls need is loaded two hours ahead, and here by these: then the daemon looks at its clock, too.
    scene.approve(make_burst(datetime.now(UTC), 3, accounts=ASKED_ACCOUNTS, first=31))
    scene.wait_for_calls(3)
    hour = datetime.now(UTC) + timedelta(hours=1)
    passed = datetime.now(UTC) + timedelta(minutes=10)
    scene.approve(make_burst(hour, 3, accounts=ASKED_ACCOUNTS))
    scene.approve(make_burst(passed, 3, accounts=ASKED_ACCOUNTS, first=11))
    scene.approve(make_burst(passed, 3, accounts=ASKED_ACCOUNTS, first=21, late=timedelta(minutes=30)))

    # However long approving took: the hour has not come yet, and those of ten minutes from now have passed.
    set_clock(round((hour - datetime.now(UTC)).total_seconds()) - AHEAD)
    daemon.wait_for("clock jumped")
    seen_at = scene.now
    daemon.wait_for("missed")
    scene.wait_for_calls(9)
    scene.settle(daemon)

    assert daemon.wait() == 0
    assert [breach for breach in scene.breaches() if breach.kind != "early"] == []
    assert [post.status for post in posts_in(scene.book)] == ["published"] * 9 + ["missed"] * 3
    went_out = {out.text: out.at for out in scene.out}
    assert all(hour <= went_out[f"post {number}"] < hour + WITHIN for number in (1, 2, 3))
    assert all(went_out[f"post {number}"] < seen_at + WITHIN for number in (11, 12, 13))


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    book = make_book(tmp_path)
    yield book
    book.close()


async def test_an_injected_clock_that_is_set_back_sends_nothing_early_and_nothing_again(book: Book) -> None:
    clock, adapter = HeldClock(NOON), FakeAdapter()
    make_post(book, "out already", slot="first")
    make_post(book, "due in ten seconds", slot="second", scheduled_at=NOON + timedelta(seconds=10))

    async with publishing(book, clock, {"force-x": adapter}) as publisher:
        await publisher.publish_due()
        clock.advance(timedelta(seconds=-30))
        await publisher.publish_due()
        sent_while_back = len(adapter.sent)
        clock.advance(timedelta(seconds=39))
        await publisher.publish_due()
        sent_before_its_hour = len(adapter.sent)
        clock.advance(timedelta(seconds=1))
        await publisher.publish_due()

    assert (sent_while_back, sent_before_its_hour) == (1, 1)
    assert [payload.body["text"] for payload in adapter.sent] == ["out already", "due in ten seconds"]


async def test_an_injected_clock_that_is_set_forward_misses_what_is_too_late_and_says_so(book: Book) -> None:
    clock, adapter = HeldClock(NOON), FakeAdapter()
    hour = NOON + timedelta(minutes=10)
    too_late = make_post(book, "too late", slot="first", scheduled_at=hour, late=timedelta(minutes=30))
    still_good = make_post(book, "still good", slot="second", scheduled_at=hour, late=timedelta(hours=2))

    async with publishing(book, clock, {"force-x": adapter}) as publisher:
        await publisher.publish_due()
        clock.advance(timedelta(hours=1))
        await publisher.publish_due()

    assert [payload.body["text"] for payload in adapter.sent] == ["still good"]
    assert get(book, still_good.id or 0).status == "published"
    assert get(book, too_late.id or 0).status == "missed"
    assert "too late" in (get(book, too_late.id or 0).note or "")
