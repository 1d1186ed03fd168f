"""Constants that are sums over modes: closed forms, and numbers against mpmath."""

import mpmath
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Float, Integer, Mul, Rational, coth, digamma, exp, pi, sin, zeta

from asymptotics import Task, derive
from asymptotics.errors import PrecisionError
from asymptotics.expansions.tail import tail_expansion
from asymptotics.precision import working
from asymptotics.sums.binomial import hurwitz
from asymptotics.sums.convergent import ConvergentSum, convergent_sum
from asymptotics.sums.lattice import LatticeConstant, LatticeZeta
from asymptotics.sums.rational import rational_sum
from asymptotics.sums.regularised import RegularSum, _with_start, regular_sum
from asymptotics.symbols import N, a, k


def number(expression, digits=30):
    return mpmath.mpf(str(expression.evalf(digits)))


def test_regularised_sums_of_powers_are_zeta_functions():
    assert regular_sum(1 / k, k) == -digamma(1)
    assert regular_sum(1 / k, k, Rational(5, 2)) == -digamma(Rational(5, 2))
    assert regular_sum((2 * k + 3) ** -a, k, Integer(2)) == 2**-a * zeta(a, Rational(7, 2))
    assert regular_sum(Integer(1), k) == Rational(-1, 2)
    assert regular_sum(k**2 + k, k) == Rational(-1, 12)


@pytest.mark.parametrize("s", ["0.5", "-1.5", "2.25", "3"])
def test_regularised_sums_in_numbers(s):
    """``sum (k + k^-1)^-s`` by expanding its summand: zeta functions of higher and higher order."""
    power = Rational(s)
    with mpmath.workdps(40):
        # k^-s (1 + k^-2)^-s = sum_j binom(-s, j) k^(-s - 2j); the first 40 modes are added as they are
        head = mpmath.fsum((j + mpmath.mpf(1) / j) ** -mpmath.mpf(s) for j in range(1, 40))
        tail = mpmath.fsum(
            mpmath.binomial(-mpmath.mpf(s), j) * mpmath.zeta(mpmath.mpf(s) + 2 * j, 40) for j in range(24)
        )
        assert abs(number(RegularSum((k + 1 / k) ** -power, k, Integer(1)), 25) / (head + tail) - 1) < 1e-22


@pytest.mark.slow
@given(
    dips=st.lists(
        st.tuples(st.integers(2, 60), st.integers(1, 9), st.integers(1, 3)), min_size=1, max_size=2
    ),
    degree=st.integers(0, 6),
    start=st.sampled_from(["1", "1/2", "4"]),
)
@settings(max_examples=20)
def test_regularised_sums_of_rational_functions(dips, degree, start):
    """By poles, and by direct terms with the expansion of the tail beyond them."""
    below = Mul(*(((k - at) ** 2 + Rational(width, 3)) ** order for at, width, order in dips))
    summand, first = (k**degree + 1) / below, Rational(start)
    found = rational_sum(summand, k, first, 20)
    series = tail_expansion(summand, k, 24)
    with working(60):
        exact = _with_start(summand, k, first, series, 3000, 20)
        assert abs(found / exact - 1) < 1e-19


@pytest.mark.parametrize("order", [1, 2, 3])
def test_a_pole_far_from_the_first_index(order):
    """``sum (k/(k - r))^(2m)`` at a distance of 5000, without as many terms."""
    found = rational_sum((k**2 / ((k - 5000) ** 2 + 1)) ** order, k, Integer(1), 20)
    with mpmath.workdps(60):
        head = mpmath.fsum((j * j / ((j - 5000) ** 2 + mpmath.mpf(1))) ** order for j in range(1, 40_000))
        series = tail_expansion((k**2 / ((k - 5000) ** 2 + 1)) ** order, k, 40)
        tail = mpmath.fsum(
            mpmath.mpf(int(t.coefficient)) * hurwitz(mpmath.mpf(int(t.order)), mpmath.mpf(40_000), 0)
            for t in series.terms
        )
        assert abs(found / (head + tail) - 1) < 1e-19


@pytest.mark.parametrize("m", [0, 1, 2])
@pytest.mark.parametrize("s", ["0.5", "2.5", "-0.75"])
def test_hurwitz_with_logarithms(s, m):
    """``sum_(k >= x) k^-s log^m k`` is ``(-d/ds)^m zeta(s, x)``."""
    with mpmath.workdps(40):
        x = mpmath.mpf(12)
        exact = (-1) ** m * mpmath.zeta(mpmath.mpf(s), x, derivative=m)
        assert abs(hurwitz(mpmath.mpf(s), x, m) / exact - 1) < 1e-25


def test_the_finite_part_at_the_pole():
    with mpmath.workdps(40):
        assert abs(hurwitz(mpmath.mpf(1), mpmath.mpf(40), 0) + mpmath.digamma(40)) < 1e-30


def test_exponentials_that_no_machine_holds():
    """The integral goes out to k = e^1000 and more, where exp(k) would be of 2^1000 bits."""
    with mpmath.workdps(30):
        exact = mpmath.fsum(1 / (j**2 * (1 + mpmath.exp(-j))) for j in range(1, 80)) + mpmath.zeta(2, 80)
    for summand in (1 / (k**2 * (1 + exp(-k))), 1 / k**2 - 1 / (k**2 * (exp(k) + 1))):
        assert abs(number(ConvergentSum(summand, k), 20) / exact - 1) < 1e-14
    with pytest.raises(PrecisionError, match="terms cancel far out"):
        number(ConvergentSum(exp(k) / (k**2 * (exp(k) + 1)), k), 20)


def test_convergent_sums():
    assert convergent_sum(3 / k**2, k) == 3 * zeta(2)
    with mpmath.workdps(40):
        assert abs(number(ConvergentSum(2**-k, k)) - 1) < 1e-28
        exact = mpmath.nsum(lambda j: mpmath.exp(-mpmath.sqrt(j)) / j, [1, mpmath.inf])
        assert abs(number(ConvergentSum(exp(-(k ** Rational(1, 2))) / k, k), 20) / exact - 1) < 1e-14


def test_lattice_sums():
    """Z_2(z) = 4 zeta(z) beta(z), Z_4(z) = 8 (1 - 4^(1-z)) zeta(z) zeta(z - 1), Z_1(z) = 2 zeta(2 z)."""
    with mpmath.workdps(40):
        for z in (mpmath.mpf("0.5"), mpmath.mpf("1.75"), mpmath.mpf("-0.5"), mpmath.mpf("3.25")):
            at = Rational(str(z))
            beta = mpmath.mpf(4) ** -z * (
                mpmath.zeta(z, mpmath.mpf(1) / 4) - mpmath.zeta(z, mpmath.mpf(3) / 4)
            )
            assert abs(number(LatticeZeta(2, at)) / (4 * mpmath.zeta(z) * beta) - 1) < 1e-26
            four = 8 * (1 - mpmath.mpf(4) ** (1 - z)) * mpmath.zeta(z) * mpmath.zeta(z - 1)
            assert abs(number(LatticeZeta(4, at)) / four - 1) < 1e-26
        assert abs(number(LatticeConstant(1)) - 2 * mpmath.euler) < 1e-28
        # pi (2 euler + 2 log 2 + 3 log pi - 4 log Gamma(1/4)), Kronecker's limit formula at i
        limit = (
            2 * mpmath.euler
            + 2 * mpmath.log(2)
            + 3 * mpmath.log(mpmath.pi)
            - 4 * mpmath.log(mpmath.gamma(0.25))
        )
        assert abs(number(LatticeConstant(2)) - mpmath.pi * limit) < 1e-26


@pytest.mark.parametrize("digits", [30, 50])
@pytest.mark.parametrize(
    ("summand", "term"),
    [
        ((coth(k) - 1) / k, lambda j: (mpmath.coth(j) - 1) / j),
        (exp(-3 * k), lambda j: mpmath.exp(-3 * j)),
    ],
)
def test_tails_that_fall_at_once_are_integrated_from_zero(summand, term, digits):
    """All of the integral behind the direct terms is within a hundredth of where it starts."""
    with mpmath.workdps(digits + 10):
        expected = mpmath.fsum(term(mpmath.mpf(j)) for j in range(1, 150))
        assert abs(ConvergentSum(summand, k).number(digits) / expected - 1) < mpmath.mpf(10) ** -digits


@pytest.mark.parametrize("power", [Rational(7, 5), Rational(4, 5)])
def test_orders_that_lie_close_together(power):
    """``k^-p/(1 + k^-3/5)``, orders 3/5 apart: to 40 digits 60 of them, or integrals; convergent and not."""
    found = RegularSum(k**-power / (1 + k ** -Rational(3, 5)), k, Integer(1)).evalf(40)
    with mpmath.workdps(60):
        p, step = mpmath.mpf(power.p) / power.q, mpmath.mpf(3) / 5
        head = mpmath.fsum(mpmath.mpf(j) ** -p / (1 + mpmath.mpf(j) ** -step) for j in range(1, 400))
        tail = mpmath.fsum((-1) ** j * mpmath.zeta(p + step * j, 400) for j in range(40))
        assert abs(found._to_mpmath(mpmath.mp.prec) / (head + tail) - 1) < 1e-39


@pytest.mark.slow
def test_orders_that_are_a_thirtieth_apart():
    """Twelve orders reach 1.84 and fall too slowly; the value: 60 direct terms, the integral, Bernoulli's."""
    powers = 2 * k ** Rational(211, 150) + k ** Rational(103, 75) + k ** Rational(36, 25)
    found = RegularSum(1 / powers, k, Integer(1)).evalf(60)
    assert abs(found - Float("0.76421808716731745553856898975055343241771908656298", 50)) < 1e-49


def test_laws_whose_constants_have_such_sums():
    """``derive`` ended in an error: two starts with as many orders as usual did not agree."""
    laws = derive(Task("k**-(7/5) + k**-2", "(k + 2)**-2"))
    assert laws.model.leading == 25 * pi**2 / (49 * N * sin(2 * pi / 7) ** 2)
