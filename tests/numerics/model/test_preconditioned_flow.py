"""Preconditioned flow at N = P = oo against a plain sum, and in draws at finite sizes."""

from __future__ import annotations

import numpy as np
import pytest

from asymptotics import GradientFlow, PreconditionedFlow, UnableError, derive, power_law
from asymptotics.symbols import a, b
from numerics import FullModel, simulate, verify


def test_values_are_those_of_other_rates():
    k = np.arange(1.0, 300.0)
    for power in (0.5, 1.5):
        model = FullModel.from_arrays(k**-1.5, k**-2.5, rule=PreconditionedFlow(power=power))
        for time in (0.3, 20):
            expected = (k**-2.5 * np.exp(-2 * time * k ** (-1.5 * power))).sum()
            assert abs(float(model.test_loss(time)) / expected - 1) < 1e-13
    endless = FullModel(power_law(2.5, 1.5), rule=PreconditionedFlow(power=0.5)).test_loss(1000)
    assert endless.agrees_with(FullModel(power_law(2.5, 0.75)).test_loss(1000))


def test_draws_end_where_gradient_flow_ends():
    runs = [
        simulate(power_law(2, 1.5), N=20, P=10, modes=50, times=(0, np.inf), rule=rule, draws=5, seed=2)
        for rule in (GradientFlow(), PreconditionedFlow(power=0.5))
    ]
    assert runs[0].test_loss == pytest.approx(runs[1].test_loss)


def test_its_law_is_verified_and_finite_sizes_are_refused():
    law = derive(power_law(a, b)).time_preconditioned
    assert verify(law, at={a: 2.5, b: 1.5}).verdict == "HOLDS"
    with pytest.raises(UnableError, match="use simulate"):
        FullModel(power_law(2.5, 1.5), N=50, rule=PreconditionedFlow(power=0.5)).test_loss(3)
