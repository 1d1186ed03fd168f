"""Budgets of nonlinear features with a ridge chosen at each: their white part takes up label noise."""

import math

import pytest
from sympy import Integer, Rational

from asymptotics import NonlinearFeatures, compute_optimal, derive, power_law
from asymptotics.symbols import N, P, rho
from numerics import FullModel

STUDENT = NonlinearFeatures(linear=1, white=1)


@pytest.mark.parametrize(
    ("values", "loss"),
    [
        ((2, 3), Rational(1, 7)),
        pytest.param((4, 3), Rational(1, 3), marks=pytest.mark.slow),
        pytest.param((6, 2), Rational(4, 9), marks=pytest.mark.slow),
    ],
)
def test_budgets_against_the_full_model(values, loss):
    """``sigma^2 (white/kappa)^2/(N P)`` keeps kappa above what the other terms ask for, by the full model."""
    task = power_law(*values, noise=1)
    (phase,) = compute_optimal(derive(task, student=STUDENT), N * P, free=(N, P, rho)).phases
    assert phase.exponents["loss"] == loss
    best = [_least(task, Integer(10) ** size, float(phase.exponents[N])) for size in (16, 22)]
    assert abs(math.log10(best[0] / best[1]) / 6 - float(loss)) < 0.015


def _least(task, budget, share):
    """The smallest loss over some splits about ``N = C^share``, at the best ridge of each."""
    found = []
    for move in (-0.05, 0.0, 0.05):
        features = Integer(round(float(budget) ** (share + move)))
        model = FullModel(task, N=features, P=budget / features, student=STUDENT, digits=6)
        found.append(float(model.optimal_ridge().loss))
    return min(found)
