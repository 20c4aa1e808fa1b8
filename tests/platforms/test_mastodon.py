"""What Mastodon does in its own way."""

import json
from datetime import UTC, datetime
from http import HTTPStatus
from random import Random

import pytest

from scheduler.errors import CredentialsRefused, OutcomeUnknown, PostRefused, PublishError
from scheduler.platforms.contract import Receipt
from tests.builders.platforms import make_message
from tests.servers.fake_platforms import Fault

NOW = datetime(2027, 3, 18, 9, 0, tzinfo=UTC)


def payload_of(adapter, text="Look out for #CEADay27 today.", **settings):
    return adapter.payload(make_message(text, **settings), adapter.new_key(NOW, Random(text)))


async def test_the_same_key_again_gives_the_first_post(adapter_of, fake):
    adapter = adapter_of("mastodon")
    payload = payload_of(adapter)
    fake.faults = [Fault(drop="whole", accept=True)]
    with pytest.raises(OutcomeUnknown):
        await adapter.send(payload)

    receipt = await adapter.send(payload)

    assert [each.id for each in fake.accepted] == [receipt.platform_id]
    assert fake.accepted[0].key == payload.key


async def test_a_server_that_ignores_keys_posts_twice(adapter_of, fake):
    fake.honours_keys = False
    adapter = adapter_of("mastodon")
    payload = payload_of(adapter)

    first, second = await adapter.send(payload), await adapter.send(payload)

    assert first.platform_id != second.platform_id


async def test_the_receipt_has_the_server_s_own_address(adapter_of, fake):
    adapter = adapter_of("mastodon")

    receipt = await adapter.send(payload_of(adapter))

    assert receipt.url == f"https://social.example/@testshire/{receipt.platform_id}"


LANGUAGES = [("en-GB", "en"), ("cy", "cy"), ("gd-GB", "gd"), ("EN", "en")]


@pytest.mark.parametrize(("language", "sent"), LANGUAGES)
def test_a_language_goes_without_its_region(adapter_of, language, sent):
    assert payload_of(adapter_of("mastodon"), language=language).body["language"] == sent


def test_a_content_warning_goes_into_its_own_field(adapter_of):
    payload = payload_of(adapter_of("mastodon"), content_warning="abuse")

    assert payload.body["spoiler_text"] == "abuse"
    assert payload.body["status"] == "Look out for #CEADay27 today."


def test_without_a_content_warning_there_is_no_such_field(adapter_of):
    assert "spoiler_text" not in payload_of(adapter_of("mastodon")).body


def test_a_thread_is_a_chain_of_replies(adapter_of):
    adapter = adapter_of("mastodon")

    payload = adapter.payload(make_message("One.", "Two."), "key", [Receipt("11", None, {"id": "11"})])

    assert payload.body["in_reply_to_id"] == "11"
    assert payload.body["status"] == "Two."


FORBIDDEN = [
    ("This action is outside the authorized scopes", CredentialsRefused, "the token may only read"),
    ("Your login is currently disabled", CredentialsRefused, "the account is switched off"),
    ("Your account has been suspended", CredentialsRefused, "or suspended"),
    ("This action is not allowed", PostRefused, "this post alone"),
    ("The post you answer was removed", PostRefused, "removed, and not moved"),
]


@pytest.mark.parametrize(("said", "error", "reason"), FORBIDDEN)
async def test_a_403_is_about_the_account_or_about_the_text(adapter_of, fake, said, error, reason):
    fake.faults = [Fault(status=403, body=json.dumps({"error": said}))]
    adapter = adapter_of("mastodon")

    with pytest.raises(PublishError) as caught:
        await adapter.send(payload_of(adapter))

    assert type(caught.value) is error, reason
    assert said in caught.value.detail


async def test_a_refusal_says_what_the_server_said(adapter_of, fake):
    fake.faults = [Fault(status=422, body=json.dumps({"error": "Validation failed: Text\ncan't be blank"}))]
    adapter = adapter_of("mastodon")

    with pytest.raises(PostRefused) as caught:
        await adapter.send(payload_of(adapter))

    phrase = HTTPStatus.UNPROCESSABLE_ENTITY.phrase  # Python 3.13 took over the newer one
    assert caught.value.detail == f"Mastodon answered 422 ({phrase}): Validation failed: Text can't be blank"


@pytest.mark.parametrize("token", ["two\nlines", "tök€n"])
async def test_a_token_that_fits_no_header_is_refused_before_the_call(adapter_of, fake, token):
    adapter = adapter_of("mastodon", secrets={"access_token": token})

    with pytest.raises(CredentialsRefused):
        await adapter.send(payload_of(adapter))

    assert fake.calls == []
