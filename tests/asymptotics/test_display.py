"""Numbers that can be read: what is shown is short, its digits are right, and what is exact stays exact."""

import pytest
from sympy import Integer, Min, Rational, exp, gamma, latex, pi, sqrt

from asymptotics import Task, check_claim, compute_optimal, derive, joint_law, power_law
from asymptotics.display import Decimal, is_rounded, readable, text
from asymptotics.symbols import N, P, a, b, k, t
from asymptotics.typesetting import tex

MEASURED = Task(eigenvalues="1.53*k**-1.749", target="0.51*k**-1.416")
SHOWN = [
    (Rational(3, 2), "3/2", "\\frac{3}{2}"),
    (Rational(5, 48) * pi**4, "5*pi**4/48", "\\frac{5 \\pi^{4}}{48}"),
    (Rational(1749, 1000), "1.749", "1.749"),
    (-Rational(43, 50), "-0.86", "- 0.86"),
    (Rational(416, 1749), "0.237850", "0.237850"),
    (N ** -Rational(416, 1749), "N**(-0.237850)", "N^{-0.237850}"),
    (Min(a - 1, Rational(1749, 1000) * b), "Min(1.749*b, a - 1)", None),
    (Integer(10) ** 30, "1e+30", "1 \\cdot 10^{30}"),
    (Integer(3) ** 700, "9.65780e+333", "9.65780 \\cdot 10^{333}"),
    (sqrt(pi) * b / 4, "sqrt(pi)*b/4", None),
    (b * gamma(Rational(416, 1749)) * sqrt(pi), "6.77378*b", None),
]


@pytest.mark.parametrize(("number", "plain", "set_"), SHOWN, ids=str)
def test_what_is_shown_of_a_number(number, plain, set_):
    assert text(number) == plain
    assert set_ is None or tex(number) == set_


def test_decimals_that_were_rounded_are_known():
    assert not is_rounded(readable(Rational(1749, 1000)))
    assert is_rounded(readable(Rational(416, 1749)))
    assert readable(exp(-N) / 2) == exp(-N) / 2
    assert Decimal("1.5", readable(Integer(1))).is_positive


def test_the_laws_of_a_measured_task_are_short_and_honest():
    laws = derive(MEASURED)
    for law in laws:
        assert len(repr(law)) < 110 and repr(law).endswith("(decimals to 6 digits)")
        assert len(law.to_latex()) < 90 and "\\approx" in law.to_latex()
        assert law.prefactor.evalf(7) == law.regimes[0].prefactor.evalf(7)
        assert "153" in law.to_text(exact=True) and "decimals" not in law.to_text(exact=True)
        assert "\\approx" not in law.to_latex(exact=True)
    assert f"{float(laws.time.prefactor):.6f}" in repr(laws.time)
    assert text(laws.time.exponent) == "0.237850"
    assert "N**(-0.416)" in repr(laws.model.expansion(2)) or "N**0.416" in repr(laws.model.expansion(2))
    assert repr(MEASURED) == "Task(eigenvalues=1.53/k**1.749, target=0.51/k**1.416)"


def test_floats_and_decimals_are_one_task_and_print_the_same():
    floats = Task(eigenvalues=1.53 * k**-1.749, target=0.51 * k**-1.416)
    assert floats == MEASURED
    assert repr(derive(floats).model) == repr(derive(MEASURED).model)


def test_symbols_stay_symbols():
    law = derive(Task(eigenvalues="A*k**-1.749", target="D*k**-1.416")).time
    assert {"A", "D"} <= {s.name for s in law.prefactor.free_symbols}
    assert "A**" in repr(law) and "D" in repr(law)


def test_conditions_are_about_a_symbol_without_a_long_coefficient():
    law = derive(Task(eigenvalues="k**-1.749", target="k**-a")).model
    assert "for a < 2.749" in repr(law) and "zeta(a - 1.749)" in repr(law)


def test_joint_laws_show_decimals():
    shown = repr(joint_law(derive(MEASURED), N))
    law, legend = shown.splitlines()
    assert len(law) < 200 and "kappa0**0.237850*G[0.237850](theta)" in law and "G[p](theta) = " in legend


def test_huge_numbers_are_short():
    for law in derive(power_law(1000, 999)):
        assert len(repr(law)) < 120 and len(law.to_latex()) < 120


def test_phases_show_decimals():
    optimum = compute_optimal(derive(MEASURED), cost=N * t)
    assert "C**0.636231" in repr(optimum) or "C**(0.636231)" in repr(optimum)
    assert "0.636231" in optimum.to_latex() and "1749" not in optimum.to_latex()


@pytest.mark.parametrize("name", ["time", "model", "data"])
def test_what_is_shown_is_a_claim_that_holds(name):
    law = getattr(derive(MEASURED), name)
    assert check_claim(repr(law).split(f", {law.resource} ->")[0], law)
    assert check_claim(law.to_latex(), law)


def test_sympy_prints_laws_as_they_print_themselves():
    law = derive(MEASURED).time
    assert latex(law) == law.to_latex()


def test_numbers_that_are_shown_as_decimals_are_added_up():
    long = sum(sqrt(n) for n in range(2, 40))
    assert str(readable(P * (1 - long + long * N + N))) == "P*(165.291*N - 163.291)"
    assert str(readable(1 - sqrt(2) + N)) == "N - sqrt(2) + 1"


@pytest.mark.slow
def test_numbers_beyond_what_python_writes_are_decimals():
    assert str(readable(Integer(3) ** 9100 / Integer(2) ** 14000)) == "2.41812e+127"
    assert str(derive(power_law("1.800001", "1.6")).rich_time.expansion(terms=2)).startswith("0.772822/")


@pytest.mark.parametrize(
    "name",
    ["rich_model_transient", pytest.param("rich_data_transient", marks=pytest.mark.slow), "rich_noise"],
)
def test_long_exponents_of_moving_features_are_those_of_near_fractions(name):
    """Roots of roots of numbers are raised within the bounds; by SymPy they were integers beyond floats."""
    near = Task(eigenvalues="153/100*k**-(7/4)", target="51/100*k**-(17/12)")
    law, like = (getattr(derive(task), name) for task in (MEASURED, near))
    assert len(repr(law)) < 240
    numbers = dict.fromkeys(law.parameters, 1)
    assert law(10**4, numbers) == pytest.approx(like(10**4, numbers), rel=0.02)


def test_a_decimal_times_a_sum_is_a_sum():
    law = derive(MEASURED).ridge
    assert "O(P**(-Min(1.416, l - 1.333)))" in repr(law)
    assert r"P^{-\min\left(1.416, l - 1.333\right)}" in law.to_latex()
    assert r"P^{-\left(b' - 1.333\right)}" in derive(MEASURED).transfer.to_latex()
