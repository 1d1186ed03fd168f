"""Where a law is compared with the full model, when it is not a power law of its resource.

A law in powers of a gauge X(resource), as ``exp(N)``, is compared where X is geometric, as far as possible:
exponents are read off steps of log X. With delta the exponent of the relative remainder, ``X^-delta``,
neighbours lie about one decade of the remainder apart.
"""

from __future__ import annotations

import math

import mpmath
from sympy import Add, Expr, Float, Integer, Rational, Symbol, expand, fraction, oo, together
from sympy import log as logarithm

from asymptotics.errors import DomainError, UnableError
from asymptotics.laws.evaluation import good_from
from asymptotics.laws.law import Law
from asymptotics.precision import working
from asymptotics.symbols import N, P
from asymptotics.tasks.task import Task
from numerics.spectra.compiled import PROBE_BITS
from numerics.spectra.spectrum import integers, spectrum_of
from numerics.values.arithmetic import field_of

FIRST_DECADE = 2
"""The remainder at the first point, in decades below the law."""
BISECTIONS = 200
LARGEST_FIRST = 10**5
"""At larger sizes than 64 times this sums over single modes are not added up."""
SLOW_POINTS = 7
"""How many resources a law is compared at where its orders may be logarithms."""


def gauge_grid(gauge: Expr, resource: Symbol, decay: Expr, points: int) -> tuple[Expr, ...]:
    """``points`` increasing resources at which ``gauge^decay`` grows tenfold from one to the next.

    N and P are integers: there steps are whole numbers, equal where log X is linear in the resource, and at
    least 1 (X may then grow faster). A ``decay`` of oo (no power follows) counts as 1. Dimensionless, as
    the gauge; exact numbers. Raises `DomainError` for a gauge that does not grow with its resource.

    >>> from sympy import exp
    >>> gauge_grid(exp(N), N, Integer(1), 4), gauge_grid(exp(N), N, Integer(1) / 10, 4)
    ((4, 6, 8, 10), (46, 69, 92, 115))
    """
    edge = _edge_grid(gauge, resource, decay, points)
    if edge is not None:
        return edge
    exponent = logarithm(gauge)
    unit = 1.0 if decay == oo else float(decay)
    steps = [math.log(10) * (FIRST_DECADE + j) / unit for j in range(points)]
    slope = exponent.diff(resource)
    whole = resource in (N, P)
    if slope.is_number:
        if not slope.is_positive:
            raise DomainError(f"the gauge {gauge} does not grow with {resource}; a law needs one that does")
        if whole:
            step = max(1, round(math.log(10) / (unit * float(slope))))
            return tuple(Integer((FIRST_DECADE + j) * step) for j in range(points))
    places = [_solve(exponent, resource, step) for step in steps]
    if not whole:
        return tuple(Integer(math.ceil(x)) if x > 100 else Rational(mpmath.nstr(x, 15)) for x in places)
    found: list[Expr] = []
    for place in places:
        found.append(Integer(max(math.ceil(place), 2, int(found[-1]) + 1 if found else 2)))
    return tuple(found)


def scale_grid(scale: Expr, resource: Symbol, first: int, last: int) -> tuple[Expr, ...]:
    """Whole resources from ``first`` to ``last``, between which ``scale`` grows by equal factors, about.

    >>> from asymptotics.symbols import t
    >>> scale_grid(N, N, 32, 2048)
    (32, 64, 128, 256, 512, 1024, 2048)
    >>> scale_grid(logarithm(t), t, 100, 10**64)[:2], len(scale_grid(logarithm(t), t, 100, 10**64))
    ((100, 3661), 7)
    """
    exponent = logarithm(scale)
    low, high = (float(exponent.subs(resource, end)) for end in (first, last))
    steps = (low + (high - low) * j / (SLOW_POINTS - 1) for j in range(1, SLOW_POINTS - 1))
    inner = (Integer(round(_solve(exponent, resource, step))) for step in steps)
    return (Integer(first), *inner, Integer(last))


def slow_grid(law: Law, scale: Expr) -> tuple[Expr, ...]:
    """Where a law is compared whose spectrum is summed beside a branch point.

    Where eigenvalues fall as a power, resources run to 10^64: ``log t`` spans one and a half decades, and
    figures still hold the values as floats. So do times where eigenvalues fall faster and the target as a
    power, so that losses fall with log t; they run to 10^16 where both fall exponentially. There sums are
    added up mode by mode; all decades of kappa lie within sizes of 32 to 2048, as many times more as later
    levels have more modes. Of a target that falls slower, the first modes hide the power until it is ahead of
    them; sizes begin there.
    """
    if law.spectrum.kernel.abscissa != 0:
        return scale_grid(scale, law.resource, 100, 10**64)
    if law.resource not in (N, P):
        last = 64 if law.spectrum.target.abscissa == 0 else 16
        return scale_grid(scale, law.resource, 100, 10**last)
    first, task = _settled(law), law.task
    one, far = (task.multiplicity.subs(task.index, level) for level in (1, 64))
    return scale_grid(scale, law.resource, first, int(64 * first * max(1, far / one)))


def _settled(law: Law) -> int:
    """The size from which on the next orders of the derived law, not of a claim, leave a tenth of it.

    32 where that is less or unknown, and no more than `LARGEST_FIRST`; raises `UnableError` far beyond that.
    """
    series = law.expansion(terms=4)
    leading = Add(*(series.term_expression(t) for t in series.terms if t.order == series.terms[0].order))
    start = good_from(series, leading, law.resource, Rational(1, 10))
    if start is not None and start > 8 * LARGEST_FIRST:
        raise UnableError(
            f"the {law.name} law is within 10 % of the loss from {law.resource} = {start:.2g} on, where sums "
            f"over single modes are not added up; sizes up to {64 * LARGEST_FIRST:.1g} are"
        )
    return 32 if start is None else math.ceil(min(max(start, 32), LARGEST_FIRST))


def first_regular(task: Task, resource: Symbol) -> Expr:
    """The resource from which on a law can hold: there the modes that do not yet fall smoothly are learned.

    A power of ten. With lambda the least eigenvalue of these, e^(-2 lambda t) is below e^-100, or the model
    resolves 1/100 of lambda. 1 where all modes fall smoothly.

    >>> from asymptotics.symbols import k, t
    >>> first_regular(Task(k**-2, k**-2), N)
    1
    >>> first_regular(Task(((k - 100)**2 + 1) / k**4, k**-2), t)
    10000000000
    """
    if task.modes != oo:
        return Integer(1)
    spectrum = spectrum_of(task, needs_trace=False)
    if spectrum.start == 1:
        return Integer(1)
    with field_of(PROBE_BITS) as field:
        least = min(spectrum.at(integers(1, spectrum.start, field), field)[0])
        rate = float(field.log(50 / least))
        bound = float(field.log(least)) - math.log(100)
    if resource not in (N, P):
        return Integer(10) ** math.ceil(rate / math.log(10))
    low = math.log(spectrum.start)
    high = 2 * low
    while spectrum.logarithm("eigenvalues", high) > bound:
        high *= 2
    while high - low > 0.1:
        middle = (low + high) / 2
        low, high = (middle, high) if spectrum.logarithm("eigenvalues", middle) > bound else (low, middle)
    return Integer(10) ** math.ceil(high / math.log(10))


def _edge_grid(gauge: Expr, resource: Symbol, decay: Expr, points: int) -> tuple[Expr, ...] | None:
    """The grid where the gauge is ``1/(M - N)`` or ``P - M``; None for any other gauge.

    There the distance from M is geometric, and starts at M/8 or 8 M. Below M it soon is smaller than 1: the
    equations of the model are analytic in N, and are taken at fractions (exact in binary, as M - N must be).
    """
    top, bottom = fraction(together(gauge))
    part = bottom if bottom.has(resource) else top
    slope = part.diff(resource)
    if not part.has(resource) or slope.has(resource) or part == resource:
        return None
    edge = expand(resource - part / slope)
    step = Integer(8) ** (1 if decay == oo else max(1, round(1 / decay)))
    if part is top:
        return tuple(edge + edge * 8 * step**j for j in range(points))
    return tuple(edge - edge / 8 / step**j for j in range(points))


def _solve(exponent: Expr, resource: Symbol, value: float) -> mpmath.mpf:
    """The resource at which the growing function ``exponent`` has a value, to double precision."""

    def at(x: mpmath.mpf) -> mpmath.mpf:
        return exponent.xreplace({resource: Float(x, 30)}).evalf(20)._to_mpmath(80)

    with working(25):
        low = high = mpmath.mpf(2)
        while at(high) < value:
            low, high = high, high**2
            if high > mpmath.mpf(10) ** 10**9:
                raise DomainError(f"{exponent} does not reach {value:.3g} at any {resource} in reach")
        for _ in range(BISECTIONS):
            middle = mpmath.sqrt(low * high)
            if at(middle) < value:
                low = middle
            else:
                high = middle
            if high < low * (1 + mpmath.mpf("1e-16")):
                break
        return high
