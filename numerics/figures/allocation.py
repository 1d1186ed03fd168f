"""Figures of compute-optimal allocation: phases in two parameters, isoFLOP curves, the frontier.

    plot_phases(optimum, x, y, ...)          exact regions in two parameters, labelled with exponents
    plot_isoflop(optimum, budgets, at)       L over N at equal cost, from the full model, the optima marked
    plot_frontier(optimum, budgets, at)      L* over C from the full model, the law over it, residuals beneath

Regions are polygons cut from the frame by the linear conditions of each phase, not sampled. Each figure takes
and returns an Axes; all is computed before anything is drawn.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

import mpmath
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Polygon
from sympy import Expr, Integer, Rational, Symbol, latex, real_roots

from asymptotics.allocation.gain import Gain
from asymptotics.allocation.optimum import Optimum
from asymptotics.allocation.phase import Phase
from asymptotics.domains.bounds import linear_form
from asymptotics.errors import DomainError, UnableError, shown
from asymptotics.laws.bottlenecks import Bottleneck
from asymptotics.parsing.numbers import exact, real_number, substitution
from asymptotics.precision import working
from asymptotics.symbols import N, t
from numerics.figures.laws import Residuals, beneath, draw_residuals, panels
from numerics.figures.style import (
    COLOURS,
    GREY,
    LINE_WIDTH,
    MARKER_SIZE,
    TICK_SIZE,
    axes_or_new,
    axis_symbols,
    dress,
    legend_above,
    looks,
    number_text,
)
from numerics.model.full_model import FullModel
from numerics.optima.constants import constants
from numerics.optima.frontier import frontier
from numerics.values.exact import number

Corner = tuple[Fraction, Fraction]
FRONTIER_DIGITS = 8
"""Of exact optima: more than a print shows, for the panel of their distances from the law."""


def region(
    phase: Phase | Bottleneck | Gain, x: Symbol, y: Symbol, frame: Sequence[tuple[object, object]]
) -> tuple[Corner, ...]:
    """The corners of a phase within a frame ``((x0, x1), (y0, y1))``, exact; empty if it lies outside.

    A condition on x or y alone may be curved: its root in the frame is a line, to twelve digits. Raises
    `UnableError` where another is curved or holds further parameters.

    >>> from asymptotics import compute_optimal, derive, power_law
    >>> from asymptotics.symbols import a, b
    >>> first, _ = compute_optimal(derive(power_law(a, b)), cost=N*t).phases
    >>> [tuple(map(str, corner)) for corner in region(first, a, b, ((1, 3), (1, 2)))]
    [('1', '1'), ('2', '1'), ('3', '2'), ('1', '2')]
    """
    (x0, x1), (y0, y1) = ((_fraction(low), _fraction(high)) for low, high in frame)
    corners: list[Corner] = [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]
    for constraint in phase.domain.constraints:
        if not constraint.free_symbols & {x, y}:
            continue
        form = linear_form(constraint) or _line_through_root(constraint, {x: (x0, x1), y: (y0, y1)})
        if form is None or set(form) - {x, y, None}:
            raise UnableError(
                f"{constraint} > 0 is not a straight line in {x} and {y}; give numbers for the rest"
            )
        slope = [_fraction(form.get(key, Rational(0))) for key in (x, y, None)]
        corners = _cut(corners, slope[0], slope[1], slope[2])
    return tuple(corners)


def _line_through_root(
    constraint: Expr, frame: Mapping[Symbol, tuple[Fraction, Fraction]]
) -> dict[Symbol | None, Expr] | None:
    """A polynomial in one parameter as ``+-(y - root)``, where one root lies in the frame; else None."""
    free = constraint.free_symbols
    if len(free) != 1 or not free <= set(frame):
        return None
    (symbol,) = free
    low, high = frame[symbol]
    inside = [root for root in real_roots(constraint, symbol) if low < root < high]
    if len(inside) > 1:
        return None
    sign = Integer(1 if constraint.xreplace({symbol: Rational(high)}) > 0 else -1)
    if not inside:
        return {None: sign}
    root = Rational(str(inside[0].evalf(15)))
    return {symbol: sign, None: -sign * root}


def plot_phases(
    optimum: Optimum,
    x: Symbol | str,
    y: Symbol | str,
    frame: Sequence[tuple[object, object]] = ((1, 6), (1, 4)),
    ax: Axes | None = None,
    labels: Sequence[str] | None = None,
    shades: Sequence[int] | None = None,
) -> Axes:
    """The phases in the plane of two parameters, each labelled with how L and the resources grow with C.

    ``frame`` is ``((x0, x1), (y0, y1))``, dimensionless; ``labels`` are others, one a phase, and ``shades``
    which colour of the style each has, so that a phase has one colour in two diagrams; by default in their
    order. Exact: polygons, not a sampled grid. Raises `UnableError` for curved conditions, `DomainError` for
    parameters the task does not have.

    >>> from asymptotics import compute_optimal, derive, power_law
    >>> from asymptotics.symbols import a, b
    >>> ax = plot_phases(compute_optimal(derive(power_law(a, b)), cost=N*t), a, b, ((1, 5), (1, 3)))
    >>> len(ax.texts), ax.get_xlabel()
    (2, '$a$')
    """
    x, y = axis_symbols(x, y)
    for symbol in (x, y):
        if symbol not in optimum.laws.task.parameters:
            raise DomainError(
                f"{symbol} is not a parameter of the task; choose among {optimum.laws.task.parameters}"
            )
    names = [_label(phase) for phase in optimum.phases] if labels is None else list(labels)
    if len(names) != len(optimum.phases):
        raise DomainError(f"labels = {shown(labels)}; give one for each of {len(optimum.phases)} phases")
    places = list(range(len(names))) if shades is None else list(shades)
    if len(places) != len(names):
        raise DomainError(f"shades = {shown(shades)}; give one for each of {len(names)} phases")
    polygons = [(region(phase, x, y, frame), name) for phase, name in zip(optimum.phases, names, strict=True)]
    return draw_regions(axes_or_new(ax), polygons, x, y, frame, places)


def draw_regions(
    axes: Axes,
    polygons: Sequence[tuple[tuple[Corner, ...], str]],
    x: Symbol,
    y: Symbol,
    frame: Sequence[tuple[object, object]],
    shades: Sequence[int] | None = None,
) -> Axes:
    """Polygons by their corners, each with its label in the middle; those without an area are left out."""
    for i, (corners, label) in zip(shades or range(len(polygons)), polygons, strict=True):
        if len(corners) < 3:
            continue
        points = np.array([[float(u), float(v)] for u, v in corners])
        axes.add_patch(
            Polygon(points, facecolor=COLOURS[i % len(COLOURS)], alpha=0.18, edgecolor="none", zorder=1)
        )
        axes.add_patch(Polygon(points, fill=False, edgecolor="black", linewidth=LINE_WIDTH, zorder=2))
        middle = _centroid(points)
        axes.text(*middle, label, ha="center", va="center", fontsize=TICK_SIZE, zorder=3)
    (x0, x1), (y0, y1) = frame
    axes.set_xlim(float(exact(x0)), float(exact(x1)))
    axes.set_ylim(float(exact(y0)), float(exact(y1)))
    return dress(axes, x=f"${latex(x)}$", y=f"${latex(y)}$")


def phase_diagram(optimum: Optimum | None) -> Figure | None:
    """The phases over the two parameters of the task; None if it has another number, or curved phases."""
    if optimum is None or len(optimum.laws.task.parameters) != 2:
        return None
    try:
        figure = plot_phases(optimum, *optimum.laws.task.parameters).get_figure()
    except UnableError:
        return None
    assert isinstance(figure, Figure)
    return figure


def plot_isoflop(
    optimum: Optimum,
    budgets: Iterable[object],
    at: Mapping[Symbol | str, object],
    ax: Axes | None = None,
    decades: float = 1.5,
    points: int = 25,
) -> Axes:
    """Excess test loss over N at equal cost, from the full model, each optimum marked.

    ``decades`` of N to either side; the cost must be a monomial in t and N. Raises as `frontier`.

    >>> from asymptotics import compute_optimal, derive, power_law
    >>> optimum = compute_optimal(derive(power_law(4, "7/4")), cost=N*t)
    >>> [line.get_label() for line in plot_isoflop(optimum, [10**6], {}, points=3).lines]
    ['$C = 10^{6}$', 'optimum']
    """
    wanted = [real_number(budget, "budget") for budget in budgets]
    best = frontier(optimum, wanted, at, digits=5)
    spending = optimum.allocation.spending
    if len(spending) != 1:
        raise UnableError("isoFLOP curves are drawn for a cost that is one monomial in t and N")
    place = optimum.free.index(t)
    task = optimum.laws.task
    table = substitution(task.parameters, at)
    coefficient, n, m = (
        float(e.subs(table))
        for e in (spending[0].coefficient, spending[0].powers[place], spending[0].powers[1 - place])
    )
    curves = []
    for budget, split in zip(wanted, best, strict=True):
        centre = float(mpmath.log10(split[N].value))
        sizes = 10 ** np.linspace(centre - decades, centre + decades, points)
        times = (float(budget) / coefficient / sizes**m) ** (1 / n)
        losses = [
            float(FullModel(task, table, N=float(size), digits=6).test_loss(float(time)))
            for size, time in zip(sizes, times, strict=True)
        ]
        curves.append((sizes, losses))
    axes = axes_or_new(ax)
    for (sizes, losses), budget, look in zip(curves, wanted, looks(len(curves)), strict=True):
        axes.loglog(
            sizes,
            losses,
            color=look.colour,
            linestyle=look.dashes,
            linewidth=LINE_WIDTH,
            label=f"$C = {number_text(float(budget))}$",
        )
    xs, ys = [float(p[N]) for p in best], [float(p["loss"]) for p in best]
    axes.loglog(xs, ys, "o", color="black", markersize=MARKER_SIZE, label="optimum", zorder=4)
    dress(axes, x="model size $N$", y="excess test loss")
    legend_above(axes)
    return axes


def plot_frontier(
    optimum: Optimum,
    budgets: Iterable[object],
    at: Mapping[Symbol | str, object],
    ax: Axes | None = None,
    residual_ax: Axes | None = None,
) -> Axes:
    """``L*(C)``, the smallest excess test loss over the budget: exact optima as points, the law as a line.

    In the panel beneath, ``residual_ax`` or ``ax.figure.axes[1]`` of a new figure (none on a given ``ax``
    alone), ``|L*/L_law - 1|`` of the optima, and the slope with which finite budgets approach the law where
    that is known. All dimensionless; relative error of each point 10^-8. Raises as `frontier` and
    `constants`.

    >>> from asymptotics import compute_optimal, derive, power_law
    >>> optimum = compute_optimal(derive(power_law(4, "7/4")), cost=N*t)
    >>> above = plot_frontier(optimum, [10**8, 10**10], {})
    >>> above.lines[1].get_label(), above.figure.axes[1].lines[-1].get_label()
    ('full model', 'predicted slope')
    """
    wanted = [real_number(budget, "budget") for budget in budgets]
    best = [split["loss"] for split in frontier(optimum, wanted, at, digits=FRONTIER_DIGITS)]
    law = constants(optimum, at, digits=FRONTIER_DIGITS)["loss"]
    numbers = substitution(
        optimum.laws.task.parameters, {k: v for k, v in at.items() if _find_known(optimum, k)}
    )
    phase = optimum.at(dict(numbers))
    power = phase.exponents["loss"]
    with working(FRONTIER_DIGITS + 15):
        stated = [law.value * number(budget) ** -number(power) for budget in wanted]
    xs = np.array([float(budget) for budget in wanted])
    residuals = Residuals.of(xs, best, stated, law.relative_error)
    look = looks(1)[0]
    axes, lower = panels(ax, residual_ax, wanted=True)
    axes.loglog(
        xs,
        [float(y) for y in stated],
        color=GREY,
        linewidth=LINE_WIDTH,
        label=_power_label(float(law.value), power),
    )
    axes.loglog(
        xs, [float(y) for y in best], "o", color=look.colour, markersize=MARKER_SIZE, label="full model"
    )
    name = "budget $C$"
    dress(axes, x=name, y="excess test loss")
    legend_above(axes)
    if lower is not None:
        approach = phase.approach
        slope = float(approach) if approach is not None and approach.is_positive else None
        draw_residuals(lower, [(residuals, look)], name, lines=False, slope=slope)
        beneath(axes, lower)
    return axes


def _find_known(optimum: Optimum, key: Symbol | str) -> bool:
    return str(key) in {s.name for s in optimum.laws.task.parameters}


def _power_label(law: float, power: Expr) -> str:
    return f"${number_text(float(f'{law:.3g}'))}\\, C^{{{_upright(-power)}}}$"


def _label(phase: Phase) -> str:
    lines = [f"$L \\sim C^{{{_upright(-phase.exponents['loss'])}}}$"]
    lines += [
        f"${latex(key)} \\sim C^{{{_upright(power)}}}$"
        for key, power in phase.powers
        if key != "loss" and power != 0
    ]
    return "\n".join(lines)


def _upright(power: Expr) -> str:
    """An exponent with a slash for its fraction, which at the size of an exponent could not be read."""
    above, below = power.as_numer_denom()
    if below == 1:
        return str(latex(above))
    top = f"({latex(above)})" if above.is_Add else latex(above)
    return f"{top}/{latex(below)}" if below.is_Atom else f"{top}/({latex(below)})"


def _cut(corners: list[Corner], p: Fraction, q: Fraction, c: Fraction) -> list[Corner]:
    """The part of a convex polygon where ``p x + q y + c >= 0`` (Sutherland & Hodgman)."""
    kept: list[Corner] = []
    for (x0, y0), (x1, y1) in zip(corners, corners[1:] + corners[:1], strict=True):
        first, second = p * x0 + q * y0 + c, p * x1 + q * y1 + c
        if first >= 0:
            kept.append((x0, y0))
        if first * second < 0:
            share = first / (first - second)
            kept.append((x0 + share * (x1 - x0), y0 + share * (y1 - y0)))
    return list(dict.fromkeys(kept))


def _centroid(points: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> tuple[float, float]:
    x, y = points[:, 0], points[:, 1]
    cross = x * np.roll(y, -1) - np.roll(x, -1) * y
    area = cross.sum() / 2
    across = ((x + np.roll(x, -1)) * cross).sum() / (6 * area)
    up = ((y + np.roll(y, -1)) * cross).sum() / (6 * area)
    return float(across), float(up)


def _fraction(number: object) -> Fraction:
    value = exact(number)
    if not value.is_Rational:
        raise DomainError(f"{number} is not a rational number; give the frame as numbers")
    return Fraction(int(value.p), int(value.q))


__all__ = ["plot_frontier", "plot_isoflop", "plot_phases", "region"]
