"""Laws of schedules through the same judge as all laws: the best step of exact runs is what they are of."""

import numpy as np
import pytest
from sympy import Rational

from asymptotics import (
    Averaged,
    Constant,
    Linear,
    MultiPassSGD,
    OnePassSGD,
    OptimalSchedule,
    UnableError,
    derive,
    power_law,
)
from asymptotics.model.rules.base import TrainingRule
from numerics import FullModel, verify
from numerics.verification.best_runs import best_run

LAM = np.arange(1.0, 41.0) ** -1.5
TARGET = np.arange(1.0, 41.0) ** -2.5
STEPS, BATCH, VARIANCE = 150, 2, 0.5


def lost(eta, shape, average):
    """By the second moments of each mode."""
    own, cross, mean = np.ones_like(LAM), 0 * LAM, 0 * LAM
    for n in range(STEPS):
        step = eta * shape(n / STEPS)
        loss = (TARGET * own).sum() + VARIANCE
        own = own * (1 - 2 * step * LAM + (1 + 1 / BATCH) * (step * LAM) ** 2)
        own = own + step**2 / BATCH * LAM**2 * loss / TARGET
        mean = mean + (2 * (1 - step * LAM) * cross + own / STEPS) / STEPS
        cross = (1 - step * LAM) * cross + own / STEPS
    return (TARGET * (mean if average else own)).sum()


@pytest.mark.parametrize(
    ("shape", "function", "average"),
    [(Linear(), lambda u: 1 - u, False), (Constant(), lambda u: 1.0, True), (Constant(), lambda u: 1, False)],
    ids=["linear", "polyak", "constant"],
)
def test_the_best_step_of_a_run(shape, function, average):
    """Against the least over a fine grid of steps, each run mode by mode."""
    rule: TrainingRule = OnePassSGD(eta=0.8, batch=BATCH, schedule=shape)
    rule = Averaged(rule) if average else rule
    found = FullModel.from_arrays(LAM, TARGET, noise=VARIANCE**0.5, rule=rule).best_step(STEPS)
    near = float(found.argument) * np.exp(np.linspace(-0.1, 0.1, 41))
    losses = np.array([lost(eta, function, average) for eta in near])
    curve = np.polynomial.Polynomial.fit(np.log(near), losses, 6)
    low, high = np.log(near[[0, -1]])
    best = min((x.real for x in curve.deriv().roots() if low < x.real < high), key=curve)
    assert abs(float(found.argument) - np.exp(best)) < 2 * float(found.argument.error)
    assert abs(float(found.loss) - curve(best)) < 2 * float(found.loss.error) + 1e-9
    assert float(found.argument.error / found.argument.value) < 0.01


def test_a_step_that_is_bounded():
    rule = OnePassSGD(eta=0.01, batch=BATCH, schedule=Linear())
    found = FullModel.from_arrays(LAM, TARGET, noise=VARIANCE**0.5, rule=rule).best_step(STEPS)
    assert found.note == "the largest that is allowed" and float(found.argument) == 0.01
    assert abs(float(found.loss) - lost(0.01, lambda u: 1 - u, False)) < 1e-9


@pytest.mark.parametrize(
    ("rule", "sizes"),
    [
        (OnePassSGD(eta=0.1, batch=2, schedule=OptimalSchedule()), {}),
        (MultiPassSGD(eta=0.1, batch=2), {"P": 20}),
    ],
)
def test_what_has_no_best_step(rule, sizes):
    with pytest.raises(
        UnableError, match="the best step is that of one-pass SGD with a schedule that is given"
    ):
        FullModel.from_arrays(LAM, TARGET, **sizes, rule=rule).best_step(10)


def test_runs_beyond_doubles_are_refused():
    rule = OnePassSGD(eta=0.1, batch=2, schedule=Linear())
    with pytest.raises(UnableError, match="to 2\\^53 steps"):
        FullModel(power_law(3, 2), rule=rule).test_loss(10**20)


LAWS = {
    "average": lambda laws: laws.averaged,
    "linear": lambda laws: laws.schedule(Linear()),
    "constant": lambda laws: laws.schedule(Constant()),
    "best": lambda laws: laws.best_step(Linear()),
}


@pytest.mark.parametrize(("a", "b"), [(2, Rational(3, 2)), (3, Rational(3, 2)), (4, 3)])
def test_steps_feed_their_own_noise(a, b):
    """While they are large: a share of the size of a step of sigma^2, which no remainder may undercut."""
    laws = derive(power_law(a, b))
    sizes = {
        "average": 1 - Rational(b) / a,  # X ~ T^(b/a)
        "linear": laws.best_step(Linear()).exponent,
        "constant": laws.optimal_step.exponent,
    }
    for name, size in sizes.items():
        (regime,) = LAWS[name](laws).regimes
        assert regime.remainder - regime.exponent <= size


@pytest.mark.slow
@pytest.mark.parametrize("kind", LAWS)
def test_they_hold(kind):
    found = verify(LAWS[kind](derive(power_law(3, Rational(3, 2)))))
    assert found.verdict == "HOLDS", str(found)


@pytest.mark.slow
def test_falsified_ones_fail():
    law = LAWS["linear"](derive(power_law(3, Rational(3, 2))))
    for wrong in (
        law.stating(exponent=law.exponent + Rational(1, 500)),
        law.stating(prefactor=law.prefactor * 1.01),
    ):
        assert verify(wrong).verdict == "FAILS"


HARD = (Rational(17, 10), Rational(11, 5))
BEST = OptimalSchedule()


@pytest.mark.parametrize(
    ("a", "b", "sigma"),
    [pytest.param(*HARD, 0.5, marks=pytest.mark.slow), (Rational(5, 2), Rational(3, 2), 0.0)],
)
def test_the_best_run_of_sums_is_that_of_a_contour(a, b, sigma):
    task = power_law(a, b)
    loss, share, largest = best_run(task, sigma**2, 8.0, 0.125, 10**4)
    rule = OnePassSGD(eta=0.125, batch=8, schedule=BEST)
    near = FullModel(task, noise=sigma, rule=rule, digits=3).small_step_loss(10**4)
    assert abs(float(loss) - float(near)) < float(near.error)
    heights = FullModel(task, noise=sigma, rule=rule, digits=3).optimal_schedule(10**4).heights
    assert float(largest) == pytest.approx(0.125 * heights.max(), rel=1e-2)
    assert 0 < float(share) < 0.03 and float(loss.error) < 1e-8 * float(loss)


def test_hard_tasks_lose_the_share_of_the_decay():
    """Of the signal, which falls with the sum of steps: (b - a)/(2 b - 1) behind the law, not (b - a)/b."""
    a, b = HARD
    (regime,) = derive(power_law(a, b)).schedule(BEST).regimes
    assert regime.remainder - regime.exponent == (b - a) / (2 * b - 1)


NEW = {
    "at a fixed step": (
        lambda laws: laws.schedule(Linear(), tuned=False),
        (Rational(27, 10), Rational(17, 10)),
    ),
    "best of a hard task": (lambda laws: laws.schedule(BEST), HARD),
    "first step where both fall alike": (
        lambda laws: laws.best_step(BEST),
        (Rational(8, 5), Rational(8, 5)),
    ),
    "first step of an easy task": (lambda laws: laws.best_step(BEST), (Rational(3), Rational(3, 2))),
    "best of an easy task": (lambda laws: laws.schedule(BEST), (Rational(27, 10), Rational(17, 10))),
    "without label noise": (
        lambda laws: laws.schedule(BEST, noiseless=True),
        (Rational(5, 2), Rational(3, 2)),
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", NEW)
def test_laws_to_first_order_hold_and_wrong_ones_fail(kind):
    make, (a, b) = NEW[kind]
    law = make(derive(power_law(a, b)))
    assert verify(law).verdict == "HOLDS"
    assert verify(law.stating(prefactor=law.prefactor * 1.1)).verdict == "FAILS"


@pytest.mark.slow
def test_easy_tasks_decay_all_the_way():
    assert verify(derive(power_law(Rational(27, 10), Rational(17, 10))).decay_fraction).verdict == "HOLDS"


def test_the_best_schedule_has_no_step_of_its_own():
    with pytest.raises(UnableError, match="leave out tuned=False"):
        derive(power_law(2, 3)).schedule(BEST, tuned=False)
