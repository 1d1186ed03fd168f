"""What batches give back again and again, in doubles: what the derivation of DANA's law is checked against.

    H(t) = S(t) + K H(t) + strength int_0^1 u^early (1 - u)^(late - 1) H(t u) du

is solved on a grid in log t, from times on where S is a constant. Between points H is a polynomial of log t,
and the kernel is integrated exactly, so that each point is a sum over those before.

    Renewal     the solution, and its error
"""

from __future__ import annotations

import math
from collections.abc import Callable

from asymptotics.caches import cached
from asymptotics.derivation.evaluation.bessel import gauss

STEP, BETTER = 0.3, 16
"""The grid in log t; twice the step is worse by far more than this factor."""
DEGREE = 7
POINTS = 24
START = 1e-2
"""The time from which on H is solved for: before, S is a constant."""

Curve = Callable[[float], float]


class Renewal:
    """H, as far as it has been asked for."""

    def __init__(self, source: Curve, gain: float, strength: float, early: float, late: float) -> None:
        self._source, self._gain, self._start = source, gain, START
        self._strength, self._shape = strength, (early, late)
        self._whole = strength * math.exp(_log_beta(early + 1, late))
        self._curves: dict[int, list[float]] = {1: [], 2: []}
        self._sources: list[float] = []

    def __call__(self, t: float) -> tuple[float, float]:
        """H(t) and its relative error."""
        fine, rough = (self._at(t, every) for every in (1, 2))
        return fine, abs(fine - rough) / BETTER / abs(fine) + 1e-12

    def _at(self, t: float, every: int) -> float:
        place = math.log(t / self._start) / (STEP * every)
        first = max(0, math.floor(place) - DEGREE // 2)
        while len(self._curves[every]) <= first + DEGREE:
            self._extend(every)
        values = self._curves[every][first : first + DEGREE + 1]
        return math.fsum(v * w for v, w in zip(values, _lagrange(place - first), strict=True))

    def _extend(self, every: int) -> None:
        curve = self._curves[every]
        index = len(curve) * every
        while len(self._sources) <= index:
            self._sources.append(self._source(self._start * math.exp(STEP * len(self._sources))))
        weights = [self._strength * w for w in _weights(*self._shape, STEP * every, len(curve) + 1)]
        still = self._sources[0] / (1 - self._gain - self._whole)
        behind = math.fsum(w * curve[-j] for j, w in enumerate(weights[1:], 1) if j <= len(curve))
        behind += still * (self._whole - math.fsum(weights[: len(curve) + 1]))
        curve.append((self._sources[index] + behind) / (1 - self._gain - weights[0]))


def _log_beta(x: float, y: float) -> float:
    return math.lgamma(x) + math.lgamma(y) - math.lgamma(x + y)


def _lagrange(place: float) -> list[float]:
    """Weights of the values at 0, ..., DEGREE."""
    nodes = range(DEGREE + 1)
    return [math.prod((place - k) / (j - k) for k in nodes if k != j) for j in nodes]


def _weights(early: float, late: float, step: float, count: int) -> list[float]:
    """``int u^early (1 - u)^(late - 1) H(t u) du`` as a sum over ``H(t e^(-j step))``, j < ``count``."""
    found = [0.0] * (count + 2 * DEGREE + 1)
    for interval in range(count + DEGREE):
        if interval * step * (early + 1) > 45:
            break
        first = max(0, interval - DEGREE // 2)
        for j, weight in enumerate(_interval(early, late, step, interval)):
            found[first + j] += weight
    return found[:count]


@cached(maxsize=4096)
def _interval(early: float, late: float, step: float, interval: int) -> list[float]:
    """What ``interval`` <= -log(u)/step <= ``interval`` + 1 adds to the weights of the points about it.

    At u = 1, in ``v = (1 - u)^late`` the kernel has no singularity; elsewhere it is smooth in log u.
    """
    first, found = max(0, interval - DEGREE // 2), [0.0] * (DEGREE + 1)
    end = (-math.expm1(-step)) ** late
    for x, w in gauss(POINTS):
        if interval:
            depth = step * (interval + x)
            weight = step * w * math.exp(-depth * (early + 1)) * (-math.expm1(-depth)) ** (late - 1)
        else:
            depth = -math.log1p(-((end * x) ** (1 / late)))
            weight = w * end / late * math.exp(-depth * early)
        for j, share in enumerate(_lagrange(depth / step - first)):
            found[j] += weight * share
    return found
