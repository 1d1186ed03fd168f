"""Roots, fixed points and minima in numbers, by secants."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import mpmath
from sympy import Add, Expr, Symbol, diff

from asymptotics.derivation.evaluation.floats import is_array
from asymptotics.derivation.evaluation.values import Point, Values, rule
from asymptotics.errors import PrecisionError
from asymptotics.model.operators import Iterated, Minimiser, Minimum, Root


@rule(Root)
def _root(values: Values, expression: Root, at: Point, exact: bool) -> Any:
    function, x = expression.args
    return _zero(values, function, x, at)


def _zero(values: Values, function: Expr, x: Symbol, at: Point, start: Any = None) -> Any:
    """The zero by a secant in log x, from a bracket found by growing steps."""
    other = tuple(v for y, v in sorted(at.items(), key=lambda p: p[0].name) if y in function.free_symbols)

    def value(y: Any) -> Any:
        # the log of positive over negative terms: almost linear in log x where both are powers
        parts = [values(p, {**at, x: mpmath.exp(y)}) for p in Add.make_args(function)]
        above = mpmath.fsum(p for p in parts if p > 0)
        below = -mpmath.fsum(p for p in parts if p < 0)
        if above and below:
            return mpmath.log(above / below)
        return above - below

    low = mpmath.mpf(0 if start is None else mpmath.log(start))
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
            raise PrecisionError(f"no zero of {function} was found at {[mpmath.nstr(v, 5) for v in other]}")
    goal = mpmath.mpf(10) ** (3 - values.digits)
    found = mpmath.findroot(value, (low, high), solver="anderson", tol=goal, maxsteps=200, verify=False)
    return mpmath.exp(found)


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
    slope = diff(values.expand_names(function), x)
    return _zero(values, slope, x, at, start=mpmath.mpf(10))


@rule(Minimum)
def _minimum(values: Values, expression: Minimum, at: Point, exact: bool) -> Any:
    function, x = expression.args
    return values(function, {**at, x: _minimiser(values, expression, at, exact)})
