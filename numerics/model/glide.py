"""A long run of one-pass SGD between its first steps and its last: the recursion in continuous time.

A moment that a step makes ``rho y + s`` obeys ``dy/dx = log(rho) y + s log(rho)/(rho - 1)`` in the number x
of steps, exactly while rho and s do not change; they belong to the middle of a step, and the loss that feeds
the noise to its beginning. What is left out is of the order of the second derivatives in x, and so of 1/x^2
and 1/(T - x)^2. To first order in eta, ``rho = 1 - 2 eta e`` and the logarithm is ``-2 eta e``: the Volterra
equation

    L(tau) = F(2 tau) + int_0^tau (eta/B)(tau') J2(2(tau - tau')) (L + sigma^2) dtau',     tau = int eta dn.

On each panel the loss is a polynomial through Chebyshev points; the nodes solve their equations there.

    Pace            which of the two
    glide           the moments from one x to another
    panels          where the panels end
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from asymptotics.errors import PrecisionError
from numerics.model.clock import Grid, chebyshev
from numerics.model.plan import Plan
from numerics.model.recursion import Around, Complexes, Floats, Moments

GROWTH = 1.5
"""Each panel ends at so many times its start, counted from both ends of the run."""
SMOOTH = 1e-11
"""By so much a schedule may differ from a polynomial on a panel; where it has a corner, panels shrink."""
SHORTEST = 1e-2
"""Panels around a corner are not made shorter than this, in steps."""
PROBES = np.array([0.111, 0.537, 0.953])
MOST_PANELS = 3000
SMALL = 1e-5
"""Below it ``log(1 + x)`` and ``log(1 + x)/x`` are series."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """``exact``: the rates of the steps themselves; else to first order in eta.

    ``half``: how far the middle of a step is from its beginning; 0 where that is left out.
    """

    exact: bool = True
    half: float = 0.5

    def rates(self, change: Complexes) -> tuple[Complexes, Complexes]:
        """The rate of a factor ``1 + change`` each step, and by what its source is multiplied."""
        if not self.exact:
            return change, np.ones_like(change)
        small = np.abs(change) < SMALL
        large = np.where(small, 1.0, change)
        share = np.where(small, 1 - change / 2 + change**2 / 3, np.log(1 + large) / large)
        return change * share, share


EXACT, ROUGH, SMALL_STEPS = Pace(), Pace(half=0.0), Pace(exact=False, half=0.0)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Smooth:
    """A function of x, and what it must be resolved to."""

    values: Callable[[Floats], Floats]
    within: float

    @classmethod
    def over(cls, values: Callable[[Floats], Floats], steps: int) -> Smooth:
        """To a share of its largest value in a run of so many steps."""
        return cls(values=values, within=SMOOTH * float(np.abs(values(np.linspace(0.0, steps, 65))).max()))

    def bends(self, a: float, b: float, grid: Grid) -> bool:
        """Whether it is no polynomial on a panel."""
        values, between = self.values(a + (b - a) * grid.points), self.values(a + (b - a) * PROBES)
        return bool(np.abs([grid.weights(p) @ values for p in PROBES] - between).max() > self.within)


def panels(
    start: float,
    end: float,
    steps: int,
    least: float,
    functions: list[Smooth],
    grid: Grid,
    corners: Floats,
) -> list[float]:
    """The ends of panels from ``start`` to ``end`` of polynomials, and at ``corners``."""
    ends = [start]
    while ends[-1] < end:
        x = ends[-1]
        step = min((GROWTH - 1) * max(x, least), max(steps - x, least) * (1 - 1 / GROWTH))
        to = end if end - x - step < least / 2 else x + step
        ahead = corners[np.searchsorted(corners, x + SHORTEST) :]
        ends += _halved(x, min(to, float(ahead[0])) if ahead.size else to, functions, grid)
        if len(ends) > MOST_PANELS:
            raise PrecisionError(f"the schedule takes more than {MOST_PANELS} panels; use a smoother one")
    return ends


def _halved(a: float, b: float, functions: list[Smooth], grid: Grid) -> list[float]:
    if b - a < SHORTEST or not any(function.bends(a, b, grid) for function in functions):
        return [b]
    middle = (a + b) / 2
    return _halved(a, middle, functions, grid) + _halved(middle, b, functions, grid)


def glide(
    around: Around,
    plan: Plan,
    start: float,
    end: float,
    least: float,
    degree: int,
    moments: Moments,
    pace: Pace,
) -> None:
    """The moments at ``end``, from those at ``start``, in place; the first panel is about ``least`` long."""
    grid = chebyshev(degree)
    lines = plan.corners is not None
    functions = [f for f in (None if lines else plan.eta, plan.batch, plan.weight) if f is not None]
    corners = np.zeros(0) if plan.corners is None else plan.corners + pace.half
    smooth = [Smooth.over(f, plan.steps) for f in functions]
    ends = panels(start, end, plan.steps, least, smooth, grid, corners)
    for a, b in pairwise(ends):
        _panel(around, plan, a, b - a, grid, moments, pace)


def _panel(
    around: Around,
    plan: Plan,
    start: float,
    length: float,
    grid: Grid,
    moments: Moments,
    pace: Pace,
) -> None:
    inner, from_start = grid.slopes[1:, 1:], grid.slopes[1:, 0]
    x = start + length * grid.points[1:]
    eta, batch = plan.eta(x - pace.half), plan.batch(x - pace.half)
    z = around.z[:, None]
    change = 2 * eta * z + ((1 + 1 / batch) * (eta * z) ** 2 if pace.exact else 0)
    rate, share = pace.rates(change)
    source = -length * (eta**2 / batch) * z * share
    response = _invert(inner, length * rate)
    own = _from(response @ from_start, moments.own)
    before = moments.loss(around)
    weights = around.noise[:, None, None]
    base = 2 * (weights * own[:, :, 1:]).sum(axis=0).real
    base[:, 0] += 2 * (around.signal @ own[:, :, 0]).real
    fed_by = response * source[:, None, :]
    feed = 2 * (weights * fed_by).sum(axis=0).real
    # the loss that feeds is that at the beginning of the step
    lag = np.eye(len(x)) - pace.half / length * inner
    unit = np.array([0.0, 1.0]) - pace.half / length * np.outer(from_start, before)
    loss = np.linalg.solve(np.eye(len(x)) - feed @ lag, base + feed @ unit)
    fed = lag @ loss + unit
    own[:, :, 1:] += fed_by @ fed
    if plan.weight is not None:
        _average(plan.weight(x + pace.half), eta, z, length, (inner, from_start), own, moments, pace)
    moments.own = own[:, -1].copy()


def _average(
    weight: Floats,
    eta: Floats,
    z: Complexes,
    length: float,
    slopes: tuple[Floats, Floats],
    own: Complexes,
    moments: Moments,
    pace: Pace,
) -> None:
    """``E v A`` and ``E A^2`` at the end of the panel; a step adds the iterate that it ends at."""
    inner, from_start = slopes
    rate, share = pace.rates(eta * z)
    response = _invert(inner, length * rate)
    shift = pace.half / length
    later = own + shift * (inner @ own + from_start[:, None] * moments.own[:, None])
    added = length * (weight * share)[:, :, None] * later
    cross = _from(response @ from_start, moments.cross) + response @ added
    slope = inner @ cross + from_start[:, None] * moments.cross[:, None]
    grown = 2 * weight[:, None] * (cross + shift * slope)
    if pace.exact:
        grown = grown - (weight**2)[:, None] * later
    end = np.linalg.inv(inner)[-1]
    moments.average = moments.average + length * (end @ grown)
    moments.cross = cross[:, -1].copy()


def _from(response: Complexes, start: Complexes) -> Complexes:
    """What is left at the places of a panel, (J, i, c), of what its nodes have at its start, (J, c)."""
    return np.asarray(-response[:, :, None] * start[:, None, :])


def _invert(inner: Floats, rates: Complexes) -> Complexes:
    """``(D - diag(rates))^-1`` for each node."""
    system = np.broadcast_to(inner, (len(rates), *inner.shape)).astype(np.complex128)
    diagonal = np.arange(len(inner))
    system[:, diagonal, diagonal] -= rates
    return np.asarray(np.linalg.inv(system))
