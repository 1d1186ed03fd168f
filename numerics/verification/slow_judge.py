"""Laws with slow corrections against the full model: judged with the predicted corrections removed.

Where a Dirichlet series has a branch point, a law is approached as ``1/log(resource)`` (or as a small power
of N), which no comparison of leading terms resolves. So the quantity is divided by all the orders of the
expansion that are known, x the slow variable (``log t``, or N):

    R(x) = L/(known orders) - 1  =  O(x^-n log(x)^m),

with n the order of what was left out over the leading one. A wrong constant leaves R at a constant, a wrong
exponent or logarithm lets it grow, a wrong correction makes it fall as that correction does: with a smaller
power than n. Resources run to 10^64, where ``log t`` spans one and a half decades, and figures still hold
the values as floats.
"""

from __future__ import annotations

from dataclasses import replace

import mpmath
from sympy import Integer, Symbol, oo

from asymptotics.laws.law import Law
from asymptotics.symbols import N, P
from asymptotics.transforms.branch import BranchSeries
from numerics.verification.exponents import Measurement, local_exponents
from numerics.verification.judge import FLOOR, Point, judge_faster
from numerics.verification.prediction import Prediction, number

POWERS_OF_TEN = (2, 4, 8, 16, 32, 48, 64)
"""Exponents of the resources where eigenvalues fall as a power of k."""
NEAR = (2, 3, 4, 6, 8, 11, 16)
"""The same for times where eigenvalues fall faster: the spectrum is added up mode by mode."""
SIZES = (32, 64, 128, 256, 512, 1024, 2048)
"""N and P where eigenvalues fall faster than a power: all decades of kappa lie within these."""
MARGIN = mpmath.mpf("0.5")
"""By how much the local decay of R may fall short of its own, whose approach is logarithmic; at most half."""


def is_slow(law: Law) -> bool:
    """Whether the law comes from a branch point, so that its corrections may be slow.

    >>> from asymptotics import Task, derive
    >>> is_slow(derive(Task(eigenvalues="k**-2*log(k + 1)", target="k**-2")).time)
    True
    """
    return any(isinstance(series, BranchSeries) for series in (law.spectrum.kernel, law.spectrum.target))


def slow_resources(law: Law) -> tuple[Integer, ...]:
    """Where the law is compared: the slow variable is geometric, as nearly as integers can be."""
    kernel = law.spectrum.kernel
    resource: Symbol = law.resource
    if isinstance(kernel, BranchSeries) and kernel.origin != 0:
        return tuple(Integer(10) ** e for e in POWERS_OF_TEN)
    if resource in (N, P):
        return tuple(Integer(n) for n in SIZES)
    return tuple(Integer(10) ** e for e in NEAR)


def left_out(prediction: Prediction, points: tuple[Point, ...]) -> list[mpmath.mpf]:
    """R at each point: the quantity over all known orders of its law, minus 1."""
    return [(p.remainder - prediction.next(p.scale)) / (1 + prediction.next(p.scale)) for p in points]


def with_known_orders(prediction: Prediction, points: tuple[Point, ...]) -> tuple[Point, ...]:
    """The same comparisons with the sum of the known orders as the law, and R as the remainder."""
    return tuple(
        replace(p, law=p.law * (1 + prediction.next(p.scale)), remainder=rest)
        for p, rest in zip(points, left_out(prediction, points), strict=True)
    )


def slow_decay(prediction: Prediction, points: tuple[Point, ...]) -> Measurement:
    """The exponent n with which R falls in the slow variable; its error is the last change of it."""
    slopes = local_exponents([p.scale for p in points], left_out(prediction, points))
    return Measurement(value=slopes[-1], error=abs(slopes[-1] - slopes[-2]))


def slow_exponent(prediction: Prediction, points: tuple[Point, ...]) -> Measurement:
    """The exponent of the law in its gauge, with the known slow factors divided out."""
    values = [
        mpmath.log(p.loss.value / (prediction.logarithms(p.resource) * (1 + prediction.next(p.scale))))
        for p in points
    ]
    gauges = [mpmath.log(prediction.gauge(p.resource)) for p in points]
    steps = [(u - v) / (h - g) for u, v, g, h in zip(values, values[1:], gauges, gauges[1:], strict=False)]
    noise = points[-1].loss.relative_error / (gauges[-1] - gauges[-2])
    return Measurement(value=steps[-1], error=abs(steps[-1] - steps[-2]) + 2 * noise)


def judge_slow(prediction: Prediction, points: tuple[Point, ...]) -> tuple[str, str]:
    """HOLDS, FAILS or UNDECIDED, and the reason in one line."""
    if mpmath.isinf(prediction.beyond):
        return judge_faster(with_known_orders(prediction, points))
    rest, last = left_out(prediction, points), points[-1]
    shown = (
        f"remainder {mpmath.nstr(last.remainder, 3)} at {mpmath.nstr(last.resource, 3)}, "
        f"{mpmath.nstr(rest[-1], 3)} beyond the known slow orders"
    )
    error = last.remainder_error
    if abs(rest[-1]) <= 3 * error:
        if error < FLOOR / 100:
            return "HOLDS", f"{shown}, within the numerical error"
        return "UNDECIDED", f"{shown}, but the numerical error is {mpmath.nstr(error, 2)}"
    resolved = [i for i, p in enumerate(points) if p.remainder_error < abs(rest[i]) / 100]
    if len(resolved) < 4:
        return "UNDECIDED", f"{shown}; the numerical error is not far below it, ask for more digits"
    kept = [points[i] for i in resolved]
    slopes = local_exponents([p.scale for p in kept], [rest[i] for i in resolved])
    wanted, order = prediction.beyond, mpmath.nstr(prediction.beyond, 4)
    # x^-n log(x)^m falls locally with n - m/log(x)
    margin = min(MARGIN, wanted / 2)
    least = wanted - margin - max(prediction.beyond_logs, 0) / mpmath.log(last.scale)
    if slopes[-1] >= least and slopes[-2] >= least - margin and abs(rest[-1]) < FLOOR * 50:
        return "HOLDS", f"{shown}, which falls as predicted (power {order} of the slow variable)"
    # what is left out is smaller than the last known order; a wrong constant is not, and hardly falls
    large = abs(rest[-1]) > abs(prediction.last_order(last.scale)) and slopes[-1] < wanted / 4
    if large or (slopes[-1] < wanted - 1 and slopes[-1] <= slopes[-2] + MARGIN / 10):
        return "FAILS", f"{shown}; it decays with {mpmath.nstr(slopes[-1], 3)}, not {order}"
    return "UNDECIDED", f"{shown}; its decay is not settled"


def judge_slow_remainder(prediction: Prediction, points: tuple[Point, ...]) -> tuple[str, str] | None:
    """The verdict on the relative remainder that is stated, if the first slow order outgrows it; else None.

    The order is that of the expansion which the values bear out; half a power is left to logarithms.
    """
    if prediction.stated_bound is None or prediction.decay == oo:
        return None
    if prediction.stated_decay > FLOOR:
        return "FAILS", "a remainder smaller by a power is stated; it is smaller by slow orders"
    bounds = [prediction.stated_bound(p.resource) for p in points[-2:]]
    (stated,) = local_exponents([p.scale for p in points[-2:]], bounds)
    first = number(prediction.decay)
    if stated - first < MARGIN:
        return None
    return "FAILS", (
        f"a remainder that falls with {mpmath.nstr(stated, 3)} in the slow variable is stated; "
        f"it falls with {mpmath.nstr(first, 3)}"
    )
