"""Figures: plain data in, an Axes in and out, nothing global touched."""

from numerics.figures.allocation import plot_frontier, plot_isoflop, plot_phases
from numerics.figures.losses import (
    plot_ensembles,
    plot_loss_curves,
    plot_timescale_density,
    plot_train_test,
    plot_transfer,
)
from numerics.figures.measured import plot_measured
from numerics.figures.style import save
from numerics.figures.verification import plot_verification

__all__ = [
    "plot_ensembles",
    "plot_frontier",
    "plot_isoflop",
    "plot_loss_curves",
    "plot_measured",
    "plot_phases",
    "plot_timescale_density",
    "plot_train_test",
    "plot_transfer",
    "plot_verification",
    "save",
]
