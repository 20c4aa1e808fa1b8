"""The daemon: APScheduler is its clock, one publisher does the work, one lock keeps a second daemon waiting."""

import asyncio
import logging
import os
import signal
import socket
import time
from collections.abc import Collection, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from filelock import FileLock, Timeout
from sqlalchemy import Connection

from scheduler.config import Account, Config, Publishing
from scheduler.errors import BookError, ConfigError, CredentialsRefused
from scheduler.platforms.contract import Adapter
from scheduler.platforms.credentials import reveal_address
from scheduler.posts.book import Book, refuse_newer_version
from scheduler.posts.claims import LastLook
from scheduler.posts.doubts import ask_sooner, forget_keys
from scheduler.posts.heartbeat import beat, last_beat, lock_path, say_stopped
from scheduler.posts.places import note_places
from scheduler.posts.queue import Recovered, recover
from scheduler.posts.tables import Daemon as DaemonLine
from scheduler.posts.writer import Writer
from scheduler.publishing.clock import Clock
from scheduler.publishing.companion import Companion, Running, pause, tick, until_any
from scheduler.publishing.hold_file import hold_if_file_stands
from scheduler.publishing.job_store import PostsJobStore
from scheduler.publishing.publisher import Publisher
from scheduler.publishing.pulse import PulseFile
from scheduler.publishing.reconcile import UNANSWERED_WAIT, Reconcile, has_questions, time_to_settle
from scheduler.publishing.rereading import Reread, Rereader, say_what_is_wrong, say_what_was_read
from scheduler.publishing.systemd import NO_SYSTEMD, Systemd
from scheduler.publishing.telling import tell_post
from scheduler.publishing.warming import WarmUp

log = logging.getLogger("redletter.daemon")

LOOK_EVERY = 0.25  # seconds between two looks whether another process wrote to the book
WAKE_EVERY = 5.0  # seconds between two looks at the queue when nothing at all has happened
BEAT_EVERY = 5.0  # seconds between two heartbeats
LAST_WORDS = timedelta(seconds=15)  # in which watchers may still tell people of the end
BEGIN_AGAIN = 5.0  # seconds until a companion that stumbled begins anew
CLOCK_JUMP = 0.2  # seconds by which the wall clock and the steady clock may drift apart between two looks

FAR_BACK = timedelta(
    minutes=1
)  # a clock that is set back by more may make an old key look young; adapters see to the rest

_STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)


class Daemon:
    """Publishes from one book until it is told to stop.

    paces, hold_file: as the publisher has them. places: where each account's calls go, for the audit trail.
    before_the_first: run to their end before the first post goes out, such as looking at the articles of what is due.
    companions: run beside the publisher on its event loop, from its start until the daemon is told to stop; what does not
    end by itself then is given up after `drain`.
    watchers: the same, and from before the book is recovered until the calls under way have ended: they tell people when
    either cannot be done.
    reread: reads config and campaigns again on SIGHUP; without it SIGHUP ends the daemon as SIGTERM does, for it comes
    when a terminal is closed, too, and the calls under way should end then.
    until_done: end by itself when no approved post is left that could still go out.
    """

    def __init__(
        self,
        book: Book,
        adapters: Mapping[str, Adapter],
        limits: Publishing,
        clock: Clock,
        *,
        before_the_first: Sequence[Companion] = (),
        companions: Sequence[Companion] = (),
        watchers: Sequence[Companion] = (),
        paces: Mapping[str, timedelta] | None = None,
        places: Mapping[str, str] | None = None,
        hold_file: Path | None = None,
        last_look: LastLook | None = None,
        reread: Rereader | None = None,
        systemd: Systemd = NO_SYSTEMD,
        until_done: bool = False,
        random: Random | None = None,
    ) -> None:
        self._book = book
        self._adapters = dict(adapters)
        self._limits = limits
        self._clock = clock
        self._reconcile = Reconcile(time_to_settle(limits.timeout))
        self._companions: tuple[Companion, ...] = (
            self._reconcile,
            WarmUp(),
            systemd.keep_alive,
            self._keep_rereading,
            *companions,
        )
        self._before_the_first = before_the_first
        self._reread = reread
        self._systemd = systemd
        self._retired: list[Adapter] = []
        self._closing: set[asyncio.Task[None]] = set()
        self._paces = paces
        self._places = places or {}
        self._hold_file = hold_file
        self._last_look = last_look
        self._until_done = until_done
        self._random = random or Random()  # noqa: S311 (jitter and record keys are no secrets)
        self._name = f"{socket.gethostname()}:{os.getpid()}"
        self._started_at = datetime.now(UTC)
        self._watchers: tuple[Companion, ...] = (PulseFile(self._name, self._started_at), *watchers)
        self._stop = asyncio.Event()
        self._told_to_reread = asyncio.Event()

    async def run(self) -> None:
        """Waits for the book's lock, publishes, drains when told to stop, and gives the lock back."""
        loop = asyncio.get_running_loop()
        for sign in _STOP_SIGNALS:
            loop.add_signal_handler(sign, self._stop.set)
        loop.add_signal_handler(signal.SIGHUP, (self._told_to_reread if self._reread else self._stop).set)
        lock = FileLock(lock_path(self._book.path))
        try:
            if await self._take(lock):
                await self._publish()
        finally:
            lock.release()
            for sign in (*_STOP_SIGNALS, signal.SIGHUP):
                loop.remove_signal_handler(sign)

    async def _take(self, lock: FileLock) -> bool:
        """Waits until this is the only daemon of the book; returns False when told to stop first.

        The lock is the operating system's: it is free the moment its holder dies, and never before.
        """
        said = False
        while not self._stop.is_set():
            try:
                lock.acquire(blocking=False)
            except Timeout:
                if not said:
                    log.warning("standby: another daemon publishes from %s; waiting for it to end", self._book.path)
                    self._systemd.say_standby()
                    said = True
                await pause(self._stop, 0.5)
            else:
                if said:
                    log.warning("the other daemon has ended; this one takes over")
                return True
        return False

    async def _publish(self) -> None:
        self._book.keep_to_its_file()
        writer = Writer(self._book)
        # APScheduler runs in UTC: local times are worked out when a campaign is planned, where clock changes are said.
        scheduler = AsyncIOScheduler(timezone=UTC)
        publisher = Publisher(
            self._book,
            writer,
            self._adapters,
            self._limits,
            self._clock,
            self._random,
            on_idle=scheduler.wakeup,
            paces=self._paces,
            places=self._places,
            hold_file=self._hold_file,
            last_look=self._last_look,
        )
        running = Running(
            self._book, writer, publisher, self._adapters, self._clock, self._stop, before=self._last_beat()
        )
        watching = self._set_going(self._watchers, running)
        draining = asyncio.create_task(self._drain(publisher))
        try:
            if not await self._recover(writer, publisher):
                return
            for preparation in self._before_the_first:
                await preparation(running)
            scheduler.add_jobstore(PostsJobStore(publisher, self._book, self._clock), "posts")
            scheduler.start()
            log.info("publishing from %s as %s; accounts: %s", self._book.path, self._name, ", ".join(self._adapters))
            self._systemd.say_publishing()
            # The first beat comes last: a companion may want to write first what the daemon before this one left.
            beside = self._set_going((*self._companions, partial(self._watch, scheduler), self._keep_beating), running)
            await self._end_of(beside, self._limits.drain)
            await draining
            scheduler.shutdown(wait=False)
            await asyncio.sleep(0)
            await self._say_stopped(writer)
        finally:
            self._stop.set()
            await draining
            await self._end_of(watching, LAST_WORDS)
            writer.close()
            publisher.close()
            for adapter in (*self._adapters.values(), *self._retired):
                await adapter.close()

    def _last_beat(self) -> DaemonLine | None:
        """Returns what the daemon before this one left, before the first beat writes over it."""
        try:
            with self._book.reading() as session:
                return last_beat(session)
        except (BookError, ValueError):  # one that is damaged is none
            return None

    def _set_going(self, companions: Sequence[Companion], running: Running) -> list[asyncio.Task[None]]:
        return [asyncio.create_task(self._accompany(companion, running)) for companion in companions]

    async def _accompany(self, companion: Companion, running: Running) -> None:
        """Runs a companion to its end; a defect in it is logged, and it begins anew: publishing goes on meanwhile."""
        while True:
            try:
                return await companion(running)
            except Exception:
                log.exception("what runs beside the publisher stumbled; it begins anew")
            if self._stop.is_set():
                return None
            await pause(self._stop, BEGIN_AGAIN)

    async def _end_of(self, companions: Collection[asyncio.Task[None]], within: timedelta) -> None:
        """Waits until they have ended; what takes longer than `within` once the daemon was told to stop is given up."""
        await self._stop.wait()
        if not companions:
            return
        _, late = await asyncio.wait(companions, timeout=within.total_seconds())
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def _recover(self, writer: Writer, publisher: Publisher) -> bool:
        """Decides what a dead daemon left behind, before anything else; returns False when told to stop first."""
        while not self._stop.is_set():
            try:
                recovered = await writer.write(self._begin)
            except BookError as error:
                publisher.is_in_trouble(str(error), writing=True)
                await pause(self._stop, 1)
                continue
            publisher.is_well(wrote=True)
            for told in recovered.released:
                tell_post(logging.WARNING, "back in the queue", told)
            for told in recovered.unconfirmed:
                tell_post(logging.ERROR, "unconfirmed, the platform will be asked whether it is out", told)
            for account, until in recovered.paused.items():
                publisher.pause_account(account, until)
            return True
        return False

    def _begin(self, book: Connection) -> Recovered:
        refuse_newer_version(book, self._book.path)  # it may have been brought to one while this daemon was standby
        now = self._clock.now()
        note_places(book, self._places, now)
        if self._hold_file is not None:
            hold_if_file_stands(book, self._hold_file, now)
        recovered = recover(book, now)
        before = self._last_beat()
        if before is not None and before.turned_at - datetime.now(UTC) > FAR_BACK:
            forget_keys(book, now)
        return recovered

    async def _watch(self, scheduler: AsyncIOScheduler, running: Running) -> None:
        """Wakes the scheduler when another process wrote to the book, the wall clock jumped or a companion told of a change,
        and now and then anyway.

        APScheduler waits by the steady clock: by itself it sleeps through a suspended machine and a clock that was set.
        """
        publisher = running.publisher
        woken_at, offset = time.monotonic(), time.time() - time.monotonic()
        last: int | None = None
        trouble, told = publisher.trouble, running.changes.next()
        with closing(self._book.watch()) as watch:
            while not self._stop.is_set():
                steady, drift = time.monotonic(), time.time() - time.monotonic() - offset
                jumped = abs(drift) > CLOCK_JUMP
                if jumped:
                    log.warning(
                        "the machine's clock jumped by %+.1f s against the steady one; posts go by the new time", drift
                    )
                    await self._follow_clock(running, timedelta(seconds=drift))
                was_told = told.is_set()
                if has_changed := watch.has_changed():
                    known, last = last, watch.last_entry()
                    if last is None or last != known:
                        running.changes.tell()
                if publisher.trouble != trouble:
                    trouble = publisher.trouble
                    running.changes.tell()
                told = running.changes.next()
                if has_changed or was_told or jumped or steady - woken_at >= WAKE_EVERY:
                    woken_at = steady
                    publisher.nudge()
                    scheduler.wakeup()
                    if self._until_done and not publisher.draining and self._is_done(publisher):
                        self._stop.set()
                offset += drift
                await tick(self._stop, LOOK_EVERY)

    async def _follow_clock(self, running: Running, by: timedelta) -> None:
        """What was counted in the time of a clock that was set is counted anew: nothing waits for hours by mistake."""
        running.publisher.clock_jumped(by)
        now = self._clock.now()

        def write(book: Connection) -> None:
            ask_sooner(book, now + UNANSWERED_WAIT)
            if by < -FAR_BACK:
                forget_keys(book, now)

        try:
            await running.writer.write(write)
        except BookError as error:
            running.publisher.is_in_trouble(str(error), writing=True)

    def _is_done(self, publisher: Publisher) -> bool:
        try:
            return publisher.next_wake() is None and not has_questions(self._book, self._clock.now())
        except BookError:
            return False

    async def _keep_beating(self, running: Running) -> None:
        writer, publisher = running.writer, running.publisher
        while not self._stop.is_set():
            try:
                turned_at, trouble = publisher.turned_at, publisher.trouble
                await writer.write(lambda book: beat(book, self._name, self._started_at, turned_at, trouble))  # noqa: B023 (awaited at once)
            except BookError as error:
                publisher.is_in_trouble(str(error), writing=True)
                await pause(self._stop, 1)
            else:
                publisher.is_well(wrote=True)
                await pause(self._stop, BEAT_EVERY)

    async def _keep_rereading(self, running: Running) -> None:
        """A companion: reads config and campaigns again when told to; a config that is wrong leaves all as it was."""
        while self._reread is not None and not self._stop.is_set():
            if self._told_to_reread.is_set():
                self._told_to_reread.clear()
                self._systemd.say_reloading()
                try:
                    reread = await asyncio.to_thread(self._reread, self._clock.now())
                    if self._stop.is_set():
                        return
                    self._use(reread, running.publisher)
                    await self._note_places(running)
                except Exception as error:
                    say_what_is_wrong(error)
                self._systemd.say_publishing()
            await until_any(self._stop, self._told_to_reread)

    def _use(self, reread: Reread, publisher: Publisher) -> None:
        publisher.use(dict(reread.adapters), reread.limits, reread.paces)
        self._reconcile.settle_after = time_to_settle(reread.limits.timeout)
        old = tuple(self._adapters.values())
        # The same mapping as before: the companions have it, too.
        self._adapters.clear()
        self._adapters.update(reread.adapters)
        self._retired += old
        # The publisher lets no call take longer, so the last one of the old adapters has ended by then.
        task = asyncio.create_task(self._close_after(self._limits.timeout.total_seconds() * 2 + 5, old))
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)
        self._limits, self._places = reread.limits, reread.places
        say_what_was_read(reread)

    async def _note_places(self, running: Running) -> None:
        """Only now: a call that began before belongs to where the account was, and one that did since is asked of a person."""
        while not self._stop.is_set():
            try:
                await running.writer.write(lambda book: note_places(book, self._places, self._clock.now()))
            except BookError as error:
                running.publisher.is_in_trouble(str(error), writing=True)
                await pause(self._stop, 1)
            else:
                return

    async def _close_after(self, seconds: float, adapters: Sequence[Adapter]) -> None:
        await pause(self._stop, seconds)
        if not self._stop.is_set():  # else the end of the daemon closes them with all others
            for adapter in adapters:
                self._retired.remove(adapter)
                await adapter.close()

    async def _drain(self, publisher: Publisher) -> None:
        """Begins at the moment the daemon is told to stop, whatever its companions are about: no new calls from then on."""
        await self._stop.wait()
        log.info("stopping: no new calls; waiting for those under way")
        self._systemd.say_stopping()
        # Draining comes before the scheduler's own shutdown, which would cancel calls in flight.
        if not await publisher.stop(self._limits.drain):
            log.error(
                "some calls did not end within %s and were given up; the next start asks the platforms about their posts",
                self._limits.drain,
            )

    async def _say_stopped(self, writer: Writer) -> None:
        try:
            await writer.write(lambda book: say_stopped(book, datetime.now(UTC)))
        except BookError as error:
            log.error("the end could not be written down: %s", error)
        log.info("stopped")


def refuse_fast_clock(config: Config) -> None:
    """Raises ConfigError when a fast clock could reach the public: every account must be an outbox or a loopback address."""
    public = [account.name for account in config.accounts.values() if not _is_private(account)]
    if public:
        raise ConfigError(
            "a fast clock is for rehearsing: every account must be an outbox or on this machine, and these are not: "
            + ", ".join(public)
        )


def _is_private(account: Account) -> bool:
    from ipaddress import ip_address
    from urllib.parse import urlsplit

    if account.platform == "outbox":
        return True
    if account.platform == "webhook":
        try:
            host = reveal_address(account, "url").hostname or ""
        except CredentialsRefused:
            return False
    else:
        host = urlsplit(account.base_url or "").hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
