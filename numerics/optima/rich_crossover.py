r"""Features that move at the crossover of time and size: the scaling function behind their constants.

Near ``tau ~ 1/kappa0`` the lazy loss is ``A kappa0^p G_p``, p < 1 (`laws.joint`), with ``kappa = kappa0 x``,
``y = x - x^(1-r)``. On its contour the clock of features that move needs the lazy train loss alone,

    train:  x^p - 1 for N features,   y x^(p-1) for P samples   (over y, above its end),

since what samples leave to be learned of their own labels is ``R1 Xi/z = Xi/kappa``. In units of 1/kappa0

    K = k Ks,  k^2 = gamma^2 A kappa0^(p-1),  Ks = 1/k + int int chi chi S,
    t = ts/(k kappa0),  L = C_p kappa0^p Psi(ts),

with A of Xi and C_p of the joint law: A for N, (1 - p) A, of F, for P. Features that are rich long before
have k -> oo: Psi is the limit of the solutions whose scale starts at ``1/k -> 0``, which they approach in
powers of 1/k; the first is eliminated, twice, which gives the error. A richness that falls as
``N^-(1-p)/2r`` keeps k, and Psi is that of this start.

The loss, of which N features share the transform with the train loss, is for samples a two-time integral,

    N:  1 + (1/2 pi i) oint g^2 (x^p - 1) dy/y,
    P:  (1/2 pi i)^2 oint oint g g' x x' (x^(p-1) - x'^(p-1))/((1-p)(y' - y)) dy dy'/(y y'),

with g the share of a rate that is not learned yet. Under label noise ``sigma^2/P`` a loss ``C (2 tau)^-s``
meets ``sigma^2 E tau^(1-q)/P`` long before the samples themselves count, at ``kappa0^(s+1-q) = sigma^2 E/(C
P)``. Noisy labels drive the features as the target does: both densities of rates are in S, and with C for A

    L = C kappa0^s Psi,   Psi = int g^2 h^(s-1) dh/Gamma(s) + int (1 - g)^2 h^(q-2) dh/Gamma(q).

    RichCrossover    Psi for p, r, a size and k
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from sympy import Symbol

from asymptotics.errors import DomainError
from asymptotics.symbols import N, P
from numerics.model.clock import Clock, Complexes, run_clock
from numerics.model.encircle import encircle
from numerics.model.rich import compare_values
from numerics.optima.rich_scaling import density
from numerics.values.value import Value

STARTS = (4e-5, 2e-5, 1e-5)
"""1/k of the solutions whose limit is taken."""
RESOLUTIONS = ((10, 14), (14, 18))
LONGEST, LATEST, EARLIER = 1e7, 1e4, 1e9
"""In units of 1/kappa0 the longest time of the contour and of the clock; the largest rate over the first."""
LATEST_NOISY = 1e3
"""That of the clock under label noise, which grows without end."""
MOST_DECADES = 100
NEWTON = 60
POLISH = 3


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Contour:
    """Nodes y, their weights, ``u = log x`` there, and dy/du."""

    y: Complexes
    weights: Complexes
    u: Complexes
    slope: Complexes


Loss = Callable[[Complexes], float]
"""What g at the nodes leaves of the loss."""


def _of_features(at: Contour, p: float) -> tuple[Complexes, Loss]:
    signal: Complexes = np.expm1(p * at.u)
    return signal, lambda g: 1 + 2 * float((at.weights * signal * g**2).sum().real)


def _of_samples(at: Contour, p: float) -> tuple[Complexes, Loss]:
    y, u = (np.concatenate([f, f.conj()]) for f in (at.y, at.u))
    count = len(at.y)
    ahead = y - at.y[:, None]
    np.fill_diagonal(ahead, 1.0)
    kernel = np.exp(at.u[:, None] + p * u) * np.expm1((p - 1) * (at.u[:, None] - u)) / ahead
    np.fill_diagonal(kernel, (1 - p) * np.exp((1 + p) * at.u) / at.slope)
    kernel /= 1 - p

    def loss(g: Complexes) -> float:
        left = at.weights * g
        return 2 * float((left @ (kernel[:, :count] @ left + kernel[:, count:] @ left.conj())).real)

    return at.y * np.exp((p - 1) * at.u), loss


PARTS = {N: _of_features, P: _of_samples}
"""What a size makes of a contour: the lazy train loss there, and the loss."""


class RichCrossover:
    """``Psi(ts)`` for 0 < p < 1, 0 < r < 1 and N or P; dimensionless.

    For ts -> oo it is 1 for N, 1/r for P, as G_p of `laws.joint`. ``k``: the scale that the features have at
    the crossover, oo where they are rich long before.

    >>> RichCrossover(0.5, 0.5, P, k=1.0)(1.0).digits(6)
    '2.0951'
    """

    def __init__(self, p: float, r: float, size: Symbol, k: float = math.inf) -> None:
        self._solve(p, k, lambda *at: _solve(p, r, size, *at))

    @classmethod
    def under_noise(cls, s: float, q: float) -> RichCrossover:
        """That of label noise, k -> oo, for ``sum lambda e^-(lambda t) ~ t^-q``, 0 < s, q < 1."""
        found = cls.__new__(cls)
        found._solve(s, math.inf, lambda *at: _solve_noisy(s, q, *at))
        return found

    def _solve(self, p: float, k: float, solve: Callable[[float, int, int], tuple[Clock, Loss]]) -> None:
        starts = STARTS if math.isinf(k) else (1 / k,)
        decades = 2 * abs(math.log10(starts[-1])) / (1 - p)
        if decades > MOST_DECADES:
            raise DomainError(
                f"p = {p:.6g}: features that move cross over {decades:.0f} decades before the size does, "
                f"beyond {MOST_DECADES}; losses at finite budgets are `frontier`"
            )
        self._found = [[solve(start, *resolution) for start in starts] for resolution in RESOLUTIONS]

    @property
    def until(self) -> float:
        """The latest ts."""
        return min(clock.until for row in self._found for clock, _ in row)

    def __call__(self, ts: float) -> Value:
        """Its error is that of the elimination and of two resolutions."""
        coarse, fine = (
            [loss(clock.at_time(ts)[2][:-1]) for clock, loss in row]  # but for the fastest rate
            for row in self._found
        )
        if len(fine) == 1:
            return compare_values(coarse[0], fine[0])
        limits = [2 * row[2] - row[1] for row in (coarse, fine)]
        found, left = compare_values(*limits), abs(limits[1] - (2 * fine[1] - fine[0]))
        return Value(value=found.value, error=found.error + left)


def _solve(p: float, r: float, size: Symbol, start: float, order: int, degree: int) -> tuple[Clock, Loss]:
    """The clock and the loss; the last rate stands for all faster ones."""
    fastest = EARLIER * max(1.0, start ** (-2 / (1 - p)))
    at = _encircle(fastest, r, order)
    signal, loss = PARTS[size](at, p)
    high = fastest * (2 - p) / (1 - p)
    missing = math.sin(math.pi * p) / math.pi * fastest ** (p - 1) / (1 - p)
    rates, driving = np.append(-at.y, high), np.append(-at.y * at.weights * signal, high**2 * missing / 2)
    return run_clock(rates, driving, 1.0, start, math.inf, LATEST, degree), loss


def _solve_noisy(s: float, q: float, start: float, order: int, degree: int) -> tuple[Clock, Loss]:
    """The same of the density ``h^(s-1)/Gamma(s)`` of the target and ``h^(q-2)/Gamma(q)`` of label noise.

    What is slower than the slowest rate has its slope in h at first, what is faster is learned.
    """
    fastest, slowest = EARLIER * start ** (-2 / (1 - s)), 1 / LONGEST**2
    rates, target = density(s, fastest, slowest, order)
    noise = target * math.gamma(s) * rates ** (q - 1 - s)
    noise[0], noise[-1] = slowest**q / q / rates[0], rates[-1] * fastest ** (q - 2) / (2 - q)
    noise /= math.gamma(q)
    learned = fastest ** (q - 1) / (1 - q) / math.gamma(q)
    driving = (rates * (target + noise) / 2).astype(np.complex128)
    clock = run_clock(rates.astype(np.complex128), driving, 1.0, start, math.inf, LATEST_NOISY, degree)

    def loss(g: Complexes) -> float:
        return float((target[:-1] * g.real**2 + noise[:-1] * (1 - g.real) ** 2).sum()) + learned

    return clock, loss


def _encircle(fastest: float, r: float, order: int) -> Contour:
    logs, weights = encircle(1 / LONGEST, fastest, order)
    y = np.exp(logs)
    u = np.log(_root(y, r))
    for _ in range(POLISH):
        u = u - (-np.exp(u) * np.expm1(-r * u) - y) / _slope(u, r)
    return Contour(y=y, weights=weights, u=u, slope=_slope(u, r))


def _slope(u: Complexes, r: float) -> Complexes:
    """``dy/du`` of ``y = e^u - e^((1-r) u)``."""
    return np.asarray(np.exp(u) - (1 - r) * np.exp((1 - r) * u), dtype=np.complex128)


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
