"""The book is locked by another program, or its disk is full: no call without a claim, nothing twice, and on it goes."""

import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.builders.posts import posts_in
from tests.crash.platforms import Call, Trouble, TroubledPlatforms
from tests.crash.scene import ASKED_ACCOUNTS, Scene, make_scene
from tests.faults.burst import make_burst

LOCKED = 8.0  # seconds
FULL = 6.0  # seconds


def _slowly(_call: Call) -> Trouble:
    return Trouble(after=0.03)


def test_locked_for_8_seconds_nothing_is_later_than_the_lock_and_a_second(scene: Scene) -> None:
    scene.fake.trouble_of = _slowly
    now = datetime.now(UTC)
    scene.approve(make_burst(now, 40))
    scene.approve(make_burst(now + timedelta(seconds=4), 20, first=101))
    daemon = scene.start()
    scene.wait_for_calls(10)

    with closing(sqlite3.connect(scene.book.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        locked_at = time.time()
        is_running = not daemon.ends_within(LOCKED)
        other.execute("ROLLBACK")
    unlocked_at = time.time()
    scene.settle(daemon)

    assert is_running
    assert daemon.wait() == 0
    assert scene.breaches() == []
    assert {post.status for post in posts_in(scene.book)} == {"published"}
    under_way = [call for call in scene.fake.posting if locked_at + 0.5 < call.at < unlocked_at]
    assert under_way == [], "a call was made that was not in the book"
    assert max(call.at for call in scene.fake.posting) < unlocked_at + 1


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "small"
    folder.mkdir()
    try:
        subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)], check=True, capture_output=True, text=True
        )
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"no small disk can be mounted here: {getattr(error, 'stderr', '') or error}")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@contextmanager
def _filled(folder: Path) -> Iterator[None]:
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(4096))
    yield
    ballast.unlink()


def test_with_the_disk_full_for_6_seconds_publishing_stops_and_goes_on_by_itself(small_disk: Path) -> None:
    with make_scene(small_disk, TroubledPlatforms(_slowly), at_once=8, timeout="1s", drain="5s") as scene:
        scene.approve(make_burst(datetime.now(UTC), 60, accounts=ASKED_ACCOUNTS))
        with closing(sqlite3.connect(scene.book.path)) as other:
            other.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # so that the next write needs room
        daemon = scene.start()
        scene.wait_for_calls(10)

        with _filled(small_disk):
            full_at = time.time()
            is_running = not daemon.ends_within(FULL)
        free_at = time.time()
        scene.settle(daemon)

        assert is_running
        assert daemon.wait() == 0
        assert "the disk is full" in daemon.output
        assert scene.breaches() == []
        assert {post.status for post in posts_in(scene.book)} == {"published"}
        assert [call for call in scene.fake.posting if full_at + 0.5 < call.at < free_at] == []
