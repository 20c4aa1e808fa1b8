"""The judge of a book: every post must stand in it as it really is on its platform."""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlmodel import col, select

from scheduler.posts.book import Book
from scheduler.posts.status import MOVES, Move
from scheduler.posts.tables import Attempt, AuditEntry, Post, PostReceipt
from scheduler.publishing.reconcile import MANY
from tests.builders.posts import attempts_in, posts_in, receipts_in
from tests.crash.platforms import TroubledPlatforms, name_in
from tests.servers.fake_platforms import FakePlatforms

_LEFT_DOUBT = ("unknown", "duplicate", "absent")
_A_MOMENT = timedelta(milliseconds=5)  # by which the time of a file may be behind the clock


@dataclass(frozen=True, slots=True)
class Out:
    """One part that is out on a platform; answers: the id of the part before it, None for a first one; key: under which it
    was sent, "" where none was."""

    account: str
    id: str
    text: str
    answers: str | None
    at: datetime
    key: str = ""


@dataclass(frozen=True, slots=True)
class Called:
    """One call that wanted a part out; name: as `Call` has it."""

    account: str
    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Breach:
    """One promise that was not kept; kind: "twice", "lost", "wrongly decided", "undecided", "early", "late", "thread",
    "trail", "unwritten", "stranger", "daemon", "book", "secret"."""

    kind: str
    said: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.said}"


def out_on(fake: FakePlatforms, offset: timedelta = timedelta(0)) -> list[Out]:
    """Reads what is out from the platforms' own log; offset: how far our clock is ahead of theirs."""
    return [
        Out(
            _account(each.platform, each.account),
            each.id,
            each.text,
            _answered(each.platform, each.body),
            datetime.fromtimestamp(each.at, UTC) + offset,
            each.key,
        )
        for each in list(fake.accepted)
    ]


def called_on(fake: TroubledPlatforms, offset: timedelta = timedelta(0)) -> list[Called]:
    """Reads which calls came to the platforms, whatever became of them; offset: as above."""
    return [
        Called(
            _account(call.platform, call.path.rpartition("/")[2]),
            call.name,
            datetime.fromtimestamp(call.at, UTC) + offset,
        )
        for call in fake.posting
    ]


def _account(platform: str, receiver: str) -> str:
    """A webhook's receiver is named as our account is; elsewhere there is one account for each platform."""
    return receiver if platform == "webhook" else f"force-{platform}"


def out_in_files(workspace: Path, account: str) -> list[Out]:
    """Reads what an outbox has written."""
    out = []
    for path in sorted((workspace / "outbox" / account).glob("*.json")):
        body = json.loads(path.read_text(encoding="utf-8"))["body"]
        written_at = datetime.fromtimestamp(path.stat().st_mtime, UTC) + _A_MOMENT
        out.append(Out(account, path.stem, body["text"], body.get("in_reply_to"), written_at))
    return out


def _answered(platform: str, body: Mapping[str, Any]) -> str | None:
    if platform == "x":
        before: str | None = body.get("reply", {}).get("in_reply_to_tweet_id")
    elif platform == "bluesky":
        before = body["record"].get("reply", {}).get("parent", {}).get("uri")
    else:
        before = body.get("in_reply_to_id") or body.get("in_reply_to")
    return before


def breaches(
    book: Book,
    out: Sequence[Out],
    now: datetime,
    *,
    asked: Collection[str],
    called: Sequence[Called] = (),
    may_fail: Callable[[Post], bool] = lambda _: False,
) -> list[Breach]:
    """Returns every promise that the book breaks, seen from what is out and from the calls that came.

    asked: the accounts whose platforms say whether a post is out: nothing of theirs may stay unconfirmed. may_fail:
    whether its platform had a reason to refuse this post.
    """
    return list(_Case(book, out, now, asked, called, may_fail).breaches())


class _Case:
    """Book and platforms side by side at the end of a run."""

    def __init__(
        self,
        book: Book,
        out: Sequence[Out],
        now: datetime,
        asked: Collection[str],
        called: Sequence[Called],
        may_fail: Callable[[Post], bool],
    ) -> None:
        self._out = out
        self._called = called
        self._now = now
        self._asked = asked
        self._may_fail = may_fail
        self._posts = posts_in(book)
        self._receipts: dict[int, list[PostReceipt]] = defaultdict(list)
        for receipt in receipts_in(book):
            self._receipts[receipt.post_id].append(receipt)
        self._attempts: dict[int, list[Attempt]] = defaultdict(list)
        for attempt in attempts_in(book):
            self._attempts[attempt.post_id].append(attempt)
        self._trails: dict[int, list[AuditEntry]] = defaultdict(list)
        with book.reading() as session:
            for entry in session.exec(select(AuditEntry).order_by(col(AuditEntry.id))):
                self._trails[entry.post_id or 0].append(entry)

    def breaches(self) -> Iterator[Breach]:
        yield from self._twice()
        yield from self._unaccounted()
        yield from self._unwritten()
        for post in self._posts:
            yield from self._wrong_status(post)
            yield from self._wrong_receipts(post)
            yield from self._wrong_attempts(post)
            yield from _broken_trail(post, self._trails[post.id or 0])

    @cached_property
    def _planned(self) -> Counter[tuple[str, str]]:
        return Counter((post.account, part.text) for post in self._posts for part in post.message.parts)

    @cached_property
    def _by_id(self) -> Mapping[tuple[str, str], Out]:
        return {(each.account, each.id): each for each in self._out}

    def _twice(self) -> Iterator[Breach]:
        for (account, text), times in Counter((each.account, each.text) for each in self._out).items():
            planned = self._planned[account, text]
            if times > planned:
                ids = ", ".join(each.id for each in self._out if (each.account, each.text) == (account, text))
                said = f"{account} has {text!r} {times} times, and it was planned {planned} times: {ids}"
                yield Breach("twice" if planned else "stranger", said)
        for (account, platform_id), times in Counter(
            (post.account, receipt.platform_id) for post in self._posts for receipt in self._receipts[post.id or 0]
        ).items():
            if times > 1:
                yield Breach("wrongly decided", f"{times} posts say that they are {platform_id} on {account}")

    def _unaccounted(self) -> Iterator[Breach]:
        """What is out and has no receipt: only a person's question may stand for it."""
        all_out = Counter((each.account, each.text) for each in self._out)
        left = Counter(all_out)
        for post in self._posts:
            receipts = self._receipts[post.id or 0]
            left.subtract(
                (each.account, each.text)
                for receipt in receipts
                if (each := self._by_id.get((post.account, receipt.platform_id)))
            )
            parts = post.message.parts
            if post.status == "unconfirmed" and len(receipts) < len(parts):
                left[post.account, parts[len(receipts)].text] -= 1
        for (account, text), times in left.items():
            if times > 0 and all_out[account, text] <= self._planned[account, text]:  # else it is "twice"
                stand = ", ".join(
                    f"post {post.id} is {post.status}"
                    for post in self._posts
                    if post.account == account and text in {part.text for part in post.message.parts}
                )
                yield Breach("wrongly decided", f"{text!r} is out on {account}, and in the book {stand}")

    def _unwritten(self) -> Iterator[Breach]:
        """Calls, and what came of them, that the book did not know of before."""
        begun: dict[tuple[str, str], list[datetime]] = defaultdict(list)
        keys: dict[tuple[str, str], set[str]] = defaultdict(set)
        for post in self._posts:
            for attempt in self._attempts[post.id or 0]:
                text = post.message.parts[attempt.part].text
                begun[post.account, name_in(text.encode())].append(attempt.started_at)
                keys[post.account, text].add(attempt.key)
        came: dict[tuple[str, str], list[datetime]] = defaultdict(list)
        for call in self._called:
            came[call.account, call.name].append(call.at)
        for (account, name), calls in came.items():
            attempts = sorted(begun[account, name])
            if len(calls) > len(attempts):
                said = f"{account} was called {len(calls)} times for {name!r}, by {len(attempts)} attempts in the book"
                yield Breach("unwritten", said)
            for call_at, started_at in zip(sorted(calls), attempts, strict=False):
                if call_at < started_at:
                    yield Breach("early", f"{account} was called for {name!r} at {call_at}, before {started_at}")
        for each in self._out:
            known = keys[each.account, each.text]
            if each.key and known and each.key not in known:
                yield Breach("unwritten", f"{each.id} on {each.account} came under a key that the book does not know")

    def _wrong_status(self, post: Post) -> Iterator[Breach]:
        named = f"post {post.id} ({post.account}, {post.message.parts[0].text!r})"
        receipts, parts = self._receipts[post.id or 0], post.message.parts
        is_late = post.expires_at is not None and post.expires_at <= self._now
        if (post.status == "published") != (len(receipts) == len(parts)):
            yield Breach("wrongly decided", f"{named} is {post.status} with {len(receipts)} of {len(parts)} parts out")
        if post.status == "approved" and post.scheduled_at <= self._now:
            yield Breach("lost", f"{named} was due, and still waits; next try {post.next_try_at}: {post.note}")
        if post.status == "publishing":
            yield Breach("undecided", f"{named} was left in the middle")
        if post.status == "unconfirmed" and post.account in self._asked and not self._is_beyond_asking(post):
            yield Breach("undecided", f"{named} is unconfirmed after {post.asks} questions: {post.note}")
        if post.status == "unconfirmed" and not self._is_in_doubt(post):
            yield Breach("undecided", f"{named} is unconfirmed, and no attempt at its next part left a doubt")
        if post.status == "unconfirmed" and not post.note:
            yield Breach("undecided", f"{named} is unconfirmed, and nobody is told why")
        if post.status == "missed" and not is_late:
            yield Breach("lost", f"{named} was missed before it was too late: {post.note}")
        if post.status in ("held", "rejected", "cancelled"):
            yield Breach("lost", f"{named} is {post.status}, and nobody wanted that: {post.note}")
        if post.status == "failed" and not self._may_fail(post):
            yield Breach("lost", f"{named} failed, and its platform never refused it: {post.note}")

    def _is_beyond_asking(self, post: Post) -> bool:
        """Whether so many attempts at one part left doubt that a person is asked, whatever the platform says."""
        return sum(outcome in _LEFT_DOUBT for outcome in self._outcomes_of_next_part(post)) >= MANY

    def _is_in_doubt(self, post: Post) -> bool:
        return bool({"unknown", "duplicate"} & set(self._outcomes_of_next_part(post)))

    def _outcomes_of_next_part(self, post: Post) -> list[str | None]:
        part = len(self._receipts[post.id or 0])
        return [each.outcome for each in self._attempts[post.id or 0] if each.part == part]

    def _wrong_receipts(self, post: Post) -> Iterator[Breach]:
        before: str | None = None
        for number, receipt in enumerate(self._receipts[post.id or 0]):
            named = f"part {number + 1} of post {post.id} ({post.account})"
            if receipt.part != number:
                yield Breach("thread", f"{named} has no receipt, and part {receipt.part + 1} has one")
                return
            out = self._by_id.get((post.account, receipt.platform_id))
            if out is None:
                yield Breach("lost", f"{named} is called out as {receipt.platform_id}, and is not there")
                return
            text = post.message.parts[number].text
            if out.text != text:
                yield Breach("wrongly decided", f"{named} is {text!r}, and its receipt belongs to {out.text!r}")
            if out.at < post.scheduled_at:
                yield Breach("early", f"{named} went out at {out.at}, and its hour was {post.scheduled_at}")
            if out.answers != before:
                yield Breach("thread", f"{named} answers {out.answers}, and should answer {before}")
            before = receipt.platform_id

    def _wrong_attempts(self, post: Post) -> Iterator[Breach]:
        attempts, receipts = self._attempts[post.id or 0], self._receipts[post.id or 0]
        claims = Counter(entry.version for entry in self._trails[post.id or 0] if entry.to_status == "publishing")
        if not Counter(attempt.version for attempt in attempts) <= claims:
            versions = [attempt.version for attempt in attempts]
            yield Breach("trail", f"post {post.id} was claimed at {list(claims)}, and its attempts are of {versions}")
        accepted = Counter(attempt.part for attempt in attempts if attempt.outcome == "accepted")
        if accepted != Counter(receipt.part for receipt in receipts):
            said = f"post {post.id} has {len(receipts)} receipts; its parts were accepted so often: {dict(accepted)}"
            yield Breach("wrongly decided", said)
        for attempt in attempts:
            if attempt.started_at < post.scheduled_at:
                yield Breach("early", f"post {post.id} was tried at {attempt.started_at}, before {post.scheduled_at}")
            if post.expires_at is not None and attempt.started_at >= post.expires_at:
                yield Breach("late", f"post {post.id} was tried at {attempt.started_at}, after {post.expires_at}")
        if [attempt.number for attempt in attempts] != list(range(1, len(attempts) + 1)):
            yield Breach("trail", f"the attempts of post {post.id} are {[attempt.number for attempt in attempts]}")
        for attempt in attempts:
            if attempt.outcome is None and post.status != "publishing":
                said = f"attempt {attempt.number} of post {post.id} has no outcome, and the post is {post.status}"
                yield Breach("undecided", said)


def _broken_trail(post: Post, trail: Sequence[AuditEntry]) -> Iterator[Breach]:
    """Yields each step of a post's audit trail that no move of the table makes."""
    status, version = None, 0
    for entry in trail:
        said = f"post {post.id}, version {entry.version}: {entry.from_status} -{entry.what}-> {entry.to_status}"
        if entry.what == Move.PLAN:
            legal = status is None and entry.to_status == "draft"
        else:
            allowed, target = MOVES[Move(entry.what)]
            legal = status in allowed and entry.from_status == status and entry.to_status == target
        if not legal:
            yield Breach("trail", f"{said} after {status}: no move of the table")
        if entry.version != version + 1:
            yield Breach("trail", f"{said} after version {version}")
        status, version = entry.to_status, entry.version or 0
    if (status, version) != (post.status, post.version):
        yield Breach(
            "trail", f"post {post.id} is {post.status}, version {post.version}; its trail ends {status}, {version}"
        )
