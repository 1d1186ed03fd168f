"""Numbers of a law: at one value of its resource, on arrays, and from where on its leading term is good.

    evaluate(leading, resource, value)       the leading term at one value
    compile_leading(leading, resource)       the same as a function of floats and NumPy arrays
    good_from(series, leading, resource)     where the next orders fall below a share of the leading term
    agree(first, second)                     whether two lists of regimes state the same

With the known orders ``L_0 + L_1 + ... + L_n`` of an expansion and the leading term L that the law states,
the law is good to a share q from the largest root of ``|L_0 - L + L_1 + ... + L_n| + |L_n| = q |L|`` on.
Lower powers of the logarithm in the leading order count as corrections; the last known order stands in for
those behind it, too; and nothing is read off orders that grow: each is smaller than the one before it, or
than q/2.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence, Sized
from functools import cache
from itertools import pairwise
from math import inf, nan
from typing import Any

import mpmath
from sympy import Basic, Expr, Float, Integer, Mul, Symbol, lambdify, sign
from sympy.external import import_module

from asymptotics.domains.domain import normal
from asymptotics.errors import DomainError, shown
from asymptotics.expansions.expansion import Expansion
from asymptotics.expansions.oscillation import Oscillation
from asymptotics.parsing.numbers import real_number
from asymptotics.precision import working
from asymptotics.regime import Regime

DIGITS = 17
LONG = 40
"""Digits of a resource: those of its logarithm, and of exponentials of it, are then right."""
FAR = 10**50
"""Where a leading term has its sign."""
SPANS = (16, 64, 256, 1024, 4096)
"""Decades of the resource in which the last point above the bound is sought, one span after the other."""
STEPS = 64
"""Points in a span; between the last one above and the next, the place is found by bisection."""
HALVINGS = 20
SAME = 1e-12
"""Relative difference of two forms of one prefactor, evaluated."""


def evaluate(leading: Expr, resource: Symbol, value: object) -> Any:
    """The leading term at one value > 0 of the resource; of an array or a list, by `compile_leading`.

    Raises `DomainError` where it has another sign than far out, as ``log(N)/N**2`` at N = 1, or no real
    value, and where it is no float.

    >>> from asymptotics.symbols import N
    >>> evaluate(3 / N**2, N, 10), evaluate(3 / N**2, N, [10, 100])
    (0.03, array([0.03  , 0.0003]))
    """
    if isinstance(value, Sized) and not isinstance(value, str | Basic):
        return _evaluate_array(leading, resource, value)
    at = real_number(value, str(resource))
    if not at.is_positive or not at.is_finite:
        raise DomainError(f"{resource} = {at}; a law has values at finite numbers > 0")
    found = _value(leading, resource, at, _sign(leading, resource))
    if found is None:
        raise DomainError(
            f"{resource} = {shown(value)}: the leading term, {shown(leading)}, has not yet the sign that it "
            "has far out; ask for it from law.good_from on"
        )
    number = float(found)
    if found != 0 and not 0 < abs(number) < inf:
        raise DomainError(
            f"{resource} = {shown(value)}: the leading term, {shown(leading)}, is "
            f"{'beyond' if number else 'below'} every float; use law.leading.subs({resource}, ...).n()"
        )
    return number


def _value(leading: Expr, resource: Symbol, at: Expr, far: Expr) -> Expr | None:
    """The leading term at a number; None where it is not real, or has not the sign ``far``."""
    found = leading.xreplace({resource: Float(at, LONG)}).evalf(DIGITS)
    return found if found.is_comparable and (far == 0 or sign(found) == far) else None


def _sign(leading: Expr, resource: Symbol) -> Expr:
    """The sign far out; 0 of a law that ends."""
    return sign(leading.xreplace({resource: Float(FAR, LONG)}).evalf(DIGITS))


def _evaluate_array(leading: Expr, resource: Symbol, values: Sized) -> Any:
    numpy = import_module("numpy")
    try:
        points = numpy.asarray(values, dtype=float)
    except (TypeError, ValueError) as error:
        raise DomainError(f"{resource} = {shown(values)}; give an array of numbers") from error
    wrong = points[~((points > 0) & (points < numpy.inf))]
    if wrong.size:
        raise DomainError(f"{resource} has {wrong[0]}; a law has values at finite numbers > 0")
    return compile_leading(leading, resource)(points)


def compile_leading(leading: Expr, resource: Symbol) -> Callable[[Any], Any]:
    """The leading term as a function of a float, or of an array entry by entry, in double precision.

    Entries where it has another sign than far out, or no real value, are nan.

    >>> from asymptotics.symbols import N
    >>> compile_leading(3 / N**2, N)(10)
    0.03
    """
    numpy, far = import_module("numpy"), _sign(leading, resource)

    def one_by_one(x: float) -> float:
        found = _value(leading, resource, real_number(x), far)
        return nan if found is None else float(found)

    slowly = numpy.vectorize(one_by_one, otypes=[float])
    compiled = slowly if leading.has(Oscillation) else lambdify(resource, leading.evalf(DIGITS), "numpy")

    def function(values: Any) -> Any:
        points = numpy.asarray(values, dtype=float)
        with numpy.errstate(all="ignore"):
            found = numpy.array(compiled(points) + 0 * points)
            doubtful = ~numpy.isfinite(found) | (numpy.sign(found) * int(far) < abs(int(far)))
        if doubtful.any():
            found[doubtful] = slowly(points[doubtful])
        return found if points.ndim else float(found)

    return function


def agree(first: Sequence[Regime], second: Sequence[Regime]) -> bool:
    """Whether two lists of regimes state the same leading terms, their prefactors compared at a point."""
    return len(first) == len(second) and all(map(_agree, first, second))


def _agree(first: Regime, second: Regime) -> bool:
    if first == second:
        return True
    if normal(first.exponent - second.exponent) != 0 or first.log_power != second.log_power:
        return False
    ratio = first.prefactor / second.prefactor
    point = dict(first.domain.witness() or {})
    point |= {symbol: Integer(2) for symbol in ratio.free_symbols if symbol not in point}
    with working(DIGITS):
        return bool(abs(ratio.xreplace(point).evalf(DIGITS) - 1) < SAME)


def good_from(series: Expansion, leading: Expr, resource: Symbol, share: Expr) -> float | None:
    """The value of the resource from which on the known orders leave less than ``share``; >= 1.

    None where no next order is known, or one has a constant without a number; ``inf`` beyond the last of
    `SPANS`.

    >>> from asymptotics import derive, power_law
    >>> from asymptotics.symbols import N
    >>> law = derive(power_law(4, 2)).model                   # 1 - 5/(2 N) + 15/(4 N^2) - ...
    >>> good_from(law.expansion(3), law.leading, N, 0.1) > 25
    True
    """
    unknown = (series.as_expr() / leading).free_symbols - {resource, series.variable}
    if unknown or len(series.terms) < 2:
        return None
    with working(DIGITS):
        corrections = _corrections(series, leading, resource)

        @cache
        def left_out(decades: mpmath.mpf) -> bool:
            x = mpmath.mpf(10) ** decades
            try:
                found = [part(x) for part in corrections]
            except ZeroDivisionError:  # the leading term vanishes at this x
                return True
            sizes = [abs(order) for order in found[1:]]
            falling = all(two <= max(one, share / 2) for one, two in pairwise(sizes))
            return not (falling and abs(sum(found)) + sum(sizes[-1:]) < share)

        for span in SPANS:
            places = [mpmath.mpf(span * i) / STEPS for i in range(STEPS + 1)]
            above = [place for place in places if left_out(place)]
            if not above:
                return 1.0
            if above[-1] > span / 2:
                continue
            low, high = above[-1], above[-1] + places[1]
            for _ in range(HALVINGS):
                middle = (low + high) / 2
                low, high = (middle, high) if left_out(middle) else (low, middle)
            return float(mpmath.mpf(10) ** high)
        return float("inf")


def _corrections(
    series: Expansion, leading: Expr, resource: Symbol
) -> list[Callable[[mpmath.mpf], mpmath.mpf]]:
    """The orders behind the leading term as functions of the resource, relative to it."""
    orders = list(dict.fromkeys(term.order for term in series.terms))
    groups = [[term for term in series.terms if term.order == order] for order in orders]
    first = series.terms[0]
    scale = resource if series.gauge is None else series.gauge
    # the envelope, and the power that all orders share, cancel
    lead = _function(leading / Mul(series.envelope, scale ** series.exponent(first.order)), resource)
    gauge = _function(scale, resource)
    parts: list[Callable[[mpmath.mpf], mpmath.mpf]] = []
    for group in groups:
        terms = [
            (_function(t.coefficient, resource), _function(t.order - first.order, resource), t.log_power)
            for t in group
        ]

        def part(x: mpmath.mpf, terms: Any = terms, behind: bool = group is not groups[0]) -> mpmath.mpf:
            y = gauge(x)
            found = mpmath.fsum(c(x) * y ** -p(x) * mpmath.log(y) ** m for c, p, m in terms)
            return found / lead(x) - (0 if behind else 1)

        parts.append(part)
    return parts


def _function(expression: Expr, resource: Symbol) -> Callable[[mpmath.mpf], mpmath.mpf]:
    short = expression.evalf(DIGITS)
    if not short.has(resource):
        fixed = short._to_mpmath(mpmath.mp.prec)
        return lambda x: fixed
    if not short.has(Oscillation):
        return lambdify(resource, short, modules="mpmath")
    return lambda x: short.xreplace({resource: Float(x, DIGITS)}).evalf(DIGITS)._to_mpmath(mpmath.mp.prec)
