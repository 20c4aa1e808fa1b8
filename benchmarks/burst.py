"""Posts due in the same second: Redletter's daemon, a bare aiohttp loop that keeps nothing, and APScheduler's own job store.

Each post is a real HTTP call to a local platform that answers after --latency ms; all three in one run, in turn, each in a
process of its own, and the medians of --runs. Redletter's and APScheduler's queues are in SQLite: Redletter's in WAL with
synchronous=FULL, APScheduler's as it comes (rollback journal, also FULL).

usage: python -m benchmarks.burst [--posts 10000] [--latency 0 50 300] [--runs 5] [--published 0]
"""

import argparse
import asyncio
import json
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from statistics import median

from benchmarks.seeding import fast_platform, make_adapters, record_of, seed, seed_published
from scheduler.platforms.contract import Adapter, Payload
from scheduler.platforms.message import Message, Part

_CHANCE = Random(1)
AT_ONCE = 256
ACCOUNTS = [f"account-{number}" for number in range(10)]
APSCHEDULER_POSTS = 2000  # it is slow, and no faster with more


def redletter(posts: int, port: int, folder: Path, platform: str, older: Path | None) -> float:
    """Publishes through the daemon; returns the due moment, in seconds since the epoch."""
    from scheduler.config import Publishing
    from scheduler.publishing.clock import SystemClock
    from scheduler.publishing.daemon import Daemon

    due = datetime.now(UTC) + timedelta(seconds=(10 if older else 3) + posts / 5000)
    book = seed(folder, [due] * posts, ACCOUNTS, platform, older)
    assert datetime.now(UTC) < due - timedelta(seconds=1), "the book took longer to fill than expected"
    adapters = make_adapters(ACCOUNTS, port, folder, platform)
    daemon = Daemon(book, adapters, Publishing(AT_ONCE, AT_ONCE), SystemClock(), until_done=True)
    asyncio.run(daemon.run())
    book.close()
    return due.timestamp()


def bare(posts: int, port: int, folder: Path, platform: str, older: Path | None) -> float:
    """Posts in a bare aiohttp loop; returns when it began."""
    del folder, older
    import aiohttp

    field = "status" if platform == "mastodon" else "text"

    async def post_all() -> float:
        numbers = iter(range(posts))
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

            async def post() -> None:
                for number in numbers:
                    body = {field: f"post {number}", "language": "en-GB"}
                    async with session.post(f"http://127.0.0.1:{port}/hook/bench", json=body) as response:
                        await response.read()

            began = time.time()
            await asyncio.gather(*(post() for _ in range(AT_ONCE)))
        return began

    return asyncio.run(post_all())


def client(posts: int, port: int, folder: Path, platform: str, older: Path | None) -> float:
    """Makes the calls of an adapter with the platform's bare client, aiohttp or for X tweepy; keeps nothing; returns when it
    began."""
    del older
    if platform == "x":
        return _tweepy(posts, port)
    import aiohttp

    payload = _payload(make_adapters(ACCOUNTS[:1], port, folder, platform)[ACCOUNTS[0]], 0)
    written = payload.content.decode()
    headers = {**payload.headers, "Authorization": "Bearer benchmark-secret", "Content-Type": "application/json"}
    address = f"http://127.0.0.1:{port}{payload.path or '/hook/bench'}"

    async def post_all() -> float:
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

            async def post(number: int) -> None:
                body = written.replace("post 0", f"post {number}").encode()
                async with session.request(payload.method, address, data=body, headers=headers) as response:
                    await response.json()

            return await _post_each(posts, post)

    return asyncio.run(post_all())


def adapter(posts: int, port: int, folder: Path, platform: str, older: Path | None) -> float:
    """Calls the adapter in a bare loop; keeps nothing; returns when it began."""
    del older
    one = make_adapters(ACCOUNTS[:1], port, folder, platform)[ACCOUNTS[0]]
    one.warm_up()

    async def post(number: int) -> None:
        await one.send(_payload(one, number))

    async def post_all() -> float:
        await one.get_ready(_payload(one, 0))
        began = await _post_each(posts, post)
        await one.close()
        return began

    return asyncio.run(post_all())


def _payload(one: Adapter, number: int) -> Payload:
    return one.payload(Message((Part(f"post {number}"),)), one.new_key(datetime.now(UTC), _CHANCE))


async def _post_each(posts: int, post: Callable[[int], Awaitable[None]]) -> float:
    numbers = iter(range(posts))

    async def post_some() -> None:
        for number in numbers:
            await post(number)

    began = time.time()
    await asyncio.gather(*(post_some() for _ in range(AT_ONCE)))
    return began


def _tweepy(posts: int, port: int) -> float:
    from tweepy.asynchronous import AsyncClient

    class ToHere:
        """Sends what tweepy signed for its own host to this machine."""

        def __init__(self, session: object) -> None:
            self.session = session

        def request(self, method: str, url: object, **parameters: object) -> object:
            path = str(url).removeprefix("https://api.twitter.com")
            return self.session.request(method, f"http://127.0.0.1:{port}{path}", **parameters)  # type: ignore[attr-defined]

    async def post_all() -> float:
        import aiohttp

        numbers = iter(range(posts))
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
            one = AsyncClient(None, "key", "secret", "token", "token-secret")
            one.session = ToHere(session)

            async def post() -> None:
                for number in numbers:
                    await one.create_tweet(text=f"post {number}")

            began = time.time()
            await asyncio.gather(*(post() for _ in range(AT_ONCE)))
        return began

    return asyncio.run(post_all())


_SESSION = threading.local()


def post_by_thread(port: int, number: int) -> None:
    import requests

    if not hasattr(_SESSION, "value"):
        _SESSION.value = requests.Session()
    _SESSION.value.post(f"http://127.0.0.1:{port}/hook/bench", json={"text": f"post {number}"}, timeout=30)


def apscheduler(posts: int, port: int, folder: Path, platform: str, older: Path | None) -> float:
    """Publishes through APScheduler's own SQLAlchemyJobStore with 20 threads; returns the due moment."""
    del platform, older
    from apscheduler.executors.pool import ThreadPoolExecutor
    from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
    from apscheduler.schedulers.background import BackgroundScheduler

    scheduler = BackgroundScheduler(
        jobstores={"default": SQLAlchemyJobStore(f"sqlite:///{folder}/apscheduler.db")},
        executors={"default": ThreadPoolExecutor(20)},
        job_defaults={"misfire_grace_time": 3600},
        timezone=UTC,
    )
    scheduler.start(paused=True)
    due = datetime.now(UTC) + timedelta(seconds=0.008 * posts + 2)
    for number in range(posts):
        # By its name in the package: a process of its own calls this module __main__.
        scheduler.add_job("benchmarks.burst:post_by_thread", "date", run_date=due, args=[port, number], id=str(number))
    assert datetime.now(UTC) < due, "the queue took longer to fill than expected"
    scheduler.resume()
    while scheduler.get_jobs():
        time.sleep(0.05)
    scheduler.shutdown(wait=True)
    return due.timestamp()


ENGINES: dict[str, Callable[[int, int, Path, str, Path | None], float]] = {
    "redletter": redletter, "bare": bare, "client": client, "adapter": adapter, "apscheduler": apscheduler,
}  # fmt: skip


def run_engine(
    engine: str, posts: int, latency: float, platform: str = "webhook", older: Path | None = None
) -> tuple[float, float]:
    """Runs one engine in a process of its own; returns posts a second, and CPU seconds from the due moment on.

    Asserts that the platform took every post, and none twice.
    """
    with tempfile.TemporaryDirectory() as folder, fast_platform(latency) as port:
        command = [
            sys.executable,
            "-m",
            "benchmarks.burst",
            "--engine",
            engine,
            str(posts),
            str(port),
            folder,
            platform,
        ]
        done = subprocess.run([*command, str(older or "")], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-2000:]
        began, cpu = json.loads(done.stdout.splitlines()[-1])
        record = record_of(port)
    taken = sum(len(times) for times in record.values())
    assert taken == len(record) == posts, f"{engine}: {posts} posts, {taken} taken, {taken - len(record)} of them twice"
    return posts / (max(max(times) for times in record.values()) - began), cpu


def _run_here(engine: str, posts: str, port: str, folder: str, platform: str, older: str) -> None:
    used: list[float] = []
    until_due = threading.Thread(target=_note_cpu_before, args=(used,), daemon=True)
    until_due.start()
    began = ENGINES[engine](int(posts), int(port), Path(folder), platform, Path(older) if older else None)
    usage = resource.getrusage(resource.RUSAGE_SELF)
    spent = usage.ru_utime + usage.ru_stime
    before = max((cpu for at, cpu in zip(used[::2], used[1::2], strict=True) if at <= began), default=0.0)
    print(json.dumps([began, spent - before]))


def _note_cpu_before(used: list[float]) -> None:
    """Notes a hundred times a second how much CPU was spent, so that filling a queue is not counted."""
    while True:
        usage = resource.getrusage(resource.RUSAGE_SELF)
        used += [time.time(), usage.ru_utime + usage.ru_stime]
        time.sleep(0.01)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--posts", type=int, default=10_000)
    parser.add_argument("--latency", type=float, nargs="+", default=[0, 50, 300])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--published", type=int, default=0, help="posts of years gone by in Redletter's book")
    parser.add_argument("--without-apscheduler", action="store_true")
    parser.add_argument("--clients", action="store_true", help="CPU through each adapter against its bare client")
    parser.add_argument("--engine", nargs=6, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.engine:
        _run_here(*options.engine)
        return
    if options.clients:
        for platform in ("webhook", "mastodon", "bluesky", "x"):
            _compare_clients(options, platform)
        return
    with tempfile.TemporaryDirectory() as folder:
        older = seed_published(Path(folder), options.published, ACCOUNTS) if options.published else None
        for latency in options.latency:
            _compare(options, latency, older)


def _compare(options: argparse.Namespace, latency: float, older: Path | None) -> None:
    rates: dict[str, list[float]] = {"bare": [], "redletter": [], "apscheduler": []}
    for _ in range(options.runs):
        rates["bare"].append(run_engine("bare", options.posts, latency)[0])
        rates["redletter"].append(run_engine("redletter", options.posts, latency, older=older)[0])
        if not options.without_apscheduler:
            rates["apscheduler"].append(run_engine("apscheduler", APSCHEDULER_POSTS, latency)[0])
    found = {name: median(each) for name, each in rates.items() if each}
    said = ", ".join(f"{name} {rate:.0f}/s" for name, rate in found.items())
    ratios = [f"{found['redletter'] / rate:.2f} of {name}" for name, rate in found.items() if name != "redletter"]
    print(f"{options.posts} posts, {latency:g} ms: {said}; redletter is {', '.join(ratios)}", flush=True)


def _compare_clients(options: argparse.Namespace, platform: str) -> None:
    engines = ("client", "adapter", "redletter")
    spent: dict[str, list[float]] = {engine: [] for engine in engines}
    rates: dict[str, list[float]] = {engine: [] for engine in engines}
    for _ in range(options.runs):
        for engine in engines:
            rate, seconds = run_engine(engine, options.posts, 0, platform)
            spent[engine].append(seconds)
            rates[engine].append(rate)
    cpu = {name: median(each) / options.posts * 1e6 for name, each in spent.items()}
    print(
        f"{platform}: CPU {cpu['redletter']:.0f} µs a post, its bare client {cpu['client']:.0f} µs,"
        f" {cpu['redletter'] / cpu['client']:.2f} times; the adapter alone {cpu['adapter']:.0f} µs;"
        f" {median(rates['redletter']):.0f}/s and {median(rates['client']):.0f}/s",
        flush=True,
    )


if __name__ == "__main__":
    main()
