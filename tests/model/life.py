"""One daemon's life inside the test: the real publisher and the real questions, which can be struck dead at any step."""

import asyncio
from collections.abc import Coroutine, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import Connection

from scheduler.config import Publishing
from scheduler.faultpoints import STEPS
from scheduler.posts import claims
from scheduler.posts.book import Book
from scheduler.posts.queue import Recovered, recover
from scheduler.posts.writer import Writer
from scheduler.publishing import publisher, reconcile
from scheduler.publishing.clock import Clock
from scheduler.publishing.companion import Running
from scheduler.publishing.hold_file import HoldFile, hold_if_file_stands
from scheduler.publishing.publisher import Publisher
from scheduler.publishing.reconcile import Reconcile
from tests.builders.publishing import HeldClock
from tests.model.platform import MemoryPlatform

FEW_PLACES = Publishing(at_once=3, per_account=2, pace=timedelta(seconds=30))
SETTLE = timedelta(seconds=30)
_STUCK = 5.0  # seconds: nothing here takes one


class WallClock(HeldClock):
    """A clock on a wall: time passes, and besides anybody may set it."""

    def __init__(self, now: datetime) -> None:
        super().__init__(now)
        self._steady = 0.0

    def steady(self) -> float:
        return self._steady

    def advance(self, by: timedelta) -> None:
        self._steady += by.total_seconds()
        super().advance(by)

    def set(self, by: timedelta) -> None:
        self.moment += by


class Crash(BaseException):
    """The process ends here: nobody catches it."""


class Faults:
    """Stands where `faultpoints.reached` stands: strikes the daemon dead at the armed step, and keeps it dead.

    A dead daemon's transactions find no commit, as each passes a step before its end; its calls get no further.
    """

    def __init__(self) -> None:
        self.dead = False
        self.died = asyncio.Event()
        self._step = ""
        self._left = 0
        self._loop: asyncio.AbstractEventLoop | None = None

    def begin(self) -> None:
        self.dead, self._step, self.died = False, "", asyncio.Event()
        self._loop = asyncio.get_running_loop()

    def arm(self, step: str, count: int) -> None:
        assert step in STEPS
        self._step, self._left = step, count

    @property
    def is_armed(self) -> bool:
        return bool(self._step)

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """Stands there wherever the daemon passes a step."""
        before: dict[Any, Any] = {module: module.reached for module in (claims, publisher, reconcile)}
        for module in before:
            module.reached = self.reached
        try:
            yield
        finally:
            for module, reached in before.items():
                module.reached = reached

    def disarm(self) -> None:
        self._step = ""

    def reached(self, step: str) -> None:
        if step == self._step:
            self._left -= 1
            if self._left == 0:
                self.strike()
        if self.dead:
            raise Crash(step)

    def strike(self) -> None:
        self.dead = True
        if self._loop:
            self._loop.call_soon_threadsafe(self.died.set)


class Life:
    """A daemon from its start to its end. number: of this life; no two choose the same keys."""

    def __init__(
        self,
        book: Book,
        clock: Clock,
        platforms: Mapping[str, MemoryPlatform],
        faults: Faults,
        hold_file: Path,
        number: int,
        limits: Publishing = FEW_PLACES,
    ) -> None:
        self._faults = faults
        self._writer = Writer(book)
        self._hold_file = hold_file
        self._reconcile = Reconcile(SETTLE)
        self.publisher = Publisher(
            book, self._writer, platforms, limits, clock, Random(number), on_idle=lambda: None, hold_file=hold_file
        )
        self.running = Running(book, self._writer, self.publisher, platforms, clock, asyncio.Event())

    async def begin(self) -> None:
        self._faults.begin()
        recovered = await self._writer.write(self._recover)
        for account, until in recovered.paused.items():
            self.publisher.pause_account(account, until)

    def _recover(self, book: Connection) -> Recovered:
        now = self.running.clock.now()
        hold_if_file_stands(book, self._hold_file, now)
        return recover(book, now)

    async def publish(self) -> bool:
        """Publishes what is due; returns False when the daemon died of it."""
        return await self._survives(self.publisher.publish_due())

    async def ask(self) -> bool:
        """Asks about what is to be asked about now; returns False when the daemon died of it."""
        return await self._survives(self._reconcile.ask_about_all(self.running))

    def notice_that_the_clock_was_set(self, by: timedelta) -> None:
        """As the daemon does that looks at it twice a second."""
        self.publisher.clock_jumped(by)
        self.publisher.nudge()

    async def look_at_hold_file(self) -> None:
        """Lets the companion look once."""
        stop = asyncio.Event()
        looker = Running(
            self.running.book, self._writer, _Looked(stop), self.running.adapters, self.running.clock, stop  # type: ignore[arg-type]
        )  # fmt: skip
        await HoldFile(self._hold_file)(looker)
        assert stop.is_set()

    async def publish_until_told_to_stop(self) -> None:
        """Publishes, and is told to stop when all that is left are calls that hang."""
        drain = asyncio.create_task(self.publisher.publish_due())
        for _ in range(200):
            if drain.done():
                break
            await asyncio.sleep(0.001)
        await self.publisher.stop(timedelta(seconds=0.01))
        async with asyncio.timeout(_STUCK):
            await drain
        self._close()

    def end(self) -> None:
        """The process is gone, in the middle of whatever it did."""
        self._faults.strike()
        self._close()

    async def _survives(self, work: Coroutine[Any, Any, None]) -> bool:
        doing = asyncio.create_task(work)
        dying = asyncio.create_task(self._faults.died.wait())
        await asyncio.wait((doing, dying), timeout=_STUCK, return_when=asyncio.FIRST_COMPLETED)
        assert doing.done() or self._faults.dead, f"it goes round and round: {self.publisher.trouble}"
        if not self._faults.dead:
            dying.cancel()
            doing.result()
            return True
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for task in left:
            task.cancel()
        await asyncio.gather(doing, *left, return_exceptions=True)
        self._close()
        return False

    def _close(self) -> None:
        self._writer.close()
        self.publisher.close()


class _Looked:
    """Stands in for the publisher: the nudge says that the file was looked at."""

    def __init__(self, stop: asyncio.Event) -> None:
        self._stop = stop

    def nudge(self) -> None:
        self._stop.set()
