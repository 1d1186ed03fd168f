"""Roots of functions in double precision, between two places on whose sides they differ in sign.

narrow    a bracket made as narrow as one likes
"""

from __future__ import annotations

from collections.abc import Callable


def narrow(f: Callable[[float], float], low: float, high: float, within: float) -> tuple[float, float]:
    """Two places around a root of f, ``within max(1, |x|)`` apart: f <= 0 at the first, f > 0 at the other.

    f at ``low`` and at ``high`` differ in sign, and may be infinite. By inverse quadratic interpolation where
    f is nearly straight, else by bisection (T. Chandrupatla, Advances in Engineering Software 28, 1997).

    >>> calls = []
    >>> below, above = narrow(lambda x: calls.append(x) or x**3 - 2, 0.0, 4.0, 1e-12)
    >>> round(below, 10), above - below <= 2e-12, len(calls) < 15
    (1.2599210499, True, True)
    """
    x, y = high, low
    fx, fy = f(x), f(y)
    z, fz = y, fy
    share = 0.5
    while True:
        room = within * max(1.0, abs(x))
        if abs(y - x) <= room:
            return (y, x) if fx > 0 else (x, y)
        share = min(max(share, room / abs(y - x) / 2), 1 - room / abs(y - x) / 2)
        at = x + share * (y - x)
        value = f(at)
        if (value > 0) == (fx > 0):
            z, fz = x, fx
        else:
            z, fz, y, fy = y, fy, x, fx
        x, fx = at, value
        share = _share((x, fx), (y, fy), (z, fz))


def _share(latest: tuple[float, float], across: tuple[float, float], before: tuple[float, float]) -> float:
    """How far from the latest place towards that across the root the next one is."""
    (x, fx), (y, fy), (z, fz) = latest, across, before
    if fz in (fx, fy):
        return 0.5
    xi, phi = (x - y) / (z - y), (fx - fy) / (fz - fy)
    if not (phi * phi < xi and (1 - phi) ** 2 < 1 - xi):  # also where a value is infinite
        return 0.5
    return fx / (fy - fx) * fz / (fy - fz) + (z - x) / (y - x) * fx / (fz - fx) * fy / (fz - fy)
