"""The law of Nesterov momentum, its domain, its orders, and what budgets make of it."""

from functools import cache

import mpmath
import pytest
from sympy import Integer, Min, Rational, gamma, log, pi, simplify, sqrt, true

from asymptotics import (
    DomainError,
    Nesterov,
    SpectrumError,
    Task,
    UnableError,
    check_claim,
    compute_optimal,
    derive,
    power_law,
)
from asymptotics.domains.domain import conjuncts
from asymptotics.model.rules.nesterov import bessel_share
from asymptotics.symbols import N, P, a, b, delta, k, t

LAWS = derive(power_law(a, b))
S = (a - 1) / b


def test_exponent_and_prefactor():
    """theory of training, D: ``Phi(s)/b t^-2s``."""
    nu = (delta - 1) / 2
    transform = gamma(nu + 1) ** 2 * 4**nu * gamma(nu + Rational(1, 2) - S) * gamma(S)
    transform /= sqrt(pi) * gamma(nu + 1 - S) * gamma(2 * nu + 1 - S)
    assert simplify(LAWS.nesterov.exponent - 2 * S) == 0
    for at in ({a: 1.5, b: 1.25, delta: 3}, {a: 3, b: 2, delta: 5}, {a: 1.1, b: 3, delta: 0.5}):
        assert float((LAWS.nesterov.prefactor / (transform / b)).subs(at)) == pytest.approx(1, rel=1e-12)
    (regime,) = LAWS.nesterov.regimes
    assert regime.remainder.subs({a: 2, b: 2, delta: 3}) == Min(3, Rational(9, 4))


@pytest.mark.parametrize(
    ("nu", "p"),
    [(1, Rational(1, 2)), pytest.param(Rational(1, 4), Rational(1, 3), marks=pytest.mark.slow), (3, 2)],
)
def test_share_is_the_mellin_transform(nu, p):
    with mpmath.workdps(20):
        n = mpmath.mpf(nu.p) / nu.q if hasattr(nu, "p") else mpmath.mpf(nu)
        s = mpmath.mpf(Rational(p).p) / Rational(p).q

        def integrand(z):
            return 2 * (mpmath.gamma(n + 1) * (2 / z) ** n * mpmath.besselj(n, z)) ** 2 * z ** (2 * s - 1)

        ends = mpmath.linspace(0, 60 * mpmath.pi, 61)
        # beyond, cos^2 is 1/2 on the average
        tail = (
            (mpmath.gamma(n + 1) * 2**n) ** 2
            * 2
            / mpmath.pi
            * ends[-1] ** (2 * s - 2 * n - 1)
            / (2 * n + 1 - 2 * s)
        )
        found = mpmath.quad(integrand, ends) + tail
        wanted = float(bessel_share(Rational(nu), Rational(p))) * mpmath.gamma(s)
    assert float(found / wanted) == pytest.approx(1, rel=2e-3)


def test_targets_that_fall_too_fast_are_refused():
    assert str(LAWS.nesterov.conditions[-1]) in {
        "2*a - 2 < b*delta",
        "2*a - b*delta - 2 < 0",
        "b*delta > 2*a - 2",
    }
    with pytest.raises((SpectrumError, UnableError), match=r"saturates"):
        compute_optimal(derive(power_law(5, 2)), cost=N * t, rule=Nesterov(delta=3))


def test_logarithms_in_the_target():
    law = derive(Task(eigenvalues=k**-2, target=log(k) * k**-2)).nesterov
    (regime,) = law.regimes
    assert (regime.exponent, regime.log_power) == (1, 1)


@pytest.mark.slow
def test_families_without_a_power_are_refused():
    laws = derive(Task(eigenvalues=2**-k, target=3**-k))
    assert "Nesterov" in laws.refused["nesterov"]


@pytest.mark.slow
def test_derivation_is_checked():
    checked = LAWS.nesterov.derivation.check({a: 3, b: 2, delta: 5}, digits=15)
    assert checked.passed, str(checked)


@pytest.mark.slow
def test_budgets():
    """theory of training, D, with ``theta = t^2``: balances of t^-2s, N^-(a-1), N^-b and t^-(2-2/b)/N."""
    optimum = best_split()
    found = {str(p.condition): p.exponents["loss"] for p in optimum.phases}
    for numbers, loss in (
        ({"a": Rational(3, 2), "b": Rational(3, 2)}, lambda a, b: 2 * (a - 1) / (b + 2)),
        ({"a": 3, "b": Rational(3, 2)}, lambda a, b: 2 * (a - 1) / (2 * a - b)),
        ({"a": Integer(5), "b": Integer(3)}, lambda a, b: 2 * b / (b + 2)),
    ):
        assert optimum.at(numbers).exponents["loss"] == loss(**numbers), found


def test_finite_data_has_no_law_yet():
    with pytest.raises(UnableError, match="no law yet"):
        compute_optimal(derive(power_law(a, b)), cost=N * t * P, rule=Nesterov)


@pytest.mark.parametrize("numbers", [{"a": 6, "b": 1.5, "delta": 3}, {"a": 4, "b": 2, "delta": 3}])
def test_numbers_past_saturation_are_refused(numbers):
    """``2s >= delta``: the loss swings as t^-delta; on the line itself the constant is infinite."""
    rule = {"delta": numbers["delta"]}
    task = {name: numbers[name] for name in ("a", "b")}
    for put in (
        lambda: LAWS.nesterov.at(numbers),
        lambda: LAWS.nesterov.at(rule).at(task),
        lambda: LAWS.nesterov.at(task).at(rule),
        lambda: LAWS.nesterov(1000, numbers),
        lambda: derive(power_law(numbers["a"], numbers["b"])).nesterov.at(rule),
    ):
        with pytest.raises(SpectrumError, match=r"saturates: .* the law needs [\d/]+ < 3/2"):
            put()


def test_law_says_where_it_holds():
    assert str(LAWS.nesterov).splitlines()[0].count(", for 2*a - 2 < b*delta") == 1
    assert r"\text{for } 2 a - 2 < b \delta" in LAWS.nesterov.to_latex()
    assert ", for 3*delta > 20" in str(LAWS.nesterov.at(a=6, b=1.5))
    assert LAWS.nesterov.at(delta=3).conditions == (a > 1, 2 * a - 2 < 3 * b)
    inside = LAWS.nesterov.at(a=4, b=2, delta=4)
    assert inside.conditions == () and ", for" not in str(inside)


@cache
def best_split():
    return compute_optimal(LAWS, cost=N * t, rule=Nesterov)


def test_phases_say_where_the_rule_has_laws():
    assert all((2 * a - 2 < b * delta) in conjuncts(phase.condition) for phase in best_split().phases)
    assert str(best_split().proof).endswith("covering: proved, where 2*a - 2 < b*delta")
    assert all({delta} <= phase.condition.free_symbols for phase in best_split().boundaries)
    assert best_split().at(a=6, b=1.5).condition == (3 * delta > 20)
    fixed = compute_optimal(derive(power_law(a, b)), cost=N * t, rule=Nesterov(delta=3))
    assert str(fixed.proof).endswith("where 2*a - 2 < 3*b")


@pytest.mark.parametrize("friction", [3, Rational(20, 3)])
def test_budgets_past_saturation_are_refused(friction):
    with pytest.raises(UnableError, match=r"saturates at t\*\*-(3|20/3)"):
        best_split().at(a=6, b=1.5, delta=friction)


def test_budgets_take_the_number_of_the_friction():
    phase = best_split().at(a=6, b=1.5, delta=8)
    fixed = compute_optimal(derive(power_law(a, b)), cost=N * t, rule=Nesterov(delta=8)).at(a=6, b=1.5)
    assert phase.condition == true and phase.exponents == fixed.exponents
    assert phase.prefactors["loss"].equals(fixed.prefactors["loss"])
    with pytest.raises(DomainError, match="no number for b"):
        best_split().at(a=6, delta=8)


def test_claims_of_budgets_hold_where_the_rule_has_laws():
    found = check_claim("C^{-2(a-1)/(2a-b)}", best_split(), assuming=["a - 1 > 2*b", "b < 2"])
    assert str(found).startswith("HOLDS everywhere") and "2*a - 2 < b*delta" in str(found).splitlines()[0]
