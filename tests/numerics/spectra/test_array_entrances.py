"""Arrays come in by two entrances, which clip, note and refuse alike; what is read of them is said."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import mpmath
import numpy as np
import pytest
from sympy import Rational

from asymptotics import SpectrumError, Task, compute_optimal, derive
from asymptotics.symbols import N, t
from numerics import FullModel, verify
from numerics.optima.constants import constants
from numerics.optima.frontier import frontier

LAM, POWER = ([(j + 1.0) ** -p for j in range(60)] for p in (1.5, 2.0))
Entrance = Callable[..., object]
ENTRANCES = [Task.from_arrays, FullModel.from_arrays]


@pytest.mark.parametrize("enter", ENTRANCES)
@pytest.mark.parametrize("kind", [list, np.array])
@pytest.mark.parametrize("last", [-1e-18, 60**-1.5 + 1e-17j, -3e-15 - 1e-16j])
@pytest.mark.parametrize("which", [0, 1])
def test_round_off_is_clipped_with_a_note(enter: Entrance, kind: type, last: complex, which: int) -> None:
    arrays = [LAM, POWER]
    arrays[which] = [*arrays[which][:-1], last]
    shown = repr(enter(*map(kind, arrays)))
    assert f"{('eigenvalues', 'target')[which]}: 1 off by round-off" in shown and "\n" not in shown
    assert "round-off" not in repr(enter(LAM, POWER))


@pytest.mark.parametrize("entry", [Rational(1, 3), "0.1", mpmath.mpf(1) / 3, 2**53 + 1, Decimal("0.3")])
def test_what_is_no_double_is_said_and_refused_beyond_the_digits_of_doubles(entry: object) -> None:
    with mpmath.workdps(30):
        entry = mpmath.mpf(1) / 3 if isinstance(entry, mpmath.mpf) else entry
    for arrays, name in (([1, entry], [1, 2]), "eigenvalues"), (([1, 2], iter([1, entry])), "target"):
        for kind in (tuple, np.array) if name == "eigenvalues" else (tuple,):
            given = [kind(x) if isinstance(x, list) else x for x in arrays]
            if name == "eigenvalues":
                assert "eigenvalues: 1 rounded to doubles" in repr(FullModel.from_arrays(*given))
            with pytest.raises(
                SpectrumError, match=rf"^{name}\[1\] = \S+ is not a double.* digits <= 15, or"
            ):
                FullModel.from_arrays(*given, digits=16)


@pytest.mark.parametrize(
    "given", [[0.1, 1], np.float32([0.1, 1]), [Rational(1, 4), "1/2"], [np.float64(0.3), 2]]
)
def test_doubles_are_the_binary_numbers_that_they_are(given: list[object]) -> None:
    model = FullModel.from_arrays(given, given, digits=30)
    exact = [Rational(float(x if not isinstance(x, str) else Rational(x))) for x in given]
    with mpmath.workdps(50):
        parts = [mpmath.mpf(x.p) / x.q for x in exact]
        expected = mpmath.fsum(x * mpmath.exp(-2 * x) for x in parts)
        assert (
            "rounded" not in repr(model)
            and abs(model.test_loss(1).value - expected) <= model.test_loss(1).error
        )


def test_power_on_other_inputs_is_that_of_doubles() -> None:
    with pytest.raises(SpectrumError, match=r"^test_eigenvalues c/lambda is not a double"):
        FullModel.from_arrays([1, 0.3], [1, 1], test_eigenvalues=[1, 2], digits=30)


@pytest.mark.parametrize("enter", ENTRANCES)
@pytest.mark.parametrize("kind", [list, np.array])
@pytest.mark.parametrize(
    "last", [-1e-9, -1, 1j, 0.5 + 1e-9j, float("nan"), float("inf"), complex(1, float("nan"))]
)
@pytest.mark.parametrize("which", [0, 1])
def test_what_is_complex_or_negative_is_refused(
    enter: Entrance, kind: type, last: complex, which: int
) -> None:
    arrays = [LAM, POWER]
    arrays[which] = [*arrays[which][:-1], last]
    with pytest.raises(SpectrumError, match=rf"{('eigenvalues', 'target')[which]}\[59\] = .*>= 0") as refused:
        enter(*map(kind, arrays))
    assert "\n" not in str(refused.value)


def test_round_off_is_relative_to_the_largest() -> None:
    with pytest.raises(SpectrumError):
        Task.from_arrays([1e-9 * x for x in (*LAM[:-1], -1e-9)], POWER)
    assert "clipped" in repr(Task.from_arrays([1e9 * x for x in (*LAM[:-1], -1e-15)], POWER))


def test_modes_of_round_off_are_kept_as_never_learned() -> None:
    task = Task.from_arrays([*LAM[:-1], -1e-18], POWER)
    assert task.measured is not None and task.measured.eigenvalues[-1] == 0
    assert abs(task.measured.eigenvalue_fit.exponent - 1.5) < 1e-9
    assert abs(float(FullModel(task).test_loss(10**6)) - POWER[-1]) < 1e-12


def test_numbers_are_of_the_arrays_and_laws_of_the_fit_and_both_say_so() -> None:
    broken = [x * (1 if j < 20 else 0.01) for j, x in enumerate(POWER)]
    task = Task.from_arrays(LAM, broken, window=(1, 20))
    laws = derive(task)
    fit, arrays = "power laws fitted to 60 measured modes", "the arrays of 60 measured modes"
    assert fit in repr(laws.time) and fit in repr(laws.time.at()) and arrays in repr(FullModel(task))
    assert fit not in repr(derive(task.fitted)) and "measured" not in repr(FullModel(task.fitted))
    assert f"({fit}; with errors: measured_laws(task))" in repr(laws.time)
    optimum = compute_optimal(laws, cost=N * t)
    (point,) = frontier(optimum, [1000], digits=4)
    assert point.source == arrays and constants(optimum, digits=4).source == fit
    model = FullModel(task, N=point[N].value, digits=8)
    assert model.test_loss(point[t].value).value == pytest.approx(float(point["loss"]), rel=1e-4)


@pytest.mark.parametrize("name", ["time", "model", "data", "time_discrete"])
def test_a_fit_is_not_judged_by_itself(name: str) -> None:
    laws = derive(Task.from_arrays(LAM, POWER))
    found = verify(getattr(laws, name))
    assert found.verdict == "UNDECIDED" and not found
    assert "the arrays of 60 measured modes" in str(found) and "\n" not in str(found)
    assert verify(getattr(laws, name).stating(exponent=Rational(5, 2))).verdict == "UNDECIDED"
    # the points are those of the arrays
    if name == "time":
        model = FullModel.from_arrays(LAM, POWER)
        assert all(p.loss.agrees_with(model.test_loss(p.resource)) for p in found.points)
