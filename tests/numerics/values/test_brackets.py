"""Brackets of roots: as narrow as asked, on both sides of the root, after few calls."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from numerics.values.brackets import narrow


@given(
    root=st.floats(-50, 50), before=st.floats(0.01, 90), behind=st.floats(0.01, 90), power=st.floats(0.3, 5)
)
def test_the_root_is_between_two_places_as_close_as_asked(root, before, behind, power):
    def f(x):
        return math.copysign(abs(x - root) ** power, x - root)

    below, above = narrow(f, root - before, root + behind, 1e-11)
    assert f(below) <= 0 < f(above)
    assert abs(above - below) <= 1e-11 * max(1, abs(below), abs(above))


@pytest.mark.parametrize(
    ("f", "low", "high"),
    [
        (lambda x: x + math.log1p(math.exp(x)) - 3, -40.0, 40.0),
        (lambda x: x - 2 if x > 0.5 else -math.inf, -30.0, 30.0),
        (lambda x: math.expm1(-x), -3.0, 600.0),  # falls
    ],
    ids=["smooth", "unknown below", "falls"],
)
def test_it_takes_fewer_calls_than_bisection(f, low, high):
    calls = []
    first, second = narrow(lambda x: calls.append(x) or f(x), low, high, 1e-12)
    assert f(first) <= 0 < f(second)
    assert len(calls) < math.log2((high - low) / 1e-12) / 2
