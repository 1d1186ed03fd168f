"""Kernels whose eigenvalues have no finite sum: training time has laws, whatever needs the sum says so."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Expr, Piecewise, Rational, gamma, log, oo, pi, simplify, tanh

from asymptotics import (
    Constant,
    Linear,
    OptimalSchedule,
    Task,
    check_claim,
    compute_optimal,
    derive,
    power_law,
)
from asymptotics.errors import SpectrumError
from asymptotics.model.quantities import QUANTITIES
from asymptotics.sums.lattice import SquaresCount
from asymptotics.symbols import M, N, a, b, b_test, delta, k, n, t

TIMES = tuple(name for name, quantity in QUANTITIES.items() if not quantity.trace)
SLOW = st.builds(Rational, st.integers(1, 12), st.just(12))
STEEP = st.builds(lambda x: 1 + Rational(x, 12), st.integers(1, 60))


def stated(a: Expr, b: Expr, pace: Expr = Rational(1)) -> Expr:
    """``Gamma(s)/b (2 pace t)^-s``, s = (a - 1)/b (BAP, section 3)."""
    s = (a - 1) / b
    return gamma(s) / b * (2 * pace * t) ** -s


@settings(max_examples=12, deadline=None)
@given(a=STEEP, b=SLOW)
def test_the_time_law_needs_a_target_of_finite_power_alone(a: Rational, b: Rational) -> None:
    law = derive(power_law(a, b)).time
    assert simplify(law.leading / stated(a, b)) == 1
    assert law.conditions == () and law.leading == derive(power_law("a", "b")).time.at(a=a, b=b).leading


@settings(max_examples=6, deadline=None)
@given(b=SLOW, name=st.sampled_from([name for name in QUANTITIES if name not in TIMES]))
def test_what_needs_the_trace_names_b_and_its_bound(b: Rational, name: str) -> None:
    for refused in (
        lambda: getattr(derive(power_law(2, b)), name),
        lambda: getattr(derive(power_law("a", "b")), name).at(a=2, b=b),
    ):
        with pytest.raises(SpectrumError, match=rf"b = {b}; .* need b > 1") as caught:
            refused()
        assert "\n" not in str(caught.value)


def test_each_law_has_the_conditions_of_its_own() -> None:
    for name, quantity in QUANTITIES.items():
        conditions = quantity.spectrum(power_law(a, b)).domain.conditions()
        shifted = {a - 1 + b_test > b} if name == "transfer" else set()
        ends = {a < 2 * b, 4 * a * b + 2 < 2 * a + 2 * b**2 * delta + 5 * b}
        slow = {"nesterov": {2 * a - 2 < b * delta}, "dana": ends}.get(name, set())
        wide = {n > 1} if name == "feature_share" else set()
        assert set(conditions) == ({a > 1} if name in TIMES else {a > 1, b > 1}) | shifted | slow | wide
    assert derive(power_law(a, b)).time.conditions == (a > 1,)


def test_laws_of_a_kernel_without_trace_show_what_they_have() -> None:
    laws = derive(power_law(2, 1))
    assert {law.name for law in laws.all()} == set(TIMES) == set(QUANTITIES) - set(laws.refused)
    assert [law.name for law in laws] == ["time"]
    first, *rest = repr(laws).splitlines()
    assert first == "L(t) ~ 1/(2*t), t -> oo"
    assert [line.partition(":")[0] for line in rest] == ["laws.model", "laws.data"]
    assert laws.to_latex().count("sim") == 1
    with pytest.raises(SpectrumError, match="b > 1"):
        compute_optimal(laws, cost=N * t)


FAMILIES = {
    "power": (power_law(2, Rational(1, 2)), 1 / (2 * t**2)),
    "multiplicity": (Task(eigenvalues=k**-2, target=k**-4, multiplicity=k), 1 / (4 * t)),
    "shifted": (Task(eigenvalues=1 / (2 * k - 1), target=(2 * k + 1) ** -2), 1 / (4 * t)),
    "logarithm": (Task(eigenvalues=log(k + 1) / k, target=k**-2), 1 / (2 * t * log(t))),
    "lattice": (Task(eigenvalues=1 / k, target=k**-3, multiplicity=SquaresCount(2, k)), pi / (4 * t**2)),
    "broken": (Task(eigenvalues=Piecewise((k**-2, k <= 5), (1 / (5 * k), True)), target=k**-2), 5 / (2 * t)),
    "equivalent": (Task(eigenvalues=tanh(k) / k, target=k**-2), 1 / (2 * t)),
    "geometric": (Task(eigenvalues=2**-k, target=8**-k, multiplicity=2**k), None),
}


@pytest.mark.parametrize("name", FAMILIES)
def test_every_family_has_time_laws_without_trace(name: str) -> None:
    task, leading = FAMILIES[name]
    laws = derive(task)
    if leading is not None:
        assert simplify(laws.time.leading / leading) == 1
    for law in ("model", "data", "gap"):
        with pytest.raises(SpectrumError, match="all laws but those of time alone need"):
            getattr(laws, law)


def test_windows_of_slow_spectra_that_are_cut_off() -> None:
    """Before the last mode M is learned the time law is that of infinitely many modes, whatever b."""
    first, last = derive(power_law(a, b, modes=M)).time.windows
    assert first.upper == M**b and first.law == derive(power_law(a, b)).time
    assert last.law is not None and last.law.leading.has(M)
    numbers = derive(power_law(2, Rational(1, 2), modes=1000))
    assert numbers.time.windows[0].law == derive(power_law(2, Rational(1, 2))).time
    assert "b > 1" in numbers.model.windows[0].reason


@pytest.mark.parametrize("name", [TIMES[0], *(pytest.param(x, marks=pytest.mark.slow) for x in TIMES[1:])])
def test_derivations_and_latex(name: str) -> None:
    for law, point in (
        (getattr(derive(power_law(a, b)), name), {a: 2, b: Rational(1, 2)}),
        (getattr(derive(power_law(Rational(3, 2), 1)), name), {}),
    ):
        assert law.derivation.check(at=point, digits=15).passed
        assert r"\sim" in law.to_latex()


@pytest.mark.slow
def test_claims_where_other_laws_have_no_place() -> None:
    law = derive(power_law(a, b)).time
    assert check_claim("t**-((a-1)/b)", law).everywhere
    assert check_claim("t**-((a-1)/b)", law, assuming=["b <= 1"]).everywhere
    assert check_claim("1/(2*t)", law, assuming=["a = 2", "b = 1"]).everywhere
    assert check_claim("1/(2*t)", derive(power_law(2, 1)).time).everywhere
    for wrong in (
        check_claim("t**-3", derive(power_law(2, 1)).time),
        check_claim("t**-((a-1)/b - 1/b)", law, assuming=["b < 1"]),
    ):
        assert str(wrong).startswith("FAILS") and "right for" not in str(wrong)
    # the gap falls so, where it has a law
    assert "laws.gap" in str(check_claim("t**-((a-1)/b - 1/b)", law))


@pytest.mark.parametrize(
    ("modes", "name", "words"),
    [
        ("2*N", "critical_batch", "modes = 2.N are infinitely many .* or growing_law"),
        ("2*N", "data", "or modes that grow with P"),
        ("3*P", "model", "or modes that grow with N"),
    ],
)
def test_what_modes_that_grow_with_another_resource_lack(modes, name, words):
    with pytest.raises(SpectrumError, match=words):
        getattr(derive(power_law("5/2", "4/5", modes=modes)), name)


@pytest.mark.parametrize("modes", [oo, "2*N"])
def test_the_best_step_needs_the_squares_alone(modes):
    """``eta* ~ n^-((a - b)/a)``: X = eta n learns X^-s, and a noise sigma^2 X^(1/b)/n (b < 1)."""
    law = derive(power_law("5/2", "4/5", modes=modes)).optimal_step
    assert law.exponent == Rational(17, 25) and law.conditions == ()
    with pytest.raises(
        SpectrumError, match=r"sum of lambda_k\^2 for .* b > 1/2, or modes=r.N, whose best step"
    ):
        _ = derive(power_law("5/2", "1/2", modes=modes)).optimal_step


def test_best_steps_of_all_schedules_below_one():
    law = derive(power_law(a, b)).optimal_step
    assert law.conditions == (a > 1, 2 * b > 1)
    assert law.at(a=3, b="3/4").exponent == Rational(3, 4) and law.at(a=3, b=2).exponent == Rational(1, 2)
    assert law.at(a=3, b=1).regimes[0].log_power == -Rational(1, 3)
    for found in (derive(power_law(2, "4/5")).schedule(x) for x in (Constant(), Linear(), OptimalSchedule())):
        assert found.exponent == Rational(1, 2)  # (a - 1)/a
