"""What the figures refuse: one line, and an Axes left as it was."""

import math

import pytest
import sympy
from figure_models import LAWS, TASK, TIMES, descent, model, simulation
from matplotlib.figure import Figure

from asymptotics import BottleneckError, DomainError, compute_optimal, derive, power_law
from asymptotics.symbols import N, t
from numerics import FullModel, Nesterov, OnePassSGD
from numerics.figures import (
    plot_ensembles,
    plot_gain,
    plot_loss_curves,
    plot_phases,
    plot_timescale_density,
    plot_transfer,
    plot_verification,
)
from numerics.figures.style import axes_or_new, looks, save
from numerics.simulation.simulate import simulate_arrays


def _other(**fields):
    return simulation(**{"draws": 3, **fields})


PHASES = compute_optimal(LAWS, N * t)
BAD = [
    (lambda ax: plot_phases(PHASES, "a", 3, ax=ax), "y = 3; give a parameter"),
    (lambda ax: plot_phases(PHASES, "a", "b", ax=ax), "a is not a parameter of the task"),
    (lambda ax: plot_gain(PHASES, PHASES, 2, "b", ax=ax), "x = 2; give a parameter"),
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
        "laws.gap is not a law of the test loss",
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
    (
        lambda ax: plot_loss_curves(
            FullModel(TASK, digits=6, rule=Nesterov(delta=3)), (1, 2), ax=ax, laws=LAWS.time
        ),
        "give laws.nesterov",
    ),
    (
        lambda ax: plot_loss_curves(
            FullModel(TASK, digits=6, rule=Nesterov(delta=3)), (1, 2), ax=ax, laws=LAWS.nesterov.at(delta=4)
        ),
        "has delta = 4",
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
