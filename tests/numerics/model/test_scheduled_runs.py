"""Schedules and averages: the model against a plain recursion over the modes, and against trained draws."""

from __future__ import annotations

import math
from itertools import pairwise

import mpmath
import numpy as np
import pytest
from sympy import oo

from asymptotics import (
    Averaged,
    Constant,
    Cosine,
    DomainError,
    Exponential,
    GradientDescent,
    Linear,
    OnePassSGD,
    OptimalSchedule,
    Power,
    Tail,
    UnableError,
    WarmupStableDecay,
    derive,
    power_law,
)
from numerics import FullModel, simulate

K = np.arange(1, 201.0)
LAM, TARGET = K**-1.5, K**-2.5
SIGMA = 0.5

SHAPES = (
    ("constant", Constant(), lambda u: 1.0),
    ("linear", Linear(), lambda u: 1 - u),
    ("cosine", Cosine(), lambda u: (1 + math.cos(math.pi * u)) / 2),
    ("power", Power(gamma=1.5), lambda u: (1 - u) ** 1.5),
    ("wsd", WarmupStableDecay(fraction=0.25, warmup=0.1), lambda u: min(u / 0.1, 1, (1 - u) / 0.25)),
    ("numbers", lambda u: math.sqrt(float(u)), lambda u: math.sqrt(u)),
)
WEIGHTS = (
    ("last", None, None),
    ("polyak", Constant(), lambda u: 1.0),
    ("tail", Tail(fraction=0.5), lambda u: 1.0 if u >= 0.5 else 0.0),
    ("moving", Exponential(rate=4), lambda u: math.exp(-4 * (1 - u))),
)


def by_modes(eta, batch, steps, shape, ramp=lambda u: 1.0, weight=None):
    """The second moments of each mode at N = oo, one after the other."""
    own, cross, average = np.ones_like(LAM), np.zeros_like(LAM), np.zeros_like(LAM)
    total = sum(weight(n / steps) for n in range(1, steps + 1)) if weight else 1.0
    for n in range(steps):
        step, size = eta * shape(n / steps), max(1.0, batch * ramp(n / steps))
        loss = (TARGET * own).sum() + SIGMA**2
        own = own * (1 - 2 * step * LAM + (1 + 1 / size) * (step * LAM) ** 2)
        own = own + step**2 / size * LAM**2 * loss / TARGET
        if weight:
            share = weight((n + 1) / steps) / total
            cross = cross * (1 - step * LAM)
            average = average + 2 * share * cross + share**2 * own
            cross = cross + share * own
    return float((TARGET * (average if weight else own)).sum())


@pytest.mark.parametrize(("shape", "plain"), [s[1:] for s in SHAPES], ids=[s[0] for s in SHAPES])
@pytest.mark.parametrize(("weights", "weight"), [w[1:] for w in WEIGHTS[:3]], ids=[w[0] for w in WEIGHTS[:3]])
def test_the_model_is_the_recursion_of_its_modes(shape, plain, weights, weight):
    rule = OnePassSGD(eta=0.5, batch=2, schedule=shape)
    rule = rule if weights is None else Averaged(rule, weights)
    found = FullModel.from_arrays(LAM, TARGET, noise=SIGMA, rule=rule).test_loss(150)
    expected = by_modes(0.5, 2, 150, plain, weight=weight)
    if rule.scheduled:
        assert abs(float(found) - expected) <= float(found.error) + 1e-13
        assert float(found.error) < 1e-6 * expected
    assert abs(float(found) / expected - 1) < 1e-9


def test_a_moving_average_and_a_ramp():
    rule = OnePassSGD(eta=0.4, batch=4, ramp="1 + 3*u")
    found = FullModel.from_arrays(
        LAM, TARGET, noise=SIGMA, rule=Averaged(rule, Exponential(rate=4))
    ).test_loss(90)
    expected = by_modes(0.4, 4, 90, lambda u: 1.0, lambda u: 1 + 3 * u, WEIGHTS[3][2])
    assert abs(float(found) / expected - 1) < 1e-9


@pytest.mark.parametrize("N", [30, oo])
def test_equal_batches_by_a_ramp_are_one_pass_sgd(N):
    """The recursion on a contour around the spectrum against the generating function, at any N."""
    plain, ramped = (
        FullModel(power_law(2.2, 1.4), N=N, noise=SIGMA, rule=OnePassSGD(eta=0.25, batch=2, ramp=ramp))
        for ramp in (Constant(), "1 + 1e-30*u")
    )
    assert not plain.rule.scheduled
    assert ramped.rule.scheduled
    assert abs(float(ramped.test_loss(400)) / float(plain.test_loss(400)) - 1) < 1e-9


@pytest.mark.parametrize("place", ["20/21", pytest.param("1/3", marks=pytest.mark.slow)])
def test_a_narrow_peak_of_a_long_run_is_seen(monkeypatch, place):
    """Panels of a run halve around it, and what is left of single steps there is in the error."""
    from numerics.model import scheduled

    rule = OnePassSGD(eta=0.1, batch=4, schedule=f"1 - u + 4/(10**6*(u - {place})**2 + 1)")
    found = []
    for most in (10**6, 10):
        monkeypatch.setattr(scheduled, "DIRECT", most)
        found.append(FullModel(power_law(2.3, 1.4), noise=SIGMA, rule=rule, digits=3).test_loss(20_000))
    steps, glide = found
    assert abs(float(steps) - float(glide)) <= float(glide.error)
    assert float(glide.error) < 1e-4 * float(glide)


PEAK = "1/(10**9*(u - 1/3)**2 + 1)"


def test_peaks_between_samples_are_seen():
    """Of 1/30000 of the run, in the steps, in the batches, and of batches against steps that both change."""
    plain, peaked = (OnePassSGD(eta=0.1, batch=4, schedule=f) for f in ("1", f"1 + 9*{PEAK}"))
    task = power_law(2.3, 1.4)
    for rule, said in (
        (OnePassSGD(eta=0.3, batch=4, schedule=f"1 + 9*{PEAK}"), "f = 10 on its way"),
        (OnePassSGD(eta=0.8, batch=16, ramp=f"1 - 15/16*{PEAK}"), "batches of 1:"),
        (OnePassSGD(eta=0.6, batch=16, schedule="1 - u/2", ramp=f"1 - 15/16*{PEAK}"), "f = 0.83333"),
    ):
        with pytest.raises(DomainError, match=said):
            FullModel(task, N=60, rule=rule)
    curvature = FullModel(task, N=60, rule=plain)._solver.model
    assert peaked.largest_step(curvature) == pytest.approx(plain.largest_step(curvature) / 10, rel=1e-8)


@pytest.mark.parametrize(
    ("weights", "shape"),
    [
        (None, WarmupStableDecay(fraction=0.3)),
        pytest.param(None, Cosine(), marks=pytest.mark.slow),
        pytest.param(Constant(), WarmupStableDecay(fraction=0.3), marks=pytest.mark.slow),
        pytest.param(Constant(), Cosine(), marks=pytest.mark.slow),
    ],
    ids=["last of wsd", "last of a cosine", "polyak of wsd", "polyak of a cosine"],
)
def test_long_runs_are_within_their_error_of_single_steps(monkeypatch, weights, shape):
    """What is taken in continuous time between the ends of a run is compared with all steps one by one."""
    from numerics.model import scheduled

    rule = OnePassSGD(eta=0.5, batch=2, schedule=shape)
    rule = rule if weights is None else Averaged(rule, weights)
    found = []
    for most in (10**5, 10):
        monkeypatch.setattr(scheduled, "DIRECT", most)
        found.append(FullModel(power_law(2.5, 1.5), noise=SIGMA, rule=rule, digits=4).test_loss(6000))
    steps, glide = found
    assert abs(float(steps) - float(glide)) <= float(glide.error)
    assert float(glide.error) < 1e-4 * float(glide)


@pytest.mark.slow
def test_long_runs_of_the_best_schedule_are_within_their_error_of_single_steps(monkeypatch):
    from numerics.model import scheduled

    rule = OnePassSGD(eta=0.3, batch=1, schedule=OptimalSchedule())
    found = []
    for most in (10**5, 10):
        monkeypatch.setattr(scheduled, "DIRECT_BEST", most)
        found.append(FullModel(power_law(2.7, 1.6), noise=SIGMA, rule=rule, digits=4).test_loss(6000))
    steps, glide = found
    assert abs(float(steps) - float(glide)) <= float(glide.error)
    assert float(glide.error) < 1e-4 * float(glide)


@pytest.mark.slow
def test_the_best_schedule_of_a_billion_steps():
    """Exact in the step it is at its first order, whose relative error falls with T."""
    rule = OnePassSGD(eta=0.3, batch=1, schedule=OptimalSchedule())
    model = FullModel(power_law(3, 1.5), noise=1, rule=rule, digits=4)
    small = model.small_step_loss(10**9)
    assert abs(float(model.test_loss(10**9)) - float(small)) < float(small.error)
    with pytest.raises(UnableError, match="is run to"):
        model.test_loss(10**13)


@pytest.mark.slow
def test_without_label_noise_very_easy_tasks_end_as_their_first_steps_allow():
    """``(q + 1) (1 + 1/q)^q k Q^2 eta^-q T^-(q+1)``, q = 2 - 1/b, Q by the trapezoidal rule in log(tau)."""
    alpha, beta, eta = 6, 1.5, 0.25
    q, s, step, modes = 2 - 1 / beta, (alpha - 1) / beta, 0.1, np.arange(1, 4001.0)
    logs = np.arange(-40, np.log(1e4), step)
    loss = np.exp(-2 * np.outer(np.exp(logs), modes**-beta)) @ modes**-alpha
    behind = (math.gamma(s) / beta * 2**-s) ** 0.5 * np.exp(logs[-1] * (1 - s / 2))
    area = step * ((np.exp(logs) * loss**0.5).sum() + behind / np.expm1(step * (s / 2 - 1)))
    kernel = math.gamma(q) * 2**-q / beta
    rule = OnePassSGD(eta=eta, batch=1, schedule=OptimalSchedule())
    model = FullModel(power_law(alpha, beta), noise=0, rule=rule, digits=1)
    for steps, within in ((1e6, 0.02), (1e8, 0.002)):
        law = (q + 1) * (1 + 1 / q) ** q * kernel * area**2 * eta**-q * steps ** -(q + 1)
        assert abs(float(model.small_step_loss(int(steps))) / law - 1) < within


@pytest.mark.slow
def test_small_steps_agree_with_the_recursion_to_first_order():
    """The difference to the exact loss falls as the step, at the same sum of steps and the same eta/B."""
    gaps = []
    for eta, steps in ((0.2, 200), (0.1, 400), (0.05, 800)):
        rule = OnePassSGD(eta=eta, batch=1, schedule=Linear())
        model = FullModel(power_law(2.5, 1.5), N=40, rule=rule, noise=0)
        small = model.small_step_loss(steps)
        assert small.note == "to first order in eta"
        gaps.append(float(small) / float(model.test_loss(steps)) - 1)
    assert abs(gaps[0]) < 0.1
    for larger, smaller in pairwise(gaps):
        assert abs(smaller) < 0.6 * abs(larger)


def test_trained_draws_follow_a_schedule_and_an_average():
    """At N = oo only the batches are random, and the recursion is exact."""
    rules = (
        OnePassSGD(eta=0.3, batch=2, schedule=Cosine()),
        Averaged(OnePassSGD(eta=0.3, batch=2), Tail(fraction=0.5)),
        OnePassSGD(eta=0.3, batch=2, ramp="1 + 2*u"),
    )
    for rule in rules:
        run = simulate(
            power_law(2.5, 1.5), times=(0, 40), modes=40, rule=rule, noise=SIGMA, draws=300, seed=3
        )
        model = FullModel(power_law(2.5, 1.5, modes=40), rule=rule, noise=SIGMA)
        for time, loss, error in zip((0, 40), run.test_loss, run.test_loss_error, strict=True):
            assert abs(loss - float(model.test_loss(time))) < 4 * error + 1e-12


REFUSALS = (
    (lambda: OnePassSGD(eta=0.1, batch=2, schedule=lambda u: 0.5 - u), "never negative"),
    (lambda: OnePassSGD(eta=0.1, batch=2, schedule=f"1 - 2*{PEAK}"), "f(0.333333) = -1; a step is never"),
    (lambda: OnePassSGD(eta=0.1, batch=2, ramp="1/(u - 1/3)**2"), "give a finite number"),
    (lambda: OnePassSGD(eta=0.1, batch=2, schedule="u/Abs(u - 1/7)"), "give a finite number"),
    (lambda: OnePassSGD(eta=0.1, batch=2, schedule=lambda u: 1 / u), "not defined"),
    (lambda: OnePassSGD(eta=0.1, batch=2, schedule="log(u)"), "f(0)"),
    (lambda: OnePassSGD(eta=0.1, batch=2, schedule="0*u"), "nothing would be learned"),
    (lambda: OnePassSGD(eta=0.1, batch=2, schedule=3), "a function of u"),
    (lambda: OnePassSGD(eta=0.1, batch=2, schedule="x*u"), "x is unknown"),
    (lambda: OnePassSGD(eta=0.1, batch=2, schedule=Power()), "has symbols"),
    (lambda: OnePassSGD(eta=0.1, batch=2, schedule=Power), "has symbols"),
    (lambda: OnePassSGD(eta=0.1, batch=2, schedule=Exponential), "give Exponential(rate=...)"),
    (lambda: WarmupStableDecay(fraction=0.9, warmup=0.2), "more than all"),
    (lambda: WarmupStableDecay(fraction=0), "above 0"),
    (lambda: Averaged(OnePassSGD), "leaves eta and batch open"),
    (lambda: Averaged(GradientDescent(eta=0.1)), "not derived"),
    (
        lambda: FullModel(power_law(3, 2), rule=OnePassSGD(eta=0.3, batch=1, schedule=lambda u: 1 + 3 * u)),
        "on its way",
    ),
    (
        lambda: FullModel(power_law(3, 2), rule=OnePassSGD(eta=0.3, batch=1, schedule=Cosine()), digits=20),
        "double precision",
    ),
    (
        lambda: FullModel(power_law(3, 2), rule=OnePassSGD(eta=0.3, batch=1, schedule=Cosine())).test_loss(
            oo
        ),
        "ends after T steps",
    ),
    (
        lambda: FullModel(power_law(3, 2), rule=OnePassSGD(eta=0.3, batch=1, schedule=Cosine())).bias(5),
        "the test loss alone",
    ),
)


@pytest.mark.parametrize(("ask", "said"), REFUSALS)
def test_bad_schedules_are_refused_in_one_line(ask, said):
    with pytest.raises((DomainError, UnableError)) as refused:
        ask()
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.slow
@pytest.mark.parametrize(("noise", "eta"), [(1.0, 0.25), pytest.param(0.0, 0.2, marks=pytest.mark.slow)])
def test_the_best_schedule_is_below_all_named_ones_and_its_neighbours(noise, eta):
    """First order in the step: at the best schedule no bend of it and no other sum of steps is better."""

    def loss(step, schedule):
        rule = OnePassSGD(eta=step, batch=1, schedule=schedule)
        return float(FullModel(power_law(3, 1.5), noise=noise, rule=rule).test_loss(300))

    best = FullModel(power_law(3, 1.5), noise=noise, rule=OnePassSGD(eta=eta, batch=1)).optimal_schedule(300)
    least = loss(eta, best)
    for bend in (lambda u: 1.15, lambda u: 0.87, lambda u: 1.2 - 0.4 * u, lambda u: 0.8 + 0.4 * u):
        assert loss(eta, lambda u, bend=bend: min(1.0, best(float(u)) * bend(float(u)))) > least * (1 - 2e-3)
    for shape in (Linear(), Cosine()):
        assert min(loss(step, shape) for step in (0.02, 0.05, 0.1, 0.2)) > least


@pytest.mark.slow
def test_the_loss_of_the_best_schedule_tends_to_its_law():
    law = derive(power_law(2.5, 1.5)).schedule(OptimalSchedule()).at(sigma=1, B=1)
    rule = OnePassSGD(eta=0.25, batch=1, schedule=OptimalSchedule())
    model = FullModel(power_law(2.5, 1.5), noise=1, rule=rule)
    gap = float(law.regimes[0].remainder - law.exponent)
    apart = [float(model.small_step_loss(10**n)) / law(10**n) - 1 for n in (8, 11)]
    assert abs(apart[1]) < 0.12
    assert abs(math.log(apart[0] / apart[1]) / math.log(1e3) - gap) < 0.3 * gap


@pytest.mark.slow
def test_the_share_over_which_the_best_schedule_of_a_hard_task_decays():
    law = derive(power_law(1.5, 2)).decay_fraction.at(eta=0.25, sigma=1, B=1)
    rule = OnePassSGD(eta=0.25, batch=1, schedule=OptimalSchedule())
    solver = FullModel(power_law(1.5, 2), noise=1, rule=rule)._solver
    apart = []
    for decades in (8, 13):
        best = solver.best_run(10**decades, 1.0).schedule(0.25)
        below = best.heights < 1 - 1e-9
        apart.append((1 - float(best.shares[np.argmax(below)])) / law(10**decades) - 1)
    assert abs(apart[1]) < min(0.06, abs(apart[0]))


def test_without_label_noise_the_steps_warm_up():
    model = FullModel(power_law(5, 1.5), noise=0, rule=OnePassSGD(eta=0.25, batch=1))
    best = model.optimal_schedule(2000)
    assert best(0.0) < best(0.1) < best(0.3)
    assert best(0.6) == 1.0 > best(1.0)


@pytest.mark.parametrize("steps", [20, 600])
@pytest.mark.parametrize(("eta", "batch", "sigma"), [(1.5, 100, 2.0), (0.6, 2, 0.0), (1.0, 10**15, 0.0)])
def test_few_modes_are_their_own_recursion(eta, batch, sigma, steps):
    """Near the largest stable step, and where all modes are far below their start."""
    eigenvalues, powers = [1.0, 0.25], [1.0, 0.5]
    rule = OnePassSGD(eta=eta, batch=batch, schedule=Linear())
    found = FullModel.from_arrays(eigenvalues, powers, noise=sigma, rule=rule, digits=6).test_loss(steps)
    with mpmath.workdps(50):
        left = [mpmath.mpf(c) for c in powers]
        for n in range(steps):
            step, fed = mpmath.mpf(eta) * (1 - mpmath.mpf(n) / steps), mpmath.fsum(left) + sigma**2
            left = [
                ((1 - step * x) ** 2 + (step * x) ** 2 / batch) * c + (step * x) ** 2 / batch * fed
                for x, c in zip(eigenvalues, left, strict=True)
            ]
        exact = mpmath.fsum(left)
        assert abs(found.value - exact) <= found.error < 1e-6 * exact
