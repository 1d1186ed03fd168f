"""What FullModel refuses, in one line, and that any other input has an answer with its error."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import mpmath
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from asymptotics.errors import BottleneckError, DomainError, PrecisionError, UnableError
from asymptotics.tasks.power_laws import power_law
from numerics import FullModel, GradientDescent, OnePassSGD

oo = sympy.oo

BAD: list[tuple[dict[str, Any], str]] = [
    ({"N": 0}, "N = 0; it must be > 0, or oo"),
    ({"P": -3}, "P = -3"),
    ({"N": "x"}, "N = x; give a real number"),
    ({"N": float("nan")}, "N is NaN; give a number"),
    ({"noise": -1}, "noise = -1"),
    ({"digits": 0}, "digits = 0; give an integer from 1 to 1000"),
    ({"digits": 1001}, "digits = 1001"),
    ({"digits": 15.5}, "digits = 15.5"),
    ({"rule": "flow"}, "rule = 'flow'; pass the class GradientFlow"),
    ({"rule": "nesterov", "N": 100}, "rule = 'nesterov'; pass the class Nesterov, or Nesterov"),
    ({"rule": 1, "N": 100}, "rule = 1; use "),
    ({"rule": OnePassSGD, "P": 9}, "rule = OnePassSGD leaves eta and batch open"),
    ({"params": {"c": 1}}, "c is not a parameter"),
    ({"params": {"a": 1.5}}, "no number for b"),
    ({"task": "k**-2"}, "is not a Task"),
    ({"rule": OnePassSGD(eta=0.01, batch=1), "P": 10}, "never sees a sample twice"),
]


@pytest.mark.parametrize(("change", "message"), BAD, ids=str)
def test_bad_input_is_refused_in_one_line(change: dict[str, Any], message: str) -> None:
    given_ = {"task": power_law("a", "b"), "params": {"a": 1.5, "b": 1.25}, **change}
    with pytest.raises(DomainError, match=message) as caught:
        FullModel(**given_)
    assert "\n" not in str(caught.value)


def test_bad_questions_are_refused() -> None:
    model = FullModel(power_law("1.5", "1.25"), N=10, P=20)
    with pytest.raises(DomainError, match="t = -1; a time must be >= 0"):
        model.test_loss(-1)
    with pytest.raises(DomainError, match="members = 0; give an integer >= 1"):
        model.ensemble_loss(1, 0)
    with pytest.raises(DomainError, match=r"bags = 1\.5"):
        model.bagged_loss(1, 1.5)
    with pytest.raises(DomainError, match="k = 0; give an integer >= 1"):
        model.transfer(0, 1)
    with pytest.raises(DomainError, match="u = -1"):
        model.timescale_density(1, -1)
    with pytest.raises(DomainError, match="quantity = 'loss'"):
        model.curve([1], "loss")
    with pytest.raises(UnableError, match="N = P = oo is a point"):
        FullModel(power_law(2, 2)).timescale_density(1, 1)
    stepper = FullModel(power_law(2, 2), rule=GradientDescent(eta=0.1))
    with pytest.raises(DomainError, match="counts steps"):
        stepper.test_loss(0.5)
    with pytest.raises(UnableError, match="one-pass SGD"):
        FullModel(power_law(2, 2), rule=OnePassSGD(eta=0.1, batch=1)).variance(3)


@pytest.mark.parametrize(
    ("digits", "said"), [(1000, "680 at most; ask for fewer"), (900, "some 200 are reached")]
)
def test_more_digits_than_sums_have_are_refused_before_the_work(digits: int, said: str) -> None:
    with pytest.raises(PrecisionError, match=said):
        FullModel(power_law("1.5", "1.25"), N=100, digits=digits).test_loss(10)


def test_a_loss_that_underflows_says_so() -> None:
    """e^(-2 t) at t = 1e9 has no digits on any contour: an error, never a number."""
    with pytest.raises(PrecisionError, match="no digit of it is known, only that it is below"):
        FullModel.from_arrays([1.0, 1.0], [1.0, 1.0], N=100).test_loss(1e9)
    bounded = FullModel(power_law("1.5", "1.25"), N=oo, P=5).train_loss(1e9)
    assert bounded.value == 0
    assert 0 < bounded.error < 1e-25


@settings(max_examples=10)
@given(
    a=st.decimals("1.05", "6", places=2),
    b=st.decimals("1.05", "6", places=2),
    N=st.integers(1, 10**12) | st.just(oo),
    t=st.floats(1e-3, 1e20),
)
def test_any_model_limited_by_size_and_time(a: Any, b: Any, N: object, t: float) -> None:
    """The loss lies between that of the infinite model and the target, and says its error."""
    model = FullModel(power_law(str(a), str(b)), N=N)
    value, fastest = model.test_loss(t), FullModel(power_law(str(a), str(b))).test_loss(t)
    assert value.relative_error < 1e-15
    assert fastest.value * (1 - mpmath.mpf(10) ** -14) <= value.value <= model.test_loss(0).value


@settings(max_examples=40)
@given(st.text() | st.floats() | st.integers() | st.booleans() | st.none())
def test_no_input_ends_in_a_traceback_of_another_kind(value: object) -> None:
    for arguments in ({"N": value}, {"noise": value}, {"params": {"a": value, "b": 2}}):
        with suppress(BottleneckError):
            FullModel(power_law("a", "b"), **{"params": {"a": 2, "b": 2}, **arguments})
