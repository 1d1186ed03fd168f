"""The share of wrong signs: half the exponent of the loss, constants, what noise leaves, and direct sums."""

import math

import numpy as np
import pytest
from sympy import Rational, atan, gamma, log, pi, sin, sqrt, zeta

from asymptotics import NonlinearFeatures, Task, derive, power_law
from asymptotics.kernels import half_space, relu_ntk
from asymptotics.symbols import P, a, b, sigma
from numerics import verify

LAW = derive(power_law(a, b)).classification_error
A = (pi / b) / sin(pi / b)
s = (a - 1) / b
loss = gamma(s) * gamma(2 - s) * A ** (a - 1)

ROWS = [
    ({a: 2, b: 3}, (a - 1) / 2, sqrt(loss / zeta(a)) / pi),
    ({a: Rational(12, 5), b: Rational(7, 5)}, (a - 1) / 2, sqrt(loss / zeta(a)) / pi),
    # the square of what is unlearned is as large as the loss: T L - Xi^2
    ({a: 6, b: 2}, b, A**b * sqrt(b * zeta(a - 2 * b) / zeta(a) - (zeta(a - b) / zeta(a)) ** 2) / pi),
]  # fmt: skip


@pytest.mark.parametrize(("at", "exponent", "prefactor"), ROWS)
def test_half_the_exponent_of_the_loss(at, exponent, prefactor):
    (regime,) = LAW.at(at).regimes
    assert regime.exponent == exponent.subs(at)
    assert abs((regime.prefactor / prefactor.subs(at)).evalf(30) - 1) < 1e-25
    assert 2 * regime.exponent == derive(power_law(at[a], at[b])).data.exponent


def test_a_logarithm_under_the_root():
    law = LAW.at(a=5, b=2)
    assert law.regimes[0].log_power == Rational(1, 2) and law.leading.has(sqrt(log(P)))


def test_label_noise_leaves_an_angle():
    law = derive(power_law(2, 3, noise=sigma)).classification_error.at(sigma=Rational(1, 2))
    assert law.exponent == 0
    assert abs((law.prefactor - atan(sqrt(Rational(1, 4) * 2 / zeta(2))) / pi).evalf(30)) < 1e-25
    assert verify(law, digits=16).verdict == "HOLDS"


@pytest.mark.parametrize("at", [ROWS[0][0], ROWS[2][0], {a: 5, b: 2}])
def test_against_the_full_model(at):
    law = LAW.at(at)
    assert verify(law, digits=16).verdict == "HOLDS"
    wrong = law.stating(prefactor=law.prefactor * Rational(1001, 1000))
    assert verify(wrong, digits=16).verdict == "FAILS"


@pytest.mark.parametrize(
    ("task", "student"),
    [
        (power_law(2, 3), {"student": NonlinearFeatures(linear=2, white=1)}),
        (Task(eigenvalues="k**-2", target="k**-3", modes=40), {}),
        (Task(eigenvalues="(1/2)**k", target="(1/3)**k"), {}),
        (Task(eigenvalues="exp(-sqrt(k))", target="exp(-2*sqrt(k))"), {}),
    ],
    ids=["white part", "40 modes", "geometric", "stretched"],
)
def test_other_spectra_and_students(task, student):
    assert verify(derive(task, **student).classification_error, digits=16).verdict == "HOLDS"


@pytest.mark.slow
def test_what_is_never_learned_leaves_an_angle():
    """A quarter of sign(x) is in odd degrees from 3 on, which one layer of ReLUs does not see; b = 3/2."""
    law = derive(Task.from_kernel(relu_ntk(3), target=half_space())).classification_error
    across = Rational(3, 2) / 4 - Rational(1, 16)
    assert law.exponent == 0
    assert abs((law.prefactor - atan(sqrt(across) / Rational(3, 4)) / pi).evalf(15)) < 1e-12


def test_direct_sums():
    """``arccos(E f y/(E y^2 E f^2)^(1/2))/pi`` of 20,000 modes with 200 samples, from one root."""
    k, samples = np.arange(1, 20_001.0), 200
    lam, power = k**-2, k**-3
    low, high = 1e-9, 1.0
    for _ in range(80):
        kappa = math.sqrt(low * high)
        low, high = (kappa, high) if (lam / (lam + kappa)).sum() > samples else (low, kappa)
    T, Xi = power.sum(), (power * kappa / (lam + kappa)).sum()
    F, df2 = (power * (kappa / (lam + kappa)) ** 2).sum(), ((lam / (lam + kappa)) ** 2).sum()
    L = F / (1 - df2 / samples)
    found = math.acos((T - Xi) / math.sqrt(T * (T - 2 * Xi + L))) / math.pi
    assert abs(derive(power_law(3, 2)).classification_error(samples) / found - 1) < 0.02


@pytest.mark.slow
def test_steps_of_the_derivation_hold():
    checked = LAW.derivation.check({a: 2, b: 3}, digits=20)
    assert checked.passed, str(checked)


@pytest.mark.parametrize(
    ("target", "shrinks"), [("(1/3)**k", 0.270348), ("k**-3", 0.419179)], ids=["geometric", "power"]
)
def test_label_noise_that_grows_leaves_a_coin(target, shrinks):
    """Where eigenvalues are geometric the loss grows as P; constants by 320 samples of direct sums."""
    law = derive(Task("(1/2)**k", target, noise=1)).classification_error
    assert law.leading == Rational(1, 2)
    second = law.expansion(terms=2).as_expr().subs(P, 10**6) - Rational(1, 2)
    assert abs(float(second) * 1000 + shrinks) < 1e-6


def test_a_power_of_the_samples_without_a_power_of_modes():
    """Their target has a branch point where it is summed; direct sums with 20 and 80 samples."""
    law = derive(Task("(1/2)**k", "k**-3")).classification_error
    assert law.exponent == Rational(1, 2)
    off = [law(n) / found - 1 for n, found in ((20, 0.03523167835), (80, 0.0186552569))]
    assert 0 < off[1] < 0.025 and 3 < off[0] / off[1] < 4
