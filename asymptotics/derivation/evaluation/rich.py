"""The loss of features that move, mode by mode in doubles: what a derivation of its law is checked against.

Modes k <= 64 stand as they are, the others by Gauss' rule in log k, from the midpoint k = 64 + 1/2 on (the
correction of Euler and Maclaurin included). Under the clock tau,

    dZ/dtau = chi - h Z for each rate h,    1/chi^2 = 1 + gamma^2 sum w h Z^2,    dt = chi^2 dtau,

chi is taken as linear in each step, which is solved exactly; two solutions, one with half the steps of the
other, are extrapolated.

    RichCurve    L, or the scale K, as a function of t, solved as far as it is asked for
    Solution     the clock step by step
    list_modes   rates and weights of a sum over modes
"""

from __future__ import annotations

import cmath
import math
from bisect import bisect_left
from collections.abc import Callable
from typing import Any

import mpmath

from asymptotics.caches import cached

DIRECT = 64
ORDER = 8
"""Modes taken as they are, and Gauss nodes for each factor e of k beyond."""
LEFT = 1e-20
"""The share of the target power in the last factor e of k; not much more than that is left out."""
SLOWEST = 1e-38
"""Modes of faster rates count, whatever their power: powers over rates make the scale of the features."""
APART = 0.01
FACTORS = 400
STEP = 0.015
"""How much a step of the finer solution lengthens tau, relatively."""
START = 0.1
"""The length of the first step, in steps over the largest rate."""

Mode = tuple[float, float]
"""The rate h = lambda and the weight w = m c of a mode, or of many."""


def list_modes(mode: Callable[[float], Mode], last: float) -> list[Mode]:
    """Modes whose sums are those over k = 1 ... last."""
    direct = int(min(DIRECT, last))
    found = [mode(float(k)) for k in range(1, direct + 1)]
    if direct == last:
        return found
    nodes = gauss(ORDER)
    total, start = math.fsum(w for _, w in found), math.log(direct + 0.5)
    for side in (-1, 1):  # f'(64 + 1/2)/24
        rate, weight = mode(direct + 0.5 + side * APART)
        found.append((rate, side * weight / (48 * APART)))
    for j in range(FACTORS):
        end = min(start + 1, math.log(last + 0.5))
        panel = []
        for x, w in nodes:
            k = math.exp(start + (end - start) * x)
            rate, weight = mode(k)
            panel.append((rate, weight * w * k * (end - start)))
        found += panel
        share = math.fsum(w for _, w in panel)
        total, start = total + share, end
        fallen = j > 2 and share < LEFT * total and panel[-1][0] < SLOWEST
        if fallen or end >= math.log(last + 0.5):
            break
    return found


@cached(maxsize=8)
def gauss(order: int) -> list[tuple[float, float]]:
    """Nodes and weights of Gauss' rule on [0, 1]."""
    roots = mpmath.polyroots(mpmath.taylor(lambda x: mpmath.legendre(order, x), 0, order)[::-1])
    slopes = [mpmath.diff(lambda x: mpmath.legendre(order, x), r) for r in roots]
    found = [((1 + r) / 2, 1 / ((1 - r**2) * s**2)) for r, s in zip(roots, slopes, strict=True)]
    return [(float(x), float(w)) for x, w in found]


class RichCurve:
    """The loss and the scale of the features for given modes and gamma."""

    def __init__(self, modes: list[Mode], richness: float) -> None:
        self._solutions = [Solution(modes, richness, step) for step in (2 * STEP, STEP)]
        self._left = 10 * LEFT * math.fsum(w for _, w in modes)

    def loss(self, t: float) -> tuple[float, float]:
        """L, and an estimate of its relative error, the modes that are left out included."""
        value, error = self._compare(0, t)
        return value, error + self._left / value

    def scale(self, t: float) -> tuple[float, float]:
        """K, and an estimate of its relative error."""
        return self._compare(1, t)

    def _compare(self, which: int, t: float) -> tuple[float, float]:
        coarse, fine = (solution.read(which, math.log(t)) for solution in self._solutions)
        return math.exp(fine + (fine - coarse) / 3), abs(fine - coarse) / 2 + 1e-8


class Solution:
    """The clock step by step: chi, t and the ``Z`` of all modes at the last tau; ``logs`` of L and of K."""

    def __init__(self, modes: list[Mode], richness: float, step: float) -> None:
        self.rates, self.weights = ([m[i] for m in modes] for i in (0, 1))
        self.strength, self._step = richness**2, step
        growth = math.sqrt(self.strength * math.fsum(h * w for h, w in modes))
        self.Z, self.chi = [0.0] * len(modes), 1.0
        self.tau = self.t = 0.0
        self.next = START * step / (max(self.rates) + growth)
        self.times: list[float] = []
        self.logs: tuple[list[float], list[float]] = ([], [])

    def read(self, which: int, log_t: float) -> float:
        """log L or log K by the cubic through four neighbouring steps."""
        while len(self.times) < 4 or self.times[-3] < log_t:
            self.advance()
        i = min(max(bisect_left(self.times, log_t) - 2, 0), len(self.times) - 4)
        x, y = self.times[i : i + 4], self.logs[which][i : i + 4]
        return math.fsum(
            y[j] * math.prod((log_t - x[m]) / (x[j] - x[m]) for m in range(4) if m != j) for j in range(4)
        )

    def advance(self) -> list[tuple[float, float, float]]:
        """One step; how each mode has moved."""
        length, before = self.next, self.chi
        moves = [move(h, length) for h in self.rates]
        known = [
            Z - left * Z + before * (full - slope)
            for Z, (left, full, slope) in zip(self.Z, moves, strict=True)
        ]
        slopes = [slope for _, _, slope in moves]
        # 1/chi^2 = 1 + gamma^2 (a + 2 b chi + c chi^2)
        a, b, c = (
            self.strength * math.fsum(map(math.prod, zip(self.weights, self.rates, p, q, strict=True)))
            for p, q in ((known, known), (known, slopes), (slopes, slopes))
        )
        chi = before
        for _ in range(40):
            value = 1 / chi**2 - 1 - a - 2 * b * chi - c * chi**2
            change = value / (2 / chi**3 + 2 * b + 2 * c * chi)
            chi += max(change, -chi / 2)
            if abs(change) < 1e-15 * chi:
                break
        self.Z = [p + q * chi for p, q in zip(known, slopes, strict=True)]
        self.t += length * (before**2 + before * chi + chi**2) / 3
        self.tau, self.chi = self.tau + length, chi
        self.next = self._step * self.tau
        rest = (1 - h * Z / chi for h, Z in zip(self.rates, self.Z, strict=True))
        loss = math.fsum(w * g * g for w, g in zip(self.weights, rest, strict=True))
        self.times.append(math.log(self.t))
        for log, value in zip(self.logs, (loss, chi**-2), strict=True):
            log.append(math.log(value))
        return moves


def move(rate: Any, length: float) -> tuple[Any, Any, Any]:
    """What a step takes from Z, and what chi adds at its start and end in all, and at its end.

    ``1 - e^-x``, ``(1 - e^-x)/h`` and ``(1 - (1 - e^-x)/x)/h``, ``x = h length``.
    """
    x = rate * length
    if abs(x) < 1e-4:
        return x - x * x / 2 + x**3 / 6, length * (1 - x / 2 + x * x / 6), length * (0.5 - x / 6 + x * x / 24)
    left = 1 - cmath.exp(-x) if isinstance(x, complex) else -math.expm1(-x)
    return left, left / rate, (1 - left / x) / rate
