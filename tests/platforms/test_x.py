"""What X does in its own way."""

import json
import logging
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from scheduler.errors import CredentialsRefused, DuplicateRefused, PostRefused, PublishError, TemporaryFailure
from scheduler.platforms.contract import Doubt, Finding, Verdict
from scheduler.platforms.x import X
from tests.builders.platforms import make_account, make_message, publish
from tests.servers.fake_platforms import Fault

NOW = datetime(2027, 3, 18, 9, 0, tzinfo=UTC)


async def send(adapter, text="Look out for #CEADay27 today."):
    return await publish(adapter, adapter.payload(make_message(text), adapter.new_key(NOW, Random(text))))


def problem(detail, kind="about:blank"):
    return json.dumps({"title": "Forbidden", "detail": detail, "type": kind, "status": 403})


FORBIDDEN = [
    (
        problem("You are not allowed to create a Tweet with duplicate content."),
        DuplicateRefused,
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


def payload_of(adapter, text="Look out for #CEADay27 today."):
    return adapter.payload(make_message(text), adapter.new_key(NOW, Random(text)))


async def find(adapter, payload):
    [finding] = await adapter.find([Doubt(payload, datetime.now(UTC))], lambda _: False)
    return finding


TEXTS = [
    "“It’s time”: call 101 & say so < 5 > 4. 👍🏽\n\nhttps://force.example/Path/?a=1&b=2 #CEADay27",
    "A domain alone, gov.scot/day, and https://Force.Example/",
    "Two links: https://force.example/a https://force.example/b.",
    "Café and Café, once composed and once not.",
    "What an entity is: &amp; and &lt;",
    f"Long, {'very ' * 60}long, and https://force.example/day at its end & more",
]


@pytest.mark.parametrize("text", TEXTS)
async def test_a_post_is_found_by_its_words_however_x_shows_them(adapter_of, text):
    adapter = adapter_of("x")
    payload = payload_of(adapter, text)
    receipt = await publish(adapter, payload)

    assert await find(adapter, payload) == Finding(Verdict.OUT, receipt)


def posts(**post):
    now = datetime.now(UTC).isoformat()
    return json.dumps({"data": [{"id": "19", "created_at": now, **post}], "meta": {"result_count": 1}})


SHOWN = [
    (
        {
            "text": "Look out for #CEADay27 today. https://t.co/abcdefghij",
            "entities": {
                "urls": [
                    {"url": "https://t.co/abcdefghij", "expanded_url": "https://x.com/a/photo/1", "media_key": "3_1"}
                ]
            },
        },
        "a picture is a link at the end",
    ),
    (
        {"text": "Look out for #CEADay27 today.", "referenced_tweets": [{"type": "quoted", "id": "18"}]},
        "what it quotes is not what it replies to",
    ),
]


@pytest.mark.parametrize(("post", "reason"), SHOWN)
async def test_what_x_adds_to_a_post_is_not_its_words(adapter_of, fake, post, reason):
    adapter = adapter_of("x")
    fake.faults = [Fault(path="/2/users/7/tweets", status=200, body=posts(**post))]

    assert (await find(adapter, payload_of(adapter))).verdict is Verdict.OUT, reason


async def test_a_reply_that_names_whom_it_answers_is_found(adapter_of, fake):
    adapter = adapter_of("x")
    first = await send(adapter, "One.")
    payload = adapter.payload(make_message("One.", "Two."), "key", [first])
    answered = [{"type": "replied_to", "id": first.platform_id}]
    body = posts(text="@testshire Two.", referenced_tweets=answered)
    fake.faults = [Fault(path="/2/users/7/tweets", status=200, body=body)]

    assert (await find(adapter, payload)).receipt.platform_id == "19"


@pytest.mark.parametrize("text", ["Look out for #CEADay27 today", "look out for #CEADay27 today.", "Look out today."])
async def test_almost_the_same_words_are_another_post(adapter_of, text):
    adapter = adapter_of("x")
    await send(adapter, text)

    assert (await find(adapter, payload_of(adapter))).verdict is Verdict.NOT_SEEN


@pytest.mark.parametrize(
    "said",
    [
        {"meta": {"result_count": 3}},
        {"meta": {"result_count": 0}, "errors": [{"title": "Service Unavailable"}]},
    ],
)
async def test_an_answer_that_keeps_posts_back_does_not_say_that_there_are_none(adapter_of, fake, said):
    adapter = adapter_of("x")
    fake.faults = [Fault(path="/2/users/7/tweets", status=200, body=json.dumps(said))]

    with pytest.raises(TemporaryFailure):
        await find(adapter, payload_of(adapter))


@pytest.mark.parametrize("path", ["/2/users/me", "/2/users/7/tweets"])
@pytest.mark.parametrize("status", [401, 403, 404])
async def test_credentials_that_may_not_read_are_told_and_leave_the_account_alone(adapter_of, fake, path, status):
    adapter = adapter_of("x")
    fake.faults = [Fault(path=path, status=status, body=problem("client-not-enrolled"))]

    finding = await find(adapter, payload_of(adapter))

    assert finding.verdict is Verdict.UNANSWERED
    assert "client-not-enrolled" in finding.detail
    assert (await publish(adapter, payload_of(adapter))).platform_id


async def test_whose_posts_they_are_is_asked_once(adapter_of, fake):
    adapter = adapter_of("x")

    for _ in range(3):
        await find(adapter, payload_of(adapter))

    assert fake.calls_of("/2/users/me") == 1


async def test_an_attempt_that_seems_to_be_to_come_can_be_asked_about(adapter_of, fake):
    adapter = adapter_of("x")
    payload = payload_of(adapter)
    await publish(adapter, payload)
    doubts = [Doubt(payload, datetime.now(UTC) + timedelta(minutes=minutes)) for minutes in (10, 20)]

    findings = await adapter.find(doubts, lambda _: False)

    assert [finding.verdict for finding in findings] == [Verdict.UNANSWERED] * 2


async def test_only_posts_since_a_day_before_the_attempt_are_read(adapter_of, fake):
    adapter = adapter_of("x")
    for number in range(150):
        await send(adapter, f"Text {number}.")
    for old in fake.accepted[:100]:
        old.at -= 27 * 3600

    await find(adapter, payload_of(adapter))

    assert fake.calls_of("/2/users/7/tweets") == 1
