"""Kernels against quadrature of the kernel itself, and laws of their tasks against the full model."""

import re
import sys
from functools import cache

import mpmath
import numpy as np
import pytest
from sympy import Rational, Symbol, acos, exp, sqrt

from asymptotics import DomainError, SpectrumError, Task, UnableError, derive
from asymptotics.domains.domain import normal
from asymptotics.kernels import (
    erf_nngp,
    gaussian,
    half_space,
    laplace,
    matern,
    relu_nngp,
    relu_ntk,
    sobolev,
    sphere,
    torus,
    zipf,
    zonal,
)
from asymptotics.kernels.exact import one_sided
from asymptotics.symbols import k
from numerics import verify

t = Symbol("t", real=True)
quadrature = sys.modules["asymptotics.kernels.zonal"].quadrature
d, nu = Symbol("d", positive=True), Symbol("nu", positive=True)


LONG = np.longdouble


@cache
def nodes():
    """Angles and weights of the tanh-sinh rule, to 18 digits."""
    j = np.arange(-480, 481).astype(LONG) / LONG(128)
    u = LONG(np.pi) / 2 * np.sinh(j)
    pi = 4 * np.arctan(LONG(1))
    weight = pi / 128 * pi / 4 * np.cosh(j) / np.cosh(u) ** 2
    return pi / (np.exp(-2 * u) + 1), weight


def eigenvalues(kernel, dimension, count):
    """Funk and Hecke: ``lambda_0 ... lambda_(count-1)``, Gegenbauer polynomials by their recursion."""
    angle, weight = nodes()
    x, d = np.cos(angle), dimension
    values = kernel(x) * weight * np.sin(angle) ** (d - 2)
    front = LONG(mpmath.gamma(d / 2) / (mpmath.sqrt(mpmath.pi) * mpmath.gamma((d - 1) / 2)))
    found, before, now = [], np.zeros_like(x), np.ones_like(x)
    for degree in range(count):
        found.append(front * np.sum(values * now))
        then = x if degree == 0 else ((2 * degree + d - 2) * x * now - degree * before) / (degree + d - 2)
        before, now = now, then
    return found


def arc0(x):
    return 1 - np.arccos(np.clip(x, -1, 1)) / LONG("3.14159265358979323846")


def arc1(x):
    return x * arc0(x) + np.sqrt(np.clip(1 - x * x, 0, None)) / LONG("3.14159265358979323846")


def ntk(x, depth):
    process = tangent = x
    for _ in range(depth):
        tangent = tangent * arc0(process) + arc1(process)
        process = arc1(process)
    return tangent


def chord(x):
    return np.sqrt(np.clip(2 * (1 - x), 0, None))


def bessel(x, order):
    """``2^(1-nu)/Gamma(nu) z^nu int_0^oo exp(-z cosh u) cosh(nu u) du``, z = sqrt(2 nu) |x - y|."""
    z = np.clip(chord(x) * np.sqrt(LONG(2 * order)), LONG(1e-30), None)[:, None]
    u = np.linspace(LONG(0), LONG(80), 2401)[None, :]
    inside = np.exp(-z * np.cosh(u) + order * (u + np.log(z))) * (1 + np.exp(-2 * order * u)) / 2
    inside[:, 0] /= 2
    return 2 ** LONG(1 - order) / LONG(mpmath.gamma(order)) * inside.sum(axis=1) * (u[0, 1] - u[0, 0])


def slow(*row):
    return pytest.param(*row, marks=pytest.mark.slow)


EXACT, SERIES = 1e-14, 1e-6
"""Closed forms at all degrees; lists, and then series of which the first error is below 10^-6."""
KERNELS = [
    (relu_nngp, (3,), arc1, EXACT),
    (relu_nngp, (5,), arc1, EXACT),
    (relu_ntk, (3,), lambda x: ntk(x, 1), EXACT),
    (relu_ntk, (4,), lambda x: ntk(x, 1), EXACT),
    pytest.param(relu_ntk, (3, 3), lambda x: ntk(x, 3), SERIES, marks=pytest.mark.slow),
    (relu_ntk, (4, 2), lambda x: ntk(x, 2), SERIES),
    (laplace, (4,), lambda x: np.exp(-chord(x)), SERIES),
    (lambda n: laplace(n, "3/7"), (3,), lambda x: np.exp(-chord(x) * 7 / 3), SERIES),
    (lambda n: matern(Rational(3, 2), on=sphere(n)), (3,),
     lambda x: (1 + np.sqrt(LONG(3)) * chord(x)) * np.exp(-np.sqrt(LONG(3)) * chord(x)), SERIES),
    slow(lambda n: matern(1, on=sphere(n)), (3,), lambda x: bessel(x, 1), SERIES),
    (lambda n: matern("3/10", on=sphere(n)), (5,), lambda x: bessel(x, LONG(3) / 10), SERIES),
    (lambda n: zonal("2 - (1 - t)**(1/3)", n), (3,), lambda x: 2 - np.cbrt(1 - x), 1e-13),
    slow(lambda n: zonal("exp(-(1 - t)**(3/10))", n), (3,),
     lambda x: np.exp(-((1 - x) ** (LONG(3) / 10))), SERIES),
    (lambda n: zonal("3 - (1 - t)**(1/2)*exp(t/9)", n), (3,),
     lambda x: 3 - np.sqrt(1 - x) * np.exp(x / 9), SERIES),
    (lambda n: zonal("(1 + t)**3", n), (4,), lambda x: (1 + x) ** 3, EXACT),
    (lambda n: zonal("3 + t + t**2 + (1 - t)*log(1 - t)", n), (3,),
     lambda x: 3 + x + x**2 + (1 - x) * np.log(np.clip(1 - x, LONG(1e-40), None)), SERIES),
    (lambda n: gaussian(on=sphere(n)), (3,), lambda x: np.exp(x - 1), 1e-2),
    (erf_nngp, (3,), lambda x: 2 * np.arcsin(x / 2) / LONG("3.14159265358979323846"), 1e-2),
    slow(lambda n: erf_nngp(n, "19/20"), (4,),
     lambda x: 2 * np.arcsin(x * 19 / 20) / LONG("3.14159265358979323846"), 1e-4),
]  # fmt: skip


@pytest.mark.parametrize(("make", "arguments", "function", "near"), KERNELS)
def test_eigenvalues_against_quadrature(make, arguments, function, near):
    """Exact ones and lists to round-off, others as near as is said where a list ends, and nearer far out."""
    kernel = make(*arguments)
    exact = eigenvalues(function, arguments[0], 64)
    round_off = 1e-17 * max(map(abs, exact[1:]))
    for degree in (1, 2, 3, 12, 13, 14, 25, 26, 49, 50, 62, 63):
        value = LONG(str(kernel.eigenvalue(degree).evalf(21)))
        listed = degree <= 12 and near < 1e-3
        assert abs(value - exact[degree]) <= (1e-13 if listed else near) * abs(exact[degree]) + round_off


def test_accuracy_is_what_is_left():
    """The relative error of a series is the one that is said, and falls with the power that is said."""
    for kernel, function in (
        (relu_ntk(3, depth=3), lambda x: ntk(x, 3)),
        (laplace(4), lambda x: np.exp(-chord(x))),
        (erf_nngp(3, "19/20"), lambda x: 2 * np.arcsin(x * 19 / 20) / LONG("3.14159265358979323846")),
    ):
        size, first, power = map(
            float, re.search(r"relative ([\d.e-]+)\*\((\d+)/k\)\*\*(\d+)", kernel.accuracy).groups()
        )
        exact = eigenvalues(function, int(kernel.domain.dimension), int(first) + 13)
        for degree in range(int(first), int(first) + 12):
            if kernel.eigenvalue(degree) != 0:
                off = abs(float(LONG(str(kernel.eigenvalue(degree).evalf(21))) / exact[degree] - 1))
                assert off < 1.6 * size * (first / degree) ** power + 1e-12


@pytest.mark.slow
def test_quadrature_in_many_dimensions():
    """(1 - t)^(1/2) has a closed form in each; those that are too small for an integral are refused."""
    with pytest.raises(UnableError, match="too small for quadrature"):
        laplace(1000)
    for dimension in (2, 30, 200):
        found = quadrature(sqrt(1 - t), dimension, 9)
        for degree in (1, 8):
            value = one_sided(Rational(1, 2), Rational(dimension), degree).evalf(20)
            assert abs(found[degree] / mpmath.mpf(value) - 1) < 1e-15


def test_matern_on_the_circle_is_a_fourier_transform():
    """nu = 1/2, length l: the Fourier coefficients of exp(-|x|/l) on the line."""
    kernel = matern(nu=Rational(1, 2), d=1, length=Rational(1, 5))
    for n in (1, 4):
        w = 2 * mpmath.pi * n
        exact = 2 * mpmath.quad(
            lambda x, w=w: mpmath.exp(-5 * x) * mpmath.cos(w * x), mpmath.linspace(0, 12, 49)
        )
        assert abs(kernel.eigenvalue(n).evalf(20) / exact - 1) < 1e-10


def test_gaussian_inputs_have_a_trace_of_one():
    for n in (1, 3):
        kernel = gaussian(n, length=2)
        total = mpmath.nsum(
            lambda j, kernel=kernel: mpmath.mpf(
                (kernel.eigenvalues * kernel.multiplicity).subs(k, int(j)).evalf(20)
            ),
            [1, 90],
        )
        assert abs(total - 1) < 1e-12


EXPONENTS = [
    # kernel, target, exponents of time and data (Spigler et al., arXiv 1905.10843: min(2 nu_T, 4 nu + 2 p)/p)
    (laplace(d), sobolev(nu), 2 * nu / d, None),
    (laplace(3), sobolev(Rational(1, 4)), Rational(1, 6), Rational(1, 4)),
    (laplace(3), half_space(), Rational(1, 3), Rational(1, 2)),
    (matern(nu=Rational(3, 2), d=1), matern(nu=Rational(1, 2), d=1), Rational(1, 4), 1),
    (matern(nu=nu, d=2), sobolev(1), 1 / (nu + 1), 1),
    (matern(nu=1, d=1), zipf(Rational(1, 2)), Rational(1, 6), Rational(1, 2)),
    (gaussian(1), "k**-3", 2, 1),
    (gaussian(3), "k**(-7/2)", Rational(1, 2), None),
    (erf_nngp(3), half_space(), 1, None),
]


@pytest.mark.slow
@pytest.mark.parametrize(("kernel", "target", "time", "data"), EXPONENTS)
def test_exponents(kernel, target, time, data):
    laws = derive(Task.from_kernel(kernel, target=target))
    assert normal(laws.time.exponent - time) == 0
    if data is not None:
        assert normal(laws.data.exponent - data) == 0


def test_a_gamma_function_of_a_negative_number_is_a_factor():
    """``1/gamma(-1/3)`` in the eigenvalues; the law is that of the sum over odd degrees."""
    law = derive(Task.from_kernel(zonal("2 - (1 - t)**(1/3)", 3), target=half_space())).time
    n = np.arange(1, 400_001, 2, dtype=float)
    falls = (n - 1 / 3) * (n + 2 / 3) / ((n + 7 / 3) * (n + 10 / 3))
    eigenvalue = 2 ** (1 / 3) * 3 / 28 * np.cumprod(np.append(1, falls[:-1]))
    power = (2 * n + 1) / 4 * np.cumprod(np.append(1, (n[:-1] / (n[:-1] + 3)) ** 2))
    assert law.exponent == Rational(3, 8)
    assert abs(np.sum(power * np.exp(-2e7 * eigenvalue)) / law(1e7) - 1) < 1e-3


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kernel", "target"),
    [
        (laplace(3), half_space()),
        (relu_ntk(3), sobolev(1)),
        (matern(nu=1, d=1), zipf(Rational(1, 2))),
    ],
)
def test_laws_hold(kernel, target):
    """Odd harmonics alone, and odd harmonics that are never learned, whose power stays."""
    law = derive(Task.from_kernel(kernel, target=target)).time
    assert verify(law).verdict == "HOLDS"


def test_given_harmonics_and_a_sum_over_them():
    task = Task.from_kernel(laplace(3), target={1: 1, 3: "1/2"})
    powers = [(task.target * task.multiplicity).subs(k, j) for j in range(1, 5)]
    assert powers == [1, 0, Rational(1, 2), 0]
    power = half_space()(relu_nngp(4))
    terms = [(power * sphere(4).multiplicity).subs(k, j).evalf(15) for j in range(1, 161)]
    assert abs(2 * sum(terms) - sum(terms[:80]) - 1) < 1e-4  # the mean of sign^2, as terms fall as k^-2


def test_a_degree_that_is_not_learned_stays_beside_one_that_is():
    """ReLU tangent kernels learn no degree 3: its power stays, and acts as noise, 1 + (b - 1), b = 3/2."""
    laws = derive(Task.from_kernel(relu_ntk(3), target={2: 1, 3: 1}))
    assert laws.time.prefactor == 1 and laws.time.exponent == 0
    assert laws.data.prefactor == Rational(3, 2)


BAD = [
    (lambda: zonal(acos(t), 3), DomainError, "not positive definite: its eigenvalue of degree 1 is"),
    (lambda: zonal(t**3 - t, 3), DomainError, "eigenvalue of degree 1"),
    (lambda: zonal(exp(t**2), 3), UnableError, "faster than every geometric sequence"),
    (lambda: zonal("x + 1", 3), DomainError, "not a function of t"),
    (lambda: relu_ntk(1), DomainError, "d = 1"),
    (lambda: relu_nngp(3, depth=0), DomainError, "depth"),
    (lambda: matern(nu=-1, d=2), DomainError, "nu = -1"),
    (lambda: laplace(), DomainError, "no dimension"),
    (lambda: laplace(2, on=torus(3)), DomainError, "give one of them"),
    (lambda: torus("1/2"), DomainError, "whole dimension"),
    (lambda: erf_nngp(3, slope=2), DomainError, "0 < slope < 1"),
    (lambda: gaussian(2, on=torus(2)), DomainError, "on spheres"),
    (lambda: Task.from_kernel(3, target="k**-2"), DomainError, "give a kernel"),
    (lambda: Task.from_kernel(laplace(3), target=laplace(4)), DomainError, "one domain"),
    (lambda: Task.from_kernel(laplace(3), target={}), DomainError, "no harmonics"),
    (lambda: Task.from_kernel(laplace(3), target=sobolev(-1)), DomainError, "nu = -1"),
    (lambda: derive(Task("1/factorial(k)", "k**-3")).model, SpectrumError, "kappa jumps between modes"),
    (lambda: zonal("20*t**2 + Abs(t)", 3), UnableError, "singular within"),
    (
        lambda: derive(Task.from_kernel(gaussian(on=sphere(3)), target=sobolev(1))).model,
        SpectrumError,
        "kappa jumps between modes",
    ),
    (lambda: derive(Task.from_kernel(relu_ntk(3), target={3: 1})).model, SpectrumError, "none of it is"),
    (lambda: derive(Task.from_kernel(erf_nngp(3), target={2: 1})).time, SpectrumError, "none of it is"),
    (lambda: Task.from_kernel(laplace(3), target={2: 1, 5: -1}), DomainError, "the power of degree 5 is -1"),
    (lambda: Task.from_kernel(laplace(3), target={0: 1, 2: 1}), DomainError, "the constant is no part"),
    (lambda: Task.from_kernel(relu_ntk, target={1: 1}), DomainError, "call it, relu_ntk(d=..., depth=...)"),
    (lambda: Task.from_kernel(laplace(3), target=half_space), DomainError, "call it, half_space()"),
    (lambda: Task.from_kernel(laplace(3), target=sobolev), DomainError, "not called; give it its nu"),
    (lambda: Task.from_kernel(laplace(3), target={2: "oo"}), DomainError, "the power of degree 2 is oo"),
]  # fmt: skip


@pytest.mark.parametrize(("make", "error", "message"), BAD)
def test_refusals(make, error, message):
    with pytest.raises(error) as caught:
        make()
    assert message in str(caught.value) and "\n" not in str(caught.value)


def test_a_kernel_that_is_almost_without_an_integral():
    """``(1 - t)^(-9/10)``: of its integral 10^-3 lies where t is rounded to 1."""
    found = zonal("(1 - t)**(-9/10)", 3)
    assert found.exact
    for degree in (1, 5):  # Rodrigues' formula
        power = mpmath.mpf(-9) / 10
        known = 2**power * mpmath.rf(-power, degree) / mpmath.rf(power + 1, degree + 1)
        assert abs(mpmath.mpf(found.eigenvalues.subs(k, degree).evalf(20)) / known - 1) < 1e-15
    with pytest.raises(UnableError, match="almost without an integral"):
        zonal("(1 - t)**(-99/100)", 3)  # it has one, which was denied
