"""Reversion: ``series(x) = y`` solved for x, and functions of the solution as expansions in y.

    revert(series, variable, function)    ``function(x)``, x itself by default, in y = variable
    exponential(series)                   ``exp(series)`` where that is slowly varying

With ``series = A x^p (1 + u)`` and ``w = (y/A)^(1/p)`` the equation is ``x = w + w (phi(x) - 1)``,
``phi = (1 + u)^(-1/p)``, and by Lagrange's theorem

    H(x) = H(w) + sum_{n >= 1} w^n/n! (d/dw)^(n-1) [ (phi(w) - 1)^n H'(w) ].

A series that leads with a logarithm of x is reverted in `logarithmic_reversion`. Layers that lead with
``x^-r E(l)`` give ``r l + log E(l) = log y`` and ``x = (E(l)/y)^(1/r)``: layers in 1/y with coefficients in
log y. Layers that lead with ``E(l)`` are solved by ``l = l(y)``, and the result has layers in ``e^(-l(y))``.

>>> from asymptotics.expansions.expansion import expansion
>>> from asymptotics.symbols import N, kappa
>>> f = expansion(kappa, [Term(Integer(1), Integer(-1)), Term(Integer(1), Integer(0))], depth=3)
>>> revert(f, N)
1/N + N**(-2) + N**(-3) + O(N**(-4))
"""

from __future__ import annotations

from functools import singledispatch
from typing import Any

from sympy import Add, Integer, Rational, Symbol, exp, factorial

from asymptotics.domains.domain import normal
from asymptotics.errors import UnableError
from asymptotics.expansions.expansion import Expansion, Powers, refuse_oscillations
from asymptotics.expansions.layers import SLOW, Layer, Layered, in_logarithm, layered
from asymptotics.expansions.logarithmic_reversion import exponential_reversion, leads_with_logarithm
from asymptotics.expansions.terms import Bound, Term


@singledispatch
def revert(series: Expansion | Layered, variable: Symbol, function: Expansion | Layered | None = None) -> Any:
    """``function(x)`` (x itself by default) in ``variable`` = y, where ``series(x) = y``.

    The result is of the kind of the series; each kind registers how it is reverted. Raises `UnableError`
    where the leading term is not decided, where the series does not grow, and where coefficients oscillate
    behind a power.
    """
    raise TypeError(f"{type(series).__name__} is not reverted; say how by revert.register")


@revert.register(Expansion)
def _revert_expansion(series: Expansion, variable: Symbol, function: Expansion | None = None) -> Expansion:
    if function is None:
        function = series.monomial(Integer(1), Integer(1))
    if leads_with_logarithm(series):
        return exponential_reversion(series, variable, function)
    refuse_oscillations(series, function)
    return _by_lagrange(variable, series, function)


def _by_lagrange(variable: Symbol, series: Expansion, function: Expansion) -> Expansion:
    powers = Powers(series)
    p = series.exponent(powers.lead.order)
    psi = powers.relative(-1 / p) - 1
    derivative = function.differentiate()
    total, product = function, series.constant(Integer(1))
    for n in range(1, series.depth):
        product = product * psi
        total = total + _lagrange_term(product * derivative, n)
    last = product * psi * function
    total = series.with_terms(total.terms, (*total.remainder, *last.bounds()))
    return total.substitute_monomial(powers.lead.coefficient, 1 / p, variable, share=-1 / p)


def _lagrange_term(series: Expansion, n: int) -> Expansion:
    """``w^n/n! (d/dw)^(n-1)`` of a series: ``w/n!`` times the product of ``w d/dw - i`` over i < n - 1."""
    terms = list(series.terms)
    for i in range(n - 1):
        terms = [s for t in terms for s in series.slopes(t, i)]
    weight = series.monomial(Rational(1, factorial(n)), Integer(1))
    return weight * series.with_terms(terms, series.remainder)


@revert.register(Layered)
def _revert_layers(modes: Layered, variable: Symbol, function: Layered | None = None) -> Layered:
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
    r, powers = -lead.order, Powers(lead.series)
    equation = powers.logarithm() + lead.series.monomial(r, Integer(1))
    layers = [
        Layer(order=p, series=revert(equation, SLOW, powers.power(normal(p)) * x.series))
        for p, x in ((x.order / r, x) for x in function.layers)
    ]
    bounds = (Bound(b.order / r) for b in function.remainder)
    return in_logarithm(layered(variable, layers, bounds, at_infinity=True, domain=function.domain))


def _through_logarithms(modes: Expansion, variable: Symbol, function: Layered) -> Layered:
    """Layers ``e^(-p l(y)) G(l(y))``: the growing part of l is the gauge, the rest is expanded."""
    position = revert(modes, variable)
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
        series = revert(modes, variable, x.series)
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
    total = total.with_terms(total.terms, (*total.remainder, *term.bounds()))
    return total * total.monomial(exp(constant), power)


__all__ = ["exponential", "revert"]
