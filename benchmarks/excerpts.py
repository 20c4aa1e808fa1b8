"""How fast articles are read and cut, how that grows with their length, and whether broken ones are refused in time.

usage: python -m benchmarks.excerpts [--mutated 10000]
"""

import argparse
import resource
import time
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from scheduler.articles import Article, Wanted, read_article
from scheduler.articles.document import Document
from scheduler.articles.text import read
from scheduler.errors import ArticleError
from scheduler.excerpts import cut
from tests.builders.mutations import RELEASES, mutated

SIZES = (1_000, 10_000, 100_000, 1_000_000)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mutated", type=int, metavar="COUNT", help="read so many mutated articles instead")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    if options.mutated:
        read_mutated(options.mutated, options.seed)
    else:
        read_releases()
        read_growing()


def read_releases(seconds: float = 5.0) -> None:
    releases = [path.read_bytes() for path in sorted(RELEASES.glob("*.txt"))]
    cut_text(releases[0])  # the first one loads what all need
    count, started = 0, time.process_time()
    while time.process_time() - started < seconds:
        cut_text(releases[count % len(releases)])
        count += 1
    size = sum(map(len, releases)) / len(releases)
    print(f"plain-text releases of {size / 1000:.1f} kB, excerpts included: {count / seconds:.0f} a second")


def read_growing() -> None:
    text = b"\n\n".join(
        path.read_bytes() for path in sorted(RELEASES.glob("*.txt")) if b"\xff" not in path.read_bytes()
    )
    words = text.decode("utf-8", "ignore")
    for size in SIZES:
        content = (words * (size // len(words) + 1))[:size].encode()
        started = time.process_time()
        cut_text(content)
        spent = time.process_time() - started
        print(f"{size / 1000:7.0f} kB: {spent * 1000:8.1f} ms, {spent * 1e6 / size:.2f} ms for each kB")


def cut_text(content: bytes) -> Article:
    article = read(Document("release.txt", content))
    cut(article)
    return article


def read_mutated(count: int, seed: int) -> None:
    came_of: Counter[str] = Counter()
    slowest, slowest_case = 0.0, b""
    with TemporaryDirectory() as folder:
        for suffix, content in mutated(count, seed):
            path = Path(folder) / f"release{suffix}"
            path.write_bytes(content)
            started = time.process_time()
            try:
                cut(read_article(path.name, Path(folder), Wanted(follow=False)))
                came_of[f"{suffix} read"] += 1
            except ArticleError:
                came_of[f"{suffix} refused"] += 1
            spent = time.process_time() - started
            if spent > slowest:
                slowest, slowest_case = spent, suffix.encode() + b" " + content[:60]
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    for kind, times in sorted(came_of.items()):
        print(f"{kind:16} {times}")
    print(f"{count} articles; the slowest took {slowest:.2f} s ({slowest_case!r}); {megabytes:.0f} MB at most")


if __name__ == "__main__":
    main()
