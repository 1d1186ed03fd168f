"""Figures: plain data in, an Axes in and out, nothing global touched."""

from typing import TYPE_CHECKING

from asymptotics.faces import lazy_face

if TYPE_CHECKING:
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
else:
    __getattr__, __dir__ = lazy_face(
        __name__,
        {
            "allocation": "plot_frontier plot_isoflop plot_phases",
            "losses": "plot_ensembles plot_loss_curves plot_timescale_density plot_train_test plot_transfer",
            "measured": "plot_measured",
            "style": "save",
            "verification": "plot_verification",
        },
    )

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
