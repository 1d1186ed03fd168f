"""Figures of the full model and of simulations show the numbers that these give."""

import math

import numpy as np
import pytest
import sympy
from figure_models import LAMBDA, TIMES, model, numbers, simulation
from matplotlib.collections import LineCollection, PolyCollection

from asymptotics import power_law
from numerics import FullModel, simulate
from numerics.figures import (
    plot_ensembles,
    plot_loss_curves,
    plot_timescale_density,
    plot_train_test,
    plot_transfer,
)


@pytest.mark.parametrize("quantity", ["test_loss", "train_loss", "bias"])
def test_loss_curves_are_the_models(quantity):
    models = [model(N=8), model(N=12)]
    ax = plot_loss_curves(models, TIMES, quantity=quantity)
    for line, each in zip(ax.lines, models, strict=True):
        assert list(line.get_xdata()) == list(TIMES)
        singles = numbers(getattr(each, quantity)(t) for t in TIMES)
        assert list(line.get_ydata()) == pytest.approx(singles, rel=10.0**-each.digits)
    assert ax.get_xscale() == ax.get_yscale() == "log"


def test_times_are_put_in_order():
    line = plot_loss_curves(model(), [100, 1, 10]).lines[0]
    assert list(line.get_xdata()) == [1, 10, 100]
    assert list(line.get_ydata()) == pytest.approx(numbers(map(model().test_loss, (1, 10, 100))), rel=1e-6)


def test_train_test_and_the_end_of_the_train_loss():
    few = model(N=20, P=4)
    late = (1.0, 1e9)
    test, train = plot_train_test(few, late).lines
    assert list(test.get_ydata()) == pytest.approx(numbers(few.test_loss(t) for t in late), rel=1e-6)
    assert train.get_ydata()[0] == pytest.approx(float(few.train_loss(1)), rel=1e-6)
    assert math.isnan(train.get_ydata()[1])


def test_ensembles():
    ax = plot_ensembles(model(), TIMES, members=(1, 3, sympy.oo))
    for line, members in zip(ax.lines, (1, 3, sympy.oo), strict=True):
        assert list(line.get_ydata()) == numbers(model().ensemble_loss(t, members) for t in TIMES)
    losses = np.array([line.get_ydata() for line in ax.lines])
    assert np.allclose(losses[1], losses[2] + (losses[0] - losses[2]) / 3, rtol=1e-6, atol=0)


def test_transfer_functions():
    ax = plot_transfer(model(), (1, 5), TIMES)
    for line, k in zip(ax.lines, (1, 5), strict=True):
        assert list(line.get_ydata()) == numbers(model().transfer(k, t) for t in TIMES)
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "linear")


def test_timescale_density_has_gaps_and_marks_the_eigenvalue():
    flow, rates = FullModel(power_law(1.5, 1.25), N=64, P=1000, digits=6), (0.1, 0.7, 1.0, 50.0)
    ax = plot_timescale_density(flow, (1, 4), rates)
    for line, k in zip(ax.lines, (1, 4), strict=False):
        values = np.array(numbers(flow.timescale_density(k, u) for u in rates))
        assert np.array_equal(line.get_ydata(), np.where(values > 0, values, np.nan), equal_nan=True)
        assert math.isnan(line.get_ydata()[-1])
    marked = [line.get_xdata()[0] for line in ax.lines[2:]]
    assert marked == pytest.approx([1, 4**-1.25], rel=1e-12)
    listed = plot_timescale_density(model(), 3, [float(LAMBDA[2])])
    assert listed.lines[1].get_xdata()[0] == LAMBDA[2]


def test_simulation_is_drawn_with_its_standard_error():
    run = simulation()
    ax = plot_loss_curves(model(), TIMES, run)
    marks = next(line for line in ax.lines if line.get_label() == "_simulation")
    assert tuple(marks.get_ydata()) == run.test_loss
    bars = next(c for c in ax.collections if isinstance(c, LineCollection))
    band = next(c for c in ax.collections if isinstance(c, PolyCollection))
    for segment, mean, error in zip(bars.get_segments(), run.test_loss, run.test_loss_error, strict=True):
        assert segment[:, 1] == pytest.approx([mean - error, mean + error], rel=1e-12)
        assert any(np.allclose(corner, segment[1]) for corner in band.get_paths()[0].vertices)
    low, high = ax.get_ylim()
    assert all(low < mean and mean + error < high for mean, error in zip(*_losses(run), strict=True))


def _losses(run):
    return run.test_loss, run.test_loss_error


def test_an_error_that_reaches_below_zero_does_not_stretch_the_axis():
    run = simulation(draws=3, times=(0, *TIMES, sympy.oo))
    free = plot_loss_curves(model(), TIMES)
    object.__setattr__(run, "test_loss_error", tuple(2 * mean for mean in run.test_loss))
    ax = plot_loss_curves(model(), TIMES, run)
    assert ax.get_ylim()[0] > free.get_ylim()[0] / 3
    marks = next(line for line in ax.lines if line.get_label() == "_simulation")
    assert list(marks.get_xdata()) == list(TIMES), "t = 0 and t = oo have no place on the axis"


def test_simulated_ensembles():
    runs = [simulation(members=1), simulation(members=2), None]
    ax = plot_ensembles(model(), TIMES, members=(1, 2, sympy.oo), simulations=runs)
    marks = [line for line in ax.lines if line.get_label() == "_simulation"]
    assert [tuple(line.get_ydata()) for line in marks] == [run.test_loss for run in runs[:2]]


def test_cut_off_simulation_of_an_infinite_spectrum():
    task = power_law(2, 1.5)
    run = simulate(task, N=5, P=9, modes=40, times=TIMES, draws=3)
    ax = plot_train_test(FullModel(task, N=5, P=9, digits=6), TIMES, run)
    marks = [line for line in ax.lines if line.get_label() == "_simulation"]
    assert [tuple(line.get_ydata()) for line in marks] == [run.test_loss, run.train_loss]
