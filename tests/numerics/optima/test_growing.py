"""Constants and frontiers where modes grow with N."""

import math

import mpmath
import pytest
from numpy.testing import assert_allclose
from sympy import Rational

from asymptotics import OnePassSGD, compute_optimal, power_law
from asymptotics.errors import DomainError
from asymptotics.symbols import C, N, t
from numerics import FullModel, frontier
from numerics.optima.constants import constants
from numerics.optima.growing import GrowingModes

SGD = OnePassSGD(fraction=0.25, batch=1)


def optimum(a, b, **rule):
    return compute_optimal(power_law(a, b, modes="2*N"), cost=N * t, **rule)


# a, b, rule, the modes where they end, and the power of C with which finite budgets approach the law
APPROACH = [
    ("Ib", "3/2", "4/5", SGD, "2*N", Rational(1, 10)),  # the trace is off by N^-(1-b) of it
    ("Ic", "2", "3/10", SGD, "2*N", Rational(21, 179)),
    ("IVa", "5/2", "4/5", SGD, "2*N", Rational(1, 10)),
    ("IVb", "5/2", "11/20", SGD, "2*N", Rational(38, 911)),
    ("flow, b < 1", "5/2", "4/5", None, "2*N", Rational(7, 107)),
    ("Ia", "3/2", "5/4", SGD, "2*N", Rational(1, 9)),  # the kernel of the noise, t^-(1-1/b)
    ("II, flow", "14/5", "3/2", None, "2*N", Rational(3, 56)),  # the last modes, (t^(1/b)/N)^(b-1)
    ("Ia, all modes", "3/2", "5/4", OnePassSGD(eta=0.1, batch=2), "oo", Rational(1, 9)),
]


def asked(a, b, rule, modes):
    return compute_optimal(
        power_law(a, b, modes=modes), cost=N * t, **({} if rule is None else {"rule": rule})
    )


@pytest.mark.parametrize(
    ("a", "b", "rule", "modes", "power"), [row[1:] for row in APPROACH], ids=[row[0] for row in APPROACH]
)
def test_the_power_of_the_approach(a, b, rule, modes, power):
    (phase,) = asked(a, b, rule, modes).phases
    assert phase.approach == power


@pytest.mark.slow
@pytest.mark.parametrize(
    ("a", "b", "rule", "modes", "power"), [row[1:] for row in APPROACH], ids=[row[0] for row in APPROACH]
)
def test_the_frontier_approaches_the_law_with_that_power(a, b, rule, modes, power):
    """Optima of the full model, N up to 10^21 features: what is left falls as predicted."""
    question = asked(a, b, rule, modes)
    law, (phase,) = constants(question, digits=8), question.phases
    left = []
    for digits in (22, 30):
        (point,) = frontier(question, [10**digits], digits=4)
        with mpmath.workdps(20):
            falls = mpmath.mpf(10) ** (-digits * float(phase.exponents["loss"]))
            left.append(abs(float(point["loss"].value / (law["loss"].value * falls)) - 1))
    assert left[1] < left[0] < 0.7
    assert abs(math.log10(left[0] / left[1]) / 8 - float(power)) < 0.02


def test_the_scaling_function_has_its_end():
    modes = GrowingModes(p=mpmath.mpf(3) / 2, b=mpmath.mpf("0.8"), r=mpmath.mpf(2), share=mpmath.mpf("0.25"))
    end = GrowingModes(p=mpmath.mpf(3) / 2, b=mpmath.mpf("0.8"), r=mpmath.mpf(2)).scaling(10**4, 8)
    assert_allclose(float(modes.scaling(10**4, 8).value), float(end.value) / 0.75, rtol=1e-6)
    for x in (0, -1):
        with pytest.raises(DomainError, match="must be > 0"):
            modes.scaling(x)


def test_errors_are_errors():
    modes = GrowingModes(p=mpmath.mpf(5) / 2, b=mpmath.mpf("0.6"), r=mpmath.mpf(3), share=mpmath.mpf("0.5"))
    sharp = modes.scaling("0.3", 25)
    for digits in (4, 8, 12):
        found = modes.scaling("0.3", digits)
        assert abs(found.value - sharp.value) <= found.error <= abs(found.value) * 10.0**-digits


@pytest.mark.slow
def test_constants_in_closed_form():
    law = constants(optimum("2", "3/10", rule=SGD), digits=8)
    assert law.budget == C and float(law["loss"].value) > 0


@pytest.mark.slow
def test_whole_steps_and_whole_features_at_a_small_budget():
    """Phase III at C = 10^8 to eight digits, beside the full model at whole N and t next to the optimum."""
    (point,) = frontier(optimum("4", "3/2", rule=SGD), [10**8], digits=8)
    size, steps, apart = round(float(point[N])), round(float(point[t])), 100

    def height(features, time):
        model = FullModel(power_law(4, "3/2", modes="2*N"), N=features, rule=SGD, digits=12)
        return math.log(float(model.test_loss(time)))

    falls = [
        (height(size + apart * i, steps + apart * j) - height(size - apart * i, steps - apart * j))
        / math.log(((size if i else steps) + apart) / ((size if i else steps) - apart))
        for i, j in ((1, 0), (0, 1))
    ]
    assert falls[0] == pytest.approx(falls[1], rel=1e-4)  # both buy the same
    moved = falls[0] * math.log(float(point[N]) / size) + falls[1] * math.log(float(point[t]) / steps)
    assert float(point["loss"]) == pytest.approx(math.exp(height(size, steps) + moved), rel=1e-7)
    assert float(point[N]) * float(point[t]) == pytest.approx(10**8, rel=1e-7)


@pytest.mark.slow
def test_share_is_in_the_numbers():
    smaller = constants(optimum("3/2", Rational(4, 5), rule=OnePassSGD(fraction=0.1, batch=1)), digits=3)
    larger = constants(optimum("3/2", Rational(4, 5), rule=SGD), digits=3)
    assert smaller["loss"].value != larger["loss"].value


@pytest.mark.parametrize(
    ("task", "rule", "budget", "sizes"),
    [
        (power_law("5/2", "4/5", modes="2*N"), None, 300, range(40, 110)),
        (power_law("3/2", "4/5", modes="3/2*N"), SGD, 10**4, range(12, 36, 2)),
    ],
    ids=["flow", "sgd"],
)
def test_few_features_are_whole(task, rule, budget, sizes):
    """All sizes by hand: below 2000 steps of N a curve through them has no place."""
    trained = {} if rule is None else {"rule": rule}
    (point,) = frontier(compute_optimal(task, N * t, **trained), [budget], digits=6)
    heights = {}
    for size in sizes:
        model, time = FullModel(task, N=size, digits=8, **trained), budget / size
        # between two whole numbers of steps a straight line in their logarithms is enough to find the size
        ends = (time,) if rule is None else (math.floor(time), math.floor(time) + 1)
        low, *high = (math.log(float(model.test_loss(one))) for one in ends)
        share = math.log(time / ends[0]) / math.log(ends[1] / ends[0]) if high else 0
        heights[size] = low + share * (high[0] - low if high else 0)
    best = min(heights, key=heights.get)
    assert float(point[N]) == best and float(point[t]) == pytest.approx(budget / best)
    assert math.log(float(point["loss"])) == pytest.approx(heights[best], abs=1e-8 if rule is None else 1e-4)
