"""Descent, momentum and one-pass SGD in the full model: independent solutions, and the edge of stability."""

from __future__ import annotations

import math
from typing import Any

import mpmath
import numpy as np
import pytest
import sympy
from five_modes import LAMBDAS, POWERS, close

from asymptotics import TrainingRule
from asymptotics.errors import DomainError, PrecisionError
from asymptotics.tasks.power_laws import power_law
from asymptotics.tasks.task import Task
from numerics import DiscreteHeavyBall, FullModel, GradientDescent, HeavyBall, OnePassSGD
from numerics.spectra.arrays import Array as Floats

oo = sympy.oo


@pytest.mark.parametrize(
    ("steps", "eta"),
    [
        *((1, eta) for eta in (0.25, 1.0, 1.75)),
        *((25, eta) for eta in (0.25, 1.75)),
        *((26, eta) for eta in (0.25, 1.0, 1.75)),
        *(pytest.param(7, eta, marks=pytest.mark.slow) for eta in (0.25, 1.0, 1.75)),
        *(pytest.param(60, eta, marks=pytest.mark.slow) for eta in (0.25, 1.0, 1.75)),
    ],
)
def test_descent_without_limits_is_a_power(steps: int, eta: float) -> None:
    """Deterministic: sum c (1 - eta lambda)^(2n); steps on both sides of the change of contour."""
    model = FullModel.from_arrays(LAMBDAS, POWERS, rule=GradientDescent(eta=eta))
    with mpmath.workdps(40):
        exact = mpmath.fsum(
            c * (1 - mpmath.mpf(eta) * x) ** (2 * steps) for x, c in zip(LAMBDAS, POWERS, strict=True)
        )
    assert close(model.test_loss(steps), exact)
    assert close(model.bias(steps), exact)


@pytest.mark.parametrize(
    "task",
    [power_law(3, 2), Task(eigenvalues="(k + 1/2)**-2", target="(k + 1/3)**-3"), power_law(3, 2, modes=7)],
    ids=str,
)
@pytest.mark.parametrize("eta", [0.25, 0.5])
def test_descent_is_the_same_as_a_sum_and_on_a_contour(task: Task, eta: float) -> None:
    model = FullModel(task, rule=GradientDescent(eta=eta), digits=20)
    for steps in (1, 40, 2000):
        assert model.test_loss(steps).agrees_with(model.bias(steps))


def test_descent_far_below_its_start() -> None:
    """Once given up as lost in noise: 1e-45 after 8e8 steps, off the flow by O(eta/t)."""
    task = power_law(7, sympy.Rational(12, 11))
    loss = FullModel(task, rule=GradientDescent(eta=0.125)).test_loss(8 * 10**8)
    flow = FullModel(task).test_loss(10**8)
    assert loss.relative_error < 1e-15 and flow.value < 1e-40
    assert 1e-10 < abs(loss.value / flow.value - 1) < 1e-7


@pytest.mark.parametrize("digits", [8, 12])
@pytest.mark.parametrize("sizes", [{}, {"N": 10**14}], ids=str)
@pytest.mark.parametrize(
    "rule",
    [
        GradientDescent(eta=0.125),
        OnePassSGD(eta=0.125, batch=8),
        DiscreteHeavyBall(eta=0.125, momentum=0.5),
    ],
    ids=str,
)
def test_errors_after_very_many_steps_are_errors(
    rule: TrainingRule, sizes: dict[str, int], digits: int
) -> None:
    """``(1 - eta x)^n`` at eta x of 1e-16, of which 1 + eta z loses most of a small z."""
    task, steps = power_law(sympy.Rational(3, 2), sympy.Rational(5, 4)), 8 * 10**15
    found, better = (FullModel(task, rule=rule, digits=d, **sizes).test_loss(steps) for d in (digits, 20))
    assert abs(found.value - better.value) <= found.error + better.error


@pytest.mark.parametrize("mu", ["0.9", "0.3"])
def test_steps_and_momentum_are_decimals(mu: str) -> None:
    """One mode after 40 steps of size 1/10, to 25 digits, of which the double 0.1 has 17."""
    rule = DiscreteHeavyBall(eta=0.1, momentum=float(mu))
    found = FullModel.from_arrays([1], [1], rule=rule, digits=25).test_loss(40)
    before = now = sympy.Integer(1)
    momentum = sympy.Rational(mu)
    for _ in range(40):
        before, now = now, (1 + momentum - sympy.Rational(1, 10)) * now - momentum * before
    with mpmath.workdps(60):
        exact = mpmath.mpf(now.p) ** 2 / mpmath.mpf(now.q) ** 2
        assert abs(found.value - exact) <= found.error < exact * mpmath.mpf(10) ** -25
    flow = FullModel.from_arrays([1], [1], rule=HeavyBall(beta=0.1), digits=25).test_loss(1)
    with mpmath.workdps(60):
        split = mpmath.sqrt(mpmath.mpf(3) / 5)  # sqrt(1 - 4 beta)
        slow, fast = -5 * (1 - split), -5 * (1 + split)
        exact = ((slow * mpmath.exp(fast) - fast * mpmath.exp(slow)) / (slow - fast)) ** 2
        assert abs(flow.value - exact) <= flow.error < exact * mpmath.mpf(10) ** -25


@pytest.mark.parametrize("t", [0.5, 4, 30])
@pytest.mark.parametrize("beta", [0.2, 3.0, 50.0])
def test_heavy_ball_without_limits_is_an_oscillator(t: float, beta: float) -> None:
    """beta v'' + v' + lambda v = 0, v(0) = 1, v'(0) = 0, in closed form."""
    model = FullModel.from_arrays(LAMBDAS, POWERS, rule=HeavyBall(beta=beta))
    with mpmath.workdps(40):
        exact = mpmath.mpf(0)
        for x, c in zip(LAMBDAS, POWERS, strict=True):
            mass = mpmath.mpf(repr(beta))
            root = mpmath.sqrt(mpmath.mpc(1 - 4 * mass * mpmath.mpf(x)))
            fast, slow = (-1 - root) / (2 * mass), (-1 + root) / (2 * mass)
            exact += (
                c
                * mpmath.re((slow * mpmath.exp(fast * t) - fast * mpmath.exp(slow * t)) / (slow - fast)) ** 2
            )
    assert close(model.test_loss(t), exact)


@pytest.mark.parametrize(
    ("eta", "momentum", "steps"),
    # a circle for few steps and for modes on the negative axis; a wide contour while the modes on the circle
    # swing; a plain one once they have died out
    [(0.5, 0.75, 2), (3.25, 0.75, 9), (0.125, 0.75, 60), (0.5, 0.25, 20), (0.5, 0.0625, 50), (1.5, 0.0, 1)],
)
def test_heavy_ball_in_steps_is_its_recursion(eta: float, momentum: float, steps: int) -> None:
    rule = DiscreteHeavyBall(eta=eta, momentum=momentum)
    model = FullModel.from_arrays(LAMBDAS, POWERS, rule=rule, digits=8)
    with mpmath.workdps(40):
        exact = mpmath.mpf(0)
        for x, c in zip(LAMBDAS, POWERS, strict=True):
            before = now = mpmath.mpf(1)
            for _ in range(steps):
                before, now = now, now - eta * mpmath.mpf(x) * now + momentum * (now - before)
            exact += c * now**2
    for found in (model.test_loss(steps), model.bias(steps)):
        assert abs(found.value - exact) <= found.error + mpmath.mpf(10) ** -15 * exact
        assert found.relative_error < 1e-8


def test_many_swings_are_refused() -> None:
    cases: list[tuple[dict[str, Any], float, int]] = [({"P": 3}, 0.99, 3000), ({"N": 3}, 0.999, 20_000)]
    for size, momentum, steps in cases:
        rule = DiscreteHeavyBall(eta=0.5, momentum=momentum)
        model = FullModel.from_arrays(LAMBDAS, POWERS, rule=rule, **size)
        with pytest.raises(PrecisionError, match=f"momentum = {momentum} after {steps} steps"):
            model.test_loss(steps)


def all_modes(a: float, b: float, rule: DiscreteHeavyBall, steps: int, modes: int = 8000) -> float:
    """``sum_k k^-a f_n(k^-b)^2`` by the recursion: mode by mode, and from there on an integral."""

    def terms(k: Floats) -> Floats:
        before = now = np.ones_like(k)
        for _ in range(steps):
            before, now = now, (1 + rule.momentum - rule.eta * k**-b) * now - rule.momentum * before
        found: Floats = k**-a * now**2
        return found

    x, w = np.polynomial.legendre.leggauss(30)
    low = modes + 0.5
    edges = np.linspace(0.0, 40.0, 40)
    half = (edges[1] - edges[0]) / 2
    k = low * np.exp((edges[:-1, None] + half * (1 + x)).reshape(-1))
    tail = float((np.tile(w, len(edges) - 1) * k * terms(k)).sum() * half)
    beyond = (low * math.exp(edges[-1])) ** (1 - a) / (a - 1)
    slope = float(np.diff(terms(np.array([low - 1, low + 1])))[0]) / 2
    return float(terms(np.arange(1.0, modes + 1))[::-1].sum()) + tail + beyond + slope / 24


@pytest.mark.parametrize(
    ("a", "b", "eta", "momentum", "steps"),
    # modes on the circle that have died out in squares alone; those that swing on; those that swing far
    [
        (1.5, 1.25, 0.3, 0.9, 777),
        pytest.param(1.5, 1.25, 0.3, 0.99, 777, marks=pytest.mark.slow),
        pytest.param(1.5, 1.25, 3.0, 0.9, 300, marks=pytest.mark.slow),
        (3, 1.75, 1.25, 0.5, 7),
        # no mode swings, and mu^n = 4e-9 is seen where the roots of a mode meet
        (3.5, 2, 0.2, 0.2, 12),
    ],
)
def test_heavy_ball_in_steps_is_the_sum_of_its_modes(
    a: float, b: float, eta: float, momentum: float, steps: int
) -> None:
    rule = DiscreteHeavyBall(eta=eta, momentum=momentum)
    found, finer = (
        FullModel(power_law(str(a), str(b)), rule=rule, digits=d).test_loss(steps) for d in (8, 22)
    )
    assert float(finer) == pytest.approx(all_modes(a, b, rule, steps), rel=2e-12)
    assert abs(found.value - finer.value) <= found.error + finer.error
    assert found.relative_error < 1e-8
    assert finer.relative_error < 1e-22


@pytest.mark.parametrize(
    ("rule", "t"),
    [
        (GradientDescent(eta=1e-6), 5_000_000),
        (DiscreteHeavyBall(eta=5e-7, momentum=0.5), 5_000_000),
        (HeavyBall(beta=1e-7), 5),
    ],
    ids=str,
)
def test_small_steps_and_small_masses_are_the_flow(rule: TrainingRule, t: int) -> None:
    sizes: dict[str, Any] = {"N": 30, "P": 50, "noise": "1/2"}
    flow = FullModel(power_law("1.5", "1.25"), **sizes).test_loss(5)
    value = FullModel(power_law("1.5", "1.25"), **sizes, rule=rule).test_loss(t)
    assert float(value) == pytest.approx(float(flow), rel=1e-5)
    assert float(value) != float(flow)


UNSTABLE = [
    (GradientDescent(eta=2.5), {}, "eta = 2.5 is beyond stability"),
    (GradientDescent(eta=0.5), {"N": 2, "P": 2}, "use eta <"),
    (DiscreteHeavyBall(eta=3.5, momentum=0.5), {}, "eta = 3.5 is beyond stability"),
    (OnePassSGD(eta=1.5, batch=1), {}, "noise of the batches feeds itself"),
]


@pytest.mark.parametrize(("rule", "sizes", "message"), UNSTABLE, ids=str)
def test_unstable_steps_are_refused(rule: TrainingRule, sizes: dict[str, int], message: str) -> None:
    with pytest.raises(DomainError, match=message):
        FullModel.from_arrays(LAMBDAS, POWERS, rule=rule, **sizes)


def test_the_edge_of_the_spectrum_is_that_of_marchenko_and_pastur() -> None:
    """(1 + sqrt(M/N))^2 for lambda = 1: steps are stable below twice its inverse, and not above."""
    edge = (1 + math.sqrt(8 / 2)) ** 2
    task = Task(eigenvalues=1, target=1, modes=8)
    FullModel(task, N=2, rule=GradientDescent(eta=2 / edge * 0.9999))
    with pytest.raises(DomainError, match="stability"):
        FullModel(task, N=2, rule=GradientDescent(eta=2 / edge * 1.0001))


@pytest.mark.parametrize("digits", [8, 20])
@pytest.mark.parametrize(
    ("rule", "eigenvalues", "time"),
    [
        (GradientDescent(eta=1), [1.5, 0.5], 100),  # (1/2)^100 of both, with signs that alternate
        (HeavyBall(beta=1), [1.0, 0.24, 0.25], 100),  # one swings, one creeps, one is critical
        (DiscreteHeavyBall(eta=0.5, momentum=0.5), [3.0, 0.25, 1.0], 200),
    ],
    ids=str,
)
def test_few_modes_are_added_however_late(
    rule: TrainingRule, eigenvalues: list[float], time: int, digits: int
) -> None:
    """On a contour they came out of the noise no more, and were refused."""
    found = FullModel.from_arrays(eigenvalues, [1] * len(eigenvalues), rule=rule, digits=digits).test_loss(
        time
    )
    with mpmath.workdps(200):
        exact = mpmath.fsum(solved(rule, mpmath.mpf(x), time) ** 2 for x in eigenvalues)
        assert abs(found.value - exact) <= found.error < exact * mpmath.mpf(10) ** -digits


def solved(rule: TrainingRule, x: Any, time: int) -> Any:
    """By recursion over steps; for the flow, by the exponential of its matrix."""
    if isinstance(rule, HeavyBall):
        system = mpmath.matrix([[0, 1], [-x / mpmath.mpf(rule.beta), -1 / mpmath.mpf(rule.beta)]])
        return mpmath.expm(system * time)[0, 0]
    mu, before, now = mpmath.mpf(getattr(rule, "momentum", 0)), mpmath.mpf(1), mpmath.mpf(1)
    for _ in range(time):
        before, now = now, (1 + mu - rule.eta * x) * now - mu * before
    return now
