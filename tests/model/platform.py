"""Platforms in memory that remember what they took, and answer as they are told to."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, StrEnum, auto
from random import Random

from scheduler.errors import (
    CredentialsRefused,
    DuplicateRefused,
    OutcomeUnknown,
    PostRefused,
    PublishError,
    TemporaryFailure,
)
from scheduler.platforms.contract import Doubt, Finding, Length, Payload, Receipt, Verdict
from scheduler.platforms.message import Message
from scheduler.publishing.clock import Clock

SLOW = 20.0  # seconds: so long a platform may be behind with what it shows
KEY_LIFE = 3600.0  # seconds
MARGIN = timedelta(minutes=2)  # before the end of a key's life nobody relies on it


class Answer(StrEnum):
    """What a platform does with one call, and what it says."""

    ACCEPT = "accept"
    TEMPORARY = "temporary"
    WAIT_A_WHILE = "wait a while"
    WAIT_LONG = "wait long"
    REFUSE = "refuse"
    DUPLICATE = "duplicate"
    CREDENTIALS = "credentials"
    LOST_AND_OUT = "lost and out"
    LOST_AND_OUT_SLOWLY = "lost and out slowly"
    LOST_AND_NOT_OUT = "lost and not out"
    HANG_AND_OUT = "hang and out"
    HANG_AND_NOT_OUT = "hang and not out"

    @property
    def takes_it(self) -> bool:
        return self in _TAKING

    @property
    def hangs(self) -> bool:
        return self in (Answer.HANG_AND_OUT, Answer.HANG_AND_NOT_OUT)


_TAKING = (Answer.ACCEPT, Answer.LOST_AND_OUT, Answer.LOST_AND_OUT_SLOWLY, Answer.HANG_AND_OUT)
RETRY_AFTER = {Answer.WAIT_A_WHILE: timedelta(seconds=90), Answer.WAIT_LONG: timedelta(hours=3)}


class Keys(Enum):
    """How long a platform knows a key again."""

    FOREVER = auto()  # as a Bluesky record
    AN_HOUR = auto()  # as Mastodon
    NEVER = auto()  # as X


@dataclass(frozen=True, slots=True)
class Taken:
    """One part that the platform took: when, and from when on it shows it, by the platform's own clock (seconds)."""

    at: float
    shows_at: float
    payload: Payload
    receipt: Receipt

    @property
    def text(self) -> str:
        return str(self.payload.body["text"])

    @property
    def after(self) -> str | None:
        after: str | None = self.payload.body["after"]
        return after


class MemoryPlatform:
    """One account; nobody can ask it about a post.

    answers: what it does with the next calls, then it accepts. answer_to: asked before those. taken: all that is out.
    before_call: told when a call is about to be made, and may still be stopped; on_call: of each call before anything is
    done with it; on_refused: when the credentials are refused; step: of the numbered steps inside a call.
    """

    platform = "memory"
    looks_like = "memory"
    place = None

    def __init__(self, name: str, clock: Clock, keys: Keys = Keys.NEVER) -> None:
        self.name = name
        self.keys = keys
        self.answers: list[Answer] = []
        self.answer_to: Callable[[Payload], Answer | None] = lambda _payload: None
        self.taken: list[Taken] = []
        self.by_text: dict[str, list[Taken]] = {}
        self.by_key: dict[str, Taken] = {}
        self.on_call: Callable[[MemoryPlatform, Payload, Answer], None] = lambda _platform, _payload, _answer: None
        self.on_refused: Callable[[MemoryPlatform], None] = lambda _platform: None
        self.before_call: Callable[[], None] = lambda: None
        self.step: Callable[[str], None] = lambda _step: None
        self._clock = clock

    def lengths(self, message: Message, part: int) -> Sequence[Length]:
        return (Length(len(message.parts[part].text), 500),)

    def new_key(self, now: datetime, random: Random) -> str:
        return f"{random.getrandbits(64):016x}"

    def payload(self, message: Message, key: str, earlier: Sequence[Receipt] = ()) -> Payload:
        body = {"text": message.parts[len(earlier)].text, "after": earlier[-1].platform_id if earlier else None}
        return Payload("POST", "/posts", key, body, {})

    async def get_ready(self, payload: Payload) -> None:
        self.before_call()

    async def send(self, payload: Payload) -> Receipt:
        answer = self.answer_to(payload) or (self.answers.pop(0) if self.answers else Answer.ACCEPT)
        if answer in (Answer.REFUSE, Answer.DUPLICATE) and self._known(payload.key):
            answer = Answer.ACCEPT  # a key that is known again brings the first answer again
        self.on_call(self, payload, answer)
        if answer is Answer.CREDENTIALS:
            self.on_refused(self)
        self.step("request-sent")
        await asyncio.sleep(0)
        if answer.takes_it:
            taken = self._known(payload.key) or self._take(payload, answer)
        if answer.hangs:
            await asyncio.Event().wait()
        self.step("answer-read")
        if answer is Answer.ACCEPT:
            return taken.receipt
        raise self._error(answer)

    def _known(self, key: str) -> Taken | None:
        taken = self.by_key.get(key)
        if taken is None or self.keys is Keys.NEVER:
            return None
        forgotten = self.keys is Keys.AN_HOUR and self._clock.steady() - taken.at >= KEY_LIFE
        return None if forgotten else taken

    def _take(self, payload: Payload, answer: Answer) -> Taken:
        now, number = self._clock.steady(), len(self.taken) + 1
        shows_at = now + SLOW if answer is Answer.LOST_AND_OUT_SLOWLY else now
        receipt = Receipt(f"{self.name}-{number}", f"https://memory.example/{self.name}/{number}")
        taken = Taken(now, shows_at, payload, receipt)
        self.taken.append(taken)
        self.by_text.setdefault(taken.text, []).append(taken)
        self.by_key[payload.key] = taken
        return taken

    def _error(self, answer: Answer) -> PublishError:
        match answer:
            case Answer.TEMPORARY:
                return TemporaryFailure("try again")
            case Answer.WAIT_A_WHILE | Answer.WAIT_LONG:
                return TemporaryFailure("too many requests", self._clock.now() + RETRY_AFTER[answer])
            case Answer.REFUSE:
                return PostRefused("not this post")
            case Answer.DUPLICATE:
                return DuplicateRefused("there are such words already")
            case Answer.CREDENTIALS:
                return CredentialsRefused("who are you?")
        return OutcomeUnknown("the answer was lost")

    async def check_login(self) -> str:
        return f"@{self.name}"

    def warm_up(self) -> None:
        pass

    async def close(self) -> None:
        pass


class AskablePlatform(MemoryPlatform):
    """The same, and it can be asked: by its keys, where it keeps them for ever, else by what it shows.

    questions: what it says to the next questions, instead of looking.
    """

    finds_by_words = False

    def __init__(self, name: str, clock: Clock, keys: Keys = Keys.NEVER) -> None:
        super().__init__(name, clock, keys)
        self.questions: list[PublishError] = []

    async def find(self, doubts: Sequence[Doubt], taken: Callable[[str], bool]) -> Sequence[Finding]:
        if self.questions:
            question = self.questions.pop(0)
            if isinstance(question, CredentialsRefused):
                self.on_refused(self)
            raise question
        await asyncio.sleep(0)
        return [self._find(doubt, taken) for doubt in doubts]

    def _find(self, doubt: Doubt, taken: Callable[[str], bool]) -> Finding:
        now = self._clock.now()
        if self.keys is Keys.FOREVER:
            of_key = self.by_key.get(doubt.payload.key)
            shown = [of_key] if of_key else []
        else:
            shown = self.by_text.get(str(doubt.payload.body["text"]), [])
        for each in shown:
            if each.shows_at <= self._clock.steady() and not taken(each.receipt.platform_id):
                return Finding(Verdict.OUT, each.receipt)
        if self.keys is Keys.FOREVER:
            return Finding(Verdict.REPEATABLE if doubt.may_repeat else Verdict.NOT_SEEN)
        until = doubt.started_at + timedelta(seconds=KEY_LIFE) - MARGIN
        if doubt.may_repeat and self.keys is Keys.AN_HOUR and doubt.started_at - MARGIN <= now < until:
            return Finding(Verdict.REPEATABLE, until=until)
        return Finding(Verdict.NOT_SEEN)
