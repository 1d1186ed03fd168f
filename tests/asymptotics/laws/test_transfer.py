"""The test loss on another distribution: exponents, prefactors and logarithms, against theory and model."""

import pytest
from sympy import Min, Rational, gamma, latex, log, pi, simplify, sin, zeta

from asymptotics import DomainError, Law, NonlinearFeatures, SpectrumError, Task, derive, power_law
from asymptotics.symbols import P, a, b, b_test, k
from numerics import verify

LAWS = derive(power_law(a, b))
A = (pi / b) / sin(pi / b)
s = (a - 1) / b
shifted = (a - b + b_test - 1) / b
u = (b_test - 1) / b
kappa = A**b  # times P^-b
E = gamma(s) * gamma(2 - s) * A ** (a - 1)  # the loss on the training distribution, a - 1 < 2b

# numbers, exponent, prefactor
ROWS = [
    ({a: 2, b: 2, b_test: Rational(5, 2)}, a - 1 + b_test - b,
     gamma(shifted) * gamma(2 - shifted) / b * kappa**shifted
     + E * (pi / b) * u / sin(pi * u) * kappa ** (u - 1)),
    ({a: 2, b: 2, b_test: 4}, a, E * zeta(b_test - b)),
    ({a: 6, b: 2, b_test: Rational(3, 2)}, b + b_test,
     b * zeta(a - 2 * b) * kappa**2 * (pi / b) * u / sin(pi * u) * kappa ** (u - 1)),
    ({a: 6, b: 2, b_test: 4}, 2 * b, zeta(a + b_test - 3 * b) * kappa**2),
    # eigenvalues of the test without a sum: a + b' - b > 1 and b + b' > 1 are enough at N = oo
    ({a: Rational(13, 4), b: Rational(7, 4), b_test: Rational(1, 2)}, a - 1 + b_test - b,
     gamma(shifted) * gamma(2 - shifted) / b * kappa**shifted
     + E * (pi / b) * u / sin(pi * u) * kappa ** (u - 1)),
]  # fmt: skip


@pytest.mark.parametrize(("at", "exponent", "prefactor"), ROWS)
def test_the_three_bottlenecks(at, exponent, prefactor):
    (regime,) = LAWS.transfer.at(at).regimes
    assert regime.exponent == exponent.subs(at)
    assert abs((regime.prefactor / prefactor.subs(at)).evalf(30) - 1) < 1e-25


def test_the_exponent_is_a_minimum_of_three():
    expected = Min(a - 1 + b_test - b, 2 * b, Min(a - 1, 2 * b) + Min(b_test - b, 1))
    for at in [row[0] for row in ROWS] + [{a: 3, b: 2, b_test: Rational(5, 4)}, {a: 9, b: 2, b_test: 2}]:
        assert LAWS.transfer.exponent.subs(at) == expected.subs(at) == LAWS.transfer.at(at).exponent


def test_logarithms_where_exponents_meet():
    assert LAWS.transfer.at(a=2, b=2, b_test=3).leading.has(log(P))  # b' = b + 1
    assert LAWS.transfer.at(a=5, b=2, b_test=Rational(3, 2)).leading.has(log(P))  # a - 1 = 2b
    assert LAWS.transfer.at(a=4, b=2, b_test=Rational(5, 2)).at().regimes[0].exponent == Rational(7, 2)


def test_the_same_distribution_is_the_data_law():
    for at in ({a: 2, b: 2}, {a: 3, b: 2}, {a: 6, b: 2}):
        same = LAWS.transfer.at({**at, b_test: at[b]}).leading / derive(power_law(at[a], at[b])).data.leading
        assert abs(simplify(same).evalf(20) - 1) < 1e-15


def test_a_test_distribution_of_the_task():
    task = Task(k**-b, k**-a, test_eigenvalues=2 * k**-3)
    law = derive(task).transfer.at(a=2, b=2)
    assert law.exponent == 2 and "test_eigenvalues=2/k**3" in repr(task)
    plain = LAWS.transfer.at(a=2, b=2, b_test=3)
    assert simplify(law.leading - 2 * plain.leading) == 0
    assert Law.from_dict(law.to_dict()) == law
    assert derive(task).model.regimes == derive(power_law(a, b)).model.regimes


def test_the_letter_has_a_prime():
    assert latex(b_test**2) == "b'^{2}" and "b'" in LAWS.transfer.to_latex()


def test_refusals():
    with pytest.raises(SpectrumError):
        derive(power_law(2, 3)).transfer.at(b_test=Rational(3, 2))  # a + b' - b < 1
    with pytest.raises(DomainError, match="do not depend on k"):
        Task(k**-b, k**-a, test_eigenvalues="j**-2")


@pytest.mark.parametrize("at", [ROWS[0][0], ROWS[3][0], ROWS[4][0], {a: 3, b: 2, b_test: 3}])
def test_against_the_full_model(at):
    law = LAWS.transfer.at(at)
    assert verify(law, digits=20).verdict == "HOLDS"
    wrong = law.stating(prefactor=law.prefactor * Rational(1001, 1000))
    assert verify(wrong, digits=20).verdict == "FAILS"


@pytest.mark.slow
def test_of_nonlinear_features():
    """Their white part is a ridge 1/P: P^-1 decides, not P^-b."""
    student = NonlinearFeatures(linear=1, white=Rational(1, 2))
    law = derive(power_law(Rational(9, 4), Rational(7, 4)), student=student).transfer.at(b_test=2)
    assert law.exponent == Min(Rational(9, 4) + 2 - Rational(7, 4) - 1, 2 * Rational(7, 4)) / Rational(7, 4)
    assert verify(law, digits=12).verdict == "HOLDS"
    wrong = law.stating(prefactor=law.prefactor * Rational(101, 100))
    assert verify(wrong, digits=12).verdict == "FAILS"


@pytest.mark.slow
def test_steps_of_the_derivation_hold():
    checked = LAWS.transfer.derivation.check({a: 2, b: Rational(5, 2), b_test: Rational(11, 5)}, digits=25)
    assert checked.passed, str(checked)
