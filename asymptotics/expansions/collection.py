"""Products of coefficients collected to the terms of an expansion, from the front.

summands_of    terms by order and power of the logarithm
collect        the terms that are kept, and the bounds of the rest
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from itertools import islice
from operator import itemgetter

from sympy import Expr

from asymptotics.domains.domain import Domain, normal
from asymptotics.expansions.orders import Place, Signs, signs_on
from asymptotics.expansions.ring import ONE, Element, sum_of_products
from asymptotics.expansions.terms import Bound, Logs, Term, absorbs, logs_at_point, minimal

Summands = dict[Expr, dict[Logs, list[tuple[Element, Element]]]]
"""Products of coefficients, which add up to that of an order and of powers of l and log(l)."""


def summands_of(terms: Iterable[Term]) -> Summands:
    """The coefficients of terms by order and powers of l and log(l)."""
    found: Summands = {}
    for t in terms:
        found.setdefault(normal(t.order), {}).setdefault(t.logs, []).append((t.element, ONE))
    return found


def collect(
    summands: Summands, remainder: Iterable[Bound], domain: Domain, depth: int
) -> tuple[tuple[Term, ...], tuple[Bound, ...]]:
    """The terms with fewer than ``depth`` orders ahead, and the bounds of what is left out.

    Coefficients are made from the front, so that those far behind are never made.
    """
    signs, remainder = signs_on(domain), tuple(remainder)
    if len(summands) == 1 and not remainder:
        ((p, powers),) = summands.items()
        return tuple(_made(p, powers, signs)), ()
    bounds = minimal(signs, map(_in_normal_form, remainder))
    places = {p: signs.locate(p) for p in summands}
    kept: list[tuple[int, Term]] = []
    dropped: list[Bound] = []
    present: list[Place] = []
    for p in signs.from_the_front(places):
        place = places[p]
        ahead = sum(1 for _ in islice((q for q in present if signs.is_ahead(q, place)), depth))
        late = ahead == depth
        if late and any(signs.is_ahead(places[b.order], place) for b in dropped):
            continue
        powers = {
            logs: products
            for logs, products in summands[p].items()
            if not any(absorbs(signs, b, (place, logs)) for b in bounds.values())
        }
        if found := list(_made(p, powers, signs)):
            present.append(place)
        if late:
            dropped += (Bound(t.order, *t.logs) for t in found)
        else:
            kept += ((ahead, t) for t in found)
    kept.sort(key=itemgetter(0))
    terms = tuple(t for _, t in kept)
    return terms, tuple(minimal(signs, (*bounds, *dropped)) if dropped else bounds)


def _in_normal_form(bound: Bound) -> Bound:
    place = normal(bound.order)
    return bound if place is bound.order else Bound(place, *bound.logs)


def _made(p: Expr, powers: dict[Logs, list[tuple[Element, Element]]], signs: Signs) -> Iterator[Term]:
    """The terms of one order that do not vanish, the largest powers of l and log(l) first."""
    for logs in sorted(powers, key=partial(logs_at_point, signs), reverse=True):
        total = sum_of_products(powers[logs])
        if not total.vanishes():
            yield Term(total, p, *logs)
