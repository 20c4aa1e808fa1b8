"""Posting to a server that speaks Mastodon's API."""

from datetime import UTC, datetime
from random import Random
from uuid import uuid4

import aiohttp
import pytest

from scheduler.errors import CredentialsRefused, OutcomeUnknown
from scheduler.platforms.contract import Doubt, Finding, Verdict
from tests.builders.platforms import make_message, publish

pytestmark = pytest.mark.servers

TOKEN = {"access_token": "mock_token"}  # what mastodon-mock takes


def payload_of(adapter, text, earlier=(), **settings):
    message = make_message(*["part"] * len(earlier), text, **settings)
    return adapter.payload(message, adapter.new_key(datetime.now(UTC), Random()), earlier)


async def read(address, path):
    headers = {"Authorization": "Bearer mock_token"}
    async with aiohttp.ClientSession(headers=headers) as session, session.get(address + path) as answer:
        return await answer.json()


async def own_statuses_with(address, text):
    me = await read(address, "/api/v1/accounts/verify_credentials")
    return [each for each in await read(address, f"/api/v1/accounts/{me['id']}/statuses") if text in each["content"]]


async def test_the_login_has_a_name(adapter_of, mastodon_address):
    assert (await adapter_of("mastodon", mastodon_address, secrets=TOKEN).check_login()).startswith("@")


async def test_what_was_sent_is_what_stands_there(adapter_of, mastodon_address):
    adapter = adapter_of("mastodon", mastodon_address, secrets=TOKEN)

    receipt = await publish(adapter, payload_of(adapter, "Look out today.", content_warning="abuse", language="cy"))

    status = await read(mastodon_address, f"/api/v1/statuses/{receipt.platform_id}")
    assert "Look out today." in status["content"]
    assert (status["spoiler_text"], status["language"]) == ("abuse", "cy")


async def test_a_lost_answer_and_the_same_key_again_is_one_post(adapter_of, proxied, mastodon_address):
    proxy = await proxied(mastodon_address)
    adapter = adapter_of("mastodon", proxy.address, secrets=TOKEN)
    text = f"Once, {uuid4().hex}"
    payload = payload_of(adapter, text)
    proxy.lose("/statuses")
    with pytest.raises(OutcomeUnknown):
        await publish(adapter, payload)

    receipt = await publish(adapter, payload)

    assert proxy.lost == [200]
    assert [each["id"] for each in await own_statuses_with(mastodon_address, text)] == [receipt.platform_id]


async def test_a_thread_hangs_together(adapter_of, mastodon_address):
    adapter = adapter_of("mastodon", mastodon_address, secrets=TOKEN)
    first = await publish(adapter, payload_of(adapter, "One."))

    second = await publish(adapter, payload_of(adapter, "Two.", [first]))

    status = await read(mastodon_address, f"/api/v1/statuses/{second.platform_id}")
    assert status["in_reply_to_id"] == first.platform_id


async def test_a_wrong_token_is_told(adapter_of, mastodon_address):
    with pytest.raises(CredentialsRefused):
        await adapter_of("mastodon", mastodon_address, secrets={"access_token": "nobody"}).check_login()


async def find(adapter, payload):
    [finding] = await adapter.find([Doubt(payload, datetime.now(UTC))], lambda _: False)
    return finding


TEXTS = [
    "“It’s time”: call 101 & say so < 5 > 4.\n\nhttps://force.example/2027/a-long-address?a=1&b=2 #CEADay27",
    "Thank you @partner@social.example",
    "*Stars* and ~~tildes~~, which this server reads as marks",
]


@pytest.mark.parametrize("text", TEXTS)
async def test_a_post_whose_answer_was_lost_is_found(adapter_of, proxied, mastodon_address, text):
    proxy = await proxied(mastodon_address)
    adapter = adapter_of("mastodon", proxy.address, secrets=TOKEN)
    payload = payload_of(adapter, f"{text} {uuid4().hex}", content_warning="abuse & violence")
    before = await find(adapter, payload)
    proxy.lose("/statuses")
    with pytest.raises(OutcomeUnknown):
        await publish(adapter, payload)

    after = await find(adapter, payload)

    assert before == Finding(Verdict.NOT_SEEN)  # it is none of the servers that are known to keep keys
    assert after == Finding(Verdict.OUT, await publish(adapter, payload))


async def test_the_second_part_of_a_thread_is_found_behind_many_newer_posts(adapter_of, mastodon_address):
    adapter = adapter_of("mastodon", mastodon_address, secrets=TOKEN)
    first = await publish(adapter, payload_of(adapter, "One."))
    payload = payload_of(adapter, "Two.", [first])
    second = await publish(adapter, payload)
    for number in range(50):
        await publish(adapter, payload_of(adapter, f"Newer, {number}."))

    assert await find(adapter, payload) == Finding(Verdict.OUT, second)


async def test_a_wrong_token_is_told_when_asking(adapter_of, mastodon_address):
    adapter = adapter_of("mastodon", mastodon_address, secrets={"access_token": "nobody"})

    with pytest.raises(CredentialsRefused):
        await find(adapter, payload_of(adapter, "Look out today."))
