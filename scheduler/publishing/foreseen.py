"""What a rehearsal foresees: all that would go wrong with its posts, each with what to do about it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import time, timedelta
from itertools import groupby, pairwise

from scheduler.config import Account
from scheduler.errors import Problem
from scheduler.posts.holds import ActiveHold, reach_of, way_back
from scheduler.posts.status import HoldScope, PostStatus
from scheduler.posts.tables import Hold, split_topics
from scheduler.posts.wording import count
from scheduler.publishing.hold_file import HELD_BY
from scheduler.publishing.rehearsal import Rehearsed

CLASH = timedelta(minutes=10)
MORNING, NIGHT = time(6, 0), time(23, 0)


@dataclass(frozen=True, slots=True)
class Foreseen:
    """One thing that would go wrong. kind: a word for programs; answer: what to do; posts: their places in the rehearsal."""

    kind: str
    said: str
    answer: str
    posts: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the posts meet besides each other. hold_file: stands in the workspace, so that nothing goes out."""

    accounts: Mapping[str, Account]
    holds: Sequence[Hold] = ()
    hold_file: str | None = None
    problems: Sequence[Problem] = ()


def foresee(rehearsed: Sequence[Rehearsed], around: Surroundings) -> list[Foreseen]:
    """Returns what would go wrong: what stops many posts first, then post by post in the order of their hours."""
    places = [(place, one) for place, one in enumerate(rehearsed) if one.role.takes_part]
    return [
        *_problems(around.problems),
        *_holds(places, around),
        *_accounts(places, around.accounts),
        *_not_out(places, around.accounts),
        *_standing(rehearsed),
        *_clashes(places),
        *_at_night(places),
    ]


_Placed = tuple[int, Rehearsed]


def _problems(problems: Iterable[Problem]) -> Iterator[Foreseen]:
    for problem in dict.fromkeys(problems):
        yield Foreseen("campaign", str(problem), "change the file, and rehearse again")


def _holds(places: Sequence[_Placed], around: Surroundings) -> Iterator[Foreseen]:
    if around.hold_file and places:
        said = f"the file {around.hold_file} in the workspace holds everything: {_count(places)} would not go out"
        yield Foreseen("held", said, "take the file away", tuple(place for place, _ in places))
    for hold in around.holds:
        if around.hold_file and hold.held_by == HELD_BY:
            continue  # the same hold, as the daemon wrote it into the book
        active = ActiveHold(HoldScope(hold.scope), hold.name, frozenset(split_topics(hold.except_topics)))
        held = [(place, one) for place, one in places if _reaches(active, one)]
        if held:
            said = f"{reach_of(hold)} is held by {hold.held_by}: {hold.reason}; {_count(held)} would not go out"
            yield Foreseen("held", said, way_back(hold.scope, hold.name), tuple(place for place, _ in held))


def _reaches(hold: ActiveHold, one: Rehearsed) -> bool:
    return hold.reaches(one.post.account, one.post.campaign, split_topics(one.post.topics))


def _accounts(places: Sequence[_Placed], accounts: Mapping[str, Account]) -> Iterator[Foreseen]:
    """Yields the accounts that could not publish: whether a secret is there is looked at, never the secret itself."""
    for name in sorted({one.post.account for _, one in places}):
        of_it = [(place, one) for place, one in places if one.post.account == name]
        where = tuple(place for place, _ in of_it)
        if name not in accounts:
            said = f"account {name} is not in config.toml: {_count(of_it)} would not go out"
            yield Foreseen("account gone", said, f"put it back, or: redletter posts --account {name}", where)
            continue
        missing = [why for secret in accounts[name].secrets.values() if (why := secret.why_missing())]
        if missing:
            said = f"account {name} cannot log in: {'; '.join(missing)}"
            answer = f"make it known to the daemon, then: redletter accounts {name}"
            yield Foreseen("secret", said, answer, where)


def _not_out(places: Sequence[_Placed], accounts: Mapping[str, Account]) -> Iterator[Foreseen]:
    for place, one in places:
        if one.went_out or one.post.account not in accounts:
            continue
        kind = "not out" if one.post.status == PostStatus.APPROVED else one.post.status
        why = f": {one.post.note}" if one.post.note else ""
        yield Foreseen(kind, f"{_named(one)} would be {kind}{why}", _answer(one), (place,))


def _standing(rehearsed: Sequence[Rehearsed]) -> Iterator[Foreseen]:
    """Yields what stands in the book so that it waits for a person, and does not go out by itself."""
    waiting = (PostStatus.HELD, PostStatus.FAILED, PostStatus.MISSED, PostStatus.UNCONFIRMED)
    for place, one in enumerate(rehearsed):
        if not one.role.takes_part and one.post.status in waiting:
            said = f"{_named(one)} is {one.post.status} in the book and does not go out by itself"
            yield Foreseen(one.post.status, said, f"redletter show {one.post.id}", (place,))


def _clashes(places: Sequence[_Placed]) -> Iterator[Foreseen]:
    by_account = sorted(places, key=lambda each: (each[1].post.account, each[1].post.scheduled_at))
    for account, of_it in groupby(by_account, key=lambda each: each[1].post.account):
        for (place, one), (other_place, other) in pairwise(of_it):
            if other.post.scheduled_at - one.post.scheduled_at < CLASH:
                said = (
                    f"two posts of {account} within 10 minutes, on {_day(one)}: {one.hour:%H:%M} {_slot(one)},"
                    f" and {other.hour:%H:%M} {_slot(other)}"
                )
                yield Foreseen("clash", said, _another_hour(other), (place, other_place))


def _at_night(places: Sequence[_Placed]) -> Iterator[Foreseen]:
    late = [each for each in places if not MORNING <= each[1].hour.time() <= NIGHT]
    for _, group in groupby(late, key=lambda each: (each[1].post.campaign, each[1].post.slot, each[1].hour)):
        of_slot = list(group)
        one = of_slot[0][1]
        accounts = ", ".join(each.post.account for _, each in of_slot)
        said = f"{_slot(one)} goes out at {one.hour:%H:%M} on {_day(one)}, outside {MORNING:%H:%M} to {NIGHT:%H:%M}: {accounts}"
        yield Foreseen("night", said, _another_hour(one), tuple(place for place, _ in of_slot))


def _answer(one: Rehearsed) -> str:
    if one.role.kept is None:
        return f"change its slot in the campaign {one.post.campaign}"
    return f"redletter show {one.role.kept.id}; then redletter edit or redletter reschedule"


def _another_hour(one: Rehearsed) -> str:
    if one.role.kept is None:
        return f"another `when` in the campaign {one.post.campaign}, if that is not meant"
    return f"redletter reschedule {one.role.kept.id} WHEN, if that is not meant"


def _named(one: Rehearsed) -> str:
    post = f"post {one.role.kept.id}" if one.role.kept else "the post"
    return f"{post} of {_day(one)}, {one.hour:%H:%M}, {one.post.account}, {_slot(one)},"


def _slot(one: Rehearsed) -> str:
    return f"{one.post.campaign}/{one.post.slot}"


def _day(one: Rehearsed) -> str:
    return f"{one.hour.day} {one.hour:%B %Y}"


def _count(placed: Sequence[_Placed]) -> str:
    return count(len(placed), "post")
