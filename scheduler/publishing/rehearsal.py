"""The rehearsal: posts go through the real publisher on a clock that leaps, into a book and an outbox that are thrown away."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from sqlalchemy import Connection, insert

from scheduler.config import Publishing
from scheduler.drafting.draft import Draft, PostKey
from scheduler.errors import BookError, PostRefused
from scheduler.platforms.contract import Adapter, Length, Payload, Receipt
from scheduler.platforms.message import Message
from scheduler.posts.book import Book, open_book
from scheduler.posts.planning import save_drafts
from scheduler.posts.queries import attempts_of, find_posts
from scheduler.posts.review import approve
from scheduler.posts.status import PostStatus
from scheduler.posts.tables import POSTS, Attempt, Post, digest_of, encode_message
from scheduler.posts.wording import clock_of
from scheduler.posts.writer import Writer
from scheduler.publishing.publisher import Publisher

WHO = "rehearsal"
# A clock shows a moment only once it has begun: what ends at that moment is over then.
_A_MOMENT = timedelta(microseconds=1)
_BEFORE = timedelta(minutes=1)
_STUCK = 60.0  # seconds of real time that one moment's posts may take

# What stands in the book like this goes out at its hour, once it is approved; the rest does not go out by itself.
_TAKES_PART = (PostStatus.DRAFT, PostStatus.APPROVED, PostStatus.PUBLISHING)


@dataclass(frozen=True, slots=True)
class Role:
    """One post before its rehearsal. kept: as the workspace's book has it; draft: as its campaign makes it now.

    One of them may be None. What is in the book is rehearsed as it stands there, for so it would go out.
    """

    kept: Post | None
    draft: Draft | None

    @property
    def key(self) -> PostKey:
        return key_of(self.kept) if self.kept else self._drafted.key

    @property
    def scheduled_at(self) -> datetime:
        return (self.kept or self._drafted).scheduled_at

    @property
    def day(self) -> date:
        """The day it goes out on, where its campaign is."""
        return self.scheduled_at.astimezone(clock_of((self.kept or self._drafted).time_zone)).date()

    @property
    def takes_part(self) -> bool:
        return self.kept is None or self.kept.status in _TAKES_PART

    @property
    def differs(self) -> bool:
        """Its campaign has other words or another hour now than when the book's post was planned."""
        if self.kept is None or self.draft is None:
            return False
        draft = self.draft
        now = digest_of(encode_message(draft.message), draft.key.account, draft.scheduled_at)
        return now != self.kept.planned_digest

    @property
    def _drafted(self) -> Draft:
        if self.draft is None:
            raise ValueError("a post is in the book, or drafted, or both")
        return self.draft


@dataclass(frozen=True, slots=True)
class Call:
    """One call that would have been made: when, by the rehearsal's clock, for which part, and its exact request."""

    at: datetime
    part: int
    payload: Payload


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What came of one post. post: as the rehearsal left it, or as it stands in the book where it took no part."""

    role: Role
    post: Post
    calls: tuple[Call, ...] = ()

    @property
    def went_out(self) -> bool:
        return self.role.takes_part and self.post.status == PostStatus.PUBLISHED

    @property
    def hour(self) -> datetime:
        """Its hour on a clock where its campaign is."""
        return self.post.scheduled_at.astimezone(clock_of(self.post.time_zone))


class LeapingClock:
    """Stands still until it is told when something happens next, and leaps there."""

    def __init__(self, start: datetime) -> None:
        self._now = start

    def now(self) -> datetime:
        return self._now

    def steady(self) -> float:
        return self.now().timestamp()

    def real_time_of(self, moment: datetime) -> datetime:
        return datetime.now(UTC) + max(moment - self._now, timedelta())

    def nothing_until(self, moment: datetime) -> None:
        self._now = max(self._now, moment + _A_MOMENT)


class StandIn:
    """An account in a rehearsal: counts and makes requests as the real one does; sending keeps them and asks nobody."""

    place = None

    def __init__(self, real: Adapter) -> None:
        self._real = real
        self._too_long: dict[str, Length] = {}
        self.outbox: dict[str, Payload] = {}

    @property
    def platform(self) -> str:
        return self._real.platform

    @property
    def looks_like(self) -> str:
        return self._real.looks_like

    def lengths(self, message: Message, part: int) -> Sequence[Length]:
        return self._real.lengths(message, part)

    def new_key(self, now: datetime, random: Random) -> str:
        return self._real.new_key(now, random)

    def payload(self, message: Message, key: str, earlier: Sequence[Receipt] = ()) -> Payload:
        too_long = next((length for length in self.lengths(message, len(earlier)) if not length.fits), None)
        if too_long is not None:
            self._too_long[key] = too_long
        return self._real.payload(message, key, earlier)

    async def get_ready(self, payload: Payload) -> None:
        pass

    async def send(self, payload: Payload) -> Receipt:
        """Keeps the request; its receipt is made up. Raises PostRefused for a text that the platform would not take."""
        self.outbox[payload.key] = payload
        length = self._too_long.get(payload.key)
        if length is not None:
            raise PostRefused(f"the text has {length.used} of {length.limit} {length.unit}: it would be refused")
        made_up = f"rehearsed-{payload.key}"
        return Receipt(made_up, None, {"id": made_up, "uri": f"at://rehearsal/{payload.key}", "cid": made_up})

    async def check_login(self) -> str:
        return "rehearsal"

    def warm_up(self) -> None:
        pass

    async def close(self) -> None:
        pass


def cast(drafts: Iterable[Draft], kept: Iterable[Post], first: date, last: date) -> list[Role]:
    """Returns the posts whose hour falls on a day from `first` to `last`, local time; what is in the book as it is there."""
    made = {draft.key: draft for draft in drafts}
    in_book = {key_of(post): post for post in kept}
    roles = [Role(post, made.get(key)) for key, post in in_book.items()]
    roles += [Role(None, draft) for key, draft in made.items() if key not in in_book]
    return [role for role in roles if first <= role.day <= last]


def key_of(post: Post) -> PostKey:
    return PostKey(post.campaign, post.occurrence, post.slot, post.account, post.fingerprint)


def rehearse(roles: Sequence[Role], adapters: Mapping[str, Adapter], limits: Publishing) -> list[Rehearsed]:
    """Publishes the posts as if all were approved, each at its hour; returns what came of them, in the order of their hours.

    Sends nothing and touches nothing but a folder of its own, which is gone afterwards. Raises BookError when that
    folder cannot be used.
    """
    if not roles:
        return []
    stand_ins = {name: StandIn(adapter) for name, adapter in adapters.items()}
    with TemporaryDirectory(prefix="redletter-rehearsal-") as folder:
        book = open_book("sqlite:///book.db", Path(folder), create=True)
        try:
            with book.writing() as connection:
                start = _fill(connection, roles)
            _approve_all(book, start)
            asyncio.run(_publish(book, stand_ins, limits, LeapingClock(start)))
            rehearsed = [*_what_came(book, roles, stand_ins)]
        finally:
            book.close()
    return sorted(rehearsed, key=lambda one: (one.post.scheduled_at, one.post.campaign, one.post.slot))


def _fill(connection: Connection, roles: Sequence[Role]) -> datetime:
    """Writes what takes part into the book; returns a moment before the first of it."""
    kept = [role.kept for role in roles if role.kept and role.takes_part]
    drafts = [role.draft for role in roles if role.draft and not role.kept]
    start = min(role.scheduled_at for role in roles) - _BEFORE
    save_drafts(connection, drafts, who=WHO, now=start)
    for post in kept:
        connection.execute(insert(POSTS).values(**_before_its_hour(post)))
    return start


def _before_its_hour(post: Post) -> dict[str, object]:
    """Returns the columns of a post in the book, without what came of it: an approval stays as it is, right or wrong."""
    status = PostStatus.DRAFT if post.status == PostStatus.DRAFT else PostStatus.APPROVED
    fresh = {"status": status.value, "next_try_at": post.scheduled_at, "tries": 0, "asks": 0, "note": None}
    return {**post.model_dump(exclude={"id"}), **fresh}


def _approve_all(book: Book, now: datetime) -> None:
    with book.reading() as session:
        drafts = [(post.id or 0, post.version) for post in find_posts(session, statuses=[PostStatus.DRAFT])]
    with book.writing() as connection:
        approve(connection, drafts, who=WHO, now=now, agreed=WHO)


async def _publish(book: Book, adapters: Mapping[str, Adapter], limits: Publishing, clock: LeapingClock) -> None:
    writer = Writer(book)
    # Always the same chance: the same rehearsal twice says the same.
    publisher = Publisher(book, writer, adapters, limits, clock, Random(1), on_idle=lambda: None)  # noqa: S311
    try:
        while (moment := publisher.next_wake()) is not None:
            clock.nothing_until(moment)
            async with asyncio.timeout(_STUCK):
                await publisher.publish_due()
            if publisher.trouble:
                raise BookError(f"the rehearsal's own book: {publisher.trouble}")
    except TimeoutError:
        raise BookError(f"the rehearsal's own book: {publisher.trouble or 'it takes too long'}") from None
    finally:
        publisher.close()
        writer.close()


def _what_came(book: Book, roles: Sequence[Role], stand_ins: Mapping[str, StandIn]) -> Iterator[Rehearsed]:
    with book.reading() as session:
        ended = {key_of(post): post for post in find_posts(session)}
        attempts = attempts_of(session, list(ended.values()))
    for role in roles:
        if role.takes_part:
            post = ended[role.key]
            yield Rehearsed(role, post, tuple(_calls(attempts.get(post.id or 0, ()), stand_ins.get(post.account))))
        elif role.kept:
            yield Rehearsed(role, role.kept)


def _calls(attempts: Iterable[Attempt], account: StandIn | None) -> Iterator[Call]:
    for attempt in attempts:
        if account is not None and attempt.key in account.outbox:
            yield Call(attempt.started_at, attempt.part, account.outbox[attempt.key])
