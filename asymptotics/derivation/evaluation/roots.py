"""Roots, fixed points and minima in numbers, by secants."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

import mpmath
from sympy import Add, Derivative, Expr, Symbol

from asymptotics.derivation.evaluation.floats import is_array
from asymptotics.derivation.evaluation.values import Point, Values, rule
from asymptotics.errors import PrecisionError
from asymptotics.model.operators import Iterated, Minimiser, Minimum, Root

NEAR, STRAYED = 1e-10, 1e-6
"""How near to a zero the floats come in log x, and how far from there it is not what they found."""


@rule(Root)
def _root(values: Values, expression: Root, at: Point, exact: bool) -> Any:
    function, x = expression.args
    return _zero(values, function, x, at)


def _zero(values: Values, function: Expr, x: Symbol, at: Point, start: Any = None) -> Any:
    """The zero by a secant in log x: in floats first, where they have one, and from there to all digits."""

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
        near = _search(lambda y: value(y, exact=False), low, NEAR)
    except (PrecisionError, OverflowError, ZeroDivisionError):
        near = None
    values.error = before  # what floats lost is found again
    if near is not None:
        found = mpmath.findroot(value, (near, near + NEAR), solver="secant", tol=goal, verify=False)
        if abs(found - near) < STRAYED:
            return mpmath.exp(found)
    try:
        return mpmath.exp(_search(value, low, goal))
    except PrecisionError:
        other = [mpmath.nstr(v, 5) for y, v in sorted(at.items(), key=str) if y in function.free_symbols]
        raise PrecisionError(f"no zero of {function} was found at {other}") from None


def _search(value: Callable[[Any], Any], low: Any, goal: Any) -> Any:
    """The zero, from a bracket found by growing steps."""
    high = low + 1
    at_low, at_high = value(low), value(high)
    step = mpmath.mpf(2)
    while at_low * at_high > 0:
        if abs(at_low) < abs(at_high):
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
    return _zero(values, slope, x, at, start=mpmath.mpf(10))


@rule(Minimum)
def _minimum(values: Values, expression: Minimum, at: Point, exact: bool) -> Any:
    function, x = expression.args
    return values(function, {**at, x: _minimiser(values, expression, at, exact)})
