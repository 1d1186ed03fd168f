"""Each row of the table of speeds against release one, run in turn in an environment beside.

    python benchmarks/release_one.py [--beside DIR] [--repeat 3] [row ...]

Release one is the commit below, installed from its archive with the extra ``fast`` into a virtual
environment in DIR (a temporary directory by default; one that is there is used again). Each row runs in a
fresh process of either, by turns; printed is the least processor time of each, and the ratio. What every
process does once, imports and the constants of quadratures, comes before, on a neighbouring spectrum.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Callable
from pathlib import Path

import numpy as np

from asymptotics import compute_optimal, derive, power_law
from asymptotics.symbols import N, a, b, t
from numerics import FullModel, frontier, verify

COMMIT = "5d38cf5"
ROOT = Path(__file__).resolve().parent.parent
TIMES = np.logspace(0, 12, 200)
POINT, NEIGHBOUR = {a: "3/2", b: "5/4"}, {a: "8/5", b: "13/10"}
LAWS = (
    "time model data bias_model variance_model bias_data variance_data model_transient data_transient gap "
    "model_transient_second data_transient_second gap_noise noise early_stopping early_stopping_time "
    "sgd_noise sgd_noise_model sgd_noise_transient time_discrete time_momentum"
).split()
"""The 21 laws of release one."""

Row = Callable[[dict], object]


def task(point: dict) -> object:
    return power_law(point[a], point[b])


def curve(**sizes: int) -> Row:
    return lambda point: FullModel(task(point), **sizes).curve(TIMES)


def losses(point: dict) -> None:
    """At 30 digits: with N, with P, and with both, each at three times."""
    for sizes in ({"N": 1000}, {"P": 1000}, {"N": 10**6, "P": 10**7}):
        model = FullModel(task(point), noise=0, digits=30, **sizes)
        for time_ in (10, 10**5, 10**9):
            model.test_loss(time_)


def verification(digits: int) -> Row:
    def run(point: dict) -> None:
        for name in LAWS if point is POINT else ("model", "time", "time_momentum"):  # with the rules' imports
            verify(getattr(derive(power_law(a, b)), name), at=point, digits=digits)

    return run


def derivations(point: dict) -> None:
    laws = derive(power_law(a, b))
    for name in LAWS if point is POINT else ("time",):
        assert getattr(laws, name).derivation.check(at=point).passed


def budgets(point: dict) -> None:
    optimum = compute_optimal(derive(power_law(a, b)), cost=N * t)
    frontier(optimum, [10 ** (6 + j) for j in range(20 if point is POINT else 1)], at=point, digits=8)


def memory(point: dict) -> float:
    """Extra memory over that of the arrays."""
    k = np.arange(1.0, (1e7 if point is POINT else 1e4) + 1)
    lam, power = k**-1.25, k**-1.5
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    FullModel.from_arrays(lam, power, N=1000).test_loss(100)
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return (after - before) * 1024 / (lam.nbytes + power.nbytes)


ROWS: dict[str, tuple[str, Row]] = {
    "size": ("200 times in 1 ... 10^12, N = 10^6, P = oo, 15 digits", curve(N=10**6)),
    "time": ("the same at N = P = oo", curve()),
    "both": ("the same at N = 10^6, P = 10^7", curve(N=10**6, P=10**7)),
    "losses": ("nine losses at 30 digits", losses),
    "verify15": ("verify, 21 laws at one point, 15 digits", verification(15)),
    "verify30": ("verify, 21 laws at one point, 30 digits", verification(30)),
    "derivations": ("the derivations of these 21 laws checked", derivations),
    "frontier": ("frontier of 20 budgets", budgets),
    "memory": ("from_arrays, 10^7 modes: extra memory/data", memory),
}


def run_row(name: str) -> None:
    """One row in this process; prints seconds of processor time, or the number that it returns."""
    row = ROWS[name][1]
    row(NEIGHBOUR)
    start = time.process_time()
    found = row(POINT)
    spent = time.process_time() - start
    print(json.dumps(found if isinstance(found, float) else spent))


def install(place: Path) -> Path:
    """The Python of the environment with release one in it."""
    python = place / "bin" / "python"
    if not python.exists():
        venv.create(place, with_pip=True)
        source = place / "source"
        source.mkdir()
        archive = subprocess.run(["git", "archive", COMMIT], cwd=ROOT, check=True, capture_output=True).stdout
        subprocess.run(["tar", "x", "-C", str(source)], input=archive, check=True)
        subprocess.run([str(python), "-m", "pip", "install", "-q", f"{source}[fast]"], check=True)
    return python


def measure(python: Path, name: str, path: str) -> float:
    environment = {**os.environ, "PYTHONPATH": path, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    command = [str(python), str(Path(__file__).resolve()), "--row", name]
    done = subprocess.run(
        command, cwd=tempfile.gettempdir(), env=environment, check=True, capture_output=True
    )
    return float(json.loads(done.stdout.splitlines()[-1]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("rows", nargs="*", choices=[[], *ROWS])
    parser.add_argument("--beside", type=Path)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--row", choices=ROWS)
    options = parser.parse_args()
    if options.row:
        run_row(options.row)
        return
    with tempfile.TemporaryDirectory() as temporary:
        before = install(options.beside or Path(temporary) / "release")
        for name in options.rows or ROWS:
            pairs = [
                (measure(before, name, ""), measure(Path(sys.executable), name, str(ROOT)))
                for _ in range(options.repeat)
            ]
            old, new = (min(column) for column in zip(*pairs, strict=True))
            print(f"{ROWS[name][0]:55s} {old:8.2f} {new:8.3f}   ratio {old / new:6.1f}", flush=True)


if __name__ == "__main__":
    main()
