"""The daemon's clock: the real one, or a fast one for demos and rehearsals."""

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the time that posts go by."""

    def now(self) -> datetime:
        """Returns the present moment, aware, UTC."""
        ...

    def steady(self) -> float:
        """Returns seconds that pass whatever the clock is set to; only their differences mean anything."""
        ...

    def real_time_of(self, moment: datetime) -> datetime:
        """Returns when, by the machine's clock, this clock will show `moment`."""
        ...

    def nothing_until(self, moment: datetime) -> None:
        """Is told that nothing happens before `moment`; a clock that may leap does so."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def steady(self) -> float:
        return time.monotonic()

    def real_time_of(self, moment: datetime) -> datetime:
        return moment

    def nothing_until(self, moment: datetime) -> None:
        pass


class FastClock:
    """A clock that starts at `start`, runs `speed` times as fast, and leaps over idle time to shortly before what comes next."""

    def __init__(self, start: datetime, speed: float) -> None:
        self._start = start
        self._speed = speed
        self._started = time.monotonic()
        self._margin = timedelta(seconds=speed / 4)

    def now(self) -> datetime:
        return self._start + timedelta(seconds=(time.monotonic() - self._started) * self._speed)

    def steady(self) -> float:
        return self.now().timestamp()

    def real_time_of(self, moment: datetime) -> datetime:
        return datetime.now(UTC) + (moment - self.now()) / self._speed

    def nothing_until(self, moment: datetime) -> None:
        idle = moment - self._margin - self.now()
        if idle > timedelta(0):
            self._start += idle
