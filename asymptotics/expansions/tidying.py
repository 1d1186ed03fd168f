"""Coefficients as a person would write them.

tidy(expression)        common factors out, arguments of functions over one denominator
"""

from __future__ import annotations

from itertools import combinations
from math import prod

from sympy import Expr, Integer, Mul, Poly, Pow, S, count_ops, expand, factor_terms, gamma, pi, sin, together
from sympy.core.function import Application

from asymptotics.caches import cached
from asymptotics.expansions.oscillation import Oscillation
from asymptotics.expansions.ring import ONE, Element, element, sum_of_products
from asymptotics.expansions.writing import write

LONG = 200
"""Operations in a sum of numbers, and products in any sum, beyond which it is not multiplied out."""


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
    return whole.replace(lambda e: e.is_Pow, _forward).replace(lambda e: e.is_Mul, _reflected)


def _reflected(product: Expr) -> Expr:
    """A product without what is pi by Euler's reflection, ``Gamma(x) Gamma(1 - x) sin(pi x)``.

    >>> from sympy import Rational, gamma
    >>> x = Rational(1, 170)
    >>> _reflected(3 / (sin(pi * x) * gamma(x) * gamma(1 - x)))
    3/pi
    """
    powers = product.as_powers_dict()
    for x, y in combinations([f.args[0] for f in powers if isinstance(f, gamma)], 2):
        for sine in (sin(pi * z) for z in (x, y)):
            n = powers.get(sine, S.Zero)
            if n and n == powers[gamma(x)] == powers[gamma(y)] and expand(x + y) == 1:
                return _reflected(product * (pi / (gamma(x) * gamma(y) * sine)) ** n)
    return product


def _upright(base: Expr) -> Expr:
    """``-1/(d - 1)`` as ``1/(1 - d)``: a base of a power without a sign in front."""
    for factor in Mul.make_args(base) if base.could_extract_minus_sign() else ():
        inner, power = factor.as_base_exp()
        if inner.is_Add and power.is_odd:
            return (-base / factor) * (-inner) ** power
    return base


def _factored(total: Expr) -> Expr:
    """A sum multiplied out, what cancels gone, and as its factors, where these are shorter.

    >>> from sympy import Symbol, gamma
    >>> from asymptotics.symbols import B, a
    >>> S = Symbol("S")
    >>> _factored(2 * B * (a - 1) + 2 * B - a * (2 * B - gamma(a) * S) - gamma(a) * S)
    S*(a - 1)*gamma(a)
    """
    if _width(total) > LONG:
        return total
    factors = write(_spread(total).terms)
    return factors if count_ops(factors) < count_ops(total) else total


def _width(expression: Expr) -> int:
    """How many products an expression has at most when it is multiplied out."""
    if expression.is_Add:
        return sum(map(_width, expression.args))
    if expression.is_Mul:
        return prod(map(_width, expression.args))
    if expression.is_Pow and expression.exp.is_Integer and expression.exp > 0:
        return int(min(_width(expression.base), LONG) ** expression.exp) if expression.base.is_Add else 1
    return 1


def _spread(expression: Expr) -> Element:
    """An expression multiplied out, down to its functions and its denominators."""
    if expression.is_Add:
        return sum_of_products((_spread(part), ONE) for part in expression.args)
    if expression.is_Mul:
        return prod(map(_spread, expression.args), start=ONE)
    if expression.is_Pow and expression.exp.is_Integer and expression.exp > 0:
        return _spread(expression.base).power(expression.exp)
    return element(expression)


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
    """``sin(1 - d)`` as ``-sin(d - 1)``, ``(1 - d)^n`` as ``(-1)^n (d - 1)^n``: first symbols positive.

    Half turns leave a sine, ``sin(pi (2 d - 1)/d) = -sin(pi/d)``.
    """
    if not isinstance(expression, sin | Pow):
        return expression
    if expression.is_Pow and expression.base.is_Mul and not expression.exp.is_Integer:
        return _upright(expression.base) ** expression.exp
    if expression.is_Pow and expression.exp.is_Add:
        return expression.base ** factor_terms(together(expression.exp))
    if isinstance(expression, sin):
        whole, rest = expand(expression.args[0] / pi).as_coeff_Add()
        if whole and whole.is_Integer:
            return Integer(-1) ** whole * _forward(sin(pi * together(rest)))
    for part in Mul.make_args(expression.args[0]):
        symbols = sorted(part.free_symbols, key=lambda s: s.name) if part.is_Add else []
        if symbols and part.is_polynomial(*symbols) and Poly(part, *symbols).LC().is_negative:
            turned = expression.args[0].xreplace({part: -part})
            if isinstance(expression, sin):
                return -sin(turned)
            return Integer(-1) ** expression.exp * turned**expression.exp
    return expression
