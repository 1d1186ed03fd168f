"""Finite models, really trained: against exact finite-size results; their errors against their spread."""

from __future__ import annotations

import importlib.util
import math
import re
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Function, exp, log, oo

from asymptotics import BottleneckError, DomainError, PrecisionError, Task, power_law
from asymptotics.symbols import a, b, k
from numerics import training
from numerics.arrays import Array, spectrum_arrays
from numerics.draws import FiniteModel
from numerics.rules import GradientDescent, GradientFlow, HeavyBall, OnePassSGD, Rule
from numerics.simulate import Simulation, simulate, simulate_arrays
from numerics.training import check_sgd_stability, full_batch_errors, learned_fraction

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


# --- the rules, against step-by-step integration of one draw ------------------------------------


def brute_force(
    rule: Rule, F: Array, X: Array | None, noise: Array | None, teacher: Array, t: float
) -> Array:
    """The same model by many small steps: fourth-order Runge-Kutta, or the iteration itself."""
    matrix = np.diag(F) if F.ndim == 1 else F
    design = matrix if X is None else X @ matrix / math.sqrt(len(X))
    labels = teacher if X is None or noise is None else (X @ teacher + noise) / math.sqrt(len(X))

    def force(w: Array) -> Array:
        return np.asarray(design.T @ (labels - design @ w))

    w = np.zeros(matrix.shape[1])
    if isinstance(rule, GradientDescent):
        for _ in range(int(t)):
            w = w + rule.eta * force(w)
        return np.asarray(teacher - matrix @ w)
    mass = rule.beta if isinstance(rule, HeavyBall) else 0.0

    def slope(state: Array) -> Array:
        if mass == 0:
            return np.stack([force(state[0]), np.zeros_like(w)])
        return np.stack([state[1], (force(state[0]) - state[1]) / mass])

    state, steps = np.stack([w, np.zeros_like(w)]), 4000
    h = t / steps
    for _ in range(steps):
        k1 = slope(state)
        k2 = slope(state + h / 2 * k1)
        k3 = slope(state + h / 2 * k2)
        k4 = slope(state + h * k3)
        state = state + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
    return np.asarray(teacher - matrix @ state[0])


@pytest.mark.parametrize("sizes", [(5, 8), (8, 5), (6, 6), (math.inf, 5), (5, math.inf)])
@pytest.mark.parametrize(
    ("rule", "t"),
    [
        (GradientFlow(), 7.0),
        (GradientDescent(eta=0.05), 40.0),
        (HeavyBall(beta=0.1), 7.0),
        (HeavyBall(beta=5.0), 7.0),
    ],
)
def test_closed_forms_against_step_by_step_training(rule: Rule, t: float, sizes: tuple[float, float]) -> None:
    N, P = sizes
    lam, c = spectrum_arrays(power_law(1.5, 1.25), modes=9)
    generator = np.random.default_rng(5)
    F = np.sqrt(lam)
    if math.isfinite(N):
        F = F[:, None] * generator.standard_normal((9, int(N))) / math.sqrt(N)
    X = generator.standard_normal((int(P), 9)) if math.isfinite(P) else None
    noise = generator.standard_normal(int(P)) if math.isfinite(P) else None
    fast = full_batch_errors(rule, F, X, noise, np.sqrt(c), np.array([0.0, t]))
    assert fast[:, 0] == pytest.approx(np.sqrt(c), abs=1e-15)
    assert fast[:, 1] == pytest.approx(brute_force(rule, F, X, noise, np.sqrt(c), t), abs=1e-8)


@given(x=st.floats(1e-12, 1e3), beta=st.floats(1e-3, 1e3), t=st.floats(0, 1e5))
def test_heavy_ball_meets_its_equation(x: float, beta: float, t: float) -> None:
    """``(h'^2 beta + x h^2)`` never grows; critical damping is continuous; small mass is the flow."""
    fraction = learned_fraction(HeavyBall(beta=beta), np.array([x]), np.array([0.0, t, math.inf]))[0]
    assert fraction[0] == pytest.approx(0, abs=1e-14)
    assert -1e-12 <= fraction[1] <= 2 + 1e-12
    assert fraction[2] == 1
    critical = np.array([1 - 1e-9, 1.0, 1 + 1e-9]) / (4 * beta)
    near = learned_fraction(HeavyBall(beta=beta), critical, np.array([t]))[:, 0]
    assert near[0] == pytest.approx(near[1], abs=1e-8)
    assert near[2] == pytest.approx(near[1], abs=1e-8)
    if t > 1 and 1e-4 * x * t < 1e3:
        light = learned_fraction(HeavyBall(beta=1e-9 / x), np.array([x]), np.array([t]))[0, 0]
        assert light == pytest.approx(-math.expm1(-x * t), abs=1e-6)


def second_moments(rule: OnePassSGD, g: Array, m0: Array, sigma2: float, steps: int) -> Array:
    """E u_i^2/... of one-pass SGD in the kernel regime, exact: fourth moments of a Gaussian."""
    eta, B = rule.eta, rule.batch
    m = m0.copy()
    for _ in range(steps):
        load = float((g * m).sum()) + sigma2
        m = (1 - 2 * eta * g + eta**2 * (1 + 1 / B) * g**2) * m + eta**2 / B * g * load
    return m


@pytest.mark.parametrize(
    ("eta", "batch", "sigma"), [(0.1, 1, 0.0), (0.3, 1, 0.5), (0.5, 4, 0.0), (1.0, 16, 1.0)]
)
def test_one_pass_sgd_against_its_exact_second_moments(eta: float, batch: int, sigma: float) -> None:
    lam, c = spectrum_arrays(power_law(1.5, 1.25), modes=M)
    rule = OnePassSGD(eta=eta, batch=batch)
    times = (0, 1, 10, 60)
    run = simulate_arrays(lam, c, N=oo, P=oo, times=times, noise=sigma, rule=rule, draws=1500, seed=4)
    for n, value, error, fit in zip(
        times[1:], run.test_loss[1:], run.test_loss_error[1:], run.train_loss[1:], strict=True
    ):
        expected = float((lam * second_moments(rule, lam, c / lam, sigma**2, n)).sum())
        assert z_score(value, error, expected) < 4
        assert fit == pytest.approx(value + sigma**2, rel=1e-13)
    bias = float((c * (1 - eta * lam) ** 20).sum())
    assert abs(run.bias[2] - bias) < 4 * run.bias_error[2]


def test_slow_sgd_follows_gradient_flow_of_the_same_draws() -> None:
    lam, c = spectrum_arrays(power_law(1.5, 1.25), modes=30)
    flow = simulate_arrays(lam, c, N=8, P=oo, times=2.0, draws=5, seed=3)
    slow = simulate_arrays(
        lam, c, N=8, P=oo, times=2000, rule=OnePassSGD(eta=1e-3, batch=20), draws=5, seed=3
    )
    assert slow.test_loss[0] == pytest.approx(flow.test_loss[0], rel=0.01)


@pytest.mark.parametrize("batch", [1, 3, 50])
def test_sgd_stability_bound_is_where_the_moments_start_to_grow(batch: int) -> None:
    g = np.array([2.0, 1.0, 0.3, 0.1])
    with pytest.raises(DomainError, match="stability bound") as refused:
        check_sgd_stability(OnePassSGD(eta=5.0, batch=batch), g)
    bound = float(str(refused.value).split("below ")[1].split(",")[0])
    for factor, stable in ((0.999, True), (1.001, False)):
        eta = factor * bound
        moments = np.diag(1 - 2 * eta * g + eta**2 * (1 + 1 / batch) * g**2) + eta**2 / batch * np.outer(g, g)
        assert (max(abs(np.linalg.eigvals(moments))) < 1) == stable
        if stable:
            check_sgd_stability(OnePassSGD(eta=eta, batch=batch), g)


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
        width=5,
        examples=7,
        noise=0,
        rule=GradientFlow(),
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
def test_memory_is_bounded_by_what_was_announced(rule: Rule) -> None:
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


# --- spectra and bad input -----------------------------------------------------------------------


def test_levels_become_arrays() -> None:
    sphere = Task(eigenvalues=k**-b, target=3 * k**-2, multiplicity=2 * k - 1, modes=3)
    eigenvalues, target = spectrum_arrays(sphere, {"b": 1})
    assert eigenvalues.tolist() == [1, *[1 / 2] * 3, *[1 / 3] * 5]
    assert target.tolist() == [3, *[3 / 4] * 3, *[1 / 3] * 5]


@pytest.mark.parametrize(
    ("task", "message"),
    [
        (power_law(a, b), "no value for a, b"),
        (Task(eigenvalues=k - 2, target=k**-2), "eigenvalue -1.0 at k = 1; it must be > 0"),
        (Task(eigenvalues=k**-2, target=2 - k), "target power -1.0 at k = 3; it must be >= 0"),
        (Task(eigenvalues=log(k - 1), target=k**-2), "at k = 1"),
        (Task(eigenvalues=1 / (3 - k), target=k**-2), "no value at k = 3"),
        (Task(eigenvalues=(2 - k) ** 0.5, target=k**-2), "is not a real number"),
        (Task(eigenvalues=Function("f")(k), target=k**-2), "contains f(k)"),
        (Task(eigenvalues=k**-2, target=k**-2, multiplicity=k / 2), "multiplicity 0.5 at k = 1"),
    ],
)
def test_spectra_without_numbers_are_refused(task: Task, message: str) -> None:
    with pytest.raises(DomainError, match=re.escape(message)) as refused:
        spectrum_arrays(task, modes=4)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("modes", [None, oo, 0, -3, 2.5, "x", True, math.nan])
def test_modes_must_be_finite(modes: object) -> None:
    with pytest.raises(DomainError, match="modes"):
        simulate(power_law(2, 1.5), N=3, P=3, times=1, modes=modes)


BAD: list[tuple[dict[str, Any], str]] = [
    ({"N": 0}, "N = 0; give an integer >= 1, or oo"),
    ({"N": 2.5}, "N = 2.5"),
    ({"P": -1}, "P = -1"),
    ({"P": math.nan}, "P = nan"),
    ({"P": "7"}, "P = '7'"),
    ({"N": None}, "N = None is not a number"),
    ({"N": a}, "N = a is not a number"),
    ({"draws": 2}, "draws = 2; give an integer >= 3"),
    ({"draws": 10.0}, "draws = 10.0"),
    ({"members": 0}, "members = 0; give an integer >= 1"),
    ({"bags": 1.5}, "bags = 1.5"),
    ({"seed": -1}, "seed = -1; give an integer >= 0"),
    ({"times": ()}, "times is empty"),
    ({"times": (1, -1)}, "time = -1.0; give a time >= 0"),
    ({"times": math.nan}, "time = nan"),
    ({"times": "ab"}, "time = 'ab'"),
    ({"times": 1.5, "rule": GradientDescent(eta=0.1)}, "time = 1.5; give a number of steps"),
    ({"times": 2, "rule": GradientDescent(eta=50)}, "eta = 50.0 is not below 2/"),
    ({"times": 2, "rule": OnePassSGD(eta=50, batch=2), "P": oo}, "eta = 50.0 is not below"),
    ({"times": 2, "rule": OnePassSGD(eta=0.1, batch=2)}, "pass P=oo"),
    ({"times": oo, "rule": OnePassSGD(eta=0.1, batch=2), "P": oo}, "time = oo"),
    ({"noise": -1}, "noise = -1"),
    ({"noise": math.inf}, "noise = inf"),
    ({"eigenvalues": []}, "eigenvalues has shape"),
    ({"eigenvalues": [1, 0, 1]}, r"eigenvalues\[1\] = 0.0; each must be finite and > 0"),
    ({"eigenvalues": [[1, 2]]}, "eigenvalues has shape"),
    ({"eigenvalues": ["x"]}, "eigenvalues is not an array of numbers"),
    ({"target": [1, math.nan, 1]}, r"target\[1\] = nan"),
    ({"target": [1, 1]}, "3 eigenvalues but 2 target powers"),
]


@pytest.mark.parametrize(("change", "message"), BAD, ids=lambda item: str(item)[:40])
def test_bad_input_is_one_clear_line(change: dict[str, Any], message: str) -> None:
    options: dict[str, Any] = {"eigenvalues": [1, 1, 1], "target": [1, 1, 1], "N": 4, "P": 4, "times": 1}
    options |= {"draws": 3} | change
    eigenvalues, target = options.pop("eigenvalues"), options.pop("target")
    with pytest.raises(DomainError, match=message) as refused:
        simulate_arrays(eigenvalues, target, **options)
    assert "\n" not in str(refused.value)


anything = st.one_of(st.floats(), st.integers(), st.text(), st.none(), st.booleans())


@given(N=anything, P=anything, times=anything, noise=anything)
@settings(max_examples=150, deadline=None)
def test_arbitrary_input_gives_a_result_or_one_clear_line(N: Any, P: Any, times: Any, noise: Any) -> None:
    message = ""
    try:
        run = simulate_arrays([1, 0.5], [1, 1], N=N, P=P, times=times, noise=noise, draws=3, max_bytes=2**16)
        assert run.test_loss[0] >= 0
    except BottleneckError as refused:
        message = str(refused)
    assert "\n" not in message


def test_spectra_too_wide_for_double_precision_are_refused_late_and_solved_early() -> None:
    task = Task(eigenvalues=exp(-k), target=exp(-k), modes=80)
    assert simulate(task, N=70, P=75, times=1e6, draws=3).test_loss[0] > 0
    with pytest.raises(PrecisionError, match="double precision"):
        simulate(task, N=70, P=75, times=oo, draws=3)


def test_noise_without_a_number_is_refused() -> None:
    from asymptotics.symbols import sigma

    with pytest.raises(DomainError, match="noise = sigma has no value"):
        simulate(power_law(2, 2, noise=sigma), N=3, P=3, modes=4, times=1)
    named = simulate(power_law(2, 2, noise=sigma), {sigma: 0.5}, N=oo, P=oo, modes=4, times=1)
    assert named.noise == 0.5


def test_progress_goes_to_standard_error_only(capsys: pytest.CaptureFixture[str]) -> None:
    simulate_arrays(WHITE, FLAT, N=2, P=2, times=1, draws=3, progress=True)
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "draws" in printed.err


# --- the iteration in time that the benchmark compares with ----------------------------------------


@pytest.fixture(scope="module")
def iteration() -> ModuleType:
    path = Path(__file__).parent.parent / "benchmarks" / "time_iteration.py"
    spec = importlib.util.spec_from_file_location("time_iteration", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_time_iteration_without_disorder_is_gradient_descent(iteration: ModuleType) -> None:
    lam, c = spectrum_arrays(power_law(1.5, 1.25), modes=6)
    solve: Callable[..., tuple[Array, Array, int]] = iteration.time_iteration
    test, train, _ = solve(lam, c, N=1e14, P=1e14, noise=0.5, eta=0.2, steps=12)
    expected = [(c * (1 - 0.2 * lam) ** (2 * n)).sum() for n in range(13)]
    assert test == pytest.approx(expected, rel=1e-9)
    assert train == pytest.approx(test + 0.25, rel=1e-9)


def test_time_iteration_against_trained_models(iteration: ModuleType) -> None:
    lam, c = spectrum_arrays(power_law(1.5, 1.25), modes=20)
    rule, steps = GradientDescent(eta=0.3), (3, 20)
    test, train, _ = iteration.time_iteration(lam, c, N=40, P=80, noise=0.3, eta=0.3, steps=20)
    run = simulate_arrays(lam, c, N=40, P=80, times=steps, rule=rule, noise=0.3, draws=400, seed=9)
    for index, n in enumerate(steps):
        finite_size = 1 / 40 + 1 / 80
        for value, error, theory in (
            (run.test_loss[index], run.test_loss_error[index], test[n]),
            (run.train_loss[index], run.train_loss_error[index], train[n]),
        ):
            assert abs(value - theory) < 3 * error + finite_size * theory
            assert error < 0.02 * theory
