"""From due to call on an idle daemon: how late each of 200 posts reaches the platform, spread over a minute.

usage: python -m benchmarks.reaction [--posts 200] [--seconds 60]
"""

import argparse
import asyncio
import json
import tempfile
import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from benchmarks.seeding import fast_platform, make_adapters, seed
from scheduler.config import Publishing
from scheduler.publishing.clock import SystemClock
from scheduler.publishing.daemon import Daemon


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--posts", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=60)
    options = parser.parse_args()
    chance = Random(18)
    names = ["force-x", "force-mastodon", "force-bluesky"]
    with tempfile.TemporaryDirectory() as folder, fast_platform() as port:
        start = datetime.now(UTC) + timedelta(seconds=3)
        hours = sorted(start + timedelta(seconds=chance.uniform(0, options.seconds)) for _ in range(options.posts))
        book = seed(Path(folder), hours, names)
        adapters = make_adapters(names, port, Path(folder))
        daemon = Daemon(book, adapters, Publishing(), SystemClock(), until_done=True)
        asyncio.run(daemon.run())
        book.close()
        record = json.load(urllib.request.urlopen(f"http://127.0.0.1:{port}/record"))
    late = sorted((record[f"post {number}"][0] - hour.timestamp()) * 1000 for number, hour in enumerate(hours))
    assert len(record) == options.posts
    assert all(len(times) == 1 for times in record.values()), "a post went out twice"
    assert late[0] >= 0, "a post went out before its hour"
    p50, p99 = late[len(late) // 2], late[int(len(late) * 0.99) - 1]
    spread = f"{options.posts} posts over {options.seconds:g} s"
    print(f"due to call, {spread}: p50 {p50:.1f} ms, p99 {p99:.1f} ms, worst {late[-1]:.1f} ms")


if __name__ == "__main__":
    main()
