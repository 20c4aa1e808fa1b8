"""Posting to a real Bluesky server."""

from datetime import UTC, datetime, timedelta
from random import Random
from uuid import uuid4

import aiohttp
import pytest
import pytest_asyncio

from scheduler.errors import CredentialsRefused, OutcomeUnknown, PostRefused, TemporaryFailure
from scheduler.platforms.contract import Doubt, Finding, Receipt, Verdict
from tests.builders.platforms import make_message, publish

pytestmark = pytest.mark.servers

PASSWORD = "correct-horse-battery"


@pytest_asyncio.fixture
async def handle(bluesky_address):
    """A new account's handle."""
    name = f"force-{uuid4().hex[:8]}.test"
    account = {"handle": name, "email": f"{name}@force.example", "password": PASSWORD}
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{bluesky_address}/xrpc/com.atproto.server.createAccount", json=account) as answer,
    ):
        assert answer.status == 200, await answer.text()
    return name


@pytest.fixture
def force(adapter_of, handle, bluesky_address):
    """Makes the adapter of the new account, at `base_url` or at the server itself."""

    def make(base_url=bluesky_address, password=PASSWORD):
        return adapter_of("bluesky", base_url, secrets={"app_password": password}, settings={"handle": handle})

    return make


async def records_of(address, handle):
    query = {"repo": handle, "collection": "app.bsky.feed.post"}
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{address}/xrpc/com.atproto.repo.listRecords", params=query) as answer,
    ):
        return (await answer.json())["records"]


def payload_of(adapter, text="“It’s time to talk” #CEADay27 https://force.example/day", earlier=()):
    message = make_message(*["part"] * len(earlier), text)
    return adapter.payload(message, adapter.new_key(datetime.now(UTC), Random()), earlier)


async def test_the_login_is_the_handle(force, handle):
    assert await force().check_login() == f"@{handle}"


async def test_what_was_sent_is_what_stands_there(force, bluesky_address, handle):
    adapter = force()
    payload = payload_of(adapter)

    receipt = await publish(adapter, payload)

    [record] = await records_of(bluesky_address, handle)
    assert record["value"] == payload.body["record"]
    assert {"uri": record["uri"], "cid": record["cid"]} == receipt.reply_to


async def test_a_lost_answer_and_the_same_key_again_is_one_post(force, proxied, bluesky_address, handle):
    proxy = await proxied(bluesky_address)
    adapter = force(proxy.address)
    payload = payload_of(adapter)
    proxy.lose("putRecord")
    with pytest.raises(OutcomeUnknown):
        await publish(adapter, payload)

    receipt = await publish(adapter, payload)

    assert proxy.lost == [200]
    assert [record["uri"] for record in await records_of(bluesky_address, handle)] == [receipt.platform_id]


async def test_another_text_under_the_same_key_changes_nothing(force, bluesky_address, handle):
    adapter = force()
    payload = payload_of(adapter, "First.")
    await publish(adapter, payload)
    other = adapter.payload(make_message("Second."), payload.key)

    with pytest.raises(OutcomeUnknown):
        await publish(adapter, other)

    assert [record["value"]["text"] for record in await records_of(bluesky_address, handle)] == ["First."]


async def test_a_thread_hangs_together(force, bluesky_address, handle):
    adapter = force()
    receipts: list[Receipt] = []
    for text in ("One.", "Two.", "Three."):
        receipts.append(await publish(adapter, payload_of(adapter, text, receipts)))

    last = next(r for r in await records_of(bluesky_address, handle) if r["value"]["text"] == "Three.")

    assert last["value"]["reply"] == {"root": receipts[0].reply_to, "parent": receipts[1].reply_to}


@pytest.mark.parametrize("text", ["a" * 300, "👨‍👩‍👧‍👦" * 120])
async def test_what_we_count_as_fitting_fits(force, text):
    adapter = force()
    assert all(length.fits for length in adapter.lengths(make_message(text), 0))

    assert await publish(adapter, payload_of(adapter, text))


@pytest.mark.parametrize("text", ["a" * 301, "👨‍👩‍👧‍👦" * 121])
async def test_what_we_count_as_too_long_is_refused(force, text):
    adapter = force()
    assert not all(length.fits for length in adapter.lengths(make_message(text), 0))

    with pytest.raises(PostRefused):
        await publish(adapter, payload_of(adapter, text))


async def test_a_mention_of_somebody_known_is_resolved(force, bluesky_address, handle):
    adapter = force()

    await publish(adapter, payload_of(adapter, f"Thank you @{handle} and @nobody-at-all.test"))

    [record] = await records_of(bluesky_address, handle)
    [facet] = record["value"]["facets"]
    assert facet["features"][0]["did"] in record["uri"]


async def test_a_wrong_password_is_told(force):
    with pytest.raises(CredentialsRefused):
        await force(password="wrong").check_login()


async def test_a_broken_session_is_renewed(force, bluesky_address, handle):
    adapter = force()
    await adapter.check_login()
    login = adapter._login
    session = login.result()
    assert session.renew_at - datetime.now(UTC) > timedelta(minutes=1)
    object.__setattr__(session, "access", session.access[:-8] + "AAAAAAAA")
    with pytest.raises(TemporaryFailure):
        await publish(adapter, payload_of(adapter))

    assert await publish(adapter, payload_of(adapter))

    assert len(await records_of(bluesky_address, handle)) == 1


async def find(adapter, payload):
    [finding] = await adapter.find([Doubt(payload, datetime.now(UTC))], lambda _: False)
    return finding


async def test_a_post_whose_answer_was_lost_is_found(force, proxied, bluesky_address, handle):
    proxy = await proxied(bluesky_address)
    adapter = force(proxy.address)
    payload = payload_of(adapter, f"Thank you @{handle}, https://force.example/day?a=1&b=2 <today>")
    before = await find(adapter, payload)
    proxy.lose("putRecord")
    with pytest.raises(OutcomeUnknown):
        await publish(adapter, payload)

    after = await find(adapter, payload)

    assert before == Finding(Verdict.REPEATABLE)
    [record] = await records_of(bluesky_address, handle)
    assert after.receipt.reply_to == {"uri": record["uri"], "cid": record["cid"]}
    assert after.receipt == await publish(adapter, payload)


async def test_the_second_part_of_a_thread_is_found(force):
    adapter = force()
    first = await publish(adapter, payload_of(adapter, "One."))
    payload = payload_of(adapter, "Two.", [first])
    second = await publish(adapter, payload)

    assert await find(adapter, payload) == Finding(Verdict.OUT, second)


async def test_another_record_under_the_key_is_not_ours(force):
    adapter = force()
    payload = payload_of(adapter, "First.")
    await publish(adapter, payload)

    finding = await find(adapter, adapter.payload(make_message("Second."), payload.key))

    assert finding.verdict is Verdict.UNANSWERED


async def test_a_wrong_password_is_told_when_asking(force):
    adapter = force(password="wrong")

    with pytest.raises(CredentialsRefused):
        await find(adapter, payload_of(adapter))
