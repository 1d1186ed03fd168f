"""Features that move at the crossover of time and width: the scaling function behind their constants.

Where features grow for ever (p < 1) the lazy loss at width N is ``A kappa0^p G_p(theta)`` (`laws.joint`),
with the transform ``x^p/y``, ``y = x - x^(1-r)``. On its clock, in units of ``1/kappa0``,

    K = k Ks,  k^2 = gamma^2 A kappa0^(p-1),  Ks = 1/k + int int ...,
    t = ts/(k kappa0),  L = A kappa0^p Psi(ts),

and for N -> oo k grows: Psi is the limit of the solutions whose scale starts at ``1/k -> 0``, which they
approach in powers of 1/k; the first is eliminated, twice, which gives the error.

    WidthScaling    Psi for p and r
"""

from __future__ import annotations

import math

import numpy as np

from asymptotics.errors import DomainError
from numerics.model.clock import Clock, Complexes, run_clock
from numerics.model.encircle import encircle
from numerics.model.rich import compare_values
from numerics.values.value import Value

STARTS = (4e-5, 2e-5, 1e-5)
"""1/k of the solutions."""
RESOLUTIONS = ((10, 14), (14, 18))
LONGEST, LATEST, EARLIER = 1e7, 1e4, 1e9
"""In units of 1/kappa0 the longest time of the contour and of the clock; the largest rate over the first."""
MOST_DECADES = 100
NEWTON = 60


class WidthScaling:
    """``Psi(ts)`` for 0 < p < 1 and 0 < r < 1; 1 for ts -> oo (dimensionless)."""

    def __init__(self, p: float, r: float) -> None:
        decades = -2 * math.log10(STARTS[-1]) / (1 - p) if p < 1 else math.inf
        if not decades < MOST_DECADES:
            raise DomainError(
                f"p = {p:.6g}: features that move cross over {decades:.0f} decades before the width does, "
                f"beyond {MOST_DECADES}; losses at finite budgets are `frontier`"
            )
        self._found = [[_solve(p, r, start, *resolution) for start in STARTS] for resolution in RESOLUTIONS]

    @property
    def until(self) -> float:
        """The latest ts."""
        return min(clock.until for row in self._found for clock, _ in row)

    def __call__(self, ts: float) -> Value:
        """Its error is that of the elimination and of two resolutions."""
        rows = []
        for row in self._found:
            values = []
            for clock, weights in row:
                _, _, rest = clock.at_time(ts)
                values.append(1 + 2 * float((weights * rest[:-1] ** 2).sum().real))
            rows.append(values)
        coarse, fine = (2 * row[2] - row[1] for row in rows)
        found = compare_values(coarse, fine)
        left = abs(fine - (2 * rows[1][1] - rows[1][0]))
        return Value(value=found.value, error=found.error + left)


def _solve(p: float, r: float, start: float, order: int, degree: int) -> tuple[Clock, Complexes]:
    """The clock, and the weights of the loss above its end; the last rate stands for all faster ones."""
    fastest = EARLIER * start ** (-2 / (1 - p))
    logs, weights = encircle(1 / LONGEST, fastest, order)
    y = np.exp(logs)
    signal = weights * (_root(y, r) ** p - 1)
    high = fastest * (2 - p) / (1 - p)
    missing = math.sin(math.pi * p) / math.pi * fastest ** (p - 1) / (1 - p)
    rates, driving = np.append(-y, high), np.append(-y * signal, high**2 * missing / 2)
    return run_clock(rates, driving, 1.0, start, math.inf, LATEST, degree), signal


def _root(y: Complexes, r: float) -> Complexes:
    """x with ``x - x^(1-r) = y``, from large \\|y\\|, where x ~ y, inwards."""
    found = np.empty_like(y)
    order = np.argsort(-np.abs(y) - 1e-9 * np.abs(y) * np.angle(y))
    x = y[order[0]]
    for j in order:
        for _ in range(NEWTON):
            step = (x - x ** (1 - r) - y[j]) / (1 - (1 - r) * x**-r)
            while (x - step).imag <= 0 < y[j].imag:
                step /= 2
            x -= step
            if abs(step) <= 1e-15 * abs(x):
                break
        found[j] = x
    return found
