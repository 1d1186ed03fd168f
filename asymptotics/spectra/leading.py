"""The leading behaviour of a smooth expression as its index grows, with a bound on the rest.

    f(k) = constant * k^power * log(k)^logs * exp(sum_i c_i k^r_i) * (1 + O(k^-gain)),        r_i > 0.

Such behaviours form an algebra: products and powers act on each factor, of a sum the fastest terms are kept,
and a function of what tends to a number is expanded there. Each rule also says what becomes of the gain, oo
where the rest is smaller than every power of k. What is beyond the class (iterated exponentials,
oscillations, leading terms that cancel) is refused by name; no limit is searched for.

    leading    the behaviour of an expression
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from sympy import Add, Expr, Function, Integer, Mul, Pow, Symbol, atan, erf, exp, expand, log, oo, pi
from sympy.functions.elementary.hyperbolic import HyperbolicFunction

from asymptotics.domains.domain import POSITIVE, normal
from asymptotics.errors import SpectrumError

SATURATING = {atan: pi / 2, erf: Integer(1)}
"""Odd functions with a limit at oo; what is left falls as 1/x or faster."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """One behaviour, as in the module; ``heights`` are the pairs (r_i, c_i)."""

    constant: Expr = Integer(1)
    power: Expr = Integer(0)
    logs: Expr = Integer(0)
    heights: tuple[tuple[Expr, Expr], ...] = ()
    gain: Expr = oo

    @property
    def is_constant(self) -> bool:
        """Whether it tends to a number that is not zero."""
        return self.power == 0 and self.logs == 0 and not self.heights

    def times(self, other: Behaviour) -> Behaviour:
        """The product of two."""
        heights = dict(self.heights)
        for r, c in other.heights:
            heights[r] = normal(heights.get(r, Integer(0)) + c)
        return Behaviour(
            constant=self.constant * other.constant,
            power=normal(self.power + other.power),
            logs=normal(self.logs + other.logs),
            heights=tuple((r, c) for r, c in heights.items() if c != 0),
            gain=_least(self.gain, other.gain),
        )

    def to_the(self, exponent: Expr) -> Behaviour:
        """A power of it."""
        return Behaviour(
            constant=self.constant**exponent,
            power=normal(self.power * exponent),
            logs=normal(self.logs * exponent),
            heights=tuple((r, normal(c * exponent)) for r, c in self.heights),
            gain=self.gain,
        )

    def order(self) -> Expr:
        """The p for which it grows as k^p up to logarithms: oo or -oo if faster than every power."""
        if not self.heights:
            return self.power
        first = self.heights[0]
        for r, c in self.heights[1:]:
            first = (r, c) if _sign(r - first[0]) > 0 else first
        return oo * _sign(first[1])


def leading(expression: Expr, k: Symbol) -> Behaviour:
    """The behaviour of ``expression`` as k -> oo. Raises `SpectrumError` for what is beyond the class.

    >>> from sympy import sqrt, tanh
    >>> from asymptotics.symbols import k
    >>> leading(tanh(k) / k**2, k).power, leading(exp(-sqrt(k + 1)), k).gain
    (-2, 1/2)
    """
    if not expression.has(k):
        return Behaviour(constant=expression)
    if expression == k:
        return Behaviour(power=Integer(1))
    if isinstance(expression, Add):
        return _sum([leading(term, k) for term in expression.args], expression)
    if isinstance(expression, Mul):
        result = Behaviour()
        for factor in expression.args:
            result = result.times(leading(factor, k))
        return result
    if isinstance(expression, exp):
        return _exponential(expression, k)
    if isinstance(expression, Pow):
        if expression.exp.has(k):
            return _exponential(exp(expression.exp * log(expression.base), evaluate=False), k)
        return leading(expression.base, k).to_the(expression.exp)
    if isinstance(expression, log):
        return _logarithm(expression, k)
    if isinstance(expression, HyperbolicFunction):
        return leading(expression.rewrite(exp), k)
    if isinstance(expression, Function) and len(expression.args) == 1:
        return _function(expression, k)
    raise _unknown(expression, k)


def _sum(terms: list[Behaviour], expression: Expr) -> Behaviour:
    best = terms[0]
    for term in terms[1:]:
        best = term if _order_of_ratio(term, best) > 0 else best
    total, gain = Integer(0), oo
    for term in terms:
        ratio = term.times(best.to_the(Integer(-1)))
        if ratio.is_constant:
            total += term.constant
            gain = _least(gain, term.gain)
        else:
            gain = _least(gain, -ratio.order())
    if normal(total) == 0:
        raise SpectrumError(f"the limit of {expression} is not found: its leading terms cancel")
    return replace(best, constant=total, gain=gain)


def _order_of_ratio(first: Behaviour, second: Behaviour) -> int:
    """1, 0 or -1 as the first grows faster than, like or slower than the second."""
    ratio = first.times(second.to_the(Integer(-1)))
    order = ratio.order()
    return _sign(order) or _sign(ratio.logs)


def _exponential(expression: Expr, k: Symbol) -> Behaviour:
    """``exp`` of a sum: of each term what does not vanish, ``c k^r`` with its rest below 1."""
    result = Behaviour()
    for term in Add.make_args(expand(expression.args[0])):
        if isinstance(term, log) or (isinstance(term, Mul) and any(isinstance(f, log) for f in term.args)):
            result = result.times(_exponential_of_logarithm(term, k))
            continue
        inside = leading(term, k)
        if inside.heights and inside.order() == -oo:
            continue
        if inside.heights or inside.logs != 0:
            raise SpectrumError(
                f"{expression} is not an exponential of powers of {k}; it has no power as limit"
            )
        if _sign(inside.power) <= 0:
            constant = exp(inside.constant) if inside.power == 0 else Integer(1)
            gain = inside.gain if inside.power == 0 else -inside.power
            result = result.times(Behaviour(constant=constant, gain=gain))
            continue
        gain = normal(inside.gain - inside.power) if inside.gain != oo else oo
        if _sign(gain) <= 0:
            raise SpectrumError(f"the limit of {expression} is not found: more terms of {term} count")
        result = result.times(Behaviour(heights=((inside.power, inside.constant),), gain=gain))
    return result


def _exponential_of_logarithm(term: Expr, k: Symbol) -> Behaviour:
    """``exp(s log g) = g^s``, s free of k."""
    logarithm = next(f for f in Mul.make_args(term) if isinstance(f, log))
    exponent = term / logarithm
    if exponent.has(k):
        raise SpectrumError(f"exp({term}) is not an exponential of powers of {k}; it has no power as limit")
    return leading(logarithm.args[0], k).to_the(exponent)


def _logarithm(expression: Expr, k: Symbol) -> Behaviour:
    argument = expression.args[0]
    inside = leading(argument, k)
    if inside.is_constant and inside.constant == 1:
        # log(1 + x) = x (1 + O(x))
        rest = leading(expand(argument) - 1, k)
        return replace(rest, gain=_least(rest.gain, -rest.order()))
    if inside.is_constant:
        return Behaviour(constant=log(inside.constant), gain=inside.gain)
    terms = [Behaviour(constant=c, power=r) for r, c in inside.heights]
    if inside.power != 0:
        terms.append(Behaviour(constant=inside.power, logs=Integer(1)))
    if not terms:
        raise _unknown(expression, k)  # an iterated logarithm
    terms.append(Behaviour(constant=log(inside.constant))) if inside.constant != 1 else None
    found = _sum(terms, expression)
    # the logarithm of the rest, and iterated logarithms, lie below the leading term
    below = _least(inside.gain + found.power, found.power if inside.logs != 0 else oo)
    return replace(found, gain=_least(found.gain, below))


def _function(expression: Expr, k: Symbol) -> Behaviour:
    """A function of one argument that tends to a number, or to oo where the function has a limit."""
    inside = leading(expression.args[0], k)
    order = inside.order()
    if _sign(order) > 0 and expression.func in SATURATING:
        gain = order if expression.func is atan else oo
        return Behaviour(constant=SATURATING[expression.func] * _sign(inside.constant), gain=gain)
    if _sign(order) > 0 or inside.logs != 0:
        raise _unknown(expression, k)
    x = Symbol("x", positive=True)
    place = inside.constant if order == 0 else Integer(0)
    value = expression.func(place)
    if value.is_finite and value.is_nonzero:
        return Behaviour(constant=value, gain=inside.gain if order == 0 else -order)
    slope = expression.func(x).diff(x).subs(x, place)
    if order == 0 or value != 0 or not (slope.is_finite and slope.is_nonzero):
        raise _unknown(expression, k)
    found = inside.times(Behaviour(constant=slope))
    return replace(found, gain=_least(inside.gain, -order))


def _unknown(expression: Expr, k: Symbol) -> SpectrumError:
    return SpectrumError(f"the limit of {expression} for {k} -> oo is not found")


def _least(first: Expr, second: Expr) -> Expr:
    if first == oo or second == oo:
        return second if first == oo else first
    return first if _sign(first - second) <= 0 else second


def _sign(order: Expr) -> int:
    if order in (oo, -oo):
        return 1 if order == oo else -1
    found = POSITIVE.sign(order)
    if found is None:
        raise SpectrumError(f"the sign of {order} decides which term leads; give numbers for the parameters")
    return found


__all__ = ["Behaviour", "leading"]
