"""Bluesky: posts by putRecord under a record key of our own, so that a repeat is never a second post."""

import asyncio
import json
import logging
from base64 import urlsafe_b64decode
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from random import Random
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

from scheduler.config import Account
from scheduler.errors import (
    ConfigError,
    CredentialsRefused,
    OutcomeUnknown,
    PostRefused,
    PublishError,
    TemporaryFailure,
)
from scheduler.platforms.answer import Answer
from scheduler.platforms.connection import Connection
from scheduler.platforms.contract import Doubt, Finding, Length, Payload, Receipt, Verdict
from scheduler.platforms.counting import byte_length, grapheme_length, spoken_text
from scheduler.platforms.credentials import bearer, reveal
from scheduler.platforms.facets import facets_of, mentioned_handles, with_mentions, with_short_links
from scheduler.platforms.message import Message
from scheduler.platforms.tid import make_tid, microseconds_of, time_of_tid
from scheduler.platforms.verdicts import failure_of, posting_nothing, retry_time

MAX_CHARACTERS = 300
MAX_BYTES = 3000
DEFAULT_BASE_URL = "https://bsky.social"

_COLLECTION = "app.bsky.feed.post"
_GET_RECORD = "/xrpc/com.atproto.repo.getRecord"
_CREATE_SESSION = "/xrpc/com.atproto.server.createSession"
_REFRESH_SESSION = "/xrpc/com.atproto.server.refreshSession"
_RESOLVE_HANDLE = "/xrpc/com.atproto.identity.resolveHandle"

_SESSION_IS_OVER = ("ExpiredToken", "InvalidToken")
_RENEWED_BEFORE_ITS_END = timedelta(minutes=1)
_QUESTIONS_AT_ONCE = 8
# How long the answer whose handle it is holds, and how many of them are kept.
_KNOWN_FOR, _MOST_KNOWN = 600.0, 1000  # seconds
_ABOUT_ACCOUNT = ("AccountTakedown", "AccountSuspended", "AccountDeactivated", "AuthMissing", "InsufficientScope")

_Result = TypeVar("_Result")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Session:
    """Who is logged in, with the two tokens that say so. renew_at: when it is near its end; None when nobody knows."""

    did: str
    handle: str
    access: str = field(repr=False)
    refresh: str = field(repr=False)
    renew_at: datetime | None = None

    @property
    def profile(self) -> str:
        # "handle.invalid" is what a server shows for a handle whose domain no longer points here.
        return self.did if self.handle.endswith(".invalid") else self.handle


class Bluesky:
    """One identity on Bluesky, by its handle and an app password."""

    platform = "bluesky"
    looks_like = "bluesky"
    place = None
    finds_by_words = False

    def __init__(self, account: Account, _workspace: Path, timeout_seconds: float) -> None:
        self._account = account
        self._handle = _handle_of(account)
        self._connection = Connection(account.base_url or DEFAULT_BASE_URL, timeout_seconds)
        self._last_microseconds = 0
        # One log-in at a time, shared by all that send; when it is done it holds the session.
        self._login: asyncio.Task[_Session] | None = None
        self._no_login_before: datetime | None = None
        self._over: _Session | None = None
        # Whose a handle is, and when that was asked, in the event loop's seconds; the latest last.
        self._dids: dict[str, tuple[str, float]] = {}

    def __repr__(self) -> str:
        return f"Bluesky({self._account.name!r})"

    def lengths(self, message: Message, part: int) -> Sequence[Length]:
        """Returns graphemes, then UTF-8 bytes: both limit a post (lexicon app.bsky.feed.post)."""
        whole = self._measure(spoken_text(message, part))
        if all(length.fits for length in whole):
            return whole
        shown, links = with_short_links(spoken_text(message, part))
        words = " and ".join(f'"{shown[link.start : link.end]}"' for link in links)
        remark = f"Bluesky shows its link as {words}, to leave room; it leads to the whole address" if links else ""
        characters, size = self._measure(shown)
        return replace(characters, remark=remark), size

    def _measure(self, text: str) -> tuple[Length, Length]:
        characters, size = self._limits
        return Length(grapheme_length(text), characters), Length(byte_length(text), size, "bytes")

    @property
    def _limits(self) -> tuple[int, int]:
        limits = self._account.limits
        return limits.get("max_characters", MAX_CHARACTERS), limits.get("max_bytes", MAX_BYTES)

    def _shown(self, text: str) -> tuple[str, list[dict[str, Any]]]:
        """Returns the text as it goes out, with its facets: links stand in full where they fit."""
        if byte_length(text) <= min(self._limits) or all(length.fits for length in self._measure(text)):
            return text, facets_of(text)  # no text has more characters than bytes
        shown, links = with_short_links(text)
        return shown, facets_of(shown, links)

    def new_key(self, now: datetime, random: Random) -> str:
        """Chooses a record key that carries the time; each is later than the one before, however many at one `now`."""
        self._last_microseconds = max(microseconds_of(now), self._last_microseconds + 1)
        return make_tid(self._last_microseconds, random.getrandbits(10))

    def payload(self, message: Message, key: str, earlier: Sequence[Receipt] = ()) -> Payload:
        """Builds a putRecord whose record depends on the key alone, its time too: a repeat is the same record.

        `swapRecord: null` means "only if there is none". Mentions are by handle here and by did when it is sent.
        """
        text, facets = self._shown(spoken_text(message, len(earlier)))
        record: dict[str, Any] = {
            "$type": _COLLECTION,
            "text": text,
            "createdAt": time_of_tid(key).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "langs": [message.language],
        }
        if facets:
            record["facets"] = facets
        if earlier:
            record["reply"] = {"root": _reference(earlier[0]), "parent": _reference(earlier[-1])}
        body = {"repo": self._handle, "collection": _COLLECTION, "rkey": key, "record": record, "swapRecord": None}
        return Payload(method="POST", path="/xrpc/com.atproto.repo.putRecord", key=key, body=body, headers={})

    async def get_ready(self, payload: Payload) -> None:
        """Asks whose the mentions are; logs in, or renews a session that is over or near its end; opens the way."""
        if handles := mentioned_handles(_facets_in(payload.body)):
            await _together(map(self._resolve, handles))
        session = self._session_at_hand()
        if session is None or self._is_worn(session):
            await self._fresh_session()
        await self._connection.get_ready()

    async def send(self, payload: Payload) -> Receipt:
        """Puts the record once. A repeat with the same key and record changes nothing and gives the same receipt."""
        session = self._session_at_hand()
        if session is None:
            raise TemporaryFailure("the log-in to Bluesky was given up before the call; the next try logs in anew")
        headers = {**bearer(session.access), **payload.headers}
        body = self._with_mentions(payload)
        answer = await self._connection.call(payload.method, payload.path, body=body, headers=headers, posts=True)
        fields = answer.fields()
        uri, cid = fields.get("uri"), fields.get("cid")
        if answer.is_success and isinstance(uri, str) and isinstance(cid, str):
            self._over = None
            return _receipt(uri, cid, payload.key, session)
        raise self._over_or_failed(answer, session)

    async def check_login(self) -> str:
        """Logs in, or asks whose the session is that sending uses already."""
        session = await self._session()
        with posting_nothing():
            path = "/xrpc/com.atproto.server.getSession"
            answer = await self._connection.call("GET", path, headers=bearer(session.access))
            if _session_is_over(answer):
                session = await self._session(after=session)
            elif not answer.is_success:
                self._forget(session)
                raise _failure(answer)
        return f"@{session.handle}"

    async def find(
        self,
        doubts: Sequence[Doubt],
        taken: Callable[[str], bool],  # noqa: ARG002 (what has our key is never another post)
    ) -> Sequence[Finding]:
        """Asks for the record under each key: what is not there can be put again, and is still one post.

        What was answered counts, though the next question was not: of hundreds, some always fail. The rest is not asked
        once it says when to ask again, or is silent as often in a row as it is asked at once; and what it says of one
        question is so for all that were not answered, whatever the others failed of.
        """
        if not doubts:
            return []
        await self._fresh_session()  # one log-in that is refused, and not one for each question
        places = asyncio.Semaphore(_QUESTIONS_AT_ONCE)
        failures: list[TemporaryFailure] = []
        in_a_row, enough = 0, False

        async def find_one(doubt: Doubt) -> Finding:
            nonlocal in_a_row, enough
            async with places:
                if enough:
                    return Finding(Verdict.LATER, detail=failures[-1].detail)
                try:
                    finding = await self._find(doubt)
                except TemporaryFailure as failure:
                    failures.append(failure)
                    in_a_row += 1
                    enough = enough or failure.retry_at is not None or in_a_row >= _QUESTIONS_AT_ONCE
                    return Finding(Verdict.LATER, detail=failure.detail)
            in_a_row = 0
            return finding

        findings = await _together(map(find_one, doubts))
        ask_at = max((failure.retry_at for failure in failures if failure.retry_at is not None), default=None)
        if all(finding.verdict is Verdict.LATER for finding in findings):
            raise TemporaryFailure(failures[-1].detail, ask_at)
        return [replace(each, ask_at=ask_at) if each.verdict is Verdict.LATER else each for each in findings]

    async def _find(self, doubt: Doubt) -> Finding:
        payload = doubt.payload
        with posting_nothing():
            answer, session = await self._get_record(payload)
            fields = answer.fields()
            uri, cid, record = fields.get("uri"), fields.get("cid"), fields.get("value")
            if answer.is_success and isinstance(uri, str) and isinstance(cid, str) and isinstance(record, dict):
                if _is_same(record, payload.body["record"]):
                    return Finding(Verdict.OUT, _receipt(uri, cid, payload.key, session))
                return Finding(Verdict.UNANSWERED, detail=f"Bluesky has another post under the key of this one: {uri}")
            if answer.status in (HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND) and _is_absent(fields):
                return Finding(Verdict.REPEATABLE if doubt.may_repeat else Verdict.NOT_SEEN)
            failure = self._failed(answer, session)
            if isinstance(failure, PostRefused):
                if not fields:  # Bluesky says what it refuses, so this is a broken answer, or another's
                    raise TemporaryFailure(failure.detail)
                return Finding(Verdict.UNANSWERED, detail=failure.detail)
            raise failure

    async def _get_record(self, payload: Payload) -> tuple[Answer, _Session]:
        place = {"repo": payload.body["repo"], "collection": _COLLECTION, "rkey": payload.key}
        path = f"{_GET_RECORD}?{urlencode(place)}"
        session = await self._session()
        answer = await self._connection.call("GET", path, headers=bearer(session.access))
        if _session_is_over(answer):
            session = await self._session(after=session)
            answer = await self._connection.call("GET", path, headers=bearer(session.access))
        return answer, session

    def warm_up(self) -> None:
        self._shown("Links, tags and graphemes: https://force.example #é")
        self._connection.warm_up()

    async def close(self) -> None:
        login, self._login = self._login, None
        if login is not None:
            login.cancel()
            await asyncio.gather(login, return_exceptions=True)
        await self._connection.close()

    def _with_mentions(self, payload: Payload) -> Mapping[str, Any] | bytes:
        body = payload.body
        facets = _facets_in(body)
        handles = mentioned_handles(facets)
        if not handles:
            return payload.content
        dids = {handle: self._dids[handle][0] for handle in handles if handle in self._dids}
        record = {key: value for key, value in body["record"].items() if key != "facets"}
        if resolved := with_mentions(facets, dids):
            record["facets"] = resolved
        return {**body, "record": record}

    async def _resolve(self, handle: str) -> None:
        now = asyncio.get_running_loop().time()
        if handle in self._dids and now - self._dids[handle][1] < _KNOWN_FOR:
            return
        did = await self._did_of(handle)
        self._dids.pop(handle, None)
        if did is not None:
            self._dids[handle] = (did, now)
        if len(self._dids) > _MOST_KNOWN:
            del self._dids[next(iter(self._dids))]

    async def _did_of(self, handle: str) -> str | None:
        """Asks whose handle it is; None when the answer is no: then the mention stays text, and the post goes out."""
        with posting_nothing():
            answer = await self._connection.call("GET", f"{_RESOLVE_HANDLE}?handle={quote(handle)}", headers={})
        did = answer.fields().get("did")
        if answer.is_success and isinstance(did, str):
            return did
        _log.warning("%s: @%s is unknown to Bluesky (%s) and stays plain text", self, handle, answer.status)
        return None

    async def _fresh_session(self) -> _Session:
        session = await self._session()
        return await self._session(after=session) if self._is_worn(session) else session

    def _is_worn(self, session: _Session) -> bool:
        """Returns whether the session is over, or so near its end that it is renewed before a call."""
        is_near_its_end = session.renew_at is not None and session.renew_at <= datetime.now(UTC)
        return is_near_its_end or session is self._over

    async def _session(self, *, after: _Session | None = None) -> _Session:
        """Returns the session, logging in when there is none; with `after`, a newer one than that."""
        login = self._login
        is_over = login is not None and login.done() and (login.cancelled() or login.exception() is not None)
        if login is None or is_over:
            login = self._start_login(self._log_in())
        elif after is not None and login.done() and login.result() is after:
            login = self._start_login(self._renew(after))
        return await asyncio.shield(login)  # one sender that gives up must not end the log-in of the others

    def _start_login(self, work: Any) -> "asyncio.Task[_Session]":
        self._login = asyncio.create_task(work)
        self._login.add_done_callback(lambda login: login.cancelled() or login.exception())  # somebody has looked
        return self._login

    def _session_at_hand(self) -> _Session | None:
        login = self._login
        is_done = login is not None and login.done() and not login.cancelled() and login.exception() is None
        return login.result() if login is not None and is_done else None

    def _over_or_failed(self, answer: Answer, session: _Session) -> PublishError:
        """A session that is over is renewed before the next try; one that was renewed for this post is given up.

        It was refused before anything was written, but a hold may have come since: the call is not made again in here.
        """
        if not _session_is_over(answer):
            return self._failed(answer, session)
        is_at_hand = session is self._session_at_hand()
        if is_at_hand and self._over is not None and self._over is not session:
            self._over = None
            return self._failed(answer, session)
        if is_at_hand:
            self._over = session
        return TemporaryFailure("the log-in to Bluesky is over, so the post was not taken; the next try renews it")

    def _failed(self, answer: Answer, session: _Session) -> PublishError:
        failure = _failure(answer)
        if isinstance(failure, CredentialsRefused):
            self._forget(session)
        return failure

    def _forget(self, session: _Session) -> None:
        if self._session_at_hand() is session:
            self._login = None

    async def _log_in(self) -> _Session:
        now = datetime.now(UTC)
        if self._no_login_before is not None and now < self._no_login_before:
            raise TemporaryFailure("Bluesky allows no log-in yet, there were too many", self._no_login_before)
        body = {"identifier": self._handle, "password": reveal(self._account, "app_password")}
        with posting_nothing():
            answer = await self._connection.call("POST", _CREATE_SESSION, body=body, headers={})
            if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
                self._no_login_before = _retry_time(answer)
            return _session_of(answer)

    async def _renew(self, session: _Session) -> _Session:
        with posting_nothing():
            answer = await self._connection.call("POST", _REFRESH_SESSION, headers=bearer(session.refresh))
            if answer.status in (HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED):
                return await self._log_in()  # the refresh token is over too
            return _session_of(answer)


def _handle_of(account: Account) -> str:
    if "handle" not in account.settings:
        return account.name  # of an outbox, which stands in for an account that may not exist yet
    handle = account.settings["handle"].strip().removeprefix("@")
    if "@" in handle or "." not in handle:
        raise ConfigError(
            f'account "{account.name}": expected a handle such as "force.bsky.social", found "{account.settings["handle"]}"'
        )
    return handle


def _session_of(answer: Answer) -> _Session:
    fields = answer.fields()
    did, handle = fields.get("did"), fields.get("handle")
    access, refresh = fields.get("accessJwt"), fields.get("refreshJwt")
    if not answer.is_success or not all(isinstance(value, str) for value in (did, handle, access, refresh)):
        raise _failure(answer)
    return _Session(str(did), str(handle), str(access), str(refresh), _renewal_time(str(access), datetime.now(UTC)))


def _renewal_time(token: str, now: datetime) -> datetime | None:
    """Returns when a session that begins `now` is near its end; reads its token (a JWT) and does not verify it.

    By how long it lasts, since the platform's clock may differ from ours.
    """
    try:
        claims = json.loads(urlsafe_b64decode(token.split(".")[1] + "=="))
        return now + timedelta(seconds=claims["exp"] - claims["iat"]) - _RENEWED_BEFORE_ITS_END
    except (LookupError, TypeError, ValueError, OverflowError, RecursionError):
        return None


async def _together(calls: Iterable[Awaitable[_Result]]) -> list[_Result]:
    """Makes calls at once and waits for all of them; raises what the first of them raised."""
    results = await asyncio.gather(*calls, return_exceptions=True)
    for each in results:
        if isinstance(each, BaseException):
            raise each
    return [each for each in results if not isinstance(each, BaseException)]


def _session_is_over(answer: Answer) -> bool:
    refused = answer.status in (HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED)
    return refused and answer.fields().get("error") in _SESSION_IS_OVER


def _retry_time(answer: Answer) -> datetime | None:
    return retry_time(answer, "ratelimit-reset", datetime.now(UTC))


def _failure(answer: Answer) -> PublishError:
    fields = answer.fields()
    error = str(fields.get("error") or "")
    said = ": ".join(word for word in (error, str(fields.get("message") or "")) if word)
    if answer.status == HTTPStatus.BAD_REQUEST and error == "InvalidSwap":
        return OutcomeUnknown(f"Bluesky has another post under this key already: {said}")
    about_account = error in _ABOUT_ACCOUNT or _session_is_over(answer)
    return failure_of(answer, "Bluesky", said, retry_at=_retry_time(answer), about_account=about_account)


def _receipt(uri: str, cid: str, key: str, session: _Session) -> Receipt:
    return Receipt(uri, f"https://bsky.app/profile/{session.profile}/post/{key}", {"uri": uri, "cid": cid})


def _facets_in(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    facets: list[dict[str, Any]] = body["record"].get("facets", [])
    return facets


def _is_absent(fields: Mapping[str, Any]) -> bool:
    # Older servers have no name for it.
    return fields.get("error") == "RecordNotFound" or str(fields.get("message")).startswith("Could not locate record")


def _is_same(record: Mapping[str, Any], ours: Mapping[str, Any]) -> bool:
    # Not the facets: whose handle a mention is was asked when it was sent.
    return all(record.get(key) == ours.get(key) for key in ("text", "reply"))


def _reference(receipt: Receipt) -> dict[str, str]:
    reply_to = receipt.reply_to or {}
    return {"uri": reply_to["uri"], "cid": reply_to["cid"]}
