"""Doubled numbers against numbers of 300 bits."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from numerics.values.arithmetic import field_of
from numerics.values.doubled import BITS, add_up, double_up, exponentials, real_exponentials, single

parts = st.floats(1e-30, 1e30) | st.floats(-1e30, -1e-30)
numbers = st.tuples(parts, parts, st.floats(-1, 1), st.floats(-1, 1))


def build(field, a, b, c, d):
    """A number whose parts have more than 53 bits."""
    parts = (field.real(x) * (1 + field.real(y) * field.real(2) ** -60) for x, y in ((a, c), (b, d)))
    return field.complex(*parts)


def array_of(*numbers):
    out = np.empty(len(numbers), dtype=object)
    out[:] = numbers
    return out


@given(numbers, numbers)
def test_arithmetic(one, two):
    with field_of(300) as field:
        x, y = build(field, *one), build(field, *two)
        u, v = double_up(array_of(x)), double_up(array_of(y))
        x, y = single(u, field)[0], single(v, field)[0]  # what they hold
        for found, exact in ((u * v, x * y), (u.inverse(), 1 / x)):
            assert abs(single(found, field)[0] - exact) <= field.real(2) ** -BITS * abs(exact)
        for found, exact, size in ((u + v, x + y, x), (u - v, x - y, x), (u.conj() + u, 2 * x.real, x)):
            assert abs(single(found, field)[0] - exact) <= field.real(2) ** -BITS * max(
                abs(exact), abs(size) * 1e-30
            )


def test_nothing_is_lost_where_a_sum_cancels():
    with field_of(300) as field:
        small = field.real(2) ** -90
        x = double_up(array_of(field.complex(1 + small, field.real(0))))
        y = double_up(array_of(field.complex(field.real(1), field.real(0))))
        assert single(x - y, field)[0].real == small


@given(st.floats(-80, 5), st.floats(-300, 300), st.floats(-1, 1))
@example(-0.3466, 0.7853, 0.0)  # the ends of what is left of an argument, where the series is longest
@example(0.3465, -0.7853, 0.0)
def test_exponentials(re, im, more):
    with field_of(300) as field:
        z = double_up(array_of(build(field, re or 1.0, im or 1.0, more, -more)))
        exact = field.exp(single(z, field)[0])
        size = 1 + abs(re) + abs(im)
        assert abs(single(exponentials(z), field)[0] - exact) <= size * field.real(2) ** -BITS * abs(exact)
        high, low = real_exponentials(z.re)
        exact = field.exp(single(z, field)[0].real)
        assert abs(field.real(high[0]) + field.real(low[0]) - exact) <= size * field.real(2) ** -BITS * exact


@pytest.mark.parametrize("terms", [1, 7, 900])
@pytest.mark.parametrize("decades", [0, 20])
def test_sums_of_products(terms, decades):
    rng = np.random.default_rng(terms)
    with field_of(300) as field:
        sizes = 10 ** (decades * rng.random((2, terms, 1))) * rng.standard_normal((2, terms, 4))
        rows = [array_of(*(build(field, *four) for four in row)) for row in sizes.tolist()]
        w, u = (double_up(row)[None] for row in rows)
        found, size = add_up(w, u)
        exact = (single(w, field) * single(u, field)).sum()
        assert abs(single(found, field)[0] - exact) <= field.real(2) ** (2 - BITS) * size[0]
        assert size[0] >= float(abs(exact)) * (1 - 1e-12)
