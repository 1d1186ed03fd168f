"""Leading coefficients that vanish: curves inside a regime are boundaries, numbers are decided by balls."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Eq, Rational, S, gamma, pi, sin, sqrt, zeta

from asymptotics import Task, check_claim, derive, power_law
from asymptotics.domains.domain import Domain
from asymptotics.expansions.vanishing import DOUBT, NONZERO, ZERO, zero_curves, zero_test
from asymptotics.symbols import N, P, a, b, k, t
from numerics import verify

LAWS = derive(power_law(a, b))
HALF = Rational(3, 2)


@pytest.mark.parametrize(
    ("expression", "verdict"),
    [
        (S(0), ZERO),
        (Rational(1, 10**30), NONZERO),
        (sqrt(2) * sqrt(3) - sqrt(6), ZERO),
        (gamma(S(1) / 3) * gamma(S(2) / 3) - 2 * pi / sqrt(3), DOUBT),
        (gamma(S(1) / 3) * gamma(S(2) / 3) - 2 * pi / sqrt(3) + Rational(1, 10**50), NONZERO),
        (zeta(S(3) / 2) * (gamma(S(7) / 3) - S(4) / 9 * gamma(S(1) / 3)), DOUBT),
        (zeta(S(1) / 2), NONZERO),
    ],
)
def test_numbers(expression, verdict):
    assert zero_test(expression) == verdict


@settings(max_examples=30)
@given(st.integers(2, 40), st.integers(1, 60), st.booleans())
def test_a_small_number_is_told_from_zero(n, digits, planted):
    cancelling = gamma(Rational(n, 7) + 1) - Rational(n, 7) * gamma(Rational(n, 7))
    expression = cancelling + (Rational(1, 10**digits) if planted else 0)
    assert (zero_test(expression) == NONZERO) == planted


@pytest.mark.parametrize(
    ("expression", "constraints", "curves", "complete"),
    [
        ((a + b - 3) * (a - 1), (a - 1, b - 1), (a + b - 3,), True),
        (1 / gamma(2 - a), (a - 1, 4 - a), (2 - a, 3 - a), True),
        (zeta(b - a), (a - 1, b - 1, a - b, b + 5 - a), (-a + b + 2, -a + b + 4), True),
        (sin(pi / b), (b - 1,), (), True),
        (sin(pi * b), (b - Rational(1, 2), 2 - b), (1 - b,), True),
        (1 / (sin(pi * a) * gamma(2 - a)), (a - 1, 3 - a), (), True),  # the pole meets the zero
        (gamma(a) - b, (a - 1, b - 1), (), False),
        # near the zero its power has a root of order 10^12 of a long number
        (
            (2 * b - 5) * (b**2 * (b - 1) / (2 * b + 1) ** 2) ** (a / (2 * b + 1)),
            (a - 1, b - 1),
            (2 * b - 5,),
            True,
        ),
    ],
)
def test_curves(expression, constraints, curves, complete):
    found = zero_curves(expression, Domain(constraints))
    signs = {frozenset((c, -c)) for c in found.curves}
    assert signs == {frozenset((c, -c)) for c in curves}
    assert found.complete == complete


def test_the_line_on_which_the_second_order_in_size_vanishes():
    """Its coefficient has the factor a + b - 3 (Lagrange's series in 1/N)."""
    law = LAWS.model_transient_second
    lines = [r for r in law.regimes if r.is_boundary and "a + b" in str(r.condition)]
    assert {r.exponent for r in lines} == {(1 - b) / b, (b - 2) / b, Rational(-1, 3)}
    assert all(r.doubt == "" for r in law.regimes)
    assert law.at(a=HALF, b=HALF).exponent == Rational(-1, 3)
    assert len(list(law.derivation)) > 5


@pytest.mark.parametrize(
    "values", [(HALF, HALF), (Rational(8, 5), Rational(7, 5)), (Rational(5, 4), Rational(7, 4))]
)
def test_the_full_model_agrees_on_the_line(values):
    law = LAWS.model_transient_second
    assert verify(law, at=dict(zip((a, b), values, strict=True))).verdict == "HOLDS"


@pytest.mark.slow
def test_a_zero_that_no_factor_shows():
    """At a = b = 3/2 the term t of the second order in 1/P vanishes; the loss was measured as t^0.333337."""
    law = LAWS.data_transient_second
    assert "not excluded" in law.regimes[0].doubt
    assert "not excluded" in str(law)
    assert law.at(a=HALF, b=HALF).exponent == Rational(-1, 3)
    assert verify(law, at={a: HALF, b: HALF}).verdict == "HOLDS"


@pytest.mark.parametrize(
    ("claim", "law", "verdict"),
    [
        pytest.param("t/P**2", "data_transient_second", "FAILS", marks=pytest.mark.slow),
        ("t**(1/3)/P**2", "data_transient_second", "HOLDS"),
        ("t/N**2", "model_transient_second", "FAILS"),
        ("t**(1/3)/N**2", "model_transient_second", "HOLDS"),
    ],
)
def test_claims_at_numbers(claim, law, verdict):
    assert check_claim(claim, getattr(LAWS, law), assuming=["a = 3/2", "b = 3/2"]).verdict == verdict


def test_a_claim_in_symbols_fails_on_the_line_only():
    found = check_claim("(a - 3)/b", LAWS.model_transient_second, assuming=["a - 1 < b"])
    assert found.verdict == "FAILS" or "except" in found.headline
    assert all(any(isinstance(part, Eq) for part in region.condition.atoms(Eq)) for region in found.fails)
    doubt = check_claim("(a - 3)/b", LAWS.data_transient_second, assuming=["a - 1 < 2*b"])
    assert any("not excluded" in note for note in doubt.notes)


@pytest.mark.parametrize("assumed", [["a = b"], ["2*b - a = 3/2"], ["b = 3/2", "a < 2"]])
def test_a_claim_on_a_line_names_the_zeros_that_are_found_on_it(assumed):
    found = check_claim("t**((3 - a)/b)/P**2", LAWS.data_transient_second, assuming=assumed)
    assert found.verdict == "HOLDS" and not found.everywhere and not found
    assert "except where the prefactor vanishes (" in found.headline and "3/2" in found.headline
    assert "further zeros are not excluded" in found.headline and "everywhere" not in found.headline


def test_where_zeros_are_not_excluded_a_claim_does_not_hold_everywhere():
    for assumed in (["a - 1 < 2*b"], ["a = b + 1", "b > 2"]):
        found = check_claim("(a - 3)/b", LAWS.data_transient_second, assuming=assumed)
        assert found.headline.startswith(
            "HOLDS except where the prefactor vanishes; its zeros are not excluded"
        )
    assert check_claim("a - 1", LAWS.model, assuming=["a - 1 < b"]).everywhere


def test_other_tasks_have_their_own_curves():
    law = derive(Task(eigenvalues=3 * k**-b, target=2 * k**-a)).model_transient_second
    assert any("a + b" in str(r.condition) for r in law.regimes)
    assert law.at(a=HALF, b=HALF).exponent == Rational(-1, 3)
    assert {N, P, t} & law.prefactor.free_symbols == {N}
