"""Coefficients as a person would write them.

tidy(expression)        common factors out, arguments of functions over one denominator
factored(expression)    a polynomial in symbols as its factors
"""

from __future__ import annotations

from sympy import Expr, Integer, Mul, NumberSymbol, Poly, Pow, count_ops, expand, factor_terms, sin, together
from sympy.core.function import Application

from asymptotics.caches import cached
from asymptotics.expansions.oscillation import Oscillation
from asymptotics.expansions.ring import element
from asymptotics.expansions.writing import polynomial

LONG = 200
"""Operations in a sum of numbers that is not multiplied out to see whether it becomes shorter."""


@cached(maxsize=1024)
def tidy(expression: Expr) -> Expr:
    """A coefficient as a person would write it: common factors out, arguments over one denominator.

    >>> from sympy import Symbol
    >>> from asymptotics.symbols import b
    >>> d = Symbol("d", positive=True)
    >>> tidy(1 / ((1 - d) * sin((1 - d) / b)))
    1/((d - 1)*sin((d - 1)/b))
    """
    shaped = expression.replace(lambda e: e.is_Add and not e.free_symbols, _shorter)
    shaped = shaped.xreplace({call: _shaped(call) for call in shaped.atoms(Application)})
    if shaped.has(Oscillation):
        # the mean and the oscillation stay side by side
        return factor_terms(shaped.replace(lambda e: e.is_Add and not e.has(Oscillation), together))
    whole = factor_terms(together(shaped)).replace(lambda e: e.is_Add, _factored)
    return whole.replace(lambda e: e.is_Pow and e.exp.is_Integer, _forward)


def _factored(total: Expr) -> Expr:
    """A polynomial as its factors, where these are shorter."""
    factors = factored(total)
    return factors if factors != total and count_ops(factors) < count_ops(total) else total


@cached(maxsize=1024)
def _shaped(call: Expr) -> Expr:
    """A function with its arguments over one denominator; sums over modes as they are."""
    if hasattr(call, "opaque"):
        return call
    inner = {part: _shaped(part) for part in call.atoms(Application) - {call}}
    return _forward(call.func(*(factor_terms(together(x.xreplace(inner))) for x in call.args)))


def _shorter(total: Expr) -> Expr:
    """A sum of numbers multiplied out, if summands cancel then and leave a shorter one."""
    size = count_ops(total)
    if size > LONG:
        return total
    expanded = expand(total)
    return expanded if count_ops(expanded) < size else total


def _forward(expression: Expr) -> Expr:
    """``sin(1 - d)`` as ``-sin(d - 1)``, ``(1 - d)^n`` as ``(-1)^n (d - 1)^n``: first symbols positive."""
    if not isinstance(expression, sin | Pow):
        return expression
    for part in Mul.make_args(expression.args[0]):
        symbols = sorted(part.free_symbols, key=lambda s: s.name) if part.is_Add else []
        if symbols and part.is_polynomial(*symbols) and Poly(part, *symbols).LC().is_negative:
            turned = expression.args[0].xreplace({part: -part})
            if isinstance(expression, sin):
                return -sin(turned)
            return Integer(-1) ** expression.exp * turned**expression.exp
    return expression


def factored(expression: Expr) -> Expr:
    """A polynomial in symbols, with rational coefficients, as its factors; another expression as it is.

    >>> from sympy import NumberSymbol, pi
    >>> from asymptotics.symbols import a, b
    >>> factored(a**2 - b**2), factored(pi * a - pi * b)
    ((a - b)*(a + b), pi*a - pi*b)
    """
    if expression.has(Application, NumberSymbol):
        return expression
    terms = element(expression).terms
    written = all(x.is_symbol and p > 0 and p == int(p) for monomial in terms for x, p in monomial)
    return polynomial(frozenset(terms.items())) if written and len(terms) > 1 else expression
