"""Numbers put into expressions, within bounds: SymPy evaluates powers and factorials at once.

A claim is any expression, and what is harmless with symbols may be beyond all bounds at a point, or once it
is multiplied out.

    put             replacements in an expression, refused where a number would be too large
    check_extent    refuses what would be too long multiplied out; `extent` counts it
"""

from __future__ import annotations

from collections.abc import Mapping
from math import comb, prod

from sympy import (
    Abs,
    Add,
    Basic,
    Expr,
    Function,
    Max,
    Min,
    Mul,
    Piecewise,
    Pow,
    cos,
    cot,
    exp,
    log,
    nan,
    oo,
    sin,
    tan,
    zoo,
)

from asymptotics.errors import UnableError
from asymptotics.parsing.expressions import FAILURES

LARGEST = 20_000
"""Natural logarithm of the largest power, and the largest argument of exp."""
ARGUMENT = 300
"""The largest argument of other functions, of which SymPy may know exact values."""
DEGREE = 24
"""Expressions of a higher degree in the parameters are not multiplied out."""
TERMS = 200
"""Nor are those with more terms when multiplied out."""
HUGE = 10**9
HARMLESS = (log, sin, cos, tan, cot, Abs, Min, Max, Piecewise)


def put(expression: Basic, table: Mapping[Expr, Expr]) -> Basic:
    """``expression`` with the replacements of ``table``, built from the inside.

    Raises `UnableError` where a number would be too large, infinite or undefined.

    >>> from asymptotics.symbols import a
    >>> put(2**(a + 1), {a: 3*a})
    2**(3*a + 1)
    """
    if expression in table:
        return table[expression]
    parts = tuple(put(part, table) for part in expression.args)
    if parts == expression.args:
        return expression
    _check(expression, parts)
    try:
        result = expression.func(*parts)
    except FAILURES as error:
        raise UnableError(f"{type(error).__name__} where {expression} is evaluated") from error
    if result in (zoo, nan, oo, -oo):
        raise UnableError(f"{expression} is infinite or undefined at a point")
    return result


def _check(expression: Basic, parts: tuple[Basic, ...]) -> None:
    if isinstance(expression, Pow):
        base, power = parts
        if (
            base.is_number
            and power.is_number
            and base != 0
            and _size(log(Abs(base))) * _size(power) > LARGEST
        ):
            raise UnableError(f"a power beyond e**{LARGEST} where {expression} is evaluated")
    elif isinstance(expression, Function) and not isinstance(expression, HARMLESS):
        bound = LARGEST if isinstance(expression, exp) else ARGUMENT
        if any(isinstance(part, Expr) and part.is_number and _size(part) > bound for part in parts):
            raise UnableError(f"an argument beyond {bound} where {expression} is evaluated")


def _size(number: Expr) -> float:
    try:
        return abs(complex(number.evalf(15)))
    except FAILURES as error:
        raise UnableError(f"{number} has no value") from error


def check_extent(expression: Expr, most: int = DEGREE) -> None:
    """Raise `UnableError` for an expression whose expansion would be beyond degree ``most``, or long."""
    degree, terms = extent(expression)
    if degree > most or (most == DEGREE and terms > TERMS):
        raise UnableError(f"expressions beyond degree {most} or {TERMS} terms are not multiplied out")


def extent(expression: Expr) -> tuple[int, int]:
    """Bounds on the degree and on the number of terms that ``expression`` would have multiplied out.

    >>> from asymptotics.symbols import a, b
    >>> extent((a + b + 1)**2 / b)
    (3, 6)
    """
    if not expression.args:
        return int(not expression.is_number), 1
    if isinstance(expression, Pow) and expression.exp.is_Integer:
        degree, terms = extent(expression.base)
        power = min(abs(int(expression.exp)), HUGE)
        count = HUGE if power > 999 else comb(power + min(terms, 99) - 1, power)
        return min(power * degree, HUGE), min(count, HUGE)
    parts = [extent(part) for part in expression.args if isinstance(part, Expr)]
    degrees, counts = [d for d, _ in parts] or [0], [n for _, n in parts] or [1]
    if isinstance(expression, Add):
        return max(degrees), min(sum(counts), HUGE)
    if isinstance(expression, Mul):
        return min(sum(degrees), HUGE), min(prod(counts), HUGE)
    return max(degrees), max(counts)
