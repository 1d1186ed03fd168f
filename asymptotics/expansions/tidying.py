"""Coefficients as a person would write them.

tidy(expression)        common factors out, arguments of functions over one denominator
positive(product)       a sum of negative terms as minus a positive one
with_one_sign(x)        a product with a minus in front or in a sum, not in both
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain, combinations
from math import prod

from sympy import (
    QQ,
    Expr,
    Integer,
    Mul,
    Poly,
    Pow,
    S,
    count_ops,
    expand,
    factor_terms,
    gamma,
    pi,
    sin,
    together,
)
from sympy.core.function import Application

from asymptotics.caches import cached
from asymptotics.expansions.generators import Generator, Number
from asymptotics.expansions.orders import as_rational
from asymptotics.expansions.oscillation import Oscillation
from asymptotics.expansions.ring import ONE, Element, element, sum_of_products, whole
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
        beside = factor_terms(shaped.replace(lambda e: e.is_Add and not e.has(Oscillation), together))
        return _without_ones(beside)
    return _neat(shaped).replace(lambda e: e.is_Mul, lambda e: positive(_reflected(e)))


def positive(product: Expr) -> Expr:
    """A product without sums of negative terms, whose signs are in front.

    >>> from asymptotics.symbols import a, b
    >>> -a * (-b - 1) / (b - 1), positive(-a * (-b - 1) / (b - 1))
    (-a*(-b - 1)/(b - 1), a*(b + 1)/(b - 1))
    """
    factors = [factor.as_base_exp() for factor in Mul.make_args(product)]
    turned = [(base, power) for base, power in factors if base.is_Add and power.is_odd and _is_negative(base)]
    if not turned:
        return product
    kept = [base**power for base, power in factors if (base, power) not in turned]
    return Mul((-1) ** len(turned), *kept, *((-base) ** power for base, power in turned))


def with_one_sign(product: Expr) -> Expr:
    """A product with a sign in front of it and of a sum in it without either.

    >>> from asymptotics.symbols import a, b
    >>> -((b - a) / b), with_one_sign(-((b - a) / b)), with_one_sign(-((a - 1) / b))
    (-(-a + b)/b, (a - b)/b, -(a - 1)/b)
    """
    if product.is_Mul and product.args[0] == -1:
        for factor in product.args:
            if factor.is_Add and factor.could_extract_minus_sign():
                return Mul(*((-x if x in (factor, -1) else x) for x in product.args))
    return product


def _is_negative(total: Expr) -> bool:
    return all(term.could_extract_minus_sign() for term in total.args)


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


@cached(maxsize=4096)
def _neat(expression: Expr) -> Expr:
    """Products and powers by their parts; a sum over one denominator."""
    if expression.is_Mul:
        return Mul(*map(_neat, expression.args))
    if expression.is_Pow:
        return _forward(_neat(expression.base) ** expression.exp)
    return _over_one(expression) if expression.is_Add else expression


def _over_one(total: Expr) -> Expr:
    """A sum over one denominator, multiplied out where it is shorter then: what cancels is gone.

    >>> from sympy import Symbol, gamma
    >>> from asymptotics.symbols import B, a
    >>> S = Symbol("S")
    >>> _over_one(2 * B * (a - 1) + 2 * B - a * (2 * B - gamma(a) * S) - gamma(a) * S)
    S*(a - 1)*gamma(a)
    """
    parts = [_neat(part) for part in total.args]
    kept = _quotient(sum_of_products((whole(part), ONE) for part in parts), element)
    if sum(map(_width, parts)) > LONG:
        return kept
    spread = _quotient(sum_of_products((_spread(part), ONE) for part in parts), _spread)
    return spread if count_ops(spread) < count_ops(kept) else kept


def _quotient(total: Element, opened: Callable[[Expr], Element]) -> Expr:
    """A polynomial over the least common denominator of its monomials; sums above it are ``opened``."""
    lowest: dict[Generator, Number] = {}
    for letter, p in chain.from_iterable(total.terms):
        if letter.monomial == 1 and p < lowest.get(letter, 0) and p == int(p):
            lowest[letter] = p
    sums = {letter: -p for letter, p in lowest.items() if letter.base.is_Add}
    products = []
    for monomial, c in total.terms.items():
        powers = dict(monomial)
        above = (opened(x.base).power(as_rational(p + powers.get(x, 0))) for x, p in sums.items())
        left = frozenset(x for x in monomial if x[0] not in sums)
        products.append((Element({left: c}), prod(above, start=ONE)))
    found = sum_of_products(products) * Element({frozenset((x, -p) for x, p in sums.items()): QQ(1)})
    return write(found.terms, frozenset(lowest)).replace(lambda e: e.is_Pow and e.exp.is_Add, _forward)


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
    """A function with its arguments over one denominator; of sums over modes the polynomials alone."""
    if hasattr(call, "opaque"):
        return call.replace(lambda e: e.is_Add and e.is_polynomial(), lambda e: write(element(e).terms))
    inner = {part: _shaped(part) for part in call.atoms(Application) - {call}}
    return _forward(call.func(*(_arranged(x.xreplace(inner)) for x in call.args)))


def _arranged(argument: Expr) -> Expr:
    """An argument over one denominator."""
    return _without_ones(factor_terms(together(argument)))


def _without_ones(expression: Expr) -> Expr:
    """Products without the factor of 1 that `factor_terms` leaves beside a fraction."""
    return expression.replace(lambda e: e.is_Mul and S.One in e.args, lambda e: Mul(*e.args))


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
    if expression.is_Pow and not expression.exp.is_Integer:
        base, power = expression.args
        return (_upright(base) if base.is_Mul else base) ** (_arranged(power) if power.is_Add else power)
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
