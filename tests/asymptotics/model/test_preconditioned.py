"""Preconditioned flow, lambda -> lambda^p: exponents, budgets, and what it makes of any power of time."""

from __future__ import annotations

import mpmath
import pytest
from sympy import Rational, Symbol

from asymptotics import (
    DomainError,
    GradientFlow,
    PreconditionedFlow,
    UnableError,
    compute_optimal,
    derive,
    power_law,
)
from asymptotics.symbols import N, a, b, p, t
from numerics.optima.growing import GrowingModes

LAWS = derive(power_law(a, b))
HALF = PreconditionedFlow(power=0.5)


@pytest.mark.parametrize("q", [Rational(1, 3), Rational(6, 5)])
def test_it_is_gradient_flow_at_a_random_time(q):
    """``e^(-sqrt(u) t)`` is a mean of ``e^(-u x)`` over x of Levy's density, and so is each power of time."""
    factor, power = (x.subs(p, Rational(1, 2)) for x in PreconditionedFlow.of_flow(q))
    when = mpmath.mpf(7)
    levy = lambda x: 2 * when / mpmath.sqrt(4 * mpmath.pi) * x**-1.5 * mpmath.exp(-(when**2) / x)  # noqa: E731
    # the loss has e^(-2 sqrt(u) t) in the place of e^(-2 u x)
    found = mpmath.quad(
        lambda x: levy(x) * (x / 2) ** -mpmath.mpf(float(q)), [0, 1, 10, 100, 1e4, mpmath.inf]
    )
    assert abs(found / (float(factor) * when ** -float(power)) - 1) < 1e-6


def test_time_exponents_are_divided_by_the_power_and_bottlenecks_stay():
    law = LAWS.time_preconditioned
    assert law.exponent == (a - 1) / (b * p)
    assert law.at(p=1) == law.at(p=1)
    assert law.at(p=1, a=3, b=2).prefactor == LAWS.time.at(a=3, b=2).prefactor
    assert law.derivation is not None
    same = compute_optimal(LAWS, N * t, rule=PreconditionedFlow(power=1))
    flow = compute_optimal(LAWS, N * t, rule=GradientFlow)
    assert [phase.exponents for phase in same.phases] == [phase.exponents for phase in flow.phases]


@pytest.mark.slow
def test_phases_of_a_budget():
    optimum = compute_optimal(LAWS, N * t, rule=PreconditionedFlow)
    assert optimum.proof.covering
    assert optimum.proof.disjoint
    for values, loss in (
        ({a: 2, b: 3}, (a - 1) / (b * p + 1)),  # L(t) = L(N)
        ({a: 5, b: 3}, b / (b * p + 1)),  # b (1 - p) > 1: the transient meets L(N)
        ({a: 4, b: Rational(3, 2)}, (a - 1) / (a + b * p - b)),  # the transient meets L(t)
    ):
        point = {**values, p: Rational(1, 2)}
        half = compute_optimal(LAWS, N * t, rule=HALF).at({str(k): v for k, v in values.items()})
        assert half.exponents["loss"] == loss.subs(point)
        assert any(loss.equals(phase.exponents["loss"]) for phase in optimum.phases)


@pytest.mark.slow
def test_phases_where_the_trace_grows():
    optimum = compute_optimal(derive(power_law(a, b, modes="2*N")), N * t, rule=PreconditionedFlow)
    assert optimum.proof.covering and optimum.proof.disjoint
    for loss in ((a - 1) / (b * p + 1), b * (a - 1) / (a - 1 + b**2 * p)):  # L(t) = N^-min(a - 1, b)
        assert any(loss.equals(phase.exponents["loss"]) for phase in optimum.phases)


@pytest.mark.slow
def test_terms_where_the_trace_grows_are_means_of_those_of_gradient_flow():
    """``e^(-2 sqrt(e) t)`` as a mean of ``e^(-e T)`` over Levy's T, at N = 10^24 and T ~ N^0.3."""
    (allocation,) = compute_optimal(power_law("5/2", "7/10", modes="2*N"), N * t, rule=HALF).allocations
    size, time = mpmath.mpf(10) ** 24, mpmath.mpf(10) ** 4
    flow = GrowingModes(p=mpmath.mpf(5) / 2, b=mpmath.mpf(7) / 10, r=mpmath.mpf(2))

    def mean(loss, step=0.5):
        total = mpmath.mpf(0)
        for log_T in mpmath.arange(2 * mpmath.log(time) - 4, 2 * mpmath.log(time) + 30, step):
            T = mpmath.exp(log_T)
            total += step * time * mpmath.exp(-(time**2) / T) / mpmath.sqrt(mpmath.pi * T) * loss(T)
        return total

    exact = mean(lambda T: flow.loss(T * size ** -mpmath.mpf("0.7"), size, 6).value)
    stated = sum(
        mpmath.mpf(str((x.coefficient * x.monomial).subs({t: time, N: size}).evalf(15)))
        for x in allocation.terms
    )
    assert len(allocation.terms) == 2
    assert abs(stated / exact - 1) < 2e-3


def test_bad_powers():
    for bad in (0, -1, float("nan"), "x"):
        with pytest.raises(DomainError):
            PreconditionedFlow(power=bad)
    with pytest.raises((DomainError, UnableError, ValueError)):
        derive(power_law(Symbol("p", positive=True), 2)).time_preconditioned  # noqa: B018
