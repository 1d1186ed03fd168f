"""The law of a loss under the squared Bessel filter of momentum whose friction is delta/t.

A loss of gradient flow is ``L(T) = int e^(-h T) dm(h)``. Its term ``C T^-p log(T)^n`` is the ``n``-th
derivative in -p of ``C int h^(p-1)/Gamma(p) e^(-h T) dh``, and the filter ``phi(h theta)`` makes of it that
of ``C Phi(p)/Gamma(p) theta^-p``. Two things follow behind, theta = t^2:

* the filter itself ends as ``(h theta)^-(nu + 1/2)``, and its modes swing there: ``O(theta^-(nu + 1/2))``;
* modes are discrete. The phases ``2 t sqrt(lambda_k)``, ``lambda ~ k^-b``, are in step with whole
  numbers near
  ``k ~ t^(2/(b + 2))``; by the method of stationary phase that leaves, with ``L ~ T^-s``,
  ``O(theta^-((b s + 2 nu + 3/2)/(b + 2)))``, a mean of s and nu + 3/4.

    expand_bessel    the rule for a node `Bessel`
"""

from __future__ import annotations

from math import comb

from sympy import Dummy, Expr, Rational, Symbol, diff

from asymptotics.errors import UnableError
from asymptotics.expansions.expansion import Expansion
from asymptotics.expansions.oscillation import Oscillation
from asymptotics.expansions.terms import Bound, Term
from asymptotics.expansions.variables import substitute
from asymptotics.model.expander import Expander, Found
from asymptotics.model.operators import Bessel, time
from asymptotics.model.rules.nesterov import bessel_share

_p = Dummy("p")


def expand_bessel(expand: Expander, node: Bessel, x: Symbol) -> Found:
    """``sum m c phi(lambda theta)``, theta a constant times a power of x, for x -> oo."""
    loss, letter, index, theta = node.args
    part = expand(loss.xreplace({letter: time}), time)
    series, decay = part.series, getattr(expand.spectrum.target, "decay", None)
    if decay is None or not (series.in_powers and series.terms):
        raise UnableError(
            "modes under momentum swing, and their sum has a law where eigenvalues fall as a "
            "power "
            f"and the loss of gradient flow does; that is {series!r}"
        )
    terms = [new for term in series.terms for new in _filter(term, index)]
    lead = series.leading()
    spacing = (decay * lead.order + 2 * index + Rational(3, 2)) / (decay + 2)
    bounds = (
        *series.remainder,
        Bound(spacing, lead.log_power),
        Bound(index + Rational(1, 2), lead.log_power + 1),
    )
    there: Expansion = series.with_terms(terms, bounds)
    factor, power = theta.as_coeff_exponent(x)
    return Found(node=node, series=substitute(there, factor, power, x), parts=(part,))


def _filter(term: Term, index: Expr) -> list[Term]:
    """What becomes of ``C T^-p log(T)^n``: Leibniz' rule for ``(-d/dp)^n [Phi(p)/Gamma(p) theta^-p]``."""
    if term.loglog_power or not isinstance(term.log_power, int) or term.coefficient.has(Oscillation):
        raise UnableError("laws of momentum are derived for powers and their logarithms alone")
    share, n = bessel_share(index, _p), term.log_power
    found = []
    for j in range(n + 1):
        slope = (diff(share, _p, j) if j else share).xreplace({_p: term.order})
        found.append(Term(term.coefficient * (-1) ** j * comb(n, j) * slope, term.order, n - j))
    return found
