"""One-pass SGD with weight decay: against the recursion of means and second moments, and trained draws."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stated_errors import share
from sympy import Rational, oo

from asymptotics import (
    Cosine,
    DeepRandomFeatures,
    DomainError,
    GradientDescent,
    OnePassSGD,
    StructuredFeatures,
    UnableError,
    power_law,
)
from numerics import FullModel, simulate
from numerics.model.weight_decay import DecayedSGD

LAMBDA = np.arange(1.0, 31.0) ** -1.5
POWER = np.arange(1.0, 31.0) ** -2.0
CASES = ((0.25, 1, 0.0625, 0.5), (0.5, 8, 0.25, 0.0), (0.125, 4, 2.0**-12, 1.0), (0.25, 10**6, 0.5, 1.0))
"""eta, batch, ridge and sigma, all exactly floats."""


def recursion(eta, batch, ridge, sigma, steps, digits=60):
    """The losses after 0, ..., steps, by means and second moments of every mode."""
    with mpmath.workdps(digits):
        e = [mpmath.mpf(float(x)) for x in LAMBDA]
        squares = [mpmath.mpf(float(c)) / x for c, x in zip(POWER, e, strict=True)]
        second, mean, losses = list(squares), [mpmath.mpf(1)] * len(e), []
        for _ in range(steps + 1):
            loss = mpmath.fdot(e, second)
            losses.append(loss)
            for j, x in enumerate(e):
                a = 1 - mpmath.mpf(eta) * (x + ridge)
                driven = 2 * eta * ridge * a * mean[j] + mpmath.mpf(eta * ridge) ** 2
                noise = mpmath.mpf(eta) ** 2 / batch * x
                second[j] = (a * a + noise * x) * second[j] + driven * squares[j] + noise * (loss + sigma**2)
                mean[j] = a * mean[j] + eta * ridge
        return losses


def model(eta, batch, ridge, sigma, **options):
    rule = OnePassSGD(eta=eta, batch=batch)
    return FullModel.from_arrays(LAMBDA, POWER, rule=rule, ridge=ridge, noise=sigma, **options)


@pytest.mark.parametrize("case", CASES)
def test_the_recursion(case):
    losses = recursion(*case, 400)
    for n in (0, 1, 2, 7, 60, 400):
        found = model(*case).test_loss(n)
        assert share(found, losses[n]) < 1, (n, found, losses[n])
        assert found.relative_error < 1e-15


def test_more_digits():
    case = CASES[0]
    losses = recursion(*case, 60, digits=70)
    for n in (5, 60):
        assert share(model(*case, digits=40).test_loss(n), losses[n]) < 1


@pytest.mark.parametrize("case", CASES)
def test_the_end_of_training(case):
    """The fixed point of the recursion, a linear equation in the loss."""
    eta, batch, ridge, sigma = (mpmath.mpf(x) for x in case)
    with mpmath.workdps(80):
        gain = signal = mpmath.mpf(0)
        for e, c in zip(map(float, LAMBDA), map(float, POWER), strict=True):
            a = 1 - eta * (e + ridge)
            left = 1 - a * a - (eta * e) ** 2 / batch
            mean = ridge / (e + ridge)
            signal += c * (2 * eta * ridge * a * mean + (eta * ridge) ** 2) / left
            gain += (eta * e) ** 2 / batch / left
        expected = (signal + sigma**2 * gain) / (1 - gain)
    for digits in (8, 15, 30):
        found = model(*case, digits=digits).test_loss(oo)
        assert share(found, expected) < 1 and found.relative_error < mpmath.mpf(10) ** -digits


@settings(max_examples=15, deadline=None)
@given(st.floats(0.01, 0.45), st.integers(1, 50), st.floats(1e-6, 0.5), st.integers(1, 90))
def test_any_step_batch_and_ridge(eta, batch, ridge, n):
    case = (eta, batch, ridge, 0.5)
    exact = (Rational(repr(eta)), batch, Rational(repr(ridge)), Rational(1, 2))
    try:
        found = model(eta, batch, exact[2], exact[3], digits=8).test_loss(n)
    except DomainError:
        return
    with mpmath.workdps(40):
        losses = recursion(
            *(mpmath.mpf(int(x.p)) / int(x.q) if isinstance(x, Rational) else x for x in exact), n
        )
    assert share(found, losses[n]) < 1, case


@pytest.mark.slow
def test_a_vanishing_ridge_changes_nothing():
    rule, task = OnePassSGD(eta=0.25, batch=2), power_law(2, 2, noise="1/2")
    for sizes in ({}, {"N": 50}):
        without, small = (FullModel(task, rule=rule, ridge=r, **sizes) for r in (0, Rational(1, 10**16)))
        for n in (3, 300):
            assert abs(float(small.test_loss(n)) / float(without.test_loss(n)) - 1) < 1e-12


@pytest.mark.slow
def test_large_batches_follow_gradient_descent_with_the_ridge():
    task, ridge = power_law(2, 2), Rational(1, 8)
    for n in (4, 200, oo):
        sgd = FullModel(task, N=40, ridge=ridge, rule=OnePassSGD(eta=0.25, batch=10**12)).test_loss(n)
        mean = FullModel(task, N=40, ridge=ridge, rule=GradientDescent(eta=0.25)).test_loss(n)
        assert 0 < float(sgd) / float(mean) - 1 < 1e-11
    excess = FullModel(task, N=40, ridge=ridge, rule=OnePassSGD(eta=0.25, batch=2))
    assert excess.sgd_excess(50).agrees_with(
        excess.test_loss(50)
        - FullModel(task, N=40, ridge=ridge, rule=GradientDescent(eta=0.25)).test_loss(50)
    )


def test_a_wrong_place_is_seen(monkeypatch):
    """The place at which means fall is not that of second moments."""
    right = DecayedSGD.places
    monkeypatch.setattr(DecayedSGD, "places", lambda *given: (right(*given)[0], right(*given)[1] * 1.001))
    case = CASES[0]
    assert share(model(*case).test_loss(60), recursion(*case, 60)[60]) > 1


@pytest.mark.parametrize(
    ("options", "kind", "words"),
    [
        ({"ridge": Rational(-1, 10)}, UnableError, "give ridge >= 0"),
        ({"student": StructuredFeatures(eigenvalues=[1, 2]), "N": 2}, UnableError, "correlated rows"),
        ({"ridge": 1, "rule": OnePassSGD(eta=1.5, batch=10)}, DomainError, "beyond stability"),
        (
            {"ridge": 1, "rule": OnePassSGD(eta=0.1, batch=1, schedule=Cosine())},
            UnableError,
            "with a schedule",
        ),
    ],
)
def test_what_is_refused(options, kind, words):
    given_ = {"rule": OnePassSGD(eta=0.1, batch=1), **options}
    with pytest.raises(kind, match=words):
        FullModel(power_law(2, 2), **given_)


def test_means_that_alternate_are_solved_for_a_few_steps_and_at_the_end():
    found = model(1.25, 64, 0.125, 0.5)
    losses = recursion(1.25, 64, 0.125, 0.5, 600)
    for n in (1, 5, 20):
        assert share(found.test_loss(n), losses[n]) < 1
    assert abs(float(found.test_loss(oo)) / float(losses[600]) - 1) < 1e-6
    with pytest.raises(UnableError, match="alternate"):
        found.test_loss(500)


@pytest.mark.parametrize("sizes", [{"N": 60}, {"student": DeepRandomFeatures(widths=(90, 60))}], ids=str)
def test_trained_draws(sizes):
    task, times = power_law(1.5, 1.25, modes=80), (2, 30, 200)
    same = {"rule": OnePassSGD(eta=0.125, batch=4), "ridge": 0.0625, "noise": 0.5, **sizes}
    run, found = simulate(task, times=times, draws=150, seed=3, **same), FullModel(task, digits=5, **same)
    for index, n in enumerate(times):
        theory = float(found.test_loss(n))
        allowed = 3.5 * run.test_loss_error[index] + (1.5 / 60) * theory
        assert abs(run.test_loss[index] - theory) < allowed
        free = float(FullModel(task, digits=5, **{**same, "ridge": 0}).test_loss(n))
        assert n < 200 or abs(run.test_loss[index] - free) > allowed
