"""Whether two constants are one, by a form that forgets how they are written."""

import pytest
import sympy
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sympy import (
    Integer,
    gamma,
    pi,
    sin,
    zeta,
)

from asymptotics.claims.constants import ratio_form, same_form
from asymptotics.symbols import a, b, sigma

HALF, FIFTH = sympy.Rational(1, 2), sympy.Rational(1, 5)


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        (pi / sin(pi * a / b), gamma(a / b) * gamma(1 - a / b), True),
        (gamma(a + 2), a * (a + 1) * gamma(a), True),
        (gamma(a - 2), gamma(a) / ((a - 1) * (a - 2)), True),
        (gamma(-1 / b) * (2 ** (1 / b) - 2) / b, gamma(1 - 1 / b) * (2 - 2 ** (1 / b)), True),
        (sympy.beta(a, b), gamma(a) * gamma(b) / gamma(a + b), True),
        (sympy.tan(pi * a), sin(pi * a) / sympy.cos(pi * a), True),
        (6**a, 2**a * 3**a, True),
        (sigma**2 * (b - 1), (b - 1) * sigma**2 * 2, False),
        (zeta(a), zeta(b), False),
        (gamma(a + 1), gamma(a), False),
        (zeta(1 - a), 2 * (2 * pi) ** -a * sympy.cos(pi * a / 2) * gamma(a) * zeta(a), True),
        (zeta(1 - a), 2 * (2 * pi) ** -a * sympy.sin(pi * a / 2) * gamma(a) * zeta(a), False),
        (
            pi ** (-a / 2) * gamma(a / 2) * zeta(a),
            pi ** ((a - 1) / 2) * gamma((1 - a) / 2) * zeta(1 - a),
            True,
        ),
        (gamma(a) * gamma(a + HALF), 2 ** (1 - 2 * a) * sympy.sqrt(pi) * gamma(2 * a), True),
        (gamma(a) * gamma(a + HALF), 2 ** (1 - a) * sympy.sqrt(pi) * gamma(2 * a), False),
        (sin(2 * pi * a), 2 * sin(pi * a) * sympy.cos(pi * a), True),
        (gamma(2 * FIFTH) * gamma(3 * FIFTH), pi / sin(2 * pi / 5), True),
        (gamma(2 * FIFTH) * gamma(3 * FIFTH), pi / sin(pi / 5), False),
        (
            zeta(HALF / 2),
            2 ** (HALF / 2) * pi ** (-3 * HALF / 2) * sin(pi / 8) * gamma(3 * HALF / 2) * zeta(3 * HALF / 2),
            True,
        ),
    ],
)
def test_constants(first, second, same):
    assert same_form(first, second) is same
    assert bool(ratio_form(first, second)) is not same


@settings(max_examples=30)
@given(
    st.lists(st.sampled_from([a, b, a - b, 2 * a + 1, pi, Integer(6), gamma(a / b), zeta(a)]), max_size=5),
    st.data(),
)
def test_the_form_of_a_product_forgets_order_and_grouping(parts, data):
    powers = [data.draw(st.integers(-3, 3)) for _ in parts]
    product = sympy.Mul(*(x**p for x, p in zip(parts, powers, strict=True)))
    assume(product != 0)
    assert same_form(product, sympy.expand(product)) is True
    assert same_form(product, 2 * product) is False
