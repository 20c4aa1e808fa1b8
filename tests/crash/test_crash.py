"""Killed at every step and at random moments, the daemon loses nothing, doubles nothing and leaves nothing undecided."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from scheduler.app import open_workspace
from scheduler.faultpoints import STEPS
from scheduler.platforms import PLATFORMS
from tests.crash.forked import ForkServer
from tests.crash.plan import plan_of
from tests.crash.platforms import TroubledPlatforms
from tests.crash.run import carry_out
from tests.crash.scene import make_scene

SEEDS = range(1, 51)


@pytest.fixture(scope="module")
def forks() -> Iterator[ForkServer]:
    forks = ForkServer()
    yield forks
    forks.close()


@pytest.mark.parametrize("seed", SEEDS)
def test_killed_anywhere_every_post_is_decided_as_it_really_is(tmp_path: Path, forks: ForkServer, seed: int) -> None:
    plan = plan_of(seed)

    result = carry_out(plan, tmp_path, forks)

    aimed = result.killed[plan.aimed]
    assert not result.breaches, "\n".join([f"again with {result.command}", *map(str, result.breaches)])
    assert aimed.came_about or not aimed.kill.step, f"{aimed.kill} was never reached; again with {result.command}"


def test_the_seeds_aim_at_every_step_there_is() -> None:
    aims = {plan.kills[plan.aimed].step for plan in map(plan_of, SEEDS)}

    assert aims >= set(STEPS)


def test_every_adapter_there_is_takes_part(tmp_path: Path) -> None:
    with make_scene(tmp_path, TroubledPlatforms()):
        accounts = open_workspace(tmp_path).config.accounts

    assert {accounts[name].platform for plan in map(plan_of, SEEDS) for name in plan.accounts} == set(PLATFORMS)
