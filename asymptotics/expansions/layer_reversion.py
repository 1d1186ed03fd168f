"""Solving for the scale of a sum in layers: from ``modes(kappa) = y`` to functions of the resource y."""

from __future__ import annotations

from functools import partial

from sympy import Add, Expr, Integer, Rational, Symbol, exp

from asymptotics.domains.domain import normal
from asymptotics.errors import UnableError
from asymptotics.expansions.expansion import Expansion, Powers
from asymptotics.expansions.layers import SLOW, Layer, Layered, by_names, in_logarithm, layered
from asymptotics.expansions.terms import Bound, Term


def reverted(modes: Layered, variable: Symbol, function: Layered | None = None) -> Layered:
    """``function(x)`` where ``modes(x) = y``; see `Layered.revert`."""
    if function is None:
        function = modes.monomial(Integer(1), Integer(1))
    lead = modes.leading_layer()
    sign = modes.domain.sign(lead.order)
    if sign == -1:
        return _through_powers(lead, variable, function)
    if sign == 0:
        return _through_logarithms(lead.series, variable, function)
    raise UnableError(f"{modes!r} does not grow; it cannot be solved for {modes.variable}")


def _through_powers(lead: Layer, variable: Symbol, function: Layered) -> Layered:
    r = -lead.order

    def solved(share: Expr, modes: Expansion, coefficient: Expansion) -> Expansion:
        powers = Powers(modes)
        equation = powers.logarithm() + modes.monomial(r, Integer(1))
        return equation.revert(SLOW, powers.power(normal(share)) * coefficient)

    layers = [
        Layer(order=x.order / r, series=by_names(partial(solved, x.order / r), lead.series, x.series))
        for x in function.layers
    ]
    bounds = (Bound(b.order / r) for b in function.remainder)
    return in_logarithm(layered(variable, layers, bounds, at_infinity=True, domain=function.domain))


def _through_logarithms(modes: Expansion, variable: Symbol, function: Layered) -> Layered:
    """Layers ``e^(-p l(y)) G(l(y))``: the growing part of l is the gauge, the rest is expanded."""
    position = modes.revert(variable)
    growing: list[Term] = []
    rest: list[Term] = []
    for t in position.terms:
        sign = position.domain.sign(t.order)
        if sign is None:
            raise UnableError(f"the sign of {t.order} is not decided; give numbers")
        fast = sign == -1 or (sign == 0 and t.log_power > 1)
        (growing if fast else rest).append(t)
    gauge = exp(Add(*(position.term_expression(t) for t in growing)))
    slow = position.with_terms(rest, position.remainder)
    layers = []
    for x in function.layers:
        series = modes.revert(variable, x.series)
        if x.order != 0:
            series = series * exponential(slow.scale(-x.order))
        layers.append(Layer(order=x.order, series=series.standing_for(variable, gauge**-x.order)))
    return layered(
        variable, layers, function.remainder, at_infinity=True, domain=function.domain, gauge=gauge
    )


def exponential(series: Expansion) -> Expansion:
    """``exp(series)`` for an expansion at oo that grows no faster than a multiple of log x.

    Raises `UnableError` for others.
    """
    power, constant, rest = Integer(0), Integer(0), []
    for t in series.terms:
        sign = series.domain.sign(t.order)
        if sign == 1:
            rest.append(t)
        elif sign == 0 and t.log_power == 0:
            constant = t.coefficient
        elif sign == 0 and t.log_power == 1:
            power = t.coefficient
        else:
            raise UnableError(f"the exponential of {series.term_expression(t)} is not slowly varying")
    if any(series.domain.sign(b.order) != 1 for b in series.remainder):
        raise UnableError(f"the exponential of {series!r} is not known to leading order")
    small = series.with_terms(rest, series.remainder)
    total, term = small.constant(Integer(1)), small.constant(Integer(1))
    for j in range(1, small.depth + 1):
        term = (term * small).scale(Rational(1, j))
        if j < small.depth:
            total = total + term
    bounds = (*(Bound(t.order, t.log_power) for t in term.terms), *term.remainder)
    total = total.with_terms(total.terms, (*total.remainder, *bounds))
    return total * total.monomial(exp(constant), power)


__all__ = ["exponential", "reverted"]
