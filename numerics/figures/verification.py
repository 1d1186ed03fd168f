"""A verification as a picture: the law over the exact losses, and how its remainder falls."""

from __future__ import annotations

from collections.abc import Iterable

import mpmath
import sympy
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from sympy import Expr, oo

from asymptotics.errors import DomainError, shown
from asymptotics.model.quantities import BOTTLENECKS, QUANTITIES
from asymptotics.symbols import N, P, t
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
from numerics.verification.verify import Point, Verification

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
    _draw_law(ax, verification, chosen)
    _draw_remainder(residual_ax, verification, chosen)
    if not ax.get_shared_x_axes().joined(ax, residual_ax):
        residual_ax.set_xlim(ax.get_xlim())
    return ax, residual_ax


def _draw_law(ax: Axes, v: Verification, look: Look) -> None:
    x = _places(v, v.points)
    ax.set_xscale("log")
    ax.set_yscale("log")
    law = [float(abs(p.law)) for p in v.points]
    ax.plot(x, law, color="black", linewidth=LINE_WIDTH, label="law", zorder=1)
    ax.plot(
        x,
        [abs(float(p.loss)) for p in v.points],
        look.marker,
        color=look.colour,
        markersize=MARKER_SIZE,
        markerfacecolor="none",
        label="full model",
    )
    plain = v.law.name in BOTTLENECKS
    name = "excess test loss $L$" if plain else rf"$|{QUANTITIES[v.law.name].tex}|$"
    dress(ax, y=f"{name} (dimensionless)")
    legend_inside(ax)


def _draw_remainder(ax: Axes, v: Verification, look: Look) -> None:
    seen = [p for p in v.points if abs(p.remainder) > p.remainder_error]
    bounded = [p for p in v.points if abs(p.remainder) <= p.remainder_error and p.remainder_error > 0]
    ax.set_xscale("log")
    ax.set_yscale("log")
    if seen:
        ax.plot(
            _places(v, seen),
            [float(abs(p.remainder)) for p in seen],
            look.marker,
            color=look.colour,
            markersize=MARKER_SIZE,
            markerfacecolor="none",
            label="full model",
        )
    if bounded:
        ax.plot(
            _places(v, bounded),
            [float(p.remainder_error) for p in bounded],
            "v",
            color=GREY,
            markersize=MARKER_SIZE,
            label="below the numerical error",
        )
    if seen and v.predicted not in (oo, sympy.nan):
        slope = mpmath.mpf(sympy.N(v.predicted, 20))
        # Far out the next term is alone; where the law does not hold, nothing there belongs to it.
        anchor = seen[-1] if v else seen[0]
        ax.plot(
            _places(v, seen),
            [float(abs(anchor.remainder) * (p.scale / anchor.scale) ** -slope) for p in seen],
            "--",
            color="black",
            linewidth=1.0,
            zorder=1,
            label=f"predicted slope $-{_group(v.predicted)}$",
        )
    low, high = ax.get_ylim()
    if high < 10 * low:
        # Bounds that are all alike need an axis that says so.
        ax.set_ylim(low / 10**0.5, high * 10**0.5)
    words = RESOURCE_WORDS[v.law.resource]
    regime = v.law.regimes[0]
    towards = regime.limit(v.law.resource)
    shown = v.law.resource if towards == oo else regime.variable(v.law.resource)
    dress(
        ax,
        x=f"{words} ${sympy.latex(shown)}$ (dimensionless)",
        y=r"$|L/L_{\mathrm{law}} - 1|$ (dimensionless)",
    )
    legend_inside(ax)


def _places(v: Verification, points: Iterable[Point]) -> list[float]:
    """The abscissae: resources, or ``1/(M - N)`` for a law towards an edge M."""
    towards = v.law.regimes[0].limit(v.law.resource)
    return [float(p.resource if towards == oo else p.scale) for p in points]


def _group(exponent: Expr) -> str:
    """Exact where that is short, else a decimal; in brackets where a minus sign before it needs them."""
    text = str(exponent)
    if len(text) > 12:
        text = mpmath.nstr(mpmath.mpf(sympy.N(exponent, 20)), 8)
    return text if exponent.is_Rational or len(str(exponent)) > 12 else f"({text})"
