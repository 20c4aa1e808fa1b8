"""What every adapter must do, before anything that only one of them does."""

import asyncio
import copy
import dataclasses
import json
import logging
import socket
import traceback
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from scheduler.errors import (
    CredentialsRefused,
    OutcomeUnknown,
    PostRefused,
    PublishError,
    TemporaryFailure,
)
from scheduler.platforms import ACCOUNT_KEYS, PLATFORMS
from scheduler.platforms.contract import Doubt, Inquirer, Receipt, Verdict
from tests.builders.platforms import make_account, make_message, publish, secret_of
from tests.servers.fake_platforms import POSTING_PATHS, Fault, posts

NOW = datetime(2027, 3, 18, 9, 0, tzinfo=UTC)
NETWORKED = sorted(POSTING_PATHS)
WITH_LOGIN = [platform for platform in NETWORKED if platform != "webhook"]
ALL = sorted(PLATFORMS)

HTML = {"Content-Type": "text/html"}
JSON = {"Content-Type": "application/json"}


def payload_of(adapter, text="Look out for #CEADay27 today."):
    return adapter.payload(make_message(text), adapter.new_key(NOW, Random(text)))


async def outcome_of(adapter, text="Look out for #CEADay27 today."):
    with pytest.raises(PublishError) as caught:
        await publish(adapter, payload_of(adapter, text))
    return caught.value


def test_every_platform_says_what_its_accounts_need():
    assert set(ACCOUNT_KEYS) == set(PLATFORMS)


@pytest.mark.parametrize("platform", ALL)
async def test_a_post_that_goes_out_comes_back_as_a_receipt(adapter_of, platform):
    adapter = adapter_of(platform)

    receipt = await publish(adapter, payload_of(adapter))

    assert receipt.platform_id
    assert str(receipt.url).startswith(("https://", "file://"))
    assert receipt.reply_to


@pytest.mark.parametrize("platform", NETWORKED)
async def test_what_goes_out_is_the_payload_that_was_shown(adapter_of, fake, platform):
    adapter = adapter_of(platform)
    payload = payload_of(adapter)

    await publish(adapter, payload)

    assert [each.body for each in fake.accepted] == [payload.body]
    if platform != "webhook":  # whose address is a secret
        assert fake.calls[-1]["path"] == payload.path


@pytest.mark.parametrize("platform", NETWORKED)
async def test_once_it_is_ready_a_post_is_one_call(adapter_of, fake, platform):
    adapter = adapter_of(platform)
    payload = payload_of(adapter, "Thank you @partner.example and @nobody.example")
    await adapter.get_ready(payload)
    before = len(fake.calls)

    await adapter.send(payload)

    assert [posts(call["path"]) for call in fake.calls[before:]] == [True]


@pytest.mark.parametrize("platform", NETWORKED)
async def test_once_it_is_ready_a_post_waits_for_no_way_to_be_opened(adapter_of, monkeypatch, platform):
    adapter = adapter_of(platform)
    payload = payload_of(adapter)
    await adapter.get_ready(payload)

    async def nobody_there(*_address, **_options):
        raise OSError("nobody there")

    monkeypatch.setattr("scheduler.platforms.server.start_connection", nobody_there)

    assert await adapter.send(payload)


@pytest.mark.parametrize("platform", NETWORKED)
async def test_getting_ready_posts_nothing(adapter_of, fake, platform):
    adapter = adapter_of(platform)

    await adapter.get_ready(payload_of(adapter, "Thank you @partner.example"))

    assert fake.accepted == []


@pytest.mark.parametrize("platform", ALL)
def test_building_a_payload_is_pure(adapter_of, platform):
    adapter = adapter_of(platform)
    message, key = make_message("Two halves, https://force.example/day"), adapter.new_key(NOW, Random(1))

    first, second = adapter.payload(message, key), adapter.payload(message, key)

    assert first == second
    assert first.key == key
    assert json.loads(json.dumps(first.body)) == first.body
    assert "Authorization" not in first.headers


@pytest.mark.parametrize("platform", ALL)
async def test_sending_leaves_the_payload_as_it_was(adapter_of, platform):
    adapter = adapter_of(platform)
    payload = payload_of(adapter, "Thank you @partner.example and @nobody.example")
    before = copy.deepcopy(payload)

    await publish(adapter, payload)

    assert payload == before


@pytest.mark.parametrize("platform", ALL)
def test_keys_follow_from_the_time_and_the_seed(adapter_of, platform):
    first, second, third = adapter_of(platform), adapter_of(platform), adapter_of(platform)

    keys = [adapter.new_key(NOW, Random(seed)) for adapter, seed in ((first, 1), (second, 1), (third, 2))]

    assert keys[0] == keys[1] != keys[2]


@pytest.mark.parametrize("platform", ALL)
def test_a_thousand_keys_of_one_moment_are_a_thousand(adapter_of, platform):
    adapter, random = adapter_of(platform), Random(7)

    assert len({adapter.new_key(NOW, random) for _ in range(1000)}) == 1000


@pytest.mark.parametrize("platform", ALL)
def test_keys_sort_by_time(adapter_of, platform):
    adapter, random = adapter_of(platform), Random(7)

    keys = [adapter.new_key(NOW + timedelta(minutes=minute), random) for minute in range(50)]

    assert keys == sorted(keys)


@pytest.mark.parametrize("platform", ALL)
def test_the_next_part_of_a_thread_answers_the_one_before(adapter_of, platform):
    adapter = adapter_of(platform)
    earlier = [
        Receipt(name, None, {"id": name, "uri": f"at://did:plc:a/app.bsky.feed.post/{name}", "cid": f"cid-{name}"})
        for name in ("first", "second")
    ]

    payload = adapter.payload(make_message("One.", "Two.", "Three."), adapter.new_key(NOW, Random(1)), earlier)

    body = json.dumps(payload.body)
    assert "Three." in body
    assert "second" in body


@pytest.mark.parametrize("platform", ALL)
async def test_the_login_is_named(adapter_of, platform):
    assert "test" in await adapter_of(platform).check_login()


@pytest.mark.parametrize("platform", NETWORKED)
async def test_checking_a_login_posts_nothing(adapter_of, fake, platform):
    await adapter_of(platform).check_login()

    assert fake.accepted == []


@pytest.mark.parametrize("platform", ALL)
async def test_closing_is_safe_before_the_first_call_and_twice(adapter_of, platform):
    adapter = adapter_of(platform)
    await adapter.close()
    await publish(adapter, payload_of(adapter))

    await adapter.close()
    await adapter.close()

    assert (await publish(adapter, payload_of(adapter, "again"))).platform_id


RECEIPT = '"id": "1", "data": {"id": "1"}, "uri": "at://a", "cid": "b"'  # one for each platform

ANSWERS = [
    # status, accepted before it, body, what it means, why
    (400, False, '{"error": "bad"}', PostRefused, "the request is read and refused"),
    (401, False, '{"error": "no", "title": "Unauthorized"}', CredentialsRefused, "the token is no good"),
    (402, False, "{}", CredentialsRefused, "the account's credit is used up: every post would fail alike"),
    (403, False, "{}", PostRefused, "not allowed, and not said that it is about the account"),
    (404, False, "{}", PostRefused, "there is nothing to post to"),
    (413, False, "", PostRefused, "too large, and will be next time"),
    (422, False, '{"error": "Validation failed"}', PostRefused, "the text is refused"),
    (429, False, "", TemporaryFailure, "refused for now"),
    (425, False, "", TemporaryFailure, "not read, since it might be a repeat of somebody else"),
    (421, False, "", TemporaryFailure, "it came to the wrong server of several, once"),
    (302, True, "<h1>Moved</h1>", OutcomeUnknown, "what takes a form often shows elsewhere what came of it"),
    (303, True, "", OutcomeUnknown, "it is done, and what came of it is shown elsewhere"),
    (301, False, "", PostRefused, "the address is another one, for every post"),
    (408, False, "", OutcomeUnknown, "nobody knows how much of the request was read"),
    (409, False, "{}", OutcomeUnknown, "the same key is at work right now"),
    (500, False, "<h1>Error</h1>", OutcomeUnknown, "may have failed after the post was kept"),
    (502, True, "<h1>Bad gateway</h1>", OutcomeUnknown, "the server behind the proxy has it"),
    (503, True, "<h1>Unavailable</h1>", OutcomeUnknown, "a proxy says so when its server falls silent"),
    (504, True, "", OutcomeUnknown, "the server behind the proxy may still be at it"),
    (200, True, "<h1>Welcome</h1>", OutcomeUnknown, "no receipt in it"),
    (200, True, "[]", OutcomeUnknown, "JSON, but not of the platform's form"),
    (200, True, "{}", OutcomeUnknown, "no id in it"),
    (200, True, "[" * 100_000, OutcomeUnknown, "nested so deep that reading it fails"),
    (202, True, "", OutcomeUnknown, "taken on, not confirmed"),
    (200, True, f'{{{RECEIPT}, "more": "{"x" * 2_000_000}"}}', OutcomeUnknown, "far more than any platform says"),
    (403, False, "x" * 2_000_000, PostRefused, "the status was read, however long the page"),
]


def is_a_receipt(platform, status, body):
    """A webhook has no form of its own to say that it has a post: any 2xx that can be read does."""
    return platform == "webhook" and status < 300 and len(body) < 1_000_000


@pytest.mark.parametrize(
    ("platform", "status", "accept", "body", "error", "reason"),
    [
        (platform, status, accept, body, error, reason)
        for platform in NETWORKED
        for status, accept, body, error, reason in ANSWERS
        if not is_a_receipt(platform, status, body)
    ],
    ids=lambda value: str(value)[:40],
)
async def test_each_answer_has_one_meaning(adapter_of, fake, platform, status, accept, body, error, reason):
    adapter = adapter_of(platform)
    await adapter.check_login()
    fake.faults = [Fault(path=POSTING_PATHS[platform], status=status, accept=accept, body=body, headers=HTML)]

    outcome = await outcome_of(adapter)

    assert type(outcome) is error, reason
    assert str(status) in outcome.detail


# Half of a character, two halves the wrong way round, and NUL, as JSON writes them.
UNFIT = [r"\ud83d", r"\udc00 \ud83d", r"\u0000"]


def can_be_kept(text):
    return "\0" not in text and text.encode().decode() == text


@pytest.mark.parametrize("platform", NETWORKED)
@pytest.mark.parametrize("unfit", UNFIT)
async def test_whatever_the_platform_says_of_a_refusal_can_be_kept(adapter_of, fake, platform, unfit):
    adapter = adapter_of(platform)
    await adapter.check_login()
    said = f'{{"error": "no {unfit}", "message": "no {unfit}", "detail": "no {unfit}", "{unfit}": 1}}'
    fake.faults = [Fault(path=POSTING_PATHS[platform], status=422, body=said)]

    outcome = await outcome_of(adapter)

    assert "no \ufffd" in outcome.detail
    assert can_be_kept(outcome.detail)


@pytest.mark.parametrize("platform", NETWORKED)
@pytest.mark.parametrize("unfit", UNFIT)
async def test_whatever_name_the_platform_gives_a_post_can_be_kept(adapter_of, fake, platform, unfit):
    adapter = adapter_of(platform)
    await adapter.check_login()
    named = f'"id": "1{unfit}", "url": "https://force.example/{unfit}", "uri": "at://{unfit}", "cid": "{unfit}"'
    body = f'{{{named}, "data": {{"id": "1{unfit}"}}}}'
    fake.faults = [Fault(path=POSTING_PATHS[platform], status=200, body=body)]

    receipt = await publish(adapter, payload_of(adapter))

    assert "\ufffd" in receipt.platform_id
    assert receipt.reply_to is not None
    assert all(map(can_be_kept, (receipt.platform_id, receipt.url or "", *receipt.reply_to.values())))


@pytest.mark.parametrize("platform", NETWORKED)
@pytest.mark.parametrize(
    "fault",
    [Fault(drop="whole"), Fault(drop="whole", accept=True), Fault(drop="half", accept=True)],
    ids=["cut before it took the post", "cut after it took the post", "cut in the middle of its answer"],
)
async def test_a_lost_answer_leaves_the_outcome_unknown(adapter_of, fake, platform, fault):
    adapter = adapter_of(platform)
    await adapter.check_login()
    fake.faults = [copy.copy(fault)]

    assert type(await outcome_of(adapter)) is OutcomeUnknown


@pytest.mark.parametrize("platform", ["mastodon", "webhook", "x"])  # Bluesky would get no further than its log-in
async def test_an_answer_that_is_not_http_leaves_the_outcome_unknown_and_keeps_the_secrets(adapter_of, platform):
    async def answer(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"220 mail.force.example ready\r\n")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        adapter = adapter_of(platform, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")

        outcome = await outcome_of(adapter)

    assert type(outcome) is OutcomeUnknown
    assert "Authorization" not in f"{outcome.__cause__!r} {outcome.__context__!r}"


@pytest.mark.parametrize("platform", NETWORKED)
async def test_a_read_time_out_leaves_the_outcome_unknown(adapter_of, fake, platform):
    adapter = adapter_of(platform, timeout=0.3)
    await adapter.check_login()
    fake.faults = [Fault(hang=True)]

    outcome = await outcome_of(adapter)

    assert type(outcome) is OutcomeUnknown
    assert "0.3 s" in outcome.detail


@pytest.mark.parametrize("platform", NETWORKED)
async def test_a_kept_connection_that_is_lost_is_not_used_to_send_again(adapter_of, fake, platform):
    adapter = adapter_of(platform)
    await publish(adapter, payload_of(adapter))
    fake.faults = [Fault(drop="whole", accept=True)]

    outcome = await outcome_of(adapter, "a second text")

    assert type(outcome) is OutcomeUnknown
    assert fake.calls_of(POSTING_PATHS[platform]) == 2
    assert len(fake.accepted) == 2


@pytest.mark.parametrize("platform", NETWORKED)
async def test_a_refused_connection_proves_that_nothing_went_out(adapter_of, platform):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: nobody else gets the port, and it refuses
        adapter = adapter_of(platform, f"http://127.0.0.1:{taken.getsockname()[1]}")

        outcome = await outcome_of(adapter)

    assert type(outcome) is TemporaryFailure
    assert outcome.retry_at is None


@pytest.mark.parametrize("platform", NETWORKED)
async def test_a_connect_time_out_proves_that_nothing_went_out(adapter_of, platform):
    with socket.socket() as full, socket.socket() as first, socket.socket() as second:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for waiting in (first, second):
            waiting.setblocking(False)
            waiting.connect_ex(full.getsockname())
        adapter = adapter_of(platform, f"http://127.0.0.1:{full.getsockname()[1]}", timeout=0.3)

        outcome = await outcome_of(adapter)

    assert type(outcome) is TemporaryFailure


@pytest.mark.parametrize("platform", NETWORKED)
async def test_a_failed_tls_handshake_proves_that_nothing_went_out(adapter_of, fake, platform):
    adapter = adapter_of(platform, fake.address.replace("http:", "https:"))

    assert type(await outcome_of(adapter)) is TemporaryFailure


@pytest.mark.parametrize("platform", NETWORKED)
async def test_a_redirect_is_not_followed(adapter_of, fake, platform):
    adapter = adapter_of(platform)
    await adapter.check_login()
    elsewhere = f"{fake.address}{POSTING_PATHS[platform]}?again"
    fake.faults = [Fault(status=307, headers={"Location": elsewhere})]

    outcome = await outcome_of(adapter)

    assert type(outcome) is PostRefused
    assert "base_url" in outcome.detail
    assert fake.accepted == []


LIMITS = [
    ("x", {"x-rate-limit-reset": "1805677200"}, datetime(2027, 3, 22, 1, 0, tzinfo=UTC), "seconds since 1970"),
    (
        "mastodon",
        {"X-RateLimit-Reset": "2027-03-22T01:00:00.123456Z"},
        datetime(2027, 3, 22, 1, 0, 0, 123456, UTC),
        "ISO",
    ),
    ("mastodon", {"X-RateLimit-Reset": "1805677200"}, datetime(2027, 3, 22, 1, 0, tzinfo=UTC), "servers like Mastodon"),
    ("bluesky", {"ratelimit-reset": "1805677200"}, datetime(2027, 3, 22, 1, 0, tzinfo=UTC), "seconds since 1970"),
    *(
        (platform, {"Retry-After": "Mon, 22 Mar 2027 01:00:00 GMT"}, datetime(2027, 3, 22, 1, 0, tzinfo=UTC), "HTTP")
        for platform in NETWORKED
    ),
    *((platform, {"Retry-After": "soon"}, None, "nothing that can be understood") for platform in NETWORKED),
    *((platform, {"Retry-After": "99999999999999999999"}, None, "beyond the calendar") for platform in NETWORKED),
    *((platform, {"Retry-After": "999999999"}, None, "31 years, which no limit lasts") for platform in NETWORKED),
]


@pytest.mark.parametrize(("platform", "headers", "retry_at", "reason"), LIMITS)
async def test_a_rate_limit_says_when_to_try_again(adapter_of, fake, platform, headers, retry_at, reason):
    adapter = adapter_of(platform)
    await adapter.check_login()
    fake.faults = [Fault(status=429, headers=headers)]

    outcome = await outcome_of(adapter)

    assert type(outcome) is TemporaryFailure
    assert outcome.retry_at == retry_at, reason


@pytest.mark.parametrize("platform", NETWORKED)
async def test_retry_after_in_seconds_counts_from_now(adapter_of, fake, platform):
    adapter = adapter_of(platform)
    await adapter.check_login()
    fake.faults = [Fault(status=429, headers={"Retry-After": "120"})]
    before = datetime.now(UTC)

    outcome = await outcome_of(adapter)

    assert before <= outcome.retry_at - timedelta(seconds=120) <= datetime.now(UTC)


OVER = [
    ("x", "x-rate-limit-reset", "1600000000"),
    ("mastodon", "X-RateLimit-Reset", "2020-09-13T12:26:40.000Z"),
    ("bluesky", "ratelimit-reset", "1600000000"),
]


@pytest.mark.parametrize(("platform", "header", "is_over"), OVER)
async def test_a_reset_that_is_over_by_this_clock_hides_no_retry_after(adapter_of, fake, platform, header, is_over):
    adapter = adapter_of(platform)
    await adapter.check_login()
    fake.faults = [Fault(status=429, headers={header: is_over, "Retry-After": "120"})]
    before = datetime.now(UTC)

    outcome = await outcome_of(adapter)

    assert before <= outcome.retry_at - timedelta(seconds=120) <= datetime.now(UTC)


WRONG = {"x": "access_token", "mastodon": "access_token", "bluesky": "app_password", "webhook": "url"}


@pytest.mark.parametrize("platform", NETWORKED)
async def test_a_wrong_secret_is_told_from_a_refused_post(adapter_of, fake, platform):
    adapter = adapter_of(platform, secrets={WRONG[platform]: "wrong"})

    assert type(await outcome_of(adapter)) is CredentialsRefused
    with pytest.raises(CredentialsRefused):
        await adapter.check_login()
    assert fake.accepted == []


@pytest.mark.parametrize("platform", NETWORKED)
async def test_a_secret_that_was_mended_is_read_anew(adapter_of, fake, tmp_path, platform):
    adapter = adapter_of(platform, secrets={WRONG[platform]: "wrong"})
    await outcome_of(adapter)

    make_account(platform, tmp_path, fake.address)

    assert await publish(adapter, payload_of(adapter))


@pytest.mark.parametrize("platform", NETWORKED)
async def test_a_missing_secret_holds_the_account_and_calls_nobody(adapter_of, fake, tmp_path, platform):
    adapter = adapter_of(platform)
    (tmp_path / f"{platform}-{WRONG[platform]}").unlink()

    outcome = await outcome_of(adapter)

    assert type(outcome) is CredentialsRefused
    assert WRONG[platform] in outcome.detail
    assert fake.calls == []


@pytest.mark.parametrize("platform", WITH_LOGIN)
@pytest.mark.parametrize("fault", [Fault(path="/", status=500, count=9), Fault(path="/", drop="whole", count=9)])
async def test_an_unclear_answer_to_a_login_is_only_temporary(adapter_of, fake, platform, fault):
    fake.faults = [copy.copy(fault)]

    with pytest.raises(TemporaryFailure):
        await adapter_of(platform).check_login()


FINDING = ["bluesky", "mastodon", "outbox", "x"]
ASKED = ["bluesky", "mastodon", "x"]
NOT_OUT = {"x": Verdict.NOT_SEEN} | dict.fromkeys(("bluesky", "mastodon", "outbox"), Verdict.REPEATABLE)
# What is asked of a platform, one after the other, to look for a post.
QUESTIONS = [
    ("bluesky", "createSession"),
    ("bluesky", "getRecord"),
    ("mastodon", "verify_credentials"),
    ("mastodon", "/accounts/7/statuses"),
    ("mastodon", "/api/v2/instance"),
    ("x", "/2/users/me"),
    ("x", "/2/users/7/tweets"),
]
# Where a post is known by its words, and not by a key of ours.
BY_WORDS = ["mastodon", "x"]


def taken_by_nobody(_platform_id):
    return False


def doubt_about(payload, earlier=()):
    return Doubt(payload, datetime.now(UTC), earlier)


async def test_every_platform_can_be_asked(adapter_of):
    assert [platform for platform in ALL if isinstance(adapter_of(platform), Inquirer)] == ALL


@pytest.mark.parametrize("platform", FINDING)
async def test_what_is_out_is_found_with_the_receipt_that_sending_gave(adapter_of, platform):
    adapter = adapter_of(platform)
    doubt = doubt_about(
        payload_of(adapter, "“Talk & listen” < £5 https://force.example/day?a=1&b=2 #CEADay27\n\nToday.")
    )
    receipt = await publish(adapter, doubt.payload)

    [finding] = await adapter.find([doubt], taken_by_nobody)

    assert (finding.verdict, finding.receipt) == (Verdict.OUT, receipt)


@pytest.mark.parametrize("platform", ASKED)
async def test_what_is_out_is_found_after_its_answer_was_lost(adapter_of, fake, platform):
    adapter = adapter_of(platform)
    doubt = doubt_about(payload_of(adapter))
    await adapter.get_ready(doubt.payload)
    fake.faults = [Fault(drop="whole", accept=True)]
    with pytest.raises(OutcomeUnknown):
        await publish(adapter, doubt.payload)

    [finding] = await adapter.find([doubt], taken_by_nobody)

    assert finding.receipt.platform_id == fake.accepted[0].id


@pytest.mark.parametrize("platform", FINDING)
async def test_what_is_not_out_is_not_found(adapter_of, platform):
    adapter = adapter_of(platform)
    await publish(adapter, payload_of(adapter, "Another text."))

    [finding] = await adapter.find([doubt_about(payload_of(adapter))], taken_by_nobody)

    assert (finding.verdict, finding.receipt) == (NOT_OUT[platform], None)


@pytest.mark.parametrize("platform", FINDING)
async def test_each_doubt_has_its_own_finding_in_their_order(adapter_of, platform):
    adapter = adapter_of(platform)
    doubts = [doubt_about(payload_of(adapter, f"Text {number}.")) for number in range(20)]
    receipts = [await publish(adapter, doubt.payload) if index % 3 else None for index, doubt in enumerate(doubts)]

    findings = await adapter.find(doubts, taken_by_nobody)

    assert [finding.receipt for finding in findings] == receipts


@pytest.mark.parametrize("platform", FINDING)
async def test_the_second_part_of_a_thread_is_found(adapter_of, platform):
    adapter = adapter_of(platform)
    message = make_message("One.", "Two.")
    first = await publish(adapter, adapter.payload(message, adapter.new_key(NOW, Random(1))))
    doubt = doubt_about(adapter.payload(message, adapter.new_key(NOW, Random(2)), [first]), [first])
    before = await adapter.find([doubt], taken_by_nobody)
    second = await publish(adapter, doubt.payload)

    after = await adapter.find([doubt], taken_by_nobody)

    assert [finding.verdict for finding in before] == [NOT_OUT[platform]]
    assert [finding.receipt for finding in after] == [second]


@pytest.mark.parametrize("platform", FINDING)
async def test_nobody_is_asked_about_nothing(adapter_of, fake, platform):
    assert list(await adapter_of(platform).find([], taken_by_nobody)) == []
    assert fake.calls == []


@pytest.mark.parametrize("platform", FINDING)
async def test_what_may_not_go_out_again_is_never_called_repeatable(adapter_of, platform):
    adapter = adapter_of(platform)
    doubt = dataclasses.replace(doubt_about(payload_of(adapter)), may_repeat=False)

    [finding] = await adapter.find([doubt], taken_by_nobody)

    assert finding.verdict is Verdict.NOT_SEEN


@pytest.mark.parametrize("platform", ASKED)
async def test_asking_posts_nothing(adapter_of, fake, platform):
    adapter = adapter_of(platform)

    await adapter.find([doubt_about(payload_of(adapter))], taken_by_nobody)

    assert fake.accepted == []
    assert [call for call in fake.calls if posts(call["path"])] == []


UNCLEAR = [
    Fault(status=500, count=99),
    Fault(drop="whole", count=99),
    Fault(drop="half", count=99),
    Fault(status=429, count=99),
    Fault(hang=True, count=99),
    Fault(status=200, count=99, body="<h1>Welcome</h1>"),
    Fault(status=200, count=99, body="[[]]"),
]
UNCLEAR_IDS = ["500", "cut", "cut half way", "429", "silent", "a page", "another form"]


@pytest.mark.parametrize(
    ("platform", "path"),
    [
        ("x", "/2/users/me"),
        ("x", "/2/users/7/tweets"),
        ("mastodon", "verify_credentials"),
        ("mastodon", "/accounts/7/statuses"),
        ("bluesky", "getRecord"),
    ],
)
@pytest.mark.parametrize("status", [400, 404])
async def test_a_refusal_that_is_no_word_of_the_platform_is_only_temporary(adapter_of, fake, platform, path, status):
    adapter = adapter_of(platform)
    fake.faults = [Fault(path=path, status=status, body="<h1>We are moving house</h1>")]

    with pytest.raises(TemporaryFailure, match=str(status)):
        await adapter.find([doubt_about(payload_of(adapter))], taken_by_nobody)


@pytest.mark.parametrize(("platform", "path"), QUESTIONS)
@pytest.mark.parametrize("fault", UNCLEAR, ids=UNCLEAR_IDS)
async def test_an_unclear_answer_about_a_post_is_only_temporary(adapter_of, fake, platform, path, fault):
    adapter = adapter_of(platform, timeout=0.3)
    doubts = [doubt_about(payload_of(adapter, f"Text {number}.")) for number in range(3)]
    fake.faults = [dataclasses.replace(fault, path=path)]

    with pytest.raises(TemporaryFailure):
        await adapter.find(doubts, taken_by_nobody)


@pytest.mark.parametrize(("platform", "path"), QUESTIONS)
async def test_a_limit_on_asking_says_when_to_ask_again(adapter_of, fake, platform, path):
    adapter = adapter_of(platform)
    fake.faults = [Fault(path=path, status=429, headers={"Retry-After": "Mon, 22 Mar 2027 01:00:00 GMT"})]

    with pytest.raises(TemporaryFailure) as caught:
        await adapter.find([doubt_about(payload_of(adapter))], taken_by_nobody)

    assert caught.value.retry_at == datetime(2027, 3, 22, 1, 0, tzinfo=UTC)


@pytest.mark.parametrize("platform", ASKED)
async def test_a_platform_that_is_down_can_be_asked_later(adapter_of, platform):
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        adapter = adapter_of(platform, f"http://127.0.0.1:{nobody.getsockname()[1]}")

        with pytest.raises(TemporaryFailure):
            await adapter.find([doubt_about(payload_of(adapter))], taken_by_nobody)


@pytest.mark.parametrize("platform", ["bluesky", "mastodon"])
async def test_a_wrong_secret_is_told_when_asking(adapter_of, platform):
    adapter = adapter_of(platform, secrets={WRONG[platform]: "wrong"})

    with pytest.raises(CredentialsRefused):
        await adapter.find([doubt_about(payload_of(adapter))], taken_by_nobody)


@pytest.mark.parametrize("platform", ASKED)
async def test_a_missing_secret_is_told_when_asking(adapter_of, fake, tmp_path, platform):
    adapter = adapter_of(platform)
    (tmp_path / f"{platform}-{WRONG[platform]}").unlink()

    with pytest.raises(CredentialsRefused):
        await adapter.find([doubt_about(payload_of(adapter))], taken_by_nobody)
    assert fake.calls == []


@pytest.mark.parametrize("platform", BY_WORDS)
async def test_the_same_words_of_another_post_are_not_taken_for_ours(adapter_of, platform):
    adapter = adapter_of(platform)
    other = await publish(adapter, payload_of(adapter))
    doubt = doubt_about(adapter.payload(make_message(), adapter.new_key(NOW, Random(2))))

    [finding] = await adapter.find([doubt], lambda platform_id: platform_id == other.platform_id)

    assert finding.verdict is NOT_OUT[platform]


@pytest.mark.parametrize("platform", BY_WORDS)
@pytest.mark.parametrize("out", [0, 1, 2, 3])
async def test_no_post_is_found_for_two_doubts(adapter_of, platform, out):
    adapter = adapter_of(platform)
    payloads = [adapter.payload(make_message(), adapter.new_key(NOW, Random(seed))) for seed in range(3)]
    receipts = {(await publish(adapter, payload)).platform_id for payload in payloads[:out]}

    findings = await adapter.find([doubt_about(payload) for payload in payloads], taken_by_nobody)

    found = [finding.receipt.platform_id for finding in findings if finding.verdict is Verdict.OUT]
    assert len(found) == out
    assert set(found) == receipts


@pytest.mark.parametrize("platform", BY_WORDS)
@pytest.mark.parametrize("ahead", [timedelta(minutes=10), timedelta(hours=1), timedelta(days=3)])
async def test_the_same_words_of_another_time_are_left_to_a_person(adapter_of, platform, ahead):
    adapter = adapter_of(platform)
    payload = payload_of(adapter)
    receipt = await publish(adapter, payload)
    clock_was_ahead = Doubt(payload, datetime.now(UTC) + ahead)

    [finding] = await adapter.find([clock_was_ahead], taken_by_nobody)

    assert (finding.verdict, finding.receipt) == (Verdict.UNANSWERED, None)
    assert receipt.url in finding.detail


@pytest.mark.parametrize("platform", BY_WORDS)
@pytest.mark.parametrize(
    ("hours", "verdict"), [(1, Verdict.UNANSWERED), (25, Verdict.UNANSWERED), (27, None), (365 * 24, None)]
)
async def test_the_same_words_of_last_year_are_another_post(adapter_of, fake, platform, hours, verdict):
    adapter = adapter_of(platform)
    await publish(adapter, payload_of(adapter))
    fake.accepted[0].at -= hours * 3600
    doubt = doubt_about(adapter.payload(make_message(), adapter.new_key(NOW, Random(2))))

    [finding] = await adapter.find([doubt], taken_by_nobody)

    assert finding.verdict is (verdict or NOT_OUT[platform])


@pytest.mark.parametrize("platform", BY_WORDS)
async def test_a_post_that_is_found_for_one_doubt_is_of_no_other_time_for_the_next(adapter_of, platform):
    adapter = adapter_of(platform)
    payloads = [adapter.payload(make_message(), adapter.new_key(NOW, Random(seed))) for seed in range(2)]
    receipt = await publish(adapter, payloads[0])
    now = datetime.now(UTC)

    first, second = await adapter.find(
        [Doubt(payloads[0], now), Doubt(payloads[1], now + timedelta(minutes=4))], taken_by_nobody
    )

    assert first.receipt == receipt
    assert second.verdict is NOT_OUT[platform]


@pytest.mark.parametrize("platform", BY_WORDS)
async def test_the_same_words_in_another_thread_are_not_ours(adapter_of, platform):
    adapter = adapter_of(platform)
    message = make_message("One.", "Ends.")
    first, other = [await publish(adapter, payload_of(adapter, text)) for text in ("One.", "Another.")]
    await publish(adapter, adapter.payload(message, adapter.new_key(NOW, Random(2)), [other]))
    doubt = doubt_about(adapter.payload(message, adapter.new_key(NOW, Random(3)), [first]), [first])

    [finding] = await adapter.find([doubt], taken_by_nobody)

    assert finding.verdict is NOT_OUT[platform]


@pytest.mark.parametrize("platform", BY_WORDS)
async def test_a_post_is_found_behind_many_newer_ones(adapter_of, platform):
    adapter = adapter_of(platform)
    doubt = doubt_about(payload_of(adapter))
    receipt = await publish(adapter, doubt.payload)
    for number in range(250):
        await publish(adapter, payload_of(adapter, f"Text {number}."))

    [finding] = await adapter.find([doubt], taken_by_nobody)

    assert finding.receipt == receipt


def echoing(platform):
    """An answer that repeats what a careless platform might: the secrets."""
    said = " ".join([*(secret_of(platform, key) for key in ACCOUNT_KEYS[platform].secrets), "eyJhbGci.eyJzdWIi.c2ln"])
    return json.dumps({"error": said, "message": said, "detail": said})


@pytest.mark.parametrize("platform", ALL)
async def test_no_secret_shows_in_logs_errors_or_repr(adapter_of, fake, caplog, tmp_path, platform):
    caplog.set_level(logging.DEBUG)
    adapter = adapter_of(platform)
    faults = [
        Fault(),
        Fault(status=401, body=echoing(platform), headers=JSON),
        Fault(status=403, body=echoing(platform), headers=JSON),
        Fault(status=422, body=echoing(platform), headers=JSON),
        Fault(status=503, body=echoing(platform), headers=HTML),
        Fault(drop="whole"),
        Fault(drop="half"),
    ]
    shown = [repr(adapter), repr(vars(adapter)["_account"])]

    await adapter.check_login()
    for number, fault in enumerate(faults):
        fake.faults = [fault]
        with suppress(PublishError):
            try:
                shown.append(repr(await publish(adapter, payload_of(adapter, f"Text {number}"))))
            except PublishError as error:
                shown += [
                    repr(error),
                    repr(error.__cause__),
                    repr(error.__context__),
                    *traceback.format_exception(error),
                ]
                raise

    everything = "\n".join([*shown, caplog.text])
    secrets = [secret_of(platform, key) for key in ACCOUNT_KEYS[platform].secrets]
    for word in (*secrets, "oauth_signature", "oauth_token", "Authorization", "Bearer ", "Signature:", "eyJ"):
        assert word not in everything
