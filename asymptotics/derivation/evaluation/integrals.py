"""Integrals, residues and transforms in numbers: quadrature on their stated lines and circles.

Inverse Laplace transforms go to a cotangent contour about the negative axis, coefficients to circles.
"""

from __future__ import annotations

import math
from typing import Any

import mpmath
from sympy import Add, Expr, I, Integral, Mul, Sum, Symbol, oo
from sympy.core.function import AppliedUndef

from asymptotics.derivation.evaluation.contours import both_ways, cotangent_contour, sum_unless_zero
from asymptotics.derivation.evaluation.floats import along, is_array, is_complex, worst_ratio
from asymptotics.derivation.evaluation.mode_sums import integrate_by_halving, stable
from asymptotics.derivation.evaluation.values import FLOAT_ERROR, Point, Values, rule
from asymptotics.derivation.symbols import FinitePartIntegral, Residue
from asymptotics.errors import PrecisionError, UnableError
from asymptotics.model.operators import Coefficient, InverseLaplace

NODES, EXTRA = 16, 30
"""Nodes on a circle about a pole, and digits for what cancels there."""

CIRCLES = tuple(tuple(2.0 ** -(n + i) for i in (0, 2, 4)) for n in (5, 13, 21, 29))
"""Radii on which a coefficient is read off; those that follow where the first are too large."""
SETTLED = 1e-4
"""The largest error of a coefficient."""
ASIDE = 2.0**-10
"""How far a line goes past a whole number that is no pole."""


@rule(Integral)
def _integral(values: Values, expression: Integral, at: Point, exact: bool) -> Any:
    ((x, low, high),) = expression.limits
    if (low, high) == (0, oo):
        return _half_line(values, expression.function, x, at)
    if low == 0 and (high.is_Symbol or high.is_number):
        return _stretch(values, expression.function, x, values(high, at), at)
    middle = Add(*(y for y in Add.make_args(high) if not y.has(oo)))
    if high - middle == I * oo and low.has(-oo):
        return _line(values, expression.function, x, middle, at)
    raise UnableError(f"no rule for the integral {expression}")


def _half_line(values: Values, function: Expr, x: Symbol, at: Point) -> Any:
    """``x = exp(sinh w)``: double exponential at both ends."""
    function = stable(function)

    def term(w: float) -> Any:
        y = mpmath.sinh(w)
        place = mpmath.exp(y)
        return values.value(function, {**at, x: place}, True) * place * mpmath.cosh(w)

    return both_ways(term, values.digits)


def _stretch(values: Values, function: Expr, x: Symbol, length: Any, at: Point) -> Any:
    """From 0 to a length, in floats: ``x = length exp(-exp(y - exp(-y)))``, dense at both ends."""
    values.error = max(values.error, FLOAT_ERROR)

    def term(y: float) -> Any:
        w = math.exp(y - math.exp(-y))
        place = float(length) * math.exp(-w)
        value = values.value(function, {**at, x: place}, False)
        return value * place * w * (1 + math.exp(-y))

    return integrate_by_halving(term, -3.7, 4.2, 10, step=0.125, noise=1e-15)


def _line(values: Values, function: Expr, s: Symbol, middle: Expr, at: Point) -> Any:
    """``s = c + i sinh(w)/8`` on the line Re s = c."""
    center = values(middle, at)
    if mpmath.isint(center):  # a zero of the transform may stand against a pole of a Gamma function
        center += ASIDE

    def term(w: float) -> Any:
        y = mpmath.sinh(w) / 8
        place = mpmath.mpc(center, y)
        return values.value(function, {**at, s: place}, True) * mpmath.mpc(0, mpmath.cosh(w) / 8)

    return both_ways(term, values.digits, conjugate=True)


@rule(Residue)
def _residue(values: Values, expression: Residue, at: Point, exact: bool) -> Any:
    """The mean of ``f(s) (s - p)`` on two circles about p, so small that no other pole is in both.

    At a pole of order m all but a share ``radius^(m - 1)`` cancels, for which there are more digits. Where
    a zero meets a pole, as in ``zeta(2 - 2 s)/sin(pi s)`` at 2, all cancels: then it is 0.
    """
    function, s, point = expression.args
    enough, nothing = (mpmath.mpf(10) ** -n for n in (values.digits, values.digits + EXTRA // 2))
    with mpmath.workdps(mpmath.mp.dps + EXTRA):
        center = values(point, at)
        previous = None
        for radius in (2.0**-20, 2.0**-26, 2.0**-32):
            steps = [radius * mpmath.expjpi(mpmath.mpf(2 * m + 1) / NODES) for m in range(NODES)]
            terms = [values.value(function, {**at, s: center + step}, True) * step for step in steps]
            total = mpmath.fsum(terms) / NODES
            if previous is not None and abs(total - previous) <= enough * abs(total):
                return mpmath.re(total)
            if previous is not None and max(abs(total), abs(previous)) <= nothing * max(map(abs, terms)):
                return mpmath.mpf(0)
            previous = total
    raise PrecisionError(f"the residue at {s} = {point} does not settle to {values.digits} digits")


@rule(FinitePartIntegral)
def _finite_part(values: Values, expression: FinitePartIntegral, at: Point, exact: bool) -> Any:
    """``int v^p f(v) dv`` once around the unit circle is ``(e^(2 pi i p) - 1)`` times the finite part."""
    function, power, v = expression.args
    p = values(power, at)
    if p == mpmath.nint(p):
        raise UnableError(f"a finite part at the whole power {power} is not an integral around a circle")

    def term(angle: Any) -> Any:
        place = mpmath.expj(angle)
        return mpmath.expj(p * angle) * values.value(function, {**at, v: place}, True) * 1j * place

    pieces = [2 * mpmath.pi * j / 6 for j in range(7)]
    value, error = mpmath.quad(term, pieces, method="gauss-legendre", error=True)
    if error > mpmath.mpf(10) ** -values.digits * abs(value):
        raise PrecisionError(f"the finite part {expression} does not settle to {values.digits} digits")
    return mpmath.re(value / (mpmath.expj(2 * mpmath.pi * p) - 1))


@rule(InverseLaplace, arrays=True)
def _inverse_laplace(values: Values, expression: InverseLaplace, at: Point, exact: bool) -> Any:
    """``(1/2 pi i) int e^(zT) G(z) dz`` on the cotangent contour.

    Trefethen, Weideman & Schmelzer 2006: n nodes leave an error of about 3.89^-n.
    """
    transform, z, time = expression.args[:3]
    if isinstance(transform, InverseLaplace):
        return _twice_inverse(values, transform, z, time, at)
    if values.expand_names(transform).has(Sum):
        return _inverse_in_floats(values, transform, z, time, at)
    return values.at_each(_inverse_exactly, expression, at, exact)


def _inverse_exactly(values: Values, expression: InverseLaplace, at: Point, exact: bool) -> Any:
    transform, z, time = expression.args[:3]
    whole = any(is_complex(x) for x in at.values())
    terms = []
    contour = cotangent_contour(int(1.8 * values.digits) + 8, values(time, at), whole)
    for place, weight in zip(*contour, strict=True):
        value = weight * values(transform, {**at, z: place})
        terms.append(value if whole else 2 * mpmath.re(value))
    return sum_unless_zero(terms, mpmath.mpf(10) ** (-values.digits - 2))


def _inverse_in_floats(values: Values, transform: Expr, z: Symbol, time: Expr, at: Point) -> Any:
    """All nodes at once."""
    values.error = max(values.error, FLOAT_ERROR)
    whole = any(map(is_complex, at.values()))
    moment = values(time, at, exact=False)
    nodes, weights = (along(x, at.values()) for x in cotangent_contour(24, moment, whole))
    terms = weights * values(transform, {**at, z: nodes}, exact=False)
    terms = terms if whole else 2 * terms.real
    # the rounding of what cancels
    values.error = max(values.error, 1e-15 * worst_ratio(abs(terms).sum(axis=0), terms.sum(axis=0)))
    return _number(sum_unless_zero(terms, 1e-13))


def _twice_inverse(values: Values, inner: InverseLaplace, w: Symbol, time: Expr, at: Point) -> Any:
    """A double inverse transform in floats, on two contours that have no node in common."""
    before, values.error = max(values.error, FLOAT_ERROR), 1e-14
    transform, z, other_time = inner.args[:3]
    whole = any(map(is_complex, at.values()))
    factors = Mul.make_args(transform)
    difference = max(factors, key=lambda x: len(x.atoms(AppliedUndef)))
    rest = Mul(*(x for x in factors if x is not difference))
    near, weights = (along(x, at.values()) for x in cotangent_contour(24, values(time, at), whole))
    far, factor = (along(x, [near]) for x in cotangent_contour(26, values(other_time, at), True))
    node = {**at, w: near, z: far}
    pieces = [values(x, node, exact=False) for x in Add.make_args(difference)]
    scale = weights * factor * values(rest, node, exact=False)
    terms = scale * sum(pieces)
    terms = terms.reshape(-1, *terms.shape[2:])
    terms = terms if whole else 2 * terms.real
    spread = (abs(scale) * sum(map(abs, pieces))).sum(axis=(0, 1))
    total = sum_unless_zero(terms, 1e-13)
    # the errors of what cancels
    values.error = max(before, values.error * max(1.0, worst_ratio(spread, total)))
    return _number(total)


def _number(total: Any) -> Any:
    """An array as it is, and a number as one of mpmath."""
    return total if is_array(total) else mpmath.mpmathify(total.item())


@rule(Coefficient)
def _coefficient(values: Values, expression: Coefficient, at: Point, exact: bool) -> Any:
    """By Cauchy's formula: the mean over circles, until two agree or rounding shows.

    Where the function changes at a distance that is far smaller, it has no numbers on the first of them.
    """
    function, x, order = expression.args
    if order == 0:
        return values(function, {**at, x: 0}, exact=exact)
    count, order = 8, int(order)
    turns = [complex(mpmath.expjpi(mpmath.mpf(2 * m + 1) / count)) for m in range(count // 2)]
    best = (1.0, mpmath.mpf(0))
    for group in CIRCLES:
        before, settled = None, False
        for radius in group:
            try:  # the other half is conjugate
                there = values(function, {**at, x: along([radius * turn for turn in turns], [])}, exact=False)
            except PrecisionError:
                break
            total = sum((value * turn**-order).real for value, turn in zip(there, turns, strict=True))
            found = 2 * mpmath.mpf(total) / (count * radius**order)
            rounding = float(FLOAT_ERROR * abs(there).max() / (radius**order * abs(found))) if found else 1.0
            change = float(abs(found / before - 1)) if before else 1.0
            best, before = min(best, (change + rounding, found)), found
            if settled := change <= rounding < SETTLED:
                break
        if settled:
            break
    error, found = best
    if error > SETTLED:
        raise PrecisionError(f"the power {x}**{order} of {function} does not settle")
    values.error = max(values.error, error)
    return found
