"""The largest step of a planned run that leaves the smallest loss: a schedule, or an average, at its best.

The loss of n steps ``h eta f`` is a smooth function of log h that has one minimum. It is bracketed by
factors, centred by quartics through five values on a grid of log h, ever finer, and read off the last. Where
it still falls at h = 1, the step of the rule is the best that is allowed.

best_step    the best step of a solver, and the loss there
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import mpmath
import numpy as np

from asymptotics.errors import PrecisionError
from numerics.model.scheduled import ScheduledSolver
from numerics.values.results import Best
from numerics.values.value import Value

FACTOR = float(np.log(10))
WIDTHS = (0.8, 0.3, 0.02)
"""Distances of the five places in log h, one grid after the other."""
PLACES = np.arange(-2.0, 3.0)
MOST_FACTORS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class _Bottom:
    """Where a quartic is least, how far from where curves of lower degree are, and how it bends, over its
    value."""

    place: float
    apart: float
    bend: float


def best_step(solver: ScheduledSolver, steps: int, variance: float) -> Best:
    """The largest step, at most that of the rule of the solver, and the loss with sigma^2 = ``variance``."""

    def loss(log_share: float) -> float:
        signal, noise = solver.scaled_roughly(steps, float(np.exp(log_share)))
        return signal + variance * noise

    def sharp(log_share: float) -> float:
        signal, noise = solver.scaled(steps, float(np.exp(log_share)))
        return float((signal + noise * variance).value)

    largest = float(solver.dynamics.largest_step)
    centre = (
        _bracket_from_below(loss, steps * largest * solver.model.edge)
        if (solver.model.without_trace)
        else _bracket(loss)
    )
    # without trace steps are so small that rough losses jump by more than they curve
    finest = sharp if solver.model.without_trace else loss
    found = _Bottom(place=0.0, apart=0.0, bend=0.0)
    for width in WIDTHS:
        found = _bottom(finest if width == WIDTHS[-1] else loss, min(centre, -2 * width), width)
        centre = found.place
    bound = centre >= 0
    share = 1.0 if bound else float(np.exp(centre))
    signal, noise = solver.scaled(steps, share)
    value = signal + noise * variance
    off = value.relative_error
    if finest is loss:
        off = abs(float(value.value) / loss(np.log(share)) - 1)
    apart = 0.0 if bound else found.apart + off / found.bend
    return Best(
        argument=Value(value=mpmath.mpf(share * largest), error=mpmath.mpf(share * largest * apart)),
        loss=Value(value=value.value, error=value.error + abs(value.value) * found.bend * apart**2),
        note="the largest that is allowed" if bound else "",
    )


def _bracket(loss: Callable[[float], float]) -> float:
    """A place near the minimum, from the largest step on downward."""
    place, here = 0.0, loss(0.0)
    for _ in range(MOST_FACTORS):
        below = loss(place - FACTOR)
        if not below < here:
            return place
        place, here = place - FACTOR, below
    raise PrecisionError("the loss falls with the step to its end; no best step is found")


def _bracket_from_below(loss: Callable[[float], float], reach: float) -> float:
    """The same from steps that learn nothing on upward: without trace large ones diverge, how ever few."""
    place = -max(0.0, float(np.log(reach)))
    here = loss(place)
    while place < 0:
        above = loss(min(place + FACTOR, 0.0))
        if not above < here:
            return place
        place, here = min(place + FACTOR, 0.0), above
    return place


def _bottom(loss: Callable[[float], float], centre: float, width: float) -> _Bottom:
    """The minimum near ``centre``, from five values."""
    values = np.array([loss(centre + width * x) for x in PLACES])
    values = values / values[2]
    quartic, cubic = (np.polynomial.Polynomial.fit(PLACES, values, d, domain=[-1, 1]) for d in (4, 3))
    parabola = np.polynomial.Polynomial.fit(PLACES[1:4], values[1:4], 2, domain=[-1, 1])
    low = _least(quartic)
    apart = max(abs(low - _least(cubic)), abs(low - _least(parabola)) / 4)
    bend = float(quartic.deriv(2)(low)) / width**2
    return _Bottom(place=centre + width * low, apart=width * apart, bend=max(bend, 1e-3))


def _least(curve: np.polynomial.Polynomial) -> float:
    """Where it is least within the grid and a step beyond."""
    ends = PLACES[0] - 1, PLACES[-1] + 1
    roots = [x.real for x in curve.deriv().roots() if abs(x.imag) < 1e-9 and ends[0] < x.real < ends[1]]
    return min((*roots, *ends), key=curve)
