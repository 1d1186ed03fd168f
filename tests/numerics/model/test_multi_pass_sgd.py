"""Multi-pass SGD: batches from P samples with replacement, its two kernels, its limits, and trained draws."""

import math

import numpy as np
import pytest
from sympy import oo

from asymptotics import (
    Constant,
    Cosine,
    DomainError,
    GradientDescent,
    Linear,
    MultiPassSGD,
    OnePassSGD,
    OptimalSchedule,
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


def second_moments(P, steps, draws, seed, eta=RULE.eta, shape=lambda u: 1.0):
    """Mean test and train losses of SGD and of gradient descent: batches averaged exactly, data drawn; N =
    oo.
    """
    generator, found = np.random.default_rng(seed), []
    batch = RULE.batch
    features, teacher = np.sqrt(RATES), np.sqrt(POWERS)
    for _ in range(draws):
        samples = generator.standard_normal((P, len(RATES)))
        labels = samples @ teacher + 0.3 * generator.standard_normal(P)
        design = samples * features
        curvature = design.T @ design / P
        mean, spread = np.zeros(len(RATES)), np.zeros((len(RATES), len(RATES)))
        for n in range(steps):
            size = eta * shape(n / steps)
            step = np.eye(len(RATES)) - size * curvature
            left = labels - design @ mean
            gradient = design.T @ left / P
            squares = left**2 + ((design @ spread) * design).sum(axis=1)
            drift = np.outer(gradient, gradient) + curvature @ spread @ curvature
            noise = design.T @ (squares[:, None] * design) / P - drift
            spread = step @ spread @ step + size**2 / batch * noise
            mean = mean + size * gradient
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


def planned(eta, schedule, **kw):
    return model(rule=MultiPassSGD(eta=eta, batch=2, schedule=schedule), **({"digits": 5} | kw))


def test_second_moments_of_drawn_data_with_a_schedule():
    """What batches add, and all that is left of the train loss, to first order in a small step."""
    found, errors = second_moments(80, 60, 60, 4, 0.05, lambda u: 1 - u)
    full = planned(0.05, Linear())
    assert abs(float(full.sgd_excess(60)) - found[2]) < 4 * errors[2] + 0.05 * found[2]
    assert abs(float(full.train_loss(60)) - found[1] - found[3]) < 4 * (errors[1] + errors[3])
    note = full.test_loss(60).note
    assert "to first order in eta, 0.05" in note and "about 0.03 of it" in note
    assert float(full.gap(60)) == pytest.approx(
        float(full.test_loss(60)) + 0.09 - float(full.train_loss(60)), rel=1e-4
    )


def test_equal_steps_as_a_schedule_are_exact_but_for_the_order_of_a_step():
    """N, P finite: the difference from the transforms that are exact in eta falls as eta^2."""
    off = []
    for eta, steps in ((0.1, 200), (0.025, 800)):
        exact = model(rule=MultiPassSGD(eta=eta, batch=2), N=60)
        near = planned(eta, "1 + 1e-30*u", N=60)
        pairs = [
            (exact.test_loss(steps), near.test_loss(steps)),
            (exact.train_loss(steps), near.train_loss(steps)),
        ]
        off.append([abs(float(y) / float(x) - 1) for x, y in pairs])
        assert all(x < eta**2 for x in off[-1])
    assert all(late < early / 8 for early, late in zip(*off, strict=True))


def test_endless_data_with_a_schedule_is_one_pass():
    """Exact in eta there, so that the difference is of its second order."""
    off = []
    for eta, steps in ((0.08, 300), (0.02, 1200)):
        once = model(P=oo, rule=OnePassSGD(eta=eta, batch=2, schedule=Cosine()), digits=5).test_loss(steps)
        again = planned(eta, Cosine(), P=10**9).test_loss(steps)
        off.append(abs(float(again) / float(once) - 1))
    assert off[0] < 0.01 and off[1] < off[0] / 8


def test_what_a_schedule_leaves_unsolved():
    full = planned(0.1, Linear(), N=20)
    for ask, said in (
        (lambda: full.test_loss(oo), "ends after T steps"),
        (lambda: full.transfer(1, 30), "single modes"),
        (lambda: full.mode_loss(1, 30), "not known"),
        (lambda: full.best_step(30), "one-pass SGD"),
        (lambda: full.coefficients("test_loss", "N", 3), "coefficients belong"),
    ):
        with pytest.raises((UnableError, DomainError), match=said):
            ask()
    assert float(full.small_step_loss(30)) == float(full.test_loss(30))


@pytest.mark.slow
def test_a_schedule_is_trained():
    rule = MultiPassSGD(eta=0.1, batch=2, schedule=Linear())
    times, sizes = (0, 10, 120), {"N": 50, "P": 120, "noise": 0.3}
    drawn = simulate_arrays(RATES, POWERS, times=times, rule=rule, draws=60, seed=2, **sizes)
    full = model(**sizes, rule=rule, digits=5)
    for t, mean, error in zip(times, drawn.test_loss, drawn.test_loss_error, strict=True):
        assert abs(mean - float(full.test_loss(t))) < 4 * error + 0.03 * mean


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
        ({"rule": MultiPassSGD(eta=0.4, batch=2, schedule="1 + 2*u"), "digits": 5}, DomainError, "f = 3 on"),
        (
            {"rule": MultiPassSGD(eta=0.4, batch=2, schedule=Linear()), "digits": 12},
            DomainError,
            "digits <= 8",
        ),
    ],
)
def test_what_is_refused(given, error, words):
    with pytest.raises(error, match=words):
        model(**given)
    for bad in ({"eta": 0, "batch": 2}, {"eta": 0.1, "batch": 0}):
        with pytest.raises(DomainError):
            MultiPassSGD(**bad)
    with pytest.raises(UnableError, match="that of fresh samples"):
        MultiPassSGD(eta=0.1, batch=2, schedule=OptimalSchedule())
    with pytest.raises(DomainError, match="never negative"):
        MultiPassSGD(eta=0.1, batch=2, schedule="1 - 3*u")
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
