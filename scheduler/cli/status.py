"""`redletter status`: how things stand, and what needs a person."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from scheduler.cli.door import Door
from scheduler.cli.output import count, plain, say, say_json

if TYPE_CHECKING:
    from scheduler.posts.queries import Standing
    from scheduler.posts.tables import Daemon, Hold, Post

TURNS_WITHIN = timedelta(seconds=15)  # the daemon beats every 5 seconds
_LISTED = 20


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that needs a person. kind: a word for programs; said: a sentence; answer: the command to answer it with."""

    kind: str
    said: str
    answer: str
    post: int | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """All that `status` says. next_post: the next that will go out, None when none waits."""

    standing: "Standing"
    troubles: Sequence[Trouble]
    now: datetime
    is_running: bool
    time_zone: str


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
@click.pass_obj
def status(door: Door, as_json: bool) -> None:
    """Say how things stand; fail when something needs a person.

    The exit code is 1 when a post was missed, failed, is unconfirmed, overdue, or due and not approved, when the daemon
    does not publish although it should, and when an account or an article of an approved post is not there any more.
    """
    from scheduler.posts.queries import standing
    from scheduler.posts.sources import missing_articles

    now = door.now()
    with door.book() as book, book.reading() as session:
        found = standing(session, now)
        missing = missing_articles(session, door.workspace.folder)
    troubles = list(_troubles(found, missing, door, now))
    report = Report(found, troubles, now, _is_running(found.daemon, now), door.workspace.config.time_zone)
    if as_json:
        say_json(status_json(report))
    else:
        say(status_lines(report))
    if troubles:
        raise click.exceptions.Exit(1)


def _is_running(daemon: "Daemon | None", now: datetime) -> bool:
    # A clock that was set back must not make a dead daemon look alive.
    return daemon is not None and daemon.stopped_at is None and abs(now - daemon.turned_at) <= TURNS_WITHIN


def _troubles(found: "Standing", missing: Mapping[str, list[int]], door: Door, now: datetime) -> Iterator[Trouble]:
    yield from _daemon_troubles(found, now)
    for hold in found.holds:
        if _held_by_daemon(hold):
            answer = f"redletter accounts, then redletter resume --account {hold.name}"
            yield Trouble("held", f"account {hold.name} is held, its credentials were refused: {hold.reason}", answer)
    for account in sorted(set(found.waiting_accounts) - door.workspace.config.accounts.keys()):
        said = f"account {account} has approved posts and is not in config.toml any more"
        yield Trouble("account gone", said, f"redletter posts --status approved --account {account}")
    for article, posts in missing.items():
        said = (
            f"the article {article} is missing; {count(len(posts), 'approved post')} taken from it go out all the same"
        )
        yield Trouble("article missing", said, "put it back; or plan again, when the campaign names another")
    for post in found.troubles:
        yield _trouble(post.status, post, post.note, _ANSWERS[post.status])
    for post in found.overdue:
        if not _is_held(post, found.holds):
            yield _trouble("overdue", post, _tries(post), _answer_to_overdue(post, found, now))
    for post in found.unapproved:
        answer = "redletter reschedule {id} WHEN, then redletter approve {id}; or redletter reject {id}"
        yield _trouble("due and not approved", post, None, answer)


_ANSWERS = {
    "failed": "redletter edit {id} or redletter reschedule {id} WHEN, then redletter approve {id}; or redletter reject {id}",
    "missed": "redletter reschedule {id} WHEN, then redletter approve {id}; or redletter reject {id}",
    "unconfirmed": "redletter resolve {id} --published URL, or redletter resolve {id} --not-published",
}


def _tries(post: "Post") -> str | None:
    return f"tried {post.tries} time{'' if post.tries == 1 else 's'}: {post.note}" if post.tries else post.note


def _answer_to_overdue(post: "Post", found: "Standing", now: datetime) -> str:
    from scheduler.cli.posts import local_hour

    if not _is_running(found.daemon, now):
        return "redletter run"
    if post.next_try_at > now:
        return f"the daemon tries again by itself, {local_hour(post.next_try_at, post.time_zone)}; or redletter cancel {post.id}"
    return "redletter accounts, and what redletter run says"


def _trouble(kind: str, post: "Post", note: str | None, answer: str) -> Trouble:
    from scheduler.cli.posts import local_hour

    said = f"post {post.id} is {kind}: {local_hour(post.scheduled_at, post.time_zone)}, {post.account}, {post.slot}"
    return Trouble(kind, f"{said}: {note}" if note else said, answer.format(id=post.id), post.id)


def _daemon_troubles(found: "Standing", now: datetime) -> Iterator[Trouble]:
    daemon = found.daemon
    if daemon is not None and daemon.stopped_at is None and daemon.trouble:
        yield Trouble("daemon", f"the daemon cannot publish: {daemon.trouble}", "mend it; the daemon goes on by itself")
    # A post that is still publishing without a daemon was left in the middle of its call: only a start settles it.
    waiting = found.counts.get("approved", 0) + found.counts.get("publishing", 0)
    if _is_running(daemon, now):
        return
    waits = f"{count(waiting, 'post')} wait{'s' if waiting == 1 else ''} to go out"
    if daemon is None or daemon.stopped_at is not None:
        if waiting:
            yield Trouble("daemon", f"no daemon is running, and {waits}", "redletter run")
    else:
        ago = _ago(now - daemon.turned_at)
        said = f"the publishing loop of {daemon.name} has not turned for {ago}, and {waits}"
        yield Trouble("daemon", said, "look whether it is still there; start it again with redletter run")


def _held_by_daemon(hold: "Hold") -> bool:
    from scheduler.posts.claims import DAEMON

    return hold.held_by == DAEMON


def _is_held(post: "Post", holds: "Sequence[Hold]") -> bool:
    return any(
        hold.scope == "all"
        or (hold.scope == "account" and hold.name == post.account)
        or (hold.scope == "campaign" and hold.name == post.campaign)
        for hold in holds
    )


def _ago(length: timedelta) -> str:
    minutes = int(length.total_seconds() // 60)
    if minutes < 2:
        return f"{int(length.total_seconds())} seconds"
    return f"{minutes} minutes" if minutes < 120 else f"{minutes // 60} hours"


def status_lines(report: Report) -> Iterator[str]:
    """Yields how things stand, what is held, and at the end each trouble with the command that answers it."""
    from scheduler.cli.posts import STATUSES

    counts = report.standing.counts
    counted = [f"{counts[status]} {status}" for status in STATUSES if counts.get(status)]
    yield f"Posts:   {', '.join(counted) or 'none'}"
    yield f"Next:    {_next(report)}"
    yield f"Daemon:  {_daemon(report)}"
    for hold in report.standing.holds:
        yield plain(f"Held:    {_hold(hold, report.time_zone)}")
    if not report.troubles:
        yield ""
        yield "Nothing needs a person."
        return
    yield ""
    yield f"Needs a person: {count(len(report.troubles), 'thing')}"
    for trouble in report.troubles[:_LISTED]:
        yield plain(f"  ! {trouble.said}")
        yield plain(f"    -> {trouble.answer}")
    if len(report.troubles) > _LISTED:
        yield f"  … and {len(report.troubles) - _LISTED} more: redletter status --json"


def _next(report: Report) -> str:
    from scheduler.cli.posts import local_hour

    post = report.standing.next_post
    if post is None:
        return "nothing approved waits to go out"
    held = " (held)" if _is_held(post, report.standing.holds) else ""
    when = local_hour(post.next_try_at, post.time_zone)
    due = "due now" if post.next_try_at <= report.now and not held else when
    return f"post {post.id}, {due}, {post.account}, {post.slot}{held}"


def _daemon(report: Report) -> str:
    from scheduler.cli.posts import local_hour

    daemon = report.standing.daemon
    if daemon is None:
        return "has never run"
    if daemon.stopped_at is not None:
        return f"not running, since {local_hour(daemon.stopped_at, report.time_zone)}"
    turned = f"its loop last turned {_ago(max(report.now - daemon.turned_at, timedelta()))} ago"
    return f"{'running' if report.is_running else 'not publishing'} as {daemon.name}; {turned}"


def _hold(hold: "Hold", time_zone: str) -> str:
    from scheduler.cli.posts import local_hour

    what = "everything" if hold.scope == "all" else f"{hold.scope} {hold.name}"
    options = "" if hold.scope == "all" else f" --{hold.scope} {hold.name}"
    since = local_hour(hold.held_at, time_zone)
    return f"{what}, since {since} by {hold.held_by}: {hold.reason}  -> redletter resume{options}"


def status_json(report: Report) -> dict[str, Any]:
    """Returns the report as docs/json.md describes it."""
    found, post, daemon = report.standing, report.standing.next_post, report.standing.daemon
    return {
        "counts": dict(found.counts),
        "next": None
        if post is None
        else {
            "id": post.id,
            "campaign": post.campaign,
            "slot": post.slot,
            "account": post.account,
            "at": post.next_try_at.isoformat(),
            "held": _is_held(post, found.holds),
        },
        "daemon": None
        if daemon is None
        else {
            "name": daemon.name,
            "running": report.is_running,
            "started_at": daemon.started_at.isoformat(),
            "turned_at": daemon.turned_at.isoformat(),
            "stopped_at": daemon.stopped_at.isoformat() if daemon.stopped_at else None,
            "trouble": daemon.trouble,
        },
        "holds": [
            {
                "scope": hold.scope,
                "name": hold.name,
                "reason": hold.reason,
                "held_by": hold.held_by,
                "held_at": hold.held_at.isoformat(),
            }
            for hold in found.holds
        ],
        "troubles": [
            {"kind": each.kind, "post": each.post, "said": each.said, "answer": each.answer} for each in report.troubles
        ],
    }
