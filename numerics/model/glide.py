"""A long run of one-pass SGD between its first steps and its last: the recursion in continuous time.

A moment that a step makes ``rho y + s``, rho and s smooth in the number x of steps, obeys

    dy/dx = l y + G s - (G' + G/2) s' - (G''/2) l' s,    l = log(rho),    G(l) = l/(e^l - 1),

but for second derivatives: rho and s belong to the middle of a step, the loss that feeds the noise to its
beginning. What is left out is of the order of 1/x^2 and 1/(T - x)^2. To first order in eta, ``rho = 1 - 2 eta
e`` and the logarithm is ``-2 eta e``: the Volterra equation

    L(tau) = F(2 tau) + int_0^tau (eta/B)(tau') J2(2(tau - tau')) (L + sigma^2) dtau',     tau = int eta dn.

On each panel the loss is a polynomial through Chebyshev points; the nodes solve their equations there.

    Pace            which of the two
    glide           the moments from one x to another
    panels          where the panels end
    propagate       the modes on one of them
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from asymptotics.errors import PrecisionError
from numerics.model.clock import Grid, chebyshev
from numerics.model.plan import Course, Plan
from numerics.model.recursion import Around, Complexes, Floats, Moments

GROWTH = 1.5
"""Each panel ends at so many times its start, counted from both ends of the run."""
SMOOTH = 1e-11
"""By so much a schedule may differ from a polynomial on a panel; where it has a corner, panels shrink."""
SHORTEST = 1e-2
"""Panels around a corner are not made shorter than this, in steps."""
SPREAD, SEEN = 4.0, 1e-3
"""Its bounds may be beyond its values at the points by so many times their spread, and by this share: else
there may be a peak between them."""
PROBES = np.array([0.111, 0.537, 0.953])
MOST_PANELS = 3000
SMALL = 1e-3
"""Below it ``log(1 + x)`` and the derivatives of G are series."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """``exact``: the rates of the steps themselves; else to first order in eta.

    ``slopes``: whether the terms in s' and l' are kept.
    """

    exact: bool = True
    slopes: bool = True

    @property
    def half(self) -> float:
        """How far the middle of a step is from its beginning, where that counts."""
        return 0.5 if self.exact else 0.0

    def rates(self, change: Complexes) -> tuple[Complexes, Complexes, Complexes, Complexes]:
        """``l, G, G' + G/2`` and ``G''/2`` of a factor ``1 + change`` each step."""
        if not self.exact:
            return change, np.ones_like(change), 0 * change, 0 * change
        small = np.abs(change) < SMALL
        large = np.where(small, 1.0, change)
        rate = np.where(small, change * _series(change), np.log(1 + large))
        share = np.where(small, _series(change), rate / large)
        if not self.slopes:
            return rate, share, 0 * change, 0 * change
        slope = (1 - share * (1 + large)) / large
        first = np.where(small, -rate / 12 + rate**2 / 24, slope + share / 2)
        return rate, share, first, np.where(small, 1 / 12 - rate**2 / 120, -(1 + large) * first / large)


def _series(x: Complexes) -> Complexes:
    """``log(1 + x)/x``."""
    return np.asarray(np.polyval([(-1) ** n / (n + 1) for n in range(6)][::-1], x))


EXACT, ROUGH, SMALL_STEPS = Pace(), Pace(slopes=False), Pace(exact=False)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Smooth:
    """A function of x, and its largest value, to a share of which it must be resolved."""

    values: Course
    largest: float

    def bends(self, a: float, b: float, grid: Grid) -> bool:
        """Whether it is no polynomial on a panel."""
        values, between = self.values(a + (b - a) * grid.points), self.values(a + (b - a) * PROBES)
        if np.abs([grid.weights(p) @ values for p in PROBES] - between).max() > SMOOTH * self.largest:
            return True
        least, most = self.values.between(a, b)
        room = SPREAD * float(np.ptp(values)) + SEEN * self.largest
        return bool(least < values.min() - room or most > values.max() + room)


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
    smooth = [Smooth(values=f, largest=f.largest) for f in functions]
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
    x = start + length * grid.points - pace.half
    eta, batch = plan.eta(x), plan.batch(x)
    z = around.z[:, None]
    change = 2 * eta * z + ((1 + 1 / batch) * (eta * z) ** 2 if pace.exact else 0)
    rate, *shares = pace.rates(change)
    response, own = propagate(grid, length * rate[:, 1:], moments.own)
    before = moments.loss(around)
    weights = around.noise[:, None, None]
    base = 2 * (weights * own[:, :, 1:]).sum(axis=0).real
    base[:, 0] += 2 * (around.signal @ own[:, :, 0]).real
    by_loss, by_slope = _sources(-(eta**2 / batch) * z, rate, shares, grid, length)
    feeds = [response * (length * source)[:, None, :] for source in (by_loss, by_slope)]
    # the loss that feeds is that at the beginning of the step
    lag = np.eye(len(inner)) - pace.half / length * inner
    ahead = np.outer(from_start, before) / length
    unit = np.array([0.0, 1.0]) - pace.half * ahead
    fed, steep = (2 * (weights * feed).sum(axis=0).real for feed in feeds)
    system = np.eye(len(inner)) - fed @ lag - steep @ inner / length
    loss = np.linalg.solve(system, base + fed @ unit + steep @ ahead)
    own[:, :, 1:] += feeds[0] @ (lag @ loss + unit) + feeds[1] @ (inner @ loss / length + ahead)
    if plan.weight is not None:
        everywhere = np.concatenate([moments.own[:, None], own], axis=1)
        _average(plan.weight(x + 2 * pace.half), eta * z, everywhere, length, grid, moments, pace)
    moments.own = own[:, -1].copy()


def _sources(
    source: Complexes, rate: Complexes, shares: list[Complexes], grid: Grid, length: float
) -> tuple[Complexes, Complexes]:
    """What multiplies the loss that feeds, and its slope, at the places of a panel."""
    share, first, second = shares
    d_source, d_rate = (f @ grid.slopes.T / length for f in (source, rate))
    by_loss = share * source - first * d_source - second * d_rate * source
    return by_loss[:, 1:], (-first * source)[:, 1:]


def _average(
    weight: Floats,
    change: Complexes,
    own: Complexes,
    length: float,
    grid: Grid,
    moments: Moments,
    pace: Pace,
) -> None:
    """``E v A`` and ``E A^2`` at the end of the panel; a step adds the iterate that it ends at."""
    slopes, shift = grid.slopes, pace.half / length
    inner, from_start = slopes[1:, 1:], slopes[1:, 0]
    rate, share, first, second = pace.rates(change)
    response, kept = propagate(grid, length * rate[:, 1:], moments.cross)
    later = own + shift * (slopes @ own)
    added = weight[:, None] * later
    d_rate = rate @ slopes.T
    fed = length * (share[:, :, None] * added)
    fed -= first[:, :, None] * (slopes @ added) + (second * d_rate)[:, :, None] * added
    cross = kept + response @ fed[:, 1:]
    slope = inner @ cross + from_start[:, None] * moments.cross[:, None]
    grown = 2 * weight[1:, None] * (cross + shift * slope)
    if pace.exact:
        grown = grown - (weight[1:] ** 2)[:, None] * later[:, 1:]
    end = np.linalg.inv(inner)[-1]
    moments.average = moments.average + length * (end @ grown)
    moments.cross = cross[:, -1].copy()


def propagate(grid: Grid, rates: Complexes, start: Complexes) -> tuple[Complexes, Complexes]:
    """``(D - diag(rates))^-1`` of each node, and what is left at the places of a panel of its start."""
    inner = grid.slopes[1:, 1:]
    system = np.broadcast_to(inner, (len(rates), *inner.shape)).astype(np.complex128)
    diagonal = np.arange(len(inner))
    system[:, diagonal, diagonal] -= rates
    response = np.asarray(np.linalg.inv(system))
    return response, np.asarray(-(response @ grid.slopes[1:, 0])[:, :, None] * start[:, None, :])
