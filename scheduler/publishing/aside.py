"""Asks about sources beside everything else: one after the other in one thread, which is left behind where one hangs.

Whoever asks for a file of a network share that is away may wait for hours; nobody else is to wait with them.
"""

import asyncio
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import PurePath
from typing import Generic, TypeVar

from scheduler.publishing.companion import pause

T = TypeVar("T")

_A_MOMENT = 0.02  # seconds between two looks whether a folder has answered


class Aside:
    """Asks, and remembers what hangs: what lies in the same folder is not asked for until that has answered."""

    def __init__(self) -> None:
        self._hanging: dict[str, _Hanging] = {}  # by folder

    def ask_now(self, ask: Callable[[str], T], names: Iterable[str], within: float) -> dict[str, T]:
        """Returns the answers that come within so many seconds, all together; for a thread that must not wait."""
        if not (left := self._answering(names)):
            return {}
        asking = _Asking(ask, left)
        asking.start()
        asking.over.wait(within)
        return self._answers(asking)

    async def ask(
        self, ask: Callable[[str], T], names: Iterable[str], stop: asyncio.Event, within: float
    ) -> dict[str, T]:
        """Returns the answers, without those that take longer than about so many seconds; none of the rest after `stop`.

        Who had less time to wait may have given up on a folder a moment ago: it has the rest of these seconds to answer.
        """
        answers: dict[str, T] = {}
        left = list(names)
        while left and not stop.is_set():
            if ready := self._answering(left):
                asking = _Asking(ask, ready)
                await _until_over_or_hanging(asking, stop, within)
                answers |= self._answers(asking)
                left = [name for name in left if name not in answers]
            elif any(self._may_answer(name, within) for name in left):
                await pause(stop, _A_MOMENT)
            else:
                break
        return answers

    def _may_answer(self, name: str, within: float) -> bool:
        hanging = self._hanging.get(_place(name))
        return hanging is None or hanging.seconds < within

    def _answering(self, names: Iterable[str]) -> list[str]:
        # A copy, for two threads may ask: one that claims, and one that looks.
        self._hanging = {place: each for place, each in self._hanging.copy().items() if not each.over.is_set()}
        return [name for name in names if _place(name) not in self._hanging]

    def _answers(self, asking: "_Asking[T]") -> dict[str, T]:
        """Leaves the thread to itself, and takes what it has; raises what the asking raised."""
        asking.is_left = True
        answers = asking.answers.copy()
        if asking.error is not None:
            raise asking.error
        if not asking.over.is_set() and len(answers) < len(asking.names):
            self._hanging[_place(asking.names[len(answers)])] = _Hanging(asking.over, asking.began)
        return answers


@dataclass(frozen=True, slots=True)
class _Hanging:
    """A folder that does not answer. over: set once it has; since: by the machine's steady clock."""

    over: threading.Event
    since: float

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.since


class _Asking(threading.Thread, Generic[T]):
    """One thread that asks; nobody waits for it at the end of the program."""

    def __init__(self, ask: Callable[[str], T], names: Sequence[str]) -> None:
        super().__init__(name="redletter-article", daemon=True)
        self._ask = ask
        self.names = names
        self.answers: dict[str, T] = {}
        self.error: Exception | None = None
        self.is_left = False
        self.over = threading.Event()
        self.began = time.monotonic()  # to ask for the one that has not answered yet
        self.tell: Callable[[], object] = self.over.is_set

    def run(self) -> None:
        try:
            for name in self.names:
                if self.is_left:
                    break
                self.began = time.monotonic()
                self.answers[name] = self._ask(name)
        except Exception as error:
            self.error = error
        self.over.set()
        with suppress(RuntimeError):  # the daemon has ended meanwhile
            self.tell()


async def _until_over_or_hanging(asking: _Asking[T], stop: asyncio.Event, within: float) -> None:
    loop, over = asyncio.get_running_loop(), asyncio.Event()
    asking.tell = lambda: loop.call_soon_threadsafe(over.set)
    asking.start()
    waiting = {asyncio.ensure_future(event.wait()) for event in (over, stop)}
    try:
        answered, since = -1, 0.0
        while answered < len(asking.answers) or time.monotonic() - since < within:
            if answered < len(asking.answers):
                answered, since = len(asking.answers), time.monotonic()
            # One look at the clock for many answers: to be woken by each of them would cost as much as to ask.
            done, _ = await asyncio.wait(waiting, timeout=within / 4, return_when=asyncio.FIRST_COMPLETED)
            if done:
                return
    finally:
        asking.is_left = True
        for task in waiting:
            task.cancel()


def _place(name: str) -> str:
    return name if "://" in name else str(PurePath(name).parent)
