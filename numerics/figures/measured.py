"""A measured spectrum as a picture: the modes, the fitted power laws, and the windows they are read from."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes

from asymptotics.errors import DomainError
from asymptotics.tasks.measured import with_error
from asymptotics.tasks.tail_fit import TailFit
from asymptotics.tasks.task import Task
from numerics.figures.style import LINE_WIDTH, Look, axes_or_new, dress, legend_inside, looks

SHOWN = 400
"""Most modes that are drawn: all of the first, then evenly in log k."""


def plot_measured(task: Task, ax: Axes | None = None) -> Axes:
    """``lambda_k`` and ``c_k`` against k, log-log, with ``C k^-p`` over them; returns the Axes.

    Modes are points (zeros are left out); the fit is a full line on its window and a thin one beyond, and
    the ends of the windows are marked by ticks on the line. All dimensionless.

    Raises `DomainError` for a task that was not measured.

    >>> task = Task.from_arrays([k**-1.5 for k in range(1, 301)], [k**-2.0 for k in range(1, 301)])
    >>> [line.get_label() for line in plot_measured(task).lines][0]
    'eigenvalues'
    """
    if not isinstance(task, Task) or task.measured is None:
        raise DomainError("task has no measured arrays; make one with Task.from_arrays(eigenvalues, target)")
    axes = axes_or_new(ax)
    axes.set_xscale("log")
    axes.set_yscale("log")
    measured = task.measured
    shown = _show(len(measured.eigenvalues))
    modes = np.array(measured.last_modes, dtype=float)[shown - 1]
    for name, letter, values, fit, look in (
        ("eigenvalues", "b", measured.eigenvalues, measured.eigenvalue_fit, looks(2)[0]),
        ("target power", "a", measured.target, measured.target_fit, looks(2)[1]),
    ):
        listed = np.array(values)[shown - 1]
        seen = listed > 0
        axes.plot(
            modes[seen], listed[seen], look.marker, color=look.colour, markersize=2.0, alpha=0.5, label=name
        )
        _draw_fit(axes, fit, measured.modes, letter, look)
    dress(axes, x="mode $k$", y=r"$\lambda_k$, $c_k$")
    legend_inside(axes)
    return axes


def _draw_fit(axes: Axes, fit: TailFit, modes: int, letter: str, look: Look) -> None:
    low, high = fit.window
    inside, whole = np.array([low, high], dtype=float), np.array([1, modes], dtype=float)
    axes.plot(
        whole, fit.prefactor * whole**-fit.exponent, "--", color="black", linewidth=0.6, label="_extrapolated"
    )
    text = rf"${letter} = {with_error(fit.exponent, fit.error)}$, $k = {low} \ldots {high}$"
    axes.plot(
        inside,
        fit.prefactor * inside**-fit.exponent,
        color=look.colour,
        linestyle=look.dashes,
        linewidth=LINE_WIDTH,
        marker="|",
        markersize=9.0,
        markeredgecolor="black",
        label=text,
    )


def _show(count: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Mode numbers from 1 to ``count``, at most `SHOWN` of them."""
    grid = np.unique(np.round(np.geomspace(1, count, SHOWN)).astype(np.int64))
    return grid if count > SHOWN else np.arange(1, count + 1, dtype=np.int64)
