"""The best of several allocations: where the loss is the smallest of several, so is that of the best split.

best_phases    the phases of several allocations: those on one domain compete
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from sympy import And, Expr, Poly, StrictGreaterThan, StrictLessThan, radsimp, roots
from sympy.logic.boolalg import Boolean

from asymptotics.allocation.merging import merge_phases
from asymptotics.allocation.phase import Phase
from asymptotics.allocation.phases import Allocation
from asymptotics.domains.domain import Domain, as_condition, normal, primitive
from asymptotics.domains.parametric_lp import covers


def best_phases(allocations: Sequence[Allocation]) -> tuple[tuple[Phase, ...], bool]:
    """Their phases, and whether they are proved to cover each domain."""
    found: list[Phase] = []
    proved = True
    for domain, group in groupby(allocations, key=lambda x: x.domain):
        best: tuple[Phase, ...] = ()
        for allocation in group:
            phases, complete = allocation.phases()
            proved = proved and complete
            best = tuple(_better(best, phases, allocation.given)) if best else phases
        best = merge_phases(best, domain, allocation.given)
        own = [[c for c in p.domain.constraints if c not in domain.constraints] for p in best]
        proved = proved and covers(own, domain)
        found += [_stated(phase, allocation.given) for phase in best]
    return tuple(found), proved


def _better(first: Sequence[Phase], second: Sequence[Phase], given: Domain) -> Iterator[Phase]:
    """At each point the phase whose loss falls faster; the first where they fall alike."""
    for one in first:
        for other in second:
            both = one.domain.holding(*other.domain.constraints)
            if both.is_empty() is True:
                continue
            ahead = normal(one.exponents["loss"] - other.exponents["loss"])
            sign = 0 if ahead == 0 else both.sign(ahead)
            if sign is not None:
                yield _on(one if sign >= 0 else other, both, given)
                continue
            line = primitive(ahead, both)
            for phase, side in ((one, line), (other, -line)):
                if (inside := both.holding(side)).is_empty() is not True:
                    yield _on(phase, inside, given)


def _on(phase: Phase, where: Domain, given: Domain) -> Phase:
    return _stated(replace(phase, domain=where), given)


def _stated(phase: Phase, given: Domain) -> Phase:
    """A phase with the condition of its domain, without what the task and its other parts imply."""
    own = given.reduce(c for c in phase.domain.constraints if c not in given.constraints)
    return replace(phase, condition=And(*_conditions(tuple(own))))


def _conditions(constraints: Sequence[Expr]) -> Iterator[Boolean]:
    """Each as a person writes it: ``b > 2 - sqrt(2)`` for ``b^2 + 2 < 4 b`` where another says ``b < 1``."""
    ends = {c: end for c in constraints if (end := _end(c, constraints)) is not None}
    for constraint in constraints:
        if constraint in ends:
            yield ends[constraint]
        elif not any(_implies(end, constraint) for end in ends.values()):
            yield as_condition(constraint)


def _end(constraint: Expr, constraints: Sequence[Expr]) -> Boolean | None:
    """A constraint on one symbol by its one root within the others, where it has surds; else None."""
    if len(constraint.free_symbols) != 1:
        return None
    (x,) = constraint.free_symbols
    polynomial = Poly(constraint, x)
    if polynomial.degree() > 2 or (
        polynomial.degree() == 1
        and polynomial.domain.is_Numerical
        and all(c.is_Rational for c in polynomial.all_coeffs())
    ):
        return None
    lines = [c for c in constraints if c != constraint and c.free_symbols == {x} and Poly(c, x).degree() == 1]
    found = [radsimp(root) for root in roots(polynomial) if root.is_positive]
    found = [root for root in found if not any(c.xreplace({x: root}).is_nonpositive for c in lines)]
    if len(found) != 1:
        return None
    rises = constraint.diff(x).xreplace({x: found[0]}).is_positive
    return (StrictGreaterThan if rises else StrictLessThan)(x, found[0])


def _implies(end: Boolean, constraint: Expr) -> bool:
    """Whether a bound of one symbol implies another, of which both are bounds on one side."""
    x, value = end.args
    if constraint.free_symbols != {x} or (slope := constraint.diff(x)).free_symbols:
        return False
    same = slope.is_positive == isinstance(end, StrictGreaterThan)
    return bool(same and constraint.xreplace({x: value}).is_positive)
