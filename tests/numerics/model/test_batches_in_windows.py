"""What batches add, from windows in doubled numbers, beside Talbot's contour at more digits."""

from __future__ import annotations

import pytest
from stated_errors import share
from sympy import Integer, oo

from asymptotics import OnePassSGD, Task, power_law
from numerics import FullModel
from numerics.model import losses
from numerics.model.batches_in_windows import sgd_excess_at
from numerics.model.parts import of_sgd_excess, weights_of

TASKS = [power_law("3/2", "5/4"), power_law(4, "7/3"), Task(eigenvalues="2**-k", target="3**-k")]


def models(task, digits, noise="1/3", **sizes):
    rule = OnePassSGD(eta=0.125, batch=8)
    return [FullModel(task, noise=noise, digits=d, rule=rule, **sizes) for d in (digits, digits + 11)]


@pytest.mark.parametrize(("task", "N"), [(TASKS[0], oo), (TASKS[1], 1000), (TASKS[2], 7)], ids=str)
def test_the_excess_lies_within_its_error_of_more_digits(task, N):
    few, many = models(task, 15, N=N)
    steps = (800, 50_000)
    values = sgd_excess_at(few._solver.model, few.noise**2, tuple(map(Integer, steps)), 15)
    assert few.sgd_excess(steps) == tuple(values)
    for n, value in zip(steps, values, strict=True):
        assert value is not None
        assert value.error <= 1e-15 * abs(value.value)
        assert share(value, many._combine("", n, of_sgd_excess(many._setting(n)))) <= 1


@pytest.mark.parametrize(("task", "digits"), [(TASKS[0], 15), (TASKS[2], 9)], ids=str)
@pytest.mark.parametrize("order", [1, 2])
def test_coefficients_lie_within_their_errors_of_more_digits(task, digits, order):
    few, many = models(task, digits)
    (value,) = sgd_excess_at(few._solver.model, few.noise**2, (Integer(4000),), digits, (order, 2))
    better = many._combine(
        "",
        4000,
        weights_of("sgd_excess", many._setting(4000)),
        expanded=losses.Expanded(size="N", orders=2),
        order=order,
    )
    assert value is not None
    assert share(value, better) <= 1


def test_late_excess_is_not_a_small_rest_of_a_constant():
    few, many = models(power_law(8, "11/10"), 12, noise=0)
    (late,) = sgd_excess_at(few._solver.model, Integer(0), (Integer(10) ** 9,), 12)
    assert late is not None
    better = many._combine("", 10**9, of_sgd_excess(many._setting(10**9)))
    assert share(late, better) <= 1


def test_what_windows_do_not_hold_is_left_to_other_contours():
    few, _ = models(TASKS[0], 15)
    steep, _ = models(Task(eigenvalues="12*k**-2", target="k**-2"), 15)
    at = few._solver.model
    assert sgd_excess_at(at, few.noise**2, (Integer(30),), 15) == [None]
    assert sgd_excess_at(at, few.noise**2, (Integer(3000),), 25) == [None]
    assert sgd_excess_at(steep._solver.model, few.noise**2, (Integer(3000),), 15) == [None]
    assert few.sgd_excess(30).error < 1e-15 * few.sgd_excess(30).value
