"""Multi-pass SGD: batches from P samples with replacement, its two kernels, its limits, and trained draws."""

import math

import numpy as np
import pytest
from sympy import oo

from asymptotics import (
    Constant,
    DomainError,
    GradientDescent,
    Linear,
    MultiPassSGD,
    OnePassSGD,
    UnableError,
    power_law,
)
from numerics import FullModel
from numerics.simulation.simulate import simulate_arrays

RATES = [float(k) ** -1.5 for k in range(1, 31)]
POWERS = [float(k) ** -2.0 for k in range(1, 31)]
RULE = MultiPassSGD(eta=0.2, batch=2)


def model(**kw):
    given = {"P": 80, "noise": 0.3, "digits": 8, "rule": RULE} | kw
    return FullModel.from_arrays(RATES, POWERS, **given)


def second_moments(P, steps, draws, seed):
    """Mean test and train losses of SGD and of gradient descent: batches averaged exactly, data drawn; N =
    oo.
    """
    generator, found = np.random.default_rng(seed), []
    eta, batch = RULE.eta, RULE.batch
    features, teacher = np.sqrt(RATES), np.sqrt(POWERS)
    for _ in range(draws):
        samples = generator.standard_normal((P, len(RATES)))
        labels = samples @ teacher + 0.3 * generator.standard_normal(P)
        design = samples * features
        curvature = design.T @ design / P
        step = np.eye(len(RATES)) - eta * curvature
        mean, spread = np.zeros(len(RATES)), np.zeros((len(RATES), len(RATES)))
        for _ in range(steps):
            left = labels - design @ mean
            gradient = design.T @ left / P
            squares = left**2 + ((design @ spread) * design).sum(axis=1)
            drift = np.outer(gradient, gradient) + curvature @ spread @ curvature
            noise = design.T @ (squares[:, None] * design) / P - drift
            spread = step @ spread @ step + eta**2 / batch * noise
            mean = mean + eta * gradient
        error, left = teacher - features * mean, labels - design @ mean
        of_mean = error @ error, left @ left / P
        found.append((*of_mean, spread.diagonal() @ RATES, np.trace(curvature @ spread)))
    return np.mean(found, axis=0), np.std(found, axis=0) / math.sqrt(draws)


@pytest.mark.parametrize("steps", [3, 25])
def test_exact_second_moments_of_drawn_data(steps):
    """What batches add is off by O(1/P), as the note of the values says."""
    (_, _, test, train), (_, _, test_error, train_error) = second_moments(80, steps, 60, 1)
    full, mean = model(), model(rule=GradientDescent(eta=0.2))
    added = full.test_loss(steps) - mean.test_loss(steps), full.train_loss(steps) - mean.train_loss(steps)
    assert abs(float(added[0]) - test) < 4 * test_error + 0.05 * test
    assert abs(float(added[1]) - train) < 4 * train_error + 0.05 * train
    assert "about 0.03 of it" in full.test_loss(steps).note
    excess = full.sgd_excess(steps)
    assert float(excess) == pytest.approx(float(added[0]), rel=1e-6)


@pytest.mark.parametrize("steps", [1, 7, 60, 3000])
def test_endless_data_is_one_pass(steps):
    """With many samples no one is seen twice: both kernels are that of one-pass SGD, exact in eta."""
    for N in (oo, 25):
        once = model(N=N, P=oo, rule=OnePassSGD(eta=0.2, batch=2))
        many = model(N=N, P=10**14)
        assert float(many.test_loss(steps)) == pytest.approx(float(once.test_loss(steps)), rel=1e-10)
        assert float(many.train_loss(steps)) == pytest.approx(float(once.train_loss(steps)), rel=1e-10)
    assert float(many.test_loss(oo)) == pytest.approx(float(once.test_loss(oo)), rel=1e-8)


@pytest.mark.parametrize("steps", [2, 50, 1000, oo])
def test_endless_batches_are_gradient_descent(steps):
    for sizes in ({"N": 20, "P": 45}, {"N": 45, "P": 20}):
        large = model(rule=MultiPassSGD(eta=0.2, batch=10**13), **sizes)
        descent = model(rule=GradientDescent(eta=0.2), **sizes)
        assert float(large.test_loss(steps)) == pytest.approx(float(descent.test_loss(steps)), rel=1e-9)
        if steps != oo:
            assert float(large.train_loss(steps)) == pytest.approx(float(descent.train_loss(steps)), rel=1e-8)


def test_the_end_is_approached():
    few, many = {"N": 12, "P": 60}, {"N": 60, "P": 12}
    assert float(model(**few).test_loss(10**7)) == pytest.approx(float(model(**few).test_loss(oo)), rel=1e-6)
    assert float(model(**few).train_loss(10**7)) == pytest.approx(
        float(model(**few).train_loss(oo)), rel=1e-6
    )
    # batches leave nothing where samples are fitted
    assert float(model(**many).train_loss(oo)) == 0
    descent = model(rule=GradientDescent(eta=0.2), **many)
    assert float(model(**many).test_loss(oo)) == pytest.approx(float(descent.test_loss(oo)), rel=1e-12)
    assert float(model(**many).test_loss(10**6)) == pytest.approx(float(descent.test_loss(oo)), rel=1e-4)


@pytest.mark.parametrize("steps", [5, 40, 10**4])
def test_errors_are_errors(steps):
    sizes = {"N": 25, "P": 40}
    exact = model(digits=16, **sizes)
    found = model(digits=5, **sizes)
    for quantity in ("test_loss", "train_loss", "gap", "sgd_excess"):
        one, two = getattr(found, quantity)(steps), getattr(exact, quantity)(steps)
        assert abs(one.value - two.value) <= one.error + two.error
        assert one.relative_error < 1e-5


def test_gap_is_the_difference():
    full = model(N=25, P=40)
    wanted = float(full.test_loss(30)) + 0.09 - float(full.train_loss(30))
    assert float(full.gap(30)) == pytest.approx(wanted, rel=1e-6) and float(full.gap(0)) == 0


def test_it_is_trained():
    times, sizes = (0, 3, 40), {"N": 50, "P": 70, "noise": 0.3}
    drawn = simulate_arrays(RATES, POWERS, times=times, rule=RULE, draws=60, seed=2, **sizes)
    full = model(**sizes)
    for t, mean, error, train in zip(
        times, drawn.test_loss, drawn.test_loss_error, drawn.train_loss, strict=True
    ):
        assert abs(mean - float(full.test_loss(t))) < 4 * error + 0.03 * mean
        assert train == pytest.approx(float(full.train_loss(t)), rel=0.08)


@pytest.mark.parametrize(
    ("given", "error", "words"),
    [
        ({"P": oo}, DomainError, "give P"),
        ({"ridge": 0.1}, UnableError, "weight decay is not solved"),
        ({"rule": MultiPassSGD(eta=1.2, batch=2)}, DomainError, "beyond stability for batches of 2"),
    ],
)
def test_what_is_refused(given, error, words):
    with pytest.raises(error, match=words):
        model(**given)
    for bad in ({"eta": 0, "batch": 2}, {"eta": 0.1, "batch": 0}):
        with pytest.raises(DomainError):
            MultiPassSGD(**bad)
    for steps in (Linear(), "2"):
        with pytest.raises(UnableError, match="steps that change are not solved"):
            MultiPassSGD(eta=0.1, batch=2, schedule=steps)
    assert MultiPassSGD(eta=0.1, batch=2, schedule=Constant()) == MultiPassSGD(eta=0.1, batch=2)


def test_runs_that_are_refused():
    given = {"rule": RULE, "draws": 3, "N": 20}
    for more in (
        {"P": 30, "times": math.inf},
        {"P": math.inf, "times": 3},
        {"P": 30, "times": 3, "ridge": 0.1},
    ):
        with pytest.raises(DomainError):
            simulate_arrays(RATES, POWERS, **given, **more)
    with pytest.raises(DomainError, match="stability bound"):
        simulate_arrays(RATES, POWERS, P=30, times=3, **(given | {"rule": MultiPassSGD(eta=1.4, batch=2)}))


def test_large_models_at_late_times():
    full = FullModel(power_law(1.5, 1.25), N=10**6, P=10**5, rule=RULE, digits=8)
    assert float(full.train_loss(10**6)) < float(full.test_loss(10**6)) < float(full.test_loss(10**4))
