"""Roots, fixed points and minima in numbers, by secants.

The best constant step is looked for below the step at which the gain of the noise is 1: the logarithm of the
loss is a polynomial near its least value, whose slope vanishes there.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from importlib import import_module
from typing import Any

import mpmath
from sympy import Add, Derivative, Dummy, Expr, Symbol

from asymptotics.derivation.evaluation.floats import is_array
from asymptotics.derivation.evaluation.values import Point, Values, rule
from asymptotics.errors import PrecisionError
from asymptotics.model.best_constant import BestConstant
from asymptotics.model.operators import Iterated, Minimiser, Minimum, Root
from asymptotics.model.scheduling import Tuned, TunedStep

NEAR, STRAYED = 1e-10, 1e-6
"""How near to a zero the floats come in log x, and how far from there it is not what they found."""
ASIDE = 2.0**-40
"""From there to the second place of a secant."""
LEFT = 1e-6
"""Of the error that is allowed, the share that the product of the last two steps may be."""
SMALL = 1e-3
"""A gain as small is that of a small step, in proportion to it."""
RUN = Dummy("T", positive=True)
"""The steps of a run, where their sum is at its best."""
WIDTHS = 0.4, 0.1
"""Half of the ranges of log(step/(last - step)) in which the loss is a polynomial, of `DEGREE`."""
DEGREE = 8


@rule(Root)
def _root(values: Values, expression: Root, at: Point, exact: bool) -> Any:
    function, x = expression.args
    return _zero(values, function, x, at)


def _zero(
    values: Values, function: Expr, x: Symbol, at: Point, start: Any = None, *, rising: bool = False
) -> Any:
    """The zero by a secant in log x: in floats first, where they have one, and from there to all digits.

    A ``rising`` one is looked for to the right where the function is negative, and to the left elsewhere.
    """

    def value(y: Any, exact: bool = True) -> Any:
        # the log of positive over negative terms: almost linear in log x where both are powers
        parts = [values(p, {**at, x: mpmath.exp(y)}, exact=exact) for p in Add.make_args(function)]
        above = mpmath.fsum(p for p in parts if p > 0)
        below = -mpmath.fsum(p for p in parts if p < 0)
        if above and below:
            return mpmath.log(above / below)
        return above - below

    low, goal = mpmath.mpf(0 if start is None else mpmath.log(start)), mpmath.mpf(10) ** (3 - values.digits)
    before = values.error
    try:
        near = _search(lambda y: value(y, exact=False), low, NEAR, rising)
    except (PrecisionError, OverflowError, ZeroDivisionError):
        near = None
    values.error = before  # what floats lost is found again
    if near is not None:
        found = _from_near(value, near, goal)
        if abs(found - near) < STRAYED:
            return mpmath.exp(found)
    try:
        return mpmath.exp(_search(value, low, goal, rising))
    except PrecisionError:
        other = [mpmath.nstr(v, 5) for y, v in sorted(at.items(), key=str) if y in function.free_symbols]
        raise PrecisionError(f"no zero of {function} was found at {other}") from None


def _from_near(value: Callable[[Any], Any], near: Any, goal: Any) -> Any:
    """The zero by secants from a place as close to it as floats come.

    An error is about the product of the two before it, so that the last place is known without its value.
    """
    before, here = near, near + ASIDE
    miss_before, miss, last = value(before), value(here), ASIDE
    for _ in range(60):
        if miss == miss_before:
            break
        step = -miss * (here - before) / (miss - miss_before)
        before, miss_before, here = here, miss, here + step
        if abs(step) <= goal or abs(step * last) <= LEFT * goal:
            break
        miss, last = value(here), step
    return here


def _search(value: Callable[[Any], Any], low: Any, goal: Any, rising: bool) -> Any:
    """The zero, from a bracket found by growing steps to the side where the values are smaller or fall."""
    high = low + 1
    at_low, at_high = value(low), value(high)
    step = mpmath.mpf(2)
    while at_low * at_high > 0:
        if at_low > 0 if rising else abs(at_low) < abs(at_high):
            low, high, at_high = low - step, low, at_low
            at_low = value(low)
        else:
            low, high, at_low = high, high + step, at_high
            at_high = value(high)
        step *= 2
        if step > 1e4:
            raise PrecisionError("no change of sign was found")
    return mpmath.findroot(value, (low, high), solver="anderson", tol=goal, maxsteps=200, verify=False)


@rule(Iterated, arrays=True)
def _iterate(values: Values, expression: Iterated, at: Point, exact: bool) -> Any:
    """Newton's method with a divided difference, from where the iteration starts."""
    function, x, start = expression.args
    here = values(start, at, exact=exact)
    if any(is_array(at.get(y)) for y in expression.free_symbols):
        return _iterate_all(values, expression, here, at)
    before, miss_before = None, None
    for _ in range(60):
        miss = values(function, {**at, x: here}, exact=exact) - here
        if abs(miss) <= (mpmath.eps * 8 if exact else 1e-13) * abs(here) or here == before:
            return here
        if before is None:
            step = miss
        else:
            slope = (miss - miss_before) / (here - before)
            step = -miss / slope
        before, miss_before, here = here, miss, here + step
    raise PrecisionError(f"the solution of {x} = {function} was not reached")


def _iterate_all(values: Values, expression: Iterated, start: Any, at: Point) -> Any:
    """The same at many places; those that have arrived are not evaluated again."""
    numpy = import_module("numpy")
    function, x, _ = expression.args
    letters = [y for y in expression.free_symbols if is_array(at.get(y))]
    whole, *places = numpy.broadcast_arrays(start, *(at[y] for y in letters))
    found, left = whole.flatten(), numpy.arange(whole.size)
    here, places = found.copy(), [place.ravel() for place in places]
    before, miss_before = None, None
    for _ in range(60):
        there = dict(zip(letters, (place[left] for place in places), strict=True))
        miss = values(function, {**at, **there, x: here}, exact=False) - here
        found[left] = here
        if before is None:
            step, far = miss, abs(miss) > 1e-13 * abs(here)
        else:
            with numpy.errstate(all="ignore"):
                step = miss * (here - before) / (miss_before - miss)
            far = (abs(miss) > 1e-13 * abs(here)) & (here != before)
        if not far.any():
            return found.reshape(whole.shape)
        left, before, miss_before, here = left[far], here[far], miss[far], (here + step)[far]
    raise PrecisionError(f"the solution of {x} = {function} was not reached")


@rule(Minimiser)
def _minimiser(values: Values, expression: Minimum, at: Point, exact: bool) -> Any:
    function, x = expression.args
    slope = values.differentiate(Derivative(function, x))
    # a few terms of a loss that falls may fall without end before its minimum
    return _zero(values, slope, x, at, start=mpmath.mpf(10), rising=True)


@rule(Minimum)
def _minimum(values: Values, expression: Minimum, at: Point, exact: bool) -> Any:
    function, x = expression.args
    return values(function, {**at, x: _minimiser(values, expression, at, exact)})


@rule(TunedStep)
def _tuned_step(values: Values, expression: TunedStep, at: Point, exact: bool) -> Any:
    """Where the slopes of both parts cancel, or at the largest step."""
    falling, x, growing, most = expression.args
    slope = values.differentiate(Derivative(falling + growing / RUN, x))
    place = _zero(values, slope, x, {**at, RUN: at[x]}, start=mpmath.sqrt(at[x]), rising=True)
    return min(place / at[x], values(most, at, exact=exact))


@rule(Tuned)
def _tuned(values: Values, expression: Tuned, at: Point, exact: bool) -> Any:
    falling, x, growing, _ = expression.args
    place = at[x] * _tuned_step(values, expression, at, exact)
    return values(falling + growing / RUN, {**at, RUN: at[x], x: place}, exact=exact)


@rule(BestConstant)
def _best_constant(values: Values, expression: BestConstant, at: Point, exact: bool) -> Any:
    """In floats, at many steps at once; the error is what the wider of two ranges says else."""
    numpy = import_module("numpy")
    loss, x, gain = expression.args
    last = float(_first_one(values, gain, x, at))

    def logarithm(y: Any) -> Any:
        return numpy.log(values(loss, {**at, x: last / (1 + numpy.exp(-y))}, exact=False))

    places = numpy.linspace(-12.0, 6.0, 37)
    here, found = places[logarithm(places).argmin()], []
    for width in WIDTHS:
        near = here + width * numpy.cos(numpy.pi * (numpy.arange(2 * DEGREE) + 0.5) / (2 * DEGREE))
        slope = numpy.polynomial.Chebyshev.fit(near, logarithm(near), DEGREE).deriv()
        real = [r.real for r in slope.roots() if abs(r.imag) < 1e-6]
        here = min(real, key=lambda r: abs(r - here), default=numpy.inf)
        found.append(last / (1 + math.exp(-here)))
        if not abs(here - near.mean()) < 2 * width:
            raise PrecisionError(f"no step with the least loss was found below {last:.5g}")
    values.error = max(values.error, abs(found[0] / found[1] - 1))
    return mpmath.mpf(found[1])


def _first_one(values: Values, gain: Expr, x: Symbol, at: Point) -> Any:
    """The first x > 0 at which a gain is 1, which begins in proportion to x and grows faster than it."""

    def value(y: Any) -> Any:
        return values(gain, {**at, x: y}, exact=False)

    low = mpmath.mpf(1)
    while not (0 < value(low) < SMALL and abs(value(low) / value(low / 2) - 2) < 10 * SMALL):
        low /= 2
        if low < NEAR**3:
            raise PrecisionError(f"{gain} does not begin in proportion to {x}")
    share, beyond = value(low) / low, mpmath.inf
    while beyond - low > NEAR * low:
        high = min(2 * low, (low + beyond) / 2)
        gained = value(high)
        if share * high <= gained < 1:  # beyond a pole it is less
            low, share = high, gained / high
        else:
            beyond = high
    return low
