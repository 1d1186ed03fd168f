"""``f(z) = Gamma(nu + 1) (2/z)^nu J_nu(z)`` in doubles, for many real z >= 0 at once.

Poisson's integral ``f(z) = int cos(z x) dmu(x)``, ``dmu ~ (1 - x^2)^(nu - 1/2) dx`` of mass 1 on (-1, 1),
by Gauss' rule, as long as z is moderate; Hankel's expansion beyond. With ``1 - cos = 2 sin^2`` nothing
cancels in ``1 - f``.

    bessel_filter(nu, z)    f, and 1 - f
    bessel_error(nu, z)     the absolute error of f
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from asymptotics.caches import cached

Floats = NDArray[np.float64]
LEAST = 40.0
"""Hankel's expansion serves from ``40 + nu^2`` on: there its terms fall below 1e-16 before they grow."""
TERMS = 30


def bessel_filter(index: float, z: Floats) -> tuple[Floats, Floats]:
    """``f`` and ``1 - f`` at z >= 0, nu > -1/2; dimensionless.

    The absolute error of f is 2e-14 at most, beyond ``40 + nu^2`` times the size of f (times z/100 where that
    is more); that of 1 - f is relative as z -> 0.

    >>> left, learned = bessel_filter(0.5, np.array([0.0, 1e-6, 3.0]))      # sin(z)/z
    >>> bool(abs(left[2] - math.sin(3) / 3) < 1e-15), round(float(learned[1] * 6e12), 9)
    (True, 1.0)
    """
    z = np.asarray(z, dtype=float)
    left, learned = np.empty(z.shape), np.empty(z.shape)
    switch = LEAST + index**2
    near = z < switch
    if near.any():
        x, weights = _gauss(index, math.ceil(switch / 2) + 30)
        half = np.sin(np.multiply.outer(z[near] / 2, x))
        learned[near] = 2 * (half * half) @ weights
        left[near] = 1 - learned[near]
    if not near.all():
        left[~near] = _hankel(index, z[~near])
        learned[~near] = 1 - left[~near]
    return left, learned


def bessel_error(index: float, z: Floats) -> Floats:
    """The absolute error of f: 2e-14, and beyond what the rounding of z does to the phase."""
    z = np.asarray(z, dtype=float)
    far = np.maximum(z, LEAST + index**2)
    size = np.exp(math.lgamma(index + 1) + index * np.log(2 / far)) * np.sqrt(2 / (math.pi * far))
    return np.where(z < LEAST + index**2, 2e-14, size * (4e-15 + 4e-16 * z))


@cached(maxsize=16)
def _gauss(index: float, count: int) -> tuple[Floats, Floats]:
    """Nodes x > 0 and weights of total 1 for even functions under ``(1 - x^2)^(nu - 1/2)`` (Golub & Welsch
    1969).
    """
    j = np.arange(1, 2 * count)
    steps = j * (j + 2 * index - 1) / (4 * (j + index) * np.maximum(j + index - 1, 1e-300))
    steps[0] = 1 / (2 * (1 + index))
    x, vectors = np.linalg.eigh(np.diag(np.sqrt(steps), 1) + np.diag(np.sqrt(steps), -1))
    weights = vectors[0] ** 2
    return x[count:], 2 * weights[count:]


def _hankel(index: float, z: Floats) -> Floats:
    """DLMF 10.17.3."""
    cosine, sine, term = np.ones(z.shape), np.zeros(z.shape), np.ones(z.shape)
    for k in range(1, TERMS):
        step = (4 * index**2 - (2 * k - 1) ** 2) / (8 * k * z)
        term = np.where(np.abs(step) < 1, term * step, 0.0)
        part = term * (-1) ** (k // 2)
        cosine, sine = (cosine, sine + part) if k % 2 else (cosine + part, sine)
    angle = z - (index / 2 + 0.25) * math.pi
    scale = np.exp(math.lgamma(index + 1) + index * np.log(2 / z))
    wave = np.cos(angle) * cosine - np.sin(angle) * sine
    found: Floats = scale * np.sqrt(2 / (math.pi * z)) * wave
    return found
