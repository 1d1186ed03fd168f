"""Reversion: ``series(x) = y`` solved for x, and functions of the solution as expansions in y.

    revert(series, variable, function)    ``function(x)``, x itself by default, in y = variable
    exponential(series)                   ``exp(series)`` where that is slowly varying

With ``series = A x^p (1 + u)`` and ``w = (y/A)^(1/p)`` the equation is ``x = w + w (phi(x) - 1)``,
``phi = (1 + u)^(-1/p)``, and by Lagrange's theorem

    H(x) = H(w) + sum_{n >= 1} w^n/n! (d/dw)^(n-1) [ (phi(w) - 1)^n H'(w) ].

A series that leads with a logarithm of x alone is reverted in `logarithmic_reversion`. One that leads with
``e^-r E(l)``, E slowly varying, gives ``r l + log E(l) = log y``, which is reverted for l one level down;
then ``e = (E(l)/y)^(1/r)``. One that leads with ``E(l)`` is solved by ``l = l(y)``, and ``e = exp(-l(y))``.

>>> from asymptotics.expansions.expansion import expansion
>>> from asymptotics.symbols import N, kappa
>>> f = expansion(kappa, [Term(Integer(1), Integer(-1)), Term(Integer(1), Integer(0))], depth=3)
>>> revert(f, N)
1/N + N**(-2) + N**(-3) + O(N**(-4))
"""

from __future__ import annotations

from dataclasses import replace
from itertools import accumulate
from operator import mul

from sympy import Add, Expr, Integer, Rational, Symbol, exp, factorial

from asymptotics.caches import cached
from asymptotics.domains.domain import normal
from asymptotics.errors import UnableError
from asymptotics.expansions.expansion import Expansion, expansion
from asymptotics.expansions.layers import SLOW, coefficient_of, in_front
from asymptotics.expansions.level_reversion import revert_between_levels
from asymptotics.expansions.logarithmic_reversion import exponential_reversion, leads_with_logarithm
from asymptotics.expansions.powers import Powers
from asymptotics.expansions.terms import Bound, Term, product_bounds
from asymptotics.expansions.variables import oscillates, substitute


def revert(series: Expansion, variable: Symbol, function: Expansion | None = None) -> Expansion:
    """``function(x)`` (x itself by default) in ``variable`` = y, where ``series(x) = y``.

    Raises `UnableError` where the leading order is not decided, where the series does not grow, and where
    coefficients oscillate behind a power.
    """
    if function is None:
        function = series.monomial(Integer(1), Integer(1))
    first = series.candidates()
    place = first[0].order if first else series.leading().order
    if any(t.order != place for t in first):
        place = series.leading().order  # raises
    swings = oscillates(series) or oscillates(function)
    if leads_with_logarithm(series) and not series.is_slow:
        try:
            return exponential_reversion(series, variable, function)
        except UnableError:
            if not swings:
                raise
    if swings:
        return revert_between_levels(series, variable, function, revert)
    if len(first) == 1 and first[0].logs == (0, 0) and not series.is_slow:
        return _by_lagrange(variable, series, function)
    sign = series.domain.sign(place)
    if sign == -1:
        return _through_powers(series, place, variable, function)
    if sign == 0:
        return _through_logarithms(coefficient_of(series, place), variable, function)
    raise UnableError(f"{series!r} does not grow; it cannot be solved for {series.variable}")


def _by_lagrange(variable: Symbol, series: Expansion, function: Expansion) -> Expansion:
    lead = series.leading()
    p = series.exponent(lead.order)
    powers, left = _powers_of_phi(series, lead.coefficient)
    derivative, total = function.differentiate(), function
    for n, power in enumerate(powers, 1):
        total = total + _lagrange_term(power * derivative, n)
    left = tuple(product_bounds(left, function.ends()))
    total = series.with_terms(total.terms, (*total.remainder, *left))
    return substitute(total, lead.coefficient, 1 / p, variable, share=-1 / p)


@cached(maxsize=64)
def _powers_of_phi(series: Expansion, lead: Expr) -> tuple[tuple[Expansion, ...], tuple[Bound, ...]]:
    """``(phi - 1)^n`` over n < depth, which functions of the solution share, and what bounds the next.

    ``lead`` is A as it is written: equal series may write it in two ways.
    """
    del lead
    powers = Powers(series)
    psi = powers.relative(-1 / series.exponent(powers.lead.order)) - 1
    found = tuple(accumulate([psi] * (series.depth - 1), mul))
    return found, tuple(product_bounds(found[-1].ends(), psi.ends())) if found else psi.ends()


def _lagrange_term(series: Expansion, n: int) -> Expansion:
    """``w^n/n! (d/dw)^(n-1)`` of a series: ``w/n!`` times the product of ``w d/dw - i`` over i < n - 1."""
    terms = list(series.terms)
    for i in range(n - 1):
        terms = [s for t in terms for s in series.slopes(t, i)]
    weight = series.monomial(Rational(1, factorial(n)), Integer(1))
    return weight * series.with_terms(terms, series.remainder)


def _through_powers(series: Expansion, place: Expr, variable: Symbol, function: Expansion) -> Expansion:
    r, lead = -place, coefficient_of(series, place)
    powers = Powers(lead)
    equation = powers.logarithm() + lead.monomial(r, Integer(1))
    terms: list[Term] = []
    bounds: list[Bound] = []
    places = dict.fromkeys(t.order for t in function.terms)
    for p in places:
        slow = revert(equation, SLOW, powers.power(normal(p / r)) * coefficient_of(function, p))
        placed = in_front(normal(p / r), slow)
        terms, bounds = terms + placed[0], bounds + placed[1]
        # what is behind the leading order of the series
        bounds += (Bound(normal((p + q.order - place) / r)) for q in series.bounds() if q.order != place)
    for b in (b for b in function.remainder if b.order not in places):
        share = normal(b.order / r)
        bounds.append(Bound(share, b.log_power - powers.lead.order * share, b.loglog_power))
    return expansion(variable, terms, bounds, at_infinity=True, domain=function.domain, depth=function.depth)


def _through_logarithms(modes: Expansion, variable: Symbol, function: Expansion) -> Expansion:
    """Orders ``e^(-p l(y)) G(l(y))``: the growing part of l is the gauge, the rest is expanded."""
    if all(t.order == 0 for t in function.terms):  # a power of e is smaller than all that is there
        return revert(modes, variable, coefficient_of(function, Integer(0)))
    position = revert(modes, variable)
    growing: list[Term] = []
    rest: list[Term] = []
    for t in position.terms:
        sign = position.domain.sign(t.order)
        if sign is None:
            raise UnableError(f"the sign of {t.order} is not decided; give numbers")
        fast = sign == -1 or (sign == 0 and t.log_power > 1)
        (growing if fast else rest).append(t)
    slow = position.with_terms(rest, position.remainder)
    terms: list[Term] = []
    bounds: list[Bound] = []
    places = dict.fromkeys(t.order for t in function.terms)
    for p in places:
        series = revert(modes, variable, coefficient_of(function, p))
        if p != 0:
            series = series * exponential(slow.scale(-p))
        placed = in_front(p, series)
        terms, bounds = terms + placed[0], bounds + placed[1]
    bounds += (b for b in function.remainder if b.order not in places)
    found = expansion(variable, terms, bounds, at_infinity=True, domain=function.domain, depth=function.depth)
    gauge = exp(Add(*(position.term_expression(t) for t in growing)))
    return replace(found, gauge=gauge, slow=variable)


def exponential(series: Expansion) -> Expansion:
    """``exp(series)`` for an expansion at oo that grows no faster than a multiple of log x; ``log(x)^m`` of
    ``m log(log(x))``.

    Raises `UnableError` for others.
    """
    grown, rest = {(0, 0): Integer(0), (1, 0): Integer(0), (0, 1): Integer(0)}, []
    for t in series.terms:
        sign = series.domain.sign(t.order)
        if sign == 1:
            rest.append(t)
        elif sign == 0 and t.logs in grown:
            grown[t.logs] = t.coefficient
        else:
            raise UnableError(f"the exponential of {series.term_expression(t)} is not slowly varying")
    if any(series.domain.sign(b.order) != 1 for b in series.remainder):
        raise UnableError(
            f"the exponential of {series!r} is known up to a factor alone, and so is what it leads; numbers "
            "come from numerics.FullModel"
        )
    small = series.with_terms(rest, series.remainder)
    total, term = small.constant(Integer(1)), small.constant(Integer(1))
    for j in range(1, small.depth + 1):
        term = (term * small).scale(Rational(1, j))
        if j < small.depth:
            total = total + term
    total = total.with_terms(total.terms, (*total.remainder, *term.bounds()))
    constant, power, log_power = grown.values()
    return total * total.with_terms([Term(exp(constant), -power, log_power)], ())
