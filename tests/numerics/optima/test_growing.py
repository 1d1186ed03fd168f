"""Constants and frontiers where modes grow with N."""

import mpmath
import pytest
from numpy.testing import assert_allclose
from sympy import Rational

from asymptotics import OnePassSGD, compute_optimal, power_law
from asymptotics.errors import DomainError, PrecisionError
from asymptotics.symbols import C, N, t
from numerics import frontier
from numerics.optima.frontier import constants
from numerics.optima.growing import GrowingModes

SGD = OnePassSGD(fraction=0.25, batch=1)


def optimum(a, b, **rule):
    return compute_optimal(power_law(a, b, modes="2*N"), cost=N * t, **rule)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("a", "b", "rule", "near"),
    [
        ("3/2", "4/5", {"rule": SGD}, 0.03),  # Ib
        ("2", "3/10", {"rule": SGD}, 0.2),  # Ic
        ("5/2", "4/5", {}, 0.25),  # gradient flow, approached as C^-0.065
        ("3/2", "5/4", {"rule": SGD}, 0.03),  # Ia, with r N modes
    ],
)
def test_the_frontier_tends_to_the_law(a, b, rule, near):
    question = optimum(a, b, **rule)
    law, (phase,) = constants(question, digits=5), question.phases
    missed = []
    for budget in (10**10, 10**14):
        (point,) = frontier(question, [budget], digits=3)
        there = float(law["loss"].value) * budget ** -float(phase.exponents["loss"])
        missed.append(abs(float(point["loss"].value) / there - 1))
    assert missed[1] < missed[0] and missed[1] < near


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


def test_constants_in_closed_form():
    law = constants(optimum("2", "3/10", rule=SGD), digits=8)
    assert law.budget == C and float(law["loss"].value) > 0
    with pytest.raises(PrecisionError, match="ask for fewer digits"):
        frontier(optimum("5/2", "4/5", rule=SGD), [10**6], digits=8)


@pytest.mark.slow
def test_share_is_in_the_numbers():
    smaller = constants(optimum("3/2", Rational(4, 5), rule=OnePassSGD(fraction=0.1, batch=1)), digits=3)
    larger = constants(optimum("3/2", Rational(4, 5), rule=SGD), digits=3)
    assert smaller["loss"].value != larger["loss"].value
