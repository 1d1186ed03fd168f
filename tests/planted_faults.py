"""Plant small faults in a copy of the packages, one at a time: do the tests of their room see them?

    python tests/planted_faults.py [--jobs 2] [word ...]

A `Fault` replaces one snippet of a module by another; it is seen if the tests named with it fail. Rows are
data: `fault_table.FAULTS` has slips as one makes them (a sign, a factor, a bound), `error_table.ESTIMATES`
divides each estimate of an error by a million. With words, the rows whose module or snippet has one of them.

    plant(fault, workshop)   whether the tests of the room fail with the fault in place
    faulty(fault, source)    the module with the fault in it
    survivors(faults, jobs)  the faults that no test of their room sees
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

ROOT = Path(__file__).resolve().parent.parent
COPIED = ("asymptotics", "numerics", "tests", "data", "pyproject.toml", "README.md")
FAILED, COLLECTED_WITH_ERRORS = 1, 2
"""What pytest returns where a test fails, and where a module of tests fails while it is read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """``old`` stands exactly once in ``module``; with ``new`` in its place one of ``tests`` must fail.

    ``module`` and ``tests`` are paths from the root of the repository. The examples in the docstrings of the
    module are among its tests.
    """

    module: str
    old: str
    new: str
    tests: tuple[str, ...]

    def __str__(self) -> str:
        shown = " ".join(self.old.split())
        return f"{self.module}: {shown if len(shown) < 70 else shown[:67] + '...'}"


def faulty(fault: Fault, source: str) -> str:
    """``source`` with the fault in it, which must still be Python; ValueError where it has no one place."""
    count = source.count(fault.old)
    if count != 1:
        raise ValueError(f"{fault}: the snippet occurs {count} times; name one place")
    changed = source.replace(fault.old, fault.new)
    compile(changed, fault.module, "exec")
    return changed


@contextmanager
def workshop() -> Iterator[Path]:
    """A folder with the packages and their tests, in which faults can be planted."""
    with tempfile.TemporaryDirectory(prefix="planted-") as folder:
        place = Path(folder)
        for name in COPIED:
            if (ROOT / name).is_dir():
                shutil.copytree(ROOT / name, place / name, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(ROOT / name, place / name)
        yield place


def plant(fault: Fault, place: Path) -> bool:
    """Whether the tests of the room see the fault; the module is whole again afterwards."""
    module = place / fault.module
    source = module.read_text(encoding="utf-8")
    try:
        module.write_text(faulty(fault, source), encoding="utf-8")
        return fails((fault.module, *fault.tests), place)
    finally:
        module.write_text(source, encoding="utf-8")


def fails(tests: Sequence[str], place: Path) -> bool:
    """Whether one of the tests fails in the workshop; RuntimeError where pytest cannot say."""
    command = [sys.executable, "-B", "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests]
    environment = {**os.environ, "PYTHONPATH": str(place), "HYPOTHESIS_PROFILE": "first"}
    done = subprocess.run(command, cwd=place, env=environment, capture_output=True, text=True)
    if done.returncode not in (0, FAILED, COLLECTED_WITH_ERRORS):
        raise RuntimeError(f"pytest {' '.join(tests)} ended with {done.returncode}: {done.stdout[-2000:]}")
    return done.returncode != 0


def survivors(faults: Iterable[Fault], jobs: int = 1, *, show: bool = False) -> list[Fault]:
    """The faults that the tests of their room do not see. Without a fault all these tests must pass."""
    faults = list(faults)
    rooms = sorted({test for fault in faults for test in fault.tests})
    free: SimpleQueue[Path] = SimpleQueue()

    def seen(fault: Fault) -> bool:
        place = free.get()
        try:
            found = plant(fault, place)
        finally:
            free.put(place)
        if show:
            print("seen     " if found else "SURVIVES ", fault, flush=True)  # noqa: T201
        return found

    with ExitStack() as stack:
        places = [stack.enter_context(workshop()) for _ in range(jobs)]
        if fails(rooms, places[0]):
            raise RuntimeError(f"without a fault, one of these fails: {' '.join(rooms)}")
        for place in places:
            free.put(place)
        with ThreadPoolExecutor(jobs) as pool:
            return [fault for fault, found in zip(faults, pool.map(seen, faults), strict=True) if not found]


def main() -> int:
    """The script: 0 if every fault is seen."""
    from error_table import ESTIMATES
    from fault_table import FAULTS

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("words", nargs="*")
    parser.add_argument("--jobs", type=int, default=1)
    options = parser.parse_args()
    chosen = [f for f in (*FAULTS, *ESTIMATES) if all(w in f.module + f.old for w in options.words)]
    if not chosen:
        parser.error(f"no fault has {' and '.join(map(repr, options.words))} in its module or snippet")
    left = survivors(chosen, options.jobs, show=True)
    print(f"{len(chosen) - len(left)} of {len(chosen)} faults are seen")  # noqa: T201
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
