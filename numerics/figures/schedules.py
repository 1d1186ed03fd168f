"""Schedules as curves: the size of a step over the share of the steps that are done."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes

from asymptotics.errors import DomainError
from asymptotics.model.schedules.base import as_schedule
from numerics.figures.style import LINE_WIDTH, axes_or_new, dress, legend_above, looks
from numerics.model.plan import values_of

PLACES = 400


def plot_schedules(schedules: Mapping[str, tuple[float, object]], ax: Axes | None = None) -> Axes:
    """``eta f(u)`` over u from 0 to 1, for each label its largest step eta and its schedule.

    Raises `DomainError` where there is none, and for schedules that are negative or not defined on [0, 1].

    >>> from asymptotics import Cosine, Linear
    >>> ax = plot_schedules({"linear": (0.1, Linear()), "cosine": (0.1, Cosine())})
    >>> len(ax.lines), ax.get_xlabel()
    (2, 'share of the steps $n/T$')
    """
    if not schedules:
        raise DomainError("schedules is empty; give at least one label with (eta, schedule)")
    axes = axes_or_new(ax)
    shares = np.linspace(0.0, 1.0, PLACES)
    for (label, (eta, shape)), look in zip(schedules.items(), looks(len(schedules)), strict=True):
        heights = eta * values_of(as_schedule(shape), shares)
        axes.plot(
            shares, heights, color=look.colour, linestyle=look.dashes, linewidth=LINE_WIDTH, label=label
        )
    dress(axes, x="share of the steps $n/T$", y=r"step $\eta_n$")
    legend_above(axes)
    return axes
