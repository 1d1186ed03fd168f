"""Arithmetic of values: the error of a result is one, at every corner of the errors that enter."""

import operator
from fractions import Fraction
from itertools import product

import mpmath
import numpy as np
import pytest
import sympy
from hypothesis import assume, given
from hypothesis import strategies as st

from asymptotics import power_law
from asymptotics.errors import DomainError, PrecisionError
from numerics import FullModel
from numerics.values.value import Value

OPERATIONS = (operator.add, operator.sub, operator.mul, operator.truediv)
dyadic = st.builds(
    lambda m, e: Fraction(m) * Fraction(2) ** e, st.integers(-(2**20), 2**20), st.integers(-40, 9)
)


def fraction(number):
    sign, mantissa, exponent, _ = number._mpf_
    return (-1) ** sign * int(mantissa) * Fraction(2) ** exponent


def value(number, error=Fraction(0)):
    return Value(
        value=mpmath.mpf(number.numerator) / number.denominator,
        error=mpmath.mpf(error.numerator) / error.denominator,
    )


def corners(one):
    return [fraction(one.value) + s * fraction(one.error) for s in (-1, 0, 1)]


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda f: f.__name__)
@given(st.tuples(dyadic, dyadic), st.tuples(dyadic, dyadic))
def test_the_exact_result_lies_within_the_error(operation, first, second):
    """Both operations are monotone in each argument, so that the corners are the worst cases."""
    one, two = (value(x, abs(dx)) for x, dx in (first, second))
    assume(operation is not operator.truediv or abs(two.value) > two.error)
    found = operation(one, two)
    for x, y in product(corners(one), corners(two)):
        assert abs(operation(x, y) - fraction(found.value)) <= fraction(found.error)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda f: f.__name__)
@given(dyadic, dyadic)
def test_the_error_is_no_larger_than_it_must_be(operation, x, y):
    assume(y != 0)
    exact = operation(x, y)
    found = operation(value(x), value(y))
    assert fraction(found.error) <= abs(exact) * Fraction(2) ** -60
    small = abs(x) / 2**20, abs(y) / 2**20
    found = operation(value(x, small[0]), value(y, small[1]))
    worst = max(
        abs(operation(u, v) - exact)
        for u, v in product(corners(value(x, small[0])), corners(value(y, small[1])))
    )
    assert fraction(found.error) <= worst * Fraction(1001, 1000) + abs(exact) / 2**100


NUMBERS = {
    2: Fraction(2),
    0.1: Fraction(1, 10),
    Fraction(2, 3): Fraction(2, 3),
    sympy.Rational(1, 7): Fraction(1, 7),
    np.float64(2.5): Fraction(5, 2),
    np.int64(3): Fraction(3),
    mpmath.mpf(0.75): Fraction(3, 4),
}


@pytest.mark.parametrize("number", NUMBERS, ids=lambda x: f"{type(x).__name__} {x}")
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda f: f.__name__)
def test_numbers_stand_on_either_side(operation, number):
    loss = value(Fraction(5, 8), Fraction(1, 1024))
    for found, sides in ((operation(loss, number), (0, 1)), (operation(number, loss), (1, 0))):
        assert type(found) is Value
        for corner in corners(loss):
            pair = (corner, NUMBERS[number])
            assert abs(operation(*(pair[i] for i in sides)) - fraction(found.value)) <= fraction(found.error)


def test_a_result_keeps_the_digits_that_were_computed():
    model = FullModel(power_law(3, 2), N=100, digits=40)
    first, second = model.test_loss(10), model.test_loss(11)
    with mpmath.workdps(60):
        assert abs((first - second).value - (first.value - second.value)) < mpmath.mpf(10) ** -55
    assert (first - second).relative_error < 1e-37 and (first / 2).relative_error < 1e-39
    assert first / 2 + first / 2 - first <= 1e-35


def test_values_compare_where_their_errors_allow():
    one, near, far = value(Fraction(1), Fraction(1, 8)), value(Fraction(17, 16)), value(Fraction(2))
    assert one < far and far > one and one <= 2 and one >= 0.5 and not one > far
    assert near <= near and near >= Fraction(17, 16) and not near < near
    assert sorted([far, near], key=float) == sorted([far, near]) == [near, far]
    with pytest.raises(PrecisionError, match=r"1\.0\+?.*not told apart by their errors; ask for more digits"):
        assert one < near


def test_what_cannot_be_said_is_refused_in_one_line():
    zero, infinite = value(Fraction(0), Fraction(1, 8)), Value(value=mpmath.inf, error=mpmath.mpf(0))
    with pytest.raises(PrecisionError, match=r"division by .* may be 0; ask for more digits"):
        1 / zero
    with pytest.raises(DomainError, match="a number"):
        infinite - infinite
    with pytest.raises(TypeError):
        zero + "1"
    with pytest.raises(TypeError):
        zero * sympy.Symbol("x")
    assert (infinite + 1).value == mpmath.inf and infinite > 5


def test_arrays_multiply_value_by_value():
    loss = value(Fraction(5, 8), Fraction(1, 1024))
    for found in (np.array([1.0, 2.0]) * loss, loss * np.array([1.0, 2.0])):
        assert [type(x) for x in found] == [Value, Value] and found[1] == 2 * loss


def test_a_value_is_formatted_as_a_float():
    loss = value(Fraction(5, 8), Fraction(1, 1024))
    assert f"{loss:.2e}" == "6.25e-01" and f"{loss}" == str(loss)
