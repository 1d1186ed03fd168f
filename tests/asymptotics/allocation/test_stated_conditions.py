"""Conditions of phases say nothing that the task or their other parts imply."""

from functools import cache

import pytest
from sympy import And, Eq, true

from asymptotics import OnePassSGD, Rich, compute_optimal, derive, power_law
from asymptotics.domains.domain import as_constraint, conjuncts
from asymptotics.symbols import N, P, a, b, t

LAWS = derive(power_law(a, b))
GROWING = derive(power_law(a, b, modes=2 * N))
BUDGETS = {
    "rich": lambda: compute_optimal(LAWS, 6 * N * P, features=Rich(gamma=1)),
    "lazy": lambda: compute_optimal(LAWS, 6 * N * P),
    "growing": lambda: compute_optimal(GROWING, N**2 * t),
    "one pass": lambda: compute_optimal(GROWING, N * t, rule=OnePassSGD),
}


@cache
def best(name):
    return BUDGETS[name]()


@pytest.mark.parametrize(
    "name", [pytest.param(x, marks=pytest.mark.slow) if x == "one pass" else x for x in BUDGETS]
)
def test_no_part_of_a_condition_follows_from_the_others(name):
    optimum = best(name)
    for phase in optimum.phases:
        parts = conjuncts(phase.condition)
        for part in parts:
            rest = as_constraint(And(*(other for other in parts if other != part)))
            assert not optimum.domain.holding(*rest).positive(*as_constraint(part)), phase.condition
        whole = optimum.domain.holding(*as_constraint(phase.condition))
        assert all(whole.positive(c) for c in phase.domain.constraints)  # and nothing is lost


def test_conditions_on_lines_are_as_short():
    rich, growing = best("rich"), best("growing")
    shown = {phase.condition for phase in rich.boundaries}
    assert And(Eq(b, 2), a > 5) in shown and And(Eq(b, 2), a > 3, a < 5) in shown
    assert And(b > 2, Eq(a - 1, b)) in {phase.condition for phase in growing.boundaries}
    assert true not in shown
