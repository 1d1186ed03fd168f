"""Windows in plain doubles: within their errors of more digits, and left where rounding takes the digits."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from stated_errors import share
from sympy import Integer

from asymptotics import DeepRandomFeatures, Task, power_law
from numerics import FullModel
from numerics.model import many_coefficients, many_times, plain_windows
from numerics.model.plain_windows import PLAIN_DIGITS, solve_plainly

RNG = np.random.default_rng(10)
MODELS = [
    ("few modes", power_law("3/2", "5/4", modes=40), {}),
    ("finite N", power_law(3, 2), {"N": 1000}),
    ("all finite", power_law("3/2", "5/4"), {"N": 10**6, "P": 10**7}),
    ("noisy", power_law(2, "3/2"), {"N": 300, "P": 200, "noise": 1}),
    ("N = P", power_law(4, 2), {"N": 500, "P": 500, "noise": "1/2"}),
    ("ridge", power_law("5/2", 2), {"P": 200, "noise": 1, "ridge": "1e-4"}),
    ("deep", power_law(2, 2), {"P": 600, "student": DeepRandomFeatures(widths=(400, 900))}),
    ("geometric", Task(eigenvalues="2**-k", target="3**-k"), {"N": 5, "P": 8}),
    ("logarithmic", Task(eigenvalues="k**-2*log(k+1)", target="k**-(5/2)"), {"N": 2 * 10**6}),
]


@pytest.fixture
def plain_alone(monkeypatch):
    """Nothing but windows in plain doubles."""
    monkeypatch.setattr(
        many_times, "_ways", lambda digits: (partial(many_times._windows, solver=solve_plainly),)
    )


def found_by(model, times):
    return {name: model._at_once(name, times) for name in ("test_loss", "train_loss", "bias")}


@pytest.mark.parametrize("digits", [pytest.param(6, marks=pytest.mark.slow), 9])
@pytest.mark.parametrize(("task", "sizes"), [row[1:] for row in MODELS], ids=[row[0] for row in MODELS])
def test_losses_lie_within_their_errors_of_more_digits(task, sizes, digits, plain_alone, monkeypatch):
    times = [Integer(int(10 ** RNG.uniform(low, low + 2))) for low in (0, 1.5)]
    plain = found_by(FullModel(task, digits=digits, **sizes), times)
    assert digits > 6 or any(value is not None for value in plain["test_loss"])
    monkeypatch.undo()
    many = FullModel(task, digits=18, **sizes)
    for name, values in plain.items():
        for t, value in zip(times, values, strict=True):
            if value is not None:
                assert value.error <= 10.0**-digits * value.value
                assert share(value, getattr(many, name)(t)) <= 1, (name, t)


def test_late_at_finite_sizes_doubles_lose_their_digits_and_say_so(plain_alone):
    model = FullModel(power_law(2, 2), N=50, P=50, noise=1, digits=6)
    values = model._at_once("test_loss", [Integer(10) ** n for n in range(1, 30, 4)])
    assert values[0] is not None
    assert values[-1] is None


def test_more_digits_are_not_for_doubles(plain_alone):
    model = FullModel(power_law(2, 2), N=100, digits=PLAIN_DIGITS + 1)
    assert model._at_once("test_loss", [Integer(10)]) == [None]


@pytest.mark.parametrize(
    ("quantity", "size"),
    [
        ("test_loss", "N"),
        ("test_loss", "P"),
        ("train_loss", "P"),
        ("gap", "P"),
        ("noise", "P"),
        ("gap_noise", "P"),
    ],
)
@pytest.mark.parametrize("order", [1, 2])
@pytest.mark.parametrize("t", [37, 812, 23_456])
def test_coefficients_lie_within_their_errors_of_more_digits(quantity, size, order, t, monkeypatch):
    """Of second order, late, more cancels than doubles have."""
    task = power_law("5/2", "7/5")
    many = FullModel(task, digits=16).coefficients(quantity, size, t, order, only=order)[0]
    monkeypatch.setattr(many_coefficients, "solve_windows", lambda model, laid, *_: [None] * len(laid))
    model = FullModel(task, digits=8)
    (value,) = many_coefficients.coefficients_at(
        model._solver.model, quantity, size, (order, order), Integer(0), (Integer(t),), 8
    )
    if quantity in ("noise", "gap_noise") and (order == 1 or t < 1000):
        assert value is not None
    if value is not None:
        assert share(value, many) <= 1


@pytest.mark.parametrize("part", ["error", "rounding"])
def test_errors_a_million_times_too_small_are_seen(part, monkeypatch):
    """The rounding of doubles, and what a rule leaves out, are what the errors are made of."""
    model = FullModel(power_law(3, 2), N=1000, digits=8)
    laid = [(many_times.window(1.0, 12), 2000)]
    with many_times.field_of(140) as field:
        (at,) = solve_plainly(model._solver.model, laid, 8, field)
    assert at is not None
    assert getattr(at, part) >= {"error": 1e-16, "rounding": plain_windows.ROUNDING}[part]
