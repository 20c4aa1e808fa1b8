"""What a seed means: which posts are in the book, how the platforms behave, and when the daemon is killed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from scheduler.drafting.draft import Draft
from scheduler.faultpoints import STEPS
from tests.builders.posts import make_draft
from tests.crash.platforms import FINE, Call, Trouble
from tests.crash.scene import ON_NETWORK, OUTBOX, REPEATING_ACCOUNT

TIMEOUT = 1.0  # seconds of one call
_FORKED = 0.9  # of the runs
_START = {True: 0.2, False: 1.0}  # seconds that a daemon takes to its first call, by whether it is forked

UNWANTED = "which no platform wants"
_TROUBLED_CALLS = 5  # of the calls with one text, only these meet trouble
_TROUBLES = (
    Trouble(ends="cut"),
    Trouble(ends="half"),
    Trouble(ends="hang"),
    Trouble(status=500),
    Trouble(status=503),
    Trouble(takes=False, status=502),
    Trouble(takes=False, ends="cut"),
    Trouble(takes=False, ends="hang"),
    Trouble(after=0.3 * TIMEOUT),
    Trouble(after=1.4 * TIMEOUT),
    Trouble(after=0.8 * TIMEOUT, early=True, ends="cut"),
    Trouble(after=0.8 * TIMEOUT, early=True, status=504),
)
# Each step is passed once for a call, for a transaction, or for a round of questions.
_MOST_TIMES = {"claim": 3, "call": 10, "request": 10, "answer": 10, "record": 3, "inquiry": 1}


@dataclass(frozen=True, slots=True)
class Kill:
    """One `kill -9`: when `step` is reached for the `count`-th time; without a step, `delay` seconds after the platforms
    saw the `count`-th call of this daemon, or after it was started when `count` is 0. stops: it is told to stop at that
    call first, and so dies while it waits for what is under way."""

    step: str = ""
    count: int = 1
    delay: float = 0.0
    stops: bool = False

    def __str__(self) -> str:
        if self.step:
            return f"{self.step}:{self.count}"
        told = "told to stop, " if self.stops else ""
        return f"{told}{self.delay * 1000:.0f} ms after {f'call {self.count}' if self.count else 'the start'}"


@dataclass(frozen=True, slots=True)
class Plan:
    """One run. forked: its daemons are forked from a process that has loaded everything, else started as anybody does;
    aimed: which of the kills must come about; share: of the calls, those that come to trouble; pause: the longest that a
    platform takes for an answer, in seconds."""

    seed: int
    forked: bool
    kills: tuple[Kill, ...]
    aimed: int
    posts: int
    at_once: int
    honours_keys: bool
    refuses_duplicates: bool
    share: float
    pause: float

    def trouble_of(self, call: Call) -> Trouble:
        """Decides by the seed and by what is called, and not by the order of the calls, which no seed repeats."""
        if not call.name:
            return FINE
        chance = Random(f"{self.seed} {call.platform} {call.name} {call.nth}")
        if UNWANTED.encode() in call.body:
            return Trouble(takes=False, status=422)
        if call.nth < _TROUBLED_CALLS and chance.random() < self.share:
            return chance.choice(_TROUBLES)
        return Trouble(after=self.pause * chance.random())

    def approved(self, now: datetime) -> list[Draft]:
        """Returns the posts to approve: most are due `now`, some are threads, some have the same words as another, some
        are unwanted, some are too late, and some are for tomorrow."""
        chance = Random(f"posts of {self.seed}")
        return [
            draft
            for number in range(1, self.posts + 1)
            for draft in _drafts(chance, number, chance.choice(self.accounts), now)
        ]

    def unapproved(self, now: datetime) -> list[Draft]:
        return [_draft(number, account, now) for number, account in enumerate(self.accounts, 1001)]

    @property
    def accounts(self) -> list[str]:
        """The accounts of this run: to repeat is no plan where keys are not honoured."""
        return [name for name in (*ON_NETWORK, OUTBOX) if self.honours_keys or name != REPEATING_ACCOUNT]


def plan_of(seed: int) -> Plan:
    """Works out a run: over seeds in a row, each step is aimed at in its turn, with other kills around it."""
    chance = Random(seed)
    forked = chance.random() < _FORKED
    aim = (*STEPS, "")[seed % (len(STEPS) + 1)]
    kills = [_kill_in_a_call(chance)] if aim.startswith("inquiry") else []
    aimed = len(kills)
    kills.append(_kill_at(chance, aim) if aim else _kill_at_a_moment(chance, forked=forked))
    while len(kills) < 4 and chance.random() < 0.3:
        at_a_step = chance.random() < 0.4
        kills.append(_kill_at(chance, chance.choice(STEPS)) if at_a_step else _kill_at_a_moment(chance, forked=forked))
    # Where platforms are this slow, what was sent just before a kill appears only when the next daemon is at work.
    pause = chance.choice((0.0, 0.02, 0.05, 0.1, 1.2 * TIMEOUT))
    return Plan(
        seed=seed,
        forked=forked,
        kills=tuple(kills),
        aimed=aimed,
        posts=chance.randint(40, 70),
        at_once=chance.choice((4, 8, 16)) if pause < TIMEOUT else 32,
        honours_keys=chance.random() < 0.6,
        refuses_duplicates=chance.random() < 0.3,
        share=chance.choice((0.0, 0.05, 0.1)),
        pause=pause,
    )


def _kill_at_a_moment(chance: Random, *, forked: bool) -> Kill:
    if chance.random() < 0.15:
        return Kill(count=0, delay=chance.uniform(0.2, 1.2) * _START[forked])
    stops = chance.random() < 0.15
    return Kill(count=chance.randint(1, 40), delay=chance.uniform(0, 0.05), stops=stops)


def _kill_in_a_call(chance: Random) -> Kill:
    return Kill(chance.choice(("request-sent", "answer-read")), chance.randint(3, 12))


def _kill_at(chance: Random, step: str) -> Kill:
    return Kill(step, chance.randint(1, _MOST_TIMES[step.partition("-")[0]]))


def _drafts(chance: Random, number: int, account: str, now: datetime) -> Iterator[Draft]:
    kind = chance.random()
    if kind < 0.08:
        parts = [f"post {number}, part {part}" for part in range(1, chance.randint(2, 3) + 1)]
        yield _draft(number, account, now, parts=parts)
    elif kind < 0.16:
        yield _draft(number, account, now)
        yield _draft(number, account, now, slot=f"twin-{number}")
    elif kind < 0.19:
        yield _draft(number, account, now, text=f"post {number}, {UNWANTED}")
    elif kind < 0.22:
        yield _draft(number, account, now - timedelta(hours=3))
    elif kind < 0.25:
        yield _draft(number, account, now + timedelta(days=1))
    else:
        yield _draft(number, account, now)


def _draft(
    number: int, account: str, at: datetime, *, text: str = "", parts: list[str] | None = None, slot: str = ""
) -> Draft:
    return make_draft(
        text or f"post {number}",
        parts=parts or (),
        slot=slot or f"slot-{number}",
        account=account,
        scheduled_at=at,
        late=timedelta(hours=2),
    )
