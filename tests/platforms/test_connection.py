"""A connection is sure that nothing was sent only while it is known to be connecting."""

from contextlib import asynccontextmanager

import pytest

from scheduler.errors import OutcomeUnknown
from scheduler.platforms.connection import Connection


class SilentSession:
    """An aiohttp that fails without having asked our connector for a connection, as another version of it might."""

    @asynccontextmanager
    async def request(self, *_arguments, **_settings):
        raise OSError("something broke")
        yield


async def test_a_call_that_never_seemed_to_connect_may_have_been_sent():
    connection = Connection("http://127.0.0.1:9", 5.0, SilentSession(), lambda body, _posts: body)

    with pytest.raises(OutcomeUnknown, match="something broke"):
        await connection.call("POST", "/", body=b"{}", headers={}, posts=True)
