"""A test can kill the process just after a post has left, and just after its answer was read; no other call counts."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from scheduler.faultpoints import VARIABLE

ROOT = Path(__file__).parent.parent.parent

CODE = """
import asyncio, sys
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from scheduler.platforms.contract import Doubt
from tests.builders.platforms import make_adapter, make_message, publish

async def main(platform, folder, address):
    adapter = make_adapter(platform, Path(folder), address)
    payload = adapter.payload(make_message(), adapter.new_key(datetime.now(UTC), Random(1)))
    await adapter.check_login()
    await adapter.find([Doubt(payload, datetime.now(UTC))], lambda _: False)
    print("asked", flush=True)
    await publish(adapter, payload)
    print("sent", flush=True)

asyncio.run(main(*sys.argv[1:]))
"""


async def killed_at(step, platform, folder, address):
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", CODE, platform, str(folder), address),
        stdout=asyncio.subprocess.PIPE,
        cwd=ROOT,
        env={**os.environ, VARIABLE: step},
    )
    said, _ = await process.communicate()
    return process.returncode, said.decode().split()


@pytest.mark.parametrize("platform", ["bluesky", "mastodon", "webhook", "x"])
@pytest.mark.parametrize("step", ["request-sent", "answer-read"])
async def test_only_a_call_that_posts_is_killed(fake, tmp_path, platform, step):
    code, said = await killed_at(step, platform, tmp_path, fake.address)

    assert (code, said) == (-signal.SIGKILL, ["asked"])
    async with asyncio.timeout(10):
        while not fake.accepted:  # it had left: the platform takes it whoever is alive
            await asyncio.sleep(0)
    assert len(fake.accepted) == 1


@pytest.mark.parametrize(("step", "is_out"), [("request-sent", False), ("answer-read", True)])
async def test_an_outbox_is_killed_before_and_after_its_file_is_there(fake, tmp_path, step, is_out):
    code, said = await killed_at(step, "outbox", tmp_path, fake.address)

    assert (code, said) == (-signal.SIGKILL, ["asked"])
    assert bool(list(tmp_path.rglob("*.json"))) is is_out


async def test_a_step_that_nobody_named_is_passed(fake, tmp_path):
    _, said = await killed_at("claim-begun", "mastodon", tmp_path, fake.address)

    assert said == ["asked", "sent"]
