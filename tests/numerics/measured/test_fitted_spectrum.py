"""(a, b) and the best split of a budget from fitted exponents, with errors."""

import numpy as np
import pytest

from asymptotics import DomainError, derive, power_law
from asymptotics.symbols import N, t
from numerics import FullModel, fit_curve, fitted_spectrum


def test_errors_are_those_of_propagation():
    """a = 1 + m, b = m/s for a - 1 < b, and C^((a - 1)/(b + 1)) = C^(m s/(m + s))."""
    s, m, ds, dm = 0.5, 0.75, 1e-4, 2e-4
    found = fitted_spectrum(time=(s, ds), model=(m, dm))
    rows = [
        (found.a, 1 + m, dm),
        (found.b, m / s, np.hypot(dm / s, m * ds / s**2)),
        (found.exponents["loss"], m * s / (m + s), np.hypot(dm * s**2, ds * m**2) / (m + s) ** 2),
        (found.exponents[N], s / (m + s), np.hypot(dm * s, ds * m) / (m + s) ** 2),
    ]
    for value, exact, error in rows:
        assert abs(float(value) - exact) < 1e-9
        assert abs(float(value.error) / error - 1) < 1e-2
    assert found.settled and set(found.exponents) == {t, N, "loss"}


def test_a_phase_within_the_errors_is_told():
    """s = 1 is the edge a - 1 = b."""
    assert not fitted_spectrum(time=(0.99, 0.05), model=(1.2, 0.01)).settled


@pytest.mark.slow
def test_from_curves_of_the_model():
    task = power_law(1.5, 1.25)
    laws = derive(task)
    ts, ns = [10 * 2**j for j in range(10)], [8 * 2**j for j in range(8)]
    time = fit_curve(ts, [float(FullModel(task, digits=8).test_loss(x)) for x in ts], law=laws.time)
    losses = [float(FullModel(task, N=n, digits=8).test_loss("oo")) for n in ns]
    found = fitted_spectrum(time=time, model=fit_curve(ns, losses, law=laws.model))
    assert abs(float(found.a) - 1.5) < float(found.a.error) < 0.01
    assert abs(float(found.b) - 1.25) < float(found.b.error) < 0.02
    assert abs(float(found.exponents["loss"]) - 2 / 9) < float(found.exponents["loss"].error) < 0.01


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"time": (0.5, 0.1)}, "give two"),
        ({"time": (0.5, 0.1), "model": 3}, "not a sequence"),
        ({"time": (0.5, -0.1), "model": (1, 0)}, "must be >= 0"),
        ({"time": (0.5, 0.1, 2), "model": (1, 0)}, "pair"),
    ],
)
def test_refusals(given, message):
    with pytest.raises(DomainError, match=message):
        fitted_spectrum(**given)
