"""The clock of features that move: the Volterra equation that the learned kernel sets for its own scale.

Under the clock tau, ``dtau = K dt``, the network is the linear model (theory of `numerics.model.rich`), and
with ``chi = K^(-1/2)``

    1/chi(tau)^2 = K(0) + gamma^2 sum_j w_j Z_j(tau)^2,     Z_j' = chi - h_j Z_j,   Z_j(0) = 0,

where ``sum_j w_j e^(-h_j x)`` is minus the slope in x of the lazy train loss at time x/2. Rates h_j and
weights w_j may be complex: each stands for itself and its conjugate, so that the sum is twice its real
part.

    Clock           the solution on panels of tau that grow geometrically
    run_clock       to solve it until a time t is reached

On each panel chi is a polynomial through Chebyshev points, the Z_j solve their equations at these points
(collocation), and Newton's method finds chi. What is left is the error of interpolation, which two
solutions of different degree measure.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from asymptotics.errors import PrecisionError

Floats = NDArray[np.float64]
Complexes = NDArray[np.complex128]

GROWTH = 1.4
"""Each panel ends at so many times its start."""
FIRST = 0.5
"""The first panel ends at this over the largest rate, of decay or of growth of the features."""
ROUNDS = 60
CLOSE = 1e-15
ROUGH = 1e-9
"""Relative steps of Newton's method: where it ends at once, and below which one that has stopped falling
ends it."""
MOST_PANELS = 2000
BISECTIONS = 52


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Panel:
    """Where a panel starts, how long it is in tau, and the solution at its points.

    ``rest`` is ``chi - h Z``, what is not learned yet, without its cancellation; ``t`` is the time.
    """

    start: float
    length: float
    chi: Floats
    Z: Complexes
    rest: Complexes
    t: Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Clock:
    """chi, t and the Z_j as functions of tau."""

    grid: Grid
    panels: tuple[Panel, ...]

    @property
    def until(self) -> float:
        """The latest time."""
        return float(self.panels[-1].t[-1])

    @property
    def tau(self) -> float:
        """The latest tau."""
        return self.panels[-1].start + self.panels[-1].length

    def at_time(self, t: float) -> tuple[float, float, Complexes]:
        """tau, chi and the ``1 - h_j Z_j/chi`` when the time is t.

        After the end, tau alone goes on, as for a scale that stays.
        """
        if t > self.until:
            last = self.panels[-1]
            chi = float(last.chi[-1])
            return self.tau + (t - self.until) / chi**2, chi, last.rest[-1] / chi
        panel = next(panel for panel in self.panels if t <= panel.t[-1])
        low, high = 0.0, 1.0
        for _ in range(BISECTIONS):
            middle = (low + high) / 2
            low, high = (middle, high) if self.grid.weights(middle) @ panel.t < t else (low, middle)
        weights = self.grid.weights(high)
        chi = float(weights @ panel.chi)
        return panel.start + high * panel.length, chi, weights @ panel.rest / chi


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Grid:
    """Chebyshev points x_0 = 0 < ... < x_n = 1, the matrix of derivatives on them, and barycentric
    weights."""

    points: Floats
    slopes: Floats
    barycentric: Floats

    def weights(self, x: float) -> Floats:
        """The weights that interpolate at x."""
        apart = x - self.points
        at = np.abs(apart) < CLOSE
        if at.any():
            return np.asarray(at, dtype=np.float64)
        terms = self.barycentric / apart
        return np.asarray(terms / terms.sum(), dtype=np.float64)

    def respond(self, rates: Complexes) -> tuple[NDArray[np.complex128], Complexes]:
        """R and A of ``Z = R f + A Z(0)`` at the inner points, for ``Z' = f - rate Z`` and each rate."""
        inner = self.slopes[1:, 1:]
        shifted = inner[None] + rates[:, None, None] * np.eye(len(inner))[None]
        response = np.asarray(np.linalg.inv(shifted), dtype=np.complex128)
        return response, -driven_by(self.slopes[1:, 0], response)


def driven_by(f: Floats, response: NDArray[np.complex128]) -> Complexes:
    """``R f`` of each rate, in columns."""
    return np.asarray((response @ f).T, dtype=np.complex128)


def weigh(scaled: Complexes, response: NDArray[np.complex128]) -> Floats:
    """``Re sum_j scaled_j R_j``, row by row: products of matrices, which einsum would add up one by one."""
    rows = np.matmul(scaled[:, None, :], response.transpose(1, 0, 2))[:, 0, :]
    return np.asarray(rows.real, dtype=np.float64)


def stiffness(chi: Floats, scaled: Complexes, response: NDArray[np.complex128]) -> Floats:
    """The derivative of ``1/chi^2 - 2 Re sum_j strength w_j Z_j^2`` in chi at the inner points.

    ``scaled`` are the ``strength length Z_j w_j``.
    """
    slope = -4 * weigh(scaled, response)
    slope[np.diag_indices_from(slope)] -= 2 / chi**3
    return slope


def chebyshev(degree: int) -> Grid:
    """The grid of a polynomial of this degree.

    >>> grid = chebyshev(4)
    >>> bool(np.allclose(grid.slopes @ grid.points**3, 3 * grid.points**2))
    True
    """
    j = np.arange(degree + 1)
    points = np.sin(np.pi * j / (2 * degree)) ** 2
    barycentric = np.where((j == 0) | (j == degree), 0.5, 1.0) * (-1.0) ** j
    apart = np.subtract.outer(points, points)
    np.fill_diagonal(apart, 1.0)
    slopes = np.divide.outer(1 / barycentric, 1 / barycentric) / apart
    np.fill_diagonal(slopes, 0.0)
    np.fill_diagonal(slopes, -slopes.sum(axis=1))
    return Grid(points=points, slopes=slopes, barycentric=barycentric)


def run_clock(
    rates: Complexes,
    weights: Complexes,
    gamma: float,
    start: float,
    until: float,
    longest: float,
    degree: int,
) -> Clock:
    """The clock until the time ``until``, or to where tau passes ``longest``. ``start`` is K(0)."""
    grid = chebyshev(degree)
    tau, t = 0.0, 0.0
    chi = start**-0.5
    Z, rest = np.zeros(len(rates), dtype=np.complex128), np.full(len(rates), chi, dtype=np.complex128)
    growth = gamma * math.sqrt(max(0.0, 2 * float(weights.sum().real)))
    length = FIRST / (float(np.abs(rates).max()) + growth)
    panels: list[Panel] = []
    while not panels or (t < until and tau <= longest):
        if len(panels) > MOST_PANELS:
            raise PrecisionError("the clock of the rich model takes too many panels; use an earlier time")
        panel = _solve_panel(grid, rates, weights, gamma**2, start, (tau, t, chi, Z, rest), length)
        panels.append(panel)
        tau, t, chi = tau + length, float(panel.t[-1]), float(panel.chi[-1])
        Z, rest = panel.Z[-1], panel.rest[-1]
        length = (GROWTH - 1) * tau
    return Clock(grid=grid, panels=tuple(panels))


def _solve_panel(
    grid: Grid,
    rates: Complexes,
    weights: Complexes,
    strength: float,
    start: float,
    at: tuple[float, float, float, Complexes, Complexes],
    length: float,
) -> Panel:
    tau, t, chi_0, Z_0, rest_0 = at
    inner = grid.slopes[1:, 1:]
    response, ahead = grid.respond(rates * length)
    left = ahead * Z_0
    chi, before = np.full(len(inner), chi_0), math.inf
    for _ in range(ROUNDS):
        Z = left + length * driven_by(chi, response)
        rest = 1 / chi**2 - start - 2 * strength * (Z**2 * weights).sum(axis=1).real
        step = np.linalg.solve(stiffness(chi, strength * length * Z * weights, response), -rest)
        size = float(np.abs(step / chi).max())
        chi = chi + step * min(1.0, 0.5 / (size + CLOSE))
        if size < CLOSE or (size < ROUGH and size > before / 2):  # rounding is all that is left
            break
        before = size
    else:
        raise PrecisionError(f"the clock of the rich model did not converge at tau = {tau:.3g}")
    Z = left + length * driven_by(chi, response)
    rest = ahead * rest_0
    rest = rest + driven_by(_slopes(chi, strength * Z * weights, response, rest, length), response)
    times = t + np.concatenate([[0.0], np.linalg.solve(inner, length * chi**2)])
    return Panel(
        start=tau,
        length=length,
        chi=np.concatenate([[chi_0], chi]),
        Z=np.vstack([Z_0[None], Z]),
        rest=np.vstack([rest_0[None], rest]),
        t=times,
    )


def _slopes(
    chi: Floats, scaled: Complexes, response: NDArray[np.complex128], ahead: Complexes, length: float
) -> Floats:
    """``chi'`` times the length, from ``chi' = -chi^3 strength 2 Re sum_j w_j Z_j rest_j``.

    ``rest = ahead + response chi'``, so that this is a linear system; ``scaled`` are ``strength Z_j w_j``.
    Where chi tends to a constant, differences of its values would leave its rounding alone.
    """
    front = -2 * length * chi**3
    slopes = front[:, None] * weigh(scaled, response)
    driven = front * (scaled * ahead).sum(axis=1).real
    return np.asarray(np.linalg.solve(np.eye(len(chi)) - slopes, driven), dtype=np.float64)
