"""Sums over modes in numbers: finite, endless, with the size, continued, filtered, and of moving features."""

from __future__ import annotations

import cmath
import math
from collections.abc import Callable
from functools import cache
from typing import Any

import mpmath
from sympy import Expr, Function, Integer, Sum, Symbol, diff, exp, lambdify, log, oo
from sympy.core.function import AppliedUndef

from asymptotics.caches import cached
from asymptotics.derivation.evaluation.bessel import filtered_sum
from asymptotics.derivation.evaluation.floats import FloatModeSum, plain
from asymptotics.derivation.evaluation.growing_sums import compile_summand, growing_sum
from asymptotics.derivation.evaluation.mode_sums import ModeSum
from asymptotics.derivation.evaluation.renewed import Renewal
from asymptotics.derivation.evaluation.rich import Mode, RichCurve, list_modes
from asymptotics.derivation.evaluation.rich_response import Added, RichResponse, change_of_reuse, contour
from asymptotics.derivation.evaluation.values import FLOATS, Point, Values, rule
from asymptotics.errors import PrecisionError, UnableError
from asymptotics.expansions.expansion import Expansion
from asymptotics.expansions.tail import tail_expansion
from asymptotics.model.operators import (
    Bessel,
    Coefficient,
    InverseLaplace,
    Renewed,
    Rich,
    RichChange,
    RichNoise,
    RichReuse,
    RichScale,
)
from asymptotics.sums.binomial import hurwitz
from asymptotics.sums.finite import FiniteSum
from asymptotics.sums.regularised import RegularSum
from asymptotics.sums.scaling import ScalingSum, closed, finite_part, meets

MOST_MODES = 500
"""Modes that are added up one by one."""
EARLY = 1e10
"""The longest lazy time of the first contour on which features respond, and of later ones over it."""
SMALL, CIRCLE = 0.01, 4
"""The circle on which a power of a small letter is read, and its points."""


@rule(Sum, arrays=True)
def _sum(values: Values, expression: Sum, at: Point, exact: bool) -> Any:
    ((index, first, last),) = expression.limits
    if last.is_Integer and first.is_Integer:
        if last - first > MOST_MODES:
            raise UnableError(f"sums over more than {MOST_MODES} modes are not added up in a check")
        modes = range(int(first), int(last) + 1)
        terms = [values.value(expression.function, {**at, index: j}, exact) for j in modes]
        return mpmath.fsum(terms) if exact else sum(terms)
    if first == 1 and last != oo and last.free_symbols:
        return values.at_each(_growing, expression, at, exact)
    if last != oo or not first.is_Integer:
        raise UnableError(f"the sum {expression} is not over k = 1, 2, ... without end")
    arguments = tuple(sorted(expression.free_symbols, key=lambda x: x.name))
    numbers = [at[x] for x in arguments]
    digits = values.digits if exact else FLOATS
    total = _mode_sum(expression, arguments, digits, exact, mpmath.mp.prec)(numbers)
    real = exact and all(not isinstance(x, (mpmath.mpc, complex)) for x in numbers)
    return mpmath.re(total) if real else total


@cached(maxsize=300)
def _mode_sum(total: Sum, arguments: tuple[Symbol, ...], digits: int, exact: bool, precision: int) -> ModeSum:
    """The sum as a function of its letters, with its nodes at the precision of mpmath."""
    del precision  # it only tells sums apart
    ((index, first, _),) = total.limits
    return (ModeSum if exact else FloatModeSum)(total.function, index, int(first), arguments, digits)


def _growing(values: Values, expression: Sum, at: Point, exact: bool) -> Any:
    """A sum over as many modes as a multiple of the size."""
    ((index, _, last),) = expression.limits
    letters = tuple(sorted(expression.free_symbols - last.free_symbols, key=str))
    summand = compile_summand(expression.function, (index, *letters))
    numbers = [at[x] for x in letters]
    total = growing_sum(lambda k: summand(k, *numbers), mpmath.mpf(values(last, at)), values.digits)
    return total if exact else plain(total)


@rule(FiniteSum)
def _finite_sum(values: Values, expression: FiniteSum, at: Point, exact: bool) -> Any:
    summand, *limits = expression.args
    return _sum(values, Sum(summand, tuple(limits)), at, exact)


@rule(RegularSum)
def _regular_sum(values: Values, expression: RegularSum, at: Point, exact: bool) -> Any:
    """Direct terms, then the zeta functions of the tail's powers, whose exponents may be complex."""
    if not expression.free_symbols:
        return values.constant(expression, exact)
    summand, index, first = expression.args
    start = values(first, {})
    series = _tail(summand, index, values.digits // 3 + 8)
    totals = []
    # one start is compared with another once for each sum
    for count in (160,) if expression in values.settled else (240, 160):
        total = mpmath.fsum(values.value(summand, {**at, index: start + j}, True) for j in range(count))
        for term in series.terms:
            order = values(term.order, at)
            total += values(term.coefficient, at) * hurwitz(order, start + count, term.log_power)
        totals.append(total)
    if abs(totals[0] - totals[-1]) > mpmath.mpf(10) ** (-values.digits) * abs(totals[0]):
        raise PrecisionError(f"the continued sum of {summand} does not settle to {values.digits} digits")
    values.settled.add(expression)
    return totals[-1]


@rule(ScalingSum)
def _scaling_sum(values: Values, expression: ScalingSum, at: Point, exact: bool) -> Any:
    """The closed form of the integral, at complex ridges too."""
    power, i, j, decay, ratio, ridge = (values(x, at) for x in expression.args)
    p, first, _, b, r, _ = expression.args
    if meets(p, first, b):
        return finite_part(p, int(i), int(j), b, r, ridge, mpmath.mp.dps)
    return closed(power, int(i), int(j), decay, ratio, ridge)


@rule(Rich)
def _rich(values: Values, expression: Rich, at: Point, exact: bool) -> Any:
    return _read(values, _curve(values, expression, at).loss, expression.args[1], at)


@rule(RichScale)
def _rich_scale(values: Values, expression: RichScale, at: Point, exact: bool) -> Any:
    return _read(values, _curve(values, expression, at).scale, expression.args[1], at)


@rule(RichChange)
def _rich_change(values: Values, expression: RichChange, at: Point, exact: bool) -> Any:
    """The change of the lazy loss by its transform at the nodes of a contour."""
    loss, change, _, _ = expression.args
    modes = list_modes(*_modes_of(values, loss, at))

    def driven(longest: float) -> tuple[list[tuple[Any, Any]], Added]:
        nodes = contour(max(h for h, _ in modes), longest)
        found = [(-z, weight * _transform(values, change, z, at)) for z, weight in nodes]
        return found, lambda shares: math.fsum(
            (W * g * g).real for (_, W), g in zip(found, shares, strict=True)
        )

    return _respond(values, expression, modes, driven, at)


@rule(RichReuse)
def _rich_reuse(values: Values, expression: RichReuse, at: Point, exact: bool) -> Any:
    """Samples that are seen again, from the lazy loss and the trace alone."""
    modes, rates = (list_modes(*_modes_of(values, f, at)) for f in expression.args[:2])

    def driven(longest: float) -> tuple[list[tuple[Any, Any]], Added]:
        return change_of_reuse(modes, rates, contour(max(h for h, _ in modes), longest))

    return _respond(values, expression, modes, driven, at)


@rule(RichNoise)
def _rich_noise(values: Values, expression: RichNoise, at: Point, exact: bool) -> Any:
    """Label noise: 1/P in the train loss for each mode, and in the test loss the square of what is fitted."""
    modes, rates = (list_modes(*_modes_of(values, f, at)) for f in expression.args[:2])
    counts = [w / h for h, w in rates]

    def driven(longest: float) -> tuple[list[tuple[Any, Any]], Added]:
        return [(h, m) for (h, _), m in zip(rates, counts, strict=True)], lambda shares: math.fsum(
            m * (1 - g) ** 2 for m, g in zip(counts, shares, strict=True)
        )

    return _respond(values, expression, modes, driven, at)


def _respond(
    values: Values,
    expression: RichChange,
    modes: list[Mode],
    driven: Callable[[float], tuple[list[tuple[Any, Any]], Added]],
    at: Point,
) -> Any:
    *inside, time, richness = expression.args
    key, t = (tuple(inside), float(values(richness, at))), float(values(time, at))
    longest = EARLY
    while True:
        if (key, longest) not in values.responses:
            values.responses[key, longest] = RichResponse(modes, key[1], *driven(longest))
        response = values.responses[key, longest]
        change, error = response.change(t)
        if response.tau < longest:
            break
        longest *= EARLY
    values.error = max(values.error, error)
    return mpmath.mpf(change)


def _transform(values: Values, change: Expr, place: complex, at: Point) -> complex:
    """The Laplace transform at a complex place of what a change is the inverse of."""
    if isinstance(change, Coefficient):
        inside, small, order = change.args
        radius = SMALL * min(1.0, abs(place))
        turns = (cmath.rect(radius, 2 * math.pi * m / CIRCLE) for m in range(CIRCLE))
        return (
            sum(_transform(values, inside, place, {**at, small: turn}) / turn ** int(order) for turn in turns)
            / CIRCLE
        )
    if not isinstance(change, InverseLaplace):
        raise UnableError(f"{change} is not the inverse of a transform, by which features respond here")
    transform, z, _ = change.args
    return complex(values(transform, {**at, z: place}, exact=False))


def _read(values: Values, curve: Callable[[float], tuple[float, float]], time: Expr, at: Point) -> Any:
    value, error = curve(float(values(time, at)))
    values.error = max(values.error, error)
    return mpmath.mpf(value)


def _curve(values: Values, expression: Rich, at: Point) -> RichCurve:
    """The solution for the modes of a loss."""
    loss, _, richness = expression.args
    strength = float(values(richness, at))
    if (loss.func, strength) not in values.curves:
        modes = list_modes(*_modes_of(values, loss, at))
        values.curves[loss.func, strength] = RichCurve(modes, strength)
    return values.curves[loss.func, strength]


@rule(Bessel)
def _bessel(values: Values, expression: Bessel, at: Point, exact: bool) -> Any:
    loss, _, order, theta = expression.args
    key = (loss, tuple((x, str(y)) for x, y in sorted(at.items(), key=str) if x not in theta.free_symbols))
    if key not in values.modes:
        mode, last = _modes_of(values, loss, at)
        values.modes[key] = cache(mode), last
    mode, last = values.modes[key]
    found = filtered_sum(mode, last, float(values(order, at)), float(values(theta, at)))
    if found is None:
        raise PrecisionError(f"at {theta} = {values(theta, at)} too many modes are out of step")
    value, error = found
    values.error = max(values.error, error)
    return mpmath.mpf(value)


@rule(Renewed)
def _renewed(values: Values, expression: Renewed, at: Point, exact: bool) -> Any:
    source, moment, *constants = expression.args
    numbers = tuple(float(values(one, at)) for one in constants)
    rest = tuple((x, float(y)) for x, y in sorted(at.items(), key=str) if x in source.free_symbols - {moment})
    key = (source, numbers, rest)
    if key not in values.renewals:

        def start(time: float) -> float:
            return float(values(source, {**at, moment: mpmath.mpf(time)}, exact=False))

        values.renewals[key] = Renewal(start, *numbers)
    value, error = values.renewals[key](float(values(moment, at)))
    values.error = max(values.error, error)
    return mpmath.mpf(value)


def _modes_of(
    values: Values, loss: AppliedUndef, at: Point
) -> tuple[Callable[[float], tuple[float, float]], float]:
    """Rates and weights of the exponentials that a sum is made of, and the last of them."""
    (x,), total = values.functions[loss.func]
    (index, _, last), terms = total.limits[0], total.function
    slope = diff(terms, x)
    if all(isinstance(f, (exp, log)) for f in terms.atoms(Function)):
        letters = sorted(terms.free_symbols - {x, index}, key=str)
        pair = lambdify(
            (index, *letters), [f.xreplace({x: Integer(0)}) for f in (-slope / terms, terms)], "math"
        )
        numbers = [float(at[y]) for y in letters]
        return lambda k: pair(k, *numbers), math.inf if last == oo else float(last)

    def mode(k: float) -> tuple[float, float]:
        there = {**at, x: mpmath.mpf(0), index: mpmath.mpf(k)}
        weight = values.value(terms, there, True)
        return float(-values.value(slope, there, True) / weight), float(weight)

    return mode, math.inf if last == oo else float(last)


@cached(maxsize=200)
def _tail(summand: Expr, index: Symbol, depth: int) -> Expansion:
    return tail_expansion(summand, index, depth)
