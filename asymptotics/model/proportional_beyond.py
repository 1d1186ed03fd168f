"""Sums over ``M = r N`` modes at a place beyond the spectrum, ``x = -1/h``, as the size N grows.

With ``lambda_k = C k^-b`` every summand is a series in powers of k, and (Euler and Maclaurin)

    sum_(k <= M) sum_m g_m k^-q_m = R + sum_m g_m (M^(1-q_m)/(1-q_m) + M^-q_m/2 - q_m M^(-q_m-1)/12 + ...),

R the sum over all k continued in b; where ``q_m = 1`` the power is ``log(M)``. Below b = 1 the trace leads,
``C tau N^(1-b)``. N features move the place to the kappa with ``x = kappa (1 - df1(kappa)/N)``: by Lagrange's
series, whose powers of 1/N stand beside powers of the trace.

    at_moved_place    a sum there, as an expansion in the size
"""

from __future__ import annotations

from sympy import (
    Derivative,
    Dummy,
    Expr,
    Function,
    Integer,
    bernoulli,
    diff,
    expand,
    factorial,
    log,
    powsimp,
    rf,
)
from sympy.core.function import AppliedUndef

from asymptotics.domains.domain import Domain, normal
from asymptotics.expansions.expansion import Expansion
from asymptotics.expansions.tail import tail_expansion
from asymptotics.expansions.terms import Bound, Term
from asymptotics.model.beyond_spectrum import H, StableSum, parts_beyond
from asymptotics.model.expander import Expander, Found
from asymptotics.model.sums import NamedSum, df1, named
from asymptotics.parsing.heights import to_power
from asymptotics.sums.regularised import RegularSum, regular_sum

_x = Dummy("x")
ONE = Integer(1)


def at_moved_place(expander: Expander, one: NamedSum, place: Expr) -> Expansion:
    """``f(kappa)`` with ``kappa = place + kappa df1(kappa)/N``: Lagrange's series (DLMF 1.10.13).

    >>> from asymptotics import derive, power_law
    >>> law = derive(power_law(3, "1/2", modes="2*N")).critical_batch_model
    >>> law.exponent, law.prefactor
    (-1/2, sqrt(2)*eta)
    """
    scaling = expander.spectrum.scaling
    assert scaling is not None
    sums: dict[Expr, Expr] = {}

    def expanded(expression: Expr) -> Expansion:
        """An expression in sums at `_x` and their derivatives, at the place."""
        nodes = expression.atoms(Derivative, AppliedUndef)
        for node in nodes - set(sums):
            sums[node] = Function(f"sum_{len(expander.found)}")(scaling.size)
            series = _sum_over_modes(expander, node, -1 / place)
            expander.found[sums[node], scaling.size] = Found(node=sums[node], series=series)
        written = expand(expression.xreplace(sums).xreplace({_x: place}))
        series = expander(written, scaling.size).series
        return series

    total = expanded(one(_x))
    for n in range(1, expander.depth):
        slope = (_x * df1(_x)) ** n * diff(one(_x), _x)
        moved = expanded(diff(slope, _x, n - 1) / factorial(n))
        total = total + moved * total.monomial(ONE, Integer(-n))
    # 1/N once more, and once more the slope of the trace, or a constant
    decay, last = scaling.decay, Integer(expander.depth)
    cut = [Bound(last), Bound(normal(last + (decay - 1) * (last + 1)))]
    return total.with_terms(total.terms, (*total.remainder, *cut))


class RegularStableSum(RegularSum):
    """A regularised sum over modes of which ``h lambda < 1``, so that every term is positive."""

    def proves_positive(self, domain: Domain) -> bool:
        """Whether the sum converges on the domain."""
        summand, index, _ = self.args
        return domain.positive(tail_expansion(summand, index, 1, domain).leading().order - 1)


def _sum_over_modes(expander: Expander, node: Expr, h: Expr) -> Expansion:
    """A sum, or a derivative of one, at ``x = -1/h``."""
    call, order = (node.expr, int(node.derivative_count)) if isinstance(node, Derivative) else (node, 0)
    scaling = expander.spectrum.scaling
    assert scaling is not None
    total = expander.exact(scaling.size, [])
    for (power, degree), factor in parts_beyond(named(call), order):
        part = _power_over_modes(expander, power, degree, h)
        total = total + part.scale(factor.xreplace({H: h}))
    return total


def _power_over_modes(expander: Expander, power: int, degree: int, h: Expr) -> Expansion:
    """``sum lambda^power/(1 - h lambda)^degree``."""
    spectrum, scaling, depth = expander.spectrum, expander.spectrum.scaling, expander.depth
    assert scaling is not None
    k, decay = spectrum.task.index, scaling.decay
    eigenvalue = scaling.scale * k**-decay
    summand = powsimp(eigenvalue ** (power - degree)) / (1 / eigenvalue - h) ** degree
    if spectrum.domain.sign(normal(decay * power - 1)) == 1:
        whole = StableSum(summand, k)
    else:
        whole = RegularStableSum(summand, k, ONE) if degree else regular_sum(summand, k)
    ends = [Term(whole, Integer(0))]
    for n in range(depth):
        # binomial(degree + n - 1, n) h^n lambda^(power + n)
        weight = rf(degree, n) / factorial(n) * h**n * scaling.scale ** (power + n)
        ends += _last_modes(weight, normal(decay * (power + n)), scaling.ratio, depth)
    bounds = [Bound(normal(decay * (power + depth) - 1)), Bound(decay * power + depth + 1)]
    return expander.exact(scaling.size, []).with_terms(ends, bounds)


def _last_modes(weight: Expr, q: Expr, ratio: Expr, depth: int) -> list[Term]:
    """What ``sum_(k <= M) k^-q`` has beside its regularised sum."""
    if q == 1:
        terms = [Term(weight, Integer(0), 1), Term(weight * log(ratio), Integer(0))]
    else:
        terms = [Term(weight * to_power(ratio, 1 - q) / (1 - q), q - 1)]
    terms.append(Term(weight * to_power(ratio, -q) / 2, q))
    for m in range(1, depth // 2 + 1):
        slope = -rf(q, 2 * m - 1) * bernoulli(2 * m) / factorial(2 * m)
        terms.append(Term(weight * slope * to_power(ratio, 1 - q - 2 * m), q - 1 + 2 * m))
    return terms
