"""Phases with equal exponents, found by different choices of terms, as one phase.

merge_phases(phases, domain, given)    no two of them with equal exponents, where inequalities can say so
"""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

from sympy import And

from asymptotics.allocation.phase import Phase
from asymptotics.domains.domain import Domain, as_condition
from asymptotics.domains.parametric_lp import covers

AMOUNTS = ("powers", "log_powers", "ranges", "log_ranges")


def merge_phases(phases: tuple[Phase, ...], domain: Domain, given: Domain) -> tuple[Phase, ...]:
    """Phases with equal exponents as one, where inequalities can say so: parts of one region, or neighbours.

    ``given`` is the domain of the task, whose conditions no phase repeats.
    Where several monomials agree at the optimum, more than one choice of them certifies it.
    """
    found = list(phases)
    while (pair := _mergeable(found, domain, given)) is not None:
        first, second, merged = pair
        found[found.index(first)] = merged
        found.remove(second)
    return tuple(sorted(found, key=lambda p: (len(p.domain.constraints), str(p.condition))))


def _mergeable(phases: list[Phase], domain: Domain, given: Domain) -> tuple[Phase, Phase, Phase] | None:
    for first, second in permutations(phases, 2):
        if any(getattr(first, name) != getattr(second, name) for name in AMOUNTS):
            continue
        common = [c for c in first.domain.constraints if c in second.domain.constraints]
        union = domain.holding(*common)
        if len(common) == len(first.domain.constraints):
            return first, second, first
        parts = [[c for c in p.domain.constraints if c not in common] for p in (first, second)]
        if first.balance == second.balance and covers(parts, union):
            own = (as_condition(c) for c in union.constraints if c not in given.constraints)
            return first, second, replace(first, domain=union, condition=And(*own))
    return None
