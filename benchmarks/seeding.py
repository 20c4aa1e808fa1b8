"""A book full of approved posts, and a fast platform to send them to."""

import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import insert

from scheduler.config import Account, Secret
from scheduler.platforms import adapter_for
from scheduler.platforms.contract import Adapter
from scheduler.platforms.message import Message, Part
from scheduler.posts.book import Book, open_book
from scheduler.posts.tables import Post, digest_of, encode_message


def seed(folder: Path, hours: Sequence[datetime], accounts: Sequence[str]) -> Book:
    """Makes a book with one approved post for each hour, named by its number, spread over the accounts."""
    book = open_book("sqlite:///book.db", folder, create=True)
    now = datetime.now(UTC)
    rows = []
    for number, hour in enumerate(hours):
        account = accounts[number % len(accounts)]
        message = encode_message(Message((Part(f"post {number}"),)))
        digest = digest_of(message, account, hour)
        rows.append(
            {
                "campaign": "burst", "occurrence": "2027", "slot": f"slot-{number}", "account": account, "fingerprint": "",
                "campaign_title": "Burst", "platform": "mastodon", "looks_like": "mastodon", "status": "approved",
                "version": 2, "scheduled_at": hour, "next_try_at": hour, "expires_at": hour + timedelta(hours=2),
                "time_zone": "Europe/London", "message_json": message, "digest": digest, "planned_digest": digest,
                "approved_digest": digest, "approved_by": "bench", "approved_at": now, "tries": 0,
                "warnings_json": "[]", "sources_json": "[]", "created_at": now, "updated_at": now,
            }
        )  # fmt: skip
    with book.writing() as connection:
        connection.execute(insert(Post), rows)
    return book


def make_adapters(names: Sequence[str], port: int, folder: Path) -> dict[str, Adapter]:
    (folder / "token").write_text("benchmark")
    secret = Secret("file:token", "bench", "access_token", folder)
    return {
        name: adapter_for(Account(name, "mastodon", f"http://127.0.0.1:{port}", {"access_token": secret}), folder, 30.0)
        for name in names
    }


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
