"""What the log says of the publisher's work: one line for each post, with the fields that find it again."""

import logging
from collections.abc import Sequence
from typing import Any

from scheduler.posts.claims import Claims, Finished
from scheduler.posts.holds import Told
from scheduler.posts.queue import TooLate
from scheduler.posts.status import Move

log = logging.getLogger("redletter.publisher")

_SAID = {
    Move.REFUSE: "failed",
    Move.MISS: "missed",
    Move.LOSE_SIGHT: "unconfirmed, the platform will be asked whether it is out",
    Move.HOLD_BACK: "credentials refused",
}


def tell_finished(finished: Sequence[Finished]) -> None:
    for one in finished:
        post = one.claimed.post
        where: dict[str, Any] = {
            "post": post.id,
            "campaign": post.campaign,
            "slot": post.slot,
            "account": post.account,
            "attempt": one.claimed.number,
        }
        if one.receipt is not None:
            said = "published" if one.move is Move.PUBLISH else "part is out"
            log.info(said, extra={**where, "url": one.receipt.url or ""})
        elif one.move is Move.RETRY_LATER:
            wait = (one.next_try_at - one.finished_at).total_seconds() if one.next_try_at else 0
            log.warning("try again in %.0f s: %s", wait, one.detail, extra=where)
        elif one.move is Move.WITHDRAW:
            log.warning("not sent: %s", one.detail, extra=where)
        else:
            log.error("%s: %s", _SAID.get(one.move, one.move.value), one.detail, extra=where)


def tell_claims(claims: Claims) -> None:
    for told in claims.refused:
        tell_post(logging.ERROR, "failed", told)
    for told in claims.doubted:
        tell_post(logging.WARNING, _SAID[Move.LOSE_SIGHT], told)
    for told in claims.held:
        tell_post(logging.WARNING, "held", told)


def tell_too_late(too_late: TooLate) -> None:
    for told in too_late.missed:
        tell_post(logging.ERROR, "missed", told)
    for told in too_late.set_aside:
        tell_post(logging.WARNING, f"held, redletter keep {told.id} sends it out", told)
    for told in too_late.doubted:
        tell_post(logging.WARNING, _SAID[Move.LOSE_SIGHT], told)


def tell_post(level: int, said: str, told: Told) -> None:
    """Says one thing about one post, and why."""
    where = {"post": told.id, "campaign": told.campaign, "slot": told.slot, "account": told.account}
    log.log(level, "%s: %s", said, told.why, extra=where)


def tell_held(accounts: Sequence[str]) -> None:
    for account in accounts:
        log.error(
            "account %s is held: its credentials were refused; mend them, then: redletter resume --account %s --keep",
            account,
            account,
            extra={"account": account},
        )
