"""One-pass SGD after n steps: its generating function on a contour against the recursion of its moments.

    python benchmarks/sgd_speed.py

Both on the first 2000 modes of a power law, the recursion in doubles, the contour to 8 digits.
"""

from __future__ import annotations

import time

import numpy as np

from numerics import FullModel, OnePassSGD

MODES, ETA, BATCH = 2000, 0.25, 2
STEPS = (100, 10_000, 1_000_000)


def recursion(eigenvalues: np.ndarray, target: np.ndarray, steps: int) -> float:
    """``sum_k lambda_k E v_k^2`` after so many steps, one after the other."""
    kept = 1 - 2 * ETA * eigenvalues + (1 + 1 / BATCH) * (ETA * eigenvalues) ** 2
    given, parts = (ETA * eigenvalues) ** 2 / BATCH, target.copy()
    for _ in range(steps):
        parts = kept * parts + given * parts.sum()
    return float(parts.sum())


def main() -> None:
    k = np.arange(1.0, MODES + 1)
    eigenvalues, target = k**-1.5, k**-2.5
    model = FullModel.from_arrays(eigenvalues, target, rule=OnePassSGD(eta=ETA, batch=BATCH), digits=8)
    print(f"{'steps':>15} {'contour / s':>12} {'recursion / s':>14} {'ratio':>8} {'difference':>11}")
    for steps in STEPS:
        start = time.perf_counter()
        value = float(model.test_loss(steps))
        exact = time.perf_counter() - start
        start = time.perf_counter()
        direct = recursion(eigenvalues, target, steps)
        plain = time.perf_counter() - start
        print(f"{steps:>15} {exact:12.3f} {plain:14.3f} {plain / exact:8.2f} {abs(value / direct - 1):11.1e}")


if __name__ == "__main__":
    main()
