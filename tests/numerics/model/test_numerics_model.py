"""FullModel against independent solutions, its own higher precision, and its exact limits."""

from __future__ import annotations

import math
import random
from contextlib import suppress
from typing import Any

import mpmath
import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from asymptotics.errors import BottleneckError, DomainError, PrecisionError, UnableError
from asymptotics.symbols import k
from asymptotics.tasks.task import Task, power_law
from numerics import FullModel, GradientDescent, HeavyBall, OnePassSGD, Value
from numerics.model import rules as training

oo = sympy.oo
LAMBDAS = [1.0, 0.5, 0.25, 0.2, 0.125]
POWERS = [0.5, 1.0, 0.25, 0.125, 2.0]
PARTS = ("initialisation", "data", "noise", "interaction")


def close(value: Value, expected: Any, slack: float = 0.0) -> bool:
    """Whether the estimated error covers the difference (with the reference's own error as slack)."""
    with mpmath.workdps(60):
        return bool(abs(value.value - expected) <= value.error + slack * abs(expected))


# -- one-time limits in closed form ------------------------------------------------------


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


# -- the end of training ----------------------------------------------------------------


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


# -- inner consistency ----------------------------------------------------------------------


def _random_models(seed: int, count: int) -> list[tuple[dict[str, Any], str]]:
    draw = random.Random(seed)
    rows = []
    for _ in range(count):
        a, b = (round(1 + 10 ** draw.uniform(-1.5, 0.6), 3) for _ in range(2))
        N = round(10 ** draw.uniform(0, 12))
        P: object = draw.choice([oo, N, N + 1, N + max(1, N // 1000), round(10 ** draw.uniform(0, 12))])
        if draw.random() < 0.3:
            N, P = P, N  # type: ignore[assignment]
        sizes = {"N": N, "P": P, "noise": draw.choice(["0", "1/3", "2"])}
        rows.append(({"task": power_law(a, b), **sizes}, repr(10 ** draw.uniform(-3, 20))))
    return rows


def _compare(row: dict[str, Any], t: str, digits: int) -> None:
    """Every quantity within its error of the same at twice the digits (and so with other nodes)."""
    few, many = (FullModel(**row, digits=d) for d in (digits, 2 * digits + 3))
    for name in ("test_loss", "train_loss", "bias", "variance"):
        try:
            found, better = getattr(few, name)(t), getattr(many, name)(t)
        except PrecisionError:
            continue  # said, not silent
        pairs = (
            [(found, better)]
            if name != "variance"
            else [(getattr(found, part), getattr(better, part)) for part in (*PARTS, "total")]
        )
        for value, reference in pairs:
            with mpmath.workdps(80):
                assert abs(value.value - reference.value) <= value.error + reference.error, (row, t, name)
            assert value.relative_error < 10.0**-digits or value.note, (row, t, name)


@pytest.mark.parametrize(("row", "t"), _random_models(3, 8), ids=str)
def test_errors_bound_the_difference_to_more_digits(row: dict[str, Any], t: str) -> None:
    _compare(row, t, 15)


@pytest.mark.slow
@pytest.mark.parametrize(("row", "t"), _random_models(4, 200), ids=str)
def test_errors_bound_the_difference_at_many_points(row: dict[str, Any], t: str) -> None:
    _compare(row, t, 15)


@pytest.mark.parametrize(("row", "t"), _random_models(5, 4), ids=str)
def test_parts_add_up(row: dict[str, Any], t: str) -> None:
    model = FullModel(**row, digits=20)
    v = model.variance(t)
    with mpmath.workdps(40):
        parts = mpmath.fsum(getattr(v, part).value for part in PARTS)
        errors = mpmath.fsum(getattr(v, part).error for part in PARTS) + v.total.error
        assert abs(parts - v.total.value) <= errors
        total = model.bias(t).value + v.total.value
        loss = model.test_loss(t)
        assert abs(total - loss.value) <= loss.error + model.bias(t).error + v.total.error


def test_without_limits_on_data_train_and_test_differ_by_the_noise() -> None:
    model = FullModel(power_law("1.5", "1.25"), N=50, noise="1/2")
    for t in (0, 3, 1e6, oo):
        with mpmath.workdps(40):
            assert model.train_loss(t).agrees_with(model.test_loss(t).value + mpmath.mpf("0.25"), factor=4)


def test_ensembles_and_bags() -> None:
    model = FullModel(power_law("1.5", "1.25"), N=40, P=60, noise=1, digits=18)
    v, B = model.variance(20), model.bias(20)
    with mpmath.workdps(30):
        one, many, everything = model.test_loss(20), model.ensemble_loss(20, 10), model.ensemble_loss(20, oo)
        # E members: L_E = L_oo + (L_1 - L_oo)/E.
        assert abs(many.value - everything.value - (one.value - everything.value) / 10) < 1e-17
        assert abs(model.bagged_loss(20, oo).value - B.value - v.initialisation.value) < 1e-17
        assert model.ensemble_loss(20, oo, bags=oo).agrees_with(B)
        assert model.ensemble_loss(20, 3, bags=5).agrees_with(model.bagged_loss(20, 5, members=3))
        assert everything.value < many.value < one.value
    assert model.ensemble_loss(20, 1).agrees_with(one)


def test_ensembles_without_limits_on_data() -> None:
    model = FullModel(power_law("1.5", "1.25"), N=40)
    assert model.ensemble_loss(20, oo).agrees_with(model.bias(20))


def test_listed_and_symbolic_spectra_agree() -> None:
    """A thousand modes by integral and ends, and the same thousand listed as doubles (independent routes)."""
    modes = 1000
    index = np.arange(1, modes + 1, dtype=float)
    symbolic = FullModel(
        Task(eigenvalues=1 / k**2, target=1 / (k + 1), modes=modes), N=100, P=300, noise="1/2"
    )
    listed = FullModel.from_arrays(index**-2, 1 / (index + 1), N=100, P=300, noise="1/2")
    for t in (0.1, 30, 1e5, oo):
        assert float(symbolic.test_loss(t)) == pytest.approx(float(listed.test_loss(t)), rel=3e-14)
        assert float(symbolic.train_loss(t)) == pytest.approx(float(listed.train_loss(t)), rel=3e-14)


def test_order_of_listed_modes_does_not_matter() -> None:
    shuffled = FullModel.from_arrays(LAMBDAS[::-1], POWERS[::-1], N=3, P=9)
    assert shuffled.test_loss(4).agrees_with(FullModel.from_arrays(LAMBDAS, POWERS, N=3, P=9).test_loss(4))


def test_curves() -> None:
    curve = FullModel(power_law(2, 2), N=10).curve([0, 1, 10.0], "bias")
    assert curve.times == (0.0, 1.0, 10.0)
    assert len(curve) == 3
    assert np.all(np.diff(np.asarray(curve)) < 0)
    assert np.all(curve.errors < 1e-14)


def test_early_times() -> None:
    """t = 0 is the target; the first order is -2 t sum c lambda (exact for any N and P)."""
    for N, P in ((oo, oo), (10, 20)):
        model = FullModel.from_arrays(LAMBDAS, POWERS, N=N, P=P, digits=30)
        assert float(model.test_loss(0)) == sum(POWERS)
        with mpmath.workdps(40):
            slope = (model.test_loss("1e-12").value - sum(POWERS)) * mpmath.mpf(10) ** 12
            assert abs(slope + 2 * sum(x * y for x, y in zip(LAMBDAS, POWERS, strict=True))) < 1e-10


# -- training rules --------------------------------------------------------------------------


@pytest.mark.parametrize("steps", [1, 7, 25, 26, 60])
@pytest.mark.parametrize("eta", [0.25, 1.0, 1.75])
def test_descent_without_limits_is_a_power(steps: int, eta: float) -> None:
    """Deterministic: sum c (1 - eta lambda)^(2n); steps on both sides of the change of contour."""
    model = FullModel.from_arrays(LAMBDAS, POWERS, rule=GradientDescent(eta=eta))
    with mpmath.workdps(40):
        exact = mpmath.fsum(
            c * (1 - mpmath.mpf(eta) * x) ** (2 * steps) for x, c in zip(LAMBDAS, POWERS, strict=True)
        )
    assert close(model.test_loss(steps), exact)
    assert close(model.bias(steps), exact)


@pytest.mark.parametrize(
    "task",
    [power_law(3, 2), Task(eigenvalues="(k + 1/2)**-2", target="(k + 1/3)**-3"), power_law(3, 2, modes=7)],
    ids=str,
)
@pytest.mark.parametrize("eta", [0.25, 0.5])
def test_descent_is_the_same_as_a_sum_and_on_a_contour(task: Task, eta: float) -> None:
    model = FullModel(task, rule=GradientDescent(eta=eta), digits=20)
    for steps in (1, 40, 2000):
        assert model.test_loss(steps).agrees_with(model.bias(steps))


def test_descent_far_below_its_start() -> None:
    """Once given up as lost in noise: 1e-45 after 8e8 steps, off the flow by O(eta/t)."""
    task = power_law(7, sympy.Rational(12, 11))
    loss = FullModel(task, rule=GradientDescent(eta=0.125)).test_loss(8 * 10**8)
    flow = FullModel(task).test_loss(10**8)
    assert loss.relative_error < 1e-15 and flow.value < 1e-40
    assert 1e-10 < abs(loss.value / flow.value - 1) < 1e-7


@pytest.mark.parametrize("t", [0.5, 4, 30])
@pytest.mark.parametrize("beta", [0.2, 3.0, 50.0])
def test_heavy_ball_without_limits_is_an_oscillator(t: float, beta: float) -> None:
    """beta v'' + v' + lambda v = 0, v(0) = 1, v'(0) = 0, in closed form."""
    model = FullModel.from_arrays(LAMBDAS, POWERS, rule=HeavyBall(beta=beta))
    with mpmath.workdps(40):
        exact = mpmath.mpf(0)
        for x, c in zip(LAMBDAS, POWERS, strict=True):
            root = mpmath.sqrt(mpmath.mpc(1 - 4 * beta * mpmath.mpf(x)))
            fast, slow = (-1 - root) / (2 * beta), (-1 + root) / (2 * beta)
            exact += (
                c
                * mpmath.re((slow * mpmath.exp(fast * t) - fast * mpmath.exp(slow * t)) / (slow - fast)) ** 2
            )
    assert close(model.test_loss(t), exact)


@pytest.mark.parametrize(
    ("rule", "t"), [(GradientDescent(eta=1e-6), 5_000_000), (HeavyBall(beta=1e-7), 5)], ids=str
)
def test_small_steps_and_small_masses_are_the_flow(rule: training.Rule, t: int) -> None:
    sizes: dict[str, Any] = {"N": 30, "P": 50, "noise": "1/2"}
    flow = FullModel(power_law("1.5", "1.25"), **sizes).test_loss(5)
    value = FullModel(power_law("1.5", "1.25"), **sizes, rule=rule).test_loss(t)
    assert float(value) == pytest.approx(float(flow), rel=1e-5)
    assert float(value) != float(flow)


def test_large_batches_are_the_flow() -> None:
    flow = FullModel(power_law("1.5", "1.25"), N=30)
    sgd = FullModel(power_law("1.5", "1.25"), N=30, noise=1, rule=OnePassSGD(eta=0.25, batch=10**12))
    assert float(sgd.test_loss(20)) == pytest.approx(float(flow.test_loss(5)), rel=1e-10)
    assert sgd.bias(20).agrees_with(flow.bias(5))


@pytest.mark.parametrize("steps", [3, 40, 1000])
@pytest.mark.parametrize("noise", ["0", "1"])
def test_one_pass_sgd_against_its_own_differential_equation(steps: int, noise: str) -> None:
    """N = oo: p_k' = -2 eta lambda_k p_k + (eta^2 lambda_k^2/B)(sum p + sigma^2), by matrix exponential."""
    rule = OnePassSGD(eta=0.125, batch=2)
    model = FullModel.from_arrays(LAMBDAS, POWERS, noise=noise, rule=rule)
    with mpmath.workdps(40):
        size = len(LAMBDAS)
        eta, rate = mpmath.mpf(rule.eta), mpmath.mpf(rule.eta) ** 2 / rule.batch
        flow = mpmath.zeros(size + 1)
        for i, x in enumerate(LAMBDAS):
            flow[i, i] = -2 * eta * x
            for j in range(size):
                flow[i, j] += rate * mpmath.mpf(x) ** 2
            flow[i, size] = rate * mpmath.mpf(x) ** 2 * int(noise)
        start = mpmath.matrix([*POWERS, 1])
        end = mpmath.expm(flow * steps, method="taylor") * start
        assert close(model.test_loss(steps), mpmath.fsum(end[i] for i in range(size)), slack=1e-25)
    if noise == "0":
        assert float(model.train_loss(steps)) == float(model.test_loss(steps))


def test_sgd_ends_where_batches_feed_back() -> None:
    """n -> oo: Xi and the noise, multiplied by 1/(1 - eta sum(lambda)/(2B))."""
    model = FullModel(power_law("1.5", "1.25"), N=30, noise=1, rule=OnePassSGD(eta=0.05, batch=4))
    assert model.test_loss(10**30).agrees_with(model.test_loss(oo), factor=10)


UNSTABLE = [
    (GradientDescent(eta=2.5), {}, "eta = 2.5 is beyond stability"),
    (GradientDescent(eta=0.5), {"N": 2, "P": 2}, "use eta <"),
    (OnePassSGD(eta=1.5, batch=1), {}, "eta sum\\(lambda\\)/\\(2B\\) = "),
    (OnePassSGD(eta=2.1, batch=1000), {}, "largest curvature"),
]


@pytest.mark.parametrize(("rule", "sizes", "message"), UNSTABLE, ids=str)
def test_unstable_steps_are_refused(rule: training.Rule, sizes: dict[str, int], message: str) -> None:
    with pytest.raises(DomainError, match=message):
        FullModel.from_arrays(LAMBDAS, POWERS, rule=rule, **sizes)


def test_the_edge_of_the_spectrum_is_that_of_marchenko_and_pastur() -> None:
    """(1 + sqrt(M/N))^2 for lambda = 1: steps are stable below twice its inverse, and not above."""
    edge = (1 + math.sqrt(8 / 2)) ** 2
    task = Task(eigenvalues=1, target=1, modes=8)
    FullModel(task, N=2, rule=GradientDescent(eta=2 / edge * 0.9999))
    with pytest.raises(DomainError, match="stability"):
        FullModel(task, N=2, rule=GradientDescent(eta=2 / edge * 1.0001))


# -- input ----------------------------------------------------------------------------------


BAD: list[tuple[dict[str, Any], str]] = [
    ({"N": 0}, "N = 0; it must be > 0, or oo"),
    ({"P": -3}, "P = -3"),
    ({"N": "x"}, "N = x; give a real number"),
    ({"N": float("nan")}, "N is NaN"),
    ({"noise": -1}, "noise = -1"),
    ({"digits": 0}, "digits = 0; give an integer from 1 to 1000"),
    ({"digits": 1001}, "digits = 1001"),
    ({"digits": 15.5}, "digits = 15.5"),
    ({"rule": "flow"}, "rule = 'flow'"),
    ({"params": {"c": 1}}, "c is not a parameter"),
    ({"params": {"a": 1.5}}, "no number for b"),
    ({"task": "k**-2"}, "is not a Task"),
    ({"rule": OnePassSGD(eta=0.01, batch=1), "P": 10}, "never sees a sample twice"),
]


@pytest.mark.parametrize(("change", "message"), BAD, ids=str)
def test_bad_input_is_refused_in_one_line(change: dict[str, Any], message: str) -> None:
    given_ = {"task": power_law("a", "b"), "params": {"a": 1.5, "b": 1.25}, **change}
    with pytest.raises(DomainError, match=message) as caught:
        FullModel(**given_)
    assert "\n" not in str(caught.value)


def test_bad_questions_are_refused() -> None:
    model = FullModel(power_law("1.5", "1.25"), N=10, P=20)
    with pytest.raises(DomainError, match="t = -1; a time must be >= 0"):
        model.test_loss(-1)
    with pytest.raises(DomainError, match="members = 0; give an integer >= 1"):
        model.ensemble_loss(1, 0)
    with pytest.raises(DomainError, match=r"bags = 1\.5"):
        model.bagged_loss(1, 1.5)
    with pytest.raises(DomainError, match="k = 0; a level is an integer"):
        model.transfer(0, 1)
    with pytest.raises(DomainError, match="u = -1"):
        model.timescale_density(1, -1)
    with pytest.raises(DomainError, match="quantity = 'loss'"):
        model.curve([1], "loss")
    with pytest.raises(UnableError, match="N = P = oo is a point"):
        FullModel(power_law(2, 2)).timescale_density(1, 1)
    stepper = FullModel(power_law(2, 2), rule=GradientDescent(eta=0.1))
    with pytest.raises(DomainError, match="counts steps"):
        stepper.test_loss(0.5)
    with pytest.raises(UnableError, match="one-pass SGD"):
        FullModel(power_law(2, 2), rule=OnePassSGD(eta=0.1, batch=1)).variance(3)


def test_a_loss_that_underflows_says_so() -> None:
    """e^(-2 t) at t = 1e9 has no digits on any contour: an error, never a number."""
    with pytest.raises(PrecisionError, match="ask for fewer digits"):
        FullModel.from_arrays([1.0, 1.0], [1.0, 1.0], N=100).test_loss(1e9)
    bounded = FullModel(power_law("1.5", "1.25"), N=oo, P=5).train_loss(1e9)
    assert bounded.value == 0
    assert 0 < bounded.error < 1e-25


@settings(max_examples=10)
@given(
    a=st.decimals("1.05", "6", places=2),
    b=st.decimals("1.05", "6", places=2),
    N=st.integers(1, 10**12) | st.just(oo),
    t=st.floats(1e-3, 1e20),
)
def test_any_model_limited_by_size_and_time(a: Any, b: Any, N: object, t: float) -> None:
    """The loss lies between that of the infinite model and the target, and says its error."""
    model = FullModel(power_law(str(a), str(b)), N=N)
    value, fastest = model.test_loss(t), FullModel(power_law(str(a), str(b))).test_loss(t)
    assert value.relative_error < 1e-15
    assert fastest.value * (1 - mpmath.mpf(10) ** -14) <= value.value <= model.test_loss(0).value


@settings(max_examples=40)
@given(st.text() | st.floats() | st.integers() | st.booleans() | st.none())
def test_no_input_ends_in_a_traceback_of_another_kind(value: object) -> None:
    for arguments in ({"N": value}, {"noise": value}, {"params": {"a": value, "b": 2}}):
        with suppress(BottleneckError):
            FullModel(power_law("a", "b"), **{"params": {"a": 2, "b": 2}, **arguments})
