"""Collects nothing unless scripts/test-servers has started the servers."""

import os

import pytest
import pytest_asyncio

from tests.builders.platforms import make_adapter
from tests.servers.losing_proxy import LosingProxy

collect_ignore_glob = [] if "REDLETTER_TEST_BLUESKY" in os.environ else ["test_*.py"]


@pytest_asyncio.fixture
async def proxied():
    """Puts a proxy that can lose answers before an address."""
    proxies = []

    async def put_before(address):
        proxy = LosingProxy(address)
        await proxy.start()
        proxies.append(proxy)
        return proxy

    yield put_before
    for proxy in proxies:
        await proxy.stop()


@pytest_asyncio.fixture
async def adapter_of(tmp_path):
    """Makes adapters and closes them."""
    made = []

    def make(platform, base_url, **account):
        adapter = make_adapter(platform, tmp_path, base_url, timeout=20.0, **account)
        made.append(adapter)
        return adapter

    yield make
    for adapter in made:
        await adapter.close()


@pytest.fixture
def bluesky_address():
    return os.environ["REDLETTER_TEST_BLUESKY"]


@pytest.fixture
def mastodon_address():
    return os.environ["REDLETTER_TEST_MASTODON"]
