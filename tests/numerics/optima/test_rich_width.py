"""Constants of budgets whose features move: the scaling function of time and width, against the model."""

import math

import pytest
from sympy import Rational

from asymptotics import Rich, compute_optimal, derive, power_law
from asymptotics.errors import DomainError, PrecisionError
from asymptotics.laws.joint import joint_law
from asymptotics.symbols import N, a, b, t
from numerics import RichModel, constants, frontier
from numerics.optima.rich_width import WidthScaling

OPTIMUM = compute_optimal(derive(power_law(a, b)), N * t, features=Rich(gamma=1))


@pytest.mark.slow
def test_the_model_at_finite_width_tends_to_it():
    """In powers of 1/k, ``k^2 = A kappa0^(p-1)``: a tenth at a hundred times the width."""
    law, shape = joint_law(derive(power_law(2, 2)), N), WidthScaling(0.5, 0.5)
    amplitude, coefficient = (float(x.evalf()) for x in (law.amplitude, law.terms[0].coefficient))
    for ts in (1.0, 4.0):
        apart = []
        for width in (10**4, 10**6):
            kappa0 = (amplitude / width) ** 2
            now = ts / (math.sqrt(coefficient * kappa0**-0.5) * kappa0)
            found = RichModel(power_law(2, 2), gamma=1, N=width).test_loss(now)
            apart.append(abs(float(found) / (coefficient * kappa0**0.5 * float(shape(ts).value)) - 1))
        assert apart[1] < 0.2 * apart[0] < 1e-3
    assert float(shape(100.0).value) == pytest.approx(1, abs=1e-9)


@pytest.mark.slow
def test_the_frontier_tends_to_its_constants():
    law = constants(OPTIMUM, {a: 2, b: 2}, digits=3)
    powers = OPTIMUM.at(a=2, b=2).exponents
    apart = []
    for budget in (10**6, 10**9):
        (best,) = frontier(OPTIMUM, [budget], {a: 2, b: 2}, digits=3)
        apart.append(
            [
                abs(float(best[key].value / law[key].value) / budget ** (sign * float(powers[key])) - 1)
                for key, sign in ((N, 1), ("loss", -1))
            ]
        )
    assert all(late < 0.5 * early < 0.1 for early, late in zip(*apart, strict=True))
    assert law["loss"].relative_error < 1e-6


@pytest.mark.slow
def test_more_digits_and_features_that_are_rich_too_late_are_refused():
    with pytest.raises(PrecisionError, match="to 3 at most"):
        constants(OPTIMUM, {a: 2, b: 2}, digits=8)
    with pytest.raises(DomainError, match="cross over 1000 decades before the width does"):
        WidthScaling(0.99, 0.5)
    with pytest.raises(DomainError, match="cross over"):
        constants(OPTIMUM, {a: Rational(299, 100), b: 2}, digits=3)
