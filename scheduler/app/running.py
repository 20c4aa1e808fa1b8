"""Makes the daemon that publishes from the book, with all that runs beside it."""

import os
from dataclasses import fields
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from scheduler.app.sources import Sources
from scheduler.app.workspace import Workspace, open_workspace
from scheduler.config import Config
from scheduler.posts.book import Book
from scheduler.posts.claims import LastLook
from scheduler.publishing.clock import Clock, SystemClock
from scheduler.publishing.companion import Companion
from scheduler.publishing.daemon import Daemon
from scheduler.publishing.hold_file import HoldFile
from scheduler.publishing.hold_log import HoldLog
from scheduler.publishing.reading_once import ReadingOnce
from scheduler.publishing.rereading import Reread
from scheduler.publishing.systemd import systemd_of

# What the daemon is built of once and for all; everything else of the config is read where it is used.
# What counts from the next start only, as config.toml calls it.
_FROM_THE_START = {
    "database": "database",
    "time_zone": "time_zone",
    "alarms": "[alarms]",
    "health": "[daemon]",
    "retention": "[retention]",
    "articles": "[articles]",
}


def make_daemon(
    workspace: Workspace, book: Book, clock: Clock, *, until_done: bool = False, ends_on_hangup: bool = True
) -> Daemon:
    """Makes the daemon that publishes from the book.

    ends_on_hangup: SIGHUP ends it, as at a terminal that is closed; else it reads config and campaigns again.
    """
    is_rehearsal = not isinstance(clock, SystemClock)
    sources = Sources(workspace)
    watch = sources.watch(once=is_rehearsal)
    looking: list[Companion] = [watch, watch.on_demand]
    first_look: Companion = watch.before_the_first
    last_look: LastLook | None = watch.unseen
    if is_rehearsal:
        once = ReadingOnce(watch, sources.state_of, sources.stamp_of_campaigns)
        looking, first_look, last_look = [once.at_the_end], once.before_the_first, None
    return Daemon(
        book,
        workspace.adapters,
        workspace.config.publishing,
        clock,
        paces=workspace.paces,
        places=workspace.places,
        hold_file=workspace.hold_file,
        before_the_first=[first_look],
        companions=[HoldFile(workspace.hold_file), HoldLog(), *looking, *_keepers(workspace, clock)],
        last_look=last_look,
        watchers=() if is_rehearsal else _watchers(workspace),
        until_done=until_done,
        reread=None if ends_on_hangup else partial(reread, workspace, book),
        systemd=systemd_of(os.environ),
    )


def reread(workspace: Workspace, book: Book, now: datetime) -> Reread:
    """Reads config and campaigns again; saves nothing. Raises ConfigError: then nothing of it counts."""
    # What drafts is for a daemon that is told to look, and not for one that rests.
    from scheduler.app.planning import compare_campaigns

    fresh = open_workspace(workspace.folder)
    changed = [
        each.name for each in fields(Config) if getattr(fresh.config, each.name) != getattr(workspace.config, each.name)
    ]
    later = [
        f"{_FROM_THE_START[name]} has changed: it counts from the next start"
        for name in changed
        if name in _FROM_THE_START
    ]
    problems, notes = compare_campaigns(fresh, book, now)
    notes = (*fresh.config.warnings, *later, *notes)
    return Reread(fresh.adapters, fresh.config.publishing, fresh.paces, fresh.places, problems, notes)


def _keepers(workspace: Workspace, clock: Clock) -> list[Companion]:
    """Returns what keeps the book as the config says; by a fast clock, everything would soon be too old."""
    from scheduler.publishing.daily_retention import DailyRetention

    keep = workspace.config.retention.keep
    return [DailyRetention(keep)] if keep is not None and isinstance(clock, SystemClock) else []


def _watchers(workspace: Workspace) -> list[Companion]:
    """Returns what tells people how things stand; a rehearsal has none: its alarms would be heard as real ones."""
    from scheduler.publishing.alarms.channels import channels_of
    from scheduler.publishing.alarms.watch import AlarmWatch
    from scheduler.publishing.health import HealthPage, HeartbeatFile, Ping

    alarms, health = workspace.config.alarms, workspace.config.health
    zone = ZoneInfo(workspace.config.time_zone)
    watchers: list[Companion] = [
        AlarmWatch(alarms, channels_of(alarms), zone, workspace.hold_file, workspace.longest_pace)
    ]
    if health.heartbeat_file is not None:
        watchers.append(HeartbeatFile(workspace.folder / health.heartbeat_file))
    if health.health_port is not None:
        watchers.append(HealthPage(health.health_port))
    if alarms.ping is not None:
        watchers.append(Ping(alarms.ping))
    return watchers
