"""Reading config and campaigns again while the daemon publishes."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from scheduler.config import Publishing
from scheduler.platforms.contract import Adapter

if TYPE_CHECKING:
    from scheduler.posts.planning import PlanResult

log = logging.getLogger("redletter.reload")


@dataclass(frozen=True, slots=True)
class Reread:
    """What was read: the adapters and limits that count from now on, the paces of accounts that have their own, and where
    each account's calls go.

    problems: what is wrong with campaigns, which keeps nothing from being published. notes: what a person should know.
    """

    adapters: Mapping[str, Adapter]
    limits: Publishing
    paces: Mapping[str, timedelta]
    places: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


Rereader = Callable[[datetime], Reread]
"""Reads everything again, at this moment; saves nothing. Raises RedletterError: then all stays as it was."""


def say_what_was_read(reread: Reread) -> None:
    for problem in reread.problems:
        log.error("%s", problem)
    for note in reread.notes:
        log.warning("%s", note)
    log.info("config and campaigns were read again; accounts: %s", ", ".join(reread.adapters))


def say_what_is_wrong(error: Exception) -> None:
    for line in (str(error) or type(error).__name__).splitlines():
        log.error("%s", line)
    log.error("nothing was taken over: the daemon goes on with the config that it had")


def what_planning_would_do(result: "PlanResult") -> str:
    """Returns one line on how the campaigns differ from the book."""
    new, changed = len(result.created), len(result.updated) + len(result.moved)
    would = [f"add {new} post{'' if new == 1 else 's'}"] if new else []
    would += [f"change {changed}"] if changed else []
    also = [f"{len(result.kept)} stay as a person left them"] if result.kept else []
    also += [f"{len(result.gone)} are no longer in their campaign"] if result.gone else []
    said = f"redletter plan would {' and '.join(would)}" if would else "the campaigns add and change nothing"
    return "; ".join((said, *also))
