"""Mastodon, and what speaks its API: posts with an Idempotency-Key, counts links as 23 characters."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlencode

from scheduler.config import Account
from scheduler.errors import CredentialsRefused, PostRefused, PublishError, TemporaryFailure
from scheduler.platforms.answer import Answer
from scheduler.platforms.connection import Connection
from scheduler.platforms.contract import Doubt, Finding, Length, Payload, Receipt, Verdict
from scheduler.platforms.counting import URL_CHARACTERS, mastodon_length, with_short_mentions
from scheduler.platforms.credentials import bearer, reveal
from scheduler.platforms.likeness import (
    Shown,
    Timeline,
    Words,
    of_another_time,
    pair,
    plain_words,
    since,
    text_of_html,
)
from scheduler.platforms.message import Message
from scheduler.platforms.uuids import uuid_at
from scheduler.platforms.verdicts import failure_of, posting_nothing, retry_time

MAX_CHARACTERS = 500

_VERIFY_CREDENTIALS = "/api/v1/accounts/verify_credentials"
_PAGE, _MAX_PAGES, _MAX_SOURCES = 40, 100, 40
_NOT_LISTED = (
    "Mastodon does not list the account's own posts for this token: look there whether the post is out, and give the "
    "token the scopes read:accounts and read:statuses"
)
# A key is kept for an hour after the post was taken; the rest is for what lies between this answer and the repeat.
_KEY_LIFE, _MARGIN = timedelta(hours=1), timedelta(minutes=5)
# Servers that answer a repeated Idempotency-Key with the first post, by the source_url of /api/v2/instance. GoToSocial,
# snac and Takahē take the header and post again.
_HONOUR_KEYS = (
    "https://github.com/mastodon/mastodon/",  # app/services/post_status_service.rb, and so its forks:
    "https://github.com/glitch-soc/mastodon/",
    "https://github.com/hometown-fork/hometown/",
    "https://github.com/fedify-dev/hollo/",  # src/api/v1/statuses.ts
)
# What a 403 says when it is about the token or the account and not about this text.
_ABOUT_ACCOUNT = re.compile(r"\b(scope|suspended|disabled|login|pending|moved|confirm)", re.IGNORECASE)


class Mastodon:
    """One identity on one Mastodon server, by an access token with write:statuses."""

    platform = "mastodon"
    looks_like = "mastodon"
    place = None
    finds_by_words = True

    def __init__(self, account: Account, _workspace: Path, timeout_seconds: float) -> None:
        self._account = account
        self._connection = Connection(account.base_url or "", timeout_seconds)
        self._authorization: dict[str, str] | None = None
        self._account_id: str | None = None
        self._honours_keys: bool | None = None

    def __repr__(self) -> str:
        return f"Mastodon({self._account.name!r})"

    def lengths(self, message: Message, part: int) -> Sequence[Length]:
        """Returns the length with the content warning, which every part of a thread carries.

        Servers differ: `max_characters` and `characters_reserved_per_url` of /api/v2/instance may be set as limits.
        """
        limits = self._account.limits
        url_characters = limits.get("characters_reserved_per_url", URL_CHARACTERS)
        texts = (message.content_warning or "", message.parts[part].text)
        used = sum(mastodon_length(text, url_characters) for text in texts)
        return (Length(used, limits.get("max_characters", MAX_CHARACTERS)),)

    def new_key(self, now: datetime, random: Random) -> str:
        """Chooses an Idempotency-Key."""
        return uuid_at(now, random)

    def payload(self, message: Message, key: str, earlier: Sequence[Receipt] = ()) -> Payload:
        """Builds a status. https://docs.joinmastodon.org/methods/statuses/#create"""
        body: dict[str, object] = {
            "status": message.parts[len(earlier)].text,
            "language": message.language.partition("-")[0].lower(),  # ISO 639: en-GB would be dropped
        }
        if message.content_warning:
            body["spoiler_text"] = message.content_warning
        if earlier:
            body["in_reply_to_id"] = earlier[-1].platform_id
        headers = {"Idempotency-Key": key}
        return Payload(method="POST", path="/api/v1/statuses", key=key, body=body, headers=headers)

    async def get_ready(self, payload: Payload) -> None:  # noqa: ARG002 (any post takes the same way)
        await self._connection.get_ready()

    async def send(self, payload: Payload) -> Receipt:
        """Posts once. Mastodon itself answers a repeated key with the first status for an hour; others post again."""
        headers = {**self._bearer(), **payload.headers}
        answer = await self._connection.call(
            payload.method, payload.path, body=payload.content, headers=headers, posts=True
        )
        receipt = _receipt(answer.fields())
        if answer.is_success and receipt:
            return receipt
        raise self._failure(answer)

    async def check_login(self) -> str:
        with posting_nothing():
            answer = await self._connection.call("GET", _VERIFY_CREDENTIALS, headers=self._bearer())
            name = answer.fields().get("acct")
            if answer.is_success and isinstance(name, str):
                return f"@{name}"
            raise self._failure(answer)

    async def find(self, doubts: Sequence[Doubt], taken: Callable[[str], bool]) -> Sequence[Finding]:
        """Looks through the account's own statuses; what is not there can be repeated while the server knows its key."""
        if not doubts:
            return []
        with posting_nothing():
            timeline = await self._timeline(since(doubts, datetime.now(UTC)))
            free = timeline.without(taken)
            found = pair(doubts, _words_of, free)
            if None in found and free:
                free = await self._as_written(free, found, doubts)
                found = pair(doubts, _words_of, free)
                found = _with_those_listed(doubts, found, free)
            left = [each for each in free if each not in found]
            return [
                Finding(Verdict.OUT, status.receipt) if status else await self._not_shown(doubt, left, timeline.gap)
                for doubt, status in zip(doubts, found, strict=True)
            ]

    async def _not_shown(self, doubt: Doubt, left: Sequence[Shown], gap: str) -> Finding:
        now = datetime.now(UTC)
        if alike := of_another_time(doubt, _words_of(doubt), left, now):
            return Finding(Verdict.UNANSWERED, detail=alike)
        knows_key = -_MARGIN <= now - doubt.started_at < _KEY_LIFE - _MARGIN
        if doubt.may_repeat and knows_key and await self._server_honours_keys():
            return Finding(Verdict.REPEATABLE, until=doubt.started_at + _KEY_LIFE - _MARGIN)
        return Finding(Verdict.UNANSWERED, detail=gap) if gap else Finding(Verdict.NOT_SEEN)

    async def _timeline(self, start: datetime) -> Timeline:
        """Reads the account's own statuses, from the newest back to `start`."""
        account_id = await self._own_id()
        shown: dict[str, Shown] = {}
        max_id = ""
        for _ in range(_MAX_PAGES):
            page = await self._page(account_id, max_id) if account_id else None
            if page is None:
                return Timeline(list(shown.values()), _NOT_LISTED)
            shown |= {each.receipt.platform_id: each for each in page if each.words}
            if not page or page[-1].posted_at < start:
                return Timeline(list(shown.values()))
            if page[-1].receipt.platform_id == max_id:
                break  # this server knows no max_id, and would say the same for ever
            max_id = page[-1].receipt.platform_id
        return Timeline(list(shown.values()), "Mastodon lists only the newest posts of the account: look there")

    async def _own_id(self) -> str | None:
        if self._account_id is None:
            answer = await self._ask_for_own(_VERIFY_CREDENTIALS)
            account_id = answer.fields().get("id")
            if answer.is_success and not isinstance(account_id, str):
                raise self._failure(answer)
            self._account_id = account_id if answer.is_success else None
        return self._account_id

    async def _page(self, account_id: str, max_id: str) -> list[Shown] | None:
        """Returns some own statuses, the newest first; None when the server will not list them."""
        query = {"limit": _PAGE, "exclude_reblogs": "true"} | ({"max_id": max_id} if max_id else {})
        answer = await self._ask_for_own(f"/api/v1/accounts/{account_id}/statuses?{urlencode(query)}")
        if not answer.is_success:
            return None
        try:
            return [_shown(status) for status in answer.items()]
        except (AttributeError, KeyError, TypeError, ValueError):
            raise self._failure(answer) from None

    async def _as_written(
        self, shown: Sequence[Shown], found: Sequence[Shown | None], doubts: Sequence[Doubt]
    ) -> list[Shown]:
        """Returns `shown`, with the text as it was sent where that may be missing: HTML hides the server of a mention."""
        now = datetime.now(UTC)
        missing = [doubt for doubt, status in zip(doubts, found, strict=True) if status is None]
        left = [each for each in shown if each not in found and any(_may_be(each, doubt, now) for doubt in missing)]
        nearest = sorted(left, key=lambda each: _distance(each, missing))[:_MAX_SOURCES]
        return [await self._source(each) if each in nearest else each for each in shown]

    async def _source(self, status: Shown) -> Shown:
        answer = await self._ask(f"/api/v1/statuses/{status.receipt.platform_id}/source")
        fields = answer.fields()
        text, warning = fields.get("text"), fields.get("spoiler_text") or ""
        if not answer.is_success or not isinstance(text, str) or not isinstance(warning, str):
            return status
        return replace(status, words=(plain_words(warning), plain_words(text), status.words[-1]))

    async def _server_honours_keys(self) -> bool:
        if self._honours_keys is None:
            answer = await self._ask("/api/v2/instance")
            if answer.is_success and not answer.fields():
                raise self._failure(answer)
            source = str(answer.fields().get("source_url"))
            self._honours_keys = answer.is_success and f"{source.casefold()}/".startswith(_HONOUR_KEYS)
        return self._honours_keys

    async def _ask_for_own(self, path: str) -> Answer:
        """Asks what every such server can answer: a refusal without its words is the page of something before it."""
        answer = await self._ask(path)
        if not answer.is_success and not answer.fields():
            raise TemporaryFailure(self._failure(answer).detail)
        return answer

    async def _ask(self, path: str) -> Answer:
        """Returns an answer, or a refusal that is about this question alone; raises for everything else."""
        answer = await self._connection.call("GET", path, headers=self._bearer())
        if answer.is_success or answer.status == HTTPStatus.FORBIDDEN:
            return answer
        failure = self._failure(answer)
        if isinstance(failure, PostRefused):
            return answer
        raise failure

    def warm_up(self) -> None:
        self._connection.warm_up()

    async def close(self) -> None:
        await self._connection.close()

    def _bearer(self) -> dict[str, str]:
        if self._authorization is None:
            self._authorization = bearer(reveal(self._account, "access_token"))
        return self._authorization

    def _failure(self, answer: Answer) -> PublishError:
        fields = answer.fields()
        said = str(fields.get("error_description") or fields.get("error") or "")
        failure = failure_of(
            answer,
            "Mastodon",
            said,
            retry_at=retry_time(answer, "x-ratelimit-reset", datetime.now(UTC)),
            about_account=answer.status == HTTPStatus.FORBIDDEN and _ABOUT_ACCOUNT.search(said) is not None,
        )
        if isinstance(failure, CredentialsRefused):
            self._authorization = self._account_id = None  # read anew next time: somebody may have mended it by then
        return failure


def _receipt(status: Mapping[str, Any]) -> Receipt | None:
    status_id, url = status.get("id"), status.get("url") or status.get("uri")
    if not isinstance(status_id, str) or not status_id:
        return None
    return Receipt(status_id, url if isinstance(url, str) else None, {"id": status_id})


def _shown(status: Mapping[str, Any]) -> Shown:
    """Reads a listed status; what somebody else wrote has no words. Raises whatever it trips over."""
    receipt = _receipt(status)
    posted_at = datetime.fromisoformat(status["created_at"])
    if receipt is None:
        raise ValueError("a status without an id")
    words: Words = ()
    if not status.get("reblog"):
        text = text_of_html(status["content"])
        words = (plain_words(status.get("spoiler_text") or ""), plain_words(text), status.get("in_reply_to_id") or "")
    return Shown(receipt, posted_at if posted_at.tzinfo else posted_at.replace(tzinfo=UTC), words)


def _words_of(doubt: Doubt) -> Words:
    body = doubt.payload.body
    warning, text = (plain_words(body.get(key, "")) for key in ("spoiler_text", "status"))
    return warning, text, body.get("in_reply_to_id", "")


def _with_those_listed(
    doubts: Sequence[Doubt], found: Sequence[Shown | None], free: Sequence[Shown]
) -> list[Shown | None]:
    """Returns what was found, and of the rest what says the same but for the servers of its mentions.

    Not every server gives a text as it was sent, and to take ours for not out would send it twice.
    """
    missing = [doubt for doubt, status in zip(doubts, found, strict=True) if status is None]
    listed = iter(pair(missing, _words_as_listed, [status for status in free if status not in found]))
    return [status or next(listed) for status in found]


def _words_as_listed(doubt: Doubt) -> Words:
    warning, text, answers = _words_of(doubt)
    return warning, with_short_mentions(text), answers


def _may_be(status: Shown, doubt: Doubt, now: datetime) -> bool:
    return status.posted_at >= since([doubt], now) and status.words[-1] == _words_of(doubt)[-1]


def _distance(status: Shown, doubts: Sequence[Doubt]) -> timedelta:
    return min(abs(status.posted_at - doubt.started_at) for doubt in doubts)
