"""One run of a plan: real daemons on one book, each killed in its turn, the last left alone until all is decided."""

import asyncio
import signal
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from scheduler import faultpoints
from scheduler.posts.tables import Post
from tests.builders.posts import posts_in, save
from tests.builders.processes import Process
from tests.crash.forked import ForkServer
from tests.crash.oracle import Breach
from tests.crash.plan import TIMEOUT, UNWANTED, Kill, Plan
from tests.crash.platforms import Call, TroubledPlatforms
from tests.crash.scene import LOOK_EVERY, OUTBOX, Scene, make_scene


@dataclass(frozen=True, slots=True)
class Killed:
    """A kill of the plan; came_about: its moment came. Otherwise nothing was left to do, and the daemon was killed at rest."""

    kill: Kill
    came_about: bool


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one run; statuses: how many posts of each are in the book at the end; asked_about: how many of each
    account are left to a person."""

    plan: Plan
    killed: Sequence[Killed]
    statuses: Counter[str]
    asked_about: Counter[str]
    breaches: Sequence[Breach]
    seconds: float

    @property
    def command(self) -> str:
        """How to see it again, as far as moments can be had again."""
        return f"scripts/crash-test --runs 1 --seed {self.plan.seed}"


def carry_out(plan: Plan, workspace: Path, forks: ForkServer) -> Result:
    """Runs the plan in an empty folder, which keeps the book and what the daemons said; forks: where it wants forked ones."""
    begun = time.monotonic()
    fake = TroubledPlatforms(
        plan.trouble_of, honours_keys=plan.honours_keys, refuses_duplicates=plan.refuses_duplicates
    )
    of_plan = {"at_once": plan.at_once, "timeout": f"{TIMEOUT:g}s", "drain": "5s"}
    with make_scene(workspace, fake, forks if plan.forked else None, **of_plan) as scene:
        now = datetime.now(UTC)
        scene.approve(plan.approved(now))
        save(scene.book, *plan.unapproved(now), now=now - timedelta(days=1))
        killed, broken = [], []
        for kill in plan.kills:
            killed.append(_kill(scene, kill))
            # As many calls as there are places, and those that have just ended.
            broken += scene.wreck(2 * plan.at_once)
        _finish(scene)
        broken += [*_ended_badly(scene, plan), *scene.breaches(lambda post: _may_fail(post, scene, plan))]
        posts = posts_in(scene.book)
    statuses = Counter(post.status for post in posts)
    asked_about = Counter(post.account for post in posts if post.status == "unconfirmed")
    return Result(plan, killed, statuses, asked_about, broken, time.monotonic() - begun)


def _kill(scene: Scene, kill: Kill) -> Killed:
    daemon = scene.start(environment={faultpoints.VARIABLE: f"{kill.step}:{kill.count}"} if kill.step else {})
    if not kill.step and kill.count == 0:
        daemon.ends_within(kill.delay)
        daemon.signal(signal.SIGKILL)
    elif not kill.step:
        scene.fake.when_seen = _KillAtCall(daemon, kill)
    while not daemon.ends_within(LOOK_EVERY) and not (scene.is_quiet() and scene.is_settled()):
        scene.book.close()
    scene.fake.when_seen = lambda _: None
    is_there = not daemon.ends_within(0)
    daemon.kill()
    return Killed(kill, came_about=not is_there and daemon.wait() == -signal.SIGKILL)


class _KillAtCall:
    """Kills the daemon some moments after the platforms have seen so many of its calls; runs in their thread."""

    def __init__(self, daemon: Process, kill: Kill) -> None:
        self._daemon = daemon
        self._kill = kill
        self._seen = 0

    def __call__(self, _call: Call) -> None:
        self._seen += 1
        if self._seen == self._kill.count:
            if self._kill.stops:
                self._daemon.signal(signal.SIGTERM)
            asyncio.get_running_loop().call_later(self._kill.delay, self._daemon.signal, signal.SIGKILL)


def _finish(scene: Scene) -> None:
    daemon = scene.start()
    daemon.wait_for("publishing from")  # from here on it can be told to stop
    scene.settle(daemon)


def _ended_badly(scene: Scene, plan: Plan) -> list[Breach]:
    """Every daemon but the last was killed, the last was told to stop: an end of another kind is one too early."""
    broken = []
    for number, daemon in enumerate(scene.daemons, 1):
        was_told = daemon is scene.daemons[-1] or plan.kills[number - 1].stops
        was_killed = daemon is not scene.daemons[-1]
        code, expected = daemon.wait(), {0: was_told, -signal.SIGKILL: was_killed}
        (scene.workspace / f"daemon-{number}.log").write_text(daemon.output + "\n", encoding="utf-8")
        if not expected.get(code):
            broken.append(Breach("daemon", f"the {number}. daemon ended with {code}: {daemon.output[-300:]}"))
    return broken


def _may_fail(post: Post, scene: Scene, plan: Plan) -> bool:
    first = post.message.parts[0].text
    if UNWANTED in first:
        return post.account != OUTBOX
    is_out = any((out.account, out.text) == (post.account, first) for out in scene.out)
    return is_out and plan.refuses_duplicates and post.account == "force-x"
