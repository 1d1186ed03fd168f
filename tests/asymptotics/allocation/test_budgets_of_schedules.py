"""Budgets of one-pass SGD with schedules: published exponents, balances, and what is refused."""

from __future__ import annotations

from functools import cache

import pytest
from sympy import Rational

from asymptotics import (
    Constant,
    Cosine,
    DomainError,
    Linear,
    OnePassSGD,
    OptimalSchedule,
    UnableError,
    compute_optimal,
    derive,
    power_law,
)
from asymptotics.allocation.optimum import Optimum
from asymptotics.allocation.terms import STEPS
from asymptotics.symbols import B, E, N, P, a, b, sigma, t

LAWS = derive(power_law(a, b))


@cache
def split(schedule, cost=N * t, **options):
    return compute_optimal(LAWS, cost, rule=OnePassSGD, schedule=schedule, **options)


BEST = OptimalSchedule()
TABLE = (
    # schedule, (a, b), loss, N, source
    (BEST, (3, Rational(5, 2)), Rational(1, 2), Rational(1, 4), "(a-1)/(a+1), arXiv 2602.06797"),
    (BEST, (4, Rational(3, 2)), Rational(6, 13), Rational(5, 13), "(a-1)/(2a-b) for a-1 > b, b < 2"),
    (BEST, (5, 3), Rational(3, 5), Rational(1, 5), "b/(b+2) for a-1 > b > 2"),
    (BEST, (2, 3), Rational(1, 4), Rational(1, 4), "hard: (a-1)/(1+b)"),
    (Constant(), (3, Rational(5, 2)), Rational(4, 11), Rational(2, 11), "(a-1)/(a+b)"),
    (
        Linear(),
        (4, Rational(3, 2)),
        Rational(6, 13),
        Rational(5, 13),
        "as the best below gamma + 1 = b",
    ),
    (Linear(), (5, 3), Rational(6, 11), Rational(2, 11), "noise of the last steps"),
)


@pytest.mark.parametrize(("schedule", "at", "loss", "size", "source"), TABLE, ids=[row[4] for row in TABLE])
def test_published_exponents(schedule, at, loss, size, source):
    optimum = split(schedule)
    phase = optimum.at(a=at[0], b=at[1])
    assert (phase.exponents["loss"], phase.exponents[N]) == (loss, size)
    assert optimum.proof.disjoint
    assert optimum.proof.covering
    (symbolic,) = (
        p for p in optimum.phases if all(c.subs({a: at[0], b: at[1]}) > 0 for c in p.domain.constraints)
    )
    assert symbolic.exponents["loss"].subs({a: at[0], b: at[1]}) == loss


def test_what_a_budget_with_a_schedule_takes_for_granted_is_told():
    """X was a letter without a meaning, and neither the rule nor label noise was named."""
    optimum = split(BEST)
    first, *_, last = repr(optimum).splitlines()
    assert first.startswith("label noise sigma > 0 is assumed: for noise = 0, that of the task,")
    noisy = compute_optimal(derive(power_law(4, 2, noise="sigma")), N * t, rule=OnePassSGD, schedule=BEST)
    assert "assumed" not in repr(noisy)
    assert last == (
        "    one-pass SGD, the best schedule, label noise sigma; "
        "X: sum of the steps over the mean height of the schedule"
    )
    formula = optimum.to_latex().replace("\n", " ")
    assert formula.endswith(
        r",\quad X\text{: sum of the steps over the mean height of the schedule},\quad "
        r"\text{one-pass SGD, the best schedule, label noise } \sigma"
    )
    assert "X\\text{: sum" in optimum.phases[0].to_latex()
    assert "label noise" not in repr(compute_optimal(LAWS, N * t, rule=OnePassSGD))


@pytest.mark.slow
def test_the_best_schedule_is_never_behind_and_steps_stay_stable():
    for at in ((3, Rational(3, 2)), (2, 3), (5, 3), (Rational(5, 2), 4), (6, Rational(5, 2))):
        best = split(BEST).at(a=at[0], b=at[1])
        assert best.exponents[STEPS] <= best.exponents[t]
        for other in (Linear(), Cosine(), Constant()):
            phase = split(other).at(a=at[0], b=at[1])
            assert phase.exponents["loss"] <= best.exponents["loss"]


def test_constants_balance_the_terms():
    """At the split that the prefactors give, each term is its share of the loss."""
    optimum = compute_optimal(
        power_law(3, Rational(3, 2)), N * t, rule=OnePassSGD(eta=0.5, batch=2), schedule="1-u"
    )
    (phase,) = optimum.phases
    found = {key: float(value.subs(sigma, 1).evalf()) for key, value in phase.prefactors.items()}
    terms = {term.monomial: term for term in optimum.allocation.terms}
    for monomial, share in zip(phase.balance, phase.shares, strict=True):
        term = terms[monomial]
        value = float(term.coefficient.subs(sigma, 1).evalf())
        for resource, power in term.powers:
            value *= found[resource] ** -float(power)
        assert abs(value / (float(share) * found["loss"]) - 1) < 1e-10
    assert abs(found[N] * found[t] - 1) < 1e-12


@pytest.mark.slow
def test_records_and_the_batch():
    for schedule in (Cosine(), OptimalSchedule(), "1 - u**2"):
        optimum = compute_optimal(power_law(3, Rational(3, 2)), N * t, rule=OnePassSGD, schedule=schedule)
        assert Optimum.from_dict(optimum.to_dict()) == optimum
    batches = compute_optimal(power_law(3, Rational(3, 2)), N * t * B, rule=OnePassSGD, schedule=Cosine())
    assert batches.at().exponents["loss"] == Rational(4, 9)  # batches and steps are one resource
    own = compute_optimal(power_law(3, 2), N * t, rule=OnePassSGD(eta=0.1, batch=2, schedule=Cosine()))
    assert own.schedule == Cosine()


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda: compute_optimal(LAWS, N * t, schedule=Cosine()), "use rule=OnePassSGD"),
        (lambda: split(Cosine(), P * t), "leave out P"),
        (lambda: split(Cosine(), E * N * t), "leave out P and E"),
        (lambda: split("0.5 - u"), "never negative"),
        (
            lambda: compute_optimal(power_law("X", 2), N * t, rule=OnePassSGD, schedule=Cosine()),
            "X is a parameter",
        ),
    ],
)
def test_what_is_refused(ask, said):
    with pytest.raises((DomainError, UnableError)) as refused:
        ask()
    assert said in str(refused.value)
