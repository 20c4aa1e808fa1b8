"""What Mastodon does in its own way."""

import json
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from random import Random

import pytest

from scheduler.errors import CredentialsRefused, OutcomeUnknown, PostRefused, PublishError
from scheduler.platforms.contract import Doubt, Finding, Receipt, Verdict
from tests.builders.platforms import make_message, publish
from tests.servers.fake_platforms import Fault

NOW = datetime(2027, 3, 18, 9, 0, tzinfo=UTC)


def payload_of(adapter, text="Look out for #CEADay27 today.", **settings):
    return adapter.payload(make_message(text, **settings), adapter.new_key(NOW, Random(text)))


async def test_the_same_key_again_gives_the_first_post(adapter_of, fake):
    adapter = adapter_of("mastodon")
    payload = payload_of(adapter)
    fake.faults = [Fault(drop="whole", accept=True)]
    with pytest.raises(OutcomeUnknown):
        await publish(adapter, payload)

    receipt = await publish(adapter, payload)

    assert [each.id for each in fake.accepted] == [receipt.platform_id]
    assert fake.accepted[0].key == payload.key


async def test_a_server_that_ignores_keys_posts_twice(adapter_of, fake):
    fake.honours_keys = False
    adapter = adapter_of("mastodon")
    payload = payload_of(adapter)

    first, second = await publish(adapter, payload), await publish(adapter, payload)

    assert first.platform_id != second.platform_id


async def test_the_receipt_has_the_server_s_own_address(adapter_of, fake):
    adapter = adapter_of("mastodon")

    receipt = await publish(adapter, payload_of(adapter))

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
        await publish(adapter, payload_of(adapter))

    assert type(caught.value) is error, reason
    assert said in caught.value.detail


async def test_a_refusal_says_what_the_server_said(adapter_of, fake):
    fake.faults = [Fault(status=422, body=json.dumps({"error": "Validation failed: Text\ncan't be blank"}))]
    adapter = adapter_of("mastodon")

    with pytest.raises(PostRefused) as caught:
        await publish(adapter, payload_of(adapter))

    phrase = HTTPStatus.UNPROCESSABLE_ENTITY.phrase  # Python 3.13 took over the newer one
    assert caught.value.detail == f"Mastodon answered 422 ({phrase}): Validation failed: Text can't be blank"


@pytest.mark.parametrize("token", ["two\nlines", "tök€n"])
async def test_a_token_that_fits_no_header_is_refused_before_the_call(adapter_of, fake, token):
    adapter = adapter_of("mastodon", secrets={"access_token": token})

    with pytest.raises(CredentialsRefused):
        await publish(adapter, payload_of(adapter))

    assert fake.calls == []


async def find(adapter, payload, ago=timedelta(), taken=lambda _: False):
    [finding] = await adapter.find([Doubt(payload, datetime.now(UTC) - ago)], taken)
    return finding


TEXTS = [
    "“It’s time”: call 101 & say so < 5 > 4.\n\nRead https://force.example/2027/a-long-address/that-is-shortened?a=1&b=2\n#CEADay27",
    "Thank you @partner@social.example and @local, mail us@force.example 👍🏽",
    "Two  spaces,\ttabs and\n\n\n\nempty lines \n at the ends. ",
    "Café and Café, once composed and once not.",
    "<b>Not HTML</b> &amp; not an entity",
]


@pytest.mark.parametrize("text", TEXTS)
async def test_a_post_is_found_by_its_words_however_the_server_shows_them(adapter_of, text):
    adapter = adapter_of("mastodon")
    payload = payload_of(adapter, text, content_warning="abuse & violence")
    receipt = await publish(adapter, payload)

    assert await find(adapter, payload) == Finding(Verdict.OUT, receipt)


@pytest.mark.parametrize(
    ("text", "asked", "reason"),
    [
        ("Look out for #CEADay27 https://force.example/day", 0, "its HTML says all of it"),
        ("Thank you @partner@social.example", 1, "HTML hides the server of a mention"),
    ],
)
async def test_the_source_is_asked_for_only_where_the_html_leaves_it_open(adapter_of, fake, text, asked, reason):
    adapter = adapter_of("mastodon")
    payload = payload_of(adapter, text)
    await publish(adapter, payload)

    await find(adapter, payload)

    assert fake.calls_of("/source") == asked, reason


@pytest.mark.parametrize("status", [403, 404])
async def test_where_a_server_shows_no_source_a_post_is_known_without_the_servers_of_its_mentions(
    adapter_of, fake, status
):
    adapter = adapter_of("mastodon")
    payload = payload_of(adapter, "Thank you @partner@social.example")
    receipt = await publish(adapter, payload)
    fake.faults = [Fault(path="/source", status=status, count=9)]

    assert await find(adapter, payload) == Finding(Verdict.OUT, receipt)
    assert (await find(adapter, payload_of(adapter, "Thank you @others@social.example"))).verdict is Verdict.REPEATABLE


async def test_a_source_that_names_another_server_is_another_post(adapter_of):
    adapter = adapter_of("mastodon")
    await publish(adapter, payload_of(adapter, "Thank you @partner@social.example"))

    other = await find(adapter, payload_of(adapter, "Thank you @partner@another.example"))

    assert other.verdict is Verdict.REPEATABLE


async def test_the_same_words_under_another_warning_are_another_post(adapter_of):
    adapter = adapter_of("mastodon")
    await publish(adapter, payload_of(adapter))

    assert (await find(adapter, payload_of(adapter, content_warning="abuse"))).verdict is Verdict.REPEATABLE


AGES = [
    (timedelta(), True, Verdict.REPEATABLE, "the key is known for an hour"),
    (timedelta(minutes=54), True, Verdict.REPEATABLE, "and still"),
    (timedelta(minutes=56), True, Verdict.NOT_SEEN, "too near its end: the repeat comes later than this answer"),
    (timedelta(days=2), True, Verdict.NOT_SEEN, "long forgotten"),
    (timedelta(hours=-1), True, Verdict.NOT_SEEN, "the clock was set back: nobody knows how old the key is"),
    (timedelta(), False, Verdict.NOT_SEEN, "a server that knows no keys would post again"),
]


@pytest.mark.parametrize(("ago", "honours_keys", "verdict", "reason"), AGES)
async def test_what_is_not_shown_is_repeatable_while_its_key_is_known(
    adapter_of, fake, ago, honours_keys, verdict, reason
):
    fake.honours_keys = honours_keys
    adapter = adapter_of("mastodon")

    assert (await find(adapter, payload_of(adapter), ago)).verdict is verdict, reason


async def test_a_repeat_is_safe_until_the_key_is_nearly_forgotten(adapter_of):
    adapter = adapter_of("mastodon")
    doubt = Doubt(payload_of(adapter), datetime.now(UTC) - timedelta(minutes=10))

    [finding] = await adapter.find([doubt], lambda _: False)

    assert finding.until == doubt.started_at + timedelta(minutes=55)


@pytest.mark.parametrize(
    ("source", "verdict"),
    [
        ("https://github.com/mastodon/mastodon", Verdict.REPEATABLE),
        ("https://github.com/mastodon/mastodon/tree/v4.5.0", Verdict.REPEATABLE),
        ("https://github.com/glitch-soc/mastodon", Verdict.REPEATABLE),
        ("https://github.com/fedify-dev/hollo", Verdict.REPEATABLE),
        ("https://github.com/mastodon/mastodon-like", Verdict.NOT_SEEN),
        ("https://codeberg.org/grunfink/snac2", Verdict.NOT_SEEN),
        (None, Verdict.NOT_SEEN),
    ],
)
async def test_who_knows_keys_is_told_by_the_source_that_a_server_names(adapter_of, fake, source, verdict):
    adapter = adapter_of("mastodon")
    fake.faults = [Fault(path="/api/v2/instance", status=200, body=json.dumps({"domain": "a", "source_url": source}))]

    assert (await find(adapter, payload_of(adapter))).verdict is verdict


async def test_a_server_without_such_an_address_is_taken_to_know_no_keys(adapter_of, fake):
    adapter = adapter_of("mastodon")
    fake.faults = [Fault(path="/api/v2/instance", status=404)]

    assert (await find(adapter, payload_of(adapter))).verdict is Verdict.NOT_SEEN


@pytest.mark.parametrize("path", ["verify_credentials", "/accounts/7/statuses"])
@pytest.mark.parametrize(("status", "ago"), [(403, timedelta()), (403, timedelta(hours=2)), (404, timedelta(hours=2))])
async def test_a_token_that_may_not_read_is_told_and_leaves_the_account_alone(adapter_of, fake, path, status, ago):
    adapter = adapter_of("mastodon")
    fake.faults = [Fault(path=path, status=status, body='{"error": "This action is outside the authorized scopes"}')]

    finding = await find(adapter, payload_of(adapter), ago)

    if ago:
        assert finding.verdict is Verdict.UNANSWERED
        assert "read:statuses" in finding.detail
    else:
        assert finding.verdict is Verdict.REPEATABLE


async def test_a_reblog_is_no_post_of_ours(adapter_of, fake):
    adapter = adapter_of("mastodon")
    payload = payload_of(adapter)
    reblog = {"id": "5", "created_at": datetime.now(UTC).isoformat(), "content": "<p>Look out for #CEADay27 today.</p>"}
    fake.faults = [Fault(path="/accounts/7/statuses", status=200, body=json.dumps([{**reblog, "reblog": {"id": "4"}}]))]

    assert (await find(adapter, payload)).verdict is Verdict.REPEATABLE


async def test_a_server_that_knows_no_pages_is_not_asked_for_ever(adapter_of, fake):
    adapter = adapter_of("mastodon")
    page = [{"id": "5", "created_at": datetime.now(UTC).isoformat(), "content": "<p>Something else.</p>"}]
    fake.faults = [Fault(path="/accounts/7/statuses", status=200, body=json.dumps(page), count=9)]
    fake.honours_keys = False

    finding = await find(adapter, payload_of(adapter))

    assert finding.verdict is Verdict.UNANSWERED
    assert fake.calls_of("/accounts/7/statuses") == 2


async def test_only_statuses_since_a_day_before_the_attempt_are_read(adapter_of, fake):
    adapter = adapter_of("mastodon")
    for number in range(100):
        await publish(adapter, payload_of(adapter, f"Text {number}."))
    for old in fake.accepted[:70]:
        old.at -= 27 * 3600

    await find(adapter, payload_of(adapter))

    assert fake.calls_of("/accounts/7/statuses") == 1
