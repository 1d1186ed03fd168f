"""Expressions written as ``exp(E(k)) * rest(k)``, the exponentials of the index gathered."""

from __future__ import annotations

from sympy import Add, Expr, Integer, Symbol, exp, log


def split_exponentials(expression: Expr, index: Symbol) -> tuple[Expr, Expr]:
    """``(E, rest)`` with ``expression = exp(E) * rest``, for products and powers of exponentials.

    >>> from asymptotics.symbols import k
    >>> split_exponentials(3 * 2**-k * exp(-k**2) / k, k)
    (-k**2 - k*log(2), 3/k)
    """
    if expression.is_Mul:
        parts = [split_exponentials(factor, index) for factor in expression.args]
        rest = Integer(1)
        for _, factor in parts:
            rest *= factor
        return Add(*(exponent for exponent, _ in parts)), rest
    if isinstance(expression, exp):
        return (expression.args[0], Integer(1)) if expression.has(index) else (Integer(0), expression)
    if expression.is_Pow:
        base, power = expression.args
        if power.has(index) and not base.has(index) and base.is_positive:
            return power * log(base), Integer(1)
        if not power.has(index) and base.has(index):
            exponent, rest = split_exponentials(base, index)
            return power * exponent, rest**power
    return Integer(0), expression


__all__ = ["split_exponentials"]
