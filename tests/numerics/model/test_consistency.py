"""FullModel against itself: more digits, sums of parts, ensembles, and other routes to the same number."""

from __future__ import annotations

import random
from typing import Any

import mpmath
import numpy as np
import pytest
import sympy
from five_modes import LAMBDAS, POWERS

from asymptotics.errors import PrecisionError
from asymptotics.symbols import k
from asymptotics.tasks.power_laws import power_law
from asymptotics.tasks.task import Task
from numerics import FullModel

oo = sympy.oo

PARTS = ("initialisation", "data", "noise", "interaction")


def _random_models(seed: int, count: int) -> list[tuple[dict[str, Any], str]]:
    draw = random.Random(seed)
    rows = []
    for _ in range(count):
        a, b = (round(1 + 10 ** draw.uniform(-1.5, 0.6), 3) for _ in range(2))
        N = round(10 ** draw.uniform(0, 12))
        P: object = draw.choice([oo, N, N + 1, N + max(1, N // 1000), round(10 ** draw.uniform(0, 12))])
        if draw.random() < 0.3:
            N, P = P, N  # type: ignore[assignment]
        sizes = {"N": N, "P": P, "noise": draw.choice(["0", "1/3", "2"])}
        rows.append(({"task": power_law(a, b), **sizes}, repr(10 ** draw.uniform(-3, 20))))
    return rows


def _compare(row: dict[str, Any], t: str, digits: int) -> None:
    """Every quantity within its error of the same at twice the digits (and so with other nodes)."""
    few, many = (FullModel(**row, digits=d) for d in (digits, 2 * digits + 3))
    for name in ("test_loss", "train_loss", "bias", "variance"):
        try:
            found, better = getattr(few, name)(t), getattr(many, name)(t)
        except PrecisionError:
            continue  # said, not silent
        pairs = (
            [(found, better)]
            if name != "variance"
            else [(getattr(found, part), getattr(better, part)) for part in (*PARTS, "total")]
        )
        for value, reference in pairs:
            with mpmath.workdps(80):
                assert abs(value.value - reference.value) <= value.error + reference.error, (row, t, name)
            assert value.relative_error < 10.0**-digits or value.note, (row, t, name)


@pytest.mark.parametrize(("row", "t"), _random_models(3, 5), ids=str)
def test_errors_bound_the_difference_to_more_digits(row: dict[str, Any], t: str) -> None:
    _compare(row, t, 15)


@pytest.mark.slow
@pytest.mark.parametrize(("row", "t"), _random_models(4, 200), ids=str)
def test_errors_bound_the_difference_at_many_points(row: dict[str, Any], t: str) -> None:
    _compare(row, t, 15)


@pytest.mark.parametrize(("row", "t"), _random_models(5, 4), ids=str)
def test_parts_add_up(row: dict[str, Any], t: str) -> None:
    model = FullModel(**row, digits=20)
    v = model.variance(t)
    with mpmath.workdps(40):
        parts = mpmath.fsum(getattr(v, part).value for part in PARTS)
        errors = mpmath.fsum(getattr(v, part).error for part in PARTS) + v.total.error
        assert abs(parts - v.total.value) <= errors
        total = model.bias(t).value + v.total.value
        loss = model.test_loss(t)
        assert abs(total - loss.value) <= loss.error + model.bias(t).error + v.total.error


def test_without_limits_on_data_train_and_test_differ_by_the_noise() -> None:
    model = FullModel(power_law("1.5", "1.25"), N=50, noise="1/2")
    for t in (0, 3, 1e6, oo):
        with mpmath.workdps(40):
            assert model.train_loss(t).agrees_with(model.test_loss(t).value + mpmath.mpf("0.25"), factor=4)


def test_ensembles_and_bags() -> None:
    model = FullModel(power_law("1.5", "1.25"), N=40, P=60, noise=1, digits=18)
    v, B = model.variance(20), model.bias(20)
    with mpmath.workdps(30):
        one, many, everything = model.test_loss(20), model.ensemble_loss(20, 10), model.ensemble_loss(20, oo)
        # E members: L_E = L_oo + (L_1 - L_oo)/E.
        assert abs(many.value - everything.value - (one.value - everything.value) / 10) < 1e-17
        assert abs(model.bagged_loss(20, oo).value - B.value - v.initialisation.value) < 1e-17
        assert model.ensemble_loss(20, oo, bags=oo).agrees_with(B)
        assert model.ensemble_loss(20, 3, bags=5).agrees_with(model.bagged_loss(20, 5, members=3))
        assert everything.value < many.value < one.value
    assert model.ensemble_loss(20, 1).agrees_with(one)


def test_ensembles_without_limits_on_data() -> None:
    model = FullModel(power_law("1.5", "1.25"), N=40)
    assert model.ensemble_loss(20, oo).agrees_with(model.bias(20))


@pytest.mark.slow
def test_listed_and_symbolic_spectra_agree() -> None:
    """A thousand modes by integral and ends, and the same thousand listed as doubles (independent routes)."""
    modes = 1000
    index = np.arange(1, modes + 1, dtype=float)
    symbolic = FullModel(
        Task(eigenvalues=1 / k**2, target=1 / (k + 1), modes=modes), N=100, P=300, noise="1/2"
    )
    listed = FullModel.from_arrays(index**-2, 1 / (index + 1), N=100, P=300, noise="1/2")
    for t in (0.1, 30, 1e5, oo):
        assert float(symbolic.test_loss(t)) == pytest.approx(float(listed.test_loss(t)), rel=3e-14)
        assert float(symbolic.train_loss(t)) == pytest.approx(float(listed.train_loss(t)), rel=3e-14)


def test_order_of_listed_modes_does_not_matter() -> None:
    shuffled = FullModel.from_arrays(LAMBDAS[::-1], POWERS[::-1], N=3, P=9)
    assert shuffled.test_loss(4).agrees_with(FullModel.from_arrays(LAMBDAS, POWERS, N=3, P=9).test_loss(4))


def test_curves() -> None:
    curve = FullModel(power_law(2, 2), N=10).curve([0, 1, 10.0], "bias")
    assert curve.times == (0.0, 1.0, 10.0)
    assert len(curve) == 3
    assert np.all(np.diff(np.asarray(curve)) < 0)
    assert np.all(curve.errors < 1e-14)


def test_early_times() -> None:
    """t = 0 is the target; the first order is -2 t sum c lambda (exact for any N and P)."""
    for N, P in ((oo, oo), (10, 20)):
        model = FullModel.from_arrays(LAMBDAS, POWERS, N=N, P=P, digits=30)
        assert float(model.test_loss(0)) == sum(POWERS)
        with mpmath.workdps(40):
            slope = (model.test_loss("1e-12").value - sum(POWERS)) * mpmath.mpf(10) ** 12
            assert abs(slope + 2 * sum(x * y for x, y in zip(LAMBDAS, POWERS, strict=True))) < 1e-10
