"""Finite models, really trained: against exact finite-size results; their errors against their spread."""

from __future__ import annotations

import math
import tracemalloc
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import oo

from asymptotics import DomainError, GaussianFeatures, GradientFlow, OnePassSGD, TrainingRule, power_law
from asymptotics.symbols import a, b
from numerics.model.rules.base import dynamics_of
from numerics.simulation import training
from numerics.simulation.draws import FiniteModel
from numerics.simulation.simulate import Simulation, simulate, simulate_arrays
from numerics.spectra.arrays import Array, spectrum_arrays

M = 12
WHITE = np.ones(M)
FLAT = np.full(M, 1 / M)
"""A white spectrum and a target of total power 1: here finite N, P and t have closed forms."""


def z_score(value: float, error: float, expected: float) -> float:
    """The distance in standard errors; the error itself must be small enough to decide anything."""
    assert error < 0.05 * abs(expected)
    return abs(value - expected) / error


# --- exact results at finite N, P, M -----------------------------------------------------------

S2 = 0.25


def one_direction(t: float) -> float:
    """E e^(-t chi2_M): one feature or one sample learns along one Gaussian direction."""
    return float((1 + 2 * t) ** (-M / 2))


def one_sample_noise(t: float) -> float:
    """E (1 - e^(-chi2 t))^2/chi2."""
    power = 1 - M / 2
    return float((1 - 2 * (1 + 2 * t) ** power + (1 + 4 * t) ** power) / (M - 2))


T = 0.03
LIMIT = math.inf
EXACT: list[tuple[str, float, float, float, float, float, float, str]] = [
    # name, N, P, sigma^2, t, test, train, source
    (
        "one feature",
        1,
        oo,
        0,
        T,
        1 - 1 / M + one_direction(2 * T) / M,
        1 - 1 / M + one_direction(2 * T) / M,
        "chi2",
    ),
    (
        "one sample",
        oo,
        1,
        S2,
        T,
        1 - 1 / M + one_direction(2 * T) / M + S2 * one_sample_noise(T),
        (1 + 4 * T) ** (-M / 2 - 1) + S2 * one_direction(2 * T),
        "chi2",
    ),
    ("few samples", oo, 5, 0, LIMIT, 1 - 5 / M, 0, "random projection"),
    ("few samples, noise", oo, 5, S2, LIMIT, 1 - 5 / M + S2 * 5 / (M - 6), 0, "inverse Wishart"),
    ("many samples, noise", oo, 30, S2, LIMIT, S2 * M / (30 - M - 1), S2 * (1 - M / 30), "least squares"),
    ("few features", 5, oo, S2, LIMIT, 1 - 5 / M, 1 - 5 / M + S2, "random projection"),
    ("N < P", 5, 20, 0, LIMIT, (1 - 5 / M) * (1 + 5 / 14), (1 - 5 / M) * (1 - 5 / 20), "least squares"),
    (
        "N < P, noise",
        5,
        20,
        S2,
        LIMIT,
        (1 - 5 / M) + (1 - 5 / M + S2) * 5 / 14,
        (1 - 5 / M + S2) * (1 - 5 / 20),
        "least squares",
    ),
    ("P < N", 20, 5, 0, LIMIT, (1 - 5 / M) + (M - 5) / 14 * 5 / M, 0, "inverse Wishart"),
    (
        "P < N, noise",
        20,
        5,
        S2,
        LIMIT,
        1 - 5 / M + S2 * 5 / (M - 6) + (M - 5) / 14 * (5 / M + S2 * 5 / (M - 6)),
        0,
        "inverse Wishart, twice",
    ),
    ("both infinite", oo, oo, S2, 0.7, math.exp(-1.4), math.exp(-1.4) + S2, "scalar flow"),
]


@pytest.mark.parametrize("row", EXACT, ids=lambda row: row[0])
def test_gradient_flow_against_exact_finite_size_results(
    row: tuple[str, float, float, float, float, float, float, str],
) -> None:
    _, N, P, noise2, t, test, train, _ = row
    run = simulate_arrays(WHITE, FLAT, N=N, P=P, times=t, noise=math.sqrt(noise2), draws=2500, seed=7)
    if N == P == oo:
        assert run.test_loss[0] == pytest.approx(test, rel=1e-14)
        assert run.train_loss[0] == pytest.approx(train, rel=1e-14)
        assert run.test_loss_error == run.bias_error == (0.0,)
        return
    if run.test_loss_error[0] < 1e-12:  # a random projection of a white target at t = oo: still random
        assert run.test_loss[0] == pytest.approx(test, rel=1e-10)
    else:
        assert z_score(run.test_loss[0], run.test_loss_error[0], test) < 4
    if train == 0:
        assert run.train_loss[0] < 1e-20
    else:
        assert z_score(run.train_loss[0], run.train_loss_error[0], train) < 4


@pytest.mark.parametrize(("N", "P"), [(1, oo), (oo, 1)])
def test_bias_ensembles_and_bags_where_they_are_known(N: float, P: float) -> None:
    single = 1 - 1 / M + one_direction(2 * T) / M
    bias = (1 - 1 / M + one_direction(T) / M) ** 2
    for copies in (1, 3):
        run = simulate_arrays(
            WHITE, FLAT, N=N, P=P, times=(T,), members=copies, bags=copies, draws=2000, seed=copies
        )
        expected = bias + (single - bias) / copies
        assert z_score(run.test_loss[0], run.test_loss_error[0], expected) < 4
        assert z_score(run.bias[0], run.bias_error[0], bias) < 4


def mean_field_limit(lam: Array, c: Array, N: float, P: float, noise2: float) -> float:
    """Test loss at t = oo: kappa from df1(kappa) = min(N, P) by bisection (BAP, Appendix C)."""
    low, high = 1e-12, 1e6
    for _ in range(200):
        kappa = math.sqrt(low * high)
        low, high = (kappa, high) if float((lam / (lam + kappa)).sum()) > min(N, P) else (low, kappa)
    bias2 = float((c * kappa**2 / (lam + kappa) ** 2).sum())
    xi = float((c * kappa / (lam + kappa)).sum())
    df2 = float((lam**2 / (lam + kappa) ** 2).sum())
    if N < P:
        return xi + (xi + noise2) * N / (P - N)
    data = (bias2 + noise2 * df2 / P) / (1 - df2 / P)
    return data if math.isinf(N) else data + (xi + noise2) * P / (N - P)


@pytest.mark.parametrize(
    ("exponents", "N", "P", "sigma"),
    [
        ((1.5, 1.25), 40, 100, 0.5),
        ((1.5, 1.25), 100, 40, 0.0),
        ((1.5, 1.25), math.inf, 40, 0.3),
        ((3.0, 1.5), 40, 100, 0.0),
        ((3.0, 1.5), 100, 40, 0.2),
    ],
)
def test_power_law_limits_against_the_fixed_point(
    exponents: tuple[float, float], N: float, P: float, sigma: float
) -> None:
    lam, c = spectrum_arrays(power_law(*exponents), modes=150)
    run = simulate_arrays(lam, c, N=N, P=P, times=LIMIT, noise=sigma, draws=300, seed=2)
    expected = mean_field_limit(lam, c, N, P, sigma**2)
    # Mean field is the leading order: the mean of finite models differs by O(1/N + 1/P) of it,
    # and the inverse Wishart factor is 1/(|P - N| - 1), not 1/|P - N|.
    finite_size = expected * (1 / N + 1 / P + (0 if math.isinf(N) else 1 / abs(P - N)))
    assert abs(run.test_loss[0] - expected) < 3 * run.test_loss_error[0] + finite_size
    assert 3 * run.test_loss_error[0] + finite_size < 0.15 * expected


# --- errors, seeds, limits of size ---------------------------------------------------------------


def test_standard_errors_are_the_spread_of_repeated_simulations() -> None:
    lam, c = spectrum_arrays(power_law(1.5, 1.25), modes=15)
    runs = [simulate_arrays(lam, c, N=6, P=10, times=4.0, noise=0.3, draws=30, seed=s) for s in range(150)]
    for name in ("test_loss", "train_loss", "bias"):
        values = np.array([getattr(run, name)[0] for run in runs])
        errors = np.array([getattr(run, f"{name}_error")[0] for run in runs])
        # 150 repetitions fix a standard deviation to 6 %.
        assert 0.8 < values.std(ddof=1) / math.sqrt((errors**2).mean()) < 1.25


def test_seeds_decide_everything_and_draws_extend_each_other() -> None:
    def run(**options: Any) -> Simulation:
        return simulate(power_law(a, b), {a: 2, b: 1.5}, N=5, P=7, modes=9, times=(1, 4), **options)

    assert run(draws=4, seed=1) == run(draws=4, seed=1)
    assert run(draws=4, seed=1).test_loss != run(draws=4, seed=2).test_loss
    lam, c = spectrum_arrays(power_law(2, 1.5), modes=9)
    model = FiniteModel(
        spread=np.sqrt(lam),
        teacher=np.sqrt(c),
        student=GaussianFeatures(),
        widths=(5,),
        examples=7,
        noise=0,
        ridge=0,
        dynamics=dynamics_of(GradientFlow()),
        times=np.array([1.0, 4.0]),
        members=1,
        bags=1,
    )
    single = [
        float(np.square(model.draw(np.random.SeedSequence(1, spawn_key=(d,)))[0]).sum(axis=0)[1])
        for d in range(8)
    ]
    for draws in (4, 8):
        assert run(draws=draws, seed=1).test_loss[1] == pytest.approx(np.mean(single[:draws]), rel=1e-13)


def test_sgd_does_not_depend_on_its_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    def run() -> Simulation:
        rule = OnePassSGD(eta=0.1, batch=3)
        return simulate_arrays(
            WHITE, FLAT, N=4, P=oo, times=(0, 7, 40), rule=rule, noise=0.2, members=2, bags=2, draws=3
        )

    whole = run()
    monkeypatch.setattr(training, "CHUNK_FLOATS", 200)
    assert run().test_loss == pytest.approx(whole.test_loss, rel=1e-12)


@pytest.mark.parametrize("rule", [GradientFlow(), OnePassSGD(eta=0.01, batch=10)])
def test_memory_is_bounded_by_what_was_announced(rule: TrainingRule) -> None:
    P = oo if isinstance(rule, OnePassSGD) else 150
    options: dict[str, Any] = {"N": 100, "P": P, "modes": 400, "times": (1, 5, 30), "rule": rule, "draws": 5}
    tracemalloc.start()
    simulate(power_law(2, 1.5), **options)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    with pytest.raises(DomainError, match=r"GiB, more than the bound") as refused:
        simulate(power_law(2, 1.5), max_bytes=1, **options)
    announced = float(str(refused.value).split("need ")[1].split(" GiB")[0]) * 2**30
    assert peak < announced
    with pytest.raises(DomainError, match=r"M = 5000, N = 100000, P = 100000.*need .* GiB"):
        simulate(power_law(2, 1.5), modes=5000, N=100000, P=100000, times=1)


@pytest.mark.parametrize(
    ("N", "P", "sigma", "finite"),
    [
        (5, 5, 0.0, False),
        (5, 8, 0.0, False),
        (8, 5, 0.0, False),
        (5, 9, 0.0, True),
        (oo, M + 3, 0.5, False),
        (oo, M + 3, 0.0, True),
        (oo, M - 3, 0.5, False),
        (oo, M - 3, 0.0, True),
        (oo, oo, 0.5, True),
    ],
)
def test_the_double_descent_peak_has_no_finite_error(N: float, P: float, sigma: float, finite: bool) -> None:
    run = simulate_arrays(WHITE, FLAT, N=N, P=P, times=(1.0, LIMIT), noise=sigma, draws=20)
    assert math.isfinite(run.test_loss_error[0])
    assert math.isfinite(run.test_loss_error[1]) == finite


@given(
    N=st.integers(1, 8),
    P=st.integers(1, 8),
    t=st.floats(0, 1e6),
    sigma=st.floats(0, 2),
    seed=st.integers(0, 99),
)
@settings(max_examples=50, deadline=None)
def test_what_holds_for_every_model(N: int, P: int, t: float, sigma: float, seed: int) -> None:
    lam, c = spectrum_arrays(power_law(1.5, 1.25), modes=5)
    run = simulate_arrays(lam, c, N=N, P=P, times=(0.0, t, 2 * t, LIMIT), noise=sigma, draws=3, seed=seed)
    assert run.test_loss[0] == pytest.approx(c.sum(), rel=1e-12)
    assert run.bias[0] == pytest.approx(c.sum(), rel=1e-12)
    slack = 1e-10 * max(run.train_loss[0], max(run.test_loss))
    assert all(
        later <= earlier + slack for earlier, later in zip(run.train_loss, run.train_loss[1:], strict=False)
    )
    assert all(value >= 0 for value in run.test_loss + run.train_loss)
