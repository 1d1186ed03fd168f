"""Spectra that were measured on n samples: the exponents of the kernel, and errors that cover them."""

from __future__ import annotations

import numpy as np
import pytest
from measured_arrays import Floats

from asymptotics import DomainError, SpectrumError, Task
from asymptotics.tasks.measured import Measured, measure
from asymptotics.tasks.tail_fit import TailFit, fit_tail


def sampled(seed: int, samples: int, modes: int, a: float, b: float) -> tuple[Floats, Floats]:
    """Eigenvalues of K/n of Gaussian features, and the power of a target in its eigenvectors."""
    rng = np.random.default_rng(seed)
    level = np.arange(1, modes + 1.0)
    features = rng.standard_normal((samples, modes)) * level ** (-b / 2)
    labels = features @ (level ** ((b - a) / 2) * rng.choice([-1, 1], modes))
    lam, vectors = np.linalg.eigh(features @ features.T / samples)
    kept = min(samples, modes)
    return lam[::-1][:kept], ((vectors.T @ labels)[::-1] ** 2 / samples)[:kept]


def deviation(fit: TailFit, true: float) -> float:
    return (fit.exponent - true) / fit.error


def covered(rows: list[Measured], a: float, b: float) -> tuple[float, float]:
    """How many of the true exponents b and a lie within two errors."""
    fits = [(abs(deviation(r.eigenvalue_fit, b)), abs(deviation(r.target_fit, a))) for r in rows]
    return tuple(np.mean(np.array(fits) < 2, axis=0).tolist())


DRAWS = 20
CASES = [
    (2.0, 1.5, 200, 600),
    (1.5, 1.25, 200, 600),
    (3.0, 2.0, 150, 300),
    (1.3, 3.0, 150, 300),
    (2.0, 1.5, 300, 150),  # fewer features than samples
    pytest.param(2.5, 1.1, 250, 1000, marks=pytest.mark.slow),
    pytest.param(2.0, 1.5, 800, 3200, marks=pytest.mark.slow),
    pytest.param(1.5, 1.25, 800, 3200, marks=pytest.mark.slow),
    pytest.param(4.0, 1.5, 400, 1600, marks=pytest.mark.slow),
]


@pytest.mark.parametrize(("a", "b", "samples", "modes"), CASES)
def test_the_exponents_of_the_kernel_lie_within_two_errors(
    a: float, b: float, samples: int, modes: int
) -> None:
    rows = [measure(*sampled(seed, samples, modes, a, b), samples=samples) for seed in range(DRAWS)]
    share_b, share_a = covered(rows, a, b)
    assert share_b >= 0.9 and share_a >= 0.9
    # an error that is stated to be ten times too large would cover anything
    assert np.median([r.eigenvalue_fit.error for r in rows]) < 0.06
    assert np.sqrt(np.mean([deviation(r.eigenvalue_fit, b) ** 2 for r in rows])) > 0.3


def test_read_as_they_stand_the_eigenvalues_have_another_exponent() -> None:
    draws = [sampled(seed, 300, 1200, 1.5, 1.25) for seed in range(6)]
    raw = [fit_tail(lam.tolist(), "eigenvalues") for lam, _ in draws]
    freed = [measure(*draw, samples=300).eigenvalue_fit for draw in draws]
    assert np.mean([f.exponent for f in raw]) < 1.22 < 1.235 < np.mean([f.exponent for f in freed])
    worst = [max(abs(deviation(f, 1.25)) for f in fits) for fits in (raw, freed)]
    assert worst[0] > 2 > worst[1]


def test_power_that_is_known_of_the_modes_is_covered_as_well() -> None:
    for a, b in ((2.0, 1.5), (1.3, 1.25)):
        rows = []
        for seed in range(5):
            lam, _ = sampled(seed, 200, 800, a, b)
            rows.append(measure(lam, np.arange(1, 201.0) ** -a, samples=200))
        assert covered(rows, a, b)[1] == 1.0


def test_eigenvalues_that_were_left_out_are_in_the_error() -> None:
    rows = []
    for seed in range(10):
        lam, c = sampled(seed, 200, 800, 2.0, 1.5)
        rows.append(measure(lam[:100], c[:100], samples=200))
    assert min(covered(rows, 2.0, 1.5)) >= 0.9


def test_many_samples_change_nothing() -> None:
    level = np.arange(1, 201.0)
    lam, c = level**-1.5, level**-2.0
    found = measure(lam, c, samples=10**9)
    assert abs(found.eigenvalue_fit.exponent - 1.5) < 1e-4 and abs(found.target_fit.exponent - 2) < 1e-4
    assert found.samples == 10**9 and "samples" in str(found) and "samples" in repr(found)


def test_the_window_can_be_chosen() -> None:
    level = np.arange(1, 1001.0)
    broken = np.where(level <= 100, level**-1.5, 100**1.5 * level**-3.0)
    for window, true in (((2, 90), 1.5), ((120, 900), 3.0), ((np.int64(120), np.int64(900)), 3.0)):
        task = Task.from_arrays(broken, level**-2.0, window=window)
        assert task.measured is not None
        fit = task.measured.eigenvalue_fit
        assert fit.window == window and abs(fit.exponent - true) < 1e-9
    # the bend of a window that is chosen badly is in the error, and too large a one is refused
    assert measure(broken, level**-2.0, window=(80, 900)).eigenvalue_fit.error > 0.02
    with pytest.raises(SpectrumError, match="no exponent is settled"):
        measure(broken, level**-2.0, window=(20, 900))


FINE = [(j + 1.0) ** -1.5 for j in range(60)]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"samples": 59}, "samples = 59, but 60 eigenvalues are above 0"),
        ({"samples": 0}, "samples = 0; give an integer"),
        ({"samples": 100.5}, "samples = 100.5"),
        ({"samples": True}, "samples = True"),
        ({"window": (0, 30)}, r"window = \(0, 30\); give modes first < last from k = 1 to 60"),
        ({"window": (30, 30)}, "first < last"),
        ({"window": (1, 61)}, "from k = 1 to 60"),
        ({"window": (1, 2, 3)}, "give the first and the last mode"),
        ({"window": 30}, "give the first and the last mode"),
        ({"window": (1.0, 30)}, "give the first and the last mode"),
        ({"window": (50, 58)}, "a fit needs 8"),
        ({"samples": 60, "window": (1, 4)}, "a fit needs 8"),
    ],
)
def test_other_samples_and_windows_are_refused_in_one_line(options: dict[str, object], message: str) -> None:
    with pytest.raises((DomainError, SpectrumError), match=message) as refused:
        Task.from_arrays(FINE, FINE, **options)  # type: ignore[arg-type]
    assert "\n" not in str(refused.value)
