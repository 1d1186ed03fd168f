"""kappa(z) to about ten digits at many z at once, in doubles: where the precise solution starts.

From the root at |z| on the positive axis, between bounds, the argument of z is turned in small steps, all
nodes together, each step a prediction and Newton's method in log kappa. What is found is certified later
(`renormalised_ridge`); a root that is lost is not a number.

    rough_roots      log kappa at each log z
    correct_roots    Newton's method from values nearby
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from numerics.model.sizes import Sizes
from numerics.values.doubled import Complexes, Floats

Sums = Callable[[Complexes], tuple[Complexes, Complexes]]
"""df1 and ``kappa df1'`` at values of log kappa."""

TURN = 0.6
"""Largest change of the argument in a step."""
SCALES = 0.7
"""On the axis roots are found this far apart in log z, and interpolated between."""
BRACKETINGS = 100
CLOSE, CLOSER = 1e-2, 1e-9
"""Steps in log kappa at which Newton's method ends on the way, and at the end."""
CORRECTIONS = 16


def rough_roots(logs: Complexes, sums: Sums, sizes: Sizes, trace: float) -> Complexes:
    """log kappa at each log z, the arguments of z in [0, pi); NaN where it was lost."""
    floats = sizes.in_floats
    if sizes.unlimited:
        return logs.copy()
    with np.errstate(all="ignore"):
        scales = np.linspace(logs.real.min(), logs.real.max(), 2 + int(np.ptp(logs.real) / SCALES))
        y = np.interp(logs.real, scales, _on_the_axis(scales, sums, floats, trace)).astype(np.complex128)
        at = logs.real.astype(np.complex128)
        y = correct_roots(y, at, sums, floats, CLOSE)
        steps = max(1, math.ceil(float(logs.imag.max()) / TURN))
        for j in range(1, steps + 1):
            there = logs.real + 1j * logs.imag * (j / steps)
            y = y + _rate(y, sums, floats) * (there - at)
            y, at = correct_roots(y, there, sums, floats, CLOSER if j == steps else CLOSE), there
    return y


def _on_the_axis(log_z: Floats, sums: Sums, sizes: Sizes, trace: float) -> Floats:
    """The real root, which lies between z and ``z + trace (1/N + 1/P)``: Newton's method, else halving."""
    low = log_z.copy()
    high = np.logaddexp(log_z, math.log(trace * sum(f.inverse for f in sizes.all)))
    y = high.copy()
    for _ in range(BRACKETINGS):
        df1, slope = (x.real for x in sums(y.astype(np.complex128)))
        R1, R3 = sizes.factors(df1)
        above = (R1 > 0) & (R3 > 0) & (df1 * float(sizes.tightest.inverse) < 1)
        above &= y + np.log(R1) + np.log(R3) > log_z
        low, high = np.where(above, low, y), np.where(above, y, high)
        # Newton's method for kappa R1 R3 = z, in kappa
        gain = R1 * R3 + sizes.slope(df1, slope)
        change = (np.exp(log_z - y) - R1 * R3) / gain
        new = y + np.log1p(change)
        new = np.where((new > low) & (new < high), new, (low + high) / 2)
        done = np.abs(new - y) < CLOSE * CLOSE
        y = new
        if done.all():
            break
    return y


def _rate(y: Complexes, sums: Sums, sizes: Sizes) -> Complexes:
    """``dlog kappa/dlog z``."""
    df1, slope = sums(y)
    R1, R3 = sizes.factors(df1)
    rate: Complexes = R1 * R3 / (R1 * R3 + sizes.slope(df1, slope))
    return rate


def correct_roots(y: Complexes, log_z: Complexes, sums: Sums, sizes: Sizes, close: float) -> Complexes:
    """Newton's method for ``R1 R3 = z/kappa`` in log kappa, or for a root of it where factors are equal.

    Until a step is below ``close``; NaN where that does not come.
    """
    order = sizes.order
    for _ in range(CORRECTIONS):
        df1, slope = sums(y)
        if order > 1:
            r, change, w, log_change = sizes.reduced(df1)
            target = np.exp((log_z - y - np.log(w)) / order)
            step = -(r - target) / (change * slope + target * (1 + log_change * slope) / order)
        else:
            R1, R3 = sizes.factors(df1)
            target = np.exp(log_z - y)
            step = -(R1 * R3 - target) / (sizes.slope(df1, slope) + target)
        size = np.abs(step)
        y = y + step / np.maximum(1.0, size)
        if not (size >= close).any():
            break
    return np.where(size < math.sqrt(close), y, np.nan)
