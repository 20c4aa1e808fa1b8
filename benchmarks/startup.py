"""Cold starts, and the daemon at rest: `--help`, `preview` of the example, memory and processor time of an idle daemon
that has an account of each platform.

usage: python -m benchmarks.startup [--rest 30]     (Linux: reads /proc)
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.seeding import seed
from scheduler.platforms import ACCOUNT_KEYS, PLATFORMS

REPOSITORY = Path(__file__).parent.parent
REDLETTER = [sys.executable, "-m", "scheduler"]


def seconds(arguments: Sequence[str], runs: int = 7) -> float:
    """Returns the median time of a fresh process, from its start to its end."""
    taken = []
    for _ in range(runs):
        started = time.perf_counter()
        subprocess.run([*REDLETTER, *arguments], cwd=REPOSITORY, check=True, capture_output=True)
        taken.append(time.perf_counter() - started)
    return statistics.median(taken)


def at_rest(rest: float) -> tuple[float, float]:
    """Returns the megabytes that an idle daemon holds, and the percentage of one core that it takes."""
    with tempfile.TemporaryDirectory() as folder:
        workspace = Path(folder)
        (workspace / "config.toml").write_text('database = "sqlite:///book.db"\n' + "".join(map(_account, PLATFORMS)))
        (workspace / "config.toml").chmod(0o600)
        seed(workspace, [datetime.now(UTC) + timedelta(days=1)] * 200, [f"force-{name}" for name in PLATFORMS]).close()
        daemon = subprocess.Popen(
            [*REDLETTER, "--workspace", folder, "run"], cwd=REPOSITORY, stderr=subprocess.PIPE, text=True
        )
        assert daemon.stderr is not None
        daemon.stderr.readline()
        time.sleep(5)
        before = _ticks(daemon.pid)
        time.sleep(rest)
        ticks = _ticks(daemon.pid) - before
        memory = next(line for line in Path(f"/proc/{daemon.pid}/status").read_text().splitlines() if "VmRSS" in line)
        daemon.terminate()
        daemon.wait()
        daemon.stderr.close()
    return int(memory.split()[1]) / 1024, 100 * ticks / os.sysconf("SC_CLK_TCK") / rest


def _account(platform: str) -> str:
    keys = ACCOUNT_KEYS[platform]
    secrets = [f'{name} = "env:TOKEN"' for name in keys.secrets]
    plain = [f'{name} = "force.example"' for name in keys.plain if name not in keys.optional]
    base_url = ['base_url = "http://127.0.0.1:9"'] if keys.base_url != "none" else []
    return "\n".join((f"[accounts.force-{platform}]", f'platform = "{platform}"', *base_url, *plain, *secrets)) + "\n"


def _ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rest", type=float, default=30)
    options = parser.parse_args()
    print(f"redletter --help            {seconds(['--help']):.2f} s")
    print(f"redletter preview           {seconds(['preview', 'child-exploitation']):.2f} s (the example, 24 posts)")
    memory, share = at_rest(options.rest)
    print(f"redletter run, at rest      {memory:.0f} MB, {share:.1f} % of one core")


if __name__ == "__main__":
    main()
