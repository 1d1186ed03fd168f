"""The exponent of a target from the labels of a sample, by what a ridge resolves of them.

For n samples, with ``chat_k`` the power of the labels in the eigenvectors of K/n and z > 0 any ridge, the
mean-field equation of the data gives sums over the modes of the kernel itself,

    nu = df1(kappa) = sum_k mu_k/(mu_k + z),    kappa = z/(1 - nu/n),
    Xi(kappa) = kappa sum_k chat_k/(mu_k + z),
    V(kappa) = dXi/dlog(kappa) = sum_k c_k w_k,    w_k = kappa lambda_k/(lambda_k + kappa)^2

(arXiv 2402.01092, section 2), so that power which has leaked between modes is where it came from. V is a band
of modes about nu, and does not see how far the target reaches. To its values at places nu are fitted

    log V(kappa) = log [ sum_(k < first) chat_k w_k + C sum_(k >= first) k^-a w_k ],

with the fitted eigenvalues, exact sums and weights nu. As V is linear in chat, the error is that of
independent ``chat_k`` whose variances are their squared distances from the fit.

    fit_resolved    the fit of the tail of the target
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from asymptotics.tasks.tail_fit import STEEPEST, TailFit

PLACES = 24
FIRST, SHARE = 3.0, 0.7
"""Places nu from this one on, up to this share of the modes: higher orders in nu/n are small there."""
LEAST_RATIO = 2.0
REACH = 300
"""Modes of the fitted laws, in units of n; those behind leave nothing in the band."""
STEPS, HALVINGS = 40, 60


@dataclass(frozen=True, slots=True)
class _Band:
    """V at one place, and its slopes in each chat."""

    nu: float
    kappa: float
    weights: list[float]
    value: float


def fit_resolved(
    eigenvalues: Sequence[float],
    power: Sequence[float],
    samples: int,
    kernel: TailFit,
    raw: TailFit,
    window: tuple[int, int] | None,
) -> TailFit:
    """The tail of ``c_k`` of labels in the eigenvectors of their sample.

    ``kernel`` is the fit of the eigenvalues and ``raw`` that of the power mode by mode, which is kept where
    fewer than a factor 2 of places are within reach, where noise has eaten a band, and where it settles more.
    """
    low, high = window or (raw.window[0], int(SHARE * len(eigenvalues)))
    start, end = max(FIRST, low), min(high, SHARE * samples, SHARE * len(eigenvalues))
    if end < LEAST_RATIO * start:
        return raw
    bands = _bands(eigenvalues, power, samples, start, end)
    if any(band.value <= 0 for band in bands):
        return raw
    return _fit(bands, power, low, samples, kernel, raw)


def _bands(
    eigenvalues: Sequence[float], power: Sequence[float], samples: int, start: float, end: float
) -> list[_Band]:
    found = []
    top, bottom = math.log(eigenvalues[0] * len(eigenvalues)), math.log(eigenvalues[-1]) - 20
    for j in range(PLACES):
        nu = start * (end / start) ** (j / (PLACES - 1))
        low, high = bottom, top
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            z = math.exp(middle)
            more = math.fsum(mu / (mu + z) for mu in eigenvalues) > nu
            low, high = (middle, high) if more else (low, middle)
        top, z = high, math.exp(low)
        slope = math.fsum(mu * z / (mu + z) ** 2 for mu in eigenvalues) / (samples - nu)
        kappa = z / (1 - nu / samples)
        weights = [kappa / (mu + z) * (1 - z / (mu + z) / (1 - slope)) for mu in eigenvalues]
        value = math.fsum(w * c for w, c in zip(weights, power, strict=True))
        found.append(_Band(nu, kappa, weights, value))
    return found


def _fit(
    bands: list[_Band], power: Sequence[float], first: int, samples: int, kernel: TailFit, raw: TailFit
) -> TailFit:
    modes = [(k, m, kernel.prefactor * k**-kernel.exponent) for k, m in _levels(first, REACH * samples)]
    heads = [
        math.fsum(c * w for c, w in zip(power[: first - 1], band.weights, strict=False)) for band in bands
    ]
    total = math.fsum(band.nu for band in bands)
    shares = [band.nu / total for band in bands]
    a, height = raw.exponent, math.log(raw.prefactor)
    rows: list[tuple[float, float, float]] = []
    spread = s1 = s0 = 0.0
    for _ in range(STEPS):
        rows = [_row(band, head, modes, a, height) for band, head in zip(bands, heads, strict=True)]
        # least squares in (a, log C): the slopes of log V are those of the tail times its share
        s0 = math.fsum(p * h * h for p, (_, _, h) in zip(shares, rows, strict=True))
        s1 = math.fsum(p * d * h for p, (_, d, h) in zip(shares, rows, strict=True))
        spread = math.fsum(p * d * d for p, (_, d, _) in zip(shares, rows, strict=True)) - s1 * s1 / s0
        t0 = math.fsum(p * r * h for p, (r, _, h) in zip(shares, rows, strict=True))
        t1 = math.fsum(p * r * d for p, (r, d, _) in zip(shares, rows, strict=True)) - s1 / s0 * t0
        step = max(-0.3, min(0.3, t1 / spread))
        a, height = a + step, height + max(-1.0, min(1.0, (t0 - s1 * step) / s0))
        if abs(step) < 1e-10:
            break
        if abs(a) > STEEPEST:
            return raw
    pulls = [
        p * (d - s1 / s0 * h) / spread / band.value
        for p, (_, d, h), band in zip(shares, rows, bands, strict=True)
    ]
    scale = math.exp(height)
    variance = 0.0
    for k, c in enumerate(power[first - 1 :], first):
        pull = math.fsum(q * band.weights[k - 1] for q, band in zip(pulls, bands, strict=True))
        variance += (pull * (c - scale * k**-a)) ** 2
    error = math.sqrt(variance)
    if not error < raw.error:
        return raw
    middle = math.log(bands[0].nu * bands[-1].nu) / 2
    residual = math.sqrt(math.fsum(p * r * r for p, (r, _, _) in zip(shares, rows, strict=True)))
    return replace(
        raw,
        exponent=a,
        error=error,
        prefactor=scale,
        relative_error=math.hypot(residual, middle * error),
    )


def _row(
    band: _Band, head: float, modes: list[tuple[float, float, float]], a: float, height: float
) -> tuple[float, float, float]:
    """What is left of log V at one place, and the slopes of its fit in a and log C."""
    tail = slope = 0.0
    scale = math.exp(height)
    for k, many, value in modes:
        share = many * scale * k**-a * band.kappa * value / (value + band.kappa) ** 2
        tail, slope = tail + share, slope - math.log(k) * share
    whole = head + tail
    return math.log(band.value / whole), slope / whole, tail / whole


def _levels(first: int, last: int) -> list[tuple[float, float]]:
    """Modes from the first on with how many stand for, each by itself until they are close in log k."""
    found, k = [], first
    while k <= last:
        width = max(1, k // 24)
        found.append((k + (width - 1) / 2, float(width)))
        k += width
    return found


__all__ = ["fit_resolved"]
