"""A book full of approved posts, and a fast platform to send them to."""

import json
import os
import shutil
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, insert, select

from scheduler.config import Account, Secret
from scheduler.platforms import ACCOUNT_KEYS, adapter_for
from scheduler.platforms.contract import Adapter
from scheduler.platforms.message import Message, Part
from scheduler.posts.book import Book, open_book
from scheduler.posts.tables import Attempt as PostAttempt
from scheduler.posts.tables import AuditEntry, Post, PostReceipt, digest_of, encode_message

_BOOK = "book.db"
_BATCH = 50_000


def seed(
    folder: Path,
    hours: Sequence[datetime],
    accounts: Sequence[str],
    platform: str = "webhook",
    older: Path | None = None,
) -> Book:
    """Makes a book with one approved post for each hour, named by its number, spread over the accounts.

    older: a book of posts of years gone by (`seed_published`), of which this one is a copy with more in it.
    """
    if older is not None:
        shutil.copyfile(older, folder / _BOOK)
    book = open_book(f"sqlite:///{_BOOK}", folder, create=older is None)
    with book.writing() as connection:
        last = connection.execute(select(func.max(Post.id))).scalar() or 0
        rows = [
            _post(last + number + 1, f"post {number}", hour, accounts[number % len(accounts)], platform, "approved")
            for number, hour in enumerate(hours)
        ]
        connection.execute(insert(Post), rows)
    os.sync()  # what was written here must not still be on its way to the disk when the posts are due
    return book


def _post(number: int, text: str, hour: datetime, account: str, platform: str, status: str) -> Mapping[str, object]:
    message = encode_message(Message((Part(text),)))
    digest = digest_of(message, account, hour)
    now = datetime.now(UTC)
    return {
        "id": number, "campaign": "burst", "occurrence": "2027", "slot": f"slot-{number}", "account": account,
        "fingerprint": "", "campaign_title": "Burst", "platform": platform, "looks_like": platform, "status": status,
        "version": 2, "scheduled_at": hour, "next_try_at": hour, "expires_at": hour + timedelta(hours=2),
        "time_zone": "Europe/London", "message_json": message, "digest": digest, "planned_digest": digest,
        "approved_digest": digest, "approved_by": "bench", "approved_at": hour, "tries": 0, "topics": "",
        "when_late": "miss", "asks": 0, "warnings_json": "[]", "sources_json": "[]", "created_at": now, "updated_at": now,
    }  # fmt: skip


def seed_published(folder: Path, count: int, accounts: Sequence[str], platform: str = "webhook") -> Path:
    """Makes a book of published posts of years gone by, each with its attempt, receipt and trail; returns its one file."""
    book = open_book(f"sqlite:///{_BOOK}", folder, create=True)
    began = datetime.now(UTC) - timedelta(days=3650)
    for start in range(0, count, _BATCH):
        numbers = range(start + 1, min(start + _BATCH, count) + 1)
        hours = {number: began + timedelta(seconds=300 * number) for number in numbers}
        account = {number: accounts[number % len(accounts)] for number in numbers}
        with book.writing() as connection:
            connection.execute(
                insert(Post),
                [_post(n, f"old {n}", hours[n], account[n], platform, "published") for n in numbers],
            )
            connection.execute(
                insert(PostAttempt),
                [
                    {"post_id": n, "number": 1, "part": 0, "version": 3, "key": f"{n:032x}", "payload_sha256": f"{n:064x}",
                     "started_at": hours[n], "finished_at": hours[n], "outcome": "accepted"}
                    for n in numbers
                ],
            )  # fmt: skip
            connection.execute(
                insert(PostReceipt),
                [{"post_id": n, "part": 0, "platform_id": f"{n:x}", "received_at": hours[n]} for n in numbers],
            )
            connection.execute(
                insert(AuditEntry),
                [
                    {"at": hours[n], "who": "bench", "what": what, "post_id": n, "version": version}
                    for n in numbers
                    for version, what in enumerate(("plan", "approve", "claim", "publish"), start=1)
                ],
            )
    book.close()  # the last to close it brings all that was written into the one file
    return folder / _BOOK


def make_adapters(names: Sequence[str], port: int, folder: Path, platform: str = "webhook") -> dict[str, Adapter]:
    """Makes adapters of one platform that talk to the fast one at `port`."""
    server = f"http://127.0.0.1:{port}"
    (folder / "secret").write_text("benchmark-secret")
    (folder / "url").write_text(f"{server}/hook/bench")
    secrets = {
        key: Secret("file:url" if key == "url" else "file:secret", "bench", key, folder)
        for key in ACCOUNT_KEYS[platform].secrets
    }
    settings = {"handle": "bench.example"} if platform == "bluesky" else {}
    base_url = None if platform == "webhook" else server
    return {name: adapter_for(Account(name, platform, base_url, secrets, settings), folder, 30.0) for name in names}


@contextmanager
def fast_platform(latency_ms: float = 0) -> Iterator[int]:
    """Starts the platform in a process of its own; yields its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "benchmarks.fast_platform", str(port), str(latency_ms)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        process.stdout.readline()
        yield port
    finally:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def record_of(port: int) -> dict[str, list[float]]:
    """Returns when each post was accepted, by its text."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/record") as answer:
        found: dict[str, list[float]] = json.load(answer)
    return found
