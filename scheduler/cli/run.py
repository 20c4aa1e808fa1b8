"""`redletter run`: the daemon that publishes."""

import logging
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from scheduler.cli.door import Door
from scheduler.errors import RedletterError

if TYPE_CHECKING:
    from scheduler.app import Workspace
    from scheduler.cli.logs import LogForm
    from scheduler.posts.book import Book
    from scheduler.publishing.clock import Clock

log = logging.getLogger("redletter.run")

_NOBODY = "nobody is told of alarms: [alarms] in config.toml has no channel yet; docs/alarms.md shows how to add one"
FASTEST = 3600.0  # an hour a second: beyond it, posts would be too late before anybody could have looked


@click.command()
@click.option(
    "--speed",
    type=click.FloatRange(1, FASTEST),
    metavar="N",
    help=f"Rehearse: let the clock run N times as fast, {FASTEST:.0f} at most.",
)
@click.option("--start", metavar="TIME", help='Rehearse from this local time on, as in "2027-03-18 08:55".')
@click.option(
    "--log",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    help="How the log is written: text for people, or json, one object a line, for programs.",
)
@click.option("--until-done", is_flag=True, help="End by itself when nothing is left that could go out.")
@click.pass_obj
def run(door: Door, speed: float | None, start: str | None, form: "LogForm", until_done: bool) -> None:
    """Publish approved posts at their hours, until told to stop.

    Ctrl-C and SIGTERM let calls under way end first. SIGHUP reads config and campaigns again; from a terminal, which sends
    it when it is closed, it ends the daemon, too. A second daemon of the same book waits as standby. A rehearsal is
    refused unless every account is an outbox or on this machine; without --start it begins shortly before the first
    approved post.
    """
    if start is not None and speed is None:
        raise click.UsageError("--start is for a rehearsal: say --speed, too")

    from scheduler.cli.logs import log_to_terminal

    log_to_terminal(debug=door.debug, form=form)
    try:
        _run(door, speed, start, form, until_done=until_done)
    except RedletterError as error:
        if form == "text":
            raise
        log.error("%s", error)  # whoever reads JSON gets nothing else
        raise click.exceptions.Exit(1) from error


def _run(door: Door, speed: float | None, start: str | None, form: "LogForm", *, until_done: bool) -> None:
    import asyncio

    from scheduler.app.running import make_daemon
    from scheduler.cli.logs import log_to_terminal

    if form == "json":
        door.warn = log.warning
    workspace = door.workspace
    zone = ZoneInfo(workspace.config.time_zone)
    with door.book() as book:
        clock = _clock(workspace, book, speed, start)
        log_to_terminal(debug=door.debug, level=logging.INFO, zone=zone, now=clock.now, form=form)
        for account in workspace.config.accounts.values():
            for why in filter(None, (secret.why_missing() for secret in account.secrets.values())):
                log.warning("account %s cannot log in: %s", account.name, why, extra={"account": account.name})
        if not (speed or start or workspace.config.alarms.to or workspace.config.alarms.webhooks):
            log.warning(_NOBODY)
        if speed or start:
            log.info("rehearsal: the clock runs %g times as fast and leaps over idle time", speed or 1)
        daemon = make_daemon(workspace, book, clock, until_done=until_done, ends_on_hangup=door.is_interactive())
        asyncio.run(daemon.run())


def _clock(workspace: "Workspace", book: "Book", speed: float | None, start: str | None) -> "Clock":
    from scheduler.publishing.clock import FastClock, SystemClock

    if speed is None and start is None:
        return SystemClock()
    from scheduler.publishing.daemon import refuse_fast_clock

    refuse_fast_clock(workspace.config)
    first = _local_time(start, workspace.config.time_zone) if start else _before_first_post(book, speed or 1)
    return FastClock(first, speed or 1)


def _local_time(text: str, time_zone: str) -> datetime:
    from scheduler.campaigns import When, at

    try:
        local = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise click.BadParameter(f'expected "2027-03-18 08:55", found "{text}"', param_hint="--start") from error
    if local.tzinfo is not None:
        return local
    moment, _ = at(local.date(), When(0, local.time()), ZoneInfo(time_zone))
    return moment


def _before_first_post(book: "Book", speed: float) -> datetime:
    from scheduler.posts.queries import find_posts
    from scheduler.posts.status import PostStatus

    with book.reading() as session:
        approved = find_posts(session, statuses=[PostStatus.APPROVED])
    if not approved:
        raise RedletterError("nothing is approved, so there is nothing to rehearse; redletter approve, or say --start")
    return approved[0].scheduled_at - timedelta(seconds=speed)
