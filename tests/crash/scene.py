"""A workspace, its book, its platforms and its daemons, and the question whether anything is left to do."""

import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import text

from scheduler.app import open_workspace
from scheduler.drafting.draft import Draft
from scheduler.platforms.contract import Inquirer
from scheduler.posts.book import Book
from scheduler.posts.tables import Post, stored_time
from tests.builders.posts import approve_all, make_book, posts_in, save
from tests.builders.processes import Process, redletter, write_config_at
from tests.builders.workspaces import Desk
from tests.crash.oracle import Breach, Out, breaches, out_in_files, out_on
from tests.crash.platforms import Call, TroubledPlatforms, served

ASKED_ACCOUNTS = ("force-x", "force-mastodon", "force-bluesky")
# Its receiver gives no way to know whether a post has arrived, so a person is asked.
UNSURE_ACCOUNT = "force-webhook"
# The receiver of this one has promised to keep the ids that it has taken.
REPEATING_ACCOUNT = "force-repeat"
OUTBOX = "outbox"
ON_NETWORK = (*ASKED_ACCOUNTS, UNSURE_ACCOUNT, REPEATING_ACCOUNT)

_SOON = timedelta(minutes=10)  # a question that is asked later than this waits for somebody to mend something
LOOK_EVERY = 0.1  # seconds between two looks whether anything is left to do
_PATIENCE = 30.0  # seconds without a change in the book after which none is expected any more


class Scene:
    """asked: the accounts whose platforms say whether a post is out. daemons: those started so far. offset: how far their
    clock is ahead of ours.
    """

    def __init__(self, workspace: Path, fake: TroubledPlatforms, url: str, book: Book) -> None:
        self.workspace = workspace
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

    def approve(self, drafts: Sequence[Draft]) -> None:
        """Plans the drafts and approves them, yesterday."""
        now = datetime.now(UTC)
        save(self.book, *drafts, now=now - timedelta(days=1))
        approve_all(self.book, now=now - timedelta(hours=12))

    def start(self, *arguments: str, environment: Mapping[str, str] | None = None) -> Process:
        """Starts a daemon; it does not outlive the scene."""
        self._changed_at = time.monotonic()
        self.daemons.append(redletter(self.workspace, "run", *arguments, environment=environment))
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
        while not daemon.ends_within(LOOK_EVERY) and not self.is_settled():
            pass
        daemon.signal(signal.SIGTERM)

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
        return not is_open or time.monotonic() - self._changed_at > _PATIENCE

    @property
    def now(self) -> datetime:
        """The moment by the daemons' clock."""
        return datetime.now(UTC) + self.offset

    @property
    def out(self) -> list[Out]:
        return [*out_on(self.fake, self.offset), *out_in_files(self.workspace, OUTBOX)]

    def breaches(self, may_fail: Callable[[Post], bool] = lambda _: False) -> list[Breach]:
        """Holds the book against the platforms, and asks whether a person is told of what is left to one."""
        found = breaches(self.book, self.out, self.now, asked=self.asked, may_fail=may_fail)
        return [*found, *self._untold()]

    def _untold(self) -> Iterator[Breach]:
        unconfirmed = [post.id for post in posts_in(self.book) if post.status == "unconfirmed"]
        if not unconfirmed:
            return
        said = Desk(self.workspace, now=self.now).type("status", "--json")
        troubles = said.json["troubles"] if said.out else []
        told = {each["post"] for each in troubles if "redletter resolve" in each["answer"]}
        for post_id in unconfirmed:
            if post_id not in told:
                yield Breach("undecided", f"post {post_id} is unconfirmed, and nobody is asked about it")


@contextmanager
def make_scene(workspace: Path, fake: TroubledPlatforms, **publishing: object) -> Iterator[Scene]:
    """Serves the platforms and makes config and book in an empty folder; publishing: keys of that table."""
    with served(fake) as url:
        write_config_at(workspace, url, **publishing)
        _add_webhooks(workspace, url)
        scene = Scene(workspace, fake, url, make_book(workspace))
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
