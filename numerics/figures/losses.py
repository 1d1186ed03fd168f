"""Figures of the full model: plain data in, an Axes in and out, nothing global touched.

    plot_loss_curves(models, times, simulations)   losses in time, theory as lines, simulation as points;
                                                   with laws= laws over them, distances from them beneath
    plot_train_test(model, times, simulation)      excess test loss and train loss of one model
    plot_ensembles(model, times, members)          excess test loss of the mean over several initialisations
    plot_transfer(model, modes, times)             H_k(t), how far mode k is still unlearned
    plot_timescale_density(model, k, rates)        rho_k(u), the rates at which mode k is learned

Each draws on ``ax`` if one is given, else on a new figure one paper column wide, reached as
``ax.figure`` and written by `numerics.figures.style.save`. All is computed before anything is drawn: after an
error the Axes is as it was. Losses take 10-30 ms a point at ``digits=6``, more than any print shows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import mpmath
import numpy as np
import sympy
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection

from asymptotics.errors import DomainError, shown
from asymptotics.laws.law import Law
from numerics.figures.data import (
    Points,
    check_models,
    check_partner,
    eigenvalue,
    floats,
    grid,
    losses,
    names_of,
    partners,
    points_from,
    several,
    time_label,
)
from numerics.figures.laws import (
    Residuals,
    beneath,
    check_laws,
    draw_law,
    draw_residuals,
    panels,
    state_losses,
)
from numerics.figures.style import (
    GREY,
    LINE_WIDTH,
    MARKER_SIZE,
    Look,
    axes_or_new,
    dress,
    legend_above,
    looks,
    number_text,
)
from numerics.model.full_model import FullModel
from numerics.simulation.simulate import Simulation
from numerics.spectra.arrays import Array
from numerics.values.inputs import exact_count

__all__ = [
    "plot_ensembles",
    "plot_loss_curves",
    "plot_timescale_density",
    "plot_train_test",
    "plot_transfer",
]

QUANTITIES = {
    "test_loss": "excess test loss",
    "train_loss": "train loss",
    "bias": "bias",
}

SIMULATED = "simulation ± std. error"


def plot_loss_curves(
    models: FullModel | Sequence[FullModel],
    times: Iterable[object],
    simulations: Simulation | Sequence[Simulation | None] | None = None,
    ax: Axes | None = None,
    quantity: str = "test_loss",
    labels: Sequence[str] | None = None,
    laws: Law | Sequence[Law | None] | None = None,
    residual_ax: Axes | None = None,
) -> Axes:
    """``L(t)`` of several models, log-log: theory as lines, simulations as mean and standard error.

    With ``laws``, one for all models or one (or None) for each, their leading terms are drawn over the
    curves, and ``|L/L_law - 1|`` in a panel beneath: ``residual_ax``, or ``ax.figure.axes[1]`` of a new
    figure; none on a given ``ax`` alone. A law in t is a line, one in N or P the constant the loss tends to.

    ``quantity`` is "test_loss" (excess: sigma^2 not included), "train_loss" or "bias". ``times`` are T
    finite numbers > 0; ``simulations`` has one entry per model, or None where there is none, each of the
    same N, P, noise and rule; its times 0 and oo and means <= 0 have no place on log axes. A band is one
    standard error wide on either side. ``labels``: one per model, by default what differs between them.
    Times and losses are dimensionless. Error of each point of a line: 10^-digits of its model, relative.

    Raises `DomainError` for empty or impossible times, an unknown quantity, simulations and laws that do not
    belong to their models; what `FullModel` raises, too. Source: arXiv 2402.01092, here BAP, figures 2 and 5.

    >>> from asymptotics import power_law
    >>> models = [FullModel(power_law(1.5, 1.25), N=N, P=1000, digits=6) for N in (32, 64)]
    >>> ax = plot_loss_curves(models, [1, 10, 100])
    >>> [line.get_label() for line in ax.lines], ax.get_ylabel()
    (['$N = 32$', '$N = 64$'], 'excess test loss')
    >>> from asymptotics import derive
    >>> law = derive(power_law(2, 2)).time
    >>> above = plot_loss_curves(FullModel(power_law(2, 2), digits=6), [1, 10], laws=law)
    >>> [line.get_label() for line in above.lines], above.figure.axes[1].get_yscale()
    (['theory', 'law'], 'log')
    """
    if quantity not in QUANTITIES:
        raise DomainError(f"quantity = {shown(quantity)}; a figure can show {', '.join(QUANTITIES)}")
    listed = check_models(models)
    pairs = tuple(zip(listed, partners(simulations, len(listed), "models"), strict=True))
    names = names_of(listed) if labels is None else tuple(labels)
    if len(names) != len(listed):
        raise DomainError(f"{len(names)} labels for {len(listed)} models; give one per model")
    ts = grid("times", times)
    for model, simulation in pairs:
        check_partner(model, simulation)
    given: tuple[Law | None, ...] = ()
    if laws is not None:
        if quantity != "test_loss":
            raise DomainError(f"laws are of the test loss; leave quantity = {shown(quantity)} out, or laws")
        given = check_laws(laws, listed)
    solved = [tuple(model.curve(ts, quantity)) for model, _ in pairs]
    curves = [losses(values, QUANTITIES[quantity]) for values in solved]
    marks = [points_from(simulation, quantity) for _, simulation in pairs]
    lines = [None if law is None else state_losses(law, m, ts) for law, m in zip(given, listed, strict=False)]
    upper, lower = panels(ax, residual_ax, wanted=bool(given))
    _draw_losses(upper, listed, ts, curves, marks, names, QUANTITIES[quantity], lines)
    if lower is not None:
        found = [
            (Residuals.of(floats(ts), values, line), look)
            for values, line, look in zip(solved, lines, looks(len(listed)), strict=True)
            if line is not None
        ]
        draw_residuals(lower, found, time_label(listed), lines=True)
        beneath(upper, lower)
    return upper


def plot_train_test(
    model: FullModel,
    times: Iterable[object],
    simulation: Simulation | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Excess test loss and train loss of one model, log-log; how far data are reused without harm.

    The train loss ``(1/P) |y - f|^2`` contains the label noise, the test loss does not. A train loss
    that has fallen to 0 within its error ends its line. Arguments, units, errors and what is raised as
    in `plot_loss_curves`. Source: BAP, figure 5.

    >>> from asymptotics import power_law
    >>> ax = plot_train_test(FullModel(power_law(1.5, 1.25), N=50, P=20, digits=6), [1, 10, 100])
    >>> [line.get_label() for line in ax.lines]
    ['excess test loss', 'train loss']
    """
    (model,) = check_models(model)
    ts = grid("times", times)
    check_partner(model, simulation)
    shown = ("test_loss", "train_loss")
    names = ["excess test loss", "train loss with its label noise" if model.noise != 0 else "train loss"]
    curves = [losses(model.curve(ts, quantity), QUANTITIES[quantity]) for quantity in shown]
    marks = [points_from(simulation, quantity) for quantity in shown]
    return _draw_losses(ax, (model,), ts, curves, marks, names, "loss")


def plot_ensembles(
    model: FullModel,
    times: Iterable[object],
    members: Sequence[object] = (1, 2, 4, sympy.oo),
    ax: Axes | None = None,
    simulations: Sequence[Simulation | None] | None = None,
) -> Axes:
    """``L_E(t) = L_oo + (L_1 - L_oo)/E``: excess test loss of the mean over E initialisations, log-log.

    ``members`` are integers E >= 1 or oo; ``simulations`` one per entry, with ``members=E``, or None.
    Other arguments, units, errors and what is raised as in `plot_loss_curves`. Source: BAP, section 4.3
    and figure 5.

    >>> from asymptotics import power_law
    >>> ax = plot_ensembles(FullModel(power_law(1.5, 1.25), N=20, digits=6), [1, 10], members=(1, sympy.oo))
    >>> [line.get_label() for line in ax.lines]
    ['$E = 1$', '$E = \\\\infty$']
    """
    (model,) = check_models(model)
    counts = [exact_count("members", entry) for entry in several("members", members)]
    given = partners(simulations, len(counts), "members")
    ts = grid("times", times)
    for count, simulation in zip(counts, given, strict=True):
        check_partner(model, simulation, members=float(count))
    curves = [
        losses((model.ensemble_loss(t, count) for t in ts), QUANTITIES["test_loss"]) for count in counts
    ]
    names = [f"$E = {number_text(float(count))}$" for count in counts]
    marks = [points_from(simulation, "test_loss") for simulation in given]
    return _draw_losses(ax, (model,), ts, curves, marks, names, "excess test loss")


def plot_transfer(
    model: FullModel, modes: int | Sequence[int], times: Iterable[object], ax: Axes | None = None
) -> Axes:
    """``H_k(t) = E v_k(t)/w_k`` of the modes k against t, logarithmic in t only: H may be 0 or negative.

    ``modes`` are integers k >= 1, ``times`` finite numbers > 0. Dimensionless; the error of each point is
    10^-digits of the model, absolute. Raises `DomainError` as `FullModel.transfer` does. Source: BAP,
    eq. (9).

    >>> from asymptotics import power_law
    >>> ax = plot_transfer(FullModel(power_law(1.5, 1.25), N=50, digits=6), (1, 10), [1, 10, 100])
    >>> [line.get_label() for line in ax.lines], ax.get_xscale()
    (['$k = 1$', '$k = 10$'], 'log')
    """
    (model,) = check_models(model)
    levels = several("modes", modes)
    ts = grid("times", times)
    curves = [np.array([float(model.transfer(k, t)) for t in ts]) for k in levels]
    styles = looks(len(levels))
    ax = axes_or_new(ax)
    ax.set_xscale("log")
    for k, curve, look in zip(levels, curves, styles, strict=True):
        _line(ax, floats(ts), curve, look, f"$k = {k}$")
    dress(ax, x=time_label((model,)), y="transfer function $H_k$")
    legend_above(ax)
    return ax


def plot_timescale_density(
    model: FullModel, k: int | Sequence[int], rates: Iterable[object], ax: Axes | None = None
) -> Axes:
    """``rho_k(u)``, how much of mode k decays at the rate u, log-log, for one k or several.

    ``rates`` are finite numbers u > 0; outside the bulk the density is 0 and the line has gaps. A dotted
    line marks lambda_k, where all of it sits at N = P = oo. Per unit of u; u and the density are
    dimensionless; the relative error of each point is 10^-digits of the model. Raises `DomainError` where
    all rates lie outside the bulk, and what `FullModel.timescale_density` raises. Source: BAP, section 4
    and appendix D.

    >>> from asymptotics import power_law
    >>> model = FullModel(power_law(1.5, 1.25), N=64, P=1000, digits=6)
    >>> ax = plot_timescale_density(model, 4, [0.01, 0.02, 0.1, 0.2])
    >>> ax.get_xlabel(), len(ax.lines)
    ('rate $u$', 2)
    """
    (model,) = check_models(model)
    levels = several("k", k)
    us = grid("rates", rates)
    curves = [floats(model.timescale_density(level, u) for u in us) for level in levels]
    for level, curve in zip(levels, curves, strict=True):
        if not curve.any():
            raise DomainError(
                f"the timescale density of mode {level} is 0 at all rates from {float(us[0]):.3g} to "
                f"{float(us[-1]):.3g}; give rates in the bulk, such as {eigenvalue(model, level):.3g}"
            )
    styles = looks(len(levels))
    ax = axes_or_new(ax)
    ax.set_xscale("log")
    ax.set_yscale("log")
    for level, curve, look in zip(levels, curves, styles, strict=True):
        _line(ax, floats(us), np.where(curve > 0, curve, np.nan), look, f"$k = {level}$")
    for i, (level, look) in enumerate(zip(levels, styles, strict=True)):
        name = r"$u = \lambda_k$" if i == 0 else "_eigenvalue"
        ax.axvline(
            eigenvalue(model, level), color=look.colour, linestyle=":", linewidth=0.8, zorder=0, label=name
        )
    dress(ax, x="rate $u$", y=r"timescale density $\rho_k(u)$")
    legend_above(ax)
    return ax


def _draw_losses(
    ax: Axes | None,
    models: Sequence[FullModel],
    times: Sequence[object],
    curves: Sequence[Array],
    marks: Sequence[Points | None],
    names: Sequence[str],
    quantity: str,
    laws: Sequence[Sequence[mpmath.mpf] | None] = (),
) -> Axes:
    """Lines, points, laws and legend on log-log axes; the last step, so that it meets no bad input."""
    styles = looks(len(curves))
    ax = axes_or_new(ax)
    ax.set_xscale("log")
    ax.set_yscale("log")
    for curve, points, name, look in zip(curves, marks, names, styles, strict=True):
        _line(ax, floats(times), curve, look, name)
        if points is not None:
            _points(ax, points, look)
    if any(points is not None for points in marks):
        ax.plot([], [], "o", color=GREY, markersize=MARKER_SIZE, markerfacecolor="white", label=SIMULATED)
    # the same law for several models is one line
    for i, law in enumerate(dict.fromkeys(law for law in laws if law is not None)):
        draw_law(ax, floats(times), law, "_law" if i else "law")
    dress(ax, x=time_label(models), y=quantity)
    legend_above(ax)
    return ax


def _line(ax: Axes, x: Array, y: Array, look: Look, label: str) -> None:
    ax.plot(x, y, color=look.colour, linestyle=look.dashes, linewidth=LINE_WIDTH, label=label)


def _points(ax: Axes, points: Points, look: Look) -> None:
    """Means as open markers, one standard error as a band and as bars (a single point has no band).

    An error may reach below 0, which has no place on a log axis: it goes down to the lower edge, and
    does not move that edge.
    """
    lower = np.maximum(points.means - points.errors, np.finfo(float).tiny)
    upper = points.means + points.errors
    low, high = np.column_stack((points.times, lower)), np.column_stack((points.times, upper))
    band = PolyCollection([np.concatenate((low, high[::-1]))], facecolor=look.colour, alpha=0.2, linewidth=0)
    bars = LineCollection(list(np.stack((low, high), axis=1)), colors=look.colour, linewidths=0.8)
    ax.add_collection(band, autolim=False)
    ax.add_collection(bars, autolim=False)
    ax.update_datalim(high)
    ax.plot(
        points.times,
        points.means,
        look.marker,
        color=look.colour,
        markersize=MARKER_SIZE,
        markerfacecolor="white",
        markeredgewidth=0.8,
        label="_simulation",
    )
