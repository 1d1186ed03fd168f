"""A sum over modes under the squared Bessel filter, in doubles: what a derivation of its law is checked
against.

``sum_k w_k f(theta h_k)``, ``f(z^2) = [Gamma(nu + 1) (2/z)^nu J_nu(z)]^2``: modes are added while the phase
of neighbours differs, and beyond, by Gauss' rule on panels of a few radians or a factor e in k, the
corrections of Euler and Maclaurin at their beginning included.

    filtered_sum(mode, last, index, theta)      the sum, and its relative error
"""

from __future__ import annotations

import math
from collections.abc import Callable

import mpmath

Mode = tuple[float, float]
"""The rate h = lambda and the weight w = m c of a mode."""

LEAST, STILL = 40, 0.05
"""So many modes are added at least, and until the phase of the next one differs by so little."""
PANEL, FEW, MANY = 6.0, 10, 14
LEFT = 1e-16
MOST, FAR = 20_000, 25


def filtered_sum(
    mode: Callable[[float], Mode], last: float, index: float, theta: float
) -> tuple[float, float] | None:
    """The sum over k = 1 ... last; None if more than 20 000 modes are out of step.

    >>> found, error = filtered_sum(lambda k: (k**-2.0, k**-3.0), math.inf, 1.0, 1e4)
    >>> bool(abs(found * 1e4 - 2) < 0.1)             # Phi(1)/2 theta^-1, Phi(1) = 4
    True
    """

    def term(k: float) -> float:
        rate, weight = mode(k)
        return weight * _filter(index, math.sqrt(theta * rate))

    def phase(k: float) -> float:
        return math.sqrt(theta * mode(k)[0])

    total, k = [], 1
    while k <= last and (k < LEAST or phase(k) - phase(k + 1) > STILL):
        total.append(term(float(k)))
        k += 1
        if k > MOST:
            return None
    if k > last:
        return math.fsum(total), 1e-13
    start = k - 0.5
    slopes = [term(start + x) for x in (-0.5, -0.25, 0.25, 0.5)]
    first, third = (
        2 * (slopes[2] - slopes[1]),
        32 * (slopes[3] - 2 * slopes[2] + 2 * slopes[1] - slopes[0]) / 3,
    )
    total.append((first - third / 96) / 24 - 7 * third / 5760)
    error = abs(third) / 100
    while start < last:
        length = start * (math.e - 1)
        if phase(start) - phase(start + length) > PANEL:
            length = PANEL * 0.01 * start / max(phase(start) - phase(1.01 * start), 1e-300)
        length = min(length, last + 0.5 - start)
        rough, fine = (
            length * math.fsum(w * term(start + length * x) for x, w in gauss(n)) for n in (FEW, MANY)
        )
        total.append(fine)
        error += abs(fine - rough)
        start += length
        if (phase(start) < 1 and abs(fine) < LEFT * math.fsum(total)) or start > 1e250:
            break
    found = math.fsum(total)
    return found, error / abs(found) + 1e-13


def _filter(index: float, z: float) -> float:
    if z < 1e-8:
        return 1.0
    scale = math.exp(math.lgamma(index + 1) + index * math.log(2 / z))
    return float(scale * (_far(index, z) if z > FAR + index**2 else mpmath.fp.besselj(index, z))) ** 2


def _far(index: float, z: float) -> float:
    """``J_nu(z)`` by its expansion for large z, DLMF 10.17.3."""
    term, sums, j = 1.0, [1.0, 0.0], 0
    while abs(term) > LEFT and j < FAR:
        j += 1
        term *= (4 * index**2 - (2 * j - 1) ** 2) / (8 * j * z)
        sums[j % 2] += term if j % 4 < 2 else -term
    angle = z - (index / 2 + 0.25) * math.pi
    return math.sqrt(2 / (math.pi * z)) * (sums[0] * math.cos(angle) - sums[1] * math.sin(angle))


_NODES: dict[int, list[tuple[float, float]]] = {}


def gauss(count: int) -> list[tuple[float, float]]:
    """Nodes and weights on (0, 1)."""
    if count not in _NODES:
        found = []
        for j in range(count):
            x = math.cos(math.pi * (j + 0.75) / (count + 0.5))
            for _ in range(20):
                p, before = x, 1.0
                for n in range(2, count + 1):
                    p, before = ((2 * n - 1) * x * p - (n - 1) * before) / n, p
                slope = count * (x * p - before) / (x * x - 1)
                x -= p / slope
            found.append(((1 + x) / 2, 1 / ((1 - x * x) * slope * slope)))
        _NODES[count] = found
    return _NODES[count]
