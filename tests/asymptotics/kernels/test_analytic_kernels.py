"""Kernels that are analytic on [-1, 1], against the integral itself in many digits; laws of their tasks."""

import re

import mpmath
import numpy as np
import pytest
from sympy import Rational, lambdify

from asymptotics import DomainError, SpectrumError, Task, UnableError, derive
from asymptotics.kernels import erf_nngp, half_space, sobolev, zonal
from asymptotics.kernels.zonal import T
from asymptotics.parsing.expressions import parse
from asymptotics.symbols import k


def eigenvalue(kernel, d, degree):
    """Funk and Hecke's integral by Gauss and Legendre's rule in the angle, to 40 digits."""

    def harmonic(x):
        before, now = mpmath.mpf(0), mpmath.mpf(1)
        for j in range(degree):
            then = x if j == 0 else ((2 * j + d - 2) * x * now - j * before) / (j + d - 2)
            before, now = now, then
        return now

    front = mpmath.gamma(mpmath.mpf(d) / 2) / mpmath.sqrt(mpmath.pi) / mpmath.gamma(mpmath.mpf(d - 1) / 2)
    return front * mpmath.quad(
        lambda y: kernel(mpmath.cos(y)) * harmonic(mpmath.cos(y)) * mpmath.sin(y) ** (d - 2),
        mpmath.linspace(0, mpmath.pi, 5),
        method="gauss-legendre",
    )


KERNELS = [
    ("1/(3 - t)", 3, lambda x: 1 / (3 - x)),
    ("exp(t)/(2 - t)", 5, lambda x: mpmath.exp(x) / (2 - x)),
    ("1 - log(7/5 - t)", 4, lambda x: 1 - mpmath.log(mpmath.mpf(7) / 5 - x)),
    ("(3/2 - t)**(-2/3)", 2, lambda x: (mpmath.mpf(3) / 2 - x) ** (-mpmath.mpf(2) / 3)),
    ("(3 - t)**(-2) - (2 - t)**(1/2) + 3", 3, lambda x: (3 - x) ** -2 - mpmath.sqrt(2 - x) + 3),
    pytest.param("asin(t/2)", 3, lambda x: mpmath.asin(x / 2), marks=pytest.mark.slow),
    ("1/(4 - t**2)", 3, lambda x: 1 / (4 - x**2)),
    ("1/(3 - exp(t))", 3, lambda x: 1 / (3 - mpmath.exp(x))),
]


@pytest.mark.parametrize(("text", "d", "function"), KERNELS)
def test_eigenvalues_are_those_of_the_integral(text, d, function):
    """Within the error that is said, which falls as is said; a wrong order would not."""
    kernel = zonal(text, d)
    size, first, power = map(
        float, re.search(r"relative ([\d.e-]+)\*\((\d+)/k\)\*\*(\d+)", kernel.accuracy).groups()
    )
    assert power == 4
    with mpmath.workdps(50):
        for degree in (1, 2, int(first), int(first) + 1, 2 * int(first) + 1):
            exact = eigenvalue(function, d, degree)
            value = mpmath.mpf(kernel.eigenvalue(degree).evalf(40))
            allowed = 1e-14 if degree < first else 3 * size * (first / degree) ** power + 1e-15
            assert abs(value - exact) <= allowed * abs(exact) + mpmath.mpf(10) ** -32


def test_a_dimension_that_is_a_letter_has_the_leading_order():
    value = zonal("1/(3 - t)", "d").eigenvalues
    with mpmath.workdps(50):
        for d in (3, 5):
            exact = eigenvalue(lambda x: 1 / (3 - x), d, 40)
            (letter,) = value.free_symbols - {k}
            assert abs(mpmath.mpf(value.subs({letter: d, k: 40}).evalf(30)) / exact - 1) < 0.05


def test_the_arc_sine_has_the_eigenvalues_of_its_network():
    kernel, network = zonal("2/pi*asin(t/2)", 3), erf_nngp(3)
    for degree in (1, 2, 3, 31, 32, 51):
        found, known = (float(one.eigenvalue(degree)) for one in (kernel, network))
        assert found == pytest.approx(known, rel=1e-7, abs=0)


@pytest.mark.slow
def test_laws_of_a_geometric_kernel():
    """c_k = (1 + k (k + 1))^-2 with 2 k + 1 modes leaves 1/K^2 above level K, and N = K^2."""
    task = Task.from_kernel(zonal("1/(3 - t)", 3), target=sobolev(1))
    laws = derive(task)
    assert laws.model.leading == 1 / laws.model.resource
    # the model itself: sum m lambda/(lambda + kappa) = N, loss sum m c kappa/(lambda + kappa), far out
    degree = np.arange(1, 20_000)
    modes, level = 2 * degree + 1, degree * np.log(3 - 2 * np.sqrt(2)) - np.log(degree) / 2

    def share(place):
        return 1 / (1 + np.exp(np.clip(level - place, -700, 700)))

    N, low, high = 10**6, level[-1], level[0]
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if (modes * (1 - share(middle))).sum() > N else (low, middle)
    loss = (modes * (1 + degree * (degree + 1.0)) ** -2 * share(low)).sum() + 1 / degree[-1] ** 2
    assert loss * N == pytest.approx(1, rel=0.01)


@pytest.mark.slow
def test_odd_targets_of_odd_kernels_are_learned():
    laws = derive(Task.from_kernel(zonal("atanh(t/2)", 3), target=half_space()))
    assert laws.model.exponent == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("text", "error", "says"),
    [
        (
            "exp(t**2)",
            UnableError,
            "exp(t**2) is entire in t: eigenvalues fall faster than every geometric",
        ),
        ("exp(t**3)", UnableError, "FullModel.from_arrays"),
        (
            "1/(c - t)",
            UnableError,
            "a singular point of the kernel is at t = c; give numbers for its letters",
        ),
        (
            "1/(2 + t)",
            DomainError,
            "1/(t + 2) is not positive definite: its eigenvalue of degree 1 is -0.098",
        ),
        ("erfc(t)", DomainError, "not positive definite"),
        (
            "1/(1 - t)",
            DomainError,
            "1/(1 - t) is infinite at t = 1 and has no integral on the sphere (d = 3)",
        ),
    ],
)
def test_bad_kernels_are_one_line(text, error, says):
    with pytest.raises(error) as raised:
        zonal(text, 3)
    assert says in str(raised.value)
    assert "\n" not in str(raised.value)


def test_complex_singular_points_are_refused():
    """In a dimension that is a letter no eigenvalue is looked at."""
    with pytest.raises(UnableError, match="at no real point as near: its eigenvalues change sign"):
        zonal("exp(t) + 1/(50 + t**4)", "d")


def test_given_harmonics_of_a_geometric_kernel_fall_with_the_slowest():
    """``sum_k p_k e^(-2 lambda_k t)``, of two degrees with powers 1 and 1/2: they were refused."""
    kernel = zonal("1/(3 - t)", 3)
    law = derive(Task.from_kernel(kernel, target={1: 1, 2: "1/2"})).time
    exact = [float(kernel.eigenvalue(degree)) for degree in (1, 2)]
    for t in (200, 1000):
        loss = np.exp(-2 * exact[0] * t) + np.exp(-2 * exact[1] * t) / 2
        assert float(law(t)) == pytest.approx(loss, rel=1e-5)


@pytest.mark.parametrize("d", [2, 3, 7, 30])
@pytest.mark.parametrize("text", ["exp(t)", "cosh(2*t)", "t**2*exp(t - 1) + t**3", "exp(3*t) + exp(-t)/4"])
def test_sums_of_exponentials_have_exact_eigenvalues(text, d):
    """Also where the closed form is of Bessel functions, and parity makes zeros."""
    kernel = zonal(text, d)
    mean = lambdify(T, parse(text, symbols={"t": T}), "mpmath")
    assert kernel.exact
    for degree in (1, 2, 5):
        with mpmath.workdps(30):
            other = eigenvalue(mean, d, degree)
            assert abs(mpmath.mpf(kernel.eigenvalue(degree).evalf(20)) - other) <= 1e-15 * abs(other) + 1e-25


@pytest.mark.parametrize(
    ("text", "d"),
    [("1/(2 - t)", 7), pytest.param("exp(t)/(2 - t)", 8, marks=pytest.mark.slow), ("1/(11/10 - t)", 30)],
)
def test_eigenvalues_far_below_the_first_are_resolved(text, d):
    """They were refused below 10^-32 of the largest, and in high dimensions for want of orders in d^2/k."""
    kernel = zonal(text, d)
    mean = lambdify(T, parse(text, symbols={"t": T}), "mpmath")
    with mpmath.workdps(80):
        other = eigenvalue(mean, d, 60)
    assert abs(mpmath.mpf(kernel.eigenvalue(60).evalf(20)) / other - 1) < 1e-6


def test_kernels_that_fall_too_fast_say_so_by_name():
    """Whatever the target: pieces of it were told as the reason."""
    for target in (half_space(), {1: 1}):
        with pytest.raises(SpectrumError, match="kappa jumps between modes") as raised:
            derive(Task.from_kernel(zonal("exp(t)", 3), target=target))
        assert len(str(raised.value)) < 230


def test_targets_on_degrees_that_are_learned_and_others_have_laws():
    """Degree 2 has the eigenvalue 0 of an odd kernel, its power stays: it was refused."""
    laws = derive(Task.from_kernel(zonal("asin(t)", 3), target={2: "1/4", 3: 1}))
    assert laws.time.leading == Rational(1, 4)
    with pytest.raises(SpectrumError, match="none of it is learned at any t"):
        derive(Task.from_kernel(zonal("asin(t)", 3), target={2: 1}))


@pytest.mark.parametrize(("d", "degree", "within"), [(7, 51, 1e-6), (30, 25, 1e-3), (30, 51, 1e-6)])
def test_erf_kernels_in_high_dimensions_have_orders_enough(d, degree, within):
    """Orders behind the list are those of d^2/k: with four, half of the eigenvalue was left at d = 30."""
    with mpmath.workdps(80):
        other = eigenvalue(lambda t: 2 / mpmath.pi * mpmath.asin(mpmath.mpf("0.7") * t), d, degree)
    assert abs(mpmath.mpf(erf_nngp(d, slope="7/10").eigenvalue(degree).evalf(20)) / other - 1) < within
