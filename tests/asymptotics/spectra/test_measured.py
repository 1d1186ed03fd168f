"""Measured spectra: exponents with honest errors from noisy arrays, their laws and curves, and refusals."""

from __future__ import annotations

import math
from array import array
from collections.abc import Sequence

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sympy import Rational, oo

from asymptotics import DomainError, SpectrumError, Task, derive, measured_laws, power_law
from asymptotics.symbols import a, b, k
from asymptotics.tasks.measured import measure, rounded, with_error
from asymptotics.tasks.tail_fit import fit_tail
from numerics import FullModel, verify
from numerics.figures.measured import plot_measured
from numerics.spectra.arrays import spectrum_arrays

Floats = NDArray[np.float64]


def noisy(seed: int, modes: int, noise: float, teacher: str) -> tuple[float, float, Floats, Floats]:
    """(b, a, eigenvalues, target): powers of k with independent noise on every mode, not sorted."""
    rng = np.random.default_rng(seed)
    decay, power = rng.uniform(1.1, 2.2), rng.uniform(1.1, 3.0)
    level = np.arange(1, modes + 1.0)
    lam = 3 * level**-decay * np.exp(noise * rng.standard_normal(modes))
    c = level**-power
    c *= rng.standard_normal(modes) ** 2 if teacher == "gauss" else np.exp(noise * rng.standard_normal(modes))
    return decay, power, lam, c


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


def test_exact_powers_come_back_exact() -> None:
    task = Task.from_arrays([2 * j**-1.5 for j in range(1, 201)], [j**-2.25 for j in range(1, 201)])
    assert task.fitted == Task(eigenvalues=2 * k ** Rational(-3, 2), target=k ** Rational(-9, 4))
    assert derive(task).model.exponent == Rational(5, 4)
    assert task.measured is not None
    assert str(task.measured).splitlines()[0] == "200 measured modes"
    assert "k = 1 ... " in str(task.measured)
    assert len(repr(task)) < 200


@given(st.permutations(range(40)), st.sampled_from([list, tuple, np.array, lambda v: array("d", v)]))
@settings(max_examples=20, deadline=None)
def test_order_and_kind_of_sequence_do_not_matter(order: list[int], kind: type) -> None:
    lam = [(j + 1.0) ** -1.5 for j in range(40)]
    c = [(j + 1.0) ** -2 * (1 + 0.1 * math.cos(j)) for j in range(40)]
    shuffled = measure(kind([lam[i] for i in order]), kind([c[i] for i in order]))
    assert shuffled == measure(lam, c)


def test_scaling_the_arrays_scales_the_prefactors_alone() -> None:
    _, _, lam, c = noisy(3, 300, 0.2, "gauss")
    one, other = measure(lam, c), measure(1e-40 * lam, 1e30 * c)
    for before, after, factor in (
        (one.eigenvalue_fit, other.eigenvalue_fit, 1e-40),
        (one.target_fit, other.target_fit, 1e30),
    ):
        assert after.exponent == pytest.approx(before.exponent, abs=1e-9)
        assert after.error == pytest.approx(before.error, rel=1e-6)
        assert after.prefactor == pytest.approx(before.prefactor * factor, rel=1e-9)


@pytest.mark.slow
def test_a_million_modes_take_seconds() -> None:
    true_b, true_a, lam, c = noisy(1, 10**6, 0.3, "gauss")
    task = Task.from_arrays(lam, c)
    assert task.measured is not None
    assert abs(task.measured.eigenvalue_fit.exponent - true_b) < 2 * task.measured.eigenvalue_fit.error < 0.01
    assert abs(task.measured.target_fit.exponent - true_a) < 2 * task.measured.target_fit.error < 0.05


# -- laws and curves ---------------------------------------------------------------------------------


def test_the_full_model_is_solved_for_the_arrays_themselves() -> None:
    _, _, lam, c = noisy(5, 200, 0.3, "gauss")
    task = Task.from_arrays(lam, c, noise=0.5)
    with_task, with_arrays = FullModel(task, N=50, P=80), FullModel.from_arrays(lam, c, N=50, P=80, noise=0.5)
    assert with_task.test_loss(30).agrees_with(with_arrays.test_loss(30))
    assert (
        FullModel(task, noise=0, N=50)
        .test_loss(9)
        .agrees_with(FullModel.from_arrays(lam, c, N=50).test_loss(9))
    )
    fitted = FullModel(task.fitted, N=50, P=80)
    assert fitted.spectrum.levels is None
    assert float(fitted.test_loss(30)) == pytest.approx(float(with_task.test_loss(30)), rel=0.5)
    simulated, _ = spectrum_arrays(task)
    assert simulated.tolist() == sorted(lam, reverse=True)
    assert spectrum_arrays(task, modes=7)[1].shape == (7,)
    with pytest.raises(DomainError, match="200 modes were measured"):
        spectrum_arrays(task, modes=201)


def test_laws_of_a_measured_task_are_those_of_the_fit() -> None:
    _, _, lam, c = noisy(5, 400, 0.1, "log")
    task = Task.from_arrays(lam, c)
    laws = derive(task)
    assert laws.task == task.fitted
    assert laws.task.measured is None
    assert verify(laws.time).verdict == "HOLDS"


def test_errors_of_the_exponents_are_carried_to_the_laws() -> None:
    _, _, lam, c = noisy(8, 2000, 0.3, "gauss")
    task = Task.from_arrays(lam, c)
    assert task.measured is not None
    table = measured_laws(task, ("time", "model", "data", "early_stopping"))
    fit_a, fit_b = task.measured.target_fit, task.measured.eigenvalue_fit
    # propagation by a linearised sample, as independent as can be
    rng = np.random.default_rng(0)
    draws = rng.normal([fit_a.exponent, fit_b.exponent], [fit_a.error, fit_b.error], size=(4000, 2))
    for name, formula in (
        ("time", lambda x, y: (x - 1) / y),
        ("model", lambda x, y: np.minimum(x - 1, y)),
        ("data", lambda x, y: np.minimum(x - 1, 2 * y)),
        ("early_stopping", lambda x, y: (x - 1) / x),
    ):
        one = table[name]
        assert one.exponent == pytest.approx(float(formula(fit_a.exponent, fit_b.exponent)))
        assert one.error == pytest.approx(float(np.std(formula(*draws.T))), rel=0.1)
    assert len(str(table).splitlines()) == 4


def test_a_kink_within_the_errors_is_said() -> None:
    rng = np.random.default_rng(2)
    level = np.arange(1, 2001.0)
    near = Task.from_arrays(level**-1.5, level**-2.5 * np.exp(0.3 * rng.standard_normal(2000)))
    far = Task.from_arrays(level**-1.5, level**-1.8 * np.exp(0.3 * rng.standard_normal(2000)))
    assert not measured_laws(near)["model"].settled
    assert "another regime is within two errors" in str(measured_laws(near))
    assert measured_laws(far)["model"].settled
    assert measured_laws(near)["data"].settled


def test_measured_numbers_without_laws_keep_their_curves() -> None:
    level = np.arange(1, 301.0)
    task = Task.from_arrays(level**-0.8, level**-0.9)
    with pytest.raises(SpectrumError, match="as fitted: sums over infinitely many modes diverge"):
        measured_laws(task)
    with pytest.raises(SpectrumError, match="diverges"):
        derive(task)
    assert float(FullModel(task, N=100).test_loss(10)) > 0


def test_only_measured_tasks_have_measured_laws() -> None:
    for wrong in (power_law(2, 2), "task"):
        with pytest.raises(DomainError, match="no measured arrays"):
            measured_laws(wrong)  # type: ignore[arg-type]
        with pytest.raises(DomainError, match="no measured arrays"):
            plot_measured(wrong)  # type: ignore[arg-type]
    task = Task.from_arrays([j**-2 for j in range(1, 41)], [j**-2 for j in range(1, 41)])
    with pytest.raises(DomainError, match="no law is called 'speed'"):
        measured_laws(task, ("speed",))


def test_the_figure_shows_modes_fits_and_windows() -> None:
    _, _, lam, c = noisy(5, 3000, 0.3, "gauss")
    task = Task.from_arrays(lam, c)
    assert task.measured is not None
    axes = plot_measured(task)
    drawn = {line.get_label(): line for line in axes.lines}
    fit = task.measured.eigenvalue_fit
    (label,) = (name for name in drawn if name.startswith("$b = "))
    assert with_error(fit.exponent, fit.error) in label
    assert tuple(drawn[label].get_xdata()) == fit.window
    assert len(drawn["eigenvalues"].get_xdata()) <= 400
    slope = np.diff(np.log(drawn[label].get_ydata())) / np.diff(np.log(drawn[label].get_xdata()))
    assert slope[0] == pytest.approx(-fit.exponent)


@pytest.mark.parametrize(
    ("value", "error", "number", "text"),
    [
        (1.50312, 0.012, Rational(1503, 1000), "1.503(12)"),
        (2.0, 1e-13, 2, "2.0000000000(0)"),
        (123.4, 20.0, 123, "123.4(200)"),
        (0.99999, 0.3, 1, "1.00(30)"),
    ],
)
def test_numbers_are_rounded_to_their_errors(value: float, error: float, number: object, text: str) -> None:
    assert rounded(value, error) == number
    assert abs(float(rounded(value, error)) - value) <= error
    assert with_error(value, error) == text


# -- what is refused ---------------------------------------------------------------------------------

FINE = [(j + 1.0) ** -1.5 for j in range(50)]
REFUSED: list[tuple[object, object, str]] = [
    (FINE[:10], FINE[:10], "10 modes; the fit of an exponent needs at least 16"),
    (FINE, FINE[:49], "50 eigenvalues but 49 target powers"),
    ([*FINE[:49], math.nan], FINE, "eigenvalues[49] = nan; an eigenvalue must be finite and >= 0"),
    (FINE, [*FINE[:49], math.inf], "target[49] = inf; the power of a mode must be finite"),
    ([*FINE[:49], -1e-9], FINE, "eigenvalues[49] = -1e-09"),
    (FINE, [-1.0, *FINE[1:]], "target[0] = -1.0"),
    ([*FINE[:47], 0, 0, 0], FINE, "3 of 50 eigenvalues are 0, the first is eigenvalues[47]"),
    (FINE, [0] * 50, "all target powers are 0"),
    (FINE, [1, 1, *[0] * 48], "target power are above 0 in 2 of"),
    ([1j, *FINE[1:]], FINE, "is not a real number"),
    ([[1.0, 2.0]] * 50, FINE, "is not a real number"),
    ("1, 2, 3", FINE, "are no sequence of numbers"),
    (3.5, FINE, "are no sequence of numbers"),
    ([1.0] * 50, FINE, "eigenvalues do not fall"),
    ([0.5**j for j in range(400)], [1.0] * 400, "no power of k"),
    ([math.exp(-j / 9) for j in range(200)], [j**-2 for j in range(1, 201)], "eigenvalues"),
]


@pytest.mark.parametrize(("eigenvalues", "target", "message"), REFUSED, ids=[r[2] for r in REFUSED])
def test_arrays_that_are_no_spectrum_are_refused_in_one_line(
    eigenvalues: object, target: object, message: str
) -> None:
    with pytest.raises(SpectrumError) as refused:
        Task.from_arrays(eigenvalues, target)  # type: ignore[arg-type]
    assert message in str(refused.value)
    assert "\n" not in str(refused.value)


def test_noise_that_leaves_nothing_is_said_with_what_was_seen() -> None:
    rng = np.random.default_rng(0)
    level = np.arange(1, 25.0)
    with pytest.raises(SpectrumError, match=r"target power settle no exponent .* an error of") as refused:
        Task.from_arrays(level**-1.5, level**-2 * np.exp(3 * rng.standard_normal(24)))
    assert "k = 1 ..." in str(refused.value)


def test_a_wrong_exponent_would_be_seen() -> None:
    # mutants of the truth: the coverage test must reject an exponent that is off by three errors
    found = []
    for seed in range(40):
        true_b, _, lam, c = noisy(seed, 1000, 0.1, "log")
        fit = measure(lam, c).eigenvalue_fit
        found.append((true_b + 3 * fit.error, fit.exponent, fit.error))
    with pytest.raises(AssertionError):
        covers(found, 1.0)


def test_losses_in_the_limits_of_a_measured_task() -> None:
    _, _, lam, c = noisy(5, 60, 0.3, "log")
    model = FullModel(Task.from_arrays(lam, c))
    assert abs(model.test_loss(0).value - mpmath.mpf(math.fsum(c))) < 1e-12
    assert float(model.test_loss(oo)) == 0.0
    assert derive(Task.from_arrays(lam, c)).time.parameters == ()
    assert {a, b}.isdisjoint(Task.from_arrays(lam, c).parameters)
