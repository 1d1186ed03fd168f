"""t = oo near every singularity: values against plain formulas at many digits, and errors that are errors."""

import random

import mpmath
import pytest
from plain_end import DIGITS, check, computed, exact_number, plain
from sympy import Integer, Rational, oo, sqrt

from asymptotics import Task, power_law
from numerics import FullModel
from numerics.values import arithmetic

NEAR_EDGES = [
    # eigenvalues, N, P, sigma, digits
    ([1, 0.5, 0.2], 2, 2 + Rational(1, 10**20), 1, 8),
    ([1, 0.5, 0.2], 2 + Rational(1, 10**30), 2, 1, 15),
    ([1, 0.5, 0.2], 3 - Rational(1, 10**20), 4, 1, 8),
    ([1, 0.5, 0.2], 4, 3 - Rational(1, 10**20), 1, 15),
    ([1, 0.5, 0.2], 3 - Rational(1, 10**25), 3 - Rational(1, 10**30), 1, 30),
    ([1, 0.5, 0.2], 3 - Rational(1, 10**15), 3 + Rational(1, 10**15), "1/2", 15),
    ([1, 1, 1e-40, 1e-40], 2, 3, 1, 15),  # df1 = 2 from 1e-10 to 1e-30
    ([1, 1, 1e-40, 1e-40], 2, 2 + Rational(1, 10**30), 1, 8),
    ([1, 1e-100], 1, 5, 1, 12),
    ([1.0] * 9, Rational(1, 10**12), Rational(1, 10**12) + Rational(1, 10**30), 1, 15),
    ([1, 0.5, 0.2], sqrt(2), sqrt(2) + Rational(1, 10**20), 1, 15),
]


@pytest.mark.parametrize(("lam", "N", "P", "sigma", "digits"), NEAR_EDGES)
def test_near_a_singularity(lam, N, P, sigma, digits) -> None:
    c = [0.75 ** (j + 1) for j in range(len(lam))]
    model = FullModel.from_arrays(lam, c, N=N, P=P, noise=sigma, digits=digits)
    with mpmath.workdps(DIGITS):
        known = N is not sqrt(2) and (N.is_Rational if hasattr(N, "is_Rational") else True)
        n, p = (N, P) if known else (Rational(str(x.evalf(DIGITS))) for x in (N, P))
        for name, reference in plain(lam, c, n, p, sigma).items():
            check(computed(model)[name], reference, digits, name)


def _random_model(seed):
    draw = random.Random(seed)
    count = draw.randint(1, 7)
    decades = draw.choice([1, 5, 30])
    lam = [10 ** -draw.uniform(0, decades) for _ in range(count)]
    if draw.random() < 0.3:
        lam = [lam[0]] * count
    c = [10 ** -draw.uniform(0, 5) for _ in range(count)]
    size = draw.choice(
        [
            Rational(draw.randint(1, 10 * count - 1), 10),
            count - Rational(1, 10 ** draw.randint(1, 30)),
            Rational(1, 10 ** draw.randint(1, 12)),
            *([Integer(draw.randint(1, count - 1))] if count > 1 else []),
        ]
    )
    other = size * (1 + Rational(draw.randint(1, 9), 10 ** draw.randint(0, 30)))
    N, P = draw.choice([(size, other), (other, size)])
    return lam, c, N, P, draw.choice([0, 1, Rational(1, 3), 100]), draw.choice([3, 8, 15, 24])


@pytest.mark.parametrize("seed", range(60))
def test_random_sizes_near_and_far(seed: int) -> None:
    lam, c, N, P, sigma, digits = _random_model(seed)
    found = computed(FullModel.from_arrays(lam, c, N=N, P=P, noise=sigma, digits=digits))
    with mpmath.workdps(DIGITS):
        for name, reference in plain(lam, c, N, P, sigma).items():
            check(found[name], reference, digits, name)


# -- power laws, whose sums are known as expansions -------------------------------------------


def _power_law_loss(a, b, N, P, sigma):
    """N < P with N so large that the first terms of df1 and Xi (theory, section 3) have 60 digits."""
    s, A = (a - 1) / b, (mpmath.pi / b) / mpmath.sin(mpmath.pi / b)
    terms = range(1, 12)
    log_kappa = mpmath.findroot(
        lambda y: (
            (
                A * mpmath.exp(-y / b)
                - mpmath.mpf(1) / 2
                + mpmath.fsum((-1) ** n * mpmath.zeta(-b * n) * mpmath.exp(n * y) for n in terms)
            )
            / N
            - 1
        ),
        -b * mpmath.log(N / A),
    )
    kappa = mpmath.exp(log_kappa)
    xi = (mpmath.pi / b) / mpmath.sin(mpmath.pi * s) * kappa**s + mpmath.fsum(
        (-1) ** (n + 1) * mpmath.zeta(a - b * n) * kappa**n for n in terms
    )
    return xi + (xi + sigma**2) * N / (P - N)


@pytest.mark.parametrize(
    ("N", "P", "sigma", "digits"),
    [
        (10**18, 10**18 + 1, 0, 8),
        (10**18, 10**18 + 1, 3, 25),
        (10**12, 10**12 + Rational(1, 10**20), 1, 15),
        (10**8, 10**8 + Rational(1, 10**30), 1, 10),
    ],
)
def test_power_laws_at_sizes_that_nearly_meet(N, P, sigma, digits) -> None:
    task = power_law(Rational(3, 2), Rational(5, 4))
    value = FullModel(task, N=N, P=P, noise=sigma, digits=digits).test_loss(oo)
    with mpmath.workdps(120):
        a, b = mpmath.mpf(3) / 2, mpmath.mpf(5) / 4
        check(value, _power_law_loss(a, b, exact_number(N), exact_number(P), sigma), digits)


def test_the_values_that_were_wrong() -> None:
    task = power_law(Rational(3, 2), Rational(5, 4))
    first = FullModel(task, N=10**18, P=10**18 + 1, digits=8).test_loss(oo)
    assert str(first).startswith("5464420618.224406")
    second = FullModel(task, N=10, P=10 + Rational(1, 10**20), noise=1).test_loss(oo)
    assert str(second)[:7] == "2.43160"
    third = FullModel.from_arrays([1, 0.5, 0.2], [1, 1, 1], P=3 + Rational(1, 10**20), noise=1, digits=15)
    with mpmath.workdps(60):
        check(third.test_loss(oo), mpmath.mpf(3) * 10**20, 15)
        check(third.gap(oo), 3 * mpmath.mpf(10) ** 20 + 3 / (3 + mpmath.mpf(10) ** -20), 15)


def test_a_flat_spectrum_of_many_modes() -> None:
    """lambda = c = 1, M = 10^20: df1 = M/(1 + kappa), df2 = N^2/M, and nothing of it cancels."""
    task = Task(eigenvalues=1, target=1, modes=10**20)
    model = FullModel(task, N=10, P=10 + Rational(1, 10**10), noise=1, digits=15)
    with mpmath.workdps(80):
        M, N, P = mpmath.mpf(10) ** 20, mpmath.mpf(10), 10 + mpmath.mpf(10) ** -10
        kappa = M / N - 1
        xi, df2 = M * kappa / (1 + kappa), N**2 / M
        check(model.test_loss(oo), xi + (xi + 1) * N / (P - N), 15)
        check(model.variance(oo).initialisation, kappa * M / (1 + kappa) ** 2, 15)
        bias = xi * kappa / (1 + kappa)
        check(model.ensemble_loss(oo, oo), bias + (bias + 1) * df2 / (P - df2), 15)


@pytest.mark.parametrize("power", [0, "1/3"])
def test_target_power_out_of_reach_leaves_zeros(power) -> None:
    model = FullModel.from_arrays(
        [1, 0.5, 0], [0, 0, Rational(power)], N=1, P=1 + Rational(1, 10**25), noise=1
    )
    with mpmath.workdps(60):
        xi = mpmath.mpf(float(Rational(power)))
        check(model.test_loss(oo), xi + (xi + 1) / (exact_number(1 + Rational(1, 10**25)) - 1), 15)
        check(model.bias(oo), xi, 15)
        check(model.variance(oo).initialisation, mpmath.mpf(0), 15)


def test_late_times_near_the_peak_reach_the_end() -> None:
    task = power_law(Rational(3, 2), Rational(5, 4))
    model = FullModel(task, N=10**6, P=10**6 + Rational(1, 10**6), noise=1)
    for quantity in (model.test_loss, model.train_loss, model.gap, model.bias):
        assert quantity("1e60").agrees_with(quantity(oo))


def test_without_gmpy2_nothing_is_divided_by_zero(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arithmetic, "gmpy2", None)
    rows = [*NEAR_EDGES, ([1, 0.5], 1, 1, 1, 8), ([1, 0.5], 2, 2, 1, 8), ([1, 0.5], 3, 2, 0, 8)]
    for lam, N, P, sigma, digits in rows:
        computed(FullModel.from_arrays(lam, [1] * len(lam), N=N, P=P, noise=sigma, digits=digits))


# -- at the singularities themselves ----------------------------------------------------------


@pytest.mark.parametrize("N", [Integer(2), Rational(5, 2), 3 - Rational(1, 10**30), sqrt(2)])
def test_equal_sizes_diverge_and_say_so(N) -> None:
    same = (1 + sqrt(2)) * N / (1 + sqrt(2))
    model = FullModel.from_arrays([1, 0.5, 0.2], [1, 1, 1], N=N, P=same.expand(), noise=1)
    assert str(model.test_loss(oo)) == "oo (the loss diverges at N = P as t -> oo)"
    assert model.train_loss(oo).value == 0
    with mpmath.workdps(60):
        near = FullModel.from_arrays(
            [1, 0.5, 0.2], [1, 1, 1], N=N, P=N + Rational(1, 10**60), noise=1, digits=30
        )
        for name in ("bias", "bagged", "ensemble"):
            assert computed(model)[name].agrees_with(computed(near)[name], factor=1e6), name


def test_samples_as_many_as_modes() -> None:
    """What stays of the interaction at the edge is where late times go, as t^(-1/2) or t^(-1/3)."""
    edge = FullModel.from_arrays([1, 0.5, 0.2, 0], [1, 1, 1, 1], N=6, P=3)
    assert str(edge.test_loss(oo)) == "oo (the loss diverges at P = M as t -> oo)"
    limit = edge.variance(oo).interaction
    with mpmath.workdps(40):
        check(limit, 1 / mpmath.pi, 15)
    for t, off in ((10**4, 2e-2), (10**6, 2e-3), (10**8, 2e-4)):
        assert abs(edge.variance(t).interaction.value - limit.value) < off
    corner = FullModel.from_arrays([1, 0.5, 0.2], [1, 1, 1], N=3, P=3, digits=20)
    with mpmath.workdps(40):
        check(corner.test_loss(oo), 3 * mpmath.sqrt(3) * mpmath.log(2) / mpmath.pi, 20)
    late = [corner.test_loss(t).value - corner.test_loss(oo).value for t in (10**3, 10**6)]
    assert float(late[1] / late[0]) == pytest.approx(0.1, rel=0.2)
    noisy = FullModel.from_arrays([1, 0.5, 0.2], [1, 1, 1], N=3, P=3, noise=1)
    assert str(noisy.test_loss(oo)) == "oo (the noise that is fitted diverges at P = M as t -> oo)"


def test_a_mode_of_eigenvalue_zero_is_never_learned() -> None:
    model = FullModel.from_arrays([1, 0.5, 0], [1, 1, 0.3], N=10, P=20)
    assert [float(model.transfer(k, oo)) for k in (1, 2, 3)] == [0.0, 0.0, 1.0]
    thirty = FullModel.from_arrays([1, 0, 0, 0], [1, 0.1, 0.2, 0.3], digits=30)
    with mpmath.workdps(50):
        check(thirty.test_loss(oo), mpmath.fsum(mpmath.mpf(x) for x in (0.1, 0.2, 0.3)), 30)


@pytest.mark.parametrize("modes", [10**5, 10**40])
def test_samples_just_beyond_many_modes(modes: int) -> None:
    levels = FullModel(power_law(2, 2, modes=modes), P=modes + Rational(1, 10**12), noise=1, digits=12)
    with mpmath.workdps(80):
        check(levels.test_loss(oo), mpmath.mpf(modes) * 10**12, 12)
