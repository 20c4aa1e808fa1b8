"""Fetching is bounded, says what went wrong, and stays out of private networks."""

import contextlib
import gzip
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from scheduler.articles import read_article, read_if_changed, web
from scheduler.errors import ArticleError
from tests.builders.proxy import OutboundProxy, named_in
from tests.builders.web_server import Answer, WebServer
from tests.platforms.test_connection import make_certificate

TEXT = {"Content-Type": "text/plain; charset=utf-8"}


class Site(WebServer):
    """A server on the loopback address whose answers a test sets; it keeps the headers it was asked with."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.asked: list[dict[str, str]] = []
        super().__init__()

    def answer(self, path: str, headers: dict[str, str]) -> Answer:
        self.asked.append(headers)
        return self.answers.get(path, (404, {}, b""))


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    yield site
    site.close()


def _error(source: str, *, allow_private: bool = True) -> str:
    with pytest.raises(ArticleError) as caught:
        read_article(source, Path(), allow_private=allow_private)
    return str(caught.value)


def test_a_page_is_read_with_its_address_and_an_honest_user_agent(site: Site) -> None:
    site.answers["/release"] = (200, TEXT, "Café opens\n\nA café opens in Fennick today.\n".encode())

    article = read_article(f"{site.url}/release", Path(), allow_private=True)

    assert (article.title, article.url) == ("Café opens", f"{site.url}/release")
    assert site.asked[0]["User-Agent"].startswith("redletter/")


def test_a_private_address_is_refused_unless_allowed(site: Site) -> None:
    error = _error(site.url, allow_private=False)
    assert "127.0.0.1 is a private address" in error
    assert "set allow_private_addresses = true in config.toml" in error
    assert site.asked == []


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "169.254.169.254",
        "192.168.0.1",
        "0.0.0.0",
        "::1",
        "fe80::1",
        "::ffff:10.0.0.1",
        "64:ff9b::a00:1",
        "2002:a00:1::",
        "224.0.0.1",
    ],
)
def test_an_address_of_no_public_network_is_refused(address: str) -> None:
    host = f"[{address}]" if ":" in address else address

    assert "private address" in _error(f"http://{host}/", allow_private=False)


def test_a_redirect_into_a_private_network_is_refused(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    # The first address passes for public, as a real first hop would; the address it leads to does not.
    site.answers["/"] = (302, {"Location": "http://169.254.169.254/keys"}, b"")
    is_public: Callable[[str], bool] = web._is_public
    monkeypatch.setattr(web, "_is_public", lambda address: address == "127.0.0.1" or is_public(address))

    assert "169.254.169.254 is a private address" in _error(f"{site.url}/", allow_private=False)


def test_the_address_that_was_checked_is_the_one_connected_to(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.answers["/"] = (200, TEXT, b"The library has opened.")
    port = int(site.url.rpartition(":")[2])
    lookups = iter([[(2, 1, 6, "", ("127.0.0.1", port))]])
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda host, *_, **__: next(lookups) if host == "press.example" else [(2, 1, 6, "", (host, port))],
    )

    article = read_article(f"http://press.example:{port}/", Path(), allow_private=True)

    assert article.text == "The library has opened."
    assert site.asked[0]["Host"] == f"press.example:{port}"


def test_few_redirects_are_followed(site: Site) -> None:
    for number in range(7):
        site.answers[f"/{number}"] = (301, {"Location": f"/{number + 1}"}, b"")
    site.answers["/7"] = (200, TEXT, b"The library has opened.")

    assert read_article(f"{site.url}/2", Path(), allow_private=True).url == f"{site.url}/7"
    assert "redirected more than 5 times" in _error(f"{site.url}/1")


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ((404, {}, b""), "the server answered 404 Not Found"),
        ((200, TEXT, b"x" * (11 * 1024 * 1024)), "larger than 10 MB"),
        ((200, TEXT | {"Content-Encoding": "gzip"}, gzip.compress(b"x" * (60 * 1024 * 1024))), "larger than 10 MB"),
        ((200, TEXT | {"Content-Encoding": "gzip"}, b"no gzip"), "encoding is broken"),
        ((200, TEXT | {"Content-Encoding": "br"}, b"?"), "not asked for"),
        ((200, {"Content-Type": "image/png"}, b"x"), "image/png, which is not read"),
        ((200, TEXT, b""), "is empty"),
        ((302, {"Location": "file:///etc/passwd"}, b""), "only http and https"),
        ((302, {"Location": "http://[oops"}, b""), "cannot be fetched"),
    ],
)
def test_a_bad_answer_is_one_clear_error(site: Site, answer: Answer, message: str) -> None:
    site.answers["/release"] = answer

    assert message in _error(f"{site.url}/release")


def test_a_packed_answer_is_unpacked(site: Site) -> None:
    site.answers["/"] = (200, TEXT | {"Content-Encoding": "gzip"}, gzip.compress(b"The library has opened."))

    assert read_article(f"{site.url}/", Path(), allow_private=True).text == "The library has opened."


def test_a_silent_server_is_given_up(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "WHOLE_SECONDS", -1.0)
    site.answers["/"] = (200, TEXT, b"The library has opened.")

    assert "did not answer in time" in _error(f"{site.url}/")


def test_a_password_in_the_address_is_refused() -> None:
    assert "leave it out of the address" in _error("http://jo:secret@example.org/")


def test_nobody_listening_is_said(site: Site) -> None:
    site.close()
    error = _error(f"{site.url}/")
    site.close = lambda: None  # type: ignore[method-assign]  # the fixture closes once more

    assert "the connection was refused" in error


def test_a_server_that_sends_a_little_for_ever_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "WHOLE_SECONDS", 0.3)
    sent = 0

    def dribble(listening: socket.socket) -> None:
        nonlocal sent
        peer, _ = listening.accept()
        with peer, contextlib.suppress(OSError):
            peer.sendall(b"HTTP/1.1 200 OK\r\n")
            while sent < 90:  # http.client itself gives up at 100 headers
                peer.sendall(f"X-{sent}: more\r\n".encode())
                sent += 1
                threading.Event().wait(0.02)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = threading.Thread(target=dribble, args=[listening])
        server.start()
        message = _error(f"http://127.0.0.1:{listening.getsockname()[1]}/")
        server.join()

    assert "did not answer in time" in message
    assert sent < 90


def test_a_name_that_changes_its_address_after_the_check_is_not_asked_again(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def looked_up(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        asked.append(host)
        return [(2, 1, 6, "", ("93.184.216.34" if len(asked) == 1 else "127.0.0.1", port))]

    connected: list[tuple[str, int]] = []

    def refuse(address: tuple[str, int], timeout: float) -> socket.socket:
        connected.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", looked_up)
    monkeypatch.setattr(socket, "create_connection", refuse)

    assert "the connection was refused" in _error("http://press.example/", allow_private=False)
    assert asked == ["press.example"]
    assert connected == [("93.184.216.34", 80)]


def test_one_private_address_among_public_ones_is_enough_to_refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [(2, 1, 6, "", (address, 80)) for address in ("93.184.216.34", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)

    assert "private address 10.0.0.1" in _error("http://press.example/", allow_private=False)


def test_another_address_of_the_host_is_tried_when_the_first_takes_no_call(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.answers["/"] = (200, TEXT, b"The library has opened.")
    port = int(site.url.rpartition(":")[2])
    real = socket.getaddrinfo
    found = [(10, 1, 6, "", ("::1", port, 0, 0)), (2, 1, 6, "", ("127.0.0.1", port))]
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda host, *rest, **more: found if host == "two.example" else real(host, *rest, **more),
    )

    assert read_article(f"http://two.example:{port}/", Path(), allow_private=True).text == "The library has opened."


def test_a_name_server_that_does_not_answer_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    given_up = threading.Event()
    monkeypatch.setattr(web, "STEP_SECONDS", 0.05)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: given_up.wait(30) and [])

    assert "its address could not be looked up" in _error("http://press.example/")
    given_up.set()


@pytest.mark.parametrize(
    ("headers", "condition"),
    [
        ({"ETag": '"v1"', "Last-Modified": "Thu, 18 Mar 2027 09:00:00 GMT"}, ("If-None-Match", '"v1"')),
        ({"ETag": 'W/"v1"'}, ("If-None-Match", 'W/"v1"')),
        ({"Last-Modified": "Thu, 18 Mar 2027 09:00:00 GMT"}, ("If-Modified-Since", "Thu, 18 Mar 2027 09:00:00 GMT")),
    ],
)
def test_a_page_that_has_not_changed_is_not_sent_again(
    site: Site, headers: dict[str, str], condition: tuple[str, str]
) -> None:
    site.answers["/"] = (200, TEXT | headers, b"The library has opened.")
    article = read_article(f"{site.url}/", Path(), allow_private=True)
    site.answers["/"] = (304, {}, b"")

    again = read_if_changed(f"{site.url}/", Path(), article.validator, allow_private=True)

    name, value = condition
    assert again is None
    assert site.asked[1][name] == value
    assert not {"If-None-Match", "If-Modified-Since"} & set(site.asked[0])


def test_a_page_that_has_changed_is_read_again(site: Site) -> None:
    site.answers["/"] = (200, TEXT | {"ETag": '"v2"'}, b"The library has closed.")

    again = read_if_changed(f"{site.url}/", Path(), '"v1"', allow_private=True)

    assert again is not None
    assert (again.text, again.validator) == ("The library has closed.", '"v2"')


def test_a_server_that_says_unchanged_unasked_is_refused(site: Site) -> None:
    site.answers["/"] = (304, {}, b"")

    assert "the server answered 304" in _error(f"{site.url}/")


def test_a_file_is_read_again_only_when_it_was_written_again(tmp_path: Path) -> None:
    (tmp_path / "release.txt").write_text("The library has opened.")
    article = read_article("release.txt", tmp_path)

    assert read_if_changed("release.txt", tmp_path, article.validator) is None
    (tmp_path / "release.txt").write_text("The library has closed again.")
    assert read_if_changed("release.txt", tmp_path, article.validator) is not None


@pytest.fixture
def proxy_that(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., OutboundProxy]]:
    """Starts a proxy, and names it in the environment for every call; no name but "localhost" is known on this side of it."""
    real = socket.getaddrinfo

    def look_up(host: str, *question: Any, **more: Any) -> Any:
        more["flags"] = 0 if host == "localhost" else socket.AI_NUMERICHOST
        return real(host, *question, **more)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)

    with named_in(monkeypatch, shown="press:n3w-pass") as start:
        yield start


def test_a_page_whose_name_only_the_proxy_knows_is_read_through_it(
    site: Site, proxy_that: Callable[..., OutboundProxy]
) -> None:
    site.answers["/a%20b"] = (302, {"Location": "http://press.invalid:8080/b?c=%20d"}, b"")
    site.answers["/b?c=%20d"] = (200, TEXT, b"The library has opened.")
    proxy = proxy_that(wants="press:n3w-pass", hosts={"press.invalid": _port(site)})

    article = read_article("http://press.invalid/a%20b", Path())

    assert article.text == "The library has opened."
    assert proxy.asked == ["GET http://press.invalid/a%20b HTTP/1.1", "GET http://press.invalid:8080/b?c=%20d HTTP/1.1"]
    assert [asked["Host"] for asked in site.asked] == ["press.invalid", "press.invalid:8080"]


def test_by_tls_the_proxy_opens_a_way_and_the_page_must_be_whose_it_says(
    tmp_path: Path, proxy_that: Callable[..., OutboundProxy], monkeypatch: pytest.MonkeyPatch
) -> None:
    site, certificate = Site(), make_certificate(tmp_path, "press.invalid")
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate)
    site._server.socket = tls.wrap_socket(site._server.socket, server_side=True)
    site.answers["/"] = (200, TEXT, b"The library has opened.")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    proxy = proxy_that(wants="press:n3w-pass", hosts={"press.invalid": _port(site), "other.invalid": _port(site)})

    article = read_article("https://press.invalid/", Path())
    error = _error("https://other.invalid/", allow_private=False)
    site.close()

    assert article.text == "The library has opened."
    assert "its certificate or encryption is not accepted" in error
    assert proxy.asked == ["CONNECT press.invalid:443 HTTP/1.1", "CONNECT other.invalid:443 HTTP/1.1"]
    assert len(site.asked) == 1
    assert not [name for name in site.asked[0] if name.startswith("Proxy")]


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "[::1]",
        "169.254.169.254",
        "2130706433",
        "0x7f.1",
        "127.0.0.1.",
        "localhost",
        "intranet",
        "files.corp",
        "printer.local",
        "metadata.google.internal.",
        "router.home.arpa",
        "wiki.lan",
    ],
)
def test_a_proxy_is_no_way_into_a_private_network(
    scheme: str, host: str, proxy_that: Callable[..., OutboundProxy]
) -> None:
    proxy = proxy_that("HTTP/1.1 502 Bad Gateway\r\n\r\n")

    assert "set allow_private_addresses = true in config.toml" in _error(f"{scheme}://{host}/", allow_private=False)
    assert proxy.asked == []


def test_a_name_that_is_private_here_is_not_asked_of_a_proxy_either(
    proxy_that: Callable[..., OutboundProxy], monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = proxy_that()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [(2, 1, 6, "", ("10.0.0.1", 80))])

    assert "press.example is the private address 10.0.0.1" in _error("http://press.example/", allow_private=False)
    assert proxy.asked == []


def test_a_private_name_that_is_allowed_is_for_the_proxy_to_look_up(
    site: Site, proxy_that: Callable[..., OutboundProxy]
) -> None:
    site.answers["/"] = (200, TEXT, b"The library has opened.")
    proxy_that(hosts={"intranet": _port(site)})

    assert read_article("http://intranet/", Path(), allow_private=True).text == "The library has opened."


def test_a_name_server_that_is_silent_does_not_keep_a_proxy_from_being_asked(
    site: Site, proxy_that: Callable[..., OutboundProxy], monkeypatch: pytest.MonkeyPatch
) -> None:
    site.answers["/"] = (200, TEXT, b"The library has opened.")
    proxy_that(hosts={"press.invalid": _port(site)})
    given_up, real = threading.Event(), socket.getaddrinfo
    monkeypatch.setattr(web, "ASIDE_SECONDS", 0.05)
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda host, *rest, **more: given_up.wait(30) and [] if host == "press.invalid" else real(host, *rest, **more),
    )

    assert read_article("http://press.invalid/", Path()).text == "The library has opened."
    given_up.set()


@pytest.mark.parametrize(
    ("url", "says", "why"),
    [
        ("https://press.invalid/", "HTTP/1.1 403 Not for you\r\n\r\n", "it answered 403 Not for you"),
        ("http://press.invalid/", "HTTP/1.1 503 No way\r\n\r\n", "the server answered 503 No way"),
        ("https://press.invalid/", "HTTP/1.1 407 Who\r\n\r\n", "it answered 407 Who: it wants other credentials"),
        ("http://press.invalid/", "HTTP/1.1 407 Who\r\n\r\n", "it answered 407 Who: it wants other credentials"),
        ("https://press.invalid/", "", "it closed the connection"),
    ],
)
def test_what_a_proxy_does_not_let_through_is_said_with_its_name_and_no_password(
    url: str, says: str, why: str, proxy_that: Callable[..., OutboundProxy]
) -> None:
    proxy = proxy_that(says)

    error = _error(url, allow_private=False)

    assert f"cannot be fetched through the proxy {proxy.url}: {why}" in error
    assert "n3w" not in error


def test_a_silent_proxy_is_given_up(proxy_that: Callable[..., OutboundProxy], monkeypatch: pytest.MonkeyPatch) -> None:
    proxy_that(is_silent=True)
    monkeypatch.setattr(web, "STEP_SECONDS", 0.2)

    assert "press.invalid did not answer in time" in _error("https://press.invalid/", allow_private=False)


def test_what_is_no_address_of_a_proxy_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "socks5://press:hunter2@proxy.example:1080")
    error = _error("https://press.invalid/", allow_private=False)

    assert "cannot be fetched: HTTPS_PROXY in the environment is not the address of an HTTP proxy" in error
    assert "hunter2" not in error


def _port(site: Site) -> int:
    return int(site.url.rpartition(":")[2])
