"""What X does in its own way."""

import json
import logging
from datetime import UTC, datetime
from random import Random

import pytest

from scheduler.errors import CredentialsRefused, PostRefused, PublishError
from scheduler.platforms.x import X
from tests.builders.platforms import make_account, make_message
from tests.servers.fake_platforms import Fault

NOW = datetime(2027, 3, 18, 9, 0, tzinfo=UTC)


async def send(adapter, text="Look out for #CEADay27 today."):
    return await adapter.send(adapter.payload(make_message(text), adapter.new_key(NOW, Random(text))))


def problem(detail, kind="about:blank"):
    return json.dumps({"title": "Forbidden", "detail": detail, "type": kind, "status": 403})


FORBIDDEN = [
    (
        problem("You are not allowed to create a Tweet with duplicate content."),
        PostRefused,
        "X says this text was already posted",
        "a text that is out already; it does not say under which id",
    ),
    (
        problem("This app cannot write.", "https://api.twitter.com/2/problems/client-forbidden"),
        CredentialsRefused,
        "This app cannot write.",
        "the app lacks access: every post would fail alike",
    ),
    (
        problem("No write permission.", "https://api.twitter.com/2/problems/oauth1-permissions"),
        CredentialsRefused,
        "No write permission.",
        "the app was set up to read only",
    ),
    (problem("You are not permitted to perform this action."), CredentialsRefused, "not permitted", "nor this user"),
    (problem("Your account is suspended."), CredentialsRefused, "suspended", "the account is"),
    (problem("You may not reply to this conversation."), PostRefused, "reply", "this post alone"),
    (problem("You have been blocked from replying."), PostRefused, "blocked", "and not locked"),
    ("<h1>Forbidden</h1>", PostRefused, "403", "nothing said"),
]


@pytest.mark.parametrize(("body", "error", "words", "reason"), FORBIDDEN)
async def test_a_403_is_about_the_account_or_about_the_text(adapter_of, fake, body, error, words, reason):
    fake.faults = [Fault(status=403, body=body)]

    with pytest.raises(PublishError) as caught:
        await send(adapter_of("x"))

    assert type(caught.value) is error, reason
    assert words in caught.value.detail


async def test_the_receipt_links_to_the_post(adapter_of, fake):
    receipt = await send(adapter_of("x"))

    assert receipt.platform_id == fake.accepted[0].id
    assert receipt.url == f"https://x.com/i/web/status/{receipt.platform_id}"


async def test_a_text_is_sent_as_it_is(adapter_of, fake):
    text = "“It’s time”: call 101 & say so. 👍🏽\n\nhttps://force.example/?a=1&b=2 #CEADay27"

    await send(adapter_of("x"), text)

    assert [each.text for each in fake.accepted] == [text]


async def test_a_path_in_the_base_url_is_kept(adapter_of, fake):
    adapter = adapter_of("x", f"{fake.address}/gateway")

    with pytest.raises(PostRefused):
        await send(adapter)

    assert fake.calls[-1]["path"] == "/gateway/2/tweets"


def test_without_a_base_url_the_host_is_the_one_that_tweepy_signs_for(tmp_path):
    from tweepy.asynchronous.client import AsyncBaseClient

    adapter = X(make_account("x", tmp_path), tmp_path, 5.0)

    assert adapter._connection.base_url in AsyncBaseClient.request.__code__.co_consts


async def test_what_the_signing_libraries_warn_of_is_kept_without_secrets(adapter_of, caplog):
    await send(adapter_of("x"))

    logging.getLogger("tweepy.asynchronous.client").warning("odd token %s", "s3cret-x-access-token-value")

    assert [record.getMessage() for record in caplog.records] == ["odd token [secret]"]


def test_a_thread_is_a_chain_of_replies(tmp_path):
    from scheduler.platforms.contract import Receipt

    adapter = X(make_account("x", tmp_path), tmp_path, 5.0)

    payload = adapter.payload(make_message("One.", "Two."), "key", [Receipt("19", None, {"id": "19"})])

    assert payload.body == {"text": "Two.", "reply": {"in_reply_to_tweet_id": "19"}}
