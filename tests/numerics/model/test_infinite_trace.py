"""N = P = oo with eigenvalues that have no finite sum: every rule that draws no batches has its losses."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import mpmath
import numpy as np
import pytest
from sympy import Rational, oo

from asymptotics import Constant, Law, Linear, OnePassSGD, Task, derive, power_law
from asymptotics.errors import SpectrumError
from asymptotics.precision import working
from asymptotics.symbols import a, b, k
from numerics import FullModel, GradientDescent, GradientFlow, HeavyBall, verify

START = 400


def direct(a: float, b: float, left: Callable[[mpmath.mpf], mpmath.mpf]) -> mpmath.mpf:
    """``sum_k k^-a left(k^-b)^2`` by Euler and Maclaurin."""

    def f(x: mpmath.mpf) -> mpmath.mpf:
        return mpmath.mpf(x) ** -a * left(mpmath.mpf(x) ** -b) ** 2

    def stretched(v: mpmath.mpf) -> mpmath.mpf:
        x = START * mpmath.exp(v)
        return f(x) * x

    tail = mpmath.quad(stretched, [0, 2, 5, 10, 20, 40, 80, 200]) + f(START) / 2
    ends = (mpmath.diff(f, START, n) / weight for n, weight in ((1, -12), (3, 720), (5, -30240)))
    return mpmath.fsum(f(j) for j in range(1, START)) + tail + mpmath.fsum(ends)


def swing(beta: float, t: float) -> Callable[[mpmath.mpf], mpmath.mpf]:
    def left(x: mpmath.mpf) -> mpmath.mpf:
        root = mpmath.sqrt(mpmath.mpc(1 - 4 * beta * x))
        slow, fast = (-1 + root) / (2 * beta), (-1 - root) / (2 * beta)
        return mpmath.re((slow * mpmath.exp(fast * t) - fast * mpmath.exp(slow * t)) / (slow - fast))

    return left


RULES = [
    (GradientFlow(), 7, lambda x: mpmath.exp(-7 * x)),
    (GradientDescent(eta=0.5), 7, lambda x: (1 - x / 2) ** 7),
    (GradientDescent(eta=1.5), 7, lambda x: (1 - 3 * x / 2) ** 7),
    (HeavyBall(beta=0.375), 3, swing(0.375, 3)),
]


@pytest.mark.parametrize(("rule", "t", "left"), RULES, ids=[str(rule) for rule, _, _ in RULES])
@pytest.mark.parametrize("b", [1, 0.5])
def test_losses_are_sums_over_modes(b: float, rule: object, t: int, left: Callable[..., mpmath.mpf]) -> None:
    model = FullModel(power_law(2, b), rule=rule)
    with working(30):
        exact = direct(2, b, left)
        assert abs(model.test_loss(t).value / exact - 1) < 1e-15
        assert abs(model.test_loss(0).value / mpmath.zeta(2) - 1) < 1e-15
    assert float(model.test_loss(oo)) == 0


def test_at_infinite_sizes_nothing_is_random() -> None:
    model = FullModel(power_law(2, 1), noise=1)
    assert model.bias(3).agrees_with(model.test_loss(3)) and float(model.variance(3).total) == 0
    assert abs(float(model.train_loss(3)) - 1 - float(model.test_loss(3))) < 1e-14
    assert abs(float(model.transfer(2, 3)) - float(mpmath.exp(-1.5))) < 1e-14


@pytest.mark.parametrize(
    "ask",
    [
        lambda task: FullModel(task, N=10),
        lambda task: FullModel(task, P=10),
        lambda task: FullModel(task, rule=OnePassSGD(fraction=0.1, batch=1)),
        lambda task: FullModel(task, rule=OnePassSGD(eta=0.1, batch=1), ridge=0.1),
        lambda task: FullModel(task).coefficients("test_loss", "N", 3),
        lambda task: FullModel(task).coefficients("noise", "P", 3),
    ],
)
def test_what_needs_the_trace_is_refused(ask: Callable[[Task], object]) -> None:
    for slow in (1, Rational(1, 2)):
        with pytest.raises(SpectrumError, match=r"diverges.*faster than 1/k") as caught:
            ask(power_law(2, slow))
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "name", ["time", "time_discrete", pytest.param("time_momentum", marks=pytest.mark.slow)]
)
def test_time_laws_hold_without_trace(name: str) -> None:
    law = getattr(derive(power_law(a, b)), name)
    assert verify(law, at={a: 2, b: Rational(1, 2)}, digits=20).verdict == "HOLDS"
    assert verify(law.stating(exponent=Rational(19, 10)), at={a: 2, b: Rational(1, 2)}).verdict == "FAILS"


def test_modes_whose_number_grows_exponentially() -> None:
    """``2^k`` modes of eigenvalue ``2^-k``: no trace, though each factor leaves the range of floats."""
    task = Task(eigenvalues=2**-k, target=8**-k, multiplicity=2**k)
    with working(30):
        exact = mpmath.nsum(lambda j: mpmath.mpf(4) ** -j * mpmath.exp(-6 * mpmath.mpf(2) ** -j), [1, 80])
        assert abs(FullModel(task).test_loss(3).value / exact - 1) < 1e-15


def modes_of(a: float, b: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Eigenvalues, target and weights: 300 modes, and Gauss' points in log k for all others up to 1e60."""
    k = [np.arange(1, 300.5)]
    weights = [np.ones(300)]
    places, gauss = np.polynomial.legendre.leggauss(12)
    edges = np.linspace(np.log(300.5), np.log(1e60), 60)
    for low, high in pairwise(edges):
        k.append(np.exp((low + high) / 2 + (high - low) / 2 * places))
        weights.append(k[-1] * gauss * (high - low) / 2)
    all_k = np.concatenate(k)
    return all_k**-b, all_k**-a, np.concatenate(weights)


def recursion(a: float, b: float, steps: np.ndarray, noise: float) -> float:
    """``m(n+1) = (1 - 2 eta l + 2 eta^2 l^2) m + eta^2 l (L + sigma^2)``, mode by mode, B = 1."""
    lam, target, weights = modes_of(a, b)
    moment = target / lam
    for eta in steps:
        loss = (weights * lam * moment).sum()
        moment = (1 - 2 * eta * lam + 2 * eta**2 * lam**2) * moment + eta**2 * lam * (loss + noise**2)
    return float((weights * lam * moment).sum())


@pytest.mark.parametrize(
    ("a", "b", "eta"),
    [
        pytest.param(3, "3/4", 0.017, marks=pytest.mark.slow),
        ("5/4", "3/5", 0.008),
        pytest.param("5/2", "19/20", 0.04, marks=pytest.mark.slow),
    ],
)
def test_finitely_many_steps_of_sgd(a: object, b: str, eta: float) -> None:
    """The noise of batches needs ``sum lambda^2`` alone; steps that no share of the trace would allow."""
    task, at = power_law(a, b), [float(Rational(x)) for x in (a, b)]
    for schedule, shape in ((Constant(), 1.0), (Linear(), 1 - np.arange(1000) / 1000)):
        rule = OnePassSGD(eta=eta, batch=1, schedule=schedule)
        found = FullModel(task, rule=rule, noise="1/2", digits=6).test_loss(1000)
        direct = recursion(*at, eta * shape * np.ones(1000), 0.5)
        assert abs(float(found) / direct - 1) < 1e-6


def test_steps_of_sgd_need_the_squares() -> None:
    with pytest.raises(SpectrumError, match=r"sum of lambda_k\^2 diverges"):
        FullModel(power_law(2, "1/2"), rule=OnePassSGD(eta=0.1, batch=1))


def test_long_runs_are_sharp() -> None:
    """The analytic part of a target that falls fast cancels on the contour: 10^14 steps had four digits."""
    rule = OnePassSGD(eta=7.378e-11, batch=8, schedule=Linear())
    loss = FullModel(power_law(3, "3/4"), rule=rule, noise=1, digits=5).test_loss(10**14)
    assert loss.relative_error < 3e-6 and abs(float(loss) / 2.91717e-10 - 1) < 3e-6


@pytest.mark.slow
@pytest.mark.parametrize(
    ("of", "at"),
    [
        (lambda laws: laws.optimal_step, {a: "5/4", b: "3/5"}),
        (lambda laws: laws.optimal_step, {a: 3, b: "3/4"}),
        (lambda laws: laws.schedule(Constant()), {a: 3, b: "3/4"}),
        (lambda laws: laws.schedule(Linear()), {a: 3, b: "3/4"}),
        (lambda laws: laws.schedule(Linear()), {a: 3, b: 1}),
        (lambda laws: laws.averaged, {a: 3, b: "3/4"}),
    ],
    ids=["step", "step of fast targets", "constant", "linear", "linear at b = 1", "average"],
)
def test_best_steps_hold_without_trace(of: Callable[..., Law], at: dict[object, object]) -> None:
    assert verify(of(derive(power_law(a, b))), at=at, digits=8).verdict == "HOLDS"


@pytest.mark.slow
def test_a_false_best_step_fails_without_trace() -> None:
    law = derive(power_law(a, b)).optimal_step.at(a=3, b="3/4")
    assert verify(law.stating(prefactor=law.prefactor * Rational(1001, 1000)), digits=8).verdict == "FAILS"
