"""Sums of a power of two powers of k by their binomial series, beside Abel and Plana's formula."""

from __future__ import annotations

import mpmath
import pytest
from sympy import Integer, Rational, exp, log

from asymptotics.precision import working
from asymptotics.sums import convergent
from asymptotics.sums.binomial import binomial_of
from asymptotics.sums.convergent import ConvergentSum
from asymptotics.symbols import a, k

BINOMIALS = [
    1 / (k**2 - Rational(5, 7)),
    1 / (k ** Rational(5, 4) - Rational(9, 128)),
    k ** Rational(5, 4) / (k ** Rational(5, 4) - Rational(9, 128)) ** 2,
    1 / (k ** Rational(21, 20) + 1),
    k ** Rational(1, 3) / (3 * k**2 + k / 2) ** Rational(5, 2),
    1 / (k**2 + 10**4),
]
OTHERS = [exp(-k), log(k + 1) / k**2, 1 / (k**2 + k + 1), 1 / ((k + 1) * (k**2 + 3)), k**-a / (k + 1), 2**-k]


@pytest.mark.parametrize("summand", BINOMIALS, ids=str)
def test_both_ways_agree(summand, monkeypatch):
    one = convergent._evaluate.__wrapped__(summand, k, 40)
    monkeypatch.setattr(convergent, "binomial_of", lambda summand, index: None)
    two = convergent._evaluate.__wrapped__(summand, k, 40)
    with working(50):
        assert binomial_of(summand, k) is not None
        assert abs(one / two - 1) < mpmath.mpf(10) ** -40


def test_a_known_sum_to_many_digits():
    found = ConvergentSum(1 / (k**2 + 1), k).evalf(100)
    with working(110):
        exact = (mpmath.pi * mpmath.coth(mpmath.pi) - 1) / 2
        assert abs(found._to_mpmath(370) / exact - 1) < mpmath.mpf(10) ** -99


@pytest.mark.parametrize("summand", [*OTHERS, Integer(1) / k**2], ids=str)
def test_other_summands_are_none(summand):
    assert binomial_of(summand, k) is None


def test_a_far_binomial_is_summed_by_the_general_formula():
    found = ConvergentSum(1 / (k**2 + 10**8), k).evalf(20)
    with working(40):
        x = mpmath.mpf(10) ** 4
        exact = (mpmath.pi * x * mpmath.coth(mpmath.pi * x) - 1) / (2 * x**2)
        assert abs(found._to_mpmath(120) / exact - 1) < mpmath.mpf(10) ** -19
