"""Exact numbers, part by part: beside SymPy's own evaluation, and where nearly all of a sum cancels."""

import mpmath
import pytest
from sympy import Float, Integer, Rational, Symbol, exp, gamma, hyper, log, oo, pi, root, sin, sqrt, zeta

from asymptotics import Task, derive, power_law
from asymptotics.parsing.heights import substitute
from asymptotics.precision import working
from asymptotics.symbols import a, b, sigma
from numerics import verify
from numerics.values.exact import number

x = Symbol("x", positive=True)
third = Rational(1, 3)
NUMBERS = (
    Integer(7),
    -(gamma(Rational(-4, 5)) ** third),
    sin(pi / 7) * zeta(Rational(5, 2)) - hyper((1, Rational(7, 5)), (Rational(9, 5),), Rational(1, 2)),
    exp(-Rational(3, 2)) + log(5) ** 2 / pi,
    (sqrt(2) + 1) ** 40 * (sqrt(2) - 1) ** 39,
    (sqrt(10**30 + 1) - sqrt(10**30)) * Float("0.5", 30),
    root(5 - sqrt(5), 3) * (2 - root(2, 5)) ** Rational(-7, 3),
)


@pytest.mark.parametrize("exact", NUMBERS, ids=str)
@pytest.mark.parametrize("digits", [15, 50])
def test_numbers_are_those_of_sympy(exact, digits):
    with working(digits):
        expected = exact.evalf(2 * digits + 30)._to_mpmath(mpmath.mp.prec)
        assert abs(number(exact) / expected - 1) <= 2 * mpmath.eps


def test_what_cancels_is_seen_and_taken_with_more_bits():
    """Each of these leaves fewer digits than the first attempt has."""
    with working(20):
        for power in (20, 30, 40):
            near = sqrt(Integer(10) ** (2 * power) + 1) - Integer(10) ** power
            assert abs(number(near) * 2 * mpmath.mpf(10) ** power - 1) < 1e-19


def test_numbers_at_symbols():
    with working(40):
        at = mpmath.sqrt(3)
        found = number(x ** Rational(1, 3) * log(x) + gamma(x), {x: at})
        assert abs(found - (at ** (mpmath.mpf(1) / 3) * mpmath.log(at) + mpmath.gamma(at))) < 1e-38
    assert number(oo) == mpmath.inf


def test_letters_that_are_bound_need_no_number():
    """A coefficient that oscillates in a letter of its own."""
    law = derive(Task("(1/2)**k", "(1/3)**k")).data
    assert verify(law, digits=12).verdict == "HOLDS"


@pytest.mark.parametrize("name", ["early_stopping", "sgd_noise", "data_transient_second"])
def test_orders_are_those_of_the_expansion_and_have_its_values(name):
    law = getattr(derive(power_law(a, b)), name).at(a=Rational(12, 5), b=Rational(7, 5))
    told, plain = law.expansion(terms=3), law.orders(terms=3)
    assert (told.remainder, [t.order for t in told.terms]) == (
        plain.remainder,
        [t.order for t in plain.terms],
    )
    with working(30):
        for one, two in zip(told.terms, plain.terms, strict=True):
            values = [
                substitute(t.coefficient, dict.fromkeys({sigma, *t.coefficient.free_symbols}, Rational(1, 8)))
                for t in (one, two)
            ]
            expected = values[0].evalf(60)._to_mpmath(mpmath.mp.prec)
            assert abs(number(values[1]) / expected - 1) < 1e-29
