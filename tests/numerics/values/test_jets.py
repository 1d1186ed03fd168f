"""Truncated power series: the rules of arithmetic, composition, and their place among arrays."""

from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from numerics.values.jets import Jet, compose, small

polynomials = st.lists(st.fractions(min_value=-3, max_value=3, max_denominator=6), min_size=4, max_size=4)


def jet(numbers):
    return Jet(terms=tuple(np.array([x], dtype=object) for x in numbers))


def numbers(series):
    return [u[0] for u in series.terms]


@given(polynomials, polynomials, st.fractions(min_value=1, max_value=3))
def test_series_obey_the_rules_of_arithmetic(one, two, start):
    u, v = jet(one), jet([start, *two[1:]])
    product = [sum((one[i] * numbers(v)[n - i] for i in range(n + 1)), Fraction(0)) for n in range(4)]
    assert numbers(u * v) == product == numbers(v * u)
    assert numbers(u * v / v) == one
    assert numbers(1 / (1 / v)) == numbers(v)
    assert numbers(u - v + v) == one and numbers(2 - u) == [2 - one[0], *(-x for x in one[1:])]


@given(polynomials, polynomials)
def test_composition_is_substitution(coefficients, inner):
    """f(x) = sum a_j (x - x0)^j at x0 + step."""
    derivatives = np.array([[c * f] for c, f in zip(coefficients, (1, 1, 2, 6), strict=True)], dtype=object)
    step = jet([Fraction(0), *inner[1:]])
    direct, power = jet([coefficients[0]] + [Fraction(0)] * 3), jet([Fraction(1)] + [Fraction(0)] * 3)
    for c in coefficients[1:]:
        power = power * step
        direct = direct + power * c
    assert numbers(compose(derivatives, jet([Fraction(5), *inner[1:]]))) == numbers(direct)


def test_arrays_leave_operations_to_series():
    array = np.array([Fraction(2), Fraction(3)], dtype=object)
    series = Jet(terms=(array, array))
    for found in (array * series, array + series, array - series, array / series):
        assert isinstance(found, Jet)
    assert numbers(small(Fraction(4), 2) * jet([1, 0, 0])) == [4, 1, 0]
