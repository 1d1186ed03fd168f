"""Three ways to the same losses: contour integrals, iteration in time, trained models."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from sympy import oo

from asymptotics import GradientDescent, GradientFlow, HeavyBall, OnePassSGD, TrainingRule, power_law
from numerics.model.full_model import FullModel
from numerics.simulation.simulate import simulate, simulate_arrays
from numerics.spectra.arrays import Array, spectrum_arrays


@pytest.fixture(scope="module")
def iteration() -> ModuleType:
    path = Path(__file__).parents[3] / "benchmarks" / "time_iteration.py"
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


MODES = 40
TASK = power_law(1.5, 1.25, modes=MODES)
FLOW, BALL, STEPS = GradientFlow(), HeavyBall(beta=3.0), GradientDescent(eta=0.2)

Point = tuple[TrainingRule, float, float, float, tuple[float, ...]]
POINTS: list[Point] = [
    # rule, N, P, sigma, times: early, middle, late
    (FLOW, 40, 100, 0.0, (0.5, 20, 500)),
    (FLOW, 40, 100, 0.4, (0.5, 20, 500)),
    (FLOW, 100, 40, 0.0, (0.5, 20, 500)),
    (FLOW, 100, 40, 0.4, (0.5, 20, 500)),
    (FLOW, 60, 60, 0.2, (0.5, 20, 500)),
    (FLOW, 40, oo, 0.2, (0.5, 20, oo)),
    (FLOW, oo, 30, 0.2, (0.5, 20, oo)),
    (FLOW, 30, 100, 0.2, (oo,)),
    (FLOW, 100, 30, 0.2, (oo,)),
    (FLOW, oo, oo, 0.2, (0.5, 20, 500)),
    (BALL, 40, 100, 0.2, (0.5, 20, 500)),
    (BALL, 100, 40, 0.0, (0.5, 20, 500)),
    (STEPS, 40, 100, 0.2, (2, 100, 1000)),
    (STEPS, 60, 60, 0.0, (2, 100, 1000)),
    (OnePassSGD(eta=0.3, batch=2), 60, oo, 0.3, (10, 100, 500)),
    (OnePassSGD(eta=0.3, batch=2), oo, oo, 0.3, (10, 100, 500)),
]


@pytest.mark.slow
@pytest.mark.parametrize(
    "point", POINTS, ids=lambda point: f"{point[0]}, N={point[1]}, P={point[2]}, {point[3]}"
)
def test_theory_against_trained_models(point: Point) -> None:
    """Within the standard errors and the order of what mean field leaves out: 1/N + 1/P."""
    rule, N, P, sigma, times = point
    model = FullModel(TASK, N=N, P=P, noise=sigma, rule=rule)
    run = simulate(TASK, N=N, P=P, times=times, noise=sigma, rule=rule, draws=300, seed=11)
    finite_size = 1.5 * float(1 / N + 1 / P)
    if times == (oo,):  # the inverse Wishart factor is 1/(|P - N| - 1)
        finite_size += float(1 / abs(P - N))
    for index, t in enumerate(times):
        for name in ("test_loss", "train_loss", "bias"):
            theory = float(getattr(model, name)(t))
            value, error = getattr(run, name)[index], getattr(run, f"{name}_error")[index]
            assert abs(value - theory) <= 3.5 * error + finite_size * theory + 1e-12, (name, t)
            assert error < 0.08 * theory + 1e-12, (name, t)


@pytest.mark.slow
@pytest.mark.parametrize(("members", "bags"), [(4, 1), (1, 4), (3, 3)])
def test_averaged_predictors_against_theory(members: int, bags: int) -> None:
    model = FullModel(TASK, N=60, P=80, noise=0.3)
    times = (2, 50)
    run = simulate(TASK, N=60, P=80, times=times, noise=0.3, members=members, bags=bags, draws=300, seed=12)
    for index, t in enumerate(times):
        theory = float(model.ensemble_loss(t, members, bags))
        assert abs(run.test_loss[index] - theory) < 3.5 * run.test_loss_error[index] + theory * (
            1 / 60 + 1 / 80
        )
        assert run.test_loss_error[index] < 0.02 * theory
        assert abs(float(model.test_loss(t)) - theory) > 0.1 * theory or t == 2
