"""The ways by which a message reaches people: Apprise, with its hundred services, and a plain webhook."""

import asyncio
import json
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

from scheduler.config import Alarms, Secret, redact, register_secret, wrong_with_secret_address
from scheduler.errors import ConfigError, RedletterError
from scheduler.posts.alarms import Message
from scheduler.proxy import NoWay, Proxy, proxy_for

LIMIT = 45.0  # seconds for one try: a mail server may take its time, a phone call may not
PING_WITHIN = 10.0  # seconds that one ping may take
_COURIER = Path(__file__).with_name("courier.py")


class NotDelivered(RedletterError):
    """The message has not arrived, or nobody knows whether it has: it is tried again, and may then come twice."""


class Channel(Protocol):
    """One way to reach people."""

    async def deliver(self, message: Message) -> None:
        """Returns when the message was taken; raises NotDelivered, without secrets in its words."""
        ...


@dataclass(frozen=True, slots=True)
class ByApprise:
    """Through Apprise, in a process of its own: unlike a thread it can be stopped, and its memory comes back."""

    address: Secret

    async def deliver(self, message: Message) -> None:
        address = _reveal(self.address)
        request = json.dumps({"address": address, "title": message.title, "body": message.body}).encode()
        courier = await asyncio.create_subprocess_exec(
            sys.executable,
            "-P",  # its folder has modules of ours, which must not stand in the way of others of the same name
            str(_COURIER),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            cwd="/",
        )
        try:
            async with asyncio.timeout(LIMIT):
                said, _ = await courier.communicate(request)
        except TimeoutError:
            raise NotDelivered(f"no answer within {LIMIT:g} s") from None
        finally:
            if courier.returncode is None:
                courier.kill()
                await courier.wait()
        try:
            trouble = json.loads(said.splitlines()[-1])["trouble"]
        except (ValueError, LookupError, TypeError):
            raise NotDelivered("Apprise failed in a way it should not; try its address with: apprise ADDRESS") from None
        if trouble is not None:
            raise NotDelivered(redact(str(trouble)))


@dataclass(frozen=True, slots=True)
class ByWebhook:
    """One POST of JSON."""

    address: Secret

    async def deliver(self, message: Message) -> None:
        await _request("POST", self.address, LIMIT, json=as_json(message), allow_redirects=False)


def channels_of(alarms: Alarms) -> Mapping[str, Channel]:
    """Returns every channel of the config by its name; no secret is read yet."""
    by_apprise: dict[str, Channel] = {name: ByApprise(secret) for name, secret in alarms.to.items()}
    return by_apprise | {name: ByWebhook(secret) for name, secret in alarms.webhooks.items()}


def as_json(message: Message) -> dict[str, Any]:
    """Returns a message as docs/alarms.md describes it."""
    return {
        "key": message.key,
        "title": message.title,
        "body": message.body,
        "text": f"{message.title}\n\n{message.body}",
        "made_at": message.made_at.isoformat(),
        "alarms": [
            {
                "kind": each.need.kind,
                "post": each.need.post,
                "said": each.need.said,
                "answer": each.need.answer,
                "raised_at": each.at.isoformat(),
            }
            for each in message.alarms
        ],
    }


async def call(address: Secret, within: float) -> None:
    """Calls the address of a dead-man's switch; raises NotDelivered."""
    await _request("GET", address, within)


async def _request(method: str, address: Secret, within: float, **settings: Any) -> None:
    """Makes one call, through the proxy that the environment names for it; raises NotDelivered."""
    import aiohttp

    url = _web_address(address)
    proxy = None
    try:
        proxy = proxy_for(url)
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=within)) as session,
            session.request(method, url, **_by(proxy, url), **settings) as response,
        ):
            status = response.status
    except aiohttp.ClientHttpProxyError as error:
        said = proxy.refusal(error.status, error.message) if proxy else ""
        raise NotDelivered(f"the proxy {proxy}: {said}") from None
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        through = f"through the proxy {proxy}: " if proxy else ""
        raise NotDelivered(f"{through}{plain_reason(error)}") from None
    if not 200 <= status < 300:
        raise NotDelivered(f"it answered {status}")


def _by(proxy: Proxy | None, url: str) -> Mapping[str, Any]:
    """Returns what aiohttp is told of a proxy; left to the environment, it would read passwords from ~/.netrc as well."""
    if proxy is None:
        return {}
    # What goes by http, which is on this machine, has no head for the proxy alone; aiohttp takes it off for other servers.
    shown_in = "proxy_headers" if urlsplit(url).scheme == "https" else "headers"
    return {"proxy": str(proxy), shown_in: proxy.headers}


def plain_reason(error: BaseException) -> str:
    """Says why a call failed, without the address, which is a secret."""
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, NoWay):
        return str(error)
    cause = getattr(error, "os_error", None) or error
    if isinstance(cause, OSError) and cause.strerror:
        # asyncio words it "Connect call failed ('127.0.0.1', 9)".
        return _system_words(cause)
    return type(error).__name__


def _system_words(error: OSError) -> str:
    import os

    if error.errno and error.errno > 0:
        return os.strerror(error.errno).lower()
    return redact(error.strerror or type(error).__name__).lower()


def _reveal(secret: Secret) -> str:
    try:
        address = secret.reveal().strip()
    except ConfigError as error:
        raise NotDelivered(str(error)) from error
    for part in _secret_parts(address):
        register_secret(part)
    return address


def _web_address(secret: Secret) -> str:
    address = _reveal(secret)
    if wrong := wrong_with_secret_address(address):
        raise NotDelivered(f"{secret.key} {wrong}")
    return address


_TOKEN = re.compile(r"(?=.*\d)(?=.*[A-Za-z])[\w.~+-]{8,}|[\w.~+-]{20,}")


def _secret_parts(address: str) -> Iterator[str]:
    """Yields what of an address may show up on its own in what a service says: the password, and whatever is a token."""
    try:
        parts = urlsplit(address)
        password = parts.password
    except ValueError:
        return
    if password:
        yield password
        yield unquote(password)
    for piece in re.split(r"[/?&=#:@]", f"{parts.netloc}/{parts.path}/{parts.query}/{parts.fragment}"):
        if _TOKEN.fullmatch(piece) and "." not in piece:
            yield unquote(piece)
