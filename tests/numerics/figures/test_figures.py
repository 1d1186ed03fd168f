"""Figures show the numbers they claim to show, on the Axes they are given, and say what they are."""

import math
from itertools import pairwise

import matplotlib
import numpy as np
import pytest
import sympy
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.figure import Figure

from asymptotics import BottleneckError, DomainError, compute_optimal, derive, power_law
from asymptotics.symbols import N, t
from numerics import FullModel, GradientDescent, OnePassSGD, simulate, verify
from numerics.figures import (
    plot_ensembles,
    plot_frontier,
    plot_loss_curves,
    plot_timescale_density,
    plot_train_test,
    plot_transfer,
    plot_verification,
)
from numerics.figures.style import COLOURS, DASHES, axes_or_new, looks, number_text, save
from numerics.optima.frontier import constants, frontier
from numerics.simulation.simulate import simulate_arrays

TIMES = (1.0, 10.0, 100.0)
LAMBDA = np.arange(1.0, 31.0) ** -1.25
TARGET = np.arange(1.0, 31.0) ** -1.5


def model(N=8, P=16, **given):
    return FullModel.from_arrays(LAMBDA, TARGET, N=N, P=P, digits=6, **given)


def descent():
    """The same modes by discrete steps."""
    task = power_law("3/2", "5/4", modes=30)
    return FullModel(task, N=8, P=16, digits=6, rule=GradientDescent(eta=0.1))


def simulation(N=8, P=16, times=TIMES, draws=5, **given):
    return simulate_arrays(LAMBDA, TARGET, N=N, P=P, times=times, draws=draws, **given)


def numbers(values):
    return [float(value) for value in values]


@pytest.fixture(scope="module")
def verification():
    return verify(derive(power_law(1.5, 1.25)).model, digits=10)


# The data are those of the model


@pytest.mark.parametrize("quantity", ["test_loss", "train_loss", "bias"])
def test_loss_curves_are_the_models(quantity):
    models = [model(N=8), model(N=12)]
    ax = plot_loss_curves(models, TIMES, quantity=quantity)
    for line, each in zip(ax.lines, models, strict=True):
        assert list(line.get_xdata()) == list(TIMES)
        assert list(line.get_ydata()) == numbers(getattr(each, quantity)(t) for t in TIMES)
    assert ax.get_xscale() == ax.get_yscale() == "log"


def test_times_are_put_in_order():
    line = plot_loss_curves(model(), [100, 1, 10]).lines[0]
    assert list(line.get_xdata()) == [1, 10, 100]
    assert list(line.get_ydata()) == numbers(model().test_loss(t) for t in (1, 10, 100))


def test_train_test_and_the_end_of_the_train_loss():
    few = model(N=20, P=4)
    late = (1.0, 1e9)
    test, train = plot_train_test(few, late).lines
    assert list(test.get_ydata()) == numbers(few.test_loss(t) for t in late)
    assert train.get_ydata()[0] == float(few.train_loss(1)) and math.isnan(train.get_ydata()[1])


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


def test_the_predicted_slope_of_a_failing_law_starts_at_its_first_point():
    wrong = verify(derive(power_law(1.5, 1.25)).model.stating(exponent=0.51), digits=10)
    assert wrong.verdict == "FAILS"
    beneath = plot_verification(wrong)[1]
    assert beneath.lines[-1].get_ydata()[0] == pytest.approx(float(abs(wrong.points[0].remainder)))


# Laws over curves, and how far the curves are from them

TASK = power_law("3/2", "5/4")
LAWS = derive(TASK)


def named(ax, label):
    return [line for line in ax.lines if line.get_label() == label]


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
    for line, model in zip(named(lower, "_residual"), models, strict=True):
        ratios = [float(model.test_loss(x)) / formula(x) for x in times]
        assert list(line.get_ydata()) == pytest.approx([abs(ratio - 1) for ratio in ratios], rel=1e-9)
    assert "law" in lower.get_ylabel() and "(dimensionless)" in lower.get_ylabel()


def test_a_law_in_N_is_what_each_loss_ends_at():
    models = [FullModel(TASK, N=size, digits=6) for size in (100, 1000)]
    ax = plot_loss_curves(models, (1.0, 1e9), laws=[LAWS.model, LAWS.model])
    lines = [*named(ax, "law"), *named(ax, "_law")]
    for line, model in zip(lines, models, strict=True):
        level = float(LAWS.model.leading.subs(N, model.N))
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


# Simulations


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


# Axes, labels, style


FIGURES = {
    "loss curves": lambda ax: plot_loss_curves([model(8), model(9)], TIMES, ax=ax),
    "laws over loss curves": lambda ax: plot_loss_curves(model(8), TIMES, ax=ax, laws=LAWS.time),
    "train and test": lambda ax: plot_train_test(model(noise=0.5), TIMES, simulation(noise=0.5), ax=ax),
    "ensembles": lambda ax: plot_ensembles(model(), TIMES, ax=ax),
    "transfer": lambda ax: plot_transfer(model(), 2, TIMES, ax=ax),
    "density": lambda ax: plot_timescale_density(model(), 1, np.geomspace(0.5, 2, 4), ax=ax),
}


@pytest.mark.parametrize("name", FIGURES)
def test_given_axes_are_used_and_labelled(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    before = dict(matplotlib.rcParams)
    given = Figure(layout="constrained").subplots()
    ax = FIGURES[name](given)
    assert ax is given and ax.lines
    assert "(dimensionless)" in ax.get_xlabel() and "(dimensionless)" in ax.get_ylabel()
    assert ax.get_legend() is not None
    ax.get_figure().draw_without_rendering()
    assert dict(matplotlib.rcParams) == before
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", FIGURES)
def test_new_figure_keeps_everything_inside_and_apart(name):
    ax = FIGURES[name](None)
    figure = ax.get_figure()
    assert tuple(figure.get_size_inches()) == (3.4, 4.2 if len(figure.axes) == 2 else 2.8)
    figure.draw_without_rendering()
    edge = figure.bbox
    for artist in (figure.axes[-1].xaxis, *(panel.yaxis for panel in figure.axes), ax.get_legend()):
        box = artist.get_tightbbox()
        assert box.x0 >= edge.x0 and box.x1 <= edge.x1 and box.y0 >= edge.y0 and box.y1 <= edge.y1
    assert ax.get_legend().get_window_extent().y0 >= ax.bbox.y1 - 1, "the legend is over the data"
    for axis in (figure.axes[-1].xaxis, *(panel.yaxis for panel in figure.axes)):
        boxes = [t.get_window_extent() for t in axis.get_ticklabels(which="both") if t.get_text()]
        inside = [b for b in boxes if b.x1 > 0 and b.y1 > 0]
        assert not any(p.overlaps(q) for i, p in enumerate(inside) for q in inside[:i]), axis.axis_name


def test_verification_on_given_axes(verification):
    above, beneath = Figure(layout="constrained").subplots(1, 2)
    assert plot_verification(verification, above, beneath) == (above, beneath)
    assert above.get_ylabel() == "excess test loss $L$ (dimensionless)"
    assert beneath.get_xlabel() == "model size $N$ (dimensionless)"
    assert beneath.get_xlim() == above.get_xlim()


def test_labels():
    ax = plot_loss_curves([model(8), model(N=8, P=sympy.oo)], TIMES)
    assert [line.get_label() for line in ax.lines] == ["$P = 16$", r"$P = \infty$"]
    assert plot_loss_curves(model(), TIMES).lines[0].get_label() == "theory"
    ax = plot_loss_curves([model(), model()], TIMES, labels=("one", "two"))
    assert [line.get_label() for line in ax.lines] == ["one", "two"]
    assert ax.get_ylabel().startswith("excess test loss")
    steps = plot_loss_curves(descent(), (1, 10))
    assert steps.get_xlabel() == "number of steps $n$ (dimensionless)"
    noisy = plot_train_test(model(noise=1), TIMES)
    assert [line.get_label() for line in noisy.lines] == [
        "excess test loss",
        "train loss with its label noise",
    ]


def test_looks_are_all_different_and_none_is_lost_in_grey():
    chosen = looks(len(COLOURS) * len(DASHES))
    assert len({(look.colour, look.dashes) for look in chosen}) == len(chosen)
    for this, following in pairwise(chosen):
        assert this.dashes != following.dashes and this.colour != following.colour
        assert this.marker != following.marker
    white = (1.0, 1.0, 1.0)
    for colour in COLOURS:
        assert _luminance(white) / _luminance(matplotlib.colors.to_rgb(colour)) > 1.9


def _luminance(colour):
    """With the 0.05 that WCAG 2 adds for stray light: their quotient is its contrast ratio."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour]
    return 0.05 + np.dot((0.2126, 0.7152, 0.0722), linear)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0"),
        (0.5, "0.5"),
        (1000, "1000"),
        (2**20, "1048576"),
        (1e6, "10^{6}"),
        (3e9, r"3 \times 10^{9}"),
        (1.5e-6, r"1.5 \times 10^{-6}"),
        (math.inf, r"\infty"),
    ],
)
def test_number_text(number, text):
    assert number_text(number) == text


@pytest.mark.parametrize("ending", ["pdf", "svg", "png"])
def test_equal_figures_are_equal_files(ending, tmp_path):
    for name in ("one", "two"):
        save(plot_transfer(model(), 2, TIMES).get_figure(), tmp_path / f"{name}.{ending}")
    one, two = ((tmp_path / f"{name}.{ending}").read_bytes() for name in ("one", "two"))
    assert len(one) > 1000 and one == two
    if ending == "pdf":
        assert b"/FontFile2" in one and b"/Type3" not in one


# Bad input: one line, and an Axes left as it was


def _other(**fields):
    return simulation(**{"draws": 3, **fields})


BAD = [
    (lambda ax: plot_loss_curves(model(), [], ax=ax), "times is empty"),
    (lambda ax: plot_loss_curves([], TIMES, ax=ax), "models is empty"),
    (lambda ax: plot_loss_curves([3], TIMES, ax=ax), "3 is not a FullModel"),
    (lambda ax: plot_loss_curves(model(), [0, 1], ax=ax), "times contains 0"),
    (lambda ax: plot_loss_curves(model(), [1, -1], ax=ax), "times contains -1"),
    (lambda ax: plot_loss_curves(model(), [1, sympy.oo], ax=ax), "times contains oo"),
    (lambda ax: plot_loss_curves(model(), [1, math.nan], ax=ax), "nan"),
    (lambda ax: plot_loss_curves(model(), "12", ax=ax), "'12'"),
    (lambda ax: plot_loss_curves(model(), TIMES, ax=ax, quantity="loss"), "quantity = 'loss'"),
    (lambda ax: plot_loss_curves(model(), TIMES, ax=ax, labels=()), "0 labels for 1 models"),
    (lambda ax: plot_loss_curves([model(), model()], TIMES, ax=ax), "pass labels="),
    (lambda ax: plot_loss_curves(model(), TIMES, [None, None], ax=ax), "2 simulations for 1 models"),
    (lambda ax: plot_loss_curves(model(), TIMES, [5], ax=ax), "5 is not a Simulation"),
    (lambda ax: plot_loss_curves(model(), TIMES, _other(N=9), ax=ax), "N = 9.0, the model N = 8.0"),
    (lambda ax: plot_loss_curves(model(), TIMES, _other(P=9), ax=ax), "P = 9.0, the model P = 16.0"),
    (
        lambda ax: plot_loss_curves(model(), TIMES, _other(noise=1), ax=ax),
        "noise = 1.0, the model noise = 0.0",
    ),
    (lambda ax: plot_loss_curves(model(), TIMES, _other(members=2), ax=ax), "members = 2"),
    (lambda ax: plot_loss_curves(model(), TIMES, _other(bags=2), ax=ax), "bags = 2"),
    (lambda ax: plot_loss_curves(model(), TIMES, _other(times=0), ax=ax), "no test loss > 0"),
    (
        lambda ax: plot_loss_curves(
            model(), TIMES, simulate_arrays([1], [1], N=8, P=16, times=1, draws=3), ax=ax
        ),
        "modes = 1, the model modes = 30",
    ),
    (
        lambda ax: plot_loss_curves(descent(), (1, 2), _other(), ax=ax),
        "rule = GradientFlow(), the model rule = GradientDescent(eta=0.1)",
    ),
    (
        lambda ax: plot_loss_curves(descent(), [1.5], ax=ax),
        "GradientDescent counts steps",
    ),
    (lambda ax: plot_loss_curves(model(N=20, P=4), [1e9], ax=ax, quantity="train_loss"), "earlier times"),
    (lambda ax: plot_ensembles(model(), TIMES, members=(0,), ax=ax), "members = 0"),
    (lambda ax: plot_ensembles(model(), TIMES, members=(), ax=ax), "members is empty"),
    (lambda ax: plot_ensembles(model(), TIMES, (3,), ax=ax, simulations=[_other(members=2)]), "members = 2"),
    (lambda ax: plot_transfer(model(), 0, TIMES, ax=ax), "k = 0"),
    (lambda ax: plot_transfer(model(), 31, TIMES, ax=ax), "k = 31"),
    (lambda ax: plot_transfer(model(), range(1, 31), [], ax=ax), "times is empty"),
    (lambda ax: plot_timescale_density(model(), 1, [0], ax=ax), "rates contains 0"),
    (lambda ax: plot_timescale_density(model(), 1, [1e6, 1e7], ax=ax), "0 at all rates from 1e+06 to 1e+07"),
    (lambda ax: plot_timescale_density(model(sympy.oo, sympy.oo), 1, [1], ax=ax), "N = P = oo"),
    (lambda ax: plot_verification(3, ax, ax), "verification = 3"),
    (lambda ax: plot_loss_curves(model(), TIMES, ax=ax, laws=3), "laws = 3"),
    (lambda ax: plot_loss_curves(model(), TIMES, ax=ax, laws=[3]), "law = 3 is not a Law"),
    (lambda ax: plot_loss_curves(model(), TIMES, ax=ax, laws=[]), "0 laws for 1 models"),
    (lambda ax: plot_loss_curves(model(), TIMES, ax=ax, laws=[None]), "no law in it"),
    (
        lambda ax: plot_loss_curves(model(), TIMES, ax=ax, laws=LAWS.gap),
        "laws.gap is no law of the test loss",
    ),
    (lambda ax: plot_loss_curves(model(), TIMES, ax=ax, laws=derive(power_law("a", 2)).time), "number for a"),
    (lambda ax: plot_loss_curves(model(), TIMES, None, ax, "bias", laws=LAWS.time), "quantity = 'bias'"),
    (lambda ax: plot_loss_curves(model(sympy.oo), TIMES, ax=ax, laws=LAWS.model), "the model has N = oo"),
    (
        lambda ax: plot_loss_curves(model(noise=1), TIMES, ax=ax, laws=LAWS.data),
        "noise = 0, the model noise = 1",
    ),
    (
        lambda ax: plot_loss_curves(FullModel(power_law(2, 2), digits=6), TIMES, ax=ax, laws=LAWS.time),
        "the model of another task",
    ),
    (
        lambda ax: plot_loss_curves(
            FullModel(TASK, digits=6, rule=OnePassSGD(eta=0.1, batch=8)), (1, 2), ax=ax, laws=LAWS.time
        ),
        "one of gradient flow",
    ),
    (lambda ax: plot_loss_curves(model(), TIMES, ax=ax, residual_ax=ax), "without laws"),
    (lambda ax: plot_loss_curves(model(), TIMES, laws=LAWS.time, residual_ax=ax), "without ax"),
]


@pytest.mark.parametrize(("draw", "words"), BAD)
def test_bad_input(draw, words):
    ax = Figure().subplots()
    with pytest.raises(BottleneckError) as caught:
        draw(ax)
    message = str(caught.value)
    assert words in message and "\n" not in message
    assert not ax.lines and not ax.collections and ax.get_xscale() == "linear" and not ax.get_xlabel()


def test_bad_axes(verification):
    for draw in (
        lambda: axes_or_new("axes"),
        lambda: plot_verification(verification, axes_or_new(None)),
        lambda: plot_verification(verification, 1, 2),
        lambda: looks(36),
        lambda: save(Figure(), "figure.docx"),
    ):
        with pytest.raises(DomainError):
            draw()
