"""A verification as a picture: the law over the exact losses, and how its remainder falls."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from sympy import Symbol

from asymptotics.errors import DomainError, shown
from asymptotics.laws.law import Law
from asymptotics.symbols import N, P, t
from numerics.figures.curves import Curve, curves_of, names_of
from numerics.figures.style import (
    COLUMN,
    GREY,
    LINE_WIDTH,
    MARKER_SIZE,
    Look,
    dress,
    legend_inside,
    looks,
)
from numerics.verification.verify import Verification, verify

RESOURCE_WORDS = {t: "training time", N: "model size", P: "data"}


def plot_verification(
    verification: Verification,
    ax: Axes | None = None,
    residual_ax: Axes | None = None,
    look: Look | None = None,
) -> tuple[Axes, Axes]:
    """``L(x)`` and ``L_law(x)`` above, ``|L/L_law - 1|`` beneath, log-log; returns both Axes.

    Above, the full model as points and the stated law as a line. Beneath, the relative remainder and the
    slope ``x^-delta`` that the next term predicts, laid through the last point that stands above its
    numerical error (the first, if the law does not hold); points that do not are drawn as upper bounds.
    Where lower powers of the logarithm stand beside the leading term, L_law has them in both panels, and the
    line is called "law, with all its logarithms".
    Give both Axes or neither: then they are the panels of a new figure. ``look`` has colour and marker of
    the points. All dimensionless.

    Raises `DomainError` if only one of the two Axes is given.

    >>> from asymptotics import derive, power_law
    >>> from numerics import verify
    >>> above, beneath = plot_verification(verify(derive(power_law(1.5, 1.25)).model, digits=10))
    >>> [line.get_label() for line in above.lines], beneath.get_yscale()
    (['law', 'full model'], 'log')
    """
    if not isinstance(verification, Verification):
        raise DomainError(f"verification = {shown(verification)}; take what verify(law, at=...) returns")
    if (ax is None) != (residual_ax is None):
        raise DomainError("one of ax and residual_ax is missing; give both, or neither for a new figure")
    for name, given in (("ax", ax), ("residual_ax", residual_ax)):
        if given is not None and not isinstance(given, Axes):
            raise DomainError(f"{name} = {shown(given)} is not a matplotlib Axes")
    if ax is None or residual_ax is None:
        figure = Figure(figsize=(COLUMN, 4.2), layout="constrained")
        ax, residual_ax = figure.subplots(2, 1, sharex=True, height_ratios=(3, 2))
    chosen = looks(1)[0] if look is None else look
    above, beneath = curves_of(verification)
    _draw(ax, above, chosen)
    _draw(residual_ax, beneath, chosen)
    low, high = residual_ax.get_ylim()
    if high < 10 * low:
        # Bounds that are all alike need an axis that says so.
        residual_ax.set_ylim(low / 20, high * 20)
    resource, quantity = names_of(verification)
    dress(ax, y="excess test loss $L$" if quantity == "L" else f"${quantity}$")
    words = RESOURCE_WORDS[verification.law.resource]
    dress(residual_ax, x=f"{words} ${resource}$", y=r"$|L/L_{\mathrm{law}} - 1|$")
    legend_inside(ax)
    legend_inside(residual_ax)
    if not ax.get_shared_x_axes().joined(ax, residual_ax):
        residual_ax.set_xlim(ax.get_xlim())
    return ax, residual_ax


def plot_law(
    law: Law,
    at: Mapping[Symbol | str, object] | None = None,
    ax: Axes | None = None,
    residual_ax: Axes | None = None,
    *,
    digits: int = 10,
) -> tuple[Axes, Axes]:
    """The law at numbers over points of the full model, and how far it is from them: both Axes.

    What `plot_verification` shows of ``verify(law, at=at, digits=digits)``; raises what the two raise. In a
    notebook ``plot_law(law, at=...)[0].figure`` is the picture.

    >>> from asymptotics import derive, power_law
    >>> from asymptotics.symbols import a, b
    >>> above, _ = plot_law(derive(power_law(a, b)).model, at={a: 1.5, b: 1.25})
    >>> [line.get_label() for line in above.lines]
    ['law', 'full model']
    """
    return plot_verification(verify(law, at=at, digits=digits), ax, residual_ax)


def _draw(ax: Axes, curves: Iterable[Curve], look: Look) -> None:
    ax.set_xscale("log")
    ax.set_yscale("log")
    points: dict[str, Any] = {"markersize": MARKER_SIZE, "linestyle": "none"}
    styles: dict[str, dict[str, Any]] = {
        "law": {"color": "black", "linewidth": LINE_WIDTH, "zorder": 1},
        "slope": {"color": "black", "linewidth": 1.0, "linestyle": "--", "zorder": 1},
        "model": {"color": look.colour, "marker": look.marker, "markerfacecolor": "none", **points},
        "bound": {"color": GREY, "marker": "v", **points},
    }
    for curve in curves:
        ax.plot(curve.x, curve.y, label=curve.label, **styles[curve.role])
