"""Windows in numbers of any precision, beside Talbot's contour at more digits than they take."""

from __future__ import annotations

import pytest
from stated_errors import share
from sympy import Integer, Rational

from asymptotics import Task, power_law
from numerics import FullModel
from numerics.model import long_windows
from numerics.model.forms import Form, _errors
from numerics.model.long_windows import long_losses
from numerics.spectra.compiled import constant
from numerics.values.arithmetic import field_of

MODELS = [
    ("N", power_law("3/2", "5/4"), {"N": 1000}),
    ("P", power_law(4, "7/3"), {"P": 20, "noise": "1/2"}),
    ("N = P", power_law(4, 2), {"N": 50, "P": 50, "noise": "1/2"}),
    ("geometric", Task(eigenvalues="2**-k", target="3**-k"), {"N": 5, "P": 8}),
    ("modes", power_law(2, 2, modes=30), {"N": 9, "P": 7}),
    ("ridge", power_law("5/2", 2), {"P": 200, "noise": 1, "ridge": "1e-4"}),
]


LONG = {"N = P", "ridge", "geometric", "modes"}
CASES = [
    pytest.param(*row[1:], id=row[0], marks=pytest.mark.slow if row[0] in LONG else ()) for row in MODELS
]


@pytest.mark.parametrize(("task", "sizes"), CASES)
def test_losses_lie_within_their_errors_of_more_digits(task, sizes):
    few, many = (FullModel(task, digits=digits, **sizes) for digits in (28, 42))
    for quantity, times in (("test_loss", (Rational(7, 2), 10**6)), ("train_loss", (50,)), ("bias", (300,))):
        found = few._at_once(quantity, [Integer(t) if t == int(t) else t for t in times])
        for t, value in zip(times, found, strict=True):
            assert value is not None, (quantity, t)
            assert value.error <= 1e-28 * value.value
            better = getattr(many, quantity)(t)
            assert better.error < value.error / 100
            assert share(value, better) <= 1, (quantity, t)


def losses(model, times, digits=30):
    with field_of(140) as field:
        numbers = [constant(t, field) for t in times]
        return long_losses(
            model._solver.model, Form(pairs=_errors), constant(model.noise**2, field), numbers, digits
        )


def test_times_near_each_other_share_their_sums(monkeypatch):
    model = FullModel(power_law(2, 2), P=100, noise=1, digits=30)
    solved = []
    solve = long_windows._solve
    monkeypatch.setattr(long_windows, "_solve", lambda *args: solved.append(args) or solve(*args))
    first = losses(model, [Integer(1000), Rational(1001)])
    again = losses(model, [Rational(10005, 10)])
    assert len(solved) == 1  # both lattices at once
    assert first[0].value < again[0].value < first[1].value
    alone = FullModel(power_law(2, 2), P=100, noise=1, digits=30)
    assert losses(alone, [Rational(10005, 10)]) == again  # whatever came before


def test_what_takes_more_than_twice_thirty_digits_is_left_to_other_contours():
    model = FullModel(power_law(2, 2), P=100, noise=1, digits=30)
    assert losses(model, [Integer(1000)], 60) == [None]
    assert losses(model, [Integer(10) ** 60]) == [None]


@pytest.mark.parametrize("decades", [7, pytest.param(10, marks=pytest.mark.slow)])
def test_late_losses_under_steep_targets_are_had_with_the_digits_that_cancel(decades):
    task, t = power_law("25/4", "5/2"), Integer(10) ** decades
    few, many = (FullModel(task, P=t**2, noise=1, digits=digits) for digits in (30, 32))
    (found,) = few._at_once("test_loss", [t])
    assert found is not None and found.error < 1e-30 * found.value
    assert share(found, many._at_once("test_loss", [t])[0]) <= 1
