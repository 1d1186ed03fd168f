"""Sums over finitely many modes against plain summation."""

import mpmath
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Integer, Rational

from asymptotics import Task
from asymptotics.sums.finite import FiniteSum, finite_sum
from asymptotics.symbols import k
from numerics import FullModel


@given(
    st.fractions(min_value=-4, max_value=6, max_denominator=6),
    st.integers(1, 4000),
    st.integers(3500, 9000),
)
@settings(max_examples=6, deadline=None)
def test_finite_sums_are_the_sums(power, first, count):
    s = Rational(power.numerator, power.denominator)
    value = FiniteSum(k**-s, k, Integer(first), Integer(first + count)).evalf(25)
    with mpmath.workdps(45):
        exponent = -mpmath.mpf(s.p) / s.q
        wanted = mpmath.fsum(mpmath.mpf(j) ** exponent for j in range(first, first + count + 1))
        assert abs(mpmath.mpf(str(value)) / wanted - 1) < 1e-23


@given(st.integers(0, 6), st.integers(1, 20), st.integers(0, 60))
@settings(max_examples=30, deadline=None)
def test_sums_of_whole_powers_are_exact(power, first, count):
    found = finite_sum(k**power, k, Integer(first), Integer(first + count))
    assert found == sum(j**power for j in range(first, first + count + 1))


@given(st.integers(2, 60), st.fractions(min_value=0, max_value=3, max_denominator=4), st.floats(0.01, 1e4))
@settings(max_examples=20, deadline=None)
def test_the_loss_of_finitely_many_modes_is_a_plain_sum(modes, power, time):
    s = Rational(power.numerator, power.denominator)
    value = FullModel(Task(eigenvalues=k ** (-s - 1), target=k**-s, modes=modes), digits=25).test_loss(time)
    with mpmath.workdps(50):
        x = mpmath.mpf(s.p) / s.q
        moment = mpmath.mpf(str(Rational(repr(time)).p)) / Rational(repr(time)).q
        wanted = mpmath.fsum(
            mpmath.mpf(j) ** -x * mpmath.exp(-2 * moment * mpmath.mpf(j) ** (-x - 1))
            for j in range(1, modes + 1)
        )
        assert abs(value.value - wanted) <= value.error
        assert value.error <= wanted * mpmath.mpf(10) ** -25
