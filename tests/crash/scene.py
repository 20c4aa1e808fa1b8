"""A workspace, its book, its platforms and its daemons, and the question whether anything is left to do."""

import re
import shutil
import signal
import sqlite3
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import text

from scheduler.app import open_workspace
from scheduler.drafting.draft import Draft
from scheduler.platforms.contract import Inquirer
from scheduler.posts.book import Book
from scheduler.posts.tables import Post, stored_time
from tests.builders.posts import approve_all, make_book, posts_in, save
from tests.builders.processes import SECRETS, Process, redletter, write_config_at
from tests.builders.workspaces import Desk
from tests.crash.forked import ForkServer
from tests.crash.oracle import Breach, Out, breaches, called_on, out_in_files, out_on
from tests.crash.platforms import Call, TroubledPlatforms, served

ASKED_ACCOUNTS = ("force-x", "force-mastodon", "force-bluesky")
# Its receiver gives no way to know whether a post has arrived, so a person is asked.
UNSURE_ACCOUNT = "force-webhook"
# The receiver of this one has promised to keep the ids that it has taken.
REPEATING_ACCOUNT = "force-repeat"
OUTBOX = "outbox"
ON_NETWORK = (*ASKED_ACCOUNTS, UNSURE_ACCOUNT, REPEATING_ACCOUNT)

_STUMBLED = re.compile(r"Traceback|\(details with --debug\)")  # how the log shows a defect that it lives through
_SOON = timedelta(minutes=10)  # a question that is asked later than this waits for somebody to mend something
LOOK_EVERY = 0.03  # seconds between two looks whether anything is left to do
QUIET = 1.5  # seconds without a call after which a daemon may have nothing left to do
_PATIENCE = 30.0  # seconds without a change in the book after which none is expected any more


class Scene:
    """asked: the accounts whose platforms say whether a post is out. daemons: those started so far. offset: how far their
    clock is ahead of ours.
    """

    def __init__(
        self, workspace: Path, fake: TroubledPlatforms, url: str, book: Book, forks: ForkServer | None = None
    ) -> None:
        self.workspace = workspace
        self._forks = forks
        self.fake = fake
        self.url = url
        self.book = book
        self.asked = [
            name
            for name, adapter in open_workspace(workspace).adapters.items()
            if isinstance(adapter, Inquirer) and name != UNSURE_ACCOUNT
        ]
        self.daemons: list[Process] = []
        self.offset = timedelta(0)
        self._standing: Sequence[object] = ()
        self._changed_at = time.monotonic()
        self._started_at = time.time()

    def approve(self, drafts: Sequence[Draft]) -> None:
        """Plans the drafts and approves them, yesterday."""
        now = datetime.now(UTC)
        save(self.book, *drafts, now=now - timedelta(days=1))
        approve_all(self.book, now=now - timedelta(hours=12))

    def start(self, *arguments: str, environment: Mapping[str, str] | None = None) -> Process:
        """Starts a daemon; it does not outlive the scene. It finds the book as it is when nobody else has it open."""
        self.book.close()
        self._changed_at, self._started_at = time.monotonic(), time.time()
        start = self._forks.redletter if self._forks else redletter
        self.daemons.append(start(self.workspace, "run", *arguments, environment=environment or {}))
        return self.daemons[-1]

    def wait_for_calls(self, count: int, *, to: str = "", within: float = _PATIENCE) -> None:
        """Waits until the platforms have seen so many calls in all: to a path, or any that want a post out; within: seconds."""
        more = threading.Condition()

        def notify(_call: Call) -> None:
            with more:
                more.notify_all()

        def seen() -> int:
            return sum(to in call.path if to else bool(call.name) for call in list(self.fake.seen))

        self.fake.when_seen = notify
        with more:
            came = more.wait_for(lambda: seen() >= count, timeout=within)
        assert came, f"only {seen()} calls came"

    def settle(self, daemon: Process) -> None:
        """Waits until nothing is left to do, and lets the daemon end."""
        with closing(self.book.watch()) as watch:
            while not daemon.ends_within(LOOK_EVERY):
                if (watch.has_changed() or self._stands_still()) and self.is_settled():
                    break
        daemon.signal(signal.SIGTERM)

    def is_quiet(self) -> bool:
        """Whether nothing came to the platforms for a while: only then is it worth a look into the book, which should be in
        nobody's hands but the daemon's when that is killed."""
        last = max([self._started_at, *(call.at for call in self.fake.seen[-1:])])
        return time.time() - last > QUIET

    def is_settled(self) -> bool:
        """Whether nothing is left to do, or nothing has changed for so long that nobody does it."""
        with self.book.engine.connect() as connection:
            is_open = connection.execute(
                text(
                    "SELECT EXISTS (SELECT 1 FROM posts WHERE status = 'publishing'"
                    " OR (status = 'approved' AND scheduled_at <= :now) OR (status = 'unconfirmed' AND next_try_at <= :soon))"
                ),
                {"now": stored_time(self.now), "soon": stored_time(self.now + _SOON)},
            ).scalar()
            standing = connection.execute(
                text("SELECT status, count(*), sum(version), sum(asks) FROM posts GROUP BY status ORDER BY status")
            ).all()
        if standing != self._standing:
            self._standing, self._changed_at = standing, time.monotonic()
        return not is_open or self._stands_still()

    def _stands_still(self) -> bool:
        return time.monotonic() - self._changed_at > _PATIENCE

    @property
    def now(self) -> datetime:
        """The moment by the daemons' clock."""
        return datetime.now(UTC) + self.offset

    @property
    def out(self) -> list[Out]:
        return [*out_on(self.fake, self.offset), *out_in_files(self.workspace, OUTBOX)]

    def wreck(self, most_open: int) -> list[Breach]:
        """Looks at what a killed daemon has left, on a copy, so that the next daemon finds it just as it is.

        most_open: as many attempts may be without an outcome.
        """
        with tempfile.TemporaryDirectory(prefix="redletter-wreck-") as folder:
            for path in (self.book.path, self.book.path.with_name(f"{self.book.path.name}-wal")):
                if path.exists():
                    shutil.copy(path, folder)
            found = _damages(Path(folder) / self.book.path.name)
            with closing(sqlite3.connect(Path(folder) / self.book.path.name)) as copy:
                [is_open] = copy.execute("SELECT count(*) FROM attempts WHERE outcome IS NULL").fetchone()
        if is_open > most_open:
            found.append(Breach("undecided", f"{is_open} attempts were open when the {len(self.daemons)}. daemon died"))
        return found

    def breaches(self, may_fail: Callable[[Post], bool] = lambda _: False) -> list[Breach]:
        """Holds the book against the platforms, once these have done everything that they were asked for; looks whether
        people are told of what is left to them, and at what the daemons have said and left behind."""
        assert self.fake.at_rest.wait(_PATIENCE), "a platform is still at work"
        called = called_on(self.fake, self.offset)
        found = breaches(self.book, self.out, self.now, asked=self.asked, called=called, may_fail=may_fail)
        return [*found, *_damages(self.book.path), *self._untold(), *self._said_wrongly()]

    def _untold(self) -> Iterator[Breach]:
        answers = {"unconfirmed": "redletter resolve", "missed": "redletter", "failed": "redletter"}
        left = [post for post in posts_in(self.book) if post.status in answers]
        if not left:
            return
        said = Desk(self.workspace, now=self.now).type("status", "--json")
        if not said.out:
            yield Breach("undecided", f"status says nothing: {said.err}")
            return
        troubles = said.json["troubles"]
        for post in left:
            if not any(post.id in each["posts"] and answers[post.status] in each["answer"] for each in troubles):
                yield Breach("undecided", f"post {post.id} is {post.status}, and nobody is told what to do about it")

    def _said_wrongly(self) -> Iterator[Breach]:
        """A defect that the daemon has lived through, and secrets in what it says."""
        for number, daemon in enumerate(self.daemons, 1):
            for line in daemon.output.splitlines():
                if _STUMBLED.search(line):
                    yield Breach("daemon", f"the {number}. daemon stumbled: {line}")
            for name, secret in SECRETS.items():
                if secret in daemon.output:
                    yield Breach("secret", f"the {number}. daemon has said {name}")
            if daemon.is_survived():
                yield Breach("daemon", f"the {number}. daemon has left processes behind")


def _damages(book: Path) -> list[Breach]:
    with closing(sqlite3.connect(book)) as connection:
        said = [str(row[0]) for row in connection.execute("PRAGMA integrity_check") if row[0] != "ok"]
        said += [f"a row of {row[0]} refers to nothing" for row in connection.execute("PRAGMA foreign_key_check")]
    return [Breach("book", each) for each in said]


@contextmanager
def make_scene(
    workspace: Path, fake: TroubledPlatforms, forks: ForkServer | None = None, **publishing: object
) -> Iterator[Scene]:
    """Serves the platforms and makes config and book in an empty folder.

    forks: starts the daemons; without it each is started as anybody does. publishing: keys of that table.
    """
    with served(fake) as url:
        write_config_at(workspace, url, **publishing)
        _add_webhooks(workspace, url)
        scene = Scene(workspace, fake, url, make_book(workspace), forks)
        try:
            yield scene
        finally:
            for daemon in scene.daemons:
                daemon.kill()
            scene.book.close()


def _add_webhooks(workspace: Path, url: str) -> None:
    with (workspace / "config.toml").open("a") as config:
        for account, if_unsure in ((UNSURE_ACCOUNT, "ask"), (REPEATING_ACCOUNT, "repeat")):
            (workspace / f"{account}.url").write_text(f"{url}/hook/{account}")
            config.write(
                f'\n[accounts.{account}]\nplatform = "webhook"\nurl = "file:{account}.url"\nif_unsure = "{if_unsure}"\n'
            )
