"""The loss of features that move, mode by mode in doubles: what a derivation of its law is checked against.

Modes k <= 64 stand as they are, the others by Gauss' rule in log k, from the midpoint k = 64 + 1/2 on (the
correction of Euler and Maclaurin included). Under the clock tau,

    dZ/dtau = chi - h Z for each rate h,    1/chi^2 = 1 + gamma^2 sum w h Z^2,    dt = chi^2 dtau,

chi is taken as linear in each step, which is solved exactly; two solutions, one with half the steps of the
other, are extrapolated.

    RichCurve    L, or the scale K, as a function of t, solved as far as it is asked for
    list_modes   rates and weights of a sum over modes
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable

import mpmath

DIRECT = 64
ORDER = 8
"""Modes taken as they are, and Gauss nodes for each factor e of k beyond."""
LEFT = 1e-15
"""The share of the target power that is left out."""
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
    nodes = [(float(x), float(w)) for x, w in _gauss(ORDER)]
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
        if (j > 2 and share < LEFT * total) or end >= math.log(last + 0.5):
            break
    return found


def _gauss(order: int) -> list[tuple[mpmath.mpf, mpmath.mpf]]:
    """Nodes and weights of Gauss' rule on [0, 1]."""
    roots = mpmath.polyroots(mpmath.taylor(lambda x: mpmath.legendre(order, x), 0, order)[::-1])
    slopes = [mpmath.diff(lambda x: mpmath.legendre(order, x), r) for r in roots]
    return [((1 + r) / 2, 1 / ((1 - r**2) * s**2)) for r, s in zip(roots, slopes, strict=True)]


class RichCurve:
    """The loss and the scale of the features for given modes and gamma."""

    def __init__(self, modes: list[Mode], richness: float) -> None:
        self._solutions = [_Solution(modes, richness, step) for step in (2 * STEP, STEP)]

    def loss(self, t: float) -> tuple[float, float]:
        """L, and an estimate of its relative error."""
        return self._compare(0, t)

    def scale(self, t: float) -> tuple[float, float]:
        """K, and an estimate of its relative error."""
        return self._compare(1, t)

    def _compare(self, which: int, t: float) -> tuple[float, float]:
        coarse, fine = (solution.read(which, math.log(t)) for solution in self._solutions)
        return math.exp(fine + (fine - coarse) / 3), abs(fine - coarse) / 2 + 1e-8


class _Solution:
    def __init__(self, modes: list[Mode], richness: float, step: float) -> None:
        self._rates, self._weights = ([m[i] for m in modes] for i in (0, 1))
        self._strength, self._step = richness**2, step
        growth = math.sqrt(self._strength * math.fsum(h * w for h, w in modes))
        self._Z, self._chi = [0.0] * len(modes), 1.0
        self._tau = self._t = 0.0
        self._next = START * step / (max(self._rates) + growth)
        self._times: list[float] = []
        self._logs: tuple[list[float], list[float]] = ([], [])

    def read(self, which: int, log_t: float) -> float:
        """log L or log K by the cubic through four neighbouring steps."""
        while len(self._times) < 4 or self._times[-3] < log_t:
            self._advance()
        i = min(max(bisect_left(self._times, log_t) - 2, 0), len(self._times) - 4)
        x, y = self._times[i : i + 4], self._logs[which][i : i + 4]
        return math.fsum(
            y[j] * math.prod((log_t - x[m]) / (x[j] - x[m]) for m in range(4) if m != j) for j in range(4)
        )

    def _advance(self) -> None:
        length, before = self._next, self._chi
        known, slopes = [], []
        for h, Z in zip(self._rates, self._Z, strict=True):
            x = h * length
            left = -math.expm1(-x)
            slope = length * (0.5 - x / 6 + x * x / 24) if x < 1e-4 else (1 - left / x) / h
            full = length * (1 - x / 2 + x * x / 6) if x < 1e-4 else left / h
            known.append(Z - left * Z + before * (full - slope))
            slopes.append(slope)
        # 1/chi^2 = 1 + gamma^2 (a + 2 b chi + c chi^2)
        a, b, c = (
            self._strength * math.fsum(map(math.prod, zip(self._weights, self._rates, p, q, strict=True)))
            for p, q in ((known, known), (known, slopes), (slopes, slopes))
        )
        chi = before
        for _ in range(40):
            value = 1 / chi**2 - 1 - a - 2 * b * chi - c * chi**2
            change = value / (2 / chi**3 + 2 * b + 2 * c * chi)
            chi += max(change, -chi / 2)
            if abs(change) < 1e-15 * chi:
                break
        self._Z = [p + q * chi for p, q in zip(known, slopes, strict=True)]
        self._t += length * (before**2 + before * chi + chi**2) / 3
        self._tau, self._chi = self._tau + length, chi
        self._next = self._step * self._tau
        rest = (1 - h * Z / chi for h, Z in zip(self._rates, self._Z, strict=True))
        loss = math.fsum(w * g * g for w, g in zip(self._weights, rest, strict=True))
        self._times.append(math.log(self._t))
        for log, value in zip(self._logs, (loss, chi**-2), strict=True):
            log.append(math.log(value))
