"""Enclosures: an interval that contains all values of an expression on an interval of its index.

    enclosure(expression, index)     the expression as a function on pairs (low, high)

Sums, products, powers, exponentials, logarithms, sines and cosines are those of interval arithmetic
(Moore 1966); functions that rise or fall are taken at the two ends. Of any other function only its sign is
used, where SymPy knows it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from operator import add, mul
from typing import Any

import mpmath
import sympy
from sympy import Expr, Symbol

from asymptotics.caches import cached
from asymptotics.precision import working_bits

BITS = 100
"""Precision of the ends; they are rounded outwards."""
ROUNDED = 20
"""So many bits are left to functions that interval arithmetic does not round itself."""
Interval = Any
Enclosure = Callable[[int, int], tuple[mpmath.mpf, mpmath.mpf]]

_context: Any = mpmath.ctx_iv.MPIntervalContext()
_everything = _context.mpf(["-inf", "inf"])

_rising: dict[type, tuple[str, float]] = {
    sympy.atan: ("atan", -mpmath.inf),
    sympy.tanh: ("tanh", -mpmath.inf),
    sympy.sinh: ("sinh", -mpmath.inf),
    sympy.asinh: ("asinh", -mpmath.inf),
    sympy.erf: ("erf", -mpmath.inf),
    sympy.cosh: ("cosh", 0),
    sympy.gamma: ("gamma", 2),
    sympy.loggamma: ("loggamma", 2),
    sympy.factorial: ("factorial", 1),
    sympy.harmonic: ("harmonic", 0),
    sympy.digamma: ("digamma", 0.01),
    sympy.floor: ("floor", -mpmath.inf),
    sympy.ceiling: ("ceil", -mpmath.inf),
}
"""Functions that rise from a number on, by their names in mpmath."""
_falling = {sympy.erfc: ("erfc", -mpmath.inf), sympy.zeta: ("zeta", 1.01)}
_direct = {sympy.exp: "exp", sympy.sin: "sin", sympy.cos: "cos"}


@cached(maxsize=256)
def enclosure(expression: Expr, index: Symbol, bits: int = BITS) -> Enclosure:
    """``(low, high) -> (least, largest)``: bounds of the expression at all real indices between integers.

    They are ``(-oo, oo)`` where nothing is known. Needs an expression without other symbols.

    >>> from asymptotics.symbols import k
    >>> tuple(map(float, enclosure(k**2 - k, k)(2, 3)))
    (1.0, 7.0)
    """
    with working_bits(bits):
        _context.prec = bits
        function = _compile(expression, index)

    def bounds(low: int, high: int) -> tuple[mpmath.mpf, mpmath.mpf]:
        with working_bits(bits):
            _context.prec = bits
            found = _attempt(function, _context.mpf([low, high]))
            return mpmath.mpf(found.a), mpmath.mpf(found.b)

    return bounds


def _attempt(function: Callable[[Interval], Interval], x: Interval) -> Interval:
    try:
        found = function(x)
    except (ArithmeticError, ValueError, TypeError):
        return _everything
    # a power of an interval that reaches below zero is complex
    known = isinstance(found, _context.mpf) and not (mpmath.isnan(found.a) or mpmath.isnan(found.b))
    return found if known else _everything


def _compile(expression: Expr, index: Symbol) -> Callable[[Interval], Interval]:
    if expression == index:
        return lambda x: x
    if not expression.has(index):
        fixed = _constant(expression)
        return lambda _: fixed
    if expression.is_Add or expression.is_Mul:
        parts = [_compile(e, index) for e in expression.args]
        combine = add if expression.is_Add else mul
        return lambda x: reduce(combine, (part(x) for part in parts))
    if expression.is_Pow and not isinstance(expression, sympy.exp):
        return _power(expression, index)
    if isinstance(expression, sympy.log):
        argument = _compile(expression.args[0], index)
        return lambda x: _context.log(argument(x))
    if expression.func in _direct:
        apply, argument = getattr(_context, _direct[expression.func]), _compile(expression.args[0], index)
        return lambda x: apply(argument(x))
    if isinstance(expression, sympy.Abs):
        argument = _compile(expression.args[0], index)
        return lambda x: abs(argument(x))
    if len(expression.args) == 1 and (expression.func in _rising or expression.func in _falling):
        return _monotone(expression, index)
    if expression.func == sympy.besseli and not expression.args[1].has(index):
        return _in_order(expression, index)
    known = _context.mpf([0, mpmath.inf]) if expression.is_nonnegative else _everything
    return lambda _: known


def _in_order(expression: Expr, index: Symbol) -> Callable[[Interval], Interval]:
    """``I_nu(x)``, x > 0, falls as nu > 0 rises (DLMF 10.37)."""
    order, argument = _compile(expression.args[0], index), _constant(expression.args[1])

    def bounds(x: Interval) -> Interval:
        found = order(x)
        if not (found.a >= 0 and argument.a > 0):
            return _everything
        ends = (mpmath.besseli(mpmath.mpf(nu), mpmath.mpf(argument.mid)) for nu in (found.b, found.a))
        return _widen(*ends)

    return bounds


def _constant(expression: Expr) -> Interval:
    if expression.is_Rational:
        return _context.mpf(int(expression.p)) / int(expression.q)
    number = expression.evalf(int(_context.prec * 0.30103) + 10)
    if not number.is_Float:
        raise TypeError(f"{expression} is not a real number")
    return _widen(mpmath.mpf(number._mpf_), mpmath.mpf(number._mpf_))


def _widen(low: mpmath.mpf, high: mpmath.mpf) -> Interval:
    width = mpmath.ldexp(1, ROUNDED - _context.prec)
    return _context.mpf([low - abs(low) * width, high + abs(high) * width])


def _power(expression: Expr, index: Symbol) -> Callable[[Interval], Interval]:
    base, power = (_compile(e, index) for e in expression.args)
    if expression.exp.is_Integer:
        count = int(expression.exp)
        return lambda x: base(x) ** count
    if expression.base.is_negative:
        size = _context.log(-base(_everything))
        return lambda x: _context.exp(power(x) * size) * _context.mpf([-1, 1])
    return lambda x: _context.exp(power(x) * _context.log(base(x)))


def _monotone(expression: Expr, index: Symbol) -> Callable[[Interval], Interval]:
    rises = expression.func in _rising
    name, least = (_rising if rises else _falling)[expression.func]
    argument, function = _compile(expression.args[0], index), getattr(mpmath, name)

    def value(x: Interval) -> Interval:
        at = argument(x)
        low, high = mpmath.mpf(at.a), mpmath.mpf(at.b)
        if low < least:
            return _everything
        ends = function(low), function(high)
        return _widen(*ends) if rises else _widen(*ends[::-1])

    return value
