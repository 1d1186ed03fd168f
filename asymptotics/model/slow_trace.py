"""The loss of one-pass SGD before the last modes are learned where b = 1: a series in 1/log(N), summed in h.

With ``M = r N`` modes of ``lambda_k = C/k`` the trace is ``C Lambda``, ``Lambda = log(r N) + gamma``, and on
the scale of the last modes (`model.early_times`)

    K = h (1 - y f(u)/Lambda),     y f(u) = log(r y) + delta,     delta = O(log(y)^2/y).

The kernel does not fall at large rates, it varies slowly: with ``g = 1/(1 - h + (h/Lambda) log(r y))``

    1/(1 - K) = g - (h/Lambda) delta g^2 + ...,     dg/dlog(y) = -(h/Lambda) g^2,

so that each power of y is in time, by ``inv[y^-o C(log(y))] = x^(o-1) [1/Gamma(o - D)] C`` at
``log(y) = -log(x)``, ``D = d/dlog(y)``, a series in ``h/Lambda`` with powers of

    G = 1/(1 - (h/Lambda) (log(C T) + gamma)).

    slow_terms     the terms up to a power of h/Lambda
    slow_bounds    what these leave out
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from math import comb, perm

from sympy import Integer, rf

from asymptotics.caches import cached
from asymptotics.domains.domain import normal
from asymptotics.expansions.expansion import Expansion
from asymptotics.expansions.laurent import reciprocal_gamma
from asymptotics.expansions.terms import Bound, Term
from asymptotics.model.early_times import EarlyTerm, EarlyTimes, Family
from asymptotics.spectra.family import SpectralSeries

ONE = Integer(1)


@cached(maxsize=64)
def slow_terms(spectrum: SpectralSeries, depth: int, orders: int) -> tuple[EarlyTerm, ...]:
    """The terms up to ``(h/Lambda)^orders``; ``share`` is the power of h/Lambda, ``fed`` that of G.

    ``depth`` is that of the expansions in powers of y.
    """
    found: dict[tuple[object, ...], EarlyTerm] = {}
    for series, family, share, fed in _parts(EarlyTimes(spectrum, depth), orders):
        for term in series.terms:
            for one in _in_time(term, family, share, fed, orders):
                key = (one.time, one.size, one.share, one.fed, one.log_time, one.log_size)
                before = found[key].coefficient if key in found else 0
                found[key] = replace(one, coefficient=before + one.coefficient)
    return tuple(one for one in found.values() if one.coefficient != 0)


@cached(maxsize=64)
def slow_bounds(spectrum: SpectralSeries, depth: int, orders: int) -> tuple[EarlyTerm, ...]:
    """What `slow_terms` leaves out is of the order of the largest of these, whose coefficients are 1.

    Powers of y that are cut off, one of 1/T that the first modes add to the kernel and one of 1/N where a sum
    is an integral, and the next power of h/Lambda beside each that is there.
    """
    found: dict[EarlyTerm, None] = {}
    early = EarlyTimes(spectrum, depth)
    for series, family, share, _ in _parts(early, orders):
        for bound in series.remainder:
            found[early.bound_in_time(bound, family, share)] = None
        off = replace(family, size=family.size + 1)
        for bound in series.bounds():
            before = Bound(bound.order - 1, *bound.logs)
            found[early.bound_in_time(bound, family, orders + 1)] = None
            found[early.bound_in_time(before, off, share + 1)] = None
            found[early.bound_in_time(bound, off, share)] = None
    return tuple(found)


def _parts(early: EarlyTimes, orders: int) -> Iterator[tuple[Expansion, Family, int, int]]:
    """``Xi/y`` times the powers of ``-delta``: the series, and the powers of h/Lambda and g beside it."""
    inverse, rate = early.start.monomial(ONE, -ONE), early.start.monomial(ONE, ONE)
    whole = early.filled(early.u) * rate
    off = whole.with_terms([t for t in whole.terms if t.order != 0], whole.remainder).scale(-ONE)
    for family in early.families():
        kept = family.series * inverse
        if family.first:  # sigma^2 K/(1 - K) = sigma^2 (1/(1 - K) - 1)
            yield kept.scale(-ONE), family, 0, 0
        for j in range(orders + 1):
            yield kept, family, j, j + 1
            kept = kept * off


def _in_time(term: Term, family: Family, share: int, fed: int, orders: int) -> Iterator[EarlyTerm]:
    """``y^-o log(y)^i g^j`` as a function of x, up to a power of h/Lambda."""
    logs = int(term.log_power)
    reach = orders - share if fed else 0
    weights = reciprocal_gamma(term.order, reach + logs + 1)
    for slopes in range(reach + 1):  # those of g^j, of log(y)^i the others
        for falls in range(logs + 1):
            m = slopes + falls
            weight = weights.coefficient(m) * (-1) ** m * comb(m, falls) * perm(logs, falls)
            weight *= (-1) ** (slopes + logs - falls) * rf(fed, slopes)
            if weight != 0:
                yield EarlyTerm(
                    coefficient=term.coefficient * weight,
                    time=normal(1 - term.order),
                    size=normal(family.size - 1 + term.order),
                    share=share + slopes,
                    fed=fed + slopes,
                    log_time=logs - falls,
                    log_size=family.log_size,
                )
