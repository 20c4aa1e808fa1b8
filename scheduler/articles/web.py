"""Fetches an article from a web address: bounded in time, size and redirects, and never from a private network unasked."""

import contextlib
import http.client
import ipaddress
import socket
import ssl
import threading
import time
import zlib
from importlib import metadata
from typing import NoReturn
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from scheduler.articles.document import MAX_BYTES, Document, fail, fail_gone
from scheduler.proxy import NoWay, Proxy, proxy_for

MAX_REDIRECTS = 5
MAX_ADDRESSES = 4  # of one host that are tried
STEP_SECONDS = 10.0  # each connect, each read
WHOLE_SECONDS = 30.0  # all of it, redirects included
ASIDE_SECONDS = 3.0  # to look up here what a proxy looks up itself: many a network behind one knows no name outside

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_GONE = frozenset({404, 410})
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
# What a name ends with that means something on one's own network: RFC 6762, appendix G; RFC 6761, 6.3; RFC 8375; ICANN.
_INNER = frozenset({"local", "localhost", "internal", "intranet", "private", "corp", "home", "lan", "arpa"})


def fetch(source: str, validator: str | None = None, *, allow_private: bool = False) -> Document | None:
    """The bytes behind an http or https address; None when the server says that they are as when they had this validator.

    allow_private: whether loopback, link-local and private addresses may be asked; each redirect is checked as well.
    """
    deadline = time.monotonic() + WHOLE_SECONDS
    url = source
    redirects = 0
    while isinstance(answer := _ask(source, url, deadline, validator, allow_private), str):
        url = answer
        redirects += 1
        if redirects > MAX_REDIRECTS:
            fail(source, f"is redirected more than {MAX_REDIRECTS} times")
    return answer


def _ask(source: str, url: str, deadline: float, validator: str | None, allow_private: bool) -> Document | str | None:
    """The document, the address it has moved to, or None: nothing new."""
    parts = _checked_parts(source, url)
    proxy = _proxy_for(source, url)
    through = f" through the proxy {proxy}" if proxy else ""
    addresses = _checked_addresses(source, parts, proxy, deadline, allow_private)
    connection = _connection(parts, addresses, proxy)
    # Each read has its own limit, and a server that sends a little now and then would pass them all for ever.
    end = threading.Timer(max(deadline - time.monotonic(), 0), _cut, [connection])
    end.daemon = True
    end.start()
    try:
        headers = _headers() | _condition(validator)
        if proxy is not None and parts.scheme == "http":  # which it asks for us, since few open a way to such a server
            connection.request("GET", _whole_target(parts), headers={**headers, **proxy.headers})
        else:
            connection.request("GET", _target(parts), headers=headers)
        with connection.getresponse() as response:
            location = response.getheader("Location")
            if response.status in _REDIRECTS and location:
                return urljoin(url, location)
            if response.status == http.client.NOT_MODIFIED and validator:
                return None
            if proxy is not None and response.status == http.client.PROXY_AUTHENTICATION_REQUIRED:
                raise NoWay(proxy.refusal(response.status, response.reason))
            if response.status != http.client.OK:
                refuse = fail_gone if response.status in _GONE else fail
                answered = f"the server answered {response.status} {response.reason}".rstrip()
                refuse(source, f"cannot be fetched{through}: {answered}")
            content = _body(source, response, deadline)
            if time.monotonic() >= deadline:
                raise TimeoutError  # a connection that was cut looks like one that ended
    except TimeoutError:
        fail(source, f"cannot be fetched{through}: {parts.hostname} did not answer in time")
    except ssl.SSLError as error:
        fail(
            source,
            f"cannot be fetched{through}: its certificate or encryption is not accepted ({error.reason or error})",
        )
    except (OSError, http.client.HTTPException, ValueError) as error:
        if time.monotonic() >= deadline:
            fail(source, f"cannot be fetched{through}: {parts.hostname} did not answer in time")
        fail(source, f"cannot be fetched{through}: {_reason(error)}")
    finally:
        end.cancel()
        connection.close()
    return Document(
        source=source,
        content=content,
        content_type=response.headers.get_content_type() if response.getheader("Content-Type") else None,
        charset=response.headers.get_content_charset(),
        url=url,
        validator=response.getheader("ETag") or response.getheader("Last-Modified"),
    )


def _cut(connection: http.client.HTTPConnection) -> None:
    with contextlib.suppress(OSError):
        if connection.sock is not None:
            connection.sock.shutdown(socket.SHUT_RDWR)


def _checked_parts(source: str, url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        fail(source, f"is no web address: {url!r}")
    if parts.scheme not in {"http", "https"}:
        fail(source, f"is redirected to {parts.scheme or url}:, but only http and https are read")
    if not host:
        fail(source, f"is no web address: {url!r} has no host")
    if parts.username or parts.password:
        fail(source, "holds a user name or password; leave it out of the address")
    return parts


def _proxy_for(source: str, url: str) -> Proxy | None:
    try:
        return proxy_for(url)
    except NoWay as error:
        fail(source, f"cannot be fetched: {error}")


def _checked_addresses(
    source: str, parts: SplitResult, proxy: Proxy | None, deadline: float, allow_private: bool
) -> tuple[tuple[str, int], ...]:
    """The very addresses that are connected to, so that the name cannot be pointed elsewhere after the check.

    Through a proxy they are its own. It looks the name up itself: what can be known of that here is checked, no more.
    """
    host, port = parts.hostname or "", _port(parts)
    addresses: list[str] | None = None
    if proxy is None or not allow_private:
        addresses = _resolved(host, port, deadline, STEP_SECONDS if proxy is None else ASIDE_SECONDS)
    if not allow_private:
        private = next((address for address in addresses or () if not _is_public(address)), None)
        if private is not None:
            _refuse(source, _named(parts.hostname, private))
        if proxy is not None and not addresses and _is_inner(host):
            _refuse(source, f"{host} is no name of the public web")
    if proxy is not None:
        host, port = proxy.host, proxy.port
        addresses = _resolved(host, port, deadline, STEP_SECONDS)
    if addresses is None:
        fail(source, f"cannot be fetched: {host} did not answer in time, its address could not be looked up")
    if not addresses:
        fail(source, f"cannot be fetched: no such host {host}")
    return tuple((address, port) for address in addresses[:MAX_ADDRESSES])


def _port(parts: SplitResult) -> int:
    return parts.port or (443 if parts.scheme == "https" else 80)


def _refuse(source: str, why: str) -> NoReturn:
    where = "where that is your own network, set allow_private_addresses = true in config.toml"
    fail(source, f"is not fetched: {why}; {where}")


def _is_inner(host: str) -> bool:
    """Whether a name that is unknown here may mean something on the network of a proxy, or an address in other words."""
    try:
        name = host.encode("idna").decode().rstrip(".")
    except UnicodeError:
        return True
    _, dot, last = name.rpartition(".")
    return not dot or last.lower() in _INNER or last[0].isdigit()


def _named(host: str | None, private: str) -> str:
    return f"{private} is a private address" if host == private else f"{host} is the private address {private}"


def _resolved(host: str, port: int, deadline: float, seconds: float) -> list[str] | None:
    """The addresses of a name; none where it is unknown, None where that was not answered in time.

    In a thread of its own: a name server that does not answer keeps getaddrinfo for as long as it likes.
    """
    found: list[str] = []

    def resolve() -> None:
        with contextlib.suppress(OSError, UnicodeError):
            entries = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            found.extend(dict.fromkeys(str(entry[4][0]) for entry in entries))

    asking = threading.Thread(target=resolve, daemon=True)
    asking.start()
    asking.join(max(min(seconds, deadline - time.monotonic()), 0))
    return None if asking.is_alive() else found


def _is_public(address: str) -> bool:
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = (
            ip.ipv4_mapped or ip.sixtofour or (ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF) if ip in _NAT64 else None)
        )
        if inner is not None:
            return inner.is_global and not inner.is_multicast
    return ip.is_global and not ip.is_multicast


_Addresses = tuple[tuple[str, int], ...]


def _connection(parts: SplitResult, addresses: _Addresses, proxy: Proxy | None) -> http.client.HTTPConnection:
    host = parts.hostname or ""
    if parts.scheme == "https":
        return _SecureConnection(host, _port(parts), addresses, proxy)
    return _PlainConnection(host, _port(parts), addresses)


def _connected(addresses: _Addresses) -> socket.socket:
    """To the first address that takes the call: many a host has one of IPv6 that does not."""
    *others, last = addresses
    for address in others:
        with contextlib.suppress(OSError):
            return socket.create_connection(address, STEP_SECONDS / len(addresses))
    return socket.create_connection(last, STEP_SECONDS)


class _PlainConnection(http.client.HTTPConnection):
    """Speaks to the checked addresses under the host's name."""

    def __init__(self, host: str, port: int, addresses: _Addresses) -> None:
        super().__init__(host, port, timeout=STEP_SECONDS)
        self._addresses = addresses

    def connect(self) -> None:
        self.sock = _connected(self._addresses)
        self.sock.settimeout(STEP_SECONDS)


class _SecureConnection(http.client.HTTPSConnection):
    """The same over TLS, which proves the host's name; proxy: the addresses are its own, and it opens a way to the host."""

    def __init__(self, host: str, port: int, addresses: _Addresses, proxy: Proxy | None) -> None:
        self._tls = ssl.create_default_context()
        super().__init__(host, port, timeout=STEP_SECONDS, context=self._tls)
        self._addresses = addresses
        self._proxy = proxy

    def connect(self) -> None:
        self.sock = plain = _connected(self._addresses)
        plain.settimeout(STEP_SECONDS)
        if self._proxy is not None:
            _get_through(self._proxy, plain, self.host, self.port)
        self.sock = self._tls.wrap_socket(plain, server_hostname=self.host)


def _get_through(proxy: Proxy, plain: socket.socket, host: str, port: int) -> None:
    plain.sendall(proxy.way_to(host, port))
    said = b""
    while not proxy.has_opened(said):
        piece = plain.recv(4096)
        if not piece:
            raise NoWay("it closed the connection")
        said += piece


def _whole_target(parts: SplitResult) -> str:
    return f"http://{parts.netloc.encode('idna').decode()}{_target(parts)}"


def _target(parts: SplitResult) -> str:
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    query = quote(parts.query, safe="/%:@!$&'()*+,;=~-._?[]")
    return f"{path}?{query}" if query else path


def _headers() -> dict[str, str]:
    return {
        "User-Agent": f"redletter/{metadata.version('redletter')} (reads one press release for a campaign)",
        "Accept": "text/html, text/markdown, application/atom+xml, application/rss+xml, text/plain;q=0.9, */*;q=0.1",
        "Accept-Encoding": "identity",
        "Connection": "close",
    }


def _condition(validator: str | None) -> dict[str, str]:
    """The header that asks for the answer only if it is another than the one with this validator."""
    if validator is None or not validator.isprintable() or not validator.isascii():
        return {}
    if validator.startswith(('"', 'W/"')):
        return {"If-None-Match": validator}
    return {"If-Modified-Since": validator} if validator.endswith(" GMT") else {}


def _body(source: str, response: http.client.HTTPResponse, deadline: float) -> bytes:
    encoding = (response.getheader("Content-Encoding") or "identity").lower()
    unpack = {"identity": None, "gzip": zlib.decompressobj(31), "deflate": zlib.decompressobj()}
    if encoding not in unpack:
        fail(source, f"cannot be fetched: it is sent as {encoding}, which was not asked for")
    unpacker = unpack[encoding]
    chunks: list[bytes] = []
    size = 0
    while chunk := response.read1(65536):
        if time.monotonic() > deadline:
            raise TimeoutError
        try:
            plain = unpacker.decompress(chunk, MAX_BYTES + 1 - size) if unpacker else chunk
        except zlib.error:
            fail(source, f"cannot be fetched: its {encoding} encoding is broken")
        chunks.append(plain)
        size += len(plain)
        if size > MAX_BYTES:
            fail(source, f"is larger than {MAX_BYTES // 1024 // 1024} MB")
    return b"".join(chunks)


def _reason(error: Exception) -> str:
    if isinstance(error, ConnectionRefusedError):
        return "the connection was refused"
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
