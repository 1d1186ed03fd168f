"""Derivations: every step true in numbers, false steps found and named, and what is shown compiles."""

from dataclasses import replace

import pytest
from sympy import Eq, Rational

from asymptotics import DomainError, derive, power_law
from asymptotics.derivation_symbols import Asymptotic
from asymptotics.symbols import a, b

LOW = {a: Rational(3, 2), b: Rational(5, 4)}
HIGH = {a: Rational(5, 1), b: Rational(3, 2)}
MEET = {a: Rational(3, 1), b: Rational(2, 1)}
BOTTLENECKS = ("time", "model", "data")


@pytest.fixture(scope="module")
def laws():
    return derive(power_law(a, b))


@pytest.mark.parametrize("name", BOTTLENECKS)
def test_each_step_of_the_bottlenecks_holds(laws, name):
    check = getattr(laws, name).derivation.check(at=LOW, digits=30)
    assert check.passed, str(check)
    assert check.residual < 1e-30
    assert sum(s.verdict == "holds" for s in check.steps) >= 9


def test_a_boundary_between_regimes_has_its_own_steps(laws):
    check = laws.model.derivation.check(at=MEET, digits=20)
    assert check.passed, str(check)
    told = [s for s in check.steps if s.verdict == "holds" and s.step.condition.subs(MEET) == True]  # noqa: E712
    assert any("double pole" in s.step.reason for s in told)
    assert any("log(N)" in str(s.step.equation) for s in told)


def test_a_derivation_reads_from_the_model_to_the_law(laws):
    derivation = laws.model.derivation
    shown = str(derivation)
    order = ["L(N) = Xi(kappa(N))", "Sum(", "Integral(", "Res(", "df_1(kappa) ~", "kappa(N) ~", "L(N) ~"]
    places = [shown.index(piece) for piece in order]
    assert places == sorted(places)
    assert len(derivation) == len(tuple(derivation)) == len(derivation.steps)
    assert all(s.reason.endswith(".") and s.source for s in derivation)


def _falsified(step, factor):
    """The step with its right side changed."""
    equation = step.equation
    if isinstance(equation, Asymptotic):
        return replace(step, equation=Asymptotic(equation.lhs, factor * equation.rhs, *equation.args[2:]))
    return replace(step, equation=Eq(equation.lhs, factor * equation.rhs, evaluate=False))


@pytest.mark.parametrize("name", ["time", "model"])
def test_a_false_constant_is_found_in_any_step(laws, name):
    derivation = getattr(laws, name).derivation
    for number, step in enumerate(derivation.steps[:12], 1):
        if step.condition.subs(LOW) != True:  # noqa: E712
            continue
        steps = (_falsified(step, 1 + Rational(1, 10**6)),)
        check = replace(derivation, steps=steps).check(at=LOW, digits=15)
        assert [s.verdict for s in check.steps] == ["FAILS"], (number, str(check))
        assert str(check.failed[0].step.equation) in str(check) or str(step.lhs) in str(check)


def test_numbers_are_asked_for_and_checked(laws):
    with pytest.raises(DomainError, match="no value for b"):
        laws.model.derivation.check(at={a: 2})
    with pytest.raises(DomainError, match="fails at this point"):
        laws.model.derivation.check(at={a: 2, b: Rational(1, 2)})
    with pytest.raises(DomainError, match="digits = 1000"):
        laws.model.derivation.check(at=LOW, digits=1000)
