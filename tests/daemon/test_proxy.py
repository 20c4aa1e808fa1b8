"""Behind an outbound proxy the daemon posts through it, once; one that refuses delays posts, and shows no password."""

import signal
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from scheduler.posts.book import Book
from tests.builders.posts import get, make_post, posts_in
from tests.builders.processes import Platforms, Process
from tests.builders.proxy import OutboundProxy

Start = Callable[..., Process]

ACCOUNTS = ["force-x", "force-mastodon", "force-bluesky"]


@pytest.fixture
def proxy() -> Iterator[OutboundProxy]:
    proxy = OutboundProxy(wants="press:n3w-pass")
    yield proxy
    proxy.close()


def _soon() -> datetime:
    return datetime.now(UTC) + timedelta(seconds=0.2)


def test_posts_of_every_platform_go_out_once_through_the_proxy(
    book: Book, platforms: Platforms, start: Start, proxy: OutboundProxy
) -> None:
    for account in ACCOUNTS:
        make_post(book, account=account, scheduled_at=_soon())

    daemon = start("--until-done", environment={"HTTP_PROXY": proxy.url_with("press:n3w-pass"), "NO_PROXY": ""})

    assert daemon.wait() == 0, daemon.output
    assert {post.status for post in posts_in(book)} == {"published"}
    assert len(platforms.texts()) == 3
    assert set(proxy.asked) == {f"CONNECT 127.0.0.1:{platforms.port} HTTP/1.1"}


def test_a_post_that_the_proxy_refused_goes_out_once_when_it_opens_the_way(
    book: Book, platforms: Platforms, start: Start, proxy: OutboundProxy
) -> None:
    hour = datetime.now(UTC) + timedelta(days=1)
    post = make_post(book, account="force-mastodon", scheduled_at=hour)
    proxy.says = "HTTP/1.1 502 Bad Gateway\r\n\r\n"

    fast = ("--speed", "60", "--start", (hour - timedelta(seconds=30)).isoformat())
    daemon = start(*fast, environment={"http_proxy": proxy.url_with("press:n3w-pass"), "NO_PROXY": ""})
    daemon.wait_for(f"{platforms.url} cannot be reached through the proxy {proxy.url}: it answered 502 Bad Gateway")
    proxy.says = None
    daemon.wait_for(f"published post={post.id} ")

    assert len(platforms.texts()) == 1


def test_a_proxy_that_wants_other_credentials_holds_no_account_and_shows_none(
    book: Book, platforms: Platforms, start: Start, proxy: OutboundProxy
) -> None:
    post = make_post(book, account="force-mastodon", scheduled_at=_soon())

    daemon = start("--debug", environment={"http_proxy": proxy.url_with("press:0ld-pass"), "NO_PROXY": ""})
    daemon.wait_for(f"it answered 407 Proxy Authentication Required: it wants other credentials .* post={post.id} ")
    daemon.signal(signal.SIGTERM)

    assert daemon.wait() == 0
    assert "0ld-pass" not in daemon.output
    assert "held" not in daemon.output
    assert get(book, post.id or 0).status == "approved"
    assert platforms.log()["calls"] == []


def test_what_no_proxy_names_is_called_directly(
    book: Book, platforms: Platforms, start: Start, proxy: OutboundProxy
) -> None:
    make_post(book, account="force-mastodon", scheduled_at=_soon())

    around = {"ALL_PROXY": proxy.url_with("press:n3w-pass"), "NO_PROXY": "localhost,127.0.0.1"}
    daemon = start("--until-done", environment=around)

    assert daemon.wait() == 0, daemon.output
    assert len(platforms.texts()) == 1
    assert proxy.asked == []
