"""Smooth decays that tend to a simpler spectrum: recognised by limits, with the sums of the true one."""

from __future__ import annotations

import mpmath
import pytest
from sympy import Rational, Symbol, atan, cosh, exp, log, oo, pi, simplify, sin, sqrt, tanh, zeta

from asymptotics import SpectrumError, Task, derive, power_law
from asymptotics.spectra.equivalent import equivalent
from asymptotics.symbols import N, b, k, t
from numerics import verify

root = sqrt(k)
RECOGNISED = [
    (1 / (exp(root) + 1), exp(-root), oo),
    (1 / cosh(root) ** 2, 4 * exp(-2 * root), oo),
    (log(1 + exp(-root)), exp(-root), oo),
    (tanh(k) / k**2, k**-2, oo),
    (k**-b * (1 + exp(-k)), k**-b, oo),
    (atan(k) / k**2, pi / 2 * k**-2, 1),
    (exp(-root) + k**-3, k**-3, oo),
    (exp(-sqrt(k + 1)), exp(-root), Rational(1, 2)),
]


@pytest.mark.parametrize(("expression", "simple", "gain"), RECOGNISED)
def test_recognised(expression, simple, gain):
    found = equivalent(expression, k)
    assert simplify(found.simple / simple) == 1 and found.gain == gain
    point = mpmath.mpf(10) ** 5
    with mpmath.workdps(400):
        ratio = (expression / simple).subs(k, 10**5).evalf(350)
        assert abs(ratio - 1) < (point ** -float(gain) if gain != oo else mpmath.mpf(10) ** -100)


@pytest.mark.slow
def test_leading_law_is_that_of_the_equivalent():
    laws = derive(Task(eigenvalues=tanh(k) * k**-b, target=k**-3))
    simple = derive(power_law(3, b))
    assert laws.time.leading == simple.time.leading
    assert laws.model.exponent == simple.model.exponent
    assert laws.model.regimes[0].prefactor == simple.model.regimes[0].prefactor


def test_constants_are_those_of_the_true_spectrum():
    law = derive(Task(eigenvalues=k**-2 * (1 + exp(-k)), target=k**-4)).model
    found = law.prefactor.evalf(15) / (pi**2 / 4).evalf(15)
    with mpmath.workdps(20):
        true = mpmath.fsum(mpmath.mpf(j) ** -2 / (1 + mpmath.exp(-j)) for j in range(1, 60))
        true += mpmath.zeta(2, 60)
    assert abs(found - true) < 1e-12
    assert abs(found - zeta(2).evalf()) > 0.01


def test_what_is_not_known_bounds_the_expansion():
    law = derive(Task(eigenvalues=atan(k) / k**2, target=k**-2)).time
    assert law.leading == 1 / (2 * sqrt(t))
    assert law.regimes[0].remainder == 1 and law.expansion(terms=3).remainder


REFUSED = [
    (Task(eigenvalues=(2 + sin(k)) / k**2, target=k**-2), "limit"),
    (Task(eigenvalues=exp(-exp(k)), target=k**-2), "exponential"),
    (Task(eigenvalues=exp(-(k**2)) / (1 + k), target=k**-2), "kappa jumps between modes"),
]


@pytest.mark.parametrize(("task", "words"), REFUSED)
def test_refused_in_one_line(task, words):
    with pytest.raises(SpectrumError, match=words) as caught:
        derive(task)
    assert "\n" not in str(caught.value)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("eigenvalues", "target", "name"),
    [
        (1 / (exp(root) + 1), k**-2, "model"),
        (1 / (exp(root) + 1), exp(-2 * root), "model"),
        (k**-2 * (1 + exp(-k)), k**-4, "model"),
        (k**-2 * (1 + exp(-k)), k**-2, "data"),
    ],
)
def test_against_the_full_model(eigenvalues, target, name):
    law = getattr(derive(Task(eigenvalues=eigenvalues, target=target)), name)
    found = verify(law, digits=20)
    assert found.verdict == "HOLDS", str(found)
    wrong = law.stating(prefactor=law.prefactor * Rational(102, 100))
    assert verify(wrong, digits=20).verdict == "FAILS"


def test_symbols_of_the_laws():
    law = derive(Task(eigenvalues=1 / (exp(root) + 1), target=exp(-2 * root))).model
    assert law.gauge == exp(sqrt(N)) and law.exponent == 1
    assert {Symbol("k", positive=True)} & law.prefactor.free_symbols == set()


def test_an_exponential_tail_that_is_equivalent_is_known_to_a_remainder():
    """``1/(e^x + 1) = e^-x - e^(-2x) + ...``: the exact tail has no second order, this one has log(t)/t^2."""
    law = derive(Task("1/(exp(sqrt(k)) + 1)", "exp(-sqrt(k))")).time
    assert law.expansion(terms=2).remainder
