"""The best schedule of all with T steps: the calculus of variations with the exact kernels of a model.

With the sum E of the steps, x what is left of it and ``tau = E - x``, the loss is to first order in the steps

    L = F(2 E) + int_0^E eta(x) g(x) dx,    g = (F(2 (E - x)) + sigma^2) J2(2 x)/B,    T = int_0^E dx/eta(x),

F what gradient flow leaves and J2 the kernel of the noise. At fixed E and T it is least where
``eta = c g^(-1/2)``, and at most the largest step where that is more. E is then the best. Without label
noise g is large at the start as well, and the steps warm up.

    Sampled          a schedule by its heights at shares of the steps
    best_schedule    the best one, and its loss
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from sympy import Expr

from asymptotics.errors import UnableError
from asymptotics.model.schedules.base import Schedule
from numerics.model.recursion import Around, Floats

PER_DECADE = 30
"""Places of x in a decade, from either end."""
ROUNDS = 60
SECTIONS = 32
"""Golden sections of the sum of steps, to seven digits; the loss is flat there."""
LOWEST = 1e-3
"""The first place, over the inverse of the largest rate."""
EPSILON = 2.0**-50
GOLDEN = (5**0.5 - 1) / 2


@dataclass(frozen=True, slots=True, eq=False)
class Sampled(Schedule):
    """Heights at growing shares of the steps, and between them along lines."""

    shares: Floats
    heights: Floats

    title = "a schedule by its heights"

    @property
    def expression(self) -> Expr:
        raise UnableError("a schedule by its heights is no expression in u; models and simulations take it")

    def values(self, shares: Floats) -> Floats:
        """At many shares."""
        return np.asarray(np.interp(shares, self.shares, self.heights))

    def __call__(self, share: float) -> float:
        return float(np.interp(share, self.shares, self.heights))

    def __repr__(self) -> str:
        return f"Sampled({len(self.shares)} heights from {self.heights[0]:.6g} to {self.heights[-1]:.6g})"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BestRun:
    """The loss to first order without label noise, what sigma^2 = 1 adds, and eta(x) at places x.

    ``rounding``: that of the first.
    """

    signal: float
    noise: float
    rounding: float
    variance: float
    total: float
    left: Floats
    eta: Floats

    @property
    def loss(self) -> float:
        """With label noise."""
        return self.signal + self.variance * self.noise

    def schedule(self, largest: float) -> Sampled:
        """As a schedule of steps that are at most ``largest``."""
        steps = _integral(self.left, 1 / self.eta)
        done = 1 - steps / steps[-1]
        return Sampled(done[::-1].copy(), np.minimum(1.0, self.eta[::-1] / largest))


def best_schedule(
    around: Around, variance: float, batch: float, largest: float, steps: int, edge: float
) -> BestRun:
    """The best run of so many steps, each at most ``largest``; its sum by golden sections."""

    def run(log_total: float) -> BestRun:
        return _at(around, variance, batch, largest, steps, edge, float(np.exp(log_total)))

    high = float(np.log(largest * steps))
    low = min(float(np.log(LOWEST / edge)), high - 1)
    for _ in range(SECTIONS):
        one, two = high - GOLDEN * (high - low), low + GOLDEN * (high - low)
        low, high = (low, two) if run(one).loss < run(two).loss else (one, high)
    return min((run(x) for x in (low, high, (low + high) / 2)), key=lambda found: found.loss)


def _at(
    around: Around, variance: float, batch: float, largest: float, steps: int, edge: float, total: float
) -> BestRun:
    """The best run with this sum of steps."""
    left = _places(total, min(LOWEST / edge, total / 100))
    signal = _sum(around.signal, around.z, total - left)
    rounding = EPSILON * _sum(abs(around.signal), around.z.real, total - left)
    signal = np.maximum(signal, rounding)  # late losses are far below what they are made of
    kernel = _sum(-around.noise * around.z, around.z, left)
    feed = np.maximum((signal + variance) * kernel / batch, 1e-300)
    free = feed**-0.5

    def eta(c: float) -> Floats:
        return np.minimum(largest, c * free)

    low, high = 0.0, largest / float(free.min())
    for _ in range(ROUNDS):
        middle = (low + high) / 2
        low, high = (middle, high) if _integral(left, 1 / eta(middle))[-1] > steps else (low, middle)
    found = eta(high)
    rest = float(_sum(around.signal, around.z, np.array([total]))[0])
    fed, noise, off = (
        float(_integral(left, found * part * kernel / batch)[-1]) for part in (signal, signal**0, rounding)
    )
    return BestRun(
        signal=rest + fed,
        noise=noise,
        rounding=float(rounding[0]) + off,
        variance=variance,
        total=total,
        left=left,
        eta=found,
    )


def _sum(weights: np.ndarray, z: np.ndarray, x: Floats) -> Floats:
    """``int e^(-2 e x)`` over the measure with these weights."""
    return np.asarray(2 * (np.exp(2 * np.outer(x, z)) @ weights).real)


def _places(total: float, first: float) -> Floats:
    """From 0 to ``total``, finer to both ends."""
    count = int(PER_DECADE * np.log10(total / first)) + 2
    rise = np.geomspace(first, total / 2, count)
    return np.concatenate([[0.0], rise, (total - rise)[-2::-1], [total]])


def _integral(x: Floats, values: Floats) -> Floats:
    """The integral from 0 on, by the trapezoid in powers: exact for each power between two places."""
    step, ratio = np.diff(x), np.log(values[1:] / values[:-1])
    mean = np.where(np.abs(ratio) < 1e-6, 1 + ratio / 2, np.expm1(ratio) / np.where(ratio == 0, 1, ratio))
    return np.concatenate([[0.0], np.cumsum(step * values[:-1] * mean)])
