"""A sweep of verifications in one process and in two, and how long 500 points would take.

    python benchmarks/sweep_speed.py [--points 10] [--digits 30]

Printed are the processor time of either, all processes of it together, and their ratio; and from the time
a point the hours that 500 points take on two cores with nothing else to do. What each process does once,
imports and the laws in symbols, is in it, so that few points show more of it than many.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from release_one import LAWS, ROOT

POINTS, CORES = 500, 2


def processor_time(points: int, digits: int, jobs: int) -> float:
    """Seconds of all processes of one sweep."""
    command = [
        *(sys.executable, "-m", "numerics.cli", "sweep", "--sample", str(points), "--seed", "2026"),
        *("--laws", ",".join(LAWS), "--digits", str(digits), "--jobs", str(jobs)),
    ]
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }

    def spent() -> float:
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        return usage.ru_utime + usage.ru_stime

    with tempfile.TemporaryDirectory() as place:
        before = spent()
        rows = ["-o", str(Path(place) / "rows.jsonl")]
        subprocess.run([*command, *rows], check=True, env=environment, stdout=subprocess.DEVNULL)
        return spent() - before


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--points", type=int, default=10)
    parser.add_argument("--digits", type=int, default=30)
    options = parser.parse_args()
    one, two = (processor_time(options.points, options.digits, jobs) for jobs in (1, 2))
    print(f"--jobs 1: {one:.1f} s, --jobs 2: {two:.1f} s of processor time, ratio {two / one:.3f}")
    minutes = one / options.points * POINTS / CORES / 60
    print(f"{POINTS} points at {options.digits} digits on {CORES} idle cores: {minutes:.0f} minutes")


if __name__ == "__main__":
    main()
