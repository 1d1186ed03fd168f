"""Expansions in other variables: composition, monomials, shifts of the logarithm, inverse Laplace transforms.

compose(outer, inner)                    ``outer(inner(x))``
substitute(series, base, exponent, y)    ``base * y^exponent`` for the variable
shift_logarithm(logs, scale, shift)      ``l^m log(l)^n`` at ``scale*l + shift``
inverse_laplace(series, T)               the function whose transform it is, for T -> oo
oscillates, refuse_oscillations          where coefficients depend on the variable
"""

from __future__ import annotations

from math import prod

from sympy import Expr, Integer, Symbol, binomial, log, oo, sympify

from asymptotics.domains.domain import normal
from asymptotics.errors import UnableError
from asymptotics.expansions.expansion import Expansion, expansion
from asymptotics.expansions.laurent import reciprocal_gamma
from asymptotics.expansions.layers import SLOW, coefficient_of, in_front, slow_expansion
from asymptotics.expansions.orders import compare, order, product
from asymptotics.expansions.oscillation_products import split_waves
from asymptotics.expansions.powers import Powers
from asymptotics.expansions.ring import Element, element, power
from asymptotics.expansions.terms import Bound, Logs, Term, slope_bound, slopes_of
from asymptotics.parsing.heights import to_power


def compose(outer: Expansion, inner: Expansion) -> Expansion:
    """``outer(inner(x))``, where inner tends to the limit at which outer is expanded.

    Where coefficients of ``outer`` oscillate it is taken at the leading power of ``inner``, and what follows
    that is a bound.
    """
    refuse_oscillations(inner)
    powers = Powers(inner)
    sign = compare(inner.domain, Integer(0), powers.lead.order)
    if sign != (-1 if outer.at_infinity else 1):
        raise UnableError(f"the inner expansion {inner!r} does not tend to {oo if outer.at_infinity else 0}")
    if oscillates(outer):
        return _at_leading(outer, powers)
    total = inner.with_terms([])
    for t in outer.terms:
        value = powers.power(outer.exponent(t.order)).scale(t.coefficient)
        if any(t.logs):
            value = value * _logarithms(powers, t, at_infinity=outer.at_infinity)
        total = total + value
    scale = -powers.lead.order if outer.at_infinity else powers.lead.order
    return inner.with_terms(
        total.terms, (*total.remainder, *(Bound(b.order * scale, *b.logs) for b in outer.remainder))
    )


def _at_leading(outer: Expansion, powers: Powers) -> Expansion:
    lead, inner = powers.lead, powers.base
    if any(lead.logs):
        refuse_oscillations(outer)
    found = substitute(outer, lead.coefficient, inner.exponent(lead.order), inner.variable)
    near = (
        Bound(t.order + b.order, t.log_power + b.log_power, t.loglog_power + b.loglog_power)
        for t in found.terms
        for b in powers.u.bounds()
    )
    return inner.with_terms(found.terms, (*found.remainder, *near))


def substitute(
    series: Expansion, base: Expr, exponent: Expr, variable: Symbol, *, share: Expr = Integer(1)
) -> Expansion:
    """The expansion after ``variable_old = base**share * variable**exponent``, base > 0."""
    positive = compare(series.domain, Integer(0), exponent)
    if positive not in (1, -1):
        raise UnableError(f"the sign of the exponent {exponent} is not decided")
    scale = positive * exponent
    shift = share * log(base) * (1 if series.at_infinity else -1)  # l = scale * (new l) + shift
    terms: list[Term] = []
    bounds = [Bound(b.order * scale, *b.logs) for b in series.remainder]
    for t in series.terms:
        # beside logarithms a coefficient is read again, so that its parts cancel before they are added to
        coefficient = element(t.coefficient) if any(t.logs) else t.element
        inner = coefficient.at(series.variable, to_power(base, share) * variable**exponent)
        outer = inner * power(base, product(order(series.exponent(t.order)), share))
        place = normal(t.order * scale)
        if t.logs == (0, 0):
            terms.append(Term(Element(outer.terms), place))  # written anew, not as it was given
            continue
        placed = in_front(place, shift_logarithm(t.logs, scale, shift, series), outer)
        terms, bounds = terms + placed[0], bounds + placed[1]
    return expansion(
        variable,
        terms,
        bounds,
        at_infinity=series.at_infinity == (positive == 1),
        domain=series.domain,
        depth=series.depth,
    )


def inverse_laplace(series: Expansion, variable: Symbol, *, smooth: bool = False) -> Expansion:
    """The large-T expansion of the function whose Laplace transform this is, z -> 0.

    With D = d/dl the term ``z^q C(l)`` gives ``T^(-q-1) sum_j g_j D^j C(l)``, l = log T, where
    ``1/Gamma(-q + d) = sum_j g_j d^j`` (Watson's lemma; DLMF 5.9.2), so that non-negative integer powers
    without a logarithm leave nothing, and of what is left out beside them its slope in l, where that does not
    oscillate (``smooth``). An oscillation has its own g_j for each harmonic. Valid when the transform is
    analytic outside the negative axis, as those of the model are.
    """
    if series.at_infinity:
        raise UnableError("the inverse Laplace transform needs an expansion at 0, not at infinity")
    terms: list[Term] = []
    left_out = (
        slope_bound(b) if smooth and b.order.is_Integer and b.order >= 0 else b for b in series.remainder
    )
    bounds = [Bound(b.order + 1, *b.logs) for b in left_out]
    for t in series.terms:
        waves = split_waves(t, series.variable)
        if waves is None:
            bounds.append(Bound(t.order + 1, *t.logs))
            continue
        derivatives, left = _derive_logarithm(t.logs, series)
        means = reciprocal_gamma(-t.order, len(derivatives))
        for j, derivative in enumerate(derivatives):
            weight = waves.mean * element(means.coefficient(j)) + waves.transform(t.order, j, variable)
            terms += (Term(weight * element(factor), t.order + 1, *logs) for logs, factor in derivative)
        bounds += (Bound(t.order + 1, *logs) for logs, _ in left)
    return expansion(
        variable,
        terms,
        bounds,
        at_infinity=True,
        domain=series.domain,
        depth=series.depth,
    )


def _logarithms(powers: Powers, term: Term, *, at_infinity: bool) -> Expansion:
    """``l**m log(l)**n`` of a term for the expansion in ``powers``.

    The logarithm is a slowly varying part and one that falls as a power, of which whole powers m keep all
    orders, and others the first, as a bound.
    """
    logarithm = powers.logarithm() if at_infinity else -powers.logarithm()
    m, n = term.logs
    if isinstance(m, int) and m >= 0 and not n:
        return prod([logarithm] * m, start=powers.base.constant(Integer(1)))
    here = slow_expansion(powers.base, [Term(Integer(1), sympify(-m), n)])
    terms, bounds = in_front(Integer(0), compose(here, coefficient_of(logarithm, Integer(0))))
    falls = (b for b in logarithm.bounds() if b.order != 0)
    bounds += [Bound(b.order, b.log_power + m - 1, b.loglog_power + n) for b in falls]
    return powers.base.with_terms(terms, bounds)


def shift_logarithm(logs: Logs, scale: Expr, shift: Expr, like: Expansion) -> Expansion:
    """``l**m log(l)**n`` for ``scale*l + shift`` in the place of l, as an expansion in l."""
    m, n = logs
    if isinstance(m, int) and m >= 0 and not n:
        factors = (binomial(m, j) * scale**j * shift ** (m - j) for j in range(m + 1))
        terms = (Term(factor, Integer(-j)) for j, factor in enumerate(factors))
        return expansion(SLOW, terms, at_infinity=True, domain=like.domain, depth=m + 1)
    here = slow_expansion(like, [Term(Integer(1), sympify(-m), n)])
    return compose(here, slow_expansion(like, [Term(scale, Integer(-1)), Term(shift, Integer(0))]))


def _derive_logarithm(
    logs: Logs, like: Expansion
) -> tuple[list[list[tuple[Logs, Expr]]], list[tuple[Logs, Expr]]]:
    """``D^j [l^m log(l)^n]`` for j = 0, 1, ..., and the first that is left out, if any is."""
    found: list[list[tuple[Logs, Expr]]] = []
    current: list[tuple[Logs, Expr]] = [(logs, Integer(1))]
    whole = isinstance(logs[0], int) and logs[0] >= 0 and not logs[1]
    while current and (whole or len(found) <= like.depth):
        found.append(current)
        summed: dict[Logs, Expr] = {}
        for place, factor in current:
            for slope, following in slopes_of(place):
                summed[following] = summed.get(following, Integer(0)) + factor * slope
        current = list(summed.items())
    return found, current


def oscillates(series: Expansion) -> bool:
    """Whether a coefficient depends on the variable of the expansion."""
    return any(t.element.has(series.variable) for t in series.terms)


def refuse_oscillations(*series: Expansion) -> None:
    """Raise `UnableError` where a coefficient depends on the variable of its expansion."""
    for e in series:
        if oscillates(e):
            raise UnableError(
                f"an expansion whose coefficients oscillate in log({e.variable}) is neither composed nor "
                f"reverted, unless it leads with a logarithm: the place of {e.variable} between two levels "
                "solves a transcendental equation; numbers come from numerics.FullModel"
            )
