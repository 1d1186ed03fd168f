"""Coefficients as polynomials in generators: equal ones meet, hidden relations are seen by values."""

import pickle
import random

import pytest
from sympy import (
    EulerGamma,
    I,
    Integer,
    Lambda,
    Rational,
    Symbol,
    cos,
    exp,
    expand,
    gamma,
    log,
    pi,
    simplify,
    sin,
    sqrt,
    zeta,
)

from asymptotics.domains.domain import Domain, normal
from asymptotics.errors import UnableError
from asymptotics.expansions.expansion import expansion
from asymptotics.expansions.level_reversion import BetweenLevels
from asymptotics.expansions.orders import Signs, add, order, order_expr, product, subtract, times
from asymptotics.expansions.oscillation import Oscillation
from asymptotics.expansions.ring import ONE, element, power
from asymptotics.expansions.terms import Term
from asymptotics.symbols import N, a, b, kappa

s, x = Symbol("s"), Symbol("x", real=True)

PARTS = [
    a + 2 * b,
    a / b - 1,
    sqrt(b) + a**2,
    (a - b) ** 3,
    pi**a * gamma(a / b),
    3 ** (a - 1),
    zeta(a - b) + 1,
]


@pytest.mark.parametrize("first", PARTS)
@pytest.mark.parametrize("second", PARTS)
def test_sums_and_products_are_those_of_the_expressions(first, second):
    x, y = element(first), element(second)
    at = {a: Rational(7, 3), b: Rational(5, 4)}
    for found, meant in (
        (x * y, first * second),
        (x + y, first + second),
        (x * y + -x, first * (second - 1)),
    ):
        assert abs((found.as_expr() - meant).subs(at).evalf(30)) < 1e-25
    assert (x * y + -(y * x)).terms == {}
    assert x * y == y * x


@pytest.mark.parametrize(
    "zero",
    [
        gamma(a + 1) - a * gamma(a),
        sin(2 * a) - 2 * sin(a) * cos(a),
        sqrt(2) - 2 / sqrt(2),
        (pi / (b * sin(pi / b))) ** (a - 1) * pi / (b * sin(pi / b)) - (pi / (b * sin(pi / b))) ** a,
        exp(a - 1) * exp(1) - exp(a),
        EulerGamma * (1 - 1 / b) * b - EulerGamma * b + EulerGamma,
        log(12) - 2 * log(2) - log(3),
    ],
)
def test_hidden_relations_are_seen(zero):
    assert element(zero).vanishes()
    assert not element(zero + Rational(1, 10**12)).vanishes()
    assert not element(2 * zero + a * Rational(1, 10**9)).vanishes()


def test_what_has_no_value_does_not_vanish():
    assert not element(zeta(1, evaluate=False) - a).vanishes()


def test_powers_take_their_base_as_it_is():
    scale = pi / (b * sin(pi / b))
    whole = power(scale, order(a - 1)) * power(scale, order(2 - a))
    assert whole.as_expr() == scale
    assert power(Integer(8), order(Rational(5, 3))).as_expr() == 32
    assert element(a + 1).power(Integer(-2)).as_expr() == (a + 1) ** -2
    assert element(a * b).power(Rational(1, 2)).as_expr() == sqrt(a * b)
    assert element(a).power(Integer(0)) == ONE


def test_coefficients_are_shown_with_common_factors_out():
    shown = (
        element((2 * a + (a - 1) * (b - 1) + (a - 1) * (a - b + 1)) * gamma(a)) * element(1 / b)
    ).as_expr()
    assert shown == a * (a + 1) * gamma(a) / b
    assert Term(element(a * b), Integer(1)) == Term(b * a, Integer(1))


def test_orders_are_rational_combinations():
    places = [a - 1, a / b - Rational(1, 2), Integer(3), b * a - 2 * b, Rational(2, 7), log(a) / log(b)]
    for first in places:
        assert order_expr(order(first)) == normal(first)
        for second in places:
            assert order_expr(add(order(first), order(second))) == normal(first + second)
            assert subtract(order(first), order(first)) == order(Integer(0))
            assert order_expr(product(order(first), second)) == normal(first * second)
        assert order_expr(times(order(first), 3)) == normal(3 * first)


def test_denominators_that_are_sums_cancel():
    first, second = order(a / (b - 1)), order(-1 / (b - 1))
    whole = add(add(first, second), order((b - a) / (b - 1)))
    assert simplify(order_expr(whole) - 1) == 0
    assert whole == order(Integer(1))


def test_signs_are_those_of_the_domain():
    """Random orders, in and out of what is seen at once."""
    chance = random.Random(5)
    for constraints in (
        (a - 1, b - 1),
        (a - b - 1, b - 1),
        (a - 1, b - 1, b + 1 - a),
        (a - 1, 2 - a, b - a),
        (),
    ):
        domain = Domain(constraints)
        signs = Signs(domain)
        for _ in range(60):
            u, v, w = (Rational(chance.randint(-4, 4), chance.choice([1, 1, 2, 3])) for _ in range(3))
            for expression in (u * a + v * b + w, (u * a + v) / b + w, u * a * b + v * b + w * b**2):
                assert signs.sign(order(expression)) == domain.sign(expression), (constraints, expression)


def test_what_oscillates_is_differentiated_and_moved():
    wave = element(3 * cos(log(kappa)) ** 2 + a)
    assert expand(wave.slope(kappa).as_expr() + 6 * cos(log(kappa)) * sin(log(kappa))) == 0
    assert expand(wave.at(kappa, exp(N)).as_expr() - 3 * cos(N) ** 2 - a) == 0
    assert element(a * b).slope(kappa).terms == {}


def test_the_slope_of_a_quotient_of_waves_has_no_power_of_the_variable_within():
    """Its 1/x stayed in sums, which had kappa among their letters then."""
    wave = Oscillation(Lambda(s, gamma(s)), Integer(1), log(3), log(1 / kappa) / log(3))
    quotient = (1 + 2 * wave) / (3 + wave + wave**2)
    slope = element(element(quotient).slope(kappa).as_expr()).slope(kappa).as_expr()
    exact = kappa * (kappa * quotient.diff(kappa)).diff(kappa)
    assert abs((slope / exact - 1).subs(kappa, Rational(1, 7)).evalf(15)) < 1e-12
    assert not slope.xreplace({log(1 / kappa): Integer(1)}).has(kappa)


@pytest.mark.parametrize(("share", "several"), [(20, False), (Rational(1, 20), True)])
def test_a_place_between_levels_is_the_only_one(share, several):
    wave = Oscillation(Lambda(s, pi * I / sin(pi * s)), Integer(0), Integer(5), x)
    change = Lambda(x, wave / share)
    if several:
        with pytest.raises(UnableError, match="more than one place between two levels"):
            BetweenLevels.at(change, Rational(31, 10))
    else:
        place = BetweenLevels.at(change, Rational(31, 10))
        assert abs((place + change(place)).evalf(15) - 3.1) < 1e-12


def test_coefficients_travel_between_processes():
    """What is read back is made of the same generators, so that equal coefficients still meet."""
    series = expansion(kappa, [Term(element(pi**a * gamma(b)), a - 1), Term(a + b, Integer(2), 1)], depth=3)
    again = pickle.loads(pickle.dumps(series))
    assert again == series
    assert (again - series).terms == ()
    assert pickle.loads(pickle.dumps(order(a / b - 1))) == order(a / b - 1)
