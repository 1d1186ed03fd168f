"""Axes, labels and style: what fits its frame, is told apart in grey, and is written twice the same."""

import math
from itertools import pairwise

import matplotlib
import numpy as np
import pytest
import sympy
from figure_models import LAWS, TIMES, descent, model, simulation
from matplotlib.figure import Figure

from numerics.figures import (
    plot_ensembles,
    plot_loss_curves,
    plot_timescale_density,
    plot_train_test,
    plot_transfer,
)
from numerics.figures.style import COLOURS, DASHES, looks, number_text, save

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
    assert ax.get_xlabel() and ax.get_ylabel()
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


def test_labels():
    ax = plot_loss_curves([model(8), model(N=8, P=sympy.oo)], TIMES)
    assert [line.get_label() for line in ax.lines] == ["$P = 16$", r"$P = \infty$"]
    assert plot_loss_curves(model(), TIMES).lines[0].get_label() == "theory"
    ax = plot_loss_curves([model(), model()], TIMES, labels=("one", "two"))
    assert [line.get_label() for line in ax.lines] == ["one", "two"]
    assert ax.get_ylabel().startswith("excess test loss")
    steps = plot_loss_curves(descent(), (1, 10))
    assert steps.get_xlabel() == "number of steps $n$"
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


@pytest.mark.slow
@pytest.mark.parametrize("ending", ["pdf", "svg", "png"])
def test_equal_figures_are_equal_files(ending, tmp_path):
    for name in ("one", "two"):
        save(plot_transfer(model(), 2, TIMES).get_figure(), tmp_path / f"{name}.{ending}")
    one, two = ((tmp_path / f"{name}.{ending}").read_bytes() for name in ("one", "two"))
    assert len(one) > 1000 and one == two
    if ending == "pdf":
        assert b"/FontFile2" in one and b"/Type3" not in one
