"""N = P = oo with eigenvalues that have no finite sum: every rule that draws no batches has its losses."""

from __future__ import annotations

from collections.abc import Callable

import mpmath
import pytest
from sympy import Rational, oo

from asymptotics import Task, derive, power_law
from asymptotics.errors import SpectrumError
from asymptotics.precision import working
from asymptotics.symbols import a, b, k
from numerics import FullModel, GradientDescent, GradientFlow, HeavyBall, OnePassSGD, verify

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
        lambda task: FullModel(task, rule=OnePassSGD(eta=0.1, batch=1)),
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
