"""The HTTP proxy that the environment names, and how it is asked for a way to a server: HTTPS_PROXY, NO_PROXY and their like."""

import os
import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import unquote, urlsplit

from scheduler.config import redact, register_secret

_MAX_BYTES = 65_536  # of what a proxy says before the way is open
_MAX_WORDS = 100  # characters of its own words
_BEGINS = b"HTTP/1."
_STATUS = re.compile(rb"HTTP/1\.[01] ([1-9]\d\d)(?: ([^\r\n]*))?\r?\n")
_END = re.compile(rb"\n\r?\n")


class NoWay(ConnectionError):
    """The proxy opens no way: nothing was sent to the server behind it. The message says why, without a secret."""


@dataclass(frozen=True, slots=True)
class Proxy:
    """An HTTP proxy. user: whom it is told that we are, with the password; None where its address names nobody."""

    host: str
    port: int
    user: str | None = field(default=None, repr=False)
    password: str = field(default="", repr=False)

    def __str__(self) -> str:
        return f"http://{_authority(self.host, self.port)}"

    @property
    def headers(self) -> Mapping[str, str]:
        """What it is shown with a request, and the server behind it never."""
        return {} if self.user is None else {"Proxy-Authorization": f"Basic {_shown(self.user, self.password)}"}

    def way_to(self, host: str, port: int) -> bytes:
        """Returns the request for a way to a server, which is written to the proxy before all else (RFC 9110, 9.3.6)."""
        server = _authority(host if host.isascii() else host.encode("idna").decode(), port)
        shown = "".join(f"{name}: {value}\r\n" for name, value in self.headers.items())
        return f"CONNECT {server} HTTP/1.1\r\nHost: {server}\r\nUser-Agent: Redletter\r\n{shown}\r\n".encode()

    def has_opened(self, said: bytes) -> bool:
        """Whether the way is open, of all that the proxy has said so far; raises NoWay when it will not be."""
        if len(said) > _MAX_BYTES:
            raise NoWay("its answer does not end")
        if said[: len(_BEGINS)] != _BEGINS[: len(said)]:
            raise NoWay("it answered, but not by HTTP")
        if b"\n" not in said:
            return False
        status = _STATUS.match(said)
        if status is None:
            raise NoWay("it answered, but not by HTTP")
        if not status[1].startswith(b"2"):
            raise NoWay(self.refusal(int(status[1]), (status[2] or b"").decode("latin-1")))
        end = _END.search(said)
        if end and end.end() < len(said):
            raise NoWay("it said more than that the way is open")  # who speaks first is not whom we want to talk to
        return end is not None

    def refusal(self, status: int, words: str) -> str:
        """Says that it answered so, and what to do about it."""
        words = "".join(each for each in " ".join(words.split()) if each.isprintable())
        said = f"it answered {status} {redact(words)[:_MAX_WORDS]}".rstrip()
        if status not in (401, 407):  # 401 is meant for servers, and what tinyproxy says to a wrong password
            return said
        if self.user is None:
            return f"{said}: it wants a user name and a password, as in http://USER:PASSWORD@{_authority(self.host, self.port)}"
        return f"{said}: it wants other credentials than the user name and password in its address"


def proxy_for(url: str) -> Proxy | None:
    """Returns the proxy that the environment names for a web address; None where that is called directly.

    This machine itself is called directly, unless NO_PROXY is there and does not name it. Raises NoWay where what is named
    is no HTTP proxy: to go past it would be against what somebody meant.
    """
    if not any(name[-6:].lower() == "_proxy" for name in os.environ):
        return None
    from urllib import request  # 20 ms, and only where there is something to read

    proxies = request.getproxies_environment()
    parts = urlsplit(url)
    kind = parts.scheme if parts.scheme in proxies else "all"
    if kind not in proxies:
        return None
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    if _is_this_machine(host) and not any(name.lower() == "no_proxy" for name in os.environ):
        return None
    if any(request.proxy_bypass(f"{name}:{port}") for name in (host, f"[{host}]")):
        return None
    return _read(proxies[kind].strip(), f"{kind.upper()}_PROXY")


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _read(address: str, variable: str) -> Proxy:
    """Reads an address, which may hold a password, and is therefore never repeated."""
    wrong = (
        f"{variable} in the environment is not the address of an HTTP proxy; expected one such as"
        " http://proxy.example:3128 (SOCKS and https:// are not spoken to proxies)"
    )
    try:
        parts = urlsplit(address if "://" in address else f"http://{address}")
        host, port = parts.hostname, parts.port
    except ValueError:
        raise NoWay(wrong) from None
    # What follows the port is a piece of a password with a / ? or # in it, most likely.
    if parts.scheme != "http" or not host or parts.path.strip("/") or parts.query or parts.fragment:
        raise NoWay(wrong)
    if parts.username is None:
        return Proxy(host, port or 80)
    user, password = unquote(parts.username), unquote(parts.password or "")
    register_secret(password)
    register_secret(_shown(user, password))
    return Proxy(host, port or 80, user, password)


def _shown(user: str, password: str) -> str:
    return b64encode(f"{user}:{password}".encode()).decode()


def _authority(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
