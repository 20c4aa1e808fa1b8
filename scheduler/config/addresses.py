"""What is wrong with a web address; never repeated, for it may hold secrets."""

import ipaddress
from urllib.parse import urlsplit


def wrong_with_address(url: str) -> str | None:
    """Says what is wrong with the address of a server, without repeating it: it may hold a password."""
    wrong = wrong_with_secret_address(url)
    if wrong:
        return wrong
    parts = urlsplit(url)
    if parts.username is not None or parts.password is not None:
        return "must not hold a user name or password"
    if parts.query or parts.fragment:
        return "must end before any ? or #"
    return None


def wrong_with_secret_address(url: str) -> str | None:
    """Says what is wrong with a web address that may hold secrets anywhere, without repeating it."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return 'is not a web address; expected one such as "https://social.example"'
    if parts.scheme not in ("http", "https") or not host or any(character.isspace() for character in url):
        return 'is not a web address; expected one such as "https://social.example"'
    if parts.scheme == "http" and not _is_loopback(host):
        return "must begin with https://; http:// would send its secrets readable over the network"
    return None


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
