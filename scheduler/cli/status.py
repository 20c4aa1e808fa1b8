"""`redletter status`: how things stand, and what needs a person."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from scheduler.cli.door import Door
from scheduler.cli.output import answer, complain, fold, named, plain, say, say_json
from scheduler.errors import BookError
from scheduler.posts.wording import ago, count, local_hour

if TYPE_CHECKING:
    from scheduler.posts.articles import ChangedElsewhere, Unreached
    from scheduler.posts.book import Book
    from scheduler.posts.needs import Need
    from scheduler.posts.queries import Standing
    from scheduler.posts.tables import Daemon, Hold, Post

_LISTED = 20


@dataclass(frozen=True, slots=True)
class Report:
    """All that `status` says.

    held_by_file: what the file HOLD says, and how it ends; None where there is none. changed: articles that changed where
    no post took its words.
    """

    standing: "Standing"
    troubles: "Sequence[Need]"
    now: datetime
    is_running: bool
    time_zone: str
    held_by_file: tuple[str, str] | None = None
    changed: "Sequence[ChangedElsewhere]" = ()

    def is_held(self, post: "Post") -> bool:
        return bool(self.held_by_file) or _is_held(post, self.standing.holds)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
@click.pass_obj
def status(door: Door, as_json: bool) -> None:
    """Say how things stand; fail when something needs a person.

    The exit code is 1 when a post was missed, failed, waits for a word, is unconfirmed, overdue, or not approved shortly
    before its hour ([alarms] unapproved), when the daemon does not publish although it should, when an account or an
    article of an approved post is not there any more or cannot be looked at, and when the daemon cannot read a campaign.
    """
    from scheduler.cli.hold import file_words
    from scheduler.posts.alarms import of_letters, standing_of, undelivered
    from scheduler.posts.articles import changed_elsewhere, damaged_looks, unreached
    from scheduler.posts.heartbeat import as_it_says, pulse_path, read_pulse, speaks
    from scheduler.posts.needs import CAMPAIGN_FILE, is_running
    from scheduler.posts.queries import paced_accounts, standing
    from scheduler.posts.sources import missing_articles
    from scheduler.posts.what_is_out import begun

    now, held_by_file = door.now(), file_words(door.workspace.hold_file)
    try:
        with door.book() as book, book.reading() as session:
            pulse = read_pulse(pulse_path(book.path), now)
            unapproved = door.workspace.config.alarms.unapproved
            found = standing(session, now, unapproved, held_by_file=bool(held_by_file))
            missing = missing_articles(session, door.workspace.folder)
            out_of_reach = unreached(session.connection())
            changed = changed_elsewhere(session.connection())
            unknown = damaged_looks(session.connection())
            letters = undelivered(session, now)
            unreadable = standing_of(session, CAMPAIGN_FILE)
            paced = paced_accounts(session, door.workspace.longest_pace, now)
            out = begun(session.connection(), [post.id for post in (*found.troubles, *found.unapproved)])
            found = replace(found, daemon=as_it_says(found.daemon, pulse))
            is_known = speaks(pulse, now) and is_running(found.daemon, now)
            unwritable = () if is_known else list(_of_book(book, found.daemon))
    except BookError:
        if held_by_file:
            complain(f"held: {held_by_file[0]}\n  -> {held_by_file[1]}")
        raise
    troubles = list(unwritable or _of_daemon(found, now))
    troubles += _troubles(found, missing, door, now, paced=paced, begun=out, is_held=bool(held_by_file))
    troubles += _of_unreached(out_of_reach, missing, door)
    troubles += _of_damaged_looks(unknown)
    troubles += of_letters(letters, door.workspace.config.time_zone)
    running = is_running(found.daemon, now) and not unwritable
    troubles += unreadable if running else ()  # a daemon that is gone does not see that somebody has mended it
    report = Report(found, troubles, now, running, door.workspace.config.time_zone, held_by_file, changed)
    if as_json:
        say_json(status_json(report))
    else:
        say(status_lines(report))
    if troubles:
        raise click.exceptions.Exit(1)


def _of_book(book: "Book", daemon: "Daemon | None") -> "Iterator[Need]":
    """Yields why a daemon that was not stopped may be silent: it cannot say so where the book cannot be written."""
    from scheduler.posts.heartbeat import try_to_write
    from scheduler.posts.needs import of_book

    if daemon is None or daemon.stopped_at is not None:
        return
    try:
        with book.writing() as connection:
            try_to_write(connection)
    except BookError as error:
        yield of_book(error)


def _of_daemon(found: "Standing", now: datetime) -> "Iterator[Need]":
    from scheduler.posts.needs import of_daemon

    # A post that is still publishing without a daemon was left in the middle of its call: only a start settles it.
    waiting = found.counts.get("approved", 0) + found.counts.get("publishing", 0)
    yield from of_daemon(found.daemon, waiting, now)


def _troubles(
    found: "Standing",
    missing: Mapping[str, list[int]],
    door: Door,
    now: datetime,
    *,
    paced: Collection[str],
    begun: Collection[int],
    is_held: bool,
) -> "Iterator[Need]":
    """Yields what needs a person.

    paced: accounts that send late posts. begun: posts of which a part is out. is_held: nothing goes out at all.
    """
    from scheduler.posts.holds import reaches_of
    from scheduler.posts.needs import (
        Need,
        is_running,
        of_damaged,
        of_overdue,
        of_refused_account,
        of_statuses,
        of_unapproved,
    )

    for hold in found.holds:
        if _held_by_daemon(hold):
            yield of_refused_account(hold)
    for account in sorted(set(found.waiting_accounts) - door.workspace.config.accounts.keys()):
        said = f"account {account} has approved posts and is not in config.toml any more"
        answer = f"redletter posts --status approved --account {account}"
        yield Need(f"gone:{account}", "account gone", said, answer)
    for article, posts in missing.items():
        said = f"the article {article} is missing; the daemon holds {count(len(posts), 'approved post')} taken from it"
        answer = "put it back; or plan again, when the campaign names another"
        yield Need(f"article:{article}", "article missing", said, answer)
    for each in found.damaged:
        yield of_damaged(each.id, f"damaged:{each.id}", "damaged", each.error)
    yield from of_statuses(found.troubles, now, reaches_of(found.holds), begun)
    for post in found.overdue:
        if not (is_held or _is_held(post, found.holds)):
            is_running_now = is_running(found.daemon, now)
            yield of_overdue(post, now, is_published_from=is_running_now, is_paced=post.account in paced)
    for post in found.unapproved:
        yield of_unapproved(post, now, begun)


def _of_unreached(found: "Sequence[Unreached]", missing: Mapping[str, list[int]], door: Door) -> "Iterator[Need]":
    """Yields the articles that nobody can look at; that does not mean that they were taken away."""
    from scheduler.posts.needs import Need

    for each in found:
        if each.source not in missing:
            since = f" since {local_hour(each.since, door.workspace.config.time_zone)}" if each.since else ""
            posts = count(len(each.posts), "approved post")
            said = f"the article {each.source} cannot be looked at{since}, with {posts} taken from it: {each.why}"
            answer = "look whether it still says so; the daemon tries again by itself"
            yield Need(f"unreached:{each.source}", "article unreached", said, answer)


def _of_damaged_looks(found: Mapping[str, Sequence[int]]) -> "Iterator[Need]":
    """Yields the articles of which nobody knows what the last look found, and when."""
    from scheduler.posts.needs import Need

    for source, posts in found.items():
        taken = f"with {count(len(posts), 'unsent post')} taken from it"
        said = f"what the book has of the last look at the article {source} is damaged, {taken}"
        answer = "the daemon looks at it again by itself, and then the book knows: redletter run"
        yield Need(f"damaged:{source}", "damaged", said, answer)


def _held_by_daemon(hold: "Hold") -> bool:
    from scheduler.posts.batches import DAEMON

    return hold.held_by == DAEMON


def _is_held(post: "Post", holds: "Sequence[Hold]") -> bool:
    from scheduler.posts.holds import reaches_of
    from scheduler.posts.tables import split_topics

    return reaches_of(holds).reach(post.account, post.campaign, split_topics(post.topics))


def status_lines(report: Report) -> Iterator[str]:
    """Yields how things stand, what is held, and at the end each trouble with the command that answers it."""
    from scheduler.cli.hold import hold_words
    from scheduler.cli.posts import STATUSES
    from scheduler.publishing.hold_file import HELD_BY

    counts = report.standing.counts
    counted = [f"{counts[status]} {status}" for status in STATUSES if counts.get(status)]
    yield f"Posts:   {', '.join(counted) or 'none'}"
    yield f"Next:    {_next(report)}"
    yield f"Daemon:  {_daemon(report)}"
    holds = [each for each in report.standing.holds if not (report.held_by_file and each.held_by == HELD_BY)]
    by_file = [report.held_by_file] if report.held_by_file else []
    for words, way_back in (*by_file, *(hold_words(hold, report.time_zone) for hold in holds)):
        yield from fold(plain(f"Held:    {words}"), 9)
        yield from answer(way_back, 9)
    for each in report.changed:
        yield from fold(plain(f"Article: {each.said}"), 9)
        yield from answer(each.answer, 9)
    if not report.troubles:
        yield ""
        yield "Nothing needs a person."
        return
    yield ""
    yield f"Needs a person: {count(len(report.troubles), 'thing')}"
    for trouble in report.troubles[:_LISTED]:
        yield from fold(plain(f"  ! {trouble.said}"), 4)
        yield from named(trouble.named, 4)
        yield from answer(trouble.answer, 4)
    if len(report.troubles) > _LISTED:
        yield f"  … and {len(report.troubles) - _LISTED} more: redletter status --json"


def _next(report: Report) -> str:
    post = report.standing.next_post
    if post is None:
        waiting = report.standing.counts.get("approved", 0)
        held = f"; {count(waiting, 'approved post')} held beyond {'its hour' if waiting == 1 else 'their hours'}"
        return f"nothing{held}" if waiting else "nothing approved waits to go out"
    held = " (held)" if report.is_held(post) else ""
    when = local_hour(post.next_try_at, post.time_zone)
    due = "due now" if post.next_try_at <= report.now and not held else when
    return f"post {post.id}, {due}, {post.account}, {post.slot}{held}"


def _daemon(report: Report) -> str:
    daemon = report.standing.daemon
    if daemon is None:
        return "has never run"
    if daemon.stopped_at is not None:
        return f"not running, since {local_hour(daemon.stopped_at, report.time_zone)}"
    turned = f"its loop last turned {ago(report.now - daemon.turned_at)} ago"
    is_publishing = report.is_running and not daemon.trouble
    return f"{'running' if is_publishing else 'not publishing'} as {daemon.name}; {turned}"


def status_json(report: Report) -> dict[str, Any]:
    """Returns the report as docs/json.md describes it."""
    from scheduler.posts.tables import split_topics

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
            "held": report.is_held(post),
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
                "except_topics": list(split_topics(hold.except_topics)),
            }
            for hold in found.holds
        ],
        "articles": [
            {
                "article": each.source,
                "found_at": each.found_at.isoformat() if each.found_at else None,
                "posts": list(each.posts),
                "said": each.said,
            }
            for each in report.changed
        ],
        "hold_file": report.held_by_file is not None,
        "troubles": [
            {
                "kind": each.kind,
                "post": each.post,
                "posts": list(each.posts or filter(None, [each.post])),
                "said": each.said,
                "answer": each.answer,
            }
            for each in report.troubles
        ],
    }
