"""The training rules: closed forms against step-by-step training, SGD against exact moments."""

from __future__ import annotations

import math

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sympy import oo

from asymptotics import (
    DiscreteHeavyBall,
    DomainError,
    GradientDescent,
    GradientFlow,
    HeavyBall,
    OnePassSGD,
    TrainingRule,
    power_law,
)
from numerics.model.rules.base import dynamics_of
from numerics.simulation.simulate import simulate_arrays
from numerics.simulation.training import full_batch_errors
from numerics.spectra.arrays import Array, spectrum_arrays

M = 12


def z_score(value: float, error: float, expected: float) -> float:
    """The distance in standard errors; the error itself must be small enough to decide anything."""
    assert error < 0.05 * abs(expected)
    return abs(value - expected) / error


def brute_force(
    rule: TrainingRule, F: Array, X: Array | None, noise: Array | None, teacher: Array, t: float
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
    if isinstance(rule, DiscreteHeavyBall):
        before = w
        for _ in range(int(t)):
            before, w = w, w + rule.eta * force(w) + rule.momentum * (w - before)
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
        (DiscreteHeavyBall(eta=0.05, momentum=0.8), 40.0),
        (HeavyBall(beta=0.1), 7.0),
        (HeavyBall(beta=5.0), 7.0),
    ],
)
def test_closed_forms_against_step_by_step_training(
    rule: TrainingRule, t: float, sizes: tuple[float, float]
) -> None:
    N, P = sizes
    lam, c = spectrum_arrays(power_law(1.5, 1.25), modes=9)
    generator = np.random.default_rng(5)
    F = np.sqrt(lam)
    if math.isfinite(N):
        F = F[:, None] * generator.standard_normal((9, int(N))) / math.sqrt(N)
    X = generator.standard_normal((int(P), 9)) if math.isfinite(P) else None
    noise = generator.standard_normal(int(P)) if math.isfinite(P) else None
    fast = full_batch_errors(dynamics_of(rule), F, X, noise, np.sqrt(c), np.array([0.0, t]))
    assert fast[:, 0] == pytest.approx(np.sqrt(c), abs=1e-15)
    assert fast[:, 1] == pytest.approx(brute_force(rule, F, X, noise, np.sqrt(c), t), abs=1e-8)


@pytest.mark.parametrize("sizes", [(5, 8), (8, 5), (math.inf, 5), (5, math.inf), (math.inf, math.inf)])
@pytest.mark.parametrize("rule", [GradientFlow(), DiscreteHeavyBall(eta=0.05, momentum=0.8)])
@pytest.mark.parametrize("ridge", [0.3, 1e-3])
def test_a_ridge_against_its_penalty_as_further_samples(
    rule: TrainingRule, ridge: float, sizes: tuple[float, float]
) -> None:
    """``rho |w|^2`` is the squared error on N samples more, with labels 0 and designs sqrt(rho P) e_i."""
    N, P = sizes
    lam, c = spectrum_arrays(power_law(1.5, 1.25), modes=9)
    generator = np.random.default_rng(6)
    F = np.sqrt(lam)
    if math.isfinite(N):
        F = F[:, None] * generator.standard_normal((9, int(N))) / math.sqrt(N)
    X = generator.standard_normal((int(P), 9)) if math.isfinite(P) else None
    noise = generator.standard_normal(int(P)) if math.isfinite(P) else None
    t = np.array([3.0, 40.0, math.inf])
    fast = full_batch_errors(dynamics_of(rule), F, X, noise, np.sqrt(c), t, ridge)
    matrix = np.diag(F) if F.ndim == 1 else F
    design = matrix if X is None else X @ matrix / math.sqrt(len(X))
    labels = np.sqrt(c) if X is None else (X @ np.sqrt(c) + noise) / math.sqrt(len(X))
    more = np.vstack([design, math.sqrt(ridge) * np.eye(design.shape[1])])
    curvature, vectors = np.linalg.eigh(more.T @ more)
    grown = dynamics_of(rule).learned_fraction(curvature, t) / curvature[:, None]
    weights = vectors @ (grown * (vectors.T @ (design.T @ labels))[:, None])
    assert fast == pytest.approx(np.sqrt(c)[:, None] - matrix @ weights, abs=1e-11)


@given(x=st.floats(1e-12, 1e3), beta=st.floats(1e-3, 1e3), t=st.floats(0, 1e5))
def test_heavy_ball_meets_its_equation(x: float, beta: float, t: float) -> None:
    """``(h'^2 beta + x h^2)`` never grows; critical damping is continuous; small mass is the flow."""
    fraction = dynamics_of(HeavyBall(beta=beta)).learned_fraction(
        np.array([x]), np.array([0.0, t, math.inf])
    )[0]
    assert fraction[0] == pytest.approx(0, abs=1e-14)
    assert -1e-12 <= fraction[1] <= 2 + 1e-12
    assert fraction[2] == 1
    critical = np.array([1 - 1e-9, 1.0, 1 + 1e-9]) / (4 * beta)
    near = dynamics_of(HeavyBall(beta=beta)).learned_fraction(critical, np.array([t]))[:, 0]
    assert near[0] == pytest.approx(near[1], abs=1e-8)
    assert near[2] == pytest.approx(near[1], abs=1e-8)
    if t > 1 and 1e-4 * x * t < 1e3:
        light = dynamics_of(HeavyBall(beta=1e-9 / x)).learned_fraction(np.array([x]), np.array([t]))[0, 0]
        assert light == pytest.approx(-math.expm1(-x * t), abs=1e-6)


@pytest.mark.parametrize("mu", [0.0, 1e-9, 0.3, 0.9, 0.99])
def test_discrete_heavy_ball_meets_its_recursion(mu: float) -> None:
    """From small steps to the bound of stability, at both double roots and beside them."""
    low, high = (1 - math.sqrt(mu)) ** 2, (1 + math.sqrt(mu)) ** 2
    near = [u * (1 + d) for u in (low, high) for d in (-1e-9, 0, 1e-9)]
    u = np.array([1e-12, 1e-6, 0.01, *near, 0.5, 1.0, 1 + mu, 2 * (1 + mu) * 0.999])
    u = u[u < 2 * (1 + mu)]
    steps = np.array([0.0, 1, 2, 3, 10, 101, 1000, math.inf])
    found = dynamics_of(DiscreteHeavyBall(eta=1.0, momentum=mu)).learned_fraction(u, steps)
    assert (found[:, -1] == 1).all()
    with mpmath.workdps(30):
        for row, x in zip(found, u, strict=True):
            before = now = mpmath.mpf(1)
            for n in range(1001):
                if n in steps:
                    wanted = float(1 - now)
                    assert row[list(steps).index(n)] == pytest.approx(wanted, rel=1e-11, abs=1e-13)
                before, now = now, now - mpmath.mpf(x) * now + mpmath.mpf(mu) * (now - before)


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
        dynamics_of(OnePassSGD(eta=5.0, batch=batch)).check_draw(g)
    bound = float(str(refused.value).split("below ")[1].split(",")[0])
    for factor, stable in ((0.999, True), (1.001, False)):
        eta = factor * bound
        moments = np.diag(1 - 2 * eta * g + eta**2 * (1 + 1 / batch) * g**2) + eta**2 / batch * np.outer(g, g)
        assert (max(abs(np.linalg.eigvals(moments))) < 1) == stable
        if stable:
            dynamics_of(OnePassSGD(eta=eta, batch=batch)).check_draw(g)
