"""Kernels against quadrature of the kernel itself, and laws of their tasks against the full model."""

import mpmath
import pytest
from sympy import Rational, Symbol, acos, exp

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
from asymptotics.symbols import k
from numerics import verify

t = Symbol("t", real=True)
d, nu = Symbol("d", positive=True), Symbol("nu", positive=True)


def eigenvalue(kernel, dimension, degree):
    """Funk and Hecke, with the Gegenbauer polynomials of mpmath: an integral over the angle."""
    a = mpmath.mpf(dimension) / 2 - 1
    scale = mpmath.gegenbauer(degree, a, 1)
    front = mpmath.gamma(a + 1) / (mpmath.sqrt(mpmath.pi) * mpmath.gamma(a + mpmath.mpf(1) / 2))

    def integrand(angle):
        x = mpmath.cos(angle)
        return kernel(x) * mpmath.gegenbauer(degree, a, x) / scale * mpmath.sin(angle) ** (dimension - 2)

    return front * mpmath.quad(integrand, [0, mpmath.pi / 2, mpmath.pi])


def arc0(x):
    return 1 - mpmath.acos(x) / mpmath.pi


def arc1(x):
    return (x * (mpmath.pi - mpmath.acos(x)) + mpmath.sqrt(1 - x * x)) / mpmath.pi


def ntk(x, depth):
    process = tangent = x
    for _ in range(depth):
        tangent = tangent * arc0(process) + arc1(process)
        process = arc1(process)
    return tangent


KERNELS = [
    (relu_nngp, (3,), arc1, 1e-12),
    (relu_nngp, (5,), arc1, 1e-12),
    (relu_ntk, (3,), lambda x: ntk(x, 1), 1e-12),
    (relu_ntk, (4,), lambda x: ntk(x, 1), 1e-12),
    (relu_nngp, (3, 2), lambda x: arc1(arc1(x)), 2e-3),
    (relu_ntk, (3, 3), lambda x: ntk(x, 3), 5e-3),
    (laplace, (4,), lambda x: mpmath.exp(-mpmath.sqrt(2 * (1 - x))), 2e-3),
    (lambda n: laplace(n, 2), (3,), lambda x: mpmath.exp(-mpmath.sqrt(2 * (1 - x)) / 2), 2e-3),
    (lambda n: matern(Rational(3, 2), on=sphere(n)), (3,),
     lambda x: (1 + mpmath.sqrt(6 * (1 - x))) * mpmath.exp(-mpmath.sqrt(6 * (1 - x))), 2e-3),
    (lambda n: zonal("2 - (1 - t)**(1/3)", n), (3,), lambda x: 2 - mpmath.cbrt(1 - x), 1e-12),
    (lambda n: zonal("3 - (1 - t)**(1/2)*exp(t/9)", n), (3,),
     lambda x: 3 - mpmath.sqrt(1 - x) * mpmath.exp(x / 9), 2e-3),
    (lambda n: gaussian(on=sphere(n)), (3,), lambda x: mpmath.exp(x - 1), 1e-12),
]  # fmt: skip


@pytest.mark.parametrize(("make", "arguments", "function", "near"), KERNELS)
def test_eigenvalues_against_quadrature(make, arguments, function, near):
    """Exact ones to round-off, others near enough where the list ends and nearer far out."""
    kernel = make(*arguments)
    with mpmath.workdps(20):
        largest = eigenvalue(function, arguments[0], 1)
        distances = []
        for degree in (1, 2, 3, 12, 13, 31):
            value = mpmath.mpf(kernel.eigenvalue(degree).evalf(25))
            exact = eigenvalue(function, arguments[0], degree)
            if abs(exact) < 1e-18 * largest:
                assert abs(value) < 1e-18 * largest  # a gap of parity
                continue
            distances.append(abs(value / exact - 1))
            assert distances[-1] < (1e-12 if degree < 10 and near < 1 else near)
        if near > 1e-6:
            assert distances[-1] < near / 10


def test_laws_of_asin_and_of_its_expansion():
    """The eigenvalues of the erf kernel tend to Darboux's, by their power series."""
    s, n = mpmath.mpf(1) / 2, 3
    kernel = erf_nngp(n)
    distances = []
    for degree in (21, 41, 81):
        function = lambda x: 2 / mpmath.pi * mpmath.asin(s * x)  # noqa: E731
        with mpmath.workdps(90):
            exact = eigenvalue(function, n, degree)
            distances.append(abs(mpmath.mpf(kernel.eigenvalue(degree).evalf(25)) / exact - 1) * degree)
    assert max(distances) < 0.2 and abs(distances[2] - distances[1]) < 0.02
    assert kernel.eigenvalue(2) == 0


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
]


@pytest.mark.slow
@pytest.mark.parametrize(("kernel", "target", "time", "data"), EXPONENTS)
def test_exponents(kernel, target, time, data):
    laws = derive(Task.from_kernel(kernel, target=target))
    assert normal(laws.time.exponent - time) == 0
    if data is not None:
        assert normal(laws.data.exponent - data) == 0


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
    total = sum((power * sphere(4).multiplicity).subs(k, j).evalf(15) for j in range(1, 2000))
    assert abs(total - 1) < 1e-3  # the mean of sign^2


BAD = [
    (lambda: zonal(acos(t), 3), DomainError, "not positive definite: its eigenvalue of degree 1 is"),
    (lambda: zonal(t**3 - t, 3), DomainError, "eigenvalue of degree 1"),
    (lambda: zonal(exp(t), 3), UnableError, "faster than every power"),
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
    (
        lambda: derive(Task.from_kernel(gaussian(on=sphere(3)), target=sobolev(1))).model,
        SpectrumError,
        "kappa jumps between modes",
    ),
    (lambda: derive(Task.from_kernel(relu_ntk(3), target={3: 1})).model, SpectrumError, "vanishes on every"),
]  # fmt: skip


@pytest.mark.parametrize(("make", "error", "message"), BAD)
def test_refusals(make, error, message):
    with pytest.raises(error) as caught:
        make()
    assert message in str(caught.value) and "\n" not in str(caught.value)
