"""Kernels and spectral sums by residues, against sums taken term by term."""

import mpmath
import pytest
from sympy import Integer, Rational, Symbol, lambdify, log, stieltjes

from asymptotics.domains.domain import POSITIVE
from asymptotics.expansions.laurent import gamma_laurent, reciprocal_gamma, reflection, zeta_at_one
from asymptotics.spectra.power_law import algebraic_series
from asymptotics.sums.regularised import RegularSum, regular_sum
from asymptotics.symbols import k, kappa
from asymptotics.transforms.kernels import EXPONENTIAL, FILTER, KERNELS, RESOLVENT, SQUARE


@pytest.mark.parametrize("kernel", [EXPONENTIAL, RESOLVENT, SQUARE, FILTER])
def test_transform_is_the_integral_of_the_kernel(kernel):
    """Phi(s) = int_0^oo phi(u) u^(s-1) du inside the strip."""
    left = -min(kernel.rising)
    right = min(kernel.falling) if kernel.falling else left + 2
    point = (left + right) / Rational(2) + Rational(1, 7)
    with mpmath.workdps(20):
        shape, power = shape_of(kernel), float(point)
        integral = mpmath.quad(
            lambda v: mpmath.exp(v * power) * shape(mpmath.exp(v)), [-120, -20, 0, 20, 120]
        )
        assert abs(integral - kernel.transform(point).evalf(20)) < 1e-12


def shape_of(kernel):
    u = Symbol("u")
    return lambdify(u, KERNELS[kernel](u), "mpmath")


@pytest.mark.parametrize("point", [Integer(0), Integer(-1), Integer(-3), Rational(1, 3), Integer(2)])
def test_laurent_series_of_gamma(point):
    d = mpmath.mpf(10) ** -5
    with mpmath.workdps(40):
        series = gamma_laurent(point, 4)
        value = sum(c.evalf(40) * d ** (series.valuation + i) for i, c in enumerate(series.coefficients))
        exact = mpmath.gamma(mpmath.mpf(point.p) / point.q + d)
        assert abs(value / exact - 1) < 1e-13
        entire = reciprocal_gamma(point, 4)
        value = sum(c.evalf(40) * d**i for i, c in enumerate(entire.coefficients))
        assert abs(value - 1 / exact) < 1e-18


def test_laurent_series_of_the_reflection_and_of_zeta():
    with mpmath.workdps(30):
        d = mpmath.mpf(10) ** -4
        for point in (Integer(2), Rational(2, 7)):
            series = reflection(point, 5)
            value = sum(c.evalf(30) * d ** (series.valuation + i) for i, c in enumerate(series.coefficients))
            exact = mpmath.pi / mpmath.sin(mpmath.pi * (mpmath.mpf(point.p) / point.q + d))
            assert abs(value / exact - 1) < 1e-14
        for m in (0, 1, 2):
            series = zeta_at_one(m, m + 4)
            value = sum(c.evalf(30) * d ** (series.valuation + i) for i, c in enumerate(series.coefficients))
            exact = (-1) ** m * mpmath.zeta(1 + d, derivative=m)
            assert abs(value / exact - 1) < 1e-8 * d**m


REGULAR = [
    (k**-3, "zeta(3)", mpmath.zeta(3)),
    (k ** Rational(3, 2), "zeta(-3/2)", mpmath.zeta(-1.5)),
    ((k + Rational(1, 2)) ** -2, "Hurwitz zeta", mpmath.zeta(2, 1.5)),
    (1 / k, "Euler's constant", mpmath.euler),
    (log(k) / k, "Stieltjes", mpmath.mpf(str(stieltjes(1).evalf(20)))),
    (log(k) * k**2, "-zeta'(-2)", -mpmath.zeta(-2, derivative=1)),
    (1 / (k**2 + 1), "(pi coth pi - 1)/2", (mpmath.pi * mpmath.coth(mpmath.pi) - 1) / 2),
    (k / (k + 1), "zeta(0) - gamma + 1", mpmath.mpf(1) / 2 - mpmath.euler),
    (
        k**2 / (k**2 + 1),
        "zeta(0) - (pi coth pi - 1)/2",
        -mpmath.mpf(1) / 2 - (mpmath.pi * mpmath.coth(mpmath.pi) - 1) / 2,
    ),
]


@pytest.mark.parametrize(("summand", "name", "value"), REGULAR, ids=[row[1] for row in REGULAR])
def test_regularised_sums(summand, name, value):
    assert abs(RegularSum(summand, k, 1).evalf(25) - value) < 1e-14 * (1 + abs(value)), name
    assert abs(regular_sum(summand, k).evalf(25) - value) < 1e-14 * (1 + abs(value)), name


SUMS = [
    (k**-2 + k**-3, k**-3 * log(k)),
    ((k + Rational(1, 2)) ** -2, k**-3),
    (3 * k ** Rational(-3, 2), (k + Rational(1, 2)) ** Rational(-5, 2)),
    (1 / (1 + k**2), k**-4),
    (k**-3, k**-2 + 5 * k**-4),
    (k**-2, k**-3),
]


@pytest.mark.parametrize(("eigenvalues", "target"), SUMS)
@pytest.mark.parametrize("kernel", [FILTER, RESOLVENT, SQUARE])
def test_spectral_sums_term_by_term(eigenvalues, target, kernel):
    """Residues against a sum by Euler-Maclaurin; the error is of the order of the remainder."""
    weights = Integer(1) if kernel is FILTER else target
    series = algebraic_series(eigenvalues, weights, k, POSITIVE)
    f, w = (lambdify(k, e, "mpmath") for e in (eigenvalues, weights))
    expanded = series.spectral_sum(kernel, kappa, inverse=True, domain=POSITIVE, depth=5)
    with mpmath.workdps(25):
        small = mpmath.mpf(10) ** -4
        shape = shape_of(kernel)

        def term(y):
            return w(y) * shape(f(y) / small)

        K = 600
        direct = mpmath.fsum(term(mpmath.mpf(n)) for n in range(1, K))
        direct += mpmath.quad(term, [K * 10**e for e in (0, 1, 2, 4, 6, 9, 13, 17)] + [mpmath.inf])
        direct += term(mpmath.mpf(K)) / 2 - mpmath.diff(term, K) / 12 + mpmath.diff(term, K, 3) / 720
        value = expanded.as_expr().subs(kappa, Rational(1, 10**4)).evalf(25)
        remainder = small ** float(expanded.remainder_order) * 300 * (1 + abs(mpmath.log(small))) ** 2
        assert abs(value - direct) < remainder + 1e-13 * abs(direct)
