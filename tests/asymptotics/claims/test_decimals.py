"""Decimals of a claim are compared to the digits that are written."""

import pytest

from asymptotics import Task, check_claim, derive, power_law
from asymptotics.symbols import a, b, t

LAWS = derive(power_law(a, b))
TIME = LAWS.time.at(a="3/2", b="5/4")  # 2*2**(3/5)*gamma(2/5)/5 = 1.34484... t**(-2/5)
THIRD = derive(power_law("4/3", 1 + a)).time.at(a="1/2")


@pytest.mark.parametrize(
    ("claim", "holds"),
    [
        ("1.34484*t**(-2/5)", True),
        ("1.34484 * t**-0.400", True),
        ("L = 1.34*t**(-2/5)", True),
        ("1.34485*t**(-2/5)", False),
        ("1.345*t**(-2/5)", True),
        ("1.344*t**(-2/5)", False),
        ("1.34484*t**-0.401", False),
        (r"L(t) \approx 1.34484\, t^{-0.4}", True),
        ("1.3*t**(-2/5)", False),  # 13/10: two digits are a fraction
        ("0.4", True),
        ("0.400", True),
        ("0.401", False),
        (1.34484 * t**-0.4, True),
        (1.35484 * t**-0.4, False),
    ],
)
def test_to_the_digits_that_are_written(claim, holds):
    verdict = check_claim(claim, TIME)
    assert bool(verdict) == holds
    assert verdict.verdict == ("HOLDS" if holds else "FAILS")


@pytest.mark.slow
def test_a_rounded_exponent_holds_with_the_exact_one_in_a_note():
    verdict = check_claim("0.222", THIRD)
    assert verdict and "digits that are written" in verdict.notes[0]
    assert check_claim("0.223", THIRD).verdict == "FAILS"


def test_the_right_constant_is_shown_as_a_decimal_and_in_numbers_where_these_are_assumed():
    verdict = check_claim("1.35*t**(-2/5)", LAWS.time, ["a = 3/2", "b = 5/4"])
    assert "correct: 2*2**(3/5)*gamma(2/5)/(5*t**(2/5)) = 1.34484/t**(2/5)" in str(verdict)


@pytest.mark.parametrize(
    ("claim", "holds"),
    [
        ("1.00*zeta(a - b)*(3.142/(b*sin(3.1416/b)))**b*N**-b", True),
        ("1.01*zeta(a - b)*(pi/(b*sin(pi/b)))**b*N**-b", False),
        (r"L \sim 1.000\,\zeta(a-b)\left(\frac{3.1416}{b\sin(\pi/b)}\right)^{b} N^{-b}", True),
        (r"L \sim \zeta(a-b)\left(\frac{3.1516}{b\sin(\pi/b)}\right)^{b} N^{-b}", False),
        ("zeta(a - b)*(pi/(b*sin(pi/b)))**b*N**(-1.000*b)", True),
        ("zeta(a - b)*(pi/(b*sin(pi/b)))**b*N**(-1.001*b)", False),
        ("N**-Min(a - 1.00, 1.00*b)", True),
    ],
)
def test_decimals_within_symbolic_prefactors(claim, holds):
    verdict = check_claim(claim, LAWS.model, "a - 1 > b")
    assert bool(verdict) == holds and verdict.verdict == ("HOLDS" if holds else "FAILS")


@pytest.mark.slow
def test_letters_of_the_task_stand_beside_a_decimal():
    law = derive(Task("A*k**-2", "k**-2")).time
    assert check_claim("0.627*A**-0.5*t**-0.5", law)
    assert check_claim("0.627*A**0.5*t**-0.5", law).verdict == "FAILS"
    assert check_claim("0.637*A**-0.5*t**-0.5", law).verdict == "FAILS"
