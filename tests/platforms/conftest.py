"""The fake platforms on a free port of loopback, and adapters that talk to them."""

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.builders.platforms import make_adapter
from tests.servers.fake_platforms import FakePlatforms, serve


@pytest_asyncio.fixture
async def fake() -> AsyncIterator[FakePlatforms]:
    """The fake platforms, running; `fake.address` is their base_url."""
    platforms = FakePlatforms()
    runner, port = await serve(platforms)
    platforms.address = f"http://127.0.0.1:{port}"
    yield platforms
    await runner.cleanup()


@pytest_asyncio.fixture
async def adapter_of(fake, tmp_path):
    """Makes adapters that talk to `fake`, and closes them."""
    made = []

    def make(platform, base_url=None, **settings):
        adapter = make_adapter(platform, tmp_path, base_url or fake.address, **settings)
        made.append(adapter)
        return adapter

    yield make
    for adapter in made:
        await adapter.close()
