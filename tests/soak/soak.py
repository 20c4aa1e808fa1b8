"""A long day on a clock that leaps: thousands of posts, platforms with troubles, a daemon struck dead in each hour."""

import asyncio
import gc
import os
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from pathlib import Path
from random import Random

from scheduler.config import Publishing
from scheduler.faultpoints import STEPS
from scheduler.platforms.contract import Payload, Receipt
from scheduler.posts.book import Book
from scheduler.posts.doubts import next_question
from scheduler.posts.planning import save_drafts
from scheduler.posts.review import approve
from tests.builders.posts import NOON, make_book, make_draft
from tests.builders.publishing import HeldClock
from tests.model.life import Faults, Life
from tests.model.platform import Answer, AskablePlatform, Keys, Taken

HOURS = 24
ACCOUNTS = 50
FAULTS = 0.05  # of all calls

_TROUBLES = (Answer.TEMPORARY, Answer.WAIT_A_WHILE, Answer.LOST_AND_OUT, Answer.LOST_AND_NOT_OUT)
_AN_HOUR = timedelta(hours=1)
_A_MOMENT = timedelta(milliseconds=1)
_REST = 48  # hours after the last post: long before, all is decided


@dataclass(frozen=True, slots=True)
class Hour:
    """How things stood at the end of one hour. seconds: of this process's time that it took."""

    posts: int
    seconds: float
    book_bytes: int
    resident_bytes: int


@dataclass(frozen=True, slots=True)
class Soaked:
    """What came of a soak. wrong: the posts whose end is not what their platform remembers, each with its reason."""

    posts: int
    empty_bytes: int
    hours: Sequence[Hour]
    statuses: Mapping[str, int]
    answers: Mapping[str, int]
    deaths: Mapping[str, int]
    wrong: Sequence[str]
    seconds: float

    def bytes_a_post(self, hour: int) -> float:
        """How much the book has grown for each post by the end of that hour."""
        return (self.hours[hour - 1].book_bytes - self.empty_bytes) / self.hours[hour - 1].posts

    @property
    def uneven(self) -> float:
        """The largest book for each post, of a quarter, half and whole day, in relation to the smallest."""
        sizes = [self.bytes_a_post(hour) for hour in (6, 12, 24)]
        return max(sizes) / min(sizes)

    @property
    def grown(self) -> int:
        """How much memory the process has gained since the first hour, in bytes."""
        return self.hours[-1].resident_bytes - self.hours[0].resident_bytes

    @property
    def slower(self) -> float:
        """How much longer a later hour takes than an early one, as a ratio; the first is for warming up."""
        seconds = [hour.seconds for hour in self.hours]
        return _median(seconds[-8:]) / _median(seconds[1:9])


class ForgetfulPlatform(AskablePlatform):
    """Remembers no more of a post than it must: what this test keeps in memory must not look like a leak.

    times: how often each text was taken.
    """

    def __init__(self, name: str, clock: HeldClock, keys: Keys) -> None:
        super().__init__(name, clock, keys)
        self.times: Counter[bytes] = Counter()

    def _take(self, payload: Payload, answer: Answer) -> Taken:
        taken = super()._take(payload, answer)
        self.times[fingerprint(taken.text)] += 1
        self.taken[-1] = _FORGOTTEN
        if len(self.by_key) > _REMEMBERED:
            oldest = next(iter(self.by_key))
            del self.by_text[self.by_key.pop(oldest).text]
        return taken


_REMEMBERED = 20  # posts of an account: what became of those before was asked long ago
_FORGOTTEN = Taken(0.0, 0.0, Payload("", "", "", {"text": ""}, {}), Receipt(""))


def fingerprint(text: str) -> bytes:
    return blake2b(text.encode(), digest_size=8).digest()


class Soak:
    """One soak in an empty folder. say: told of each hour."""

    def __init__(self, folder: Path, posts: int, seed: int, say: Callable[[str], None]) -> None:
        self.posts, self.say = posts, say
        self.random = Random(seed)
        self.clock = HeldClock(NOON)
        self.book: Book = make_book(folder)
        self.hold_file = folder / "HOLD"
        self.faults = Faults()
        keys = tuple(Keys)
        names = [f"account-{number:02}" for number in range(ACCOUNTS)]
        self.platforms = {
            name: ForgetfulPlatform(name, self.clock, keys[index % len(keys)]) for index, name in enumerate(names)
        }
        self.answers: Counter[str] = Counter()
        for platform in self.platforms.values():
            platform.answer_to, platform.step = self._answer, self.faults.reached
        self.deaths: Counter[str] = Counter()
        self.lives = 0
        self.planned = 0

    def run(self) -> Soaked:
        begun = time.monotonic()
        empty = self._book_bytes()
        with self.faults.in_place(), asyncio.Runner() as loop:
            hours = loop.run(self._live())
        statuses, wrong = self._what_came()
        self.book.close()
        return Soaked(
            self.posts, empty, hours, statuses, self.answers, self.deaths, wrong, time.monotonic() - begun
        )  # fmt: skip

    async def _live(self) -> list[Hour]:
        life = await self._begin()
        hours: list[Hour] = []
        for number in range(HOURS):
            started = time.process_time()
            self._plan(number)
            life = await self._live_until(life, NOON + (number + 1) * _AN_HOUR, self._choose_death())
            hours.append(self._hour(time.process_time() - started))
            self.say(_line(number + 1, hours[-1]))
        life = await self._live_until(life, NOON + (HOURS + _REST) * _AN_HOUR, None)
        life.end()
        return hours

    async def _begin(self) -> Life:
        self.lives += 1
        life = Life(
            self.book, self.clock, self.platforms, self.faults, self.hold_file, self.lives, Publishing()
        )  # fmt: skip
        await life.begin()
        return life

    def _choose_death(self) -> tuple[str, int]:
        return self.random.choice(STEPS), self.random.randint(1, 10)

    def _plan(self, hour: int) -> None:
        """Plans and approves what goes out in the hour to come, each on a whole minute."""
        number = self.posts * (hour + 1) // HOURS - self.planned
        begins = NOON + hour * _AN_HOUR
        drafts = [
            make_draft(
                f"Post {index}: learn how to spot the signs.",
                slot=f"slot-{index}",
                campaign=f"hour-{hour}",
                account=self.random.choice(list(self.platforms)),
                scheduled_at=begins + timedelta(minutes=self.random.randint(1, 59)),
            )
            for index in range(self.planned, self.planned + number)
        ]
        with self.book.writing() as connection:
            result = save_drafts(connection, drafts, who="kim", now=self.clock.now())
            approve(connection, [(each.post_id or 0, 1) for each in result.created], who="sam", now=self.clock.now())
        self.planned += number

    async def _live_until(self, life: Life, end: datetime, death: tuple[str, int] | None) -> Life:
        """Goes from one thing that is to be done to the next; returns the daemon that lives at the end."""
        if death:
            self.faults.arm(*death)
        while (moment := self._next(life)) is not None and moment < end:
            self._advance_to(moment + _A_MOMENT)
            if not (await life.publish() and await life.ask()):
                self.deaths[death[0] if death else ""] += 1
                life = await self._begin()
        self._advance_to(end)
        if death and not self.faults.dead and self.faults.is_armed:
            self.faults.disarm()
            self.deaths["at rest"] += 1
            life.end()
            life = await self._begin()
        return life

    def _next(self, life: Life) -> datetime | None:
        with self.book.reading() as session:
            question = next_question(session.connection(), self.platforms)
        return min(filter(None, (life.publisher.next_wake(), question)), default=None)

    def _advance_to(self, moment: datetime) -> None:
        self.clock.moment = max(self.clock.moment, moment)

    def _answer(self, _payload: Payload) -> Answer:
        answer = self.random.choice(_TROUBLES) if self.random.random() < FAULTS else Answer.ACCEPT
        self.answers[answer.value] += 1
        return answer

    def _hour(self, seconds: float) -> Hour:
        gc.collect()
        return Hour(self.planned, seconds, self._book_bytes(), _resident_bytes())

    def _book_bytes(self) -> int:
        with self.book.reading() as session:
            connection = session.connection()
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar() or 0
            return int(pages * (connection.exec_driver_sql("PRAGMA page_size").scalar() or 0))

    def _what_came(self) -> tuple[Counter[str], list[str]]:
        statuses: Counter[str] = Counter()
        wrong = []
        with self.book.reading() as session:
            rows = session.connection().exec_driver_sql(
                "SELECT id, account, status, note, json_extract(message_json, '$.parts[0].text') AS text,"
                " (SELECT count(*) FROM receipts WHERE post_id = posts.id) AS receipts FROM posts"
            )
            for row in rows:
                statuses[row.status] += 1
                times = self.platforms[row.account].times[fingerprint(row.text)]
                asks_a_person = row.status == "unconfirmed" and "redletter resolve" in (row.note or "")
                if times > 1:
                    wrong.append(f"post {row.id} is out {times} times")
                elif row.status == "published" and (times, row.receipts) != (1, 1):
                    wrong.append(f"post {row.id} is published, and out {times} times with {row.receipts} receipts")
                elif row.status != "published" and not asks_a_person:
                    wrong.append(f"post {row.id} is {row.status} in the end: {row.note}")
        return statuses, wrong


def _resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def _median(values: Sequence[float]) -> float:
    return sorted(values)[len(values) // 2]


def _line(number: int, hour: Hour) -> str:
    return (
        f"hour {number:2}: {hour.posts:6} posts planned, {hour.seconds:5.2f} s, book {hour.book_bytes / 1e6:6.2f} MB,"
        f" memory {hour.resident_bytes / 1e6:6.1f} MB"
    )
