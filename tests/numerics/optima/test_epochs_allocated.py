"""Budgets of multi-pass SGD at fixed data, against the full model: a search over N that knows of no law."""

import math

import pytest
from sympy import S

from asymptotics import MultiPassSGD, compute_optimal, derive, power_law
from asymptotics.symbols import N, P, epochs
from numerics import FullModel

BATCH = 8


def best(a, b, budget, samples):
    """The smallest loss at ``N steps B = budget``, and log N there: a grid, and then golden sections."""
    known = {}

    def loss(log_size):
        size = max(1, round(math.exp(log_size)))
        steps = max(1, round(budget / BATCH / math.exp(log_size)))
        rule = MultiPassSGD(eta=0.25, batch=BATCH)
        if (size, steps) not in known:
            model = FullModel(power_law(a, b), N=size, P=round(samples), rule=rule, digits=6)
            known[size, steps] = float(model.test_loss(steps))
        return known[size, steps]

    high = math.log(budget / BATCH)
    grid = [high * i / 14 for i in range(1, 14)]
    place = min(range(len(grid)), key=lambda i: loss(grid[i]))
    low, high, golden = grid[max(0, place - 1)], grid[min(len(grid) - 1, place + 1)], (5**0.5 - 1) / 2
    for _ in range(5):
        left, right = high - golden * (high - low), low + golden * (high - low)
        low, high = (low, right) if loss(left) < loss(right) else (left, high)
    middle = (low + high) / 2
    return math.log(loss(middle)), middle


@pytest.mark.slow
@pytest.mark.parametrize(
    ("a", "b", "share"),
    [
        (S(3) / 2, S(3) / 2, S(3) / 5),  # more data than one pass takes
        (S(3) / 2, S(3), S(1) / 3),  # many passes before the data bound the loss
    ],
)
def test_exponents_of_a_budget_with_fixed_data_are_those_of_the_model(a, b, share):
    laws = derive(power_law("a", "b"))
    optimum = compute_optimal(laws, cost=N * P * epochs, fixed={P: f"C**({share})"}, rule=MultiPassSGD)
    wanted = optimum.at(a=a, b=b).exponents
    (early, less), (late, more) = (best(a, b, 10.0**n, 10.0 ** float(n * share)) for n in (7, 11))
    decades = 4 * math.log(10)
    assert (early - late) / decades == pytest.approx(float(wanted["loss"]), abs=0.006)
    assert (more - less) / decades == pytest.approx(float(wanted[N]), abs=0.03)
