"""The minimum of a smooth function of one variable, from few values of known error.

Bracketed and centred by parabolas, then read off a Chebyshev series through values at 9 to 17 points. A
place found from the values alone would have half their digits; the zero of the derivative of a series
on an interval that is not small has nearly all of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import mpmath
import numpy as np

from asymptotics.errors import PrecisionError
from numerics.values.value import Value

MOVES = 80
FITS = (("0.15", 9), ("0.15", 13), ("0.15", 17), ("0.3", 17))
"""Half-widths of the interval and numbers of values, in the order in which they are tried."""
REFINED = 10
"""Digits that one refinement gives a series at least."""
FAR = 0.5
"""Where the first step is larger, little is known of the place, and it is closed in first."""
FEWEST = 8
"""So many values serve on a narrow interval."""
FEW_DIGITS = 1e-6
"""So few values as the first of them serve for no smaller error."""

Function = Callable[[mpmath.mpf, bool], tuple[mpmath.mpf, Value]]
"""``f(u, rough)`` gives the place that was really used (u may have to be rounded) and the value there; a
``rough`` value need not be better than three digits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Minimum:
    """Where a function is smallest and how small it is, both with errors."""

    place: Value
    value: Value


def minimum(
    function: Function,
    start: mpmath.mpf,
    step: mpmath.mpf,
    accuracy: mpmath.mpf,
    near: mpmath.mpf | None = None,
) -> Minimum:
    """The local minimum next to ``start``, its place to the absolute ``accuracy``.

    ``near``: how far from the start it lies at most, if that is known; then few values serve.

    The error is what the last terms of the series and the errors of the values move the zero of the
    derivative. Raises `PrecisionError` if nothing is bracketed or the accuracy is not reached.

    >>> def parabola(u, rough):
    ...     return u, Value(value=(u - 2) ** 2 + 1, error=mpmath.mpf(10) ** -15)
    >>> found = minimum(parabola, mpmath.mpf(0), mpmath.mpf(1), mpmath.mpf("1e-10"))
    >>> abs(found.place.value - 2) < 1e-10, abs(found.value.value - 1) < 1e-12
    (True, True)
    """
    reached, centre, there = mpmath.inf, start, step > FAR
    if there:
        centre = _centre(function, centre, step)
    first = [(near, FEWEST)] if near else []
    for width, count in (*first, FITS[accuracy < FEW_DIGITS], *FITS[1:]):
        found = _fit(function, centre, mpmath.mpf(width), count)
        if found is None:
            if not there:  # the start was not near enough
                centre, there = _centre(function, centre, step), True
            continue
        if found.place.error <= accuracy:
            return found
        reached, centre, there = min(reached, found.place.error), found.place.value, True
    raise PrecisionError(
        f"the place of the minimum is reached to {mpmath.nstr(reached, 2)} where {mpmath.nstr(accuracy, 2)} "
        "was asked for; ask for fewer digits"
    )


def _centre(function: Function, start: mpmath.mpf, step: mpmath.mpf) -> mpmath.mpf:
    """Within a few hundredths of the minimum: bracket, then parabolas."""
    triple = [function(u, True) for u in (start - step, start, start + step)]
    for _ in range(MOVES):
        heights = [value.value for _, value in triple]
        lowest = heights.index(min(heights))
        if lowest == 1:
            (left, middle, right), (f, g, h) = [u for u, _ in triple], heights
            slope = (h - g) / (right - middle), (g - f) / (middle - left)
            curve = (slope[0] - slope[1]) / (right - left)
            vertex = (left + middle) / 2 - slope[1] / (2 * curve)
            if step <= mpmath.mpf("0.3"):
                return vertex
            step = step / 4
            triple = [function(u, True) for u in (vertex - step, vertex, vertex + step)]
        elif lowest == 0:
            step = mpmath.mpf("1.6") * step
            triple = [function(triple[0][0] - step, True), *triple[:2]]
        else:
            step = mpmath.mpf("1.6") * step
            triple = [*triple[1:], function(triple[2][0] + step, True)]
    raise PrecisionError(f"no minimum is bracketed from {mpmath.nstr(start, 6)}; the function keeps falling")


def _fit(function: Function, centre: mpmath.mpf, width: mpmath.mpf, count: int) -> Minimum | None:
    """Zero of the derivative of the Chebyshev series through ``count`` points; None if it lies outside."""
    nodes = [mpmath.cos(mpmath.pi * (2 * j + 1) / (2 * count)) for j in range(count)]
    # the middle first: what a function prepares there serves both sides
    nodes.sort(key=abs)
    pairs = [function(centre + width * x, False) for x in nodes]
    xs = [(u - centre) / width for u, _ in pairs]
    series = _series(xs, [value.value for _, value in pairs])
    noise = max(value.error for _, value in pairs)
    found = _stationary(series)
    shorter = _stationary(series[:-2])
    if found is None or shorter is None:
        return None
    curvature = _derivative(series, found, 2)
    if curvature <= 0:
        return None
    # a value off by e moves the derivative of an interpolant by at most (Lebesgue's constant) n^2 e
    moved = abs(found - shorter) + noise * 3 * count**2 / curvature
    value = mpmath.fdot(series, _polynomials(count, found))
    error = abs(series[-1]) + abs(series[-2]) + 3 * noise + curvature * moved**2
    return Minimum(
        place=Value(value=centre + width * found, error=width * moved), value=Value(value=value, error=error)
    )


def _series(xs: list[mpmath.mpf], values: list[mpmath.mpf]) -> list[mpmath.mpf]:
    """Coefficients of the Chebyshev series through values at xs, by the inverse in doubles, refined.

    >>> [round(float(c), 12) for c in _series([mpmath.mpf(x) for x in (-1, 0, 1)], [1, 0, 1])]
    [0.5, 0.0, 0.5]
    """
    rows = [_polynomials(len(xs), x) for x in xs]
    inverse = np.linalg.inv(np.array(rows, dtype=float))
    series = [mpmath.mpf(0)] * len(xs)
    for _ in range(2 + mpmath.mp.dps // REFINED):
        left = [value - mpmath.fdot(row, series) for value, row in zip(values, rows, strict=True)]
        size = max(map(abs, left))
        if not size:
            break
        change = inverse @ np.array([float(x / size) for x in left])
        series = [c + size * x for c, x in zip(series, change.tolist(), strict=True)]
    return series


def _stationary(series: list[mpmath.mpf]) -> mpmath.mpf | None:
    x = mpmath.mpf(0)
    for _ in range(60):
        curvature = _derivative(series, x, 2)
        if curvature == 0:
            return None
        step = _derivative(series, x, 1) / curvature
        x -= step
        if abs(x) > 1:
            return None
        if abs(step) <= 1000 * mpmath.eps:
            return x
    return None


def _derivative(series: list[mpmath.mpf], x: mpmath.mpf, order: int) -> mpmath.mpf:
    """Of ``sum c_n T_n(x)``: T_n' = n U_(n-1), T_n'' by the recurrence of the series' coefficients."""
    for _ in range(order):
        count = len(series)
        rest = [mpmath.mpf(0)] * (count + 1)
        for n in range(count - 1, 0, -1):
            rest[n - 1] = rest[n + 1] + 2 * n * series[n]
        series = [rest[0] / 2, *rest[1 : count - 1]]
    return mpmath.fdot(series, _polynomials(len(series), x))


def _polynomials(count: int, x: mpmath.mpf) -> list[mpmath.mpf]:
    """T_0 ... T_(count - 1) at x."""
    found = [mpmath.mpf(1), x]
    while len(found) < count:
        found.append(2 * x * found[-1] - found[-2])
    return found[:count]
