"""The best schedule at N = oo, to first order in its steps, by sums over modes, to ten digits.

With E the sum of T steps and x what is left of it, each step at most ``most``,

    L = F(2 E) + int_0^E eta g dx,   g = (F(2 (E - x)) + sigma^2) J2(2 x)/B,   eta = min(most, c g^(-1/2)),

c such that ``int_0^E dx/eta = T``, and E where the slope of L at this T vanishes,

    2 F'(2 E) + [eta g + c^2/eta] at x = E + int_0^E eta dg/dE dx = 0.

`numerics.model.best_schedule` has the same at any N from
a contour, to three digits; here F, -F' and J2 are interpolated in log x from losses of gradient flow on
the targets c, c lambda and lambda^2, and integrals are split where the largest step begins to bind.

    Sums       F, -F' and J2 of a task
    best_run   the loss, the share of the steps over which they fall in the end, and the largest step
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise

import mpmath
import numpy as np
from sympy import Integer

from asymptotics.caches import cached
from asymptotics.tasks.task import Task
from numerics.model.full_model import FullModel
from numerics.spectra.arrays import Array as Floats
from numerics.values.value import Value

FIRST = -10
"""Sums are constant below that decade of x, over the inverse of the root of sum lambda^2."""
DEGREES = (14, 17)
"""Of polynomials in log x, two a decade: to compare with, and in use."""
GAIN = 30
"""So much better is the latter at least: the nearest singularity leaves 5.6 a degree."""
NODES = 12
GRID = 16
"""Places a decade among which the ends of the plateau are looked for."""
DIGITS = 14
BISECTIONS = 60
PIECES = 60
STRIDE, STRIDES = 2.0, 200
"""In log c^2, and in the odds of E to what all largest steps sum up to; so many at most."""
APART = 1e-3
"""So far from the best place in these odds slopes are read."""
CLOSE, ROUNDING = 1e-12, 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class Sums:
    """F(2 x), -F'(2 x) and J2(2 x) by polynomials in log x, two a decade from ``first`` on; ``off``: their
    error."""

    tables: tuple[Floats, Floats, Floats]
    first: float
    off: float

    def left(self, x: Floats) -> Floats:
        """F(2 x)."""
        return self._at(self.tables[0], x)

    def slope(self, x: Floats) -> Floats:
        """-F'(2 x)."""
        return self._at(self.tables[1], x)

    def kernel(self, x: Floats) -> Floats:
        """J2(2 x)."""
        return self._at(self.tables[2], x)

    def _at(self, table: Floats, x: Floats) -> Floats:
        place = 2 * np.log10(np.maximum(x / self.first, 1.0))
        piece = np.minimum(place.astype(int), len(table) - 1)
        return np.asarray(np.exp(_chebyshev(table[piece], 2 * (place - piece) - 1)))


def _chebyshev(coefficients: Floats, y: Floats) -> Floats:
    """Each series, along the last axis, at its own y."""
    return np.asarray(np.polynomial.chebyshev.chebval(y, np.moveaxis(coefficients, -1, 0), tensor=False))


@cached(maxsize=16)
def sums_of(task: Task, longest: int) -> Sums:
    """Those of a task, to the decade ``longest`` of x."""
    models = [
        FullModel(replace(task, target=target, noise=Integer(0)), digits=DIGITS)
        for target in (task.target, task.target * task.eigenvalues, task.eigenvalues**2)
    ]
    first = 10.0**FIRST / float(models[2].test_loss(0)) ** 0.5
    pieces = 2 * math.ceil(longest - math.log10(first))
    y, off, tables = np.linspace(-1.0, 1.0, 9)[None, :], 0.0, []
    for model in models:
        coarse, fine = (_table(model, first, pieces, degree) for degree in DEGREES)
        apart = _chebyshev(coarse[:, None], y) - _chebyshev(fine[:, None], y)
        off = max(off, float(np.abs(apart).max()) / GAIN)
        tables.append(fine)
    return Sums((tables[0], tables[1], tables[2]), first, off)


def _table(model: FullModel, first: float, pieces: int, degree: int) -> Floats:
    nodes = np.cos(math.pi * (np.arange(degree + 1) + 0.5) / (degree + 1))
    places = first * 10 ** (np.arange(pieces)[:, None] / 2 + (1 + nodes) / 4)
    found = np.array([float(value) for value in model.curve(places.ravel().tolist())])
    return np.asarray(np.polynomial.chebyshev.chebfit(nodes, np.log(found).reshape(places.shape).T, degree).T)


@dataclass(kw_only=True, eq=False)
class _Half:
    """Half of the way: places by the logarithm y of their distance from its end, or from its start.

    ``cost``: log g at y. ``moved``: ``-(dg/dE)/g``.
    """

    y: Floats
    cost: Callable[[Floats], Floats]
    moved: Callable[[Floats], Floats]

    def __post_init__(self) -> None:
        self.known: Floats = self.cost(self.y)
        self.ends: Floats = self.y[:: GRID // 2]
        self.whole = self._at(self.ends)

    def above(self, level: float, place: int) -> bool:
        """Whether steps are below the largest there."""
        return bool(self.known[place] > level)

    def corners(self, level: float) -> list[float]:
        """Where log g crosses a level, by bisection."""
        above = self.known > level
        at = np.nonzero(above[1:] != above[:-1])[0]
        low, high = self.y[at], self.y[at + 1]
        for _ in range(BISECTIONS if at.size else 0):
            middle = (low + high) / 2
            same = (self.cost(middle) > level) == above[at]
            low, high = np.where(same, middle, low), np.where(same, high, middle)
        return [float(x) for x in low]

    def integrals(self, most: float, level: float) -> list[Floats]:
        """``int dx/eta``, ``int eta g dx`` and ``-int eta dg/dE dx`` between corners, from y = -oo on."""
        whole, found = _integrands(most, level, *self.whole), []
        for low, high in pairwise([float(self.y[0]), *self.corners(level), float(self.y[-1])]):
            first, last = np.searchsorted(self.ends, low), np.searchsorted(self.ends, high, "right") - 1
            if first > last:
                found.append(_integrands(most, level, *self._at(np.array([low, high]))).sum(axis=1))
                continue
            edges = np.array([low, self.ends[first]]), np.array([self.ends[last], high])
            parts = (_integrands(most, level, *self._at(edge))[:, 0] for edge in edges)
            found.append(whole[:, first:last].sum(axis=1) + np.sum([*parts], axis=0))
        return found

    def _at(self, ends: Floats) -> tuple[Floats, Floats, Floats]:
        """log g, ``-(dg/dE)/g`` and dx at the nodes of each panel."""
        x, weights = np.polynomial.legendre.leggauss(NODES)
        y = ((ends[1:] + ends[:-1])[:, None] + np.diff(ends)[:, None] * x) / 2
        dx = np.diff(ends)[:, None] / 2 * weights * np.exp(y)
        return self.cost(y.ravel()).reshape(y.shape), self.moved(y.ravel()).reshape(y.shape), dx


def _integrands(most: float, level: float, g: Floats, moved: Floats, dx: Floats) -> Floats:
    """The three integrals over each panel, shape (3, panels)."""
    eta = most * np.exp(np.minimum(0.0, (level - g) / 2))
    fed = dx * eta * np.exp(g)
    return np.array([(dx / eta).sum(axis=1), fed.sum(axis=1), (fed * moved).sum(axis=1)])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Search:
    sums: Sums
    variance: float
    batch: float
    most: float
    steps: int

    def run(self, total: float) -> tuple[float, float, float, float]:
        """The loss of the best run with this sum of steps, the share of the steps of its decay, the largest
        of them, and the slope of the loss in log(total), over the loss."""
        end, start = self._halves(total)

        def excess(level: float) -> float:
            parts = [*end.integrals(self.most, level), *start.integrals(self.most, level)]
            return math.log(float(sum(part[0] for part in parts)) / self.steps)

        level = _root(excess, float(end.known[-1]), -STRIDE)
        late, early = end.integrals(self.most, level), start.integrals(self.most, level)
        steps, fed, moved = np.sum([*late, *early], axis=0)
        falling = 0.0
        if end.above(level, 0):
            falling = late[0][0]
            if len(late) == 1 and end.above(level, -1):
                falling += early[-1][0]
        whole = np.array([total])
        loss = float(self.sums.left(whole)[0]) + fed
        first = float(start.known[0])
        eta = self.most * math.exp(min(0.0, (level - first) / 2))
        slope = eta * math.exp(first) + self.most**2 * math.exp(level) / eta - moved
        slope -= 2 * float(self.sums.slope(whole)[0])
        cheapest = min(float(end.known.min()), float(start.known.min()))
        largest = self.most * math.exp(min(0.0, (level - cheapest) / 2))
        return loss, float(falling / steps), largest, float(slope * total / loss)

    def _halves(self, total: float) -> tuple[_Half, _Half]:
        y = np.linspace(math.log(self.sums.first), math.log(total / 2), 1 + GRID * PIECES)

        def cost(x: Floats, rest: Floats) -> Floats:
            left = (self.sums.left(rest) + self.variance) / self.batch
            return np.asarray(np.log(left) + np.log(self.sums.kernel(x)))

        def moved(rest: Floats) -> Floats:
            return np.asarray(2 * self.sums.slope(rest) / (self.sums.left(rest) + self.variance))

        end = _Half(
            y=y, cost=lambda y: cost(np.exp(y), total - np.exp(y)), moved=lambda y: moved(total - np.exp(y))
        )
        start = _Half(
            y=y, cost=lambda y: cost(total - np.exp(y), np.exp(y)), moved=lambda y: moved(np.exp(y))
        )
        return end, start


def _root(function: Callable[[float], float], start: float, stride: float) -> float:
    """The zero of a function that grows along the stride, found from a place on: regula falsi (Illinois)."""
    low, value = start, function(start)
    step = stride if value < 0 else -stride
    for _ in range(STRIDES):
        high, there = low + step, function(low + step)
        if there * value <= 0:
            break
        low, value = high, there
    for _ in range(STRIDES):
        place = high - there * (high - low) / (there - value) if there != value else high
        found = function(place)
        if abs(found) < CLOSE or place in (low, high):
            return place
        if found * there < 0:
            low, value = high, there
        else:
            value /= 2
        high, there = place, found
    return place


@cached(maxsize=256)
def best_run(task: Task, variance: float, batch: float, most: float, steps: int) -> tuple[Value, ...]:
    """The loss of the best of all runs of so many steps, the share of its steps that fall in the end, and the
    largest of them."""
    longest = math.ceil(math.log10(most * steps))
    search = _Search(sums=sums_of(task, longest), variance=variance, batch=batch, most=most, steps=steps)

    def run(odds: float) -> tuple[float, float, float, float]:
        return search.run(most * steps / (1 + math.exp(-odds)))

    place = _root(lambda odds: run(odds)[-1], 0.0, STRIDE)
    off, (*here, _), (*beside, slope) = search.sums.off + ROUNDING, run(place), run(place + APART)
    apart = APART * 10 * off / abs(slope)
    return tuple(
        Value(value=mpmath.mpf(x), error=mpmath.mpf(x * 10 * off + abs(y - x) * power))
        for x, y, power in zip(here, beside, (apart**2, apart, apart), strict=True)
    )
