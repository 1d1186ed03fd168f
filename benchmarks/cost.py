"""What a loss costs against digits, N, t, terms and modes: processor time, as data and as a picture.

    python benchmarks/cost.py [--draw]

Each point is the least of three measurements, on a time that the model has not seen; written to
``data/cost.json``, and drawn into ``docs/cost.svg`` (with ``--draw`` from the data alone).
"""

from __future__ import annotations

import argparse
import json
import platform
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from asymptotics import derive, power_law
from numerics import FullModel

ROOT = Path(__file__).resolve().parent.parent
DATA, PICTURE = ROOT / "data" / "cost.json", ROOT / "docs" / "cost.svg"
TASK = power_law("3/2", "5/4")
REPEATS = 3
DIGITS = (5, 8, 10, 12, 15, 18, 20, 25, 30, 40, 50)
SIZES = tuple(10**j for j in range(2, 19, 2))
TIMES = tuple(10**j for j in range(0, 19, 2))
MODES = tuple(10**j for j in range(2, 7))
TERMS = (1, 2, 3, 4, 5)


def least(run: Callable[[int], object]) -> float:
    """The least processor time of a few runs, each of which is given its number."""
    spent = []
    for i in range(REPEATS + 1):
        start = time.process_time()
        run(i)
        spent.append(time.process_time() - start)
    return min(spent[1:])


def loss(model: FullModel, t: float) -> float:
    return least(lambda i: model.test_loss(t * (1 + i / 8)))


def listed(modes: int) -> FullModel:
    k = np.arange(1.0, modes + 1)
    return FullModel.from_arrays(k**-1.25, k**-1.5, N=1000)


def measure() -> dict[str, dict[str, list[tuple[float, float]]]]:
    """Seconds by what grows, and by the model."""
    models: dict[str, dict[str, int]] = {
        "N = P = oo": {},
        "N": {"N": 10**6},
        "N and P": {"N": 10**6, "P": 10**7},
    }
    found: dict[str, dict[str, list[tuple[float, float]]]] = {}
    found["digits"] = {
        name: [(d, loss(FullModel(TASK, digits=d, **sizes), 1000.0)) for d in DIGITS]
        for name, sizes in models.items()
    }
    found["N"] = {"N": [(n, loss(FullModel(TASK, N=n), 1000.0)) for n in SIZES]}
    found["t"] = {
        name: [(t, loss(FullModel(TASK, **sizes), float(t))) for t in TIMES] for name, sizes in models.items()
    }
    found["terms"] = expansions()
    found["modes"] = {"N = 1000": [(m, loss(listed(m), 100.0)) for m in MODES]}
    return found


def expansions() -> dict[str, list[tuple[float, float]]]:
    """Of a law with numbers, derived and expanded, on a spectrum that was not seen before."""
    places = iter(range(1, 1000))
    names = ("time", "model", "data")
    for name in names:  # what a process does once
        _expand(name, TERMS[-1], 0)
    return {
        f"laws.{name}.expansion": [
            (n, least(lambda _, n=n, name=name: _expand(name, n, next(places)))) for n in TERMS
        ]
        for name in names
    }


def _expand(name: str, terms: int, i: int) -> object:
    law = getattr(derive(power_law(f"{31 + 2 * i}/20", f"{13 + i}/10")), name)
    return law.expansion(terms=terms)


def draw(found: dict[str, dict[str, list[tuple[float, float]]]]) -> None:
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "cost"
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(1, len(found), figsize=(3.1 * len(found), 3), sharey=True)
    for ax, (what, curves) in zip(axes, found.items(), strict=True):
        for name, points in curves.items():
            ax.plot(*zip(*points, strict=True), "o-", markersize=3, label=name)
        ax.set_yscale("log")
        if what not in ("digits", "terms"):
            ax.set_xscale("log")
        ax.set_xlabel(what)
        ax.legend(fontsize=7)
    axes[0].set_ylabel("seconds of processor time")
    figure.tight_layout()
    figure.savefig(PICTURE, metadata={"Date": None})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--draw", action="store_true")
    if not parser.parse_args().draw:
        DATA.write_text(
            json.dumps(
                {"machine": platform.processor() or platform.machine(), "seconds": measure()}, indent=1
            )
            + "\n"
        )
    draw(json.loads(DATA.read_text())["seconds"])


if __name__ == "__main__":
    main()
