"""Whether two constants are one, by a form that forgets how they are written."""

import pytest
import sympy
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sympy import (
    Integer,
    gamma,
    pi,
    sin,
    zeta,
)

from asymptotics import check_claim, derive, power_law
from asymptotics.claims.constants import ratio_form, same_form
from asymptotics.symbols import a, b, sigma

HALF, FIFTH = sympy.Rational(1, 2), sympy.Rational(1, 5)


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        (pi / sin(pi * a / b), gamma(a / b) * gamma(1 - a / b), True),
        (gamma(a + 2), a * (a + 1) * gamma(a), True),
        (gamma(a - 2), gamma(a) / ((a - 1) * (a - 2)), True),
        (gamma(-1 / b) * (2 ** (1 / b) - 2) / b, gamma(1 - 1 / b) * (2 - 2 ** (1 / b)), True),
        (sympy.beta(a, b), gamma(a) * gamma(b) / gamma(a + b), True),
        (sympy.tan(pi * a), sin(pi * a) / sympy.cos(pi * a), True),
        (6**a, 2**a * 3**a, True),
        (sigma**2 * (b - 1), (b - 1) * sigma**2 * 2, False),
        (zeta(a), zeta(b), False),
        (gamma(a + 1), gamma(a), False),
        (zeta(1 - a), 2 * (2 * pi) ** -a * sympy.cos(pi * a / 2) * gamma(a) * zeta(a), True),
        (zeta(1 - a), 2 * (2 * pi) ** -a * sympy.sin(pi * a / 2) * gamma(a) * zeta(a), False),
        (
            pi ** (-a / 2) * gamma(a / 2) * zeta(a),
            pi ** ((a - 1) / 2) * gamma((1 - a) / 2) * zeta(1 - a),
            True,
        ),
        (gamma(a) * gamma(a + HALF), 2 ** (1 - 2 * a) * sympy.sqrt(pi) * gamma(2 * a), True),
        (gamma(a) * gamma(a + HALF), 2 ** (1 - a) * sympy.sqrt(pi) * gamma(2 * a), False),
        (sin(2 * pi * a), 2 * sin(pi * a) * sympy.cos(pi * a), True),
        (gamma(2 * FIFTH) * gamma(3 * FIFTH), pi / sin(2 * pi / 5), True),
        (gamma(2 * FIFTH) * gamma(3 * FIFTH), pi / sin(pi / 5), False),
        (
            zeta(HALF / 2),
            2 ** (HALF / 2) * pi ** (-3 * HALF / 2) * sin(pi / 8) * gamma(3 * HALF / 2) * zeta(3 * HALF / 2),
            True,
        ),
    ],
)
def test_constants(first, second, same):
    assert same_form(first, second) is same
    assert bool(ratio_form(first, second)) is not same


@settings(max_examples=30)
@given(
    st.lists(st.sampled_from([a, b, a - b, 2 * a + 1, pi, Integer(6), gamma(a / b), zeta(a)]), max_size=5),
    st.data(),
)
def test_the_form_of_a_product_forgets_order_and_grouping(parts, data):
    powers = [data.draw(st.integers(-3, 3)) for _ in parts]
    product = sympy.Mul(*(x**p for x, p in zip(parts, powers, strict=True)))
    assume(product != 0)
    assert same_form(product, sympy.expand(product)) is True
    assert same_form(product, 2 * product) is False


NOISY = derive(power_law(a, b, noise="sigma"))
LAWS = derive(power_law(a, b))


@pytest.mark.parametrize(
    ("claim", "fault"),
    [
        (r"\sigma^2(b-1)", ""),
        (r"\sigma^2 P^0", ""),
        ("sigma^2*P^0", ""),
        (r"\varepsilon \sim \sigma^2 (b-1)", ""),
        (r"\varepsilon_g = b-1", "constant"),
        (r"2\sigma^2(b-1)", "constant"),
        (r"\sigma^3 P^0", "constant"),
        (r"\sigma^2 P^{-1}", "exponent"),
        ("b - 1", "exponent"),
    ],
)
def test_a_claim_with_letters_of_scale_is_one_of_the_leading_term(claim, fault):
    verdict = check_claim(claim, NOISY.data)
    assert verdict.verdict == ("FAILS" if fault else "HOLDS"), verdict
    assert {region.at_fault for region in verdict.fails} == ({fault} if fault else set())


def test_the_power_nought_of_a_letter_of_another_paper_is_a_leading_term():
    for claim in (r"\varepsilon \sim \sigma^2 n^0", r"\sigma^2 n^0", "sigma^2*n^0"):
        verdict = check_claim(claim, NOISY.data, notation="2105.15004")
        assert verdict.everywhere and "no constant stated" in verdict.reading


@pytest.mark.parametrize("name", ["noise", "gap_noise"])
@pytest.mark.parametrize(
    ("claim", "fault"),
    [
        (r"\sigma^2 t^{1/b}/P", ""),
        (r"\sigma^3 t^{1/b}/P", "constant"),
        (r"3\sigma^2 t^{1/b}/P", "constant"),
        (r"L = \sigma^2 t^{1/b}/P", "constant"),
        (r"\sigma^2 t^{2/b}/P", "exponent"),
    ],
)
def test_sigma_is_judged_alike_as_a_parameter_of_the_task_and_as_a_letter_of_the_law(name, claim, fault):
    first, second = (check_claim(claim, getattr(laws, name)) for laws in (NOISY, LAWS))
    assert first.headline == second.headline and first.reading == second.reading
    assert {region.at_fault for region in first.fails} == ({fault} if fault else set())


def test_an_order_with_sigma_in_a_power_is_not_one_of_the_constant():
    claim = r"\sigma^{2(a-1)/a}P^{-(a-1)/a}"
    assert check_claim(claim, NOISY.early_stopping).everywhere
    assert check_claim(claim, NOISY.early_stopping, "sigma > 1").everywhere
    assert check_claim(claim.replace("2(a-1)", "(a-1)"), NOISY.early_stopping).verdict == "FAILS"


@pytest.mark.parametrize(
    ("claim", "fault"),
    [
        (r"\sigma^2 t^{1/b}/P + t^{-(a-1)/b} + P^{-\min(a-1, 2b)}", ""),
        (r"\sigma^3 t^{1/b}/P + t^{-(a-1)/b} + P^{-\min(a-1, 2b)}", "constant"),
        (r"2\sigma^2 t^{1/b}/P + t^{-(a-1)/b} + P^{-\min(a-1, 2b)}", "constant"),
    ],
)
def test_sigma_in_a_sum_scales_its_term(claim, fault):
    verdict = check_claim(claim, NOISY, "a - 1 < 2*b")
    assert {region.at_fault for region in verdict.fails} == ({fault} if fault else set()), verdict
    assert verdict.verdict == ("FAILS" if fault else "HOLDS")


def test_values_that_several_regimes_share_are_told_with_both_conditions():
    verdict = check_claim("eta", LAWS.sgd_noise)
    assert verdict.verdict == "FAILS" and "a = 2*b or a > 2*b" in str(verdict)
