"""Laws drawn over exact values, and the panel beneath that shows how far they are from them.

upper panel     the law as a thin black line, over curves or points of the full model
lower panel     |L/L_law - 1|, log-log; what is below its numerical error only as a bound
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import mpmath
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray
from sympy import Expr

from asymptotics.errors import DomainError, shown
from asymptotics.laws.law import Law
from asymptotics.model.quantities import BOTTLENECKS
from asymptotics.model.rules.base import numbers_of
from asymptotics.precision import working
from asymptotics.symbols import N, P, t
from numerics.figures.style import (
    COLUMN,
    GREY,
    LINE_WIDTH,
    MARKER_SIZE,
    Look,
    axes_or_new,
    dress,
    legend_inside,
)
from numerics.model.full_model import FullModel
from numerics.spectra.arrays import Array
from numerics.spectra.spectrum import ContinuousSpectrum, spectrum_of
from numerics.values.exact import number
from numerics.values.inputs import exact_time
from numerics.values.value import Value
from numerics.verification.prediction import Prediction

DRAWN = BOTTLENECKS
RESIDUAL = r"$|L/L_{\mathrm{law}} - 1|$"
WORKING_DIGITS = 30
"""With which laws are evaluated: more than the values they are drawn over have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Residuals:
    """``|L/L_law - 1|`` at the abscissae x, with the numerical error of each; arrays of shape (T,)."""

    x: Array
    distances: Array
    errors: Array

    @classmethod
    def of(
        cls, x: Array, values: Sequence[Value], law: Sequence[mpmath.mpf], law_error: float = 0.0
    ) -> Residuals:
        """Of exact values against a law whose own relative error is ``law_error``.

        >>> third = Value(value=mpmath.mpf(3), error=mpmath.mpf("0.001"))
        >>> Residuals.of(np.array([1.0]), [third], [mpmath.mpf(2)]).distances
        array([0.5])
        """
        with working(WORKING_DIGITS):
            ratios = [v.value / stated for v, stated in zip(values, law, strict=True)]
            return cls(
                x=x,
                distances=np.array([float(abs(ratio - 1)) for ratio in ratios]),
                errors=np.array(
                    [
                        float(v.error / abs(stated) + abs(ratio) * law_error)
                        for v, stated, ratio in zip(values, law, ratios, strict=True)
                    ]
                ),
            )

    @property
    def seen(self) -> NDArray[np.bool_]:
        """Where the distance stands above its numerical error, and is not infinite."""
        return (self.distances > self.errors) & np.isfinite(self.distances)


def panels(ax: Axes | None, residual_ax: Axes | None, *, wanted: bool) -> tuple[Axes, Axes | None]:
    """The two panels: those given; of a new figure if none is; without ``residual_ax`` the upper alone.

    Raises `DomainError` for a lower panel without an upper one, or where nothing is there to fill it.

    >>> upper, lower = panels(None, None, wanted=True)
    >>> upper.get_figure().get_size_inches().tolist(), panels(upper, None, wanted=True)[1] is None
    ([3.4, 4.2], True)
    """
    if residual_ax is not None:
        if not wanted:
            raise DomainError("residual_ax is given without laws; pass laws=, or leave residual_ax out")
        if ax is None:
            raise DomainError("residual_ax is given without ax; give both, or neither for a new figure")
        return axes_or_new(ax), axes_or_new(residual_ax)
    if ax is not None or not wanted:
        return axes_or_new(ax), None
    upper, lower = Figure(figsize=(COLUMN, 4.2), layout="constrained").subplots(
        2, 1, sharex=True, height_ratios=(3, 2)
    )
    return upper, lower


def check_laws(laws: Any, models: Sequence[FullModel]) -> tuple[Law | None, ...]:
    """A law for each model, or None; one law alone is that of all. Raises as `state_losses` does."""
    if not isinstance(laws, Law | Sequence):
        raise DomainError(f"laws = {shown(laws)}; give one of derive(task), or a sequence of them")
    listed = (laws,) * len(models) if isinstance(laws, Law) else tuple(laws)
    if len(listed) != len(models):
        raise DomainError(f"{len(listed)} laws for {len(models)} models; give one for all, or one for each")
    for law, model in zip(listed, models, strict=True):
        if law is not None:
            _check(law, model)
    if all(law is None for law in listed):
        raise DomainError("laws has no law in it; give one, or leave laws out")
    return listed


def state_losses(law: Law, model: FullModel, times: Sequence[object]) -> tuple[mpmath.mpf, ...]:
    """What the law states for the test loss of the model at the times: constant for one in N or P.

    The law is one of gradient flow, which the clock of another rule paces, or the rule's own. Where exponents
    meet, the whole leading order is taken, with the lower powers of its logarithm.

    >>> from asymptotics import derive, power_law
    >>> task = power_law(2, 2)
    >>> law = derive(task).time
    >>> law, [mpmath.nstr(x, 8) for x in state_losses(law, FullModel(task), [8, 800])]
    (L(t) ~ sqrt(2)*sqrt(pi)/(4*sqrt(t)), t -> oo, ['0.22155673', '0.022155673'])
    """
    with working(WORKING_DIGITS):
        predict = Prediction(law, dict(law.settings))
        if law.resource != t:
            size = model.N if law.resource == N else model.P
            return (predict(number(size)),) * len(times)
        own = law.name == type(model.rule).law
        pace = 1 if own else number(model.rule.pace().xreplace(numbers_of(model.rule)))
        return tuple(predict(pace * number(exact_time(time))) for time in times)


def draw_law(ax: Axes, x: Array, law: Sequence[mpmath.mpf], label: str = "law") -> None:
    """The law over what is drawn already: it does not move the limits of the axes."""
    shown = np.array([float(abs(value)) for value in law])
    ax.add_artist(
        Line2D(x, shown, color="black", linestyle=(0, (4, 2)), linewidth=0.8, label=label, zorder=2.5)
    )


def draw_residuals(
    ax: Axes,
    found: Sequence[tuple[Residuals, Look]],
    x_label: str,
    *,
    lines: bool,
    slope: float | None = None,
) -> None:
    """``|L/L_law - 1|`` of each, as lines or markers; grey triangles where it is below its numerical error.

    ``slope``: the power of x with which it should fall, laid through the last point of the first.
    """
    ax.set_xscale("log")
    ax.set_yscale("log")
    for residuals, look in found:
        shown = np.where(residuals.seen, residuals.distances, math.nan)
        marks: dict[str, Any] = {"linestyle": look.dashes, "linewidth": LINE_WIDTH}
        if not lines:
            marks = {"linestyle": "", "marker": look.marker, "markersize": MARKER_SIZE}
        ax.plot(residuals.x, shown, color=look.colour, label="_residual", **marks)
    bounds = [(r.x[~r.seen & (r.errors > 0)], r.errors[~r.seen & (r.errors > 0)]) for r, _ in found]
    if any(len(x) for x, _ in bounds):
        ax.plot(
            np.concatenate([x for x, _ in bounds]),
            np.concatenate([errors for _, errors in bounds]),
            "v",
            color=GREY,
            markersize=MARKER_SIZE,
            label="below the numerical error",
        )
    first = found[0][0]
    if slope is not None and first.seen.any():
        x, y = first.x[first.seen], first.distances[first.seen]
        ax.plot(
            x,
            y[-1] * (x / x[-1]) ** -slope,
            "--",
            color="black",
            linewidth=0.8,
            label="predicted slope",
            zorder=1,
        )
    dress(ax, x=x_label, y=RESIDUAL)
    legend_inside(ax)


def beneath(ax: Axes, residual_ax: Axes) -> None:
    """The same abscissae in both panels, written once where they share a figure's axis."""
    if ax.get_shared_x_axes().joined(ax, residual_ax):
        ax.set_xlabel("")
    else:
        residual_ax.set_xlim(ax.get_xlim())


def _check(law: Any, model: FullModel) -> None:
    if not isinstance(law, Law):
        raise DomainError(
            f"law = {shown(law)} is not a Law; take one of derive(task), such as derive(task).time"
        )
    rule = type(model.rule)
    drawn = (*DRAWN, rule.law) if rule.law else DRAWN
    if law.name not in drawn:
        raise DomainError(f"laws.{law.name} is not a law of the test loss; give one of {', '.join(drawn)}")
    if law.parameters:
        missing = ", ".join(str(symbol) for symbol in law.parameters)
        raise DomainError(
            f"laws.{law.name} has no number for {missing}; pass law.at({missing.split(', ')[0]}=...)"
        )
    if model.rule.fresh:
        raise DomainError(
            f"laws.{law.name} is one of gradient flow, and the noise of {model.rule} adds to it"
        )
    if law.name == rule.law:
        _check_numbers(law, model)
    elif law.resource == t and rule.time_equation() is not None:
        raise DomainError(
            f"laws.{law.name} is one of gradient flow, whose clock {model.rule} does not keep; "
            f"give laws.{rule.law}"
        )
    if law.resource != t and not (model.N if law.resource == N else model.P).is_finite:
        raise DomainError(f"laws.{law.name} needs a finite {law.resource}; the model has {law.resource} = oo")
    if law.resource == P and law.task.noise != model.noise:
        raise DomainError(f"laws.{law.name} has noise = {law.task.noise}, the model noise = {model.noise}")
    if isinstance(model.spectrum, ContinuousSpectrum) and _modes(model.spectrum) != _modes(
        spectrum_of(law.task, needs_trace=False)
    ):
        raise DomainError(
            f"laws.{law.name} is of {law.task}, the model of another task; derive the model's own"
        )


def _check_numbers(law: Law, model: FullModel) -> None:
    """The law of a rule has the constants of the rule."""
    for symbol, value in numbers_of(model.rule).items():
        if dict(law.settings).get(symbol) != value:
            raise DomainError(
                f"laws.{law.name} has {symbol} = {dict(law.settings).get(symbol)}, and the model {model.rule}"
            )


def _modes(spectrum: ContinuousSpectrum) -> tuple[Expr, ...]:
    """What the modes are, however many: a law may be drawn over a model that is cut off."""
    return spectrum.eigenvalues, spectrum.target, spectrum.multiplicity
