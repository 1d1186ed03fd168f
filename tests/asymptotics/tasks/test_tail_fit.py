"""Exponents of measured arrays: errors that cover the truth, and what deviates from a power."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
from measured_arrays import Floats, noisy

from asymptotics import Task
from asymptotics.tasks.measured import measure
from asymptotics.tasks.tail_fit import fit_tail


def sampled(seed: int, samples: int) -> tuple[float, float, Floats, Floats]:
    """The empirical kernel of ``samples`` samples: its last eigenvalues bend down."""
    rng = np.random.default_rng(seed)
    decay = rng.uniform(1.1, 2.0)
    features = rng.standard_normal((samples, 2 * samples))
    features *= np.sqrt(np.arange(1, 2 * samples + 1.0) ** -decay)
    lam = np.linalg.eigvalsh(features @ features.T / samples)[::-1]
    return decay, 2.0, lam, np.arange(1, samples + 1.0) ** -2.0


def covers(found: Sequence[tuple[float, float, float]], most: float) -> None:
    """At least 90 % of the true values within two errors; errors neither lies nor useless."""
    deviations = np.array([(value - true) / error for true, value, error in found])
    assert np.mean(abs(deviations) < 2) >= 0.9
    assert 0.3 < math.sqrt(np.mean(deviations**2)) < 1.3
    assert np.median([error for _, _, error in found]) < most


@pytest.mark.parametrize(
    ("modes", "noise", "teacher", "most_b", "most_a"),
    [
        (100, 0.1, "log", 0.04, 0.04),
        (1000, 0.1, "log", 0.015, 0.015),
        (1000, 0.3, "log", 0.04, 0.04),
        (1000, 0.3, "gauss", 0.04, 0.2),
        pytest.param(10000, 0.3, "gauss", 0.012, 0.08, marks=pytest.mark.slow),
        pytest.param(10000, 1.0, "log", 0.06, 0.12, marks=pytest.mark.slow),
    ],
)
def test_true_exponents_lie_within_two_errors(
    modes: int, noise: float, teacher: str, most_b: float, most_a: float
) -> None:
    found_b, found_a = [], []
    for seed in range(1000, 1040):
        true_b, true_a, lam, c = noisy(seed, modes, noise, teacher)
        fits = measure(lam, c)
        found_b.append((true_b, fits.eigenvalue_fit.exponent, fits.eigenvalue_fit.error))
        found_a.append((true_a, fits.target_fit.exponent, fits.target_fit.error))
    covers(found_b, most_b)
    covers(found_a, most_a)


@pytest.mark.parametrize("samples", [200, pytest.param(600, marks=pytest.mark.slow)])
def test_the_bend_of_an_empirical_kernel_is_left_out(samples: int) -> None:
    found, ends = [], []
    for seed in range(20):
        true, _, lam, c = sampled(seed, samples)
        fit = measure(lam, c).eigenvalue_fit
        found.append((true, fit.exponent, fit.error))
        ends.append(fit.window[1] / samples)
        # the line through all modes is far off, so that the window is what saves the exponent
        every = np.polyfit(np.log(np.arange(1, samples + 1)), np.log(lam), 1)[0]
        assert abs(-every - true) > 2 * abs(fit.exponent - true) or abs(-every - true) < fit.error
    covers(found, 0.1)
    assert max(ends) <= 0.76


@pytest.mark.parametrize("modes", [100, 1000])
def test_the_end_of_the_target_does_not_bias_its_exponent(modes: int) -> None:
    # sums over all l >= k end at M and bend by (k/M)^(a-1): their slope is far off, the fit is exact
    level = np.arange(1, modes + 1.0)
    c = level**-1.2
    tail = np.cumsum(c[::-1])[::-1]
    slope = -np.polyfit(np.log(level[: modes // 2]), np.log(tail[: modes // 2]), 1)[0] + 1
    assert abs(slope - 1.2) > 0.05
    fit = fit_tail(c.tolist(), "target power")
    assert abs(fit.exponent - 1.2) < 1e-9


DEVIATIONS: list[tuple[str, Floats, float, float]] = [
    ("shift", (np.arange(1, 5001) + 3.0) ** -1.5, 1.5, 0.03),
    ("large shift", (np.arange(1, 5001) + 30.0) ** -1.5, 1.5, 0.1),
    ("correction", np.arange(1, 5001) ** -1.5 + 3.0 * np.arange(1, 5001) ** -2.5, 1.5, 0.03),
    ("cut-off", np.arange(1, 5001) ** -1.5 * np.exp(-np.arange(1, 5001) / 1500), 1.5, 0.03),
    ("waves", np.arange(1, 5001) ** -1.5 * (1 + 0.3 * np.cos(3 * np.log(np.arange(1, 5001)))), 1.5, 0.1),
    ("every other mode", np.arange(1, 5001) ** -1.3 * (np.arange(1, 5001) % 2), 1.3, 0.06),
]


@pytest.mark.parametrize(("name", "values", "true", "most"), DEVIATIONS, ids=[r[0] for r in DEVIATIONS])
def test_deviations_from_a_power_are_in_the_error(
    name: str, values: Floats, true: float, most: float
) -> None:
    fit = fit_tail(values.tolist(), name)
    assert abs(fit.exponent - true) < 2 * fit.error < 2 * most


def test_a_wrong_exponent_would_be_seen() -> None:
    # mutants of the truth: the coverage test must reject an exponent that is off by three errors
    found = []
    for seed in range(40):
        true_b, _, lam, c = noisy(seed, 1000, 0.1, "log")
        fit = measure(lam, c).eigenvalue_fit
        found.append((true_b + 3 * fit.error, fit.exponent, fit.error))
    with pytest.raises(AssertionError):
        covers(found, 1.0)


@pytest.mark.slow
def test_a_million_modes() -> None:
    true_b, true_a, lam, c = noisy(1, 10**6, 0.3, "gauss")
    task = Task.from_arrays(lam, c)
    assert task.measured is not None
    assert abs(task.measured.eigenvalue_fit.exponent - true_b) < 2 * task.measured.eigenvalue_fit.error < 0.01
    assert abs(task.measured.target_fit.exponent - true_a) < 2 * task.measured.target_fit.error < 0.05
