"""One entrance for numbers: exact, bounded, and in one line where they are none."""

import decimal
import fractions
import math

import mpmath
import numpy as np
import pytest
import sympy
from odd_values import REFUSED
from sympy import Float, Integer, Rational, gamma, log, oo, pi, zeta
from written_out import check_written_out

from asymptotics import (
    DomainError,
    HeavyBall,
    OnePassSGD,
    SpectrumError,
    Task,
    check_claim,
    compute_optimal,
    derive,
    power_law,
)
from asymptotics.parsing.expressions import parse
from asymptotics.parsing.heights import Radical, substitute, to_power
from asymptotics.parsing.numbers import exact, real_float, real_number, substitution
from asymptotics.symbols import N, a, b, k, t
from numerics import FullModel

TENTH = Rational(1, 10)
NUMBERS = (
    (0.1, TENTH),
    (np.float16(0.1), TENTH),
    (np.float32(0.1), TENTH),
    (np.float64(0.1), TENTH),
    (np.longdouble("0.1"), TENTH),
    (np.array(0.1), TENTH),
    (Float(0.1), TENTH),
    (Float("0.1", 40), TENTH),
    (decimal.Decimal("0.1"), TENTH),
    (fractions.Fraction(1, 10), TENTH),
    ("0.1", TENTH),
    (np.str_("0.1"), TENTH),
    (mpmath.mpf(0.5), Rational(1, 2)),
    (np.int8(3), 3),
    (1e308, 10**308),
    (5e-324, Rational(5, 10**324)),
    (-1.5e-7, Rational(-3, 2 * 10**7)),
    (math.inf, oo),
    (-np.inf, -oo),
    (mpmath.inf, oo),
    (decimal.Decimal("-Infinity"), -oo),
    (k ** Float(-1.3), k ** Rational(-13, 10)),
    (Float(0.1) * k**-2 + 1, TENTH / k**2 + 1),
    (sympy.sqrt(2), sympy.sqrt(2)),
)
ODD = (
    *REFUSED,
    [1.5],
    (1, 2),
    {"a": 1},
    np.array([1.5]),
    np.array([1.0, 2.0]),
    np.array("x"),
    print,
    mpmath.mpf(10) ** 1000,
    k ** Rational(1, 10**30),
)


@pytest.mark.parametrize(("value", "expected"), NUMBERS, ids=lambda x: f"{type(x).__name__} {x!s:.20}")
def test_numbers_are_exact(value, expected):
    assert exact(value) == expected


@pytest.mark.parametrize("value", ODD, ids=lambda x: type(x).__name__)
@pytest.mark.parametrize("entrance", [exact, real_number, lambda x: real_float(x, "x")])
def test_what_is_no_number_is_refused_in_one_line(value, entrance):
    with pytest.raises(DomainError) as caught:
        entrance(value)
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 400


def test_finite_floats():
    assert real_float(1e-300, "x") == 1e-300 and real_float(np.float32(0.1), "x") == 0.1
    for infinite in (oo, math.inf, -math.inf, 2 * Integer(10) ** 308):
        with pytest.raises(DomainError, match="give a finite"):
            real_float(infinite, "x")


def test_values_are_a_mapping_of_positive_numbers():
    assert substitution((a, b), {a: 1.5, "b": "5/4"}) == {a: Rational(3, 2), b: Rational(5, 4)}
    for values in ([1.5, 2], "a=3", 7, {"c": 1}, {a: 0}, {a: -1}, {a: math.inf}, {None: 2}, {a: None}):
        with pytest.raises(DomainError):
            substitution((a, b), values)


def near(found, expected, digits=25):
    with mpmath.workdps(digits + 20):
        assert mpmath.almosteq(
            mpmath.mpf(found.evalf(digits + 15)._mpf_), expected, mpmath.mpf(10) ** -digits
        )


# (base, exponent): heights and signs at which SymPy writes out integers of up to 10^17 bits.
POWERS = [
    (Integer(12), Rational("3.141592653589793")),
    (Integer(12), -Rational("1.4142135623730951")),
    (Rational(18, 7), Rational("2.718281828459045")),
    (Rational(1, 360), Rational("0.123456789")),
    (Integer(999), Rational(59, 100)),
    (Integer(10) ** 30 - 1, Rational("0.5857864376269049")),
    (Integer(7), Integer(999)),
    (12 * log(2), Rational("3.141592653589793")),
    (-12 * (1 - pi), Rational("1.4142135623730951")),
]


@pytest.mark.parametrize(("base", "exponent"), POWERS)
def test_powers_of_numbers_are_never_written_out(monkeypatch, base, exponent):
    check_written_out(monkeypatch)
    found = to_power(base, exponent)
    with mpmath.workdps(60):
        expected = mpmath.mpf(base.evalf(60)._mpf_) ** (mpmath.mpf(exponent.p) / exponent.q)
    near(found, expected)
    # products and powers of such numbers stay as they are
    near(found * found / to_power(base, exponent), expected)
    assert substitute(k**a, {k: base, a: exponent}) == found


def test_short_powers_are_those_of_sympy():
    assert to_power(Integer(8), Rational(2, 3)) == 4 and to_power(
        Integer(12), Rational(1, 2)
    ) == 2 * sympy.sqrt(3)
    assert to_power(b, -a) == b**-a and to_power(Integer(0), Integer(2)) == 0


def test_radicals_read_as_powers():
    radical = to_power(Integer(12), Rational("0.141592653589793"))
    assert isinstance(radical, Radical)
    assert str(radical) == "12**(141592653589793/1000000000000000)"
    assert sympy.latex(radical) == r"12^{\frac{141592653589793}{1000000000000000}}"
    assert float(sympy.lambdify(k, radical * k, "mpmath")(2)) == pytest.approx(2 * 12**0.141592653589793)


# Values of functions that SymPy would write out, against mpmath at more digits.
VALUES = [
    (gamma(a), Integer(10) ** 30, lambda x: mpmath.gamma(x)),
    (gamma(a), Rational(10**20 + 1, 2), lambda x: mpmath.gamma(x)),
    (zeta(a), Integer(10) ** 30, lambda x: mpmath.mpf(1)),
    (sympy.loggamma(a), Integer(10) ** 30, lambda x: mpmath.loggamma(x)),
    (sympy.digamma(a), Integer(10) ** 12, lambda x: mpmath.digamma(x)),
    (sympy.factorial(a), Integer(10) ** 9, lambda x: mpmath.gamma(x + 1)),
]


@pytest.mark.parametrize(("expression", "number", "expected"), VALUES)
def test_values_at_large_numbers_are_decimals(monkeypatch, expression, number, expected):
    check_written_out(monkeypatch)
    with mpmath.workdps(80):
        value = expected(mpmath.mpf(number.p) / number.q)
    near(substitute(expression, {a: number}), value)


FLOATS = [
    (3.141592653589793, 2),
    (2.718281828459045, 1.234567890123456),
    (Rational(10**18 + 1, 3 * 10**17), 12),
]


@pytest.mark.parametrize("task", [power_law(a, b), Task(eigenvalues="12*k**-b", target="18*k**-a")])
@pytest.mark.parametrize(("x", "y"), FLOATS)
def test_laws_at_any_float(monkeypatch, task, x, y):
    laws = derive(task)
    check_written_out(monkeypatch)
    numeric = derive(task.at(a=x, b=y))
    for name, size in (("time", t), ("model", N)):
        law, again = getattr(laws, name).at(a=x, b=y), getattr(numeric, name)
        exponent = getattr(laws, name).exponent.subs({a: exact(x), b: exact(y)})
        assert law.exponent == again.exponent == exponent
        one, two = (z.leading.subs(size, 10**6).evalf(30) for z in (law, again))
        assert abs(one / two - 1) < 1e-25


def test_the_law_in_time_at_a_float_is_that_of_the_text_and_right():
    law = derive(power_law(a, b)).time.at(a=3.141592653589793, b=2)
    assert law == derive(power_law(a, b)).time.at(a="3.141592653589793", b="2")
    with mpmath.workdps(30):
        p = (mpmath.mpf("3.141592653589793") - 1) / 2
        near(law.prefactor, mpmath.gamma(p) / 2 / 2**p)


def test_optima_at_any_float(monkeypatch):
    optimum = compute_optimal(derive(power_law(a, b)), N * t)
    check_written_out(monkeypatch)
    phase = optimum.at(a=3.141592653589793, b=1.4142135623730951)
    assert phase.exponents[t] == Rational("1.4142135623730951") / Rational("3.141592653589793")
    assert phase.prefactors[t].evalf(10) == pytest.approx(0.4026971918)


@pytest.mark.parametrize(
    "values",
    [{a: 10**30}, {b: 10**30}, {a: 1e308}, {a: 5e-324}, {a: np.float32(0.1)}, {b: 1e-200}, {a: 3, b: 1001}],
)
def test_numbers_that_no_exponent_can_be_are_refused(values):
    laws = derive(power_law(a, b))
    for law in laws:
        with pytest.raises(DomainError):
            law.at(values)
    with pytest.raises(DomainError):
        power_law(*({a: 3, b: 2} | values).values()) and derive(laws.task.at({a: 3, b: 2} | values))


def test_floats_in_sympy_expressions():
    written = Task(eigenvalues=k**-1.3, target=2.5 * k ** Float(-2.7))
    assert written == Task(eigenvalues="k**-1.3", target="2.5*k**-2.7")
    assert derive(written).time.exponent == Rational(17, 13)
    assert power_law(np.float32(2.7), np.float32(1.3)) == power_law("2.7", "1.3")


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        ("1e15", "FAILS"),
        ("1e300", "FAILS"),
        ("0.000000000000001", "FAILS"),
        ("a - 1e15", "FAILS"),
        ("12**100", "FAILS"),
        ("1e15*N**-b", "FAILS"),
        ("Min(a - 1, b)", "HOLDS"),
    ],
)
def test_claims_with_any_number(monkeypatch, claim, verdict):
    law = derive(power_law(a, b)).model
    check_written_out(monkeypatch)
    found = check_claim(claim, law)
    assert found.verdict == verdict
    assert verdict == "HOLDS" or all(value < 1000 for _, value in found.witness.point)


def test_text_and_numbers_share_their_bounds():
    for text in ("1e400", "5e-400", "k**-(10**30)", "k**-1001", "1e300*1e300"):
        with pytest.raises(DomainError):
            parse(text)
    for value in (10**400, Rational(5, 10**400), k ** -(Integer(10) ** 30), k**-1001):
        with pytest.raises(DomainError):
            exact(value)
    assert parse("k**-1.4142135623730951") == exact(k**-1.4142135623730951)
    with pytest.raises(SpectrumError):
        derive(power_law(0.1, 2))


@pytest.mark.parametrize(
    "eigenvalues",
    [
        "k**-2.1415926535897931 + k**-3.333333333333333",
        "k**-2.12345 + k**-3.54321",
        "12*k**-2.1415926535897931 - k**-3.3333333333333333",
        "(12*k + 5)**-1.4142135623730951",
    ],
)
def test_spectra_with_any_decimal(monkeypatch, eigenvalues):
    check_written_out(monkeypatch)
    task = Task(eigenvalues=eigenvalues, target="k**-2.7182818284590451")
    law = derive(task).time
    assert law.exponent.is_Rational and law.prefactor.evalf(10).is_positive
    assert FullModel(task, N=100, digits=5).test_loss(10).value > 0


def test_what_leaves_the_range_of_doubles_is_one_line():
    good = [j**-2.0 for j in range(1, 41)]
    for call in (
        lambda: Task.from_arrays([1e308] * 20, [1] * 20),
        lambda: Task.from_arrays([1e-320 / j for j in range(1, 40)], good[1:]),
        lambda: Task.from_arrays(good, good, samples=10**400),
        lambda: OnePassSGD(eta=0.1, batch=10**400),
        lambda: HeavyBall(beta=1e200),
    ):
        with pytest.raises(DomainError) as caught:
            call()
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["oo", "inf", " infinity ", r"\infty", "∞"])
def test_text_says_that_a_size_is_infinite(text):
    assert real_number(text) == oo
