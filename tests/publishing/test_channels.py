"""Messages reach a webhook and Apprise; what goes wrong is said in a few words, and never with a secret."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from scheduler.config import Alarms, redact, secrets
from scheduler.publishing.alarms import channels
from scheduler.publishing.alarms.channels import ByApprise, ByWebhook, NotDelivered, call, channels_of
from tests.builders.alarms import make_message, secret_in
from tests.builders.mailbox import Mailbox
from tests.builders.proxy import OutboundProxy, named_in

NOBODY = 9  # the port of "discard": nothing listens there


@pytest.fixture(autouse=True)
def _nothing_revealed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secrets, "_revealed", set())
    monkeypatch.setattr(secrets, "_forms", [])


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    mailbox = Mailbox()
    yield mailbox
    mailbox.close()


async def test_a_webhook_gets_the_message_as_json(mailbox: Mailbox, tmp_path: Path) -> None:
    await ByWebhook(secret_in(tmp_path, mailbox.url)).deliver(make_message())

    (taken,) = mailbox.taken
    assert list(taken) == ["key", "title", "body", "text", "made_at", "alarms"]
    assert taken["title"] == "Redletter: a post failed"
    assert taken["text"] == f"{taken['title']}\n\n{taken['body']}"
    assert taken["made_at"] == "2027-03-18T12:00:00+00:00"


async def test_apprise_gets_title_and_body_as_they_are(mailbox: Mailbox, tmp_path: Path) -> None:
    await ByApprise(secret_in(tmp_path, mailbox.apprise_url)).deliver(make_message())

    (taken,) = mailbox.taken
    assert (taken["title"], taken["message"]) == (make_message().title, make_message().body)
    assert "apprise" not in sys.modules  # it has a process of its own


@pytest.mark.parametrize("status", [301, 404, 500])
async def test_another_answer_than_2xx_means_not_delivered(mailbox: Mailbox, tmp_path: Path, status: int) -> None:
    mailbox.answers = [status, status]

    with pytest.raises(NotDelivered, match=f"it answered {status}"):
        await ByWebhook(secret_in(tmp_path, mailbox.url)).deliver(make_message())
    if status != 301:
        with pytest.raises(NotDelivered, match=str(status)):
            await ByApprise(secret_in(tmp_path, mailbox.apprise_url)).deliver(make_message())


@pytest.mark.parametrize(
    ("channel", "address", "said"),
    [
        (ByWebhook, f"http://127.0.0.1:{NOBODY}/hunter2token", "connection refused"),
        (ByApprise, f"json://127.0.0.1:{NOBODY}/hunter2token", "connection refused"),
        (ByApprise, f"mailto://127.0.0.1:{NOBODY}?from=a@b.example&to=c@d.example", "connection refused"),
        (ByApprise, "hunter2token://nothing", "Apprise does not understand this address; docs/alarms.md has examples"),
        (ByWebhook, "http://hooks.example/hunter2token", "alarms.to.mail must begin with https://"),
        (ByWebhook, "hunter2token", "alarms.to.mail is not a web address"),
        (ByWebhook, " ", "is empty"),
    ],
)
async def test_why_a_message_was_not_delivered_is_said_without_its_address(
    tmp_path: Path, channel: type[ByWebhook] | type[ByApprise], address: str, said: str
) -> None:
    with pytest.raises(NotDelivered) as error:
        await channel(secret_in(tmp_path, address)).deliver(make_message())

    assert said in str(error.value)
    assert "hunter2" not in str(error.value)


async def test_a_missing_secret_is_named(tmp_path: Path) -> None:
    secret = secret_in(tmp_path, "x")
    (tmp_path / "mail").unlink()

    with pytest.raises(NotDelivered, match=r"^alarms\.to\.mail: there is no file "):
        await ByApprise(secret).deliver(make_message())


async def test_tokens_of_an_address_are_secrets_of_their_own(tmp_path: Path) -> None:
    address = "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#press-office"
    with pytest.raises(NotDelivered):
        await ByWebhook(secret_in(tmp_path, address)).deliver(make_message())
    with pytest.raises(NotDelivered):
        await ByWebhook(secret_in(tmp_path, "mailtos://me:p4ss%2Fword@mail.example.org")).deliver(make_message())

    said = redact("TIiajkdnlazkcOXrIdevi7FQ T1JJ3T3L2 p4ss/word p4ss%2Fword press-office mail.example.org")
    assert said == "[secret] [secret] [secret] [secret] press-office mail.example.org"


async def test_a_courier_that_does_not_come_back_is_stopped(
    mailbox: Mailbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = tmp_path / "slow.py"
    slow.write_text("import time; time.sleep(600)")
    monkeypatch.setattr(channels, "_COURIER", slow)
    monkeypatch.setattr(channels, "LIMIT", 0.3)

    with pytest.raises(NotDelivered, match=r"no answer within 0\.3 s"):
        await ByApprise(secret_in(tmp_path, mailbox.apprise_url)).deliver(make_message())


async def test_a_courier_with_a_defect_is_no_more_than_a_message_not_delivered(
    mailbox: Mailbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "broken.py"
    broken.write_text("raise SystemExit(3)")
    monkeypatch.setattr(channels, "_COURIER", broken)

    with pytest.raises(NotDelivered, match="Apprise failed in a way it should not"):
        await ByApprise(secret_in(tmp_path, mailbox.apprise_url)).deliver(make_message())


async def test_a_webhook_that_does_not_answer_is_given_up(
    mailbox: Mailbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import threading

    mailbox.gate = threading.Event()
    monkeypatch.setattr(channels, "LIMIT", 0.2)

    with pytest.raises(NotDelivered, match="no answer in time"):
        await ByWebhook(secret_in(tmp_path, mailbox.url)).deliver(make_message())
    mailbox.gate.set()


async def test_a_ping_is_a_get(mailbox: Mailbox, tmp_path: Path) -> None:
    mailbox.answers = [200, 503]

    await call(secret_in(tmp_path, mailbox.url), 5)
    with pytest.raises(NotDelivered, match="it answered 503"):
        await call(secret_in(tmp_path, mailbox.url), 5)

    assert mailbox.calls == ["GET /hook"] * 2


def test_every_name_of_the_config_is_a_channel(tmp_path: Path) -> None:
    secret = secret_in(tmp_path, "x")

    found = channels_of(Alarms(to={"mail": secret, "sms": secret}, webhooks={"desk": secret}))

    assert {name: type(channel) for name, channel in found.items()} == {
        "mail": ByApprise,
        "sms": ByApprise,
        "desk": ByWebhook,
    }


@pytest.fixture
def proxy_that(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., OutboundProxy]]:
    """Starts a proxy, and names it in the environment for every call."""
    with named_in(monkeypatch, shown="press:n3w-pass") as start:
        yield start


async def test_webhook_and_ping_go_through_the_proxy_that_the_environment_names(
    mailbox: Mailbox, tmp_path: Path, proxy_that: Callable[..., OutboundProxy]
) -> None:
    proxy = proxy_that(wants="press:n3wö", shown="press:n3w%C3%B6")
    await ByWebhook(secret_in(tmp_path, mailbox.url)).deliver(make_message())
    await call(secret_in(tmp_path, mailbox.url), 5.0)

    assert mailbox.calls == ["POST /hook", "GET /hook"]
    assert proxy.asked == [f"POST {mailbox.url} HTTP/1.1", f"GET {mailbox.url} HTTP/1.1"]


async def test_by_tls_they_go_by_a_way_that_the_proxy_opens(
    tmp_path: Path, proxy_that: Callable[..., OutboundProxy], mailbox: Mailbox
) -> None:
    proxy = proxy_that(wants="press:n3wö", shown="press:n3w%C3%B6", hosts={"ping.example": mailbox.port})
    with pytest.raises(NotDelivered, match=f"^through the proxy {proxy.url}: "):  # the mailbox speaks no TLS
        await call(secret_in(tmp_path, "HTTPS://ping.example/hunter2token"), 5.0)

    assert proxy.asked == ["CONNECT ping.example:443 HTTP/1.1"]


@pytest.mark.parametrize(
    ("says", "why"),
    [
        ("HTTP/1.1 403 Not for you\r\nContent-Length: 0\r\n\r\n", "the proxy {}: it answered 403 Not for you"),
        (
            "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n",
            "the proxy {}: it answered 407 Proxy Authentication Required: it wants other credentials than the user name and"
            " password in its address",
        ),
        ("", "through the proxy {}: "),
    ],
)
async def test_what_a_proxy_does_not_let_through_is_said_with_its_name_and_no_password(
    tmp_path: Path, proxy_that: Callable[..., OutboundProxy], says: str, why: str
) -> None:
    proxy = proxy_that(says)
    with pytest.raises(NotDelivered) as refused:
        await call(secret_in(tmp_path, "https://ping.example/hunter2token"), 5.0)

    assert str(refused.value).startswith(why.format(proxy.url))
    assert "n3w" not in str(refused.value)
    assert "hunter2" not in str(refused.value)


async def test_a_proxy_that_cannot_be_spoken_to_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{NOBODY}")
    with pytest.raises(NotDelivered, match=f"through the proxy http://127.0.0.1:{NOBODY}: connection refused"):
        await call(secret_in(tmp_path, "https://ping.example/"), 5.0)
    monkeypatch.setenv("HTTPS_PROXY", "socks5://127.0.0.1:1080")
    with pytest.raises(NotDelivered, match="HTTPS_PROXY in the environment is not the address of an HTTP proxy"):
        await call(secret_in(tmp_path, "https://ping.example/"), 5.0)
