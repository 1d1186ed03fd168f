"""Differences of two terms that cancel at large index, written as what is left of them.

sqrt(A) - sqrt(B) = (A - B)/(sqrt(A) + sqrt(B)),        log(A) - log(B) = log(1 + (A - B)/B).

write_differences    an expression with every such pair of terms rewritten
"""

from __future__ import annotations

from sympy import Expr, Float, Pow, Symbol, cancel, log

FAR = Float("1e9", 30)
"""The index at which terms that cancel are told from others."""


def write_differences(expression: Expr, index: Symbol) -> Expr:
    """The same function of the index without differences of square roots or logarithms that cancel.

    >>> from sympy import sqrt
    >>> from asymptotics.symbols import k
    >>> write_differences(sqrt(k**4 + 1) - k**2, k), write_differences(log(k + 1) - log(k), k)
    (1/(k**2 + sqrt(k**4 + 1)), log(1 + 1/k))
    """

    def is_pair(e: Expr) -> bool:
        return bool(e.is_Add and len(e.args) == 2 and e.free_symbols == {index} and e.has(Pow, log))

    return expression.replace(is_pair, lambda e: _difference(e, index))


def _difference(total: Expr, index: Symbol) -> Expr:
    one, two = sorted(total.args, key=lambda e: e.could_extract_minus_sign())
    two = -two
    ratio = (one / two).xreplace({index: FAR}).evalf(15)
    if not (ratio.is_real and abs(ratio - 1) < 0.01):
        return total
    (c, first), (d, second) = (e.as_independent(index, as_Add=False) for e in (one, two))
    if c == d and isinstance(first, log) and isinstance(second, log):
        above, below = first.args[0], second.args[0]
        return c * log(1 + cancel((above - below) / below))
    left = cancel(one**2 - two**2) if one.is_positive and two.is_positive else total
    rewritten = left.is_rational_function(index) and not total.is_rational_function(index)
    return left / (one + two) if rewritten else total
