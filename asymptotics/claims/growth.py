"""The leading growth of an expression in a resource: a constant times powers of scales.

    f(x) ~ constant * prod_i scale_i(x)^(p_i),        scales:  exp(x^q), x, log(x), log(log(x)).

A sum is the tuple of its terms; which of them leads is for the caller to decide, who knows the parameters.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice, product
from math import prod

from sympy import Add, Expr, Integer, Mul, Pow, Symbol, exp, log, together

from asymptotics.domains.domain import POSITIVE, normal
from asymptotics.domains.solver import number_sign
from asymptotics.domains.substitution import check_extent
from asymptotics.errors import UnableError

MAX_TERMS = 24
DEPTH = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """``constant * prod scale**power``; powers are not zero.

    >>> from asymptotics.symbols import N, b
    >>> growths((2*N)**-b * log(N), N)
    (Growth(constant=2**(-b), powers=((N, -b), (log(N), 1))),)
    """

    constant: Expr
    powers: tuple[tuple[Expr, Expr], ...] = ()

    def power(self, scale: Expr) -> Expr:
        """The power of ``scale``."""
        return dict(self.powers).get(scale, Integer(0))

    def times(self, other: Growth) -> Growth:
        """The product."""
        powers = dict(self.powers)
        for scale, power in other.powers:
            powers[scale] = normal(powers.get(scale, Integer(0)) + power)
        return Growth(constant=self.constant * other.constant, powers=_kept(powers))

    def to_the(self, power: Expr) -> Growth:
        """The power of it, which must not contain the resource."""
        raised = {scale: normal(power * p) for scale, p in self.powers}
        return Growth(constant=self.constant**power, powers=_kept(raised))

    def expression(self) -> Expr:
        """The growth as an expression."""
        return self.constant * self.without_constant()

    def without_constant(self) -> Expr:
        """The powers alone."""
        return Mul(*(scale ** together(power) for scale, power in self.powers))


def _kept(powers: dict[Expr, Expr]) -> tuple[tuple[Expr, Expr], ...]:
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
        raise UnableError("the claim is nested too deeply to read its growth off")
    if not expression.has(x):
        return (Growth(constant=expression),)
    if expression == x:
        return (Growth(constant=Integer(1), powers=((x, Integer(1)),)),)
    if isinstance(expression, Add):
        return _bounded(term for part in expression.args for term in growths(part, x, depth + 1))
    if isinstance(expression, Mul):
        parts = [growths(part, x, depth + 1) for part in expression.args]
        if prod(map(len, parts)) > MAX_TERMS:
            raise UnableError(f"the claim has more than {MAX_TERMS} terms; give its leading term")
        unit = Growth(constant=Integer(1))
        return tuple(_product(unit, choice) for choice in product(*parts))
    if isinstance(expression, exp):
        return (_exponential(expression.args[0], x, depth),)
    if isinstance(expression, Pow):
        base, power = expression.args
        check_extent(power)
        if power.has(x):
            return (_exponential(power * log(base), x, depth),)
        return (_leading(growths(base, x, depth + 1), expression).to_the(power),)
    if isinstance(expression, log):
        return _logarithm(expression, x, depth)
    raise UnableError(f"the growth of {expression} is not known; write powers, logarithms and exponentials")


def _bounded(terms: Iterable[Growth]) -> tuple[Growth, ...]:
    found = tuple(islice(terms, MAX_TERMS + 1))
    if len(found) > MAX_TERMS:
        raise UnableError(f"the claim has more than {MAX_TERMS} terms; give its leading term")
    return found


def _product(unit: Growth, factors: tuple[Growth, ...]) -> Growth:
    for factor in factors:
        unit = unit.times(factor)
    return unit


def _leading(terms: tuple[Growth, ...], where: Expr) -> Growth:
    """The one term that grows fastest for all positive parameters."""
    best = terms[0]
    for term in terms[1:]:
        order = ahead(term, best)
        if order is None or order == 0:
            raise UnableError(f"which term of {where} leads is not decided; write its leading term")
        best = term if order > 0 else best
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
    inside = _leading(growths(expression.args[0], x, depth + 1), expression)
    terms: list[Growth] = []
    for scale, power in inside.powers:
        whole = scale.args[0] if isinstance(scale, exp) else log(scale)
        terms += (term.times(Growth(constant=power)) for term in growths(whole, x, depth + 1))
    constant = log(inside.constant)
    return (*terms, Growth(constant=constant)) if constant != 0 else tuple(terms)


def _is_scale(expression: Expr, x: Symbol) -> bool:
    levels = 0
    while isinstance(expression, log):
        expression, levels = expression.args[0], levels + 1
    return expression == x and levels <= 3


def _exponential(exponent: Expr, x: Symbol, depth: int) -> Growth:
    """``exp(sum of terms)``: each a constant factor, a power of x, an exponential scale, or a factor -> 1."""
    result = Growth(constant=Integer(1))
    for term in growths(exponent, x, depth + 1):
        if not term.powers:
            result = result.times(Growth(constant=exp(term.constant)))
            continue
        order = ahead(term, Growth(constant=Integer(1)))
        if order is None:
            raise UnableError(f"whether {term.expression()} grows is not decided; give the leading term")
        if order < 0:
            continue
        shape = term.without_constant()
        scale = shape.args[0] if isinstance(shape, log) else exp(shape)
        result = result.times(Growth(constant=Integer(1), powers=((scale, term.constant),)))
    return result


__all__ = ["Growth", "ahead", "differences", "growths"]
