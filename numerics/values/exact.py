"""Exact numbers of SymPy as numbers of mpmath, each part evaluated once.

A coefficient of a high order is a polynomial in a few gamma functions, and as a tree a hundred times larger
than its different parts. Its sums, products and powers are taken in mpmath, from functions that SymPy
evaluates; what cancels is followed by a bound of the relative error of every part,

    x + y: (|x| e_x + |y| e_y)/|x + y|,      x y: e_x + e_y,      x^p: |p| e_x,      each with its rounding,

and where that of the whole is above the digits that are wanted, all is done again with more bits.

    number      an exact number at the precision of mpmath
"""

from __future__ import annotations

from collections.abc import Mapping

import mpmath
from sympy import Add, Expr, Float, Mul, Pow, exp, log, oo

from asymptotics.caches import cached
from asymptotics.precision import working_bits

GUARD_BITS = 40
"""More bits than those that are wanted, at first; twice as many when these do not do, up to 320."""
ATTEMPTS = 4
SPARE_BITS = 8
"""So many bits below the precision the error of a number is."""

_Bounded = tuple[mpmath.mpf, float]
"""A real number and a bound of its relative error."""


class _UnknownError(ArithmeticError):
    """A part is 0 to its digits, or no real number."""


def number(expression: Expr, at: Mapping[Expr, mpmath.mpf] | None = None) -> mpmath.mpf:
    """The value of an expression, to the precision of mpmath, with exact numbers ``at`` symbols.

    >>> from sympy import S, gamma, sqrt
    >>> with working_bits(60):
    ...     print(number((sqrt(2) * gamma(S(1) / 3) - gamma(S(1) / 3)) ** 2))
    1.2313290565599407
    """
    if expression == oo:
        return mpmath.inf
    symbols, bits = dict(at or {}), mpmath.mp.prec
    guard = GUARD_BITS
    for _ in range(ATTEMPTS):
        with working_bits(bits + guard):
            try:
                value, error = _evaluate(expression, {s: (x, 0.0) for s, x in symbols.items()})
            except _UnknownError:
                error = 1.0
        if error < 2.0 ** -(bits + SPARE_BITS):
            return +value
        guard *= 2
    digits = mpmath.mp.dps
    exact = expression.xreplace({s: Float(x, digits + 10) for s, x in symbols.items()})
    return exact.evalf(digits + 5)._to_mpmath(bits)


def _evaluate(expression: Expr, known: dict[Expr, _Bounded]) -> _Bounded:
    """A real number and the bound of its error, at the precision at work; ``known`` grows by all parts."""
    if expression in known:
        return known[expression]
    if isinstance(expression, Add | Mul | Pow | exp | log):
        parts = [_evaluate(part, known) for part in expression.args]
        value, error = _RULES[expression.func](parts)
        if value == 0 or not mpmath.isfinite(value):
            raise _UnknownError
        found = value, error + 2.0 ** (1 - mpmath.mp.prec)
    else:
        # letters without a number are bound, such as the one in which a coefficient oscillates
        letters = expression.free_symbols & known.keys()
        inside = {s: Float(known[s][0], mpmath.mp.dps + 5) for s in letters}
        found = _leaf(expression.xreplace(inside) if inside else expression, mpmath.mp.prec)
    known[expression] = found
    return found


@cached(maxsize=4096)
def _leaf(expression: Expr, bits: int) -> _Bounded:
    """A number, a constant or a function, by SymPy."""
    if expression.is_Rational:
        return mpmath.mpf(int(expression.p)) / int(expression.q), 2.0 ** (1 - bits)
    found = expression if expression.is_Float else expression.evalf(mpmath.mp.dps + 5)
    if not found.is_Float:
        raise _UnknownError
    return found._to_mpmath(bits), 2.0 ** (2 - bits)


def _add(parts: list[_Bounded]) -> _Bounded:
    total = mpmath.fsum(x for x, _ in parts)
    if total == 0:
        raise _UnknownError
    return total, sum(float(abs(x / total)) * (e + 2.0**-mpmath.mp.prec) for x, e in parts)


def _multiply(parts: list[_Bounded]) -> _Bounded:
    return mpmath.fprod(x for x, _ in parts), sum(e + 2.0**-mpmath.mp.prec for _, e in parts)


def _raise(parts: list[_Bounded]) -> _Bounded:
    (base, own), (power, off) = parts
    if mpmath.isint(power):
        return base ** int(power), abs(float(power)) * own
    if base <= 0:
        raise _UnknownError
    return base**power, abs(float(power)) * (own + abs(float(mpmath.log(base))) * off)


def _exponential(parts: list[_Bounded]) -> _Bounded:
    ((x, error),) = parts
    return mpmath.exp(x), abs(float(x)) * error


def _logarithm(parts: list[_Bounded]) -> _Bounded:
    ((x, error),) = parts
    if x <= 0 or x == 1:
        raise _UnknownError
    value = mpmath.log(x)
    return value, error / abs(float(value))


_RULES = {Add: _add, Mul: _multiply, Pow: _raise, exp: _exponential, log: _logarithm}
