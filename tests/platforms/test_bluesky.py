"""What Bluesky does in its own way: sessions, record keys, facets."""

import asyncio
import dataclasses
import json
import logging
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from scheduler.errors import ConfigError, CredentialsRefused, OutcomeUnknown, TemporaryFailure
from scheduler.platforms.contract import Doubt, Receipt, Verdict
from tests.builders.platforms import HANDLE, make_adapter, make_message, publish
from tests.servers.fake_platforms import Fault

NOW = datetime(2027, 3, 18, 9, 0, 0, 123456, tzinfo=UTC)
LOG_IN, REFRESH = "createSession", "refreshSession"


def payload_of(adapter, text="Look out for #CEADay27 today."):
    return adapter.payload(make_message(text), adapter.new_key(NOW, Random(text)))


async def send(adapter, text="Look out for #CEADay27 today."):
    return await publish(adapter, payload_of(adapter, text))


async def results_of(adapter, count):
    """What became of `count` sends at once: receipts and errors."""
    return await asyncio.gather(*(send(adapter, f"Text {n}") for n in range(count)), return_exceptions=True)


async def test_sends_at_once_share_one_log_in(adapter_of, fake):
    receipts = await results_of(adapter_of("bluesky"), 20)

    assert len({receipt.platform_id for receipt in receipts}) == 20
    assert fake.calls_of(LOG_IN) == 1


async def test_sends_at_once_share_one_failed_log_in_too(adapter_of, fake):
    outcomes = await results_of(adapter_of("bluesky", secrets={"app_password": "wrong"}), 20)

    assert {type(outcome) for outcome in outcomes} == {CredentialsRefused}
    assert fake.calls_of(LOG_IN) == 1


async def test_a_sender_that_gives_up_does_not_end_the_log_in_of_others(adapter_of, fake):
    fake.faults = [Fault(path=LOG_IN, delay=0.1)]
    adapter = adapter_of("bluesky")
    impatient, patient = (asyncio.create_task(send(adapter, text)) for text in ("one", "two"))
    await asyncio.sleep(0)  # both wait for the log-in now

    impatient.cancel()

    assert await patient
    assert fake.calls_of(LOG_IN) == 1


async def test_log_ins_that_are_too_many_are_not_repeated_before_their_time(adapter_of, fake):
    reset = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1)
    fake.faults = [Fault(path=LOG_IN, status=429, headers={"ratelimit-reset": str(int(reset.timestamp()))})]
    adapter = adapter_of("bluesky")

    outcomes = [*await results_of(adapter, 1), *await results_of(adapter, 2)]

    assert {type(outcome) for outcome in outcomes} == {TemporaryFailure}
    assert {outcome.retry_at for outcome in outcomes} == {reset}
    assert fake.calls_of(LOG_IN) == 1


async def test_after_a_log_in_that_failed_for_now_the_next_send_tries_again(adapter_of, fake):
    fake.faults = [Fault(path=LOG_IN, status=503)]
    adapter = adapter_of("bluesky")
    with pytest.raises(TemporaryFailure):
        await send(adapter)

    assert await send(adapter)


async def test_a_session_that_is_over_is_renewed_before_the_next_try_and_the_posts_go_out_once(adapter_of, fake):
    adapter = adapter_of("bluesky")
    await send(adapter, "before")
    fake.expire_sessions()

    first, second = await results_of(adapter, 10), await results_of(adapter, 10)

    assert {type(outcome) for outcome in first} == {TemporaryFailure}
    assert {type(outcome) for outcome in second} == {Receipt}
    assert len(fake.accepted) == 11
    assert (fake.calls_of(LOG_IN), fake.calls_of(REFRESH)) == (1, 1)


async def test_a_session_that_is_over_ends_the_try_after_one_call(adapter_of, fake):
    adapter = adapter_of("bluesky")
    payload = payload_of(adapter)
    await adapter.get_ready(payload)
    fake.expire_sessions()
    before = len(fake.calls)

    with pytest.raises(TemporaryFailure, match="the next try renews it"):
        await adapter.send(payload)

    assert len(fake.calls) == before + 1


async def test_without_a_log_in_nothing_is_called_to_send(adapter_of, fake):
    adapter = adapter_of("bluesky")

    with pytest.raises(TemporaryFailure):
        await adapter.send(payload_of(adapter))

    assert fake.calls == []


@pytest.mark.parametrize(("seconds", "renewals"), [(7200, 0), (59, 1)])
async def test_a_session_near_its_end_is_renewed_before_the_call(adapter_of, fake, seconds, renewals):
    fake.session_seconds = seconds
    adapter = adapter_of("bluesky")
    await adapter.check_login()

    assert await send(adapter)

    assert (fake.calls_of(LOG_IN), fake.calls_of(REFRESH)) == (1, renewals)


NO_TIMES = ["opaque", "eyJ.!.", "eyJ.W10.", "eyJ.e30.", f"eyJ.{'W1tb' * 1_500}.", "eyJ.eyJpYXQiOjAsImV4cCI6MWU5OX0."]


@pytest.mark.parametrize("token", NO_TIMES, ids=lambda token: token[:12])
async def test_a_token_that_says_no_times_is_used_until_it_is_refused(adapter_of, fake, token):
    session = {"did": "did:plc:a", "handle": HANDLE, "accessJwt": token, "refreshJwt": token}
    fake.faults = [Fault(path=LOG_IN, status=200, body=json.dumps(session))]
    fake._sessions[token] = HANDLE

    assert await send(adapter_of("bluesky"))
    assert fake.calls_of(REFRESH) == 0


async def test_a_late_word_of_an_old_session_does_not_renew_the_new_one(adapter_of, fake):
    adapter = adapter_of("bluesky")
    await adapter.check_login()
    fake.expire_sessions()
    fake.faults = [Fault(path="putRecord", delay=0.2)]
    late = asyncio.create_task(send(adapter, "late"))
    while not fake.calls_of("putRecord"):
        await asyncio.sleep(0)
    with pytest.raises(TemporaryFailure):
        await send(adapter, "soon")
    await send(adapter, "soon")

    with pytest.raises(TemporaryFailure):
        await late

    assert await send(adapter, "late")
    assert fake.calls_of(REFRESH) == 1


async def test_where_the_refresh_token_is_over_too_it_logs_in_anew(adapter_of, fake):
    adapter = adapter_of("bluesky")
    await send(adapter, "before")
    fake._sessions.clear()
    with pytest.raises(TemporaryFailure):
        await send(adapter)

    assert await send(adapter)

    assert (fake.calls_of(LOG_IN), fake.calls_of(REFRESH)) == (2, 1)


async def test_checking_the_login_renews_an_expired_session(adapter_of, fake):
    adapter = adapter_of("bluesky")
    await adapter.check_login()
    fake.expire_sessions()

    assert await adapter.check_login() == f"@{HANDLE}"


async def test_a_repeat_changes_nothing_and_gives_the_same_receipt(adapter_of, fake):
    adapter = adapter_of("bluesky")
    payload = payload_of(adapter)
    await adapter.check_login()
    fake.faults = [Fault(drop="whole", accept=True)]
    with pytest.raises(OutcomeUnknown):
        await publish(adapter, payload)

    first, second = await publish(adapter, payload), await publish(adapter, payload)

    assert first == second
    assert [each.id for each in fake.accepted] == [first.platform_id]


async def test_another_post_under_the_same_key_leaves_the_outcome_unknown(adapter_of, fake):
    adapter = adapter_of("bluesky")
    payload = payload_of(adapter)
    await publish(adapter, payload)
    other = dataclasses.replace(payload_of(adapter, "Another text."), body=payload.body | {"record": {"text": "Other"}})

    with pytest.raises(OutcomeUnknown, match="another post under this key"):
        await publish(adapter, other)

    assert len(fake.accepted) == 1


async def test_mentions_are_resolved_before_the_record_is_put(adapter_of, fake, caplog):
    caplog.set_level(logging.WARNING)

    await send(adapter_of("bluesky"), "With @partner.example and @nobody.example #CEADay27")

    features = [facet["features"][0] for facet in fake.accepted[0].body["record"]["facets"]]
    assert [feature.get("did", feature.get("tag"))[:8] for feature in features] == ["did:plc:", "CEADay27"]
    assert "@nobody.example" in caplog.text


async def test_while_nobody_can_be_asked_whose_handle_it_is_nothing_goes_out(adapter_of, fake):
    fake.faults = [Fault(path="resolveHandle", drop="whole", count=3)]

    with pytest.raises(TemporaryFailure):
        await send(adapter_of("bluesky"), "With @partner.example")

    assert fake.accepted == []


async def test_whose_handle_it_is_is_asked_once_for_some_minutes(adapter_of, fake):
    adapter = adapter_of("bluesky")

    for number in range(3):
        await send(adapter, f"With @partner.example, {number}")

    mentions = [each.body["record"]["facets"][0]["features"][0]["did"] for each in fake.accepted]
    assert len(mentions) == 3
    assert len(set(mentions)) == 1
    assert fake.calls_of("resolveHandle") == 1


async def test_a_handle_of_long_ago_is_asked_for_again(adapter_of, fake, monkeypatch):
    monkeypatch.setattr("scheduler.platforms.bluesky._KNOWN_FOR", 0.0)
    adapter = adapter_of("bluesky")
    await send(adapter, "With @partner.example")
    fake.faults = [Fault(path="resolveHandle", status=400, body='{"error": "InvalidRequest"}')]

    await send(adapter, "Again with @partner.example")

    assert ["facets" in each.body["record"] for each in fake.accepted] == [True, False]


async def test_no_more_handles_are_kept_than_there_is_room_for(adapter_of, monkeypatch):
    monkeypatch.setattr("scheduler.platforms.bluesky._MOST_KNOWN", 3)
    adapter = adapter_of("bluesky")

    for number in range(5):
        await send(adapter, f"With @partner{number}.example")

    assert list(adapter._dids) == ["partner2.example", "partner3.example", "partner4.example"]


async def test_without_any_mention_nobody_is_asked(adapter_of, fake):
    await send(adapter_of("bluesky"))

    assert fake.calls_of("resolveHandle") == 0


@pytest.mark.parametrize("handle", ["desk@force.example", "force", ""])
def test_what_cannot_be_a_handle_is_said_at_once(adapter_of, handle):
    with pytest.raises(ConfigError, match=r"expected a handle such as"):
        adapter_of("bluesky", settings={"handle": handle})


async def test_the_receipt_has_uri_cid_and_an_address_for_people(adapter_of):
    adapter = adapter_of("bluesky")
    payload = payload_of(adapter)

    receipt = await publish(adapter, payload)

    assert receipt.platform_id.startswith("at://did:plc:")
    assert receipt.platform_id.endswith(payload.key)
    assert receipt.url == f"https://bsky.app/profile/{HANDLE}/post/{payload.key}"
    assert receipt.reply_to is not None
    assert set(receipt.reply_to) == {"uri", "cid"}


def test_the_record_s_time_follows_from_its_key(adapter_of):
    record = payload_of(adapter_of("bluesky")).body["record"]

    assert record["createdAt"] == "2027-03-18T09:00:00.123Z"
    assert record["langs"] == ["en-GB"]


def test_a_put_is_only_for_a_record_that_is_not_there(adapter_of):
    body = payload_of(adapter_of("bluesky")).body

    assert body["swapRecord"] is None
    assert body["repo"] == HANDLE
    assert "validate" not in body


def test_a_thread_names_its_root_and_its_parent(adapter_of):
    adapter = adapter_of("bluesky")
    earlier = [Receipt(name, None, {"uri": f"at://{name}", "cid": f"cid-{name}"}) for name in ("first", "second")]

    payload = adapter.payload(make_message("One.", "Two.", "Three."), adapter.new_key(NOW, Random(1)), earlier)

    assert payload.body["record"]["reply"] == {
        "root": {"uri": "at://first", "cid": "cid-first"},
        "parent": {"uri": "at://second", "cid": "cid-second"},
    }


@pytest.mark.parametrize("error", ["AccountTakedown", "AccountDeactivated", "AuthMissing"])
async def test_trouble_with_the_account_is_told_from_a_refused_post(adapter_of, fake, error):
    fake.faults = [Fault(path="putRecord", status=400, body=f'{{"error": "{error}", "message": "No."}}')]

    with pytest.raises(CredentialsRefused, match=error):
        await send(adapter_of("bluesky"))


async def test_a_session_that_is_refused_twice_is_given_up(adapter_of, fake):
    fake.faults = [Fault(path="putRecord", status=400, body='{"error": "InvalidToken"}', count=2)]
    adapter = adapter_of("bluesky")
    with pytest.raises(TemporaryFailure):
        await send(adapter)

    with pytest.raises(CredentialsRefused):
        await send(adapter)

    assert await send(adapter, "later")
    assert fake.calls_of(LOG_IN) == 2


async def test_closing_during_a_log_in_leaves_nothing_behind(adapter_of, fake):
    fake.faults = [Fault(path=LOG_IN, hang=True)]
    adapter = adapter_of("bluesky")
    sending = asyncio.create_task(send(adapter))
    await asyncio.sleep(0)

    await adapter.close()

    with pytest.raises(asyncio.CancelledError):
        await sending


def test_a_link_stands_in_full_where_there_is_room_and_short_where_there_is_none(tmp_path):
    adapter = make_adapter("bluesky", tmp_path)
    address = "https://www.testshire.example/news/2027/march/" + "a-long-headline-" * 8 + "end"
    roomy, tight = make_message(f"Read more: {address}"), make_message(f"{'Read on. ' * 20}{address} #CEADay27")

    in_full, short = (
        adapter.payload(message, adapter.new_key(NOW, Random(1))).body["record"] for message in (roomy, tight)
    )

    assert address in in_full["text"]
    assert adapter.lengths(roomy, 0)[0].remark == ""
    assert short["text"].endswith("www.testshire.example/news/2027/ma... #CEADay27")
    link, tag = short["facets"]
    encoded = short["text"].encode()
    assert link["features"][0]["uri"] == address
    assert encoded[link["index"]["byteStart"] : link["index"]["byteEnd"]] == b"www.testshire.example/news/2027/ma..."
    assert encoded[tag["index"]["byteStart"] : tag["index"]["byteEnd"]] == b"#CEADay27"
    assert adapter.lengths(tight, 0)[0].used == len(short["text"])
    assert adapter.lengths(tight, 0)[0].fits
    assert "leads to the whole address" in adapter.lengths(tight, 0)[0].remark


def test_a_text_too_long_without_its_link_does_not_fit_either(tmp_path):
    adapter = make_adapter("bluesky", tmp_path)

    length = adapter.lengths(make_message("x" * 290 + " https://www.testshire.example/news"), 0)[0]

    assert not length.fits


async def test_another_record_under_the_key_is_told_and_not_taken_for_ours(adapter_of, fake):
    adapter = adapter_of("bluesky")
    payload = payload_of(adapter)
    await publish(adapter, adapter.payload(make_message("Somebody else's words."), payload.key))

    [finding] = await adapter.find([Doubt(payload, NOW)], lambda _: False)

    assert finding.verdict is Verdict.UNANSWERED
    assert fake.accepted[0].id in finding.detail


async def test_a_post_whose_mention_was_resolved_is_found(adapter_of):
    adapter = adapter_of("bluesky")
    payload = payload_of(adapter, "Thank you @partner.example")
    receipt = await publish(adapter, payload)

    [finding] = await adapter.find([Doubt(payload, NOW)], lambda _: False)

    assert finding.receipt == receipt


async def test_a_session_that_is_over_is_renewed_to_ask(adapter_of, fake):
    adapter = adapter_of("bluesky")
    payload = payload_of(adapter)
    receipt = await publish(adapter, payload)
    fake.expire_sessions()

    [finding] = await adapter.find([Doubt(payload, NOW)], lambda _: False)

    assert finding.receipt == receipt


async def test_many_questions_are_not_asked_all_at_once(adapter_of, fake):
    adapter = adapter_of("bluesky")
    doubts = [Doubt(payload_of(adapter, f"Text {number}."), NOW) for number in range(40)]
    fake.faults = [Fault(path="getRecord", count=99, hang=True)]

    asking = asyncio.ensure_future(adapter.find(doubts, lambda _: False))
    while fake.calls_of("getRecord") < 8:
        await asyncio.sleep(0)
    for _ in range(1000):
        await asyncio.sleep(0)

    assert fake.calls_of("getRecord") == 8
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)


async def test_what_was_answered_counts_though_another_question_was_not(adapter_of, fake):
    adapter = adapter_of("bluesky")
    payloads = [payload_of(adapter, f"Text {number}.") for number in range(3)]
    receipts = [await publish(adapter, payload) for payload in payloads]
    fake.faults = [Fault(path="getRecord", status=429, headers={"ratelimit-reset": "1805677200"})]

    limited, *found = await adapter.find([Doubt(payload, NOW) for payload in payloads], lambda _: False)

    assert limited.verdict is Verdict.LATER
    assert limited.ask_at == datetime(2027, 3, 22, 1, 0, tzinfo=UTC)
    assert [finding.receipt for finding in found] == receipts[1:]


@pytest.mark.parametrize(
    "fault",
    [
        Fault(path="getRecord", count=300, status=503),
        Fault(path="getRecord", count=300, status=429, headers={"ratelimit-reset": "1805677200"}),
    ],
)
async def test_who_does_not_answer_is_not_asked_hundreds_of_questions(adapter_of, fake, fault):
    adapter = adapter_of("bluesky")
    doubts = [Doubt(payload_of(adapter, f"Text {number}."), NOW) for number in range(300)]
    fake.faults = [fault]

    with pytest.raises(TemporaryFailure):
        await adapter.find(doubts, lambda _: False)

    assert fake.calls_of("getRecord") <= 16  # the first eight, and those under way when it became clear


@pytest.mark.parametrize("others", [300, 6])
async def test_when_to_ask_again_holds_for_all_that_was_not_answered_whatever_the_others_failed_of(
    adapter_of, fake, others
):
    adapter = adapter_of("bluesky")
    doubts = [Doubt(payload_of(adapter, f"Text {number}."), NOW) for number in range(30)]
    limit = Fault(path="getRecord", count=1, status=429, headers={"ratelimit-reset": "1805677200"})
    ask_at = datetime.fromtimestamp(1805677200, UTC)
    fake.faults = [limit, Fault(path="getRecord", count=others, status=503)]

    try:
        findings = await adapter.find(doubts, lambda _: False)
    except TemporaryFailure as failure:
        said = {failure.retry_at}
    else:
        said = {finding.ask_at for finding in findings if finding.verdict is Verdict.LATER}

    assert said == {ask_at}


async def test_when_no_question_is_answered_none_is(adapter_of, fake):
    adapter = adapter_of("bluesky")
    doubts = [Doubt(payload_of(adapter, f"Text {number}."), NOW) for number in range(3)]
    fake.faults = [Fault(path="getRecord", count=3, status=503)]

    with pytest.raises(TemporaryFailure, match="503"):
        await adapter.find(doubts, lambda _: False)


async def test_a_refusal_without_words_of_its_own_is_no_answer(adapter_of, fake):
    adapter = adapter_of("bluesky")
    fake.faults = [Fault(path="getRecord", status=400, body='{"error": "RecordNo')]

    with pytest.raises(TemporaryFailure, match="400"):
        await adapter.find([Doubt(payload_of(adapter), NOW)], lambda _: False)


async def test_what_cannot_be_asked_is_told_and_leaves_the_account_alone(adapter_of, fake):
    adapter = adapter_of("bluesky")
    fake.faults = [
        Fault(path="getRecord", status=400, body='{"error": "InvalidRequest", "message": "Could not find repo"}')
    ]

    [finding] = await adapter.find([Doubt(payload_of(adapter), NOW)], lambda _: False)

    assert finding.verdict is Verdict.UNANSWERED
    assert "Could not find repo" in finding.detail


async def test_a_wrong_password_is_told_when_asking_after_one_log_in(adapter_of, fake):
    adapter = adapter_of("bluesky", secrets={"app_password": "wrong"})
    doubts = [Doubt(payload_of(adapter, f"Text {number}."), NOW) for number in range(40)]

    with pytest.raises(CredentialsRefused):
        await adapter.find(doubts, lambda _: False)

    assert fake.calls_of(LOG_IN) == 1


@pytest.mark.parametrize(
    ("status", "said", "server"),
    [
        (400, '{"error": "InvalidRequest", "message": "Could not locate record: at://did:plc:a/b/c"}', "an older one"),
        (404, '{"error": "RecordNotFound"}', "one by other hands, which says the same by its status"),
    ],
)
async def test_another_server_that_does_not_know_the_record_is_understood(adapter_of, fake, status, said, server):
    adapter = adapter_of("bluesky")
    fake.faults = [Fault(path="getRecord", status=status, body=said)]

    [finding] = await adapter.find([Doubt(payload_of(adapter), NOW)], lambda _: False)

    assert finding.verdict is Verdict.REPEATABLE, server


async def test_the_same_words_that_answer_another_post_are_not_ours(adapter_of):
    adapter = adapter_of("bluesky")
    first, other = [await send(adapter, text) for text in ("One.", "Another.")]
    message = make_message("One.", "Two.")
    await publish(adapter, adapter.payload(message, "3mheomkmk3s2a", [other]))

    [finding] = await adapter.find([Doubt(adapter.payload(message, "3mheomkmk3s2a", [first]), NOW)], lambda _: False)

    assert finding.verdict is Verdict.UNANSWERED
