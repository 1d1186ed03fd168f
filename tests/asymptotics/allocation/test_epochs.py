"""Budgets in epochs of multi-pass SGD, and how many are useful."""

import pytest
from sympy import Rational, simplify

from asymptotics import (
    DomainError,
    GradientDescent,
    MultiPassSGD,
    OnePassSGD,
    Task,
    compute_optimal,
    derive,
    power_law,
)
from asymptotics.symbols import B, N, P, a, b, epochs, eta, k, sigma, t

LAWS = derive(power_law(a, b))
NOISY = derive(Task(eigenvalues=k**-b, target=k**-a, noise=sigma))


def test_epochs_of_the_best_time():
    """2506.08415 and theory of training, E: ``P^(b/a - 1)``, the best time in steps times B/P."""
    law = LAWS.useful_epochs
    assert simplify(law.exponent - (1 - b / a)) == 0
    ratio = law.prefactor / LAWS.early_stopping_time.prefactor
    assert simplify(ratio - B / eta) == 0
    assert law.at(a=Rational(3, 2), b=2).exponent < 0 < law.at(a=3, b=2).exponent


@pytest.mark.slow
def test_data_that_cost_nothing_but_compute():
    """One pass or more: as long as P bounds nothing, fewer samples seen more often are as good."""
    optimum = compute_optimal(LAWS, cost=N * P * epochs, rule=MultiPassSGD)
    once = compute_optimal(LAWS, cost=N * t, rule=OnePassSGD)
    for point in (
        {"a": Rational(3, 2), "b": 2},
        {"a": 3, "b": Rational(5, 4)},
        {"a": 4, "b": Rational(5, 2)},
    ):
        many, single = optimum.at(point), once.at(point)
        # in epochs the noise of batches is that of one-pass SGD, and so is the best loss
        assert many.exponents["loss"] == single.exponents["loss"]
        assert many.exponents[N] == single.exponents[N]
        assert many.exponents[P] + many.exponents[epochs] == single.exponents[t]
        assert many.exponents[P] * 1 <= single.exponents[t]


@pytest.mark.parametrize(
    ("at", "loss"),
    [
        # P = C^(1/3): t^-s = N^-(a - 1) at C = N t before the data bound it, else P^-(a - 1)
        pytest.param({"a": Rational(3, 2), "b": 3}, Rational(1, 8), marks=pytest.mark.slow),
        ({"a": Rational(3, 2), "b": Rational(3, 2)}, Rational(1, 6)),
    ],
)
def test_fixed_data(at, loss):
    optimum = compute_optimal(LAWS, cost=N * P * epochs, fixed={P: "C**(1/3)"}, rule=MultiPassSGD)
    in_steps = compute_optimal(LAWS, cost=N * t, fixed={P: "C**(1/3)"}, rule=GradientDescent)
    assert optimum.at(at).exponents["loss"] == loss == in_steps.at(at).exponents["loss"]


@pytest.mark.slow
def test_batches_of_a_fixed_size_leave_a_floor_under_label_noise():
    with pytest.raises(DomainError, match="the loss tends to a constant"):
        compute_optimal(NOISY, cost=N * P * epochs, rule=MultiPassSGD)
    free = compute_optimal(NOISY, cost=N * P * epochs, free=(N, P, epochs, B), rule=MultiPassSGD)
    steps = compute_optimal(NOISY, cost=N * t * B, rule=OnePassSGD)
    for point in ({"a": Rational(3, 2), "b": 2, "sigma": 1}, {"a": 3, "b": Rational(5, 4), "sigma": 1}):
        assert free.at(point).exponents["loss"] == steps.at(point).exponents["loss"]


@pytest.mark.parametrize(
    ("cost", "rule", "words"),
    [
        (N * P * epochs, OnePassSGD, "counts no epochs"),
        (N * epochs, MultiPassSGD, "put P in"),
        (N * t * P * epochs, MultiPassSGD, "give one of the two"),
    ],
)
def test_what_is_refused(cost, rule, words):
    with pytest.raises(DomainError, match=words):
        compute_optimal(LAWS, cost=cost, rule=rule)
