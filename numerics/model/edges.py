"""The edges of the spectrum of the curvature: stationary values of z(kappa), to a few digits.

spectrum_edge     the largest curvature
slowest_rate      the smallest above 0 where P limits
lowest_rate       a bound below all above 0, for any sizes
deepest           the same for any size, and where it is; minus the lowest ridge
"""

from __future__ import annotations

import math

import numpy as np

from numerics.model.renormalised_ridge import START_BITS, rough_df1
from numerics.model.sizes import Sizes
from numerics.sums.spectral_sums import SpectralSums
from numerics.values.arithmetic import field_of
from numerics.values.doubled import Floats
from numerics.values.inputs import infinite

ENTRIES = 100_000
"""Matrices of places by nodes have about so many at most."""
SLACK = 0.1
"""How much below the lower edge its bound is put, relatively."""


def spectrum_edge(sums: SpectralSums, sizes: Sizes, most: float = math.inf) -> float:
    """The largest curvature: -z where z(kappa), for kappa below minus the largest eigenvalue, is greatest.

    To about six digits: it bounds step sizes and places contours. There -z is convex in -kappa, so that a
    grid need only be as fine as the next one reaches. With ``most`` the least -z from there on where
    ``-df1 <= most``, to about ten.
    """
    rough = sizes.in_floats
    top = sums.log_eigenvalue(1.0)
    lam, A, _ = sums.rule_for(top + 1e-9, 0.0, top).doubles
    rows = max(1, ENTRIES // len(lam))

    def solve(w: Floats) -> tuple[Floats, Floats]:
        """log(-z) and df1 at kappa = -lambda_1 (1 + e^w)."""
        size = math.exp(top) * (1 + np.exp(w))
        parts = np.split(size, range(rows, len(size), rows))
        g = np.concatenate([(A / (lam - x[:, None])).sum(axis=-1).real for x in parts])
        return np.log(size) + sum(map(np.log, rough.factors(g))), g

    def at(w: float) -> tuple[float, float]:
        height, g = solve(np.array([w]))
        return float(height[0]), float(g[0])

    ws = np.linspace(-30.0, 30.0, 61)
    for _ in range(6):
        best = int(np.argmin(solve(ws)[0]))
        ws = np.linspace(ws[max(best - 1, 0)], ws[min(best + 1, len(ws) - 1)], 21)
    low = float(ws[10])
    if -at(low)[1] > most:
        high = 30.0 + max(0.0, math.log(float(A.sum().real) / most) - top)  # there -df1 < trace/-kappa < most
        while high - low > 1e-14 * max(1.0, abs(low)):
            middle = (low + high) / 2
            low, high = (middle, high) if -at(middle)[1] > most else (low, middle)
            if middle in (low, high) and high - low < 1e-13 * max(1.0, abs(low)):
                break
    return math.exp(at(low)[0])


def slowest_rate(sums: SpectralSums, sizes: Sizes) -> float:
    """The lower edge of the spectrum in the train loss when P < N: nothing in it decays slower."""
    return deepest(sums, sizes)[2]


def lowest_rate(sums: SpectralSums, sizes: Sizes) -> float:
    """A bound below every curvature above 0; 0 where there is none.

    With fewer modes than N and P nothing is below the smallest eigenvalue times ``(1 - sqrt(M/n))^2`` for
    each size n, the lower edges of white spectra.
    """
    modes = sums.mode_count()[0]
    if modes > sizes.tightest.limit:
        return (1 - SLACK) * deepest(sums, sizes)[2]
    if infinite(modes):
        return 0.0
    edge = math.exp(sums.log_eigenvalue(float(modes)))
    return edge * math.prod((1 - math.sqrt(float(modes / size.limit))) ** 2 for size in sizes.all)


def deepest(sums: SpectralSums, sizes: Sizes) -> tuple[float, float, float]:
    """log kappa where ``df1 = min(N, P)`` and where z(kappa) is lowest below it, and this depth, >= 0.

    The depth is the lower edge of the spectrum of the curvature, to a few digits. For min(N, P) below the
    number of modes; 0 for N = P.
    """
    rough = sizes.in_floats
    inverse = float(rough.tightest.inverse)
    high = sums.log_eigenvalue(1 / inverse) + 2.0
    low, floor = high - 4.0, high - 60.0
    with field_of(START_BITS) as field:

        def df1(y: float) -> float:
            return rough_df1(sums, complex(y), floor, field)[0].real

        while df1(high) * inverse > 1:
            high += 2.0
        while df1(low) * inverse < 1:
            low -= 2.0
        while high - low > 1e-15 * max(1.0, abs(high)):
            middle = (low + high) / 2
            low, high = (middle, high) if df1(middle) * inverse > 1 else (low, middle)
            if middle in (low, high) and high - low < 1e-14 * max(1.0, abs(high)):
                break

        def depth(u: float) -> float:
            y = low - math.exp(u)
            g = df1(y)
            if sum(g * factor.inverse > 1 for factor in rough.all) != 1:
                return 0.0
            R1, R3 = rough.factors(g)
            return -math.exp(y) * R1 * R3

        us = np.linspace(-34.0, 3.4, 241)
        for _ in range(3):
            depths = [depth(float(u)) for u in us]
            best = int(np.argmax(depths))
            place = low - math.exp(float(us[best]))
            us = np.linspace(us[max(best - 1, 0)], us[min(best + 1, len(us) - 1)], 21)
    return low, place, max(0.0, *depths)
