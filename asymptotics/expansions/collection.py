"""Products of coefficients collected to the terms of an expansion, from the front.

summands_of    terms by order and power of the logarithm
collect        the terms that are kept, and the bounds of the rest
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from sympy import Expr

from asymptotics.domains.domain import Domain, normal
from asymptotics.expansions.orders import signs_on
from asymptotics.expansions.ring import ONE, Element, sum_of_products
from asymptotics.expansions.terms import Bound, Term, absorbs, minimal

Summands = dict[Expr, dict[int, list[tuple[Element, Element]]]]
"""Products of coefficients, which add up to the coefficient of an order and a power of the logarithm."""


def summands_of(terms: Iterable[Term]) -> Summands:
    """The coefficients of terms by order and power of the logarithm."""
    found: Summands = {}
    for t in terms:
        found.setdefault(normal(t.order), {}).setdefault(t.log_power, []).append((t.element, ONE))
    return found


def collect(
    summands: Summands, remainder: Iterable[Bound], domain: Domain, depth: int
) -> tuple[tuple[Term, ...], tuple[Bound, ...]]:
    """The terms with fewer than ``depth`` orders ahead, and the bounds of what is left out.

    Coefficients are made from the front, so that those far behind are never made.
    """
    signs = signs_on(domain)
    bounds = minimal(signs, (Bound(normal(b.order), b.log_power) for b in remainder))
    places = {p: signs.locate(p) for p in summands}
    kept: list[Term] = []
    dropped: list[Bound] = []
    present: dict[Expr, int] = {}
    for p in signs.from_the_front(places):
        ahead = sum(1 for _ in islice((q for q in present if signs.is_ahead(places[q], places[p])), depth))
        late = ahead == depth
        if late and any(signs.is_ahead(places[b.order], places[p]) for b in dropped):
            continue
        powers = summands[p]
        found = []
        for m in sorted(powers, reverse=True):
            if not any(absorbs(signs, b, Bound(p, m)) for b in bounds):
                total = sum_of_products(powers[m])
                if not total.vanishes():
                    found.append(Term(total, p, m))
        if found:
            present[p] = ahead
        if late:
            dropped += (Bound(t.order, t.log_power) for t in found)
        else:
            kept += found
    kept.sort(key=lambda t: present[t.order])
    return tuple(kept), tuple(minimal(signs, (*bounds, *dropped)))


__all__ = ["Summands", "collect", "summands_of"]
