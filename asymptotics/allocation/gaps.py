"""The smallest of several gaps between exponents, on a domain of the parameters.

smallest    the Min over those that no other is proved to be below
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sympy import Expr, Min, Symbol, factor, oo

from asymptotics.domains.domain import Domain, normal


def smallest(gaps: Sequence[Expr], domain: Domain) -> Expr:
    """The Min over those that no other is proved to be below."""
    flat: list[Expr] = []
    for gap in gaps:
        lowest = list(gap.atoms(Min))
        if not lowest:
            flat.append(gap)
            continue
        flat += [factor(normal(gap.xreplace({lowest[0]: part}))) for part in lowest[0].args]
    point = domain.witness() or {}
    kept: list[Expr] = []
    # what is below another everywhere is so at one point, and what is above one that was left out is above
    # that which the other is above
    for gap in sorted(dict.fromkeys(g for g in flat if g != 0), key=lambda g: _height(g, point)):
        if not any(domain.sign(normal(gap - lower)) == 1 for lower in kept):
            kept.append(gap)
    return Min(*kept) if kept else oo


def _height(gap: Expr, point: Mapping[Symbol, Expr]) -> float:
    """The gap at a point."""
    number = gap.xreplace(dict(point))
    return float(number) if number.is_number else 0.0
