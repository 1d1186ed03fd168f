"""Laurent series against the functions they stand for, and their algebra."""

import mpmath
import pytest
from sympy import Integer, Rational, exp, series, symbols

from asymptotics.expansions.laurent import Laurent, gamma_laurent, reciprocal_gamma, reflection, zeta_at_one

d = symbols("d")
STEP = mpmath.mpf("1e-6")


def value(laurent, step=STEP):
    numbers = (mpmath.mpf(str(c.evalf(40))) for c in laurent.coefficients)
    return mpmath.fsum(x * step ** (laurent.valuation + i) for i, x in enumerate(numbers))


def of(function, terms=5):
    expanded = series(function, d, 0, terms).removeO()
    return Laurent(0, tuple(expanded.coeff(d, i) for i in range(terms)))


def test_algebra():
    one, two = of(exp(d) + d**3), of(1 / (2 - d))
    assert one * two == of((exp(d) + d**3) / (2 - d))
    assert two.reciprocal() == of(2 - d)
    assert one.reciprocal() * one == Laurent(0, (Integer(1), *[Integer(0)] * 4))
    pole = Laurent(-2, one.coefficients)
    assert pole.rescale(Integer(3)).coefficients == tuple(
        c * Rational(3) ** (i - 2) for i, c in enumerate(one.coefficients)
    )
    assert (pole + two).valuation == -2 and (pole + two).end == 3
    assert (pole + two).coefficient(0) == pole.coefficient(0) + two.coefficient(0)
    assert Laurent(-1, (Integer(0), Integer(0), Integer(5))).trim() == Laurent(1, (Integer(5),))
    with pytest.raises(ValueError, match="beyond the truncation"):
        pole.coefficient(3)


POINTS = [Integer(-3), Integer(-1), Integer(0), Integer(1), Integer(4), Rational(1, 3), Rational(-7, 2)]
FUNCTIONS = [
    (gamma_laurent, mpmath.gamma),
    (reciprocal_gamma, mpmath.rgamma),
    (reflection, lambda z: mpmath.pi / mpmath.sin(mpmath.pi * z)),
]


@pytest.mark.parametrize(("laurent", "function"), FUNCTIONS, ids=["Gamma", "1/Gamma", "pi/sin"])
@pytest.mark.parametrize("point", POINTS, ids=str)
def test_series_are_their_functions(laurent, function, point):
    with mpmath.workdps(50):
        z = mpmath.mpf(point.p) / point.q + STEP
        assert abs(value(laurent(point, 6)) / function(z) - 1) < 1e-26


@pytest.mark.parametrize("derivative", [0, 1, 2, 3])
def test_zeta_and_its_derivatives_at_the_pole(derivative):
    with mpmath.workdps(50):
        exact = (-1) ** derivative * mpmath.zeta(1 + STEP, derivative=derivative)
        assert abs(value(zeta_at_one(derivative, derivative + 6)) / exact - 1) < 1e-26


def test_the_reflection_is_the_product_of_two_gammas():
    product = gamma_laurent(Rational(1, 3), 3) * gamma_laurent(Rational(2, 3), 3).rescale(Integer(-1))
    wanted = reflection(Rational(1, 3), 3)
    for one, two in zip(product.coefficients, wanted.coefficients, strict=True):
        assert abs((one - two).evalf(30)) < 1e-25
