"""Laws, curves and figures of measured tasks, with the errors of their exponents."""

from __future__ import annotations

import math

import mpmath
import numpy as np
import pytest
from measured_arrays import noisy
from sympy import oo

from asymptotics import DomainError, SpectrumError, Task, derive, measured_laws, power_law
from asymptotics.symbols import a, b, k
from asymptotics.tasks.measured import with_error
from numerics import FullModel, verify
from numerics.figures.measured import plot_measured
from numerics.spectra.arrays import spectrum_arrays


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
    assert laws.task.measured is None and laws.measured == task.measured
    assert verify(derive(task.fitted).time).verdict == "HOLDS"


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


@pytest.mark.parametrize("name", ["time", "model", "data"])
def test_prefactors_have_the_errors_of_their_constants(name: str) -> None:
    misses = []
    for seed in range(8):
        decay, power, lam, c = noisy(seed, 400, 0.1, "log")
        if power < 1.3:
            continue  # a prefactor that diverges at a = 1 has no error to first order
        found = measured_laws(Task.from_arrays(lam, c), (name,))[name]
        true = derive(Task(eigenvalues=3 * k**-decay, target=k**-power))
        wanted = float(getattr(true, name).prefactor)
        assert found.prefactor is not None and found.prefactor_error is not None
        assert found.prefactor_error < wanted / 2 or not found.settled
        misses.append(abs(found.prefactor - wanted) / found.prefactor_error)
    assert max(misses) < 4 and sorted(misses)[len(misses) // 2] < 2


def test_prefactors_of_exact_arrays_are_those_of_the_law() -> None:
    level = np.arange(1, 301.0)
    table = measured_laws(Task.from_arrays(2 * level**-1.5, level**-2.25), ("time", "noise"))
    law = derive(Task(eigenvalues="2*k**-1.5", target="k**-2.25")).time
    assert table["time"].prefactor == pytest.approx(float(law.prefactor), rel=1e-9)
    assert str(table["time"]).startswith("time: 0.2370304233(0) t^-0.83")
    assert table["noise"].prefactor is None  # sigma and P stand in it
    assert str(table["noise"]).startswith("noise: t^")


def test_a_kink_within_the_errors_is_said() -> None:
    rng = np.random.default_rng(2)
    level = np.arange(1, 2001.0)
    near = Task.from_arrays(level**-1.5, level**-2.5 * np.exp(0.3 * rng.standard_normal(2000)))
    far = Task.from_arrays(level**-1.5, level**-1.8 * np.exp(0.3 * rng.standard_normal(2000)))
    assert not measured_laws(near)["model"].settled
    assert "another regime is within two errors" in str(measured_laws(near))
    assert measured_laws(far)["model"].settled
    assert measured_laws(near)["data"].settled


def test_constants_of_wide_errors_stay_positive_and_those_of_no_regime_are_left_out() -> None:
    """A prefactor that is off by a factor of five is no negative one, and N^-b has no constant at b <= 1."""
    level = np.append([1, 0.3, 0.11, 0.05, 0.021], 0.01 * np.arange(1, 15.0) ** -2)
    wide = measured_laws(Task.from_arrays(level, level**1.3, range(1, 39, 2)))
    assert wide["time"].prefactor is not None
    assert wide["time"].prefactor_error > 0.5 * wide["time"].prefactor
    rng, mode = np.random.default_rng(3), np.arange(1, 120.0)
    scatter = np.exp(0.5 * rng.standard_normal((2, 119)))
    flat = measured_laws(Task.from_arrays(mode**-1.05 * scatter[1], mode**-2.2))
    assert flat["time"].prefactor is not None
    assert flat["model"].prefactor is None
    assert str(flat["model"]).startswith("model: N^-1.")


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


def test_losses_in_the_limits_of_a_measured_task() -> None:
    _, _, lam, c = noisy(5, 60, 0.3, "log")
    model = FullModel(Task.from_arrays(lam, c))
    assert abs(model.test_loss(0).value - mpmath.mpf(math.fsum(c))) < 1e-12
    assert float(model.test_loss(oo)) == 0.0
    assert derive(Task.from_arrays(lam, c)).time.parameters == ()
    assert {a, b}.isdisjoint(Task.from_arrays(lam, c).parameters)


def test_a_measured_kernel_without_trace_has_the_laws_of_time() -> None:
    level = np.arange(1, 301.0)
    task = Task.from_arrays(level**-0.75, level**-2.0)
    assert measured_laws(task, ("time",))["time"].exponent == pytest.approx(4 / 3, rel=1e-9)
    assert [law.name for law in derive(task)] == ["time"]
    with pytest.raises(SpectrumError, match="the kernel needs b > 1"):
        measured_laws(task)


def test_laws_are_shown_with_their_errors():
    task = Task.from_arrays([k**-1.5 for k in range(1, 301)], [k**-2.0 for k in range(1, 301)])
    found = measured_laws(task)
    assert repr(found) == str(found) and repr(found["model"]) == str(found["model"])
    assert "(" in repr(found["time"]).partition("t^")[0]
