"""Runs crash tests over many seeds, several at a time; `scripts/crash-test` calls it."""

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import cache
from pathlib import Path
from typing import Any

from scheduler.faultpoints import STEPS
from tests.crash.forked import ForkServer
from tests.crash.plan import Kill, plan_of
from tests.crash.run import Result, carry_out

_SAY_EVERY = 10.0  # seconds between two lines of progress


def main() -> int:
    """Returns 1 when a promise was broken."""
    options = _options()
    begun = said_at = time.monotonic()
    results: list[Result] = []
    with ProcessPoolExecutor(options.jobs) as pool:
        seeds = range(options.seed, options.seed + options.runs)
        for future in as_completed([pool.submit(_run, seed, options.keep) for seed in seeds]):
            results.append(future.result())
            for line in _breach_lines(results[-1]):
                print(line, flush=True)
            if time.monotonic() - said_at >= _SAY_EVERY:
                said_at = time.monotonic()
                print(_progress(results, options.runs, said_at - begun), file=sys.stderr, flush=True)
    summary = _summary(results, options.seed, time.monotonic() - begun)
    print("\n".join(_lines(summary)))
    if options.json:
        options.json.write_text(json.dumps(summary, indent=2) + "\n", encoding="utf-8")
    return 1 if summary["breaches"] else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/crash-test",
        description="Kills the daemon at every step and at random moments, and holds every post against its platform.",
    )
    parser.add_argument("--runs", type=int, default=50, help="how many seeds in a row (50)")
    parser.add_argument("--seed", type=int, default=1, help="the first of them (1)")
    # Runs mostly wait: for answers that do not come, and for the moment to ask.
    jobs = 2 * (os.cpu_count() or 1)
    parser.add_argument(
        "--jobs", type=int, default=jobs, help=f"runs at the same time, two for each core ({jobs} here)"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the result down for programs")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="keep book and logs of runs that broke a promise")
    return parser.parse_args()


def _run(seed: int, keep: Path | None) -> Result:
    with tempfile.TemporaryDirectory(prefix="redletter-crash-") as folder:
        result = carry_out(plan_of(seed), Path(folder), _forks())
        if keep and result.breaches:
            shutil.copytree(folder, keep / f"seed-{seed}", dirs_exist_ok=True)
    return result


@cache
def _forks() -> ForkServer:
    """One for each process of the pool; it ends with that."""
    return ForkServer()


def _breach_lines(result: Result) -> Iterator[str]:
    if result.breaches:
        yield f"seed {result.plan.seed}, killed {', '.join(str(each.kill) for each in result.killed)}: {result.command}"
        for breach in result.breaches:
            yield f"  {breach}"


def _progress(results: Sequence[Result], runs: int, seconds: float) -> str:
    kills = sum(len(result.killed) for result in results)
    breaches = sum(len(result.breaches) for result in results)
    return f"{len(results)} of {runs} runs, {kills} kills, {breaches} breaches, {seconds:.0f} s"


def _summary(results: Sequence[Result], seed: int, seconds: float) -> dict[str, Any]:
    kills: Counter[str] = Counter()
    for result in results:
        for each in result.killed:
            kills[_moment(each.kill) if each.came_about else "at rest"] += 1
    statuses = sum((result.statuses for result in results), Counter[str]())
    asked_about = sum((result.asked_about for result in results), Counter[str]())
    breaches = Counter(breach.kind for result in results for breach in result.breaches)
    return {
        "runs": len(results),
        "first_seed": seed,
        "seconds": round(seconds, 1),
        "seconds_a_run": round(sum(result.seconds for result in results) / len(results), 2),
        "forked": sum(result.plan.forked for result in results),
        "kills": {step: kills[step] for step in (*STEPS, "at a random moment", "while it stopped", "at rest")},
        "posts": statuses.total(),
        "statuses": dict(sorted(statuses.items())),
        "left_to_a_person": dict(asked_about.most_common()),
        "breaches": dict(sorted(breaches.items())),
        "broken_seeds": sorted(result.plan.seed for result in results if result.breaches),
    }


def _moment(kill: Kill) -> str:
    return kill.step or ("while it stopped" if kill.stops else "at a random moment")


def _lines(summary: Mapping[str, Any]) -> Iterator[str]:
    broken = summary["breaches"]
    yield f"{summary['runs']} runs in {summary['seconds']} s, {summary['seconds_a_run']} s each; {summary['posts']} posts"
    yield f"daemons forked in {summary['forked']} runs, started as anybody does in {summary['runs'] - summary['forked']}"
    yield f"kills: {sum(summary['kills'].values())}"
    for step, times in summary["kills"].items():
        yield f"  {times:5} {step}"
    yield f"posts at the end: {', '.join(f'{number} {status}' for status, number in summary['statuses'].items())}"
    yield f"twice: {broken.get('twice', 0)}"
    yield f"lost: {broken.get('lost', 0)}"
    yield f"wrongly decided: {broken.get('wrongly decided', 0)}"
    left = summary["left_to_a_person"]
    by_account = ", ".join(f"{number} of {account}" for account, number in left.items())
    yield f"left to a person: {sum(left.values())}{f' ({by_account})' if left else ''}"
    others = {kind: number for kind, number in broken.items() if kind not in ("twice", "lost", "wrongly decided")}
    yield f"other breaches: {', '.join(f'{number} {kind}' for kind, number in others.items()) or 'none'}"
    if summary["broken_seeds"]:
        yield f"seeds that broke a promise: {', '.join(map(str, summary['broken_seeds']))}"


if __name__ == "__main__":
    sys.exit(main())
