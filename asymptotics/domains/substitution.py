"""Numbers put into expressions, within bounds: SymPy evaluates powers and factorials at once.

A claim is any expression, and what is harmless with symbols may be beyond all bounds at a point.
"""

from __future__ import annotations

from collections.abc import Mapping

from sympy import (
    Abs,
    Basic,
    Expr,
    Function,
    Max,
    Min,
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


__all__ = ["put"]
