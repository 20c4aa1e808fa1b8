"""Posts due in the same second: Redletter's daemon against APScheduler's own job store, in one run.

Each post is a real HTTP call to a local platform that answers at once (or after --latency ms). Both keep their queue in
SQLite; Redletter's is in WAL with synchronous=FULL, APScheduler's as it comes (rollback journal, also FULL).

usage: python -m benchmarks.burst [--posts 2000] [--latency 0] [--accounts 10] [--threads 20]
"""

import argparse
import asyncio
import json
import tempfile
import threading
import time
import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.seeding import fast_platform, make_adapters, seed
from scheduler.config import Publishing
from scheduler.publishing.clock import SystemClock
from scheduler.publishing.daemon import Daemon


def redletter(posts: int, accounts: int, port: int, folder: Path) -> float:
    """Returns the seconds from the due moment to the daemon's end."""
    names = [f"account-{number}" for number in range(accounts)]
    due = datetime.now(UTC) + timedelta(seconds=3)
    book = seed(folder, [due] * posts, names)
    daemon = Daemon(book, make_adapters(names, port, folder), Publishing(), SystemClock(), until_done=True)
    asyncio.run(daemon.run())
    book.close()
    return due.timestamp()


_SESSION = threading.local()


def post_by_thread(port: int, number: int) -> None:
    import requests

    if not hasattr(_SESSION, "value"):
        _SESSION.value = requests.Session()
    _SESSION.value.post(f"http://127.0.0.1:{port}/api/v1/statuses", json={"status": f"post {number}"}, timeout=30)


def apscheduler(posts: int, threads: int, port: int, folder: Path) -> float:
    from apscheduler.executors.pool import ThreadPoolExecutor
    from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
    from apscheduler.schedulers.background import BackgroundScheduler

    scheduler = BackgroundScheduler(
        jobstores={"default": SQLAlchemyJobStore(f"sqlite:///{folder}/apscheduler.db")},
        executors={"default": ThreadPoolExecutor(threads)},
        job_defaults={"misfire_grace_time": 3600},
        timezone=UTC,
    )
    scheduler.start(paused=True)
    due = datetime.now(UTC) + timedelta(seconds=0.003 * posts + 2)
    for number in range(posts):
        scheduler.add_job(post_by_thread, "date", run_date=due, args=[port, number], id=str(number))
    assert datetime.now(UTC) < due, "the queue took longer to fill than expected; raise the head start"
    scheduler.resume()
    while scheduler.get_jobs():
        time.sleep(0.1)
    scheduler.shutdown(wait=True)
    return due.timestamp()


def measure(name: str, posts: int, port: int, due: float) -> float:
    record = json.load(urllib.request.urlopen(f"http://127.0.0.1:{port}/record"))
    accepted = sum(len(times) for times in record.values())
    twice = sum(1 for times in record.values() if len(times) > 1)
    last = max(max(times) for times in record.values())
    rate = len(record) / (last - due)
    print(f"{name:34} {posts} posts, {accepted} accepted, {twice} twice, {last - due:6.2f} s, {rate:7.0f} posts/s")
    assert accepted == posts, f"{name}: {posts} posts, {accepted} accepted"
    assert not twice, f"{name}: {twice} went out twice"
    return rate


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--posts", type=int, default=2000)
    parser.add_argument("--latency", type=float, default=0)
    parser.add_argument("--accounts", type=int, default=10)
    parser.add_argument("--threads", type=int, default=20)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, fast_platform(options.latency) as port:
        due = redletter(options.posts, options.accounts, port, Path(folder))
        ours = measure("redletter run", options.posts, port, due)
    with tempfile.TemporaryDirectory() as folder, fast_platform(options.latency) as port:
        due = apscheduler(options.posts, options.threads, port, Path(folder))
        theirs = measure(f"APScheduler's own, {options.threads} threads", options.posts, port, due)
    print(f"ratio {ours / theirs:.1f}")


if __name__ == "__main__":
    main()
