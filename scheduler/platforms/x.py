"""X: posts through tweepy's async client, counts as twitter-text does."""

import logging
import re
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import unquote

from scheduler.config import Account, redact
from scheduler.errors import CredentialsRefused, DuplicateRefused, PostRefused, PublishError, TemporaryFailure
from scheduler.platforms.answer import Answer
from scheduler.platforms.connection import Connection
from scheduler.platforms.contract import Doubt, Finding, Length, Payload, Receipt, Verdict
from scheduler.platforms.counting import URL_CHARACTERS, spoken_text, weighted_length
from scheduler.platforms.credentials import reveal
from scheduler.platforms.likeness import Shown, Timeline, Words, of_another_time, pair, plain_words, since
from scheduler.platforms.links import find_links
from scheduler.platforms.message import Message
from scheduler.platforms.uuids import uuid_at
from scheduler.platforms.verdicts import failure_of, posting_nothing, printable, retry_time

MAX_CHARACTERS = 280

_ME = "/2/users/me"
_PAGE, _MAX_PAGES = 100, 32  # X shows no more than the last 3,200 posts of anybody
_NOT_READ = (
    "X does not let these credentials read the account's own posts ({}): look there whether the post is out, and give "
    "the app the permission to read"
)
_MAY_NOT_READ = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
_SECRETS = ("consumer_key", "consumer_secret", "access_token", "access_token_secret")
# The only host that tweepy knows; the OAuth signature covers it, so a base_url is for a proxy or a local server.
_HOST = "https://api.twitter.com"
# What a 403 says when it is about the app or the account and not about this text.
_ABOUT_ACCOUNT = re.compile(r"\b(client-forbidden|oauth1-permissions|not permitted|suspended|locked)")
_SCHEME = re.compile(r"^https?://", re.IGNORECASE)
# All of them write the Authorization header, or what it is made of, into their debug logs.
_SIGNING_LOGGERS = ("tweepy.asynchronous.client", "oauthlib.oauth1.rfc5849", "oauthlib.oauth1.rfc5849.signature")


class X:
    """One identity on X, by OAuth 1.0a with the four secrets of its app and user."""

    platform = "x"
    looks_like = "x"
    place = None
    finds_by_words = True

    def __init__(self, account: Account, _workspace: Path, timeout_seconds: float) -> None:
        self._account = account
        self._connection = Connection(account.base_url or _HOST, timeout_seconds)
        self._keys: dict[str, str] | None = None
        self._me: _Identity | None = None

    def __repr__(self) -> str:
        return f"X({self._account.name!r})"

    def lengths(self, message: Message, part: int) -> Sequence[Length]:
        """Returns the weighted length; an account with long posts has its own `max_characters`."""
        limits = self._account.limits
        url_characters = limits.get("characters_reserved_per_url", URL_CHARACTERS)
        used = weighted_length(spoken_text(message, part), url_characters)
        return (Length(used, limits.get("max_characters", MAX_CHARACTERS)),)

    def new_key(self, now: datetime, random: Random) -> str:
        """Chooses a name for the attempt; X honours no keys, so it is never sent."""
        return uuid_at(now, random)

    def payload(self, message: Message, key: str, earlier: Sequence[Receipt] = ()) -> Payload:
        """Builds a post, in a thread the reply to the part before it. https://docs.x.com/x-api/posts/create-post"""
        body: dict[str, object] = {"text": spoken_text(message, len(earlier))}
        if earlier:
            body["reply"] = {"in_reply_to_tweet_id": earlier[-1].platform_id}
        return Payload(method="POST", path="/2/tweets", key=key, body=body, headers={})

    async def get_ready(self, payload: Payload) -> None:  # noqa: ARG002 (any post takes the same way)
        await self._connection.get_ready()

    async def send(self, payload: Payload) -> Receipt:
        """Posts once; X honours no keys, so whatever is unclear stays unclear."""
        answer = await self._call(payload.method, payload.path, payload.body)
        data = answer.fields().get("data")
        post_id = data.get("id") if isinstance(data, dict) else None
        if answer.is_success and isinstance(post_id, str):
            return _receipt(post_id)
        raise self._failure(answer)

    async def check_login(self) -> str:
        with posting_nothing():
            return f"@{self._identity(await self._call('GET', _ME)).username}"

    async def find(self, doubts: Sequence[Doubt], taken: Callable[[str], bool]) -> Sequence[Finding]:
        """Looks through the account's own posts; what is not there may still appear, and must not be repeated."""
        if not doubts:
            return []
        with posting_nothing():
            timeline = await self._timeline(since(doubts, now := datetime.now(UTC)))
        free = timeline.without(taken)
        found = pair(doubts, _words_of, free)
        left = [post for post in free if post not in found]

        def not_shown(doubt: Doubt) -> Finding:
            why = of_another_time(doubt, _words_of(doubt), left, now) or timeline.gap
            return Finding(Verdict.UNANSWERED, detail=why) if why else Finding(Verdict.NOT_SEEN)

        return [
            Finding(Verdict.OUT, post.receipt) if post else not_shown(doubt)
            for doubt, post in zip(doubts, found, strict=True)
        ]

    async def _timeline(self, start: datetime) -> Timeline:
        """Reads the account's own posts since `start`, the newest first. https://docs.x.com/x-api/users/get-posts"""
        if self._me is None:
            answer = await self._call("GET", _ME)
            if not answer.is_success:
                return Timeline((), self._gap(answer))
            self._me = self._identity(answer)
        parameters = {
            "start_time": f"{start.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
            "max_results": str(_PAGE),
            "exclude": "retweets",
            "tweet.fields": "created_at,entities,note_tweet,referenced_tweets,text",
        }
        shown: list[Shown] = []
        for _ in range(_MAX_PAGES):
            answer = await self._call("GET", f"/2/users/{self._me.user_id}/tweets", parameters=parameters)
            if not answer.is_success:
                return Timeline(shown, self._gap(answer))
            try:
                meta, posts = (fields := answer.fields())["meta"], fields.get("data", [])
                if not posts and (meta.get("result_count") or fields.get("errors")):
                    raise ValueError("there are posts, and none is shown")
                shown += [_shown(post, self._me) for post in posts]
                following = meta.get("next_token")
            except (AttributeError, KeyError, TypeError, ValueError):
                raise self._failure(answer) from None
            if not following:
                return Timeline(shown)
            parameters["pagination_token"] = following
        return Timeline(shown, "X shows only the newest posts of the account: look there whether the post is out")

    def _identity(self, answer: Answer) -> "_Identity":
        data = answer.fields().get("data")
        if answer.is_success and isinstance(data, dict) and "username" in data and "id" in data:
            return _Identity(str(data["id"]), str(data["username"]))
        raise self._failure(answer)

    def _gap(self, answer: Answer) -> str:
        """Says why X will not show the posts, when that is about reading alone; raises for everything else."""
        failure = self._failure(answer)
        if answer.status not in _MAY_NOT_READ and not isinstance(failure, PostRefused):
            raise failure
        if not answer.fields():
            raise TemporaryFailure(failure.detail)  # X says why it refuses: this is the page of something before it
        return _NOT_READ.format(failure.detail)

    def warm_up(self) -> None:
        import tweepy.asynchronous  # noqa: F401 (half a second, better spent before the first call)

        self._connection.warm_up()

    async def close(self) -> None:
        await self._connection.close()

    async def _call(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        parameters: Mapping[str, str] | None = None,
    ) -> Answer:
        from tweepy.asynchronous import AsyncClient

        if self._keys is None:
            self._keys = self._open()
        session = _TweepySession(self._connection)
        client = AsyncClient(**self._keys, wait_on_rate_limit=False)
        client.session = session
        await client.request(method, path, params=dict(parameters or {}), json=body, user_auth=True)
        return session.answer

    def _open(self) -> dict[str, str]:
        for name in _SIGNING_LOGGERS:
            logging.getLogger(name).addFilter(_keeps_no_secret)
        return {name: reveal(self._account, name) for name in _SECRETS}

    def _failure(self, answer: Answer) -> PublishError:
        fields = answer.fields()
        said = str(fields.get("detail") or fields.get("title") or "")
        words = f"{fields.get('type', '')} {fields.get('title', '')} {said}".lower()
        is_forbidden = answer.status == HTTPStatus.FORBIDDEN
        if is_forbidden and "duplicate" in words:
            return DuplicateRefused(f"X says this text was already posted: {printable(said)}")
        failure = failure_of(
            answer,
            "X",
            said,
            retry_at=retry_time(answer, "x-rate-limit-reset", datetime.now(UTC)),
            about_account=is_forbidden and _ABOUT_ACCOUNT.search(words) is not None,
        )
        if isinstance(failure, CredentialsRefused):
            self._keys = self._me = None  # read anew next time: somebody may have mended them by then
        return failure


@dataclass(frozen=True, slots=True)
class _Identity:
    user_id: str
    username: str


def _receipt(post_id: str) -> Receipt:
    return Receipt(post_id, f"https://x.com/i/web/status/{post_id}", {"id": post_id})


def _shown(post: Mapping[str, Any], me: _Identity) -> Shown:
    """Reads a post of the account's own. Raises whatever it trips over."""
    referenced = {each["type"]: each["id"] for each in post.get("referenced_tweets", [])}
    answers = referenced.get("replied_to", "")
    whole = post.get("note_tweet") or post  # where a long post has all its text
    text = _unshortened(whole["text"], whole.get("entities", {}).get("urls", []))
    if answers:
        text = text.removeprefix(f"@{me.username} ")  # X may name in a reply whom it answers
    return Shown(_receipt(post["id"]), datetime.fromisoformat(post["created_at"]), (_comparable(text), answers))


def _words_of(doubt: Doubt) -> Words:
    body = doubt.payload.body
    return _comparable(body["text"]), body.get("reply", {}).get("in_reply_to_tweet_id", "")


def _unshortened(text: str, urls: Sequence[Mapping[str, Any]]) -> str:
    """Returns a text with the links that were sent instead of t.co's, without those of media, and with its & < >."""
    for entity, character in (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        text = text.replace(entity, character)
    for url in urls:
        text = text.replace(url["url"], "" if "media_key" in url else url.get("expanded_url", url["url"]))
    return text


def _comparable(text: str) -> str:
    """Returns a text with each link in one form, since X writes some of them anew: gov.scot is http://gov.scot there."""
    composed = plain_words(text)
    for link in reversed(find_links(composed, bare_domains=True)):
        composed = composed[: link.start] + _comparable_link(composed[link.start : link.end]) + composed[link.end :]
    return composed


def _comparable_link(url: str) -> str:
    host, slash, rest = _SCHEME.sub("", unquote(url)).partition("/")
    return f"{host.casefold()}{slash}{rest}".rstrip("/")


@dataclass(frozen=True, slots=True)
class _AlreadyRead:
    """What tweepy is shown of every answer: nothing to judge, for its exceptions say less than what was read."""

    status: int = 200
    reason: str = ""
    headers: str = ""

    async def read(self) -> bytes:
        return b""


class _TweepySession:
    """What tweepy takes for its aiohttp session: sends what tweepy signed, and keeps what was read."""

    answer: Answer

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @asynccontextmanager
    async def request(
        self, method: str, url: Any, *, json: Mapping[str, Any] | None, headers: Mapping[str, str], **_parameters: None
    ) -> AsyncIterator[_AlreadyRead]:
        path = str(url).removeprefix(_HOST).removesuffix("?")
        signed = {"Authorization": headers["Authorization"]}  # what a request is besides, the connection says
        self.answer = await self._connection.call(method, path, body=json, headers=signed, posts=method == "POST")
        yield _AlreadyRead()


def _keeps_no_secret(record: logging.LogRecord) -> bool:
    """Filters what the signing libraries log: nothing at DEBUG, the rest without secrets."""
    record.msg, record.args = redact(record.getMessage()), ()
    return record.levelno > logging.DEBUG
