"""One time-out for many calls: as those that began first end first, one timer does for all of them."""

import asyncio
from typing import Any, cast


class Deadline:
    """The end of one call. It comes as a cancellation of the task that began it, which `has_passed` tells from others."""

    __slots__ = ("_cancellations", "_deadlines", "_has_come", "_task", "ends_at")

    def __init__(self, deadlines: "Deadlines", task: "asyncio.Task[Any]", ends_at: float) -> None:
        self.ends_at = ends_at
        self._deadlines = deadlines
        self._task = task
        self._cancellations = task.cancelling()
        self._has_come = False

    def has_passed(self) -> bool:
        """Returns whether the cancellation that was just caught was this deadline's and no one else's, and takes it back."""
        if not self._has_come:
            return False
        self._has_come = False
        return self._task.uncancel() <= self._cancellations

    def end(self) -> None:
        """The call has ended, before its deadline or by it."""
        self._deadlines.under_way.pop(self, None)

    def come(self) -> None:
        self._has_come = True
        self._task.cancel()


class Deadlines:
    """Cuts short every call that has not ended `seconds` after it began.

    asyncio.timeout, and aiohttp's own, set a timer for each call and take it back: a tenth of what a call costs.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._timer: asyncio.TimerHandle | None = None
        self.under_way: dict[Deadline, None] = {}

    def begin(self) -> Deadline:
        """Returns the deadline of a call that the present task begins now."""
        loop = asyncio.get_running_loop()
        deadline = Deadline(self, cast("asyncio.Task[Any]", asyncio.current_task(loop)), loop.time() + self._seconds)
        self.under_way[deadline] = None
        if self._timer is None:
            self._timer = loop.call_at(deadline.ends_at, self._cut_short, loop)
        return deadline

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _cut_short(self, loop: asyncio.AbstractEventLoop) -> None:
        self._timer = None
        now = loop.time()
        for deadline in list(self.under_way):
            if deadline.ends_at > now:
                self._timer = loop.call_at(deadline.ends_at, self._cut_short, loop)
                return
            deadline.end()
            deadline.come()
