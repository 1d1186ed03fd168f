"""The best constant step of one-pass SGD without label noise: a number inside the stable range."""

import mpmath
import pytest
from sympy import Rational

from asymptotics import OnePassSGD, Task, derive, power_law
from asymptotics.errors import SpectrumError, UnableError
from asymptotics.symbols import B, a, b
from numerics import FullModel, verify

LAW = derive(power_law(a, b)).noiseless_step


def best_by_sums(a, b, batch):
    """Where ``log h`` is flat, K and F_1 as power series; theory, section B, with q = 1 + 1/B."""
    a, b, q = mpmath.mpf(a), mpmath.mpf(b), 1 + mpmath.mpf(1) / batch

    def total(first, c):
        """``sum_k k^-first/(1 - c k^-b)``, its first mode apart."""
        return 1 / (1 - c) + mpmath.fsum(c**j * (mpmath.zeta(first + b * j) - 1) for j in range(60))

    def gain(eta):
        return eta / (2 * batch) * total(b, q * eta / 2)

    def height(eta):
        if a < 2 * b:
            return eta ** (-(a - 1) / b) / (1 - gain(eta))
        return eta ** (1 / b - 1) * total(a - b, q * eta / 2) / (1 - gain(eta)) ** 2

    def rises(eta):
        return mpmath.diff(lambda x: mpmath.log(height(x)), eta)

    top = mpmath.findroot(
        lambda eta: gain(eta) - 1, (mpmath.mpf("0.01"), 1.99 / q), solver="bisect", tol=1e-8
    )
    return mpmath.findroot(rises, (top / 20, top * 0.99), solver="anderson")


def test_three_regimes_of_one_exponent():
    assert LAW.exponent == 0
    assert {str(regime.condition) for regime in LAW.regimes} == {"a < 2*b", "a > 2*b", "Eq(a, 2*b)"}
    assert set(LAW.parameters) == {B, a, b}


@pytest.mark.parametrize(
    ("power", "decay", "batch"),
    [("23/10", "17/10", 3), ("6", "2", 1), pytest.param("13/2", "9/4", 2, marks=pytest.mark.slow)],
    ids=str,
)
def test_the_constant_by_plain_sums(power, decay, batch):
    at = {a: Rational(power), b: Rational(decay), B: batch}
    found = LAW.at(at)
    (regime,) = found.regimes
    with mpmath.workdps(20):
        exact = best_by_sums(float(Rational(power)), float(Rational(decay)), batch)
    assert float(regime.prefactor.evalf(15)) == pytest.approx(float(exact), rel=1e-12)


def test_more_digits_agree():
    (regime,) = LAW.at(a="5/2", b=2, B=1).regimes
    few, many = regime.prefactor.evalf(15), regime.prefactor.evalf(40)
    assert abs(few / many - 1) < 1e-14


def test_other_steps_are_worse():
    task, best = power_law("5/2", 2), float(LAW.at(a="5/2", b=2, B=1).regimes[0].prefactor.evalf(12))
    losses = [
        float(FullModel(task, rule=OnePassSGD(eta=best * x, batch=1), digits=8).test_loss(10**8))
        for x in (0.99, 1, 1.01)
    ]
    assert losses[1] < min(losses[0], losses[2])


def test_its_kernel_needs_a_trace():
    with pytest.raises(SpectrumError, match="b > 1"):
        derive(power_law(3, "4/5", modes="2*N")).noiseless_step  # noqa: B018


@pytest.mark.parametrize(
    ("task", "words"),
    [
        (Task("rho**k", "tau**k"), "not a sum of powers"),
        (Task("k**-2", "k**-3", modes=7), "falls exponentially"),
        (Task("Piecewise((k**-2, k <= 7), (0, True))", "k**-3"), "tends to a constant"),
    ],
    ids=str,
)
def test_other_spectra_are_refused_by_name(task, words):
    with pytest.raises(UnableError, match=words):
        derive(task).noiseless_step  # noqa: B018


@pytest.mark.slow
@pytest.mark.parametrize("place", [("5/2", "2"), ("6", "2"), ("17/4", "7/4")], ids=str)
def test_it_is_that_of_the_full_model(place):
    values = dict(zip((a, b), map(Rational, place), strict=True)) | {B: 1}
    assert verify(LAW, at=values).verdict == "HOLDS"
    wrong = LAW.at(values)
    assert (
        verify(wrong.stating(prefactor=wrong.regimes[0].prefactor * Rational(1001, 1000)), at={}).verdict
        == "FAILS"
    )
