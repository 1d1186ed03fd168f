"""FullModel against closed forms: one-time limits, white spectra, and the fixed point as t -> oo."""

from __future__ import annotations

import math
from typing import Any

import mpmath
import pytest
import sympy
from five_modes import LAMBDAS, POWERS, close

from asymptotics.tasks.power_laws import power_law
from asymptotics.tasks.task import Task
from numerics import FullModel

oo = sympy.oo


def test_time_law_alone_is_a_sum_of_exponentials() -> None:
    model = FullModel.from_arrays(LAMBDAS, POWERS, digits=25)
    with mpmath.workdps(40):
        for t in (0.25, 3, 20):
            exact = mpmath.fsum(
                c * mpmath.exp(-2 * mpmath.mpf(t) * x) for x, c in zip(LAMBDAS, POWERS, strict=True)
            )
            for value in (model.test_loss(t), model.train_loss(t), model.bias(t)):
                assert close(value, exact)
                assert value.relative_error < 1e-25


def test_published_trap_of_naive_summation() -> None:
    """sum k^-1.5 e^(-2000 k^-2) in Hurwitz zetas; default mpmath.nsum gives 1.7e-78."""
    value = FullModel(power_law("1.5", 2), digits=40).test_loss(1000)
    head_range = [mpmath.mpf(n) for n in range(1, 400)]
    with mpmath.workdps(70):
        head = mpmath.fsum(n ** mpmath.mpf("-1.5") * mpmath.exp(-mpmath.mpf(2000) / n**2) for n in head_range)
    with mpmath.workdps(260):  # zeta(s, 400) from zeta(s): mpmath.zeta(s, 400) has an absolute tolerance
        tail = mpmath.fsum(
            mpmath.mpf(-2000) ** j
            / mpmath.factorial(j)
            * (mpmath.zeta(s) - mpmath.fsum(n**-s for n in head_range))
            for j, s in ((j, mpmath.mpf("1.5") + 2 * j) for j in range(40))
        )
    with mpmath.workdps(70):
        assert close(value, head + tail, slack=1e-60)
        law = mpmath.gamma(mpmath.mpf(1) / 4) / 2 * mpmath.mpf(2000) ** (-mpmath.mpf(1) / 4)
        assert abs(law / value.value - 1) < 1e-18  # exact up to exponentially small terms
    assert value.relative_error < 1e-40


@pytest.mark.parametrize("ratio", ["1/4", "1/2", "2", "8"])
@pytest.mark.parametrize("t", [0.25, 2, 10])
def test_white_spectrum_against_marchenko_pastur(ratio: str, t: float) -> None:
    """lambda = 1, N = ratio M, P = oo: int rho_MP(u) e^(-2 u t) du (BAP, appendix D)."""
    modes = 8
    nu = mpmath.mpf(int(sympy.Rational(ratio).p)) / int(sympy.Rational(ratio).q)
    model = FullModel(Task(eigenvalues=1, target=1, modes=modes), N=sympy.Rational(ratio) * modes)
    with mpmath.workdps(40):
        low, high = (1 - 1 / mpmath.sqrt(nu)) ** 2, (1 + 1 / mpmath.sqrt(nu)) ** 2

        def density(angle: mpmath.mpf) -> mpmath.mpf:
            u = (low + high) / 2 - (high - low) / 2 * mpmath.cos(angle)
            jacobian = ((high - low) / 2 * mpmath.sin(angle)) ** 2
            return nu * jacobian / (2 * mpmath.pi * u) * mpmath.exp(-2 * t * u)

        loss = modes * (mpmath.quad(density, mpmath.linspace(0, mpmath.pi, 7)) + max(0, 1 - nu))
    assert close(model.test_loss(t), loss, slack=1e-22)


@pytest.mark.parametrize(("N", "P"), [(4, oo), (oo, 4), (32, oo)])
def test_timescale_density_of_a_white_spectrum(N: object, P: object) -> None:
    """Marchenko and Pastur, with the roles of features and samples alike."""
    model = FullModel(Task(eigenvalues=1, target=1, modes=8), N=N, P=P, digits=20)
    nu = min(sympy.sympify(N), sympy.sympify(P)) / sympy.Integer(8)
    low, high = (1 - 1 / sympy.sqrt(nu)) ** 2, (1 + 1 / sympy.sqrt(nu)) ** 2
    for share in ("1/10", "1/2", "9/10"):
        u = sympy.nsimplify(low + sympy.Rational(share) * (high - low), rational=True, tolerance=1e-6)
        exact = nu * sympy.sqrt((high - u) * (u - low)) / (2 * sympy.pi * u)
        with mpmath.workdps(40):
            assert close(model.timescale_density(3, u), mpmath.mpf(str(exact.evalf(40))), slack=1e-30)
    assert float(model.timescale_density(1, high + 1)) == 0.0
    if low > 0:
        assert float(model.timescale_density(1, low / 2)) == 0.0


def test_transfer_functions() -> None:
    flat = FullModel(power_law(2, 2), digits=20)
    with mpmath.workdps(40):
        assert close(flat.transfer(3, 9), mpmath.exp(-1), slack=1e-35)
    # For N << M: H = 1 - nu + nu e^(-t/nu), nu = N/M (BAP, appendix D), up to order nu^2.
    nu, t = 1e-6, 2e-6
    small = FullModel(Task(eigenvalues=1, target=1, modes=10**6), N=1)
    assert abs(float(small.transfer(1, t)) - (1 - nu + nu * math.exp(-t / nu))) < 3 * nu**2
    # For N >> M: H = e^-t (1 + (cosh(t sqrt(...))...)), whose first order in 1/nu is t^2/2 e^-t.
    large = FullModel(Task(eigenvalues=1, target=1, modes=4), N=4 * 10**8)
    assert abs((float(large.transfer(1, 2)) * math.exp(2) - 1) * 1e8 - 2) < 1e-6


def test_first_order_in_one_over_n() -> None:
    """(1/N) sum_kl c_k l_k l_l f[l_k, l_k, l_l] with f = e^(-2xt): all of the 1/N term at P = oo.

    A divided difference of the resolvent. (For one finite draw the terms k = l count twice; among many
    modes they are lost, and the mean-field solution does not have them.)
    """
    t, N = 3, 10**9
    lam = [mpmath.mpf(x) for x in LAMBDAS]
    model = FullModel.from_arrays(LAMBDAS, POWERS, N=N, digits=30)
    limit = FullModel.from_arrays(LAMBDAS, POWERS, digits=30)
    with mpmath.workdps(40):

        def f(x: mpmath.mpf, order: int = 0) -> mpmath.mpf:
            return (-2 * mpmath.mpf(t)) ** order * mpmath.exp(-2 * x * t)

        total = mpmath.mpf(0)
        for i, (x, c) in enumerate(zip(lam, POWERS, strict=True)):
            for j, y in enumerate(lam):
                divided = f(x, 2) / 2 if i == j else ((f(y) - f(x)) / (y - x) - f(x, 1)) / (y - x)
                total += c * x * y * divided
        change = (model.test_loss(t).value - limit.test_loss(t).value) * N
        assert abs(change / total - 1) < 1e-7


def _sums(kappa: Any, lam: Any, c: Any) -> tuple[Any, ...]:
    xi = mpmath.fsum(y * kappa / (x + kappa) for x, y in zip(lam, c, strict=True))
    F = mpmath.fsum(y * (kappa / (x + kappa)) ** 2 for x, y in zip(lam, c, strict=True))
    df2 = mpmath.fsum((x / (x + kappa)) ** 2 for x in lam)
    return xi, F, df2


@pytest.mark.parametrize(("N", "P"), [(7, 20), (20, 7), (7, oo), (oo, 7), (49, 20), (3, 4), (4, 3)])
@pytest.mark.parametrize("noise", ["0", "1/2"])
def test_fixed_point_formulas(N: object, P: object, noise: str) -> None:
    """The losses at t = oo as they stand in the literature (theory, section 2), solved by other means."""
    modes = 50
    model = FullModel(power_law("1.5", "1.25", modes=modes), N=N, P=P, noise=noise, digits=25)
    with mpmath.workdps(45):
        lam = [mpmath.mpf(i) ** mpmath.mpf("-1.25") for i in range(1, modes + 1)]
        c = [mpmath.mpf(i) ** mpmath.mpf("-1.5") for i in range(1, modes + 1)]
        n, p = (mpmath.inf if x == oo else mpmath.mpf(int(str(x))) for x in (N, P))
        s = mpmath.mpf(sympy.Rational(noise).p) ** 2 / sympy.Rational(noise).q ** 2
        size = min(n, p)
        start = mpmath.log(size) * mpmath.mpf("-1.25")
        y = mpmath.findroot(lambda y: mpmath.fsum(x / (x + mpmath.exp(y)) for x in lam) - size, start)
        kappa = mpmath.exp(y)
        xi, F, df2 = _sums(kappa, lam, c)
        if n < p:
            expected = xi + ((xi + s) * n / (p - n) if p < mpmath.inf else 0)
        else:
            expected = (F + s * df2 / p) / (1 - df2 / p) + ((xi + s) * p / (n - p) if n < mpmath.inf else 0)
        assert close(model.test_loss(oo), expected, slack=1e-38)
        assert close(model.bias(oo), F, slack=1e-38)
        train = (1 - n / p) * (xi + s) if n < p else 0
        assert close(model.train_loss(oo), train, slack=1e-38)


def test_more_of_everything_than_modes_leaves_the_noise() -> None:
    model = FullModel.from_arrays(LAMBDAS, POWERS, N=8, P=15, noise=2, digits=20)
    with mpmath.workdps(40):
        assert model.test_loss(oo).agrees_with(mpmath.mpf(4) * 5 / (15 - 5))
        assert model.train_loss(oo).agrees_with(mpmath.mpf(4) * (1 - mpmath.mpf(5) / 15))
    assert float(FullModel.from_arrays(LAMBDAS, POWERS, N=8, P=15).test_loss(oo)) == 0.0


@pytest.mark.parametrize("N", [1, 37, 10**9])
def test_double_descent_is_reported_as_a_divergence(N: int) -> None:
    model = FullModel(power_law("1.5", "1.25"), N=N, P=N)
    assert str(model.test_loss(oo)) == "oo (the loss diverges at N = P as t -> oo)"
    assert mpmath.isinf(model.test_loss(oo).value)
    assert float(model.train_loss(oo)) == 0.0
    assert 0 < float(model.bias(oo)) < math.inf
    # Before the end it is finite, and grows as sqrt t.
    first, second = (float(model.test_loss(t)) for t in (1e30, 1e32))
    assert second / first == pytest.approx(10, rel=1e-2)


def test_fitted_noise_diverges_where_samples_equal_modes() -> None:
    noisy = FullModel.from_arrays(LAMBDAS, POWERS, N=50, P=5, noise=1)
    assert "P = M" in str(noisy.test_loss(oo))
    assert float(FullModel.from_arrays(LAMBDAS, POWERS, N=50, P=5).test_loss(oo)) == 0.0


@pytest.mark.parametrize(("N", "P"), [(100, 400), (400, 100), (10**6, oo), (oo, 10**6), (3, 10**12)])
def test_late_times_reach_the_fixed_point(N: object, P: object) -> None:
    model = FullModel(power_law("1.5", "1.25"), N=N, P=P, noise="1/2")
    for quantity in (model.test_loss, model.bias):
        assert quantity("1e40").agrees_with(quantity(oo))
