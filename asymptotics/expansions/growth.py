"""The leading growth of an expression in a resource: a constant times powers of scales.

    f(x) = constant * prod_i scale_i(x)^(p_i) * (1 + O(x^-e)),    scales:  exp(x^q), x, log(x), log(log(x)).

Growths form an algebra: products and powers act on each scale, a function of what tends to a number is
expanded there, and each rule says what becomes of e. What is beyond it (iterated exponentials, oscillations,
terms that cancel) is refused by name; no limit is searched for.

    growths    the terms of an expression; which of them leads is for the caller, who knows the parameters
    growth     the one growth of an expression, where it is the same for all positive parameters
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import islice, product
from math import prod

from sympy import (
    Add,
    Expr,
    Function,
    I,
    Integer,
    Mul,
    Pow,
    Symbol,
    atan,
    erf,
    exp,
    factorial,
    log,
    pi,
    together,
)
from sympy.functions.elementary.hyperbolic import HyperbolicFunction

from asymptotics.domains.domain import POSITIVE, normal
from asymptotics.domains.solver import number_sign
from asymptotics.domains.substitution import check_extent
from asymptotics.errors import UnableError
from asymptotics.parsing.heights import to_power

MAX_TERMS = 24
DEPTH = 60
SATURATING = {atan: (pi / 2, True), erf: (Integer(1), False)}
"""Odd functions that tend to a number at oo; whether like 1/x, or faster than all powers."""
SERIES = 5
"""So many coefficients of a Taylor series are looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """``constant * prod scale**power * (1 + sum_e O(x**-e))``, the e in ``rest``; powers are not zero.

    >>> from asymptotics.symbols import N, b
    >>> growths((2*N)**-b * log(N), N)
    (Growth(constant=2**(-b), powers=((N, -b), (log(N), 1))),)
    """

    constant: Expr
    powers: tuple[tuple[Expr, Expr], ...] = ()
    rest: tuple[Expr, ...] = field(default=(), repr=False)

    def power(self, scale: Expr) -> Expr:
        """The power of ``scale``."""
        return dict(self.powers).get(scale, Integer(0))

    def times(self, other: Growth) -> Growth:
        """The product."""
        powers = dict(self.powers)
        for scale, power in other.powers:
            powers[scale] = normal(powers.get(scale, Integer(0)) + power)
        rest = tuple(dict.fromkeys((*self.rest, *other.rest)))
        return Growth(constant=self.constant * other.constant, powers=_keep_leading(powers), rest=rest)

    def to_the(self, power: Expr) -> Growth:
        """The power of it, which must not contain the resource."""
        raised = {scale: normal(power * p) for scale, p in self.powers}
        return Growth(constant=to_power(self.constant, power), powers=_keep_leading(raised), rest=self.rest)

    def expression(self) -> Expr:
        """The growth as an expression."""
        return self.constant * self.without_constant()

    def without_constant(self) -> Expr:
        """The powers alone."""
        return Mul(*(scale ** together(power) for scale, power in self.powers))


def _keep_leading(powers: dict[Expr, Expr]) -> tuple[tuple[Expr, Expr], ...]:
    return tuple(sorted(((s, p) for s, p in powers.items() if p != 0), key=lambda pair: rank(pair[0])))


def rank(scale: Expr) -> tuple[int, str]:
    """Faster scales first: exponentials, the resource, its logarithm, ..."""
    depth = 1
    while isinstance(scale, log):
        scale, depth = scale.args[0], depth + 1
    return (0, str(scale)) if isinstance(scale, exp) else (depth, "")


def growths(expression: Expr, x: Symbol, depth: int = 0) -> tuple[Growth, ...]:
    """The terms of ``expression`` as x -> oo, each by its own leading growth.

    Raises `UnableError` where the growth is of none of the known scales or cannot be read off.
    """
    if depth > DEPTH:
        raise UnableError("an expression is nested too deeply to read its growth off")
    if not expression.has(x):
        return (Growth(constant=expression),)
    if expression == x:
        return (Growth(constant=Integer(1), powers=((x, Integer(1)),)),)
    if isinstance(expression, Add):
        return _bound(term for part in expression.args for term in growths(part, x, depth + 1))
    if isinstance(expression, Mul):
        parts = [growths(part, x, depth + 1) for part in expression.args]
        if prod(map(len, parts)) > MAX_TERMS:
            raise UnableError(f"the expression has more than {MAX_TERMS} terms; give its leading term")
        unit = Growth(constant=Integer(1))
        return tuple(_product(unit, choice) for choice in product(*parts))
    if isinstance(expression, exp):
        return (_exponential(expression.args[0], x, depth),)
    if isinstance(expression, Pow):
        base, power = expression.args
        check_extent(power)
        if power.has(x):
            return (_exponential(power * log(base), x, depth),)
        return (growth(base, x, depth + 1).to_the(power),)
    if isinstance(expression, log):
        return _logarithm(expression, x, depth)
    if isinstance(expression, HyperbolicFunction):
        return growths(expression.rewrite(exp), x, depth + 1)
    return (_function(expression, x, depth),)


def growth(expression: Expr, x: Symbol, depth: int = 0) -> Growth:
    """The growth of an expression; equal terms are added, others are bounded by the one that leads.

    Raises `UnableError` where that is not the same for all positive parameters, and as `growths` does.

    >>> from asymptotics.symbols import N
    >>> found = growth(1/(N + 1) - exp(-N), N)
    >>> found, found.rest
    (Growth(constant=1, powers=((N, -1),)), (1,))
    """
    return _leading(growths(expression, x, depth), expression)


def _bound(terms: Iterable[Growth]) -> tuple[Growth, ...]:
    found = tuple(islice(terms, MAX_TERMS + 1))
    if len(found) > MAX_TERMS:
        raise UnableError(f"the expression has more than {MAX_TERMS} terms; give its leading term")
    return found


def _product(unit: Growth, factors: tuple[Growth, ...]) -> Growth:
    for factor in factors:
        unit = unit.times(factor)
    return unit


def _leading(terms: tuple[Growth, ...], where: Expr) -> Growth:
    """The term that grows fastest for all positive parameters; equal ones are added, others bounded."""
    best = terms[0]
    for term in terms[1:]:
        order = ahead(term, best)
        if order is None:
            raise UnableError(f"which term of {where} leads is not decided; write its leading term")
        if order == 0:
            best = replace(best, constant=best.constant + term.constant, rest=(*best.rest, *term.rest))
        else:
            best, other = (term, best) if order > 0 else (best, term)
            scale, gap = differences(best, other)[0]
            # what is smaller by an exponential needs no bound, what is smaller by a logarithm has none
            bound = () if isinstance(scale, exp) else (gap if scale.is_Symbol else Integer(0),)
            best = replace(best, rest=(*best.rest, *bound))
    if normal(best.constant) == 0:
        raise UnableError(f"the leading terms of {where} cancel; give what is left")
    return best


def ahead(first: Growth, second: Growth) -> int | None:
    """1, 0 or -1 as ``first`` grows faster than, like or slower than ``second`` for all parameters."""
    for _, power in differences(first, second):
        sign = number_sign(power) if power.is_number else POSITIVE.sign(power)
        if sign != 0:
            return sign
    return 0


def differences(first: Growth, second: Growth) -> tuple[tuple[Expr, Expr], ...]:
    """The powers of first/second, fastest scale first; `UnableError` for two exponentials."""
    unlike = {s: -p for s, p in second.powers}
    powers = first.times(Growth(constant=Integer(1), powers=tuple(unlike.items()))).powers
    if sum(isinstance(scale, exp) for scale, _ in powers) > 1:
        raise UnableError("exponentials of different functions are not compared")
    return powers


def _logarithm(expression: Expr, x: Symbol, depth: int) -> tuple[Growth, ...]:
    """``log(constant * prod s_i^p_i) = log(constant) + sum p_i log(s_i)``, of the term that leads."""
    if _is_scale(expression, x):
        return (Growth(constant=Integer(1), powers=((expression, Integer(1)),)),)
    inside = growth(expression.args[0], x, depth + 1)
    if inside.constant == 1 and not inside.powers:
        # log(1 + u) = u (1 + O(u)): u is what the sum has beside 1
        rest = growth(expression.args[0] - 1, x, depth + 1)
        return (replace(rest, rest=(*rest.rest, *_vanishing(rest, expression))),)
    terms: list[Growth] = []
    for scale, power in inside.powers:
        whole = scale.args[0] if isinstance(scale, exp) else log(scale)
        terms += (term.times(Growth(constant=power)) for term in growths(whole, x, depth + 1))
    terms += [Growth(constant=log(inside.constant))] if inside.constant != 1 else []
    bounds = tuple(normal(e + terms[0].power(x)) for e in inside.rest)
    return (replace(terms[0], rest=(*terms[0].rest, *bounds)), *terms[1:])


def _is_scale(expression: Expr, x: Symbol) -> bool:
    levels = 0
    while isinstance(expression, log):
        expression, levels = expression.args[0], levels + 1
    return expression == x and levels <= 3


def _exponential(exponent: Expr, x: Symbol, depth: int) -> Growth:
    """``exp(sum of terms)``: each a constant factor, a power of x, an exponential scale, or a factor -> 1."""
    if exponent.has(I):
        raise UnableError(f"a power of a negative number changes its sign from {x} to {x} + 1; pass modes=M")
    result = Growth(constant=Integer(1))
    for term in growths(exponent, x, depth + 1):
        if not term.powers:
            result = result.times(Growth(constant=exp(term.constant), rest=term.rest))
            continue
        order = ahead(term, Growth(constant=Integer(1)))
        if order is None:
            raise UnableError(f"whether {term.expression()} grows is not decided; give the leading term")
        if order < 0:
            result = result.times(Growth(constant=Integer(1), rest=_vanishing(term, exponent)))
            continue
        shape = term.without_constant()
        scale = shape.args[0] if isinstance(shape, log) else exp(shape)
        rest = tuple(normal(e - term.power(x)) for e in term.rest)
        if any(POSITIVE.sign(e) != 1 for e in rest):
            raise UnableError(f"more than the leading term of {term.expression()} counts in exp({exponent})")
        result = result.times(Growth(constant=Integer(1), powers=((scale, term.constant),), rest=rest))
    return result


def _vanishing(term: Growth, where: Expr) -> tuple[Expr, ...]:
    """The order of a term that tends to 0, as the bound of what it is part of; none below every power."""
    scale, power = term.powers[0]
    if POSITIVE.sign(power) != -1:
        raise UnableError(f"whether {term.expression()} vanishes in {where} is not decided; give numbers")
    return () if isinstance(scale, exp) else (-power if scale.is_Symbol else Integer(0),)


def _function(expression: Expr, x: Symbol, depth: int) -> Growth:
    """A function of what tends to a number, by its Taylor series there; at oo where it tends to a number."""
    if not isinstance(expression, Function) or len(expression.args) != 1:
        raise _unknown(expression)
    inside = growth(expression.args[0], x, depth + 1)
    function, sign = expression.func, POSITIVE.sign(inside.powers[0][1]) if inside.powers else 0
    if sign == 1 and function in SATURATING:
        limit, by_powers = SATURATING[function]
        rest = _vanishing(inside.to_the(Integer(-1)), expression) if by_powers else ()
        return Growth(constant=limit * inside.constant / abs(inside.constant), rest=rest)
    argument, place = Symbol("y", positive=True), Integer(0) if inside.powers else inside.constant
    series = [
        function(argument).diff(argument, n).subs(argument, place) / factorial(n) for n in range(SERIES)
    ]
    present = [n for n, c in enumerate(series) if c != 0]
    if sign not in (0, -1) or not present or not all(c.is_finite for c in series):
        raise _unknown(expression)
    if not inside.powers:
        if present[0] != 0:
            raise _unknown(expression)
        return Growth(constant=series[0], rest=inside.rest)
    gap = (present[1] if len(present) > 1 else SERIES) - present[0]
    found = inside.to_the(Integer(present[0])).times(Growth(constant=series[present[0]]))
    bounds = (gap * e for e in _vanishing(inside, expression))
    return replace(found, rest=(*(found.rest if present[0] else ()), *bounds))


def _unknown(expression: Expr) -> UnableError:
    return UnableError(f"the growth of {expression} is not known; write powers, logarithms and exponentials")
