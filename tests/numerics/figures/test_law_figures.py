"""Laws over curves, their verification and the frontier: the lines, and how far the numbers are from them."""

import math

import numpy as np
import pytest
import sympy
from figure_models import LAWS, TASK, TIMES, descent, model, named, numbers
from matplotlib.figure import Figure

from asymptotics import Nesterov, compute_optimal, derive, power_law
from asymptotics.symbols import N, t
from numerics import FullModel, verify
from numerics.figures import plot_bottlenecks, plot_frontier, plot_loss_curves, plot_verification
from numerics.optima.constants import constants
from numerics.optima.frontier import frontier


def test_verification_panels(verification):
    above, beneath = plot_verification(verification)
    law, exact = above.lines
    points = verification.points
    assert list(law.get_ydata()) == numbers(p.law for p in points)
    assert list(exact.get_ydata()) == numbers(p.loss.value for p in points)
    assert list(exact.get_xdata()) == numbers(p.resource for p in points)
    seen = [p for p in points if abs(p.remainder) > p.remainder_error]
    assert list(beneath.lines[0].get_ydata()) == numbers(abs(p.remainder) for p in seen)
    guide = np.log(beneath.lines[-1].get_ydata())
    slopes = np.diff(guide) / np.diff(np.log(beneath.lines[-1].get_xdata()))
    assert slopes == pytest.approx(-float(verification.predicted), rel=1e-9)
    assert above.get_xlim() == beneath.get_xlim()


def test_lower_powers_of_a_logarithm_are_drawn_and_named():
    law = derive(power_law(3, 2)).model  # pi^2 log(N)/(4 N^2), and a constant beside the logarithm
    line = plot_verification(verify(law, digits=10))[0].lines[0]
    assert line.get_label() == "law, with all its logarithms"
    beside = [y * x**2 - np.pi**2 / 4 * np.log(x) for x, y in zip(*line.get_data(), strict=True)]
    assert beside[0] == pytest.approx(beside[-1], rel=1e-9) and abs(beside[0]) > 0.1


def test_the_predicted_slope_of_a_failing_law_starts_at_its_first_point():
    wrong = verify(derive(power_law(1.5, 1.25)).model.stating(exponent=0.51), digits=10)
    assert wrong.verdict == "FAILS"
    beneath = plot_verification(wrong)[1]
    assert beneath.lines[-1].get_ydata()[0] == pytest.approx(float(abs(wrong.points[0].remainder)))


def test_verification_on_given_axes(verification):
    above, beneath = Figure(layout="constrained").subplots(1, 2)
    assert plot_verification(verification, above, beneath) == (above, beneath)
    assert above.get_ylabel() == "excess test loss $L$"
    assert beneath.get_xlabel() == "model size $N$"
    assert beneath.get_xlim() == above.get_xlim()


def test_a_law_in_t_over_curves_and_what_is_left_of_it():
    models = [FullModel(TASK, N=100, digits=6), FullModel(TASK, N=10**5, digits=6)]
    times = np.geomspace(10, 1e5, 5)
    ax = plot_loss_curves(models, times, laws=LAWS.time)
    (law,) = named(ax, "law")
    assert not named(ax, "_law"), "one law for all is one line"
    formula = sympy.lambdify(t, LAWS.time.leading)
    assert list(law.get_ydata()) == pytest.approx([formula(x) for x in times], rel=1e-13)
    upper, lower = ax.get_figure().axes
    assert upper is ax and upper.get_xlim() == lower.get_xlim() and not upper.get_xlabel()
    for line, each in zip(named(lower, "_residual"), models, strict=True):
        ratios = [float(each.test_loss(x)) / formula(x) for x in times]
        assert list(line.get_ydata()) == pytest.approx([abs(ratio - 1) for ratio in ratios], rel=1e-9)
    assert "law" in lower.get_ylabel()


def test_a_law_in_N_is_what_each_loss_ends_at():
    models = [FullModel(TASK, N=size, digits=6) for size in (100, 1000)]
    ax = plot_loss_curves(models, (1.0, 1e9), laws=[LAWS.model, LAWS.model])
    lines = [*named(ax, "law"), *named(ax, "_law")]
    for line, each in zip(lines, models, strict=True):
        level = float(LAWS.model.leading.subs(N, each.N))
        assert list(line.get_ydata()) == pytest.approx([level, level], rel=1e-13)
    ends = [line.get_ydata()[-1] for line in named(ax.get_figure().axes[1], "_residual")]
    # the next order is N^-3/4 smaller
    assert ends[0] < 0.05 and ends[0] / ends[1] == pytest.approx(10**0.75, rel=0.1)


def test_a_wrong_prefactor_shows_in_the_panel_beneath():
    model, times = FullModel(TASK, N=10**8, digits=6), (1e3, 1e4)
    wrong = LAWS.time.stating(prefactor=LAWS.time.prefactor * sympy.Rational(101, 100))
    found = {}
    for name, law in (("right", LAWS.time), ("wrong", wrong)):
        beneath = plot_loss_curves(model, times, laws=law).get_figure().axes[1]
        found[name] = named(beneath, "_residual")[0].get_ydata()
    assert found["wrong"] == pytest.approx([0.01 / 1.01] * 2, rel=0.01)
    assert max(found["right"]) < 1e-3


def test_what_is_below_its_error_is_drawn_as_a_bound():
    model = FullModel(TASK, digits=6)
    beneath = plot_loss_curves(model, (1.0, 1e6), laws=LAWS.time).get_figure().axes[1]
    line, bounds = beneath.lines
    assert bounds.get_label() == "below the numerical error"
    assert line.get_ydata()[0] > 1e-3 and math.isnan(line.get_ydata()[1])
    value = model.test_loss(10**6)
    assert list(bounds.get_xdata()) == [1e6]
    assert bounds.get_ydata()[0] == pytest.approx(float(value.error / value.value), rel=1e-6)


def test_laws_do_not_move_the_limits_and_may_be_missing():
    models = [model(N=8), model(N=12)]
    free = plot_loss_curves(models, TIMES)
    ax = plot_loss_curves(models, TIMES, laws=[LAWS.time.stating(prefactor=1000), None])
    assert ax.get_ylim() == free.get_ylim()
    assert len(named(ax.get_figure().axes[1], "_residual")) == 1
    alone = Figure().subplots()
    assert plot_loss_curves(models, TIMES, ax=alone, laws=LAWS.time).get_figure().axes == [alone]
    above, beneath = Figure().subplots(1, 2)
    plot_loss_curves(models, TIMES, ax=above, laws=LAWS.time, residual_ax=beneath)
    assert beneath.get_xlim() == above.get_xlim() and above.get_xlabel()


def test_steps_are_times_eta_to_a_law():
    (law,) = named(plot_loss_curves(descent(), (10, 100), laws=LAWS.time), "law")
    formula = sympy.lambdify(t, LAWS.time.leading)
    assert list(law.get_ydata()) == pytest.approx([formula(1.0), formula(10.0)], rel=1e-12)


def test_the_law_of_a_rule_is_on_its_own_clock():
    """Nesterov momentum at t = 10^3, 10^4: the law t^-2s itself, which the model meets."""
    law = LAWS.nesterov.at(delta=3)
    ax = plot_loss_curves(
        FullModel(TASK, digits=6, rule=Nesterov(delta=3)), (1e3, 1e4), laws=LAWS.nesterov.at(delta=3)
    )
    (line,) = named(ax, "law")
    assert list(line.get_ydata()) == pytest.approx([law(1e3), law(1e4)], rel=1e-12)
    assert max(named(ax.get_figure().axes[1], "_residual")[0].get_ydata()) < 1e-3


def test_the_panels_of_the_frontier():
    optimum, budgets = compute_optimal(derive(power_law(4, "7/4")), cost=N * t), [10**8, 10**12]
    ax = plot_frontier(optimum, budgets, {})
    law, exact = ax.lines
    scale, best = float(constants(optimum)["loss"]), frontier(optimum, budgets, digits=10)
    stated = [scale * float(budget) ** -0.75 for budget in budgets]
    assert list(law.get_ydata()) == pytest.approx(stated, rel=1e-8)
    assert list(exact.get_ydata()) == pytest.approx([float(b["loss"]) for b in best], rel=1e-8)
    upper, lower = ax.get_figure().axes
    residual, slope = lower.lines
    expected = [abs(float(b["loss"]) / s - 1) for b, s in zip(best, stated, strict=True)]
    assert list(residual.get_ydata()) == pytest.approx(expected, abs=1e-7)
    first, last = slope.get_ydata()
    power = float(optimum.at({}).approach)
    assert math.log10(first / last) / 4 == pytest.approx(power, rel=1e-9)
    assert math.log10(expected[0] / expected[1]) / 4 == pytest.approx(power, abs=0.05)
    assert upper.get_xlim() == lower.get_xlim() and "budget" in lower.get_xlabel()
    given = Figure().subplots()
    assert plot_frontier(optimum, budgets[:1], {}, ax=given).get_figure().axes == [given]


def test_labels_of_narrow_regions_are_numbers_that_are_told_below():
    axes = plot_bottlenecks(derive(power_law(5, 2, noise=1)))
    shown, told = [text.get_text() for text in axes.texts], axes.get_legend().get_texts()
    numbers = [label for label in shown if label.isdigit()]
    assert numbers == ["1", "2", "3"] and [text.get_text()[0] for text in told] == numbers
    assert all("\n" in label for label in shown if label not in numbers)
    assert plot_bottlenecks(derive(power_law(2, 3))).get_legend() is None
