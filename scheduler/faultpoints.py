"""Numbered steps at which a test can kill this process; inert unless an environment variable names one.

`REDLETTER_FAULT_POINT="claim-committed:3"` ends the process by SIGKILL the third time it reaches that step. Nothing is
caught and nothing is cleaned up: that is the point.
"""

import os

VARIABLE = "REDLETTER_FAULT_POINT"

# Every step, in the order in which a post passes them.
STEPS = (
    "claim-begun",  # in the transaction, before anything is written
    "claim-moved",  # the posts are publishing, their attempts not written
    "claim-written",  # all of it is written, not committed
    "claim-committed",
    "call-begun",  # the hold was looked at, nothing was sent
    "request-sent",  # the first bytes have left
    "answer-read",  # the platform has answered, nothing is written
    "record-begun",
    "record-moved",  # the attempts have their outcomes, the posts have not moved
    "record-written",  # all of it is written, not committed
    "record-committed",
    "inquiry-begun",  # a platform is about to be asked about an unconfirmed post
    "inquiry-answered",  # it has answered, nothing is written
    "inquiry-committed",
)


def _read(armed: str) -> tuple[str, int]:
    step, _, count = armed.partition(":")
    if armed and step not in STEPS:
        raise SystemExit(f"{VARIABLE}: expected one of {', '.join(STEPS)}, found {step!r}")
    return step, int(count or 1)


_step, _left = _read(os.environ.get(VARIABLE, ""))


def reached(step: str) -> None:
    """Is called at a step; kills this process when the variable says so."""
    global _left  # noqa: PLW0603 (counts down over the life of the process)
    if step == _step:
        _left -= 1
        if _left == 0:
            import signal

            os.kill(os.getpid(), signal.SIGKILL)
