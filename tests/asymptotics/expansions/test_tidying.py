"""Coefficients as a person would write them: a table, values that stay, and what cancels in laws."""

import pytest
from sympy import Integer, Rational, gamma, hyper, log, pi, sin, sqrt, zeta

from asymptotics import derive, power_law
from asymptotics.expansions.tidying import tidy
from asymptotics.symbols import B, a, b, eta

S = zeta(a)
"""In the place of a sum over modes."""

TABLE = (
    ("terms cancel", 2 * B * (a - 1) + 2 * B - a * (2 * B - eta * S) - eta * S, eta * (a - 1) * S),
    ("a half turn", sin(pi * (2 * b - 1) / b) * zeta(b), -sin(pi / b) * zeta(b)),
    ("an odd half turn", sin(pi * (3 * b + 1) / b), -sin(pi / b)),
    ("an exponent over one denominator", 2 ** (-a / b + 2 / b) * S, 2 ** ((2 - a) / b) * S),
    ("the lowest power", B**2 * S + B * eta * S**2, B * (B + eta * S) * S),
    ("a sum that is shorter as it is", (a + S) ** 4 - 1, (a + S) ** 4 - 1),
    ("one denominator", 1 / (a - 1) + 1 / b, (a + b - 1) / (b * (a - 1))),
    ("functions below", 1 / gamma(a) + 1 / gamma(b), (gamma(a) + gamma(b)) / (gamma(a) * gamma(b))),
    ("a shared sum", (a - 1) * b * S + (a - 1) * (b + 1) * log(b), (a - 1) * (b * S + (b + 1) * log(b))),
    ("sums below", S / (B - S) - S**2 / (B - S) ** 2, S * (B - 2 * S) / (B - S) ** 2),
    ("a polynomial", a**2 - 2 * a + 1, (a - 1) ** 2),
    ("a number", (1 + sqrt(2)) ** 2 - 2 * sqrt(2), Integer(3)),
)  # fmt: skip


@pytest.mark.parametrize(("name", "given", "expected"), TABLE, ids=[row[0] for row in TABLE])
def test_table(name, given, expected):
    assert tidy(given) == expected
    point = {a: Rational(23, 7), b: Rational(11, 5), B: 3, eta: Rational(1, 9)}
    assert abs((given - expected).subs(point).evalf(30)) < 1e-25


@pytest.mark.parametrize("regime", derive(power_law(a, b)).data_transient.regimes)
def test_gamma_functions_that_cancel_are_gone(regime):
    """The bracket of the first regime had Gamma(1 + 1/b) Gamma(1 + (1 - a)/b) in it twice."""
    factors = [f for f in regime.prefactor.args if f.is_Add and f.has(hyper)]
    for total in factors:
        assert all(len(term.atoms(gamma)) <= 2 for term in total.args)
        assert not any(part.is_Add and part.has(gamma) for term in total.args for part in term.args)


def test_what_batches_add_to_small_models_has_no_hidden_zero():
    """``(a - 1) eta S/(2 B - eta S)``, S the sum of lambda/(1 - eta (B + 1) lambda/(2 B)) over all modes."""
    first = derive(power_law(a, b)).sgd_noise_transient.regimes[0]
    assert first.doubt == ""
    assert not any(f.is_Add and f.has(a) and f.has(B) for f in first.prefactor.args)
