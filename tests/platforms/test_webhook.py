"""What a webhook does in its own way."""

import base64
import hashlib
import hmac
import json
import logging
import time
from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web

from scheduler.errors import ConfigError, CredentialsRefused, OutcomeUnknown, PostRefused
from scheduler.platforms import place_of
from scheduler.platforms.contract import Doubt, Receipt, Verdict
from scheduler.platforms.webhook import signature
from tests.builders.platforms import make_adapter, make_message, publish
from tests.servers.fake_platforms import Fault

NOW = datetime(2027, 3, 18, 9, 0, tzinfo=UTC)


def payload_of(adapter, text="Look out for #CEADay27 today.", **settings):
    return adapter.payload(make_message(text, **settings), adapter.new_key(NOW, Random(text)))


@pytest_asyncio.fixture
async def receiver():
    """A server that keeps the requests it gets; `receiver.answer` is what it says, `receiver.address` where it is."""

    class Receiver:
        def __init__(self):
            self.requests = []
            self.answer: dict[str, Any] = {"text": "{}"}
            self.address = ""

        async def take(self, request):
            self.requests.append((request.path_qs, dict(request.headers), await request.read()))
            return web.Response(**self.answer)

    kept = Receiver()
    application = web.Application()
    application.router.add_post("/{path:.*}", kept.take)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    kept.address = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield kept
    await runner.cleanup()


def test_a_signature_is_that_of_the_published_example():
    # https://github.com/standard-webhooks/standard-webhooks: the test of every one of its libraries
    key = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")

    made = signature(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", b'{"test": 2432232314}')

    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


SECRETS = [
    ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")),
    ("just some words", b"just some words"),
]


@pytest.mark.parametrize(("secret", "key"), SECRETS)
async def test_what_is_sent_is_what_was_signed(adapter_of, receiver, secret, key):
    adapter = adapter_of("webhook", receiver.address, secrets={"signing_secret": secret})
    payload = payload_of(adapter, "“Hello”, ünïcödé 👍🏽", content_warning="abuse")

    await publish(adapter, payload)

    [(_, headers, body)] = receiver.requests
    signed = f"{payload.key}.{headers['webhook-timestamp']}.".encode() + body
    assert headers["webhook-signature"] == "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
    assert headers["webhook-id"] == headers["Idempotency-Key"] == payload.key
    assert abs(int(headers["webhook-timestamp"]) - time.time()) < 60
    assert headers["Content-Type"] == "application/json"
    assert json.loads(body) == {
        "id": payload.key,
        "text": "“Hello”, ünïcödé 👍🏽",
        "language": "en-GB",
        "content_warning": "abuse",
    }


async def test_without_a_secret_nothing_is_signed(tmp_path, receiver):
    adapter = make_adapter("webhook", tmp_path, receiver.address)
    del adapter._account.secrets["signing_secret"]

    await publish(adapter, payload_of(adapter))
    await adapter.close()

    [(_, headers, _)] = receiver.requests
    assert "webhook-signature" not in headers
    assert "webhook-timestamp" in headers


async def test_a_thread_says_what_each_part_answers(adapter_of):
    adapter = adapter_of("webhook")

    payload = adapter.payload(make_message("One.", "Two."), "key", [Receipt("11", None, {"id": "11"})])

    assert payload.body == {"id": "key", "text": "Two.", "language": "en-GB", "in_reply_to": "11"}


ANSWERS = [
    (200, '{"id": "a1", "url": "https://desk.example/a1"}', "a1", "https://desk.example/a1", "it names the post"),
    (201, '{"id": "a1"}', "a1", None, "and need not say where it is"),
    (202, "", None, None, "it has it, and says no more"),
    (204, "", None, None, "there may be nothing to say"),
    (200, "<h1>Thank you</h1>", None, None, "or nothing that we read"),
    (200, '{"id": 7, "url": 7}', None, None, "an id is text"),
    (200, '{"id": "", "url": "javascript:alert(1)"}', None, None, "an address is one of the web"),
    (200, '{"ok": true, "error": null, "errors": []}', None, None, "it says that nothing went wrong"),
    (
        200,
        '{"id": "a1", "errors": ["the picture is small"]}',
        "a1",
        None,
        "it names what it took, whatever it thinks of it",
    ),
    (200, "ok", None, None, "it says so in plain words"),
    (200, "1 sent, 0 failed, without errors", None, None, "nothing went wrong"),
    (200, "Taken for the desk Counter Terror", None, None, "nothing went wrong there either"),
    (200, "Posted: 'Payments failed last night.'", None, None, "it repeats what we say"),
    (200, "<p>Thank you. If there was an error, write to us.</p>", None, None, "nobody can tell what a page is about"),
]


@pytest.mark.parametrize(("status", "body", "platform_id", "url", "reason"), ANSWERS)
async def test_any_2xx_says_that_it_is_there(adapter_of, receiver, status, body, platform_id, url, reason):
    adapter = adapter_of("webhook", receiver.address)
    receiver.answer = {"status": status, "text": body}
    payload = payload_of(adapter, "Payments failed last night.")

    receipt = await publish(adapter, payload)

    assert receipt == Receipt(platform_id or payload.key, url, {"id": platform_id or payload.key}), reason


COMPLAINTS = [
    '{"error": "the queue is full"}',
    '{"errors": [{"message": "no such channel"}]}',
    '{"ok": false, "error": "not_in_channel"}',
    '{"success": false}',
    '{"status": "error", "message": "no such channel"}',
    '{"ok": false, "id": null, "error": "channel_not_found"}',
    '{"id": "", "success": false}',
    '{"id": 12, "error": "the queue is full"}',
    '{"jsonrpc": "2.0", "id": 1, "error": {"code": -32000, "message": "no such channel"}}',
    '{"jsonrpc": "2.0", "id": "call-1", "error": {"code": -32000, "message": "no such channel"}}',
    '{"id": "OUR OWN", "error": "invalid request"}',
    "Delivery of your message failed with error: the endpoint answered 429",
    '"Error: no such channel"',
    "InternalServerError",
]


@pytest.mark.parametrize("body", COMPLAINTS)
async def test_a_2xx_that_complains_leaves_open_whether_it_is_there(adapter_of, receiver, body):
    adapter = adapter_of("webhook", receiver.address)
    payload = payload_of(adapter)
    receiver.answer = {"status": 200, "text": body.replace("OUR OWN", payload.key)}

    with pytest.raises(OutcomeUnknown, match="200"):
        await publish(adapter, payload)


async def test_a_receiver_that_is_gone_wants_no_more(adapter_of, fake):
    fake.faults = [Fault(status=410, body='{"error": "moved on"}')]
    adapter = adapter_of("webhook")

    with pytest.raises(PostRefused, match=r"wants no more posts.*moved on"):
        await publish(adapter, payload_of(adapter))


async def test_the_same_id_again_is_one_post_where_the_receiver_keeps_ids(adapter_of, fake):
    adapter = adapter_of("webhook", settings={"if_unsure": "repeat"})
    payload = payload_of(adapter)
    fake.faults = [Fault(drop="whole", accept=True)]
    with pytest.raises(OutcomeUnknown):
        await publish(adapter, payload)
    [finding] = await adapter.find([Doubt(payload, NOW)], lambda _: False)

    receipt = await publish(adapter, payload)

    assert finding.verdict is Verdict.REPEATABLE
    assert [each.id for each in fake.accepted] == [receipt.platform_id]


async def test_with_that_contract_a_person_is_asked_about_what_may_not_go_out_again(adapter_of):
    adapter = adapter_of("webhook", settings={"if_unsure": "repeat"})

    [finding] = await adapter.find([Doubt(payload_of(adapter), NOW, may_repeat=False)], lambda _: False)

    assert (finding.verdict, "look" in finding.detail) == (Verdict.UNANSWERED, True)


@pytest.mark.parametrize("settings", [{}, {"if_unsure": "ask"}])
async def test_without_that_contract_a_person_is_asked(adapter_of, fake, settings):
    adapter = adapter_of("webhook", settings=settings)

    findings = await adapter.find([Doubt(payload_of(adapter), NOW)] * 2, lambda _: False)

    assert [finding.verdict for finding in findings] == [Verdict.UNANSWERED] * 2
    assert 'if_unsure = "repeat"' in findings[0].detail
    assert fake.calls == []


def test_what_to_do_when_unsure_is_one_of_two(tmp_path):
    with pytest.raises(ConfigError, match=r'account "force".*"ask" or "repeat", found "retry"'):
        make_adapter("webhook", tmp_path, settings={"if_unsure": "retry"})


ADDRESSES = [
    ("http://hooks.example/a", "https://"),
    ("ftp://hooks.example/a", "not a web address"),
    ("hooks.example/a", "not a web address"),
    ("https://desk:s3same@hooks.example/a", "user name or password"),
    ("https://[::1/a", "not a web address"),
]


@pytest.mark.parametrize(("url", "words"), ADDRESSES)
async def test_an_address_that_cannot_be_used_is_told_without_repeating_it(adapter_of, url, words):
    adapter = adapter_of("webhook", secrets={"url": url})

    for call in (adapter.check_login(), publish(adapter, payload_of(adapter))):
        with pytest.raises(CredentialsRefused, match=words) as caught:
            await call
        assert "hooks.example/a" not in caught.value.detail
        assert "s3same" not in caught.value.detail


async def test_a_signing_secret_that_was_cut_is_told(adapter_of):
    adapter = adapter_of("webhook", secrets={"signing_secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaL"})

    with pytest.raises(CredentialsRefused, match="copied whole"):
        await publish(adapter, payload_of(adapter))


async def test_the_address_is_called_whole_and_shown_without_its_token(adapter_of, receiver, caplog):
    caplog.set_level(logging.DEBUG)
    adapter = adapter_of("webhook", secrets={"url": f"{receiver.address}/in/desk-a1b2c3?token=s3same-street#top"})

    await publish(adapter, payload_of(adapter))

    assert [path for path, _, _ in receiver.requests] == ["/in/desk-a1b2c3?token=s3same-street"]
    assert receiver.address in await adapter.check_login()
    assert "s3same-street" not in caplog.text + repr(adapter) + repr(adapter._receiver) + await adapter.check_login()


async def test_an_address_without_a_path_can_be_called(adapter_of, receiver):
    adapter = adapter_of("webhook", secrets={"url": receiver.address})

    await publish(adapter, payload_of(adapter))

    assert [path for path, _, _ in receiver.requests] == ["/"]


async def test_an_address_that_was_changed_after_a_refusal_is_called(adapter_of, fake, receiver, tmp_path):
    adapter = adapter_of("webhook")
    fake.faults = [Fault(status=401)]
    with pytest.raises(CredentialsRefused):
        await publish(adapter, payload_of(adapter))

    (tmp_path / "webhook-url").write_text(f"{receiver.address}/in", encoding="utf-8")
    await publish(adapter, payload_of(adapter))

    assert [path for path, _, _ in receiver.requests] == ["/in"]


async def test_it_says_where_it_calls_and_what_was_refused_is_no_place_any_more(adapter_of, fake, receiver, tmp_path):
    adapter = adapter_of("webhook")
    payload = payload_of(adapter)
    fake.faults = [Fault(status=401)]
    places = [adapter.place]

    await adapter.get_ready(payload)
    places += [adapter.place, place_of(adapter._account)]
    with pytest.raises(CredentialsRefused):
        await adapter.send(payload)
    places.append(adapter.place)
    (tmp_path / "webhook-url").write_text(f"{receiver.address}/in", encoding="utf-8")
    await adapter.get_ready(payload)
    places += [adapter.place, place_of(adapter._account)]

    unread, before, as_said, refused, after, as_said_anew = places
    assert (unread, refused) == (None, None)
    assert (before, after) == (as_said, as_said_anew)
    assert before != after


def test_it_counts_what_a_reader_sees(adapter_of):
    [length] = adapter_of("webhook", limits={"max_characters": 7}).lengths(make_message("👨‍👩‍👧‍👦 family"), 0)

    assert (length.used, length.limit) == (8, 7)


@pytest.mark.parametrize(
    ("address", "target"),
    [("/in/?room=1#top", "/in/?room=1"), ("/in//twice/", "/in//twice/"), ("?room=1", "/?room=1")],
)
async def test_a_post_goes_to_just_the_address_that_was_given(adapter_of, receiver, address, target):
    adapter = adapter_of("webhook", secrets={"url": receiver.address + address})

    await publish(adapter, payload_of(adapter))

    assert [path for path, _, _ in receiver.requests] == [target]
