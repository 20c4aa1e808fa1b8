"""A soak of its full length with a summary; `scripts/soak` calls it."""

import argparse
import json
import logging
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.soak.soak import ACCOUNTS, FAULTS, HOURS, Soak, Soaked


def main() -> int:
    """Returns 1 when a post is not decided as it really is, or when memory, book or time grew as they must not."""
    options = _options()
    logging.disable(logging.CRITICAL)
    with tempfile.TemporaryDirectory(prefix="redletter-soak-") as folder:
        summary = _summary(Soak(Path(folder), options.posts, options.seed, _say).run(), options.seed)
    print("\n".join(_lines(summary)))
    if options.json:
        options.json.write_text(json.dumps(summary, indent=2) + "\n", encoding="utf-8")
    return 1 if summary["breaches"] else 0


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/soak",
        description=f"Publishes for {HOURS} hours on a clock that leaps, with troubles and a death of the daemon in each hour.",
    )
    parser.add_argument("--posts", type=int, default=20_000, help=f"how many posts over {ACCOUNTS} accounts (20000)")
    parser.add_argument("--seed", type=int, default=1, help="which troubles, which deaths (1)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the result down for programs")
    return parser.parse_args()


def _summary(soaked: Soaked, seed: int) -> dict[str, Any]:
    breaches = list(soaked.wrong)
    if soaked.grown >= 20e6:
        breaches.append("memory grew")
    if soaked.uneven >= 1.15:
        breaches.append("the book did not grow with its posts")
    if soaked.slower >= 1.5:
        breaches.append("late hours took longer than early ones")
    return {
        "posts": soaked.posts,
        "seed": seed,
        "seconds": round(soaked.seconds, 1),
        "statuses": dict(sorted(soaked.statuses.items())),
        "answers": dict(sorted(soaked.answers.items())),
        "deaths": dict(sorted(soaked.deaths.items())),
        "memory_mb": [round(hour.resident_bytes / 1e6, 1) for hour in soaked.hours],
        "book_mb": [round(hour.book_bytes / 1e6, 2) for hour in soaked.hours],
        "bytes_a_post": {hour: round(soaked.bytes_a_post(hour)) for hour in (6, 12, 24)},
        "seconds_an_hour": [round(hour.seconds, 2) for hour in soaked.hours],
        "late_hours_to_early": round(soaked.slower, 2),
        "breaches": breaches,
    }


def _lines(summary: Mapping[str, Any]) -> Iterator[str]:
    yield f"{summary['posts']} posts in {HOURS} hours, which took {summary['seconds']} s"
    yield f"posts at the end: {_counted(summary['statuses'])}"
    yield f"answers ({FAULTS:.0%} troubles): {_counted(summary['answers'])}"
    yield f"deaths: {_counted(summary['deaths'])}"
    yield f"memory: {summary['memory_mb'][0]} MB after the first hour, {summary['memory_mb'][-1]} MB at the end"
    sizes = ", ".join(f"{size} after {hour} hours" for hour, size in summary["bytes_a_post"].items())
    yield f"bytes of the book for each post: {sizes}"
    yield f"seconds for a late hour in relation to an early one: {summary['late_hours_to_early']}"
    yield f"breaches: {'; '.join(summary['breaches'][:20]) or 'none'}"


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{number} {name}" for name, number in counts.items())


if __name__ == "__main__":
    sys.exit(main())
